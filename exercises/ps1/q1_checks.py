"""Question 1: why does a second derivative cost more than a first?

Efficiency is proved by size: a product with the Hessian of 50,000 variables that comes back at all
was not made from the Hessian, which would fill 10 GB.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograd_lab.grading.check import Finding, check, near
from autograd_lab.grading.codec import Error, Fn
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
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


@check("q1-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Call the three functions with sizes and losses that the student has not seen."""
    yield _found("cost()", 1, _cost(student, inputs))
    product = next(filter(None, [_product(student, inputs, n) for n in (2, 4)]), "")
    yield _found("hvp()", 0.5, product)
    yield _found(_("hvp() of a linear loss"), 0.5, _linear(student, inputs, product))
    yield _found(_("hvp() with 50,000 variables"), 1, product or _large_product(student, inputs))
    hessian = next(filter(None, [_hessian(student, inputs, n) for n in (1, 3)]), "")
    yield _found("hessian()", 0.5, hessian)
    yield _found(_("hessian() with 300 variables"), 0.5, hessian or _large_hessian(student, inputs))


def _found(part: str, points: float, code: str) -> Finding:
    """Return the finding for one part."""
    if not code:
        return Finding(part, points, points)
    what, *hints = _words(code)
    return Finding(part, 0, points, code, what, tuple(hints))


def _cost(student: Student, inputs: random.Random) -> str:
    """Return the code for `cost`, at a number of multiplications and at twice as many.

    n products, each of which keeps one more array of 1000 numbers; the graph of the gradient has
    four nodes and two arrays for each.
    """
    start = inputs.randint(60, 90)
    for n in (start, 2 * start):
        reply = student.call("cost", n)
        # 5 %: a sum or a leaf more or less is not what the question is about.
        if near(reply, [n, 4 * n, 4000 * n, 8000 * n], 0.05):
            continue
        if near(reply, [n, 5 * n, 4000 * n, 8000 * n], 0.05):
            return "one-block"
        match reply:
            case [first, second, _before, _after] if near([first, second], [n, 4 * n], 0.05):
                return "kept-too-late"
            case [first, second, *_bytes] if near([first, second], [n, n * n], 0.05):
                return "squared-for-a-scalar"
        return _unusable(reply) or "other-counts"
    return ""


def _product(student: Student, inputs: random.Random, n: int) -> str:
    """Return the code for one call of `hvp`, on a Σx³ + b Σ xᵢxᵢ₊₁."""
    a, b = _numbers(inputs, 2)
    x, v = _numbers(inputs, n), _numbers(inputs, n)
    loss = Fn(f"lambda x: ({a} * x ** 3).sum() + ({b} * x[1:] * x[:-1]).sum()")
    matrix = _matrix(a, b, x)
    gradient = [3 * a * t * t + b * s for t, s in zip(x, _neighbours(x), strict=True)]
    right = [6 * a * t * u + b * s for t, u, s in zip(x, v, _neighbours(v), strict=True)]
    sums = [sum(row) for row in matrix]
    reply = student.call("hvp", loss, x, v)
    if near(reply, right):
        return ""
    wrong = [
        ([0.0] * n, "no-create-graph"),
        (sums, "row-sums"),
        ([s * u for s, u in zip(sums, v, strict=True)], "row-sums"),
        ([g + h for g, h in zip(gradient, right, strict=True)], "forgot-to-zero"),
        (gradient, "first-derivative"),
        ([g * u for g, u in zip(gradient, v, strict=True)], "first-derivative"),
    ]
    seen = (code for value, code in wrong if near(reply, value))
    return next(seen, "") or _unusable(reply) or "other-value"


def _linear(student: Student, inputs: random.Random, product: str) -> str:
    """Return the code for `hvp` of a linear loss; `product` is what was wrong with it before."""
    (a,) = _numbers(inputs, 1)
    reply = student.call("hvp", Fn(f"lambda x: ({a} * x).sum()"), [1.0, 2.0], [3.0, 4.0])
    return "" if near(reply, [0.0, 0.0]) else product or "linear-raises"


LARGE = """
def _loss(n, a, b, most):
    count = 0

    def watched(_gradient=None):
        nonlocal count
        count += 1
        if count > most:
            raise RuntimeError("too many passes")

    def loss(x):
        watched()
        x = x * 1
        if x.requires_grad:
            x.register_hook(watched)
        return (a * x ** 3).sum() + (b * x[1:] * x[:-1]).sum()

    return loss
"""
"""A loss that stops when it is used too often, so that nobody waits for what cannot be right."""


def _large_product(student: Student, inputs: random.Random) -> str:
    """Return the code for `hvp` at a size where a Hessian cannot be built.

    First at 2000: whoever builds the Hessian stops there, before the memory is full.
    """
    source = f"""{LARGE}
_x = [start + 0.1 * (i % 7) for i in range(n)]
_v = [start - 0.3 * (i % 5) for i in range(n)]
_product = hvp(_loss(n, a, b, 20), _x, _v)
[float(_product[i]) for i in places]
"""
    for n in (2000, 50_000):
        a, b, start = _numbers(inputs, 3)
        places = [inputs.randrange(1, n - 1) for _index in range(20)]
        reply = student.run(source, n=n, a=a, b=b, start=start, places=places)
        x, v = [[start + s * (i % m) for i in range(n)] for s, m in ((0.1, 7), (-0.3, 5))]
        right = [6 * a * x[i] * v[i] + b * (v[i - 1] + v[i + 1]) for i in places]
        if not near(reply, right):
            return "hessian-inside-hvp"
    return ""


def _hessian(student: Student, inputs: random.Random, n: int) -> str:
    """Return the code for one call of `hessian`."""
    a, b = _numbers(inputs, 2)
    x = _numbers(inputs, n)
    loss = Fn(f"lambda x: ({a} * x ** 3).sum() + ({b} * x[1:] * x[:-1]).sum()")
    right = _matrix(a, b, x)
    reply = student.call("hessian", loss, x)
    if near(reply, right):
        return ""
    if near(reply, [sum(row) for row in right]):
        return "row-sums"
    return _unusable(reply) or "other-value"


def _large_hessian(student: Student, inputs: random.Random) -> str:
    """Return the code for `hessian` at a size where a pass per entry takes too long."""
    n = 300
    a, b, start = _numbers(inputs, 3)
    places = [sorted(inputs.choices(range(n), k=2)) for _index in range(10)]
    places += [[i, i + step] for i in inputs.choices(range(n - 1), k=10) for step in (0, 1)]
    source = f"""{LARGE}
_x = [start + 0.1 * (i % 7) for i in range(n)]
_rows = hessian(_loss(n, a, b, 10 * n), _x)
[float(_rows[i][j]) for i, j in places]
"""
    reply = student.run(source, n=n, a=a, b=b, start=start, places=places)
    x = [start + 0.1 * (i % 7) for i in range(n)]
    right = [_entry(a, b, x, i, j) for i, j in places]
    return "" if near(reply, right) else "pass-per-entry"


def _numbers(inputs: random.Random, count: int) -> list[float]:
    """Return hidden numbers away from 0, where a wrong result could pass for a right one."""
    return [inputs.choice((-1, 1)) * round(inputs.uniform(0.5, 2), 3) for _index in range(count)]


def _matrix(a: float, b: float, x: list[float]) -> list[list[float]]:
    """Return the Hessian of a Σx³ + b Σ xᵢxᵢ₊₁."""
    n = range(len(x))
    return [[_entry(a, b, x, i, j) for j in n] for i in n]


def _entry(a: float, b: float, x: list[float], i: int, j: int) -> float:
    """Return one entry of that Hessian."""
    return 6 * a * x[i] if i == j else b * (abs(i - j) == 1)


def _neighbours(x: list[float]) -> list[float]:
    """Return the sum of both neighbours of each entry."""
    padded = [0.0, *x, 0.0]
    return [left + right for left, right in zip(padded, padded[2:], strict=False)]


def _unusable(reply: object) -> str:
    """Return the code for a reply that is no result at all, empty for others."""
    match reply:
        case None | Error("NotImplementedError"):
            return "not-answered"
        case Error("RuntimeError", text) if "does not require grad" in text:
            return "no-create-graph"
        case Error("RuntimeError", text) if "only for scalar outputs" in text:
            return "not-a-scalar"
        case Error():
            return "raises"
        case _:
            return ""


def _words(code: str) -> tuple[str, ...]:
    """Return what came back, then the hints, for a function that went wrong in this way."""
    return {
        "not-answered": (
            _("it returns nothing yet."),
            _("begin with one line: torch.autograd.grad(…, x, create_graph=True)."),
        ),
        "raises": (
            _("it stops with an error."),
            _("call it yourself with small numbers, and read the last line of the error."),
        ),
        "no-create-graph": (
            _("the gradient it differentiates is a constant for autograd: there is no graph."),
            _("what makes a backward pass record what it computes?"),
            _("look at create_graph in torch.autograd.grad, and at which of the two calls."),
        ),
        "not-a-scalar": (
            _("it differentiates a vector as if it were one number."),
            _("backward starts from one number. Which number made of g and v has the gradient Hv?"),
        ),
        "one-block": (
            _("the second count contains the first as well; each was asked for on its own."),
            _("a measure counts as long as its block lasts. How many blocks do you need?"),
        ),
        "kept-too-late": (
            _("the bytes are not those of the moment that was asked for."),
            _("`kept` rises and falls. When does the graph of y hold it, and nothing else yet?"),
            _("put the number aside before the next call, as in: before = memory.kept"),
        ),
        "squared-for-a-scalar": (
            _("the second derivative is said to cost n²; for one variable it does not."),
            _("do not compute the counts: measure them, for n and for 2n."),
        ),
        "other-counts": (
            _("these are not the counts that the two derivatives of power(x, n) have."),
            _("try n = 1: power multiplies once. What does each derivative visit?"),
            _("the order is: nodes first, nodes second, bytes before, bytes after."),
        ),
        "row-sums": (
            _("it gives the sums of the rows of the Hessian, which is H times a vector of ones."),
            _("g.sum() weighs all entries of g alike. Where does v come in?"),
        ),
        "forgot-to-zero": (
            _("it gives Hv plus the gradient."),
            _("backward adds to x.grad. What was in there before the second call?"),
        ),
        "first-derivative": (
            _("what it returns is made of the gradient; the second derivative was expected."),
            _("multiply the gradient by v, add up: one number. What is left to do?"),
        ),
        "linear-raises": (
            _("for a loss such as (2 * x).sum() it gives no zeros, though H is zero there."),
            _("the gradient of a linear loss does not depend on x, so it has no graph."),
            _("ask g.requires_grad before you differentiate g."),
        ),
        "hessian-inside-hvp": (
            _(
                "right for a few variables, but not with thousands: a Hessian of 50,000 by 50,000 "
                "numbers takes 10 GB."
            ),
            _("how many backward passes does your function make for n variables?"),
            _("only H times v is asked for. Is there one number whose gradient that is?"),
        ),
        "pass-per-entry": (
            _("right for a few variables, but with 300 it makes far more passes than rows."),
            _("what does one backward pass from g[i] return: one entry, or more?"),
        ),
    }.get(
        code,
        (
            _("it returns values other than the second derivatives of the loss it was given."),
            _(
                "compare it by hand for the loss (x ** 3).sum(), whose Hessian has 6x on its diagonal."
            ),
        ),
    )
