"""Every form of every function that both libraries have, called with arguments of the right kinds."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice, product
from typing import NamedTuple

import pytest

import autograd_lab
from tests.torch_parity.calls import outcome

SAMPLES = {
    "Tensor": ("x", "i", "v"), "Number": ("2", "0.5"), "int": ("0", "1"), "float": ("0.5",),
    "bool": ("True",), "tuple of ints": ("(0,)", "(2, 2)"), "tuple of Tensors": ("[x, x]",),
    "str": ("'mean'",), "torch.dtype": ("torch.float64",),
}  # fmt: skip
ELSEWHERE = {"out", "layout", "device", "pin_memory", "requires_grad"}
RANDOM = re.compile("rand|empty|bernoulli|multinomial|normal|dropout|seed|from_numpy")
APART = re.compile(
    r"(addmm|baddbmm|bmm|mm)\(.*torch\.float64|"  # a dtype for the result, which PyTorch has on GPUs alone
    r"repeat_interleave\(.*output_size|scatter\(.*reduce=|"  # parameters the engine has not
    # Refused in other words; PyTorch looks at the same things in another order.
    r"addcdiv\(x, i, i|addmm\(x, i, v|cov\(x, [fa]weights|(linspace|logspace)\(.*[xiv],|"
    r"narrow\(x, [01], [xiv]|repeat_interleave\(x, v\)|(scatter|scatter_add|scatter_reduce)\(x, 0, i, v|"
    r"searchsorted\(.*(side|sorter)=|tensor_split\(x, [xiv]|"
    r"(tril|triu)_indices\(.*float64"
)
"""Calls that come out differently, every one of them known."""


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
        yield f"{form.name}({', '.join(given)})"
        for kind, parameter, _ in form.optional:
            if kind in SAMPLES and parameter not in ELSEWHERE:
                more = f"{parameter}={SAMPLES[kind][0]}"
                yield f"{form.name}({', '.join([*given, more])})"


BY_NAME: dict[str, list[str]] = {}
for _form in forms():
    BY_NAME.setdefault(_form.name, []).extend(calls(_form))
NAMES = [n for n in BY_NAME if BY_NAME[n] and hasattr(autograd_lab, n) and not RANDOM.search(n)]


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", NAMES)
def test_every_form_returns_or_refuses_the_same(name: str) -> None:
    """Values as printed, and errors, are PyTorch's."""
    torch = pytest.importorskip("torch")
    compared = [code for code in dict.fromkeys(BY_NAME[name]) if not APART.match(code)]
    assert compared
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for code in compared:
            assert outcome(code, autograd_lab) == outcome(code, torch), code


def test_there_are_many_forms() -> None:
    """The signatures were read."""
    assert len(NAMES) > 200
    assert sum(len(BY_NAME[name]) for name in NAMES) > 1500
