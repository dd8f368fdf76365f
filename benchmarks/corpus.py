"""What stock nbgrader makes of the submissions in `tests/grading/corpus`: `python -m benchmarks.corpus`.

Each is handed in alone, in a course of its own, and graded by `nbgrader autograde`; what came of it is
written into `exercises/CORPUS.md` beside the verdict that our own grader must give. Names of submissions
as arguments grade these alone and write nothing.

Stock has no walls, so bubblewrap builds some around all of it: the machine read-only, no network, a tree
of processes of its own, limits on memory, files and processor time. Inside, the submission meets stock
as it is.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbgrader import __version__ as nbgrader_version
from nbgrader.api import Gradebook, MissingEntry

from autograd_lab.grading.sandbox.kernel import PROGRAM, seen
from tests.grading.corpus.broken import BROKEN
from tests.grading.corpus.case import ASSIGNMENT, Case
from tests.grading.corpus.cheating import CHEATING
from tests.grading.corpus.class_of import PARTS
from tests.grading.corpus.odd import ODD
from tests.grading.stock import Course

REPOSITORY = Path(__file__).parents[1]
TABLE = REPOSITORY / "exercises" / "CORPUS.md"
KINDS = {"broken": BROKEN, "odd": ODD, "cheating": CHEATING}
CORPUS = {**BROKEN, **ODD, **CHEATING}
MOST = 7.0
"""Points of the question that the corpus answers."""

HOME, COURSE = Path("/srv/instructor"), Path("/srv/instructor/calculus")
PATIENCE, CELL = 120, 15
"""Seconds on the clock for a submission, and for a cell of it."""
USER = 65001
LIMITS = ["--as=8000000000", "--nproc=128", "--cpu=120", "--fsize=200000000"]
WIDTH = 90
"""Characters of an error's message that are shown."""
NOT_RUN = {"fork_bomb": "not run: it would take the machine's processors until it is ended"}
MARKS = {
    "STOLEN": "read files that are not its own",
    "WRITTEN": "wrote into files that are not its own",
    "ESCAPED": "made a namespace of its own",
    f"{COURSE}/private": "found the folder of the secret",
}
"""What a submission prints when it has got through."""
USUAL = re.compile(
    r"^calculus/(autograded/|gradebook\.db|\.nbgrader\.log)|__pycache__/"
    r"|^\.(cache|local|config|jupyter|autograd_lab)/|^\.ipython/.*(README|\.sqlite.*)$"
)
"""Files that grading writes by itself."""
ERROR = re.compile(r"^ *(?:\w+\.)*(\w*(?:Error|Invalid|TooOld|TooNew))(?:: *(.*))?$", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """What came of a submission on stock nbgrader."""

    points: float | None
    """Of the question that is answered; None where stock gives no grade."""
    elsewhere: float
    """Points of all else, which nobody has answered."""
    happened: str = ""


def prepared(folder: Path) -> Course:
    """Make a course in which nobody has handed in yet."""
    made = Course(folder / "calculus", folder / "settings")
    made.autograd_lab("course", "new", made.root.name)
    made.nbgrader("generate_assignment", ASSIGNMENT)
    with (made.root / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write(f"c.Execute.timeout = {CELL}\n")
    return made


def graded(made: Course, name: str) -> Result:
    """Let stock nbgrader grade a submission in a copy of the course."""
    if name in NOT_RUN:
        return Result(None, 0, NOT_RUN[name])
    with TemporaryDirectory() as folder:
        root = Path(folder) / "calculus"
        shutil.copytree(made.root, root)
        # Others hand in, too: some submissions look for them.
        for each in {name, "own_cells"}:
            place = root / "submitted" / each / ASSIGNMENT
            CORPUS[each].hand_in(made.released(ASSIGNMENT), place)
        if os.geteuid() == 0:
            Path(folder).chmod(0o755)
            subprocess.run(["chown", "-Rh", f"{USER}:{USER}", folder], check=True)
        before = files(Path(folder))
        try:
            done = subprocess.run(
                command(Path(folder), name),
                env={"PATH": os.defpath, "HOME": str(HOME), "PYTHONPATH": str(REPOSITORY)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Result(None, 0, f"does not end; after {PATIENCE} s it was ended from outside")
        return result(root, name, done, files(Path(folder)) - before)


def command(folder: Path, name: str) -> list[str]:
    """Return the command that grades a submission behind walls; `folder` alone is written to."""
    folders = [Path(place) for place in ("/usr", "/lib", "/lib64", "/bin", "/etc")]
    folders += [Path(place).resolve() for place in (sys.base_prefix, sys.prefix, REPOSITORY)]
    walls = [PROGRAM, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    walls += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    walls += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    for place in folders:
        if place.is_dir() and not any(other in place.parents for other in folders):
            walls += seen(str(place))
    walls += ["--dev", "/dev", "--proc", "/proc", "--perms", "1777", "--tmpfs", "/tmp"]
    walls += ["--perms", "0755", "--dir", str(HOME.parent)]
    walls += ["--bind", str(folder), str(HOME), "--chdir", str(COURSE)]
    drop = [f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"]
    user = ["setpriv", *drop, "--"] if os.geteuid() == 0 else []
    python = str(Path(sys.prefix).resolve() / "bin" / "python")
    stock = [python, "-m", "nbgrader", "autograde", ASSIGNMENT, "--student", name]
    return [*walls, *user, "prlimit", *LIMITS, *stock]


def files(folder: Path) -> set[str]:
    """Return the files below a folder, without those that grading is to write."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {each for each in found if not USUAL.search(each)}


def result(root: Path, name: str, done: Any, left: set[str]) -> Result:
    """Return what stands in the gradebook, and what can be seen beside it."""
    points = scores(root, name)
    happened = []
    if points is None or done.returncode:
        happened.append(reason(done))
        points = None if done.returncode else points
    place = root / "autograded" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    if place.is_file():
        outputs = [o for c in nbformat.read(place, 4).cells for o in c.get("outputs", ())]
        printed = "".join(output.get("text", "") for output in outputs)
        happened += [text for mark, text in MARKS.items() if mark in printed]
    if left:
        happened.append("left " + ", ".join(f"`{Path(each).name}`" for each in sorted(left)))
    if points is None:
        return Result(None, 0, "; ".join(happened))
    elsewhere = sum(points.values()) - sum(points[part] for part in PARTS)
    if elsewhere:
        happened.append(f"and {elsewhere:g} points where nothing was asked of it")
    return Result(sum(points[part] for part in PARTS), elsewhere, "; ".join(happened))


def scores(root: Path, name: str) -> dict[str, float] | None:
    """Return the points of every graded cell, None where there are none."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        try:
            entry = gradebook.find_submission(ASSIGNMENT, name)
        except MissingEntry:
            return None
        found = {grade.name: grade.score for nb in entry.notebooks for grade in nb.grades}
        return {**dict.fromkeys(PARTS, 0.0), **found} if found else None


def reason(done: Any) -> str:
    """Return why there is no grade, in one line."""
    if done.returncode < 0 or done.returncode > 128:
        return "the grader itself is killed"
    told = ERROR.findall(done.stdout)
    if told:
        name, text = told[-1]
        return f"no grade: {name}" + (f", {text[:WIDTH]}" if text else "")
    return "no grade"


def document(results: dict[str, Result]) -> str:
    """Return the text of the table's page."""
    parts = [INTRODUCTION.format(version=nbgrader_version, date=datetime.date.today(), cell=CELL)]
    parts.append(summary(results))
    for kind, cases in KINDS.items():
        rows = [row(name, cases[name], results[name]) for name in cases]
        head = "| submission | ours | stock | what happened on stock |\n|---|---:|---:|---|\n"
        parts.append(f"## {TITLES[kind]}\n\n{head}" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def row(name: str, case: Case, found: Result) -> str:
    """Return a line of the table."""
    points = "none" if found.points is None else f"{found.points:g}"
    happened = re.sub(r"\s+", " ", found.happened.replace("|", "\\|"))
    return f"| `{name}` | {ours(case):g} | {points} | {happened} |"


def ours(case: Case) -> float:
    """Return what a submission must get from our own grader."""
    return case.predict + case.implement


def summary(results: dict[str, Result]) -> str:
    """Return the counts."""
    known = {name: each for name, each in results.items() if name not in NOT_RUN}
    none = {kind: [n for n in cases if n in known and known[n].points is None]
            for kind, cases in KINDS.items()}  # fmt: skip
    gained = [n for n in CHEATING if n in known and gains(n, known[n])]
    full = [n for n in gained if (known[n].points or 0) >= MOST]
    lost = [n for n in ODD if n in known and (known[n].points or 0) < ours(ODD[n])]
    cheats = sum(name in known for name in CHEATING)
    return (
        f"- **Cheating**: {len(gained)} of {cheats} gain points on stock, {len(full)} of them all"
        f" {MOST:g}; {len(none['cheating'])} end without a grade.\n"
        f"- **Honest and odd**: {len(lost)} of {len(ODD)} lose points on stock.\n"
        f"- **Broken**: {len(none['broken'])} of {len(BROKEN)} get no grade from stock.\n"
    )


def gains(name: str, found: Result) -> bool:
    """Tell whether a submission has more on stock than it is worth."""
    return (found.points or 0) > ours(CORPUS[name]) or found.elsewhere > 0


TITLES = {
    "broken": "Broken by accident",
    "odd": "Honest and odd",
    "cheating": "Cheating, or meant to harm",
}
INTRODUCTION = """\
# What is handed in, and what comes of it

The submissions of `tests/grading/corpus`, each a change to a notebook of ps1, graded by `autograd-lab
grade` and by stock nbgrader {version}. Points are those of question 2, of 7. Ours are stated with the
submissions, and a test demands them. With stock, `python -m benchmarks.corpus` graded on {date}: each
submission alone, in a course of its own, behind walls that keep harm from the machine, with {cell} seconds
for a cell. "None" is no grade at all: nothing in the gradebook, or a run that failed.

Stock has the settings of our courses, which put released cells back, and our checks. Most of the
cheats were written against our own grader, so that many of them fail on stock says little about stock.
"""


def main() -> None:
    """Grade the corpus with stock and write the page, or print what comes of some submissions."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("names", nargs="*", choices=[*CORPUS, []], metavar="NAME")
    chosen = parser.parse_args().names or list(CORPUS)
    with TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(partial(graded, prepared(Path(folder))), chosen)
        results = {}
        for name, each in zip(chosen, found, strict=True):
            results[name] = each
            print(row(name, CORPUS[name], each), flush=True)
    if len(chosen) == len(CORPUS):
        TABLE.write_text(document(results), encoding="utf-8")


if __name__ == "__main__":
    main()
