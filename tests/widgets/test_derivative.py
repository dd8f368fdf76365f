"""Three ways to a derivative, and how far off the numeric one is."""

import numpy as np
import pytest

from autograd_lab.engine.creation import tensor
from autograd_lab.widgets.derivative import STEPS, DerivativeLab, Derivatives, errors_over
from autograd_lab.widgets.formula import evaluate, parse

FORWARD, CENTRAL = "(f(x+h) − f(x)) / h", "(f(x+h) − f(x−h)) / 2h"


def test_the_three_ways_agree_on_the_documents_function():
    """4x³ + x² + 3 has the derivative 12x² + 2x: 14 at 1."""
    lab = DerivativeLab()
    assert lab.answer == (
        "f′(1) = 14, symbolic and automatic alike; with h = 0.0001 the forward difference is off by "
        "0.0013, the central one by 4e-08."
    )
    symbolic, automatic, forward, _central = lab.derivatives.rows()
    assert symbolic == ("symbolic", "14", "0", "14", "0")
    assert automatic[1:] == symbolic[1:]
    assert forward[1].startswith("14.0013")


def test_the_snapshot_shows_formula_derivative_table_and_plot():
    """It needs no widget and no kernel."""
    shown = DerivativeLab("4ｘ＾３＋ｘ＾２＋３").snapshot()
    assert "f(x) = 4x³ + x² + 3" in shown
    assert "f′(x) = 12x² + 2x" in shown
    assert shown.count("<tr>") == 5
    assert shown.count('class="autograd-lab-plot"') == 1


def test_the_error_is_a_v_and_float32_turns_earlier():
    """Bending makes large steps wrong, rounding small ones; the best step lies between them."""
    tree = parse("sin(x)")
    best = {}
    for dtype in (np.float64, np.float32):
        x = dtype(1.0)
        errors = errors_over(FORWARD, tree, x, float(np.cos(np.float64(x))))
        best[dtype] = STEPS[np.nanargmin(errors)]
        assert np.nanmin(errors) < 1e-3 * errors[-1]
        assert np.nanmin(errors) < 1e-3 * np.nanmax(errors[:20])
    assert 1e-9 < best[np.float64] < 1e-7
    assert 1e-5 < best[np.float32] < 1e-2


def test_the_central_difference_is_better_by_one_order():
    """A tenth of the step makes the error ten and a hundred times smaller."""
    errors = {}
    for h in (1e-2, 1e-3):
        found = Derivatives("e^x", 0.5, h)
        for way in (FORWARD, CENTRAL):
            errors[way, h] = abs(found.numeric(way, np.float64) - np.exp(0.5))
    assert errors[FORWARD, 1e-2] / errors[FORWARD, 1e-3] == pytest.approx(10, rel=0.02)
    assert errors[CENTRAL, 1e-2] / errors[CENTRAL, 1e-3] == pytest.approx(100, rel=0.02)


def test_a_formula_that_is_not_understood_is_the_answer_and_the_old_one_stays():
    """What was shown is not lost, and the next good formula clears the message."""
    lab = DerivativeLab()
    lab.derivatives.type("open(x)")
    assert lab.answer.startswith("“open” is not known here.")
    assert "f′(x) = 12x² + 2x" in lab.snapshot()
    lab.derivatives.type("x^2")
    assert lab.answer.startswith("f′(1) = 2,")


@pytest.mark.parametrize(("formula", "x"), [("1/x", 0.0), ("log(x)", -1.0), ("sqrt(x)", 0.0)])
def test_where_there_is_no_derivative_it_says_so(formula, x):
    """Neither a warning nor a number that means nothing."""
    lab = DerivativeLab(formula, x)
    assert lab.answer == f"f has no finite derivative at x = {x:g}: choose another x."
    assert "autograd-lab-plot" in lab.snapshot()


def test_where_formula_and_automatic_differ_both_are_told():
    """Cancelling fills the gap of x²/x at 0, where backward() meets 0/0."""
    found = Derivatives("(x-1)/(x-1) + x", 2.0)
    found.slope = parse("2")
    assert found.answer == "At x = 2 the formula gives 2, automatic differentiation 1."


def test_a_constant_has_no_graph_and_the_derivative_zero():
    """Its value is no tensor that backward() could start from."""
    assert DerivativeLab("3").answer.startswith("f′(1) = 0, symbolic and automatic alike")


@pytest.mark.parametrize("x", [float("inf"), float("nan"), 1e31])
def test_a_place_too_far_away_is_refused_and_the_old_one_stays(x):
    """As typed into the box of x."""
    found = Derivatives("x^2", 3.0)
    found.move(x)
    assert found.answer == "x must be a number below 1e30."
    assert found.x == 3.0
    found.move(2.0)
    assert found.answer.startswith("f′(2) = 4,")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"formula": lambda x: x}, TypeError, "a text with a function of x"),
        ({"formula": "f(x)"}, ValueError, "“f” is not known here"),
        ({"x": "1"}, ValueError, "x must be one number"),
        ({"x": [1.0, 2.0]}, ValueError, "x must be one number"),
        ({"x": None}, ValueError, "x must be one number"),
        ({"x": float("nan")}, ValueError, "x must be one number"),
        ({"h": 0}, ValueError, "h must be a step"),
        ({"h": 2}, ValueError, "h must be a step"),
    ],
)
def test_bad_arguments_are_told_what_would_fit(arguments, error, message):
    """Each is refused when the lab is made."""
    with pytest.raises(error, match=message):
        DerivativeLab(**arguments)


def test_a_tensor_may_be_the_place():
    """One with one element, whatever its dtype."""
    assert DerivativeLab("x^3", tensor([2.0], requires_grad=True)).answer.startswith("f′(2) = 12,")


def test_the_controls_change_what_is_shown():
    """Formula, place and step, each with its own box."""
    lab = DerivativeLab()
    formula, x, h = lab.widget.children[1].children[0].children
    formula.value = "x^2"
    x.value = 3.0
    h.value = 0.1
    assert lab.answer.startswith("f′(3) = 6, symbolic and automatic alike; with h = 0.1")
    assert lab.widget.children[-1].value == lab.snapshot()


@pytest.mark.needs_torch
def test_pytorch_does_the_automatic_part_if_the_place_is_its_tensor(monkeypatch):
    """The formula is worked out with tensors of the library that was given."""
    torch = pytest.importorskip("torch")
    asked = []
    found = Derivatives("sin(x)", torch.tensor(0.0))

    def spy(tree, x):
        asked.append(type(x))
        return evaluate(tree, x)

    monkeypatch.setattr("autograd_lab.widgets.derivative.evaluate", spy)
    assert found.automatic() == 1.0
    assert asked == [torch.Tensor]
