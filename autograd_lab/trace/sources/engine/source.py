"""Watches the package's own engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from itertools import dropwhile
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

from ....engine._methods import Methods
from ....engine.node import AccumulateGrad, Node
from ....engine.observe import Observer, observers
from ....engine.operation import OPERATIONS, Operation
from ....engine.register import functions
from ....engine.register import guarded as guarded_function
from ....engine.tensor import Tensor
from ....engine.traversal import Pass
from ....engine.variadic import Variadic
from ...builder import Builder
from ..graph import op_name
from ..watch import Guarded, Watch, guarded
from .library import EngineLibrary

SPECIAL = {
    "__bool__": "bool", "__float__": "item", "__int__": "item", "__setitem__": "copy_",
    "__array__": "numpy", "__getitem__": "index",
}  # fmt: skip
"""What the trace calls the methods behind Python's own syntax."""
RENAMED = {"cast": "to", "all_over": "all", "any_over": "any"}
"""What users call operations that the engine calls otherwise."""
PACKAGE = __name__.partition(".")[0]


class EngineSource(Observer, Guarded):
    """Passes the engine's notifications on to a `Watch`."""

    def __init__(self, builder: Builder) -> None:
        """Write into `builder`."""
        self.record, self.thread = builder, get_ident()
        self.library = EngineLibrary()
        self.watch = Watch(builder, self.library)
        self._accumulating: tuple[dict[str, Any] | None, Tensor] | None = None
        self._pass: Pass | None = None
        self._reached: list[Tensor] = []
        self._made: dict[int, Tensor] = {}

    def attach(self) -> None:
        """Begin to listen."""
        observers.append(self)

    def detach(self) -> None:
        """Stop listening, if it ever began."""
        observers[:] = [other for other in observers if other is not self]

    # --- forward --------------------------------------------------------------------------------

    @guarded
    def on_op(self, name: str, inputs: Sequence[object], output: object, node: Any) -> None:
        """Note an operation: recorded in the graph, leaving it, or writing in place."""
        if self._pass is not None:
            if node is not None and isinstance(output, Tensor):
                self._made[node._sequence_nr()] = output
            return
        in_place = name.endswith("_") and bool(inputs) and output is inputs[0]
        before = None
        if in_place and name != "detach_":
            called = _called(name[:-1]) + "_"
            before = self.watch.written(called, output, inputs, node is not None)
        if node is not None:
            results = output if isinstance(output, tuple | list) else (output,)
            made = [t for t in results if isinstance(t, Tensor) and t.grad_fn is not None]
            grad_fn = made[0].grad_fn if made else node
            given = self.watch.tensors(inputs)
            self.watch.recorded(given, made, self._constants(inputs, grad_fn), before)
        elif not in_place or name == "detach_":
            self.watch.unrecorded(_called(name), inputs, output)

    def _constants(self, inputs: Sequence[object], grad_fn: Any) -> dict[int, object]:
        """Return what entered an operation without gradient, by its slot.

        That is any tensor, and a number only if it was taken from one.
        """
        free = [slot for slot, (source, _) in enumerate(grad_fn.next_functions) if source is None]
        if not free:
            return {}
        operation = getattr(grad_fn, "op", None)
        if operation is None or isinstance(operation, Variadic):  # its tensors in order
            by_slot: dict[int, object] = dict(enumerate(self.watch.tensors(inputs)))
        else:
            given = dict(zip(operation.parameters, inputs, strict=False))
            by_slot = {slot: given.get(name) for slot, name in enumerate(grad_fn.inputs)}
        return {slot: item for slot in free if self._is_constant(item := by_slot.get(slot))}

    def _is_constant(self, given: object) -> bool:
        return isinstance(given, Tensor) or self.watch.graph.find(given) is not None

    @guarded
    def on_mode(self, name: str, entered: bool) -> None:
        """Note that a grad mode was entered or left, by a hook excepted."""
        if self._pass is None:
            self.watch.mode(name, entered)

    @guarded
    def on_note(self, kind: str, subject: Any, details: dict[str, Any]) -> None:
        """Note what is no operation."""
        if self._pass is not None:
            return
        watch, name = self.watch, details.get("name", "")
        if kind == "create":
            watch.created(name, [details["source"]], subject)
        elif kind == "read":
            watch.read_grad(subject, details["value"], _asked_by_user())
        elif kind == "set":
            watch.set_attribute(name, subject, details["value"])
        elif kind == "hook":
            given = {"tensor": subject} if isinstance(subject, Tensor) else {"grad_fn": subject}
            watch.hooked(name, **given)
        elif kind == "gradients":
            watch.called(kind, "grad", subject, details["results"])
        elif kind == "gradcheck":
            watch.called(kind, name, subject, options=("failed",) if details["failed"] else ())
        elif kind == "clip":
            watch.clipping(name, subject)
        elif kind == "clipped":
            watch.clipped(subject)
        else:
            watch.on_parameters(kind, subject, details.get("set_to_none", False))

    # --- backward -------------------------------------------------------------------------------

    @guarded
    def on_backward(
        self,
        roots: Sequence[Tensor],
        gradients: Sequence[Tensor | None],
        wanted: Sequence[Tensor],
        work: Pass,
    ) -> None:
        """Note where a backward pass starts, and with what."""
        self._pass, self._reached, self._made = work, [], {}
        options = [n for n in ("retain_graph", "create_graph") if getattr(work, n)]
        self.watch.backward(roots, gradients, wanted, work.accumulate, options)

    @guarded
    def on_node(
        self,
        node: Any,
        grads_in: Sequence[Tensor | None],
        products: Sequence[Tensor | None],
        grads_out: Sequence[Tensor | None],
    ) -> None:
        """Note what a node received and passed on; a leaf's event is there already."""
        if isinstance(node, AccumulateGrad):
            self._settle()
            return
        if self._pass is not None and self._pass.useful is not None:
            asked = [self._is_asked_for(source, self._pass) for source, _ in node.next_functions]
            grads_out = [g if ask else None for g, ask in zip(grads_out, asked, strict=True)]
            products = [p if ask else None for p, ask in zip(products, asked, strict=True)]
        graph, key = self.watch.graph, node._sequence_nr()
        number, targets = graph.of_grad_fn(node), graph.targets(node)
        self.watch.running.visited(number, key, targets, grads_in, products, grads_out)

    def _is_asked_for(self, target: Node | None, work: Pass) -> bool:
        """Return whether a gradient for `target` goes on: a restricted pass drops the others."""
        assert work.useful is not None
        return target in work.useful or any(goal is target for goal, _ in work.captured)

    @guarded
    def on_accumulate(self, node: Any, leaf: Tensor, contribution: Tensor) -> None:
        """Note what a leaf's `.grad` was and what is added; the sum can be read a moment later."""
        before = self.watch.graph.maybe_value(self.library.grad(leaf))
        self._accumulating = self.watch.running.accumulating(leaf, contribution, before), leaf
        self._reached.append(leaf)

    @guarded
    def on_freed(self, node: Any) -> None:
        """Note that a node released what it had saved."""
        self.watch.running.freed(self.watch.graph.of_grad_fn(node))

    @guarded
    def on_backward_end(self, error: BaseException | None) -> None:
        """Note the end of a backward pass."""
        self._settle()
        work, self._pass = self._pass, None
        if work is not None and work.create_graph:
            captured = [grad for grad in work.captured.values() if isinstance(grad, Tensor)]
            grads = [self.library.grad(leaf) for leaf in self._reached]
            self.watch.recorded_in_pass(captured if not work.accumulate else grads, self._made)
        self._made = {}
        self.watch.ended(error, _failing_node(error))

    def _settle(self) -> None:
        """Read the `.grad` that was about to grow: by now it has, or its pass is over."""
        if self._accumulating is not None:
            self.watch.running.accumulated(*self._accumulating)
            self._accumulating = None

    # --- end ------------------------------------------------------------------------------------

    def failed(self, error: BaseException) -> tuple[str, list[Tensor]] | None:
        """Return the call into the engine that raised, and its tensors; None if none did."""
        below = self.record.source.below(error.__traceback__)
        frames = [*dropwhile(lambda frame: not _ours(frame), below)]
        if not frames:
            return None
        if frames[0].f_code is GUARD and frames[1:] and _ours(frames[1]):
            frames = frames[1:]
        public = _public_names().get(frames[0].f_code)
        if public is not None:
            return public, self.watch.tensors(_arguments(frames[0]))
        for frame in frames:
            for op in (frame.f_locals.get("self"), frame.f_locals.get("op")):
                if isinstance(op, Operation):
                    written = any(below.f_code.co_name == "write" for below in frames)
                    return op.name + "_" * written, self.watch.tensors(_arguments(frame))
        code = frames[0].f_code
        made_for_a_name = (
            "bound" in code.co_freevars
        )  # as what refuses arguments is: see `register`
        called = frames[0].f_locals["name"] if made_for_a_name else code.co_name
        return called, self.watch.tensors(_arguments(frames[0]))


GUARD = guarded_function("", abs, False).__code__
"""What stands around most of the engine's functions, to refuse arguments that do not fit."""


@cache
def _public_names() -> dict[CodeType, str]:
    """Return the name of each method and function of the user's that has code of its own."""
    names: dict[CodeType, set[str]] = {}
    properties = {n: p.fset for n, p in vars(Tensor).items() if isinstance(p, property)}
    for name, function in {**functions, **vars(Methods), **properties, **vars(Tensor)}.items():
        code = getattr(function, "__code__", None)
        if code is GUARD:
            code = getattr(function.__wrapped__, "__code__", None)
        if code is not None:
            names.setdefault(code, set()).add(SPECIAL.get(name) or _without_underscores(name))
    return {code: found.pop() for code, found in names.items() if len(found) == 1}


def _without_underscores(name: str) -> str:
    return name.strip("_") if name.startswith("__") else name


def _called(name: str) -> str:
    """Return what users call an operation; the engine has several for some functions."""
    operation = OPERATIONS.get(name)
    if name in RENAMED or operation is None or operation.node in ("", "NotImplemented"):
        return RENAMED.get(name, name)
    return op_name(operation.node)


def _ours(frame: FrameType) -> bool:
    """Return whether the code that runs is the package's own, and not that which watches PyTorch."""
    name = str(frame.f_globals.get("__name__", ""))
    return name.partition(".")[0] == PACKAGE and not name.startswith(f"{PACKAGE}.trace.")


def _arguments(frame: FrameType) -> list[Any]:
    """Return what a function was called with, `*args` one by one."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4)
    found: list[Any] = []
    for name in code.co_varnames[:count]:
        value = frame.f_locals.get(name)
        found += value if isinstance(value, tuple | list) else [value]
    return found


def _asked_by_user() -> bool:
    """Return whether `.grad` was read by code that is not the package's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "grad":
        frame = frame.f_back
    return frame is not None and frame.f_back is not None and not _ours(frame.f_back)


def _failing_node(error: BaseException | None) -> Node | None:
    """Return the node that a backward pass was at when the error came up."""
    found: Node | None = None
    traceback = None if error is None else error.__traceback__
    while traceback is not None:
        node = traceback.tb_frame.f_locals.get("node")
        found = node if isinstance(node, Node) and found is None else found
        traceback = traceback.tb_next
    return found


__all__ = ["EngineSource"]
