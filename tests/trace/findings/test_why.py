"""Why the gradient of one variable is what it is."""

import pytest

from autograd_lab.trace import run_cells
from autograd_lab.trace.builder import LIMIT
from autograd_lab.trace.findings import why

from .corpus import IMPORT, own_import

ENGINES = ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
START = "import torch\nx = torch.tensor([1.0, 2.0], requires_grad=True)\n"


def told(code: str, name: str, engine: str, old: str = "", limit: int = LIMIT) -> str:
    """Run code after `START` and return what is said about a variable, in one line.

    `old` runs before the recording begins.
    """
    cells = [old and START + old, code if old else START + code]
    if engine == "autograd_lab":
        cells = [IMPORT.sub(own_import, cell) for cell in cells]
    namespace: dict[str, object] = {}
    exec(cells[0], namespace)
    return " ".join(why(run_cells(cells[1:], namespace, limit), name))


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
    # What another graph did is no answer.
    ("z = x * 1\n(z * 0).sum().backward()\nw = x.detach().requires_grad_()\n(w - w).sum().backward()",
     "w", "cancel out"),
    ("n = torch.zeros(2, requires_grad=True)\n(n.sqrt() * 0 + x.log() * x).sum().backward()",
     "x", "In the last pass it came over 2 paths"),
    # Of a broadcast number the formula's parts cancel, none of them is 0.
    ("b = torch.tensor(1.0, requires_grad=True)\n(b * torch.tensor([1.0, -1.0])).sum().backward()",
     "b", "cancel out"),
    ("(x * 2).backward(torch.zeros(2))", "x", "x.grad is zero: backward() started from zero."),
    ("b = torch.ones(2, requires_grad=True)\n"
     "torch.autograd.backward([x * 2, b * 2], [torch.zeros(2), torch.ones(2)])",
     "x", "x.grad is zero: backward() started from zero."),
    ("x.backward(torch.zeros(2))", "x", "x.grad is zero: backward() started from zero."),
    # Only the ends of a large tensor are known.
    ("w = torch.ones(100, requires_grad=True)\n(w[50] * 2).backward()", "w", "from one backward pass"),
    ("w = torch.ones(100, requires_grad=True)\nw.sum().backward()\nw.grad.zero_()\nw.sum().backward()",
     "w", "from one backward pass (line 6)"),
    # What the code itself does to a gradient.
    ("x.sum().backward()\nx.grad = torch.tensor([9.0, 9.0])", "x",
     "x.grad is what line 4 made of it: x.grad = torch.tensor([9.0, 9.0])"),
    ("x.grad = torch.ones(2)\n(x * 3).sum().backward()", "x",
     "sum of what line 3 left there and 1 backward pass (line 4): [1.0, 1.0] + [3.0, 3.0] = [4.0, 4.0]"),
    ("(x * 3).sum().backward()\nx.grad.mul_(2)", "x", "what line 4 made of it: x.grad.mul_(2)"),
    ("(x * 3).sum().backward()\n(x * 2).sum().backward()\ntorch.nn.utils.clip_grad_norm_([x], 1.0)",
     "x", "[3.0, 3.0] + [2.0, 2.0] = [5.0, 5.0]. x.grad is what line 5 made of it"),
    ("y = x * 2\ny.retain_grad()\ny.sum().backward()", "y", "a result, not a leaf; it keeps"),
]  # fmt: skip

# The same where there was a gradient before the recording.
OLDER = [
    ("(x * 3).sum().backward()", "the sum of what it held before this cell ran and 1 backward pass "
     "(line 1): [3.0, 3.0] + [3.0, 3.0] = [6.0, 6.0]"),
    ("for i in range(2):\n    x.sum().backward()", "before this cell ran and 2 backward passes (line "
     "2): [3.0, 3.0] + [1.0, 1.0] + [1.0, 1.0] = [5.0, 5.0]"),
    ("x.grad = None\n(x * 4).sum().backward()", "x.grad came from one backward pass (line 2)"),
    ("(x * -3).sum().backward()", "[3.0, 3.0] + [-3.0, -3.0] = [0.0, 0.0]"),
    ("y = x * 2", "older than this cell"),
]  # fmt: skip

# What must not be said: a claim about something else.
UNSAID = [
    ("x.sum().backward()\nx.grad = torch.tensor([9.0, 9.0])", "x", "one backward pass"),
    ("x.sum().backward()\nx.grad.zero_()", "x", "one backward pass"),
    ("w = torch.ones(100, requires_grad=True)\n(w[50] * 2).backward()", "w", "is zero"),
    ("w = torch.ones(0, requires_grad=True)\nw.sum().backward()", "w", "is zero"),
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("code", "name", "said"), CASES, ids=[said for _, _, said in CASES])
def test_reasons(code: str, name: str, said: str, engine: str) -> None:
    """The reason is said, with the line, the numbers, the operation."""
    assert said in told(code, name, engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("code", "said"), OLDER, ids=[code for code, _ in OLDER])
def test_gradient_before_the_recording(code: str, said: str, engine: str) -> None:
    """What `.grad` held before is a term of its own."""
    assert said in told(code, "x", engine, old="(x * 3).sum().backward()")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("code", "name", "unsaid"), UNSAID)
def test_nothing_false(code: str, name: str, unsaid: str, engine: str) -> None:
    """What does not hold is not said; something is."""
    said = told(code, name, engine)
    assert said
    assert unsaid not in said


@pytest.mark.parametrize("engine", ENGINES)
def test_too_much_to_keep(engine: str) -> None:
    """Where the record ends before the code does, nothing is claimed about the rest."""
    loop = "for i in range(50):\n    (x * (i + 1)).sum().backward()"
    assert "only the first 60 things" in told(loop, "x", engine, limit=60)
    late = f"{loop}\nw = torch.ones(2, requires_grad=True)\nw.sum().backward()\nw.grad = None"
    assert "only the first 60 things" in told(late, "w", engine, limit=60)


@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_fix_of_another_finding() -> None:
    """A name that is a letter or a word of the text is not spoken of."""
    code = "y = x * 2\ny.sum().backward()\nprint(y.grad)\na = d = leaf = torch.ones(2)"
    for name in ("a", "d", "leaf"):
        assert "retain_grad" not in told(code, name, "autograd_lab")


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
    assert said.startswith("What became of x.grad was not recorded to the end")


def test_a_gradient_from_before_is_not_explained_by_what_was_recorded() -> None:
    """Zero as it may be, no path of this cell has to do with it."""
    namespace: dict[str, object] = {}
    exec(IMPORT.sub(own_import, f"{START}(x * 0).sum().backward()"), namespace)
    (said,) = why(run_cells(["y = x * 2"], namespace), "x")
    assert said.startswith("x.grad is older than this cell")
