"""Reading a typed function: what is understood, what is refused, that values and derivatives are right."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lab.engine.creation import tensor
from autograd_lab.engine.dtypes import float64
from autograd_lab.widgets.formula import FUNCTIONS, LONGEST, FormulaError, evaluate, parse
from autograd_lab.widgets.symbolic import derivative, tidied, written

X = np.float64(1.5)


def value(text, x=X):
    """Return the value of a typed formula."""
    return float(evaluate(parse(text), np.float64(x)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("4x^3+x^2+3", 4 * 1.5**3 + 1.5**2 + 3),
        ("４ｘ＾３＋ｘ＾２＋３", 4 * 1.5**3 + 1.5**2 + 3),
        ("4x³ + x² + 3", 4 * 1.5**3 + 1.5**2 + 3),
        ("4*x**3 + x**2 + 3", 4 * 1.5**3 + 1.5**2 + 3),
        ("４×ｘ－１÷２", 5.5),
        ("（ｘ＋１）（ｘ－１）", 1.25),
        ("x(x+1)", 3.75),
        ("2 sin(πx)", 2 * math.sin(math.pi * 1.5)),
        ("xsin(x)", 1.5 * math.sin(1.5)),
        ("2e^x", 2 * math.e**1.5),
        ("LN(X)", math.log(1.5)),
        ("-x^2", -2.25),
        ("2^3^2", 512),
        ("2^-1", 0.5),
        ("1/2x", 0.75),
        ("--x", 1.5),
        (".5x + 2.", 2.75),
        ("3", 3),
    ],
)
def test_a_formula_may_be_typed_as_one_writes_it(typed, meant):
    """Full-width characters, superscripts, products without a sign, and Python's own form."""
    assert value(typed) == pytest.approx(meant, rel=1e-14)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("__import__('os').system('x')", "“__import__” is not known"),
        ("open(x)", "“open” is not known"),
        ("x.real", "“.” is not known"),
        ("lambda x: x", "“lambda” is not known"),
        ("x[0]", "“[” is not known"),
        ("'x'", "“'” is not known"),
        ("x = 2", "“=” is not known"),
        ("x; x", "“;” is not known"),
        ("x2", "“x2” is not known"),
        ("cosy(x)", "“cosy” is not known"),
        ("x\0", "is not known"),
        ("sin x", "sin needs parentheses: sin(x)"),
        ("sin^2(x)", "sin needs parentheses"),
        ("2e-3", "2e-3 can be read in two ways"),
        ("2 3", "“3” was not expected after “2”"),
        ("x)", "“)” was not expected after “x”"),
        ("*x", "“*” was not expected"),
        ("(x", "ends too early"),
        ("x+", "ends too early"),
        ("", "Type a function of x"),
        ("  ", "Type a function of x"),
        ("1" * 201, "201 characters; 200 is the most"),
        ("(" * 100, "nested more than 30 deep"),
        ("-" * 100 + "x", "nested more than 30 deep"),
        ("x^" * 99 + "x", "nested more than 30 deep"),
    ],
)
def test_anything_else_is_refused_by_name(typed, said):
    """The message names what was not understood."""
    with pytest.raises(FormulaError) as caught:
        parse(typed)
    assert said in str(caught.value)


@given(st.text(max_size=60) | st.text("x()+-*/^.0123456789esinπ² ", max_size=60))
def test_whatever_is_typed_is_a_formula_or_one_clear_error(text):
    """No other exception comes out, and what is understood has a derivative that can be read again."""
    try:
        tree = parse(text)
    except FormulaError:
        return
    float(evaluate(tree, X))
    slope = written(derivative(tree))
    if len(slope) <= LONGEST:
        parse(slope)


@pytest.mark.parametrize("typed", ["9^9^9^9", "1/0", "log(0-1)", "0/0x", "10^400 x"])
def test_without_a_value_it_is_infinite_or_nan(typed):
    """Neither a warning nor an exception, and no endless work."""
    assert not math.isfinite(value(typed))


PYTHON = {name: getattr(math, name, None) for name in FUNCTIONS}
PYTHON |= {"ln": math.log, "abs": abs, "sign": lambda x: math.copysign(1, x) if x else 0.0}
TAME = ("sin", "cos", "tanh", "atan", "abs")


def formulas(names):
    """Return pairs of a formula as one types it and as Python has it."""
    leaves = st.just(("x", "x")) | st.integers(0, 9).map(lambda n: (str(n), f"{n}.0"))

    def larger(parts):
        def joined(sign):
            python = "**" if sign == "^" else sign
            return lambda pair: tuple(
                f"({a}){s}({b})" for a, s, b in zip(pair[0], (sign, python), pair[1], strict=True)
            )

        pairs = st.tuples(parts, parts)
        return st.one_of(
            *(pairs.map(joined(sign)) for sign in "+-*/"),
            st.tuples(parts, st.integers(0, 3).map(lambda n: (str(n),) * 2)).map(joined("^")),
            parts.map(lambda pair: (f"-({pair[0]})", f"-({pair[1]})")),
            st.tuples(st.sampled_from(names), parts).map(
                lambda call: tuple(f"{call[0]}({text})" for text in call[1])
            ),
        )

    return st.recursive(leaves, larger, max_leaves=8)


@given(formulas(TAME), st.sampled_from([0.3, 1.5, -2.25]))
def test_the_value_is_the_one_python_finds(pair, x):
    """A random formula, worked out by Python itself and by us."""
    typed, python = pair
    if len(typed) > 200:
        return
    try:
        expected = eval(python, {"__builtins__": {}, **PYTHON}, {"x": x})
    except (ZeroDivisionError, OverflowError):
        return
    found = value(typed, x)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def automatic(typed, x):
    """Return the value and the derivative that the engine finds."""
    leaf = tensor(x, dtype=float64, requires_grad=True)
    result = evaluate(parse(typed), leaf)
    if isinstance(result, float):
        return result, 0.0
    result.backward()
    return result.item(), leaf.grad.item()


@given(formulas(("sin", "cos", "tanh", "atan", "exp", "sqrt", "log")), st.sampled_from([0.3, 1.7]))
def test_the_symbolic_derivative_is_the_automatic_one(pair, x):
    """A random formula, differentiated by rules and by the engine, wherever both are finite."""
    typed, _python = pair
    if len(typed) > 200:
        return
    result, expected = automatic(typed, x)
    if not (abs(result) < 1e6 and abs(expected) < 1e6):
        return
    slope = derivative(parse(typed))
    found = float(evaluate(slope, np.float64(x)))
    if math.isfinite(found):
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)
        if len(written(slope)) > LONGEST:
            return
        again = float(evaluate(parse(written(slope)), np.float64(x)))
        assert again == pytest.approx(found, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", [*FUNCTIONS])
def test_every_function_has_its_rule(name):
    """Each derivative, with the chain rule in it, is the engine's."""
    typed = f"{name}(x^2/3)"
    _result, expected = automatic(typed, 0.9)
    slope = derivative(parse(typed))
    assert float(evaluate(slope, np.float64(0.9))) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("typed", "slope"),
    [
        ("4x^3+x^2+3", "12x² + 2x"),
        ("x", "1"),
        ("3", "0"),
        ("x-x", "0"),
        ("x*x", "2x"),
        ("x/3", "1/3"),
        ("0.5x^2", "x"),
        ("1/x", "−1/x²"),
        ("x sin(x)", "sin(x) + x·cos(x)"),
        ("e^(-x^2)", "−2x·e^(−x²)"),
        ("2*3^x", "2·3^x·log(3)"),
        ("sqrt(x^2+1)", "x/sqrt(x² + 1)"),
        ("(x+1)^5", "5(x + 1)⁴"),
        ("pi x^2", "2π·x"),
        ("asin(x)", "1/(1 − x²)^(1/2)"),
        ("sin(x)/x", "(x·cos(x) − sin(x))/x²"),
    ],
)
def test_the_derivative_is_written_as_one_would(typed, slope):
    """Numbers first, equal terms put together, no 1·x and no + 0."""
    assert written(derivative(parse(typed))) == slope


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1/2x", "x/2"),
        ("2^(1/2)x*2^(1/2)", "2x"),
        ("x*x*2+x-x", "2x²"),
        ("-(x-1)", "1 − x"),
        ("0.0000001x", "0.0000001x"),
    ],
)
def test_the_formula_is_shown_as_it_was_understood(typed, shown):
    """Whoever meant 1/(2x) sees that it was read otherwise."""
    assert written(tidied(parse(typed))) == shown
