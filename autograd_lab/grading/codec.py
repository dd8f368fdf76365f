"""The one language spoken between a check and a student's code: a strict subset of JSON.

Plain: null, true, false, integers, strings, finite floats, lists. Everything else is an object with
a tag, `{"": tag, …}`:

| tag | written | read back as |
|---|---|---|
| `float` | `value`: `"nan"`, `"inf"`, `"-inf"` | float |
| `tuple` | `items` | tuple |
| `dict` | `items`: pairs | dict |
| `tensor` | `dtype`, `shape`, `data` (flat, row by row), `requires_grad` | `TensorData` |
| `fn` | `source` of an expression; only on the way to the student | `Fn` |
| `ref` | `id` of an object that stayed where it is | `Ref` |
| `error` | `type`, `text` | `Error` |

A tensor is whatever has `dtype`, `shape` and `tolist()`: this engine's, PyTorch's, a NumPy array or
scalar. Nothing is pickled and nothing received is ever executed here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

MAX_CHARS: Final = 1_000_000
"""Longest message, in characters of its JSON text (all ASCII, so also in bytes)."""
MAX_DEPTH: Final = 50
"""Deepest nesting of a value."""
MAX_BITS: Final = 4096
"""Longest integer."""

DTYPES: Final = frozenset(
    [
        "bool",
        "uint8",
        "int8",
        "int16",
        "int32",
        "int64",
        "float16",
        "bfloat16",
        "float32",
        "float64",
    ]
)
"""The dtypes a tensor may have."""


class CodecError(ValueError):
    """A value cannot be sent, or a received text is not a message; says which part and why."""


@dataclass(frozen=True, slots=True)
class TensorData:
    """A tensor as plain data."""

    dtype: str
    """One of `DTYPES`, such as `"float32"`."""
    shape: tuple[int, ...]
    data: tuple[float, ...]
    """The elements in row-major order: floats, ints or bools."""
    requires_grad: bool = False

    def tolist(self) -> Any:
        """Return the elements as nested lists; a plain number for shape ()."""
        return _nested(iter(self.data), self.shape)


@dataclass(frozen=True, slots=True)
class Fn:
    """A function for the student's code to call, as the source of an expression."""

    source: str


@dataclass(frozen=True, slots=True)
class Ref:
    """An object that stayed in the student's process; send it back to use it there again."""

    id: int


@dataclass(frozen=True, slots=True)
class Error:
    """An exception, as the name of its class and its message."""

    type: str
    text: str


def dumps(value: object, keep: Callable[[object], Ref] | None = None) -> str:
    """Return `value` as one line of ASCII JSON.

    An object of any other kind is passed to `keep`, which returns the Ref that stands for it;
    without `keep` it is a CodecError, as are nesting, integers and messages beyond the limits.
    """
    text = json.dumps(_pack(value, keep, MAX_DEPTH, _Budget()), separators=(",", ":"))
    if len(text) > MAX_CHARS:
        raise CodecError(_too_long(len(text)))
    return text


def loads(text: str, revive: Callable[[Fn | Ref | TensorData], Any] | None = None) -> Any:
    """Return the value that `dumps` wrote, or raise CodecError for any other text.

    `revive` turns each Fn, Ref and TensorData into the object it stands for. Without it they stay
    data, and a Fn is refused: functions travel only to where they are called.
    """
    if len(text) > MAX_CHARS:
        raise CodecError(_too_long(len(text)))
    try:
        tree = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except CodecError:
        raise
    except (ValueError, RecursionError) as error:
        raise CodecError(f"not JSON: {error}") from None
    return _unpack(tree, revive, MAX_DEPTH)


class _Budget:
    """Counts the values packed, so that a huge one is refused before it is copied."""

    def __init__(self) -> None:
        # The shortest element, "0,", takes two characters.
        self.left = MAX_CHARS // 2

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise CodecError(f"more than {MAX_CHARS // 2:,} values in one message")


def _pack(value: Any, keep: Callable[[object], Ref] | None, depth: int, budget: _Budget) -> Any:
    """Return `value` as what `json` writes."""
    if depth < 0:
        raise CodecError(f"nested more than {MAX_DEPTH} deep (or inside itself)")
    budget.spend(1)
    kind = type(value)

    def inner(items: Any) -> list[Any]:
        return [_pack(item, keep, depth - 1, budget) for item in items]

    if value is None or kind is bool:
        return value
    if kind is str:
        budget.spend(len(value) // 2)
        return value
    if kind is int:
        return _check_int(value)
    if kind is float:
        return value if math.isfinite(value) else {"": "float", "value": repr(value)}
    if kind is list:
        return inner(value)
    if kind is tuple:
        return {"": "tuple", "items": inner(value)}
    if kind is dict:
        return {"": "dict", "items": [inner(pair) for pair in value.items()]}
    if kind is TensorData or _is_tensor(value):
        return _pack_tensor(value, budget)
    if kind is Fn:
        return {"": "fn", "source": value.source}
    if kind is Ref:
        return {"": "ref", "id": value.id}
    if kind is Error:
        return {"": "error", "type": value.type, "text": value.text}
    if keep is None:
        raise CodecError(f"a {kind.__name__} cannot be sent")
    return {"": "ref", "id": keep(value).id}


def _is_tensor(value: object) -> bool:
    """Tell whether `value` is an array of some library; a class that describes one is not."""
    return not isinstance(value, type) and all(
        hasattr(value, name) for name in ("dtype", "shape", "tolist")
    )


def _pack_tensor(value: Any, budget: _Budget) -> dict[str, Any]:
    """Return the tagged form of an array."""
    dtype = str(value.dtype).removeprefix("torch.")
    if dtype not in DTYPES:
        raise CodecError(f"a tensor of dtype {dtype} cannot be sent")
    shape = [int(size) for size in value.shape]
    budget.spend(math.prod(shape))
    data = list(value.data) if type(value) is TensorData else list(_flat(value.tolist(), shape))
    return {
        "": "tensor",
        "dtype": dtype,
        "shape": shape,
        "data": [_pack_element(element) for element in data],
        "requires_grad": bool(getattr(value, "requires_grad", False)),
    }


def _pack_element(element: object) -> Any:
    """Return one number of a tensor as what `json` writes."""
    if type(element) not in (bool, int, float):
        raise CodecError(f"a tensor element of type {type(element).__name__} cannot be sent")
    return _pack(element, None, 0, _Budget())


def _flat(nested: Any, shape: list[int]) -> Iterator[Any]:
    """Yield the elements of nested lists, which must have the shape that the tensor claims."""
    if not shape:
        yield nested
        return
    if type(nested) is not list or len(nested) != shape[0]:
        raise CodecError("a tensor whose tolist() does not have its shape")
    for item in nested:
        yield from _flat(item, shape[1:])


def _nested(elements: Iterator[float], shape: Sequence[int]) -> Any:
    """Return the next elements as nested lists of this shape."""
    if not shape:
        return next(elements)
    return [_nested(elements, shape[1:]) for _ in range(shape[0])]


def _unpack(tree: Any, revive: Callable[[Any], Any] | None, depth: int) -> Any:
    """Return the value a parsed message stands for."""
    if depth < 0:
        raise CodecError(f"nested more than {MAX_DEPTH} deep")
    if type(tree) is list:
        return [_unpack(item, revive, depth - 1) for item in tree]
    if type(tree) is float and not math.isfinite(tree):
        raise CodecError("a float beyond the range of float64")
    if type(tree) is int:
        return _check_int(tree)
    if type(tree) is not dict:
        return tree
    match tree:
        case {"": "float", "value": "nan" | "inf" | "-inf" as name, **rest}:
            value: Any = float(name)
        case {"": "tuple", "items": [*items], **rest}:
            value = tuple(_unpack(item, revive, depth - 1) for item in items)
        case {"": "dict", "items": [*items], **rest}:
            value = _unpack_dict([_unpack(item, revive, depth - 1) for item in items])
        case {
            "": "tensor",
            "dtype": str(dtype),
            "shape": [*shape],
            "data": [*data],
            "requires_grad": bool(requires_grad),
            **rest,
        }:
            value = _revived(_unpack_tensor(dtype, shape, data, requires_grad), revive)
        case {"": "fn", "source": str(source), **rest} if revive is not None:
            value = revive(Fn(source))
        case {"": "ref", "id": int(number), **rest} if type(number) is int:
            value = _revived(Ref(number), revive)
        case {"": "error", "type": str(name), "text": str(text), **rest}:
            value = Error(name, text)
        case _:
            raise CodecError(f"no such tagged value here: {json.dumps(tree)[:80]}")
    if rest:
        raise CodecError(f"a tagged value with unknown fields: {', '.join(map(repr, rest))}")
    return value


def _revived(value: Any, revive: Callable[[Any], Any] | None) -> Any:
    return value if revive is None else revive(value)


def _unpack_dict(pairs: list[Any]) -> dict[Any, Any]:
    """Return the dict of these pairs; its keys must be hashable and different."""
    if any(type(pair) is not list or len(pair) != 2 for pair in pairs):
        raise CodecError("a dict that is not made of pairs")
    try:
        result = dict(pairs)
    except TypeError:
        raise CodecError("a dict with a key that cannot be one") from None
    if len(result) != len(pairs):
        raise CodecError("a dict that names a key twice")
    return result


def _unpack_tensor(
    dtype: str, shape: list[Any], data: list[Any], requires_grad: bool
) -> TensorData:
    """Return a received tensor after checking that its parts belong together."""
    if dtype not in DTYPES:
        raise CodecError(f"a tensor of unknown dtype {dtype!r}")
    if any(type(size) is not int or size < 0 for size in shape):
        raise CodecError("a tensor whose shape is not made of sizes")
    # An empty tensor may still claim a size that no memory holds as nested lists.
    if len(shape) > MAX_DEPTH or math.prod(max(size, 1) for size in shape) > MAX_CHARS:
        raise CodecError("a tensor whose shape is too large")
    if math.prod(shape) != len(data):
        raise CodecError(f"a tensor of shape {tuple(shape)} with {len(data)} elements")
    elements = tuple(_unpack(element, None, 0) for element in data)
    if any(type(element) not in (bool, int, float) for element in elements):
        raise CodecError("a tensor element that is not a number")
    return TensorData(dtype, tuple(shape), elements, requires_grad)


def _check_int(value: int) -> int:
    """Return `value` unless it is too long: its decimal text would take quadratic time."""
    if value.bit_length() > MAX_BITS:
        raise CodecError(f"an integer of {value.bit_length():,} bits; the limit is {MAX_BITS:,}")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as a dict; naming a key twice is an error."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise CodecError("a JSON object that names a key twice")
    return result


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python's reader would take though they are not JSON."""
    raise CodecError(f"not JSON: {name}")


def _too_long(length: int) -> str:
    return f"a message of {length:,} characters; the limit is {MAX_CHARS:,}"


__all__ = ["CodecError", "Error", "Fn", "Ref", "TensorData", "dumps", "loads"]
