"""ChainLab: from a tensor hop by hop along `grad_fn` and `next_functions`, and what ends the way."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

from ..engine.filled import ones
from ..i18n import _
from ..trace.findings.cut_texts import how
from ..trace.findings.cutting import behind
from ..trace.findings.facts import Facts
from ..trace.model import Edge, Node, Trace
from ..views.markup import code, table, text_cell
from ..views.wording import node_name
from . import clickable, pictures
from .clickable import Spot
from .graph_lab import GraphLab
from .program import Program, is_tensor

EXAMPLE = """\
y = x + 2
c = y.detach()
mixed = (c * x).sum()
with torch.no_grad():
    quiet = y * 2
z = y * y * 3
out = z.mean()"""


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the way: the expression that leads to it, and what one finds there."""

    expression: str
    """Python, such as `"out.grad_fn.next_functions[0][0]"`."""
    function: Any
    """The grad_fn there; None where the way ends before an AccumulateGrad."""
    node: int | None
    """Its place in the trace's graph, or that of the tensor that has none; None if unknown."""
    reason: str = ""
    """Why there is no function."""

    @property
    def name(self) -> str:
        """What stands there, as Python would say it."""
        return "None" if self.function is None else type(self.function).__name__


class Chain:
    """The logic of the lab: lines of code, run once, and a way back from one of their tensors.

    `code` and `tensors` are those of `Program`, and may raise its errors; ValueError if no variable
    is a tensor with a history.
    """

    def __init__(self, code: str, tensors: dict[str, Any]) -> None:
        """Run the code and stand at the last tensor that has a grad_fn."""
        self.program = Program(code, tensors)
        self.trace: Trace = self.program.trace
        names = self.program.names
        self.variables = {
            variable.name: variable
            for variable in self.trace.variables
            if is_tensor(names.get(variable.name))
        }
        made = [name for name in self.variables if names[name].grad_fn is not None]
        if not made:
            raise ValueError(
                "code must compute something from a tensor that requires grad, and keep it in a "
                "variable: y = x * x"
            )
        self.start(made[-1])

    def start(self, name: str) -> None:
        """Stand at the `grad_fn` of one of the variables."""
        variable = self.variables[name]
        function = self.program.names[name].grad_fn
        reason = "" if function is not None else self._without(variable.node, name)
        self.variable = name
        self.way = [Stop(f"{name}.grad_fn", function, variable.node, reason)]

    @property
    def here(self) -> Stop:
        """The stop one stands at."""
        return self.way[-1]

    def choices(self) -> list[Stop]:
        """Return the stops that one hop leads to: none at the end of the way."""
        here = self.here
        following = () if here.function is None else here.function.next_functions
        return [self._entry(here, slot, function) for slot, (function, _) in enumerate(following)]

    def hop(self, slot: int) -> None:
        """Go on to one of the choices; nothing happens where the way has ended."""
        choices = self.choices()
        if slot < len(choices):
            self.way.append(choices[slot])

    def back(self) -> None:
        """Go one stop back, as far as the first."""
        self.go_back(max(0, len(self.way) - 2))

    def go_back(self, place: int) -> None:
        """Go back to a stop, by its place on the way."""
        del self.way[place + 1 :]

    def moves(self) -> dict[int, tuple[str, str, Callable[[], None]]]:
        """Return what a click on a node does: its kind, in words, and to be called.

        One hops where an entry leads there, else goes back to a stop, else starts at a variable.
        """
        start, back, hop = _("start at {name}"), _("back to {name}"), _("hop to {name}")
        moves: dict[int | None, tuple[str, str, Callable[[], None]]] = {
            variable.node: ("", start.format(name=name), partial(self.start, name))
            for name, variable in self.variables.items()
        }
        for place, stop in enumerate(self.way):
            words = back.format(name=self.named(stop))
            moves[stop.node] = ("", words, partial(self.go_back, place))
        here = _("you are at {name}").format(name=self.named(self.here))
        moves[self.here.node] = ("here", here, partial(self.go_back, len(self.way)))
        for slot, choice in reversed([*enumerate(self.choices())]):
            words = hop.format(name=f"[{slot}] {self.named(choice)}")
            moves[choice.node] = ("next", words, partial(self.hop, slot))
        return {node: move for node, move in moves.items() if node is not None}

    @property
    def answer(self) -> str:
        """Where one stands, and where it goes on from here, in one line of text."""
        here, count = self.here, len(self.choices())
        if here.function is None:
            return _("{expression} is None: {reason}").format(
                expression=here.expression, reason=here.reason
            )
        if not count:
            text = _("The way ends at {name}: here the gradient is added to {tensor}.grad.")
            if here.node is not None and not self._node(here.node).label:
                text = _("The way ends at {name}: here the gradient is added to grad of {tensor}.")
            return text.format(name=here.name, tensor=self.label(here) or "x")
        if count == 1:
            return _("{name}: one way goes on.").format(name=self.named(here))
        return _("{name}: {count} ways go on; choose one.").format(
            name=self.named(here), count=count
        )

    def label(self, stop: Stop) -> str:
        """Return what a reader would call the tensor that belongs to a stop, `""` if unknown."""
        return "" if stop.node is None else node_name(self.trace.graph.nodes[stop.node])

    def named(self, stop: Stop) -> str:
        """Return the function at a stop with the tensor it belongs to, `"MulBackward0 (z)"`."""
        label = self.label(stop)
        return f"{stop.name} ({label})" if label else stop.name

    def _entry(self, here: Stop, slot: int, function: Any) -> Stop:
        """Return the stop that an entry of `next_functions` leads to."""
        expression = f"{here.expression}.next_functions[{slot}][0]"
        edge = next((e for e in self._into(here.node) if e.slot == slot), None)
        source = None if edge is None else edge.source
        if function is None:
            return Stop(expression, None, source, self._missing(edge))
        # A function that several recorded operations of ours make up stands in no trace.
        known = source is not None and self._node(source).name == type(function).__name__
        return Stop(expression, function, source if known else None)

    def _node(self, number: int) -> Node:
        return self.trace.graph.nodes[number]

    def _into(self, node: int | None) -> list[Edge]:
        return [edge for edge in self.trace.graph.edges if edge.target == node]

    def _missing(self, edge: Edge | None) -> str:
        """Return why an input of an operation has no function."""
        if edge is None:
            return _("this input is a plain number, no tensor.")
        if edge.cut:
            return self._cut(self._node(edge.source), edge.cut)
        return self._without(edge.source, self.label(Stop("", None, edge.source)))

    def _without(self, number: int | None, name: str) -> str:
        """Return why a tensor has no grad_fn, looking back through what it was computed from."""
        if number is None:
            return _("{name} is a constant here.").format(name=name)
        if self._node(number).kind == "leaf":
            return _(
                "{name} is a leaf, no operation made it. Its AccumulateGrad stands at the end of "
                "the ways from what was computed with it."
            ).format(name=name)
        waiting, seen = deque([number]), set()
        while waiting:
            current = waiting.popleft()
            for edge in self._into(current):
                if edge.cut:
                    return self._cut(self._node(current), edge.cut)
                if edge.source not in seen:
                    seen.add(edge.source)
                    waiting.append(edge.source)
        return self._never(self._node(number), name)

    def _cut(self, node: Node, cut: str) -> str:
        """Return what took a tensor's history away, and where."""
        facts = Facts(self.trace)
        place = facts.place(node)
        found = None if node.tensor is None else behind(facts, node.tensor, len(facts.events))
        if found is not None:
            cut, place = how(found), found.place
        elif node.expression and cut != "requires_grad=False":
            cut = f"`{node.expression}`"
        return _("{what} ({place}) cut the way back here.").format(
            what=cut, place=facts.spoken(place)
        )

    def _never(self, node: Node, name: str) -> str:
        """Return why a tensor never had a history: it was made of numbers alone."""
        facts = Facts(self.trace)
        found = None if node.tensor is None else behind(facts, node.tensor, len(facts.events))
        if found is not None:
            return self._cut(node, found.how)
        dtype = "" if node.value is None else node.value.dtype
        if dtype and not dtype.startswith("float"):
            return _(
                "{name} holds {dtype}, and only floating-point tensors have gradients."
            ).format(name=name, dtype=dtype)
        made = None if node.tensor is None else facts.maker(node.tensor, len(facts.events))
        if made is not None and facts.events[made].kind != "create":
            return _("nothing that {name} was computed from requires grad.").format(name=name)
        return _("{name} does not require grad, so it is a constant here.").format(name=name)


class ChainLab(GraphLab):
    """Choose a tensor and walk from its `grad_fn` to the leaves, or to what cut the way.

    `code` is a text of Python lines that compute something from the `tensors`, which are given by
    name and are leaves; if left out, they are the mean of 3(x + 2)² with two ways that are cut, and
    four ones. PyTorch's tensors do as well. Raises TypeError or ValueError, saying what would fit,
    for anything else.
    """

    def __init__(self, code: str | None = None, **tensors: Any) -> None:
        """Check both, or take the standard example."""
        super().__init__()
        self.chain = Chain(
            EXAMPLE if code is None else code, tensors or {"x": ones(2, 2, requires_grad=True)}
        )

    @property
    def answer(self) -> str:
        """Where one stands, and where it goes on from here, in one line of text."""
        return self.chain.answer

    @property
    def hint(self) -> str:
        """What to click, in a sentence."""
        return _("Click a tensor to start there, a dashed box to hop to it.")

    def words(self) -> str:
        """Return the code and the table of the hops."""
        chain = self.chain
        rows = [
            (text_cell(_foldable(stop.expression)), text_cell(_found(chain, stop)))
            for stop in chain.way
        ]
        hops = table((_("expression"), _("what stands there")), rows)
        lines = pictures.listing(chain.program.code.splitlines())
        return lines + hops

    def graph(self) -> str:
        """Return the graph with the stops of the way marked."""
        chain = self.chain
        numbers = [stop.node for stop in chain.way if stop.node is not None]
        return pictures.drawn(chain.trace, chain.here.node, numbers)

    def spots(self, graph: str) -> list[Spot]:
        """Return the boxes that one can go to from here."""
        moves = {str(node): move for node, move in self.chain.moves().items()}
        return [
            Spot(key, moves[key][1], place, moves[key][0])
            for key, place in clickable.boxes(graph).items()
            if key in moves
        ]

    def click(self, key: str) -> None:
        """Go to the tensor of a box."""
        _kind, _words, move = self.chain.moves()[int(key)]
        move()

    def controls(self) -> list[Any]:
        """Return the tensors to start from, the entries to choose from, and the ways on and back."""
        import ipywidgets  # type: ignore[import-untyped]

        chain = self.chain
        # No drop-down list: JupyterLab takes the arrow keys away from it.
        start = ipywidgets.ToggleButtons(options=list(chain.variables), value=chain.variable)
        entries = ipywidgets.ToggleButtons()
        start.style.button_width = entries.style.button_width = "auto"

        self._start, self._entries = start, entries
        walking = [
            ipywidgets.Label("next_functions"),
            entries,
            self.button(_("hop"), lambda: chain.hop(entries.value or 0)),
            self.button(_("back"), chain.back),
        ]
        return [
            self.follow(start, lambda: chain.start(start.value)),
            ipywidgets.HBox(walking, layout={"flex_flow": "row wrap", "align_items": "center"}),
        ]

    def show(self, state: Any) -> None:
        """Show the present state, in the buttons as well."""
        chain, entries = self.chain, self._entries
        self._start.value = chain.variable
        entries.options = [
            (f"[{slot}] {chain.named(stop)}", slot) for slot, stop in enumerate(chain.choices())
        ]
        # A list that was empty before chooses nothing by itself.
        entries.index = 0 if entries.options else None
        super().show(state)


def _found(chain: Chain, stop: Stop) -> str:
    """Return what stands at a stop, as HTML; a long name may go on in another line, before a capital."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "<wbr>", escape(chain.named(stop)))
    return name + (f"<br>{escape(stop.reason)}" if stop.reason else "")


def _foldable(expression: str) -> str:
    """Return a long expression as code that may go on in another line, before each attribute."""
    return code(expression).replace(".", "<wbr>.")
