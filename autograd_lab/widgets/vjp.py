"""VJPLab: backward(v) is v against the rows of the Jacobian; a v of ones is `sum()`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.creation import tensor
from ..i18n import _
from .lab import Lab
from .parts import number, numbers, paragraph, table
from .pictures import figure, told
from .plots import image, new_figure
from .program import library_of
from .values import one_line

MOST = 8
"""Entries of x, and of f(x): more rows and columns nobody reads."""
REACH, STEP = 2.0, 0.5
"""How far a slider of v goes to each side, and in which steps."""


class VJP:
    """The logic of the lab: y = f(x), its Jacobian J, and a vector v with an entry per entry of y.

    `x` and `function(x)` are tensors of one to eight numbers in any shape; J has a row for each entry
    of y and a column for each of x, in row-major order. Raises TypeError or ValueError, saying what
    would fit, where they are something else.
    """

    def __init__(self, function: Callable[[Any], Any], x: Any) -> None:
        """Check both, and compute the Jacobian row by row; v begins as ones."""
        if not callable(function):
            raise TypeError("function takes a tensor: for example lambda x: x * x")
        if (
            not hasattr(x, "requires_grad")
            or not x.is_floating_point()
            or not 0 < x.numel() <= MOST
        ):
            raise ValueError(
                f"x must be a float tensor of 1 to {MOST} numbers: tensor([1., 2., 3.])"
            )
        self.function = function
        self.x = x.detach().clone()
        y = self._computed()
        self.y = numbers(y.detach())
        jacobian = library_of(x).autograd.functional.jacobian(function, self.x)
        self.jacobian = numbers(jacobian).reshape(y.numel(), x.numel())
        self.v = np.ones(y.numel())

    def _computed(self, x: Any = None) -> Any:
        """Return f(x), which hangs on `x`."""
        leaf = self.x.clone().requires_grad_() if x is None else x
        y = self.function(leaf)
        fits = hasattr(y, "numel") and 0 < y.numel() <= MOST
        if not fits or not getattr(y, "requires_grad", False):
            raise ValueError(
                f"function must return a tensor of 1 to {MOST} numbers that depends on x: x * x"
            )
        return y

    def ones(self) -> None:
        """Make v all ones."""
        self.v = np.ones_like(self.v)

    def row(self, i: int) -> None:
        """Make v pick row `i` of the Jacobian."""
        self.v = np.eye(len(self.v))[i]

    def set(self, i: int, value: float) -> None:
        """Set entry `i` of v."""
        self.v = np.where(np.arange(len(self.v)) == i, value, self.v)

    @property
    def product(self) -> NDArray[Any]:
        """vᵀJ, multiplied out: one number per entry of x."""
        return weighted(self.v, self.jacobian)

    def backward(self) -> NDArray[Any]:
        """Return what `f(x).backward(v)` leaves in x.grad, as one row."""
        return self._gradient(lambda y: y.backward(y.detach().new_tensor(self.v).reshape(y.shape)))

    def of_sum(self) -> NDArray[Any]:
        """Return what `f(x).sum().backward()` leaves in x.grad, as one row."""
        return self._gradient(lambda y: y.sum().backward())

    def _gradient(self, send: Callable[[Any], None]) -> NDArray[Any]:
        leaf = self.x.clone().requires_grad_()
        send(self._computed(leaf))
        return np.zeros(leaf.numel()) if leaf.grad is None else numbers(leaf.grad).reshape(-1)

    @property
    def answer(self) -> str:
        """What v and the Jacobian give, in one line of text."""
        product = one_line(self.product)
        if not alike(self.product, self.backward()):
            return _("vᵀJ is {product}, but backward(v) leaves {other}.").format(
                product=product, other=one_line(self.backward())
            )
        if (self.v == 1).all():
            return _(
                "vᵀJ is {product}, and backward(v) leaves the same in x.grad. All of v is 1: that is "
                "sum().backward(), too."
            ).format(product=product)
        chosen = np.flatnonzero(self.v)
        if len(chosen) == 1 and self.v[chosen[0]] == 1:
            return _(
                "vᵀJ is {product}, and backward(v) leaves the same in x.grad: v picks row {i} of J."
            ).format(product=product, i=chosen[0])
        return _("vᵀJ is {product}, and backward(v) leaves the same in x.grad.").format(
            product=product
        )


def weighted(v: NDArray[Any], jacobian: NDArray[Any]) -> NDArray[Any]:
    """Return vᵀJ."""
    with np.errstate(invalid="ignore", over="ignore"):
        product: NDArray[Any] = v @ jacobian
    return product


def alike(a: NDArray[Any], b: NDArray[Any]) -> bool:
    """Return whether two rows agree to the precision of float32; NaN agrees with NaN."""
    return bool(np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True))


@lru_cache(maxsize=1)  # a lab shows each state twice
def plot(v: tuple[float, ...], rows: tuple[tuple[float, ...], ...]) -> str:
    """Return the Jacobian as a heat map, v on its left, vᵀJ below, one scale of colours for each."""
    jacobian = np.array(rows)
    m, n = jacobian.shape
    drawing = new_figure(0.62 * n + 1.8, 0.42 * m + 1.3)
    grid = drawing.add_gridspec(2, 2, width_ratios=(1, n), height_ratios=(m, 1))
    parts = (
        ("$v$", grid[0, 0], np.array(v)[:, None]),
        ("$J$", grid[0, 1], jacobian),
        ("$v^T J$", grid[1, 1], weighted(np.array(v), jacobian)[None, :]),
    )
    for name, place, entries in parts:
        axes = drawing.add_subplot(place)
        finite = np.abs(entries[np.isfinite(entries)])
        most = float(max(finite, default=0.0)) or 1.0
        axes.imshow(entries, cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto")
        axes.set_title(name, fontsize="medium", pad=4)
        axes.set(xticks=(), yticks=())
        for (i, j), value in np.ndenumerate(entries):
            dark = abs(value) > 0.6 * most
            colour = "white" if dark else "black"
            axes.text(j, i, number(value, 3), ha="center", va="center", color=colour, fontsize=8)
    alt = _("The Jacobian as a heat map of {m} rows and {n} columns, v on its left, vᵀJ below it.")
    return image(drawing, alt.format(m=m, n=n))


class VJPLab(Lab):
    """Move the entries of v: what backward(v) leaves in x.grad is vᵀJ.

    `function` takes the tensor `x` and returns another; both hold one to eight numbers, in any shape.
    If left out, they are x·sum(x) and [1, 2, 3]. PyTorch's tensors do as well. Raises TypeError or
    ValueError, saying what would fit, for anything else.
    """

    def __init__(self, function: Callable[[Any], Any] | None = None, x: Any = None) -> None:
        """Check both, or take the standard example."""
        super().__init__()
        self.vjp = VJP(
            _times_sum if function is None else function,
            tensor([1.0, 2.0, 3.0]) if x is None else x,
        )

    @property
    def answer(self) -> str:
        """What v and the Jacobian give, in one line of text."""
        return self.vjp.answer

    def snapshot(self) -> str:
        """Return the heat map, and a table of what each way gives."""
        vjp = self.vjp
        rows = [
            ("v", one_line(vjp.v)),
            (_("vᵀJ, multiplied out"), one_line(vjp.product)),
            (_("x.grad after y.backward(v)"), one_line(vjp.backward())),
            (_("x.grad after y.sum().backward()"), one_line(vjp.of_sum())),
        ]
        entries = f"x = {one_line(numbers(vjp.x))}, y = f(x) = {one_line(vjp.y)}"
        caption = _(
            "J has a row for each entry of y and a column for each of x: how fast y changes with x. "
            "Each entry of v is the weight of one row; vᵀJ is the sum of the weighted rows."
        )
        picture = plot(tuple(vjp.v), tuple(map(tuple, vjp.jacobian)))
        return "".join(
            (
                told(self.answer),
                paragraph(entries),
                figure(picture, caption),
                table(("", ""), rows),
            )
        )

    def controls(self) -> list[Any]:
        """Return a slider for each entry of v, and buttons for ones and for single rows."""
        import ipywidgets  # type: ignore[import-untyped]

        sliders = [
            ipywidgets.FloatSlider(value, min=-REACH, max=REACH, step=STEP, description=f"v[{i}]")
            for i, value in enumerate(self.vjp.v)
        ]
        for i, slider in enumerate(sliders):
            self.follow(slider, partial(self._moved, slider, i))

        def button(name: str, action: Callable[[], None]) -> Any:
            def act() -> None:
                action()
                for slider, value in zip(sliders, self.vjp.v.copy(), strict=True):
                    slider.value = value

            return self.button(name, act)

        buttons = [button("ones(len(y))", self.vjp.ones)]
        for i in range(len(sliders)):
            buttons.append(button(_("row {i}").format(i=i), partial(self.vjp.row, i)))
        wrap = ipywidgets.Layout(flex_flow="row wrap")
        return [ipywidgets.VBox([*sliders, ipywidgets.HBox(buttons, layout=wrap)])]

    def _moved(self, slider: Any, i: int) -> None:
        self.vjp.set(i, slider.value)


def _times_sum(x: Any) -> Any:
    return x * x.sum()
