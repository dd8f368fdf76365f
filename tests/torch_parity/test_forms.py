"""Every form of every function that both libraries have, called with arguments of the right kinds."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice, product
from types import ModuleType
from typing import NamedTuple

import pytest

SAMPLES = {
    "Tensor": ("x", "i", "v"), "Number": ("2", "0.5"), "int": ("0", "1"), "float": ("0.5",),
    "bool": ("True",), "tuple of ints": ("(0,)", "(2, 2)"), "tuple of Tensors": ("[x, x]",),
    "str": ("'mean'",), "torch.dtype": ("torch.float64",),
}  # fmt: skip
ELSEWHERE = {"out", "layout", "device", "pin_memory", "requires_grad"}
RANDOM = re.compile("rand|empty|bernoulli|multinomial|normal|dropout|seed|from_numpy")
APART = {
    *("addmm", "baddbmm", "bmm", "mm"),  # a dtype for the result, which PyTorch has on GPUs alone
    *("addcdiv", "bincount", "cov", "linspace", "logspace", "narrow"),
    *("scatter", "scatter_add", "scatter_reduce", "searchsorted", "tensor_split"),
    *("tril_indices", "triu_indices", "repeat_interleave"),
}
"""Functions some of whose forms are refused in other words, or are none of the engine's."""


class Form(NamedTuple):
    """A line of PyTorch's signatures: parameters as (kind, name, whether by name only)."""

    name: str
    needed: tuple[tuple[str, str, bool], ...]
    optional: tuple[tuple[str, str, bool], ...]


def forms() -> Iterator[Form]:
    """Yield the forms of public functions."""
    text = files("autograd_lab.engine").joinpath("signatures.txt").read_text(encoding="utf-8")
    for name, listed in re.findall(r"^([\w.]+)\((.*)\)$", text, re.MULTILINE):
        needed, optional, named = [], [], False
        for piece in filter(None, map(str.strip, listed.split(","))):
            if piece == "*":
                named = True
                continue
            declared, has_default, _ = piece.partition("=")
            *kind, parameter = declared.split()
            entry = " ".join(kind), parameter.rstrip("?"), named
            (optional if has_default else needed).append(entry)
        yield Form(name, tuple(needed), tuple(optional))


def calls(form: Form) -> Iterator[str]:
    """Yield a form's calls: with what it needs, and with each further argument by its name."""
    if any(kind not in SAMPLES for kind, _, _ in form.needed):
        return
    choices = [
        ("x",) if kind == "Tensor" and not place else SAMPLES[kind]
        for place, (kind, _, _) in enumerate(form.needed)
    ]
    for values in islice(product(*choices), 8):
        given = [
            f"{parameter}={value}" if named else value
            for value, (_, parameter, named) in zip(values, form.needed, strict=True)
        ]
        yield f"torch.{form.name}({', '.join(given)})"
        for kind, parameter, _ in form.optional:
            if kind in SAMPLES and parameter not in ELSEWHERE:
                more = f"{parameter}={SAMPLES[kind][0]}"
                yield f"torch.{form.name}({', '.join([*given, more])})"


def outcome(code: str, torch: ModuleType) -> str:
    """Run a call and return what it returned, or its error."""
    space = {
        "torch": torch,
        "x": torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
        "v": torch.tensor([1.0, 2.0]),
        "i": torch.tensor([[0, 1], [1, 0]]),
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return repr(eval(code, space)).replace("autograd_lab", "torch")
    except Exception as error:
        return f"{type(error).__name__}: {error}"


BY_NAME: dict[str, list[str]] = {}
for _form in forms():
    BY_NAME.setdefault(_form.name, []).extend(calls(_form))
NAMES = [n for n in BY_NAME if BY_NAME[n] and n not in APART and not RANDOM.search(n)]


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", NAMES)
def test_every_form_returns_or_refuses_the_same(name: str) -> None:
    """Values as printed, and errors, are PyTorch's."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    if not (hasattr(torch, name) and hasattr(autograd_lab, name)):
        return  # a method, or a function of nn.functional
    for code in dict.fromkeys(BY_NAME[name]):
        assert outcome(code, autograd_lab) == outcome(code, torch), code


def test_there_are_many_forms() -> None:
    """The signatures were read."""
    assert len(NAMES) > 200
    assert sum(map(len, BY_NAME.values())) > 1500
