"""`%%autograd`: the cell is the plain cell, and the graph comes below it."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import CapturedIO, capture_output

from autograd_lab.engine.observe import observers
from autograd_lab.magics import load_ipython_extension, rewrite_first_line
from autograd_lab.magics.commands import COMMANDS
from autograd_lab.magics.options import DEFAULTS
from autograd_lab.trace.builder import Builder
from autograd_lab.trace.model import Trace
from tests.magics.running import run

WORKED = """\
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
"""
NO_GRAPH = "No graph to show: this cell ran no operation on a tensor that requires grad.\n"
Shell = InteractiveShell


def html_of(shown: CapturedIO) -> str:
    """Return the HTML of the one thing that was displayed."""
    (output,) = shown.outputs
    return str(output.data["text/html"])


# --- what is shown ------------------------------------------------------------------------------


def test_figure_and_text(shell: Shell) -> None:
    """The output carries text and HTML at once, about the cell's own graph."""
    shown = run(shell, f"%%autograd\n{WORKED}")
    (output,) = shown.outputs
    assert set(output.data) == {"text/plain", "text/html"}
    assert "line 4: y * y * 3" in output.data["text/plain"]
    assert "<img" in output.data["text/html"]
    assert shell.user_ns["x"].grad.tolist() == [[4.5, 4.5], [4.5, 4.5]]


def test_lines_are_counted_as_python_counts_them(shell: Shell) -> None:
    """What IPython's own copy of a cell takes for the end of a line, in a string, ends none."""
    cell = "x = torch.ones(2, requires_grad=True)\ns = 'a\u2028b\x0cc\x85d'\ny = x * x\n"
    run(shell, f"%%autograd\n{cell}")
    trace = shell.user_ns["_autograd"]
    assert trace.source == f"%%autograd\n{cell}"
    assert trace.line_of(next(n for n in trace.graph.nodes if n.label == "y")) == "y = x * x"


def test_text(shell: Shell) -> None:
    """`--text` prints the text and displays nothing."""
    shown = run(shell, f"%%autograd --text\n{WORKED}")
    assert shown.outputs == []
    assert "x.grad" in shown.stdout


def test_quiet_keeps_the_trace(shell: Shell) -> None:
    """`--quiet` shows nothing; the trace is there, its source headed by the magic."""
    shown = run(shell, f"%%autograd --quiet\n{WORKED}")
    assert (shown.outputs, shown.stdout, shown.stderr) == ([], "", "")
    trace = shell.user_ns["_autograd"]
    assert isinstance(trace, Trace)
    assert trace.source == f"%%autograd --quiet\n{WORKED}"
    assert [(node.line, node.expression) for node in trace.graph.nodes] == [
        (2, "torch.ones(2, 2, requires_grad=True)"),
        (3, "x + 2"),
        (4, "y * y"),
        (4, "y * y * 3"),
        (5, "z.mean()"),
    ]


def test_cell_without_tensors(shell: Shell) -> None:
    """One line says that there is nothing to show; an empty cell is one too."""
    assert run(shell, "%%autograd --text\na = 1").stdout == NO_GRAPH
    assert run(shell, "%%autograd --text").stdout == NO_GRAPH


def test_error_then_graph(shell: Shell) -> None:
    """A cell that raises shows its own traceback, then the graph up to that point."""
    shown = run(shell, f"%%autograd --text\n{WORKED}1 / 0\n")
    traceback, graph = shown.stdout.split("The graph, from the result back to the leaves:")
    assert "ZeroDivisionError: division by zero" in traceback
    assert "z.mean()" in graph
    assert "ZeroDivisionError" in graph.splitlines()[-1]


def test_the_recorder_fails(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours is one line under the cell, which ran as if nobody had watched."""
    monkeypatch.setattr(Builder, "add_edge", lambda *_: 1 / 0)
    shown = run(shell, f"%%autograd --text\n{WORKED}")
    assert shown.stderr == ""
    assert shown.stdout.splitlines()[-1] == (
        "The recording broke off (ZeroDivisionError: division by zero); "
        "the cell itself was not touched by that."
    )
    assert shell.user_ns["x"].grad.tolist() == [[4.5, 4.5], [4.5, 4.5]]
    assert "The recording broke off" in html_of(run(shell, f"%%autograd\n{WORKED}"))


def test_hostile_name(shell: Shell) -> None:
    """A variable or source text that looks like markup comes out as text."""
    shown = run(
        shell,
        "%%autograd\nx = torch.ones(1, requires_grad=True)\n"
        "globals()['</script><u>'] = x * 2  # </script><s>\n",
    )
    html = html_of(shown)
    assert "<u>" not in html
    assert "<s>" not in html
    assert html.count("</script>") == html.count("<script")


# --- the cell is the plain cell -----------------------------------------------------------------

RAISING = "\n" * 6 + "def f(v):\n    return 1 / v\n\n\n\nf(0)\n"


def test_traceback_is_the_plain_one(shell: Shell) -> None:
    """The traceback names the same lines of the same cell, character for character."""
    shell.execution_count = 5
    plain = run(shell, f"pass\n{RAISING}").stdout
    shell.execution_count = 5
    assert "1 / v" in plain
    assert run(shell, f"%%autograd --quiet\n{RAISING}").stdout == plain


def test_traceback_shows_line_1_as_it_was_written(shell: Shell) -> None:
    """An error so near the top that line 1 is shown with it: no trace of the rewriting."""
    shown = run(shell, "%%autograd --quiet\n1 / 0").stdout
    assert "# %%autograd --quiet" in shown
    assert "get_ipython" not in shown


def test_post_mortem_frames(shell: Shell) -> None:
    """`%debug` finds the user's frame, and no frame of the magic above it."""
    run(shell, f"%%autograd --quiet\n{RAISING}")
    names = []
    traceback = sys.last_traceback
    while traceback is not None:
        names.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    assert names[-2:] == ["<module>", "f"]
    assert not any("autograd" in name for name in names)


def test_out_and_semicolon(shell: Shell) -> None:
    """The last expression becomes `Out[n]` and `_`; a trailing semicolon keeps it quiet."""
    shell.execution_count = 7
    assert "Out[7]: 42" in run(shell, "%%autograd --quiet\n6 * 7").stdout
    assert shell.user_ns["_7"] == shell.user_ns["_"] == 42
    assert run(shell, "%%autograd --quiet\n6 * 8;").stdout == ""


def test_await(shell: Shell) -> None:
    """Top-level `await` works, and what follows it is recorded."""
    run(
        shell,
        "%%autograd --quiet\nimport asyncio\nawait asyncio.sleep(0)\n"
        "w = torch.ones(1, requires_grad=True) * 2",
    )
    assert [node.line for node in shell.user_ns["_autograd"].graph.nodes] == [4, 4]


def test_syntax_error_alone(shell: Shell) -> None:
    """A cell that does not compile shows its SyntaxError and no graph."""
    shown = run(shell, "%%autograd --text\nx = = 1")
    assert "SyntaxError" in shown.stdout
    assert "graph" not in shown.stdout


def test_line_magics_inside(shell: Shell) -> None:
    """Magics inside the cell work; what they run is placed at their line."""
    run(shell, "%%autograd --quiet\nx = torch.ones(1, requires_grad=True)\n%time y = x * 2\n")
    assert [node.line for node in shell.user_ns["_autograd"].graph.nodes] == [2, 3]


def test_line_magics_are_shown_as_typed(shell: Shell) -> None:
    """The text shows what the user wrote, not what IPython makes of it; a finding names the tensor."""
    cell = "x = torch.ones(1, requires_grad=True)\n%time y = x * 2\n%time y.numpy()\n"
    shown = run(shell, f"\n%%autograd --text\n{cell}").stdout
    trace = shell.user_ns["_autograd"]
    assert trace.source == f"%%autograd --text\n{cell}"
    assert "line 3: %time y = x * 2" in shown
    assert [(f.line, f.what[:5]) for f in trace.findings()] == [("%time y.numpy()", "y req")]


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", ["--nonsense", "extra words", "'", "--text=3"])
def test_usage_error(shell: Shell, options: str) -> None:
    """A wrong option is one line of UsageError, and the cell's body does not run."""
    shown = run(shell, f"%%autograd {options}\nran = True")
    assert shown.stderr.startswith("UsageError: ")
    assert shown.stderr.count("\n") <= 1
    assert (shown.stdout, shown.outputs) == ("", [])
    assert "ran" not in shell.user_ns


def test_interrupt(shell: Shell) -> None:
    """After Ctrl-C the magic works as before."""
    shown = run(shell, f"%%autograd --text\n{WORKED}raise KeyboardInterrupt")
    assert "KeyboardInterrupt" in shown.stdout
    assert observers == []
    assert "x.grad" in run(shell, f"%%autograd --text\n{WORKED}").stdout


def test_killed_cell(shell: Shell) -> None:
    """IPython reports a killed cell by None: the recording is dropped and nothing is shown."""
    with capture_output() as shown:
        info = shell.run_cell("1").info
        shell.events.trigger("pre_run_cell", info)
        shell.run_line_magic("autograd_begin", "")
        assert len(observers) == 1
        shell.events.trigger("post_run_cell", None)
    assert observers == []
    assert (shown.outputs, shown.stderr) == ([], "")


def test_silent_cell(shell: Shell) -> None:
    """A silent cell, which never reports its end, does not leak into the next."""
    shell.run_cell("%%autograd\nx = torch.ones(1, requires_grad=True)", silent=True)
    shown = run(shell, "y = x * 2")
    assert (shown.stdout, shown.outputs, observers) == ("", [], [])


# --- cells within cells -------------------------------------------------------------------------


def test_a_cell_that_runs_a_cell(shell: Shell) -> None:
    """The recording goes on until its own cell ends."""
    run(
        shell,
        "%%autograd --quiet\nx = torch.ones(1, requires_grad=True)\n"
        "_ = get_ipython().run_cell('y = x * 2')\nz = y + 1",
    )
    assert [node.label for node in shell.user_ns["_autograd"].graph.nodes] == ["x", "y", "z"]


def test_under_another_magic(shell: Shell) -> None:
    """`%%time` above `%%autograd` works: the graph is shown once."""
    shown = run(shell, f"%%time\n%%autograd\n{WORKED}")
    assert len(shown.outputs) == 1
    assert "Wall time" in shown.stdout


def test_under_time_lines_are_known(shell: Shell) -> None:
    """`%%time` keeps no text of what it runs; the trace has it all the same."""
    shown = run(
        shell, "%%time\n%%autograd --text\nv = torch.ones(2, requires_grad=True)\nv.backward()"
    )
    trace = shell.user_ns["_autograd"]
    assert trace.source.splitlines()[0] == "%%autograd --text"
    assert [finding.line for finding in trace.findings()] == ["v.backward()"]
    assert "v has the shape [2]" in shown.stdout


def test_a_recording_that_another_one_ends(shell: Shell) -> None:
    """A cell that runs a recorded cell is told that it is not recorded itself."""
    shown = run(shell, "%%autograd --text\nget_ipython().run_cell('%%autograd --text\\ny = 2 * x')")
    assert shown.stdout.startswith("This cell runs another one under %%autograd")
    assert shell.user_ns["_autograd"].source == "%%autograd --text\ny = 2 * x\n"


def test_run_cell_magic(shell: Shell) -> None:
    """Code may call the magic by name; errors reach the caller after the graph was shown."""
    with capture_output() as shown:
        shell.run_cell_magic("autograd", "--text", WORKED)
    assert "line 3: y * y * 3" in shown.stdout
    with capture_output() as shown, pytest.raises(ZeroDivisionError):
        shell.run_cell_magic("autograd", "--text", f"{WORKED}1 / 0")
    assert "ZeroDivisionError" in shown.stdout.splitlines()[-1]
    with pytest.raises(UsageError):
        shell.run_cell_magic("autograd", "--nonsense", "ran = True")
    assert "ran" not in shell.user_ns


# --- coming and going ---------------------------------------------------------------------------


IPYTHON_NAME = re.compile(r"_+|_\d+|_i*\d*")
"""Variables in which IPython keeps earlier inputs and results."""


def state_of(shell: Shell) -> dict[str, Any]:
    """Return everything of a shell that the extension could have touched."""
    manager = shell.magics_manager
    return {
        "transformers": list(shell.input_transformers_cleanup),
        "callbacks": {name: list(found) for name, found in shell.events.callbacks.items()},
        "magics": {kind: set(found) for kind, found in manager.magics.items()},
        "registry": set(manager.registry),
        "configurables": list(map(id, shell.configurables)),
        "names": {name for name in shell.user_ns if not IPYTHON_NAME.fullmatch(name)},
        "observers": list(observers),
    }


def test_load_twice_and_unload(shell: Shell) -> None:
    """Loading twice changes nothing, unloading leaves no trace, and loading works again."""
    run(shell, "%unload_ext autograd_lab")
    before = state_of(shell)
    run(shell, "%load_ext autograd_lab")
    loaded = state_of(shell)
    assert loaded != before
    load_ipython_extension(shell)
    assert "already loaded" in run(shell, "%load_ext autograd_lab").stdout
    assert state_of(shell) == loaded
    run(shell, "%%autograd\n1")
    run(shell, "%unload_ext autograd_lab")
    assert state_of(shell) == before
    assert "not found" in run(shell, "%%autograd\n1").stderr
    run(shell, "%load_ext autograd_lab")
    assert len(run(shell, "%%autograd\n1").outputs) == 1


def test_unload_inside_the_recorded_cell(shell: Shell) -> None:
    """Unloading in the middle of a recording ends it without a word."""
    shown = run(shell, f"%%autograd\n{WORKED}%unload_ext autograd_lab")
    assert (shown.outputs, shown.stderr, observers) == ([], "", [])
    run(shell, "%load_ext autograd_lab")


def test_help(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """`%%autograd?` explains the options, in the language of the session."""
    pages: list[str] = []
    monkeypatch.setattr(
        "IPython.core.page.page", lambda text, *_, **__: pages.append(text["text/plain"])
    )
    run(shell, "%%autograd?")
    told = pages[0]
    for option in (*DEFAULTS, *COMMANDS):
        assert option.replace("_", "-") in told, option
    run(shell, "%autograd lang zh")
    run(shell, "%%autograd?")
    english, chinese = (set(page.split("File:")[0].splitlines()) for page in pages)
    explained = re.compile(r".*\S {2,}\S|(?!Docstring)[A-Z]")
    assert list(filter(explained.match, english))
    assert not list(filter(explained.match, english & chinese))


def test_completion(shell: Shell) -> None:
    """Tab completes the name of the magic."""
    with provisionalcompleter():
        offered = [completion.text for completion in shell.Completer.completions("%%autog", 7)]
    assert "%%autograd" in offered


def test_terminal_waits_for_the_body(shell: Shell) -> None:
    """A terminal goes on reading after the first line, until an empty one."""
    check: Callable[[str], tuple[str, Any]] = shell.input_transformer_manager.check_complete
    assert check("%%autograd")[0] == "incomplete"
    assert check("%%autograd\ny = x * 2")[0] == "incomplete"
    assert check("%%autograd\ny = x * 2\n\n")[0] == "complete"


@pytest.mark.parametrize(
    ("first", "rewritten"),
    [
        ("%%autograd\n", "get_ipython().run_line_magic('autograd_begin', '')\n"),
        ("%%autograd", "get_ipython().run_line_magic('autograd_begin', '')\n"),
        ("%%autograd \t--text  \n", "get_ipython().run_line_magic('autograd_begin', '--text')\n"),
        ("%%autograd it's\n", "get_ipython().run_line_magic('autograd_begin', \"it's\")\n"),
        ("%%autograd?\n", None),
        ("%%autograds\n", None),
        ("%autograd\n", None),
        ("x = '%%autograd'\n", None),
    ],
)
def test_only_the_first_line_is_rewritten(first: str, rewritten: str | None) -> None:
    """The transformer is pure: it returns new lines, touches line 1 alone, and only its own."""
    lines = [first, "%%autograd\n", "y = 1\n"]
    given = list(lines)
    assert rewrite_first_line(lines) == [rewritten or first, *lines[1:]]
    assert lines == given
    assert rewrite_first_line([]) == []


BARE = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"anywidget", "ipywidgets", "matplotlib", "nbgrader", "torch"}:
            raise ModuleNotFoundError(f"refused: {name}", name=name)
sys.meta_path.insert(0, Refuse())
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext autograd_lab")
shell.run_cell("import autograd_lab as torch\\nx = torch.ones(1, requires_grad=True)")
shell.run_cell("%%autograd\\ny = x * 2")
"""


def test_numpy_and_ipython_suffice(tmp_path: Path) -> None:
    """With no widget library installed, a terminal shows the text."""
    done = subprocess.run(
        [sys.executable, "-c", BARE],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={"IPYTHONDIR": str(tmp_path), "AUTOGRAD_LAB_LANG": "en", "PYTHONUTF8": "1"},
    )
    assert "● y  MulBackward0  [2.]" in done.stdout
    assert "line 2: x * 2" in done.stdout


def test_a_cell_of_pytorch(shell: Shell) -> None:
    """A cell that imports PyTorch is recorded like one of the engine; its traceback shows no more."""
    pytest.importorskip("torch")
    run(
        shell,
        "%%autograd --quiet\nimport torch\nw = torch.ones(2, requires_grad=True)\n"
        "(w * w).sum().backward()",
    )
    trace = shell.user_ns["_autograd"]
    assert [node.name for node in trace.graph.nodes] == [
        "AccumulateGrad", "MulBackward0", "SumBackward0",
    ]  # fmt: skip
    assert trace.variables[-1].grad.text == "[2., 2.]"
    failed = run(shell, "%%autograd --quiet\nimport torch\ntorch.ones(2) + torch.ones(3)")
    assert "must match the size of tensor b" in failed.stdout + failed.stderr
    assert "__torch_function__" not in failed.stdout + failed.stderr
