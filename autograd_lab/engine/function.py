"""Functions of one's own: a subclass of `Function` says how to go forward, and how back."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any
from weakref import ref

import numpy as np

from . import anomaly, messages
from .forward import levels, only, set_tangent, tangent_of
from .grad_mode import no_grad, set_modes, state, switch_recording
from .hooks import detecting, hooks_of
from .node import Node, gradient_edge, sequence
from .observe import observers, unobserved
from .ops.dims import expands_to
from .plan import NO_PLAN, Saved
from .tensor import Tensor, let_views_follow, wrap
from .views import check_writable, rebase


class FunctionNode(Node):
    """The node of a user's Function, and the `ctx` that its forward and backward share."""

    outputs: int
    function: type[Function]

    def __init__(self) -> None:
        self._edges, self._extra = (), None
        self._number = next(sequence)
        self._saved, self._plain, self._plan = (), (), NO_PLAN
        hooks_of(self)  # its backward is code of the user, as hooks are
        self._to_save: tuple[Any, ...] = ()
        self._dirty: tuple[Any, ...] = ()
        self._without_gradient: tuple[Any, ...] = ()
        self._materialize = True
        self._shapes: list[tuple[Any, ...]] = []
        self._are_tensors: tuple[bool, ...] = ()
        self._input_facts: list[tuple[Any, ...]] = []
        self._numbers: list[int] = []
        self.needs_input_grad: tuple[bool, ...] = ()
        self.outputs = 1

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for backward, guarded against in-place changes."""
        for i, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    "save_for_backward can only save variables, but argument "
                    f"{i} is of type {type(tensor).__name__}"
                )
        self._to_save = tensors

    save_for_forward = save_for_backward

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` kept; RuntimeError once the graph was freed."""
        if self._saved is None:
            raise RuntimeError(messages.SECOND_BACKWARD)
        for i, value in enumerate(self._saved):
            if value is not None:
                self._check_saved(i, value)
        return tuple(
            self._output(v, self._numbers[i]) if isinstance(v, Saved) else v
            for i, v in enumerate(self._saved)
        )

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which inputs forward wrote to in place."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which outputs have no gradient."""
        self._without_gradient = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Choose whether missing gradients reach backward as zeros (the default) or as None."""
        self._materialize = value

    @property
    def formulas(self) -> tuple[str, ...]:
        """One entry per tensor input: the formula is the user's own code."""
        return (f"{self.function.__name__}.backward",) * len(self._edges)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs by number."""
        return tuple(f"input {i}" for i in range(len(self._edges)))

    def saved_values(self) -> dict[str, Any]:
        """Return the saved tensors by number."""
        return {f"tensor {i}": v for i, v in enumerate(self.saved_tensors)} if self._saved else {}

    def keep(self, outputs: Sequence[Tensor]) -> None:
        """Keep what was asked for; an output without the tensor, which holds this node."""
        self._numbers = [
            next((i for i, out in enumerate(outputs) if out is t), -1) for t in self._to_save
        ]
        self._saved = tuple(
            self._kept(t) if number >= 0 else t
            for t, number in zip(self._to_save, self._numbers, strict=True)
        )
        self._versions = tuple(0 if t is None else t._version for t in self._to_save)
        self._to_save = ()

    def _kept(self, output: Tensor) -> Saved:
        """Return an output's numbers; the history of a view that was written to is its base's."""
        saved = Saved(output._data, output._shared_counter())
        if output._base is not None and output._grad_fn not in (None, self):
            saved.maker = ref(output._grad_fn)
        return saved

    def gradients(self, grad: Any, as_tensors: bool) -> list[Any]:
        """Run the user's backward on tensors and check what it returns, as torch does."""
        grads = grad if self.outputs > 1 and grad is not None else [grad] * self.outputs
        given = [self._materialized(i, g) for i, g in enumerate(grads)]
        before = state.enabled
        switch_recording(as_tensors)
        try:
            answer = self.function.backward(self, *given)
        finally:
            switch_recording(before)
        answers = answer if isinstance(answer, tuple) else (answer,)
        return [g if as_tensors or g is None else g._data for g in self._checked(list(answers))]

    def _materialized(self, i: int, grad: Any) -> Any:
        if grad is None and self._materialize:
            shape, kind = self._shapes[i]
            return wrap(np.zeros(shape, kind))
        return grad if grad is None or isinstance(grad, Tensor) else wrap(grad)

    def _checked(self, answers: list[Any]) -> list[Any]:
        expected = len(self._are_tensors)
        if len(answers) > expected and all(a is None for a in answers[expected:]):
            answers = answers[:expected]
        if len(answers) != expected:
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients "
                f"(expected {expected}, got {len(answers)})"
            )
        kept: list[Any] = []
        for i, (answer, is_tensor) in enumerate(zip(answers, self._are_tensors, strict=True)):
            if not is_tensor:
                if answer is not None:
                    raise RuntimeError(
                        f"function {self.name()} returned a gradient different than None at position "
                        f"{i + 1}, but the corresponding forward input was not a Variable"
                    )
            else:
                kept.append(self._fitted_to_input(len(kept), answer))
        return kept

    def _fitted_to_input(self, i: int, grad: Any) -> Any:
        if grad is None:
            return None
        if not isinstance(grad, Tensor):
            raise RuntimeError(f"expected Variable or None (got {_type_name(grad)})")
        shape, kind = self._input_facts[i]
        got = tuple(grad._data.shape)
        if got != shape and not expands_to(shape, got):
            raise RuntimeError(
                f"Function {self.name()} returned an invalid gradient at index {i} - got "
                f"{list(got)} but expected shape compatible with {list(shape)}"
            )
        from .ops.reduce import fit

        return fit(grad, shape, kind) if self._edges[i] is not None else None


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


class Function:
    """A differentiable function of one's own: define `forward` and `backward`, call `apply`.

    `forward(ctx, *args)` computes and may keep tensors with `ctx.save_for_backward`; `backward(ctx,
    *grads)` takes a gradient per output and returns one per argument (None for arguments that are not
    tensors). With `setup_context(ctx, inputs, output)`, `forward` does without `ctx`.

    >>> import autograd_lab as torch
    >>> class Square(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         (x,) = ctx.saved_tensors
    ...         return 2 * x * grad
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> Square.apply(x).backward()
    >>> x.grad
    tensor(6.)
    """

    _node: type[FunctionNode]

    def __init_subclass__(cls) -> None:
        members = {"function": cls, "__module__": "builtins"}
        cls._node = type(f"{cls.__name__}Backward", (FunctionNode,), members)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(messages.NOT_INSTANTIATED.format(cls=type(self)), DeprecationWarning, 2)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(messages.LEGACY_FUNCTION)

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; called with recording off."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Return one gradient per argument of forward."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function "
            "to use it with backward mode AD."
        )

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        """Return the tangents of the outputs, given those of the inputs."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with "
            "forward mode AD."
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep what backward needs, when forward does not take `ctx`."""
        raise NotImplementedError("setup_context is not implemented.")

    @classmethod
    def _run_forward(cls, ctx: FunctionNode, args: Any, kwargs: Any) -> Any:
        before = state.grad_mode, state.inference
        set_modes(False, state.inference)
        try:
            if cls.setup_context is Function.setup_context:
                return cls.forward(ctx, *args, **kwargs)
            returned = cls.forward(*args, **kwargs)
            cls.setup_context(ctx, (*args, *kwargs.values()), returned)
            return returned
        finally:
            set_modes(*before)

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward and hang the function into the graph."""
        ctx = cls._node()
        tensors = [a for a in args + tuple(kwargs.values()) if isinstance(a, Tensor)]
        everything = (*args, *kwargs.values())
        ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a._requires_grad for a in everything)
        tracked = state.enabled and any(ctx.needs_input_grad)
        with unobserved():
            returned = cls._run_forward(ctx, args, kwargs)
        outputs = returned if isinstance(returned, tuple) else (returned,)
        for tensor in ctx._dirty:
            if tracked and tensor._base is None and tensor._requires_grad and tensor.is_leaf:
                raise RuntimeError(messages.LEAF_MARKED_DIRTY)
            check_writable(tensor, tracked)
            tensor._wrote()
        outputs = tuple(_fresh(ctx, out, tensors) for out in outputs)
        if tracked:
            _record(ctx, everything, tensors, outputs)
        ctx.keep([o for o in outputs if isinstance(o, Tensor)])
        if detecting and tracked:
            anomaly.note(ctx)
        if levels:
            _push_tangents(cls, ctx, everything, outputs)
        if observers:
            for observer in observers:
                observer.on_op(cls.__name__, everything, outputs, ctx if tracked else None)
        return outputs if isinstance(returned, tuple) else outputs[0]


def _fresh(ctx: FunctionNode, output: Any, inputs: Sequence[Tensor]) -> Any:
    """Return an input that forward returned as it is as a tensor of its own, unless it is dirty."""
    if any(output is t for t in inputs) and not any(output is t for t in ctx._dirty):
        alias = wrap(output._buffer())
        alias._counter = output._shared_counter()
        return alias
    return output


def _record(
    ctx: FunctionNode, args: Sequence[Any], tensors: Sequence[Tensor], outputs: Sequence[Any]
) -> None:
    """Connect the node with the graph behind its inputs, and its outputs with it."""
    ctx._are_tensors = tuple(isinstance(a, Tensor) for a in args)
    ctx._edges = tuple(gradient_edge(t) if t._requires_grad else None for t in tensors)
    ctx._edge_numbers = tuple(t._output_nr for t in tensors)
    ctx._input_facts = [(tuple(t._data.shape), t._data.dtype) for t in tensors]
    ctx.outputs = len(outputs)
    ctx._shapes = [
        (o._data.shape, o._data.dtype) if isinstance(o, Tensor) else ((), np.dtype("f4"))
        for o in outputs
    ]
    for i, output in enumerate(outputs):
        if not isinstance(output, Tensor) or any(output is t for t in ctx._without_gradient):
            continue
        if output._base is not None and any(output is t for t in ctx._dirty):
            rebase(output, ctx)
            let_views_follow(output._base)
        elif output.is_floating_point():
            output._comes_from(ctx, i)
            output._requires_grad = True


def _push_tangents(
    cls: type[Function], ctx: FunctionNode, args: Sequence[Any], outputs: Sequence[Any]
) -> None:
    """Ask the function's own `jvp` for the tangents of its outputs."""
    for i, level in reversed(list(enumerate(levels))):
        tangents = [tangent_of(a, level) for a in args]
        if all(t is None for t in tangents):
            continue
        with only(levels[:i]):
            answer = cls.jvp(ctx, *tangents)
        for output, tangent in zip(
            outputs, answer if isinstance(answer, tuple) else (answer,), strict=True
        ):
            set_tangent(output, level, tangent)


class Refusal(Node):
    """A node that raises when a gradient reaches it."""

    __slots__ = ("text",)

    def __init__(self, edge: Node | None, text: str) -> None:
        self._edges, self._extra = (edge,), None
        self._number = next(sequence)
        self._saved, self._plain, self._plan = (), (), NO_PLAN
        self.text = text

    formulas = ("refused",)
    inputs = ("grad",)

    def saved_values(self) -> dict[str, Any]:
        """Return nothing: nothing is kept."""
        return {}

    def gradients(self, grad: Any, as_tensors: bool) -> list[Any]:
        """Raise."""
        raise RuntimeError(self.text)


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a `backward` whose own work cannot be differentiated; a second derivative raises."""

    @functools.wraps(backward)
    def wrapper(ctx: Any, *grads: Any) -> Any:
        with no_grad():
            answer = backward(ctx, *grads)
        asking = [g for g in grads if isinstance(g, Tensor) and g._requires_grad]
        if not state.enabled or not asking:
            return answer
        answers = answer if isinstance(answer, tuple) else (answer,)
        for each in answers:
            if isinstance(each, Tensor):
                each._grad_fn = Refusal(gradient_edge(asking[0]), messages.ONCE_DIFFERENTIABLE)
                each._requires_grad = True
        return answer

    return wrapper
