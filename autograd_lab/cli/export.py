"""`autograd-lab export` writes a lesson, or any notebook, as one HTML file that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .. import i18n, resources
from ..authoring.export import as_html, missing
from .lab import published


@click.command()
@click.argument("notebook")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; if left out, the notebook's name with .html, in this folder.",
)
@click.option(
    "--lang",
    type=click.Choice(["en", *i18n.CATALOGUES]),
    help="Language of the lesson and the page; if left out, that of your system.",
)
def export(notebook: str, output: Path | None, lang: str | None) -> None:
    """Write NOTEBOOK as one HTML file: figures, steppers, plots and formulas, all without a network.

    NOTEBOOK is a lesson, such as 03, or the path of an .ipynb file, which is shown with the outputs
    that were saved in it.
    """
    lang = lang or i18n.language()
    try:
        path = Path(notebook)
        if not (path.suffix == ".ipynb" and path.is_file()):
            path = resources.lesson(published(lang), notebook)
        target = output or Path(f"{path.stem}.html")
        if target.suffix not in (".html", ".htm"):
            raise ValueError(f"{target} does not end in .html; --output names the page to write")
        page = as_html(_read(path), lang, path.parent)
        target.write_text(page, encoding="utf-8")
    except LookupError as error:
        raise click.ClickException(f"{error}; the path of an .ipynb file does as well") from error
    except (ImportError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(target)


def _read(path: Path) -> Any:
    """Return the notebook in a file; ValueError for a file that holds none."""
    try:
        import nbformat
    except ImportError as error:
        raise missing(error) from None
    try:
        content = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(content)
    except OSError:
        raise
    except Exception as error:  # reading what is JSON, but no notebook, fails in many ways
        raise ValueError(f"{path} is no notebook: {error}".partition("\n")[0][:200]) from error
    return content
