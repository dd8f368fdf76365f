"""`show(y)`: the graph behind a tensor, without a recording."""

from __future__ import annotations

import sys

from .engine.tensor import Tensor
from .trace.sources.engine.behind import behind
from .views.display import Display


def show(tensor: Tensor) -> Display:
    """Return a picture of the graph that `tensor` came out of, for a notebook or a terminal.

    The graph is read from `grad_fn` and what it leads to, so it shows no source lines, and values
    only where a variable of the caller still holds them. Raises TypeError for anything but a tensor.

    >>> import autograd_lab as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> torch.show(x * 2)
    1 operation from x to mul; backward() did not run, so there is no gradient yet.
    <BLANKLINE>
    The graph, from the result back to the leaves:
    ● mul  MulBackward0  [2., 2.]
    ● x    leaf          [1., 1.]
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"show() takes a tensor, not {type(tensor).__name__}")
    caller = sys._getframe(1)
    return Display(behind(tensor, {**caller.f_globals, **caller.f_locals}))
