"""The published lessons: what their sources generate, executed, the same on every run."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from autograd_lab.authoring.execute import environment
from autograd_lab.authoring.notebook import notebook
from autograd_lab.authoring.source import LANGUAGES, read
from tests.lessons import NOTEBOOKS, RUN, SOURCES

NAMES = [path.stem for path in SOURCES]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLOTS = """\
[plots]
regex: (<img class="autograd-lab-plot"[^>]* src=")[^"]+
replace: \\1
"""


def _without_results(made):
    """Return what the author wrote: everything but outputs and execution counts."""
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_source_is_published_and_nothing_else(language):
    """One notebook per source, in each language."""
    assert NAMES
    assert sorted(path.stem for path in (NOTEBOOKS / language).glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_published_lesson_is_what_its_source_generates(path, language):
    """Nobody edited the notebook, and nobody forgot to build it."""
    published = nbformat.read(NOTEBOOKS / language / f"{path.stem}.ipynb", as_version=4)
    assert _without_results(published) == notebook(read(path), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_published_lesson_was_run_from_top_to_bottom(name, language):
    """Cells are counted 1, 2, 3 …; errors stand where they are meant to, warnings nowhere."""
    published = nbformat.read(NOTEBOOKS / language / f"{name}.ipynb", as_version=4)
    code = [cell for cell in published.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert any(cell.outputs for cell in code)
    for cell in code:
        raised = any(output.output_type == "error" for output in cell.outputs)
        assert raised == ("raises-exception" in cell.metadata.get("tags", ())), cell.source
        assert not any(output.get("name") == "stderr" for output in cell.outputs), cell.source


@pytest.mark.parametrize("path", RUN)
def test_a_lesson_shows_again_what_it_shows_in_print(path, tmp_path):
    """nbval runs the English notebook and compares every output, within 15 seconds of work."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider"]
    command += ["--rootdir", str(tmp_path), "-c", str(tmp_path / "pytest.ini")]
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    # Another build of matplotlib or of its fonts draws the same plot with other bytes.
    (tmp_path / "plots.ini").write_text(PLOTS, encoding="utf-8")
    command += ["--nbval-sanitize-with", str(tmp_path / "plots.ini")]
    before = os.times()
    outcome = subprocess.run(
        [*command, str(NOTEBOOKS / "en" / f"{path.stem}.ipynb")],
        env=environment("en", str(tmp_path)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    # Processor time, kernel included: a busy machine does not make a lesson long.
    after = os.times()
    worked = after.children_user + after.children_system
    assert worked - before.children_user - before.children_system < 15


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_prose_is_in_both_languages_and_code_in_none(path):
    """Chinese prose is Chinese, English prose is not; a shared cell holds no Chinese."""
    for cell in read(path).cells:
        assert not CHINESE.search(cell.texts["en"])
        assert cell.texts["en"] == cell.texts["zh"] or CHINESE.search(cell.texts["zh"])


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_chinese_paragraphs_stand_on_one_line(path):
    """A line break between two Chinese characters would be shown as a space."""
    for cell in read(path).cells:
        broken = re.search(
            r"[\u3000-\u9fff\uff00-\uffef]\n(?=[\u3000-\u9fff\uff00-\uffef])", cell.texts["zh"]
        )
        assert broken is None, cell.texts["zh"]


LINK = re.compile(r"\]\(([^)#:]+)\.ipynb\)")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_links_lead_to_lessons(path, language):
    """A link between lessons names one that is there; the tour leads to every other lesson, in order."""
    links = [name for cell in read(path).cells for name in LINK.findall(cell.texts[language])]
    assert set(links) <= set(NAMES)
    if path == SOURCES[0]:
        assert links == NAMES[1:]
