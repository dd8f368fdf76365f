"""Shapes and dtypes that do not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Ref
from .facts import Facts
from .model import Clue
from .registry import rule

SHAPE_ERRORS = (
    "shapes cannot be multiplied",
    "must match the size of tensor",
    "must match the existing size",
    "is invalid for input of size",
    "inconsistent tensor size",
    "size mismatch",
    "Sizes of tensors must match",
    "expects each tensor to be equal size",
    "doesn't match the broadcast shape",
    "must be a matrix",
    "1D tensors expected",
    "Dimension out of range",
    "must be the same as input size",
    "is different to the input size",
    "Expected size for first two dimensions of batch2 tensor",
)
DTYPE_ERRORS = (
    "to have the same dtype",
    "must have the same dtype",
    "have same dtype",
    "expected target dtype to be",
    "expected scalar type",
    "Found dtype",
)
PRODUCT = re.compile(r"\((\d+x\d+) and (\d+x\d+)\)")


@rule(17, "shapes-do-not-fit")
def shapes_do_not_fit(facts: Facts) -> Iterator[Clue]:
    """An operation refused the shapes of its inputs."""
    if not facts.raised(*SHAPE_ERRORS):
        return
    yield Clue(
        facts.error_place,
        _("{call} cannot combine the shapes {shapes}.").format(
            call=(facts.error and facts.error.expression) or _("This line"),
            shapes=_(" and ").join(map(str, _shapes(facts))) or _("of its inputs"),
        ),
        _why_shapes(facts),
        _fix_shapes(facts),
        explains_error=True,
    )


def _shapes(facts: Facts) -> list[list[int]]:
    """Return the shapes that do not fit, as the error tells them, else those of the inputs."""
    told = PRODUCT.search(facts.trace.error)
    if told is not None:
        return [[int(n) for n in shape.split("x")] for shape in told.groups()]
    return [list(ref.shape) for ref in facts.failed.inputs] if facts.failed else []


def _why_shapes(facts: Facts) -> str:
    if facts.raised("shapes cannot be multiplied", "inconsistent tensor size", "size mismatch"):
        return _(
            "A product of matrices [n, k] and [k, m] needs the same k on both sides: the columns of "
            "the first are the rows of the second."
        )
    if facts.raised("same as input size"):
        return _("This loss compares element with element and does not broadcast.")
    if facts.raised("is invalid for input of size"):
        return _("view and reshape keep every element: the sizes multiply to the same number.")
    if facts.raised("must match"):
        return _(
            "Shapes are aligned from the last dimension. In each one the sizes must be equal, or one "
            "of them 1, which is then repeated."
        )
    return _("The operation is defined for certain shapes only.")


def _fix_shapes(facts: Facts) -> str:
    refs = facts.failed.inputs if facts.failed else ()
    layer = any(facts.trace.tensors[ref.tensor].parameter for ref in refs)
    shapes = _shapes(facts)
    if facts.raised("shapes cannot be multiplied") and layer and shapes:
        return _(
            "A layer takes as many features as the one before gives: nn.Linear({count}, …)."
        ).format(count=shapes[0][1])
    if facts.raised("same as input size") and len(shapes) > 1:
        return _("Give the target the prediction's shape: target.reshape({shape}).").format(
            shape=", ".join(map(str, shapes[0]))
        )
    return _("Print x.shape of both just before this line, and change the one that surprises you.")


@rule(17, "dtypes-do-not-fit")
def dtypes_do_not_fit(facts: Facts) -> Iterator[Clue]:
    """An operation refused the dtypes of its inputs."""
    if not facts.raised(*DTYPE_ERRORS) or facts.failed is None or not facts.failed.inputs:
        return
    target = facts.raised("target dtype")
    odd = facts.failed.inputs[1:2] if target else _odd(facts, facts.failed.inputs)
    for ref in odd:
        made = _first_of_dtype(facts, ref)
        place = facts.error_place if made is None else facts.place(made)
        name = facts.label(ref.tensor) or _("One input")
        yield Clue(
            place,
            _("{name} is {dtype}; {line} needs {other}.").format(
                name=name,
                dtype=ref.dtype,
                line=facts.spoken(facts.error_place, place),
                other=_("class numbers, int64") if target else _other(facts, ref),
            ),
            _dtype_reason(ref, made),
            _dtype_fix(ref, made, target),
            explains_error=True,
        )
        return


def _odd(facts: Facts, inputs: tuple[Ref, ...]) -> tuple[Ref, ...]:
    """Return the input whose dtype should change: integers first, then what is not a parameter."""

    def blame(ref: Ref) -> tuple[bool, bool, bool]:
        entry = facts.trace.tensors[ref.tensor]
        return ref.dtype.startswith("float"), entry.parameter, ref.requires_grad

    ordered = sorted(inputs, key=blame)
    if len({ref.dtype for ref in inputs if ref.dtype.startswith("float")}) > 1:
        ordered.sort(
            key=lambda ref: (facts.trace.tensors[ref.tensor].parameter, ref.dtype != "float64")
        )
    return tuple(ordered[:1])


def _other(facts: Facts, odd: Ref) -> str:
    inputs = facts.failed.inputs if facts.failed else ()
    return next((ref.dtype for ref in inputs if ref.dtype != odd.dtype), _("another dtype"))


def _first_of_dtype(facts: Facts, ref: Ref) -> Event | None:
    """Return where the dtype came into the world, followed back through what it was made of."""
    tensor: int | None = ref.tensor
    found = None
    while tensor is not None:
        made = facts.birth(tensor)
        if made is None:
            return found
        found = made
        tensor = next((r.tensor for r in made.inputs if r.dtype == ref.dtype), None)
    return found


def _dtype_reason(ref: Ref, made: Event | None) -> str:
    if made is not None and made.text in {"from_numpy", "as_tensor", "tensor"}:
        if ref.dtype == "float64":
            return _(
                "NumPy computes in float64, and the tensor keeps that; PyTorch's layers are float32."
            )
        if ref.dtype.startswith("int"):
            return _("Numbers without a decimal point make a tensor of integers.")
    return _("Products of matrices and losses do not convert: both sides need one dtype.")


def _dtype_fix(ref: Ref, made: Event | None, target: bool) -> str:
    if target:
        return _("Class numbers are integers: write them without a point, or add .long() here.")
    if ref.dtype.startswith("int"):
        return _("Write 1. instead of 1, or dtype=torch.float32, where it is made.")
    if ref.dtype == "float64":
        return _("Add .float() where it is made. Or make the rest float64 as well: model.double().")
    return _("Convert it where it is made, with .to(other.dtype).")


__all__: list[str] = []
