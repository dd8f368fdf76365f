"""What is written down of a backward pass, all of it at the line that asked for the pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..builder import Builder
from ..model import Value
from .graph import GraphWriter, Target

Part = tuple[int | None, Value, Any]
"""The node a gradient came from, its value, and what tells it from others while it is on its way."""
NOTHING: list[Part] = []


class PassWriter:
    """Writes down one pass: what each node received and passed on, and what reached the leaves.

    A gradient that arrives alone is the one that was sent, unless a hook put another in its place: its
    value is known already. A hook's may lie in the memory of the one that was sent.
    """

    def __init__(self, builder: Builder, graph: GraphWriter) -> None:
        """Write into `builder`, which `graph` is written into too."""
        self._record, self._graph = builder, graph
        self._value, self._token = graph.value, graph.library.token
        self._sent: dict[Target, list[Part]] = {}
        """What was sent to each output of each node and has not been taken up yet."""

    def send(self, target: Target, part: Part) -> None:
        """Note a gradient that is on its way to `target`."""
        self._sent.setdefault(target, []).append(part)

    def visited(
        self,
        node: int | None,
        key: int,
        targets: Sequence[Target],
        grads_in: Sequence[Any],
        products: Sequence[Any],
        grads_out: Sequence[Any],
    ) -> None:
        """Note what a node received and passed on; `products` are the same where nothing was summed.

        `key` is its `_sequence_nr()`; `targets` say where to: see `GraphWriter.targets`.
        """
        record = self._record
        if record.crowded_events:
            record.room("node")
            return
        value_of, token, sent = self._value, self._token, self._sent
        hooked = node in self._graph.hooked
        received: list[Value | None] = []
        for number, grad in enumerate(grads_in):
            parts = sent.pop((key, number), NOTHING)
            received.append(None if grad is None else self._received(parts, grad, hooked))
        formed: list[Value | None] = []
        passed: list[Value | None] = []
        for product, grad, target in zip(products, grads_out, targets, strict=False):
            value = None if grad is None else value_of(grad)
            passed.append(value)
            if product is grad:
                formed.append(value)
            else:
                same = grads_in and product is grads_in[0]
                formed.append(received[0] if same else self._graph.maybe_value(product))
            if value is not None and target is not None:
                sent.setdefault(target, []).append((node, value, token(grad)))
        cell, line, expression, column = record.here()
        record.events.append(
            {"kind": "node", "cell": cell, "line": line, "expression": expression,
             "column": column, "node": node, "grads_in": tuple(received),
             "products": tuple(formed), "grads_out": tuple(passed)}
        )  # fmt: skip

    def _received(self, parts: Sequence[Part], grad: Any, hooked: bool) -> Value:
        """Return the value of a gradient that is made of `parts`, and that a hook may have replaced."""
        if len(parts) == 1 and not hooked and parts[0][2] == self._token(grad):
            return parts[0][1]
        return self._value(grad)

    def accumulating(
        self, leaf: Any, contribution: Any, before: Value | None
    ) -> dict[str, Any] | None:
        """Note that `contribution` is added to what `.grad` was; the event still lacks `after`."""
        if not self._record.room("accumulate"):
            return None
        parts = self._sent.pop(self._graph.of_leaf(leaf), NOTHING)
        return self._record.add_event(
            "accumulate",
            node=self._graph.leaf(leaf),
            before=before,
            contribution=self._received(parts, contribution, self._graph.library.has_hooks(leaf)),
            nodes=tuple([node for node, _, _ in parts]),
            grads_in=tuple([value for _, value, _ in parts]),
        )

    def accumulated(self, event: dict[str, Any] | None, leaf: Any) -> None:
        """Fill in what `.grad` has become."""
        if event is not None:
            library = self._graph.library
            grad = library.grad(leaf)
            taken = (
                event["before"] is None
                and grad is not None
                and not library.has_post_accumulate_grad_hooks(leaf)
            )
            event["after"] = event["contribution"] if taken else self._graph.maybe_value(grad)

    def freed(self, node: int | None) -> None:
        """Note that a node released what it had saved."""
        if self._record.room("freed"):
            self._record.add_event("freed", node=node)


__all__ = ["PassWriter"]
