"""The overview of a class as one HTML page, which needs no kernel, no network and no other file."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..grading.overview import Overview, Submission
from ..grading.report import number
from ..i18n import _, language, ngettext
from ..widgets.plots import image, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE = "#1f6feb"
STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid #8886; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .5rem 0; }
h2 { margin-top: 2.5rem; }
"""


def page(overview: Overview, course: Path) -> str:
    """Return the page; its links are meant for a file in `course/reports/`."""
    title = _("{assignment}: how the class did").format(assignment=overview.assignment)
    body = [
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{escape(line)}</p>" for line in _summary(overview)),
        _scores(overview),
        *_parts(overview),
        _students(overview, course),
    ]
    return (
        f'<!doctype html>\n<html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>{chr(10).join(body)}</body></html>\n"
    )


def _summary(overview: Overview) -> Iterable[str]:
    """Yield what the class did, in sentences."""
    found = overview.submissions
    scores = [each.score for each in found]
    yield ngettext(
        "{n} submission was graded; {late} came late, {waiting} wait for a person to grade them.",
        "{n} submissions were graded; {late} came late, {waiting} wait for a person to grade them.",
        len(found),
    ).format(
        n=len(found),
        late=sum(each.late for each in found),
        waiting=sum(each.waiting for each in found),
    )
    yield _("Half of the class have {median} of {most} points or more.").format(
        median=number(median(scores)), most=number(overview.max_score)
    )
    if overview.missing:
        names = ", ".join(overview.missing)
        yield _("Nothing was handed in by: {names}").format(names=names)


def _scores(overview: Overview) -> str:
    """Return the plot of the scores."""
    scores = [each.score for each in overview.submissions]
    most = max(overview.max_score, *scores, 1.0)
    figure = new_figure(6, 2.6)
    axes = _axes(figure)
    bins = min(20, max(5, round(most)))
    axes.hist(scores, bins=bins, range=(0, most), color=BLUE, edgecolor="white")
    _count_whole(axes.yaxis)
    told = _("Number of students by score, from 0 to {most} points.").format(most=number(most))
    return f"<h2>{escape(_('Scores'))}</h2><p>{escape(told)}</p>{image(figure, told)}"


def _parts(overview: Overview) -> Iterable[str]:
    """Yield a section per graded cell: the mean, and which misconceptions were met how often."""
    for name in overview.parts:
        found = [each.parts[name] for each in overview.submissions if name in each.parts]
        average = overview.mean(name)
        if average is None:
            told = _("Nobody has graded this yet.")
        else:
            told = _("{mean} of {most} points on average.").format(
                mean=number(average), most=number(max(part.max_points for part in found))
            )
        yield f"<h2>{escape(name)}</h2><p>{escape(told)}</p>"
        met = overview.misconceptions(name)
        if met:
            yield _bars(met)


def _bars(met: list[tuple[str, int]]) -> str:
    """Return the plot and the table of misconceptions."""
    figure = new_figure(6, 0.5 + 0.3 * len(met))
    axes = _axes(figure)
    # Codes are ASCII words, which matplotlib's font has; one made up elsewhere may be anything.
    labels = [code.encode("ascii", "replace").decode()[:40].replace("$", "?") for code, _n in met]
    axes.barh(range(len(met)), [n for _code, n in met], color=BLUE)
    axes.set_yticks(range(len(met)), labels)
    axes.invert_yaxis()
    _count_whole(axes.xaxis)
    rows = "".join(f'<tr><td>{escape(code)}</td><td class="n">{n}</td></tr>' for code, n in met)
    head = (
        f'<tr><th>{escape(_("misconception"))}</th><th class="n">{escape(_("students"))}</th></tr>'
    )
    told = _("How many students met which misconception.")
    return f"{image(figure, told)}<table><caption>{escape(told)}</caption>{head}{rows}</table>"


def _axes(figure: Figure) -> Any:
    """Return the axes of a plain plot."""
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _count_whole(axis: Any) -> None:
    """Let an axis count people."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def _students(overview: Overview, course: Path) -> str:
    """Return the table of students, with links to what they handed in."""
    names = overview.parts
    heads = [_("student"), _("submitted (UTC)"), _("score"), *names, _("misconceptions")]
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    rows = "".join(_row(each, overview, course) for each in overview.submissions)
    return f"<h2>{escape(_('Students'))}</h2><table><tr>{head}</tr>{rows}</table>"


def _row(each: Submission, overview: Overview, course: Path) -> str:
    """Return the row of one student."""
    time = each.submitted.strftime("%Y-%m-%d %H:%M") if each.submitted else ""
    if each.late:
        time = _("{time} (late)").format(time=time)
    parts = [each.parts.get(name) for name in overview.parts]
    points = [
        ("…" if part.waiting else number(part.points)) if part is not None else "" for part in parts
    ]
    codes = dict.fromkeys(code for part in parts if part is not None for code in part.codes)
    cells = [
        f"<td>{_links(each.student, overview.assignment, course)}</td><td>{escape(time)}</td>",
        *(f'<td class="n">{escape(text)}</td>' for text in (number(each.score), *points)),
        f"<td>{escape(', '.join(codes))}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _links(student: str, assignment: str, course: Path) -> str:
    """Return a student's name, and links to what there is of the submission."""
    places = {
        "submitted": _("submission"),
        "autograded": _("graded"),
        "feedback": _("feedback"),
    }
    links = []
    for folder, told in places.items():
        found = (course / folder / student / assignment).glob("*")
        for path in sorted(each for each in found if each.suffix in {".ipynb", ".html"}):
            address = quote(f"../{folder}/{student}/{assignment}/{path.name}", safe="/")
            links.append(f'<a href="{address}">{escape(told)}</a>')
    return f"{escape(student)}<br><small>{' · '.join(links)}</small>"
