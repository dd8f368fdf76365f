"""Question 1: why does a second derivative cost more than a first?

Efficiency is proved by size: a product with the Hessian of 50,000 variables that comes back at all
was not made from the Hessian, which would fill 10 GB.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograd_lab.grading.check import Finding, check, near
from autograd_lab.grading.codec import Error, Fn
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import Words, attempts, judged
from autograd_lab.i18n import _

# The first three rows differentiate x³ or 5x at x = 3. In the others, n is the number of variables,
# or of multiplications for a single variable.
GRID = {
    "plain": Row("error", [(18.0, "create-graph-for-free"), (27.0, "first-derivative")]),
    "created": Row(18.0, [(27.0, "first-derivative"), ("error", "never-twice")]),
    "linear": Row("error", [(0.0, "linear-gives-zero"), (5.0, "first-derivative")]),
    "doubling": Row(2.0, [(4.0, "squared-for-a-scalar"), (1.0, "cost-without-n")]),
    "product": Row(2.0, [(1001.0, "hessian-inside-hvp"), (1000.0, "hessian-inside-hvp")]),
    "hessian": Row(
        1001.0,
        [(2.0, "one-pass-one-matrix"), (1000.0, "first-pass-forgotten"), (1e6, "pass-per-entry")],
    ),
}
"""What the notebook asks for, and what happens."""


@check("q1-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six predictions with what happens."""
    ask = _('write a number, or "error" where the program stops with an error.')
    yield from judge_grid(student, "q1.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction."""
    return {
        "create-graph-for-free": (
            _("can you differentiate a number that does not know where it came from?"),
            _("print g after the first call. Does it have a grad_fn?"),
        ),
        "first-derivative": (
            _("that is the first derivative. What does the program differentiate last?"),
        ),
        "never-twice": (
            _("what does create_graph=True change about the gradient that comes back?"),
            _("print g after the first call, and look at its grad_fn."),
        ),
        "linear-gives-zero": (
            _("mathematically, yes. But what does autograd need in order to differentiate g?"),
            _("the derivative of 5 * x needs no x. So how does g depend on x in the graph?"),
        ),
        "squared-for-a-scalar": (
            _("the gradient of one variable is one number, however long the program is."),
            _("each multiplication puts a few nodes into the graph of the gradient. How many?"),
            _("a few nodes for each of n multiplications: how does that grow with n?"),
        ),
        "cost-without-n": (
            _("backward visits every node of the graph. How many nodes does it have?"),
        ),
        "hessian-inside-hvp": (
            _("is the Hessian needed, or only what it does to v?"),
            _("g·v is one number. What is its gradient?"),
        ),
        "one-pass-one-matrix": (
            _("one backward pass takes one number and gives one gradient: how much of H is that?"),
        ),
        "first-pass-forgotten": (
            _("the rows are the gradients of the entries of g. What does it take to have g?"),
        ),
        "pass-per-entry": (
            _("one backward pass fills more than one entry of the Hessian. Which ones?"),
        ),
    }.get(code, (_("write down the passes one after the other: what goes in, what comes out."),))


CONSTANT = Error("RuntimeError", "does not require grad")
"""What autograd says to whoever differentiates a gradient that has no graph."""


@check("q1-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Call the three functions, first with losses that may be seen, then with hidden ones."""
    seen_hvp = example(
        student,
        "hvp(lambda x: (x ** 3).sum(), [1.0, 2.0], [1.0, 10.0])",
        [6.0, 120.0],
        _("H has 6x on its diagonal and nothing elsewhere"),
    )
    seen_hessian = example(
        student,
        "hessian(lambda x: x[0] * x[0] * x[1], [1.0, 2.0])",
        [[4.0, 2.0], [2.0, 0.0]],
        _("the gradient is [2 x₀ x₁, x₀²]"),
    )
    words = _words()
    yield attempts("cost()", 1, [_cost(student, inputs)], _cost_words())
    small = _product(student, inputs, inputs.randint(3, 5))
    yield attempts("hvp()", 0.5, [small], words, seen_hvp)
    linear = _linear(student, inputs, small)
    yield attempts(_("hvp() of a linear loss"), 0.5, [linear], words)
    large = small or _large_product(student, inputs, 50_000)
    yield attempts(_("hvp() with 50,000 variables"), 1, [large], words)
    small = _hessian(student, inputs, inputs.randint(3, 5))
    yield attempts("hessian()", 0.5, [small], words, seen_hessian)
    large = small or _large_hessian(student, inputs, 20)
    yield attempts(_("hessian() with 20 variables"), 0.5, [large], words)


def _cost(student: Student, inputs: random.Random) -> str:
    """Return the code for a call of `cost`.

    n products keep n arrays of 1000 numbers; the graph of the gradient has four nodes and two arrays
    for each product. A sum or a leaf more or less (5 %) is not what the question is about.
    """
    n = inputs.randint(60, 100)
    right = [n, 4 * n, 4000 * n, 8000 * n]
    reply = student.call("cost", n)
    if near(reply, right, 0.05):
        return ""
    match reply:
        case [first, second, *_bytes] if near([first, second], [n, 5 * n], 0.05):
            return "one-block"
        case [first, second, *_bytes] if near([first, second], [n, 4 * n], 0.05):
            return "kept-too-late"
        case [first, second, *_bytes] if near([first, second], [n, n * n], 0.05):
            return "squared-for-a-scalar"
    return judged(reply, right, [(CONSTANT, "no-create-graph")], "cost")


def _product(student: Student, inputs: random.Random, n: int) -> str:
    """Return the code for one call of `hvp`, on a Σx³ + b Σ xᵢxᵢ₊₁."""
    a, b = _numbers(inputs, 2)
    x, v = _numbers(inputs, n), _numbers(inputs, n)
    sums = [sum(row) for row in _matrix(a, b, x)]
    gradient = [3 * a * t * t + b * s for t, s in zip(x, _neighbours(x), strict=True)]
    right = [6 * a * t * u + b * s for t, u, s in zip(x, v, _neighbours(v), strict=True)]
    thoughts: list[tuple[object, str]] = [
        (CONSTANT, "no-create-graph"),
        ([0.0] * n, "no-create-graph"),
        (Error("RuntimeError", "only for scalar outputs"), "not-a-scalar"),
        (sums, "row-sums"),
        ([s * u for s, u in zip(sums, v, strict=True)], "row-sums"),
        ([g + h for g, h in zip(gradient, right, strict=True)], "forgot-to-zero"),
        (gradient, "first-derivative"),
        ([g * u for g, u in zip(gradient, v, strict=True)], "first-derivative"),
    ]
    return judged(student.call("hvp", _loss(a, b), x, v), right, thoughts, "hvp")


def _linear(student: Student, inputs: random.Random, product: str) -> str:
    """Return the code for `hvp` of a linear loss; `product` is what was wrong with it before."""
    (a,) = _numbers(inputs, 1)
    reply = student.call("hvp", Fn(f"lambda x: ({a} * x).sum()"), [1.0, 2.0], [3.0, 4.0])
    return "" if near(reply, [0.0, 0.0]) else product or "linear-raises"


LARGE = """
def _watched(n, a, b, most):
    count = 0

    def watch(_gradient=None):
        nonlocal count
        count += 1
        if count > most:
            raise RuntimeError("too many passes")

    def loss(x):
        watch()
        x = x * 1
        if x.requires_grad:
            x.register_hook(watch)
        return (a * x ** 3).sum() + (b * x[1:] * x[:-1]).sum()

    x, v = [start + 0.1 * i for i in range(7)], [start - 0.3 * i for i in range(5)]
    return loss, (x * (n // 7 + 1))[:n], (v * (n // 5 + 1))[:n]
"""
"""A loss that stops when it is used too often, so that nobody waits for what cannot be right."""


def _large_product(student: Student, inputs: random.Random, n: int) -> str:
    """Return the code for `hvp` at a size where a Hessian cannot be built.

    Whoever builds it stops at 2000 already, before the memory is full.
    """
    a, b, start = _numbers(inputs, 3)
    places = [inputs.randrange(1, n - 1) for _index in range(20)]
    source = f"""{LARGE}
hvp(*_watched(2000, a, b, 20))
_product = hvp(*_watched(n, a, b, 20))
[float(_product[i]) for i in places]
"""
    reply = student.run(source, n=n, a=a, b=b, start=start, places=places)
    x, v = (lambda i: start + 0.1 * (i % 7)), (lambda i: start - 0.3 * (i % 5))
    right = [6 * a * x(i) * v(i) + b * (v(i - 1) + v(i + 1)) for i in places]
    return "" if near(reply, right) else "hessian-inside-hvp"


def _hessian(student: Student, inputs: random.Random, n: int) -> str:
    """Return the code for one call of `hessian`."""
    a, b = _numbers(inputs, 2)
    x = _numbers(inputs, n)
    right = _matrix(a, b, x)
    thoughts: list[tuple[object, str]] = [
        (CONSTANT, "no-create-graph"),
        (Error("RuntimeError", "only for scalar outputs"), "not-a-scalar"),
        ([sum(row) for row in right], "row-sums"),
    ]
    return judged(student.call("hessian", _loss(a, b), x), right, thoughts, "hessian")


def _large_hessian(student: Student, inputs: random.Random, n: int) -> str:
    """Return the code for `hessian`, stopped where it makes more than ten passes per row."""
    a, b, start = _numbers(inputs, 3)
    places = [inputs.choices(range(n), k=2) for _index in range(10)]
    places += [[i, i + 1] for i in inputs.choices(range(n - 1), k=10)]
    source = f"""{LARGE}
_rows = hessian(*_watched(n, a, b, 10 * n)[:2])
[float(_rows[i][j]) for i, j in places]
"""
    reply = student.run(source, n=n, a=a, b=b, start=start, places=places)
    x = [start + 0.1 * (i % 7) for i in range(n)]
    right = [_entry(a, b, x, i, j) for i, j in places]
    return "" if near(reply, right) else "pass-per-entry"


def _numbers(inputs: random.Random, count: int) -> list[float]:
    """Return hidden numbers away from 0, of both signs: a wrong result must not pass by chance."""
    signs = [*inputs.sample((-1, 1), 2), *inputs.choices((-1, 1), k=count)]
    return [sign * round(inputs.uniform(0.5, 2), 3) for sign in signs[:count]]


def _loss(a: float, b: float) -> Fn:
    """Return a Σx³ + b Σ xᵢxᵢ₊₁ as a function of x."""
    return Fn(f"lambda x: ({a} * x ** 3).sum() + ({b} * x[1:] * x[:-1]).sum()")


def _matrix(a: float, b: float, x: list[float]) -> list[list[float]]:
    """Return its Hessian."""
    n = range(len(x))
    return [[_entry(a, b, x, i, j) for j in n] for i in n]


def _entry(a: float, b: float, x: list[float], i: int, j: int) -> float:
    """Return one entry of its Hessian."""
    return 6 * a * x[i] if i == j else b * (abs(i - j) == 1)


def _neighbours(x: list[float]) -> list[float]:
    """Return the sum of both neighbours of each entry."""
    padded = [0.0, *x, 0.0]
    return [left + right for left, right in zip(padded, padded[2:], strict=False)]


def _cost_words() -> Words:
    """Return what came back from `cost` and the hints."""
    return {
        "no-create-graph": _without_a_graph(),
        "one-block": (
            _("the second count contains the first as well; each was asked for on its own."),
            _("a measure counts as long as its block lasts. How many blocks do you need?"),
        ),
        "kept-too-late": (
            _("the nodes are right, but not the bytes."),
            (
                _("`kept` rises and falls. At which two moments is it asked for?"),
                _("put the number aside before you make the next call: before = memory.kept"),
            ),
        ),
        "squared-for-a-scalar": (
            _("it says that the second derivative costs n²; for one variable it does not."),
            _("do not compute the counts: measure them, for n and for 2n."),
        ),
        "other-value": (
            _("these are not the counts that the two derivatives of power(x, n) have."),
            (
                _("try n = 1: power multiplies once. What does each derivative visit?"),
                _("the order is: nodes first, nodes second, bytes before, bytes after."),
            ),
        ),
    }


def _words() -> Words:
    """Return what came back from `hvp` and `hessian` and the hints."""
    return {
        "no-create-graph": _without_a_graph(),
        "not-a-scalar": (
            _("it stops: backward has to start from one number, and this is a vector."),
            (
                _("Hv is the gradient of a number. Which one, made of g and v?"),
                _("row i of H is the gradient of g[i]."),
            ),
        ),
        "row-sums": (
            _("it gives the sums of the rows of the Hessian: H times a vector of ones."),
            (
                _("g.sum() weighs all entries of g alike."),
                _("what would weigh them by v, or pick one of them?"),
            ),
        ),
        "forgot-to-zero": (
            _("it gives Hv plus the gradient."),
            _("backward adds to x.grad. What was in there before the second call?"),
        ),
        "first-derivative": (
            _("what it returns is made of the gradient; the second derivative was expected."),
            _("multiply the gradient by v and add up: one number. What is left to do?"),
        ),
        "linear-raises": (
            _("for a loss such as (2 * x).sum() it gives no zeros, though H is zero there."),
            (
                _("the gradient of a linear loss does not depend on x, so it has no graph."),
                _("ask g.requires_grad before you differentiate g."),
            ),
        ),
        "hessian-inside-hvp": (
            _(
                "right for a few variables, but not for thousands: a Hessian of 50,000 by 50,000 "
                "numbers takes 10 GB."
            ),
            (
                _("how many backward passes does your function make for n variables?"),
                _("only H times v is asked for. Is there one number whose gradient that is?"),
            ),
        ),
        "pass-per-entry": (
            _("right for a few variables, but for 20 it makes far more passes than rows."),
            _("what does one backward pass from g[i] return: one entry, or more?"),
        ),
        "other-value": (
            _("it returns values other than the second derivatives of the loss it was given."),
            _("compare with (x ** 3).sum() by hand: its Hessian has 6x on the diagonal."),
        ),
    }


def _without_a_graph() -> tuple[str, tuple[str, ...]]:
    """Return the words for a gradient that was made without create_graph."""
    return (
        _("the gradient that it differentiates is a constant for autograd: there is no graph."),
        (
            _("what makes a backward pass record what it computes?"),
            _("look at create_graph in torch.autograd.grad. Which of the two calls needs it?"),
        ),
    )
