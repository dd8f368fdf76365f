"""Every pair of dtypes, with and without dimensions, and plain numbers: what their result is."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64")
NUMBERS = (True, 0, 3, -2, 300, 2.5, float("inf"))
OPERATORS: tuple[Callable[[Any, Any], Any], ...] = (
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
    operator.pow, operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge,
    operator.and_, operator.or_, operator.xor,
)  # fmt: skip
IN_PLACE: tuple[Callable[[Any, Any], Any], ...] = (
    operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv,
    operator.imod, operator.ipow,
)  # fmt: skip
FUNCTIONS = (
    "maximum minimum fmax fmin atan2 xlogy fmod remainder logical_and logical_xor clamp_min "
    "clamp_max floor_divide true_divide where hypot logaddexp"
)
UNARY = (
    "neg abs sign sgn square sqrt rsqrt exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos "
    "atan sinh cosh tanh asinh acosh atanh sigmoid logit erf reciprocal floor ceil round trunc frac "
    "relu logical_not bitwise_not isnan isinf isfinite nan_to_num"
)


def operands(torch: ModuleType) -> dict[str, Any]:
    """Return a tensor of every dtype, with and without dimensions, and some plain numbers."""
    made: dict[str, Any] = {repr(n): n for n in NUMBERS}
    for name in DTYPES:
        kind = getattr(torch, name)
        values = [True, False, True] if name == "bool" else [1, 2, 7]
        made[f"{name}[3]"] = torch.tensor(values, dtype=kind)
        made[f"{name}[]"] = torch.tensor(values[2], dtype=kind)
    return made


def outcome(run: Callable[..., Any], *args: Any) -> Any:
    """Return the dtype and the numbers of what `run` returns, or its error."""
    try:
        result = run(*args)
    except Exception as error:
        return type(error).__name__, str(error)
    if not hasattr(result, "dtype"):
        return type(result).__name__, result
    numbers = result.double().reshape(-1).tolist()
    return str(result.dtype), tuple(result.shape), [f"{n:.5g}" for n in numbers]


def pairs(function: Callable[[ModuleType, Any, Any], Any], torch: ModuleType) -> dict[str, Any]:
    """Return the outcome for every pair of operands of which one is a tensor."""
    names = list(operands(torch))
    table = {}
    for a, b in itertools.product(names, repeat=2):
        if "[" in a or "[" in b:
            left, right = operands(torch)[a], operands(torch)[b]
            table[f"{a}, {b}"] = outcome(function, torch, left, right)
    return table


def differing(function: Callable[[ModuleType, Any, Any], Any]) -> dict[str, Any]:
    """Return what the two libraries do not agree on."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    ours, theirs = pairs(function, autograd_lab), pairs(function, torch)
    return {key: (ours[key], theirs[key]) for key in theirs if ours[key] != theirs[key]}


@pytest.mark.needs_torch
@pytest.mark.parametrize("symbol", OPERATORS, ids=lambda f: f.__name__)
def test_operators_promote_as_pytorch_does(symbol: Callable[[Any, Any], Any]) -> None:
    """Every operator on every pair of kinds gives the same dtype, values or error."""
    assert differing(lambda torch, a, b: symbol(a, b)) == {}


@pytest.mark.needs_torch
@pytest.mark.parametrize("symbol", IN_PLACE, ids=lambda f: f.__name__)
def test_in_place_operators_keep_the_dtype(symbol: Callable[[Any, Any], Any]) -> None:
    """Written in place, the result takes the tensor's dtype, or is refused in the same words."""

    def run(torch: ModuleType, a: Any, b: Any) -> Any:
        return symbol(a, b) if hasattr(a, "dtype") else None

    assert differing(run) == {}


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", FUNCTIONS.split())
def test_functions_promote_as_pytorch_does(name: str) -> None:
    """Functions of two tensors give the same dtype, values or error."""

    def run(torch: ModuleType, a: Any, b: Any) -> Any:
        if not (hasattr(a, "dtype") and hasattr(b, "dtype")):
            return None
        if name == "where":
            return torch.where(torch.tensor([True, False, True]), a, b)
        return getattr(torch, name)(a, b)

    assert differing(run) == {}


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", UNARY.split())
def test_functions_of_one_operand_promote_as_pytorch_does(name: str) -> None:
    """Functions of every kind of tensor give the same dtype, values or error."""

    def run(torch: ModuleType, a: Any, b: Any) -> Any:
        return getattr(a, name)() if hasattr(a, "dtype") and b is True else None

    assert differing(run) == {}
