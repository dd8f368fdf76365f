"""The trusted side: what it says when a job ends, and where there is no jail."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd_lab.grading.codec import Error
from autograd_lab.grading.sandbox.client import JobEnded, NoJail, RemoteStudent, Sandbox
from autograd_lab.grading.sandbox.limits import MEGABYTE, Limits

LIMITS = Limits(cell_seconds=1, job_seconds=2, memory=300 * MEGABYTE, output=1000)
FORGE = """
import json, os, socket, struct
def forge(message, raw=None):
    data = raw or json.dumps(message).encode()
    connection = socket.socket(fileno=os.dup(3))
    connection.sendall(struct.pack("!I", len(data)) + data)
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Return a fork server whose jobs have small limits."""
    with Sandbox(LIMITS) as opened:
        yield opened


def texts(outputs: list[dict[str, Any]]) -> str:
    """Return what a cell's outputs say."""
    return "".join(output.get("text", "") + output.get("evalue", "") for output in outputs)


def test_a_notebook_runs(sandbox: Sandbox) -> None:
    """Cells share names and count from 1; calls see the names and do not change them."""
    with sandbox.job() as job:
        assert job.run_cell("x = 3")[1] == 1
        outputs, number = job.run_cell("print('so'); x * 2")
        assert number == 2
        assert [each["output_type"] for each in outputs] == ["stream", "execute_result"]
        student = RemoteStudent(job)
        assert student.run("x = x + n\nx", n=4) == 7
        assert student.run("x") == 3


def test_a_file_beside_the_notebook_is_there(sandbox: Sandbox) -> None:
    """Files lie in the working folder, in folders too, and modules can be imported."""
    with sandbox.job() as job:
        job.put_file("data/points.csv", "MSwyCg==")
        job.put_file("helper.py", "QU5TV0VSID0gNDI=")
        assert texts(job.run_cell("print(open('data/points.csv').read())")[0]) == "1,2\n\n"
        assert RemoteStudent(job).run("__import__('helper').ANSWER") == 42


def test_a_loop_is_interrupted_and_the_rest_goes_on(sandbox: Sandbox) -> None:
    """Time is up for the cell, not for the notebook."""
    with sandbox.job() as job:
        outputs, _number = job.run_cell("while True: pass")
        assert outputs[-1]["ename"] == "TooLong"
        assert job.run_cell("1")[1] == 2


def test_a_call_that_never_ends_is_an_error(sandbox: Sandbox) -> None:
    """A check gets an Error for it, as for any exception."""
    with sandbox.job() as job:
        job.run_cell("def f():\n    while True: pass")
        reply = RemoteStudent(job).call("f")
        assert isinstance(reply, Error)
        assert reply.type == "TooLong"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os; os._exit(0)", "its process ended"),
        ("import ctypes; ctypes.string_at(0)", "its process ended"),
        (
            "import signal; signal.signal(signal.SIGPROF, signal.SIG_IGN)\nwhile True: pass",
            "too long",
        ),
        (FORGE + "forge({'id': 'x', 'reply': '1'})", "nobody had asked"),
        (FORGE + "forge([1])", "nobody had asked"),
        (FORGE + "forge(None, b'{')", "no answer"),
        (FORGE + "forge(None, b'[' * 100_000)", "no answer"),
        (FORGE + "import os; os.write(3, b'\\xff' * 64)", "no answer"),
        (FORGE + "import os; os.close(3)", "its process ended"),
    ],
)
def test_a_job_ends_with_a_reason(sandbox: Sandbox, source: str, reason: str) -> None:
    """Whatever ends it, the reason is said, once more at each later request."""
    with sandbox.job() as job:
        for _again in range(2):
            with pytest.raises(JobEnded, match=reason):
                job.run_cell(source)
        reply = RemoteStudent(job).call("f")
        assert isinstance(reply, Error)
        assert reply.type == "JobEnded"


def test_processor_time_is_counted_over_all_cells(sandbox: Sandbox) -> None:
    """Many cells of less than the limit end with the budget of the submission."""
    with sandbox.job() as job, pytest.raises(JobEnded, match="whole submission"):
        for _cell in range(9):
            job.run_cell("while True: pass")


def test_children_use_up_the_same_time(sandbox: Sandbox) -> None:
    """Work in processes of its own does not come free."""
    source = (
        "import os, signal\n"
        "for _ in range(4):\n"
        "    if not os.fork():\n"
        "        signal.setitimer(signal.ITIMER_PROF, 0)\n"
        "        while True: pass\n"
        "signal.pause()"
    )
    with sandbox.job() as job, pytest.raises(JobEnded, match="too long"):
        job.run_cell(source)


def test_output_is_cut(sandbox: Sandbox) -> None:
    """What is beyond the limit is cut off, and it says so."""
    with sandbox.job() as job:
        outputs, _number = job.run_cell("for _ in range(1000): print('x' * 99)")
        assert len(texts(outputs)) < 1100
        assert "the rest of the output was cut off" in texts(outputs)


def test_input_has_nobody_to_ask(sandbox: Sandbox) -> None:
    """A call of input() ends with an error that says so."""
    with sandbox.job() as job:
        assert "nobody to ask" in texts(job.run_cell("input('?')")[0])


def test_a_fork_of_the_student_s_does_not_answer(sandbox: Sandbox) -> None:
    """Two processes return from a fork; one of them goes on with the notebook."""
    with sandbox.job() as job:
        job.run_cell("import os; pid = os.fork()")
        assert texts(job.run_cell("print(pid != 0)")[0]) == "True\n"


def test_an_end_in_one_job_is_none_in_another(sandbox: Sandbox) -> None:
    """After every way to end, the server forks the next job."""
    with sandbox.job() as job, pytest.raises(JobEnded):
        job.run_cell("import os; os.kill(os.getpid(), 9)")
    with sandbox.job() as job:
        assert job.run_cell("1")[1] == 1


def test_a_job_without_a_jail_has_a_folder_of_its_own() -> None:
    """Under reduced isolation the limits hold, and files are gone with the job."""
    with Sandbox(LIMITS, isolated=False) as sandbox:
        with sandbox.job() as job:
            job.run_cell("open('left', 'w').write('x')")
            folder = texts(job.run_cell("import os; print(os.getcwd())")[0]).strip()
            assert Path(folder, "left").is_file()
            assert job.run_cell("bytearray(400 << 20)")[0][-1]["ename"] == "MemoryError"
        assert not Path(folder).exists()
        with sandbox.job() as job:
            assert texts(job.run_cell("import os; print(os.listdir())")[0]) == "[]\n"


def test_a_job_without_a_jail_takes_its_children_along() -> None:
    """The session of a job ends with it, where nothing else holds its processes."""
    with Sandbox(LIMITS, isolated=False) as sandbox, sandbox.job() as job:
        job.run_cell("import subprocess; child = subprocess.Popen(['sleep', '1000'])")
        assert job.others() == 1


OWNER = """
import sys
from autograd_lab.grading.sandbox.client import Sandbox
sandbox = Sandbox.__new__(Sandbox)
{start}
while not hasattr(sandbox, "_server"):
    pass
print(sandbox._server.pid, sandbox._folder.name, flush=True)
sys.stdin.read()
"""
READY = "sandbox.__init__()"
STARTING = "import threading; threading.Thread(target=sandbox.__init__).start()"


@pytest.mark.parametrize("start", [READY, STARTING], ids=["ready", "starting"])
def test_nothing_is_left_of_a_server_whose_owner_was_killed(start: str) -> None:
    """The server ends, and takes its folder along, even if it was not ready yet."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    code = OWNER.format(start=start)
    with subprocess.Popen([sys.executable, "-c", code], **pipes, encoding="utf-8") as owner:
        assert owner.stdout is not None
        server, folder = owner.stdout.readline().split()
        assert Path(folder).is_dir()
        end = os.pidfd_open(int(server))
        owner.kill()
    assert select.select([end], [], [], 60)[0]
    os.close(end)
    assert not Path(folder).exists()


def test_where_namespaces_are_refused_no_job_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's word is passed on; nothing runs in a jail with a hole."""
    refusing = (
        "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from {module} import main, jail\n"
        "def refuse(): raise PermissionError(1, 'unshare: Operation not permitted')\n"
        "jail.separate = refuse\n"
        "main({fd})"
    )
    monkeypatch.setattr("autograd_lab.grading.sandbox.client.START", refusing)
    with (
        Sandbox(LIMITS) as sandbox,
        pytest.raises(NoJail, match="unshare: Operation not permitted"),
        sandbox.job(),
    ):
        pass


def test_limits_are_plain_data() -> None:
    """They travel to other machines as JSON."""
    assert Limits(**json.loads(json.dumps(LIMITS.as_dict()))) == LIMITS
