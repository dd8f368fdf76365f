"""What operations with several results return: tuples with names, such as `torch.return_types.max`."""

from __future__ import annotations

from typing import Any


class ReturnType(tuple[Any, ...]):
    """A tuple whose items also have names: `x.max(0).indices`."""

    __slots__ = ()
    fields: tuple[str, ...] = ()

    def __repr__(self) -> str:
        items = ",\n".join(f"{f}={v!r}" for f, v in zip(self.fields, self, strict=True))
        return f"torch.return_types.{type(self).__name__}(\n{items})"

    def __getattr__(self, name: str) -> Any:
        if name in self.fields:
            return self[self.fields.index(name)]
        kind = f"torch.return_types.{type(self).__name__}"
        raise AttributeError(f"'{kind}' object has no attribute '{name}'")

    def __reduce__(self) -> Any:
        return return_type, (type(self).__name__, self.fields, tuple(self))


def return_type(name: str, fields: tuple[str, ...], values: Any) -> ReturnType:
    """Return `values` as the named tuple that torch's function `name` returns."""
    kind = _kinds.get(name)
    if kind is None:
        members = {"fields": fields, "__slots__": (), "__module__": "torch.return_types"}
        kind = _kinds[name] = type(name, (ReturnType,), members)
    return kind(values)


_kinds: dict[str, type[ReturnType]] = {}
