"""autograd_lab: see and practise automatic differentiation.

Import it as you would import PyTorch, or load it as a Jupyter extension:

    import autograd_lab as torch

    %load_ext autograd_lab
"""

from __future__ import annotations

from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from . import autograd
from .engine import functions as _functions
from .engine.creation import as_tensor, asarray, from_numpy, tensor
from .engine.device import device
from .engine.dtypes import (
    bool_ as bool,
)
from .engine.dtypes import (
    dtype,
    float16,
    float32,
    float64,
    get_default_dtype,
    int8,
    int16,
    int32,
    int64,
    set_default_dtype,
    uint8,
)
from .engine.filled import (
    arange,
    empty,
    empty_like,
    eye,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    tril_indices,
    triu_indices,
    zeros,
    zeros_like,
)
from .engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .engine.layout import contiguous_format, preserve_format, strided
from .engine.ops.casting import UNSUPPORTED, UNSUPPORTED_NAMES
from .engine.printing import set_printoptions
from .engine.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from .engine.sampling import normal, rand, rand_like, randint, randn, randn_like, randperm
from .engine.tensor import Size, Tensor
from .engine.type_info import finfo, iinfo

float, double, half = float32, float64, float16
long, int, short = int64, int32, int16
newaxis = None

if TYPE_CHECKING:
    from . import cuda, func, linalg, nn, optim

globals().update(_functions)

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load on first use what many programs never ask for."""
    if name in {"cuda", "func", "linalg", "nn", "optim", "trace"}:
        from importlib import import_module

        return import_module(f".{name}", __name__)
    if name in {"show", "why", "record", "measure"}:
        from importlib import import_module

        module = {"record": "trace.record", "measure": "trace.measure"}.get(name, "showing")
        return getattr(import_module(f".{module}", __name__), name)
    if name in UNSUPPORTED_NAMES:
        raise AttributeError(UNSUPPORTED.format(name=name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(ipython: Any) -> None:
    """Serve `%load_ext autograd_lab`."""
    from .magics import load_ipython_extension as load

    load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Serve `%unload_ext autograd_lab`; leaves nothing behind."""
    from .magics import unload_ipython_extension as unload

    unload(ipython)


__all__ = [
    "Generator",
    "Size",
    "Tensor",
    "arange",
    "as_tensor",
    "asarray",
    "autograd",
    "bool",
    "contiguous_format",
    "cuda",
    "default_generator",
    "device",
    "double",
    "dtype",
    "e",
    "empty",
    "empty_like",
    "enable_grad",
    "eye",
    "finfo",
    "float",
    "float16",
    "float32",
    "float64",
    "from_numpy",
    "full",
    "full_like",
    "func",
    "get_default_dtype",
    "get_rng_state",
    "half",
    "iinfo",
    "inf",
    "inference_mode",
    "initial_seed",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "linalg",
    "linspace",
    "load_ipython_extension",
    "logspace",
    "long",
    "manual_seed",
    "measure",
    "nan",
    "newaxis",
    "nn",
    "no_grad",
    "normal",
    "ones",
    "ones_like",
    "optim",
    "pi",
    "preserve_format",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "record",
    "seed",
    "set_default_dtype",
    "set_grad_enabled",
    "set_printoptions",
    "set_rng_state",
    "short",
    "show",
    "strided",
    "tensor",
    "tril_indices",
    "triu_indices",
    "uint8",
    "unload_ipython_extension",
    "why",
    "zeros",
    "zeros_like",
]
