"""Reading the cells' source."""

import ast

import pytest

from autograd_lab.trace.findings.code import Code, assigned, expression, receiver
from autograd_lab.trace.findings.model import Place
from autograd_lab.trace.findings.writing import out_of_place, written_name

FIRST = """%%autograd
w = 1
def f(x):
    h = x * w
    return h
parts = []
"""
SECOND = """for i in range(3):
    parts.append(f(i))
total = sum(parts)
a, (b, c) = 1, (2, 3)
"""
CODE = Code((FIRST, SECOND))


def test_lines() -> None:
    """A magic in the first line keeps the numbers of the others; elsewhere there is no text."""
    assert CODE.line(Place(0, 4)) == "h = x * w"
    assert CODE.line(Place(0, None)) == CODE.line(Place(0, 99)) == CODE.line(Place(5, 1)) == ""


def test_lines_are_those_of_python() -> None:
    """A separator inside a string ends no line, of the text or of the syntax tree."""
    code = Code(("s = '\u2028\x85'\nw = 1\nw",))
    assert code.line(Place(0, 2)) == "w = 1"
    assert code.definitions("w", Place(0, 3)) == [Place(0, 2)]
    assert list(code.lines_below(Place(0, 1))) == [Place(0, 2), Place(0, 3)]


def test_statements() -> None:
    """The innermost statement of a line, and the function around it."""
    assert isinstance(CODE.statement(Place(1, 2)), ast.Expr)
    scope = CODE.scope(Place(0, 4))
    assert isinstance(scope, ast.FunctionDef)
    assert scope.name == "f"
    assert CODE.scope(Place(1, 2)) is None


@pytest.mark.parametrize(
    ("name", "before", "lines"),
    [
        ("h", Place(0, 5), [Place(0, 4)]),
        ("x", Place(0, 4), []),  # a parameter: not the variable of the same name outside
        ("w", Place(0, 4), [Place(0, 2)]),
        ("parts", Place(1, 3), [Place(1, 2)]),
        ("parts", Place(1, 1), [Place(0, 6)]),
        ("c", Place(1, 9), [Place(1, 4)]),
        ("nowhere", Place(1, 4), []),
    ],
)
def test_definitions(name: str, before: Place, lines: list[Place]) -> None:
    """Set in the same function, else at the top of this cell or an earlier one; appending counts."""
    assert CODE.definitions(name, before) == lines


def test_what_a_value_goes_back_to() -> None:
    """Names are followed through lists, function calls and what the functions return."""
    lines = {CODE.line(place) for place in CODE.behind(Place(1, 3))}
    assert lines >= {"total = sum(parts)", "parts.append(f(i))", "return h", "h = x * w", "w = 1"}


def test_text_that_is_not_python() -> None:
    """A cell with a shell line, or broken, has no statements, and nothing fails."""
    assert Code(("!ls", "def f(:")).statement(Place(1, 1)) is None
    assert Code(("%time x = 1\ny = x",)).line(Place(0, 2)) == "y = x"


def test_assigned() -> None:
    """Each target with its value; tuples side by side."""
    pairs = assigned(ast.parse("a, b = f(), g()").body[0])
    assert [(name, ast.unparse(value)) for name, value in pairs] == [("a", "f()"), ("b", "g()")]
    assert assigned(ast.parse("a += 1").body[0]) == []


def test_receivers() -> None:
    """What a method or an attribute belongs to."""
    assert receiver("net(x).sum().backward()") == "net(x).sum()"
    assert receiver("self.w.grad") == "self.w"
    assert receiver("a + b") == receiver("a +") == ""
    assert expression("for") is None


@pytest.mark.parametrize(
    ("line", "name", "new"),
    [
        ("y += 1", "y", "y = y + 1"),
        ("h.mul_(0.5)", "h", "h = h.mul(0.5)"),
        ("self.h **= 2", "self.h", "self.h = self.h ** 2"),
        ("x[0, 1] = 3", "x", ""),
        ("for a in b:", "", ""),
    ],
)
def test_writes(line: str, name: str, new: str) -> None:
    """What a line writes to, and the same out of place."""
    assert written_name(line) == name
    assert out_of_place(line) == new
