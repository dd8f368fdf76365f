"""Arguments by their names, and sizes as numbers or tuples: understood where PyTorch understands them."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from importlib.resources import files

import pytest

from tests.torch_parity.calls import outcome
from tests.torch_parity.test_arguments import RIGHT

MORE = (
    "roll(x, 1, 0)", "tile(x, (2,))", "unflatten(x, 0, (2, 1))", "squeeze(x, 0)", "split(x, 1, 0)",
    "movedim(x, 0, 1)", "broadcast_to(x, (3, 2, 2))", "repeat_interleave(x, 2, 0)", "norm(x, 2, 0)",
    "cumprod(x, 0)", "log_softmax(x, 0)", "argmin(x, 0)", "min(x, 0)", "amax(x, 0)", "any(x, 0)",
    "median(x, 0)", "logcumsumexp(x, 0)", "scatter(x, 0, i, x)", "scatter_add(x, 0, i, x)",
    "take(x, i)", "baddbmm(b, b, b)", "addmv(v, x, v)", "addcmul(x, x, x)", "triu(x, 1)", "diag(x, 1)",
    "isclose(x, x)", "linspace(0, 1, 5)", "arange(0, 4, 1)", "eye(3, 3)", "randperm(4)",
    "full_like(x, 2.0)", "argsort(x, 0)", "kthvalue(x, 1)", "unbind(x, 0)", "vstack([x, x])",
    "dist(x, x)", "quantile(x, 0.5)", "bincount(k)", "masked_select(x, x > 0)", "nonzero(x)",
    "index_add(x, 0, k, x)", "nan_to_num(x)", "remainder(x, 2)", "fmod(x, 2)", "floor_divide(x, 2)",
    "x.norm(2)", "x.sum(0)", "x.prod(0)", "x.min(0)", "x.argmax(0)", "x.sort(0)", "x.topk(1)",
    "x.unsqueeze(0)", "x.chunk(2)", "x.split(1)", "x.unbind(0)", "x.flatten(0)", "x.flip(0)",
    "x.roll(1, 0)", "x.cumsum(0)", "x.softmax(0)", "x.clamp(0, 1)", "x.lerp(x, 0.5)",
    "x.new_full((2,), 1.0)", "x.new_zeros((2,))", "x.type_as(x)", "x.copy_(x)", "x.select(0, 0)",
    "x.index_fill(0, k, 1.0)", "x.requires_grad_(True)", "x.narrow(0, 0, 1)", "x.triu(1)",
    "x.view((2, 2))", "x.reshape((4,))", "x.expand((2, 2))", "x.permute((1, 0))", "x.repeat((2, 2))",
    "x.tile((2,))", "x.flip((0,))", "nn.functional.softmax(x, 0)", "nn.functional.mse_loss(x, x)",
    "nn.functional.elu(x, 1.0)", "nn.functional.pad(x, (1, 1))", "nn.functional.linear(x, x, v)",
)  # fmt: skip
SPELLINGS = (
    "flip(x, 0)", "flip(x, 0, 1)", "flip(x, (0,))", "flip(x, [0, 1])", "flip(x, dims=[0])",
    "flip(input=x, dims=(0,))", "x.flip(0)", "x.flip(0, 1)", "x.flip([0])", "x.flip(dims=(0, 1))",
    "x.flip(dims=0)", "x.flip()", "flip(x, ())", "flip(x, torch.tensor([0]))", "reshape(x, -1)",
    "reshape(x, 1, 4)", "reshape(x, shape=(4,))", "x.reshape(1, -1)", "x.reshape(shape=4)",
    "x.reshape(shape=(1, 4))", "x.reshape()", "permute(x, 1, 0)", "permute(x, 0)", "permute(x, ())",
    "permute(x, dims=(1, 0))", "x.permute(1, 0)", "x.permute(dims=[1, 0])", "x.permute()",
    "tile(x, 2)", "tile(x, 2, 1)", "tile(x, dims=(2,))", "x.tile(2, 1)", "x.repeat(repeats=(2, 1))",
    "x.repeat()", "x.expand(size=(3, 2, 2))", "x.expand(-1, 2)", "x.view(size=(4,))", "x.view(-1)",
    "x.view()", "x.view(4, size=(4,))", "unflatten(x, 0, 2)", "x.unflatten(0, (2, 1))",
    "squeeze(x, 0, 1)", "x.squeeze(0, 1)", "x.squeeze((0, 1))", "squeeze(x, dim=(0, 1))", "split(x)",
    "x.split()", "split(x, split_size=1)", "split(x, split_size_or_sections=[1, 1])",
    "x.split(split_size=1)", "split(tensor=x, split_size_or_sections=2, dim=1)", "arange()",
    "arange(end=3)", "arange(start=1, end=3)", "arange(3, step=2)", "max(x, x, True)", "max(x, other=x)",
    "broadcast_to(x, 2)", "x.flip(dim=0)", "flip(x, dims=[0], foo=1)", "flip(dims=[0])",
    "x.to(True)", "x.to(1.5)", "x.to(1.5, copy=True)",
)  # fmt: skip
APART = re.compile(
    r"value=x|stable=0|unbiased=0|self=x|gelu|rand|numpy\(|empty|scatter\(.*value|std\(.*un|from_numpy"
)
"""Bools that are numbers, numbers that are tensors; what is random, or rounds otherwise."""


def parameters_of() -> dict[str, list[list[str]]]:
    """Return the parameters' names of every form that PyTorch has for a function or a method."""
    text = files("autograd_lab.engine").joinpath("signatures.txt").read_text(encoding="utf-8")
    found: dict[str, list[list[str]]] = {}
    for name, listed in re.findall(r"^([\w.]+)\((.*)\)$", text, re.MULTILINE):
        pieces = [piece.partition("=")[0].split() for piece in listed.split(",")]
        names = [piece[-1].rstrip("?") for piece in pieces if piece and piece != ["*"]]
        found.setdefault(name, []).append(names)
    return found


def by_name() -> Iterator[str]:
    """Yield the right calls with their arguments by name, from each place on."""
    forms = parameters_of()
    for right in (*RIGHT, *MORE):
        call = ast.parse(right, mode="eval").body
        assert isinstance(call, ast.Call)
        name, given = ast.unparse(call.func), [ast.unparse(arg) for arg in call.args]
        method = name.startswith("x.")
        for form in forms.get(name.rpartition(".")[2], []):
            names = form[1:] if method and form[:1] in (["input"], ["self"]) else form
            for start in range(len(given) if len(given) <= len(names) else 0):
                named = [f"{n}={v}" for n, v in zip(names[start:], given[start:], strict=False)]
                yield f"{name}({', '.join([*given[:start], *named])})"


CALLS = [code for code in dict.fromkeys((*by_name(), *SPELLINGS)) if not APART.search(code)]


@pytest.mark.needs_torch
@pytest.mark.parametrize("code", CALLS)
def test_arguments_are_understood_by_the_same_names(code: str) -> None:
    """What a call returns, or the words it is refused in, are PyTorch's."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert outcome(code, autograd_lab) == outcome(code, torch)


def test_most_functions_are_called_by_name() -> None:
    """The signatures were read."""
    assert len(CALLS) > 300
    assert "flip(input=x, dims=(0,))" in CALLS
