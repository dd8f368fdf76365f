"""A trace as JSON text, and back."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from .model import CODES, VERSION, Event, Node, Ref, Trace, Value

NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
"""How JSON, which has no such numbers, holds them."""


def to_json(trace: Trace) -> str:
    """Return the trace as one JSON object, its version first."""
    data = {"version": VERSION, **_fields(trace)}
    return json.dumps(data, default=_fields, ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> Trace:
    """Return the trace that `to_json` wrote; ValueError if it is not one, or of another version."""
    data = json.loads(text)
    version = data.pop("version", None) if isinstance(data, dict) else None
    if not isinstance(version, int):
        raise ValueError("not a trace: expected a JSON object with a version")
    if version > VERSION:
        raise ValueError(
            f"this trace has version {version}; this autograd_lab reads up to {VERSION}, "
            "a newer one is needed"
        )
    if version < VERSION:
        raise ValueError(
            f"this trace has version {version}, and this autograd_lab reads version {VERSION}: "
            "run the cell again to record it anew"
        )
    try:
        trace: Trace = _restored(Trace, data)
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"not a trace: {error}") from None
    _check_references(trace)
    return trace


def _fields(item: Any) -> dict[str, Any]:
    """Return the fields of a dataclass, without copying what they hold.

    Of nodes and events, which there are many of, those that are as by default are left out.
    """
    if isinstance(item, Node | Event):
        kind = type(item)
        return {n: v for n, v in vars(item).items() if getattr(kind, n, kind) is not v}
    found = {entry.name: getattr(item, entry.name) for entry in fields(item)}
    if isinstance(item, Value) and not isinstance(item.content, str):
        found["content"] = [n if math.isfinite(n) else f"{n}" for n in item.numbers]
    return found


def _content(data: Any, dtype: str) -> bytes | str:
    """Return what a value holds: numbers as they lie in memory, or a text."""
    if not isinstance(data, list):
        return _restored(str, data)  # type: ignore[no-any-return]
    numbers = [NOT_FINITE[n] if isinstance(n, str) else n for n in data]
    try:
        return struct.pack(f"={len(numbers)}{CODES[dtype]}", *numbers)
    except struct.error as error:
        raise TypeError(str(error)) from None


_hints = cache(get_type_hints)


def _restored(kind: Any, data: Any) -> Any:
    """Return `data`, fresh from JSON, as the type that a field is annotated with."""
    if isinstance(kind, UnionType):
        return None if data is None else _restored(get_args(kind)[0], data)
    if kind is Value and isinstance(data, dict):
        data = {**data, "content": _content(data.get("content"), data.get("dtype", ""))}
        hints = {**_hints(Value), "content": object}
        return Value(**{name: _restored(hints[name], item) for name, item in data.items()})
    if kind is object:
        return data
    if get_origin(kind) is tuple and isinstance(data, list):
        return tuple(_restored(get_args(kind)[0], item) for item in data)
    if kind is Ref and isinstance(data, list):
        hints = _hints(Ref)
        return Ref(*(_restored(hints[n], part) for n, part in zip(Ref._fields, data, strict=True)))
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(data, dict):
        hints = _hints(kind)
        return kind(**{name: _restored(hints[name], item) for name, item in data.items()})
    if type(data) is not kind:
        raise TypeError(f"{data!r:.40} where {kind} was expected")
    return data


def _check_references(trace: Trace) -> None:
    """Raise ValueError where something points at a node or a tensor that is not there."""
    if [node.id for node in trace.graph.nodes] != list(range(len(trace.graph.nodes))):
        raise ValueError("not a trace: a node's id is not its place")
    for used, there, what in (
        (_used_nodes(trace), len(trace.graph.nodes), "an edge or event points at a node"),
        (_used_tensors(trace), len(trace.tensors), "something points at a tensor"),
    ):
        if not all(place is None or 0 <= place < there for place in used):
            raise ValueError(f"not a trace: {what} that is not there")


def _used_nodes(trace: Trace) -> Iterator[int | None]:
    for edge in trace.graph.edges:
        yield from (edge.source, edge.target)
    for event in trace.events:
        yield event.node
        yield from event.nodes
        yield from (ref.node for ref in (*event.inputs, *event.outputs))
    yield from (variable.node for variable in trace.variables)


def _used_tensors(trace: Trace) -> Iterator[int | None]:
    for event in trace.events:
        yield from (ref.tensor for ref in (*event.inputs, *event.outputs))
    for node in trace.graph.nodes:
        yield node.tensor
        yield from (saved.tensor for saved in node.saved)
    for tensor in trace.tensors:
        yield from (tensor.base, tensor.shares)
    yield from (variable.tensor for variable in trace.variables)
    for group in trace.groups:
        yield from group.tensors


__all__ = ["from_json", "to_json"]
