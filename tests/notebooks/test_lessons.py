"""The published lessons: what their sources generate, executed, the same on every run."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec

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
LESSON_BY_LESSON = """\
import json
import os

import pytest

lesson = {}


def worked():
    # Processor time, kernels included: a busy machine does not make a lesson long.
    return sum(os.times()[:4])


def pytest_runtest_logreport(report):
    lesson["compared"] = lesson.get("compared", 0) + (report.when == "call")
    lesson["failed"] = lesson.get("failed", "") + (report.longreprtext if report.failed else "")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    lesson.setdefault("since", worked())
    done = yield
    if nextitem is None or nextitem.path != item.path:
        seconds = worked() - lesson.pop("since")
        with open("lessons.json", "a", encoding="utf-8") as file:
            print(json.dumps({**lesson, "name": item.path.stem, "seconds": seconds}), file=file)
        lesson.clear()
    return done
"""
"""Writes, when nbval is through with a notebook, what has failed in it and what it cost."""


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


@pytest.fixture(scope="module", name="again")
def _again(tmp_path_factory):
    """Run the English lessons under nbval; return what failed and the seconds of work, by lesson."""
    folder = tmp_path_factory.mktemp("nbval")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "lesson_by_lesson.py").write_text(LESSON_BY_LESSON, encoding="utf-8")
    # Another build of matplotlib or of its fonts draws the same plot with other bytes.
    (folder / "plots.ini").write_text(PLOTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider"]
    command += ["--rootdir", str(folder), "-c", str(folder / "pytest.ini")]
    command += ["-p", "lesson_by_lesson", "--nbval-sanitize-with", str(folder / "plots.ini")]
    paths = [each.values[0] for each in RUN if not each.marks or find_spec("torch")]
    done = subprocess.run(
        [*command, *(str(NOTEBOOKS / "en" / f"{path.stem}.ipynb") for path in paths)],
        env=environment("en", str(folder)),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120 * len(paths),
        check=False,
    )
    assert (folder / "lessons.json").is_file(), done.stdout + done.stderr
    lines = (folder / "lessons.json").read_text(encoding="utf-8").splitlines()
    return {lesson["name"]: lesson for lesson in map(json.loads, lines)}


@pytest.mark.parametrize("path", RUN)
def test_a_lesson_shows_again_what_it_shows_in_print(path, again):
    """nbval runs the English notebook and compares every output, within 15 seconds of work."""
    assert again[path.stem]["failed"] == ""
    assert again[path.stem]["compared"] > 0
    assert again[path.stem]["seconds"] < 15


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
