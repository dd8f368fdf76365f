"""DerivativeLab: one derivative found three ways, and how far off the numeric one is for each step h."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.creation import tensor
from ..i18n import _
from .formula import FormulaError, Tree, evaluate, parse
from .lab import Lab
from .parts import number, paragraph, table
from .pictures import figure, told
from .plots import image, new_figure
from .symbolic import derivative, tidied, written
from .values import as_numbers

DTYPES: tuple[Any, ...] = (np.float64, np.float32)
STEPS = np.logspace(-16, 0, 97)
"""The steps h that the plot tries."""
LARGEST = 1e30
"""Of x: what float32 still holds, with room for a step."""
EXAMPLE = "4x^3+x^2+3"


def forward_difference(tree: Tree, x: Any, h: Any) -> Any:
    """Return (f(x+h) − f(x))/h in the dtype of `x`; `h` may be an array."""
    with np.errstate(all="ignore"):
        return (evaluate(tree, x + h) - evaluate(tree, x)) / h


def central_difference(tree: Tree, x: Any, h: Any) -> Any:
    """Return (f(x+h) − f(x−h))/2h in the dtype of `x`; `h` may be an array."""
    with np.errstate(all="ignore"):
        return (evaluate(tree, x + h) - evaluate(tree, x - h)) / (h + h)


DIFFERENCES = {
    "(f(x+h) − f(x)) / h": forward_difference,
    "(f(x+h) − f(x−h)) / 2h": central_difference,
}


class Derivatives:
    """The logic of the lab: a formula, a place x, a step h, and the derivative found in each way.

    `x` is a number or a tensor with one element, whose library then does the automatic part.
    Raises TypeError or ValueError, saying what would fit, for anything else; FormulaError (a
    ValueError) for a formula that is not understood.
    """

    def __init__(self, formula: str = EXAMPLE, x: Any = 1.0, h: float = 1e-4) -> None:
        """Read the formula and check the numbers."""
        if not isinstance(formula, str):
            raise TypeError("formula is a text with a function of x, such as '4x^3+x^2+3'")
        place = as_numbers(x)
        if (
            place is None
            or isinstance(x, str)
            or place.size != 1
            or not (abs(place) < LARGEST).all()
        ):
            raise ValueError("x must be one number below 1e30, or a tensor with one: 1.0")
        if not 0 < h <= 1:
            raise ValueError("h must be a step between 0 and 1: 1e-4")
        self.problem = ""
        self.h = float(h)
        self.x = float(place.reshape(()))
        self._like = x if hasattr(x, "new_tensor") else tensor(0.0)
        self._read(formula)

    def type(self, formula: str) -> None:
        """Take another formula; one that is not understood becomes the answer, and the old one stays."""
        try:
            self._read(formula)
        except FormulaError as error:
            self.problem = str(error)

    def move(self, x: float) -> None:
        """Go to another place; one too far away becomes the answer, and the old one stays."""
        fits = abs(x) < LARGEST
        self.problem = "" if fits else _("x must be a number below 1e30.")
        self.x = float(x) if fits else self.x

    def step(self, h: float) -> None:
        """Take another step h."""
        self.problem = ""
        self.h = h

    def _read(self, formula: str) -> None:
        self.tree = parse(formula)
        self.slope = derivative(self.tree)
        self.problem = ""

    def exact(self, dtype: Any = np.float64) -> float:
        """Return the symbolic derivative in float64, at x as `dtype` holds it."""
        return float(evaluate(self.slope, np.float64(dtype(self.x))))

    def automatic(self, dtype: Any = np.float64) -> float:
        """Return what backward() leaves in x.grad, in the precision of `dtype`."""
        leaf = self._like.detach().double().new_tensor(self.x)
        leaf = (leaf if dtype is np.float64 else leaf.float()).requires_grad_()
        result = evaluate(self.tree, leaf)
        if not getattr(result, "requires_grad", False):
            return 0.0  # a constant is no tensor
        result.backward()
        return float(leaf.grad)

    def numeric(self, way: str, dtype: Any) -> float:
        """Return a difference quotient for the present step, computed in `dtype`."""
        return float(DIFFERENCES[way](self.tree, dtype(self.x), dtype(self.h)))

    @property
    def answer(self) -> str:
        """What the three ways find, in one line of text."""
        if self.problem:
            return self.problem
        exact, automatic = self.exact(), self.automatic()
        here = number(self.x)
        value = evaluate(self.tree, np.float64(self.x))  # log(-1) has none, but 1/x is a number
        if not np.isfinite([value, exact, automatic]).all():
            return _("f has no finite derivative at x = {x}: choose another x.").format(x=here)
        if not np.isclose(exact, automatic, rtol=1e-9, atol=1e-12):
            return _(
                "At x = {x} the formula gives {exact}, automatic differentiation {automatic}."
            ).format(x=here, exact=number(exact), automatic=number(automatic))
        off = [number(abs(self.numeric(way, np.float64) - exact), 2) for way in DIFFERENCES]
        return _(
            "f′({x}) = {value}, symbolic and automatic alike; with h = {h} the forward difference is "
            "off by {forward}, the central one by {central}."
        ).format(x=here, value=number(exact), h=number(self.h, 2), forward=off[0], central=off[1])

    def rows(self) -> list[tuple[str, ...]]:
        """Return a line per way: its name, then value and error in float64 and in float32."""
        ways = [(_("symbolic"), self.exact), (_("automatic: backward()"), self.automatic)]
        found = [(name, [*map(way, DTYPES)]) for name, way in ways]
        names = (_("forward difference"), _("central difference"))
        for name, way in zip(names, DIFFERENCES, strict=True):
            words = _("{difference}: {formula}").format(difference=name, formula=way)
            found.append((words, [self.numeric(way, dtype) for dtype in DTYPES]))
        return [
            (name, *(text for pair in map(self._told, values, DTYPES) for text in pair))
            for name, values in found
        ]

    def _told(self, value: float, dtype: Any) -> tuple[str, str]:
        digits = 12 if dtype is np.float64 else 8
        return number(value, digits), number(abs(value - self.exact(dtype)), 2)


@lru_cache(maxsize=2)
def plot(tree: Tree, x: float, h: float) -> str:
    """Return the error of both differences over h, in both precisions, as an image."""
    drawing = new_figure(5.6, 3.6)
    axes = drawing.add_subplot(xscale="log", yscale="log", xlim=(STEPS[0], STEPS[-1]))
    axes.set(xlabel="$h$", ylabel="$|D_h - f'(x)|$")
    slope = derivative(tree)
    for dtype, colour in zip(DTYPES, ("tab:blue", "tab:orange"), strict=True):
        exact = evaluate(slope, np.float64(dtype(x)))
        for way, line in zip(DIFFERENCES, ("-", "--"), strict=True):
            errors = errors_over(way, tree, dtype(x), exact)
            name = f"{way}  {np.dtype(dtype).name}"
            axes.plot(STEPS, errors, line, color=colour, linewidth=1.4, label=name)
    axes.axvline(h, color="black", linewidth=0.8, linestyle=":")
    drawing.legend(fontsize="small", loc="outside upper center", ncols=2, frameon=False)
    return image(drawing, _("Error of the numeric derivative over the step h: V-shaped curves."))


def errors_over(way: str, tree: Tree, x: Any, exact: float) -> NDArray[np.float64]:
    """Return the error for each of STEPS, in the dtype of `x`; NaN, which is not drawn, for none at all."""
    steps = STEPS.astype(x.dtype)
    values = DIFFERENCES[way](tree, np.full_like(steps, x), steps)
    with np.errstate(invalid="ignore"):
        errors = np.abs(np.asarray(values, np.float64) - exact)
    return np.where(np.isfinite(errors) & (errors > 0), errors, np.nan)


class DerivativeLab(Lab):
    """Type a function of x: its derivative as a formula, by small steps, and by backward().

    `formula` is a text such as `"4x^3+x^2+3"`, `x` the place (a number, or a tensor with one element
    of this package or PyTorch's), `h` the step of the difference quotients. Raises TypeError or
    ValueError, saying what would fit, for anything else.
    """

    def __init__(self, formula: str = EXAMPLE, x: Any = 1.0, h: float = 1e-4) -> None:
        """Read the formula, or take the example of a cubic."""
        super().__init__()
        self.derivatives = Derivatives(formula, x, h)
        self._formula = formula

    @property
    def answer(self) -> str:
        """What the three ways find, in one line of text."""
        return self.derivatives.answer

    def snapshot(self) -> str:
        """Return the formula and its derivative, the table of the ways, the plot of the errors."""
        found = self.derivatives
        heads = ("", "float64", _("off by"), "float32", _("off by"))
        return "".join(
            (
                told(self.answer),
                paragraph(f"f(x) = {written(tidied(found.tree))}"),
                paragraph(f"f′(x) = {written(found.slope)}"),
                table(heads, found.rows()),
                figure(
                    plot(found.tree, found.x, found.h),
                    _(
                        "The error of the numeric derivative over h. Large steps are off because the "
                        "curve bends, small ones because f(x+h) and f(x) agree in nearly all digits "
                        "and the difference keeps only what was rounded. The dotted line is your h."
                    ),
                ),
            )
        )

    def controls(self) -> list[Any]:
        """Return the box for the formula, the place and the step."""
        import ipywidgets  # type: ignore[import-untyped]

        found = self.derivatives
        formula = ipywidgets.Text(self._formula, description="f(x) =", continuous_update=False)
        x = ipywidgets.FloatText(found.x, description="x =", step=0.1)
        h = ipywidgets.FloatLogSlider(
            found.h, min=-16, max=0, step=0.25, description="h =", readout_format=".1e"
        )
        return [
            ipywidgets.VBox(
                [
                    self.follow(formula, lambda: found.type(formula.value)),
                    self.follow(x, lambda: found.move(x.value)),
                    self.follow(h, lambda: found.step(h.value)),
                ]
            )
        ]
