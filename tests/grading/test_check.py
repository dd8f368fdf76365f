import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lab.grading.check import (
    Check,
    Finding,
    Mistaken,
    Verdict,
    check,
    hidden_seed,
    near,
)
from autograd_lab.grading.codec import Error, Ref, TensorData
from autograd_lab.grading.student import LocalStudent, Student

RIGHT = Finding("one", 1, 1)
WRONG = Finding("two", 0.5, 2, "off-by-one", "you are off by one", "count again")


def judged(*findings: Finding, points: float = 3) -> Verdict:
    """Return the verdict of a check that finds these."""
    return Check("q", points, lambda student, inputs: findings).grade(LocalStudent({}), 0)


def test_a_verdict_adds_its_findings() -> None:
    """Points are the sum of the parts, the lead is the first part that is wrong."""
    verdict = judged(RIGHT, WRONG)
    assert verdict == Verdict("q", 1.5, 3, (RIGHT, WRONG))
    assert verdict.lead is WRONG
    assert judged(RIGHT).lead is None


def test_rounding_noise_changes_no_points() -> None:
    """0.1 + 0.2 is not more than 0.3, which nbgrader would refuse."""
    assert judged(Finding("a", 0.1, 0.1), Finding("b", 0.2, 0.2), points=0.3).points == 0.3


def test_a_mistaken_check_keeps_what_was_found_before() -> None:
    """A raised finding ends the check: earlier parts count, later ones are worth nothing."""

    @check("q", points=3)
    def stops(student: Student, inputs: random.Random) -> Iterator[Finding]:
        yield RIGHT
        raise Mistaken(WRONG)

    assert stops.grade(LocalStudent({}), 0) == Verdict("q", 1.5, 3, (RIGHT, WRONG))


@pytest.mark.parametrize(
    "finding",
    [Finding("p", 2, 1), Finding("p", -1, 1, "x"), Finding("p", 4, 4), Finding("p", 0, 1)],
)
def test_a_check_that_gives_impossible_points_is_refused(finding: Finding) -> None:
    """More than the part, less than nothing, more than the question, lost without a code."""
    with pytest.raises(ValueError, match=r"points found|needs a code"):
        judged(finding)


def test_inputs_depend_on_the_seed_alone() -> None:
    """The same seed draws the same hidden inputs, another one others."""
    drawn = []

    @check("q", points=0)
    def draws(student: Student, inputs: random.Random) -> list[Finding]:
        drawn.append(inputs.random())
        return []

    for seed in (1, 1, 2):
        draws.grade(LocalStudent({}), seed)
    assert drawn[0] == drawn[1] != drawn[2]


def test_seeds_differ_by_everything_they_are_made_of() -> None:
    """Secret, student, assignment and question each change the seed; names cannot run together."""
    parts = [
        (b"s", "ann", "ps1", "q2"),
        (b"t", "ann", "ps1", "q2"),
        (b"s", "bob", "ps1", "q2"),
        (b"s", "ann", "ps2", "q2"),
        (b"s", "ann", "ps1", "q3"),
        (b"s", "annp", "s1", "q2"),
        (b"s", "学生", "ps1", "q2"),
    ]
    assert len({hidden_seed(*part) for part in parts}) == len(parts)
    assert hidden_seed(*parts[0]) == hidden_seed(*parts[0])
    assert 0 <= hidden_seed(*parts[0]) < 2**256


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (1, 1.0),
        (1.00001, 1.0),
        (100.001, 100.0),
        ([1.0, 2], [1.0, 2.0]),
        ((1.0, 2.0), [1.0, 2.0]),
        ([[1], (2,)], [[1.0], [2.0]]),
        (TensorData("float32", (2,), (1.0, 2.0)), [1.0, 2.0]),
        ([TensorData("float32", (1,), (1.0,)), [2.0]], [[1.0], [2.0]]),
        (TensorData("int64", (), (3,)), 3.0),
        ([], []),
    ],
)
def test_equal_values_are_near(reply: object, expected: object) -> None:
    """Lists, tuples and tensors of numbers close enough are right."""
    assert near(reply, expected)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (1.001, 1.0),
        (100.1, 100.0),
        (float("nan"), 1.0),
        (float("nan"), float("nan")),
        (float("inf"), 1.0),
        (True, 1.0),
        ("1.0", 1.0),
        (None, 0.0),
        (10**400, 1.0),
        ([1.0], 1.0),
        (1.0, [1.0]),
        ([1.0], [1.0, 1.0]),
        ([[1.0]], [1.0]),
        ("ab", [1.0, 2.0]),
        ({0: 1.0}, [1.0]),
        (Error("E", ""), 1.0),
        (Ref(1), [1.0]),
    ],
)
def test_other_values_are_not_near(reply: object, expected: object) -> None:
    """Other numbers, shapes and kinds are wrong, without an exception."""
    assert not near(reply, expected)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple),
    )
)
def test_no_reply_breaks_the_comparison(reply: object) -> None:
    """Any reply is compared to an answer."""
    assert near(reply, [[1.5, 2.5], [3.5, 4.5]]) in (True, False)
