"""Where jobs run: on a cluster of one's own, and on one that others have started."""

import contextlib
import datetime
import gc
import ipaddress
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from distributed import Client, Security
from nbgrader.api import Gradebook

from autograd_lab.grading import engines
from autograd_lab.grading.job import JAIL, Job
from autograd_lab.grading.sandbox.limits import Limits
from autograd_lab.grading.sandbox.processes import below, usage
from autograd_lab.grading.workers import local_cluster
from tests.grading.classroom import ASSIGNMENT, FULL
from tests.grading.small import FAULTS, STUDENTS, right, small_class
from tests.grading.stock import Course

MORE = tuple(f"s{number}" for number in range(7))
PATIENCE = 60


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    """A cluster of one's own, with one worker."""
    with local_cluster(1) as client:
        yield client()


def test_the_cluster_of_ones_own(cluster: Client) -> None:
    """It is encrypted, its worker has one thread, no memory manager and a session of its own."""
    ((address, worker),) = cluster.scheduler_info()["workers"].items()
    assert address.startswith("tls://127.0.0.1")
    assert cluster.scheduler.address.startswith("tls://127.0.0.1")
    assert (worker["nthreads"], worker["memory_limit"]) == (1, 0)
    assert cluster.submit(os.getsid, 0).result() == cluster.submit(os.getpid).result()


@pytest.mark.parametrize("page", ["info/main/workers.html", "json/counts.json", "metrics"])
def test_nobody_else_on_the_machine_reads_who_is_graded(cluster: Client, page: str) -> None:
    """Dask's pages, which need no certificate, are not there."""
    port = cluster.run_on_scheduler(lambda dask_scheduler: dask_scheduler.http_server.port)
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"http://127.0.0.1:{port}/{page}")


def test_two_clusters_do_not_meet(cluster: Client, recwarn: pytest.WarningsRecorder) -> None:
    """Somebody else's run on this machine is in nobody's way, and leaves nothing behind."""
    with local_cluster(1) as other:
        assert other().scheduler.address != cluster.scheduler.address
        (folder,) = other().run(lambda dask_worker: dask_worker.local_directory).values()
        assert Path(folder).is_dir()
    assert not Path(folder).parents[1].exists()
    assert [str(each.message) for each in recwarn] == []


def test_ctrl_c_is_for_the_runner(cluster: Client) -> None:
    """Nothing of Dask can swallow it there, and what a worker starts does not ignore it."""
    assert not [each for each in gc.callbacks if "distributed" in repr(each)]
    assert gc.isenabled()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert "default_int_handler" in cluster.submit(lambda: str(signal.getsignal(2))).result()


def test_a_worker_has_its_sandbox_before_the_first_job(cluster: Client) -> None:
    """It is opened as soon as there is a worker."""
    asked = cluster.run(lambda: len(engines._sandboxes))
    assert list(asked.values()) == [1]


def test_a_lost_worker_is_a_verdict(cluster: Client) -> None:
    """What ends the worker twice is told, and the next is served."""
    answer = engines._answer(cluster.submit(os._exit, 1, retries=1))
    assert "ended, twice" in answer
    assert cluster.submit(len, "abc").result(timeout=PATIENCE) == 3


def test_an_error_on_a_worker_is_a_verdict(cluster: Client) -> None:
    """One student's trouble does not end the run."""
    assert "FileNotFoundError" in engines._answer(cluster.submit(os.stat, "/nowhere"))


def _used() -> float:
    """Return the processor seconds of all that runs below this process."""
    return usage(below(os.getpid()))[0]


def test_stopped_nobody_waits_for_an_endless_job(cluster: Client) -> None:
    """Jobs are ended from outside, long before their time is over."""
    endless = json.dumps([Job("ann", ASSIGNMENT, "sheet", ("while True: pass",)).as_dict()])
    settings = json.dumps([Limits(cell_seconds=100, job_seconds=100).as_dict(), JAIL])
    future = cluster.submit(engines.work_off, endless, settings)
    while not all(used > 2 for used in cluster.run(_used).values()):
        assert not future.done()
    cluster.run(engines.end_jobs)
    (outcome,) = json.loads(future.result(timeout=PATIENCE)).values()
    assert "process ended" in outcome["ended"]


def test_whoever_stops_a_run_ends_its_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C reaches the jobs before the cluster is closed, which waits for them."""
    asked: list[object] = []
    monkeypatch.setattr(Client, "run", lambda *given, **_options: asked.append(given[1]))
    with contextlib.suppress(KeyboardInterrupt), local_cluster(1) as client:
        client()
        assert asked == [engines.warm_up]
        raise KeyboardInterrupt
    assert asked == [engines.warm_up, engines.end_jobs]


def certificates(folder: Path) -> Path:
    """Write an authority and a key that it vouches for, for loopback, as a cluster needs them."""
    folder.mkdir()
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "grading")])
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(text)
    (folder / "cert.pem").write_bytes(text)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder


class Machines:
    """A scheduler and its workers, each a process as on a machine of its own."""

    def __init__(self, keys: Path, folder: Path, workers: int) -> None:
        parts = {"ca-file": "ca", "cert": "cert", "key": "key"}
        self._tls = [f"--tls-{name}={keys / part}.pem" for name, part in parts.items()]
        self._keys, self._folder, self.processes = keys, folder, []
        self._file = folder / "scheduler.json"
        common = ["--scheduler-file", str(self._file)]
        self._start(
            "scheduler", "--host", "tls://127.0.0.1", "--port", "0", "--no-dashboard", *common
        )
        for _number in range(workers):
            self._start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                        "--memory-limit", "0", *common)  # fmt: skip

    def _start(self, kind: str, *arguments: str) -> None:
        command = [sys.executable, "-m", "dask", kind, *self._tls, *arguments]
        own = {**os.environ, "DASK_TEMPORARY_DIRECTORY": str(self._folder)}
        log = (self._folder / f"{kind}{len(self.processes)}.log").open("wb")
        with log:
            self.processes.append(
                subprocess.Popen(command, cwd=self._folder, env=own, stdout=log, stderr=log)
            )

    def address(self) -> str:
        """Return where the scheduler listens, once all workers have come."""
        parts = {name: str(self._keys / f"{name}.pem") for name in ("ca", "cert", "key")}
        security = Security(
            tls_ca_file=parts["ca"],
            tls_client_cert=parts["cert"],
            tls_client_key=parts["key"],
            require_encryption=True,
        )
        with Client(scheduler_file=str(self._file), security=security, timeout=PATIENCE) as client:
            client.wait_for_workers(len(self.processes) - 1, timeout=PATIENCE)
            return str(client.scheduler.address)

    def close(self) -> None:
        """End all of them."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    """A scheduler and two workers."""
    folder = tmp_path / "machines"
    folder.mkdir()
    made = Machines(certificates(tmp_path / "keys"), folder, workers=2)
    yield made
    made.close()


@pytest.mark.parametrize("number", range(FAULTS))
def test_a_cluster_that_loses_a_worker(
    number: int, machines: Machines, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A worker is killed in mid-run: every student gets the points, once, and nobody a note."""
    course = small_class(tmp_path_factory)
    for student in MORE:
        course.hand_in(student, ASSIGNMENT, right(course))
    lines = grade_and_kill(course, machines, tmp_path / "keys", random.Random(number))
    everybody = sorted((*STUDENTS, *MORE))
    assert sorted(line["student"] for line in lines) == everybody
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        found = gradebook.assignment_submissions(ASSIGNMENT)
        scores = sorted((each.student.id, each.score) for each in found)
    assert scores == [(student, sum(FULL.values())) for student in everybody]


def grade_and_kill(
    course: Course, machines: Machines, keys: Path, chance: random.Random
) -> list[dict[str, Any]]:
    """Grade a class on the machines; kill a worker when some are graded."""
    program = "from autograd_lab.cli import main; main()"
    command = [sys.executable, "-c", program, "grade", ASSIGNMENT, "--json"]
    command += ["--scheduler", machines.address(), "--security", str(keys)]
    process = subprocess.Popen(
        command,
        cwd=course.root,
        env=course.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    some = [process.stdout.readline() for _line in range(chance.randint(1, 3))]
    chance.choice(machines.processes[1:]).kill()
    rest, said = process.communicate(timeout=2 * PATIENCE)
    assert process.returncode == 0, said
    return [json.loads(line) for line in [*some, *rest.splitlines()]]
