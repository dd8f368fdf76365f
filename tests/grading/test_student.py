import sys
from typing import Any

import pytest

from autograd_lab.grading.codec import CodecError, Error, Fn, Ref, TensorData
from autograd_lab.grading.student import MAX_ERROR_TEXT, LocalStudent, Student


def student(source: str = "") -> Student:
    """Return the student who has run `source`."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return LocalStudent(namespace)


def test_the_last_expression_returns() -> None:
    """Statements run first, the last expression's value comes back; without one it is None."""
    assert student("a = 3").run("b = a + 1\nb * 2") == 8
    assert student().run("c = 1") is None
    assert student().run("") is None


def test_names_bound_by_a_check_do_not_stay() -> None:
    """A source runs in a copy of the namespace, also from one run to the next."""
    pupil = student("a = 1")
    pupil.run("a = 2\nb = 3")
    assert pupil.run("a") == 1
    assert pupil.run("b").type == "NameError"


def test_an_answer_changed_later_is_seen() -> None:
    """The namespace is read anew at each run."""
    namespace: dict[str, object] = {"a": 1}
    pupil = LocalStudent(namespace)
    assert pupil.run("a") == 1
    namespace["a"] = 2
    assert pupil.run("a") == 2


def test_inputs_are_names_in_the_source() -> None:
    """Values, functions and tensors arrive as what they stand for."""
    seen = student("k = 10").run(
        "[f(2), t.sum(), t.requires_grad, plain]",
        f=Fn("lambda x: k * x"),
        t=TensorData("float64", (2,), (1.0, 2.0), True),
        plain=(1, {"a": None}),
    )
    assert seen == [20, TensorData("float64", (), (3.0,), True), True, (1, {"a": None})]


def test_a_call_and_an_answer_are_sugar() -> None:
    """`call` calls by name, `answer` reads the variable whose name has underscores."""
    pupil = student("def add(a, b): return a + b\nq2_prediction = {'x': 'error'}")
    assert pupil.call("add", 1, 2) == 3
    assert pupil.call("nothing").type == "NameError"
    assert pupil.answer("q2.prediction") == {"x": "error"}


def test_objects_stay_and_can_be_sent_back() -> None:
    """What the codec does not know stays as a Ref, of use in a later run."""
    pupil = student("class Value:\n    data = 7")
    value = pupil.run("Value()")
    assert isinstance(value, Ref)
    assert pupil.run("v.data", v=value) == 7


class Awkward(Exception):
    """An exception that cannot be shown."""

    def __str__(self) -> str:
        """Fail as well."""
        raise ValueError


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("1 / 0", Error("ZeroDivisionError", "division by zero")),
        ("raise Awkward", Error("Awkward", "")),
        ("exit(3)", Error("SystemExit", "3")),
        ("raise GeneratorExit", Error("GeneratorExit", "")),
        ("raise ValueError('x' * 10_000)", Error("ValueError", "x" * MAX_ERROR_TEXT)),
        ("def f(): f()\nf()", "RecursionError"),
        ("[0] * 10**6", "CodecError"),
        ("2 ** 10**6", "CodecError"),
        ("type('T', (), {'dtype': 'float32', 'shape': 3, 'tolist': None})()", "TypeError"),
    ],
)
def test_an_error_is_an_answer(source: str, error: object) -> None:
    """Whatever a student's code raises comes back as data, an oversized answer too."""
    reply = LocalStudent({"Awkward": Awkward, "exit": sys.exit}).run(source)
    if isinstance(error, str):
        assert reply.type == error
    else:
        assert reply == error


def test_an_interrupt_ends_the_check() -> None:
    """Ctrl-C is not a student's answer."""
    with pytest.raises(KeyboardInterrupt):
        student().run("raise KeyboardInterrupt")


def test_a_faulty_check_is_told() -> None:
    """A source that does not parse and inputs that cannot be sent are the check's own errors."""
    with pytest.raises(SyntaxError):
        student().run("a b")
    with pytest.raises(CodecError, match="object cannot be sent"):
        student().run("1", a=object())


def test_nothing_a_student_does_is_heard(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither running the source nor looking at its value may print; both are student code."""
    pupil = student()
    pupil.run("import os\nos.write(2, b'loud')\nprint('loud')")
    pupil.run("type('Loud', (), {'shape': property(print), 'dtype': 'float32', 'tolist': print})()")
    assert capfd.readouterr() == ("", "")
