"""`%autograd`: graphs of tensors, questions, comparisons, settings; and the options of both magics."""

import json
import re
from pathlib import Path

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from autograd_lab.grading import progress
from autograd_lab.grading.report import VERDICT
from autograd_lab.trace.model import Trace
from tests.magics.running import run

SQUARE = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\n"
Shell = InteractiveShell


def test_graph_of_tensors(shell: Shell) -> None:
    """`%autograd y z` shows the graph behind both, from their names."""
    run(shell, "x = torch.ones(2, requires_grad=True); y = x * 2; z = y.sum()")
    shown = run(shell, "%autograd --text y z")
    rows = [line for line in shown.stdout.splitlines() if line.startswith("●")]
    assert [row.split()[1] for row in rows] == ["z", "y", "x"]


def test_last_recording_once_more(shell: Shell) -> None:
    """`%autograd` alone shows what the last recorded cell showed; without one it says how to begin."""
    assert "begin a cell with %%autograd" in run(shell, "%autograd").stderr
    first = run(shell, f"%%autograd --text\n{SQUARE}").stdout
    assert run(shell, "%autograd --text").stdout == first


def test_a_kept_recording(shell: Shell) -> None:
    """A variable that holds a trace, or a recording, is shown as that."""
    first = run(shell, f"%%autograd --text\n{SQUARE}").stdout
    run(shell, "kept = _autograd")
    assert run(shell, "%autograd --text kept").stdout == first


def test_why_after_a_recording(shell: Shell) -> None:
    """`%autograd why x` reads the last recording: two passes added up."""
    run(shell, f"%%autograd --quiet\n{SQUARE}(x * x).backward()")
    said = run(shell, "%autograd why x").stdout
    assert "12" in said
    assert "6" in said


def test_why_without_a_recording(shell: Shell) -> None:
    """Without one, the tensor alone tells what it can."""
    run(shell, "x = torch.ones(2)")
    assert "does not require grad" in run(shell, "%autograd why x").stdout
    assert "UsageError" in run(shell, "%autograd why 3").stderr
    assert "needs the name" in run(shell, "%autograd why").stderr


def test_every_cell(shell: Shell) -> None:
    """Between `on` and `off` each cell that touches tensors shows its graph; the others show nothing."""
    run(shell, "%autograd on --text")
    shown = run(shell, SQUARE)
    assert "x.grad" in shown.stdout
    trace = shell.user_ns["_autograd"]
    assert [(node.line, node.expression) for node in trace.graph.nodes] == [
        (1, "torch.tensor(3.0, requires_grad=True)"),
        (2, "x * x"),
    ]
    assert run(shell, "a = 1").stdout == ""
    asked = run(shell, f"%%autograd --quiet\n{SQUARE}")
    assert asked.stdout == ""
    run(shell, "%autograd off")
    assert run(shell, SQUARE).stdout == ""


def test_every_cell_keeps_tracebacks(shell: Shell) -> None:
    """A cell that raises under `on` shows its own line, not one further down."""
    run(shell, "%autograd on --text")
    shown = run(shell, "x = torch.ones(2, requires_grad=True)\n\nfor i in range(1):\n    1 / 0")
    assert "----> 4     1 / 0" in shown.stdout
    assert shell.user_ns["_autograd"].error == "ZeroDivisionError: division by zero"


def test_compare(shell: Shell) -> None:
    """`%autograd compare a b` shows what differs, then both."""
    run(shell, f"%%autograd --quiet\n{SQUARE}")
    run(shell, "a = _autograd")
    run(shell, f"%%autograd --quiet\n{SQUARE}(x * x).backward()")
    said = run(shell, "%autograd compare --text a _autograd").stdout
    row = next(line for line in said.splitlines() if "x.grad" in line)
    assert ("6." in row, "12." in row, "≠" in row) == (True, True, True)
    assert "needs two recordings" in run(shell, "%autograd compare a").stderr
    assert "holds no recording" in run(shell, "%autograd compare a x").stderr


def test_settings(shell: Shell) -> None:
    """`config` sets options for all that follows, prints them, and takes them back."""
    run(shell, "%autograd config --text --max-nodes 5")
    shown = run(shell, f"%%autograd\n{SQUARE}")
    assert (shown.outputs, "x.grad" in shown.stdout) == ([], True)
    assert len(run(shell, f"%%autograd --no-text\n{SQUARE}").outputs) == 1
    assert "--max-nodes  5" in run(shell, "%autograd config").stdout
    assert "--max-nodes  150" in run(shell, "%autograd config reset").stdout
    assert "UsageError" in run(shell, "%autograd config --save a.svg").stderr


@pytest.mark.parametrize("ending", ["svg", "html", "json"])
def test_files(shell: Shell, tmp_path: Path, ending: str) -> None:
    """`--save` writes a picture, a page or the trace, and shows the cell all the same."""
    path = tmp_path / f"my graph.{ending}"
    shown = run(shell, f'%%autograd --save "{path}"\n{SQUARE}')
    assert len(shown.outputs) == 1
    text = path.read_text(encoding="utf-8")
    if ending == "json":
        assert Trace.from_json(text) == shell.user_ns["_autograd"]
        assert json.loads(text)["version"]
    else:
        assert ("<svg" in text) or ("data:image/svg+xml" in text)


def test_static(shell: Shell) -> None:
    """`--static` leaves scripts out."""
    (output,) = run(shell, f"%%autograd --static\n{SQUARE}").outputs
    assert "<img" in output.data["text/html"]
    assert "<script" not in output.data["text/html"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%autograd --max-nodes 0 x", "number of boxes"),
        ("%autograd --save picture.png x", "must end in"),
        ("%autograd --nonsense", "does not know --nonsense"),
        ("%autograd it's", "ends inside quotation marks"),
        ("%autograd it\\", "with a backslash"),
        ("%autograd --st x", "does not know --st"),
        ("%autograd --save", "--save: a value is missing"),
        ("%autograd --text=yes x", "--text/--no-text: takes no value"),
        ("%autograd nowhere", "NameError"),
        ("%autograd 3", "type int"),
        ("%autograd lang de", "no language"),
        ("%autograd --save /no/such/folder/g.svg x", "cannot write"),
    ],
)
def test_mistakes(shell: Shell, line: str, said: str) -> None:
    """A mistake in the line is one sentence, not a traceback."""
    run(shell, "x = torch.ones(2, requires_grad=True)")
    shown = run(shell, line)
    assert said in shown.stderr
    assert "Traceback" not in shown.stdout + shown.stderr


@pytest.mark.parametrize(
    "rest", ["--max-nodes", "--text=1 x", "--nonsense", "it's", "--save a.png"]
)
def test_mistakes_are_told_in_the_language_of_the_session(shell: Shell, rest: str) -> None:
    """Not one word of argparse's own stands in a Chinese sentence."""
    run(shell, "%autograd lang zh")
    said = run(shell, f"%autograd {rest}").stderr.removeprefix("UsageError: ")
    known = re.compile(r"%%?autograd\??|--[\w-]+|a\.png|\.(svg|html|json)")
    assert re.search("[\u4e00-\u9fff]", said)
    assert not re.search("[A-Za-z]", known.sub("", said))


def test_a_file_that_cannot_be_written_does_not_lose_the_cell(shell: Shell) -> None:
    """The cell ran, is shown and its trace is kept; one line says what went wrong with the file."""
    shown = run(shell, f"%%autograd --save /no/such/folder/g.svg\n{SQUARE}")
    assert len(shown.outputs) == 1 and shown.stdout == ""
    message = "UsageError: cannot write /no/such/folder/g.svg: No such file or directory\n"
    assert shown.stderr == message
    assert shell.user_ns["x"].grad.item() == 6
    assert isinstance(shell.user_ns["_autograd"], Trace)


def test_language(shell: Shell) -> None:
    """`lang zh` turns what is shown into Chinese, `lang en` back."""
    assert run(shell, "%autograd lang zh").stdout == "zh\n"
    assert "计算图" in run(shell, f"%%autograd --text\n{SQUARE}").stdout
    assert run(shell, "%autograd lang en").stdout == "en\n"
    assert "The graph" in run(shell, f"%%autograd --text\n{SQUARE}").stdout


def test_completion(shell: Shell) -> None:
    """Tab offers commands, options and the names of tensors."""
    run(shell, "loss = torch.ones(2, requires_grad=True); other = 3")

    def offered(line: str) -> set[str]:
        with provisionalcompleter():
            return {c.text for c in shell.Completer.completions(line, len(line))}

    assert {"why", "compare", "config", "--text", "loss"} <= offered("%autograd ")
    assert "other" not in offered("%autograd ")
    assert {"--save", "--static"} <= offered("%%autograd --s")
    assert {"zh", "en"} <= offered("%autograd lang ")
    run(shell, "%%autograd --quiet\nloss * 2")
    assert "loss" in offered("%autograd why ")
    assert not {"--text", "why", "on"} & offered("%autograd why ")
    assert "_autograd" in offered("%autograd compare ")
    assert not {"why", "on", "off", "loss"} & offered("%autograd compare ")


def test_unloading_takes_completion_and_recording_back(shell: Shell) -> None:
    """After `%unload_ext` nothing completes, and no cell is recorded, though `on` was said."""
    hooks = shell.strdispatchers["complete_command"].regexs
    assert len(hooks) == 1
    run(shell, "%autograd on --text")
    run(shell, "%unload_ext autograd_lab")
    assert len(hooks) == 0
    assert run(shell, SQUARE).stdout == ""
    run(shell, "%load_ext autograd_lab")
    assert run(shell, SQUARE).stdout == ""


@pytest.fixture
def learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is tried in a folder of its own."""
    monkeypatch.setenv(progress.FOLDER, str(tmp_path))
    monkeypatch.setattr(progress, "_remembered", {})


@pytest.mark.usefixtures("learner")
def test_check_a_question(shell: Shell) -> None:
    """`%autograd check` judges the notebook's variables; a wrong name is one line, never an error."""
    run(shell, "q2_prediction = {'again': 'error'}")
    shown = run(shell, "%autograd check ps1/q2-predict")
    report, table = [output.data for output in shown.outputs]
    assert "q2-predict: 0.5 of 3 points" in report["text/plain"]
    assert report[VERDICT]["points"] == 0.5
    assert "Σ so far" in table["text/plain"]
    assert "there is no question 'q99'" in run(shell, "%autograd check q99").stdout
    assert "needs the name of a question" in run(shell, "%autograd check").stderr
    with provisionalcompleter():
        line = "%autograd check ps1/"
        offered = {each.text for each in shell.Completer.completions(line, len(line))}
    assert any("q2" in each for each in offered)
