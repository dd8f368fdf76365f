"""Everything the forms of a display share: which boxes, which steps, which gradients."""

from __future__ import annotations

from dataclasses import dataclass

from ..trace.fold import Fold, folds, modules
from ..trace.model import Node, Trace
from . import svg
from .boxes import MAX_BOXES, Plan, plan
from .steps import Change, Step, abridged, final_gradients, gradients, outcome, told
from .tags import tags
from .walk import steps
from .wording import crowded

FEW_STEPS, STEPS_PER_BOX = 100, 2.2
"""Steps that are told: of a large picture enough to go there and back, else so many."""
MANY = 40
"""Boxes above which modules are drawn as one, too."""
MAX_OPENED = 12
"""Loops and modules that can be opened: each needs a picture of its own."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A trace with its picture planned and its steps listed."""

    trace: Trace
    loops: tuple[Fold, ...]
    plan: Plan
    walked: tuple[Step, ...]
    """The steps about what is drawn; a gap stands where there are too many."""
    all_steps: tuple[Step, ...]
    """All that the cell did, also with nodes that are not drawn."""
    repeated: frozenset[int]
    """Nodes of the turns in the middle of a loop: what happens to them happened before."""
    changes: list[Change]
    """Per position (0: before the first step) the gradients that changed."""
    scenery: svg.Scenery
    max_boxes: int

    def picture(self, opened: int | None = None) -> str:
        """Return the SVG with all loops folded, or all but one."""
        if opened is None:
            return svg.draw(self.scenery, self.plan)
        return svg.draw(self.scenery, plan(self.trace.graph, self.loops, opened, self.max_boxes))

    def openable(self) -> range:
        """Return the loops for which a picture of the opened loop is made."""
        return range(min(len(self.loops), MAX_OPENED))

    def listed_nodes(self) -> list[Node]:
        """Return the tensors worth a row: those in boxes of their own, then of each loop some turns."""
        single = [box.nodes[0] for box in self.plan.boxes if box.fold is None]
        folded = [
            node
            for loop in self.loops
            for turn in (*loop.turns[:2], loop.turns[-1])
            for node in turn
        ]
        chosen = list(dict.fromkeys([*single, *folded]))[: self.max_boxes]
        return [self.trace.graph.nodes[number] for number in sorted(chosen)]


def prepare(trace: Trace, max_boxes: int = MAX_BOXES) -> Prepared:
    """Plan the picture of a trace and list its steps."""
    loops = folds(trace.graph)
    shown = plan(trace.graph, loops, None, max_boxes)
    if len(shown.boxes) + shown.hidden > MANY:
        loops = (*loops, *modules(trace.graph, loops))
        shown = plan(trace.graph, loops, None, max_boxes)
    drawn = shown.drawn
    all_steps = steps(trace)
    all_changes = gradients(trace, all_steps)
    seen = [at for at, step in enumerate(all_steps) if step.node is None or step.node in drawn]
    walked = tuple(all_steps[at] for at in seen)
    changes = [all_changes[0], *(all_changes[at + 1] for at in seen)]
    repeated = frozenset(node for loop in loops for turn in loop.turns[2:-1] for node in turn)
    limit = max(FEW_STEPS, round(STEPS_PER_BOX * len(shown.boxes)))
    parts = abridged(walked, limit, repeated)
    listed = tuple(told(walked, part) for part in parts)
    listed_changes = [changes[0], *(final_gradients(changes[1:][part]) for part in parts)]
    scenery = svg.Scenery(
        trace.graph,
        loops,
        outcome(trace, all_changes),
        listed_changes,
        tags(trace, walked),
        crowded(trace.graph),
    )
    return Prepared(
        trace,
        loops,
        shown,
        listed,
        all_steps,
        repeated,
        listed_changes,
        scenery,
        max_boxes,
    )
