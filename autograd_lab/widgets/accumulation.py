"""AccumulationLab: backward again and again, with and without zeroing, and what `.grad` becomes."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..engine.filled import ones
from ..i18n import _, ngettext
from ..trace.model import Trace
from . import pictures
from .lab import Lab
from .program import replayed
from .values import as_numbers, one_line

COLUMNS = 4
FORWARD = "out = f(x)"
CELL = "text-align:left;padding:4px 8px"
"""Style of a cell: a notebook's own aligns to the right, and that of a widget leaves no space."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: what was pressed, and `.grad` before and after it."""

    action: str
    before: str
    contribution: str
    after: str
    error: str = ""


class Accumulation:
    """The logic of the lab: a graph from `x`, and the ledger of what was done with it.

    `function` takes `x` and returns a tensor with one element; `x` is a leaf that requires grad.
    Raises TypeError or ValueError, saying what would fit, where they are something else.
    """

    def __init__(self, function: Callable[[Any], Any], x: Any) -> None:
        """Check both and compute the first result."""
        if not callable(function):
            raise TypeError("function takes a tensor: for example lambda x: (x ** 2).sum()")
        if not getattr(x, "requires_grad", False) or not x.is_leaf:
            raise ValueError("x must be a leaf that requires grad: ones(2, requires_grad=True)")
        self.function = function
        self.x = x
        self.ledger: list[Entry] = []
        self._passes = 0
        self._pressed: list[str] = [FORWARD]
        self._start = x.detach().clone()
        self._first = None if x.grad is None else x.grad.detach().clone()
        self._result = self._compute()

    def forward(self) -> None:
        """Compute the result once more, which makes a fresh graph."""
        self._result = self._compute()
        self._pressed.append(FORWARD)
        self._enter(_("forward"), self._gradient())

    def backward(self, retain_graph: bool = False) -> None:
        """Send a gradient back through the present graph; an error becomes a line of the ledger."""
        action = "backward(retain_graph=True)" if retain_graph else "backward()"
        self._pressed.append(f"out.{action}")
        before = self._gradient()
        old = None if self.x.grad is None else self.x.grad.detach().clone()
        try:
            self._result.backward(retain_graph=retain_graph)
        except RuntimeError as error:
            self._enter(action, before, error=str(error))
            return
        self._passes += 1
        new = self.x.grad
        added = new if old is None or new is None else new - old
        self._enter(action, before, contribution=_("nothing") if added is None else _text(added))

    def zero(self) -> None:
        """Set `x.grad` to zero where there is one."""
        before = self._gradient()
        if self.x.grad is not None:
            self.x.grad.zero_()
            self._pressed.append("x.grad.zero_()")
        self._passes = 0
        self._enter("x.grad.zero_()", before)

    def trace(self) -> Trace:
        """Return what was pressed, done once more on a copy of x as it was at the beginning."""
        x = self._start.clone().requires_grad_(True)
        x.grad = None if self._first is None else self._first.clone()
        return replayed(self._pressed, {"f": self.function, "x": x})

    @property
    def answer(self) -> str:
        """What the ledger shows, in one line of text."""
        error = self.ledger[-1].error if self.ledger else ""
        if error.startswith("Trying to backward through the graph a second time"):
            return _(
                "No gradient came: the last backward freed the graph. Make a fresh one: forward."
            )
        if error:
            return _("No gradient came: {error}").format(error=error)
        if self.x.grad is None:
            return _("x.grad: none yet.")
        return ngettext(
            "x.grad is {value} after {n} backward pass.",
            "x.grad is {value} after {n} backward passes.",
            self._passes,
        ).format(value=self._gradient(), n=self._passes)

    def _compute(self) -> Any:
        result = self.function(self.x)
        numbers = as_numbers(result)
        fits = numbers is not None and numbers.size == 1
        if not fits or not getattr(result, "requires_grad", False):
            raise ValueError(
                "function must return a tensor with one element that depends on x: "
                "end it with .sum() or .mean()"
            )
        return result

    def _gradient(self) -> str:
        return _("none yet") if self.x.grad is None else _text(self.x.grad)

    def _enter(self, action: str, before: str, contribution: str = "", error: str = "") -> None:
        self.ledger.append(Entry(action, before, contribution, self._gradient(), error))


def table(accumulation: Accumulation) -> str:
    """Return the ledger as an HTML table, the answer as its caption."""
    rows = [_row("th", ("", _("x.grad before"), _("added"), _("x.grad after")))]
    for entry in accumulation.ledger:
        rows.append(_row("td", (entry.action, entry.before, entry.contribution, entry.after)))
        if entry.error:
            # Across all columns: a long message in one of them would squeeze the others.
            rows.append(_row(f'td colspan="{COLUMNS}"', (entry.error,)))
    caption = f'<caption style="{CELL}">{html.escape(accumulation.answer)}</caption>'
    return f'<table style="line-height:1.4">{caption}{"".join(rows)}</table>'


def _row(tag: str, texts: Iterable[str]) -> str:
    end = tag.partition(" ")[0]
    cells = "".join(f'<{tag} style="{CELL}">{html.escape(text)}</{end}>' for text in texts)
    return f"<tr>{cells}</tr>"


def _text(tensor: Any) -> str:
    numbers = as_numbers(tensor)
    return str(tensor) if numbers is None else one_line(numbers)


class AccumulationLab(Lab):
    """Press forward, backward and zero in any order, and watch `x.grad` grow, or the error come.

    `function` takes `x` and returns a tensor with one element, `x` is a leaf that requires grad; if
    left out, they are the mean of 3(x + 2)² and four ones. PyTorch's tensors do as well. Raises
    TypeError or ValueError, saying what would fit, for anything else.
    """

    def __init__(self, function: Callable[[Any], Any] | None = None, x: Any = None) -> None:
        """Check both, or take the standard example."""
        super().__init__()
        self.accumulation = Accumulation(
            _mean_of_squares if function is None else function,
            ones(2, 2, requires_grad=True) if x is None else x,
        )

    @property
    def answer(self) -> str:
        """What the ledger shows, in one line of text."""
        return self.accumulation.answer

    def snapshot(self) -> str:
        """Return the ledger as an HTML table, and the graphs that were made and freed."""
        picture = pictures.graph(self.accumulation.trace(), self.answer)
        return table(self.accumulation) + picture

    def controls(self) -> list[Any]:
        """Return the buttons, and the box that keeps the graph."""
        import ipywidgets  # type: ignore[import-untyped]

        keep = ipywidgets.Checkbox(description="retain_graph", indent=False)
        keep.layout.width = "auto"
        return [
            self.button(_("forward"), self.accumulation.forward),
            self.button("backward()", lambda: self.accumulation.backward(keep.value)),
            keep,
            self.button("x.grad.zero_()", self.accumulation.zero),
        ]


def _mean_of_squares(x: Any) -> Any:
    return (3 * (x + 2) ** 2).mean()
