"""ModesLab: what the Jacobian costs going forward and going back, and what second derivatives cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from ..engine.filled import ones
from ..i18n import _
from ..trace.measure import measure
from .lab import Lab
from .parts import paragraph, table
from .pictures import figure, told
from .plots import image, new_figure
from .program import library_of

MOST = 64
"""Largest n and m: a Jacobian takes one pass for each."""


@dataclass(frozen=True)
class Cost:
    """What one way of computing something took."""

    passes: int
    operations: int
    """Operations forward, and nodes visited by passes back."""
    peak: int
    """The most bytes that were kept for a pass back at any moment."""


class Modes:
    """The logic of the lab: y = function(x, m) with n numbers x and m numbers y, measured.

    `x` holds as many numbers as n may become; n and m are chosen within `x` and `outputs`. Raises
    TypeError or ValueError, saying what would fit, for anything else.
    """

    def __init__(self, function: Callable[[Any, int], Any], x: Any, outputs: int = 16) -> None:
        """Check everything, and begin with many numbers in and one out."""
        if not callable(function):
            raise TypeError("function takes a vector x and the number m of results it shall return")
        if not hasattr(x, "requires_grad") or x.ndim != 1 or not x.is_floating_point():
            raise ValueError("x must be a vector, a tensor of one dimension: ones(16)")
        if not 0 < len(x) <= MOST or not isinstance(outputs, int) or not 0 < outputs <= MOST:
            raise ValueError(f"x must hold 1 to {MOST} numbers, and outputs be 1 to {MOST}")
        self.function = function
        self.x = x.detach().clone()
        self.outputs = outputs
        self.n, self.m = len(x), 1
        self._known: dict[tuple[str, int, int], Cost] = {}
        for m in {1, outputs}:
            y = function(self.x.clone().requires_grad_(), m)
            if not hasattr(y, "numel") or y.numel() != m or not y.requires_grad:
                raise ValueError(
                    f"function(x, m) must return m numbers that depend on x; for m = {m} it did not"
                )

    def cost(self, way: str, n: int | None = None, m: int | None = None) -> Cost:
        """Return what `way`, a key of WAYS, takes for n numbers in and m out."""
        n, m = n or self.n, m or self.m
        if (way, n, m) not in self._known:
            self._known[way, n, m] = self._measured(way, n, m)
        return self._known[way, n, m]

    def _measured(self, way: str, n: int, m: int) -> Cost:
        x = self.x[:n].detach().clone()
        with measure() as cost:
            passes = WAYS[way](lambda x: self.function(x, m), x, m)
        return Cost(passes, cost.forward + cost.backward, cost.peak)

    @property
    def answer(self) -> str:
        """Which way is cheaper now, in one line of text."""
        forward, reverse = self.cost("forward"), self.cost("reverse")
        texts = {
            True: _(
                "n = {n}, m = {m}: reverse takes {r} operations and keeps {b} bytes; forward {f}."
            ),
            False: _(
                "n = {n}, m = {m}: forward takes {f} operations; reverse {r}, and keeps {b} bytes."
            ),
        }
        text = texts[reverse.operations <= forward.operations]
        return text.format(
            n=self.n, m=self.m, r=reverse.operations, f=forward.operations, b=reverse.peak
        )


def _value(f: Callable[[Any], Any], x: Any, m: int) -> int:
    f(x)
    return 0


def _forward(f: Callable[[Any], Any], x: Any, m: int) -> int:
    """Find the Jacobian column by column: a dual number for each input."""
    forward_ad = library_of(x).autograd.forward_ad
    for i in range(len(x)):
        direction = x.new_tensor([float(j == i) for j in range(len(x))])
        with forward_ad.dual_level():
            forward_ad.unpack_dual(f(forward_ad.make_dual(x, direction)))
    return len(x)


def _reverse(f: Callable[[Any], Any], x: Any, m: int) -> int:
    """Find the Jacobian row by row: a pass back for each output."""
    library_of(x).autograd.functional.jacobian(f, x)
    return m


def _gradient(f: Callable[[Any], Any], x: Any, m: int) -> int:
    library_of(x).autograd.functional.vjp(lambda x: f(x).sum(), x)
    return 1


def _hvp(f: Callable[[Any], Any], x: Any, m: int) -> int:
    library_of(x).autograd.functional.hvp(lambda x: f(x).sum(), x, x.new_tensor([1.0] * len(x)))
    return 2


def _hessian(f: Callable[[Any], Any], x: Any, m: int) -> int:
    library_of(x).autograd.functional.hessian(lambda x: f(x).sum(), x)
    return 1 + len(x)


WAYS: dict[str, Callable[[Callable[[Any], Any], Any, int], int]] = {
    "value": _value,
    "forward": _forward,
    "reverse": _reverse,
    "gradient": _gradient,
    "hvp": _hvp,
    "hessian": _hessian,
}
"""Each computes something once and returns how many derivative passes that took."""


def ticks(most: int) -> list[int]:
    """Return 1, 2, 4 … up to `most`: where the plot measures."""
    return sorted({*(2**i for i in range(most.bit_length())), most})


@lru_cache(maxsize=1)  # a lab shows each state twice
def plot(modes: Modes, n: int, m: int) -> str:
    """Return the operations of both modes over n at this m and over m at this n, as an image."""
    drawing = new_figure(6.0, 2.8)
    left, right = drawing.subplots(1, 2, sharey=True)
    for mode, name, line in (("forward", "$J e_j$", "o-"), ("reverse", "$e_i^T J$", "s--")):
        ns, ms = ticks(len(modes.x)), ticks(modes.outputs)
        left.plot(ns, [modes.cost(mode, at, m).operations for at in ns], line, label=name)
        right.plot(ms, [modes.cost(mode, n, at).operations for at in ms], line)
    for axes, here, name, other in (
        (left, n, "n", f"m={m}"),
        (right, m, "m", f"n={n}"),
    ):
        axes.axvline(here, color="black", linewidth=0.8, linestyle=":")
        axes.set(xlabel=f"${name}$", title=f"${other}$")
        axes.set_ylim(bottom=0)
    left.set_ylabel("#")
    drawing.legend(loc="outside upper center", ncols=2, frameon=False)
    return image(
        drawing,
        _(
            "Operations for the whole Jacobian: forward mode (Je, a column a pass) grows with n, "
            "reverse mode (eᵀJ, a row a pass) with m."
        ),
    )


class ModesLab(Lab):
    """Choose how many numbers go in and come out: what forward and reverse accumulation cost.

    `function(x, m)` takes a vector and returns m numbers; `x` holds as many numbers as n may become,
    `outputs` is the largest m (both up to 64). PyTorch's tensors do as well. Raises TypeError or
    ValueError, saying what would fit, for anything else.
    """

    def __init__(
        self,
        function: Callable[[Any, int], Any] | None = None,
        x: Any = None,
        outputs: int = 16,
    ) -> None:
        """Check everything, or take the standard example."""
        super().__init__()
        self.modes = Modes(
            _waves if function is None else function, ones(16) if x is None else x, outputs
        )

    @property
    def answer(self) -> str:
        """Which way is cheaper now, in one line of text."""
        return self.modes.answer

    def snapshot(self) -> str:
        """Return the two modes side by side, their plot, and what higher derivatives cost."""
        heads = ("", _("passes"), _("operations"), _("bytes kept"))
        jacobian = [
            self._row(_("y = f(x) alone"), "value"),
            self._row(_("Jacobian, forward: a pass per input"), "forward"),
            self._row(_("Jacobian, reverse: a pass per output"), "reverse"),
        ]
        return (
            told(self.answer)
            + table(heads, jacobian)
            + figure(
                plot(self.modes, self.modes.n, self.modes.m),
                _(
                    "Operations for the whole Jacobian, over n on the left and over m on the right: Je "
                    "is forward mode, a column a pass, eᵀJ is reverse mode, a row a pass. Forward mode "
                    "keeps next to nothing, but needs a pass for each input; reverse mode needs one for "
                    "each output, and all that the way forward saved: those bytes."
                ),
            )
            + paragraph(_("Derivatives of L, the sum of y:"))
            + table(heads, self._higher())
        )

    def _higher(self) -> list[tuple[str, ...]]:
        n = self.modes.n
        rows = [
            self._row(_("L, of one number x"), "value", 1),
            self._row(_("first derivative, of one number x"), "gradient", 1),
            self._row(_("second derivative, of one number x"), "hvp", 1),
        ]
        rows += [
            self._row(_("gradient ∇L, of {n} numbers").format(n=n), "gradient"),
            self._row(_("Hv, the Hessian times a vector"), "hvp"),
            self._row(_("Hessian H, {n} × {n}").format(n=n), "hessian"),
        ]
        return rows

    def _row(self, name: str, way: str, n: int | None = None) -> tuple[str, ...]:
        cost = self.modes.cost(way, n)
        return name, str(cost.passes), str(cost.operations), str(cost.peak)

    def controls(self) -> list[Any]:
        """Return the sliders for n and m."""
        import ipywidgets  # type: ignore[import-untyped]

        modes = self.modes
        sliders = []
        for name, most in (("n", len(modes.x)), ("m", modes.outputs)):
            slider = ipywidgets.IntSlider(
                getattr(modes, name), min=1, max=most, description=f"{name} ="
            )
            sliders.append(self.follow(slider, partial(self._moved, name, slider)))
        return [ipywidgets.VBox(sliders)]

    def _moved(self, name: str, slider: Any) -> None:
        setattr(self.modes, name, slider.value)


def _waves(x: Any, m: int) -> Any:
    """Return m numbers of any x, by operations that act on each entry and one sum."""
    y = (x.sin() * x).sum().expand(m)
    for _turn in range(5):
        y = y.sin() * y
    return y
