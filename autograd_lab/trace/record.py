"""Recording: from here to there, everything the engine does becomes a `Trace`."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Mapping
from types import FrameType, TracebackType

from .builder import LIMIT, Builder, describe
from .model import Trace
from .source_text import SourceText
from .sources.engine.watch import EngineSource


class Recorder:
    """Watches the engine while one piece of code runs.

    One can be started again after `stop`, also after a recording that was never stopped because
    something interrupted it: what was recorded until then is dropped.
    """

    def __init__(self, source: str, filename: str, limit: int = LIMIT) -> None:
        """Take the code's text as it was compiled and the file name its code objects carry.

        Beyond `limit` events, the rest is counted (`Trace.truncated`).
        """
        self._source = source
        self._filename = filename
        self._limit = limit
        self._builder: Builder | None = None
        self._watcher: EngineSource | None = None

    def start(self) -> None:
        """Begin to listen."""
        self.abandon()
        self._builder = Builder(SourceText(self._source, self._filename), self._limit)
        self._watcher = EngineSource(self._builder)
        self._watcher.attach()

    def stop(self, namespace: Mapping[str, object], error: BaseException | None = None) -> Trace:
        """Stop listening and return what happened.

        `namespace` gives tensors the names of their variables; `error` is what ended the code.
        A fault of the recording itself is told in the trace. Raises RuntimeError if the recorder was
        not started.
        """
        builder, watcher = self._builder, self._watcher
        self.abandon()
        if builder is None or watcher is None:
            raise RuntimeError("this recorder was not started")
        try:
            if error is not None:
                builder.add_error(error)
            return watcher.finish(namespace)
        except Exception as fault:
            # Ours, not the user's: what they ran is over, and stays as it is.
            return Trace(self._source, error=builder.error, broken=describe(fault))

    def abandon(self) -> None:
        """Stop listening and forget what was recorded, if anything."""
        if self._watcher is not None:
            self._watcher.detach()
        self._builder = self._watcher = None


class record:
    """Record a `with` block of ordinary code, without IPython; `.trace` holds the result.

    >>> import autograd_lab as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.record() as recording:
    ...     y = (x * x).sum()
    >>> [node.name for node in recording.trace.graph.nodes]
    ['AccumulateGrad', 'MulBackward0', 'SumBackward0']
    """

    trace: Trace
    """What happened; there once the block has ended, by an exception too."""

    def __enter__(self) -> record:
        """Begin to listen to the engine."""
        self._frame: FrameType | None = sys._getframe(1)
        filename = self._frame.f_code.co_filename
        text = "".join(linecache.getlines(filename, self._frame.f_globals))
        self._recorder = Recorder(text, filename)
        self._recorder.start()
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


__all__ = ["Recorder", "record"]
