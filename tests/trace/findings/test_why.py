"""Why the gradient of one variable is what it is."""

import pytest

from autograd_lab.trace import run_cells
from autograd_lab.trace.findings import why

from .corpus import IMPORT, own_import

ENGINES = ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
START = "import torch\nx = torch.tensor([1.0, 2.0], requires_grad=True)\n"


def told(code: str, name: str, engine: str) -> str:
    """Run code after `START` and return what is said about a variable, in one line."""
    text = START + code
    if engine == "autograd_lab":
        text = IMPORT.sub(own_import, text)
    return " ".join(why(run_cells([text]), name))


# The code, the variable, and what must be said of it: the reason and the place.
CASES = [
    ("", "x", "no backward pass ran"),
    ("y = x * 2\ny.sum().backward()", "y", "a result, not a leaf"),
    ("c = torch.ones(2)\n(x * c).sum().backward()", "c", "does not require grad"),
    ("k = torch.tensor([1, 2])\n(x * k).sum().backward()", "k", "whole numbers (int64)"),
    (
        "h = (x * 2).detach()\nb = torch.ones(2, requires_grad=True)\n(h * b).sum().backward()",
        "x",
        "line 3",
    ),
    ("h = (x * 2).detach()", "h", "cut in line 3: h = (x * 2).detach()"),
    ("b = torch.ones(2, requires_grad=True)\nb.sum().backward()", "x", "nothing that backward()"),
    ("x.sum().backward()\nx.grad = None", "x", "line 4 reset it to None: x.grad = None"),
    (
        "o = torch.optim.SGD([x], lr=0.1)\nx.sum().backward()\no.zero_grad()",
        "x",
        "line 5 reset it to None: o.zero_grad()",
    ),
    (
        "for i in range(2):\n    (x * 3).sum().backward()",
        "x",
        "over 2 backward passes (line 4): [3.0, 3.0] + [3.0, 3.0] = [6.0, 6.0]",
    ),
    (
        "(x * x).sum().backward()",
        "x",
        "over 2 paths, and they add up: [1.0, 2.0] (x * x) + [1.0, 2.0] (x * x)",
    ),
    ("x.exp().sum().backward()", "x", "one backward pass (line 3), over one path"),
    ("x.sum().backward()\nx.grad.zero_()", "x", "emptied after the last pass"),
    ("torch.round(x * 2).sum().backward()", "x", "RoundBackward0 (line 3, torch.round(x * 2))"),
    ("(x - x).sum().backward()", "x", "cancel out"),
    (
        "z = torch.zeros(2, requires_grad=True)\n(z.sqrt() * 0).sum().backward()",
        "z",
        "SqrtBackward0 (line 4, z.sqrt())",
    ),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("code", "name", "said"), CASES, ids=[said for _, _, said in CASES])
def test_reasons(code: str, name: str, said: str, engine: str) -> None:
    """The reason is said, with the line, the numbers, the operation."""
    assert said in told(code, name, engine)


@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_fix_of_a_finding() -> None:
    """Where a finding speaks of the variable, its fix is the last sentence."""
    said = told("y = x * 2\ny.sum().backward()\nprint(y.grad)", "y", "autograd_lab")
    assert "y.retain_grad()" in said


def test_parameters_are_found_by_their_names() -> None:
    """A parameter of a module is asked for as it is written."""
    code = "net = torch.nn.Linear(2, 1)\nnet(x).sum().backward()\nnet(x).sum().backward()"
    assert "2 backward passes" in told(code, "net.weight", "autograd_lab")


def test_unknown_variable() -> None:
    """A name that no tensor has is refused, with the names there are."""
    with pytest.raises(LookupError, match="no tensor named q was recorded; there are: x"):
        told("", "q", "autograd_lab")


@pytest.mark.parametrize("limit", [1, 5, 8])
@pytest.mark.parametrize("code", ["(x * x).sum().backward()", "x.grad = None"])
def test_a_record_that_is_cut_short_gives_no_reason(code: str, limit: int) -> None:
    """Neither that no pass ran, nor how many there were."""
    cell = IMPORT.sub(own_import, f"{START}{code}\n" + "(x * x).sum().backward()\n" * 2 + code)
    (said,) = why(run_cells([cell], limit=limit), "x")
    assert said.startswith("Not all that happened was recorded")


def test_a_gradient_from_before_is_not_explained_by_what_was_recorded() -> None:
    """Zero as it may be, no path of this cell has to do with it."""
    namespace: dict[str, object] = {}
    exec(IMPORT.sub(own_import, f"{START}(x * 0).sum().backward()"), namespace)
    (said,) = why(run_cells(["y = x * 2"], namespace), "x")
    assert said.startswith("No backward pass that was recorded added to x.grad")
