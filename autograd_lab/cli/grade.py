"""`autograd-lab grade`: grade what a class handed in, each submission shut in, for nbgrader."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import i18n
from ..i18n import _
from .course import course_language

if TYPE_CHECKING:
    from distributed import Client

    from ..grading.engines import Done
    from ..grading.runner import Run

    Workers = Callable[[], Client] | None
    """What waits for a cluster and returns its client; None where this process does the work."""

ODD, UNUSABLE, INTERRUPTED = 1, 2, 130


@dataclass(slots=True)
class Line:
    """What is said of one student."""

    student: str
    score: float
    max_score: float
    notes: list[str]
    """What was odd; the student reads it, too."""
    flags: list[str]
    """What the instructor should look at."""


@click.command()
@click.argument("assignment")
@click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder of the course; if left out, the present one.",
)
@click.option("--student", "only", multiple=True, help="Grade this student; may be repeated.")
@click.option("--force", is_flag=True, help="Grade again what has been graded already.")
@click.option("--dry-run", is_flag=True, help="Say who would be graded, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per student.")
@click.option(
    "--workers",
    type=click.IntRange(0),
    default=os.cpu_count(),
    show_default="one per core",
    help="Processes that grade; 0 grades in this process.",
)
@click.option("--scheduler", help="A Dask cluster to grade on, such as tls://10.0.0.7:8786.")
@click.option(
    "--security",
    type=click.Path(exists=True, path_type=Path),
    help="Its certificates: a folder with ca.pem, cert.pem and key.pem.",
)
@click.option("--insecure", is_flag=True, help="Accept a cluster without encryption.")
@click.option(
    "--kernel",
    is_flag=True,
    help="Run each notebook in a real Jupyter kernel, which takes seconds: for notebooks in another "
    "language, or with widgets and magics that only a kernel has. Needs bubblewrap.",
)
@click.option("--reduced", is_flag=True, help="Grade even where submissions cannot be shut in.")
def grade(
    assignment: str,
    course: Path,
    only: tuple[str, ...],
    force: bool,
    dry_run: bool,
    as_json: bool,
    **where: Any,
) -> None:
    """Grade what was handed in of ASSIGNMENT, into the gradebook of nbgrader.

    Every submission runs shut in, in a process of its own, and gets a verdict. Whatever stops this in
    the middle, the gradebook holds whole submissions; run it again to go on.

    Exit status: 0 all graded; 1 some submission was odd or could not be graded, its reason is told; 2
    nothing could be graded, or no more because the gradebook or the disk refused; 130 interrupted.
    """
    _require(
        ["nbgrader", "rich"] + (["distributed"] if where["workers"] or where["scheduler"] else [])
    )
    from ..grading.course import RunError
    from ..grading.sandbox.client import NoJail

    language = course_language(course)
    i18n.set_language(language)
    place = _place(where)
    lines: list[Line] = []
    try:
        # The workers come first: they start while nbgrader is imported.
        with (
            nullcontext() if dry_run else _workers(where, place) as workers,
            _quiet(),
            _run(course, assignment, language, place=place) as run,
        ):
            chosen = _chosen(run, only)
            students = [student for student, _key in run.waiting(chosen, force)]
            if dry_run:
                for student in students:
                    click.echo(student)
                return
            # What is loaded stays: looking for garbage in it would take a second for a class of 200.
            gc.freeze()
            for line in _graded(run, students, place, workers) if students else ():
                lines.append(line)
                if as_json:
                    click.echo(json.dumps(asdict(line), ensure_ascii=False))
    except KeyboardInterrupt:
        click.echo(
            _("Stopped. Submissions graded: {n}. The same command goes on.").format(n=len(lines)),
            err=True,
        )
        sys.exit(INTERRUPTED)
    except (RunError, NoJail, ImportError, OSError) as error:
        click.echo(f"{_explained(error)}", err=True)
        sys.exit(UNUSABLE)
    _summarize(lines)
    sys.exit(ODD if any(line.notes for line in lines) else 0)


def _run(*arguments: Any, **options: Any) -> Run:
    """Open the course and its gradebook, with what nbgrader brings."""
    # jsonschema would compile a grammar of web addresses, which takes a second: nobody asks for it.
    with _as_if_missing("rfc3987_syntax"):
        from ..grading.runner import Run
    return Run(*arguments, **options)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ourselves what SQLAlchemy thinks of nbgrader's queries: nobody here can change them."""
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


def _require(libraries: list[str]) -> None:
    """Raise ClickException where a library is missing."""
    from importlib.util import find_spec

    for library in libraries:
        if find_spec(library) is None:
            raise click.ClickException(
                f"grading needs {library}; this brings it: pip install 'autograd_lab[grade]'"
            )


@contextlib.contextmanager
def _as_if_missing(library: str) -> Iterator[None]:
    """Let imports go as where a library is not installed, unless it is there already."""
    if library in sys.modules:
        yield
        return
    sys.modules[library] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[library]


def _chosen(run: Run, only: tuple[str, ...]) -> list[str]:
    """Return the students to look at; raise ClickException for one who handed nothing in."""
    students = run.students()
    if missing := sorted(set(only) - set(students)):
        raise click.UsageError(
            _("nothing was handed in by {names}").format(names=", ".join(missing))
        )
    return [student for student in students if student in only] if only else students


def _graded(run: Run, students: list[str], place: str, workers: Workers) -> Iterator[Line]:
    """Grade, commit, and yield a line per student, with a progress bar where somebody looks."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from ..grading.course import SubmissionError

    console = Console(stderr=True)
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
    columns += [TextColumn("{task.fields[rate]}"), TimeRemainingColumn()]
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(run.assignment, total=len(students), rate="")
        for student, outcome in _outcomes(run, students, place, workers):
            notes = run.notes(student)
            refusal, flags = "", []
            if isinstance(outcome, str):
                refusal = outcome
            else:
                notes += [each.ended for each in outcome.values() if each.ended]
                flags = run.flags(student, outcome)
                try:
                    run.save(student, outcome)
                except SubmissionError as error:
                    refusal = str(error)
            if refusal:
                run.refuse(student, refusal)
                notes.append(refusal)
            speed = progress.tasks[0].speed
            progress.update(bar, advance=1, rate=f"{speed:.1f}/s" if speed else "")
            for note in notes + flags:
                console.print(f"{student}: {note}", markup=False, highlight=False)
            yield Line(student, *run.score(student), notes, flags)


def _outcomes(run: Run, students: list[str], place: str, workers: Workers) -> Iterator[Done]:
    """Yield what comes of each student's jobs."""
    from ..grading import engines
    from ..grading.job import REDUCED

    work = run.jobs(students, force=True)
    if place == REDUCED:
        click.echo(_reduced(), err=True)
    if workers is None:
        return engines.serial(work, run.limits, place)
    return engines.dask(work, run.limits, workers(), place)


def _place(where: dict[str, Any]) -> str:
    """Return the kind of place that was asked for; raise UsageError for two of them."""
    from ..grading.job import JAIL, KERNEL, REDUCED

    if where["kernel"] and where["reduced"]:
        raise click.UsageError(_("--kernel always shuts submissions in; leave out --reduced"))
    if where["kernel"]:
        return KERNEL
    return REDUCED if where["reduced"] else JAIL


def _reduced() -> str:
    """Return the warning that nothing holds hostile code back."""
    return _(
        "Warning: submissions are not shut in. They are held to time and memory, but can read your files "
        "and use the network. Grade hostile work as root on Linux, or where user namespaces are allowed."
    )


def _workers(where: dict[str, Any], place: str) -> AbstractContextManager[Workers]:
    """Return the place that was asked for; None in it stands for this process."""
    from ..grading.job import REDUCED
    from ..grading.workers import local_cluster

    if where["scheduler"]:
        open_wire = where["insecure"] and place != REDUCED
        return _cluster(where["scheduler"], where["security"], open_wire)
    return local_cluster(where["workers"], place) if where["workers"] else nullcontext()


@contextlib.contextmanager
def _cluster(address: str, folder: Path | None, open_wire: bool) -> Iterator[Workers]:
    """Yield what connects to a cluster; refuse to speak to one in the open unless told to."""
    from distributed import Client, Security

    if address.startswith("tls://") and folder is None:
        raise click.UsageError(_("tls:// needs --security, the folder with the certificates"))
    if not address.startswith("tls://") and not open_wire:
        raise click.UsageError(
            _(
                "anyone who reaches a cluster without encryption can run code as you: use tls://, or "
                "--insecure (not together with --reduced)"
            )
        )
    security = None
    if folder is not None:
        parts = {name: str(folder / f"{name}.pem") for name in ("ca", "cert", "key")}
        security = Security(
            tls_ca_file=parts["ca"],
            tls_client_cert=parts["cert"],
            tls_client_key=parts["key"],
            require_encryption=True,
        )
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Client(address, security=security, timeout=30))


def _explained(error: Exception) -> str:
    """Return what to tell about an error that ends the run."""
    from ..grading.sandbox.client import NoJail
    from ..grading.sandbox.kernel import NoKernel

    if isinstance(error, NoKernel):
        return _(
            "No kernel can be started and shut in ({error}). --kernel needs bubblewrap (on Debian and "
            "Ubuntu: apt install bubblewrap), root or user namespaces, and the kernel that the released "
            "notebook names, installed for everybody."
        ).format(error=error)
    if isinstance(error, NoJail):
        return _(
            "This system refuses to shut submissions in ({error}). Grade as root on Linux, or allow "
            "user namespaces; --reduced grades without, which hostile submissions can abuse."
        ).format(error=error)
    return str(error)


def _summarize(lines: list[Line]) -> None:
    """Print how it went, to stderr: stdout is for scripts."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not lines:
        click.echo(_("Nothing to do: everything is graded."), err=True)
        return
    table = Table(title=_("Submissions graded: {n}").format(n=len(lines)))
    for head in (_("student"), _("score"), _("what was odd")):
        table.add_column(head)
    for line in lines:
        score = f"{line.score:g} / {line.max_score:g}"
        table.add_row(Text(line.student), score, Text("\n".join(line.notes + line.flags)))
    Console(stderr=True).print(table)


__all__ = ["grade"]
