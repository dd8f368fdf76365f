"""A real kernel, shut in by bubblewrap: what only it can do, and that it can do no more than that."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd_lab.grading.codec import Error
from autograd_lab.grading.sandbox.client import Job, JobEnded, RemoteStudent
from autograd_lab.grading.sandbox.jail import FIRST_UID
from autograd_lab.grading.sandbox.kernel import PROGRAM, KernelSandbox, NoKernel
from autograd_lab.grading.sandbox.limits import MEGABYTE, Limits
from autograd_lab.grading.sandbox.processes import below

LIMITS = Limits(
    cell_seconds=2,
    job_seconds=8,
    memory=500 * MEGABYTE,
    disk=20 * MEGABYTE,
    file_size=5 * MEGABYTE,
    processes=12,
    output=30_000,
)
SLOT = 5
INSIDE = "autograd_lab.grading.sandbox.inside"
PYTHON = "python3"

pytestmark = pytest.mark.skipif(shutil.which(PROGRAM) is None, reason="bubblewrap is not installed")


@pytest.fixture(scope="module")
def sandbox() -> KernelSandbox:
    """Return a sandbox whose jobs have small limits."""
    return KernelSandbox(LIMITS, slot=SLOT)


@pytest.fixture(scope="module")
def job(sandbox: KernelSandbox) -> Iterator[Job]:
    """Return a job that lasts: a kernel takes a second to start. Tests use names of their own."""
    with sandbox.job(PYTHON) as opened:
        yield opened


def shown(outputs: list[dict[str, Any]]) -> str:
    """Return what a cell's outputs say."""
    parts = [[each.get("text", ""), each.get("evalue", "")] for each in outputs]
    return "".join(text for part in parts for text in part)


def value(job: Job, source: str) -> Any:
    """Return the value of a cell's last expression, which must be a literal."""
    outputs, _number = job.run_cell(source)
    assert outputs[-1]["output_type"] == "execute_result", outputs
    return ast.literal_eval(outputs[-1]["data"]["text/plain"])


def failure(job: Job, source: str) -> str:
    """Return the name of the exception that a cell ends with."""
    outputs, _number = job.run_cell(source)
    (name,) = [each["ename"] for each in outputs if each["output_type"] == "error"]
    return str(name)


def test_it_is_a_real_kernel(job: Job) -> None:
    """Magics, `await` at the top, a display that is updated, a widget's comm: as in Jupyter."""
    assert value(job, "type(get_ipython()).__name__") == "ZMQInteractiveShell"
    assert value(job, "import asyncio\nawait asyncio.sleep(0, 7)") == 7
    assert "hello" in shown(job.run_cell("%%bash\necho hello")[0])
    (drawn,) = job.run_cell("%matplotlib inline\nimport matplotlib.pyplot as p\np.plot([1]);")[0]
    assert "image/png" in drawn["data"]
    source = "from IPython.display import display\nd = display('old', display_id=True)\n"
    (changed,) = job.run_cell(source + "d.update('new')")[0]
    assert changed["data"]["text/plain"] == "'new'"
    assert value(job, "import ipywidgets\nipywidgets.IntSlider(3).comm is not None") is True


def test_checks_are_answered(job: Job) -> None:
    """Calls see the names and do not change them; an object stays where it is, and can be sent back."""
    job.run_cell("x = 3\ndef own(n): return x + n\ndef failing(): raise KeyError('k')")
    student = RemoteStudent(job)
    assert student.run("x = x + n\nx", n=4) == 7
    assert student.answer("x") == 3
    assert student.run("f(n)", f=student.run("own"), n=10) == 13
    assert student.call("failing") == Error("KeyError", "'k'")
    assert student.run("print('loud')") is None
    job.run_cell("%pprint\n%precision 1")
    assert student.run("'it' * 2, 0.125") == ("itit", 0.125)


def test_a_kernel_that_cannot_answer(job: Job) -> None:
    """Where this package is missing, as in another language, a check gets an Error that says so."""
    place = f"sys.modules[{INSIDE!r}]"
    job.run_cell(f"import sys, {INSIDE}\nkept = {place}\n{place} = None")
    reply = RemoteStudent(job).run("1")
    job.run_cell(f"{place} = kept")
    assert isinstance(reply, Error)
    assert (reply.type, "takes Python" in reply.text) == ("NoReply", True)
    assert RemoteStudent(job).run("1") == 1


def test_files_lie_beside_the_notebook(job: Job) -> None:
    """Modules can be imported, and files read."""
    job.put_file("helper.py", "QU5TV0VSID0gNDI=")
    assert value(job, "import helper, os\nhelper.ANSWER, os.listdir()")[0] == 42
    assert RemoteStudent(job).run("open('helper.py').read()") == "ANSWER = 42"


def test_it_is_shut_in(job: Job, tmp_path: Path) -> None:
    """Neither user nor rights nor namespaces are those of the machine, for all of its processes."""
    assert len(job._own) == 2  # the bridge and the kernel
    for pid in job._own:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        said = {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}
        assert said["Uid"] == said["Gid"] == [str(FIRST_UID + SLOT)] * 4
        assert said["Groups"] == []
        caps = [said[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
        assert {int(each[0], 16) for each in caps} == {0}
        assert said["NoNewPrivs"] == ["1"]
        for name in ("user", "pid", "net", "mnt", "uts", "ipc"):
            theirs, ours = (Path(f"/proc/{each}/ns/{name}").readlink() for each in (pid, "self"))
            assert theirs != ours
    source = "import ctypes\n[ctypes.CDLL(None).unshare(kind) for kind in (0x10000000, 0x20000)]"
    assert value(job, source) == [-1, -1]


def test_it_sees_nothing_of_the_machine(job: Job, tmp_path: Path) -> None:
    """No course, no checks, no home, no setting; no variable of ours; nothing can be written."""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    for place in (tmp_path, Path(__file__), Path("/etc/passwd"), Path("/var")):
        assert value(job, f"import os\nos.path.exists({str(place)!r})") is False
    checks = (
        "import autograd_lab\nfrom pathlib import Path\nplace = Path(autograd_lab.__path__[0])\n"
        "[str(each) for up in (place, place.parent) for each in up.rglob('*_checks.py')]"
    )
    assert value(job, checks) == []
    assert value(job, "[each for each in os.environ if 'PRIVATE' in each]") == []
    for place in ("/x", "/dev/x", "/usr/x", "/etc/x"):
        assert failure(job, f"open({place!r}, 'w')") in ("OSError", "PermissionError")


def test_there_is_no_network(job: Job) -> None:
    """Nothing outside its own loopback is to be reached."""
    source = "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)"
    assert failure(job, source) == "OSError"
    assert value(job, "[line.split(':')[0].strip() for line in open('/proc/net/dev')][2:]") == [
        "lo"
    ]


def test_limits_hold_and_the_notebook_goes_on(job: Job) -> None:
    """An endless loop, an endless answer, too much memory, too long a file or output: told, survived."""
    outputs, _number = job.run_cell("while True: pass")
    assert "KeyboardInterrupt" in [each.get("ename") for each in outputs]
    assert "more processor time than allowed" in shown(outputs)
    job.run_cell("def endless():\n    while True: pass")
    ended = RemoteStudent(job).call("endless")
    assert isinstance(ended, Error)
    assert ended.type == "KeyboardInterrupt"
    assert failure(job, "big = bytearray(700 << 20)") == "MemoryError"
    assert failure(job, "open('long', 'wb').write(bytes(6 << 20))") == "OSError"
    text = shown(job.run_cell("print('x' * 50_000)\nprint('more')")[0])
    assert len(text) < 30_100
    assert "the rest of the output was cut off" in text
    assert failure(job, "input('?')") == "StdinNotImplementedError"
    assert value(job, "1 + 1") == 2


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os; os._exit(0)", "its process ended"),
        ("import os; os.kill(-1, 9)", "its process ended"),
        (
            "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
            "too long",
        ),
        (
            "import os, signal\n"
            "for _ in range(6):\n"
            "    if not os.fork():\n"
            "        keep = b'x' * (150 << 20)\n"
            "        signal.pause()\n"
            "signal.pause()",
            "together needed more memory",
        ),
    ],
)
def test_a_job_ends_with_a_reason(sandbox: KernelSandbox, source: str, reason: str) -> None:
    """Whatever ends it, the reason is said, and no process of it is left."""
    with sandbox.job(PYTHON) as job:
        with pytest.raises(JobEnded, match=reason):
            job.run_cell(source)
        assert isinstance(RemoteStudent(job).call("f"), Error)
        root = job.root
    assert below(root) == {}


def test_nothing_is_left_for_the_next(sandbox: KernelSandbox) -> None:
    """Children are counted, have a most, and end with the job, in sessions of their own, too."""
    with sandbox.job(PYTHON) as job:
        source = (
            "import subprocess\n"
            "for number in range(50): subprocess.Popen(['sleep', '1000'], start_new_session=True)"
        )
        assert failure(job, source) == "BlockingIOError"
        job.run_cell("open('left', 'w').write('x'); open('/tmp/left', 'w').write('x')")
        assert 1 < job.others() <= LIMITS.processes
        inside = below(job.root)
    assert not any(Path(f"/proc/{pid}").exists() for pid in inside)
    with sandbox.job(PYTHON) as job:
        assert value(job, "import os\nos.listdir(), os.path.exists('/tmp/left')") == ([], False)


def test_a_kernel_that_is_not_there(sandbox: KernelSandbox) -> None:
    """Its name is told, and nothing runs in its place."""
    with pytest.raises(NoKernel, match="julia"), sandbox.job("julia"):
        pass


def test_what_bubblewrap_says_is_passed_on(
    sandbox: KernelSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it cannot build the walls, no kernel starts, and its own words say why."""
    monkeypatch.setattr("autograd_lab.grading.sandbox.kernel.HOME", "/proc/1/nowhere")
    with pytest.raises(NoKernel, match="bwrap: "), sandbox.job(PYTHON):
        pass


def test_without_bubblewrap_there_is_no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox does not open."""
    monkeypatch.setattr("autograd_lab.grading.sandbox.kernel.PROGRAM", "no-such-program")
    with pytest.raises(NoKernel, match="no-such-program"):
        KernelSandbox(LIMITS)
