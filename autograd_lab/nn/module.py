"""The base of every layer: parameters, buffers and modules found by name, switched and moved together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from ..engine.device import check_cpu, device
from ..engine.dtypes import dtype as Dtype
from ..engine.dtypes import float16, float32, float64
from ..engine.hooks import RemovableHandle, added
from ..engine.observe import observers, tell, unobserved
from ..engine.tensor import Tensor
from .parameter import Parameter
from .saved_state import LoadResult, load

M = TypeVar("M", bound="Module")


def type_name(value: Any) -> str:
    """Return the name of a value's type as torch's messages have it."""
    if isinstance(value, Tensor):
        return f"torch.{value.dtype.class_name}Tensor"
    return type(value).__name__


class Module:
    """A part of a network: assign `Parameter`s and modules as attributes, define `forward`."""

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]

    def __init__(self) -> None:
        """Prepare the places for parameters, buffers and modules; call it first in a subclass."""
        super().__setattr__("training", True)
        for place in ("_parameters", "_buffers", "_modules", "_forward_hooks", "_pre_hooks"):
            super().__setattr__(place, {})

    # --- calling --------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute; every subclass defines its own."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`, the hooks before and after it."""
        hooks: dict[str, dict[int, Any]] = self.__dict__
        for hook in list(hooks["_pre_hooks"].values()):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        result = self.forward(*args, **kwargs)
        for hook in list(hooks["_forward_hooks"].values()):
            changed = hook(self, args, result)
            if changed is not None:
                result = changed
        return result

    def register_forward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; it may return another output."""
        return added(self.__dict__["_forward_hooks"], hook)

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; it may return other arguments."""
        return added(self.__dict__["_pre_hooks"], hook)

    # --- registering ------------------------------------------------------------------------------

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter (or None, to take its place)."""
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type_name(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None) -> None:
        """Add a tensor that belongs to the module's state but is no parameter."""
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type_name(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self._buffers[name] = tensor

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a module under `name`."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._modules[name] = module

    register_module = add_module

    def _check_name(self, kind: str, name: str, place: dict[str, Any]) -> None:
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in place:
            raise KeyError(f"attribute '{name}' already exists")

    def __setattr__(self, name: str, value: Any) -> None:
        places = self.__dict__
        for kind, place, what in (
            (Parameter, "_parameters", "parameters"),
            (Module, "_modules", "module"),
        ):
            if isinstance(value, kind):
                if place not in places:
                    raise AttributeError(f"cannot assign {what} before Module.__init__() call")
                places.pop(name, None)
                for other, _, _ in PLACES:
                    if other != place:
                        places[other].pop(name, None)
                places[place][name] = value
                return
        for place, what, allowed in PLACES:
            if name in places.get(place, ()):
                if value is not None and not (place == "_buffers" and isinstance(value, Tensor)):
                    raise TypeError(
                        f"cannot assign '{type_name(value)}' as {what} '{name}' ({allowed} or None "
                        "expected)"
                    )
                places[place][name] = value
                return
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        for place, _, _ in PLACES:
            if name in self.__dict__.get(place, ()):
                return self.__dict__[place][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for place, _, _ in PLACES:
            if name in self.__dict__[place]:
                del self.__dict__[place][name]
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = [n for place, _, _ in PLACES for n in self.__dict__[place]]
        return sorted({*super().__dir__(), *names})

    # --- finding ----------------------------------------------------------------------------------

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Yield this module (under `prefix`) and all below it, each once, with their dotted names."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            name, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            below = [(f"{name}.{n}" if name else n, m) for n, m in module._modules.items() if m]
            stack.extend(reversed(below))

    def modules(self) -> Iterator[Module]:
        """Yield this module and all below it, each once."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules directly below, with their names."""
        for name, module in self._modules.items():
            if module is not None:
                yield name, module

    def children(self) -> Iterator[Module]:
        """Yield the modules directly below."""
        for _, module in self.named_children():
            yield module

    def _named_members(self, place: str, prefix: str, recurse: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, value in module.__dict__[place].items():
                if value is not None and id(value) not in seen:
                    seen.add(id(value))
                    yield (f"{path}.{name}" if path else name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield the parameters with their dotted names, each once; those below too if `recurse`."""
        yield from self._named_members("_parameters", prefix, recurse)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield the parameters, each once; those of the modules below too if `recurse`."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Tensor]]:
        """Yield the buffers with their dotted names, each once."""
        yield from self._named_members("_buffers", prefix, recurse)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield the buffers, each once."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target: str) -> Module:
        """Return the module with this dotted name; AttributeError if there is none."""
        module = self
        for name in filter(None, target.split(".")):
            found = getattr(module, name, None)
            if found is None:
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            if not isinstance(found, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
            module = found
        return module

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter with this dotted name; AttributeError if there is none."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        found = getattr(module, name, None)
        if found is None:
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    # --- switching and moving -----------------------------------------------------------------------

    def train(self: M, mode: bool = True) -> M:
        """Switch this module and all below it to training (or, if False, to evaluation)."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: M) -> M:
        """Switch this module and all below it to evaluation."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Start or stop recording for all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters."""
        if observers:
            tell("zero_grad", self, set_to_none=set_to_none)
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none)

    def apply(self: M, fn: Callable[[Module], Any]) -> M:
        """Call `fn` with every module below and at last with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def to(self: M, *args: Any, **kwargs: Any) -> M:
        """Cast the floating point parameters and buffers to a dtype; the device must be the CPU."""
        kind = kwargs.get("dtype")
        check_cpu(kwargs.get("device"))
        for arg in args:
            if isinstance(arg, Tensor):
                kind = arg.dtype
            elif isinstance(arg, Dtype):
                kind = arg
            elif isinstance(arg, (str, device)):
                check_cpu(arg)
        return self if kind is None else self._cast(kind)

    def float(self: M) -> M:
        """Cast the floating point parameters and buffers to float32."""
        return self._cast(float32)

    def double(self: M) -> M:
        """Cast the floating point parameters and buffers to float64."""
        return self._cast(float64)

    def half(self: M) -> M:
        """Cast the floating point parameters and buffers to float16."""
        return self._cast(float16)

    def _cast(self: M, kind: Dtype) -> M:
        if not kind.is_floating_point:
            raise TypeError(
                "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                f"dtype={kind}"
            )
        each: Any
        for each in (*self.parameters(), *self.buffers()):
            if each.is_floating_point():
                each.data = each.data.to(kind)
                if each._grad is not None:
                    each._grad.data = each._grad.data.to(kind)
        return self

    # --- saving ---------------------------------------------------------------------------------------

    def state_dict(self, prefix: str = "") -> OrderedDict[str, Tensor]:
        """Return parameters and buffers by their dotted names; detached, but sharing memory."""
        state: OrderedDict[str, Tensor] = OrderedDict()
        for path, module in self.named_modules(prefix.rstrip(".")):
            held: dict[str, Any] = {**module._parameters, **module._buffers}
            for name, value in held.items():
                if value is not None:
                    state[f"{path}.{name}" if path else name] = value.detach()
        return state

    def load_state_dict(self, state_dict: Any, strict: bool = True) -> LoadResult:
        """Copy the numbers of `state_dict` in; RuntimeError if names or shapes do not fit."""
        own = {**dict(self.named_parameters()), **dict(self.named_buffers())}
        return load(type(self).__name__, own, list(self.state_dict()), state_dict, strict)

    # --- printing -------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """Return what stands between the brackets when the module is printed."""
        return ""

    def __repr__(self) -> str:
        return printed(type(self).__name__, self.extra_repr(), self._modules.items())


PLACES = (
    ("_parameters", "parameter", "torch.nn.Parameter"),
    ("_buffers", "buffer", "torch.nn.Buffer, torch.Tensor"),
    ("_modules", "child module", "torch.nn.Module"),
)
"""Where attributes are kept: the place, what torch calls it, and what may be assigned there."""


def printed(name: str, extra: str, children: Any) -> str:
    """Return a module's text: the class, what it says of itself, its children one per line, indented."""
    lines = [f"({label}): " + repr(child).replace("\n", "\n  ") for label, child in children]
    if not lines:
        return f"{name}({extra})"
    head = [*filter(None, [extra]), *lines]
    return f"{name}(\n  " + "\n  ".join(head) + "\n)"


def clear_grad(parameter: Any, set_to_none: bool) -> None:
    """Drop a gradient, or fill it with zeros without its history."""
    grad = parameter._grad
    if grad is None or set_to_none:
        parameter._grad = None
        return
    with unobserved():
        if grad.grad_fn is None:
            grad.requires_grad_(False)
        else:
            grad.detach_()
    grad.zero_()
