"""`%%autograd`: run a cell as it is, then show what it did to the graph and the gradients.

The cell runs natively: a pure input transformer rewrites its first line only, into the call that
begins the recording, and IPython's `post_run_cell` ends it. Tracebacks, line numbers, `await`,
`Out[n]` and `%debug` are therefore those of the same cell without the magic.
"""

# mypy: disable-error-code="no-untyped-call,untyped-decorator"
# (IPython annotates only part of what is used here.)

from __future__ import annotations

import argparse
import linecache
import re
import sys
from types import FrameType
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand

from ..i18n import _
from ..showing import TRACE_NAME
from ..trace.record import Recorder, hide_watching
from . import commands, help, needs
from .options import DEFAULTS, display_of, parser, present, read

COMPLETED = r"%%?autograd\b"
"""What begins a line that the magic completes."""
FIRST_LINE = re.compile(r"%%autograd(?:[ \t]+(?P<options>.*?))?\s*")


def rewrite_first_line(lines: list[str]) -> list[str]:
    """Turn the line `%%autograd …` into the call that begins the recording; keep all others."""
    match = FIRST_LINE.fullmatch(lines[0]) if lines else None
    if match is None:
        return lines
    options = match["options"] or ""
    return [f"get_ipython().run_line_magic('autograd_begin', {options!r})\n", *lines[1:]]


def _from_magic(cell: str) -> str:
    """Return a cell from its line `%%autograd …` on, `""` if it has none."""
    lines = cell.splitlines(keepends=True)
    starts = (i for i, line in enumerate(lines) if FIRST_LINE.fullmatch(line))
    return "".join(lines[next(starts, len(lines)) :])


def _as_typed(typed: str, source: str) -> str:
    """Return the text that runs with its lines of magics as they were typed, if it has the same lines."""
    lines = typed.splitlines(keepends=True), source.splitlines(keepends=True)
    if len(lines[0]) != len(lines[1]):
        return source
    return "".join(mine if mine.startswith("%") else its for mine, its in zip(*lines, strict=True))


# So marked, it is left out when IPython asks whether a cell is complete: a terminal then waits for
# the lines after `%%autograd`, as it does for any cell magic.
rewrite_first_line.has_side_effects = True  # type: ignore[attr-defined]


@magics_class
class AutogradMagics(Magics):
    """The magic and the recording that is open while a cell runs."""

    shell: Any  # an InteractiveShell

    def __init__(self, shell: Any) -> None:
        """Serve one InteractiveShell."""
        super().__init__(shell)
        self._running: list[ExecutionInfo] = []
        self._recorder: Recorder | None = None
        self._cell: ExecutionInfo | None = None
        self._options = argparse.Namespace()
        self.defaults: dict[str, Any] = dict(DEFAULTS)
        """The options of the session, which `%autograd config` sets."""
        self.every_cell = False
        """Whether cells without the magic are recorded, too: `%autograd on`."""

    @no_var_expand
    @line_cell_magic
    def autograd(self, line: str, cell: str | None = None) -> None:
        """Show the graph a cell builds and the backward passes it makes; `help.text` tells all."""
        if cell is None:
            commands.run(self, line)
            return
        # IPython comes here only when code asks for the magic by name: a typed cell is rewritten.
        options = self._parse(line)
        source = self.shell.transform_cell(cell)
        filename = self.shell.compile.cache(source)
        code = compile(source, filename, "exec")
        error = None
        self._begin(source, filename, options)
        try:
            exec(code, self.shell.user_global_ns, self.shell.user_ns)
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._end(error)

    @no_var_expand
    @line_magic
    def autograd_begin(self, line: str) -> None:
        """Begin recording: what the first line of an `%%autograd` cell becomes."""
        options = self._parse(line)
        frame = self._user_frame()
        filename = frame.f_code.co_filename
        first = f"%%autograd {line}".rstrip() + "\n"
        typed = _from_magic(str(self._running[-1].raw_cell)) if self._running else ""
        lines = linecache.getlines(filename)
        if not lines and frame.f_lineno == 1:  # as under `%%time`, which keeps no text
            lines = self.shell.transform_cell(typed).splitlines(keepends=True)
        ran = first + self._text(lines).partition("\n")[2]
        self._begin(_as_typed(typed, ran), filename, options)
        # A traceback that reaches up to line 1 shows what the user wrote there, as a comment: the
        # text must stay Python, or IPython could not mark the place of the error.
        lines[:1] = [f"# {first}"]

    def _text(self, lines: list[str]) -> str:
        """Return the text of the running cell, of which IPython's traceback knows these `lines`."""
        for info in self._running[-1:]:
            text = info.transformed_cell or ""
            # They end also where a line of Python's does not, as at U+2028.
            if text.splitlines() == [line.removesuffix("\n") for line in lines]:
                return text
        return "".join(lines)

    def _parse(self, line: str) -> argparse.Namespace:
        return read(parser("%%autograd"), line, self.defaults)

    def _user_frame(self) -> FrameType:
        """Return the frame of the cell that called the magic."""
        frame = sys._getframe(1)
        while frame.f_globals is not self.shell.user_global_ns and frame.f_back is not None:
            frame = frame.f_back
        return frame

    def _begin(self, source: str, filename: str, options: argparse.Namespace) -> None:
        if self._recorder is not None:
            print(_("This cell runs another one under %%autograd: only that one is recorded."))
        self.abandon()
        self._cell = self._running[-1] if self._running else None
        self._options = options
        self._unasked = False
        self._recorder = Recorder(source, filename)
        self._recorder.start()
        self.shell.showtraceback = self._showtraceback

    def _begin_unasked(self, info: ExecutionInfo) -> None:
        """Begin recording a cell that does not ask for it, because of `%autograd on`."""
        if FIRST_LINE.fullmatch(str(info.raw_cell).partition("\n")[0]):
            return  # it does
        count = self.shell.execution_count - bool(info.store_history)  # counted up already
        compiler = self.shell.compile
        filename = compiler.get_code_name(info.raw_cell, info.transformed_cell, count)
        source = _as_typed(str(info.raw_cell), info.transformed_cell or "")
        self._begin(source, filename, argparse.Namespace(**self.defaults))
        self._unasked = True

    def _end(self, error: BaseException | None) -> None:
        """Close the recording and show it."""
        recorder, self._recorder, self._cell = self._recorder, None, None
        vars(self.shell).pop("showtraceback", None)
        if recorder is None:
            return
        trace = recorder.stop(self.shell.user_ns, error)
        if self._unasked and not (trace.graph.nodes or trace.events):
            return
        self.shell.user_ns[TRACE_NAME] = trace
        try:
            present(display_of(trace, self._options), self._options)
        except UsageError as error:
            # The cell is over: IPython would take this for a fault of what it calls after a cell.
            self.shell.show_usage_error(error)

    def _showtraceback(self, *args: Any, **options: Any) -> Any:
        """Show a traceback as the cell alone would: without the frames that watch PyTorch."""
        error = sys.exc_info()[1]
        if error is not None and self._recorder is not None:
            if options.get("running_compiled_code"):  # it ends the cell
                self._recorder.add_error(error)
            hide_watching(error)
        return type(self.shell).showtraceback(self.shell, *args, **options)

    def abandon(self) -> None:
        """Drop a recording that something kept from ending."""
        vars(self.shell).pop("showtraceback", None)
        if self._recorder is not None:
            self._recorder.abandon()
        self._recorder = self._cell = None

    def pre_run_cell(self, info: ExecutionInfo) -> None:
        """Note which cell runs, for a cell may run others."""
        if not any(self._cell is running for running in self._running):
            self.abandon()
        self._running.append(info)
        if self.every_cell and self._recorder is None and info.transformed_cell is not None:
            self._begin_unasked(info)

    def complete(self, shell: Any, event: Any) -> list[str]:
        """Offer commands, options and names after `%autograd`."""
        return commands.completions(self, event.line)

    def post_run_cell(self, result: ExecutionResult | None) -> None:
        """End the recording if it was this cell that began it; no result means it was killed."""
        if result is None:
            self._running.clear()
            self.abandon()
            return
        while self._running and self._running.pop() is not result.info:
            pass
        if self._cell is result.info:
            self._end(result.error_in_exec)


# IPython asks for the help at each `%%autograd?`: it speaks the language of that moment.
AutogradMagics.autograd.getdoc = help.text  # type: ignore[union-attr]


def _installed(shell: Any) -> AutogradMagics | None:
    magics: AutogradMagics | None = shell.magics_manager.registry.get(AutogradMagics.__name__)
    return magics


def load_ipython_extension(shell: Any) -> None:
    """Add the magic to an InteractiveShell; a second time changes nothing."""
    if _installed(shell) is not None:
        return
    magics = AutogradMagics(shell)
    shell.register_magics(magics)
    shell.events.register("pre_run_cell", magics.pre_run_cell)
    shell.events.register("post_run_cell", magics.post_run_cell)
    shell.input_transformers_cleanup.append(rewrite_first_line)
    shell.set_hook("complete_command", magics.complete, re_key=COMPLETED)


def unload_ipython_extension(shell: Any) -> None:
    """Take back everything that loading did, and drop an open recording."""
    magics = _installed(shell)
    if magics is None:
        return
    magics.abandon()
    shell.input_transformers_cleanup.remove(rewrite_first_line)
    needs.run_all(shell)
    hooks = shell.strdispatchers["complete_command"].regexs
    for pattern in [key for key in hooks if key.pattern == COMPLETED]:
        del hooks[pattern]
    shell.events.unregister("pre_run_cell", magics.pre_run_cell)
    shell.events.unregister("post_run_cell", magics.post_run_cell)
    manager = shell.magics_manager
    del manager.magics["cell"]["autograd"], manager.magics["line"]["autograd"]
    del manager.magics["line"]["autograd_begin"]
    del manager.registry[AutogradMagics.__name__]
    shell.configurables.remove(magics)
    shell.user_ns.pop(TRACE_NAME, None)


__all__ = [
    "AutogradMagics",
    "load_ipython_extension",
    "rewrite_first_line",
    "unload_ipython_extension",
]
