"""The few functions of PyTorch that are replaced while it is watched: nothing else shows their calls.

Each replacement calls the original and returns what it returned.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from .passes import UNUSED

if TYPE_CHECKING:
    from .source import TorchSource

MISSING = object()


class Patches:
    """Attributes that are replaced, and put back by `undo`."""

    def __init__(self) -> None:
        """Start with none."""
        self._before: list[tuple[Any, str, Any]] = []

    def replace(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Put `make(original)` in the place of `owner.name`."""
        original = vars(owner).get(name, MISSING)
        self._before.append((owner, name, original))
        replacement = make(getattr(owner, name))
        kind = type(original) if isinstance(original, staticmethod | classmethod) else None
        setattr(owner, name, replacement if kind is None else kind(replacement))

    def keep_out(self, owner: Any, name: str) -> None:
        """Have `undo` take away an attribute that somebody may give `owner` until then."""
        if (owner, name, MISSING) not in self._before:
            self._before.append((owner, name, MISSING))

    def undo(self) -> None:
        """Put everything back as it was."""
        while self._before:
            owner, name, original = self._before.pop()
            if original is not MISSING:
                setattr(owner, name, original)
            elif name in vars(owner):
                delattr(owner, name)


def install(source: TorchSource) -> Patches:
    """Replace what has to be replaced to hear of it."""
    torch, patches = source.library.torch, Patches()
    optimizer, module = torch.optim.Optimizer, torch.nn.Module
    patches.replace(torch.autograd, "_engine_run_backward", lambda run: _pass(source, run))
    patches.replace(torch.inference_mode, "__enter__", lambda f: _mode(source, f, True))
    patches.replace(torch.inference_mode, "__exit__", lambda f: _mode(source, f, False))
    patches.replace(optimizer, "__init__", lambda f: _made(source, patches, f))
    for kind in _below(optimizer):
        _watch_steps(source, patches, kind)
    for owner in (optimizer, module):
        patches.replace(owner, "zero_grad", lambda f: _zero_grad(source, f))
    for owner in (torch.nn.utils, torch.nn.utils.clip_grad):
        for name in ("clip_grad_norm_", "clip_grad_value_"):
            patches.replace(owner, name, lambda f: _clip(source, f))
    for name in ("gradcheck", "gradgradcheck"):
        patches.replace(torch.autograd, name, lambda f: _gradcheck(source, f))
    patches.replace(torch, "from_numpy", lambda f: _from_numpy(source, f))
    patches.replace(torch.nn.Parameter, "__new__", lambda f: _parameter(source, f))
    patches.replace(torch.autograd.Function, "apply", lambda f: _function(source, f))
    return patches


def _pass(source: TorchSource, run: Any) -> Any:
    @wraps(run)
    def watched(
        roots: Any, seeds: Any, keep: Any, create: Any, wanted: Any, *rest: Any, **options: Any
    ) -> Any:
        __tracebackhide__ = True
        accumulates = options.get("accumulate_grad", True)
        work = source.begin_pass(roots, seeds, keep, create, wanted, accumulates)
        if work is None:
            return run(roots, seeds, keep, create, wanted, *rest, **options)
        error: BaseException | None = None
        results: Any = ()
        try:
            results = run(roots, seeds, keep, create, wanted, *rest, **options)
        except BaseException as raised:
            error = raised
            raise
        finally:
            told = None if error is not None and UNUSED in str(error) else error
            source.end_pass(work, told, results or (), create)
        if not accumulates:
            source.called("gradients", "grad", wanted, results)
        return results

    return watched


def _mode(source: TorchSource, switch: Any, entered: bool) -> Any:
    @wraps(switch)
    def watched(self: Any, *error: Any) -> Any:
        result = switch(self, *error)
        source.mode("inference_mode", entered)
        return result

    return watched


def _zero_grad(source: TorchSource, function: Any) -> Any:
    """Return `zero_grad` of optimizers or modules, noted before the gradients are gone."""

    @wraps(function)
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        given = kwargs.get("set_to_none", args[0] if args else True)
        source.on_parameters("zero_grad", self, given)
        with source.silence():
            result = function(self, *args, **kwargs)
        if not given:
            source.zeroed(self)
        return result

    return watched


def _below(kind: type) -> list[type]:
    """Return all classes that derive from `kind`."""
    found: list[type] = kind.__subclasses__()
    return found + [deeper for each in found for deeper in _below(each)]


def _watch_steps(source: TorchSource, patches: Patches, kind: type) -> None:
    """Hear of the steps of a class of optimizers, unless this was seen to."""
    step = vars(kind).get("step")
    if step is None:
        # PyTorch gives a class that inherits its step one that calls it, and leaves it there.
        patches.keep_out(kind, "step")
    elif not hasattr(step, "__autograd_lab__"):
        patches.replace(kind, "step", lambda f: _stepping(source, f))


def _made(source: TorchSource, patches: Patches, init: Any) -> Any:
    """Return an optimizer's `__init__`; the class may be one that the user has just written."""

    @wraps(init)
    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        __tracebackhide__ = True
        for kind in type(self).__mro__[:-1]:
            _watch_steps(source, patches, kind)
        with source.silence():
            init(self, *args, **kwargs)
        source.on_parameters("optimizer", self, False)

    return watched


def _stepping(source: TorchSource, step: Any) -> Any:
    """Return `step`; what it computes is of no interest, what a closure of the user's does is."""

    @wraps(step)
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if args or kwargs:
            result = step(self, *args, **kwargs)
        else:
            with source.silence():
                result = step(self)
        source.on_parameters("step", self, False)
        return result

    watched.__autograd_lab__ = True  # type: ignore[attr-defined]
    return watched


def _clip(source: TorchSource, function: Any) -> Any:
    """Return a function that clips gradients, noted before it is called, its outcome afterwards."""

    @wraps(function)
    def watched(parameters: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        one = isinstance(parameters, source.library.tensor_type)
        several = [parameters] if one else list(parameters)
        source.clipping(function.__name__, several)
        with source.silence():
            result = function(several, *args, **kwargs)
        source.clipped(several)
        return result

    return watched


def _gradcheck(source: TorchSource, function: Any) -> Any:
    """Return `gradcheck` or `gradgradcheck`, noted with its outcome once it is over."""

    @wraps(function)
    def watched(checked: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        agrees = False
        try:
            with source.silence():
                agrees = function(checked, inputs, *args, **kwargs)
        finally:
            options = () if agrees else ("failed",)
            source.called("gradcheck", function.__name__, [inputs], options=options)
        return agrees

    return watched


def _from_numpy(source: TorchSource, make: Any) -> Any:
    @wraps(make)
    def watched(array: Any) -> Any:
        __tracebackhide__ = True
        made = make(array)
        source.created("from_numpy", [], made)
        return made

    return watched


def _parameter(source: TorchSource, make: Any) -> Any:
    @wraps(make)
    def watched(cls: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        with source.silence():
            made = make(cls, data, *args, **kwargs)
        source.created("Parameter", [data], made)
        return made

    return watched


def _function(source: TorchSource, apply: Any) -> Any:
    """Return `Function.apply`: what the user's forward does inside is of no interest."""
    original = apply.__func__

    @wraps(original)
    def watched(cls: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        with source.silence():
            result = original(cls, *args, **kwargs)
        source.applied(cls.__name__, [*args, *kwargs.values()], result)
        return result

    return watched


__all__ = ["Patches", "install"]
