"""An IPython shell that runs cells and returns their outputs as a notebook stores them."""

# mypy: disable-error-code="no-untyped-call"
# (much of IPython has no types.)

from __future__ import annotations

import builtins
import os
import re
import sys
from pathlib import Path
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from .messages import CUT

Output = dict[str, Any]


class _Publisher(DisplayPublisher):
    """Keeps what `display()` shows; `update_display` changes what is there."""

    def publish(self, data: Any, metadata: Any = None, **options: Any) -> None:  # type: ignore[override]
        transient = options.get("transient") or {}
        outputs: Outputs = self.shell.outputs
        outputs.display(data, metadata or {}, transient.get("display_id"), options.get("update"))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _Hook(DisplayHook):
    """Keeps the value of a cell's last expression."""

    shell: Shell

    def __call__(self, result: Any = None) -> None:
        self.check_for_underscore()
        if result is None or self.quiet():
            return
        self.update_user_ns(result)
        data, metadata = self.compute_format_data(result)
        self.shell.outputs.add(
            output_type="execute_result",
            data=data,
            metadata=metadata,
            execution_count=self.shell.execution_count,
        )


class Outputs:
    """What a cell showed, up to a limit; streams that follow one another are one."""

    def __init__(self, limit: int) -> None:
        """Keep `limit` characters."""
        self._left = limit
        self._ids: dict[str, Output] = {}
        self.kept: list[Output] = []

    def add(self, **output: Any) -> None:
        """Keep an output, as long as there is room for it."""
        size = sum(len(str(value)) for value in output.get("data", {}).values())
        if size > self._left:
            self.text("stderr" if output["output_type"] == "error" else "stdout", CUT)
            return
        self._left -= size
        self.kept.append(output)

    def text(self, name: str, text: str) -> None:
        """Keep what was written to stdout or stderr."""
        if self._left < 0:
            return
        if len(text) > self._left:
            text = text[: self._left] + CUT
            self._left = -1
        else:
            self._left -= len(text)
        last = self.kept[-1] if self.kept else {}
        if last.get("name") == name:
            last["text"].append(text)
        else:
            self.kept.append({"output_type": "stream", "name": name, "text": [text]})

    def display(self, data: Any, metadata: Any, display_id: str | None, update: Any) -> None:
        """Keep a display, or put it in the place of the one with its id."""
        if update:
            if display_id in self._ids:
                self._ids[display_id].update(data=data, metadata=metadata)
            return
        self.add(output_type="display_data", data=data, metadata=metadata)
        if display_id and self.kept and self.kept[-1]["output_type"] == "display_data":
            self._ids[display_id] = self.kept[-1]

    def joined(self) -> list[Output]:
        """Return what was kept, the text of each stream in one piece."""
        streams = (output for output in self.kept if output["output_type"] == "stream")
        for stream in streams:
            stream["text"] = "".join(stream["text"])
        return self.kept

    def clear(self) -> None:
        """Forget everything, as `clear_output()` does."""
        self.kept.clear()


class _Stream:
    """stdout or stderr of the shell: what is written becomes output."""

    encoding, errors, closed = "utf-8", "strict", False

    def __init__(self, shell: Shell, name: str, descriptor: int) -> None:
        self._shell, self.name, self._descriptor = shell, name, descriptor

    def write(self, text: str) -> int:
        self._shell.outputs.text(self.name, str(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def fileno(self) -> int:
        return self._descriptor

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


class Shell(InteractiveShell):
    """The shell; `run` is all one needs of it."""

    outputs: Outputs

    def __init__(self, **options: Any) -> None:
        """Start a shell without history, files and colours."""
        # On disk it would be one open file for all jobs, and a thread that no fork inherits.
        history = {"enabled": False, "hist_file": ":memory:"}
        super().__init__(config=Config(HistoryManager=history), **options)
        self.outputs = Outputs(0)

    def init_io(self) -> None:
        """Leave the process's own streams alone; `run` replaces them."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.outputs.add(
            output_type="error", ename=etype.__name__, evalue=_text(evalue), traceback=list(stb)
        )

    def run(self, source: str, limit: int) -> tuple[list[Output], int | None]:
        """Run a cell; return its outputs, at most `limit` characters, and its number."""
        self.outputs = Outputs(limit)
        streams = sys.stdout, sys.stderr
        sys.stdout = _Stream(self, "stdout", 1)
        sys.stderr = _Stream(self, "stderr", 2)
        number = self.execution_count
        try:
            self.run_cell(source, store_history=True)
        finally:
            sys.stdout, sys.stderr = streams
            for name, descriptor in (("stdout", 1), ("stderr", 2)):
                if text := _written(descriptor):
                    self.outputs.text(name, text)
        return self.outputs.joined(), number


def make_shell() -> Shell:
    """Return the shell of this process, in which `input()` says that nobody is there to answer."""
    Shell.display_pub_class = _Publisher  # type: ignore[assignment]
    Shell.displayhook_class = _Hook  # type: ignore[assignment]
    shell = Shell.instance()
    builtins.input = _no_input
    return shell


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask while a notebook is graded")


def redirect_descriptors() -> None:
    """Let C code and child processes write into files; `Shell.run` shows what they wrote."""
    for descriptor in (1, 2):
        file = os.open(f"/tmp/.output{descriptor}", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        Path(f"/tmp/.output{descriptor}").unlink()
        os.dup2(file, descriptor)
        os.close(file)


def _written(descriptor: int) -> str:
    """Return what was written to a descriptor since the last time, and empty its file."""
    try:
        size = os.fstat(descriptor).st_size
        text = os.pread(descriptor, size, 0).decode("utf-8", "replace")
        os.ftruncate(descriptor, 0)
    except OSError:  # the student's code closed it
        return ""
    return text


def _text(error: BaseException) -> str:
    """Return an exception's message; its `__str__` may be the next thing to fail."""
    try:
        return re.sub(r"[\ud800-\udfff]", "�", str(error))
    except Exception:
        return ""


__all__ = ["Output", "Shell", "make_shell", "redirect_descriptors"]
