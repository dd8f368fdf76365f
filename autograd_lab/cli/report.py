"""`autograd-lab report`: how a class did, as a page and as a table, in the course's own folder."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from .. import i18n
from ..grading.overview import Overview, OverviewError, read_overview
from .course import course_language
from .report_page import page


@click.command()
@click.argument("assignment")
@click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder of the course; if left out, the present one.",
)
def report(assignment: str, course: Path) -> None:
    """Write how the class did in ASSIGNMENT to reports/ASSIGNMENT.html and .csv.

    Scores, times and misconceptions come from the gradebook and the autograded notebooks. The page
    needs no kernel and no network; what it shows does not leave the folder of the course.
    """
    i18n.set_language(course_language(course))
    try:
        overview = read_overview(course, assignment)
        folder = course / "reports"
        folder.mkdir(exist_ok=True)
        html, table = folder / f"{assignment}.html", folder / f"{assignment}.csv"
        html.write_text(page(overview, course), encoding="utf-8")
        write_table(overview, table)
    except (OverviewError, ImportError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(html)
    click.echo(table)


def write_table(overview: Overview, path: Path) -> None:
    """Write a row per student: scores, times, and the misconceptions of each part."""
    # With a mark at the start: spreadsheets then read Chinese names.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        names = overview.parts
        head = ["student", "submitted_utc", "late", "waiting", "score", "max_score"]
        table.writerow([*head, *names, *(f"{name}_codes" for name in names)])
        for each in overview.submissions:
            parts = [each.parts.get(name) for name in names]
            times = each.submitted.isoformat(" ", "seconds") if each.submitted else ""
            flags = [int(each.late), int(each.waiting)]
            points = [part.points if part else "" for part in parts]
            codes = [harmless(" ".join(part.codes)) if part else "" for part in parts]
            row = [harmless(each.student), times, *flags, each.score, overview.max_score]
            table.writerow([*row, *points, *codes])
        for student in overview.missing:
            table.writerow([harmless(student), "", "", "", 0.0, overview.max_score])


def harmless(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
