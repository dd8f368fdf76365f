"""How fast a display is made, and how fast it steps: `python benchmarks/views.py`.

The peer draws the same graph of real PyTorch as torchviz does: the walk over `next_functions`, written
as DOT and drawn to SVG by Graphviz. Rows whose peer (PyTorch, `dot`, chromium) is not installed are
left out.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograd_lab.trace.model import Trace
from autograd_lab.trace.record import Recorder
from autograd_lab.views import html

ROUNDS = 7
PATIENCE = 30
"""Seconds after which `dot` is stopped: it took at least as long."""
NET = """\
import autograd_lab as torch
X, t = torch.randn(8, 4), torch.randn(8, 1)
W1, b1 = torch.randn(4, 6, requires_grad=True), torch.randn(6, requires_grad=True)
W2, b2 = torch.randn(6, 5, requires_grad=True), torch.randn(5, requires_grad=True)
W3, b3 = torch.randn(5, 1, requires_grad=True), torch.randn(1, requires_grad=True)
h1 = torch.tanh(X @ W1 + b1)
h2 = torch.sigmoid(h1 @ W2 + b2)
h3 = (h2 * h2 + h2.exp()) / (1 + h2.abs())
y = h3 @ W3 + b3
loss = ((y - t) ** 2).mean() + 0.01 * (W1.pow(2).sum() + W2.pow(2).sum())
loss.backward()
"""
LARGE = """\
import {library} as torch
x = torch.ones(3, requires_grad=True)
y = x
for turn in range({turns}):
    y = y * 1.001
    y = y + x
    y = torch.sin(y)
    y = y - x
loss = y.sum()
"""
BRANCHES = """\
import {library} as torch
import random
dice = random.Random(0)
ys = [torch.ones(3, requires_grad=True) for _ in range(40)]
for _ in range(960):
    choice = dice.choice([torch.mul, torch.add, torch.sub, torch.maximum])
    ys.append(choice(ys[dice.randrange(len(ys) - 30, len(ys))], ys[dice.randrange(len(ys))]))
loss = sum(y.sum() for y in ys[-5:])
"""


def seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Return the least time that some work takes: whatever else the machine does can only add to it."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def record(source: str) -> Trace:
    """Return the trace of a cell."""
    recorder = Recorder(source, "<cell>")
    names: dict[str, object] = {}
    recorder.start()
    exec(compile(source, "<cell>", "exec"), names)
    return recorder.stop(names)


def dot_of(loss: Any) -> str:
    """Return the graph behind a tensor of PyTorch as torchviz writes it."""
    lines = ["digraph { graph [size=12] node [align=left fontname=monospace shape=box]"]
    seen, waiting = {loss.grad_fn}, [loss.grad_fn]
    while waiting:
        node = waiting.pop()
        label = "leaf" if hasattr(node, "variable") else type(node).__name__
        lines.append(f'{id(node)} [label="{label}"]')
        for source, _ in node.next_functions:
            if source is not None:
                lines.append(f"{id(source)} -> {id(node)}")
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)
    return "\n".join([*lines, "}"])


def with_dot(source: str) -> None:
    """Run a cell on PyTorch and draw its graph to SVG."""
    names: dict[str, Any] = {}
    exec(source, names)
    text = dot_of(names["loss"])
    # With the usual stack `dot` does not survive a thousand operations in a row.
    command = ["sh", "-c", "ulimit -s unlimited; exec dot -Tsvg"]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(
            command, input=text.encode(), capture_output=True, check=True, timeout=PATIENCE
        )


def row(name: str, bound: str, measured: str, kept: bool) -> None:
    """Print one line of the table; a figure that does not keep its bound is bold."""
    print(f"| {name} | {bound} | {measured if kept else f'**{measured}**'} |", flush=True)


def time_to_show() -> None:
    """Measure from the cell to the HTML."""
    spent = seconds(lambda: html.render(record(NET)))
    row("trace + layout + HTML, 32 nodes", "50 ms", f"{1000 * spent:.0f} ms", spent <= 0.05)
    ten_thousand = LARGE.format(library="autograd_lab", turns=2500) + "loss.backward()\n"
    whole = seconds(lambda: html.render(record(ten_thousand)), rounds=1)
    row("trace + layout + HTML, 10,000 nodes", "3 s", f"{whole:.1f} s", whole <= 3)


def beside_torchviz() -> None:
    """Compare with what torchviz and `dot` do for the same graph of PyTorch."""
    if find_spec("torch") is None or shutil.which("dot") is None:
        return
    import_module("torch")
    for name, source in (("in a loop", LARGE), ("branching", BRANCHES)):
        ours = seconds(
            lambda s=source: html.render(record(s.format(library="autograd_lab", turns=250))), 3
        )
        theirs = seconds(lambda s=source: with_dot(s.format(library="torch", turns=250)), 1)
        row(
            f"1,000 nodes {name}",
            "0.5 × torchviz + dot",
            f"{ours / theirs:.2f} ×",
            ours <= theirs / 2,
        )


STEP = """async () => {
    const player = document.querySelector('.al-player');
    const times = [];
    const painted = () => new Promise((done) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now());
        requestAnimationFrame(() => channel.port2.postMessage(0));
    });
    await painted();
    for (let index = 0; index < 100; index += 1) {
        const start = await painted();
        player.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
        player.getBoundingClientRect();
        times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    return times[50];
}"""


def stepping() -> None:
    """Measure in chromium, at 150 boxes, from a key to the end of style and layout."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None or find_spec("playwright") is None:
        return
    sync_playwright = import_module("playwright.sync_api").sync_playwright
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder, "page.html")
        source = BRANCHES.format(library="autograd_lab") + "loss.backward()\n"
        page.write_text(html.page(html.render(record(source))), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        tab = browser.new_page(reduced_motion="reduce")
        tab.goto(page.as_uri())
        tab.locator(".al-player").wait_for()
        boxes = tab.locator("[data-box]").count()
        spent = tab.evaluate(STEP)
        browser.close()
    row(f"a step at {boxes} boxes, key to layout", "16 ms", f"{spent:.1f} ms", spent <= 16)


def main() -> None:
    """Print the table."""
    print("| what | at most | measured |\n|---|---|---|")
    time_to_show()
    beside_torchviz()
    stepping()


if __name__ == "__main__":
    main()
