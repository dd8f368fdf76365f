"""Write the notebooks of a folder of text sources, one per language."""

from __future__ import annotations

from pathlib import Path

import click

from .contents import write_contents
from .execute import OutputError, execute
from .notebook import notebook
from .source import LANGUAGES, read


def build(folder: Path, *, run: bool = True) -> list[Path]:
    """Write `folder/<language>/<name>.ipynb` for each `folder/source/<name>.py`; return the paths.

    With `run` false the notebooks have no outputs. The tables in `folder/README.md` are brought up to
    date. Nothing is written until all are made. Raises FileNotFoundError where there is no source,
    and what `read` and `execute` raise.
    """
    paths = sorted((folder / "source").glob("*.py"))
    if not paths:
        raise FileNotFoundError(f"no text sources (*.py) in {folder / 'source'}")
    sources = [read(path) for path in paths]
    import nbformat  # after `read`, which says what brings it

    texts = {}
    for source in sources:
        for language in LANGUAGES:
            made = notebook(source, language)
            try:
                made = execute(made, language, folder) if run else made
            except OutputError as error:
                raise OutputError(f"{source.name} ({language}): {error}") from None
            text: str = nbformat.writes(made)  # type: ignore[no-untyped-call]
            texts[folder / language / f"{source.name}.ipynb"] = text + "\n"
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write_contents(folder / "README.md", sources)
    return list(texts)


@click.command("build")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--run/--no-run", default=True, help="Execute the notebooks and store their outputs.")
def main(folder: Path, run: bool) -> None:
    """Write the notebooks of FOLDER from the text sources in FOLDER/source, one per language."""
    try:
        paths = build(folder, run=run)
    except (ImportError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(path)


if __name__ == "__main__":
    main()
