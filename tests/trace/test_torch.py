"""Watching PyTorch: when it is touched at all, and that nothing of the watching shows or stays."""

from __future__ import annotations

import subprocess
import sys
import traceback
import warnings
from contextlib import nullcontext
from typing import Any

import pytest

import autograd_lab
from autograd_lab.engine.operation import OPERATIONS
from autograd_lab.trace.builder import Builder
from autograd_lab.trace.cells import run_cells
from autograd_lab.trace.model import CODES, Trace
from autograd_lab.trace.record import Recorder
from autograd_lab.trace.sources.graph import op_name
from autograd_lab.trace.sources.passing import PassWriter

torch: Any = pytest.importorskip("torch")

UNTOUCHED = """
import sys
import autograd_lab as torch
from autograd_lab.trace.cells import run_cells
from autograd_lab.trace.model import Trace
from autograd_lab.trace.measure import measure
trace = run_cells(["import autograd_lab as torch", "x = torch.ones(1, requires_grad=True) * 2"])
with torch.record(), measure():
    torch.ones(2).sum()
assert len(trace.graph.nodes) == 2
assert "torch" not in sys.modules
trace = run_cells(["%%autograd\\nfrom torch import nn\\ny = nn.Linear(1, 1).weight * 2"[11:]])
assert len(trace.graph.nodes) == 2
assert "torch" in sys.modules
"""


def test_torch_is_left_alone_until_a_cell_imports_it() -> None:
    """Recording and measuring do not import PyTorch; a cell that does is recorded from its start."""
    done = subprocess.run(
        [sys.executable, "-c", UNTOUCHED], capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0


def watched() -> list[object]:
    """Return everything that the watching replaces in PyTorch."""
    optimizers = [torch.optim.Optimizer, torch.optim.SGD, torch.optim.Adam]
    return [
        torch.autograd._engine_run_backward,
        torch.autograd.gradcheck,
        torch.nn.utils.clip_grad_norm_,
        vars(torch.nn.Parameter)["__new__"],
        vars(torch.autograd.Function)["apply"],
        vars(torch.nn.Module)["zero_grad"],
        *(
            vars(kind).get(name)
            for kind in optimizers
            for name in ("__init__", "step", "zero_grad")
        ),
        vars(torch.inference_mode)["__enter__"],
        warnings.showwarning,
        torch._C._len_torch_function_stack(),
    ]


CELL = """
class Mine(torch.optim.SGD):
    def step(self, closure=None):
        return super().step(closure)
x = torch.ones(2, requires_grad=True)
optimizer = Mine([x], lr=0.5)
(x * x).sum().backward()
optimizer.step()
1 / 0
"""


def test_nothing_stays() -> None:
    """After a recording PyTorch is as before, its hooks gone from the graph."""
    before = watched()
    names: dict[str, Any] = {"torch": torch}
    run_cells([CELL, "y = (x * x).sum(); y.backward(retain_graph=True)"], names)
    assert watched() == before
    assert names["x"].tolist() == [0.0, 0.0]


def test_an_inherited_step_is_heard_of_in_each_recording() -> None:
    """PyTorch leaves a step of its own in a class that inherits one, as AdamW does; not ours in it."""

    class Base(torch.optim.Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {})

        def step(self, closure: Any = None) -> None:
            pass

    class Heir(Base):
        pass

    code = "Heir([torch.ones(1, requires_grad=True)]).step()"
    for _ in range(2):
        trace = run_cells([code], {"torch": torch, "Heir": Heir})
        assert [event.text for event in trace.of_kind("step")] == ["Heir"]
        assert "step" not in vars(Heir)


def test_modes_of_the_user_stay() -> None:
    """A mode that the cell leaves entered is still entered, in its place."""

    class Mine(torch.overrides.TorchFunctionMode):
        pass

    mode = Mine()
    names = {"torch": torch, "mode": mode}
    try:
        run_cells(["mode.__enter__()", "x = torch.ones(1, requires_grad=True) * 2"], names)
        assert torch._C._len_torch_function_stack() == 1
        assert torch.overrides._get_current_function_mode() is mode
    finally:
        mode.__exit__(None, None, None)


def test_both_libraries_in_one_recording() -> None:
    """A trace can hold the graphs of both, beside each other."""
    trace = run_cells(
        [
            "import torch, autograd_lab\na = torch.ones(2, requires_grad=True)\n"
            "b = autograd_lab.ones(2, requires_grad=True)",
            "(a * 2).sum().backward()\n(b * 3).sum().backward()\nc = b * autograd_lab.tensor(a.tolist())",
        ]
    )
    grads = {v.name: v.grad and v.grad.text for v in trace.variables}
    assert grads == {"a": "[2., 2.]", "b": "[3., 3.]", "c": None}
    assert [n.name for n in trace.graph.nodes if n.kind == "op"] == [
        "MulBackward0", "SumBackward0", "MulBackward0", "SumBackward0", "MulBackward0",
    ]  # fmt: skip


@pytest.mark.parametrize("library", [autograd_lab, torch])
def test_warnings_point_at_the_user(library: Any) -> None:
    """A warning is shown with the user's line, as often as without recording."""
    cell = "x = torch.ones(1, requires_grad=True) * 2\nx.grad\nx.grad"
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        trace = run_cells([cell], {"torch": library})
    assert [(w.filename.startswith("<cell"), w.lineno) for w in shown] == [(True, 2), (True, 3)]
    assert [event.line for event in trace.of_kind("warning")] == [2, 3]


def test_no_frame_of_ours_in_a_traceback_that_hides_them() -> None:
    """Frames of the watching ask IPython not to be shown."""
    names: dict[str, Any] = {"torch": torch}
    recorder = Recorder("", "<cell>")
    recorder.start()
    try:
        exec(compile("torch.ones(2, 3) @ torch.ones(2, 3)", "<cell>", "exec"), names)
    except RuntimeError as error:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    finally:
        recorder.stop(names)
    ours = [f for f in frames if "autograd_lab/trace" in f.f_code.co_filename]
    assert ours
    assert all(f.f_locals.get("__tracebackhide__") for f in ours)


EVERYTHING = """\
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    w = x * 2
y = (x * x).sum()
y.backward()
x.grad.zero_()
(x * w).sum().backward()
"""


@pytest.mark.parametrize("method", ["room", "add_event", "add_node", "add_edge"])
def test_a_fault_of_the_recording_never_reaches_the_cell(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the recorder fails, the cell ends as it would alone, and the trace says why it ends."""
    original, calls, broken = getattr(Builder, method), 0, 0

    def failing(self: Builder, *args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == broken:
            raise KeyError("lost")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Builder, method, failing)
    while calls >= broken:
        calls, broken = 0, broken + 1
        names: dict[str, Any] = {"torch": torch}
        trace = run_cells([EVERYTHING], names)
        assert trace.error == ""
        assert names["x"].grad.tolist() == [2.0, 2.0]
        assert trace.broken == ("KeyError: 'lost'" if calls >= broken else "")
    assert broken > 3


def test_a_broken_recording_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded before the fault stays; nothing is recorded after it."""
    monkeypatch.setattr(PassWriter, "accumulated", lambda *_, **__: 1 / 0)
    cell = "x = torch.ones(2, requires_grad=True)\ny = x + 2\ny.sum().backward()\nz = x * x"
    trace = run_cells([cell], {"torch": torch})
    names = [node.name for node in trace.graph.nodes]
    assert names == ["AccumulateGrad", "AddBackward0", "SumBackward0"]
    assert trace.broken == "ZeroDivisionError: division by zero"


def test_a_view_that_tells_no_grad_fn() -> None:
    """PyTorch refuses to say where a view made under `no_grad` comes from once it was written to."""
    cells = [
        "w = torch.ones(3, 2, requires_grad=True)\n"
        "with torch.no_grad():\n    row = w[0]\n    row.fill_(0.5)\n    flat = w.view(-1)\n    w -= 1",
        "y = (w * w).sum()\ny.backward()\ny.backward()",
    ]
    trace = run_cells(cells, {"torch": torch})
    assert (trace.error.partition(":")[0], trace.broken) == ("RuntimeError", "")
    assert [finding.rule for finding in trace.findings()] == ["second-backward"]


def test_operations_are_called_as_in_pytorch() -> None:
    """The name behind a node is one that PyTorch has; its own nodes have names of its own."""
    nodes = {operation.node for operation in OPERATIONS.values()} - {"", "NotImplemented"}
    names = {op_name(node) for node in nodes}
    places = (torch, torch.Tensor, torch.ops.aten)
    unknown = {name for name in names if not any(hasattr(place, name) for place in places)}
    assert unknown == {
        "prelu_kernel", "recurrence", "reshape_alias", "to_copy", "unique2", "unsafe_view",
    }  # fmt: skip
    assert {"log1p", "deg2rad", "rad2deg", "smooth_l1_loss"} <= names


def test_transforms_are_left_alone() -> None:
    """Inside `torch.func` tensors are no tensors; the cell runs, the rest is recorded."""
    trace = run_cells(
        [
            "g = torch.func.grad(lambda t: (t * t).sum())(torch.ones(2))",
            "x = torch.ones(1, requires_grad=True) * 2",
        ],
        {"torch": torch},
    )
    assert (trace.error, trace.broken) == ("", "")
    assert [n.name for n in trace.graph.nodes if n.kind == "op"] == ["MulBackward0"]


def test_no_frame_of_ours_in_a_recorded_block() -> None:
    """The traceback of a block of ordinary code is that of the code alone."""
    refused = pytest.raises(RuntimeError, match="shapes cannot be multiplied")
    with refused as caught, autograd_lab.record() as trace:
        torch.ones(2, 3) @ torch.ones(2, 3)
    files = [str(entry.path) for entry in caught.traceback]
    assert not any("autograd_lab/trace/sources" in file for file in files)
    assert [event.text for event in trace.of_kind("failed")] == ["matmul"]


def test_a_recorded_traceback_is_that_of_the_code_alone() -> None:
    """Of a function that PyTorch has in Python, of the error behind an error, and of one in a group."""

    def cause() -> None:
        try:
            torch.ones(2, 3) @ torch.ones(2, 3)
        except RuntimeError as error:
            raise ValueError("no product") from error

    def group() -> None:
        try:
            torch.ones(2, 3) @ torch.ones(2, 3)
        except RuntimeError as error:
            raise ExceptionGroup("several", [error]) from None

    def written_in_python() -> None:
        torch.ones(2, requires_grad=True).mul(2).backward()

    for function in (cause, group, written_in_python):
        texts = []
        for block in (nullcontext(), autograd_lab.record()):
            try:
                with block:
                    function()
            except Exception as error:
                texts.append("".join(traceback.format_exception(error)))
        assert texts[0] == texts[1]


def test_the_traceback_in_a_warning_is_that_of_the_code_alone() -> None:
    """Anomaly mode writes down the call behind a NaN, here one in a function that is Python's."""
    texts = []
    for block in (nullcontext(), autograd_lab.record()):
        x = torch.zeros(2, requires_grad=True)
        with warnings.catch_warnings(record=True) as caught, torch.autograd.detect_anomaly():
            warnings.simplefilter("always")
            with block, pytest.raises(RuntimeError, match="returned nan values"):
                torch.nn.functional.normalize(x * torch.nan, dim=0).sum().backward()
        texts.append(str(caught[-1].message))
    assert texts[0] == texts[1]
    assert "in normalize" in texts[0]


ODD = {
    "meta": "x = torch.ones(2, 3, device='meta', requires_grad=True)\n"
    "y = (x * torch.ones(3, device='meta')).sum()\ny.backward()",
    "meta module": "import copy\nmodel = torch.nn.Linear(2, 1)\nempty = copy.deepcopy(model).to('meta')\n"
    "p = dict(model.named_parameters())\n"
    "y = torch.func.functional_call(empty, p, (torch.ones(3, 2),)).sum()\ny.backward()",
    "sparse": "x = torch.eye(3).to_sparse().requires_grad_()\nw = torch.ones(3, 2, requires_grad=True)\n"
    "y = torch.sparse.mm(x, w).sum()\ny.backward()\nrows = torch.eye(2).to_sparse_csr()",
    "sparse gradient": "e = torch.nn.Embedding(5, 2, sparse=True)\n"
    "o = torch.optim.SGD(e.parameters(), lr=0.1)\n"
    "y = e(torch.tensor([1, 1, 4])).sum()\ny.backward()\no.step()",
    "lazy": "net = torch.nn.LazyLinear(2)\no = torch.optim.SGD([torch.ones(1, requires_grad=True)])",
    "nested": "x = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], requires_grad=True)\n"
    "y = torch.nested.to_padded_tensor(x * 2, 0.0).sum()\ny.backward()",
    "jagged": "x = torch.ones(2, requires_grad=True)\n"
    "j = torch.nested.as_nested_tensor([x, torch.ones(3)], layout=torch.jagged)\n"
    "y = (j * 3).values().sum()\ny.backward()",
    "quantized": "q = torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)\nd = q.dequantize()",
    "complex": "x = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)\n"
    "y = (x * torch.tensor(2j) * x.conj()).abs().sum()\ny.backward()",
    "bfloat16": "x = torch.ones(2, 3, dtype=torch.bfloat16, requires_grad=True)\n"
    "y = (x * torch.ones(3, dtype=torch.bfloat16, requires_grad=True)).sum()\ny.backward()",
    "fake": "from torch._subclasses.fake_tensor import FakeTensorMode\nwith FakeTensorMode():\n"
    "    x = torch.ones(2, 3, requires_grad=True)\n    y = (x * torch.ones(3)).sum()\n    y.backward()",
    "batched": "x = torch.ones(2, 3, requires_grad=True)\nw = torch.ones(3, requires_grad=True)\n"
    "y = (x * w).sum(1)\nrows, = torch.autograd.grad(y, w, torch.eye(2), is_grads_batched=True)",
    "vectorized": "f = torch.autograd.functional\nx = torch.ones(2)\n"
    "j = f.jacobian(torch.sin, x, vectorize=True)\n"
    "h = f.hessian(lambda t: (t ** 3).sum(), x, vectorize=True)\n"
    "k = f.jacobian(torch.sin, x, vectorize=True, strategy='forward-mode')",
}


@pytest.mark.parametrize("name", ODD)
def test_tensors_that_are_no_arrays(name: str) -> None:
    """A tensor without numbers in memory is recorded by its shape; the recording goes on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trace = run_cells(
            [ODD[name], "z = torch.ones(1, requires_grad=True) * 2"], {"torch": torch}
        )
    assert (trace.error, trace.broken) == ("", "")
    assert trace.findings() == []
    assert Trace.from_json(trace.to_json()) == trace
    assert [v.value.text for v in trace.variables if v.name == "z"] == ["[2.]"]


@pytest.mark.parametrize(
    "kind", [n for n in CODES if n.startswith(("bfloat", "float8")) and hasattr(torch, n)]
)
def test_dtypes_that_numpy_lacks(kind: str) -> None:
    """A tensor keeps the name of its own dtype, and the numbers that it holds."""
    cell = f"x = torch.tensor([1.0, 2.0]).to(torch.{kind}).requires_grad_()\nb = x.to(torch.{kind})"
    trace = run_cells([cell], {"torch": torch})
    first = trace.variables[0].value
    assert (first.dtype, first.numbers, first.text) == (kind, (1.0, 2.0), "[1., 2.]")
    assert Trace.from_json(trace.to_json()) == trace


def test_a_pass_in_bfloat16() -> None:
    """Gradients have the dtype too; 1.1 is rounded to 1.1015625."""
    trace = run_cells([ODD["bfloat16"], "y = x.detach() * 1.1"], {"torch": torch})
    found = {v.name: v for v in trace.variables}
    assert found["x"].grad is not None
    assert found["x"].grad.dtype == found["x"].value.dtype == "bfloat16"
    assert set(found["y"].value.numbers) == {1.1015625}
    passed = [
        v for e in trace.of_kind("node") for v in (*e.products, *e.grads_out) if v is not None
    ]
    assert {value.dtype for value in passed} == {"bfloat16"}


def test_what_is_no_array_is_written_as() -> None:
    """Numbers that cannot be read are an ellipsis; complex ones are a text, not numbers for rules."""
    cell = "a = torch.ones(2, 3, device='meta')\nb = torch.tensor([1 + 2.5j, 3j])"
    a, b = (v.value for v in run_cells([cell], {"torch": torch}).variables)
    assert (a.shape, a.dtype, a.text) == ((2, 3), "float32", "…")
    assert (b.shape, b.dtype, b.text, b.numbers) == ((2,), "complex64", "[1.+2.5j, 0.+3.j ]", ())


def test_a_batch_of_seeds_is_one_pass() -> None:
    """With `is_grads_batched` the pass is seen, though nobody can look into the batch."""
    cell = "x = torch.ones(2, requires_grad=True)\ny = x * x\n"
    call = "rows, = torch.autograd.grad(y, x, torch.eye(2), is_grads_batched=True)"
    trace = run_cells([cell + call], {"torch": torch})
    kinds = [e.kind for e in trace.events if e.kind in ("backward", "node", "end", "gradients")]
    assert kinds == ["backward", "node", "end", "gradients"]
    (rows,) = (v.value for v in trace.variables if v.name == "rows")
    assert rows.numbers == (2.0, 0.0, 0.0, 2.0)


SUBCLASS = """
heard = []
class Listening(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        heard.append(func.__name__)
        return super().__torch_function__(func, types, args, kwargs or {})
x = torch.ones(3).as_subclass(Listening).requires_grad_()
y = (x * 2).sum()
y.backward()
"""


def test_a_class_of_the_users_hears_nothing_of_the_watching() -> None:
    """A subclass of Tensor is asked for what the code asks for, and no more."""
    names: dict[str, Any] = {"torch": torch}
    trace = run_cells([SUBCLASS, "y @ x"], names)
    assert trace.error.startswith("RuntimeError")
    assert trace.broken == ""
    assert names["heard"] == ["requires_grad_", "mul", "sum", "backward", "matmul"]


SAVED_HOOKS = """
import torch
calls = []
def pack(tensor):
    calls.append("pack")
    return tensor
def unpack(tensor):
    calls.append("unpack")
    return tensor
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * 2
    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.saved_tensors[0]
x = torch.ones(3, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = Scale.apply(x.exp() * torch.ones(2, 3))[torch.tensor([0])].sum()
y.backward()
"""


def test_hooks_on_saved_tensors_run_as_often_as_without_recording() -> None:
    """What only a hook of the user's brings back is left alone; that it is let go of is told."""
    plain: dict[str, Any] = {}
    exec(SAVED_HOOKS, plain)
    names: dict[str, Any] = {}
    trace = run_cells([SAVED_HOOKS], names)
    assert trace.broken == trace.error == ""
    assert names["calls"] == plain["calls"]
    nodes = trace.graph.nodes
    freed = [nodes[event.node].name for event in trace.of_kind("freed") if event.node is not None]
    assert freed == ["ScaleBackward", "MulBackward0", "ExpBackward0"]


def test_a_checkpoint_computes_its_part_twice_and_no_more() -> None:
    """Its hook on saved tensors runs the part again, which the backward pass alone must cause."""
    cell = """
import torch
from torch.utils.checkpoint import checkpoint
runs = []
def part(x):
    runs.append(1)
    return x.exp().sin()
x = torch.ones(3, requires_grad=True)
y = checkpoint(part, x, use_reentrant=False).sum()
"""
    names: dict[str, Any] = {}
    assert run_cells([cell, "before = len(runs)", "y.backward()"], names).broken == ""
    assert (names["before"], len(names["runs"])) == (1, 2)


def test_a_mode_of_the_users_hears_nothing_of_the_watching() -> None:
    """Numbers are read without its being told."""
    cell = """
import torch
from torch.utils._python_dispatch import TorchDispatchMode
heard = []
class Listening(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        heard.append(str(func))
        return func(*args, **(kwargs or {}))
x = torch.ones(3, requires_grad=True)
with Listening():
    y = (x.exp() * torch.ones(2, 3)).sum()
    y.backward()
"""
    plain: dict[str, Any] = {}
    exec(cell, plain)
    names: dict[str, Any] = {}
    trace = run_cells([cell], names)
    assert trace.broken == trace.error == ""
    assert names["heard"] == plain["heard"]
    assert [node.op for node in trace.graph.nodes if node.kind == "op"] == ["exp", "mul", "sum"]
