"""A function of x as a person types it: read, worked out, written readably. Nothing is executed.

A tree is a `Fraction`, `"x"`, one of the numbers `"pi"` and `"e"`, or an `Op`. `parse` keeps what was
typed, so its value is the one that Python itself would find.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any, Union

import numpy as np

from ..i18n import _

Tree = Union[Fraction, str, "Op"]
FUNCTIONS = (
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "exp", "log", "ln", "sqrt", "abs", "sign",
)  # fmt: skip
"""What may stand before parentheses. NumPy and tensors have all of them; `ln` means `log`."""
NUMBERS = {"pi": math.pi, "e": math.e}
LONGEST, DEEPEST = 200, 30
"""Characters of a formula, and how many of its parts may lie inside one another."""

DIGITS = ".0123456789"
TOKEN = re.compile(r"\d+(?:\.\d*)?|\.\d+|[^\W\d]\w*|[-+*/^()]")
AMBIGUOUS = re.compile(r"(?:\d+\.?\d*|\.\d+)[eE][-+]?\d+")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SIGNS = str.maketrans({"×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "π": " pi "})


class FormulaError(ValueError):
    """A formula that is not understood; its text says which part, and what would be."""


@dataclass(frozen=True, slots=True)
class Op:
    """An operation (`+ - * / ^`, `neg`, or a function) and what it is applied to."""

    name: str
    args: tuple[Tree, ...]


def parse(text: str) -> Tree:
    """Return the tree of a formula such as `4x^3+x^2+3`, `2 sin(πx)`, `4ｘ＾３` or `x**2`.

    A product needs no sign; `^` binds most tightly and from the right, as in Python. Raises
    FormulaError for anything but x, numbers, and the names of mathematics.
    """
    if len(text) > LONGEST:
        message = _("The formula has {n} characters; {most} is the most.")
        raise FormulaError(message.format(n=len(text), most=LONGEST))
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[str]:
    """Return numbers, names and signs, whichever keyboard they were typed on."""
    raised = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"^{m[0].translate(SUPERSCRIPTS)}", text)
    plain = unicodedata.normalize("NFKC", raised.translate(SIGNS)).replace("**", "^")
    tokens: list[str] = []
    place = 0
    while place < len(plain):
        if plain[place].isspace():
            place += 1
            continue
        number = AMBIGUOUS.match(plain, place)
        if number:
            message = _("{what} can be read in two ways; write 2*10^3, or 2*e+3.")
            raise FormulaError(message.format(what=number[0]))
        found = TOKEN.match(plain, place)
        if not found:
            raise _refused(plain[place])
        word = found[0]
        tokens += _names(word) if word[0].isalpha() or word[0] == "_" else [word]
        place = found.end()
    return tokens


def _names(word: str) -> list[str]:
    """Return a name, or those that a word is put together of: `xsin` is x and sin."""
    known = sorted((*FUNCTIONS, *NUMBERS, "x"), key=len, reverse=True)
    names: list[str] = []
    rest = word.lower()
    while rest:
        name = next((name for name in known if rest.startswith(name)), None)
        if name is None:
            raise _refused(word)
        names.append(name)
        rest = rest.removeprefix(name)
    return names


def _refused(what: str) -> FormulaError:
    known = ", ".join(("x", *NUMBERS, *FUNCTIONS))
    message = _("“{what}” is not known here. A formula has numbers, + - * / ^ ( ) and {known}.")
    return FormulaError(message.format(what=what, known=known))


class _Parser:
    """Reads tokens by recursive descent; each method one rule, the loosest binding first."""

    def __init__(self, tokens: list[str]) -> None:
        """Start at the first token."""
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def whole(self) -> Tree:
        tree = self.sum()
        if self.next:
            raise self._unexpected()
        return tree

    @property
    def next(self) -> str:
        """The token that comes now, `""` at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.next
        self.place += 1
        return token

    def sum(self) -> Tree:
        tree = self.product()
        while self.next in ("+", "-"):
            tree = Op(self.take(), (tree, self.product()))
        return tree

    def product(self) -> Tree:
        tree = self.signed()
        while self.next and self.next not in "+-)^":
            if self.next[0] in DIGITS:  # two numbers side by side: a sign is missing
                raise self._unexpected()
            sign = self.take() if self.next in "*/" else "*"
            tree = Op(sign, (tree, self.signed()))
        return tree

    def signed(self) -> Tree:
        if self.next not in ("+", "-"):
            return self.power()
        sign = self.take()
        inner = self.inside(self.signed)
        return Op("neg", (inner,)) if sign == "-" else inner

    def power(self) -> Tree:
        base = self.atom()
        if self.next != "^":
            return base
        self.take()
        return Op("^", (base, self.inside(self.signed)))

    def atom(self) -> Tree:
        token = self.take()
        if token == "(":
            return self.closed()
        if token in FUNCTIONS:
            if self.take() != "(":
                message = _("{name} needs parentheses: {name}(x).")
                raise FormulaError(message.format(name=token))
            return Op("log" if token == "ln" else token, (self.closed(),))
        if token == "x" or token in NUMBERS:
            return token
        if token and token[0] in DIGITS:
            return Fraction(token)
        self.place -= 1
        raise self._unexpected()

    def closed(self) -> Tree:
        """Return what stands before the closing parenthesis."""
        inner = self.inside(self.sum)
        if self.next != ")":
            raise self._unexpected()
        self.take()
        return inner

    def inside(self, rule: Callable[[], Tree]) -> Tree:
        """Return what `rule` reads one level deeper."""
        self.depth += 1
        if self.depth > DEEPEST:
            message = _("The formula is nested more than {most} deep.")
            raise FormulaError(message.format(most=DEEPEST))
        tree = rule()
        self.depth -= 1
        return tree

    def _unexpected(self) -> FormulaError:
        if not self.tokens:
            return FormulaError(_("Type a function of x, such as 4x^3+x^2+3."))
        if not self.next:
            return FormulaError(_("The formula ends too early: something is missing."))
        message = _("“{what}” was not expected after “{before}”.")
        before = "".join(self.tokens[: self.place])
        return FormulaError(message.format(what=self.next, before=before))


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


def evaluate(tree: Tree, x: Any) -> Any:
    """Return the value of `tree` at `x`: a NumPy number or array of floats, or a tensor.

    The dtype stays that of `x`. Where there is no value, it is NaN or infinite, without a warning.
    """
    with np.errstate(all="ignore"):
        return _value(tree, x)


def _value(tree: Tree, x: Any) -> Any:
    if isinstance(tree, str):
        return x if tree == "x" else NUMBERS[tree]
    if isinstance(tree, Fraction):
        return float(tree)
    values = [_value(arg, x) for arg in tree.args]
    if not any(isinstance(value, type(x)) for value in values):
        # Python raises where NumPy gives infinity; back to a plain number, which has no dtype.
        return float(_apply(tree.name, [np.float64(value) for value in values]))
    return _apply(tree.name, values)


def _apply(name: str, values: list[Any]) -> Any:
    if name in OPERATORS:
        return reduce(OPERATORS[name], values)
    (value,) = values
    if name == "neg":
        return -value
    return (
        getattr(np, name)(value)
        if isinstance(value, np.generic | np.ndarray)
        else getattr(value, name)()
    )


__all__ = ["FUNCTIONS", "NUMBERS", "FormulaError", "Op", "Tree", "evaluate", "parse"]
