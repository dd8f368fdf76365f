"""Question 4: a control-flow function of the student's own, probed as a black box.

What counts is what it returns for numbers: from values on both sides of a point follow gaps and
bends, from values close together the slope. Only whether there are several graphs has to be taken
from what the student's process says about them: half a point.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from autograd_lab.grading.check import Finding, Mistaken, check, near
from autograd_lab.grading.codec import Error
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import Words, attempts, judged
from autograd_lab.i18n import _

SMOOTH, KINK, JUMP = "smooth", "kink", "jump"
GRID = {
    "hinge": Row(KINK, [(SMOOTH, "kink-overlooked"), (JUMP, "jump-needs-a-gap")]),
    "step": Row(JUMP, [(SMOOTH, "gap-overlooked"), (KINK, "gap-overlooked")]),
    "glued": Row(SMOOTH, [(KINK, "branch-means-kink"), (JUMP, "jump-needs-a-gap")]),
    "same": Row(SMOOTH, [(KINK, "branch-means-kink"), (JUMP, "branch-means-kink")]),
    "loop": Row(JUMP, [(SMOOTH, "one-doubling-less"), (KINK, "one-doubling-less")]),
    "at_the_switch": Row(
        1.0,
        [(2.0, "mean-of-branches"), (3.0, "other-branch"), ("error", "kinks-raise")],
    ),
}
"""What the notebook asks for, and what happens."""


@check("q4-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare five kinds of switches and a gradient with what happens."""
    ask = _('write "smooth", "kink" or "jump"; for at_the_switch a number or "error".')
    yield from judge_grid(student, "q4.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "kink-overlooked": (
            _("write down the slope of each branch."),
            _("the slope is 1 on the left and 3 on the right."),
        ),
        "jump-needs-a-gap": (
            _("a jump is a gap between values. What does each branch return at the switch?"),
            _("both branches return 0 there. Compare their slopes, too."),
        ),
        "gap-overlooked": (
            _("the slopes agree. Do the values?"),
            _("what comes back for −0.001, and what for 0.001?"),
        ),
        "branch-means-kink": (
            _("the graph is another one. Is the function another one, too?"),
            _("compare value and slope of both branches at the switch."),
        ),
        "one-doubling-less": (
            _("what comes back for 0.999, and what for 1.001?"),
            _("just below 1 there is one more doubling."),
        ),
        "mean-of-branches": (
            _("autograd does not look around: it differentiates what was computed."),
            _("which branch runs when x is exactly 0?"),
        ),
        "other-branch": (_("is 0 > 0 True? Which branch runs?"),),
        "kinks-raise": (
            _("autograd sees the operations that ran, not that there is a kink."),
            _("one of the branches ran. What is its slope?"),
        ),
    }.get(code, (_("compare value and slope on both sides of the switch."),))


MISTAKEN = {JUMP: "gap-overlooked", KINK: "kink-overlooked", SMOOTH: "nothing-abrupt"}
"""The code for a switch that was taken for something else, by what it is."""
LINES = 10_000
"""So many lines one value may take."""
AT_ONCE = 500
"""So many values are asked for at once: few questions, none of them too long to be answered in time."""


@check("q4-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Probe the function at hidden points and on both sides of each switch."""
    low, high, switches = _described(student)
    f = Probe(student)
    pieces = list(pairwise([low, *sorted(switches), high]))
    places = [
        left + share * (right - left)
        for left, right in pieces
        for share in (inputs.uniform(0.1, 0.9) for _index in range(10))
    ]
    values, slopes = f(places), f.slopes(places)
    # A switch is found where it was named if it is not further away than this.
    reach = (high - low) * 1e-4
    sides = dict(zip(switches, f.sides(list(switches), reach), strict=True))
    overlooked = _overlooked(f, inputs, pieces, reach)
    if not overlooked and all(each.kind == SMOOTH for each in sides.values()):
        raise Mistaken(_failed("no-switch"))

    words = _words()
    yield Finding("design()", 0.5, 0.5)
    wrong = [place for place, kind in switches.items() if kind != sides[place].kind]
    codes = [MISTAKEN[sides[place].kind] for place in wrong] or ["undeclared-switch"] * overlooked
    seen = next((sides[place].words(place) for place in wrong), "")
    yield attempts("q4_switches", 1, codes[:1], words, seen)
    yield attempts("slope()", 1, [_slope(student, places, values, slopes)], _slope_words())
    reply = _each(student, "q4_gradient", places)
    yield attempts(_("autograd"), 1, [] if near(reply, slopes) else ["cut-graph"], words)
    graphs = _each(student, "q4_nodes", places)
    yield attempts(_("different graphs"), 0.5, _one_graph(graphs), words)
    yield attempts(_("an example of your own"), 0, _the_books(graphs), words)


def _described(student: Student) -> tuple[float, float, dict[float, str]]:
    """Return the ends of the interval and the kinds of the switches, or raise Mistaken."""
    match student.answer("q4.interval"), student.answer("q4.switches"):
        case [int() | float() as low, int() | float() as high], dict(switches) if low < high:
            pass
        case None, _switches:
            raise Mistaken(_failed("not-answered"))
        case _:
            raise Mistaken(_failed("no-interval"))
    for switch in switches.items():
        match switch:
            case int() | float() as place, "smooth" | "kink" | "jump" if low < place < high:
                pass
            case _:
                raise Mistaken(_failed("unknown-kind"))
    return low, high, switches


def _failed(code: str) -> Finding:
    """Return the finding on a function that cannot be judged any further."""
    return attempts("design()", 4, [code], _words())


@dataclass(frozen=True)
class Sides:
    """A function on both sides of a place."""

    values: tuple[float, float]
    slopes: tuple[float, float]
    reach: float

    @property
    def kind(self) -> str:
        """What lies between the sides."""
        gap, bend = (abs(right - left) for left, right in (self.values, self.slopes))
        small = 1e-3 * (1 + sum(map(abs, self.slopes)))
        # A kink that is named a little beside its place looks like a gap, of this size at most.
        if gap > self.reach * (2 * bend + small):
            return JUMP
        return KINK if bend > small else SMOOTH

    def words(self, place: float) -> str:
        """Return what was found, for the eye."""
        text = _("Around {place}: value {a} and slope {b} on the left, {c} and {d} on the right.")
        # Rounded first: what is 0 but for the last digits is shown as 0.
        a, c, b, d = (f"{round(x, 5) + 0:.3g}" for x in (*self.values, *self.slopes))
        return text.format(place=f"{place:g}", a=a, b=b, c=c, d=d)


@dataclass(frozen=True)
class Probe:
    """The student's function, from numbers to numbers."""

    student: Student

    def __call__(self, places: Sequence[float]) -> list[float]:
        """Return its values, or raise Mistaken where they are no numbers."""
        match _each(self.student, "q4_value", places):
            case [*values] if all(map(math.isfinite, values)):
                return values
            case Error("TooLong"):
                code = "runs-forever"
            case Error("TypeError", text) if "'NoneType'" in text:
                code = "not-answered"
            case Error():
                code = "raises"
            case _:
                code = "not-a-number"
        raise Mistaken(_failed(code))

    def slopes(self, places: Sequence[float]) -> list[float]:
        """Return its slopes, from central differences."""
        h = 1e-5
        count = len(places)
        both = self([x - h for x in places] + [x + h for x in places])
        return [(both[count + i] - both[i]) / (2 * h) for i in range(count)]

    def sides(self, places: Sequence[float], reach: float) -> list[Sides]:
        """Return value and slope on both sides of each place, continued by parabolas through three
        points."""
        steps = (-reach, reach)
        values = iter(self([x + k * step for x in places for step in steps for k in (1, 2, 3)]))
        found = []
        for _place in places:
            left, right = (_continued(*islice(values, 3), step) for step in steps)
            found.append(Sides((left[0], right[0]), (left[1], right[1]), reach))
        return found

    def tables(self, grids: Sequence[Sequence[float]]) -> list[list[tuple[float, float]]]:
        """Return the places of each grid with the values there."""
        values = iter(self([x for grid in grids for x in grid]))
        return [[(x, next(values)) for x in grid] for grid in grids]


def _continued(first: float, second: float, third: float, step: float) -> tuple[float, float]:
    """Return value and slope, one step before the first of three values, of the parabola through them."""
    return 3 * first - 3 * second + third, (-5 * first + 8 * second - 3 * third) / (2 * step)


def _overlooked(
    f: Probe, inputs: random.Random, pieces: Sequence[tuple[float, float]], reach: float
) -> bool:
    """Tell whether there is a kink or a jump inside a piece, between two neighbouring switches."""
    places = _roughest(f, inputs, pieces, reach)
    return any(each.kind != SMOOTH for each in f.sides(places, reach))


def _roughest(
    f: Probe, inputs: random.Random, pieces: Sequence[tuple[float, float]], reach: float
) -> list[float]:
    """Return the place in each piece where a kink or a jump would be.

    It lies where four values in a row are least like a parabola: in a grid, then in a finer one there.
    All pieces are searched at once, and each finer grid has every other place from the one before.
    """
    grids = []
    for left, right in pieces:
        left, right, shift = left + 4 * reach, right - 4 * reach, inputs.random()
        grids.append([left + (i + shift) * (right - left) / 40 for i in range(40)])
    fours = [_least_like_a_parabola(table) for table in f.tables(grids)]
    for _halving in range(11):
        middles = [[(a + b) / 2 for (a, _), (b, _) in pairwise(four)] for four in fours]
        finer = zip(fours, f.tables(middles), strict=True)
        fours = [_least_like_a_parabola(sorted(four + new)) for four, new in finer]
    return [(four[0][0] + four[-1][0]) / 2 for four in fours]


def _least_like_a_parabola(table: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the four entries in a row whose third difference is largest."""
    fours = [table[i : i + 4] for i in range(len(table) - 3)]
    return max(
        fours, key=lambda four: abs(four[0][1] - 3 * four[1][1] + 3 * four[2][1] - four[3][1])
    )


def _each(student: Student, name: str, places: Sequence[float]) -> object:
    """Return what a function returns for each number; one that does not end is stopped."""
    source = f"""
from autograd_lab.grading.limit import within
_replies = [within(lines, {name}, x) for x in places]
_replies if any(reply is not None for reply in _replies) else None
"""
    replies: list[object] = []
    for start in range(0, len(places), AT_ONCE):
        reply = student.run(source, lines=LINES, places=list(places[start : start + AT_ONCE]))
        if not isinstance(reply, list):
            return reply
        replies += reply
    return replies


def _slope(student: Student, places: list[float], values: list[float], slopes: list[float]) -> str:
    """Return the code for the student's own derivative."""
    reply = _each(student, "slope", places)
    code = judged(reply, slopes, [(values, "value-for-slope")], "slope")
    some = isinstance(reply, list) and any(map(near, reply, slopes))
    return "one-branch" if code == "other-value" and some else code


def _one_graph(graphs: object) -> list[str]:
    """Return the code for a function that has the same graph, or none, at all places.

    `graphs` holds the names of the nodes per place.
    """
    if not isinstance(graphs, list):
        return ["cut-graph"]
    return [] if len(set(map(tuple, graphs))) > 1 else ["one-graph"]


def _the_books(graphs: object) -> list[str]:
    """Return the code for graphs such as the book's, which multiplies by constants and does nothing
    else: a flag that decides about no points."""
    names = {name for graph in graphs for name in graph} if isinstance(graphs, list) else set()
    return ["the-books"] if names == {"MulBackward0"} else []


def _words() -> Words:
    """Return what came back instead of what was expected, and the hints."""
    return {
        "not-answered": (
            _("the interval is missing, or design returns nothing yet."),
            (
                _("begin with the interval: q4_interval = [0, 2]."),
                _("let design return a, then put an if in front."),
            ),
        ),
        "no-interval": (
            _("q4_interval should be a list of two numbers, q4_switches a dict."),
            _('as in q4_interval = [0, 2] and q4_switches = {1.0: "kink"}.'),
        ),
        "unknown-kind": (
            _("q4_switches holds something other than places and their kinds."),
            (
                _('a place is a number inside the interval, a kind is "smooth", "kink" or "jump".'),
                _('one entry per switch, as in {1.0: "kink"}.'),
            ),
        ),
        "runs-forever": (
            _("for a number in your interval design does not come to an end, and was stopped."),
            (
                _("what happens to 0 and to negative numbers in your loop?"),
                _("change the interval, or the condition of the loop."),
            ),
        ),
        "raises": (
            _("for a number in your interval design stops with an error."),
            (
                _("try q4_value with both ends of the interval and some numbers between."),
                _("a is a tensor with one number, and design has to return such a tensor."),
            ),
        ),
        "not-a-number": (
            _("for a number in your interval design returns NaN or infinity."),
            _(
                "a logarithm, a root or a division? Choose the interval so that it does not meet that."
            ),
        ),
        "no-switch": (
            _("no kink and no jump was found in your interval, so nothing shows a control flow."),
            (
                _("which number decides which way your code goes? Is it in the interval?"),
                _("at least one switch has to be a kink or a jump."),
            ),
        ),
        "gap-overlooked": (
            _("at one of the switches, the values on its two sides do not meet."),
            _("call q4_value a little to the left and a little to the right."),
        ),
        "kink-overlooked": (
            _("at one of the switches the values meet, but not the slopes."),
            _("call slope a little to the left and a little to the right."),
        ),
        "nothing-abrupt": (
            _("where you name one of the switches, neither values nor slopes change abruptly."),
            (
                _("is it where you say? The place is needed to five digits."),
                _("another graph does not have to mean another function."),
            ),
        ),
        "undeclared-switch": (
            _("there is one more kink or jump in your interval than q4_switches names."),
            (
                _("does a loop run once more somewhere? Each additional turn is a switch."),
                _("plot q4_value over the interval."),
            ),
        ),
        "cut-graph": (
            _("autograd gets another gradient than the differences of the values, or none."),
            (
                _("is there something in design that autograd does not see?"),
                _("item(), detach(), float() or a constant in place of the tensor cut the graph."),
            ),
        ),
        "one-graph": (
            _("the graph was the same for every number that was tried."),
            (
                _(
                    "abs, relu or where bend a function without any control flow. Use an if or a loop."
                ),
                _(
                    "another number in the same operation makes no other graph: use another operation."
                ),
            ),
        ),
        "the-books": (
            _(
                "it costs no points, but your graphs only multiply by constants, like the textbook's."
            ),
            _("your teacher will ask what is your own in it. Use other operations."),
        ),
    }


def _slope_words() -> Words:
    """Return what came back from `slope`, and the hints."""
    return {
        "one-branch": (
            _("slope is right for some numbers, and not for others."),
            (
                _("which of your branches does its formula belong to?"),
                _("slope needs the same ifs and loops as design."),
            ),
        ),
        "value-for-slope": (
            _("slope returns the value of your function, not its derivative."),
            _("by how much does the value change when a grows a little?"),
        ),
        "other-value": (
            _("slope does not agree with the differences of your function's values."),
            _("compare it with (q4_value(x + 0.001) - q4_value(x - 0.001)) / 0.002."),
        ),
    }
