"""PyTorch's answers to what the shared part of the watching asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from ....engine.operation import OPERATIONS, Operation
from ...model import Value
from ..library import Facts, NodeDescription
from ..values import value_of

PLAIN_FACTS = ("_sizes", "_strides", "_shape")
"""Ends of the names under which nodes save what is neither a tensor nor a number of the user's."""

NO_NUMBERS = (RuntimeError, TypeError, ValueError)
"""What PyTorch raises where a tensor is not a plain array of numbers in memory."""
UNREADABLE = "…"


class TorchLibrary:
    """See `Library`."""

    name = "torch"

    def __init__(self) -> None:
        """Import PyTorch."""
        import torch

        self.torch = torch
        self._dispatch_modes = torch._C._len_torch_dispatch_stack
        self.tensor_type, self.parameter_type = torch.Tensor, torch.nn.Parameter
        self.leaf_type = torch._C._functions.AccumulateGrad  # type: ignore[attr-defined]
        self.first_key = torch._C._autograd._get_sequence_nr()
        self.module_type, self.optimizer_type = torch.nn.Module, torch.optim.Optimizer

    def unnoticed(self) -> AbstractContextManager[Any]:
        """Keep the user's classes and modes from hearing of the questions."""
        if self._dispatch_modes():
            return self._without_modes()
        return self.torch._C.DisableTorchFunctionSubclass()

    @contextmanager
    def _without_modes(self) -> Iterator[None]:
        from torch.utils._python_dispatch import _disable_current_modes

        with self.torch._C.DisableTorchFunctionSubclass(), _disable_current_modes():
            yield

    def records(self) -> bool:
        """Return whether operations are recorded now."""
        torch = self.torch
        return torch.is_grad_enabled() and not torch.is_inference_mode_enabled()

    def value(self, tensor: Any) -> Value:
        """Return what the tensor looks like now; of one whose numbers nobody can read only its shape."""
        try:
            value = value_of(array_of(tensor))
        except NO_NUMBERS:  # on the meta device, sparse, nested, one of a batch …
            return Value(_shape_of(tensor), _dtype_name(tensor.dtype), UNREADABLE)
        kind = _dtype_name(tensor.dtype)
        return value if kind == value.dtype else replace(value, dtype=kind)

    def token(self, grad: Any) -> Any:
        """Return what tells a gradient from others as long as it exists."""
        try:
            return grad.data_ptr()
        except NO_NUMBERS:
            return id(grad)

    def nbytes(self, tensor: Any) -> int:
        """Return how many bytes its elements take, 0 if that is not known."""
        try:
            return int(tensor.nbytes)
        except NO_NUMBERS:
            return 0

    def facts(self, tensor: Any) -> Facts:
        """Return its grad_fn, shape, dtype, whether it requires grad, write counter, and base."""
        try:
            grad_fn = tensor.grad_fn
        except RuntimeError:  # as in `grad_fn`
            grad_fn = None
        shape, kind = _shape_of(tensor), _dtype_name(tensor.dtype)
        return grad_fn, shape, kind, tensor.requires_grad, self.version(tensor), tensor._base

    def grad_fn(self, tensor: Any) -> Any:
        """Return the node that made it; one that a write has made invalid counts as none."""
        try:
            return tensor.grad_fn
        except RuntimeError:
            return None

    def grad(self, tensor: Any) -> Any:
        """Return its `.grad`, without the warning that reading one may bring."""
        return tensor.grad if self.grad_fn(tensor) is None or tensor.retains_grad else None

    def has_hooks(self, leaf: Any) -> bool:
        """Return whether hooks of the user's see, and may replace, what arrives at a leaf."""
        return bool(leaf._backward_hooks)

    def has_post_accumulate_grad_hooks(self, leaf: Any) -> bool:
        """Return whether hooks of the user's go on with its `.grad` once a gradient was added."""
        return bool(leaf._post_accumulate_grad_hooks)

    def version(self, tensor: Any) -> int:
        """Return the write counter, 0 where none is kept."""
        return 0 if self.is_inference(tensor) else tensor._version

    def is_inference(self, tensor: Any) -> bool:
        """Return whether it was made in inference mode."""
        try:
            return bool(tensor.is_inference())
        except ValueError:  # a parameter of a lazy layer, which has no numbers yet
            return False

    def describe(self, grad_fn: Any) -> NodeDescription:
        """Return what is to be said of the node; names and formulas are the engine's."""
        return _description(grad_fn.name(), len(grad_fn.next_functions), is_custom(grad_fn))

    def saved(self, grad_fn: Any) -> list[tuple[str, Any]]:
        """Return the tensors and numbers it keeps, by name; nothing once they are released."""
        try:
            if is_custom(grad_fn):
                if self.packs(grad_fn):
                    return []
                return [(f"tensor {i}", t) for i, t in enumerate(grad_fn.saved_tensors)]
            found = [
                (name, getattr(grad_fn, f"_saved_{name}"))
                for name, raw in _kept(type(grad_fn))  # type: ignore[arg-type]
                if not raw or _may_be_read(getattr(grad_fn, raw))
            ]
        except RuntimeError:
            return []
        # Plain numbers are as the engine has them: PyTorch saves some as if they had no sign, others as
        # a tensor of their own dtype.
        kept: list[tuple[str, Any]] = []
        for name, item in found:
            if isinstance(item, self.tensor_type):
                kept.append((name, item if item.dim() else self._alike(grad_fn, item)))
            elif isinstance(item, (float, int)):
                kept.append((name, item - 2**64 if item >= 2**63 else item))
        return kept

    def packs(self, grad_fn: Any) -> bool:
        """Return whether it keeps tensors that only a hook of the user's brings back."""
        try:
            if is_custom(grad_fn):
                return any(map(is_packed, grad_fn._raw_saved_tensors))
            names = [raw for _, raw in _kept(type(grad_fn)) if raw]  # type: ignore[arg-type]
            return any(is_packed(getattr(grad_fn, raw)) for raw in names)
        except RuntimeError:  # it has released them
            return False

    def _alike(self, grad_fn: Any, saved: Any) -> Any:
        """Return a number that was saved as a tensor in the dtype of the node's result."""
        made = grad_fn._input_metadata[0].dtype
        return saved.to(made) if made is not saved.dtype and made.is_floating_point else saved

    def context(self, grad_fn: Any) -> list[str]:
        """Return what a user's Function did with its `ctx`: see `function` in the table of events."""
        saved = ["save_for_backward"] if grad_fn._raw_saved_tensors else []
        own = vars(grad_fn).items()
        return saved + [f"ctx.{name}" for name, v in own if isinstance(v, self.tensor_type)]


def array_of(tensor: Any) -> Any:
    """Return a tensor's numbers; those that NumPy has no type for, as bfloat16, in one that it has."""
    if _dispatches(type(tensor)):  # type: ignore[arg-type]
        # Only the user's class knows them, and it is not to hear of the watching.
        raise TypeError(type(tensor))
    try:
        return tensor.numpy(force=True)
    except NO_NUMBERS:
        plain = tensor.detach()
        return (plain.cfloat() if plain.is_complex() else plain.float()).numpy(force=True)


def _shape_of(tensor: Any) -> tuple[int, ...]:
    """Return the shape of a tensor, `()` if it has none."""
    try:
        return _shape(tensor.shape)
    except NO_NUMBERS:
        return ()


@lru_cache(1024)
def _shape(size: Any) -> tuple[int, ...]:
    """Return a size as a plain tuple, one for all that are equal; -1 is a length that varies."""
    return tuple(n if isinstance(n, int) else -1 for n in size)


@cache
def _dtype_name(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


@cache
def _kept(kind: type) -> tuple[tuple[str, str], ...]:
    """Return the names of what nodes of this class save, bare and raw ("" if none); tensors first."""
    names = [n for n in dir(kind) if n.startswith("_saved_") and not n.endswith(PLAIN_FACTS)]
    raw = {name for name in dir(kind) if name.startswith("_raw_saved_")}
    names.sort(key=lambda name: (f"_raw{name}" not in raw, name))
    return tuple(
        (name.removeprefix("_saved_"), f"_raw{name}" if f"_raw{name}" in raw else "")
        for name in names
    )


def is_packed(raw: Any) -> bool:
    """Return whether reading a saved tensor would call a hook of the user's."""
    hook = getattr(raw, "unpack_hook", None)
    return hook is not None and not hasattr(hook, "__autograd_lab__")


def _may_be_read(raw: Any) -> bool:
    return not isinstance(raw, tuple) and not is_packed(raw)  # no list of tensors is shown


@lru_cache(1024)
def _dispatches(kind: type) -> bool:
    """Return whether a class of tensors is one that sees each operation on itself."""
    return hasattr(kind.__torch_dispatch__, "__func__")  # type: ignore[attr-defined]


@cache
def _description(name: str, count: int, custom: bool) -> NodeDescription:
    """Return what is to be said of a node with this name and so many inputs."""
    if custom:
        inputs = tuple(f"input {i}" for i in range(count))
        return name, inputs, (f"{name.removesuffix('Backward')}.backward",) * count, True
    operation = operation_of(name)
    if operation is None:
        return name, (), (), False
    inputs, formulas = operation.inputs, operation.formulas
    if len(inputs) != count and len(inputs) == 1:  # a sequence of tensors
        inputs = tuple(f"{inputs[0]}[{i}]" for i in range(count))
        formulas = formulas * count
    return name, inputs, formulas, False


@cache
def operation_of(name: str) -> Operation | None:
    """Return the engine's operation with this node name, None if it has none."""
    return next((op for op in OPERATIONS.values() if op.node == name), None)


def is_custom(grad_fn: Any) -> bool:
    """Return whether the node belongs to a Function of the user's own."""
    return _is_custom(type(grad_fn))  # type: ignore[arg-type]


@lru_cache(1024)
def _is_custom(kind: type) -> bool:
    return hasattr(kind, "needs_input_grad")


__all__ = ["NO_NUMBERS", "TorchLibrary", "array_of", "is_custom", "is_packed", "operation_of"]
