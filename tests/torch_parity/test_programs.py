"""Random programs run alike in both libraries: values, gradients, node names, reprs, errors."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

COUNT = int(os.environ.get("AUTOGRAD_LAB_PROGRAMS", "300"))
"""How many programs to run; the soak run takes 20,000."""

START = """\
t0 = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
t1 = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
t2 = torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.25, 4.0]], dtype=torch.float64, requires_grad=True)
t3 = torch.tensor([[0.5, 1.0, 2.0]], dtype=torch.float64)"""
LEAVES = ("t0", "t1", "t2")

MADE = (
    *("{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / ({b} * {b} + 1)", "2 * {a}", "{a} - 1", "-{a}"),
    *(
        "{a}.exp()",
        "{a}.tanh()",
        "{a}.sigmoid()",
        "{a}.sin()",
        "{a}.relu()",
        "{a} ** 2",
        "{a} * {a}",
    ),
    *(
        "{a}.sum()",
        "{a}.mean()",
        "{a}.sum(0)",
        "{a}.sum(-1, keepdim=True)",
        "({a} * {a}).sum().sqrt()",
    ),
    *(
        "{a}.reshape(-1)",
        "{a}.unsqueeze(0)",
        "{a}.t()",
        "{a}.clone()",
        "{a}.detach()",
        "{a}.view(3)",
    ),
    *(
        "{a}.expand(2, 3)",
        "{a}[0]",
        "{a}[..., 1:]",
        "{a} @ {b}",
        "torch.where({a} > {b}, {a}, {b})",
    ),
)
"""Expressions that make a new tensor."""
WRITTEN = (
    *("{a}.add_({b})", "{a}.mul_({b})", "{a}.mul_(2)", "{a}.zero_()", "{a} += {b}", "{a} *= 0.5"),
    *("{a}.exp_()", "{a}.sigmoid_()", "{a}[0] = {b}", "{a}[..., 0] = 1.0"),
)
"""Statements that write in place."""
OTHER = (
    *("{a}.requires_grad_()", "{a}.requires_grad_(False)", "{a}.retain_grad()", "{a}.detach_()"),
    *("{a}.sum().backward()", "{a}.sum().backward(retain_graph=True)", "{a}.backward({b})"),
    *(
        "print({a}.requires_grad, {a}.is_leaf, {a}._version)",
        "g = torch.autograd.grad({a}.sum(), {b})",
    ),
)
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]\d+)?")

line = st.tuples(
    st.sampled_from([*MADE, *MADE, *WRITTEN, *OTHER]),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from(["", "", "", "", "", "no_grad", "enable_grad"]),
)


def written_out(lines: list[tuple[str, int, int, str]]) -> list[str]:
    """Return the program as statements; an expression is kept in a new variable."""
    program = START.splitlines()
    count = len(program)
    for template, first, second, mode in lines:
        code = template.format(a=f"t{first % count}", b=f"t{second % count}")
        if template in MADE:
            code = f"t{count} = {code}"
            count += 1
        program.append(f"with torch.{mode}():\n    {code}" if mode else code)
    return program


def run(program: list[str], torch: ModuleType) -> list[Any]:
    """Run the statements one by one and return, for each, its error, or what all tensors look like."""
    space: dict[str, Any] = {"torch": torch, "print": lambda *values: said.append(values)}
    said: list[Any] = []
    happened: list[Any] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for statement in program:
            try:
                exec(statement, space)
                happened.append("ok")
            except Exception as error:
                happened.append(f"{type(error).__name__}: {error}")
        tensors = {n: v for n, v in space.items() if re.fullmatch(r"t\d+", n)}
        happened += [said, {n: look(t) for n, t in tensors.items()}]
        happened.append({n: look(tensors[n].grad) for n in LEAVES})
    return happened


def look(tensor: Any) -> Any:
    """Return numbers, repr without its numbers, and the names of the next nodes."""
    if tensor is None:
        return None
    try:
        node = tensor.grad_fn
    except RuntimeError as error:
        return tensor.tolist(), NUMBER.sub("#", repr(tensor)), repr(tensor), [str(error)]
    names = [n and n.name() for n, _ in node.next_functions] if node else []
    return tensor.tolist(), NUMBER.sub("#", repr(tensor)), repr(tensor), names


def alike(ours: Any, theirs: Any) -> bool:
    """Return whether both libraries did the same; rounding may differ in the last bits."""
    if ours is None or theirs is None:
        return ours is theirs
    if isinstance(ours, tuple) and len(ours) == 4 and isinstance(ours[3], list):
        equal = np.array_equal(ours[0], theirs[0], equal_nan=True)
        close = equal or np.allclose(ours[0], theirs[0], rtol=1e-9, atol=1e-12, equal_nan=True)
        return (
            close and ours[3] == theirs[3] and ours[2 if equal else 1] == theirs[2 if equal else 1]
        )
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(alike(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    return bool(ours == theirs)


def differences(program: list[str], ours: list[Any], theirs: list[Any]) -> Iterator[str]:
    """Yield what happened differently, statement by statement and tensor by tensor."""
    for what, a, b in zip([*program, "printed", "tensors", "grads"], ours, theirs, strict=True):
        if isinstance(a, dict):
            yield from (f"{k}: {a[k]} != {b[k]}" for k in a if not alike(a[k], b[k]))
        elif not alike(a, b):
            yield f"{what}: {a} != {b}"


@pytest.mark.needs_torch
def test_programs_run_alike() -> None:
    """Views, writes in place, detached parts, grad modes and backward passes in any order."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    @settings(max_examples=COUNT, suppress_health_check=list(HealthCheck))
    @given(st.lists(line, min_size=1, max_size=30))
    def check(lines: list[tuple[str, int, int, str]]) -> None:
        program = written_out(lines)
        ours, theirs = run(program, autograd_lab), run(program, torch)
        if not alike(ours, theirs):
            pytest.fail("\n".join([*program, "", *differences(program, ours, theirs)]))

    check()
