"""Modules made of modules: one after the other, in a list, in a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import index
from typing import Any

from .module import Module, printed


class Sequential(Module):
    """Modules that are called one after the other, each with the output of the one before."""

    def __init__(self, *args: Any) -> None:
        """Take the modules in order, or one dictionary of names and modules."""
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], Mapping) else None
        for name, module in named or ((str(i), m) for i, m in enumerate(args)):
            self.add_module(name, module)

    def forward(self, input: Any) -> Any:
        for module in self.children():
            input = module(input)
        return input

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return self.children()

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return type(self)(dict(list(self.named_children())[key]))
        return self._modules[self._name(key)]

    def __setitem__(self, key: int, module: Module) -> None:
        setattr(self, self._name(key), module)

    def _name(self, key: int) -> str:
        count, place = len(self), index(key)
        if not -count <= place < count:
            raise IndexError(f"index {place} is out of range")
        return list(self._modules)[place]

    def append(self, module: Module) -> Sequential:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self


class ModuleList(Sequential):
    """Modules in a list, which registers them all; it cannot be called."""

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        """Take the modules in order."""
        super().__init__(*modules)

    def forward(self, *args: Any) -> Any:
        return Module.forward(self, *args)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return ModuleList(list(self)[key])
        return super().__getitem__(key)

    def extend(self, modules: Iterable[Module]) -> ModuleList:
        """Add several modules at the end."""
        for module in modules:
            self.append(module)
        return self

    def __repr__(self) -> str:
        """Print runs of equal modules as one line, with their number."""
        groups: list[tuple[int, int, str]] = []
        for i, module in enumerate(self):
            if groups and groups[-1][2] == repr(module):
                groups[-1] = (groups[-1][0], i, repr(module))
            else:
                groups.append((i, i, repr(module)))
        lines = [
            (str(first), _Text(text))
            if first == last
            else (f"{first}-{last}", _Text(f"{last - first + 1} x {text}"))
            for first, last, text in groups
        ]
        return printed(type(self).__name__, "", lines)


class _Text(str):
    """A string whose repr is itself."""

    __slots__ = ()
    __repr__ = str.__str__


class ModuleDict(Module):
    """Modules by name, which registers them all."""

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        """Take names and modules."""
        super().__init__()
        for name, module in (modules or {}).items():
            self.add_module(name, module)

    def __getitem__(self, key: str) -> Module | None:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return self._modules.keys()

    def values(self) -> Iterable[Module | None]:
        """Return the modules."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Module | None]]:
        """Return names and modules."""
        return self._modules.items()
