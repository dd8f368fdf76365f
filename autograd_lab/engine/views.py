"""Views: tensors that share their numbers, and what happens to their history when one is written to.

A view knows its base, a base its views. A write to any of them changes the numbers of all, and with
them where gradients must flow: the base gets a new grad_fn, and every view finds its own anew, as a
strided window onto the base, when it is next asked for one.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from . import messages
from .grad_mode import state
from .hooks import hand_on
from .node import Node, expected_shape, gradient_edge, sequence
from .observe import observers
from .operation import Operation, reshaped, tensors_in
from .plan import NO_PLAN
from .tensor import INFERENCE, Meta, Tensor, wrap

Array = np.ndarray[Any, Any]
F = TypeVar("F", bound=Callable[..., Any])


class ViewOperation(Operation):
    """An operation whose result shares memory with its first input."""

    linear = True

    def of_one(self) -> Callable[[Any], Any]:
        """Return `apply`: a view has no short way."""
        return self.apply

    def apply(self, *args: Any) -> Any:
        """Run as any operation does, then tie the result to what it is a view of."""
        source = args[0]
        source._buffer()
        output = super().apply(*args)
        if type(output) is tuple:
            for each in output:
                tie(each, source, "multiple" if state.enabled else "no_grad")
        else:
            tie(output, source, "default" if state.enabled else "no_grad")
        if observers:
            first = output[0] if type(output) is tuple else output
            Operation.announce(self, args, output, first._grad_fn)
        return output

    def announce(self, args: Sequence[Any], output: Any, node: Node | None) -> None:
        """Tell nobody yet: a view has its counter of writes once it is tied."""


def tie(view: Tensor, source: Tensor, made: str) -> None:
    """Make `view` a view of what `source` is a view of, or of `source` itself."""
    if source.is_inference():
        view._counter = INFERENCE
        return
    base = source if source._base is None else source._base
    meta = view._own_meta()
    meta.base = base
    if state.inference:
        made = "inference"
    before = "default" if source._meta is None else source._meta.made
    meta.made = before if made == "default" or before == "inference" else made
    view._counter = source._shared_counter()
    meta.version = view._now()
    view._requires_grad = view._requires_grad or base._requires_grad
    views = base._own_meta().views
    if views is None:
        views = base._own_meta().views = set()
    views.add(weakref.ref(view, views.discard))


def find_grad_fn_again(view: Tensor, meta: Meta) -> None:
    """Give a view whose base was written to the history it has now: a window onto the base."""
    base = meta.base
    assert base is not None
    if view._grad_fn is None and not base._requires_grad:
        return  # nothing to follow; but should the base require grad one day, this view will notice
    if meta.made != "default":
        refuse_write(view, messages.WRITTEN_BEFORE)
    look_through(view, base, positions(view, base))


def look_through(view: Tensor, base: Tensor, where: Array) -> None:
    """Make `view`'s history a window onto `base` as it is now, at the positions `where`."""
    from .ops.strided import as_strided

    window = wrap(view._data)
    as_strided.record(window, (base, *geometry(view, base), where), finished=False)  # of any dtype
    before, number = view._grad_fn, view._output_nr
    view._grad_fn, view._output_nr, view._requires_grad = window._grad_fn, 0, True
    view._own_meta().version = view._now()
    hand_on(view, before, number)


def geometry(view: Tensor, base: Tensor) -> tuple[Any, ...]:
    """Return size, strides and offset of `view` in elements of `base`'s memory."""
    window, whole = view._data, base._data
    start = window.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    strides = tuple(s // whole.itemsize for s in window.strides)
    return tuple(window.shape), strides, start // int(whole.itemsize)


def positions(view: Tensor, base: Tensor) -> Array:
    """Return, in the shape of `view`, which element of `base` (counted in row order) each one is.

    Those that are none of it, which `as_strided` can make, are −1.
    """
    size, strides, offset = geometry(view, base)
    places = _places(size, strides)
    places += offset
    if not places.size:
        return places
    if base._data.flags.c_contiguous:
        places[(places < 0) | (places >= base._data.size)] = -1
        return places
    homes = _places(base._data.shape, tuple(s // base._data.itemsize for s in base._data.strides))
    counted = np.full(homes.max(initial=-1) + 2, -1)  # the last one stands for places outside
    counted[homes.ravel()] = np.arange(homes.size)
    places[(places < 0) | (places >= counted.size)] = -1
    found: Array = counted[places]
    return found


def _places(size: Sequence[int], strides: Sequence[int]) -> Array:
    """Return the place in memory of each element of a strided array."""
    places: Array = np.zeros(size, np.int64)
    for axis, (n, stride) in enumerate(zip(size, strides, strict=True)):
        shape = [1] * len(size)
        shape[axis] = n
        places += (np.arange(n) * stride).reshape(shape)
    return places


def check_histories(tensors: Iterable[Tensor]) -> None:
    """Raise what torch does before it looks at shapes: that a view's history cannot be found."""
    for tensor in tensors:
        if state.enabled and tensor._requires_grad:
            tensor.grad_fn  # noqa: B018  (to raise)


def histories_first(function: F) -> F:
    """Let an error of `function` give way to that of a view among its tensors; see `check_histories`."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception:
            check_histories(tensors_in(args))
            raise

    return cast(F, run)


class CopySlices(Node):
    """The history of a base that was written to through a view.

    Its gradient is that of the base before; in the window of the view, what the writing operation's
    own node makes of it.
    """

    __module__ = "builtins"  # so that it prints as `<CopySlices object at …>`
    __slots__ = ("freed", "function", "positions")

    def __init__(self, base: Tensor, where: Array, function: Node) -> None:
        """`function` is the node of the operation that wrote to a view of `base`, at `where`."""
        self.function = function
        self.positions = where
        self.freed = False
        own = gradient_edge(base) if base._requires_grad else None
        self._extra = None
        self._plan = NO_PLAN
        if own is not None and expected_shape(base, own) != base._data.shape:
            self._targets = reshaped(None, len(function._edges), 0, base, own)
        self._edges = (own, *function._edges[1:])
        numbers = function._edge_numbers or (0,) * len(function._edges)
        self._edge_numbers = (base._output_nr, *numbers[1:])
        self._number = next(sequence)

    def name(self) -> str:
        """Return `"torch::autograd::CopySlices"`."""
        return "torch::autograd::CopySlices"

    @property
    def formulas(self) -> tuple[str, ...]:
        """What reaches the base is the gradient outside the window, and the operation's own inside."""
        inside, *others = self.function.formulas
        return (f"grad outside the window; inside: {inside}", *others)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs: the base, then those of the operation."""
        return ("base", *self.function.inputs[1:])

    def saved_values(self) -> dict[str, Any]:
        """Return what the operation's own node keeps."""
        return self.function.saved_values()

    def release(self) -> bool:
        """Let the operation's own node go of what it saved."""
        self.freed = True
        return self.function.release()

    def gradients(self, grad: Any, as_tensors: bool) -> list[Any]:
        """Return the gradients of the base and of the operation's other inputs."""
        from .ops.strided import put_into, take_flat

        if grad is None:
            return [None] * len(self._edges)
        if self.freed:
            raise RuntimeError(messages.SECOND_BACKWARD)
        inside = take_flat(grad, self.positions)
        passed = self.function.fitted(self.function.gradients(inside, as_tensors))
        if self._edges[0] is None or passed[0] is None:
            return [None, *passed[1:]]
        return [put_into(grad, passed[0], self.positions), *passed[1:]]


def check_writable(target: Tensor, tracked: bool) -> None:
    """Raise what torch raises where a write that is to be recorded would make gradients wrong."""
    if not tracked:
        return
    meta = target._meta
    if meta is not None and meta.base is not None:
        if meta.made != "default":
            refuse_write(target, messages.NOW_WRITTEN)
        if target._requires_grad and meta.base._grad_fn is None:
            raise RuntimeError(messages.VIEW_OF_LEAF_INPLACE)
    if target._requires_grad and target._grad_fn is None:
        raise RuntimeError(messages.LEAF_INPLACE)


def refuse_write(view: Tensor, done: str) -> None:
    """Raise torch's sentence about a write that `view` cannot follow."""
    assert view._meta is not None
    made, maker = view._meta.made, view._grad_fn
    head = f"Output {view._output_nr} of {maker.short_name()} is a view" if maker else "A view"
    if made == "multiple" and maker is not None:
        head += f" and {done} inplace. "
    else:
        head += " of a view which was created in " if maker else " was created in "
        mode, later = messages.VIEW_MADE["inference" if made == "inference" else "no_grad"]
        head += f"{mode} mode and {done} inplace {later}. "
    raise RuntimeError(head + messages.VIEW_INPLACE[made])


def rebase(view: Tensor, function: Node) -> None:
    """Enter into the history of `view`'s base that `function`'s operation wrote to the view."""
    base = view._base
    assert base is not None
    where = positions(view, base)
    before, number = base._grad_fn, base._output_nr
    base._grad_fn = CopySlices(base, where, function)
    base._own_meta().shape = None
    base._output_nr = 0
    base._requires_grad = True
    hand_on(base, before, number)
    look_through(view, base, where)
