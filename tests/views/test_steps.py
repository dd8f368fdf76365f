"""What is told of many steps, and the gradients after each."""

from collections.abc import Callable

from autograd_lab.trace.model import Trace
from autograd_lab.views.steps import abridged, backward_steps, told
from autograd_lab.views.walk import steps

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
