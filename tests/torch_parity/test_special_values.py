"""Zeros with a sign, NaN, infinities, ties: what comes out and back, to the last character."""

from __future__ import annotations

import itertools
import warnings
from types import ModuleType
from typing import Any

import pytest

NAN, INF = float("nan"), float("inf")
VECTORS = (
    [-3.0, 0.0, 2.0], [0.0, -0.0], [-0.0, 0.0], [-0.0, -0.0], [NAN, 1.0, 2.0], [INF, -INF, 1.0],
    [INF, 1.0, -2.0], [1.0, 1.0, 1.0], [-INF, -INF], [INF], [-1.0], [1e30, 1e30], [1e-30, -1e-30],
    [2.0, NAN, INF], [0.0, NAN, 0.0], [0.0, -0.0, INF], [-2.0, 3.0, 0.0, -1.0],
)  # fmt: skip
PLAIN = (
    *("sum", "mean", "prod", "std", "var", "norm", "max", "min", "argmax", "argmin", "sort", "argsort"),
    *("abs", "sign", "sqrt", "rsqrt", "exp", "log", "log1p", "sin", "cos", "tan", "tanh", "sigmoid"),
    *("relu", "reciprocal", "square", "floor", "ceil", "round", "trunc", "frac", "erf", "neg"),
    *("nansum", "nanmean", "any", "all", "count_nonzero", "diff", "isnan", "isinf", "isfinite"),
    *("nan_to_num", "aminmax", "unique", "sinc", "positive", "sgn", "atan", "asin", "sinh", "cosh"),
)  # fmt: skip
WITH = {
    "cumsum": (0,), "cumprod": (0,), "softmax": (0,), "logsumexp": (0,), "topk": (1,), "cummax": (0,),
    "cummin": (0,), "clamp": (-1, 1), "quantile": (0.5,), "pow": (2,), "flip": ((0,),), "where": (),
}  # fmt: skip
FUNCTIONAL = ("leaky_relu", "silu", "softplus", "logsigmoid", "hardsigmoid", "elu", "relu")
PAIRS = (
    *("add", "sub", "mul", "div", "pow", "maximum", "minimum", "fmod", "remainder", "floor_divide"),
    *("hypot", "eq", "lt", "ge", "copysign", "xlogy", "logaddexp", "dot"),
)  # fmt: skip
OPERANDS = (NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 1e30)
APART = {
    # PyTorch's own answers differ with the number of elements, as vector units do not treat NaN alike.
    "elu": ((NAN, 1.0, 2.0), (2.0, NAN, INF), (0.0, NAN, 0.0)),
}


def called(torch: ModuleType, name: str, *tensors: Any) -> str:
    """Return what a function makes of tensors and the gradients, as printed, or its error."""
    function = getattr(torch, name, None) or getattr(torch.nn.functional, name)
    try:
        made = function(*tensors, *WITH.get(name, ()))
        told = [repr(made).replace("autograd_lab", "torch")]
        each = made if isinstance(made, tuple) else (made,)
        if any(part.requires_grad for part in each):
            sum(part.sum() for part in each if part.requires_grad).backward()
            told += [repr(tensor.grad) for tensor in tensors]
        return "\n".join(told)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.fixture
def libraries() -> tuple[ModuleType, ModuleType]:
    """Return the engine and PyTorch."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    return autograd_lab, torch


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", [*PLAIN, *WITH, *FUNCTIONAL])
def test_functions_of_one_tensor(name: str, libraries: tuple[ModuleType, ModuleType]) -> None:
    """Of a vector, and of a matrix of it and its reverse."""
    for vector in VECTORS:
        if tuple(vector) in APART.get(name, ()):
            continue
        for values in (vector, [vector, vector[::-1]]):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ours, theirs = (
                    called(lib, name, lib.tensor(values, requires_grad=True)) for lib in libraries
                )
            assert ours == theirs, values


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", PAIRS)
def test_functions_of_two_tensors(name: str, libraries: tuple[ModuleType, ModuleType]) -> None:
    """Of each pair of numbers."""
    for pair in itertools.product(OPERANDS, repeat=2):
        ours, theirs = (
            called(lib, name, *(lib.tensor([v, v], requires_grad=True) for v in pair))
            for lib in libraries
        )
        assert ours == theirs, pair


@pytest.mark.needs_torch
def test_spread_and_mean_of_numbers_whose_squares_vanish(
    libraries: tuple[ModuleType, ModuleType],
) -> None:
    """They are computed in float64, as PyTorch does."""
    for name in ("std_mean", "var_mean", "std"):
        ours, theirs = (
            called(lib, name, lib.tensor([1e-30, -1e-30, 3e-30], requires_grad=True))
            for lib in libraries
        )
        assert ours == theirs, name
