"""The gradients that a reader sees from step to step, against those that were there."""

from autograd_lab.trace.model import Trace, Value
from autograd_lab.views.steps import gradients, held
from autograd_lab.views.walk import steps


def check_account(trace: Trace) -> None:
    """See that before each accumulation and at the end every leaf has the `.grad` that was recorded."""
    if not trace.whole:
        return
    walked = steps(trace)
    shown, *changes = gradients(trace, walked)
    leaves = {node.id for node in trace.graph.nodes if node.kind == "leaf"}
    for step, change in zip(walked, changes, strict=True):
        if step.kind == "accumulate" and step.node is not None:
            assert text(shown[step.node]) == text(step.before), step.expression
        shown |= change
    for node in leaves & set(held(trace)):
        assert text(shown[node]) == text(held(trace)[node]), trace.graph.nodes[node].label


def text(gradient: Value | None) -> str | None:
    """Return a gradient as it is shown."""
    return None if gradient is None else gradient.text
