"""`autograd-lab course`: a ready nbgrader course, its notebooks, and the gate for exercises."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import click

from .. import resources
from ..authoring.course import build_course
from ..authoring.source import LANGUAGES
from ..grading.course import CHECKS, prepare_private
from .gate import faults

CONFIG = "nbgrader_config.py"
_LANGUAGE = re.compile(r'^LANGUAGE = "(\w+)"$', re.MULTILINE)
_IGNORED = """\
# What belongs to the instructor and the students alone.
/.autograd_lab/
/autograded/
/feedback/
/gradebook.db*
/private/
/release/
/reports/
/submitted/
/grades.csv
/.nbgrader.log
"""
_PRIVATE = """\
Keep this folder to yourself.

secret            the hidden inputs of every student are drawn with it
ps1/q2_checks.py  takes the place of checks that ship: a function under @check("q2-predict", points=3)
                  judges that cell in this course. Students never see the file.
"""


@click.group()
def course() -> None:
    """Make an nbgrader course, build its notebooks, check exercises of your own."""


@course.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
def new(folder: Path, lang: str) -> None:
    """Make a ready nbgrader course in FOLDER, in one language.

    It gets nbgrader's settings, the notebooks of every assignment, a gradebook, a secret and a
    folder for checks that students never see. Nothing that is there already is touched.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty; a course needs a folder of its own")
        made = _new_course(folder, lang)
    except (ImportError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for path in made:
        click.echo(path)
    click.echo(
        f"\nGo on in that folder: cd {folder}\n  nbgrader generate_assignment {made[0].stem}"
    )


@course.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def build(folder: Path) -> None:
    """Write FOLDER/source from the texts of your own assignments in FOLDER.

    Their checks are put beside the notebooks, so that students have them.
    """
    try:
        made = build_course(folder, folder, course_language(folder))
        for path in made:
            click.echo(path)
            for checks in _own_checks(folder / path.stem):
                click.echo(shutil.copyfile(checks, path.with_name(checks.name)))
    except (ImportError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


@course.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path()
)
@click.option(
    "--answers",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where right, wrong and empty answers lie; if left out, FOLDER/answers.",
)
def check(folder: Path, answers: Path | None) -> None:
    """Say what keeps the exercises in FOLDER from being given to students.

    Texts must build in every language, each graded cell must have its check with equal points, the
    answers must be judged as they state, and the release must give nothing away.
    """
    try:
        found = list(faults(folder, answers or folder / "answers"))
    except (ImportError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for fault in found:
        click.echo(fault)
    if found:
        raise click.ClickException(f"{len(found)} to repair")
    click.echo("All exercises are ready.")


def _new_course(folder: Path, lang: str) -> list[Path]:
    """Write a course and return its notebooks."""
    try:
        from nbgrader.api import Gradebook
    except ImportError:
        raise ImportError(
            "a course needs nbgrader; this brings it: pip install 'autograd_lab[course]'"
        ) from None
    # nbgrader calls `alembic`, which lies beside Python also where the environment is not activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    shipped = resources.folder("exercises")
    made = build_course(shipped, folder, lang)
    settings = (shipped / CONFIG).read_text(encoding="utf-8")
    settings = _LANGUAGE.sub(f'LANGUAGE = "{lang}"', settings)
    (folder / CONFIG).write_text(settings, encoding="utf-8")
    (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    private = prepare_private(folder / "private")
    (private / "README.txt").write_text(_PRIVATE, encoding="utf-8")
    with Gradebook(f"sqlite:///{(folder / 'gradebook.db').resolve()}") as gradebook:
        for path in made:
            gradebook.add_assignment(path.stem)
    return made


def course_language(folder: Path) -> str:
    """Return the language of a course, from its settings."""
    settings = folder / CONFIG
    found = settings.is_file() and _LANGUAGE.search(settings.read_text(encoding="utf-8"))
    return found[1] if found else LANGUAGES[0]


def _own_checks(folder: Path) -> list[Path]:
    """Return the checks that students of an assignment need beside their notebook.

    Those of assignments that ship are in the package.
    """
    if (resources.folder("exercises") / folder.name).is_dir():
        return []
    return sorted(folder.glob(CHECKS.format("q*")))
