"""Recording: from here to there, everything the libraries do becomes a `Trace`."""

from __future__ import annotations

import ast
import gc
import linecache
import re
import sys
import warnings
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from .builder import LIMIT, Builder, describe
from .model import Trace
from .names import collect
from .source_text import SourceText
from .sources.engine.source import EngineSource

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = str(Path(__file__).parent / "sources")
DETOUR = "handle_torch_function"
"""By which a function of PyTorch's that is written in Python tells who watches that it is called."""
TRIGGERED = re.compile(r" \(Triggered internally at .*\)$")
"""Where in PyTorch's own sources a warning comes from."""
CODE = r"\n(?:    .*\n)*"
OWN_FRAME = re.compile(
    rf'(?:^  File .*{CODE}  File .* in {DETOUR}{CODE})?^  File "{re.escape(SOURCES)}.*{CODE}',
    re.MULTILINE,
)
"""A frame of the watching, and how it was come to, where a traceback is text: anomaly mode's is."""

PATIENCE = 100
"""How many times as many objects may be made between two searches for garbage."""

Source = Any
"""`EngineSource` or `TorchSource`: what both have is `attach`, `detach`, `watch`, `failed`."""


class Recorder:
    """Watches the libraries while one piece of code runs, or several in a row.

    One can be started again after `stop`, also after a recording that was never stopped because
    something interrupted it: what was recorded until then is dropped.
    """

    def __init__(self, source: str | None = None, filename: str = "", limit: int = LIMIT) -> None:
        """Take the code's text as it was compiled and the file name its code objects carry.

        Beyond `limit` events, the rest is counted (`Trace.truncated`). Without a text, cells come by
        `add_cell`.
        """
        self._source = source
        self._filename = filename
        self._limit = limit
        self._builder: Builder | None = None
        self._noted: BaseException | None = None
        self._sources: list[Source] = []
        self._stack = ExitStack()

    def start(self, imports: bool = True) -> None:
        """Begin to listen; to PyTorch if it is loaded or, with `imports`, if the text imports it."""
        self.abandon()
        self._builder = Builder(SourceText(self._source, self._filename), self._limit)
        self._stack.enter_context(_warnings_noted(self._builder))
        self._stack.enter_context(_patient_collector())
        self._add(EngineSource(self._builder))
        self._watch_torch(self._source or "" if imports else "")

    def add_cell(self, text: str, filename: str) -> None:
        """Take the text of a further cell that is about to run."""
        if self._builder is not None:
            self._builder.source.add(text, filename)
            self._watch_torch(text)

    def _watch_torch(self, text: str) -> None:
        """Listen to PyTorch too where it is in use, or will be: it is imported then."""
        if len(self._sources) > 1 or self._builder is None:
            return
        if "torch" in sys.modules or _imports_torch(text):
            try:
                from .sources.torch.source import TorchSource

                self._add(TorchSource(self._builder))
            except ImportError:
                return  # not installed, or broken: the code itself will say so

    def _add(self, source: Source) -> None:
        source.attach()
        self._sources.append(source)

    def add_error(self, error: BaseException) -> None:
        """Note what ended a cell, and which call into a library raised it; once for each error."""
        builder = self._builder
        if builder is None or builder.broken or error is self._noted:
            return
        self._noted = error
        try:
            for source in self._sources:
                call = source.failed(error)
                if call is not None:
                    source.watch.failed(*call, error)
                    break
            builder.add_error(error)
        except Exception as fault:
            builder.broken = describe(fault)

    def stop(self, namespace: Mapping[str, object], error: BaseException | None = None) -> Trace:
        """Stop listening and return what happened.

        `namespace` gives tensors the names of their variables; `error` is what ended the code.
        A fault of the recording itself is told in the trace. Raises RuntimeError if the recorder was
        not started.
        """
        builder, sources = self._builder, self._sources
        if builder is None:
            raise RuntimeError("this recorder was not started")
        if error is not None:
            self.add_error(error)
        for source in sources:
            source.detach()
        try:
            return builder.build(collect(namespace, [source.watch.graph for source in sources]))
        except Exception as fault:
            # Ours, not the user's: what they ran is over, and stays as it is.
            cells = tuple(builder.source.cells)
            last = cells[-1] if cells else ""
            return Trace(last, error=builder.error, broken=describe(fault), cells=cells)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Stop listening and forget what was recorded, if anything."""
        for source in self._sources:
            source.detach()
        self._stack.close()
        self._sources = []
        self._builder = self._noted = None


def _imports_torch(text: str) -> bool:
    """Return whether a cell imports PyTorch, or something of it."""
    try:
        tree = ast.parse(text.partition("\n")[2] if text.startswith("%%") else text)
    except SyntaxError:
        return False
    imported: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.append(node.module or "")
    return any(name.partition(".")[0] == "torch" for name in imported)


def hide_watching(error: BaseException) -> None:
    """Take the frames of the watching out of an error's traceback, and of those it came from."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        _hide_frames(each)
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions


def _hide_frames(error: BaseException) -> None:
    kept: list[TracebackType] = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not code.co_filename.startswith(SOURCES):
            kept.append(traceback)
        elif kept and kept[-1].tb_frame.f_code.co_name == DETOUR:
            del kept[-2:]  # the function of PyTorch's that took it comes again, below the watching
        traceback = traceback.tb_next
    for above, below in zip(kept, [*kept[1:], None], strict=True):
        above.tb_next = below
    if kept:
        error.__traceback__ = kept[0]


def forget_warnings() -> None:
    """Let the modules that watch forget which warnings were shown: each of the user's lines counts."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{__package__}.sources"):
            vars(module).pop("__warningregistry__", None)


@contextmanager
def _warnings_noted(builder: Builder) -> Iterator[None]:
    """Note warnings that are shown while the block runs."""
    before = warnings.showwarning

    def showwarning(
        message: Any, category: Any, filename: str, lineno: int, *rest: Any, **options: Any
    ) -> None:
        frame = builder.source.frame()
        if filename.startswith(SOURCES) and frame is not None:
            # Raised below a function that stands between PyTorch and the user: theirs is the line.
            registry = frame.f_globals.setdefault("__warningregistry__", {})
            place = frame.f_code.co_filename, frame.f_lineno
            forget_warnings()
            warnings.warn_explicit(message, category, *place, registry=registry)
            return
        if OWN_FRAME.search(str(message)):
            message = category(OWN_FRAME.sub("", str(message)))
        if builder.room("warning"):
            text = TRIGGERED.sub("", f"{category.__name__}: {message}")
            builder.add_event("warning", text=text)
        before(message, category, filename, lineno, *rest, **options)

    warnings.showwarning = showwarning
    try:
        yield
    finally:
        if warnings.showwarning is showwarning:
            warnings.showwarning = before


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Let Python look for garbage less often: most of what is made now is the record, and stays."""
    first, *others = before = gc.get_threshold()
    patient = (first * PATIENCE, *others)
    gc.set_threshold(*patient)
    try:
        yield
    finally:
        if gc.get_threshold() == patient:
            gc.set_threshold(*before)


class record(AbstractContextManager["record"]):
    """Record a `with` block of ordinary code, without IPython; PyTorch too if it is loaded by then.

    What other threads do meanwhile is not recorded (`Trace.elsewhere`).

    After the block the object is the trace: it has all that a `Trace` has, `findings()` among it;
    `.trace` is the `Trace` itself.

    >>> import autograd_lab as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.record() as trace:
    ...     y = (x * x).sum()
    >>> [node.name for node in trace.graph.nodes]
    ['AccumulateGrad', 'MulBackward0', 'SumBackward0']
    """

    trace: Trace
    """What happened; there once the block has ended, by an exception too."""

    def __getattr__(self, name: str) -> Any:
        """Give what the trace has, once there is one."""
        if name == "trace":
            raise AttributeError("there is no trace yet: the recording has not ended")
        return getattr(self.trace, name)

    def __enter__(self) -> record:
        """Begin to listen to the libraries."""
        self._frame: FrameType | None = sys._getframe(1)
        filename = self._frame.f_code.co_filename
        text = "".join(linecache.getlines(filename, self._frame.f_globals))
        self._recorder = Recorder(text, filename)
        self._recorder.start(imports=False)  # the text is that of the whole file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Keep the trace; the exception, if any, goes on."""
        frame, self._frame = self._frame, None
        names = {**frame.f_globals, **frame.f_locals} if frame is not None else {}
        self.trace = self._recorder.stop(names, error)
        if error is not None:
            hide_watching(error)


__all__ = ["Recorder", "hide_watching", "record"]
