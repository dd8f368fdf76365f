"""Views: tensors that share their numbers, and what happens to their history when one is written to.

A view knows its base, a base its views. A write to any of them changes the numbers of all, and with
them where gradients must flow: the base gets a new grad_fn, and every view finds its own anew, as a
strided window onto the base, when it is next asked for one.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import messages
from .grad_mode import state
from .node import Node, gradient_edge, next_order
from .operation import Operation
from .tensor import INFERENCE, Meta, Tensor, wrap

Array = np.ndarray[Any, Any]


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
        if isinstance(output, Tensor):
            tie(output, source, "default" if state.enabled else "no_grad")
        else:
            for each in output:
                tie(each, source, "multiple" if state.enabled else "no_grad")
        return output


def tie(view: Tensor, source: Tensor, made: str) -> None:
    """Make `view` a view of what `source` is a view of, or of `source` itself."""
    base = source if source._base is None else source._base
    meta = view._own_meta()
    meta.base = base
    if state.inference and source._counter is not INFERENCE:
        made = "inference"
    meta.made = (
        made if source._meta is None or source._meta.made == "default" else source._meta.made
    )
    if view._grad_fn is not None:
        meta.maker = view._output_nr, view._grad_fn.short_name()
    view._counter = source._shared_counter()
    meta.version = view._now()
    view._requires_grad = view._requires_grad or base._requires_grad
    views = base._own_meta().views
    if views is None:
        views = base._own_meta().views = set()
    views.add(weakref.ref(view, views.discard))


def find_grad_fn_again(view: Tensor, meta: Meta) -> None:
    """Give a view whose base was written to the history it has now: a window onto the base."""
    from .ops.strided import as_strided

    base = meta.base
    assert base is not None
    if base._requires_grad or view._grad_fn is not None:
        if meta.made != "default":
            refuse_write(meta, messages.WRITTEN_BEFORE)
        window = wrap(view._data)
        as_strided.record(window, (base, *geometry(view, base), positions(view, base)))
        view._grad_fn, view._output_nr = window._grad_fn, 0
        view._requires_grad = True
    meta.version = view._now()


def history_changed(tensor: Tensor) -> None:
    """Let all views of what was written to require grad if it does now."""
    base = tensor if tensor._base is None else tensor._base
    for reference in (base._meta and base._meta.views) or ():
        view = reference()
        if view is not None:
            view._requires_grad = view._requires_grad or base._requires_grad


def geometry(view: Tensor, base: Tensor) -> tuple[Any, ...]:
    """Return size, strides and offset of `view` in elements of `base`'s memory."""
    window, whole = view._data, base._data
    start = window.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    strides = tuple(s // whole.itemsize for s in window.strides)
    return tuple(window.shape), strides, start // int(whole.itemsize)


def positions(view: Tensor, base: Tensor) -> Array:
    """Return, in the shape of `view`, which element of `base` (counted in row order) each one is."""
    size, strides, offset = geometry(view, base)
    places: Array = _places(size, strides) + offset
    if base._data.flags.c_contiguous or not places.size:
        return places
    homes = _places(base._data.shape, tuple(s // base._data.itemsize for s in base._data.strides))
    counted = np.zeros(homes.max() + 1, np.int64)
    counted[homes.ravel()] = np.arange(homes.size)
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


class CopySlices(Node):
    """The history of a base that was written to through a view.

    Its gradient is that of the base before; in the window of the view, what the writing operation's
    own node makes of it.
    """

    __module__ = "builtins"  # so that it prints as `<CopySlices object at …>`
    __slots__ = ("function", "positions", "shape")

    def __init__(self, base: Tensor, view: Tensor, function: Node) -> None:
        """`function` is the node of the operation that wrote to `view`, a view of `base`."""
        self.function = function
        self.positions = positions(view, base)
        self.shape = tuple(base._data.shape)
        own = gradient_edge(base) if base._requires_grad else None
        self._edges = (own, *function._edges[1:])
        numbers = function._edge_numbers or (0,) * len(function._edges)
        self._extra = None
        self._edge_numbers = (base._output_nr, *numbers[1:])
        self._order = next_order()

    @property
    def _saved(self) -> tuple[Any, ...] | None:
        """What the operation's own node keeps."""
        return self.function._saved

    @_saved.setter
    def _saved(self, value: tuple[Any, ...] | None) -> None:
        self.function._saved = value

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
        return self.function.release()

    def gradients(self, grad: Any, as_tensors: bool) -> list[Any]:
        """Return the gradients of the base and of the operation's other inputs."""
        from .ops.strided import put_into, take_flat

        if grad is None:
            return [None] * len(self._edges)
        inside = take_flat(grad, self.positions)
        passed = self.function.fitted(self.function.gradients(inside, as_tensors))
        own = put_into(grad, passed[0], self.positions) if self._edges[0] else None
        return [own, *passed[1:]]


def check_writable(tensor: Tensor, tracked: bool) -> None:
    """Raise what torch raises where an in-place write would make gradients wrong."""
    meta = tensor._meta
    if tensor._counter is INFERENCE and not state.inference:
        raise RuntimeError(messages.INFERENCE_INPLACE)
    if not state.enabled or (not tensor._requires_grad and not tracked):
        return
    if meta is None or meta.base is None:
        if tensor._requires_grad and tensor.is_leaf:
            raise RuntimeError(messages.LEAF_INPLACE)
        return
    if meta.made != "default":
        refuse_write(meta, messages.NOW_WRITTEN)
    if tensor._requires_grad and meta.base.is_leaf:
        raise RuntimeError(messages.VIEW_OF_LEAF_INPLACE)


def refuse_write(meta: Meta, done: str) -> None:
    """Raise torch's sentence about a write that a view cannot follow."""
    number, name = meta.maker
    view = "A view was created"
    if name:
        view = f"Output {number} of {name} is a view of a view which was created"
    text = messages.VIEW_INPLACE[meta.made]
    raise RuntimeError(text.format(number=number, name=name, view=view, done=done))


def rebase(view: Tensor, function: Node) -> None:
    """Enter into the history of `view`'s base that `function`'s operation wrote to the view."""
    base = view._base
    assert base is not None
    base._grad_fn = CopySlices(base, view, function)
    base._output_nr = 0
    base._requires_grad = True
