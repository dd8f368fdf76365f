"""What the system, not the job, says of a job's processes: which there are, their time and memory."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator, Mapping

Stat = list[str]
"""The fields of a process's `stat` from its state on. Source: the manual page proc_pid_stat(5)."""

PARENT, THREADS, MEMORY = 1, 17, 21
END = 30.0
"""Seconds on the clock that a tree of processes may take to end."""


def stat(pid: int) -> Stat:
    """Return what is known of a process, zeros for one that has ended."""
    try:
        # Read for each process of the machine, several times per job: cheaply.
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
        try:
            text = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
    except OSError:
        return ["0"] * 50
    return text.rpartition(b")")[2].decode("ascii").split()


def seconds(known: Stat) -> float:
    """Return the processor seconds of a process, and of its children that have ended."""
    return sum(map(int, known[11:15])) / os.sysconf("SC_CLK_TCK")


def below(root: int) -> dict[int, Stat]:
    """Return each process that runs below another one, by its number.

    What lost its parent hangs below the first process of a job's tree.
    """
    children: dict[str, dict[int, Stat]] = {}
    with os.scandir("/proc") as entries:
        pids = [int(entry.name) for entry in entries if entry.name.isdecimal()]
    for pid in pids:
        known = stat(pid)
        children.setdefault(known[PARENT], {})[pid] = known
    found = children.get(str(root), {})
    waiting = list(found)
    for pid in waiting:
        more = children.get(str(pid), {})
        found |= more
        waiting += more
    # Those that have ended and wait to be collected run no more.
    return {pid: known for pid, known in found.items() if known[0] not in "ZX0"}


def usage(found: Mapping[int, Stat]) -> tuple[float, int]:
    """Return the processor seconds and the bytes in memory of processes together.

    Pages that they share count for each of them.
    """
    pages = sum(int(known[MEMORY]) for known in found.values())
    return sum(map(seconds, found.values())), pages * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def waiting_for_the_end_of(pid: int) -> Iterator[None]:
    """Wait afterwards until a process has ended; the first one of a tree ends last.

    What is left of a job for a moment would count against the next one's limit on processes.
    """
    descriptor = os.pidfd_open(pid)
    try:
        yield
    finally:
        select.select([descriptor], [], [], END)
        os.close(descriptor)


__all__ = [
    "PARENT",
    "THREADS",
    "Stat",
    "below",
    "seconds",
    "stat",
    "usage",
    "waiting_for_the_end_of",
]
