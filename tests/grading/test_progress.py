"""What a learner has tried: an id, points, and how often a misconception was met."""

import json
from pathlib import Path

import pytest

from autograd_lab.grading import progress
from autograd_lab.grading.check import Finding, Verdict

RIGHT = Verdict("q2", 1, 1, (Finding("p", 1, 1),))


def wrong(code: str) -> Verdict:
    """Return a verdict whose misconception is `code`."""
    return Verdict("q2", 0.5, 1, (Finding("p", 0.5, 1, code),))


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin anew, as another kernel does."""
    monkeypatch.setattr(progress, "_remembered", {})


@pytest.fixture(params=["file", "file in the way", "no home"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep what is tried in a file, or where none can be written."""
    if request.param == "file":
        monkeypatch.setenv(progress.FOLDER, str(tmp_path / "new"))
    elif request.param == "file in the way":
        (tmp_path / "file").touch()
        monkeypatch.setenv(progress.FOLDER, str(tmp_path / "file"))
    else:
        monkeypatch.delenv(progress.FOLDER)

        def homeless() -> Path:
            raise RuntimeError("Could not determine home directory.")

        monkeypatch.setattr(Path, "home", homeless)
    return request.param


def test_attempts_are_counted_per_misconception(place: str) -> None:
    """The same misconception again is the second attempt, another one the first; it can be read."""
    assert progress.attempts("ps1", wrong("a")) == 0
    assert [progress.attempt("ps1", wrong(code)) for code in "aaba"] == [1, 2, 1, 3]
    assert progress.attempt("ps2", wrong("a")) == 1
    assert progress.attempts("ps1", wrong("a")) == 3
    assert progress.attempt("ps1", RIGHT) == 1


def test_the_points_are_those_of_the_last_try(place: str) -> None:
    """Points of one assignment, by part."""
    progress.attempt("ps1", RIGHT)
    progress.attempt("ps1", wrong("a"))
    progress.attempt("ps2", RIGHT)
    assert progress.points("ps1") == {"q2": 0.5}
    assert progress.points("ps3") == {}


def test_the_id_is_random_and_stays(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same in the next kernel if it could be kept; nobody else has it."""
    mine = progress.learner()
    assert len(mine) == 32
    assert progress.learner() == mine
    forget(monkeypatch)
    assert (progress.learner() == mine) == (place == "file")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"id": 3, "questions": {}}',
        '{"id": "a", "questions": {"ps1/q2": 1}}',
        '{"id": "a", "questions": {"ps1/q2": {"met": {"a": "x"}}}}',
        '{"id": "a", "questions": {"ps1/q2": {"met": {}, "points": "x"}}}',
        "\udcff",
    ],
)
def test_a_damaged_file_is_begun_anew(_new_learner: Path, text: str) -> None:
    """Whatever the file holds, the next try is noted."""
    kept = _new_learner / "exercises.json"
    kept.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert progress.attempt("ps1", wrong("a")) == 1
    assert json.loads(kept.read_text(encoding="utf-8"))["questions"]["ps1/q2"]["points"] == 0.5
    assert [path.name for path in _new_learner.iterdir()] == ["exercises.json"]
