"""ControlFlowLab: drag a through a function with a loop and a branch; the graph is what really ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.creation import tensor
from ..i18n import _, together
from ..trace.model import Trace
from ..trace.record import Recorder
from ..views import markup
from . import pictures
from .doubled import f as doubled
from .lab import Lab
from .lines import DidNotEnd, Source, code_of, counted
from .parts import number, numbers, paragraph, scrolled, table
from .plots import image, new_figure

LIMIT = 10_000
"""Lines that a function may run; the loop of the standard example needs about twenty."""
REACH, STEP = 4.0, 0.05
"""How far a is dragged to each side, in multiples of its direction, and in which steps."""
ENTRIES, POINTS = 12, 120
"""Entries of a that are listed; points of the curve."""


@dataclass(frozen=True, eq=False)
class Run:
    """What became of one a."""

    a: NDArray[np.float64]
    value: NDArray[np.float64] | None = None
    """f(a); None where there is none."""
    gradient: NDArray[np.float64] | None = None
    """a.grad after backward(), with ones for f(a)."""
    lines: Counter[int] | None = None
    trace: Trace | None = None
    problem: str = ""
    """Why there is no value."""

    @property
    def ratio(self) -> NDArray[np.float64]:
        """f(a)/a for each entry; NaN where that is 0/0."""
        assert self.value is not None
        with np.errstate(all="ignore"):
            ratio: NDArray[np.float64] = self.value / self.a
        return ratio

    @property
    def slope(self) -> float | None:
        """k, the one number with f(a) = k·a; None where there is no such number."""
        if self.value is None or self.value.shape != self.a.shape:
            return None
        known = self.ratio[np.isfinite(self.ratio)]
        alike = known.size and np.allclose(known, known[0], rtol=1e-4)
        return float(known[0]) if alike else None


class ControlFlow:
    """The logic of the lab: a = t·direction, and what `function` does with it.

    `direction` is a float tensor, a number or a list of numbers. After `limit` lines the function is
    stopped. Raises TypeError or ValueError, saying what would fit, for anything else.
    """

    def __init__(
        self, function: Callable[[Any], Any], direction: Any, t: float = 1.0, limit: int = LIMIT
    ) -> None:
        """Check everything and run the function."""
        if not callable(function):
            raise TypeError("function takes a tensor a and returns another: def f(a): ...")
        if not isinstance(limit, int) or limit < 1:
            raise ValueError("limit is the number of lines the function may run: 10_000")
        if not hasattr(direction, "requires_grad"):
            try:
                direction = tensor(direction) * 1.0
            except Exception:  # whatever a list of something makes tensor() say
                direction = None
        if direction is None or not direction.is_floating_point() or not direction.numel():
            raise ValueError("a must be a number, or a float tensor: tensor([1., 0., -2.])")
        self.function, self.limit, self.t = function, limit, t
        self.source = Source.of(function)
        self.direction = direction.detach().clone()
        self.run = self._run()

    def drag(self, t: float) -> None:
        """Go to a = t·direction."""
        self.t = t
        self.run = self._run()

    def turn(self, direction: list[Any] | float) -> None:
        """Take other numbers, in any shape, as direction."""
        self.direction = self.direction.new_tensor(direction)
        self.run = self._run()

    def _run(self) -> Run:
        """Run the function on the present a, recorded, and send ones back."""
        a = (self.direction * self.t).requires_grad_()
        if self.function is doubled and not a.detach().abs().sum():
            return Run(numbers(a), problem=_never())
        recorder = Recorder(self.source.text, code_of(self.function).co_filename)
        recorder.start(imports=False)
        try:
            value, lines = counted(self.function, a, self.limit)
            if not getattr(value, "requires_grad", False):
                message = _("f(a) must be a tensor that depends on a.")
                return Run(numbers(a), problem=message)
            value.backward(value.new_ones(value.shape))
            trace = recorder.stop({"a": a, "f(a)": value})
        except DidNotEnd as error:
            return Run(numbers(a), lines=error.lines, problem=self._endless(error.last))
        except Exception as error:  # the function is the user's own
            message = _("f(a) raised {kind}: {error}")
            told = message.format(kind=type(error).__name__, error=error)
            return Run(numbers(a), problem=told)
        finally:
            recorder.abandon()
        return Run(numbers(a), numbers(value), numbers(a.grad), lines, trace)

    def _endless(self, line: int) -> str:
        message = _(
            "f(a) had not ended after {limit} lines, or as much work, and was stopped at “{line}”. For "
            "this a the loop may never end."
        )
        return message.format(limit=self.limit, line=self.source.lines.get(line, "").strip())

    @property
    def answer(self) -> str:
        """Which way the function went and what k is, in one line of text."""
        run = self.run
        if run.value is None or run.lines is None:
            return run.problem
        told = [step.text for step in self.source.told(run.lines)]
        if run.slope is not None:
            told.append(_("f(a) = k·a with k = {k}").format(k=number(run.slope)))
        else:
            told.append(_("f(a)/a is not one number"))
        return _("; ").join(told) + _(".")

    @property
    def entry(self) -> int:
        """The first entry of a that is finite and not zero, or 0: the one that is plotted."""
        a = self.run.a.reshape(-1)
        return int(np.argmax(np.isfinite(a) & (a != 0)))

    def curve(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return a and f(a) at the plotted entry around the present t; NaN where f(a) is none."""
        points, failures = [], 0
        for t in self.t * np.linspace(0.4, 2.2, POINTS):
            a = self.direction * float(t)
            try:
                value, _lines = counted(self.function, a, self.limit)
                pair = numbers(a).reshape(-1)[self.entry], numbers(value).reshape(-1)[self.entry]
            except Exception:  # also DidNotEnd
                failures += 1
                if failures > 3:
                    break
                continue
            points.append(pair)
        x, y = np.array(points or [(np.nan, np.nan)]).T
        return x, y


def _never() -> str:
    return _(
        "a = 0 is refused: twice 0 is 0, so the norm never reaches 1000 and the loop never ends. "
        "Move a away from 0."
    )


@lru_cache(maxsize=1)  # a lab shows each state twice
def plot(flow: ControlFlow, run: Run) -> str:
    """Return f(a) around the present a, and the line through the origin that has its slope."""
    figure = new_figure(4.6, 2.8)
    axes = figure.add_subplot()
    x, y = flow.curve()
    axes.plot(x, y, ".", markersize=3, color="tab:blue", label="$f(a)$")
    here = run.a.reshape(-1)[flow.entry]
    if run.slope is not None and run.value is not None:
        axes.plot(x, run.slope * x, "--", linewidth=1, color="tab:orange", label="$k\\,a$")
        axes.plot(here, run.value.reshape(-1)[flow.entry], "o", color="black")
    axes.axvline(here, color="black", linewidth=0.8, linestyle=":")
    index = f"_{{{flow.entry}}}" if run.a.size > 1 else ""
    axes.set(xlabel=f"$a{index}$", ylabel=f"$f(a){index}$")
    axes.legend(frameon=False)
    return image(figure, _("f(a) over a: pieces of straight lines that all aim at the origin."))


class ControlFlowLab(Lab):
    """Drag a through a function with a loop and a branch: each a has a graph of its own.

    `function` takes a tensor and returns another; if left out, it doubles a until the norm reaches
    1000. `a` is a number, a list, or a float tensor of this package or PyTorch's; what is dragged is
    a multiple of it. After `limit` lines the function is stopped. Raises TypeError or ValueError,
    saying what would fit, for anything else.
    """

    def __init__(
        self, function: Callable[[Any], Any] | None = None, a: Any = None, limit: int = LIMIT
    ) -> None:
        """Check everything, or take the standard example."""
        super().__init__()
        self.flow = ControlFlow(
            doubled if function is None else function,
            1.0 if a is None else a,
            0.5 if a is None else 1.0,
            limit,
        )
        self._given = self.flow.direction.tolist()

    @property
    def answer(self) -> str:
        """Which way the function went and what k is, in one line of text."""
        return self.flow.answer

    def snapshot(self) -> str:
        """Return the lines that ran, a and f(a), the plot and the graph."""
        run = self.flow.run
        parts = [pictures.told(self.answer)]
        if run.lines is not None:
            parts.append(self._source(run.lines))
        if run.value is None:
            return "".join(parts)
        if run.slope is not None:
            parts.append(self._entries(run))
            parts.append(pictures.figure(plot(self.flow, run), self._caption(run)))
        if run.trace is not None:
            parts.append(pictures.graph(run.trace, self.answer))
        return "".join(parts)

    def _source(self, lines: Counter[int]) -> str:
        """Return the function, with how often each line ran."""
        rows = []
        for line, text in self.flow.source.lines.items():
            bare = text.lstrip()
            times = f"×{lines[line]}" if lines[line] else ""
            indented = "\N{NO-BREAK SPACE}" * (len(text) - len(bare)) + bare
            rows.append((markup.text_cell(times), markup.text_cell(markup.code(indented))))
        return scrolled(markup.table((_("ran"), _("line")), rows)) if rows else ""

    def _entries(self, run: Run) -> str:
        assert run.value is not None and run.gradient is not None
        columns = (run.a, run.value, run.ratio, run.gradient)
        rows = [
            (
                str(list(map(int, index))) if index else "",
                *(number(float(c[index])) for c in columns),
            )
            for index in list(np.ndindex(run.a.shape))[:ENTRIES]
        ]
        left = run.a.size - len(rows)
        return table(("", "a", "f(a)", "f(a)/a", "a.grad"), rows) + (
            paragraph(f"… +{left}") if left else ""
        )

    def _caption(self, run: Run) -> str:
        told = [
            _(
                "Whatever loop and branch did, they multiplied a by one number k: near this a, f is a "
                "straight line through the origin with slope k, and a.grad is k."
            )
        ]
        if (run.a == 0).any():
            told.append(_("At the zero entry f(a)/a is 0/0; a.grad knows k there, too."))
        if np.isnan(run.a).any():
            told.append(_("Every comparison with NaN is false: no turn, and the else branch."))
        return together(told)

    def controls(self) -> list[Any]:
        """Return the choice of numbers and the slider that drags them."""
        import ipywidgets  # type: ignore[import-untyped]

        given = {} if self._given == 1.0 else {_("as given"): self._given}
        shapes = {
            **given,
            _("a number"): 1.0,
            _("a vector"): [1.0, -2.0, 3.0],
            _("a vector with a zero"): [1.0, 0.0, -3.0],
            _("a vector with NaN"): [1.0, float("nan"), 2.0],
            _("a matrix"): [[1.0, 2.0], [-3.0, 4.0]],
        }
        choice = ipywidgets.Dropdown(options=[*shapes], description="d =")
        slider = ipywidgets.FloatSlider(
            self.flow.t, min=-REACH, max=REACH, step=STEP, description="a = t·d: t ="
        )
        slider.style.description_width = choice.style.description_width = "6em"
        return [
            ipywidgets.VBox(
                [
                    self.follow(choice, lambda: self.flow.turn(shapes[choice.value])),
                    self.follow(slider, lambda: self.flow.drag(slider.value)),
                ]
            )
        ]
