"""The verbs: `backward` adds gradients into leaves, `grad` returns them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import messages
from .node import AccumulateGrad, Node, gradient_edge
from .observe import observers, tell, unobserved
from .register import method
from .tensor import Tensor, wrap
from .traversal import Pass, as_tensor


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Send gradients back from `tensors` and add what arrives into the leaves' `.grad`.

    `grad_tensors` has one gradient per tensor, each of its tensor's shape; it may be left out for
    tensors of one element. `inputs` restricts the leaves (and non-leaves) that accumulate.

    Raises RuntimeError where torch does: nothing requires grad, shapes differ, the graph was freed.
    """
    outputs = (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)
    if inputs is not None:
        inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _roots(outputs, _as_gradients(grad_tensors, len(outputs)), create_graph)
    if create_graph:
        messages.warn_once(messages.CREATE_GRAPH, stacklevel=4)
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is not None:
        with unobserved():
            for tensor in inputs:
                tensor.retain_grad()
    wanted = [_goal(t) for t in inputs or ()]
    work = Pass(roots, keep, create_graph, wanted)
    _run(work, outputs, roots, inputs or ())


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """Return the gradients of `outputs` with respect to `inputs`, without touching any `.grad`.

    With `create_graph` they can be differentiated again. An input that was not used is an error unless
    `allow_unused` (then its gradient is None) or `materialize_grads` (then it is zeros).
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, "
            "but got: allow_unused=False."
        )
    outs = (outputs,) if isinstance(outputs, Tensor) else tuple(outputs)
    ins = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    roots = _roots(outs, _as_gradients(grad_outputs, len(outs)), create_graph)
    for tensor in ins:
        if not tensor._requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    wanted = [_goal(t) for t in ins]
    keep = create_graph if retain_graph is None else retain_graph
    work = Pass(roots, keep, create_graph, wanted, accumulate=False)
    _run(work, outs, roots, ins)
    results = tuple(
        _used(
            work.captured[key],
            tensor,
            i,
            bool(allow_unused or materialize_grads),
            materialize_grads,
        )
        for i, (tensor, key) in enumerate(zip(ins, wanted, strict=True))
    )
    if observers:
        tell("gradients", ins, results=results)
    return results


def _goal(tensor: Tensor) -> tuple[Node, int]:
    """Return where `tensor`'s gradient arrives; a node nobody leads to if nothing can arrive."""
    return gradient_edge(tensor) or AccumulateGrad(tensor), tensor._output_nr


def _used(
    grad: Any, tensor: Tensor, i: int, allow_unused: bool, materialize: bool
) -> Tensor | None:
    if grad is None and not allow_unused:
        raise RuntimeError(
            f"The differentiated Tensor at index {i} appears to not have been used in the graph. "
            "Set allow_unused=True if this is the desired behavior."
        )
    if grad is None and materialize:
        return wrap(np.zeros(tensor.shape, tensor._data.dtype))
    result: Tensor | None = as_tensor(grad)
    return result


def _run(
    work: Pass,
    outputs: Sequence[Tensor],
    roots: Sequence[tuple[Node, int, Any]],
    wanted: Sequence[Tensor],
) -> None:
    error: BaseException | None = None
    try:
        for observer in observers:
            seeds = [as_tensor(grad) for _, _, grad in roots]
            observer.on_backward(outputs, seeds, wanted, work)
        work.run()
    except BaseException as caught:
        error = caught
        raise
    finally:
        for observer in observers:
            observer.on_backward_end(error)


def _as_gradients(grads: Any, n: int) -> tuple[Any, ...]:
    if grads is None:
        return (None,) * n
    given = (grads,) if isinstance(grads, Tensor) else tuple(grads)
    for grad in given:
        if grad is not None and not isinstance(grad, Tensor):
            raise TypeError(
                f"gradients can be either Tensors or None, but got {type(grad).__name__}"
            )
    if len(given) != n:
        raise RuntimeError(f"got {n} tensors and {len(given)} gradients")
    return given


def _roots(
    outputs: Sequence[Tensor], grads: Sequence[Any], create_graph: bool
) -> list[tuple[Node, int, Any]]:
    """Check what the pass starts from, in torch's order: gradients first, then histories."""
    seeds = [_seed(i, tensor, grads[i]) for i, tensor in enumerate(outputs)]
    roots = []
    for i, tensor in enumerate(outputs):
        edge = gradient_edge(tensor) if tensor._requires_grad else None
        if edge is None:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn"
            )
        seed = seeds[i]
        if create_graph:
            seed = as_tensor(seed)
        elif isinstance(seed, Tensor):
            seed = seed._buffer()
        roots.append((edge, tensor._output_nr, seed))
    return roots


def _seed(i: int, tensor: Tensor, grad: Any) -> Any:
    if grad is None:
        if tensor._requires_grad and tensor._data.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        kind = tensor._data.dtype
        return kind.type(1) if tensor._data.ndim == 0 else np.ones(tensor._data.shape, kind)
    if grad._data.shape != tensor._data.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {grad.shape} and "
            f"output[{i}] has a shape of {tensor.shape}."
        )
    return grad


def backward_method(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Send a gradient back through the graph and add what arrives into the leaves' `.grad`.

    `gradient` has this tensor's shape and is 1 if the tensor is a single number. The graph's saved
    values are released unless `retain_graph` (which defaults to `create_graph`).
    """
    backward(self, gradient, retain_graph, create_graph, inputs)


backward_method.__name__, backward_method.__qualname__ = "backward", "Tensor.backward"
method("backward", backward_method)
