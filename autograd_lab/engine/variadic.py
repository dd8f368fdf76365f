"""Operations on a sequence of tensors, such as `cat` and `stack`; or with as many results as asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import dtypes
from .node import Node, expected_shape, gradient_edge, sequence
from .operation import Operation, check_differentiable, reshaped
from .tensor import Tensor, wrap


class VariadicNode(Node):
    """A node with as many inputs as the sequence had; its one rule returns a gradient for each."""

    __slots__ = ()

    @property
    def formulas(self) -> tuple[str, ...]:
        """The one formula, once per input."""
        return self.op.formulas * len(self._edges)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs by number: `"tensors[0]"`, `"tensors[1]"`, …"""
        return tuple(f"{self.op.inputs[0]}[{i}]" for i in range(len(self._edges)))

    def gradients(self, grad: Any, as_tensors: bool) -> list[Any]:
        """Return the gradients of the inputs; None for those that need none."""
        if grad is None:
            return [None] * len(self._edges)
        (parts,) = super().gradients(grad, as_tensors)
        return [
            part if edge is not None else None
            for part, edge in zip(parts, self._edges, strict=True)
        ]


class Variadic(Operation):
    """An operation whose first argument is a sequence of tensors, brought to one dtype."""

    kind = VariadicNode

    def _tensor_arguments(self) -> set[str]:
        return set()

    def apply(self, tensors: Sequence[Tensor], *rest: Any) -> Any:
        """Promote, run forward, record; `rest` are plain arguments."""
        target = dtypes.result_type(*(t._data for t in tensors)).numpy
        arrays = [t._data if t._data.dtype is target else t._data.astype(target) for t in tensors]
        tracked = any(t._requires_grad for t in tensors)
        try:
            data = self.compute((arrays, *rest))
        except Exception:
            self.refuse((tuple(tensors), *rest), tracked)
            raise
        targets = None
        if any(t._data.dtype is not target for t in tensors):
            targets = [(tuple(t._data.shape), t._data.dtype) for t in tensors]
        return self.finish(wrap(data), (tuple(tensors), *rest), tracked, targets)

    def tensor_inputs(self, args: Sequence[Any]) -> Sequence[Any]:
        """Return the tensors of the sequence."""
        return args[0]  # type: ignore[no-any-return]

    def pull_back(
        self, grads: Sequence[Tensor], args: Sequence[Any], outputs: Sequence[Tensor]
    ) -> list[Any]:
        """Return what the one rule makes of the gradient, for each tensor of the sequence."""
        plan = self.plans[1]
        (parts,) = plan.pull(grads[0], *plan.values(args, outputs))
        return list(parts)

    def record(
        self,
        output: Tensor,
        args: Sequence[Any],
        targets: Any = None,
        outputs: Sequence[Tensor] = (),
        finished: bool = True,
    ) -> None:
        """Make the node for `output`, with an edge per tensor of the sequence."""
        check_differentiable(output)
        plan = self.plans[1]
        node = self.Node()
        node._edges = tuple(gradient_edge(t) if t._requires_grad else None for t in args[0])
        node._extra = None
        node._edge_numbers = tuple(t._output_nr for t in args[0])
        node._number = next(sequence)
        node._plan = plan
        for i, (tensor, edge) in enumerate(zip(args[0], node._edges, strict=True)):
            if edge is not None and expected_shape(tensor, edge) != tensor._data.shape:
                targets = reshaped(targets, len(args[0]), i, tensor, edge)
        node._targets = targets
        node._saved, node._plain = plan.keep(args, (output,))
        output._grad_fn = node
        output._requires_grad = True


class ManyNode(Node):
    """A node with as many outputs as its operation was asked for."""

    __slots__ = ("many",)
    many: int

    @property
    def outputs(self) -> int:  # type: ignore[override]
        """How many tensors the operation returned."""
        return self.many


class Many(Operation):
    """An operation that returns as many tensors as its arguments ask for; a rule gets a list."""

    kind = ManyNode

    def record(
        self,
        output: Tensor,
        args: Sequence[Any],
        targets: Any = None,
        outputs: Sequence[Tensor] = (),
        finished: bool = True,
    ) -> None:
        """Record as any operation does, and count the outputs."""
        super().record(output, args, targets, outputs, finished)
        output._grad_fn.many = len(outputs)  # type: ignore[union-attr]
