"""Traces written by hand, so that the views are tested without an engine."""

from __future__ import annotations

import pytest

from autograd_lab.trace.model import Edge, Event, Graph, Node, Saved, Trace, Value

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
