"""What is told of many steps, and the gradients after each."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from autograd_lab.trace import run_cells
from autograd_lab.trace.model import TensorObject, Trace, Variable
from autograd_lab.views.steps import abridged, backward_steps, gradients, outcome, told
from autograd_lab.views.walk import steps
from tests.account import check_account

from .conftest import matrix, scalar

Build = Callable[[int], Trace]


def test_steps_about_gradients_are_told_apart(broadcast: Trace) -> None:
    """Zeroing a .grad belongs to the backward pass, computing a value does not."""
    kinds = [step.kind for step in backward_steps(steps(broadcast))]
    assert kinds == ["start", "node", "node", "accumulate", "node", "accumulate", "write"]


def test_few_steps_are_all_told(example: Trace) -> None:
    """Up to the limit every slice is one step."""
    walked = steps(example)
    assert [told(walked, part) for part in abridged(walked, 10)] == list(walked)


def test_of_many_steps_the_middle_is_a_gap(chain: Build) -> None:
    """The first and the last are kept, the gap counts the others, none is lost."""
    walked = steps(chain(100))
    parts = abridged(walked, 12)
    assert len(parts) == 12
    listed = [told(walked, part) for part in parts]
    (gap,) = (step for step in listed if step.kind == "gap")
    assert gap.count == len(walked) - 11
    assert listed[0] == walked[0] and listed[-1] == walked[-1]
    assert [place for part in parts for place in range(part.start, part.stop)] == [
        *range(len(walked))
    ]


def test_what_is_repeated_goes_first(looped: Build) -> None:
    """The turns in the middle of a loop become one gap per way, what is around them stays."""
    trace = looped(50)
    walked = steps(trace)
    parts = abridged(walked, 40, repeated=range(6, 100))
    listed = [told(walked, part) for part in parts]
    assert [step.kind for step in listed].count("gap") == 2
    assert [step.node for step in listed if step.kind == "op"] == [2, 3, 4, 5, 100, 101, 102]


def test_a_gap_frees_what_its_steps_free(example: Trace) -> None:
    """Nothing that happens in a gap is forgotten."""
    walked = steps(example)
    assert told(walked, slice(0, len(walked))).frees == (3, 2)


def test_a_gradient_from_before_is_there_from_the_start(severed: Trace) -> None:
    """A leaf that no step changes has all the time what it had when it was met."""
    six = scalar("6.")
    x = Variable("x", 0, 0, scalar("3."), requires_grad=True, grad=six)
    leaf, product = severed.graph.nodes
    graph = replace(severed.graph, nodes=(replace(leaf, tensor=0), product))
    trace = replace(severed, graph=graph, tensors=(TensorObject("x", grad=six),), variables=(x,))
    changes = gradients(trace, steps(trace))
    assert changes[0] == {0: six, 1: None}
    assert outcome(trace, changes)[0] == six


BOTH = pytest.mark.parametrize(
    "library", ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
)
MADE = """\
import {library} as torch
w = torch.tensor([1., 2.], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
(w * w).sum().backward()
"""


@BOTH
@pytest.mark.parametrize(
    ("changing", "left"),
    [
        ("w.grad = None", None),
        ("del w.grad", None),
        ("w.grad.zero_()", "[0., 0.]"),
        ("w.grad.data.zero_()", "[0., 0.]"),
        ("w.grad.detach().zero_()", "[0., 0.]"),
        ("w.grad.data = torch.zeros(2)", "[0., 0.]"),
        ("g = w.grad\ng.mul_(2)", "[4., 8.]"),
        ("optimizer.zero_grad()", None),
        ("optimizer.zero_grad(set_to_none=False)", "[0., 0.]"),
        ("torch.nn.utils.clip_grad_value_(w, 3)", "[2., 3.]"),
        ("torch.nn.utils.clip_grad_norm_([w], 1.0)", "[0.4472, 0.8944]"),
    ],
)
def test_a_cell_that_begins_by_changing_a_gradient(
    library: str, changing: str, left: str | None
) -> None:
    """Before its first step the old gradient is there, then what was left of it, then the new one."""
    names: dict[str, object] = {}
    run_cells([MADE.format(library=library)], names)
    trace = run_cells([f"{changing}\n(w * 3).sum().backward()"], names)
    (leaf,) = (node.id for node in trace.graph.nodes if node.kind == "leaf")
    seen = [c[leaf] for c in gradients(trace, steps(trace)) if leaf in c]
    after = [e.after and e.after.text for e in trace.of_kind("accumulate")]
    assert [grad and grad.text for grad in seen] == ["[2., 4.]", left, *after]


@BOTH
def test_a_gradient_of_a_leaf_that_has_no_name(library: str) -> None:
    """It is emptied in steps of their own, told as they are written."""
    turns = "for _ in range(2):\n        (d * d + d).sum().backward()\n        d.grad = None"
    cell = f"def f():\n    d = torch.zeros(2, requires_grad=True)\n    {turns}\nf()"
    trace = run_cells([f"import {library} as torch", cell])
    check_account(trace)
    told = [step.text for step in steps(trace) if step.kind == "write"]
    assert told == ["d.grad = None"] * 2


@BOTH
def test_a_write_to_a_gradient_that_was_given_up(library: str) -> None:
    """It is not one to `.grad`, which is None by then."""
    names: dict[str, object] = {}
    run_cells([MADE.format(library=library)], names)
    trace = run_cells(["g = w.grad\nw.grad = None\ng.zero_()\n(w * 3).sum().backward()"], names)
    (leaf,) = (node.id for node in trace.graph.nodes if node.kind == "leaf")
    seen = [c[leaf] for c in gradients(trace, steps(trace)) if leaf in c]
    assert [grad and grad.text for grad in seen] == ["[2., 4.]", None, "[3., 3.]"]


def test_a_gradient_of_a_step_that_was_not_kept_is_there_at_the_end(example: Trace) -> None:
    """Before the record was full it was not there yet."""
    total = matrix("4.5000")
    x = Variable("x", 0, None, matrix("1."), requires_grad=True, grad=total)
    cut = replace(example, events=example.events[:4], truncated=9, variables=(x,))
    changes = gradients(cut, steps(cut))
    assert changes[0][0] is None
    assert outcome(cut, changes)[0] == total
    assert [value.text for value in list(outcome(cut, changes).values())[1:]] == [
        "not recorded"
    ] * 4
