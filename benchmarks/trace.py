"""How much longer a training loop takes while it is recorded, on the engine and on PyTorch.

    python -m benchmarks.trace

Prints the ratio of the recorded to the plain cell, making the trace included. Both run turn by turn in
one process on one thread; medians. A library that is not installed is left out.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import sys  # noqa: E402 - the thread counts above must be set before NumPy is imported
import time  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from statistics import median  # noqa: E402
from typing import Any  # noqa: E402

from autograd_lab.trace.record import Recorder  # noqa: E402

STEPS, ROUNDS, BOUND = 100, 15, 2.0
SETUP = """\
import {library} as torch
torch.manual_seed(0)
net = torch.nn.Sequential(
    torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
loss_of = torch.nn.CrossEntropyLoss()
data, target = torch.randn(32, 784), torch.randint(0, 10, (32,))
"""
CELL = f"""\
for _ in range({STEPS}):
    optimizer.zero_grad()
    loss = loss_of(net(data), target)
    loss.backward()
    optimizer.step()
"""


def seconds(names: dict[str, Any], recorded: bool) -> float:
    """Return how long the cell takes, from starting the recorder to having the trace."""
    code = compile(CELL, "<cell>", "exec")
    recorder = Recorder(CELL, "<cell>")
    start = time.perf_counter()
    if recorded:
        recorder.start()
    exec(code, names)
    if recorded:
        trace = recorder.stop(names)
        assert not trace.broken
        assert len(trace.events) > 20 * STEPS
    return time.perf_counter() - start


def ratio(library: str) -> tuple[float, float, float]:
    """Return the plain and the recorded time, and how many times longer the second is."""
    names: dict[str, Any] = {}
    exec(SETUP.format(library=library), names)
    seconds(names, recorded=False)
    times = [(seconds(names, False), seconds(names, True)) for _ in range(ROUNDS)]
    plain, recorded = map(median, zip(*times, strict=True))
    return plain, recorded, recorded / plain


if __name__ == "__main__":
    for library in filter(find_spec, sys.argv[1:] or ["autograd_lab", "torch"]):
        plain, recorded, times = ratio(library)
        print(
            f"{library:12}  plain {plain * 1000:6.1f} ms  recorded {recorded * 1000:6.1f} ms  "
            f"{times:.2f} x, at most {BOUND} x"
        )
