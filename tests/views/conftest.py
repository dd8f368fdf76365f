"""Traces written by hand, so that the views are tested without an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from autograd_lab.trace.model import Edge, Event, Graph, Node, Saved, TensorObject, Trace, Value

SOURCE = """\
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
"""


def scalar(text: str) -> Value:
    """Return a 0-d value."""
    return Value((), "float32", text)


def matrix(entry: str) -> Value:
    """Return a 2 by 2 value with four equal entries, printed as PyTorch prints it."""
    row = f"[{entry}, {entry}]"
    return Value((2, 2), "float32", f"[{row},\n        {row}]")


PRODUCT = ("grad · other", "grad · self")


def operation(
    number: int,
    name: str,
    code: str,
    value: Value,
    formulas: tuple[str, ...],
    line: int,
    label: str = "",
    saved: tuple[Saved, ...] = (),
) -> Node:
    """Return an operation node named as PyTorch names it."""
    inputs = ("self", "other")[: len(formulas)]
    node = f"{name}Backward0"
    return Node(number, "op", node, name.lower(), label, value, inputs, formulas, saved, line, code)


def visit(node: int, gradient: Value, *out: Value | None) -> Event:
    """Return the visit of a node without broadcasting: what the formula gave is what goes out."""
    return Event("node", node, grads_in=(gradient,), products=out, grads_out=out)


def worked_example() -> Trace:
    """Return the trace of o = mean of 3 (x + 2)² at x = 1, whose gradient is 4.5."""
    three, nine, many = matrix("3."), matrix("9."), matrix("27.")
    saved = (Saved("self", three, 16), Saved("other", three, 16))
    nodes = (
        Node(0, "leaf", "AccumulateGrad", "", "x", matrix("1."), line=1),
        operation(1, "Add", "x + 2", three, ("grad", "grad"), 2, "y"),
        operation(2, "Mul", "y * y", nine, PRODUCT, 3, saved=saved),
        operation(3, "Mul", "y * y * 3", many, PRODUCT, 3, "z"),
        operation(4, "Mean", "z.mean()", scalar("27."), ("grad / n",), 4, "out"),
    )
    edges = (Edge(0, 1, 0), Edge(1, 2, 0), Edge(1, 2, 1), Edge(2, 3, 0), Edge(3, 4, 0))
    one, quarter, three_quarters = scalar("1."), matrix("0.2500"), matrix("0.7500")
    twice, total = matrix("2.2500"), matrix("4.5000")
    events = (
        *(Event("op", node.id, node.line, node.expression, node.op) for node in nodes[1:]),
        Event("backward", 4, 5, "out.backward()", grads_in=(one,)),
        visit(4, one, quarter),
        visit(3, quarter, three_quarters, None),
        Event("freed", 3),
        visit(2, three_quarters, twice, twice),
        Event("freed", 2),
        visit(1, total, total, None),
        visit(0, total),
        Event("accumulate", 0, contribution=total, after=total),
        Event("end"),
    )
    return Trace(SOURCE, Graph(nodes, edges), events)


@pytest.fixture
def example() -> Trace:
    """Return the worked example."""
    return worked_example()


@pytest.fixture
def broadcast() -> Trace:
    """Return loss = (w * x + b).sum() with x a constant of shape (2, 2) and b of shape (2,).

    The gradient of b is summed over the axis along which b was broadcast, and b had a `.grad`.
    """
    bias, ones = Value((2,), "float32", "[5., 5.]"), matrix("1.")
    nodes = (
        Node(0, "leaf", "AccumulateGrad", "", "w", matrix("2."), line=1),
        Node(1, "constant", "", "", "x", matrix("4."), line=2),
        operation(2, "Mul", "w * x", matrix("8."), PRODUCT, 4),
        Node(3, "leaf", "AccumulateGrad", "", "b", bias, line=3, tensor=0),
        operation(4, "Add", "w * x + b", matrix("13."), ("grad", "grad"), 4),
        operation(5, "Sum", "(w * x + b).sum()", scalar("52."), ("grad",), 4, "loss"),
    )
    edges = (Edge(0, 2, 0), Edge(1, 2, 1), Edge(2, 4, 0), Edge(3, 4, 1), Edge(4, 5, 0))
    one, two, three = (Value((2,), "float32", f"[{n}., {n}.]") for n in (1, 2, 3))
    events = (
        Event("backward", 5, 5, "loss.backward()", grads_in=(scalar("1."),)),
        visit(5, scalar("1."), ones),
        Event("node", 4, grads_in=(ones,), products=(ones, ones), grads_out=(ones, two)),
        Event("accumulate", 3, before=one, contribution=two, after=three),
        visit(2, ones, matrix("4."), None),
        Event("accumulate", 0, contribution=matrix("4."), after=matrix("4.")),
        Event("end"),
        Event("inplace", text="zero_", label="b.grad", after=Value((2,), "float32", "[0., 0.]")),
    )
    return Trace("", Graph(nodes, edges), events, tensors=(TensorObject("b", grad=one),))


@pytest.fixture
def severed() -> Trace:
    """Return z = x.detach() * x, cut by detach, in a cell that then raised."""
    nodes = (
        Node(0, "leaf", "AccumulateGrad", "", "x", scalar("3."), line=1),
        operation(1, "Mul", "x.detach() * x", scalar("9."), PRODUCT, 2, "z"),
    )
    edges = (Edge(0, 1, 0, "detach"), Edge(0, 1, 1))
    events = (Event("op", 1), Event("error", text="NameError: name 'zz' is not defined"))
    return Trace("", Graph(nodes, edges), events, "NameError: name 'zz' is not defined")


@pytest.fixture
def failed(example: Trace) -> Trace:
    """Return the worked example with a second backward pass, whose error ended the cell."""
    error = "RuntimeError: Trying to backward through the graph a second time"
    start = next(event for event in example.events if event.kind == "backward")
    again = (start, Event("end", text=error), Event("error", text=error))
    return replace(example, events=(*example.events, *again), error=error)


@pytest.fixture
def hostile(example: Trace) -> Trace:
    """Return a trace whose every text from the user tries to break out of the page."""
    attack = "</script><img src=x onerror=alert(1)>\"'&\u2028\x00\x1b[31m\ud800"
    value = Value((), "float32", attack)
    nodes = tuple(
        replace(node, label=attack, expression=attack, value=value) for node in example.graph.nodes
    )
    events = tuple(
        replace(event, grads_in=(value,)) if event.kind == "backward" else event
        for event in example.events
    )
    events += (
        Event("inplace", text="zero_", label=attack + ".grad", expression=attack, after=value),
        Event("detach", text=attack, label=attack),
        Event("mode", line=1, text=attack),
        Event("zero_grad", text=attack, expression=attack, options=("set_to_none",)),
        Event("step", text=attack, expression=attack),
        Event("end", text=attack),
    )
    edges = (*example.graph.edges, Edge(0, 4, 1, attack))
    return Trace(attack, Graph(nodes, edges), events, f"ValueError: {attack}")


@pytest.fixture
def chain() -> Callable[[int], Trace]:
    """Return a function that makes the trace of a leaf followed by a chain of operations."""

    def build(length: int) -> Trace:
        value, gradient = matrix("-0.1250"), matrix("1.0625")
        saved = (Saved("self", value, 16), Saved("other", value, 16))
        nodes = [Node(0, "leaf", "AccumulateGrad", "", "x", value, line=1)]
        for number in range(1, length):
            nodes.append(operation(number, "Mul", "h * w", value, PRODUCT, 2, saved=saved))
        walk = [visit(node, gradient, gradient) for node in range(length - 1, 0, -1)]
        start = Event("backward", length - 1, grads_in=(gradient,))
        end = Event("accumulate", 0, contribution=gradient, after=gradient)
        edges = tuple(Edge(i - 1, i, 0) for i in range(1, length))
        return Trace("", Graph(tuple(nodes), edges), (start, *walk, end))

    return build


@pytest.fixture
def looped() -> Callable[[int], Trace]:
    """Return a function that makes the trace of `h = tanh(h * w)` in a loop of so many turns."""

    def build(turns: int) -> Trace:
        nodes = [
            Node(0, "leaf", "AccumulateGrad", "", "w", scalar("2.")),
            Node(1, "leaf", "AccumulateGrad", "", "h0", scalar("1.")),
        ]
        edges = []
        last = 1
        for _ in range(turns):
            product = len(nodes)
            nodes.append(operation(product, "Mul", "h * w", scalar("2."), PRODUCT, 5))
            nodes.append(
                operation(product + 1, "Tanh", "torch.tanh(h)", scalar("1."), ("grad",), 6)
            )
            edges += [Edge(last, product, 0), Edge(0, product, 1), Edge(product, product + 1, 0)]
            last = product + 1
        nodes.append(operation(last + 1, "Mul", "h * 3", scalar("3."), PRODUCT, 7, "out"))
        edges.append(Edge(last, last + 1, 0))
        events = [Event("op", node.id, node.line, node.expression) for node in nodes[2:]]
        events.append(Event("backward", last + 1, 8, "out.backward()", grads_in=(scalar("1."),)))
        for node in reversed(nodes[2:]):
            out = (scalar("1."),) * len([edge for edge in edges if edge.target == node.id])
            events.append(visit(node.id, scalar("1."), *out))
        events.append(Event("accumulate", 0, contribution=scalar("9."), after=scalar("9.")))
        events.append(Event("accumulate", 1, contribution=scalar("8."), after=scalar("8.")))
        return Trace("\n" * 8, Graph(tuple(nodes), tuple(edges)), tuple(events))

    return build


@pytest.fixture
def layered() -> Trace:
    """Return y = net(x), a chain of twenty layers with a named weight each."""
    nodes = [Node(0, "constant", "", "", "x", scalar("1."))]
    edges: list[Edge] = []
    for number in range(20):
        last = len(nodes) - 1
        label = f"net.{number}.weight"
        nodes.append(Node(last + 1, "leaf", "AccumulateGrad", "", label, scalar("2.")))
        for name in ("Mul", "Tanh"):
            nodes.append(operation(len(nodes), name, "net(x)", scalar("1."), PRODUCT, 2))
        edges += [Edge(last, last + 2, 0), Edge(last + 1, last + 2, 1), Edge(last + 2, last + 3, 0)]
    return Trace("net = …\ny = net(x)\n", Graph(tuple(nodes), tuple(edges)))


@dataclass(frozen=True)
class Found:
    """A finding as the rules make it."""

    rule: str = "two-passes"
    level: str = "problem"
    line: str = "loss.backward()"
    what: str = "w.grad holds the sum of two passes."
    why: str = "backward() adds to .grad."
    fix: str = "w.grad = None"


@pytest.fixture
def found() -> Callable[..., Found]:
    """Return a function that makes a finding."""
    return Found
