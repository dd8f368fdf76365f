"""A matplotlib plot as one `<img>`, which needs no kernel and survives a sanitiser.

Axes carry symbols, never words: matplotlib's default font has no Chinese, and says so on stderr. What
the plot tells in words belongs in `alt` and in a caption in HTML.
"""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 144
"""Two pixels of the image per pixel shown, for sharp screens."""


def new_figure(width: float = 5.0, height: float = 3.0) -> Figure:
    """Return an empty figure of this size in inches, white in every theme.

    It is made without pyplot: no window, no notebook hook, nothing to close. Raises ImportError,
    with the remedy, where matplotlib is missing.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            "plots need matplotlib; this brings it: pip install 'autograd_lab[lab]'"
        ) from None
    return Figure(figsize=(width, height), dpi=DPI, facecolor="white", layout="constrained")


def image(figure: Figure, alt: str) -> str:
    """Return `figure` as an `<img>` whose `alt` says in words what one sees.

    The image holds neither time nor version, so the same figure gives the same bytes on one machine.
    """
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    data = base64.b64encode(drawn.getvalue()).decode("ascii")
    width = round(figure.get_figwidth() * DPI / 2)
    return (
        f'<img class="autograd-lab-plot" width="{width}" alt="{html.escape(alt)}" '
        f'style="max-width:100%;height:auto" src="data:image/png;base64,{data}">'
    )


__all__ = ["image", "new_figure"]
