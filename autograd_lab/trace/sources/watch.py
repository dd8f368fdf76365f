"""What is written down of each thing a library does, whichever library it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from threading import get_ident
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar

from ..builder import Builder, describe
from ..model import Ref, Value
from .graph import GraphWriter
from .library import Library
from .passing import PassWriter

LEAVING = {"detach", "detach_", "data", "item", "tolist", "numpy", "tensor", "bool", "Parameter"}
"""Operations that exist to leave the graph, or to get at the numbers; others only happen to."""
SHARING = {"detach", "data", "numpy", "Parameter", "from_numpy"}
"""Operations whose result has the memory of what they are called on."""

NOTHING: Mapping[int, Any] = MappingProxyType({})

UNCOUNTED = {"data", "numpy"}
"""Operations that give access to memory past the write counter."""

P = ParamSpec("P")
S = TypeVar("S", bound="Guarded")


class Guarded:
    """Something that listens and must not disturb: see `guarded`."""

    record: Builder
    busy = False
    """Whether it is itself at work: what it then asks the library is not the user's doing."""
    thread: int
    """The thread that is recorded: what others do at the same time cannot be told apart."""

    def concerns(self) -> bool:
        """Return whether this is the recorded thread; note it if not."""
        if get_ident() == self.thread:
            return True
        self.record.elsewhere = True
        return False


def guarded(
    method: Callable[Concatenate[S, P], None], anywhere: bool = False
) -> Callable[Concatenate[S, P], None]:
    """Keep a fault of the recording out of the user's code: it ends the recording alone.

    Only the recorded thread is heard, unless `anywhere`.
    """

    @wraps(method)
    def notified(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if not (anywhere or self.concerns()) or self.busy or self.record.broken:
            return
        self.busy = True
        try:
            method(self, *args, **kwargs)
        except Exception as fault:
            self.record.broken = describe(fault)
        finally:
            self.busy = False

    return notified


class Watch:
    """Turns what a library does into nodes, edges and events of a `Builder`."""

    def __init__(self, builder: Builder, library: Library) -> None:
        """Write what `library` does into `builder`."""
        self.record = builder
        self.library = library
        self.graph = GraphWriter(builder, library)
        self.modes: list[str] = []
        self.running = PassWriter(self.record, self.graph)
        """Writes down the backward pass that runs, or ran last."""
        self._clip: dict[str, Any] | None = None
        """The event of the clipping that is going on, or was the last."""

    def refs(self, items: Iterable[Any]) -> tuple[Ref, ...]:
        """Return the tensors among `items`, and in lists and tuples there, as they are now."""
        return self.graph.refs(self.tensors(items))

    def tensors(self, items: Iterable[Any]) -> list[Any]:
        """Return the tensors among `items`, and in lists and tuples there, nested or not."""
        found: list[Any] = []
        for item in items:
            if isinstance(item, self.library.tensor_type):
                found.append(item)
            elif isinstance(item, (list, tuple)):
                found += self.tensors(item)
        return found

    def values(self, tensors: Iterable[Any]) -> tuple[Value | None, ...]:
        """Return the values of gradients, some of which may be None."""
        return tuple(map(self.graph.maybe_value, tensors))

    # --- forward --------------------------------------------------------------------------------

    def created(self, name: str, inputs: Sequence[object], made: Any) -> None:
        """Note a tensor that was made of numbers, or of a tensor whose history it does not have."""
        lost = [t for t in self.tensors(inputs) if t.requires_grad]
        if lost:
            self.unrecorded(name, inputs, made)
        if not self.record.room("create"):
            return
        if name == "from_numpy":
            self.graph.forget_versions()
        outputs = self.refs([made])
        self.record.add_event("create", text=name, inputs=self.refs(inputs), outputs=outputs)
        self.graph.born[outputs[0][0]] = self.record.here()

    def recorded(
        self,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        constants: dict[int, object],
        before: Ref | None = None,
    ) -> None:
        """Note an operation that is in the graph now; the operations it is made of come first.

        `inputs` and `outputs` are tensors. `before` is what the first input was, if it was written to.
        """
        if not self.record.room("op"):
            return
        for tensor in inputs if before is None else inputs[1:]:
            # What is older than the recording is not the work of this line.
            history = self.library.grad_fn(tensor)
            if history is not None:
                self.graph.of_grad_fn(history)
        grad_fn = self.library.grad_fn(outputs[0])
        self.record.place = self.record.source.here()
        self._operation(grad_fn, outputs[0], constants, inputs, outputs, before)
        self.record.place = None

    def part(self, grad_fn: Any) -> None:
        """Note an operation that another one is made of, and that nothing else has shown."""
        if self.record.room("op"):
            self._operation(grad_fn, None, {}, (), (), None)

    def _operation(
        self,
        grad_fn: Any,
        tensor: Any,
        constants: dict[int, object],
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        before: Ref | None,
    ) -> None:
        refs = self.graph.refs
        node = self.graph.operation(grad_fn, tensor, constants, parts=self.part)
        given = refs(inputs) if before is None else (before, *refs(inputs[1:]))
        name = "" if node is None else self.record.nodes[node]["op"]
        made = refs(outputs)
        self.record.add_event("op", node=node, text=name, inputs=given, outputs=made)
        if node is not None and self.record.nodes[node]["custom"]:
            options = tuple(self.library.context(grad_fn))
            self.record.add_event(
                "function", node=node, text=name, inputs=given, outputs=made, options=options
            )

    def written(
        self, name: str, target: Any, inputs: Sequence[object], recorded: bool
    ) -> Ref | None:
        """Note an in-place write to `target`, the first of `inputs`, which is over.

        Return what the target was before.
        """
        if not self.record.room("inplace"):
            return None
        after, *others = self.refs([target, *inputs[1:]])
        before = (
            self._before(target, after)
            if recorded
            else after._replace(version=max(after.version - 1, 0))
        )
        self.record.add_event(
            "inplace",
            subject=after[0],
            text=name,
            after=self.graph.value(target),
            inputs=(before, *others),
            outputs=(after,),
        )
        return before

    def _before(self, target: Any, after: Ref) -> Ref:
        """Return what a tensor was before a write that is in its history now."""
        history = self.library.grad_fn(target)
        source = history.next_functions[0][0]
        node = None if source is None else self.graph.of_grad_fn(source)
        leaf = source is None or type(source) is self.library.leaf_type
        return after._replace(
            node=node,
            requires_grad=source is not None,
            is_leaf=leaf,
            version=max(after.version - 1, 0),
        )

    def unrecorded(self, name: str, inputs: Sequence[object], output: Any) -> None:
        """Follow a value that leaves the graph here, or that comes from one that did."""
        results = self.tensors([output])
        cut = self._cut(name)
        if not self.record.room("detach" if cut else "plain"):
            return
        origins = [
            (slot, *self._origin(item, cut or name)) for slot, item in enumerate(self._flat(inputs))
        ]
        node = None
        if any(parent is not None for _, parent, _ in origins):
            # True, False and small integers are shared by everyone: they cannot be followed.
            for result in results or ([output] if isinstance(output, float) else []):
                node = self.graph.new_constant(result, name)
                for slot, parent, severed in origins:
                    self.record.add_edge(parent, node, slot, severed)
        if name in SHARING and results:
            self._shares(results[0], inputs)
        if name in UNCOUNTED:
            self.graph.forget_versions()
        lost = [t for t in self.tensors(inputs) if t.requires_grad]
        fields: dict[str, Any] = {
            "inputs": self.refs(inputs),
            "outputs": self.refs(results),
            "node": node,
        }
        if cut and lost:
            subject = self.graph.number(lost[0])
            self.record.add_event("detach", subject=subject, text=cut, name=name, **fields)
        elif results or name in LEAVING:
            self.record.add_event("plain", text=name, **fields)

    def _flat(self, inputs: Sequence[object]) -> list[object]:
        """Return the arguments of an operation, those in a list one by one."""
        flat: list[object] = []
        for item in inputs:
            flat += item if isinstance(item, list | tuple) else [item]
        return flat

    def _shares(self, result: Any, inputs: Sequence[object]) -> None:
        """Note that a result has the memory of the tensor it was taken from."""
        given = self.tensors(inputs)
        if given:
            entry = self.record.tensors[self.graph.number(result)]
            entry.setdefault("shares", self.graph.number(given[0]))

    def _origin(self, item: object, severed: str) -> tuple[int | None, str]:
        """Return the node that an input stands for, if any, and what keeps it out of the graph."""
        if isinstance(item, self.library.tensor_type) and item.requires_grad:
            return self.graph.of_tensor(item), severed
        known = self.graph.find(item)
        if known is None or self.record.nodes[known]["kind"] == "constant":
            return known, ""
        return known, "requires_grad=False"

    def _cut(self, name: str) -> str:
        """Return what is to blame for a history that ends here; `""` for the operation's nature."""
        if name in LEAVING:
            return name
        if self.library.records():
            return ""
        return self.modes[-1] if self.modes else "no_grad"

    def mode(self, name: str, entered: bool) -> None:
        """Note that a grad mode was entered or left."""
        if entered:
            self.modes.append(name)
        elif self.modes:
            self.modes.pop()
        if self.record.room("mode"):
            options = ("enabled",) if self.library.records() else ()
            event = self.record.add_event("mode", text=name, entered=entered, options=options)
            # The expression is the whole block; its first line says it all.
            event["expression"] = event["expression"].partition("\n")[0]

    # --- attributes -----------------------------------------------------------------------------

    def read_grad(self, tensor: Any, grad: Any, by_user: bool) -> None:
        """Note that `.grad` was read; whoever reads it may be about to write to it."""
        if grad is not None:
            number = self.graph.number(grad)
            self.record.tensors[number].setdefault("gradient_of", self.graph.number(tensor))
        if by_user and self.record.room("read"):
            ref = self.graph.ref(tensor)
            self.record.add_event(
                "read",
                subject=ref[0],
                text="grad",
                inputs=(ref,),
                after=self.graph.maybe_value(grad),
                options=("retains_grad",) if tensor.retains_grad else (),
            )

    def set_attribute(self, name: str, tensor: Any, value: Any) -> None:
        """Note that an attribute of a tensor is about to be set, also by the method of that name."""
        if self.record.room("set"):
            inputs = self.refs([tensor, value])
            self.record.add_event(
                "set",
                subject=inputs[0][0],
                text=name,
                inputs=inputs,
                entered=value is True,
                after=self.graph.maybe_value(value),
            )

    def hooked(self, kind: str, tensor: Any = None, grad_fn: Any = None) -> None:
        """Note that a hook was registered, on a tensor or on a node."""
        node = self.graph.of_grad_fn(grad_fn) if tensor is None else self.graph.of_tensor(tensor)
        self.graph.hooked.add(node)
        if not self.record.room("hook"):
            return
        if tensor is not None:
            self.record.add_event(
                "hook", self.graph.number(tensor), text=kind, node=node, inputs=self.refs([tensor])
            )
        else:
            self.record.add_event("hook", text=kind, node=node)

    # --- backward -------------------------------------------------------------------------------

    def backward(
        self,
        roots: Sequence[Any],
        seeds: Sequence[Any],
        wanted: Sequence[Any],
        accumulates: bool,
        options: Iterable[str],
    ) -> None:
        """Note where a backward pass starts, and with what."""
        self.record.place = self.record.source.here()
        values = self.values(seeds)
        if self.record.room("backward"):
            self.record.add_event(
                "backward",
                node=self.graph.of_tensor(roots[0]) if roots else None,
                text="backward" if accumulates else "grad",
                grads_in=values,
                inputs=self.refs(roots),
                outputs=self.refs(wanted),
                options=tuple(options),
            )
        self.running = PassWriter(self.record, self.graph)
        if self.record.crowded_events:
            return
        # Too few seeds are refused a moment later, by the library itself.
        for root, seed, value in zip(roots, seeds, values, strict=False):
            grad_fn = self.library.grad_fn(root)
            if value is not None and grad_fn is not None:
                part = None, value, self.library.token(seed)
                self.running.send((grad_fn._sequence_nr(), root.output_nr), part)

    def ended(self, error: BaseException | None, grad_fn: Any) -> None:
        """Note the end of a backward pass, with the node that an error came up in."""
        if self.record.room("end"):
            node = None if grad_fn is None else self.graph.of_grad_fn(grad_fn)
            self.record.add_event("end", text="" if error is None else describe(error), node=node)
        self.record.place = None

    def recorded_in_pass(self, results: Iterable[Any], made: Mapping[int, Any] = NOTHING) -> None:
        """Note the operations by which a pass that creates a graph came to its `results`.

        `made` has what they returned, by `_sequence_nr()`, as far as that is known.
        """
        for result in results:
            grad_fn = self.library.grad_fn(result)
            if grad_fn is None:
                continue
            for part in self.graph.unknown(grad_fn):
                if self.record.room("op"):
                    self._operation(part, made.get(part._sequence_nr()), {}, (), (), None)
            self.graph.of_tensor(result)

    # --- calls ----------------------------------------------------------------------------------

    def called(
        self,
        kind: str,
        text: str,
        inputs: Iterable[Any] = (),
        outputs: Iterable[Any] = (),
        **fields: Any,
    ) -> None:
        """Note a call of an optimizer, a module, a Function or gradcheck."""
        if self.record.room(kind):
            self.record.add_event(
                kind, text=text, inputs=self.refs(inputs), outputs=self.refs(outputs), **fields
            )

    def on_parameters(self, kind: str, subject: Any, set_to_none: bool = False) -> None:
        """Note what an optimizer or a module does to its parameters."""
        parameters = self._parameters(subject)
        if not self.record.room(kind):
            return
        given = self.graph.refs(parameters)
        made = zip(parameters, given, strict=True) if kind == "step" else ()
        changed = tuple([ref for p, ref in made if self.library.grad(p) is not None])
        options = ("set_to_none",) if set_to_none else ()
        self.record.add_event(
            kind, text=type(subject).__name__, inputs=given, outputs=changed, options=options
        )

    def clipping(self, name: str, tensors: Sequence[Any]) -> None:
        """Note that gradients are about to be clipped."""
        self._clip = None
        if self.record.room("clip"):
            self._clip = self.record.add_event("clip", text=name, inputs=self.refs(tensors))

    def clipped(self, tensors: Sequence[Any]) -> None:
        """Fill in what has become of the gradients."""
        if self._clip is not None:
            self._clip["grads_out"] = self.values(map(self.library.grad, tensors))

    def zeroed(self, subject: Any) -> None:
        """Note that an optimizer or a module filled its parameters' gradients with zeros."""
        for parameter in self._parameters(subject):
            grad = self.library.grad(parameter)
            if grad is not None:
                self.written("zero_", grad, [grad], recorded=False)

    def _parameters(self, subject: Any) -> list[Any]:
        """Return the parameters of an optimizer or a module."""
        if isinstance(subject, self.library.optimizer_type):
            return [p for group in subject.param_groups for p in group["params"]]
        return list(subject.parameters())

    def failed(self, name: str, inputs: Iterable[Any], error: BaseException) -> None:
        """Note the call that raised what ended the cell; kept even when there is no more room."""
        place = self.record.source.of_traceback(error.__traceback__)
        with self.library.unnoticed():
            given = self.refs(inputs)
        self.record.add_event("failed", place=place, text=name, inputs=given, error=describe(error))


__all__ = ["Guarded", "Watch", "guarded"]
