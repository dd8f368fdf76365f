"""`autograd_lab.autograd.graph`: the graph itself, and hooks on what it keeps."""

from __future__ import annotations

from typing import NamedTuple

from ..engine.node import Node, gradient_edge
from ..engine.saved_hooks import saved_tensors_hooks
from ..engine.tensor import Tensor


class GradientEdge(NamedTuple):
    """Where a tensor's gradient goes: a node, and which of its outputs the tensor was."""

    node: Node
    output_nr: int


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Return the edge that leads from `tensor` into the graph; RuntimeError if it requires no grad."""
    node = gradient_edge(tensor) if tensor.requires_grad else None
    if node is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients"
        )
    return GradientEdge(node, tensor.output_nr)


__all__ = ["GradientEdge", "Node", "get_gradient_edge", "saved_tensors_hooks"]
