"""How fast a class is graded, beside stock nbgrader: `python -m benchmarks.grading`.

The class hands in right solutions of ps1. Stock grades a sample of it and we the whole, by turns, start-up
included on both sides; the median of the turns counts. Other work on the machine falsifies times on the
clock, so processor time stands beside them. `--sweep` grades classes of growing size: time per submission
must stay what it is.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.grading.classroom import RIGHT
from tests.grading.stock import Course, answered

ASSIGNMENT = "ps1"
SWEEP = (50, 200, 800, 2000)
LOOK = 1.0
"""Seconds between two looks at the memory; a look takes the processors for some milliseconds."""

ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER; source: the manual page prctl(2)."""


@dataclass(frozen=True)
class Cost:
    """What grading took, per submission."""

    wall: float
    """Milliseconds on the clock."""
    cpu: float
    """Milliseconds of all processors."""


def measured(count: int, work: Callable[[], None]) -> Cost:
    """Run `work`, which grades `count` submissions in processes of its own."""
    began, before = time.perf_counter(), os.times()
    work()
    wall = time.perf_counter() - began
    with contextlib.suppress(ChildProcessError):
        while os.wait():  # what outlived its parent is this process's, see `main`
            pass
    after = os.times()
    cpu = after.children_user - before.children_user
    cpu += after.children_system - before.children_system
    return Cost(1000 * wall / count, 1000 * cpu / count)


def a_class(root: Path, count: int) -> Course:
    """Make a course whose students have all handed in right solutions."""
    made = Course(root / "course", root / "settings")
    made.autograd_lab("course", "new", "course")
    made.nbgrader("generate_assignment", ASSIGNMENT)
    notebook = answered(made.released(ASSIGNMENT), RIGHT)
    for number in range(count):
        made.hand_in(f"s{number:04}", ASSIGNMENT, notebook)
    return made


def ours(count: int, workers: int) -> tuple[Cost, float]:
    """Grade a class with `autograd-lab grade`; return the cost, and most megabytes of a worker."""
    with TemporaryDirectory() as folder:
        course = a_class(Path(folder), count)
        most = [0.0]
        done = threading.Event()

        def watch() -> None:
            while not done.wait(LOOK):
                most[0] = max([most[0], *worker_megabytes(os.getpid())])

        watcher = threading.Thread(target=watch)
        watcher.start()
        arguments = ["grade", ASSIGNMENT, "--course", "course", "--workers", str(workers)]
        course.said = ""
        try:
            cost = measured(count, lambda: course.autograd_lab(*arguments))
        finally:
            done.set()
            watcher.join()
        check(course, count)
        return cost, most[0]


def stock(count: int) -> Cost:
    """Grade a class with `nbgrader autograde`."""
    with TemporaryDirectory() as folder:
        course = a_class(Path(folder), count)
        course.said = ""
        cost = measured(count, lambda: course.nbgrader("autograde", ASSIGNMENT))
        check(course, count)
        return cost


def check(course: Course, count: int) -> None:
    """Make sure that everybody has been graded; whoever does nothing is fast."""
    graded = len(list(course.root.glob(f"autograded/*/{ASSIGNMENT}/*.ipynb")))
    if graded != count:
        raise SystemExit(f"{graded} of {count} submissions were graded:\n{course.said[-2000:]}")


def worker_megabytes(pid: int) -> list[float]:
    """Return the memory of each Dask worker below a process, with all it has started.

    Workers are what the server has forked that multiprocessing starts.
    """
    found = []
    for child in children(pid):
        own = Path(f"/proc/{child}/cmdline")
        try:
            is_server = b"multiprocessing.forkserver" in own.read_bytes()
        except OSError:
            continue
        found += map(proportional, children(child)) if is_server else worker_megabytes(child)
    return found


def proportional(pid: int) -> float:
    """Return megabytes of a process and all below it, shared pages counted once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own / 1024 + sum(map(proportional, children(pid)))


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        texts = [(each / "children").read_text(encoding="ascii") for each in threads]
    except OSError:
        return []
    return [int(each) for text in texts for each in text.split()]


def main() -> None:
    """Print the comparison, or the sweep."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--stock", type=int, default=20, help="how many of them stock grades")
    parser.add_argument("--turns", type=int, default=3, help="how often, by turns")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--sweep", action="store_true")
    asked = parser.parse_args()
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1)
    print(f"{'':16}{'ms each':>10}{'ms of CPU':>12}{'MB a worker':>14}")
    if asked.sweep:
        for size in SWEEP:
            of_ours(size, asked.workers)
        return
    ratios = []
    for _turn in range(asked.turns):
        mine, theirs = of_ours(asked.students, asked.workers), stock(asked.stock)
        ratios.append(theirs.wall / mine.wall)
        print(f"{f'stock, {asked.stock}':16}{theirs.wall:10.0f}{theirs.cpu:12.0f}")
        print(f"{'times as fast':16}{ratios[-1]:10.1f}{theirs.cpu / mine.cpu:12.1f}", flush=True)
    print(f"{'median':16}{statistics.median(ratios):10.1f}")


def of_ours(size: int, workers: int) -> Cost:
    """Grade a class with `autograd-lab grade`, print what it took and return it."""
    cost, megabytes = ours(size, workers)
    print(f"{f'ours, {size}':16}{cost.wall:10.0f}{cost.cpu:12.0f}{megabytes:14.0f}", flush=True)
    return cost


if __name__ == "__main__":
    sys.exit(main())
