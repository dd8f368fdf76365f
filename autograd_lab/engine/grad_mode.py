"""Whether operations are recorded: `no_grad`, `enable_grad`, `set_grad_enabled`."""

from __future__ import annotations

import functools
import inspect
from _thread import _local, get_ident  # what `threading` has: importing that takes 1 ms
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, cast

from .observe import observers
from .switches import unusual

F = TypeVar("F", bound=Callable[..., Any])


class _State(_local):
    """Per thread, as in torch."""

    enabled = True
    """Whether operations are recorded: grad mode is on, inference mode off."""
    grad_mode = True
    inference = False


state = _State()


def is_grad_enabled() -> bool:
    """Return whether grad mode is on, which it is unless switched off."""
    return state.grad_mode


def is_inference_mode_enabled() -> bool:
    """Return whether inference mode is on."""
    return state.inference


def switch_recording(enabled: bool) -> None:
    """Record operations in this thread from now on, or do not."""
    state.enabled = enabled
    if enabled:
        unusual.discard(get_ident())
    else:
        unusual.add(get_ident())


def set_modes(grad_mode: bool, inference: bool) -> None:
    """Set both modes, and with them whether operations are recorded."""
    state.grad_mode, state.inference = grad_mode, inference
    switch_recording(grad_mode and not inference)


class _GradMode:
    """A context manager that is a decorator too; nested uses restore what they found."""

    name = ""
    enabled = True

    def __init__(self) -> None:
        self._before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self._before.append((state.grad_mode, state.inference))
        self._switch()
        for observer in observers:
            observer.on_mode(self.name, True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        set_modes(*self._before.pop())
        for observer in observers:
            observer.on_mode(self.name, False)

    def _switch(self) -> None:
        set_modes(self.enabled, state.inference)

    def _fresh(self) -> _GradMode:
        return type(self)()

    def __call__(self, function: F) -> F:
        """Decorate `function`: its body runs in this mode, a generator's between its yields too."""
        if inspect.isgeneratorfunction(function):
            return cast(F, _wrap_generator(self._fresh, function))

        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self._fresh():
                return function(*args, **kwargs)

        return cast(F, inside)


def _wrap_generator(mode: Callable[[], _GradMode], function: Callable[..., Any]) -> Any:
    """Enter the mode only while the generator's own code runs, not while it waits."""

    @functools.wraps(function)
    def inside(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        step, payload = generator.send, None
        while True:
            try:
                with mode():
                    value = step(payload)
            except StopIteration as stop:
                return stop.value
            try:
                step, payload = generator.send, (yield value)
            except GeneratorExit:
                with mode():
                    generator.close()
                raise
            except BaseException as error:
                step, payload = generator.throw, error

    return inside


class no_grad(_GradMode):
    """Record nothing inside: results do not require grad.

    >>> import autograd_lab as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    name = "no_grad"
    enabled = False

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """Serve `@no_grad` without parentheses as well."""
        mode = super().__new__(cls)
        if function is None:
            return mode
        mode.__init__()  # type: ignore[misc]
        return mode(function)


class enable_grad(no_grad):
    """Record inside, also within `no_grad`."""

    name = "enable_grad"
    enabled = True


class set_grad_enabled(_GradMode):
    """Switch recording on or off at once; as a context manager, restore it at the end."""

    name = "set_grad_enabled"

    def __init__(self, mode: bool) -> None:
        """Switch to `mode` right away, as torch does."""
        super().__init__()
        self.enabled = mode
        self._outside = state.grad_mode, state.inference
        self._switch()
        for observer in observers:
            observer.on_mode(self.name, True)

    def __enter__(self) -> None:
        self._before.append(self._outside)
        self._switch()

    def _fresh(self) -> _GradMode:
        return set_grad_enabled(self.enabled)

    def __call__(self, function: F) -> F:
        """Decorate `function`; building the decorator must not leave the mode switched."""
        set_modes(*self._outside)
        return super().__call__(function)


class inference_mode(_GradMode):
    """Record nothing inside, not even versions: what is made there can never be recorded later.

    >>> import autograd_lab as torch
    >>> with torch.inference_mode():
    ...     y = torch.ones(2)
    >>> y.is_inference()
    True
    """

    name = "inference_mode"

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        """Serve `@inference_mode` without parentheses as well."""
        made = super().__new__(cls)
        if not callable(mode):
            return made
        made.__init__()  # type: ignore[misc]
        return made(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self._on = mode

    def _switch(self) -> None:
        set_modes(not self._on, self._on)

    def _fresh(self) -> _GradMode:
        return inference_mode(self._on)
