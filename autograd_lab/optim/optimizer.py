"""What all optimizers share: groups of parameters with their settings, state per parameter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from ..engine.grad_mode import enable_grad, no_grad
from ..engine.observe import observers, tell, unobserved
from ..engine.tensor import Tensor
from ..nn.module import clear_grad, type_name

INERT = {"foreach": None, "fused": None, "differentiable": False, "capturable": False}
"""Settings that in torch choose between kernels; kept so that groups look the same, without effect."""


class Optimizer:
    """Changes parameters by their gradients; a subclass says how, in `update`."""

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        """Take tensors, named tensors, or dictionaries with `params` and settings of their own."""
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but "
                f"got {type_name(params)}"
            )
        self.defaults = defaults
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self.has_stepped = False
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)
        if observers:
            tell("optimizer", self)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group of parameters; what it does not set is as in the other groups."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        params = [params] if isinstance(params, Tensor) else list(params)
        group = {**param_group, "params": params}
        if params and all(isinstance(p, tuple) for p in params):
            group["params"] = [p for _, p in params]
            group["param_names"] = [name for name, _ in params]
        for each in group["params"]:
            if not isinstance(each, Tensor):
                raise TypeError(
                    f"optimizer can only optimize Tensors, but one of the params is {type_name(each)}"
                )
            if not (each.is_leaf or each.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        known = {id(p) for g in self.param_groups for p in g["params"]}
        if known & {id(p) for p in group["params"]}:
            raise ValueError("some parameters appear in more than one parameter group")
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters: to None, or to zeros."""
        if observers:
            tell("zero_grad", self, set_to_none=set_to_none)
        for group in self.param_groups:
            for parameter in group["params"]:
                clear_grad(parameter, set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient; return what `closure`, called first, returned."""
        loss = None
        self.has_stepped = True
        if closure is not None:
            with enable_grad():
                loss = closure()
        with unobserved(), no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    grad = parameter.grad
                    if grad is not None:
                        grad = -grad if group.get("maximize") else grad
                        self.update(parameter, grad, self.state[parameter], group)
                        if not self.state[parameter]:
                            del self.state[parameter]
        if observers:
            tell("step", self)
        return loss

    def update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change `param` in place; what must be remembered goes into `state`."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """Return state and settings, with numbers in place of the parameters."""
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for parameter in group["params"]:
                numbers.setdefault(id(parameter), len(numbers))
            settings = {name: value for name, value in group.items() if name != "params"}
            groups.append({**settings, "params": [numbers[id(p)] for p in group["params"]]})
        state = {numbers[id(p)]: values for p, values in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over copies of state and settings; ValueError if the groups do not fit."""
        saved, own = state_dict["param_groups"], self.param_groups
        if len(saved) != len(own):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(s["params"]) != len(o["params"]) for s, o in zip(saved, own, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of "
                "optimizer's group"
            )
        self.state.clear()
        for group, settings in zip(own, saved, strict=True):
            for number, parameter in zip(settings["params"], group["params"], strict=True):
                if number in state_dict["state"]:
                    self.state[parameter] = deepcopy(state_dict["state"][number])
            group.update({n: deepcopy(v) for n, v in settings.items() if n != "params"})

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {i}")
            lines.extend(f"    {n}: {group[n]}" for n in sorted(group) if n != "params")
        return "\n".join([*lines, ")"])


def check_not_negative(**settings: tuple[str, float]) -> None:
    """Raise ValueError for the first setting that is negative; each comes with torch's name for it."""
    for name, value in settings.values():
        if not value >= 0.0:
            raise ValueError(f"Invalid {name}: {value}")


def inert(*names: str, **given: Any) -> dict[str, Any]:
    """Return those of the settings without effect that an optimizer has."""
    return {name: given.get(name, INERT[name]) for name in names}
