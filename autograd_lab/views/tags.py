"""Marks on the boxes: where a buffer was freed, where a version moved."""

from __future__ import annotations

from collections.abc import Sequence

from ..i18n import _
from ..trace.model import Node, Saved, Trace
from .steps import Step
from .svg import Tag
from .wording import one_line


def tags(trace: Trace, walked: Sequence[Step]) -> dict[int, list[Tag]]:
    """Return the marks of each node that has any."""
    found: dict[int, list[Tag]] = {}
    for number in (number for step in walked for number in step.frees):
        found[number] = [Tag("freed", _("freed"))]
    versions = _versions(trace)
    for node in trace.graph.nodes:
        for saved in node.saved:
            text = _moved(node, saved, versions)
            if text:
                found.setdefault(node.id, []).append(Tag("stale", text))
    newest = {node.tensor: node.id for node in trace.graph.nodes if node.tensor in versions}
    for tensor, (first, last) in versions.items():
        if tensor in newest and last > first:
            text = _("version {first} → {last}").format(first=first, last=last)
            found.setdefault(newest[tensor], []).append(Tag("version", text))
    return found


def _versions(trace: Trace) -> dict[int, tuple[int, int]]:
    """Return the write counter of each tensor of the graph, when it was first met and at the end."""
    met: dict[int, tuple[int, int]] = {}
    for event in trace.events:
        for ref in (*event.inputs, *event.outputs):
            if ref.node is not None or ref.tensor in met:
                first, last = met.get(ref.tensor, (ref.version, ref.version))
                met[ref.tensor] = (first, max(last, ref.version))
    return met


def _moved(node: Node, saved: Saved, versions: dict[int, tuple[int, int]]) -> str:
    """Return how the version of a saved value moved on since it was saved, `""` if it did not."""
    tensor = node.tensor if saved.tensor is None and saved.name == "result" else saved.tensor
    if tensor not in versions or versions[tensor][1] <= saved.version:
        return ""
    return _("{name}: version {saved} → {now}").format(
        name=one_line(saved.name), saved=saved.version, now=versions[tensor][1]
    )
