"""NoGradLab: lines of code with gradients switched off in one way or another, and what that saves."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from time import perf_counter
from typing import Any

from ..engine.random import Generator
from ..engine.sampling import randn
from ..i18n import _
from ..trace.measure import measure
from ..trace.model import Trace
from ..views.markup import code as as_code
from ..views.markup import number_cell, table, text_cell
from ..views.wording import byte_count
from . import pictures
from .lab import Lab
from .program import Program, is_tensor

EXAMPLE = """\
h = torch.tanh(x @ w1)
y = h @ w2
loss = (y ** 2).mean()"""
WAYS = ("", "no_grad", "detach", "inference_mode")
"""How a line can run: as it is, or with its history not recorded or cut."""
RUNS, LONG = 20, 0.2
"""How often code is timed, unless that takes longer than so many seconds. The fastest run counts:
what disturbs a run only makes it longer."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of the code left behind."""

    nodes: int
    """Operations that were recorded."""
    kept: int
    """Bytes that the graph keeps for backward at the end."""


class NoGrad:
    """The logic of the lab: lines of code, the way that each of them runs, and the frozen tensors.

    `code` and `tensors` are those of `Program`, and may raise its errors. Raises ValueError, saying
    what would fit, if nothing in the code requires grad, and for unknown ways or tensors.
    """

    def __init__(self, code: str, tensors: Mapping[str, Any]) -> None:
        """Check the arguments and run the code as it is."""
        self.program = Program(code, tensors)
        self.leaves = tuple(name for name, t in self.program.tensors.items() if t.requires_grad)
        self.statements = tuple(ast.unparse(statement) for statement in self.program.statements)
        self.run()
        self.plain = self.cost
        if not self.plain.nodes:
            raise ValueError(
                "code must compute something from a tensor that requires grad: "
                "w=torch.ones(2, requires_grad=True)"
            )

    def run(self, ways: Mapping[int, str] | None = None, frozen: tuple[str, ...] = ()) -> None:
        """Run the code, some statements (counted from 0) in another way, some leaves frozen."""
        self.ways = dict(ways or {})
        self.frozen = tuple(frozen)
        for number, way in self.ways.items():
            if number not in range(len(self.statements)) or way not in self.possible(number):
                raise ValueError(f"statement {number} cannot run with {way!r}")
        for name in self.frozen:
            if name not in self.leaves:
                raise ValueError(f"no {name!r} to freeze; there are {', '.join(self.leaves)}")
        self.code = "\n".join(
            [f"{name}.requires_grad_(False)" for name in self.frozen]
            + [self._wrapped(number) for number in range(len(self.statements))]
        )
        self.trace: Trace
        self.trace, self.names = self.program.run(self.code)
        self.cost = Cost(sum(node.kind == "op" for node in self.trace.graph.nodes), self._kept())

    def possible(self, number: int) -> tuple[str, ...]:
        """Return the ways that a statement can run; only what makes one variable can be detached."""
        return tuple(way for way in WAYS if way != "detach" or self._is_detachable(number))

    def seconds(self) -> tuple[float, float]:
        """Return how long the code takes now and as it is: the fastest of some runs, taken in turn.

        No two times are alike.
        """
        codes = [compile(code, "<lab>", "exec") for code in (self.code, self.program.code)]
        times: list[list[float]] = [[], []]
        while len(times[1]) < RUNS and sum(map(sum, times)) < LONG:
            for code, taken in zip(codes, times, strict=True):
                names = self.program.fresh()
                start = perf_counter()
                with suppress(Exception):  # `answer` tells it; until then it took this long
                    exec(code, names)
                taken.append(perf_counter() - start)
        return min(times[0]), min(times[1])

    @property
    def answer(self) -> str:
        """How many nodes were made and how much is kept, in one line of text."""
        if self.trace.error:
            return _("The code stops: {error}").format(error=self.trace.error)
        return _("{nodes} of {all} nodes made, {kept} of {most} kept for backward.").format(
            nodes=self.cost.nodes,
            all=self.plain.nodes,
            kept=byte_count(self.cost.kept),
            most=byte_count(self.plain.kept),
        )

    def _is_detachable(self, number: int) -> bool:
        statement = self.program.statements[number]
        return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)

    def _wrapped(self, number: int) -> str:
        """Return a statement in the way that it is to run."""
        source, way = self.statements[number], self.ways.get(number, "")
        if way == "detach":
            (copy,) = ast.parse(source).body  # the tree of the program stays as it is
            assert isinstance(copy, ast.Assign)
            copy.value = ast.Call(ast.Attribute(copy.value, "detach"), [], [])
            return ast.unparse(copy)
        if way:
            return "\n".join([f"with torch.{way}():", *(f"    {s}" for s in source.splitlines())])
        return source

    def _kept(self) -> int:
        """Return the bytes that the graph keeps at the end of a run; after an error nobody needs them."""
        if self.trace.error:
            return 0
        names = self.program.fresh()
        with measure() as cost:
            exec(self.code, names)
            return cost.kept


class NoGradLab(Lab):
    """Choose for each line how it runs, freeze parameters, and see what is recorded and kept.

    `code` is a text of Python lines that compute something from the `tensors`, which are given by
    name and are leaves; if left out, they are a small network. PyTorch's tensors do as well. Raises
    TypeError or ValueError, saying what would fit, for anything else.
    """

    def __init__(self, code: str | None = None, **tensors: Any) -> None:
        """Check the arguments, or take the standard example."""
        super().__init__()
        self.no_grad = NoGrad(EXAMPLE if code is None else code, tensors or _network())

    @property
    def answer(self) -> str:
        """How many nodes were made and how much is kept, in one line of text."""
        return self.no_grad.answer

    def snapshot(self) -> str:
        """Return the code, the flags of the tensors, the costs and the graph.

        The time is in the living widget alone: a saved notebook is compared with the next run.
        """
        logic = self.no_grad
        names = [name for name, value in logic.names.items() if is_tensor(value)]
        heads = (_("tensor"), "requires_grad", "grad_fn")
        flags = table(heads, [_flags(name, logic.names[name]) for name in names])
        costs = "" if logic.trace.error else _costs(logic)
        lines = pictures.listing(logic.code.splitlines())
        return pictures.told(self.answer) + pictures.beside(
            lines + flags + costs, pictures.graph(logic.trace, self.answer)
        )

    def controls(self) -> list[Any]:
        """Return a list of ways per statement, a box per parameter, and the time of a run."""
        import ipywidgets  # type: ignore[import-untyped]

        logic = self.no_grad
        spelled = {"": _("as it is"), "detach": ".detach()"}
        # No drop-down lists: JupyterLab takes the arrow keys away from them.
        ways = {
            number: ipywidgets.ToggleButtons(
                description=statement.splitlines()[0],
                options=[(spelled.get(w, f"{w}()"), w) for w in logic.possible(number)],
                value=logic.ways.get(number, ""),
                style={"description_width": "initial", "button_width": "auto"},
            )
            for number, statement in enumerate(logic.statements)
        }
        boxes = {
            name: ipywidgets.Checkbox(
                description=_("freeze {name}").format(name=name),
                value=name in logic.frozen,
                indent=False,
                layout={"width": "auto", "margin": "2px 16px 2px 2px"},
            )
            for name in logic.leaves
        }
        time = ipywidgets.HTML(_time(logic))

        def run() -> None:
            logic.run(
                {number: control.value for number, control in ways.items()},
                tuple(name for name, box in boxes.items() if box.value),
            )
            time.value = _time(logic)

        for control in (*ways.values(), *boxes.values()):
            self.follow(control, run)
        again = self.button(_("measure the time again"), run)
        return [
            ipywidgets.VBox(list(ways.values())),
            ipywidgets.VBox([ipywidgets.HBox(list(boxes.values())), again, time]),
        ]


def _network() -> dict[str, Any]:
    """Return the tensors of the standard example; the same ones each time."""
    generator = Generator().manual_seed(0)
    return {
        "x": randn(100, 20, generator=generator),
        "w1": randn(20, 50, generator=generator, requires_grad=True),
        "w2": randn(50, 1, generator=generator, requires_grad=True),
    }


def _flags(name: str, value: Any) -> tuple[str, ...]:
    function = "None" if value.grad_fn is None else type(value.grad_fn).__name__
    return text_cell(as_code(name)), text_cell(str(value.requires_grad)), text_cell(function)


def _costs(logic: NoGrad) -> str:
    """Return what the code costs now, beside what it costs as it is."""
    now, plain = logic.cost, logic.plain
    rows = [
        (_("nodes made"), str(now.nodes), str(plain.nodes)),
        (_("kept for backward"), byte_count(now.kept), byte_count(plain.kept)),
    ]
    return table(
        ("", _("now"), _("as it is")),
        [(text_cell(escape(what)), *map(number_cell, numbers)) for what, *numbers in rows],
    )


def _time(logic: NoGrad) -> str:
    now, plain = (f"{seconds * 1e6:,.0f}" for seconds in logic.seconds())
    return escape(_("{now} µs per run; as it is {plain} µs").format(now=now, plain=plain))
