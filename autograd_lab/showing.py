"""`show(y)` and `why(x)`: the graph behind a tensor, and what became of its gradient."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from .i18n import _
from .trace.model import Trace
from .trace.sources.behind import behind, is_tensor, names_of
from .views.display import Display

TRACE_NAME = "_autograd"
"""Variable of the user that holds the trace of the last cell that was recorded."""


def show(*tensors: Any) -> Display:
    """Return a picture of the graph that `tensors` came out of, for a notebook or a terminal.

    They may be this package's or PyTorch's. The graph is read from `grad_fn` and what it leads to, so it
    shows no source lines, and values only where a variable of the caller still holds them. Raises
    TypeError for anything but a tensor.

    >>> import autograd_lab as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> torch.show(x * 2)
    1 operation from x to mul; backward() did not run, so there is no gradient yet.
    <BLANKLINE>
    The graph, from the result back to the leaves:
    ● mul  MulBackward0  [2., 2.]
    ● x    leaf          [1., 1.]
    """
    if not tensors:
        raise TypeError("show() takes at least one tensor")
    for tensor in tensors:
        _check_tensor("show", tensor)
    caller = sys._getframe(1)
    return Display(behind(tensors, {**caller.f_globals, **caller.f_locals}))


class Answer:
    """What `why` found out; prints as its sentences."""

    def __init__(self, sentences: list[str]) -> None:
        """Take the sentences, the plainest first."""
        self.sentences = sentences

    def __repr__(self) -> str:
        return "\n".join(self.sentences)


def why(tensor: Any, trace: Trace | None = None) -> Answer:
    """Return why `tensor.grad` is None, a sum of several, zero or NaN, in sentences.

    It is read from `trace`, by default that of the last cell under `%%autograd`. Without one, only what
    the tensor itself tells can be said. Raises TypeError for anything but a tensor.

    >>> import autograd_lab as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> torch.why((x * 2).sum())
    .grad stays None: this tensor is the result of an operation, and only leaves keep their gradient.
    retain_grad() before backward() makes it keep its own.
    """
    _check_tensor("why", tensor)
    caller = sys._getframe(1)
    return answer(tensor, {**caller.f_globals, **caller.f_locals}, trace)


def answer(tensor: Any, namespace: Mapping[str, object], trace: Trace | None = None) -> Answer:
    """Return what `why` says of `tensor`, which `namespace` gives a name."""
    from .trace.findings.why import why as why_in

    trace = trace or _last_trace(namespace)
    if trace is not None:
        known = {variable.name for variable in trace.variables}
        for name in names_of(tensor, namespace):
            if name in known:
                return Answer(why_in(trace, name))
    return Answer(_from_itself(tensor))


def _last_trace(namespace: Mapping[str, object]) -> Trace | None:
    trace = namespace.get(TRACE_NAME)
    return trace if isinstance(trace, Trace) else None


def _from_itself(tensor: Any) -> list[str]:
    """Return what can be told of the gradient of a tensor that no recording has met."""
    if not tensor.requires_grad:
        return [
            _(".grad stays None: this tensor does not require grad."),
            _("x.requires_grad_() before it is used makes gradients flow to it."),
        ]
    if not tensor.is_leaf and not tensor.retains_grad:
        return [
            _(
                ".grad stays None: this tensor is the result of an operation, and only leaves keep "
                "their gradient."
            ),
            _("retain_grad() before backward() makes it keep its own."),
        ]
    known = (
        _(".grad is None so far: no gradient has arrived at this tensor.")
        if tensor.grad is None
        else _("Gradients have arrived at this tensor: .grad is their sum.")
    )
    untold = _("How it came about was not recorded: run the cell under %%autograd, then ask again.")
    return [known, untold]


def _check_tensor(function: str, value: object) -> None:
    if not is_tensor(value):
        raise TypeError(f"{function}() takes a tensor, not {type(value).__name__}")
