"""Counting what PyTorch does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any

from .patches import Patches

NOTHING_COMPUTED = {
    "aten::detach", "aten::alias", "aten::lift_fresh", "aten::_local_scalar_dense", "aten::item",
    "aten::is_same_size", "aten::_unsafe_view",
}  # fmt: skip


def make_mode(forward: Callable[[], None]) -> Any:
    """Return a mode that calls back for each operation that computes something."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            in_pass = torch._C._current_graph_task_id() != -1
            name = func._schema.name
            given = [*args, *(kwargs or {}).values()]
            idle = in_pass or func.is_view or name in NOTHING_COMPUTED or name.endswith("_like")
            if not idle and _has_tensor(given) and not _optimizing():
                forward()
            return func(*args, **(kwargs or {}))

    def _has_tensor(items: list[Any]) -> bool:
        return any(
            isinstance(item, torch.Tensor)
            or (isinstance(item, list | tuple) and _has_tensor([*item]))
            for item in items
        )

    return Counter()  # type: ignore[no-untyped-call]


def _optimizing() -> bool:
    """Return whether an optimizer is at work: its arithmetic is no part of the function measured."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(("torch.optim", "torch.nn.init")):
            return True
        frame = frame.f_back
    return False


def _counted(run: Any, backward: Callable[[], None]) -> Any:
    """Return PyTorch's backward pass with a count at each node that it visits."""
    import torch

    leaf = torch._C._functions.AccumulateGrad  # type: ignore[attr-defined]

    @wraps(run)
    def watched(roots: Any, *rest: Any, **options: Any) -> Any:
        edge = torch.autograd.graph.get_gradient_edge
        waiting = [edge(root).node for root in roots if getattr(root, "requires_grad", False)]
        seen, handles = set(), []
        while waiting:
            node = waiting.pop()
            if type(node) is leaf or node._sequence_nr() in seen:
                continue
            seen.add(node._sequence_nr())
            handles.append(node.register_hook(lambda *_: backward()))
            waiting += [source for source, _ in node.next_functions if source is not None]
        try:
            return run(roots, *rest, **options)
        finally:
            for handle in handles:
                handle.remove()

    return watched


@contextmanager
def counting(
    forward: Callable[[], None], backward: Callable[[], None], keep: Callable[..., Any]
) -> Iterator[None]:
    """Count while the block runs; `keep` makes what stands in for a saved tensor."""
    import torch

    def pack(tensor: Any) -> Any:
        if not tensor.dim() or tensor.is_inference():
            return tensor
        # PyTorch gives back the history itself; a result kept with it would keep itself alive.
        plain = tensor.detach()
        try:
            memory = tensor.untyped_storage()
            return keep(plain, ("torch", memory.data_ptr()), memory.nbytes())
        except RuntimeError:  # a sparse tensor, say, is not one piece of memory
            return plain

    def unpack(held: Any) -> Any:
        return held if isinstance(held, torch.Tensor) else held.unpack()

    unpack.__autograd_lab__ = True  # type: ignore[attr-defined]  # a recording may call it

    patches = Patches()
    patches.replace(torch.autograd, "_engine_run_backward", lambda run: _counted(run, backward))
    try:
        with torch.autograd.graph.saved_tensors_hooks(pack, unpack), make_mode(forward):
            yield
    finally:
        patches.undo()


__all__ = ["counting"]
