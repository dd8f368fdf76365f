"""`autograd-lab lab` opens the lessons in JupyterLab."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click

from .. import i18n, resources


@click.command()
@click.option(
    "--lang",
    type=click.Choice(["en", *i18n.CATALOGUES]),
    help="Language of the lessons; if left out, that of your system.",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("autograd_lab_lessons"),
    show_default=True,
    help="Where your copies of the lessons are kept.",
)
@click.option(
    "--reset",
    metavar="NAME",
    help="Bring one lesson back, such as 03, and keep yours beside it; nothing is opened.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="If left out, any that is free.")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening it.")
def lab(
    lang: str | None, folder: Path, reset: str | None, port: int | None, no_browser: bool
) -> None:
    """Open the lessons in JupyterLab.

    They are copied into a folder of your own first, without their outputs. A lesson that is there
    already is left as it is. Ctrl-C ends JupyterLab.
    """
    lang = lang or i18n.language()
    if reset is not None:
        _bring_back(reset, lang, folder)
        return
    if find_spec("jupyterlab") is None:
        raise click.ClickException(
            "JupyterLab is not installed; this brings it: pip install 'autograd_lab[lab]'"
        )
    if port is not None:
        _require_free(port)
    tour = _lessons(lang, folder)
    command = _jupyterlab(folder, f"{lang}/{tour}", port, no_browser)
    sys.exit(_serve(command, {**os.environ, "AUTOGRAD_LAB_LANG": lang}))


def _lessons(lang: str, folder: Path) -> str:
    """Put the lessons into `folder` and return the name of the first one."""
    source = published(lang)
    with _writing_into(folder):
        copies = resources.working_copy(source, folder / lang)
    new = f"{len(copies)} new, " if copies else ""
    click.echo(f"Your lessons: {(folder / lang).resolve()} ({new}your own changes are kept)")
    return min(path.name for path in source.glob("*.ipynb"))


def _bring_back(name: str, lang: str, folder: Path) -> None:
    """Replace one lesson in `folder` by a fresh copy, and say where the old one went."""
    try:
        notebook = resources.lesson(published(lang), name)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    with _writing_into(folder):
        kept = resources.bring_back(notebook, folder / lang)
    click.echo(f"As new: {(folder / lang / notebook.name).resolve()}")
    if kept is not None:
        click.echo(f"Yours is kept beside it: {kept.name}")


def published(lang: str) -> Path:
    """Return the folder of the lessons in a language; ClickException where there is none."""
    try:
        return resources.folder(f"notebooks/{lang}")
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _writing_into(folder: Path) -> Iterator[None]:
    """Turn what keeps the lessons from being written into a line that says what helps."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(
            f"the lessons cannot be copied into {folder} ({error.strerror}); "
            "--dir takes another folder"
        ) from error


def _require_free(port: int) -> None:
    """Raise ClickException if something listens on the port."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"port {port} cannot be used ({error.strerror}); without --port a free one is taken"
            ) from error


def _jupyterlab(folder: Path, page: str, port: int | None, no_browser: bool) -> list[str]:
    """Return the command that serves `folder` to this machine alone and starts at `page`."""
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.default_url=/lab/tree/{page}",
        "--ServerApp.answer_yes=True",  # one Ctrl-C is enough
        "--Application.log_level=ERROR",
    ]
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def _serve(command: list[str], environment: dict[str, str]) -> int:
    """Run a server until it or the user ends it; return its exit status, 0 after Ctrl-C."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    # In a group of its own: Ctrl-C comes here alone, and a server that has not started yet is ended
    # without a traceback.
    group = 0 if os.name == "posix" else -1
    with subprocess.Popen(command, env=environment, process_group=group) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            server.wait()
            return 0
