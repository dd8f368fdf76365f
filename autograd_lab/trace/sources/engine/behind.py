"""The graph behind a tensor, read from the tensor itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from ....engine.tensor import Tensor
from ...builder import Builder
from ...model import Trace
from ...names import collect
from ...source_text import SourceText
from ..graph import GraphWriter
from .library import EngineLibrary


def behind(tensor: Tensor, namespace: Mapping[str, object]) -> Trace:
    """Return the graph that leads to `tensor`, as a trace without events or source.

    Empty for a tensor that does not require grad.
    """
    record = Builder(SourceText(), limit=sys.maxsize)
    graph = GraphWriter(record, EngineLibrary())
    if tensor.requires_grad:
        graph.of_tensor(tensor)
    return record.build(collect(namespace, [graph]))


__all__ = ["behind"]
