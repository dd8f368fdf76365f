"""autograd_lab: see and practise automatic differentiation.

Import it as you would import PyTorch, or load it as a Jupyter extension:

    import autograd_lab as torch

    %load_ext autograd_lab
"""

from __future__ import annotations

from typing import Any

from . import autograd, func, linalg, nn
from .engine import functions as _functions
from .engine.creation import (
    arange,
    eye,
    full,
    ones,
    ones_like,
    rand,
    randint,
    randn,
    randperm,
    tensor,
    zeros,
    zeros_like,
)
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
from .engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .engine.printing import set_printoptions
from .engine.random import Generator, initial_seed, manual_seed, seed
from .engine.tensor import Size, Tensor

float, double, half = float32, float64, float16
long, int, short = int64, int32, int16

globals().update(_functions)

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load what most programs never ask for on first use."""
    if name in {"show", "record"}:
        from importlib import import_module

        module = {"show": "showing", "record": "trace.record"}[name]
        return getattr(import_module(f".{module}", __name__), name)
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
    "autograd",
    "bool",
    "double",
    "dtype",
    "enable_grad",
    "eye",
    "float",
    "float16",
    "float32",
    "float64",
    "full",
    "func",
    "get_default_dtype",
    "half",
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
    "load_ipython_extension",
    "long",
    "manual_seed",
    "nn",
    "no_grad",
    "ones",
    "ones_like",
    "rand",
    "randint",
    "randn",
    "randperm",
    "record",
    "seed",
    "set_default_dtype",
    "set_grad_enabled",
    "set_printoptions",
    "short",
    "show",
    "tensor",
    "uint8",
    "unload_ipython_extension",
    "zeros",
    "zeros_like",
]
