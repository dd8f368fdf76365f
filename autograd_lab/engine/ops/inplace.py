"""In-place forms: `add_`, `mul_`, `zero_`, `+=`: the result takes the place of the first input."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any
from weakref import ref

import numpy as np

from .. import dtypes
from ..binary import Binary
from ..choice import CHOICES, Chosen
from ..forward import levels, push_write
from ..grad_mode import state
from ..hooks import hand_on
from ..node import Node
from ..observe import observers
from ..operation import OPERATIONS, Operation, check_differentiable
from ..plan import Saved
from ..quiet import hush, unhush
from ..register import arranged, defaults_of, functions, method, register
from ..short import OPERANDS
from ..tensor import Tensor, let_views_follow, wrap
from ..views import check_writable, rebase
from . import (  # noqa: F401  (their in-place forms are made here)
    activations,
    added_products,
    compare,
    division,
    elementwise_angles,
    elementwise_clamp,
    elementwise_combine,
    elementwise_special,
    elementwise_trig,
    logical,
    rectifiers,
    remainders,
    rounding,
    scans,
    signs,
)
from .division import ZERO_DIVISION
from .elementwise import zeros

SHARED_PLACE = (
    "unsupported operation: more than one element of the written-to tensor refers to a single "
    "memory location. Please clone() the tensor before performing the operation."
)
SHARED_WITH_INPUT = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a "
    "single memory location. Please clone() the tensor before performing the operation."
)


def anywhere(buffer: Any, inputs: tuple[Any, ...]) -> None:
    """Let all be written, also where one place in memory serves several elements."""


def write(
    op: Operation, *args: Any, apart: Callable[..., None] | None = None, recorded: bool = True
) -> Tensor:
    """Run `op` and put its result into `args[0]`, history and all unless it is not to be `recorded`.

    `apart` raises where elements share memory in a way that `op` cannot deal with.
    """
    target: Tensor = args[0]
    tracked = state.enabled and any(isinstance(a, Tensor) and a._requires_grad for a in args)
    tracked = recorded and tracked and op.recordable(args)
    check_writable(target, tracked)
    tracked = tracked and bool(op.node)
    buffer = target._buffer()
    before = snapshot(op, target) if tracked or levels else target
    sources = (before, *args[1:])
    written = begin(op, sources, target) if tracked else None
    (apart or check_overlap)(buffer, args[1:])
    arrays = [a._data if isinstance(a, Tensor) else a for a in args]
    if not buffer.flags.writeable:
        buffer.flags.writeable = True
    if tracked or levels or not written_directly(op, arrays, buffer):
        data = computed(op, arrays, target)
        if apart is not None and 0 in buffer.strides:
            np.copyto(buffer, data, where=data != buffer)  # else the last of several would win
        else:
            buffer[...] = data
    target._wrote()
    if written is not None:
        written._targets = merged(op.changed(arrays, buffer), written._targets)
        enter(written, target)
    let_views_follow(target if target._base is None else target._base)
    if levels:
        push_write(op, sources, target)
    if observers:
        for observer in observers:
            observer.on_op(f"{op.name}_", args, target, target._grad_fn if tracked else None)
    return target


def written_directly(op: Operation, arrays: Sequence[Any], buffer: Any) -> bool:
    """Let NumPy write the result where it belongs, if it can: floats alike, or a number.

    The step of an optimizer is such a write; it takes half the time without an array in between.
    """
    ufunc = op.ufunc if isinstance(op, Binary) else None
    if ufunc is None or buffer.dtype.kind != "f" or any(a != 1 for a in arrays[2:]):
        return False
    other = arrays[1]
    if type(other) is not float and (
        getattr(other, "dtype", None) is not buffer.dtype or other.shape != buffer.shape
    ):
        return False
    token = hush()
    try:
        ufunc(buffer, other, out=buffer)
    finally:
        unhush(token)
    return True


def computed(op: Operation, arrays: Sequence[Any], target: Tensor) -> Any:
    """Return the result of `op`; RuntimeError if it does not fit into `target`."""
    try:
        data = op.compute(arrays)
    except RuntimeError as error:
        in_kernel = type(error) is NotImplementedError or str(error) == ZERO_DIVISION
        if in_kernel and isinstance(op, Binary):
            check_operands(arrays, target)
        raise
    check_fits(data.shape, dtypes.of_numpy(data.dtype), target, op.c_names)
    return data


class Zero(Operation):
    """Return zeros in the shape of `self`."""

    public = False
    node = "ZeroBackward0"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.zeros(self.shape, self.dtype)


zero = register(Zero)


def zero_(self: Tensor) -> Tensor:
    """Put 0 everywhere."""
    return write(zero, self, apart=anywhere)


method("zero_", zero_)
functions["zero_"] = zero_


def snapshot(op: Operation, target: Tensor) -> Tensor:
    """Return what `target` is before the write: its history, its numbers (copied if `op` reads them)."""
    reads = any(op.parameters[0] in names for names in op.reads.values())
    before = wrap(np.array(target._data) if reads else target._data)
    before._comes_from(target.grad_fn, target._output_nr)
    before._requires_grad = target._requires_grad
    if target._meta is not None:
        meta = before._own_meta()
        meta.tangents, meta.shape = target._meta.tangents, target._meta.shape
        before._counter = [0]  # a copy's own, and the sign to look closer at what it is
    return before


def begin(op: Operation, args: Sequence[Any], target: Tensor) -> Node:
    """Return the node of a write that is still to happen: edges and saved values are those before it."""
    written = wrap(target._data)
    written._counter = target._shared_counter()
    op.record(written, args, finished=False)
    node = written._grad_fn
    assert node is not None
    if target._requires_grad and any(value is args[0] for value in node._saved or ()):
        check_differentiable(target)
    return node


def enter(node: Node, target: Tensor) -> None:
    """Enter the write that `node` stands for into the history of `target`, or of its base."""
    result = wrap(target._data)
    result._counter = target._counter
    node.keep_results((result,))
    save_unheld(node, target)
    if target._base is None:
        before, number = target._grad_fn, target._output_nr
        target._grad_fn, target._output_nr, target._requires_grad = node, 0, True
        if target._meta is not None:
            target._meta.shape = None
        hand_on(target, before, number)
        return
    rebase(target, node)
    assert target._grad_fn is not None
    window = ref(target._grad_fn)
    for _, saved in node.saved_results():
        saved.maker = window


def merged(targets: Any, reshaped: Any) -> Any:
    """Return what `targets` say about each input, unless it was given another shape unrecorded."""
    if targets is None or reshaped is None:
        return targets or reshaped
    return [r or t for r, t in zip(reshaped, targets, strict=True)]


def save_unheld(node: Node, target: Tensor) -> None:
    """Let `node` keep numbers in place of `target` itself, which holds the node from now on."""
    if node._saved is None or not any(value is target for value in node._saved):
        return
    stand_in = Saved(target._data, target._counter)
    reference = ref(target)
    stand_in.maker = lambda: getattr(reference(), "grad_fn", None)
    node._saved = tuple([stand_in if value is target else value for value in node._saved])


def check_places(buffer: Any, inputs: tuple[Any, ...]) -> None:
    """Raise if elements of `buffer` share a place in memory with each other."""
    if buffer.base is None:
        return  # what has memory of its own has a place for each element
    for size, stride in zip(buffer.shape, buffer.strides, strict=True):
        if stride == 0 and size > 1 and buffer.size:
            raise RuntimeError(SHARED_PLACE)


def check_overlap(buffer: Any, inputs: tuple[Any, ...]) -> None:
    """Raise if elements of `buffer` share a place in memory, with each other or with shifted inputs."""
    check_places(buffer, inputs)
    for each in inputs:
        if isinstance(each, Tensor) and meet(each._data, buffer) and not same(each._data, buffer):
            raise RuntimeError(SHARED_WITH_INPUT)


def same(data: Any, buffer: Any) -> bool:
    """Return whether two arrays are the same elements in the same order."""
    alike = data.shape == buffer.shape and data.strides == buffer.strides
    return bool(alike and start_of(data) == start_of(buffer))


def meet(data: Any, buffer: Any) -> bool:
    """Return whether two arrays without gaps share memory; of arrays with gaps torch does not ask."""
    if not isinstance(data, np.ndarray):
        return False
    if data.base is None and buffer.base is None and data is not buffer:
        return False  # each has memory of its own
    if not (data.flags.forc and buffer.flags.forc):
        return False
    if not data.size or not buffer.size:
        return False
    start, own = start_of(data), start_of(buffer)
    return start < own + buffer.nbytes and own < start + data.nbytes


def start_of(data: Any) -> int:
    """Return the address of an array's first element."""
    return int(data.__array_interface__["data"][0])


def check_operands(arrays: Sequence[Any], target: Tensor) -> None:
    """Raise for shapes and dtypes, which torch compares before it computes anything."""
    try:
        shape = np.broadcast_shapes(*(np.shape(a) for a in arrays))
    except ValueError:
        return
    check_fits(shape, dtypes.result_type(*arrays), target)


def check_fits(
    shape: tuple[int, ...], kind: dtypes.dtype, target: Tensor, c_names: bool = False
) -> None:
    """Raise if a result of this shape and dtype cannot be stored in `target`."""
    if shape != target._data.shape:
        raise RuntimeError(
            f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(shape)}"
        )
    dtypes.check_cast(kind, target.dtype, c_names)


def chooser(name: str) -> Callable[..., Chosen]:
    """Return what finds the operation behind the function `name`, and all its arguments."""
    if name in CHOICES:
        return CHOICES[name]
    op = OPERATIONS.get(name) or next(o for o in OPERATIONS.values() if name in o.aliases)
    defaults = defaults_of(op)
    required = defaults.count(inspect.Parameter.empty)

    def choose(*args: Any, **kwargs: Any) -> Chosen:
        if kwargs:
            return op, arranged(op, defaults, args, kwargs)
        if not required <= len(args) <= len(defaults):
            inspect.signature(op.forward).bind(*args)  # raises what Python says of it
        return op, (*args, *defaults[len(args) :])

    return choose


def in_place(name: str, apart: Callable[..., None] | None = None) -> Callable[..., Tensor]:
    """Make the method `name_` that writes the result of the function `name` into the tensor."""
    choose = chooser(name)

    def written(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if args and not isinstance(args[0], (*OPERANDS, type(None))):
            raise TypeError(
                f"{name}_(): argument 'other' (position 1) must be Tensor, not {type(args[0]).__name__}"
            )
        op, arguments = choose(self, *args, **kwargs)
        return write(op, *arguments, apart=apart)

    written.__name__ = f"{name}_"
    written.__doc__ = f"Put the result of `{name}` into this tensor."
    method(written.__name__, written)
    return written


def _operator(written: Callable[..., Tensor]) -> Callable[[Tensor, Any], Any]:
    """Return what stands behind `a += b`."""

    def operator(self: Tensor, other: Any) -> Any:
        return written(self, other) if isinstance(other, OPERANDS) else NotImplemented

    return operator


OPERATORS = {
    "add": "__iadd__",
    "sub": "__isub__",
    "mul": "__imul__",
    "div": "__itruediv__",
    "floor_divide": "__ifloordiv__",
    "remainder": "__imod__",
    "pow": "__ipow__",
    "bitwise_and": "__iand__",
    "bitwise_or": "__ior__",
    "bitwise_xor": "__ixor__",
}
METHODS_ONLY = (
    "absolute addcmul addcdiv addmm addr arctan2 atan2 baddbmm bitwise_not copysign divide "
    "eq erfinv float_power fmod ge greater greater_equal gt heaviside hypot le lerp less less_equal "
    "logical_and logical_not logical_or logical_xor lt multiply ne not_equal sgn sign subtract "
    "true_divide"
)
FUNCTIONS_TOO = (
    "abs acos addmv arccos arcsin arctan asin atan ceil clamp clamp_max clamp_min clip cos cosh "
    "deg2rad erf erfc exp exp2 expm1 fix floor frac log log10 log1p log2 logit nan_to_num neg "
    "negative rad2deg reciprocal relu round rsqrt sigmoid sin sinc sinh sqrt square tan tanh "
    "trunc xlogy"
)
"""Names whose in-place form torch also has as a function: `torch.exp_`."""

for _name, _operator_name in OPERATORS.items():
    method(_operator_name, _operator(in_place(_name)))
for _name in METHODS_ONLY.split():
    in_place(_name)
for _name in FUNCTIONS_TOO.split():
    functions[f"{_name}_"] = in_place(_name)
in_place("masked_fill", apart=anywhere)
