"""What Python code asks PyTorch for: one call after the other, before and after it is answered."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .source import TorchSource

TAKING = {
    "item": "item", "__float__": "item", "__int__": "item", "__index__": "item",
    "__bool__": "bool", "tolist": "tolist", "numpy": "numpy", "__array__": "numpy",
}  # fmt: skip
"""Calls that take the numbers out, and how the trace names them."""
OPERATORS = {
    "__rsub__": "sub", "__rdiv__": "div", "__rtruediv__": "div", "__rpow__": "pow",
    "__radd__": "add", "__rmul__": "mul", "__rmatmul__": "matmul", "__getitem__": "index",
    "__pow__": "pow", "__and__": "bitwise_and", "__or__": "bitwise_or",
    "__rfloordiv__": "floor_divide", "__rmod__": "remainder", "__setitem__": "copy_",
    **dict.fromkeys(["long", "float", "double", "half", "int", "short", "bool", "type"], "to"),
    "reshape": "view",
}  # fmt: skip
CREATING = {
    "tensor", "zeros", "ones", "empty", "full", "arange", "linspace", "logspace", "eye", "rand",
    "randn", "randint", "randperm", "normal", "zeros_like", "ones_like", "empty_like", "full_like",
    "rand_like", "randn_like", "tril_indices", "triu_indices", "from_numpy",
}  # fmt: skip
TURNING = {"T": "permute", "H": "permute", "mT": "transpose", "mH": "transpose"}
"""Attributes that are operations, and how the trace names them."""
HOOKS = {
    "register_hook": "tensor",
    "register_post_accumulate_grad_hook": "post_accumulate",
}
MODES = ("torch.autograd.grad_mode", "torch.utils._contextlib")
"""Where the grad modes are, and what makes decorators of them."""
OWN_AFFAIRS = ("torch.optim", "torch.nn.init", "torch.nn.utils", "torch.autograd.profiler")
"""Modules of PyTorch whose calls are of no interest."""


def make_mode(source: TorchSource) -> Any:
    """Return the mode that hands `source` every call while it is entered."""
    from torch.overrides import TorchFunctionMode

    class Calls(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            __tracebackhide__ = True
            after = None if source.busy else source.before_call(func, args, kwargs or {})
            result = func(*args, **(kwargs or {}))
            if after is not None:
                source.after_call(after, result)
            return result

    return Calls()


class Calls:
    """Decides what a call means."""

    def __init__(self, source: TorchSource) -> None:
        """Tell `source.watch`."""
        self.watch = source.watch
        self.library = source.library

    def name(self, func: Any) -> str:
        """Return what the trace calls a call."""
        name = str(func.__name__)
        if name in ("__get__", "__set__", "__delete__"):
            return str(func.__self__.__name__)
        return TAKING.get(name) or OPERATORS.get(name) or name

    def before(self, func: Any, args: Any, kwargs: Any) -> Callable[[Any], None] | None:
        """Note what must be seen before the call; return what to do with its result, if anything."""
        name = func.__name__
        attribute = func.__self__.__name__ if name in ("__get__", "__set__", "__delete__") else ""
        if name == "__get__" and attribute not in ("grad", "data", *TURNING):
            return None
        caller = _caller()
        by_user = caller.partition(".")[0] != "torch"
        if not by_user and caller.startswith(OWN_AFFAIRS):
            return None
        if attribute:
            return self._attribute(name, attribute, args, by_user)
        if caller.startswith("torch.autograd") and not by_user and name != "_set_grad_enabled":
            return None
        if str(getattr(func, "__module__", "")).startswith("torch.autograd"):
            return None
        if name == "_set_grad_enabled":
            return _mode_change(self.watch.mode)
        if name in CREATING:
            return self._creation(name, args, kwargs) if by_user else None
        if name in HOOKS or name in ("requires_grad_", "retain_grad"):
            self._request(name, args, kwargs)
            return None
        return self._operation(name, args, kwargs)

    def _attribute(
        self, name: str, attribute: str, args: Any, by_user: bool
    ) -> Callable[[Any], None] | None:
        """Follow `x.grad`, `x.data`, what is assigned to them, and `x.T`."""
        tensor = args[0]
        if name == "__get__" and attribute == "grad":
            return lambda grad: self.watch.read_grad(tensor, grad, by_user)
        if name == "__get__" and attribute in TURNING:
            return lambda turned: self._computed(TURNING[attribute], [tensor], turned)
        if name == "__get__":
            return lambda data: self.watch.unrecorded("data", (tensor,), data)
        if by_user and attribute in ("grad", "data", "requires_grad"):
            self.watch.set_attribute(attribute, tensor, args[1] if len(args) > 1 else None)
        return None

    def _creation(self, name: str, args: Any, kwargs: Any) -> Callable[[Any], None]:
        given = [*args[:1], *kwargs.values()] if name == "tensor" or name.endswith("like") else []
        return lambda made: self.watch.created(name, given, made)

    def _request(self, name: str, args: Any, kwargs: Any) -> None:
        """Note what a tensor is asked to do from now on."""
        tensor = args[0]
        if name in HOOKS:
            if tensor.requires_grad:
                self.watch.hooked(HOOKS[name], tensor=tensor)
        elif name == "requires_grad_":
            value = args[1] if len(args) > 1 else kwargs.get("requires_grad", True)
            self.watch.set_attribute("requires_grad", tensor, value)
        elif tensor.requires_grad:
            self.watch.set_attribute("retain_grad", tensor, True)

    def _operation(self, name: str, args: Any, kwargs: Any) -> Callable[[Any], None]:
        """Follow a computation."""
        inputs = [*args, *kwargs.values()]
        target = args[0] if args and isinstance(args[0], self.library.tensor_type) else None
        if kwargs.get("inplace") is True and target is not None:
            return self._in_place(f"{name}_", target, inputs)
        writes = name == "__setitem__" or (name.endswith("_") and not name.startswith("_"))
        tracked = writes and self._tracks(inputs)
        func_name, name = name, TAKING.get(name) or OPERATORS.get(name) or name

        def after(result: Any) -> None:
            if writes and target is not None and name != "detach_":
                values = [target, *inputs[2:]] if func_name == "__setitem__" else inputs
                self._wrote(name, target, values, tracked)
            elif result is not target or name == "detach_":
                self._computed(name, inputs, result)

        return after

    def _in_place(self, name: str, target: Any, inputs: list[Any]) -> Callable[[Any], None]:
        """Follow a function that was told to write in place; dropout does not outside training."""
        version, tracked = self.library.version(target), self._tracks(inputs)

        def after(_: Any) -> None:
            if self.library.version(target) != version:
                self._wrote(name, target, inputs, tracked)

        return after

    def _tracks(self, inputs: list[Any]) -> bool:
        """Return whether a write with these inputs is recorded in the graph."""
        given = self.watch.tensors(inputs)
        return self.library.records() and any(t.requires_grad for t in given)

    def _wrote(self, name: str, target: Any, values: list[Any], tracked: bool) -> None:
        """Note a write to `target`, the first of `values`."""
        before = self.watch.written(name, target, values, tracked)
        if tracked:
            self.watch.recorded(self.watch.tensors(values), [target], {}, before)

    def _computed(self, name: str, inputs: list[Any], result: Any) -> None:
        results = self.watch.tensors((result,))
        made = [t for t in results if self.library.grad_fn(t) is not None]
        if made:
            given = self.watch.tensors(inputs)
            self.watch.recorded(given, made, self._constants(inputs, given, made[0]))
        elif results or name in TAKING.values():
            self.watch.unrecorded(name, inputs, result)

    def _constants(self, inputs: list[Any], tensors: list[Any], output: Any) -> dict[int, object]:
        """Return what entered without gradient, by slot: PyTorch names none, so in order."""
        sources = output.grad_fn.next_functions
        free = [slot for slot, (source, _) in enumerate(sources) if source is None]
        if not free:
            return {}
        given = [t for t in tensors if not t.requires_grad]
        given = [t for t in given if t.is_floating_point()] or given
        given += [n for n in inputs if type(n) is float and self.watch.graph.find(n) is not None]
        return dict(zip(free, given, strict=False))


def _caller() -> str:
    """Return the module that made the call, PyTorch's own redirections left out."""
    frame: FrameType | None = sys._getframe(4)
    while frame is not None and _module(frame) == "torch.overrides":
        frame = frame.f_back
    return "" if frame is None else _module(frame)


def _mode_change(note: Callable[[str, bool], None]) -> Callable[[Any], None] | None:
    """Return how to note a switch of the grad mode that the user's code makes, named by its class."""
    asking: FrameType | None = sys._getframe(4)
    mode: FrameType | None = None
    while asking is not None and asking.f_globals.get("__name__") in MODES:
        if asking.f_globals["__name__"] == MODES[0]:
            mode = asking
        asking = asking.f_back
    if mode is None or asking is None or _module(asking).partition(".")[0] == "torch":
        return None
    name, method = type(mode.f_locals.get("self")).__name__, mode.f_code.co_name
    if (name, method) == ("set_grad_enabled", "__enter__"):
        return None  # it has switched when it was made
    return lambda _: note(name, method != "__exit__")


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


__all__ = ["Calls", "make_mode"]
