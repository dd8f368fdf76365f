"""Write the notebooks of a course from its text sources, in one language."""

from __future__ import annotations

from pathlib import Path

import click

from .notebook import notebook
from .source import LANGUAGES, read


def build_course(folder: Path, target: Path, language: str = LANGUAGES[0]) -> list[Path]:
    """Write `target/source/<name>/<name>.ipynb` for each assignment; return the paths.

    An assignment is a `folder/<name>/<name>.py`. One notebook each: two languages beside one
    another would double the maximum of points. Raises FileNotFoundError where there is no
    assignment, and what `read` and `notebook` raise.
    """
    texts = [path for path in sorted(folder.glob("*/*.py")) if path.stem == path.parent.name]
    if not texts:
        raise FileNotFoundError(f"no assignments (<name>/<name>.py) in {folder}")
    sources = [read(path) for path in texts]
    import nbformat  # after `read`, which says what brings it

    made = {
        target / "source" / source.name / f"{source.name}.ipynb": notebook(source, language)
        for source in sources
    }
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text: str = nbformat.writes(content)  # type: ignore[no-untyped-call]
        path.write_text(text + "\n", encoding="utf-8")
    return list(made)


@click.command("course")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
def main(folder: Path, lang: str) -> None:
    """Write FOLDER/source from the text sources in FOLDER."""
    try:
        paths = build_course(folder, folder, lang)
    except (ImportError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(path)


if __name__ == "__main__":
    main()
