"""Pictures of cells as learners write them fit a page 600 pixels wide, less its margins, at full size."""

from xml.etree import ElementTree

import pytest

from autograd_lab.trace.cells import run_cells
from autograd_lab.views.prepared import Prepared, prepare

PAGE = 576
NET = """\
net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), {more}torch.nn.Linear(8, 1))
X = torch.randn(16, 3)
Y = X.sum(1, keepdim=True)
"""
MLP = NET.format(more="")
DEEP_MLP = NET.format(more="torch.nn.Linear(8, 8), torch.nn.Tanh(), ")
ONCE = """\
loss = ((net(X) - Y) ** 2).mean()
loss.backward()
"""
TRAINING = """\
opt = torch.optim.{optimizer}(net.parameters(), lr=0.1)
for _ in range({turns}):
    opt.zero_grad()
    loss = ((net(X) - Y) ** 2).mean()
    loss.backward()
    opt.step()
"""
LOGISTIC = """\
X = torch.randn(8, 2)
y = (X[:, 0] > 0).float()
w1, w2 = torch.randn((), requires_grad=True), torch.randn((), requires_grad=True)
b = torch.zeros((), requires_grad=True)
p = torch.sigmoid(w1 * X[:, 0] + w2 * X[:, 1] + b)
loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
loss.backward()
"""
FUNCTION = """\
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g

x = torch.tensor([1., 2., 3.], requires_grad=True)
Square.apply(x).sum().backward()
"""
FOUR_TERMS = """\
w = torch.tensor([1., 2., 3.], requires_grad=True)
v = torch.tensor([4., 5., 6.], requires_grad=True)
data = ((w * v - 1) ** 2).mean()
ridge = 0.1 * (w ** 2).sum()
lasso = 0.01 * v.abs().sum()
smooth = ((w[1:] - w[:-1]) ** 2).sum()
loss = data + ridge + lasso + smooth
loss.backward()
"""
RECURRENT = """\
xs = torch.randn(3, 2, 3)
Wx, Wh = torch.randn(3, 4, requires_grad=True), torch.randn(4, 4, requires_grad=True)
b = torch.zeros(4, requires_grad=True)
h = torch.zeros(2, 4)
for x in xs:
    h = torch.tanh(x @ Wx + h @ Wh + b)
loss = (h ** 2).mean()
loss.backward()
"""
JOINED = """\
parts = [torch.tensor({part}, requires_grad=True) for _ in range({count})]
loss = (torch.{joined}(parts) ** 2).sum()
loss.backward()
"""
CUT_OFF = """\
pair = [torch.ones(2, requires_grad=True) for _ in range(2)]
loss = sum((v * v).sum() for v in pair)
kept = torch.stack([v.detach() for v in pair])
whole = [v.long() for v in pair]
"""
CELLS = {
    "MLP": MLP + ONCE,
    "MLP in a loop": MLP + TRAINING.format(optimizer="SGD", turns=100),
    "MLP with Adam": MLP + TRAINING.format(optimizer="Adam", turns=100),
    "three layers": DEEP_MLP + ONCE,
    "three layers in a loop": DEEP_MLP + TRAINING.format(optimizer="SGD", turns=100),
    "logistic regression": LOGISTIC,
    "Function": FUNCTION,
    "four terms": FOUR_TERMS,
    "recurrent": RECURRENT,
    "stack of 8": JOINED.format(part="1.", count=8, joined="stack"),
    "cat of 10": JOINED.format(part="[1., 2.]", count=10, joined="cat"),
    "cut off": CUT_OFF,
    "stack of 30": JOINED.format(part="1.", count=30, joined="stack"),
}

both = pytest.mark.parametrize("library", ["autograd_lab", "torch"])


def view(library: str, cell: str) -> Prepared:
    """Return what is shown of a cell, with `torch` being this library."""
    pytest.importorskip(library)
    return prepare(run_cells([f"import {library} as torch\ntorch.manual_seed(0)", cell]))


def size(picture: str) -> tuple[int, int]:
    """Return width and height of a picture."""
    root = ElementTree.fromstring(picture)
    return int(root.get("width", "")), int(root.get("height", ""))


@both
@pytest.mark.parametrize("name", CELLS)
def test_the_picture_fits_the_page(library: str, name: str) -> None:
    """It neither scrolls sideways nor shrinks."""
    assert size(view(library, CELLS[name]).picture())[0] <= PAGE


@both
def test_an_opened_loop_of_few_boxes_fits_too(library: str) -> None:
    """What a click makes of the picture is as wide as the page again."""
    assert size(view(library, RECURRENT).picture(opened=0))[0] <= PAGE


@both
def test_a_training_loop_is_taken_in_at_one_glance(library: str) -> None:
    """Its leaves stand in two rows, and not one below the other."""
    assert size(view(library, CELLS["MLP in a loop"]).picture())[1] <= 300


def test_turns_side_by_side_stay_side_by_side() -> None:
    """Of many boxes every turn keeps its column; squeezed into a page, no line could be followed."""
    width, height = size(view("autograd_lab", CELLS["MLP in a loop"]).picture(opened=0))
    assert width > PAGE and height < 1000
