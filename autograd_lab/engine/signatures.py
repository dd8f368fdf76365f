"""Which arguments torch's functions take, and what it says when they are others.

`signatures.txt` has them in torch's own notation, as its errors print it. It is read when a call has
failed: then the arguments are matched as torch matches them before it runs anything.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import dtypes
from .device import device
from .layout import layout
from .tensor import Size, Tensor

Args = Sequence[Any]
Kwargs = Mapping[str, Any]

SPELLINGS = {
    "dim": ("axis",),
    "keepdim": ("keepdims",),
    "input": ("x", "a", "x1"),
    "other": ("x2",),
}
"""NumPy's names for some parameters, which torch takes, too."""
NUMBERS_TOO = frozenset(
    ["add", "sub", "mul", "div", "subtract", "multiply", "divide", "true_divide", "floor_divide"]
)
"""Functions that take plain numbers where they ask for tensors."""


class Parameter:
    """One parameter, such as `tuple of ints[1]? dim = None`."""

    def __init__(self, text: str, keyword_only: bool) -> None:
        """Read it: `[1]` lets one int stand for a tuple of it, `?` lets None stand for anything."""
        declared, _, default = text.partition(" = ")
        kind, _, name = declared.rpartition(" ")
        self.text = text.replace("[1]", "").replace("?", "")
        self.name = name.rstrip("?")
        self.kind = kind.replace("[1]", "")
        self.single = "[1]" in kind
        self.optional = bool(default)
        self.or_none = "?" in declared or default == "None"
        self.keyword_only = keyword_only

    def given(self, kwargs: Kwargs) -> Any:
        """Return what `kwargs` has for it, under any of its names."""
        names = (self.name, *SPELLINGS.get(self.name, ()))
        return next((kwargs[name] for name in names if name in kwargs), MISSING)

    def takes(self, value: Any, numbers_too: bool) -> bool:
        """Return whether torch would accept `value`."""
        if value is None and self.or_none:
            return True
        if self.kind == "tuple of ints":
            return (is_sequence(value) and (not value or is_index(value[0]))) or (
                self.single and is_int(value)
            )
        if self.kind == "Tensor" and numbers_too and is_number(value):
            return True
        return TAKES.get(self.kind, lambda value: True)(value)


MISSING = object()


def is_sequence(value: Any) -> bool:
    """Return whether `value` is a tuple or a list."""
    return isinstance(value, (tuple, list))


def is_number(value: Any) -> bool:
    """Return whether `value` is a plain number, bools among them."""
    return isinstance(value, (int, float, np.number, np.bool_))


def is_scalar(value: Any) -> bool:
    """Return whether `value` is a number, or a tensor that stands for one."""
    return is_number(value) or (
        isinstance(value, Tensor) and not value.requires_grad and not value.ndim
    )


def is_int(value: Any) -> bool:
    """Return whether `value` is an integer and no bool, or a tensor that stands for one."""
    if isinstance(value, Tensor):
        return is_scalar(value) and value.dtype.category == dtypes.INTEGER
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def is_index(value: Any) -> bool:
    """Return whether `value` can be an element of a shape."""
    return is_int(value) or (
        hasattr(type(value), "__index__") and not isinstance(value, (bool, Tensor))
    )


def is_tensor(value: Any) -> bool:
    """Return whether `value` is a tensor."""
    return isinstance(value, Tensor)


TAKES: dict[str, Callable[[Any], bool]] = {
    "Tensor": is_tensor,
    "Number": is_scalar,
    "float": is_scalar,
    "int": is_int,
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "tuple of Tensors": is_sequence,
    "tuple of floats": lambda value: is_sequence(value) and all(map(is_scalar, value)),
    "torch.dtype": lambda value: isinstance(value, dtypes.dtype) or value in (float, int, bool),
    "torch.device": lambda value: isinstance(value, (device, str)) or is_int(value),
    "torch.layout": lambda value: isinstance(value, layout),
    "torch.Generator": lambda value: type(value).__name__ == "Generator",
}
"""Per kind of parameter, which values it takes; kinds that are not here take anything."""


class Signature:
    """The parameters of one form of a function."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.pieces = [piece for piece in re.split(r", (?![^(]*\))", text) if piece]
        star = self.pieces.index("*") if "*" in self.pieces else len(self.pieces)
        self.parameters = [
            Parameter(piece, i > star) for i, piece in enumerate(self.pieces) if piece != "*"
        ]
        self.most_positional = sum(not p.keyword_only for p in self.parameters)
        self.least = sum(not p.optional for p in self.parameters)

    def method(self) -> Signature:
        """Return the form that it has as a method."""
        names = [p.name for p in self.parameters]
        own = next((n for n in ("input", "self") if n in names), None)
        rest = [
            "*" if piece == "*" else piece
            for piece in self.pieces
            if piece.partition(" = ")[0].rstrip("?").rpartition(" ")[2] not in (own, "out")
        ]
        return Signature(self.name, ", ".join(rest[:-1] if rest[-1:] == ["*"] else rest))

    def text(self) -> str:
        """Return it as torch prints it."""
        return ", ".join(p if p == "*" else Parameter(p, False).text for p in self.pieces)

    def objection(self, args: Args, kwargs: Kwargs) -> str | None:
        """Return what torch has against these arguments, None if they fit."""
        parameters, at, left = self.parameters, 0, len(kwargs)
        spread = (
            self.most_positional == 1
            and parameters[0].kind == "tuple of ints"
            and bool(args)
            and is_index(args[0])
        )
        if len(args) > self.most_positional and not spread:
            return self._too_many(len(args))
        for i, parameter in enumerate(parameters):
            by_name = at >= len(args)
            if not by_name and parameter.keyword_only:
                return self._too_many(len(args))
            value = parameter.given(kwargs) if by_name else args[at]
            if value is MISSING:
                if not parameter.optional:
                    return self._missing(i)
                continue
            if spread and not by_name:
                at = len(args)
                continue
            if not parameter.takes(value, self.name.removesuffix("_") in NUMBERS_TOO):
                return self._wrong(parameter, value, at, by_name)
            at, left = (at, left - 1) if by_name else (at + 1, left)
        return self._unexpected(kwargs, len(args)) if left else None

    def misfit(self, args: Args, kwargs: Kwargs) -> str | None:
        """Return what torch has against an element of a list, once the arguments fit this form."""
        for i, parameter in enumerate(self.parameters):
            value = args[i] if i < len(args) else parameter.given(kwargs)
            if parameter.kind == "tuple of ints":
                for k, each in enumerate(value if is_sequence(value) else args[i:]):
                    if not is_index(each):
                        return (
                            f"{self.name}(): argument '{parameter.name}' failed to unpack the object at "
                            f'pos {k + 1} with error "type must be tuple of ints,but got '
                            f'{type_name(each)}"'
                        )
            if parameter.kind == "tuple of Tensors" and is_sequence(value):
                for k, each in enumerate(value):
                    if not is_tensor(each):
                        return (
                            f"expected Tensor as element {k} in argument {i}, "
                            f"but got {type_name(each)}"
                        )
        return None

    def _too_many(self, given: int) -> str:
        most, least = self.most_positional, self.least
        some = f"from {least} to {most}" if least != most else f"{most}"
        many = "s" if least != most or most != 1 else ""
        were = "were" if least != most or given != 1 else "was"
        return f"{self.name}() takes {some} positional argument{many} but {given} {were} given"

    def _missing(self, first: int) -> str:
        names = [f'"{p.name}"' for p in self.parameters[first:] if not p.optional]
        many = "s" if len(names) == 1 else ""  # torch has it the wrong way round
        return (
            f"{self.name}() missing {len(names)} required positional argument{many}: "
            f"{', '.join(names)}"
        )

    def _wrong(self, parameter: Parameter, value: Any, at: int, by_name: bool) -> str:
        place = "" if by_name else f" (position {at + 1})"
        text = f"{self.name}(): argument '{parameter.name}'{place} must be {parameter.kind}, "
        if is_sequence(value) and value and not by_name and parameter.kind == "tuple of ints":
            return f"{text}but found element of type {type_name(value[0])} at pos 0"
        return f"{text}not {type_name(value)}"

    def _unexpected(self, kwargs: Kwargs, count: int) -> str:
        names = [p.name for p in self.parameters]
        for name in kwargs:
            if name not in names:
                return f"{self.name}() got an unexpected keyword argument '{name}'"
            if names.index(name) < count:
                return f"{self.name}() got multiple values for argument '{name}'"
        return "invalid keyword arguments"

    def unknown(self, args: Args, kwargs: Kwargs) -> list[str]:
        """Return the keywords that torch calls incorrect, those of parameters with a default among them."""
        names = self._last_words()[max(len(self.pieces) - len(kwargs), 0) :]
        return [name for name in reversed([*kwargs]) if name not in names]

    def _last_words(self) -> list[str]:
        """Return what torch takes for the parameters' names: for one with a default, that."""
        return [piece.rpartition(" ")[2].rstrip("?") for piece in self.pieces]

    def mismatch(self, args: Args, kwargs: Kwargs) -> str:
        """Return the line below it in a list of forms: what does not match, where the number does."""
        pieces = self.pieces or [""]
        if len(args) + len(kwargs) != len(pieces):
            return ""
        unknown = self.unknown(args, kwargs)
        if unknown:
            return f"      didn't match because some of the keywords were incorrect: {', '.join(unknown)}\n"
        names = self._last_words()[len(args) :]
        values = [*args, *(kwargs[name] for name in names)]
        prefixes = [""] * len(args) + [f"{name}=" for name in names]
        shown = [_marked(*each) for each in zip(pieces, values, prefixes, strict=True)]
        return (
            "      didn't match because some of the arguments have invalid types: "
            f"({', '.join(shown)}{'' if args else ', '})\n"
        )


def _marked(piece: str, value: Any, prefix: str) -> str:
    """Return the type of `value`, between exclamation marks unless it is the one the piece names."""
    kind = piece.partition(" = ")[0].rpartition(" ")[0]
    allowed = {"int": ("int",), "float": ("float", "int")}.get(kind, (kind,))
    if type(value) in (tuple, list):
        inner = ", ".join(type_name(each) for each in value)
        open_, close = "()" if type(value) is tuple else "[]"
        return f"!{prefix}{type(value).__name__} of {open_}{inner}{close}!"
    named = f"{prefix}{type_name(value)}"
    return named if type_name(value) in allowed else f"!{named}!"


def type_name(value: Any) -> str:
    """Return the name of a value's type as C has it: with its module, where it is not a Python class."""
    kind = type(value)
    if kind in (dtypes.dtype, device, layout, Size):
        return f"torch.{kind.__name__}"
    if kind.__module__ == "numpy":
        return f"numpy.{kind.__name__}"
    return kind.__name__


@functools.cache
def table() -> dict[str, list[str]]:
    """Return the forms of every function, by its name."""
    found: dict[str, list[str]] = {}
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        name, _, form = line.partition("(")
        found.setdefault(name, []).append(form.removesuffix(")"))
    return found


def forms(name: str, bound: bool) -> tuple[list[Signature], bool]:
    """Return the forms of a function, or of a method, and whether torch has more that it does not list."""
    known = table()
    places = (f"Tensor.{name}", name, name.removesuffix("_")) if bound else (name,)
    place = next((place for place in places if place in known), "")
    found = [Signature(name, form) for form in known.get(place, [])]
    if bound and not place.startswith("Tensor."):
        found = [each.method() for each in found]
    return found, f"{place} +" in known


def objection(name: str, bound: bool, args: Args, kwargs: Kwargs) -> str | None:
    """Return torch's objection to calling `name` with these arguments, None if they fit a form.

    A `bound` call is one of a method: its first argument is the tensor before the dot.
    """
    found, more = forms(name, bound)
    args = args[1:] if bound else args
    single = len(found) == 1 and not more
    if bound and single and not found[0].pieces and (args or kwargs):
        given = f"arguments ({len(args)} given)" if args and not kwargs else "keyword arguments"
        return f"TensorBase.{name}() takes no {given}"
    objections = [each.objection(args, kwargs) for each in found]
    if not found:
        return None
    if None in objections:
        return found[objections.index(None)].misfit(args, kwargs)
    count = len(args) + len(kwargs)
    likely = [i for i, each in enumerate(found) if each.least <= count <= len(each.parameters)]
    if single or len(likely) == 1:
        return objections[likely[0] if likely else 0]
    return f"{name}() received an invalid combination of arguments - {listed(found, args, kwargs)}"


def listed(found: list[Signature], args: Args, kwargs: Kwargs) -> str:
    """Return what was given, and what would have been right."""
    described = [type_name(value) for value in args]
    described += [f"{key}={type_name(kwargs[key])}" for key in reversed([*kwargs])]
    given = f"got ({', '.join(described)}{'' if args else ', ' * bool(kwargs)}), but expected"
    if len(found) > 1:
        forms = [f" * ({each.text()})\n{each.mismatch(args, kwargs)}" for each in found]
        return f"{given} one of:\n{''.join(forms)}"
    unknown = found[0].unknown(args, kwargs)
    if unknown:
        return f"got unrecognized keyword arguments: {', '.join(unknown)}"
    return f"{given} ({found[0].text()})"
