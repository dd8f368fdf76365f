"""Where jobs run: in this process, or on a Dask cluster, on this machine or on many.

An engine takes the work, a list of jobs per student, and yields each student with the outcomes, as
they come. Only JSON goes out and comes back.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..i18n import _
from .job import JAIL, KERNEL, Job, Outcome, run
from .sandbox.client import NoJail, Sandbox
from .sandbox.kernel import KernelSandbox, NoKernel
from .sandbox.limits import Limits
from .sandbox.processes import below

if TYPE_CHECKING:
    from distributed import Client

Work = Iterable[list[Job]]
Done = tuple[str, dict[str, Outcome] | str]
"""A student, and the outcome of each notebook; in its place the reason why there is none."""

AHEAD = 3
"""Students per worker that are on their way: enough to keep it busy, not so many as to fill memory."""


def serial(work: Work, limits: Limits, place: str = JAIL) -> Iterator[Done]:
    """Run the work in this process, one student after the other. Raises NoJail."""
    sandbox = _sandbox(limits, place)
    try:
        for jobs in work:
            try:
                outcomes = {job.notebook: run(job, sandbox) for job in jobs}
            except (EOFError, OSError):
                # The fork server is gone, not a job: once more, with another.
                sandbox.close()
                sandbox = _sandbox(limits, place)
                outcomes = {job.notebook: run(job, sandbox) for job in jobs}
            yield jobs[0].student, outcomes
    finally:
        sandbox.close()


def dask(work: Work, limits: Limits, client: Client, place: str = JAIL) -> Iterator[Done]:
    """Run the work on a cluster. Raises NoJail where a machine of it cannot shut jobs in."""
    from distributed import as_completed

    waiting = iter(work)
    settings = json.dumps([limits.as_dict(), place])
    room = AHEAD * max(1, len(client.scheduler_info()["workers"]))
    students: dict[Any, str] = {}
    completed = as_completed()

    def send(jobs: list[Job]) -> None:
        first = jobs[0]
        text = json.dumps([job.as_dict() for job in jobs])
        # The name says whose it is; the number keeps a second run from meeting the first one's.
        key = f"grade-{first.assignment}-{first.student}-{os.urandom(4).hex()}"
        future = client.submit(work_off, text, settings, key=key, pure=False, retries=1)
        students[future] = first.student
        completed.add(future)

    for jobs in _some(waiting, room):
        send(jobs)
    while students:
        future = next(completed)
        yield students.pop(future), _answer(future)
        for jobs in _some(waiting, 1):
            send(jobs)


def _sandbox(limits: Limits, place: str) -> Sandbox | KernelSandbox:
    """Open the sandbox for a kind of place."""
    return KernelSandbox(limits) if place == KERNEL else Sandbox(limits, isolated=place == JAIL)


def _some(waiting: Iterator[list[Job]], count: int) -> Iterator[list[Job]]:
    """Yield at most `count` of what waits."""
    for _index, jobs in zip(range(count), waiting, strict=False):
        yield jobs


def _answer(future: Any) -> dict[str, Outcome] | str:
    """Return what came of a student's jobs, or why nothing did."""
    from distributed import CancelledError, KilledWorker

    try:
        answer = json.loads(future.result())
    except KilledWorker:
        return _("the worker that ran this ended, twice; look at its machine")
    except CancelledError:
        raise ConnectionError(_("the cluster is gone")) from None
    except Exception as error:
        # The worker's machine is in trouble; the next student may fare better.
        return _("the worker could not run this: {error}").format(error=repr(error))
    for refusal in (NoJail, NoKernel):
        if refusal.__name__ in answer:
            raise refusal(answer[refusal.__name__])
    return {name: Outcome.from_dict(outcome) for name, outcome in answer.items()}


_sandboxes: dict[str, Sandbox | KernelSandbox] = {}
_one_at_a_time = threading.Lock()


def work_off(text: str, settings: str) -> str:
    """Run one student's jobs, as JSON, and return the outcomes as JSON; runs on a worker."""
    try:
        # A worker may have threads; its fork server runs one job at a time.
        with _one_at_a_time:
            sandbox = _sandboxes.get(settings) or _open(settings)
            jobs = [Job.from_dict(job) for job in json.loads(text)]
            return json.dumps({job.notebook: run(job, sandbox).as_dict() for job in jobs})
    except NoJail as error:
        return json.dumps({type(error).__name__: str(error)})
    except (EOFError, OSError, TimeoutError):
        # The fork server is gone, not a job: the next try gets a new one.
        if lost := _sandboxes.pop(settings, None):
            lost.close()
        raise


def _open(settings: str) -> Sandbox | KernelSandbox:
    """Open the sandbox of this worker."""
    limits, place = json.loads(settings)
    made = _sandbox(Limits(**limits), place)
    _sandboxes[settings] = made
    atexit.register(made.close)
    return made


_OWN_SESSION = "import os; os.getsid(0) == os.getpid() or os.setsid()"
"""Run by a worker when it starts (Dask runs it twice): Ctrl-C is for the runner, which ends the workers."""


@contextlib.contextmanager
def local_cluster(workers: int) -> Iterator[Client]:
    """Start a Dask cluster on this machine, one process per worker, and end it afterwards.

    What is said between its processes is encrypted: whoever else is on the machine could otherwise
    have code run as the person who grades.
    """
    import dask as settings
    from distributed import Client, LocalCluster, Security

    options = {
        "distributed.worker.preload": [_OWN_SESSION],
        "distributed.scheduler.allowed-failures": 1,
        "distributed.worker.use-file-locking": False,
        # Looks at every thread a hundred times a second, for a page that nobody opens.
        "distributed.worker.profile.enabled": False,
        # These look at the processes and move data, many times a second, for larger clusters.
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.system-monitor.interval": "10s",
        "distributed.scheduler.active-memory-manager.start": False,
        "distributed.admin.log-format": "%(message)s",
        "distributed.logging": {"distributed": "critical"},
    }
    with (
        settings.config.set(options),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=0,
            dashboard_address=None,
            security=Security.temporary(),
            silence_logs=50,
        ) as cluster,
        Client(cluster) as client,
    ):
        try:
            yield client
        except BaseException:
            # Whoever stops this shall not wait until an endless loop has used up its time.
            with contextlib.suppress(Exception):
                client.run(end_jobs)
            raise


def end_jobs() -> None:
    """End all that runs below this process; called on a worker."""
    for pid in below(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


__all__ = ["Done", "Work", "dask", "local_cluster", "serial"]
