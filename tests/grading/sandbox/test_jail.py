"""The jail from inside, as a student's code finds it, and from outside, as the machine does."""

import ast
import os
import select
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd_lab.grading.sandbox.client import Job, JobEnded, Sandbox
from autograd_lab.grading.sandbox.jail import FIRST_UID, HOME, visible_folders
from autograd_lab.grading.sandbox.limits import MEGABYTE, Limits

LIMITS = Limits(
    cell_seconds=2,
    job_seconds=6,
    memory=300 * MEGABYTE,
    disk=20 * MEGABYTE,
    file_size=5 * MEGABYTE,
    processes=12,
)
SLOT = 3


TEMPORARY = (
    "[name for name in os.listdir('/tmp') "
    "if name[0] != '.' and name not in __import__('autograd_lab').__file__.split('/')]"
)
"""What a job finds in the temporary folder; a checkout of this package may lie there itself."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Return a fork server whose jobs have small limits."""
    with Sandbox(LIMITS, slot=SLOT) as opened:
        yield opened


@pytest.fixture
def job(sandbox: Sandbox) -> Iterator[Job]:
    """Return a job."""
    with sandbox.job() as opened:
        yield opened


def value(job: Job, source: str) -> Any:
    """Return the value of a cell's last expression, which must be a literal."""
    outputs, _number = job.run_cell(source)
    result = outputs[-1]
    assert result["output_type"] == "execute_result", outputs
    return ast.literal_eval(result["data"]["text/plain"])


def refused(job: Job, source: str) -> str:
    """Return the name of the exception that a cell ends with."""
    outputs, _number = job.run_cell(source)
    assert outputs[-1]["output_type"] == "error", outputs
    name = outputs[-1]["ename"]
    assert isinstance(name, str)
    return name


def status(job: Job) -> dict[str, str]:
    """Return what the kernel, not the job, says about the job's process."""
    text = Path(f"/proc/{job._pid}/status").read_text(encoding="utf-8")
    return {
        name: rest.strip() for name, _, rest in (line.partition(":") for line in text.splitlines())
    }


def test_it_runs_as_the_user_of_its_slot(job: Job) -> None:
    """User and group are those of the slot, four times each, and there are no other groups."""
    said = status(job)
    user = str(FIRST_UID + SLOT)
    assert said["Uid"].split() == said["Gid"].split() == [user] * 4
    assert said["Groups"] == ""


def test_it_has_no_capabilities_and_gets_none(job: Job) -> None:
    """All five sets are empty, and nothing that is executed adds to them."""
    said = status(job)
    sets = {
        name: int(said[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    }
    assert set(sets.values()) == {0}
    assert said["NoNewPrivs"] == "1"


def test_every_namespace_is_its_own(job: Job) -> None:
    """Users, processes, network, mounts, host name and IPC are not the machine's."""
    for name in ("user", "pid", "net", "mnt", "uts", "ipc"):
        theirs, ours = (Path(f"/proc/{pid}/ns/{name}").readlink() for pid in (job._pid, "self"))
        assert theirs != ours


def test_a_namespace_inside_it_is_refused(job: Job) -> None:
    """A user namespace of its own would bring capabilities, and file systems without a limit."""
    source = "import ctypes; libc = ctypes.CDLL(None); libc.unshare({})"
    for kind in (0x10000000, 0x20000, 0x40000000):
        assert value(job, source.format(kind)) == -1


def test_there_is_no_network(job: Job) -> None:
    """What listens on this machine's loopback cannot be reached; no interface is up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        source = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=1)"
        assert refused(job, source) == "OSError"
    assert value(job, "[line.split(':')[0].strip() for line in open('/proc/net/dev')][2:]") == [
        "lo"
    ]


def test_only_python_and_its_libraries_are_there(job: Job, tmp_path: Path) -> None:
    """Neither this repository, nor the machine's homes and temporary files, nor its settings."""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    for place in (tmp_path, Path(__file__), Path("/etc/passwd"), Path("/var")):
        assert place.exists()
        assert value(job, f"import os; os.path.exists({str(place)!r})") is False
    assert value(job, "import os; os.listdir()") == []
    assert value(job, f"import os; os.listdir({HOME!r}) + {TEMPORARY}") == []


def test_the_exercises_are_hidden(job: Job) -> None:
    """No file with checks can be found from the package, and none imported."""
    source = (
        "import autograd_lab\nfrom pathlib import Path\n"
        "place = Path(autograd_lab.__path__[0])\n"
        "[str(each) for up in (place, place.parent) for each in up.rglob('*_checks.py')]"
    )
    assert value(job, source) == []


def test_exercises_inside_the_package_would_be_covered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a wheel, the exercises lie in the package: the server hides that folder."""
    from autograd_lab.grading.sandbox import jail

    package = tmp_path / "autograd_lab"
    (package / "exercises").mkdir(parents=True)
    monkeypatch.setattr(jail, "__file__", str(package / "grading" / "sandbox" / "jail.py"))
    visible, hidden = visible_folders()
    assert str(package) in visible
    assert hidden == [str(package / "exercises")]


def test_nothing_outside_its_own_folders_can_be_written(job: Job) -> None:
    """The package, Python and the root are read-only."""
    source = (
        "import autograd_lab, os, sys\n"
        "def write(place):\n"
        "    try: open(place, 'a')\n"
        "    except OSError as error: return error.strerror\n"
        "[write(place) for place in (autograd_lab.__file__, os.__file__, sys.prefix + '/x', '/x')]"
    )
    assert set(value(job, source)) <= {"Read-only file system", "Permission denied"}


def test_it_sees_its_own_processes_alone(job: Job) -> None:
    """In /proc there are the first process of its tree and its own."""
    assert value(job, "import os; sorted(n for n in os.listdir('/proc') if n.isdecimal())") == [
        "1",
        "2",
    ]
    assert refused(job, "import os; os.kill(1, 9)") == "PermissionError"


def test_its_environment_holds_nothing_of_ours(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No variable of whoever grades is there; those that are there have no secret in them."""
    monkeypatch.setenv("AUTOGRAD_LAB_PRIVATE", "/private")
    with Sandbox(LIMITS) as other, other.job() as job:
        names = set(value(job, "import os; list(os.environ)"))
        assert names & set(os.environ) <= {"HOME", "LANG", "PATH", "PYTHONDONTWRITEBYTECODE"} | {
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MPLBACKEND",
            "PYTHONHASHSEED",
        }
        assert value(job, "import os; os.environ['HOME']") == HOME


def test_it_inherits_no_descriptor_but_its_connection(job: Job) -> None:
    """Input is empty, output goes to files of its own, and one socket leads out."""
    opened = sorted(str(each.readlink()) for each in Path(f"/proc/{job._pid}/fd").iterdir())
    assert [each.partition(":")[0] for each in opened] == [
        "/dev/null",
        "/tmp/.output1 (deleted)",
        "/tmp/.output2 (deleted)",
        "socket",
    ]


def test_memory_is_limited(job: Job) -> None:
    """Too large an array is an error in the student's code, which goes on."""
    assert refused(job, "x = bytearray(400 << 20)") == "MemoryError"
    assert value(job, "1 + 1") == 2


def test_processes_share_one_limit_of_memory(job: Job) -> None:
    """Several processes cannot have together what one may not."""
    source = (
        "import os, signal\n"
        "for _ in range(6):\n"
        "    if not os.fork():\n"
        "        keep = b'x' * (100 << 20)\n"
        "        signal.pause()\n"
        "signal.pause()"
    )
    with pytest.raises(JobEnded, match="together needed more memory"):
        job.run_cell(source)


def test_processes_are_counted(job: Job) -> None:
    """There is a most of processes, though root would not be bound by it."""
    source = (
        "import os, signal\n"
        "made = 0\n"
        "try:\n"
        "    for made in range(100):\n"
        "        if not os.fork(): signal.pause()\n"
        "except BlockingIOError:\n"
        "    pass\n"
        "made"
    )
    assert value(job, source) == LIMITS.processes - 1
    assert job.others() == LIMITS.processes - 1


def test_files_are_limited(job: Job) -> None:
    """One file may be so long, and all files together so large."""
    assert refused(job, "open('x', 'wb').write(bytes(6 << 20))") == "OSError"
    source = (
        "import os; os.remove('x')\nfor i in range(9): open(f'{i}', 'wb').write(bytes(4 << 20))"
    )
    assert refused(job, source) == "OSError"


def test_nothing_is_left_for_the_next_job(sandbox: Sandbox) -> None:
    """A job's processes end with it, seen from outside; its files and names are gone."""
    with sandbox.job() as first:
        first.run_cell(
            "import subprocess, builtins, sys\n"
            "subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
            "open('left', 'w').write('x'); open('/tmp/left', 'w').write('x')\n"
            "builtins.left = sys.left = 1"
        )
        namespace = str(Path(f"/proc/{first._pid}/ns/pid").readlink())
        assert len(in_namespace(namespace)) == 3
    wait_until_empty(namespace)
    with sandbox.job() as second:
        assert value(second, f"import os; os.listdir() + {TEMPORARY}") == []
        assert refused(second, "left") == "NameError"
        assert value(second, "import sys; hasattr(sys, 'left')") is False


def in_namespace(namespace: str) -> list[str]:
    """Return the processes of the machine that belong to a namespace of processes."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "ns" / "pid").readlink()) == namespace:
                found.append(process.name)
        except OSError:  # it has ended
            continue
    return found


def wait_until_empty(namespace: str) -> None:
    """Wait for the processes of a namespace, which have been told to end."""
    while processes := in_namespace(namespace):
        try:
            descriptor = os.pidfd_open(int(processes[0]))
        except ProcessLookupError:
            continue
        with os.fdopen(descriptor):
            assert select.select([descriptor], [], [], 20)[0], processes
