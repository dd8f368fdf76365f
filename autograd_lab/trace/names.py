"""What the user's variables hold when the code is over."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from .model import Group, Variable

ANOTHERS = re.compile(r"__\w*__|_+|_\d+|_i+|_i\d+|_[do]h|In|Out|get_ipython|exit|quit")
"""Python's own variables, and those in which IPython keeps earlier inputs and results."""
MOST = 2_000
"""Objects that are looked at."""
OWN_MODULE = "__main__"
"""Where classes are from that the user wrote in a notebook."""


class Names:
    """Variables, groups, and the label each node and each tensor gets from them."""

    def __init__(self) -> None:
        """Start empty."""
        self.nodes: dict[int, str] = {}
        self.variables: list[Variable] = []
        self.groups: list[Group] = []
        self._tensors: dict[int, str] = {}

    def add_node(self, node: int | None, name: str) -> None:
        """Call a node by the first of its names."""
        if node is not None:
            self.nodes.setdefault(node, name)

    def add_tensor(self, tensor: int, name: str) -> None:
        """Call a tensor by the first of its names."""
        self._tensors.setdefault(tensor, name)

    def add_group(
        self, name: str, kind: str, item: object, held: list[tuple[str, Any]], graph: Any
    ) -> None:
        """Note a module or an optimizer with the parameters it holds."""
        numbers = tuple(graph.number(parameter) for _, parameter in held)
        written = tuple(path for path, _ in held)
        self.groups.append(Group(name, kind, type(item).__name__, numbers, written))

    def labels(self, count: int) -> list[str]:
        """Return the label of each of `count` tensors, `""` for those without."""
        return [self._tensors.get(tensor, "") for tensor in range(count)]


def collect(namespace: Mapping[str, object], graphs: Sequence[Any]) -> Names:
    """Find out what the user's variables hold of what `graphs` (a `GraphWriter` per library) know."""
    names = Names()
    libraries = [graph.library for graph in graphs]
    tensors = tuple(library.tensor_type for library in libraries)
    modules = tuple(library.module_type for library in libraries)
    found = list(walk(namespace, tensors, modules))
    for graph in graphs:
        with graph.library.unnoticed():
            graph.name(names, found)
        inner: set[str] = set()
        for name, item in found:
            if name in inner:
                continue
            if issubclass(type(item), graph.library.module_type):
                held = [(f"{name}.{n}", p) for n, p in item.named_parameters()]
                names.add_group(name, "module", item, held, graph)
                inner |= {f"{name}.{n}" for n, _ in item.named_modules() if n}
            elif issubclass(type(item), graph.library.optimizer_type):
                parameters = [p for group in item.param_groups for p in group["params"]]
                held = [(f"{name}[{i}]", p) for i, p in enumerate(parameters)]
                names.add_group(name, "optimizer", item, held, graph)
    return names


def walk(
    namespace: Mapping[str, object], tensors: tuple[type, ...], modules: tuple[type, ...]
) -> Iterator[tuple[str, Any]]:
    """Yield what variables hold, with the name one would write for it.

    Variables come first, then what is inside lists, dictionaries, modules and objects of the user's
    own classes. IPython's `_`, `__` and `_12` never count.
    """
    waiting = deque(
        (name, value)
        for name, value in list(namespace.items())
        if isinstance(name, str) and not ANOTHERS.fullmatch(name)
    )
    seen: set[int] = set()
    for _ in range(MOST):
        if not waiting:
            return
        name, value = waiting.popleft()
        yield name, value
        # `type`, because an object may claim any class and answer with an error.
        if not issubclass(type(value), tensors) and id(value) not in seen:
            seen.add(id(value))
            waiting.extend(_inside(name, value, modules))


def _inside(name: str, value: Any, modules: tuple[type, ...]) -> list[tuple[str, Any]]:
    """Return what one object holds."""
    kind = type(value)
    if kind in (list, tuple, deque):
        return [(f"{name}[{i}]", part) for i, part in enumerate(islice(value, MOST))]
    if kind in (dict, defaultdict):
        return [(f"{name}[{key!r}]", part) for key, part in list(value.items())[:MOST]
                if type(key) in (str, int, float)]  # fmt: skip
    if issubclass(kind, modules):
        held = dict(vars(value))
        parts = {}
        for place in ("_parameters", "_buffers", "_modules"):
            parts.update(held.pop(place, {}))
        held = {key: part for key, part in held.items() if not key.startswith("_")}
        return [(f"{name}.{key}", part) for key, part in {**parts, **held}.items()]
    if kind.__module__ == OWN_MODULE and kind.__dictoffset__:
        own = object.__getattribute__(value, "__dict__")
        return [(f"{name}.{key}", part) for key, part in list(own.items())]
    return []


__all__ = ["Names", "collect", "walk"]
