"""Building a folder of notebooks, with their outputs."""

import re
import sys

import nbformat
import pytest
from click.testing import CliRunner

from autograd_lab.authoring import build as notebooks
from autograd_lab.authoring.build import build, main
from autograd_lab.authoring.execute import OutputError, execute
from autograd_lab.authoring.notebook import notebook
from autograd_lab.authoring.source import Cell, Source

TEXT = """\
# %% [markdown] lang="en"
# # Six

# %% [markdown] lang="zh"
# # 六

# %%
import os
print(os.environ["AUTOGRAD_LAB_LANG"])
2 * 3
"""


def _folder(tmp_path, text=TEXT):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "six.py").write_text(text, encoding="utf-8")
    return tmp_path


def _executed(code, tmp_path, tags=()):
    cell = Cell("code", {"en": code, "zh": code}, {"tags": list(tags)})
    return execute(notebook(Source("n", (cell,)), "en"), "en", tmp_path).cells[0].outputs


def test_each_language_gets_a_notebook_with_outputs_in_that_language(tmp_path):
    """The kernel is told the language; the outputs are stored; nothing else is written."""
    folder = _folder(tmp_path)
    paths = build(folder)
    assert [path.relative_to(folder).as_posix() for path in paths] == [
        "en/six.ipynb",
        "zh/six.ipynb",
    ]
    for path, language in zip(paths, ("en", "zh"), strict=True):
        stdout, result = nbformat.read(path, as_version=4).cells[1].outputs
        assert stdout.text == f"{language}\n"
        assert result.data["text/plain"] == "6"
    assert sorted(p.name for p in folder.iterdir()) == ["en", "source", "zh"]


def test_metadata_are_the_sources_alone(tmp_path):
    """The version of the Python that built a notebook is not in it."""
    bare = notebook(Source("n", (Cell("code", {"en": "1", "zh": "1"}, {}),)), "en")
    assert execute(bare, "en", tmp_path).metadata == bare.metadata


def test_building_twice_gives_the_same_bytes(tmp_path):
    """No time, no version and no address gets into the file."""
    folder = _folder(tmp_path)
    first = [path.read_bytes() for path in build(folder)]
    assert [path.read_bytes() for path in build(folder)] == first


def test_a_broken_source_leaves_the_notebooks_as_they_were(tmp_path):
    """Nothing is written unless everything can be made."""
    folder = _folder(tmp_path)
    before = [path.read_bytes() for path in build(folder, run=False)]
    (folder / "source" / "zoo.py").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match=r"zoo\.py: no cells"):
        build(folder, run=False)
    assert [path.read_bytes() for path in sorted(folder.glob("*/*.ipynb"))] == before


def test_an_error_is_kept_where_the_cell_expects_it(tmp_path):
    """A cell tagged raises-exception may show its traceback."""
    (output,) = _executed("1 / 0", tmp_path, tags=["raises-exception"])
    assert output.ename == "ZeroDivisionError"


def test_a_traceback_shows_the_notebooks_own_lines(tmp_path):
    """No path of the machine that built it, and no line of a library that moves."""
    code = "import json\ndef parse(text):\n    return json.loads(text)\nparse('{')"
    (output,) = _executed(code, tmp_path, tags=["raises-exception"])
    shown = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
    assert shown.count("In[1]") == 2
    assert "----> 3" in shown.replace("\n", " ")
    assert "json/" not in shown and "skipping" not in shown
    assert shown.endswith(f"{output.ename}: {output.evalue}")


def test_a_cell_that_fails_stops_the_build_with_its_name(tmp_path):
    """The error names the notebook and the language, and shows the cell."""
    folder = _folder(tmp_path, "# %%\n1 / 0\n")
    with pytest.raises(OutputError, match=r"(?s)^six \(en\): .*1 / 0.*ZeroDivisionError"):
        build(folder)
    assert not list(folder.glob("*/*.ipynb"))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("object()", "shows an address"),
        ("import warnings; warnings.warn('old')", "writes to stderr"),
    ],
)
def test_what_would_differ_or_warn_is_refused(tmp_path, code, message):
    """The build names the cell and what is wrong with its output."""
    with pytest.raises(OutputError, match=rf"cell 1 .*{message}"):
        _executed(code, tmp_path)


def test_no_widget_view_is_stored(tmp_path):
    """What stands beside the view stays."""
    code = (
        "from IPython.display import display\n"
        "display({'application/vnd.jupyter.widget-view+json': {'model_id': 'a'},"
        " 'text/plain': 'lab'}, raw=True)"
    )
    (output,) = _executed(code, tmp_path)
    assert output.data == {"text/plain": "lab"}


def test_the_command_prints_the_paths(tmp_path):
    """`build FOLDER --no-run` writes notebooks without outputs and lists them."""
    outcome = CliRunner().invoke(main, [str(_folder(tmp_path)), "--no-run"])
    assert outcome.exit_code == 0
    assert outcome.output.split() == [str(tmp_path / lang / "six.ipynb") for lang in ("en", "zh")]


def test_a_folder_without_sources_is_one_line_of_error(tmp_path):
    """No traceback for a person's mistake."""
    outcome = CliRunner().invoke(main, [str(tmp_path)])
    assert outcome.exit_code == 1
    assert outcome.output.strip().startswith("Error: no text sources (*.py) in ")


@pytest.mark.parametrize(
    ("missing", "command", "brings"),
    [
        (("jupytext", "nbformat", "nbclient"), notebooks.main, "[course]"),
        (("nbclient",), notebooks.main, "[lab]"),
    ],
)
def test_a_missing_companion_is_one_line_of_error(tmp_path, monkeypatch, missing, command, brings):
    """Whoever has the package alone is told what to install."""
    folder = _folder(tmp_path)
    (folder / "six").mkdir()
    (folder / "six" / "six.py").write_text(TEXT, encoding="utf-8")
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    outcome = CliRunner().invoke(command, [str(folder)])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: ")
    assert outcome.output.endswith(f"pip install 'autograd_lab{brings}'\n")
    assert outcome.output.count("\n") == 1
