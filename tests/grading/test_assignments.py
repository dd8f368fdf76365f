"""The notebooks of the assignments: what their texts make, worth what their checks say."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograd_lab.authoring.course import build_course
from autograd_lab.grading.course import public_checks
from autograd_lab.i18n import set_language
from tests.grading.fixtures import EXERCISES


def test_the_notebooks_are_what_their_texts_make(tmp_path: Path) -> None:
    """Each notebook in source/ equals the one generated from the text; there are no others."""
    made = {path.relative_to(tmp_path): path for path in build_course(EXERCISES, tmp_path)}
    kept = {path.relative_to(EXERCISES): path for path in EXERCISES.glob("source/*/*.ipynb")}
    assert set(kept) == set(made)
    for name, path in made.items():
        assert kept[name].read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), name


def test_both_languages_grade_alike(tmp_path: Path) -> None:
    """English and Chinese have the same graded cells, worth what their checks are worth."""
    for path in build_course(EXERCISES, tmp_path / "en"):
        other = build_course(EXERCISES, tmp_path / "zh", "zh")
        (twin,) = [each for each in other if each.name == path.name]
        assert graded(path) == graded(twin)
        checked = {name: one.points for name, one in public_checks(path.stem).items()}
        assert checked.items() <= dict(graded(path)).items()


def graded(path: Path) -> list[tuple[str, float | None]]:
    """Return grade_id and points of the cells that nbgrader knows, in their order."""
    known = [
        cell.metadata.nbgrader
        for cell in nbformat.read(path, 4).cells
        if "nbgrader" in cell.metadata
    ]
    return [(each.grade_id, each.get("points")) for each in known]


@pytest.mark.parametrize(("language", "words"), [("en", "not yet"), ("zh", "还不对")])
def test_feedback_speaks_the_language_of_the_notebook(
    language: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A course built in one language needs no setting where it is worked on or graded."""
    monkeypatch.setenv("AUTOGRAD_LAB_LANG", {"en": "zh", "zh": "en"}[language])
    path = tmp_path / "source" / "ps1" / "ps1.ipynb"
    assert path in build_course(EXERCISES, tmp_path, language)
    code = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    namespace: dict[str, Any] = {}
    try:
        exec(code[0].replace("%load_ext", "# %load_ext"), namespace)
        namespace["check"]("ps1/q2-predict", {"q2_prediction": {}})
    finally:
        set_language(None)
    assert words in capsys.readouterr().out
