"""Two traces side by side."""

from dataclasses import replace

from autograd_lab.trace.model import Trace
from autograd_lab.views.compare import Comparison, compared


def test_what_differs_is_marked(example: Trace, broadcast: Trace) -> None:
    """Sizes, the gradient of each leaf of either, and the mark is a sign, not a colour."""
    assert compared(example, broadcast) == [
        ("operations", "4", "3"),
        ("backward passes", "1", "1"),
        ("x.grad", "[[4.5000, 4.5000], [4.5000, 4.5000]]", "no such leaf"),
        ("w.grad", "no such leaf", "[[4., 4.], [4., 4.]]"),
        ("b.grad", "no such leaf", "[0., 0.]"),
    ]
    lines = repr(Comparison(example, broadcast, ("mine", "yours"))).splitlines()
    assert lines[0].split() == ["mine", "yours"]
    assert [line[0] for line in lines[1:6]] == ["≠", "=", "≠", "≠", "≠"]
    assert "— mine —" in lines and "— yours —" in lines


def test_errors_are_compared(example: Trace, failed: Trace) -> None:
    """Where one of them stopped."""
    name, none, error = compared(example, failed)[-1]
    assert (name, none) == ("error", "")
    assert error.startswith("RuntimeError")


def test_both_are_shown_in_one_output(example: Trace, broadcast: Trace) -> None:
    """Each with its figure and its stepper, under its name."""
    shown = Comparison(example, broadcast)._repr_html_()
    assert shown.count("<figure>") == 2 and shown.count("<script") == 2
    assert "<p><b>a</b></p>" in shown and "<p><b>b</b></p>" in shown
    assert "<script" not in Comparison(example, broadcast, static=True)._repr_html_()


def test_hostile_names_stay_text(hostile: Trace, example: Trace) -> None:
    """The names of the traces come from the user, too."""
    attack = "<img src=x onerror=alert(1)>\x1b"
    shown = Comparison(hostile, replace(example), (attack, "b"))
    assert "<img src=x" not in shown._repr_html_()
    assert "\x1b" not in repr(shown)
