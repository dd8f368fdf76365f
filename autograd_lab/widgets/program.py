"""The lines of code that a lab plays with: checked once, run as often as somebody changes them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from ..trace.cells import run_cells
from ..trace.model import Trace


class Program:
    """Lines of Python on tensors, such as `y = x * x`, run anew each time on copies of the tensors.

    `code` may use the tensors by their names, and as `torch` the library that they are of. Raises
    TypeError or ValueError, saying what would fit, for a code that is no text, no Python or stops
    with an error, and for tensors that are no leaves or of two libraries.
    """

    def __init__(self, code: Any, tensors: Mapping[str, Any]) -> None:
        """Check both by running the code once."""
        if not isinstance(code, str):
            raise TypeError(
                "code must be a text of Python lines, such as 'y = x * x', "
                f"not {type(code).__name__}"
            )
        self.code = "\n".join(line.rstrip() for line in code.strip("\n").splitlines())
        try:
            self.statements = ast.parse(self.code).body
        except SyntaxError as error:
            raise ValueError(f"code must be Python; line {error.lineno}: {error.msg}") from None
        if not self.statements:
            raise ValueError("code must have at least one line, such as 'y = x * x'")
        self.tensors = dict(tensors)
        self.library = _library(self.tensors)
        self.trace, self.names = self.run(self.code)
        if self.trace.error:
            raise ValueError(
                f"code must run by itself on {', '.join(tensors)}; it stops with {self.trace.error}"
            )

    def run(self, *cells: str) -> tuple[Trace, dict[str, Any]]:
        """Return what these lines did to fresh copies of the tensors, and the variables they leave."""
        names = self.fresh()
        return replayed(cells, names), names

    def fresh(self) -> dict[str, Any]:
        """Return the variables that code starts with: copies of the tensors, without gradients."""
        copies = {
            name: tensor.detach().clone().requires_grad_(tensor.requires_grad)
            for name, tensor in self.tensors.items()
        }
        return {"torch": self.library, **copies}


def replayed(cells: Iterable[str], names: dict[str, Any]) -> Trace:
    """Return the trace of these cells; what they print goes nowhere, for they run at each move."""
    with redirect_stdout(StringIO()):
        return run_cells(cells, names)


def is_tensor(value: Any) -> bool:
    """Say whether `value` is a tensor of ours or of PyTorch's."""
    return hasattr(value, "grad_fn") and hasattr(value, "requires_grad")


def library_of(tensor: Any) -> Any:
    """Return the library a tensor is of, to call its functions: this one, or PyTorch."""
    return sys.modules[type(tensor).__module__.partition(".")[0]]


def _library(tensors: Mapping[str, Any]) -> Any:
    """Return the one library of all tensors."""
    for name, tensor in tensors.items():
        if not is_tensor(tensor) or not tensor.is_leaf:
            raise ValueError(
                f"{name} must be a leaf tensor, such as torch.ones(3, requires_grad=True)"
            )
    libraries = {library_of(tensor).__name__: library_of(tensor) for tensor in tensors.values()}
    if len(libraries) != 1:
        raise ValueError(
            f"the tensors must be of one library; these are of {' and '.join(libraries) or 'none'}"
        )
    return next(iter(libraries.values()))


__all__ = ["Program", "is_tensor", "library_of", "replayed"]
