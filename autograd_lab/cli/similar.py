"""`autograd-lab similar`: whose code has the same structure. Advice, never proof."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from .. import i18n
from ..grading.similarity import SHARE, similar
from ..i18n import _
from .course import course_language


@click.command("similar")
@click.argument("assignment")
@click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder of the course; if left out, the present one.",
)
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    default=SHARE,
    show_default=True,
    help="How much of the code must have the same structure.",
)
def similar_code(assignment: str, course: Path, share: float) -> None:
    """List the pairs of students whose code in ASSIGNMENT has the same structure.

    Names, numbers and comments do not count, nor what most of the class has written alike. It is
    advice: short answers are alike by nature. Graded submissions are compared.
    """
    i18n.set_language(course_language(course))
    graded = sorted((course / "autograded").glob(f"*/{assignment}"))
    classroom = {folder.parent.name: _code(sorted(folder.glob("*.ipynb"))) for folder in graded}
    if not classroom:
        raise click.ClickException(
            _("nothing of {name} has been graded; run: autograd-lab grade {name}").format(
                name=assignment
            )
        )
    given = _code(sorted((course / "release" / assignment).glob("*.ipynb")))
    pairs = similar(classroom, given, share)
    for pair in pairs:
        click.echo(f"{pair.share:4.0%}  {pair.first}  {pair.second}")
    click.echo(
        _("Pairs to look at: {n}. Being alike proves nothing.").format(n=len(pairs)), err=True
    )


def _code(paths: Iterable[Path]) -> list[str]:
    """Return the code cells of some notebooks."""
    return [
        "".join(cell["source"])
        for path in paths
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]


__all__ = ["similar_code"]
