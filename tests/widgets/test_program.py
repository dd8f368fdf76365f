"""Lines of code that a lab runs again and again."""

import pytest

from autograd_lab.engine.filled import ones
from autograd_lab.widgets.program import Program, library_of


def test_each_run_starts_anew():
    """The tensors are copies: neither a gradient nor a change is left from the run before."""
    x = ones(2, requires_grad=True)
    program = Program("y = (x * x).sum()\ny.backward()", {"x": x})
    _, first = program.run(program.code)
    _, second = program.run(program.code, "y = None")
    assert first["x"].grad.tolist() == second["x"].grad.tolist() == [2, 2]
    assert second["y"] is None
    assert x.grad is None


def test_the_code_may_call_the_library_of_its_tensors():
    """It is there under PyTorch's name."""
    program = Program("y = torch.tanh(x)", {"x": ones(2, requires_grad=True)})
    assert program.library.__name__ == "autograd_lab"
    assert program.names["y"].grad_fn.name() == "TanhBackward0"


def test_nothing_is_printed(capsys):
    """A last expression or a print would be seen at each move."""
    Program("print(x)\nx * 2", {"x": ones(2)})
    assert capsys.readouterr().out == ""


@pytest.mark.needs_torch
def test_pytorch_tensors_bring_pytorch():
    """The same code runs with the library that the tensors are of."""
    torch = pytest.importorskip("torch")
    program = Program("y = torch.tanh(x)", {"x": torch.ones(2, requires_grad=True)})
    assert program.library is torch
    assert library_of(torch.nn.Parameter(torch.ones(1))) is torch
    assert isinstance(program.names["y"], torch.Tensor)


@pytest.mark.needs_torch
def test_tensors_of_two_libraries_are_refused():
    """They do not mix in a computation, either."""
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match="one library; these are of autograd_lab and torch"):
        Program("y = a", {"a": ones(2), "b": torch.ones(2)})


@pytest.mark.parametrize(
    ("code", "tensors", "error", "message"),
    [
        (lambda x: x, {"x": ones(2)}, TypeError, "a text of Python lines.*not function"),
        ("y = = x", {"x": ones(2)}, ValueError, "must be Python; line 1"),
        ("", {"x": ones(2)}, ValueError, "at least one line"),
        ("\n# nothing\n", {"x": ones(2)}, ValueError, "at least one line"),
        ("y = w * x", {"x": ones(2)}, ValueError, "by itself on x; it stops with NameError"),
        ("y = x", {"x": 3.0}, ValueError, "x must be a leaf tensor"),
        ("y = x", {"x": ones(2, requires_grad=True) * 2}, ValueError, "x must be a leaf tensor"),
        ("y = 3", {}, ValueError, "one library; these are of none"),
    ],
)
def test_what_does_not_fit_is_refused(code, tensors, error, message):
    """The error says what would fit."""
    with pytest.raises(error, match=message):
        Program(code, tensors)
