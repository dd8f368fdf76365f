"""The fork server: has everything loaded that a notebook needs, and forks a process per job.

It is a process of its own with an empty environment and no open file but the socket to its owner.
Each request on that socket brings, as a file descriptor, the connection that the job will serve.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys
from typing import Any

import numpy as np

from ..student import LocalStudent
from . import jail
from .child import run_child
from .limits import Limits
from .shell import Shell, make_shell

MAX_REQUEST = 1 << 16


def serve(control: socket.socket) -> None:
    """Fork a job per request until the owner hangs up."""
    shell = make_shell()
    _warm_up(shell)
    visible, hidden = jail.visible_folders()
    # What is loaded stays; a collection in a job would only copy its pages.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, _collect)
    control.sendall(b"ready")
    while True:
        request, descriptors, _flags, _address = socket.recv_fds(control, MAX_REQUEST, 1)
        if not request:
            return
        if os.fork() == 0:
            control.close()
            _job(json.loads(request), descriptors[0], shell, visible, hidden)
        os.close(descriptors[0])


def _warm_up(shell: Shell) -> None:
    """Load what every notebook loads, and run a cell, so that no job has to.

    Nothing of it is left in the namespace, and the first cell of a job is number 1.
    """
    for name in ("notebook", "limit"):
        importlib.import_module(f"autograd_lab.grading.{name}")
    np.random.seed()  # NumPy loads its generators when they are first asked for
    first = "%load_ext autograd_lab\nimport autograd_lab\nautograd_lab.ones(1).sum()"
    measured = "with autograd_lab.measure():\n    autograd_lab.ones(1).sum()"
    for cell in (first, measured, "%unload_ext autograd_lab", "1 / 0"):
        shell.run(cell, 10_000)
    LocalStudent({}).run("x", x=[1.0])
    shell.reset(new_session=True)  # type: ignore[no-untyped-call]


def _job(
    request: dict[str, Any], descriptor: int, shell: Shell, visible: list[str], hidden: list[str]
) -> None:
    """Shut this process in and serve one job; never returns.

    Three generations: this one leaves the machine's namespaces; its child is the first process of
    the new tree, so that everything in the tree ends with it; the student's code runs in the third.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    limits = Limits(**request["limits"])
    try:
        if request["isolated"]:
            jail.separate()
        _become_child_of(os.fork())
        if request["isolated"]:
            jail.empty_root(visible, hidden, limits.disk)
            jail.mount_processes()
        _become_child_of(os.fork())
        os.setsid()
        limits.apply()
        if request["isolated"]:
            jail.give_up_privileges(request["slot"])
        else:
            os.chdir(request["folder"])
            os.environ["HOME"] = os.environ["MPLCONFIGDIR"] = request["folder"]
    except BaseException as error:
        os.write(descriptor, _refusal(error))
        os._exit(1)
    run_child(descriptor, shell, limits.output)


def _collect(_signal: int, _frame: object) -> None:
    """Let ended jobs leave nothing behind; their processor time becomes this server's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_child_of(pid: int) -> None:
    """Go on in the new process; the old one waits for it, and collects orphans until then."""
    if pid == 0:
        return
    while True:
        ended, _status = os.wait()
        if ended == pid:
            os._exit(0)


def _refusal(error: BaseException) -> bytes:
    """Return the message that no jail could be built."""
    data = json.dumps({"refused": f"{type(error).__name__}: {error}"}).encode("ascii")
    return len(data).to_bytes(4, "big") + data


def main(descriptor: int) -> None:
    """Serve on an inherited socket; the second argument names its folder."""
    try:
        with contextlib.suppress(BrokenPipeError), socket.socket(fileno=descriptor) as control:
            serve(control)
    finally:
        # The owner made it, but may have been killed, even before this was ready.
        shutil.rmtree(sys.argv[2], ignore_errors=True)


__all__ = ["main", "serve"]
