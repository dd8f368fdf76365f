"""A submission as work for a machine: run its cells, ask its checks, return the outcome as data.

    outcome = run(job, sandbox)

Only this side holds the checks; the student's code, in the sandbox, answers calls.
"""

from __future__ import annotations

import ast
import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from ..i18n import _, set_language
from .check import Check, Verdict
from .course import CourseError, public_checks
from .report import Report
from .sandbox.client import Job as Process
from .sandbox.client import JobEnded, RemoteStudent, Sandbox
from .sandbox.kernel import KernelSandbox
from .sandbox.messages import whole

Output = dict[str, Any]
JAIL, REDUCED, KERNEL = "jail", "reduced", "kernel"
"""Where a job runs: shut in, forked from a Python that is warm; the same, held by limits alone; shut in,
in a real Jupyter kernel."""


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook of one student, and all it takes to grade it on any machine."""

    student: str
    assignment: str
    notebook: str
    cells: tuple[str, ...]
    """The source of each code cell, in order; `""` in the place of every other cell."""
    questions: Mapping[int, str] = field(default_factory=dict)
    """The number of a check's cell to its question, `{7: "q2-predict"}`."""
    seeds: Mapping[str, int] = field(default_factory=dict)
    """Question to the seed of this student's hidden inputs."""
    own_checks: tuple[str, ...] = ()
    """Source texts of the course's own checks, which take the place of public ones."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Name to content, in Base64, of the files beside the notebook."""
    language: str = "en"
    kernel: str = "python3"
    """Which kernel the released notebook names, for a sandbox that starts kernels."""

    def as_dict(self) -> dict[str, Any]:
        """Return the job as plain data; `from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Job:
        """Return the job of `as_dict`, also after it was JSON, which knows no numbers as keys."""
        questions = {int(place): name for place, name in data["questions"].items()}
        lists = {name: tuple(data[name]) for name in ("cells", "own_checks")}
        return cls(**{**data, **lists, "questions": questions})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job."""

    outputs: Mapping[int, list[Output]]
    """The number of a cell to its outputs."""
    ended: str = ""
    """Why the job could not be run to its end; empty where it was."""
    flags: tuple[str, ...] = ()
    """What an instructor should look at, seen from outside the job: facts, no judgement."""

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as plain data; `from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Outcome:
        """Return the outcome of `as_dict`, also after it was JSON."""
        outputs = {int(place): found for place, found in data["outputs"].items()}
        return cls(outputs, data["ended"], tuple(data["flags"]))


def question_of(source: str, assignment: str) -> str:
    """Return the question that a locked test cell asks for, `""` for an ordinary cell.

    Such a cell ends with `score("ps1/q2-predict", globals())`. `source` must be the instructor's.
    """
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, ValueError, IndexError):
        return ""
    match last:
        case ast.Expr(ast.Call(ast.Name("score"), [ast.Constant(str(name)), *_rest])):
            place, _slash, question = name.partition("/")
            return question if place == assignment else ""
    return ""


def run(job: Job, sandbox: Sandbox | KernelSandbox) -> Outcome:
    """Run a job's cells in a process of the sandbox and judge its answers from here.

    Never raises for what a submission does. Raises NoJail where the sandbox cannot be closed, and
    NoKernel where no kernel can be started in it.
    """
    checks = _checks(job.assignment, job.own_checks)
    outputs: dict[int, list[Output]] = {}
    ended = ""
    flags: list[str] = []
    set_language(job.language)
    try:
        with sandbox.job(job.kernel) as process:
            try:
                for name, content in job.files.items():
                    process.put_file(name, content)
                for place, found in _cells(job, process, checks):
                    outputs[place] = found
                if count := process.others():
                    flags.append(_("Processes were still running at the end: {n}").format(n=count))
            except JobEnded as error:
                ended = str(error)
                flags.append(_("The job ended early: {reason}").format(reason=ended))
    finally:
        set_language(None)
    for place, source in enumerate(job.cells):
        if source and place not in outputs:
            outputs[place] = _not_run(job, place, ended)
    return Outcome(outputs, ended, tuple(flags))


@cache
def _checks(assignment: str, own: tuple[str, ...]) -> dict[str, Check]:
    """Return the checks that ship with an assignment, and those of the course in their place.

    Read once per process: a class asks for the same ones again and again.
    """
    found: dict[str, Check] = {}
    with contextlib.suppress(CourseError):  # an assignment of the instructor's own ships none
        found |= public_checks(assignment)
    for source in own:
        namespace: dict[str, Any] = {"__name__": "checks"}
        exec(compile(source, "<checks>", "exec"), namespace)
        found |= {one.question: one for one in namespace.values() if isinstance(one, Check)}
    return found


def _cells(
    job: Job, process: Process, checks: Mapping[str, Check]
) -> Iterator[tuple[int, list[Output]]]:
    """Yield the number of each code cell and its outputs, in order."""
    student = RemoteStudent(process)
    for place, source in enumerate(job.cells):
        if place in job.questions:
            yield place, _judged(job, job.questions[place], checks, student)
        elif source:
            outputs, _number = process.run_cell(source)
            yield place, [valid for output in outputs if (valid := _valid(output))]


def _judged(
    job: Job, question: str, checks: Mapping[str, Check], student: RemoteStudent
) -> list[Output]:
    """Return what stands under a check's cell: the report, and the points as its result."""
    name = f"{job.assignment}/{question}"
    if question not in checks:
        return _refused(name, _("there is no question {name!r}").format(name=name))
    try:
        verdict = checks[question].grade(student, job.seeds[question])
    except Exception as error:  # a check that a reply has confused must not end the grading
        return _refused(name, type(error).__name__)
    return [_shown(verdict), _points(verdict.points)]


def _shown(verdict: Verdict) -> Output:
    report = Report(verdict, sys.maxsize)
    data = {
        "text/plain": repr(report),
        "text/html": report._repr_html_(),
        **report._repr_mimebundle_(),
    }
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _points(points: float) -> Output:
    return {
        "output_type": "execute_result",
        "data": {"text/plain": repr(float(points))},
        "metadata": {},
        "execution_count": None,
    }


def _refused(question: str, reason: str) -> list[Output]:
    """Return what stands under the cell of a check that cannot be run."""
    text = _("{question} cannot be checked: {reason}").format(question=question, reason=reason)
    return [{"output_type": "stream", "name": "stdout", "text": text + "\n"}, _points(0.0)]


def _not_run(job: Job, place: int, reason: str) -> list[Output]:
    """Return what stands under a cell that was not run, or not to its end."""
    if place in job.questions:
        return _refused(f"{job.assignment}/{job.questions[place]}", reason)
    return [{"output_type": "error", "ename": "JobEnded", "evalue": reason, "traceback": [reason]}]


def _valid(output: object) -> Output | None:
    """Return an output as a notebook may hold it; None for anything else a process may send."""
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return {"output_type": "stream", "name": name, "text": whole(text)}
        case {
            "output_type": "error",
            "ename": str(name),
            "evalue": str(text),
            "traceback": list(lines),
        }:
            trace = [whole(line) for line in lines if isinstance(line, str)]
            told = {"ename": whole(name), "evalue": whole(text), "traceback": trace}
            return {"output_type": "error", **told}
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            texts = {whole(key): whole(value) for key, value in data.items() if _plain(key, value)}
            shown: Output = {"output_type": kind, "data": texts, "metadata": {}}
            if kind == "execute_result":
                shown["execution_count"] = None
            return shown
    return None


def _plain(kind: object, content: object) -> bool:
    """Tell whether a part of an output is a text; a verdict is for checks alone to give."""
    return isinstance(kind, str) and isinstance(content, str)


__all__ = ["JAIL", "KERNEL", "REDUCED", "Job", "Outcome", "question_of", "run"]
