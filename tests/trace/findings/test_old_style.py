"""A Function that is called like a module: PyTorch and our engine say so in different words."""

import pytest

from autograd_lab.trace import run_cells

from .corpus import Program

STATIC = """
import torch
import torch.nn as nn

class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        s = torch.sigmoid(x)
        return g * (s + x * s * (1 - s))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = Swish()

    def forward(self, x):
        return self.act(x)

Net()(torch.ones(3, requires_grad=True))
"""
LIKE_A_MODULE = """
import torch

class Square(torch.autograd.Function):
    def forward(self, x):
        self.save_for_backward(x)
        return x ** 2

    def backward(self, g):
        x, = self.saved_tensors
        return 2 * x * g

Square()(torch.ones(3, requires_grad=True)).sum().backward()
"""


@pytest.mark.filterwarnings("ignore:.*should not be instantiated")
@pytest.mark.parametrize("engine", ["autograd_lab", "torch"])
@pytest.mark.parametrize(
    ("source", "line"),
    [(STATIC, "return self.act(x)"), (LIKE_A_MODULE, "def forward(self, x):")],
    ids=["static", "like a module"],
)
def test_an_object_of_a_function_is_called(engine: str, source: str, line: str) -> None:
    """The line is told where the object is called, or where forward was written for one."""
    program = Program(18, "problem", "", "", (source,), None)
    found = run_cells(program.cells_for(engine)).findings()
    assert (found[0].rule, found[0].line) == ("function-is-called-wrongly", line)
    assert "apply" in found[0].fix
