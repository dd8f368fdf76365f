"""The graph of one library, written into a `Builder` node by node."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from heapq import heapify, heappop, heappush
from types import MappingProxyType
from typing import Any

from ..builder import Builder
from ..identity import IdentityMap
from ..model import Ref, Saved, Value, Variable
from ..names import Names
from ..source_text import NOWHERE, Place
from .library import Library
from .values import value_of_number

Target = tuple[int, int] | None
"""Where a gradient goes: the node's number (see `GraphWriter.target`) and which of its outputs."""
AFTER_DIGIT = re.compile(r"\d[A-Z](?=[A-Z]|$)|(?<=Deg2)Rad|(?<=Rad2)Deg")
"""Letters that begin no word: `Log1P` is `log1p`, but `SmoothL1Loss` is `smooth_l1_loss`."""
NO_CONSTANTS: Mapping[int, object] = MappingProxyType({})


class GraphWriter:
    """Adds tensors, leaves, operations and constants, and whatever history they bring along."""

    def __init__(self, builder: Builder, library: Library) -> None:
        """Write what `library` built into `builder`."""
        self._record = builder
        self._known = builder.numbers.get
        self.library = library
        self.value = library.value
        self._leaf_type = library.leaf_type
        self._operations: dict[int, int] = {}
        """The node of each operation, by its `_sequence_nr()`, which no other has."""
        self._targets: dict[int, list[Target]] = {}
        """Where the gradients of each operation go, by the same number."""
        self._plain: dict[int, int] = {}
        """The node of each leaf and constant, by the tensor's number."""
        self._python_numbers: IdentityMap[int] = IdentityMap()
        self._versions: dict[int, int] = {}
        """The write counter of what a node stands for when its value was noted."""
        self.uncounted = False
        """Whether something shares memory that can be written without being counted."""
        self.hooked: set[int | None] = set()
        """The nodes that hooks of the user's were seen to be registered on."""
        self.born: dict[int, Place] = {}
        """Where in the user's code a tensor was made, by its number."""

    # --- tensors --------------------------------------------------------------------------------

    def number(self, tensor: Any) -> int:
        """Return the tensor's place among those that were met."""
        known = self._known(tensor)
        if known is not None:
            return known
        library, tensors = self.library, self._record.tensors
        entry: dict[str, Any] = {
            "parameter": type(tensor) is not library.tensor_type
            and isinstance(tensor, library.parameter_type),  # which takes PyTorch long
            "inference": library.is_inference(tensor),
        }
        grad = library.grad(tensor)
        if grad is not None:
            entry["grad"] = self.value(grad)
        tensors.append(entry)
        self._record.numbers[tensor] = len(tensors) - 1
        return len(tensors) - 1

    def ref(self, tensor: Any) -> Ref:
        """Return how the tensor is now."""
        number = self.number(tensor)
        grad_fn, shape, dtype, requires_grad, version, base = self.library.facts(tensor)
        if base is not None:
            # The library may tie the two only after it told of both.
            entry = self._record.tensors[number]
            if "base" not in entry:
                entry["base"] = entry["shares"] = self.number(base)
        is_leaf = grad_fn is None
        node = self._plain.get(number) if is_leaf else self._operations.get(grad_fn._sequence_nr())
        return Ref(number, node, shape, dtype, requires_grad, is_leaf, version)

    def refs(self, tensors: Iterable[Any]) -> tuple[Ref, ...]:
        """Return how these tensors are now."""
        return tuple(map(self.ref, tensors))

    def target(self, grad_fn: Any) -> int:
        """Return a number for a node that gradients go to, also for a leaf's."""
        if type(grad_fn) is self._leaf_type:
            return self.of_leaf(grad_fn.variable)[0]
        number: int = grad_fn._sequence_nr()
        return number

    def of_leaf(self, leaf: Any) -> tuple[int, int]:
        """Return where gradients go that go to a leaf."""
        return -1 - self.number(leaf), 0

    def targets(self, grad_fn: Any) -> list[Target]:
        """Return where a node's gradients go, None where none does."""
        known = self._targets.get(grad_fn._sequence_nr())
        if known is not None:
            return known
        return [
            None if source is None else (self.target(source), number)
            for source, number in grad_fn.next_functions
        ]

    def maybe_value(self, tensor: Any) -> Value | None:
        """Return the value of a tensor, None for anything else."""
        return self.value(tensor) if isinstance(tensor, self.library.tensor_type) else None

    # --- nodes ----------------------------------------------------------------------------------

    def find(self, item: Any) -> int | None:
        """Return the node that a tensor, or a number taken from one, stands for, if there is one."""
        if not isinstance(item, self.library.tensor_type):
            return self._python_numbers.get(item)
        grad_fn = self.library.grad_fn(item)
        if grad_fn is not None:
            return self._operations.get(grad_fn._sequence_nr())
        number = self._known(item)
        return None if number is None else self._plain.get(number)

    def of_tensor(self, tensor: Any) -> int | None:
        """Return the node of a tensor that requires grad, adding it and its history if unknown."""
        grad_fn = self.library.grad_fn(tensor)
        if grad_fn is None:
            return self.leaf(tensor)
        node = self.of_grad_fn(grad_fn)
        self.stands_for(node, tensor)
        return node

    def stands_for(self, node: int | None, tensor: Any) -> None:
        """Note what a node's output is, the first of several, if nothing was known of it."""
        if node is None or tensor.output_nr:
            return
        if self._record.nodes[node].get("value") is None:
            self._record.nodes[node].update(value=self.value(tensor), tensor=self.number(tensor))
            self._note_version(node, tensor)

    def _note_version(self, node: int, tensor: Any) -> None:
        """Remember when a value was noted, unless it may change without being counted."""
        if not self.uncounted:
            self._versions[node] = self.library.version(tensor)

    def forget_versions(self) -> None:
        """From now on look at every value anew: some memory can be written without being counted."""
        self.uncounted = True
        self._versions.clear()

    def leaf(self, tensor: Any) -> int | None:
        """Return the node of a leaf; a constant that has come to require grad becomes one."""
        number = self.number(tensor)
        known = self._plain.get(number)
        if known is not None and self._record.nodes[known]["kind"] == "leaf":
            return known
        if known is not None:
            self._record.nodes[known].update(kind="leaf", name="AccumulateGrad", op="")
        else:
            known = self._record.add_node(
                "leaf",
                self.born.get(number, NOWHERE),
                name="AccumulateGrad",
                value=self.value(tensor),
                tensor=number,
            )
        if known is not None:
            self._plain[number] = known
            self._note_version(known, tensor)
        return known

    def constant(self, item: Any) -> int | None:
        """Return the node of a value without gradient: a tensor, or a number taken from one."""
        known = self.find(item)
        return self.new_constant(item) if known is None else known

    def new_constant(self, item: Any, op: str = "") -> int | None:
        """Add a value without gradient; `op` is the running operation if that made it."""
        if not isinstance(item, self.library.tensor_type):
            value = value_of_number(item)
            node = self._record.add_node("constant", None, value=value, op=op)
            if node is not None:
                self._python_numbers[item] = node
            return node
        number = self.number(item)
        place = None if op else self.born.get(number, NOWHERE)
        node = self._record.add_node(
            "constant", place, value=self.value(item), op=op, tensor=number
        )
        if node is not None:
            self._plain[number] = node
            self._note_version(node, item)
        return node

    def of_grad_fn(self, grad_fn: Any, parts: Callable[[Any], None] | None = None) -> int | None:
        """Return the node of a grad_fn, adding its history if it was made before the recording.

        What of that history the recording should have seen made is given to `parts`.
        """
        if type(grad_fn) is self._leaf_type:
            return self.leaf(grad_fn.variable)
        key = grad_fn._sequence_nr()
        known = self._operations.get(key)
        if known is None:
            for unknown in self.unknown(grad_fn):
                if parts is not None and unknown._sequence_nr() >= self.library.first_key:
                    parts(unknown)
                else:
                    self.operation(unknown, located=False)
            known = self._operations.get(key)
        return known

    def unknown(self, grad_fn: Any) -> list[Any]:
        """Return the operations on the way to the leaves that have no node yet, inputs first."""
        leaf_type, known = self._leaf_type, self._operations
        if not self._record.room_for_node():
            return []
        found: dict[int, Any] = {}
        sources: dict[int, list[int]] = {}
        waiting = [grad_fn]
        while waiting:
            top = waiting.pop()
            key = top._sequence_nr()
            if key not in known and key not in found:
                found[key] = top
                below = [
                    source
                    for source, _ in top.next_functions
                    if source is not None and type(source) is not leaf_type
                ]
                sources[key] = [source._sequence_nr() for source in below]
                waiting += below
        return [grad_fn] if len(found) == 1 else [found[key] for key in _inputs_first(sources)]

    def operation(
        self,
        grad_fn: Any,
        tensor: Any = None,
        constants: Mapping[int, object] = NO_CONSTANTS,
        located: bool = True,
        parts: Callable[[Any], None] | None = None,
    ) -> int | None:
        """Add a recorded operation and the edges into it: gradients take them the other way.

        `tensor` is what it returned; `constants` are its inputs without gradient, by slot. Inputs
        come first, so that a node's place in the graph is always behind theirs.
        """
        sources, targets = self._sources(grad_fn, parts)
        if constants:
            sources += [(slot, self.constant(holder)) for slot, holder in constants.items()]
        sources.sort()
        name, inputs, formulas, custom = self.library.describe(grad_fn)
        value = None if tensor is None else self.value(tensor)
        node = self._record.add_node(
            "op",
            None if located else NOWHERE,
            value=value,
            tensor=None if tensor is None else self.number(tensor),
            name=name,
            op=op_name(name),
            inputs=inputs,
            formulas=formulas,
            saved=self._all_saved(grad_fn, value),
            custom=custom,
        )
        if node is not None:
            key = grad_fn._sequence_nr()
            self._operations[key] = node
            self._targets[key] = targets
            if tensor is not None:
                self._note_version(node, tensor)
        for slot, known in sources:
            self._record.add_edge(known, node, slot)
        return node

    def _sources(
        self, grad_fn: Any, parts: Callable[[Any], None] | None
    ) -> tuple[list[tuple[int, int | None]], list[Target]]:
        """Return by slot the nodes that an operation came from, leaves last, and its targets."""
        leaf_type, operations = self._leaf_type, self._operations
        sources: list[tuple[int, int | None]] = []
        targets: list[Target] = []
        leaves: list[tuple[int, Any]] = []
        for slot, (source, output) in enumerate(grad_fn.next_functions):
            if source is None:
                targets.append(None)
            elif type(source) is leaf_type:
                leaves.append((slot, source.variable))
                targets.append((0, output))
            else:
                key = source._sequence_nr()
                known = operations.get(key)
                sources.append((slot, self.of_grad_fn(source, parts) if known is None else known))
                targets.append((key, output))
        for slot, leaf in leaves:
            sources.append((slot, self.leaf(leaf)))
            targets[slot] = self.of_leaf(leaf)
        return sources, targets

    def saved_of(self, node: int) -> tuple[Saved, ...]:
        """Return what an operation's node keeps."""
        return self._record.nodes[node]["saved"]  # type: ignore[no-any-return]

    def _all_saved(self, grad_fn: Any, made: Value | None) -> tuple[Saved, ...]:
        """Return what the node keeps: tensors, then numbers; `made` is what it returned."""
        tensor_type = self.library.tensor_type
        return tuple(
            [
                self._saved(name, item, made)
                if isinstance(item, tensor_type)
                else _saved_number(name, type(item).__name__, repr(item))
                for name, item in self.library.saved(grad_fn)
            ]
        )

    def _saved(self, name: str, item: Any, made: Value | None) -> Saved:
        number = self._known(item)
        version = self.library.version(item)
        grad_fn = self.library.grad_fn(item)
        if grad_fn is not None:
            # What is known of a node is its first output.
            node = None if item.output_nr else self._operations.get(grad_fn._sequence_nr())
        else:
            node = None if number is None else self._plain.get(number)
        if node is not None and self._versions.get(node) == version:
            value = self._record.nodes[node]["value"]
        elif name == "result" and made is not None and not version:
            value = made
        else:
            value = self.value(item)
            if node is not None and self._record.nodes[node]["value"] is None:
                self._record.nodes[node]["value"] = value  # no call showed what that node made
                self._versions[node] = version
        return Saved(name, value, self.library.nbytes(item), number, version)

    # --- names ----------------------------------------------------------------------------------

    def name(self, names: Names, found: Sequence[tuple[str, Any]]) -> None:
        """Give nodes and tensors the names of the variables that hold them."""
        library = self.library
        tensors = [(n, v) for n, v in found if issubclass(type(v), library.tensor_type)]
        for name, tensor in tensors:
            node = self.find(tensor)
            self.stands_for(node, tensor)
            if not tensor.output_nr:
                names.add_node(node, name)
            names.add_tensor(self.number(tensor), name)
            names.variables.append(self._variable(name, tensor, node))
        for name, item in found:
            node = self._python_numbers.get(item)
            if node is not None:
                names.add_node(node, name)
                names.variables.append(Variable(name, node, None, value_of_number(item)))
        for name, tensor in tensors:
            grad = library.grad(tensor)
            if grad is not None:
                number = self.number(grad)
                self._record.tensors[number].setdefault("gradient_of", self.number(tensor))
                names.add_node(self.find(grad), f"{name}.grad")

    def _variable(self, name: str, tensor: Any, node: int | None) -> Variable:
        library = self.library
        return Variable(
            name,
            node,
            self.number(tensor),
            self.value(tensor),
            tensor.requires_grad,
            library.grad_fn(tensor) is None,
            self.maybe_value(library.grad(tensor)),
            tensor.retains_grad,
            isinstance(tensor, library.parameter_type),
        )


def _inputs_first(sources: dict[int, list[int]]) -> Iterator[int]:
    """Yield the keys, each behind its sources and else in the order of the numbers.

    An operation may have a smaller number than one it came from: a view's history is written anew when
    it is asked for.
    """
    missing = {key: {s for s in needed if s in sources} for key, needed in sources.items()}
    users: dict[int, list[int]] = {}
    for key, needed in missing.items():
        for source in needed:
            users.setdefault(source, []).append(key)
    ready = [key for key, needed in missing.items() if not needed]
    heapify(ready)
    while ready:
        key = heappop(ready)
        yield key
        for user in users.get(key, ()):
            missing[user].discard(key)
            if not missing[user]:
                heappush(ready, user)


@lru_cache(256)
def _saved_number(name: str, kind: str, text: str) -> Saved:
    return Saved(name, Value((), kind, text), 0)


@cache
def op_name(name: str) -> str:
    """Return the operation behind a node as one calls it: `"log_softmax"` for `LogSoftmaxBackward0`.

    A node of the user's own Function has no number at its end, and keeps its name's spelling.
    """
    bare, _, number = name.rpartition("::")[2].partition("Backward")
    if not number:
        return bare
    words = AFTER_DIGIT.sub(lambda found: found[0].lower(), bare)
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in words).lstrip("_")


__all__ = ["GraphWriter", "op_name"]
