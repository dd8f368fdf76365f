"""The trace as data: a graph, the events that made and walked it, all frozen and JSON-able.

Everything the views, findings and labs say is read from here and from nowhere else. How to read one
is told at `Event`, which lists the kinds of events, and at `Ref`, which says what a tensor was.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ..numerals import nested, written

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
"""Version of the JSON format; a reader refuses a trace from another one."""

LONGEST = 400
"""Characters of a written value that are shown."""


SHOWN, EDGE = 64, 2
"""Of tensors with more elements than the first only ends are kept, as many as the second says."""
CODES = {
    "float16": "e", "float32": "f", "float64": "d", "bool": "?", "uint8": "B", "int8": "b",
    "int16": "h", "int32": "i", "int64": "q", "uint16": "H", "uint32": "I", "uint64": "Q",
    "bfloat16": "f", "float8_e4m3fn": "f", "float8_e4m3fnuz": "f", "float8_e5m2": "f",
    "float8_e5m2fnuz": "f", "float8_e8m0fnu": "f",
}  # fmt: skip
"""How the numbers of a dtype lie in memory; those that Python has no code for, as float32."""


def split_lines(text: str) -> list[str]:
    """Return the lines of a source text as Python counts them."""
    # `str.splitlines` would also split at a form feed or U+2028, which may stand in a string.
    lines = re.split(r"\r\n?|\n", text)
    return lines if lines[-1] else lines[:-1]


def kept(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return how many entries along each dimension of a tensor are kept."""
    if math.prod(shape) <= SHOWN:
        return shape
    return tuple(n if n <= 2 * EDGE else 2 * EDGE for n in shape)


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What a tensor looked like at one moment, small enough to keep.

    Two are equal if they are written alike.
    """

    shape: tuple[int, ...]
    dtype: str
    """Such as `"float32"`."""
    content: bytes | str
    """The numbers that were kept, as they lie in memory: all of a tensor of up to 64, of a larger one
    the first two and the last two along each dimension. Or a text that stands for itself."""

    @property
    def text(self) -> str:
        """The numbers as PyTorch prints them, without `tensor(…)`; shortened when long."""
        if isinstance(self.content, str):
            return self.content
        text = written(nested(self.numbers, kept(self.shape)), self.shape)
        return text if len(text) <= LONGEST else text[:LONGEST] + "…"

    @property
    def numbers(self) -> tuple[Any, ...]:
        """The numbers that were kept, in row order; empty for a text."""
        if isinstance(self.content, str):
            return ()
        return struct.unpack(f"={math.prod(kept(self.shape))}{CODES[self.dtype]}", self.content)

    @property
    def complete(self) -> bool:
        """Whether `numbers` are all the tensor has."""
        return len(self.numbers) == math.prod(self.shape)

    def __eq__(self, other: object) -> bool:
        """Compare what one can read."""
        if not isinstance(other, Value):
            return NotImplemented
        mine, its = (self.shape, self.dtype), (other.shape, other.dtype)
        return mine == its and self.text == other.text

    def __hash__(self) -> int:
        """Go by shape and dtype alone."""
        return hash((self.shape, self.dtype))


@dataclass(frozen=True, slots=True)
class Saved:
    """A value that a node keeps for its backward pass."""

    name: str
    """torch's name for it, without `_saved_`: `"self"`, `"other"`, `"result"`."""
    value: Value
    nbytes: int
    tensor: int | None = None
    """Which tensor it is, a place in `Trace.tensors`; None for a number, or one never met."""
    version: int = 0
    """Its write counter when it was saved."""


@dataclass(frozen=True)
class Node:
    """A leaf, a recorded operation, or a constant that an operation used."""

    id: int
    """Its place in `Graph.nodes`."""
    kind: str
    """`"leaf"` (the user's, requires grad), `"op"` (recorded) or `"constant"` (no grad)."""
    name: str
    """The grad_fn's name, `"MulBackward0"`; `"AccumulateGrad"` for a leaf; `""` for a constant."""
    op: str
    """The operation as one calls it, `"mul"`; `""` for a leaf, and for a constant nothing made."""
    label: str
    """The user's variable that holds this value at the end, `""` if none does. A parameter of a
    module is `"net.0.weight"`, an entry of a list `"ws[0]"`."""
    value: Value | None
    inputs: tuple[str, ...] = ()
    """Names of the operation's differentiable inputs, such as `("self", "other")`; an edge's slot
    counts in them."""
    formulas: tuple[str, ...] = ()
    """Per input, the local formula as text: `"grad · other"`."""
    saved: tuple[Saved, ...] = ()
    line: int | None = None
    """Line of its cell, from 1; None if it is older than the recording."""
    expression: str = ""
    """The exact source expression that made it, `"y * y"`."""
    cell: int | None = None
    """Place in `Trace.cells` of the cell that made it; None if it is older than the recording."""
    tensor: int | None = None
    """The tensor it stands for, a place in `Trace.tensors`; the first of several outputs."""
    custom: bool = False
    """Whether the operation is an `autograd.Function` of the user's own."""

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to or through it."""
        return self.kind != "constant"

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self.kind != "op"


@dataclass(frozen=True, slots=True)
class Edge:
    """`target` used the output of `source`; gradients flow the other way."""

    source: int
    target: int
    slot: int
    """Which input of `target`, from 0."""
    cut: str = ""
    """What severed it: `"detach"`, `"no_grad"`, …; `""` for an edge that carries gradients, or
    that comes from a constant and never had any to carry."""


class Ref(NamedTuple):
    """A tensor as an event met it."""

    tensor: int
    """The object, a place in `Trace.tensors`: the same number is the same Python object."""
    node: int | None
    """The node it stood for then (an in-place operation gives it another one); None if it is not in
    the graph."""
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool
    is_leaf: bool
    version: int
    """Its write counter then, after the operation for an output."""


@dataclass(frozen=True, slots=True)
class TensorObject:
    """One tensor object that the recording met."""

    label: str
    """The variable that holds it at the end, as in `Node.label`; `"x.grad"` for a gradient."""
    base: int | None = None
    """The tensor it is a view of."""
    shares: int | None = None
    """The tensor whose memory it was given: its base, or what `detach()` or `.data` was called on."""
    gradient_of: int | None = None
    """The tensor whose `.grad` it is or was."""
    parameter: bool = False
    """Whether it is an `nn.Parameter`."""
    inference: bool = False
    """Whether it was made in inference mode."""
    grad: Value | None = None
    """What its `.grad` was when the recording met it; None if that was None."""


@dataclass(frozen=True)
class Event:
    """One thing that happened. `kind` decides which of the other fields are filled.

    All kinds have `cell`, `line`, `column` and `expression`: where in the user's code. A tensor argument
    is a `Ref` in `inputs`, a tensor result one in `outputs`; `label` is the variable of the first.

    | kind | meaning | fields |
    |---|---|---|
    | `create` | a tensor was made of numbers | 1 |
    | `op` | an operation ran forward and was recorded | 2 |
    | `plain` | an operation ran and was not recorded: nothing to record, or no derivative | 3 |
    | `detach` | a history was cut | 4 |
    | `inplace` | an in-place write; if it was recorded, its `op` follows | 5 |
    | `function` | a Function of the user's own ran forward; follows its `op` | 6 |
    | `mode` | a grad mode was entered or left | 7 |
    | `read` | `.grad` was read by the user's code | 8 |
    | `set` | an attribute is set | 9 |
    | `hook` | a hook was registered | 10 |
    | `backward` | a backward pass starts | 11 |
    | `node` | a node passed gradients on | node, grads_in, products, grads_out |
    | `accumulate` | a leaf's `.grad` grew | 12 |
    | `freed` | a node released what it had saved | node |
    | `end` | the backward pass is over | text (the error, if one ended it), node (where) |
    | `gradients` | `autograd.grad` gave its results | 15 |
    | `optimizer` | an optimizer was made | text (`"SGD"`), inputs (its parameters) |
    | `zero_grad` | an optimizer or a module resets gradients | 13 |
    | `step` | an optimizer made its step | 14 |
    | `clip` | gradients are clipped | text (`"clip_grad_norm_"`), inputs, grads_out (the outcome) |
    | `gradcheck` | gradcheck was called | 16 |
    | `warning` | somebody warned | text (`"UserWarning: …"`) |
    | `failed` | a call into the library raised what ended the cell | text (the call), inputs, error |
    | `error` | the cell raised | text (`"RuntimeError: …"`) |

    1. text (`"ones"`, `"randn"`, `"Parameter"`), outputs; inputs, if it was made of a tensor.
    2. node, text (its name), inputs, outputs. Both are empty for the first ones of several operations
       that one call of PyTorch's ran.
    3. text, inputs, outputs; node, the constant that stands for the result if the graph has one.
       So are comparisons, `argmax` and casts to int of what requires grad.
    4. text: what cut it, `"detach"`, `"detach_"`, `"data"`, `"item"`, `"tolist"`, `"numpy"`,
       `"bool"`, `"tensor"` (`torch.tensor(t)`), `"Parameter"`, or a grad mode, `"no_grad"`; name (of
       the operation), label (of the first input that lost it), inputs, outputs, node as in 3.
    5. text (`"zero_"`; `"copy_"` for `x[i] = y`), label, after, inputs (what is written first, as it
       was), outputs (the same, as it is now).
    6. text (`"Scale"`), node, inputs, outputs, options: `"save_for_backward"` if it kept tensors so,
       `"ctx.x"` for a tensor kept as an attribute.
    7. text (`"no_grad"`), entered; options: `"enabled"` if operations are recorded from now on.
    8. text (`"grad"`), label, inputs, after (None: it was None); options: `"retains_grad"`.
    9. text (`"grad"`, `"requires_grad"`, `"data"`, `"retain_grad"`), label, inputs (the tensor before;
       the new value, if it is a tensor), after (that value; None for None), entered (the new flag).
    10. text (`"tensor"`, `"post_accumulate"`, `"node"`, `"node_pre"`), label, inputs, node. Hooks on
        nodes are not seen on PyTorch.
    11. text (`"backward"`, or `"grad"` if no `.grad` is touched), node (first root), inputs (the roots),
        grads_in (the seed of each), outputs (the `inputs=` asked for); options: `"retain_graph"`,
        `"create_graph"`.
    12. node (the leaf), before, contribution, after; nodes and grads_in: which part of it came from
        which node (None for the seed itself).
    13. text (`"SGD"`, `"Linear"`), inputs (the parameters); options: `"set_to_none"`. Without it, an
        `inplace` follows for each gradient.
    14. text (`"SGD"`), inputs (its parameters), outputs (those that had a gradient, which it changed).
    15. inputs (what it differentiated by), outputs (their gradients; None is left out).
    16. text (`"gradcheck"`, `"gradgradcheck"`), inputs; options: `"failed"` if it found a difference.
    """

    kind: str
    node: int | None = None
    line: int | None = None
    expression: str = ""
    text: str = ""
    label: str = ""
    entered: bool = False
    grads_in: tuple[Value | None, ...] = ()
    products: tuple[Value | None, ...] = ()
    """Per input, what the local formula gave, before the sum that undoes broadcasting."""
    grads_out: tuple[Value | None, ...] = ()
    before: Value | None = None
    contribution: Value | None = None
    after: Value | None = None
    cell: int | None = None
    inputs: tuple[Ref, ...] = ()
    outputs: tuple[Ref, ...] = ()
    nodes: tuple[int | None, ...] = ()
    options: tuple[str, ...] = ()
    name: str = ""
    error: str = ""
    """`"RuntimeError: …"`."""
    column: int | None = None
    """Where in its line `expression` begins, in characters from 0; None if that is unknown."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable of the user holds at the end: a tensor, or a number taken from one."""

    name: str
    """As in `Node.label`."""
    node: int | None
    """The node it stands for; None if the graph does not hold it."""
    tensor: int | None
    """Its place in `Trace.tensors`; None for a number, or a tensor never met."""
    value: Value
    requires_grad: bool = False
    is_leaf: bool = True
    grad: Value | None = None
    """Its `.grad`; None if that is None."""
    retains_grad: bool = False
    parameter: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A module or an optimizer that a variable of the user holds at the end."""

    name: str
    """The variable."""
    kind: str
    """`"module"` or `"optimizer"`."""
    type: str
    """Its class, `"Sequential"`, `"SGD"`."""
    tensors: tuple[int | None, ...]
    """Its parameters, places in `Trace.tensors`; None for one that the recording never met."""
    names: tuple[str, ...]
    """As in `Node.label`, parallel to `tensors`."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order they were made, and the edges between them."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many events beyond the limit were of one kind and on one line."""

    kind: str
    cell: int | None
    line: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Trace:
    """What one piece of code did. Equal traces are equal records: no time, no address in them."""

    source: str = ""
    """The text of the cell, the last one of several."""
    graph: Graph = field(default_factory=Graph)
    events: tuple[Event, ...] = ()
    error: str = ""
    """`"RuntimeError: …"` if a cell raised; of several the last one."""
    truncated: int = 0
    """How many further events were counted but not kept."""
    broken: str = ""
    """`"KeyError: …"` if the recording itself failed: what happened after that is missing."""
    cells: tuple[str, ...] = ()
    """The text of each cell that ran, in order; `cell` of nodes and events counts in them."""
    tensors: tuple[TensorObject, ...] = ()
    variables: tuple[Variable, ...] = ()
    groups: tuple[Group, ...] = ()
    summary: tuple[Count, ...] = ()
    """What the `truncated` events were."""
    elsewhere: bool = False
    """Whether other threads used the library: only the one that began the recording is recorded."""
    overgrown: bool = False
    """Whether the graph had more nodes than were kept, though all events were."""

    @property
    def whole(self) -> bool:
        """Whether all that happened is in `events`, all nodes of it in `graph`."""
        return not (self.truncated or self.broken or self.elsewhere or self.overgrown)

    def count(self, kind: str) -> int:
        """Return how many events of a kind happened, those that were only counted among them."""
        counted = sum(entry.count for entry in self.summary if entry.kind == kind)
        return counted + sum(event.kind == kind for event in self.events)

    def to_json(self) -> str:
        """Return the trace as one JSON object, its version first."""
        from .json_text import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """Return the trace that `to_json` wrote.

        ValueError if it is not one, or one of another version.
        """
        from .json_text import from_json

        return from_json(text)

    def findings(self) -> list[Any]:
        """Return the findings: what in this code is, or may be, a mistake; the best first."""
        from .findings import find

        return list(find(self))

    def line_of(self, item: Event | Node) -> str:
        """Return the source line that an event or a node points at, `""` if it points at none."""
        if item.line is None or item.cell is None or item.cell >= len(self.cells):
            return ""
        lines = split_lines(self.cells[item.cell])
        return lines[item.line - 1].strip() if 0 < item.line <= len(lines) else ""

    def label(self, ref: Ref) -> str:
        """Return the variable that holds this tensor at the end, `""` if none does."""
        return self.tensors[ref.tensor].label

    def of_kind(self, *kinds: str) -> Iterator[Event]:
        """Yield the events of these kinds, in order."""
        return (event for event in self.events if event.kind in kinds)


__all__ = [
    "VERSION",
    "Count",
    "Edge",
    "Event",
    "Graph",
    "Group",
    "Node",
    "Ref",
    "Saved",
    "TensorObject",
    "Trace",
    "Value",
    "Variable",
    "split_lines",
]
