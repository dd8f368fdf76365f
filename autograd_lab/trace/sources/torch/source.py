"""Watches real PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from threading import get_ident
from typing import Any, Concatenate, ParamSpec, TypeVar

from ...builder import Builder, describe
from ...model import Value
from ..watch import Guarded, Watch, guarded
from .calls import Calls, make_mode
from .library import TorchLibrary
from .passes import Pass, Visited
from .patches import Patches, install

S = TypeVar("S", bound="TorchSource")
P = ParamSpec("P")


def unnoticed(
    method: Callable[Concatenate[S, P], None], anywhere: bool = False
) -> Callable[Concatenate[S, P], None]:
    """Guard a method, and keep tensors of the user's own classes from hearing what it asks."""

    @wraps(method)
    def asking(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        with self.library.unnoticed():
            method(self, *args, **kwargs)

    return guarded(asking, anywhere)


def in_pass(method: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], None]:
    """Guard a hook of a pass that is recorded: PyTorch has threads of its own for GPUs."""
    return unnoticed(method, anywhere=True)


class TorchSource(Guarded):
    """Passes on to a `Watch` what PyTorch is asked for and what its backward passes do."""

    def __init__(self, builder: Builder) -> None:
        """Write into `builder`."""
        self.record, self.thread = builder, get_ident()
        self.library = TorchLibrary()
        self.watch = Watch(builder, self.library)
        self._calls = Calls(self)
        self._mode: Any = None
        self._patches: Patches | None = None

    def attach(self) -> None:
        """Begin to listen."""
        self._mode = make_mode(self)
        self._patches = install(self)
        self._mode.__enter__()

    def detach(self) -> None:
        """Stop listening, if it ever began."""
        if self._patches is not None:
            self._patches.undo()
            _leave(self._mode)
        self._patches = None

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Take no notice of what happens inside."""
        if get_ident() != self.thread:  # no notice is taken of it anyway
            yield
            return
        before, self.busy = self.busy, True
        try:
            with self.library.torch._C.DisableTorchFunction():
                yield
        finally:
            self.busy = before

    # --- forward --------------------------------------------------------------------------------

    def before_call(self, func: Any, args: Any, kwargs: Any) -> Callable[[Any], None] | None:
        """Note what must be seen before a call; return what to do with its result, if anything."""
        if self.record.broken or self.library.torch._C._are_functorch_transforms_active():
            return None
        self.busy = True
        try:
            with self.library.unnoticed():
                return self._calls.before(func, args, kwargs)
        except Exception as fault:
            self.record.broken = describe(fault)
            return None
        finally:
            self.busy = False

    @unnoticed
    def after_call(self, after: Callable[[Any], None], result: Any) -> None:
        """Do what `before_call` returned with the result of the call."""
        after(result)

    @unnoticed
    def applied(self, name: str, inputs: list[Any], result: Any) -> None:
        """Note that a Function of the user's own ran forward."""
        made = [t for t in self.watch.tensors([result]) if t.grad_fn is not None]
        if not made:
            self.watch.unrecorded(name, inputs, result)
            return
        sources = enumerate(made[0].grad_fn.next_functions)
        given = self.watch.tensors(inputs)
        free = {slot: given[slot] for slot, (source, _) in sources if source is None}
        self.watch.recorded(given, made, free)

    @unnoticed
    def created(self, name: str, inputs: list[Any], made: Any) -> None:
        """Note a new tensor."""
        self.watch.created(name, inputs, made)

    @unnoticed
    def mode(self, name: str, entered: bool) -> None:
        """Note that a mode was entered or left."""
        self.watch.mode(name, entered)

    # --- backward -------------------------------------------------------------------------------

    def begin_pass(
        self, roots: Any, seeds: Any, keep: bool, create: bool, wanted: Any, accumulates: bool
    ) -> Pass | None:
        """Note that a pass begins and listen to it; None if it is none, or not to be watched."""
        work: list[Pass] = []
        if self.library.torch._C._are_functorch_transforms_active():
            return None
        self._begin(work, roots, seeds, keep, create, wanted or (), accumulates)
        return work[0] if work else None

    @unnoticed
    def _begin(
        self,
        work: list[Pass],
        roots: Sequence[Any],
        seeds: Sequence[Any],
        keep: bool,
        create: bool,
        wanted: Sequence[Any],
        accumulates: bool,
    ) -> None:
        tensors = self.watch.tensors([roots, wanted])
        if len(tensors) != len(roots) + len(wanted) or not all(t.requires_grad for t in tensors):
            return
        given = {"retain_graph": keep, "create_graph": create}
        self.watch.backward(
            roots, seeds, wanted, accumulates, [name for name, on in given.items() if on]
        )
        edge = self.library.torch.autograd.graph.get_gradient_edge
        work.append(Pass(self, keep))
        work[0].listen([root.grad_fn or edge(root).node for root in roots])

    @in_pass
    def visited(self, work: Pass, visited: Visited, passed: Any, grads: Any) -> None:
        """Note what a node received and passed on, and that it lets go of what it saved."""
        work.visit(visited, passed, grads)

    @in_pass
    def accumulated(
        self, work: Pass, leaf: Any, before: Value | None, passed: Any, grads: Any
    ) -> None:
        """Note that a gradient was added to what a leaf's `.grad` was before."""
        if grads[0] is not None:
            work.accumulate(leaf, before, grads[0])

    @unnoticed
    def end_pass(self, work: Pass, error: BaseException | None, results: Any, create: bool) -> None:
        """Note that the pass is over."""
        work.leave()
        if create:
            self.watch.recorded_in_pass([t for t in results if t is not None] or work.gradients())
        self.watch.ended(error, None if error is None else work.failing_node())

    # --- calls ----------------------------------------------------------------------------------

    @unnoticed
    def called(
        self,
        kind: str,
        name: str,
        tensors: Sequence[Any],
        results: Sequence[Any] = (),
        options: tuple[str, ...] = (),
    ) -> None:
        """Note a call with tensors."""
        self.watch.called(kind, name, tensors, results, options=options)

    @unnoticed
    def on_parameters(self, kind: str, subject: Any, set_to_none: bool) -> None:
        """Note what an optimizer or a module does to its parameters."""
        with self.library.torch._C.DisableTorchFunction():
            self.watch.on_parameters(kind, subject, set_to_none)

    @unnoticed
    def zeroed(self, subject: Any) -> None:
        """Note that an optimizer or a module filled its parameters' gradients with zeros."""
        with self.library.torch._C.DisableTorchFunction():
            self.watch.zeroed(subject)

    @unnoticed
    def clipping(self, name: str, tensors: Sequence[Any]) -> None:
        """Note that gradients are about to be clipped."""
        self.watch.clipping(name, tensors)

    @unnoticed
    def clipped(self, tensors: Sequence[Any]) -> None:
        """Note what has become of gradients that were clipped."""
        with self.library.torch._C.DisableTorchFunction():
            self.watch.clipped(tensors)

    def failed(self, error: BaseException) -> tuple[str, list[Any]] | None:
        """Return the call into PyTorch that raised, and its tensors; None if none did."""
        frames = self.record.source.below(error.__traceback__)
        for frame in frames:
            if frame.f_code.co_name == "__torch_function__" and "func" in frame.f_locals:
                args, kwargs = frame.f_locals["args"], frame.f_locals["kwargs"] or {}
                name = self._calls.name(frame.f_locals["func"])
                return name, self.watch.tensors([*args, *kwargs.values()])
        for frame in frames:
            if str(frame.f_globals.get("__name__")).partition(".")[0] == "torch":
                return frame.f_code.co_name, self.watch.tensors(list(frame.f_locals.values()))
        return None


def _leave(mode: Any) -> None:
    """Take `mode` from PyTorch's stack of modes, wherever in it the user's code has left it."""
    from torch._C import _len_torch_function_stack
    from torch.overrides import _pop_mode, _push_mode

    above = []
    while _len_torch_function_stack():
        top = _pop_mode()  # type: ignore[no-untyped-call]
        if top is mode:
            break
        above.append(top)
    for other in reversed(above):
        _push_mode(other)  # type: ignore[no-untyped-call]


__all__ = ["TorchSource"]
