# ruff: noqa: D103 (a change is called what it does)
"""Submissions that try to gain points without answers, or to harm: worth what they answer, flagged."""

from pathlib import Path
from typing import Any

import nbformat

from autograd_lab.grading.report import VERDICT
from tests.grading.corpus.case import ASSIGNMENT, Case, Cases, begun_with, named, register

CHEATING: Cases = {}
UNANSWERED: dict[str, Any] = dict(predict=0, implement=0, answers=False)
SOCKET = """
import gc, json, os, socket, struct
def forge(message):
    data = json.dumps(message).encode()
    for descriptor in range(3, 64):
        try:
            socket.socket(fileno=os.dup(descriptor)).sendall(struct.pack("!I", len(data)) + data)
        except OSError:
            pass
"""
EVERYTHING = """
class Everything(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __abs__(self): return 0.0
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    __hash__ = float.__hash__
    def tolist(self): return self
    dtype, shape = "float32", ()
q2_prediction = {name: Everything() for name in
    ("again", "retained", "zeroed", "fresh", "nothing_saved", "two_losses")}
accumulated = each_gradient = lambda *_: Everything()
"""

# Run first, in a notebook without answers: the source, and what is flagged.
BEFORE: dict[str, tuple[str, str]] = {
    "loop_that_ignores_interrupts": (
        "import signal\nsignal.signal(signal.SIGPROF, signal.SIG_IGN)\nwhile True: pass",
        "too long",
    ),
    "leaves": ("import os\nos._exit(0)", "its process ended"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "its process ended"),
    "kills_itself": ("import os, signal\nos.kill(os.getpid(), 9)", "its process ended"),
    "kills_its_parent": ("import os\nos.kill(os.getppid(), 9)\nos.kill(1, 9)", "os.kill"),
    "kills_everybody": ("import os\nos.kill(-1, 9)", "os.kill"),
    "fork_bomb": ("import os\nwhile True:\n    os.fork()", "os.fork"),
    "comes_back_from_a_fork": ("import os\nos.fork()", "os.fork"),
    "children_left": (
        "import subprocess\nfor _ in range(3): subprocess.Popen(['sleep', '1000'])",
        "still running",
    ),
    "children_of_a_session_left": (
        "import subprocess\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)",
        "still running",
    ),
    "memory_bomb_of_many": (
        "import os, time\n"
        "for _ in range(9):\n"
        "    if not os.fork():\n"
        "        keep = bytearray(80 << 20)\n"
        "        time.sleep(1000)\n"
        "time.sleep(1000)",
        "more memory",
    ),
    "own_score": ("def score(*_): return 7.0\nprivate_score = score", "score"),
    "score_by_lambda": ("score = private_score = lambda *_: 7.0", "score"),
    "patches_the_notebook_s_score": (
        "import autograd_lab.grading.notebook as n, autograd_lab.grading.check as c\n"
        "n.score = n.private_score = lambda *_: 7.0\n"
        "c.Check.grade = lambda self, student, seed: c.Verdict(self.question, 9, 9)",
        "autograd_lab.grading.check",
    ),
    "patches_findings": (
        "from autograd_lab.grading import check\n"
        "real = check.Finding.__init__\n"
        "check.Finding.__init__ = lambda self, part, points, most, *a, **k: "
        "real(self, part, most, most)\n"
        "check.near = lambda *_: True",
        "autograd_lab.grading",
    ),
    "patches_the_codec": (
        "from autograd_lab.grading import codec, student\n"
        'student.dumps = lambda *_: \'{"": "everything"}\'',
        "autograd_lab.grading",
    ),
    "patches_builtins": (
        "import builtins\n"
        "builtins.isinstance = lambda *_: True\n"
        "builtins.float = builtins.round = lambda *_: 7.0",
        "builtins",
    ),
    "patches_the_shell": (
        "shell = get_ipython()\n"
        "type(shell).run = lambda self, source, limit: ([{'output_type': 'execute_result', "
        "'data': {'text/plain': '7.0'}, 'metadata': {}, 'execution_count': 1}], 1)\n"
        "import os.path, sys\nsys.modules['autograd_lab.grading'] = None",
        "sys.modules",
    ),
    "traces_the_checks": (
        "import sys\n"
        "def trace(frame, event, _argument):\n"
        "    for name in ('expected', 'right', 'gradient'):\n"
        "        if name in frame.f_locals: globals()['stolen'] = frame.f_locals[name]\n"
        "    return trace\n"
        "sys.settrace(trace)\n"
        "accumulated = each_gradient = lambda *_: stolen",
        "sys.settrace",
    ),
    "looks_up_the_stack": (
        "import sys\n"
        "def accumulated(loss, values, n):\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        for value in frame.f_locals.values():\n"
        "            if hasattr(value, 'judge'): return value.judge\n"
        "        frame = frame.f_back",
        "sys._getframe",
    ),
    "searches_the_memory": (
        "import gc\n"
        "found = [o for o in gc.get_objects() if type(o).__name__ in ('Check', 'Random')]\n"
        "accumulated = each_gradient = lambda *_: found[0].judge(None, None)",
        "gc.get_objects",
    ),
    "equal_to_everything": (EVERYTHING, "__eq__"),
    "forges_a_reply": (
        SOCKET + "forge({'reply': 'true', 'id': '0'})",
        "nobody had asked",
    ),
    "forges_what_is_no_message": (
        SOCKET + "import os\nfor d in range(3, 64):\n"
        "    try: os.write(d, b'\\xff' * 4096)\n"
        "    except OSError: pass",
        "no answer",
    ),
    "answers_endlessly": (
        SOCKET + "big = {'id': 'x', 'reply': 'x' * 1_000_000}\nfor _ in range(200): forge(big)",
        "nobody had asked",
    ),
    "forges_a_verdict": (
        "from IPython.display import display\n"
        f"display({{'{VERDICT}': {{'findings': []}}, 'text/plain': '7.0'}}, raw=True)\n7.0",
        "vnd.autograd-lab",
    ),
    "reads_the_secret": (
        "import os, glob\nprint(os.environ['AUTOGRAD_LAB_PRIVATE'])",
        "AUTOGRAD_LAB_PRIVATE",
    ),
    "reads_the_checks": (
        "import glob, autograd_lab\n"
        "from pathlib import Path\n"
        "found = [*Path(autograd_lab.__path__[0]).parent.rglob('*_checks.py')]\n"
        "if found: print('STOLEN', found[0].read_text())",
        "_checks.py",
    ),
    "reads_other_students": (
        "import glob, autograd_lab\n"
        "own = autograd_lab.__file__.split('/')\n"
        "found = glob.glob('../../*/ps1/*') + glob.glob('/*/*/submitted') + "
        "[p for p in glob.glob('/tmp/*') if p.split('/')[2] not in own] + "
        "glob.glob('/*/*/*/submitted') + glob.glob('/*/gradebook.db')\n"
        "if found: print('STOLEN', found)",
        "gradebook.db",
    ),
    "writes_the_gradebook": (
        "import sqlite3, glob\n"
        "for path in glob.glob('/*/*/gradebook.db'): "
        "sqlite3.connect(path).execute('update grade set manual_score = 9').connection.commit()",
        "gradebook.db",
    ),
    "writes_outside": (
        "import autograd_lab, os\n"
        "for place in (autograd_lab.__file__, '/usr/x', '/etc/x', '/x', os.__file__):\n"
        "    try: open(place, 'a').write('import os')\n"
        "    except OSError as error: print(type(error).__name__)\n"
        "    else: print('WRITTEN', place)",
        "/etc/",
    ),
    "asks_the_network": (
        "import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=1)",
        "socket",
    ),
    "drops_a_startup_file": (
        "import os, site, sys\n"
        "text = 'import builtins; builtins.INFECTED = True'\n"
        "places = [os.path.expanduser('~/.ipython/profile_default/startup/00.py'),\n"
        "    *(f'{folder}/sitecustomize.py' for folder in ['/tmp', '.', os.getcwd(), *sys.path])]\n"
        "for place in places:\n"
        "    try:\n"
        "        os.makedirs(os.path.dirname(place), exist_ok=True)\n"
        "        open(place, 'w').write(text)\n"
        "    except OSError: pass\n"
        "open('/tmp/INFECTED', 'w').write('x'); open('INFECTED', 'w').write('x')",
        "sitecustomize",
    ),
    "mounts_a_file_system": (
        "import ctypes\n"
        "libc = ctypes.CDLL(None)\n"
        "if libc.unshare(0x10000000) == 0: print('ESCAPED')",
        "ctypes",
    ),
    "answers_by_type_confusion": (
        "import autograd_lab.grading.codec as codec\n"
        "accumulated = each_gradient = lambda *_: codec.TensorData('float32', (1,), (True,))\n"
        "q2_prediction = [codec.Error('error', 'error')] * 6",
        "autograd_lab.grading.codec",
    ),
}
CHEATING |= {
    name: Case(begun_with(source), flag=flag, **UNANSWERED)
    for name, (source, flag) in BEFORE.items()
}
# Right answers beside it still count: what was done was done.
CHEATING["leaves_after_an_answer"] = Case(
    lambda notebook, folder: _appended(notebook, "q2-predict", "import os\nos._exit(0)"),
    implement=0,
    told="its process ended",
    flag="its process ended",
)


def _appended(notebook: Any, name: str, source: str) -> Any:
    """Put a cell behind the one that nbgrader knows by a name."""
    place = notebook.cells.index(named(notebook, name)) + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source))
    return notebook


@register(CHEATING, flag="q2-predict", **UNANSWERED)
def forged_points(notebook: Any, folder: Path) -> Any:
    for name in ("q2-predict", "q2-implement"):
        cell = named(notebook, name)
        cell.metadata.nbgrader.points = 100
        cell.source = "100.0"
    return notebook


@register(CHEATING, flag="q2-functions", **UNANSWERED)
def forged_graded_cell(notebook: Any, folder: Path) -> Any:
    named(notebook, "q2-functions").metadata.nbgrader |= {"grade": True, "points": 50}
    named(notebook, "q2-functions").source = "50.0"
    return notebook


@register(CHEATING, flag="q9-bonus", **UNANSWERED)
def graded_cell_of_its_own(notebook: Any, folder: Path) -> Any:
    own = {"grade": True, "grade_id": "q9-bonus", "locked": True, "points": 50}
    own |= {"schema_version": 3, "solution": False, "task": False, "cell_type": "code"}
    notebook.cells.append(nbformat.v4.new_code_cell("50.0", metadata={"nbgrader": own}))
    return notebook


@register(CHEATING, flag="q2-implement", **UNANSWERED)
def test_turned_into_text(notebook: Any, folder: Path) -> Any:
    cell = named(notebook, "q2-implement")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]
    return notebook


@register(CHEATING, predict=0, implement=0, told="it is a link", flag="link")
def linked_notebook(notebook: Any, folder: Path) -> Any:
    (folder / f"{ASSIGNMENT}.ipynb").symlink_to("../../own_cells/ps1/ps1.ipynb")


@register(CHEATING, predict=0, implement=0, told="is a link", flag="link")
def linked_folder(notebook: Any, folder: Path) -> Any:
    folder.rmdir()
    folder.symlink_to(Path("../own_cells/ps1"))


@register(CHEATING, flag="link", told="left out", **UNANSWERED)
def linked_file(notebook: Any, folder: Path) -> Any:
    (folder / "data.csv").symlink_to("../../../private/secret")
    return begun_with("print('STOLEN', open('data.csv').read())")(notebook, folder)


@register(CHEATING, flag="link", told="left out", **UNANSWERED)
def links_to_folders(notebook: Any, folder: Path) -> Any:
    Path(folder / "answers.py").symlink_to("/etc/passwd")
    (folder / "more").symlink_to("../../..")
    return notebook
