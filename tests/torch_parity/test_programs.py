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
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

COUNT = int(os.environ.get("AUTOGRAD_LAB_PROGRAMS", "300"))
"""How many programs to run; the soak run takes 20,000."""

START = """\
t0 = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
t1 = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
t2 = torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.25, 4.0]], dtype=torch.float64, requires_grad=True)
t3 = torch.tensor([[0.5, 1.0, 2.0]], dtype=torch.float64)
t4 = torch.tensor([[2, 0, -1], [1, 3, 5]])"""

COMPUTED = (
    *("{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / ({b} * {b} + 1)", "2 * {a}", "{a} - 1", "-{a}"),
    *("{a}.exp()", "{a}.tanh()", "{a}.sigmoid()", "{a}.sin()", "{a}.relu()", "{a}.abs()"),
    *("{a} ** 2", "{a} * {a}", "{a}.clamp(min=0)", "{a}.softmax(-1)", "torch.maximum({a}, {b})"),
    *("{a}.sum()", "{a}.mean()", "{a}.sum(0)", "{a}.sum(-1, keepdim=True)", "{a}.prod()"),
    *("({a} * {a}).sum().sqrt()", "{a}.max()", "{a}.max(-1)[0]", "{a}.cumsum(-1)"),
    *("{a} @ {b}", "torch.where({a} > {b}, {a}, {b})", "{a}[{a} > 0]", "{a}[{b}]", "{a}[[0, 0]]"),
    *("torch.cat([{a}, {b}])", "torch.stack([{a}, {b}])", "{a}.clone()", "{a}.grad.clone()"),
    *("{a}.float()", "{a}.double()", "{a}.long()", "{a}.to(torch.int32)", "{a} > {b}", "{a} // 2"),
    *("torch.zeros_like({a})", "torch.ones(3)", "torch.tensor([0.75, -2.0], requires_grad=True)"),
)
"""Expressions that compute a new tensor."""
VIEWS = (
    *("{a}.reshape(-1)", "{a}.view(3)", "{a}.view(-1)", "{a}.unsqueeze(0)", "{a}.squeeze()"),
    *(
        "{a}.t()",
        "{a}.transpose(0, -1)",
        "{a}.expand(2, 3)",
        "{a}.expand_as({b})",
        "{a}.diagonal()",
    ),
    *("{a}[0]", "{a}[..., 1:]", "{a}[..., ::2]", "{a}[..., :0]", "{a}[None]", "{a}[...]"),
    *("{a}.select(-1, 0)", "{a}.narrow(-1, 1, 1)", "{a}.as_strided((2,), (1,))", "{a}.flatten()"),
    *("{a}.unbind()[0]", "{a}.unbind(-1)[-1]", "{a}.split(1)[0]", "{a}.split(2, -1)[-1]"),
    *("{a}.chunk(2)[0]", "{a}.chunk(2, -1)[-1]", "{a}.detach()", "{a}.data", "{a}.contiguous()"),
)
"""Expressions whose result shares memory, or may."""
WRITTEN = (
    *(
        "{a}.add_({b})",
        "{a}.mul_({b})",
        "{a}.mul_(2)",
        "{a}.sub_({b})",
        "{a}.div_(2)",
        "{a}.pow_(2)",
    ),
    *("{a}.zero_()", "{a}.fill_(2)", "{a}.fill_({b})", "{a}.copy_({b})", "{a}.addcmul_({b}, {b})"),
    *("{a}.exp_()", "{a}.sigmoid_()", "{a}.tanh_()", "{a}.relu_()", "{a}.neg_()", "{a}.sin_()"),
    *("{a} += {b}", "{a} *= 0.5", "{a} -= 1", "{a} /= {b}", "{a}.clamp_(min=0)"),
    *("{a}[0] = {b}", "{a}[..., 0] = 1.0", "{a}[0] += {b}", "{a}[..., 1:] *= 2", "{a}[[0]] = {b}"),
    *("{a}[{a} > 1] = 0.5", "{a}.masked_fill_({a} > 1, 0.5)", "{a}[...] = {b}"),
    *("{a}.t_()", "{a}.unsqueeze_(0)", "{a}.squeeze_()", "{a}.transpose_(0, -1)"),
    *("{a}.detach().add_(1)", "{a}.data.mul_(2)", "{a}.grad.zero_()"),
)
"""Statements that write in place."""
OTHER = (
    *("{a}.requires_grad_()", "{a}.requires_grad_(False)", "{a}.requires_grad = True"),
    *(
        "{a}.retain_grad()",
        "{a}.detach_()",
        "{a}.grad = None",
        "{a}.grad_fn; {a}.register_hook(lambda g: g * 2)",
    ),
    *("{a}.sum().backward()", "{a}.sum().backward(retain_graph=True)", "{a}.backward({b})"),
    *("{a}.sum().backward(create_graph=True)", "{a}.sum().backward(inputs=[{b}])"),
    "g = torch.autograd.grad({a}.sum(), {b})",
    "print(torch.autograd.grad({a}.sum(), {b}, retain_graph=True, allow_unused=True)[0])",
    "g = torch.autograd.grad(({a} * {a}).sum(), {b}, create_graph=True)[0]; (g * g).sum().backward()",
    *("print({a})", "print('version', {a}._version)", "print({a}.is_inference(), {a}._is_view())"),
    "print({a}.requires_grad, {a}.is_leaf, {a}.retains_grad, {a}.output_nr)",
    "print({a}.dtype, steps({a}), {a}.is_contiguous())",
)
MODES = ("", "", "", "", "", "", "no_grad", "enable_grad", "inference_mode")
VERSION = re.compile(r"(?<=version )\d+")
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]\d+)?")
TORCH_GAVE_UP = "INTERNAL ASSERT FAILED"
"""In the messages of torch about faults of its own: what is right then, nobody knows."""

line = st.tuples(
    st.sampled_from([*COMPUTED, *VIEWS, *VIEWS, *WRITTEN, *OTHER]),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from(MODES),
)


def written_out(lines: list[tuple[str, int, int, str]]) -> list[str]:
    """Return the program as statements; an expression is kept in a new variable."""
    program = START.splitlines()
    count = len(program)
    for template, first, second, mode in lines:
        code = template.format(a=f"t{first % count}", b=f"t{second % count}")
        if template in COMPUTED or template in VIEWS:
            code = f"t{count} = {code}"
            count += 1
        if template in WRITTEN and "{b}" in template:
            code = f"if not shifted(t{first % count}, t{second % count}): {code}"
        program.append(f"with torch.{mode}():\n    {code}" if mode else code)
    return program


def run(program: list[str], torch: ModuleType) -> list[Any]:
    """Run the statements one by one and return, for each, its error, or what all tensors look like."""
    said: list[Any] = []
    space: dict[str, Any] = {"torch": torch, "shifted": shifted, "steps": steps}
    space["print"] = lambda *values: said.append(shown(values))
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
        happened.append({n: look_at_gradient(t.grad) for n, t in tensors.items()})
    if any("inference_mode" in statement for statement in program):
        happened = without_versions(happened)
    return happened


def steps(tensor: Any) -> list[int]:
    """Return the strides that mean something: those between two elements or more."""
    if not tensor.numel():
        return []
    return [s for n, s in zip(tensor.shape, tensor.stride(), strict=True) if n > 1]


def shifted(target: Any, source: Any) -> bool:
    """Return whether a write to `target` could change what is still to be read of `source`.

    The result is then undefined. torch refuses, but sees it only in tensors without gaps.
    """
    dense = target.is_contiguous() and source.is_contiguous()
    if dense or not target.numel() or not source.numel():
        return False
    first, second = (
        (t.data_ptr(), sum((n - 1) * s for n, s in zip(t.shape, t.stride(), strict=True)))
        for t in (target, source)
    )
    apart = (
        first[0] > second[0] + second[1] * source.element_size()
        or second[0] > first[0] + first[1] * target.element_size()
    )
    same = (target.shape, target.stride()) == (source.shape, source.stride())
    return not apart and not (same and first == second)


def shown(values: tuple[Any, ...]) -> list[Any]:
    """Return what a program printed: of tensors, what they look like now."""
    return [look(v) if hasattr(v, "grad_fn") else str(v) for v in values]


def without_versions(happened: Any) -> Any:
    """Leave out version numbers: what comes of inference tensors counts torch's own writes, too."""
    if isinstance(happened, list):
        if happened[:1] == ["version"]:
            return ["version"]
        return [without_versions(each) for each in happened]
    return VERSION.sub("#", happened) if isinstance(happened, str) else happened


def look(tensor: Any) -> Any:
    """Return numbers, repr without its numbers, repr, the names of the next nodes, the dtype."""
    try:
        node = tensor.grad_fn
        names = [n and n.name() for n, _ in node.next_functions] if node else []
    except RuntimeError as error:
        names = [str(error)]
    text = repr(tensor)
    bare = NUMBER.sub("#", text).replace(" ", "")
    return tensor.tolist(), bare, text, names, str(tensor.dtype)


def look_at_gradient(grad: Any) -> Any:
    """Return the same of a gradient, but not by which operations its own rule was computed."""
    return None if grad is None else (*look(grad)[:3], [], str(grad.dtype))


def alike(ours: Any, theirs: Any) -> bool:
    """Return whether both libraries did the same; rounding may differ in the last bits.

    Those are the bits of float32 if a program has a tensor of that dtype.
    """
    rtol, atol = (1e-4, 1e-5) if "torch.float32" in str(theirs) else (1e-9, 1e-12)

    def same(a: Any, b: Any) -> bool:
        if a is None or b is None:
            return a is b
        if isinstance(a, tuple):
            equal = str(a[0]) == str(b[0])  # which also tells 0.0 from -0.0
            close = equal or np.allclose(a[0], b[0], rtol=rtol, atol=atol, equal_nan=True)
            shown = 2 if equal else 1
            return close and a[3:] == b[3:] and a[shown] == b[shown]
        if isinstance(a, dict):
            return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
        if isinstance(a, list):
            return len(a) == len(b) and all(map(same, a, b))
        return bool(a == b)

    return same(ours, theirs)


def differences(program: list[str], ours: list[Any], theirs: list[Any]) -> Iterator[str]:
    """Yield what happened differently, statement by statement and tensor by tensor."""
    for what, a, b in zip([*program, "printed", "tensors", "grads"], ours, theirs, strict=True):
        if isinstance(a, dict):
            yield from (f"{what} {k}: {a[k]} != {b.get(k)}" for k in a if not alike(a[k], b.get(k)))
        elif not alike(a, b):
            yield f"{what}: {a} != {b}"


def beyond_torch(theirs: list[Any]) -> bool:
    """Return whether torch stopped at a fault of its own."""
    return any(isinstance(each, str) and TORCH_GAVE_UP in each for each in theirs)


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
        assume(not beyond_torch(theirs))
        if not alike(ours, theirs):
            pytest.fail("\n".join([*program, "", *differences(program, ours, theirs)]))

    check()
