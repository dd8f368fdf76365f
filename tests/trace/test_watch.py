"""What the engine does, as nodes, edges and events."""

import pytest

from autograd_lab.trace.model import Trace

from .recorded_cells import ASIDE, event_lines, flat, graph_lines, run

WORKED = """\
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
"""


def test_worked_example_graph() -> None:
    """Two nodes for `y * y * 3`, each with its own expression, and an edge per use of `y`."""
    assert graph_lines(run(WORKED)) == [
        "0 leaf AccumulateGrad | x | [[1., 1.], [1., 1.]] |  | 1: torch.ones(2, 2, requires_grad=True)",
        "1 op AddBackward0 | y | [[3., 3.], [3., 3.]] | 0/0 | 2: x + 2",
        "2 op MulBackward0 |  | [[9., 9.], [9., 9.]] | 1/0, 1/1 | 3: y * y",
        "3 op MulBackward0 | z | [[27., 27.], [27., 27.]] | 2/0 | 3: y * y * 3",
        "4 op MeanBackward0 | out | 27. | 3/0 | 4: z.mean()",
    ]


def test_worked_example_events() -> None:
    """The forward operations, then the walk back to a gradient of 4.5 everywhere."""
    quarter, three_quarters, part, total = (
        f"[[{value}, {value}], [{value}, {value}]]"
        for value in ("0.2500", "0.7500", "2.2500", "4.5000")
    )
    assert event_lines(run(WORKED)) == [
        "2: op 1",
        "3: op 2",
        "3: op 3",
        "4: op 4",
        "5: backward 4 from 1.",
        f"5: node 4: 1. -> {quarter} -> {quarter}",
        f"5: node 3: {quarter} -> {three_quarters}, - -> {three_quarters}, -",
        "5: freed 3",
        f"5: node 2: {three_quarters} -> {part}, {part} -> {part}, {part}",
        "5: freed 2",
        f"5: node 1: {total} -> {total}, - -> {total}, -",
        f"5: accumulate 0: - + {total} = {total}",
        "5: end",
    ]


def test_worked_example_round_trip() -> None:
    """A real trace survives JSON, and the same cell gives an equal trace."""
    trace = run(WORKED)
    assert Trace.from_json(trace.to_json()) == trace == run(WORKED)


def test_what_a_node_knows() -> None:
    """A node carries its inputs' names, their formulas, and what it saved with its bytes."""
    trace = run("x = torch.ones(2, requires_grad=True)\ny = (x * torch.tensor([2., 3.])) ** 3")
    first, second = trace.graph.nodes[2:]
    assert first.inputs == ("self", "other")
    assert first.formulas == ("grad · other", "grad · self")
    assert [(s.name, s.value.text, s.nbytes) for s in first.saved] == [("other", "[2., 3.]", 8)]
    assert ("exponent", "3", 0) in [(s.name, s.value.text, s.nbytes) for s in second.saved]


def test_constant_enters_with_its_slot() -> None:
    """A tensor without gradient is a constant, at the input where it was used."""
    trace = run("x = torch.ones(2, requires_grad=True)\nc = torch.zeros(2)\ny = c - x")
    assert graph_lines(trace)[1:] == [
        "1 constant | c | [0., 0.] |  | 2: torch.zeros(2)",
        "2 op SubBackward0 | y | [-1., -1.] | 1/0, 0/1 | 3: c - x",
    ]


@pytest.mark.parametrize(
    ("line", "cut", "value"),
    [
        ("d = y.detach()", "detach", "[3., 3.]"),
        ("d = y.sum().item()", "item", "6.0"),
        ("with torch.no_grad(): d = y * 1", "no_grad", "[3., 3.]"),
        ("with torch.set_grad_enabled(False): d = y * 1", "set_grad_enabled", "[3., 3.]"),
    ],
)
def test_severed_edge(line: str, cut: str, value: str) -> None:
    """A value that left the graph is drawn beside it, the edge marked with what cut it."""
    trace = run(f"x = torch.ones(2, requires_grad=True)\ny = x * 3\n{line}\nz = d * x")
    (edge,) = [edge for edge in trace.graph.edges if edge.cut]
    severed = trace.graph.nodes[edge.target]
    assert (edge.cut, severed.kind, severed.label, severed.line) == (cut, "constant", "d", 3)
    assert flat(severed.value) == value
    (back,) = [edge for edge in trace.graph.edges if edge.source == severed.id]
    assert (trace.graph.nodes[back.target].label, back.cut) == ("z", "")
    assert any(f"3: detach {cut}" in line for line in event_lines(trace))


def test_comparison_is_no_detach_event() -> None:
    """A mask is cut off from what it was made of, but nobody cut it on purpose."""
    trace = run("x = torch.ones(2, requires_grad=True)\nm = x > 0\ny = x * m")
    assert [edge.cut for edge in trace.graph.edges if edge.target == 1] == ["gt"]
    assert [event.kind for event in trace.events] == ["create", "plain", "op"]


def test_frozen_leaf_cuts() -> None:
    """A leaf that stopped requiring grad shows as such where it is used."""
    trace = run(
        "x = torch.ones(2, requires_grad=True)\ny = x * 3\nx.requires_grad_(False)\nz = x * 2"
    )
    assert [edge.cut for edge in trace.graph.edges] == ["", "requires_grad=False"]


def test_chain_outside_the_graph() -> None:
    """What is computed from a detached value is followed until it comes back in."""
    trace = run("x = torch.ones(2, requires_grad=True)\nd = (x * 3).detach()\ne = d + 1\nz = x * e")
    assert [
        (trace.graph.nodes[edge.source].expression, edge.cut)
        for edge in trace.graph.edges
        if edge.target in {2, 3}
    ] == [("x * 3", "detach"), ("(x * 3).detach()", "")]


def test_detached_leaf_keeps_its_origin() -> None:
    """`y.detach().requires_grad_()` is a leaf with a cut edge behind it."""
    trace = run(
        "x = torch.ones(2, requires_grad=True)\nw = (x * 3).detach().requires_grad_()\nz = w * 2"
    )
    leaf = next(node for node in trace.graph.nodes if node.label == "w")
    assert (leaf.kind, leaf.name) == ("leaf", "AccumulateGrad")
    assert [edge.cut for edge in trace.graph.edges if edge.target == leaf.id] == ["detach"]


def test_loose_constants_are_left_out() -> None:
    """A number that was only looked at is an event, but not in the picture."""
    trace = run("x = torch.ones(1, requires_grad=True)\nprint(x.item(), end='')\ny = x * 2")
    assert [node.kind for node in trace.graph.nodes] == ["leaf", "op"]
    assert event_lines(trace) == ["2: detach item x", "3: op 1"]


def test_modes() -> None:
    """Entering and leaving a grad mode are events, named by the first line of their block."""
    trace = run(
        "x = torch.ones(1, requires_grad=True)\n"
        "with torch.no_grad():\n    with torch.enable_grad():\n        y = x * 2\n    z = y * 2"
    )
    assert event_lines(trace) == [
        "2: enter no_grad | with torch.no_grad():",
        "3: enter enable_grad | with torch.enable_grad():",
        "4: op 1",
        "3: leave enable_grad | with torch.enable_grad():",
        "5: detach no_grad y",
        "2: leave no_grad | with torch.no_grad():",
    ]


def test_inplace_writes() -> None:
    """A gradient set to zero is named after its leaf; a recorded write is an operation as well."""
    trace = run(
        "x = torch.ones(2, requires_grad=True)\n(x * 2).sum().backward()\n"
        "x.grad.zero_()\ny = x * 3\ny += 1\nwith torch.no_grad():\n    x -= 0.5"
    )
    wanted = {"inplace", "op", "detach"}
    lines = [
        line
        for line, event in zip(
            event_lines(trace), (e for e in trace.events if e.kind not in ASIDE), strict=True
        )
        if event.kind in wanted
    ]
    assert lines == [
        "2: op 1",
        "2: op 2",
        "3: inplace zero_ x.grad after [0., 0.]",
        "4: op 3",
        "5: inplace add_ y after [4., 4.]",
        "5: op 4",
        "7: inplace sub_ x after [0.5000, 0.5000]",
    ]
    assert trace.graph.nodes[4].label == "y"
    assert trace.graph.nodes[3].label == ""


def test_gradient_of_an_older_leaf_is_named() -> None:
    """`x.grad.zero_()` alone in a cell still says whose gradient it is."""
    names: dict[str, object] = {}
    run("x = torch.ones(2, requires_grad=True)\nx.sum().backward()", names)
    assert event_lines(run("x.grad.zero_()", names)) == ["1: inplace zero_ x.grad after [0., 0.]"]


def test_gradient_of_a_nameless_leaf() -> None:
    """A leaf that only a list holds is named after its place there, and so is its gradient."""
    trace = run(
        "xs = [torch.ones(1, requires_grad=True)]\nxs[0].sum().backward()\nxs[0].grad.zero_()"
    )
    assert event_lines(trace)[-1] == "3: inplace zero_ xs[0].grad after [0.]"


def test_older_history_comes_along() -> None:
    """A backward pass over a graph of an earlier cell shows that graph, without lines of this one."""
    names: dict[str, object] = {}
    run("x = torch.ones(2, requires_grad=True)\ny = (x * 2).exp().sum()", names)
    trace = run("y.backward()", names)
    assert [(node.name, node.label, node.line) for node in trace.graph.nodes] == [
        ("AccumulateGrad", "x", None),
        ("MulBackward0", "", None),
        ("ExpBackward0", "", None),
        ("SumBackward0", "y", None),
    ]
    assert flat(trace.graph.nodes[3].value) == "14.7781"


def test_accumulating_twice() -> None:
    """Each pass tells what `.grad` was, what came, and what it is now."""
    trace = run("x = torch.ones(1, requires_grad=True)\nfor n in (2, 3):\n    (x * n).backward()")
    assert [line for line in event_lines(trace) if "accumulate" in line] == [
        "3: accumulate 0: - + [2.] = [2.]",
        "3: accumulate 0: [2.] + [3.] = [5.]",
    ]


FUNCTION = """\
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, factor, c, x):
        ctx.save_for_backward(c)
        return x * c * factor

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        return None, None, grad * ctx.saved_tensors[0] * 2

c = torch.tensor([5.])
x = torch.ones(1, requires_grad=True)
y = Scale.apply(2, c, x)
"""


def test_function_of_ones_own() -> None:
    """A user's Function is a node like others: named, with its constant, its leaf, what it saved."""
    trace = run(f"{FUNCTION}y.backward()")
    lines = [line.rpartition(" | ")[0] for line in graph_lines(trace)]
    assert lines == [
        "0 leaf AccumulateGrad | x | [1.] | ",
        "1 constant | c | [5.] | ",
        "2 op ScaleBackward | y | [10.] | 1/0, 0/1",
    ]
    node = trace.graph.nodes[2]
    assert (node.op, node.expression) == ("Scale", "Scale.apply(2, c, x)")
    assert [saved.value.text for saved in node.saved] == ["[5.]"]
    assert "accumulate 0: - + [10.] = [10.]" in " ".join(event_lines(trace))


def test_node_that_only_refuses() -> None:
    """Differentiating what is differentiable once fails with the engine's own error."""
    trace = run(f"{FUNCTION}g, = torch.autograd.grad(y * x, x, create_graph=True)\ng.backward()")
    assert "once_differentiable" in trace.error


def test_two_leaves() -> None:
    """Each leaf's sum is its own."""
    trace = run(
        "a = torch.ones(1, requires_grad=True)\nb = torch.ones(1, requires_grad=True)\n"
        "(a * 2 + b * 3).backward()"
    )
    after = {event.node: flat(event.after) for event in trace.events if event.kind == "accumulate"}
    assert {trace.graph.nodes[node].label: text for node, text in after.items()} == {
        "a": "[2.]",
        "b": "[3.]",
    }


def test_second_backward() -> None:
    """The pass that fails ends with its error, and the cell's error stands last."""
    trace = run(
        "x = torch.ones(1, requires_grad=True)\ny = (x * x).sum()\ny.backward()\ny.backward()"
    )
    end, _, error = trace.events[-3:]
    assert end.kind == "end"
    assert end.text.startswith("RuntimeError: Trying to backward through the graph a second time")
    assert (error.kind, error.line, error.expression) == ("error", 4, "y.backward()")
    assert trace.error == error.text == end.text


def test_error_in_the_cell() -> None:
    """A cell that raises leaves the graph up to there, and the place inside its own function."""
    trace = run(
        "x = torch.ones(2, requires_grad=True)\n"
        "def f(t):\n    y = t * 2\n    return y + torch.ones(3)\nf(x)\nz = x * 3"
    )
    assert [node.expression for node in trace.graph.nodes] == [
        "torch.ones(2, requires_grad=True)",
        "t * 2",
    ]
    assert (trace.events[-1].line, trace.events[-1].expression) == (4, "y + torch.ones(3)")


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise ValueError('\\ud800')", "ValueError: \\ud800"),
        (
            "class E(Exception):\n    def __str__(self): raise OSError\nraise E",
            "E: <no text: its __str__ raised>",
        ),
    ],
)
def test_odd_errors(statement: str, text: str) -> None:
    """An error without text, with text that is not Unicode, or with none to be had, is named."""
    trace = run(statement)
    assert trace.error == text
    assert Trace.from_json(trace.to_json()) == trace


def test_labels() -> None:
    """The first name counts, IPython's own do not, and odd things in the namespace do no harm."""

    class Liar:
        @property
        def __class__(self) -> type:  # type: ignore[override]
            raise RuntimeError("ask someone else")

    names: dict[object, object] = {"liar": Liar(), 3: None}
    trace = run(
        "x = torch.ones(1, requires_grad=True)\n"
        "_ = __ = _7 = y = same = x * 2\nglobals()['</script>'] = y * 3\n斜率 = y * 4",
        names,  # type: ignore[arg-type]
    )
    assert [node.label for node in trace.graph.nodes] == ["x", "y", "</script>", "斜率"]


def test_loop_and_function_lines() -> None:
    """Every round of a loop is a node; inside a function of the cell, the function's line counts."""
    trace = run(
        "def step(t):\n    return t * 2\nx = torch.ones(1, requires_grad=True)\n"
        "for _ in range(3):\n    x = step(x)"
    )
    assert [(n.line, n.expression) for n in trace.graph.nodes[1:]] == [(2, "t * 2")] * 3


def test_function_from_elsewhere() -> None:
    """An operation inside a function of another file is placed at the call in this cell."""
    names: dict[str, object] = {}
    exec(compile("def double(t):\n    return t * 2", "<elsewhere>", "exec"), names)
    trace = run("x = torch.ones(1, requires_grad=True)\ny = double(x)", names)
    assert (trace.graph.nodes[1].line, trace.graph.nodes[1].expression) == (2, "double(x)")


def test_expression_after_wide_characters() -> None:
    """Columns count bytes: Chinese names before an expression do not shift it."""
    trace = run("变量 = torch.ones(1, requires_grad=True)\n结果 = '说明' and (变量\n  * 2)")
    assert trace.graph.nodes[1].expression == "变量\n  * 2"
    assert trace.graph.nodes[1].line == 2


def test_cell_without_tensors() -> None:
    """Nothing happened, and the trace says so by being empty."""
    trace = run("a = 1 + 1")
    assert (trace.graph.nodes, trace.events, trace.error) == ((), (), "")


@pytest.mark.parametrize(
    ("make", "shape", "text"),
    [
        ("torch.zeros(0, 3)", (0, 3), "[]"),
        ("torch.tensor(float('nan'))", (), "nan"),
        ("torch.tensor([float('inf'), 1.0])", (2,), "[inf, 1.]"),
        ("torch.zeros(100, 100)", (100, 100), "[[0., 0., ..., 0., 0.], [0., 0., ..., 0., 0.], ..."),
        ("torch.zeros(4, 4, 4, 4)", (4, 4, 4, 4), "[[[[0., 0., 0., 0.], [0., 0., 0., 0.],"),
    ],
)
def test_values(make: str, shape: tuple[int, ...], text: str) -> None:
    """Empty, 0-d, infinite and huge values are written as PyTorch writes them, and kept short."""
    trace = run(f"x = {make}.requires_grad_()\ny = x * 1")
    value = trace.graph.nodes[0].value
    assert value is not None
    assert value.shape == shape
    assert flat(value).startswith(text)
    assert len(value.text) <= 401


def test_cap() -> None:
    """Beyond the cap events are counted, the error is kept, and the graph holds together."""
    trace = run(
        "x = torch.ones(1, requires_grad=True)\nfor _ in range(30):\n    x = x * 2\n"
        "x.backward()\n1 / 0",
        limit=20,
    )
    # A leaf, 30 operations, then: start, 30 nodes, 30 releases, accumulate, end.
    assert (len(trace.events), trace.truncated) == (21, 1 + 30 + 1 + 30 + 30 + 1 + 1 - 20)
    assert {(c.kind, c.line): c.count for c in trace.summary} == {
        ("op", 3): 11, ("backward", 4): 1, ("node", 4): 30, ("freed", 4): 30,
        ("accumulate", 4): 1, ("end", 4): 1,
    }  # fmt: skip
    assert trace.events[-1].kind == "error"
    assert len(trace.graph.nodes) == 20
    assert Trace.from_json(trace.to_json()) == trace


@pytest.mark.parametrize(
    "library", ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
)
def test_a_graph_with_more_nodes_than_are_kept(library: str) -> None:
    """What is missing of it is noted, also where no event is; nothing is said to be unused."""
    names: dict[str, object] = {}
    made = f"import {library} as torch\nx = torch.ones(1, requires_grad=True)\ny = x"
    exec(f"{made}\nfor _ in range(30): y = y * 1.0", names)
    trace = run("z = (y * 2).sum()", names, limit=20)
    assert (len(trace.graph.nodes), trace.truncated) == (20, 0)
    assert trace.overgrown and not trace.whole
    assert Trace.from_json(trace.to_json()) == trace
    assert not run("z = (y * 2).sum()", names, limit=40).overgrown


def test_long_history_is_walked_without_recursion() -> None:
    """A graph far deeper than Python's stack is followed."""
    names: dict[str, object] = {}
    exec("import autograd_lab as torch\nx = torch.ones(1, requires_grad=True)", names)
    exec("y = x\nfor _ in range(5000): y = y * 1.0", names)
    assert len(run("y.backward()", names).graph.nodes) == 5001
