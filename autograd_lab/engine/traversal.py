"""The way back through the graph: a loop, never a recursion, later-made nodes first.

`Pass.walk` is a generator of steps. `backward()` exhausts it; whoever wants to watch takes it step by step.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from . import anomaly, messages
from .grad_mode import state
from .hooks import call, detecting, run_tensor_hook
from .node import AccumulateGrad, Node
from .observe import observers
from .quiet import hush, unhush
from .tensor import INFERENCE, Tensor, wrap

Step = tuple[Node, list[Any], list[Any]]
"""A node, the gradients that came in, the gradients it passed on."""


class Pass:
    """One backward pass over a graph: what is waiting, what has arrived, what was captured."""

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
        self.arrived: dict[Node, list[Any]] = {}
        self.waiting = _count_dependencies(node for node, _, _ in roots)
        self.captured: dict[tuple[Node, int], Any] = dict.fromkeys(wanted)
        self.useful: set[Node] | None = None
        if wanted:
            goals = {node for node, _ in wanted}
            self.useful = _leading_to(goals, self.waiting) | (goals if accumulate else set())
        self.ready: list[tuple[int, Node]] = []
        for node, number, grad in roots:
            if not self.waiting[node] and node not in self.arrived:
                heappush(self.ready, (node._order, node))
            self._deliver(node, number, grad)

    def _deliver(self, node: Node, number: int, grad: Any) -> None:
        """Add `grad` to what has arrived for one output of `node`."""
        grads = self.arrived.get(node)
        if grads is None:
            grads = self.arrived[node] = [None] * node.outputs
        grads[number] = grad if grads[number] is None else grads[number] + grad

    def _capture(self, node: Node, grads: list[Any]) -> None:
        for key in self.captured:
            if key[0] is node:
                self.captured[key] = grads[key[1]]

    def walk(self) -> Iterator[Step]:
        """Visit the nodes, later-made first; a leaf as soon as all its gradients have arrived."""
        ready, arrived, waiting = self.ready, self.arrived, self.waiting
        graph, retain, plainly = self.create_graph, self.retain_graph, self.useful is None
        while ready:
            node = heappop(ready)[1]
            grads = arrived.pop(node, None) or [None] * node.outputs
            if node._hooks is not None:
                grads = node._hooks.before(grads, self.create_graph)
            if type(node) is AccumulateGrad:
                self._arrive(node, grads)
                yield node, grads, []
                continue
            if self.captured:
                self._capture(node, grads)
            if plainly and node._hooks is None and not observers and not detecting:
                passed = node.gradients(grads, graph)
                if node._targets is not None:
                    passed = node.fitted(passed)
                if not retain:
                    node.release()
            else:
                passed = self._visit(node, grads)
            numbers = node._edge_numbers
            for i, target in enumerate(node._edges):
                if target is None:
                    continue
                grad = passed[i]
                if grad is not None:
                    if target in arrived or target.outputs > 1:
                        self._deliver(target, numbers[i] if numbers else 0, grad)
                    else:
                        arrived[target] = [grad]
                left = waiting[target] - 1
                waiting[target] = left
                if not left:
                    heappush(ready, (target._order, target))
            yield node, grads, passed
            passed, grad = [], None  # so that a leaf may keep an array that nobody else holds

    def _arrive(self, node: AccumulateGrad, grads: list[Any]) -> None:
        """Let the leaf's hooks see the gradient, then add it, or hand it to who asked for it."""
        meta, graph = node.variable._meta, self.create_graph
        assert meta is not None
        if meta.hooks:
            for hook in list(meta.hooks.values()):
                grads[0] = run_tensor_hook(hook, grads[0], graph)
        if self.captured:
            self._capture(node, grads)
        if not self.accumulate or (self.captured and (node, 0) not in self.captured):
            return
        if node._hooks is not None:
            grads[:] = node._hooks.prepare(grads, graph)
        if grads[0] is not None and node.variable.grad_fn is not None:
            raise RuntimeError(messages.MOVED_INSIDE)
        if grads[0] is not None and node.variable._requires_grad:
            accumulate(node, grads, graph)
            if meta.post_accumulate:
                for hook in list(meta.post_accumulate.values()):
                    call(hook, graph, node.variable)
        if node._hooks is not None:
            node._hooks.after([], grads, graph)

    def _visit(self, node: Node, grads: list[Any]) -> list[Any]:
        """Run one node's derivative, undo broadcasting and promotion, release what it saved."""
        if self.useful is not None and node not in self.useful:
            return [None] * len(node._edges)
        hooks = node._hooks
        if hooks is not None:
            grads = hooks.prepare(grads, self.create_graph)
        if detecting:
            products = anomaly.gradients(node, grads, self.create_graph)
        else:
            products = node.gradients(grads, self.create_graph)
        passed = products if node._targets is None else node.fitted(products)
        if observers:
            _tell_node(node, grads, products, passed)
        if hooks is not None:
            passed = hooks.after(passed, grads, self.create_graph)
        if not self.retain_graph and node.release() and observers:
            for observer in observers:
                observer.on_freed(node)
        return passed

    def run(self) -> None:
        """Walk to the end, NumPy's warnings silenced, recording only under `create_graph`."""
        before = state.enabled
        state.enabled = self.create_graph
        token = hush()
        try:
            deque(self.walk(), maxlen=0)
        finally:
            unhush(token)
            state.enabled = before


def _count_dependencies(roots: Iterator[Node]) -> dict[Node, int]:
    """Count, for every node that can be reached, how many visits will hand it a gradient."""
    counts = dict.fromkeys(roots, 0)
    stack = list(counts)
    while stack:
        for target in stack.pop()._edges:
            if target in counts:
                counts[target] += 1
            elif target is not None:
                counts[target] = 1
                stack.append(target)
    return counts


def _leading_to(goals: set[Node], reachable: dict[Node, int]) -> set[Node]:
    """Return the nodes from which a goal can be reached; a node is made after those it leads to."""
    leading: set[Node] = set()
    for node in sorted(reachable, key=lambda n: -n._order):
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
    if observers:
        _tell_node(node, grads, [], [])


def _own(grads: list[Any], leaf: Tensor) -> Any:
    """Return the array in `grads[0]`, copied unless this list alone holds it.

    As in torch, the array counts, not its memory: a gradient that was only reshaped on its way still
    shares memory with what it was before. One that the leaf has outgrown by now is spread.
    """
    data = grads[0]
    if not isinstance(data, np.ndarray):
        return data if not leaf._data.ndim else np.broadcast_to(data, leaf._data.shape).copy()
    held_here_only = sys.getrefcount(data) <= 3  # the list, `data`, the call's argument
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
    told = [[as_tensor(g) for g in group] for group in (grads, products, passed)]
    for observer in observers:
        observer.on_node(node, *told)
