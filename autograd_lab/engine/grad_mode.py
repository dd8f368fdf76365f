"""Whether operations are recorded: `no_grad`, `enable_grad`, `set_grad_enabled`."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, cast

from .observe import observers

F = TypeVar("F", bound=Callable[..., Any])


class _State(threading.local):
    """Per thread, as in torch."""

    enabled = True


state = _State()


def is_grad_enabled() -> bool:
    """Return whether operations on tensors that require grad are recorded right now."""
    return state.enabled


class _GradMode:
    """A context manager that is a decorator too; nested uses restore what they found."""

    name = ""
    enabled = True

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(state.enabled)
        state.enabled = self.enabled
        for observer in observers:
            observer.on_mode(self.name, True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        state.enabled = self._before.pop()
        for observer in observers:
            observer.on_mode(self.name, False)

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
        self._outside = state.enabled
        state.enabled = mode

    def __enter__(self) -> None:
        super().__enter__()
        self._before[-1] = self._outside

    def _fresh(self) -> _GradMode:
        return set_grad_enabled(self.enabled)

    def __call__(self, function: F) -> F:
        """Decorate `function`; building the decorator must not leave the mode switched."""
        state.enabled = self._outside
        return super().__call__(function)
