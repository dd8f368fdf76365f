"""The graph behind tensors, read from the tensors themselves, without a recording."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..builder import Builder
from ..model import Trace
from ..names import collect, walk
from ..source_text import SourceText
from .engine.library import EngineLibrary
from .graph import GraphWriter
from .library import Library


def is_tensor(value: object) -> bool:
    """Return whether `value` is a tensor, the package's own or PyTorch's."""
    return issubclass(type(value), EngineLibrary.tensor_type) or _is_torchs(value)


def _is_torchs(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(type(value), torch.Tensor)


def behind(tensors: Sequence[Any], namespace: Mapping[str, object]) -> Trace:
    """Return the graph that leads to `tensors`, as a trace without events or source.

    `namespace` gives names and values. Empty for tensors that do not require grad.
    """
    record = Builder(SourceText(), limit=sys.maxsize)
    writers = {False: GraphWriter(record, EngineLibrary())}
    if any(map(_is_torchs, tensors)):
        from .torch.library import TorchLibrary

        writers[True] = GraphWriter(record, TorchLibrary())
    for tensor in tensors:
        if tensor.requires_grad:
            writers[_is_torchs(tensor)].of_tensor(tensor)
    return record.build(collect(namespace, list(writers.values())))


def names_of(tensor: Any, namespace: Mapping[str, object]) -> Iterator[str]:
    """Yield what one can write for a tensor, variables first, then such as `"net.weight"`."""
    library: Library = EngineLibrary()
    if _is_torchs(tensor):
        from .torch.library import TorchLibrary

        library = TorchLibrary()
    found = walk(namespace, (library.tensor_type,), (library.module_type,))
    return (name for name, value in found if value is tensor)


__all__ = ["behind", "is_tensor", "names_of"]
