"""How fast the engine is beside its peers: `python benchmarks/engine.py`.

Each row runs the same work in two libraries, turn by turn in one process on one thread, and compares the
medians. A peer that is not installed leaves its rows out (`pip install ".[bench]"` brings them).
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import subprocess  # noqa: E402 - the thread counts above must be set before NumPy is imported
import sys  # noqa: E402
import time  # noqa: E402
import tracemalloc  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from importlib import import_module  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import median  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
import peers  # noqa: E402

import autograd_lab  # noqa: E402

Work = Callable[[], Any]


@dataclass
class Row:
    """One comparison: `ours` may take at most `bound` times as long as `theirs`."""

    name: str
    peer: str
    bound: float
    ours: Work
    theirs: Work
    rounds: int = 15


def peer(name: str) -> Any:
    """Return an installed peer, torch on one thread; None if it is not installed."""
    if find_spec(name) is None:
        return None
    module = import_module(name)
    if name == "torch":
        module.set_num_threads(1)
    return module


def ratio(row: Row) -> float:
    """Return the median over turns of our time divided by theirs."""
    row.ours()
    row.theirs()
    ours, theirs = [], []
    for _ in range(row.rounds):
        for work, times in ((row.ours, ours), (row.theirs, theirs)):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    return median(ours) / median(theirs)


def chain(torch: Any, length: int = 2_000) -> Work:
    """Multiply and add numbers, `length` operations, and go back."""

    def work() -> None:
        x = torch.tensor(1.0001, requires_grad=True)
        w = torch.tensor(0.9999, requires_grad=True)
        y = x
        for _ in range(length // 2):
            y = y * w
            y = y + x
        y.backward()

    return work


def small_vectors(torch: Any) -> Work:
    """Compute `(tanh(x * w + b) * v).sum()` on vectors of three and its gradients."""
    x, v = torch.ones(3), torch.ones(3)
    w, b = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)

    def work() -> None:
        for _ in range(20):
            w.grad = b.grad = None
            (torch.tanh(x * w + b) * v).sum().backward()

    return work


def mlp(torch: Any, second: bool = False) -> Work:
    """One step of an MLP, batch 32, 784–128–10, ReLU, MSE; `second`: a Hessian-vector product."""
    random = np.random.default_rng(0)
    x, y, w1, w2 = (torch.tensor(a) for a in peers.mlp_arrays(random))
    parameters = [w1.requires_grad_(), w2.requires_grad_()]

    def loss() -> Any:
        return torch.nn.functional.mse_loss((x @ w1).relu() @ w2, y)

    def step() -> None:
        w1.grad = w2.grad = None
        loss().backward()
        with torch.no_grad():
            for p in parameters:
                p -= 1e-3 * p.grad

    def product() -> None:
        grads = torch.autograd.grad(loss(), parameters, create_graph=True)
        total = sum((g * g.detach()).sum() for g in grads)
        torch.autograd.grad(total, parameters)

    return product if second else step


def elementwise(torch: Any, n: int = 1_000_000) -> Work:
    """Compute `sin(x) * x + exp(-x * x)` on many floats and its gradient."""
    x = torch.tensor(np.linspace(-2, 2, n, dtype=np.float32)).requires_grad_()

    def work() -> None:
        x.grad = None
        (torch.sin(x) * x + torch.exp(-x * x)).sum().backward()

    return work


def rows() -> Iterator[Row]:
    """Yield the comparisons whose peers are installed."""
    al, torch = autograd_lab, peer("torch")
    yield from with_torch(al, torch) if torch is not None else ()
    if peer("micrograd") is not None:
        yield Row("scalar chain, 2,000 operations", "micrograd", 1.1, chain(al), peers.micrograd())
    yield Row("MLP step", "NumPy by hand", 1.5, mlp(al), peers.mlp_by_hand())
    for name, make in (("MyGrad", peers.mygrad), ("HIPS autograd", peers.hips)):
        if peer(name.rpartition(" ")[2].lower()) is None:
            continue
        for work, theirs in make().items():
            yield Row(work, name, 1.0, ours(al)[work], theirs)
    long, short = chain(al, 1_000_000), chain(al, 100_000)
    tenfold: Work = lambda: [short() for _ in range(10)]  # noqa: E731
    yield Row("chain of 1,000,000, per operation", "100,000", 1.5, long, tenfold, 1)


def with_torch(al: Any, torch: Any) -> Iterator[Row]:
    """Yield the comparisons with PyTorch."""
    bounds = dict(zip(ours(al), (0.45, 0.65, 1.0, 1.1, 1.5), strict=True))
    for (work, mine), theirs in zip(ours(al).items(), ours(torch).values(), strict=True):
        yield Row(work, "torch", bounds[work], mine, theirs)


def ours(torch: Any) -> dict[str, Work]:
    """Return the works by name, in our engine or in PyTorch."""
    return {
        "scalar chain, 2,000 operations": chain(torch),
        "20 × (tanh(x·w + b)·v).sum(), 3-vectors": small_vectors(torch),
        "MLP step": mlp(torch),
        "elementwise, 1,000,000 floats": elementwise(torch),
        "MLP Hessian-vector product": mlp(torch, second=True),
    }


def elementwise_by_hand() -> float:
    """Return the ratio to NumPy by hand, in a process whose allocator keeps what it once had.

    Else page faults decide, which depend on what ran before.
    """
    keeps = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "1000000000"}
    code = (
        "import engine, peers, autograd_lab as al; print(engine.ratio(engine.Row('', '', 1.5, "
        "engine.elementwise(al), peers.elementwise_by_hand(), 31)))"
    )
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **keeps, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def bytes_per_operation(length: int = 20_000) -> float:
    """Return the memory that one recorded operation of a scalar chain holds."""
    x = autograd_lab.tensor(1.0, requires_grad=True)
    tracemalloc.start()
    y = x
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(length):
        y = y * x
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return used / length


def import_time(module: str, rounds: int = 15) -> float:
    """Return the median seconds that a fresh interpreter takes to import `module`, once compiled."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for turn in range(rounds + 1):
        start = time.perf_counter()
        command = [sys.executable, "-c", f"import {module}"]
        subprocess.run(command, check=True, env=environment)
        if turn:  # the first one compiles what has changed
            times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    """Print the table."""
    print("| work | against | at most | measured |\n|---|---|---|---|")
    for row in rows():
        print(f"| {row.name} | {row.peer} | {row.bound} × | {ratio(row):.2f} × |", flush=True)
    by_hand = elementwise_by_hand()
    print(
        f"| elementwise, 1,000,000 floats, allocator kept | NumPy by hand | 1.5 × | {by_hand:.2f} × |"
    )
    print(f"| memory per recorded operation | | 400 bytes | {bytes_per_operation():.0f} bytes |")
    extra = (import_time("autograd_lab") - import_time("numpy")) * 1000
    print(f"| import autograd_lab | import numpy | +40 ms | {extra:+.0f} ms |")


if __name__ == "__main__":
    main()
