"""The derivative of a formula as a formula: one rule per operation, tidied up as it is built.

`plus`, `times` and `power` make trees of three forms only: sums, products and powers (a quotient is a
product with a negative power). Equal terms and equal factors meet there, so `x*x` becomes x² and `0*x`
goes away. That cancelling may fill a gap, as everywhere in algebra: x/x becomes 1.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from .formula import Op, Tree

ZERO, ONE = Fraction(0), Fraction(1)
BITS = 128
"""Powers of numbers are worked out as long as they stay below this size."""
NICE = 100
"""Largest denominator of a fraction that is written as one; any other number is a decimal."""
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def tidied(tree: Tree) -> Tree:
    """Return what `tree` says, as a sum of products of powers."""
    if not isinstance(tree, Op):
        return tree
    args = [tidied(arg) for arg in tree.args]
    match tree.name:
        case "+":
            return plus(*args)
        case "-":
            return plus(args[0], negative(args[1]))
        case "*":
            return times(*args)
        case "/":
            return times(args[0], power(args[1], -ONE))
        case "^":
            return power(args[0], args[1])
        case "neg":
            return negative(args[0])
    return Op(tree.name, tuple(args))


def derivative(tree: Tree) -> Tree:
    """Return the derivative of `tree` with respect to x, tidied up."""
    if not isinstance(tree, Op):
        return ONE if tree == "x" else ZERO
    u, *rest = map(tidied, tree.args)
    du, *others = map(derivative, tree.args)
    match tree.name, rest, others:
        case "+", [_], [dv]:
            return plus(du, dv)
        case "-", [_], [dv]:
            return plus(du, negative(dv))
        case "*", [v], [dv]:
            return plus(times(du, v), times(u, dv))
        case "/", [v], [dv]:
            above = plus(times(du, v), negative(times(u, dv)))
            return times(above, power(v, Fraction(-2)))
        case "^", [v], [dv]:
            return _of_power(u, v, du, dv)
        case "neg", _, _:
            return negative(du)
    return times(CHAIN[tree.name](u), du)


def _of_power(u: Tree, v: Tree, du: Tree, dv: Tree) -> Tree:
    """Return the derivative of u^v; with both moving, u^v·(v′·log u + v·u′/u)."""
    by_base = times(v, power(u, plus(v, -ONE)), du)
    if dv == ZERO:
        return by_base
    return plus(by_base, times(power(u, v), _log(u), dv))


def _log(u: Tree) -> Tree:
    return ONE if u == "e" else Op("log", (u,))


def _call(name: str) -> Callable[[Tree], Tree]:
    return lambda u: Op(name, (u,))


SQUARE, HALF = Fraction(2), Fraction(1, 2)
CHAIN: dict[str, Callable[[Tree], Tree]] = {
    "sin": _call("cos"),
    "cos": lambda u: negative(Op("sin", (u,))),
    "tan": lambda u: power(Op("cos", (u,)), -SQUARE),
    "asin": lambda u: power(plus(ONE, negative(power(u, SQUARE))), -HALF),
    "acos": lambda u: negative(power(plus(ONE, negative(power(u, SQUARE))), -HALF)),
    "atan": lambda u: power(plus(ONE, power(u, SQUARE)), -ONE),
    "sinh": _call("cosh"),
    "cosh": _call("sinh"),
    "tanh": lambda u: plus(ONE, negative(power(Op("tanh", (u,)), SQUARE))),
    "exp": _call("exp"),
    "log": lambda u: power(u, -ONE),
    "sqrt": lambda u: times(HALF, power(Op("sqrt", (u,)), -ONE)),
    "abs": _call("sign"),
    "sign": lambda u: ZERO,
}
"""What a function's derivative is at u; the chain rule brings the factor u′."""


def plus(*terms: Tree) -> Tree:
    """Return the sum, equal terms put together: 2x + x is 3x."""
    counts: dict[Tree, Fraction] = {}
    for term in terms:
        for part in term.args if isinstance(term, Op) and term.name == "+" else (term,):
            number, rest = _split(part)
            counts[rest] = counts.get(rest, ZERO) + number
    constant = counts.pop(ONE, ZERO)
    parts = [times(number, rest) for rest, number in counts.items() if number]
    parts += [constant] if constant else []
    return Op("+", tuple(parts)) if len(parts) > 1 else parts[0] if parts else ZERO


def _split(term: Tree) -> tuple[Fraction, Tree]:
    """Return a term's number and the rest: 2 and x for 2x, 5 and 1 for 5."""
    if isinstance(term, Fraction):
        return term, ONE
    if isinstance(term, Op) and term.name == "*" and isinstance(term.args[0], Fraction):
        rest = term.args[1:]
        return term.args[0], Op("*", rest) if len(rest) > 1 else rest[0]
    return ONE, term


def times(*factors: Tree) -> Tree:
    """Return the product: its number first, equal bases put together: x·x² is x³."""
    number = ONE
    exponents: dict[Tree, Tree] = {}
    for factor in factors:
        for part in factor.args if isinstance(factor, Op) and factor.name == "*" else (factor,):
            if isinstance(part, Fraction):
                number *= part
                continue
            base, exponent = part.args if isinstance(part, Op) and part.name == "^" else (part, ONE)
            exponents[base] = plus(exponents.get(base, ZERO), exponent)
    if not number:
        return ZERO
    parts: list[Tree] = []
    for base, exponent in exponents.items():
        made = power(base, exponent)
        if isinstance(made, Fraction):
            number *= made
        else:
            parts.append(made)
    parts.sort(key=_place)
    if number != 1 or not parts:
        parts.insert(0, number)
    return Op("*", tuple(parts)) if len(parts) > 1 else parts[0]


def _place(factor: Tree) -> tuple[int, str]:
    """Return what a factor is sorted by: π·x²·sin(x), as one writes it."""
    base = factor.args[0] if isinstance(factor, Op) and factor.name == "^" else factor
    return 0 if base in ("pi", "e") and base is factor else 1 if base == "x" else 2, written(factor)


def negative(tree: Tree) -> Tree:
    """Return minus the tree; of a sum, each term."""
    if isinstance(tree, Op) and tree.name == "+":
        return plus(*map(negative, tree.args))
    return times(-ONE, tree)


def power(base: Tree, exponent: Tree) -> Tree:
    """Return the power; of a number or of another power worked out where it comes out even."""
    if exponent in (ZERO, ONE):
        return ONE if exponent == ZERO else base
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        n = exponent.numerator
        if isinstance(base, Fraction) and base and abs(n) * _bits(base) <= BITS:
            return base**n
        if isinstance(base, Op) and base.name == "^" and isinstance(base.args[1], Fraction):
            return power(base.args[0], base.args[1] * n)
        if isinstance(base, Op) and base.name == "*":
            return times(*(power(part, exponent) for part in base.args))
    return Op("^", (base, exponent))


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


def written(tree: Tree) -> str:
    """Return a tidy tree as one writes it, `12x² + 2x`; `parse` reads it again."""
    if not isinstance(tree, Op):
        return _number(tree) if isinstance(tree, Fraction) else "π" if tree == "pi" else tree
    if tree.name == "+":
        terms = [*map(written, tree.args)]
        # 1 − x² rather than −x² + 1.
        start = next((term for term in terms if term[0] != "−"), terms[0])
        terms.remove(start)
        return start + "".join(f" − {t[1:]}" if t[0] == "−" else f" + {t}" for t in terms)
    if tree.name == "*":
        return _product(tree)
    if tree.name == "^":
        base, exponent = tree.args
        if isinstance(exponent, Fraction) and exponent < 0:
            return _product(Op("*", (tree,)))
        return _power(base, exponent)
    return f"{tree.name}({written(tree.args[0])})"


def _number(number: Fraction) -> str:
    sign = "−" if number < 0 else ""
    size = abs(number)
    if size.denominator <= NICE:
        return f"{sign}{size}"
    # Never 1e-05: that is no number a formula may hold.
    return sign + (f"{float(size):.15f}".rstrip("0").rstrip("."))


def _power(base: Tree, exponent: Tree) -> str:
    below = written(base)
    if isinstance(base, Fraction | Op) and not below.isdigit() and not _is_call(base):
        below = f"({below})"
    above = written(exponent)
    if above.isdigit():
        return below + above.translate(SUPERSCRIPTS)
    return f"{below}^{above}" if above in ("x", "e", "π") else f"{below}^({above})"


def _is_call(tree: Tree) -> bool:
    return isinstance(tree, Op) and tree.name in CHAIN


def _product(tree: Op) -> str:
    """Return a product, what has a negative power below the bar."""
    number, rest = _split(tree)
    above: list[str] = []
    below: list[str] = []
    for part in rest.args if isinstance(rest, Op) and rest.name == "*" else (rest,):
        base, exponent = part.args if isinstance(part, Op) and part.name == "^" else (part, ONE)
        if isinstance(exponent, Fraction) and exponent < 0:
            below.append(_factor(power(base, -exponent)))
        else:
            above.append(_factor(part))
    sign = "−" if number < 0 else ""
    size = abs(number)
    top = _joined(size if size.denominator > NICE else Fraction(size.numerator), above)
    bottom = _joined(Fraction(size.denominator if size.denominator <= NICE else 1), below)
    if bottom == "1":
        return sign + top
    single = len(below) + (size.denominator > 1) == 1
    return f"{sign}{top}/{bottom if single else f'({bottom})'}"


def _factor(tree: Tree) -> str:
    text = written(tree)
    return f"({text})" if isinstance(tree, Op) and tree.name == "+" else text


def _joined(number: Fraction, factors: list[str]) -> str:
    """Return a product of texts: 2x, 2·3^x, x·sin(x)."""
    if not factors:
        return _number(number)
    text = "·".join(factors)
    if number == 1:
        return text
    return _number(number) + ("·" if text[0].isdigit() else "") + text


__all__ = ["derivative", "tidied", "written"]
