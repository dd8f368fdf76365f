"""The graph of one library, written into a `Builder` node by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..builder import Builder, RawRef
from ..identity import IdentityMap
from ..model import Saved, Value, Variable
from ..names import Names
from ..source_text import NOWHERE, Place
from .library import Library
from .values import value_of, value_of_number

NO_CONSTANTS: Mapping[int, object] = MappingProxyType({})


class GraphWriter:
    """Adds tensors, leaves, operations and constants, and whatever history they bring along."""

    def __init__(self, builder: Builder, library: Library) -> None:
        """Write what `library` built into `builder`."""
        self._record = builder
        self.library = library
        self._operations: dict[int, int] = {}
        """The node of each operation, by the library's key for it."""
        self._plain: dict[int, int] = {}
        """The node of each leaf and constant, by the tensor's number."""
        self._python_numbers: IdentityMap[int] = IdentityMap()
        self.born: dict[int, Place] = {}
        """Where in the user's code a tensor was made, by its number."""

    # --- tensors --------------------------------------------------------------------------------

    def number(self, tensor: Any) -> int:
        """Return the tensor's place among those that were met."""
        known = self._record.numbers.get(tensor)
        if known is not None:
            return known
        library, tensors = self.library, self._record.tensors
        base = library.base(tensor)
        entry: dict[str, Any] = {
            "parameter": isinstance(tensor, library.parameter_type),
            "inference": library.is_inference(tensor),
        }
        if base is not None:
            entry["base"] = entry["shares"] = self.number(base)
        tensors.append(entry)
        self._record.numbers[tensor] = len(tensors) - 1
        return len(tensors) - 1

    def ref(self, tensor: Any) -> RawRef:
        """Return how the tensor is now."""
        library = self.library
        number = self.number(tensor)
        grad_fn = library.grad_fn(tensor)
        if grad_fn is None:
            node = self._plain.get(number)
        else:
            node = self._operations.get(library.key(grad_fn))
        array = library.array(tensor)
        return (
            number, node, array.shape, array.dtype.name, tensor.requires_grad, grad_fn is None,
            library.version(tensor),
        )  # fmt: skip

    def value(self, tensor: Any) -> Value:
        """Return what the tensor looks like now."""
        return value_of(self.library.array(tensor))

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
            return self._operations.get(self.library.key(grad_fn))
        number = self._record.numbers.get(item)
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
        """Note what a node's output is, if nothing was known of it."""
        if node is not None and self._record.nodes[node].get("value") is None:
            self._record.nodes[node].update(value=self.value(tensor), tensor=self.number(tensor))

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
        return node

    def of_grad_fn(self, grad_fn: Any) -> int | None:
        """Return the node of a grad_fn, adding its history if it was made before the recording."""
        leaf = self.library.leaf(grad_fn)
        if leaf is not None:
            return self.leaf(leaf)
        key = self.library.key(grad_fn)
        if key not in self._operations:
            for unknown in self.unknown(grad_fn):
                self.operation(unknown, located=False)
        return self._operations.get(key)

    def unknown(self, grad_fn: Any) -> list[Any]:
        """Return the operations on the way to the leaves that have no node yet, inputs first."""
        library, known = self.library, self._operations
        found: dict[int, Any] = {}
        waiting = [grad_fn]
        while waiting:
            top = waiting.pop()
            if top is None or library.leaf(top) is not None:
                continue
            key = library.key(top)
            if key not in known and key not in found:
                found[key] = top
                waiting += [source for source, _ in top.next_functions]
        return [found[key] for key in sorted(found)]

    def operation(
        self,
        grad_fn: Any,
        tensor: Any = None,
        constants: Mapping[int, object] = NO_CONSTANTS,
        located: bool = True,
    ) -> int | None:
        """Add a recorded operation and the edges into it: gradients take them the other way.

        `tensor` is what it returned; `constants` are its inputs without gradient, by slot. Inputs
        come first, so that a node's place in the graph is always behind theirs.
        """
        library = self.library
        sources = {
            slot: self.of_grad_fn(source)
            for slot, (source, _) in enumerate(grad_fn.next_functions)
            if source is not None
        }
        sources |= {slot: self.constant(holder) for slot, holder in constants.items()}
        name, inputs, formulas, custom = library.describe(grad_fn)
        node = self._record.add_node(
            "op",
            None if located else NOWHERE,
            value=None if tensor is None else self.value(tensor),
            tensor=None if tensor is None else self.number(tensor),
            name=name,
            op=op_name(name),
            inputs=inputs,
            formulas=formulas,
            saved=tuple([self._saved(*item) for item in library.saved(grad_fn)]),
            custom=custom,
        )
        if node is not None:
            self._operations[library.key(grad_fn)] = node
        for slot, source in sorted(sources.items()):
            self._record.add_edge(source, node, slot)
        return node

    def _saved(self, name: str, item: Any) -> Saved:
        if not isinstance(item, self.library.tensor_type):
            return Saved(name, value_of_number(item), 0)
        array = self.library.array(item)
        number = self._record.numbers.get(item)
        return Saved(name, value_of(array), array.nbytes, number, self.library.version(item))

    # --- names ----------------------------------------------------------------------------------

    def name(self, names: Names, found: Sequence[tuple[str, Any]]) -> None:
        """Give nodes and tensors the names of the variables that hold them."""
        library = self.library
        tensors = [(n, v) for n, v in found if issubclass(type(v), library.tensor_type)]
        for name, tensor in tensors:
            node = self.find(tensor)
            self.stands_for(node, tensor)
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


def op_name(name: str) -> str:
    """Return the operation behind a node as one calls it: `"log_softmax"` for `LogSoftmaxBackward0`.

    A node of the user's own Function has no number at its end, and keeps its name's spelling.
    """
    bare, _, number = name.rpartition("::")[2].partition("Backward")
    if not number:
        return bare
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in bare).lstrip("_")


__all__ = ["GraphWriter", "op_name"]
