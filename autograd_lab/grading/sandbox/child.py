"""What runs in the jail: cells of a notebook, and calls of a check, one request at a time."""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
from typing import Any

import numpy as np

from ..codec import dumps
from ..student import LocalStudent, described
from .messages import receive, send, write_file
from .shell import Shell, redirect_descriptors


class TooLong(KeyboardInterrupt):
    """Raised in the student's code when its processor time is used up."""

    def __str__(self) -> str:
        return "this took more processor time than allowed"


class Child:
    """Serves a job until the other side hangs up."""

    def __init__(self, connection: socket.socket, shell: Shell, output: int) -> None:
        """Serve `connection` with `shell`; a cell may show `output` characters."""
        self._connection, self._shell, self._output = connection, shell, output
        self._student = LocalStudent(shell.user_ns)
        self._pid = os.getpid()

    def serve(self) -> None:
        """Answer requests, each with the number it came with."""
        redirect_descriptors()
        sys.path.insert(0, "")  # modules beside the notebook, as in a kernel
        signal.signal(signal.SIGPROF, _too_long)
        random.seed()
        np.random.seed()
        send(self._connection, {"ready": True})
        while True:
            try:
                request = receive(self._connection)
            except EOFError:
                return
            _allow(request["seconds"])
            answer = self._answer(request)
            _allow(0)  # what follows is ours
            if os.getpid() != self._pid:
                os._exit(0)  # a fork of the student's came back here
            send(self._connection, {"id": request["id"], **answer})

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request:
            case {"file": name, "content": content}:
                write_file(name, content)
                return {}
            case {"cell": source}:
                outputs, number = self._shell.run(source, self._output)
                return {"outputs": outputs, "number": number}
            case {"call": source, "inputs": inputs}:
                try:
                    return {"reply": self._student.exchange(source, inputs)}
                except KeyboardInterrupt as error:
                    return {"reply": dumps(described(error))}
        raise ValueError(f"no such request: {sorted(request)}")


def _allow(seconds: float) -> None:
    """Ask for an interrupt after so many more seconds of processor time, for none after 0."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _too_long(_signal: int, _frame: object) -> None:
    raise TooLong


def run_child(descriptor: int, shell: Shell, output: int) -> None:
    """Serve a job on an open socket, and end the process."""
    status = 0
    try:
        Child(socket.socket(fileno=descriptor), shell, output).serve()
    except (OSError, ValueError, TypeError, KeyError):
        status = 1  # the trusted side sees the end of the connection, and says what it means
    finally:
        sys.stdout = sys.__stdout__
        os._exit(status)


__all__ = ["TooLong", "run_child"]
