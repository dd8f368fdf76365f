"""DetachLab: cut any edge of a computation, and see which part of the gradient is left."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.creation import tensor
from ..i18n import _
from ..trace.model import Trace
from ..views.markup import code as as_code
from ..views.markup import table, text_cell
from . import clickable, pictures
from .clickable import Place, Spot
from .graph_lab import GraphLab
from .program import Program, is_tensor
from .values import as_numbers, one_line

EXAMPLE = "u = x ** 2\nz = u * x"
FORMULAS = {
    (): "3 * x ** 2",
    ("u→z",): "x ** 2",
    ("x→u",): "x ** 2",
    ("x→u", "u→z"): "x ** 2",
    ("x→z",): "2 * x ** 2",
}
"""What the gradient of the example is when these edges are cut; with more of them no way is left."""
STEP, DIGITS = 1e-5, 6
"""Of the difference quotient, and how many decimals of it can be trusted in float64."""
MANY = 200
"""Entries of x above which no difference quotient is taken."""


class Detach:
    """The logic of the lab: lines that each make one variable, and the edges that are cut.

    `code` and `x` are those of `Program`, and may raise its errors. The sum of the last variable is
    differentiated by `x`. An edge `"u→z"` stands for all uses of `u` in the line that makes `z`.
    `formulas` gives the gradient to expect for some sets of cut edges, as Python on `x`. Raises
    ValueError, saying what would fit, for other lines, edges or formulas.
    """

    def __init__(
        self, code: str, x: Any, formulas: Mapping[tuple[str, ...], str] | None = None
    ) -> None:
        """Check the arguments and compute with nothing cut."""
        self.program = Program(code, {"x": x})
        if not x.requires_grad:
            raise ValueError("x must be a leaf that requires grad: ones(2, requires_grad=True)")
        self.edges = _edges(self.program)
        self.result = _target(self.program.statements[-1])
        self.cut()
        if self.trace.error:
            raise ValueError(f"the last line must depend on x; {self.trace.error}")
        self.formulas = {frozenset(self._known(cut)): f for cut, f in (formulas or {}).items()}
        for formula in self.formulas.values():
            _valued(formula, x)

    def cut(self, *edges: str) -> None:
        """Cut exactly these edges and compute anew."""
        self._known(edges)
        self.severed = tuple(edge for edge in self.edges if edge in edges)
        lines = _rewritten(self.program, self.severed, "{}.detach()")
        self.code = f"{lines}\n{self.result}.sum().backward()"
        self.trace: Trace
        self.trace, self._names = self.program.run(self.code)

    @property
    def gradient(self) -> NDArray[Any] | None:
        """What `x.grad` holds; None after an error."""
        return None if self.trace.error else as_numbers(self._names["x"].grad)

    @property
    def formula(self) -> str:
        """The formula for the gradient with these edges cut, `""` if none was given."""
        return self.formulas.get(frozenset(self.severed), "")

    @property
    def expected(self) -> NDArray[Any] | None:
        """The numbers of the formula, from the numbers of x alone."""
        return _valued(self.formula, self.program.tensors["x"]) if self.formula else None

    @property
    def difference(self) -> NDArray[Any] | None:
        """The central difference of the result in float64, with what is cut held at its value.

        One entry of x moves at a time, so it is of the shape of x. None where the code cannot be run
        in float64, and for an x with so many entries that it would take long.
        """
        library, given = self.program.library, self.program.tensors["x"].detach()
        start = np.asarray(given.tolist(), float)
        if start.size > MANY:
            return None
        held_code = _rewritten(self.program, self.severed, "_held_{}")

        def run(code: str, x: NDArray[Any], held: Mapping[str, Any]) -> dict[str, Any]:
            names = {
                "torch": library,
                **held,
                "x": library.tensor(x.tolist(), dtype=library.float64),
            }
            exec(code, names)
            return names

        slopes = np.zeros_like(start)
        try:
            held = {f"_held_{name}": v for name, v in run(self.program.code, start, {}).items()}
            for entry in np.ndindex(start.shape):
                move = np.zeros_like(start)
                move[entry] = STEP
                above, below = (
                    run(held_code, start + sign * move, held)[self.result].sum().item()
                    for sign in (1, -1)
                )
                slopes[entry] = (above - below) / (2 * STEP)
        except Exception:  # a tensor of float32 in the teacher's code, for example
            return None
        return slopes.round(DIGITS)

    @property
    def answer(self) -> str:
        """What is cut and what that makes of the gradient, in one line of text."""
        cut = _(", ").join(self.severed)
        if self.gradient is None:
            return _("Cut: {cut}. No way leads back to x any more: {error}").format(
                cut=cut, error=self.trace.error
            )
        value = one_line(self.gradient)
        if self.formula:
            value = f"{value} = {self.formula}"
        if not cut:
            return _("Nothing is cut: x.grad is {value}").format(value=value)
        return _("Cut: {cut}. x.grad is {value}").format(cut=cut, value=value)

    def drawn_edges(self) -> dict[tuple[str, str], str]:
        """Return which edge each line of the graph belongs to, by the nodes that it joins."""
        nodes, known = self.trace.graph.nodes, set(self.edges)
        made = [_target(statement) for statement in self.program.statements]
        found = {}
        for edge in self.trace.graph.edges:
            line = nodes[edge.target].line or 0
            # The last line of all, with `backward()`, makes nothing.
            name = f"{nodes[edge.source].label}→{made[line - 1] if 0 < line <= len(made) else ''}"
            if name in known:
                found[str(edge.source), str(edge.target)] = name
        return found

    def _known(self, edges: Collection[str]) -> Collection[str]:
        """Return the edges; ValueError if there is one that the code does not have."""
        unknown = [edge for edge in edges if edge not in self.edges]
        if unknown:
            raise ValueError(f"no edge {unknown[0]!r}; there are {', '.join(self.edges)}")
        return edges


def _target(statement: ast.stmt) -> str:
    """Return the one variable that a line makes; ValueError if it is another kind of line."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id
    raise ValueError(
        f"every line must make one variable, such as u = x ** 2; line {statement.lineno} does not"
    )


def _edges(program: Program) -> tuple[str, ...]:
    """Return the edges of the code, from each tensor to each line that uses it, in order."""
    known = ["x"]
    found = []
    for statement in program.statements:
        target = _target(statement)
        if target in known:
            raise ValueError(f"every line must make a new variable; {target} is there already")
        used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        found += [f"{name}→{target}" for name in known if name in used]
        if is_tensor(program.names.get(target)):
            known.append(target)
    return tuple(found)


def _rewritten(program: Program, severed: Collection[str], spelling: str) -> str:
    """Return the code with every use along the severed edges spelled otherwise."""
    lines = []
    for statement in program.statements:
        # Each time anew: the tree of the program stays as it is.
        (copy,) = ast.parse(ast.unparse(statement)).body
        target = _target(copy)
        cut = {name for name in program.names if f"{name}→{target}" in severed}
        lines.append(ast.unparse(_Spelled(cut, spelling.format).visit(copy)))
    return "\n".join(lines)


class _Spelled(ast.NodeTransformer):
    """Spells the uses of some variables otherwise."""

    def __init__(self, names: Collection[str], spell: Callable[[str], str]) -> None:
        self.names = names
        self.spell = spell

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return a use as it is to be spelled."""
        if node.id in self.names and isinstance(node.ctx, ast.Load):
            return ast.parse(self.spell(node.id), mode="eval").body
        return node


def _valued(formula: str, x: Any) -> NDArray[Any]:
    """Return the numbers of a formula; ValueError if it is none."""
    try:
        value = np.asarray(eval(formula, {"x": as_numbers(x.detach()), "np": np}), float)
        return np.broadcast_to(value, tuple(x.shape))
    except Exception as error:
        raise ValueError(
            f"formula {formula!r} must be Python on x, such as '2 * x': {error}"
        ) from None


class DetachLab(GraphLab):
    """Cut the edges of z = u·x, u = x² one by one, and compare the gradients with the formulas.

    `code` is a text of lines that each make one new variable from `x` and those before; the sum of
    the last one is differentiated. `formulas` may give the gradient to expect for some sets of cut
    edges, `{("u→z",): "x ** 2"}`. A difference quotient stands beside them in any case. PyTorch's
    tensors do as well. Raises TypeError or ValueError, saying what would fit, for anything else.
    """

    def __init__(
        self,
        code: str | None = None,
        x: Any = None,
        formulas: Mapping[tuple[str, ...], str] | None = None,
    ) -> None:
        """Check the arguments, or take the standard example."""
        super().__init__()
        self.detach = Detach(
            EXAMPLE if code is None else code,
            tensor([1.0, 2.0, 3.0], requires_grad=True) if x is None else x,
            FORMULAS if code is None and formulas is None else formulas,
        )

    @property
    def answer(self) -> str:
        """What is cut and what that makes of the gradient, in one line of text."""
        return self.detach.answer

    @property
    def hint(self) -> str:
        """What to click, in a sentence."""
        return _("Click a pair of scissors to cut there, and again to undo it.")

    def words(self) -> str:
        """Return the code with the cuts, and the gradient beside what it should be."""
        detach = self.detach
        rows = [
            ("x", as_numbers(detach.program.tensors["x"].detach())),
            ("x.grad", detach.gradient),
        ]
        if detach.gradient is not None:
            rows += [(detach.formula, detach.expected)] if detach.formula else []
            slope = detach.difference
            rows += [(_("difference quotient"), slope)] if slope is not None else []
        numbers = table(("", ""), map(_row, rows))
        return pictures.listing(detach.code.splitlines()) + numbers

    def graph(self) -> str:
        """Return the graph with its severed edges."""
        return pictures.drawn(self.detach.trace)

    def spots(self, graph: str) -> list[Spot]:
        """Return the scissors, one pair on each edge, in the order of the edges."""
        lines = self.detach.drawn_edges()
        places = {lines[line]: at for line, at in clickable.edges(graph).items() if line in lines}
        return [self._scissors(edge, places[edge]) for edge in self.detach.edges if edge in places]

    def click(self, key: str) -> None:
        """Cut an edge, or join it again."""
        self._boxes[key].value ^= True

    def controls(self) -> list[Any]:
        """Return a box per edge that cuts it."""
        import ipywidgets  # type: ignore[import-untyped]

        boxes = self._boxes = {
            edge: ipywidgets.Checkbox(
                description=_("cut {edge}").format(edge=edge),
                value=edge in self.detach.severed,
                indent=False,
                layout={"width": "auto", "margin": "2px 16px 2px 2px"},
            )
            for edge in self.detach.edges
        }

        def cut() -> None:
            self.detach.cut(*(edge for edge, box in boxes.items() if box.value))

        return [self.follow(box, cut) for box in boxes.values()]

    def _scissors(self, edge: str, place: Place) -> Spot:
        severed = edge in self.detach.severed
        label = _("join {edge} again") if severed else _("cut {edge}")
        return Spot(edge, label.format(edge=edge), place, "cut" if severed else "edge", "✂")


def _row(row: tuple[str, NDArray[Any] | None]) -> tuple[str, str]:
    """Return the cells of a row: a name or a formula, and its numbers."""
    name, numbers = row
    value = escape(_("none yet")) if numbers is None else as_code(one_line(numbers))
    return text_cell(as_code(name)), text_cell(value)
