"""What `predict` answers."""

import warnings

import pytest

from autograd_lab.engine.filled import ones
from autograd_lab.trace.record import Recorder
from autograd_lab.widgets.predict import predict, reply


class Tensor:
    """As much of a tensor as a prediction looks at."""

    def __init__(self, numbers, grad=None):
        """Hold nested lists of numbers."""
        self.numbers = numbers
        self.grad = grad

    def tolist(self):
        """Return the nested lists."""
        return self.numbers


def _x(gradient):
    return {"x": Tensor([[1.0, 1.0], [1.0, 1.0]], grad=Tensor(gradient))}


LESSON = {**_x([[4.5, 4.5], [4.5, 4.5]]), "z": Tensor([[27.0, 27.0], [27.0, 27.0]])}


@pytest.mark.parametrize("guess", [None, ..., "", "  "])
def test_an_empty_guess_is_asked_for(guess):
    """Nothing guessed yet gives the prompt, and never the answer."""
    line = reply("x.grad", guess, LESSON)
    assert line == "Your turn: what will x.grad be? Fill in your guess and run this again."


@pytest.mark.parametrize("namespace", [{}, {"x": Tensor([1.0])}])
def test_a_guess_before_the_value_exists_is_noted(namespace):
    """Neither a missing variable nor a gradient that is None is an error."""
    line = reply("x.grad", 4.5, namespace)
    assert line == "Noted: 4.5. x.grad holds nothing yet; run on and compare."


@pytest.mark.parametrize("guess", [4.5, "4.5", 4.5001, [[4.5, 4.5], [4.5, 4.5]]])
def test_a_right_guess_is_right_in_any_form(guess):
    """One number stands for all entries; texts and rounding are accepted."""
    assert reply("x.grad", guess, LESSON).startswith("Right: x.grad is ")


@pytest.mark.parametrize(
    ("guess", "hint"),
    [
        (18, "4 times too large, and x.grad has 4 entries: a mean divides"),
        (1.125, "4 times too small, and x.grad has 4 entries: only a mean divides"),
        (27, "27 is the value of z"),
        (1, "1 is the value of x"),
        (-4.5, "the size is right, the sign is not"),
        (9, "too large. Which factor"),
        (2.25, "too small. An exponent"),
        (0, "step through the backward pass"),
        (float("nan"), "step through the backward pass"),
        ([[4.5, 4.5], [4.5, 1]], "step through the backward pass"),
        ([4.5, 4.5], "x.grad has shape (2, 2), your guess (2,)"),
    ],
)
def test_a_wrong_guess_is_answered_with_its_cause(guess, hint):
    """Each known way to go wrong has its own words."""
    line = reply("x.grad", guess, LESSON)
    assert line.startswith("Not quite: ")
    assert hint in line


LEAF = {
    "J": Tensor([[5.0, 2.0], [1.0, 3.0]]),
    "v": Tensor([1.0, 10.0]),
    "x": Tensor([2.0, 7.0], grad=Tensor([15.0, 32.0])),
}


@pytest.mark.parametrize(
    ("guess", "hint"),
    [
        ([25, 31], "that is J @ v, each row summed up"),
        ([6, 5], "that is all rows added up. v weights each of them first"),
        ([15, 3.2], "these are the slopes alone. Each entry of v says"),
        ([2, 7], "[2, 7] is the value of x"),
        ([150, 320], "too large"),
    ],
)
def test_a_jacobian_used_another_way_is_recognised(guess, hint):
    """Rows for columns, a forgotten v: the matrix and the vector in sight tell which."""
    assert hint in reply("x.grad", guess, LEAF)


def test_without_a_matrix_in_sight_nothing_is_said_about_rows():
    """The same numbers, and nothing they could come from."""
    assert "row" not in reply("x.grad", [25, 31], {"x": LEAF["x"]})


def test_exchanged_rows_and_columns_are_recognised():
    """A Jacobian written down the other way."""
    line = reply("J", [[5, 1], [2, 3]], LEAF)
    assert "rows and columns are exchanged: one row per result" in line


def test_a_forgotten_accumulation_is_recognised():
    """The recording in sight knows what the last pass added; the first pass added to nothing."""
    x = ones(2, requires_grad=True)
    recorder = Recorder("", "<cell>")
    recorder.start()
    (3 * x).sum().backward()
    first = recorder.stop({"x": x})
    assert "too small" in reply("x.grad", 1.5, {"x": x, "_autograd": first})
    recorder = Recorder("", "<cell>")
    recorder.start()
    (4 * x).sum().backward()
    second = recorder.stop({"x": x})
    line = reply("x.grad", 4, {"x": x, "_autograd": second})
    assert "4 is what the last pass added. x.grad held something before" in line
    assert "7" not in line
    assert "last pass" not in reply("y.grad", 4, {"y": x, "_autograd": second})


def test_strange_numbers_warn_nobody():
    """Infinity times zero, and what is too large."""
    strange = {**LEAF, "J": Tensor([[float("inf"), 0.0], [1e308, 1e308]])}
    with warnings.catch_warnings(action="error"):
        assert reply("x.grad", [0, float("inf")], strange).startswith("Not quite")


def test_the_answer_is_never_given_away():
    """A wrong guess does not print the right number."""
    assert "4.5" not in reply("x.grad", 18, LESSON)


def test_truth_values_can_be_predicted():
    """A flag is right or the other way round."""
    namespace = {"x": Tensor([1.0], grad=True)}
    assert reply("x.grad", True, namespace) == "Right: x.grad is True."
    assert reply("x.grad", False, namespace) == "Not quite: it is the other way round."


@pytest.mark.parametrize(
    "expression", ["f(x)", "x[0]", "x.grad; 1", "", "x .grad", "x\0", 3, None, "(" * 10_000]
)
def test_nothing_but_names_and_attributes_is_read(expression):
    """Any other expression is refused without being evaluated."""
    line = reply(expression, 1, {"x": 1, "f": lambda _: pytest.fail("was called")})
    assert line == "predict() reads a variable and its attributes, such as 'x.grad'."


@pytest.mark.parametrize("guess", [object(), {}, "many", [[1], [2, 3]], 10**400, 1j])
def test_a_guess_that_is_no_number_is_explained(guess):
    """Whatever is passed, one line says what would do."""
    line = reply("x.grad", guess, LESSON)
    assert line == "A guess is a number, a list of numbers, or True or False."


def test_an_attribute_that_fails_is_one_line():
    """A misspelt name gives its error as text."""
    line = reply("x.gard", 1, LESSON)
    assert line == "x.gard cannot be read: 'Tensor' object has no attribute 'gard'"


def test_something_without_numbers_has_nothing_to_compare():
    """A gradient function is no number."""
    line = reply("f", 1, {"f": object()})
    assert line == "f is not a number, so there is nothing to compare."


def test_looking_warns_nobody():
    """The warning for the .grad of a tensor that is no leaf stays unseen."""

    class NonLeaf:
        @property
        def grad(self):
            warnings.warn("not a leaf", UserWarning, stacklevel=2)

    with warnings.catch_warnings(action="error"):
        assert "holds nothing yet" in reply("y.grad", 1, {"y": NonLeaf()})


def test_predict_prints_one_line_about_the_callers_variable(capsys):
    """Variables are those of the place where predict is called."""
    loss = 3.0
    predict("loss", loss)
    assert capsys.readouterr().out == "Right: loss is 3.\n"
