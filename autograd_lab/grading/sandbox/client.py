"""The trusted side of the sandbox: start the server, open a job, run cells, ask the student."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from ..codec import MAX_CHARS, Error, dumps
from ..student import Student
from .jail import HOME
from .limits import Limits
from .messages import ConversationError, receive, send
from .processes import PARENT, below, seconds, stat, usage, waiting_for_the_end_of

START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from {module} import main; main({fd})"
)
SERVER = f"{__package__}.server"
MARGIN = 30.0
"""Seconds on the clock that a job may take beyond what its processor time allows."""
GRACE = 1.0
"""Processor seconds for an answer to the interrupt."""
WATCH = 0.25
"""Seconds between two looks at the processor time of a job that is at work."""


class JobEnded(Exception):
    """The job is over: it was ended, or ended itself; the message says why, for a person to read."""


class NoJail(Exception):
    """The system refuses the namespaces that shut a job in; the message says which call failed."""


class Sandbox:
    """A fork server of one's own; a context manager. One job at a time per `slot`."""

    def __init__(
        self, limits: Limits | None = None, slot: int | None = None, isolated: bool = True
    ) -> None:
        """Jobs of this server get `limits` and the user of `slot`, by default one of this process.

        Servers beside one another need users of their own: the limit on processes counts per user.

        Without `isolated` nothing but the limits holds a job: no namespaces, no other user.
        """
        self.limits, self.isolated = limits or Limits(), isolated
        self.slot = os.getpid() % 1024 if slot is None else slot
        self._folder = tempfile.TemporaryDirectory(prefix="autograd_lab-")
        self._control, theirs = socket.socketpair()
        fd = theirs.fileno()
        code = START.format(module=SERVER, fd=fd)
        paths = [str(Path(path).resolve()) for path in sys.path]
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-I", "-c", code, json.dumps(paths), self._folder.name],
                env=environment(self._folder.name),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[fd],
                start_new_session=True,
            )
        if self._control.recv(16) != b"ready":
            self.close()
            raise OSError("the fork server did not start; its error stands above")

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server; jobs that are open end with their connections."""
        self._control.close()
        self._server.wait()
        self._folder.cleanup()

    @contextlib.contextmanager
    def job(self, _kernel: str = "") -> Iterator[Job]:
        """Open a job, a process that starts with an empty notebook, and end it afterwards.

        It runs Python, whatever kernel a notebook names; see `KernelSandbox`. Raises NoJail where the
        system does not allow to shut it in.
        """
        ours, theirs = socket.socketpair()
        with ours, tempfile.TemporaryDirectory(dir=self._folder.name) as folder:
            # The kernel then tells which process speaks, in this side's numbering.
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            with theirs:
                request = {
                    "limits": self.limits.as_dict(),
                    "slot": self.slot,
                    "isolated": self.isolated,
                    "folder": folder,
                }
                socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno()])
            job = Job(ours, self.limits)
            with waiting_for_the_end_of(job.root):
                try:
                    yield job
                finally:
                    job.end()


class Job:
    """One process with a student's code. Every method raises JobEnded once it is over."""

    def __init__(self, connection: socket.socket, limits: Limits, patience: float = MARGIN) -> None:
        """Wait until the job is ready, so many seconds; raise TimeoutError when it is not."""
        self._connection, self._limits = connection, limits
        self._pid = _peer(connection, patience)
        connection.settimeout(MARGIN)
        hello = receive(connection)
        if "refused" in hello:
            raise NoJail(hello["refused"])
        self._reason = ""
        self.root = int(stat(self._pid)[PARENT])
        """The first process of the job's tree: all others run below it."""
        own = below(self.root)
        self._own, (self._began, self._memory) = list(own), usage(own)

    def put_file(self, name: str, content: str) -> None:
        """Write a file, given in Base64, into the job's working folder."""
        self._ask({"file": name, "content": content})

    def run_cell(self, source: str) -> tuple[list[dict[str, Any]], int | None]:
        """Run a cell of a notebook; return its outputs and its number.

        The outputs are what the job says they are: to be looked at, not to be believed.
        """
        answer = self._ask({"cell": source})
        outputs, number = answer.get("outputs"), answer.get("number")
        if not isinstance(outputs, list):
            raise self._ended("the process answered with something that is no list of outputs")
        return outputs, number if type(number) is int else None

    def exchange(self, source: str, inputs: str) -> str:
        """Run a check's source in a copy of the namespace; return the codec's text of the reply."""
        reply = self._ask({"call": source, "inputs": inputs}).get("reply")
        if not isinstance(reply, str) or len(reply) > MAX_CHARS:
            raise self._ended("the process answered with something that is no reply")
        return reply

    def others(self) -> int:
        """Return how many processes run in the job beside its own."""
        return len(below(self.root)) - len(self._own)

    def end(self) -> None:
        """End the job's process, and with it all it has started."""
        self._connection.close()
        with contextlib.suppress(ProcessLookupError):
            # The whole session: where there are no namespaces, its children end, too.
            os.killpg(self._pid, signal.SIGKILL)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._reason:
            raise JobEnded(self._reason)
        number = secrets.token_hex(8)
        used = self._used()
        left = min(self._limits.cell_seconds, self._limits.job_seconds - used)
        if left <= 0:
            raise self._ended("the processor time for the whole submission is used up")
        try:
            send(self._connection, {"id": number, "seconds": left, **request})
            self._wait(used, left)
            answer = receive(self._connection)
        except TimeoutError:
            raise self._ended("it took too long, and an interrupt did not end it") from None
        except ConversationError as error:
            raise self._ended(f"the process sent what is no answer: {error}") from None
        except (EOFError, OSError):
            raise self._ended(
                "its process ended: it left Python, crashed, or needed more than the limits allow"
            ) from None
        if not isinstance(answer, dict) or answer.get("id") != number:
            raise self._ended("the process answered a question nobody had asked")
        return answer

    def _wait(self, used: float, allowed: float) -> None:
        """Return when an answer begins; raise TimeoutError once the job's time is over.

        Until now `used` seconds of processor time are gone, and so many are allowed.

        The job interrupts itself after its processor time. Code that goes on regardless is seen here.
        """
        most = used + allowed + GRACE
        end = time.monotonic() + allowed * self._limits.patience + MARGIN
        while not select.select([self._connection], [], [], WATCH)[0]:
            if self._used() > most or time.monotonic() > end:
                raise TimeoutError
            by_all, memory = usage(below(self.root))
            if by_all - self._began > self._limits.job_seconds + GRACE:
                raise TimeoutError
            if memory > self._limits.memory + self._memory:
                raise self._ended("its processes together needed more memory than allowed")

    def _used(self) -> float:
        """Return the processor seconds of the job's own processes since it is ready.

        Those of their children count when these have ended; all of them are looked at in `_wait`.
        """
        return sum(seconds(stat(pid)) for pid in self._own) - self._began

    def _ended(self, reason: str) -> JobEnded:
        self._reason = reason
        return JobEnded(reason)


class RemoteStudent(Student):
    """The student of a job: what a check asks is answered by a process that is not trusted."""

    def __init__(self, job: Job) -> None:
        """Ask `job`."""
        self._job = job

    def exchange(self, source: str, request: str) -> str:
        """See `Student.exchange`; a job that is over answers with an Error."""
        try:
            return self._job.exchange(source, request)
        except JobEnded as ended:
            return dumps(Error("JobEnded", str(ended)))


def _peer(connection: socket.socket, patience: float) -> int:
    """Return the process that writes on the other end, in this process's numbering."""
    size = socket.CMSG_SPACE(12)
    readable, _, _ = select.select([connection], [], [], patience)
    if not readable:
        raise TimeoutError("the sandbox does not answer")
    data, ancillary, _flags, _address = connection.recvmsg(1, size, socket.MSG_PEEK)
    if not data:
        raise EOFError("the job ended before it began")
    for _level, kind, content in ancillary:
        if kind == socket.SCM_CREDENTIALS:
            return int.from_bytes(content[:4], sys.byteorder)
    raise RuntimeError("the kernel does not tell who speaks")


def environment(folder: str) -> dict[str, str]:
    """Return all that the server and its jobs see of an environment; `folder` is the server's."""
    return {
        "HOME": HOME,
        "IPYTHONDIR": f"{folder}/ipython",
        "MPLCONFIGDIR": f"{HOME}/.matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "NBGRADER_EXECUTION": "autograde",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "random",
    }


__all__ = ["Job", "JobEnded", "NoJail", "RemoteStudent", "Sandbox", "environment"]
