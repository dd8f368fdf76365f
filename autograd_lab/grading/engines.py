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
    settings = as_settings(limits, place)
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


def as_settings(limits: Limits, place: str) -> str:
    """Return what a worker is told of the sandbox it shall run jobs in."""
    return json.dumps([limits.as_dict(), place])


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
            sandbox = _open(settings)
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
    """Return the sandbox of this worker, opened if there is none yet."""
    if settings in _sandboxes:
        return _sandboxes[settings]
    limits, place = json.loads(settings)
    made = _sandbox(Limits(**limits), place)
    _sandboxes[settings] = made
    atexit.register(made.close)
    return made


async def warm_up(settings: str) -> None:
    """Open the sandbox before the first job comes; called on a worker. A job tells of what fails.

    Nobody waits for it, which Dask allows for coroutines alone.
    """
    with contextlib.suppress(Exception), _one_at_a_time:
        _open(settings)


def end_jobs() -> None:
    """End all that runs below this process, and what it needed; called on a worker."""
    for pid in below(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for sandbox in [*_sandboxes.values()]:
        sandbox.close()  # its server cannot clean up any more


__all__ = ["Done", "Work", "as_settings", "dask", "end_jobs", "serial", "warm_up", "work_off"]
