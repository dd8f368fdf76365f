"""What an operation is, and how one is recorded.

An operation is one class: its `forward` on NumPy arrays, and its `derivative`, one line per input:

    class Sin(Operation):
        node = "SinBackward0"
        derivative = dict(self=("grad · cos(self)", lambda grad, self: grad * cos(self)))

        @staticmethod
        def forward(self):
            return np.sin(self)

    sin = register(Sin)

A rule names what it needs: an argument of `forward`, the `result`, or `<input>_sym_sizes` (the shape);
just that is saved. It is written once for arrays and for tensors: `grad * cos(self)` computes on arrays
in an ordinary backward pass and records itself under `create_graph=True`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from . import anomaly, dtypes, messages
from .forward import levels, push
from .grad_mode import state
from .hooks import detecting, hooks_of
from .node import Node, expected_shape, leaf_edge, saved_value, sequence
from .observe import observers
from .plan import RESULTS, Plan, Plans, versions
from .quiet import hush, unhush
from .saved_hooks import active as packing
from .short import OPERANDS, on_one, with_code_of_its_own
from .tensor import INFERENCE, Tensor, wrap

Rule = Any
"""A function of the gradient and what it names besides."""

OPERATIONS: dict[str, Operation] = {}
"""Every registered operation, by name."""


class Operation:
    """One differentiable operation. Instances are called on arrays or, to be recorded, on tensors."""

    node: ClassVar[str] = ""
    """torch's name for the backward node; empty for an operation that is not differentiable."""
    derivative: ClassVar[dict[str, tuple[str, Rule]]] = {}
    """Per differentiable input: the formula as text, and the rule."""
    public: ClassVar[bool] = True
    """Whether users call it by its name; else another function decides when it runs."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Further names of the function and the method, operators among them."""
    number_first: ClassVar[bool] = False
    """Whether the function also takes a plain number first and a tensor second."""
    named_only: ClassVar[int] = 0
    """How many of its last parameters can only be given by name."""
    outputs: ClassVar[int] = 1
    """How many of the tensors it returns, from the first on, can have a gradient."""
    elementwise: ClassVar[bool] = False
    """Whether each output element depends on one element of each input, so that Jacobians are diagonal."""
    linear: ClassVar[bool] = False
    """Whether it is linear in its first argument, its only tensor."""
    c_names: ClassVar[bool] = False
    """Whether its message about a dtype that cannot be written to names that as C++ does."""
    kind: ClassVar[type[Node]] = Node
    """The class its nodes derive from."""
    keeps: ClassVar[tuple[str, ...]] = ()
    """What its nodes keep besides what rules name, so that `_saved_…` shows what torch shows."""
    results: dict[str, int] = RESULTS
    """By which names a rule reads what the operation returned."""

    name: ClassVar[str] = ""
    """torch's name for the function, `"sin"`; by default the class's name in snake case."""
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    ordinary: bool
    """Whether all that its nodes do in a backward pass is to run the rules on one gradient."""

    @staticmethod
    def forward(*args: Any) -> Any:
        """Compute on arrays, NumPy scalars and plain numbers; called with gradients off."""
        raise NotImplementedError

    def __init_subclass__(cls) -> None:
        cls.name = cls.__dict__.get("name") or re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self) -> None:
        """Read the signatures once: they say what is differentiable and what it takes."""
        self.parameters = names_of(self.forward)
        self.inputs = tuple(n for n in self.parameters if n in self.derivative)
        self.slots = tuple(self.parameters.index(n) for n in self.inputs)
        self.plans = Plans(self)

    @cached_property
    def formulas(self) -> tuple[str, ...]:
        """Per differentiable input, the local derivative as text, such as `"grad · other"`."""
        return tuple(self.derivative[name][0] for name in self.inputs)

    @cached_property
    def reads(self) -> dict[str, tuple[str, ...]]:
        """What each differentiable input's rule reads besides the gradient."""
        return {name: names_of(rule)[1:] for name, (_, rule) in self.derivative.items()}

    def prepare(self) -> None:
        """Make what only recording needs, when it is first recorded: most operations never are."""
        self.tensor_names = {*self.inputs} | self._tensor_arguments()
        members: dict[str, Any] = {"op": self, "__module__": "builtins", "__slots__": ()}
        read = [name for names in self.reads.values() for name in names]
        for name in (*self.parameters, *read, *self.keeps):
            members[f"_saved_{name}"] = saved_value(name)
        if self.outputs != 1:
            members["outputs"] = self.outputs
        self.Node = type(self.node or self.name, (self.kind,), members)
        one_gradient = self.outputs == self.kind.outputs == 1
        self.ordinary = one_gradient and self.kind.gradients is Node.gradients
        self.hang = with_code_of_its_own(hanger(self.Node))

    def _tensor_arguments(self) -> set[str]:
        """Names of arguments that are tensors without a gradient of their own."""
        return {"other", "target", "weight", "mask", "index"} & set(self.parameters)

    def __call__(self, *args: Any) -> Any:
        """Run on what `args` are: recorded if a tensor is among them, else `forward` alone."""
        for arg in args:
            if isinstance(arg, Tensor):
                return self.apply(*args)
        return self.forward(*args)

    def apply(self, *args: Any) -> Any:
        """Run forward on tensors and record a node if one of them requires grad.

        `args` are all of `forward`'s, in order.
        """
        arrays = []
        tracked = False
        for arg in args:
            if isinstance(arg, Tensor):
                arrays.append(arg._data)
                if arg._requires_grad:
                    tracked = True
            else:
                arrays.append(arg)
        try:
            data = self.compute(arrays)
        except Exception:
            self.refuse(args, tracked)
            raise
        if type(data) is tuple:
            return self.finish_many([wrap(d) for d in data], args, tracked)
        return self.finish(wrap(data), args, tracked)

    def of_one(self) -> Callable[[Any], Any]:
        """Return the operation as a function of its one parameter, with a short way if that will do."""
        ordinary = type(self).apply is Operation.apply and (self.elementwise or self.linear)
        return on_one(self) if ordinary and self.node else self.apply

    def operator(self, rest: tuple[Any, ...]) -> Callable[[Any, Any], Any]:
        """Return what stands behind `a * b`: `apply`, with `rest` for the further parameters."""
        apply = self.apply

        def operator(a: Tensor, b: Any) -> Any:
            return apply(a, b, *rest) if isinstance(b, OPERANDS) else NotImplemented

        return operator

    def refuse(self, args: Sequence[Any], tracked: bool) -> None:
        """Raise what torch finds before it computes: that something cannot be recorded or saved."""
        if tracked and state.enabled and self.node:
            with suppress(IndexError, TypeError, ValueError, AttributeError):  # wrong arguments
                self.record(wrap(np.zeros(())), args)

    def compute(self, arrays: Sequence[Any]) -> Any:
        """Run forward on arrays and plain numbers, without a word from NumPy."""
        token = hush()
        try:
            return self.forward(*arrays)
        except ValueError as error:
            if "broadcast" in str(error):
                raise RuntimeError(size_mismatch(*arrays)) from None
            raise
        finally:
            unhush(token)

    def changed(self, arrays: Sequence[Any], data: Any) -> Any:
        """Return the `targets` of `record`, None where gradients fit their inputs as they are."""
        return None

    def finish(
        self, output: Tensor, args: Sequence[Any], tracked: bool, targets: Any = None
    ) -> Any:
        """Record the node if there is anything to record, tell who watches, return the output."""
        if state.enabled:
            if tracked and self.node:
                self.record(output, args, targets)
                if detecting:
                    anomaly.note(output._grad_fn)
        elif state.inference:
            output._counter = INFERENCE
        if levels:
            push(self, args, (output,))
        if observers:
            self.announce(args, output, output._grad_fn)
        return output

    def finish_many(self, outputs: list[Tensor], args: Sequence[Any], tracked: bool) -> Any:
        """Do what `finish` does for an operation that returns several tensors; return their tuple."""
        if tracked and state.enabled and self.node and self.recordable(args):
            self.record(outputs[0], args, None, outputs)
            node = outputs[0]._grad_fn
            assert node is not None
            for i, output in enumerate(outputs[: node.outputs]):
                output._comes_from(node, i)
                output._requires_grad = True
            if detecting:
                anomaly.note(node)
        elif state.inference:
            for output in outputs:
                output._counter = INFERENCE
        if levels:
            push(self, args, outputs)
        returned = tuple(outputs)
        if observers:
            self.announce(args, returned, outputs[0]._grad_fn)
        return returned

    def announce(self, args: Sequence[Any], output: Any, node: Node | None) -> None:
        """Tell who watches that the operation ran."""
        for observer in observers:
            observer.on_op(self.name, args, output, node)

    def record(
        self,
        output: Tensor,
        args: Sequence[Any],
        targets: Any = None,
        outputs: Sequence[Tensor] = (),
        finished: bool = True,
    ) -> None:
        """Make the node for `output` (of several `outputs`) and hang it into the graph.

        `targets` has shape and dtype of each differentiable input, if broadcasting or promotion means
        that its gradient will come out different. What is not `finished` has no numbers yet.
        """
        edges, choice, shared = self._edges_into(args)
        if shared:
            if finished:
                if not self.recordable(args):
                    return
                check_differentiable(output)
            targets = self._as_expected(args, edges, targets)
        plan = self.plans[choice]
        kept = plan.keep(args, outputs or (output,), finished)
        node = self.hang(output, edges, plan, *kept)
        if targets:
            node._targets = targets
        if packing:
            hooks_of(node)  # unpacking is code of the user, as hooks are
        if shared:
            node._edge_numbers = self._edge_numbers(args)
        if shared or plan.others or (output._counter is not None and output._counter[0]):
            node._versions = versions(node._saved)

    def _edges_into(self, args: Sequence[Any]) -> tuple[tuple[Node | None, ...], int, bool]:
        """Return where the gradients of `args` go, the choice of a plan, and whether any is shared.

        Only what is shared or was written to can be a view, whose grad_fn may be another by now, or one
        of several outputs; all else can be read off directly.
        """
        edges: list[Node | None] = []
        choice, bit, shared = 0, 1, False
        for place in self.slots:
            arg = args[place]
            edge = None
            if isinstance(arg, Tensor):
                if arg._counter is not None and (arg._meta is not None or arg._counter[0]):
                    shared = True
                if arg._requires_grad:
                    edge = (arg.grad_fn if shared else arg._grad_fn) or leaf_edge(arg)
                    if edge is not None or len(self.slots) == 1:  # a single one saves all the same
                        choice |= bit
            edges.append(edge)
            bit <<= 1
        return tuple(edges), choice, shared

    def _as_expected(
        self, args: Sequence[Any], edges: tuple[Node | None, ...], targets: Any
    ) -> Any:
        """Return `targets` with the shapes that `edges` expect, where one is not that of the input."""
        for i, edge in enumerate(edges):
            arg = args[self.slots[i]]
            if edge is not None and expected_shape(arg, edge) != arg._data.shape:
                targets = reshaped(targets, len(edges), i, arg, edge)
        return targets

    def recordable(self, args: Sequence[Any]) -> bool:
        """Return whether any of the tensors was made outside inference mode; torch forgets the others."""
        return not all(tensor.is_inference() for tensor in tensors_in(args))

    def tensor_inputs(self, args: Sequence[Any]) -> Sequence[Any]:
        """Return the differentiable inputs among `args`, in the order of the node's edges."""
        return [args[place] for place in self.slots]

    def pull_back(
        self, grads: Sequence[Tensor], args: Sequence[Any], outputs: Sequence[Tensor]
    ) -> list[Any]:
        """Return what the rules make of `grads`, on tensors and without a node: a gradient per input."""
        choice = sum(1 << i for i, p in enumerate(self.slots) if isinstance(args[p], Tensor))
        plan = self.plans[choice]
        tensors, plain = plan.values(args, outputs)
        return plan.pull(grads[0] if len(grads) == 1 else grads, tensors, plain)

    def _edge_numbers(self, args: Sequence[Any]) -> tuple[int, ...]:
        """Return which output of its grad_fn each input is."""
        return tuple(args[p]._output_nr if isinstance(args[p], Tensor) else 0 for p in self.slots)


def hanger(make_node: type[Node]) -> Callable[..., Node]:
    """Return what makes a node and hangs it behind its output."""

    def hang(
        output: Tensor,
        edges: tuple[Node | None, ...],
        plan: Plan,
        saved: tuple[Any, ...],
        plain: tuple[Any, ...],
    ) -> Node:
        node = output._grad_fn = make_node()
        node._edges = edges
        node._number = next(sequence)
        node._plan = plan
        node._saved = saved
        node._plain = plain
        node._extra = None
        output._requires_grad = True
        return node

    return hang


def reshaped(targets: Any, count: int, i: int, arg: Tensor, edge: Node) -> list[Any]:
    """Return `targets` with the shape that `edge` expects, as that of `arg` was changed unrecorded."""
    new = list(targets or [None] * count)
    new[i] = expected_shape(arg, edge), arg._data.dtype
    return new


def tensors_in(args: Sequence[Any]) -> Iterator[Tensor]:
    """Yield the tensors among `args`, and in tuples and lists among them."""
    for arg in args:
        if isinstance(arg, Tensor):
            yield arg
        elif isinstance(arg, (tuple, list)):
            yield from tensors_in(arg)


def check_differentiable(output: Tensor) -> None:
    """Raise for integers made from integers that require grad, which writing a tensor there does."""
    kind = dtypes.of_numpy(output._data.dtype)
    if not kind.is_floating_point:
        raise RuntimeError(messages.NO_GRADIENT_FOR.format(kind=kind.class_name))


def names_of(function: Any) -> tuple[str, ...]:
    """Return the parameters' names; `inspect` would say the same, in ten times the time."""
    code = function.__code__
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return names


def size_mismatch(*arrays: Any) -> str:
    """Return torch's sentence about the first two shapes that do not broadcast together."""
    shapes = [a.shape for a in arrays if hasattr(a, "shape")]
    for first, second in pairwise(shapes):
        width = max(len(first), len(second))
        for dim in reversed(range(width)):
            a, b = (s[dim - width] if dim - width >= -len(s) else 1 for s in (first, second))
            if a != b and 1 not in (a, b):
                return (
                    f"The size of tensor a ({a}) must match the size of tensor b ({b}) at "
                    f"non-singleton dimension {dim}"
                )
    return "shapes do not broadcast"
