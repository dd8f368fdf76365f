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
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from .trace.model import Trace
from .trace.record import Recorder, hide_watching
from .views.display import Display

FIRST_LINE = re.compile(r"%%autograd(?:[ \t]+(?P<options>.*?))?\s*")
TRACE_NAME = "_autograd"
"""Variable of the user that holds the last trace."""


def rewrite_first_line(lines: list[str]) -> list[str]:
    """Turn the line `%%autograd …` into the call that begins the recording; keep all others."""
    match = FIRST_LINE.fullmatch(lines[0]) if lines else None
    if match is None:
        return lines
    options = match["options"] or ""
    return [f"get_ipython().run_line_magic('autograd_begin', {options!r})\n", *lines[1:]]


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

    @no_var_expand
    @magic_arguments("%autograd")
    @argument("--text", action="store_true", help="show text, also where a figure could be shown")
    @argument("--quiet", action="store_true", help="record, but show nothing")
    @cell_magic
    def autograd(self, line: str, cell: str) -> None:
        """Run the cell, then show the graph it built and the backward passes it made.

        The cell runs exactly as without the magic. What was recorded stays in `_autograd`.

        Examples
        --------
        ::

            %%autograd
            x = torch.ones(2, 2, requires_grad=True)
            out = (3 * (x + 2) ** 2).mean()
            out.backward()

        In a notebook this shows a figure and a stepper, in a terminal text.
        `%%autograd --text` shows the text anywhere.
        """
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
        filename = self._user_frame().f_code.co_filename
        first = f"%%autograd {line}".rstrip() + "\n"
        lines = linecache.getlines(filename)
        self._begin("".join([first, *lines[1:]]), filename, options)
        # A traceback that reaches up to line 1 shows what the user wrote there, as a comment: the
        # text must stay Python, or IPython could not mark the place of the error.
        lines[:1] = [f"# {first}"]

    def _parse(self, line: str) -> argparse.Namespace:
        try:
            options: argparse.Namespace = parse_argstring(self.autograd, line)
        except ValueError as error:
            raise UsageError(f"%%autograd: {error}") from None
        return options

    def _user_frame(self) -> FrameType:
        """Return the frame of the cell that called the magic."""
        frame = sys._getframe(1)
        while frame.f_globals is not self.shell.user_global_ns and frame.f_back is not None:
            frame = frame.f_back
        return frame

    def _begin(self, source: str, filename: str, options: argparse.Namespace) -> None:
        self.abandon()
        self._cell = self._running[-1] if self._running else None
        self._options = options
        self._recorder = Recorder(source, filename)
        self._recorder.start()
        self.shell.showtraceback = self._showtraceback

    def _end(self, error: BaseException | None) -> None:
        """Close the recording and show it."""
        recorder, self._recorder, self._cell = self._recorder, None, None
        vars(self.shell).pop("showtraceback", None)
        if recorder is None:
            return
        trace = recorder.stop(self.shell.user_ns, error)
        self.shell.user_ns[TRACE_NAME] = trace
        if not self._options.quiet:
            show_trace(trace, self._options.text)

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


def show_trace(trace: Trace, as_text: bool) -> None:
    """Show a trace below the cell's own output: figure and text for a notebook, or text alone."""
    shown = Display(trace)
    if as_text:
        print(shown)
    else:
        display(shown)


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


def unload_ipython_extension(shell: Any) -> None:
    """Take back everything that loading did, and drop an open recording."""
    magics = _installed(shell)
    if magics is None:
        return
    magics.abandon()
    shell.input_transformers_cleanup.remove(rewrite_first_line)
    shell.events.unregister("pre_run_cell", magics.pre_run_cell)
    shell.events.unregister("post_run_cell", magics.post_run_cell)
    manager = shell.magics_manager
    del manager.magics["cell"]["autograd"], manager.magics["line"]["autograd_begin"]
    del manager.registry[AutogradMagics.__name__]
    shell.configurables.remove(magics)
    shell.user_ns.pop(TRACE_NAME, None)


__all__ = [
    "AutogradMagics",
    "load_ipython_extension",
    "rewrite_first_line",
    "unload_ipython_extension",
]
