"""Where checks and secrets are found: with the exercises, beside the notebook, in a private folder."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from autograd_lab import resources
from autograd_lab.grading import course as module
from autograd_lab.grading.course import CourseError

EXERCISES = resources.folder("exercises")


def test_a_private_folder_gets_one_secret(tmp_path: Path) -> None:
    """The secret is made once, readable by its owner alone, and never replaced."""
    private = module.prepare_private(tmp_path / "private")
    secret = (private / "secret").read_bytes()
    assert len(secret.strip()) == 64
    assert module.prepare_private(private) == private
    assert (private / "secret").read_bytes() == secret
    if os.name == "posix":
        assert stat.S_IMODE((private / "secret").stat().st_mode) == 0o600


def test_private_checks_take_the_place_of_public_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check in the private folder replaces the public one of its name; the others stay."""
    monkeypatch.setenv(module.PRIVATE, str(tmp_path))
    (tmp_path / "ps1").mkdir()
    (tmp_path / "ps1" / "q2_checks.py").write_text(
        "from autograd_lab.grading.check import check\n"
        "@check('q2-predict', points=1)\n"
        "def harder(student, inputs):\n"
        "    return []\n",
        encoding="utf-8",
    )
    checks = module.private_checks("ps1")
    assert checks["q2-predict"].points == 1
    assert checks["q2-implement"].points == module.public_checks("ps1")["q2-implement"].points


def test_a_course_without_secret_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable, no file, an empty file: one clear error each."""
    monkeypatch.delenv(module.PRIVATE, raising=False)
    with pytest.raises(CourseError, match="AUTOGRAD_LAB_PRIVATE is not set"):
        module.read_secret()
    monkeypatch.setenv(module.PRIVATE, str(tmp_path))
    with pytest.raises(CourseError, match="cannot be read"):
        module.read_secret()
    (tmp_path / "secret").write_text("\n", encoding="ascii")
    with pytest.raises(CourseError, match="is empty"):
        module.read_secret()


@pytest.mark.parametrize(
    ("name", "here", "found"),
    [
        ("ps1/q2", "", ["q2-predict", "q2-implement"]),
        ("q2", "ps1", ["q2-predict", "q2-implement"]),
        ("q2-predict", "ps1", ["q2-predict"]),
        ("ps1/q2", "ps9", ["q2-predict", "q2-implement"]),
    ],
)
def test_a_short_name_means_all_parts(name: str, here: str, found: list[str]) -> None:
    """A question may be named whole or in part, with its assignment or from inside it."""
    assignment, checks = module.find(name, here)
    assert assignment == "ps1"
    assert list(checks) == found


@pytest.mark.parametrize(
    "name", ["", "q", "q222", "ps1/", "ps1/q1-x", "nowhere/q2", "../q2", "问题"]
)
def test_an_unknown_name_is_an_error(name: str) -> None:
    """A name that means no question says so."""
    with pytest.raises(CourseError, match="there is no"):
        module.find(name)
    with pytest.raises(CourseError, match="there is no"):
        module.find(name, "ps1")


def test_an_ambiguous_name_asks_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that two assignments have must be named with its assignment."""
    for assignment in ("a", "b"):
        shutil.copytree(EXERCISES / "ps1", tmp_path / assignment)
    monkeypatch.setattr(module, "folder", lambda name: tmp_path)
    with pytest.raises(CourseError, match="a/q2, b/q2"):
        module.find("q2")
    assert module.find("b/q2")[0] == module.find("q2", "b")[0] == "b"


def test_all_questions_can_be_named() -> None:
    """Every name that is offered means a question."""
    names = module.question_names()
    assert "ps1/q2" in names
    for name in names:
        assert module.find(name)[0] == name.partition("/")[0]
