"""Jobs in a real Jupyter kernel, for what no shell of ours has: other languages, widgets, debuggers.

bubblewrap shuts each of them in with a bridge, which speaks with the kernel; the trusted side speaks
with the bridge, by the same messages as with a job of the fork server. Source: the manual page bwrap(1).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .client import START, Job, NoJail, environment
from .jail import HOME, visible_folders
from .limits import Limits
from .processes import waiting_for_the_end_of

BRIDGE = f"{__package__}.bridge"
PROGRAM = "bwrap"
OWN = "/tmp/.jupyter"
"""Where Jupyter keeps in a job what is no concern of the student's."""
NAMESPACES = ("pid", "net", "ipc", "uts", "cgroup-try")
START_SECONDS = 120.0
"""Seconds on the clock that a kernel may take to start; where all cores are busy it takes many."""
CAPABILITIES = ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP")
"""What the bridge needs to give up all of them, and its user, before the kernel starts."""


class NoKernel(NoJail):
    """No kernel can be started and shut in here; the message says why."""


class KernelSandbox:
    """Starts a kernel per job; used as `Sandbox` is. One job at a time per `slot`."""

    def __init__(self, limits: Limits | None = None, slot: int | None = None) -> None:
        """Jobs get `limits` and the user of `slot`. Raises NoKernel where bubblewrap is missing."""
        if shutil.which(PROGRAM) is None:
            raise NoKernel(f"there is no program {PROGRAM}")
        self.limits = limits or Limits()
        self.slot = os.getpid() % 1024 if slot is None else slot

    def close(self) -> None:
        """Nothing is open between two jobs."""

    @contextlib.contextmanager
    def job(self, kernel: str) -> Iterator[Job]:
        """Open a job with a kernel of this name, and end it afterwards. Raises NoKernel."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            process = subprocess.Popen(
                [PROGRAM, *_walls(self.limits), *self._command(kernel, theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            theirs.close()
            with process:
                try:
                    job = _ready(ours, self.limits, process)
                    with waiting_for_the_end_of(job.root):
                        try:
                            yield job
                        finally:
                            job.end()
                finally:
                    process.kill()

    def _command(self, kernel: str, descriptor: int) -> list[str]:
        """Return the command of the bridge."""
        code = START.format(module=BRIDGE, fd=descriptor)
        paths = [str(Path(path).resolve()) for path in sys.path]
        settings = [kernel, self.slot, self.limits.as_dict()]
        return [sys.executable, "-I", "-c", code, json.dumps(paths), json.dumps(settings)]


def _ready(connection: socket.socket, limits: Limits, process: subprocess.Popen[bytes]) -> Job:
    """Wait until the kernel answers; raise NoKernel with what was said if it never does."""
    try:
        return Job(connection, limits, START_SECONDS)
    except NoJail as error:
        raise NoKernel(str(error)) from None
    except EOFError:
        _out, said = process.communicate()
        raise NoKernel(said.decode("utf-8", "replace").strip().rpartition("\n")[2]) from None


def _walls(limits: Limits) -> list[str]:
    """Return bubblewrap's options: what of the machine is seen, and what may be written where."""
    visible, hidden = visible_folders()
    options = [f"--unshare-{name}" for name in NAMESPACES]
    options += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for name in CAPABILITIES:
        options += ["--cap-add", f"CAP_{name}"]
    options += ["--dev", "/dev", "--proc", "/proc"]
    tenth = limits.disk // 10
    for folder, size in [(HOME, 8 * tenth), ("/tmp", tenth), ("/dev/shm", tenth)]:
        options += ["--perms", "1777", "--size", str(size), "--tmpfs", folder]
    # Afterwards, for Python may lie below /tmp.
    for folder in visible:
        options += seen(folder)
    for folder in hidden:
        options += ["--tmpfs", folder, "--remount-ro", folder]
    options += ["--perms", "1777", "--dir", OWN]
    options += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME, "--clearenv"]
    for name, value in _variables().items():
        options += ["--setenv", name, value]
    return options


def seen(folder: str) -> list[str]:
    """Return bubblewrap's options that show a folder, which everybody may reach, read-only."""
    options = []
    for parent in reversed(Path(folder).parents[:-1]):
        options += ["--perms", "0755", "--dir", str(parent)]
    return [*options, "--ro-bind", folder, folder]


def _variables() -> dict[str, str]:
    """Return the environment of the bridge and the kernel."""
    variables = environment(OWN) | {"TMPDIR": OWN}
    for kind in ("CONFIG", "DATA", "RUNTIME"):
        variables[f"JUPYTER_{kind}_DIR"] = f"{OWN}/{kind.lower()}"
    package = Path(__file__).parents[3]
    if package.name != "site-packages":  # a checkout; where it is installed a kernel finds it
        variables["PYTHONPATH"] = str(package)
    return variables


__all__ = ["PROGRAM", "KernelSandbox", "NoKernel", "seen"]
