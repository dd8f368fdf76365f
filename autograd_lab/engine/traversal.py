"""The way back through the graph: a loop, never a recursion, later-made nodes first.

A node is made after those its gradients go to. Visited in the reverse of the order in which they were
made, every node has got all its gradients when its turn comes: no queue, nothing to count. Only a leaf
does not wait for a turn: its gradient is added into `.grad` the moment the last part of it arrived. That
takes counting, so it is done if somebody might notice: an observer, a hook, any code of the user. Else
the leaves take their gradients at the end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np

from . import anomaly, messages
from .grad_mode import state, switch_recording
from .hooks import call, detecting, run_tensor_hook
from .meeting import ALONE, deliver
from .node import AccumulateGrad, Node
from .observe import observers
from .quiet import hush, unhush
from .tensor import INFERENCE, Tensor, wrap


class Pass:
    """One backward pass over a graph: whom it visits, what has arrived, what was captured."""

    def __init__(
        self,
        roots: Sequence[tuple[Node, int, Any]],
        retain_graph: bool,
        create_graph: bool,
        wanted: Sequence[tuple[Node, int]] = (),
        accumulate: bool = True,
    ) -> None:
        """Prepare a pass from `roots` (node, output, gradient).

        With `wanted`, only what leads to these (node, output) pairs is visited, and the gradients that
        arrive there are put in `captured`; leaves accumulate only if `accumulate`.
        """
        self.retain_graph, self.create_graph = retain_graph, create_graph
        self.accumulate = accumulate
        self.captured: dict[tuple[Node, int], Any] = dict.fromkeys(wanted)
        starts = [node for node, _, _ in roots]
        self.nodes, self.leaves = _reachable(starts)
        self.visited: set[Node] | None = None
        self.useful: set[Node] | None = None
        if wanted:
            goals = {node for node, _ in wanted}
            leading = _leading_to(goals, self.nodes)
            self.visited = leading | goals
            self.useful = self.visited if accumulate else leading
            self.nodes, self.leaves = _reachable(starts, self.visited)
        self.arrived: dict[Any, Any] = {}
        """The sum so far per node or leaf; per output for a node with several."""
        self.missing: dict[Any, int] | None = None
        """How many gradients each leaf still waits for; None as long as nobody would notice."""
        for node, number, grad in roots:
            self._deliver(node, number, grad)

    def _deliver(self, node: Node, number: int, grad: Any) -> None:
        """Add `grad` to what has arrived for one output of `node`."""
        if node.outputs == 1:
            deliver(self.arrived, node, grad)
            return
        grads = self.arrived.setdefault(node, [None] * node.outputs)
        grads[number] = grad if grads[number] is None else grads[number] + grad

    def _capture(self, node: Node, grads: list[Any]) -> None:
        for key in self.captured:
            if key[0] is node:
                self.captured[key] = grads[key[1]]

    def run(self) -> None:
        """Go all the way, NumPy's warnings silenced, recording only under `create_graph`."""
        __tracebackhide__ = True  # an error in a node is shown there, not here
        before = state.enabled
        switch_recording(self.create_graph)
        token = hush()
        try:
            if self._is_watched():
                self._count_from(0)
            self._visit_all()
            self._arrive_all(self.leaves)
        finally:
            unhush(token)
            switch_recording(before)

    def _is_watched(self) -> bool:
        """Return whether it may show from the start when leaves take their gradients."""
        if self.create_graph or self.visited is not None or observers or detecting:
            return True
        for leaf in self.leaves:
            meta = leaf.variable._meta
            if leaf._hooks is not None or (meta and (meta.hooks or meta.post_accumulate)):
                return True
        return False

    def _count_from(self, place: int) -> None:
        """Count what leaves wait for before the visit to node `place`; some need not wait any more."""
        missing = self.missing = dict.fromkeys(self.leaves, 0)
        for node in self.nodes[place:]:
            for target in node._edges:
                if target in missing:
                    missing[target] += 1
        self._arrive_all([leaf for leaf, count in missing.items() if not count])

    def _visit_all(self) -> None:
        """Visit the nodes, later-made first, and deliver what they pass on."""
        __tracebackhide__ = True
        arrived, graph, retain = self.arrived, self.create_graph, self.retain_graph
        plainly = self.visited is None and not (graph or observers or detecting)
        passed: Any
        node: Any = None
        try:
            for node in self.nodes:
                if not plainly or not node._plan.visit(node, arrived, retain):
                    if self.missing is None and node._hooks is not None:
                        self._count_from(self.nodes.index(node))
                    passed = self._visit(node, arrived.pop(node, None))
                    self._pass_on(node, passed)
                    passed = None  # so that a leaf alone holds its array
                if self.missing is not None:
                    self._arrive_after(node, self.missing)
        except BaseException:
            if self.missing is None and node is not None:
                self._count_from(self.nodes.index(node))
            raise

    def _arrive_after(self, node: Node, missing: dict[Any, int]) -> None:
        """Let the leaves for which the visit to `node` brought the last gradient take what they got."""
        complete = []
        for target in node._edges:
            if target in missing:
                missing[target] -= 1
                if not missing[target]:
                    complete.append(target)
        if complete:
            self._arrive_all(complete)

    def _pass_on(self, node: Node, passed: list[Any]) -> None:
        """Deliver what a node made to those of the next nodes that take part in the pass."""
        numbers = node._edge_numbers
        for i, target in enumerate(node._edges):
            if target is None or (self.visited is not None and target not in self.visited):
                continue
            if passed[i] is not None:
                self._deliver(target, 0 if numbers is None else numbers[i], passed[i])

    def _arrive_all(self, leaves: Iterable[Any]) -> None:
        """Hand each leaf what has arrived for it, in the order in which they were first used."""
        for leaf in sorted(leaves, key=_number, reverse=True):
            self.leaves.remove(leaf)
            self._arrive(leaf, [self.arrived.pop(leaf, None)])

    def _arrive(self, node: AccumulateGrad, grads: list[Any]) -> None:
        """Let the leaf's hooks see the gradient, then add it, or hand it to who asked for it."""
        hooks, meta, graph = node._hooks, node.variable._meta, self.create_graph
        assert meta is not None
        if hooks is not None:
            grads = hooks.before(grads, graph)
        for hook in list(meta.hooks.values()) if meta.hooks else ():
            grads[0] = run_tensor_hook(hook, grads[0], graph)
        if self.captured:
            self._capture(node, grads)
        if not self.accumulate or (self.captured and (node, 0) not in self.captured):
            return
        if hooks is not None:
            grads = hooks.prepare(grads, graph)
        if grads[0] is not None and node.variable.grad_fn is not None:
            raise RuntimeError(messages.MOVED_INSIDE)
        if grads[0] is not None and node.variable._requires_grad:
            accumulate(node, grads, graph)
            for hook in list(meta.post_accumulate.values()) if meta.post_accumulate else ():
                call(hook, graph, node.variable)
            if observers:
                _tell_node(node, grads, [], [])
        if hooks is not None:
            hooks.after([], grads, graph)

    def _visit(self, node: Node, grad: Any) -> list[Any]:
        """Run one node's derivative while hooks, observers or anomaly detection look on."""
        __tracebackhide__ = True
        graph, hooks = self.create_graph, node._hooks
        grads = grad if node.outputs > 1 and grad is not None else [grad] * node.outputs
        if hooks is not None:
            grads = hooks.before(grads, graph)
        if self.captured:
            self._capture(node, grads)
        if self.useful is not None and node not in self.useful:
            return [None] * len(node._edges)
        if hooks is not None:
            grads = hooks.prepare(grads, graph)
        grad = grads if node.outputs > 1 else grads[0]
        run = anomaly.gradients if detecting else type(node).gradients
        products = run(node, grad, graph)
        passed = products if node._targets is None else node.fitted(products)
        if observers:
            _tell_node(node, grads, products, passed)
        if hooks is not None:
            passed = hooks.after(passed, grads, graph)
        if not self.retain_graph and node.release() and observers:
            for observer in observers:
                observer.on_freed(node)
        return passed


_number = attrgetter("_number")
_edges = attrgetter("_edges")


def _reachable(
    roots: Iterable[Node], within: set[Node] | None = None
) -> tuple[list[Node], set[AccumulateGrad]]:
    """Return the nodes that gradients can reach, later-made first, and the leaves.

    With `within`, other nodes are as if they were not there.
    """
    nodes: list[Node] = []
    leaves: set[AccumulateGrad] = set()
    seen: set[Node | None] = {None}
    for targets in chain([roots], map(_edges, nodes)):
        for target in targets:
            if target not in seen:
                seen.add(target)
                if type(target) is AccumulateGrad:
                    leaves.add(target)
                elif within is None or target in within:
                    nodes.append(target)
    nodes.sort(key=_number, reverse=True)
    return nodes, leaves


def _leading_to(goals: set[Node], nodes: list[Node]) -> set[Node]:
    """Return those of `nodes` from which a goal can be reached; a node is made after those it leads to."""
    leading: set[Node] = set()
    for node in reversed(nodes):
        if any(e is not None and (e in leading or e in goals) for e in node._edges):
            leading.add(node)
    return leading


def accumulate(node: AccumulateGrad, grads: list[Any], create_graph: bool) -> None:
    """Add the gradient in `grads` into the leaf's `.grad`.

    The first gradient is taken over if nobody else holds its memory, else copied. Later ones are added
    in place, so that whoever kept `x.grad` sees it grow; under `create_graph` out of place, because
    what is being recorded must not change.
    """
    leaf = node.variable
    if observers:
        for observer in observers:
            observer.on_accumulate(node, leaf, as_tensor(grads[0]))
    if create_graph:
        empty = wrap(np.empty(leaf._data.shape, leaf._data.dtype))
        leaf._grad = empty.copy_(grads[0]) if leaf._grad is None else leaf._grad + grads[0]
    elif leaf._grad is None:
        leaf._grad = wrap(_own(grads, leaf))
        if state.inference:
            leaf._grad._counter = INFERENCE
    else:
        held = leaf._grad
        if isinstance(held._data, np.ndarray):
            np.add(held._data, grads[0], out=held._data)
        else:
            held._data = held._data + grads[0]
        held._wrote()


def _own(grads: list[Any], leaf: Tensor) -> Any:
    """Return the array in `grads[0]`, copied unless this list alone holds it.

    As in torch, the array counts, not its memory: a gradient that was only reshaped on its way still
    shares memory with what it was before. One that the leaf has outgrown by now is spread.
    """
    data = grads[0]
    if not isinstance(data, np.ndarray):
        return data if not leaf._data.ndim else np.broadcast_to(data, leaf._data.shape).copy()
    held_here_only = sys.getrefcount(data) <= ALONE  # by the list and `data`
    alike = data.shape == leaf._data.shape
    if held_here_only and data.flags.c_contiguous and (alike or data.strides == leaf._data.strides):
        if not data.flags.writeable:  # one element, broadcast
            data.flags.writeable = True
        return data
    if alike:
        return np.array(data, order="C")
    return wrap(np.empty(leaf._data.shape, data.dtype)).copy_(wrap(data))._data


def as_tensor(value: Any) -> Any:
    """Return a gradient as a tensor; None stays None."""
    return value if value is None or isinstance(value, Tensor) else wrap(value)


def _tell_node(node: Node, grads: list[Any], products: list[Any], passed: list[Any]) -> None:
    """Tell of a visit; what was passed on as the formula gave it is the same tensor in both lists."""
    received, formed = [as_tensor(g) for g in grads], [as_tensor(g) for g in products]
    sent = [
        tensor if grad is product else as_tensor(grad)
        for tensor, product, grad in zip(formed, products, passed, strict=True)
    ]
    for observer in observers:
        observer.on_node(node, received, formed, sent)
