"""GraphGrowthLab: a loop that adds up its losses, and the graphs that this keeps alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..engine.filled import linspace
from ..i18n import _, ngettext
from ..trace.measure import measure
from ..trace.model import Trace
from ..views.markup import number_cell, table
from ..views.wording import byte_count
from . import pictures
from .lab import Lab
from .plots import image, new_figure
from .program import is_tensor, library_of, replayed
from .values import as_numbers

KEEPING = ("loss", "loss.item()", "loss.detach()")
"""What can be added to the total."""
RATE = 0.01
MOST = 40
"""Steps that a loop can have: more would show nothing new."""


@dataclass(frozen=True, slots=True)
class Point:
    """What the total holds after one step."""

    nodes: int
    """Nodes that are alive because the total leads to them."""
    kept: int
    """Bytes that all graphs of the loop still keep for backward."""


class Growth:
    """The logic of the lab: a loop run anew each time, and what its total holds after each step.

    `function` takes `x` and returns a tensor with one element; `x` is a leaf that requires grad, and
    stays as it is: the loop works on a copy. Raises TypeError or ValueError, saying what would fit.
    """

    def __init__(self, function: Callable[[Any], Any], x: Any) -> None:
        """Check both and run one step."""
        if not callable(function):
            raise TypeError("function takes a tensor: for example lambda x: (x ** 2).sum()")
        if not is_tensor(x) or not x.requires_grad or not x.is_leaf:
            raise ValueError("x must be a leaf that requires grad: ones(2, requires_grad=True)")
        self.function = function
        self.x = x
        loss = function(self._start())
        numbers = as_numbers(loss)
        if numbers is None or numbers.size != 1 or not getattr(loss, "requires_grad", False):
            raise ValueError(
                "function must return a tensor with one element that depends on x: "
                "end it with .sum() or .mean()"
            )
        self.run(1)

    def run(self, steps: int, adding: str = KEEPING[0], backward: bool = False) -> None:
        """Run so many steps; `adding` is one of `KEEPING`, `backward` trains in each step.

        Raises ValueError for any other `adding`, or fewer than 0 steps.
        """
        if adding not in KEEPING or steps < 0:
            raise ValueError(f"adding is one of {', '.join(KEEPING)}; steps is at least 0")
        self.adding, self.backward = adding, backward
        self.points = [Point(0, 0)]
        x, total = self._start(), 0.0
        cost = measure()
        for _step in range(steps):
            with cost:
                loss = self.function(x)
                if backward:
                    loss.backward()
                    with library_of(x).no_grad():
                        x -= RATE * x.grad
                        x.grad.zero_()
                total = total + _added(loss, adding)
            del loss  # as the next step of a loop does
            self.points.append(Point(_alive(total), cost.kept))

    @property
    def code(self) -> str:
        """The loop as one writes it."""
        lines = ["total = 0.0", f"for step in range({len(self.points) - 1}):", "    loss = f(x)"]
        if self.backward:
            lines += [
                "    loss.backward()",
                "    with torch.no_grad():",
                f"        x -= {RATE} * x.grad",
                "        x.grad.zero_()",
            ]
        return "\n".join([*lines, f"    total += {self.adding}"])

    def trace(self) -> Trace:
        """Return what the loop as it is written does."""
        return replayed(
            [self.code], {"torch": library_of(self.x), "f": self.function, "x": self._start()}
        )

    @property
    def answer(self) -> str:
        """What the total holds after the last step, in one line of text."""
        last, steps = self.points[-1], len(self.points) - 1
        after = ngettext("After {count} step", "After {count} steps", steps).format(count=steps)
        if not last.nodes:
            return _("{after} the total has no graph: nothing is kept.").format(after=after)
        return _("{after} the total holds {nodes} alive, which keep {kept}.").format(
            after=after,
            nodes=ngettext("{count} node", "{count} nodes", last.nodes).format(count=last.nodes),
            kept=byte_count(last.kept),
        )

    def _start(self) -> Any:
        return self.x.detach().clone().requires_grad_(True)


def _added(loss: Any, adding: str) -> Any:
    """Return what is added to the total."""
    if adding == "loss":
        return loss
    return loss.item() if adding == "loss.item()" else loss.detach()


def _alive(total: Any) -> int:
    """Return how many nodes a total leads to; a number leads to none."""
    waiting = [getattr(total, "grad_fn", None)]
    # The nodes themselves, not their addresses: those of PyTorch are wrapped anew when let go.
    seen: set[Any] = set()
    while waiting:
        function = waiting.pop()
        if function is not None and function not in seen:
            seen.add(function)
            waiting += [following for following, _slot in function.next_functions]
    return len(seen)


class GraphGrowthLab(Lab):
    """Add up the losses of a loop, and see the graph and the memory grow; then add numbers.

    `function` takes `x` and returns the loss, a tensor with one element; `x` is a leaf that requires
    grad. If left out, they are the mean of tanh(x)² and a thousand numbers. PyTorch's tensors do as well.
    Raises TypeError or ValueError, saying what would fit, for anything else.
    """

    def __init__(self, function: Callable[[Any], Any] | None = None, x: Any = None) -> None:
        """Check both, or take the standard example."""
        super().__init__()
        self.growth = Growth(
            _mean_of_squares if function is None else function,
            linspace(-2, 2, 1000, requires_grad=True) if x is None else x,
        )

    @property
    def answer(self) -> str:
        """What the total holds after the last step, in one line of text."""
        return self.growth.answer

    def snapshot(self) -> str:
        """Return the loop, what its total holds step by step, and the graph."""
        growth = self.growth
        rows = [
            tuple(map(number_cell, (str(step), str(point.nodes), byte_count(point.kept))))
            for step, point in enumerate(growth.points)
        ]
        shown = [*rows[:3], ("<td>⋮</td>",) * 3, *rows[-2:]] if len(rows) > 6 else rows
        counts = table((_("step"), _("nodes alive"), _("kept for backward")), shown)
        lines = pictures.listing(growth.code.splitlines())
        return pictures.told(self.answer) + pictures.beside(
            lines + counts, self._plot(), pictures.graph(growth.trace(), self.answer)
        )

    def controls(self) -> list[Any]:
        """Return the number of steps, what is added, and whether each step trains."""
        import ipywidgets  # type: ignore[import-untyped]

        growth = self.growth
        steps = ipywidgets.IntSlider(value=len(growth.points) - 1, max=MOST, description=_("steps"))
        adding = ipywidgets.ToggleButtons(
            options=[(f"total += {what}", what) for what in KEEPING], value=growth.adding
        )
        adding.style.button_width = "auto"
        trains = ipywidgets.Checkbox(
            value=growth.backward, description="loss.backward()", indent=False
        )
        trains.layout.width = "auto"

        def run() -> None:
            growth.run(steps.value, adding.value, trains.value)

        return [self.follow(control, run) for control in (steps, adding, trains)]

    def _plot(self) -> str:
        """Return the plot of both over the steps."""
        drawing = new_figure(4.0, 3.2)
        above, below = drawing.subplots(2, sharex=True)
        for axes, name in ((above, "nodes"), (below, "kept")):
            axes.plot([getattr(point, name) for point in self.growth.points], "o-", markersize=3)
            axes.set_xlim(0, MOST)
            axes.set_ylim(bottom=0)
        above.set_ylabel("$n$")
        below.set_ylabel("$b$")
        below.set_xlabel("$k$")
        return pictures.figure(
            image(drawing, self.answer),
            _("Above: nodes alive (n) after step k. Below: bytes kept for backward (b)."),
        )


def _mean_of_squares(x: Any) -> Any:
    return (x.tanh() ** 2).mean()
