"""Plots as images in HTML."""

import base64
import re

from autograd_lab.widgets.plots import image, new_figure


def drawn(alt: str = "a line") -> str:
    """Return the image of a small plot."""
    figure = new_figure()
    figure.subplots().plot([0, 1], [0, 2])
    return image(figure, alt)


def test_a_plot_is_a_png_inside_one_element() -> None:
    """Nothing is asked from outside, and nothing but an img is there for a sanitiser to strip."""
    element = drawn()
    data = re.fullmatch(r'<img [^<>]*src="data:image/png;base64,([^"]+)">', element)[1]
    assert base64.b64decode(data).startswith(b"\x89PNG")


def test_the_same_plot_gives_the_same_bytes() -> None:
    """A notebook that is run again does not change."""
    assert drawn() == drawn()


def test_the_description_is_escaped() -> None:
    """A name from the user cannot leave the attribute."""
    assert 'alt="&quot;&gt;&lt;script&gt;"' in drawn('"><script>')


def test_drawing_leaves_pyplot_alone() -> None:
    """No figure stays open for `%matplotlib inline` to show a second time."""
    from matplotlib import pyplot

    drawn()
    assert pyplot.get_fignums() == []
