"""A Dask cluster on this machine, for `engines.dask`: one worker per core, ready as soon as can be."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import signal
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import forkserver
from typing import TYPE_CHECKING

from . import engines
from .job import JAIL
from .sandbox.limits import Limits

if TYPE_CHECKING:
    from distributed import Client

_OWN_SESSION = """
import os, signal
os.getsid(0) == os.getpid() or os.setsid()
signal.signal(signal.SIGINT, signal.default_int_handler)
"""
"""Run by a worker when it starts (Dask runs it twice): Ctrl-C is for the runner, which ends the workers."""

_LOCAL = {
    "distributed.worker.multiprocessing-method": "forkserver",
    "distributed.worker.preload": [_OWN_SESSION],
    "distributed.scheduler.allowed-failures": 1,
    "distributed.worker.use-file-locking": False,
    # Looks at every thread a hundred times a second, for a page that nobody opens.
    "distributed.worker.profile.enabled": False,
    # These look at the processes and move data, many times a second, for larger clusters.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.scheduler.active-memory-manager.start": False,
    # Its pages name the students, and are open to everybody on the machine.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.admin.log-format": "%(message)s",
    "distributed.logging": {"distributed": "critical"},
}
"""What Dask is told of a cluster on this machine."""


@contextlib.contextmanager
def local_cluster(workers: int, place: str = JAIL) -> Iterator[Callable[[], Client]]:
    """Start a Dask cluster on this machine, one process per worker, and end it afterwards.

    It starts while the runner does something else; call what is yielded for the client. What is said
    between its processes is encrypted: whoever else is on the machine could otherwise have code run as
    the person who grades.
    """
    _start_fork_server()
    with ExitStack() as stack, ThreadPoolExecutor(1) as thread:
        client = thread.submit(_start, workers, place, stack).result
        try:
            yield client
        except BaseException:
            # Whoever stops this shall not wait until an endless loop has used up its time.
            with contextlib.suppress(Exception):
                client().run(engines.end_jobs)
            raise


def _start_fork_server() -> None:
    """Start the process that the workers are forks of; it loads, beside this one, what they need.

    Until a worker has its own session, Ctrl-C must not end it.
    """
    multiprocessing.set_forkserver_preload(["distributed.worker", engines.__name__])
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, handler)


def _start(workers: int, place: str, stack: ExitStack) -> Client:
    """Return the client of a new cluster, which `stack` will end."""
    import dask as settings
    from distributed import Client, LocalCluster, Security
    from distributed.gc import disable_gc_diagnosis

    scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="autograd_lab-"))
    stack.enter_context(settings.config.set({**_LOCAL, "temporary-directory": scratch}))
    gc.disable()
    try:
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=0,
            dashboard_address=None,
            # Any port: the usual one may be another run's.
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            security=Security.temporary(),
            silence_logs=50,
        )
        stack.enter_context(cluster)
    finally:
        # It looks at each collection, and would swallow a Ctrl-C that comes meanwhile.
        disable_gc_diagnosis()
        gc.enable()
    client: Client = Client(cluster)
    stack.callback(client.close)  # as a context manager it belongs to one thread
    client.run(engines.warm_up, engines.as_settings(Limits(), place), wait=False)
    return client


__all__ = ["local_cluster"]
