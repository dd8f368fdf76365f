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

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from . import dtypes
from ._methods import Methods
from .grad_mode import state
from .node import Node, SavedOutput, _numbers, gradient_edge
from .observe import observers
from .quiet import hush, unhush
from .tensor import Tensor, wrap

Rule = Callable[..., Any]

OPERATIONS: dict[str, Operation] = {}
"""Every registered operation, by name."""
functions: dict[str, Callable[..., Any]] = {}
"""The public functions: `functions["sin"]` is `autograd_lab.sin`."""


class Plan:
    """Which values to save and which rules to run, for one choice of inputs that need a gradient."""

    __slots__ = ("names", "rules", "sources", "tensors")

    def __init__(self, op: Operation, needed: Sequence[bool]) -> None:
        """Plan for `needed`, one flag per input of `op`."""
        wanted: list[str] = []
        for name, need in zip(op.inputs, needed, strict=True):
            if need:
                wanted += [n for n in op.reads[name] if n not in wanted]
        tensors = [n for n in wanted if n in op.tensor_names]
        others = [n for n in op.parameters if n not in op.tensor_names]
        others += [n for n in wanted if n not in op.tensor_names and n not in others]
        self.names = (*tensors, *others)
        self.tensors = len(tensors)
        self.sources = tuple(op.source(n) for n in self.names)
        self.rules = tuple(
            (i, op.derivative[name][1], tuple(self.names.index(n) for n in op.reads[name]))
            for i, (name, need) in enumerate(zip(op.inputs, needed, strict=True))
            if need
        )


class Operation:
    """One differentiable operation. Instances are called on arrays or, to be recorded, on tensors."""

    node: ClassVar[str] = ""
    """torch's name for the backward node; empty for an operation that is not differentiable."""
    derivative: ClassVar[dict[str, tuple[str, Rule]]] = {}
    """Per differentiable input: the formula as text, and the rule."""
    promotes: ClassVar[bool] = False
    """Whether its first two inputs are broadcast and brought to one dtype."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Further names of the function and the method, operators among them."""
    inplace: ClassVar[bool] = False
    """Whether there is a method with `_` that writes the result into its first input."""

    name: ClassVar[str] = ""
    """torch's name for the function, `"sin"`; by default the class's name in snake case."""
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    formulas: tuple[str, ...]

    @staticmethod
    def forward(*args: Any) -> Any:
        """Compute on arrays, NumPy scalars and plain numbers; called with gradients off."""
        raise NotImplementedError

    def __init_subclass__(cls) -> None:
        cls.name = cls.__dict__.get("name") or re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self) -> None:
        """Read the signatures once: they say what is differentiable and what to save."""
        self.parameters = tuple(inspect.signature(self.forward).parameters)
        self.inputs = tuple(n for n in self.parameters if n in self.derivative)
        self.formulas = tuple(self.derivative[n][0] for n in self.inputs)
        self.positions = tuple(self.parameters.index(n) for n in self.inputs)
        self.reads = {
            n: tuple(inspect.signature(rule).parameters)[1:]
            for n, (_, rule) in self.derivative.items()
        }
        self.tensor_names = {*self.inputs, "result"} | self._tensor_arguments()
        self.saveable = {*self.parameters, *(n for names in self.reads.values() for n in names)}
        self.plans: dict[tuple[bool, ...], Plan] = {}
        self.Node = type(
            self.node, (Node,), {"op": self, "__slots__": (), "__module__": "builtins"}
        )

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
        if self.promotes:
            self.promote(arrays)
        token = hush()
        try:
            data = self.forward(*arrays)
        finally:
            unhush(token)
        output = wrap(data)
        if tracked and state.enabled and self.node:
            self.record(output, args)
        if observers:
            for observer in observers:
                observer.on_op(self.name, args, output, output._grad_fn)
        return output

    def promote(self, arrays: list[Any]) -> None:
        """Bring the operands to torch's common dtype, in place in the list."""
        a, b = arrays[0], arrays[1]
        kind = a.dtype if hasattr(a, "dtype") else None
        if hasattr(b, "dtype"):
            if b.dtype is kind:
                return
        elif kind is not None and (kind.kind == "f" or (type(b) is int and kind.kind == "i")):
            return  # a plain number takes the tensor's dtype
        elif type(b) is bool and kind is not None:
            return
        target = dtypes.result_type(a, b).numpy
        for i, value in enumerate((a, b)):
            if hasattr(value, "dtype") and value.dtype != target:
                arrays[i] = value.astype(target)

    def record(self, output: Tensor, args: Sequence[Any]) -> None:
        """Make the node for `output` and hang it into the graph."""
        needed = []
        edges: list[Node | None] = []
        numbers = None
        for position in self.positions:
            arg = args[position]
            if isinstance(arg, Tensor) and arg._requires_grad:
                needed.append(True)
                edges.append(gradient_edge(arg))
                if arg._output_nr:
                    numbers = True
            else:
                needed.append(False)
                edges.append(None)
        key = tuple(needed)
        plan = self.plans.get(key)
        if plan is None:
            plan = self.plans[key] = Plan(self, needed)
        node = self.Node()
        node._edges = tuple(edges)
        node._edge_numbers = None if numbers is None else self._edge_numbers(args)
        node._order = next(_numbers)
        node._plan = plan
        node._targets = self._targets(args, output._data, key) if self.promotes else None
        node._saved, node._versions = save(plan, args, output)
        output._grad_fn = node
        output._requires_grad = True

    def _edge_numbers(self, args: Sequence[Any]) -> tuple[int, ...]:
        return tuple(
            args[p]._output_nr if isinstance(args[p], Tensor) else 0 for p in self.positions
        )

    def _targets(self, args: Sequence[Any], data: Any, needed: Sequence[bool]) -> Any:
        """Return shape and dtype of inputs that broadcasting or promotion changed, None if none."""
        shape, kind = data.shape, data.dtype
        for position in self.positions:
            arg = args[position]
            if isinstance(arg, Tensor) and (
                arg._data.shape != shape or arg._data.dtype is not kind
            ):
                return tuple(
                    (args[p]._data.shape, args[p]._data.dtype) if need else None
                    for p, need in zip(self.positions, needed, strict=True)
                )
        return None

    def source(self, name: str) -> int | Callable[[Sequence[Any]], Any]:
        """Say where a rule's value comes from: an argument's position, the result (−1), or a fact."""
        if name in self.parameters:
            return self.parameters.index(name)
        if name == "result":
            return RESULT
        parameter, _, fact = name.partition("_")
        position = self.parameters.index(parameter)
        return lambda args: FACTS[fact](args[position])


RESULT = -1
FACTS: dict[str, Callable[[Any], Any]] = {
    "sym_sizes": lambda tensor: tuple(tensor._data.shape),
    "sym_numel": lambda tensor: int(tensor._data.size),
    "dtype": lambda tensor: tensor._data.dtype,
}
"""What a rule may ask of an input without keeping the input: `self_sym_sizes` is its shape."""


def save(plan: Plan, args: Sequence[Any], output: Tensor) -> tuple[Any, Any]:
    """Return the values that `plan` wants kept, and their write counters if one was written to."""
    saved: list[Any] = []
    written = False
    for source in plan.sources:
        if type(source) is not int:
            saved.append(source(args))  # type: ignore[operator]
            continue
        value = args[source] if source >= 0 else SavedOutput(output)
        if isinstance(value, (Tensor, SavedOutput)) and value._counter is not None:
            written = written or value._counter[0] > 0
        saved.append(value)
    if not written:
        return tuple(saved), None
    versions = (
        v._counter[0] if isinstance(v, (Tensor, SavedOutput)) and v._counter else 0 for v in saved
    )
    return tuple(saved), tuple(versions)


def register(cls: type[Operation]) -> Operation:
    """Make the operation; give it its function, its method, their aliases and operators."""
    op = cls()
    OPERATIONS[op.name] = op
    expose(op.name, _with_defaults(op), *op.aliases)
    return op


def _with_defaults(op: Operation) -> Callable[..., Any]:
    """Return the plain function users call: keywords and defaults are those of `forward`."""
    signature = inspect.signature(op.forward)
    defaults = tuple(p.default for p in signature.parameters.values())
    total = len(defaults)
    apply = op.apply

    def function(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            if "input" in kwargs:
                kwargs["self"] = kwargs.pop("input")
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            args = tuple(bound.arguments.values())
        elif len(args) != total:
            args = (*args, *defaults[len(args) :])
        if not isinstance(args[0], Tensor):
            _refuse(op.name, args[0])
        return apply(*args)

    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = op.__doc__
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def _refuse(name: str, value: Any) -> None:
    raise TypeError(
        f"{name}(): argument 'input' (position 1) must be Tensor, not {type(value).__name__}"
    )


def expose(name: str, function: Callable[..., Any], *aliases: str) -> None:
    """Make `function` a public function and a method, under its name and `aliases`."""
    for each in (name, *aliases):
        setattr(Methods, each, function)
        if not each.startswith("__"):
            functions[each] = function


def method(name: str, function: Callable[..., Any]) -> None:
    """Make `function` a method of `Tensor` only."""
    setattr(Methods, name, function)
