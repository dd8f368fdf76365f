"""The same mistake needs another cure in another program: the advice must fit the one at hand."""

import contextlib
import io
import warnings

import pytest

from autograd_lab.trace import run_cells

from .corpus import programs

CHUNKS = """
import autograd_lab as torch
cell = torch.nn.Linear(3, 3)
def step(x, h):
    h = torch.tanh(cell(x + h))
    return h.sum(), h
h = torch.zeros(3)
for chunk in range(2):
    loss = 0
    for t in range(2):
        out, h = step(torch.ones(3), h)
        loss = loss + out
    loss.backward()
"""
HELPER = """
import autograd_lab as torch
def slope(y, x, create_graph=False):
    return torch.autograd.grad(y, x, create_graph=create_graph)[0]
x = torch.tensor(2.0, requires_grad=True)
print(slope(slope(x ** 3, x), x))
"""
IN_CORPUS = {
    "GAN: the same fake for both players, not cut for the discriminator": "fake.detach()",
    "two losses over one encoder": "(loss_a + loss_b).backward()",
    "closure that does not recompute": "into closure()",
    "PPO: the old log-probabilities keep their graph": "old = old.detach()",
    "Jacobian row by row": "functional.jacobian",
    "fast weights carried from task to task": "put w = meta_w at the beginning of the loop",
    "a memory bank of features with their graphs": "k.detach()",
    "a value cached inside a module": "anew in each forward pass",
    "hypergradient of the inner weight decay": "create_graph=True",
    "MAML with a learned loss weight that learns nothing": "create_graph=True",
    "create_graph where only a second backward was wanted": "retain_graph=True is enough",
    "a tensor of zeros filled with the losses": "loss.detach()",
    "logs of several quantities in dicts": "kl.item()",
    "comparing before and after with one tensor": "g1 = w.grad.clone()",
}


def fix_for(cells: list[str]) -> str:
    """Return the first finding's advice."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(run_cells(cells).findings()[0].fix)


@pytest.mark.parametrize(("title", "words"), IN_CORPUS.items())
def test_the_advice_fits(title: str, words: str) -> None:
    """Look for the words that make the advice right for that program."""
    program = next(p for p in programs() if p.title == title and p.label != "right")
    assert words in fix_for(program.cells_for("autograd_lab"))


def test_a_state_is_cut_once_per_chunk_not_in_every_step() -> None:
    """In the loop over single steps it would cut what the chunk is to learn from."""
    fix = fix_for([CHUNKS])
    assert "h = h.detach() at the beginning of the loop in line 8" in fix


def test_a_helper_is_called_with_create_graph_not_changed() -> None:
    """The helper's other calls need no graph."""
    assert "slope(…, create_graph=True)" in fix_for([HELPER])
