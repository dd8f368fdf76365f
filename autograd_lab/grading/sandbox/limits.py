"""What a job may use."""

from __future__ import annotations

import resource
from dataclasses import asdict, dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of one submission. Processor time decides; time on the clock is only a fence."""

    cell_seconds: int = 20
    """Processor seconds for one cell or one call of a check."""
    job_seconds: int = 90
    """Processor seconds for all cells and calls together."""
    patience: float = 4.0
    """A cell may take this many times its processor seconds on the clock: others work, too."""
    memory: int = 1500 * MEGABYTE
    """Bytes of address space beyond what the server has loaded."""
    disk: int = 100 * MEGABYTE
    """Bytes of the file system in memory that holds all the job writes."""
    file_size: int = 50 * MEGABYTE
    """Bytes of one file."""
    processes: int = 64
    """Processes and threads at a time."""
    output: int = 2 * MEGABYTE
    """Characters of output per cell; what comes after is cut off."""

    def as_dict(self) -> dict[str, float]:
        """Return the fields as plain data."""
        return asdict(self)

    def apply(self, pid: int = 0, running: int = 0) -> None:
        """Hold a process and its children to the limits from now on; no way back up.

        Number 0 is this process. The `running` processes and threads of the same user are not the
        job's.
        """
        for kind, most in [
            (resource.RLIMIT_AS, _address_space(pid) + self.memory),
            (resource.RLIMIT_FSIZE, self.file_size),
            (resource.RLIMIT_NPROC, self.processes + running),
            (resource.RLIMIT_NOFILE, 256),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
            # Of each process: those that the student's code starts are counted one by one.
            (resource.RLIMIT_CPU, self.job_seconds + 2),
        ]:
            resource.prlimit(pid, kind, (most, most))


def _address_space(pid: int) -> int:
    """Return the bytes of address space that a process has now."""
    statm = Path("/proc", str(pid or "self"), "statm").read_text(encoding="ascii")
    return int(statm.split()[0]) * resource.getpagesize()


__all__ = ["MEGABYTE", "Limits"]
