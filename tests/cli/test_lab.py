"""The command line, and JupyterLab as it starts it."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import autograd_lab.resources
from autograd_lab.cli import main

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# 梯度"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": "1 + 1",
            "execution_count": 3,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "given away"}],
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Two lessons in two languages to copy, and the server commands that were asked for."""
    package = tmp_path / "site" / "autograd_lab"
    for lang in ("en", "zh"):
        folder = package / "notebooks" / lang
        folder.mkdir(parents=True)
        for name in ("01_next.ipynb", "00_tour.ipynb"):
            (folder / name).write_text(json.dumps(NOTEBOOK), encoding="utf-8")
        (folder / "picture.svg").write_bytes(b"<svg/>")
    asked: list[list[str]] = []
    monkeypatch.setattr(autograd_lab.resources, "_PACKAGE", package)
    monkeypatch.setattr(
        "autograd_lab.cli.lab._serve", lambda command, environment: asked.append(command) or 0
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRAD_LAB_LANG", "en")
    return asked


def lab(*arguments: str) -> Result:
    """Run `autograd-lab lab` in this process."""
    return CliRunner().invoke(main, ["lab", *arguments])


def test_the_tour_opens_as_a_copy_without_outputs(commands, tmp_path: Path) -> None:
    """JupyterLab starts at the first lesson, whose outputs give nothing away."""
    assert lab("--no-browser").exit_code == 0
    (command,) = commands
    assert "--LabApp.default_url=/lab/tree/en/00_tour.ipynb" in command
    assert "--no-browser" in command
    assert "--ServerApp.ip=127.0.0.1" in command
    folder = tmp_path / "autograd_lab_lessons"
    text = (folder / "en" / "00_tour.ipynb").read_text(encoding="utf-8")
    assert "given away" not in text
    assert "# 梯度" in text
    code = json.loads(text)["cells"][1]
    assert (code["outputs"], code["execution_count"]) == ([], None)
    assert (folder / "en" / "picture.svg").read_bytes() == b"<svg/>"
    assert not (folder / "zh").exists()


def test_edited_lessons_are_kept(commands, tmp_path: Path) -> None:
    """A second start brings back a missing lesson and touches no other."""
    lab()
    folder = tmp_path / "autograd_lab_lessons" / "en"
    (folder / "00_tour.ipynb").write_text("mine", encoding="utf-8")
    (folder / "01_next.ipynb").unlink()
    result = lab()
    assert "1 new" in result.output
    assert (folder / "00_tour.ipynb").read_text(encoding="utf-8") == "mine"
    assert (folder / "01_next.ipynb").is_file()


@pytest.mark.parametrize("name", ["01_next", "01_next.ipynb", "01"])
def test_one_lesson_is_brought_back_and_the_edited_one_kept(
    name: str, commands, tmp_path: Path
) -> None:
    """Each reset keeps what was there under a name of its own; other lessons are not touched."""
    lab()
    folder = tmp_path / "autograd_lab_lessons" / "en"
    fresh = (folder / "01_next.ipynb").read_text(encoding="utf-8")
    (folder / "00_tour.ipynb").write_text("mine, too", encoding="utf-8")
    for number, text in enumerate(("mine", "again mine"), 1):
        (folder / "01_next.ipynb").write_text(text, encoding="utf-8")
        result = lab("--reset", name)
        assert result.exit_code == 0
        assert f"Yours is kept beside it: 01_next-mine{number}.ipynb" in result.output
        assert (folder / "01_next.ipynb").read_text(encoding="utf-8") == fresh
    assert (folder / "01_next-mine1.ipynb").read_text(encoding="utf-8") == "mine"
    assert (folder / "01_next-mine2.ipynb").read_text(encoding="utf-8") == "again mine"
    assert (folder / "00_tour.ipynb").read_text(encoding="utf-8") == "mine, too"
    assert len(commands) == 1


def test_a_lesson_nobody_edited_leaves_no_copy(commands, tmp_path: Path) -> None:
    """Bringing back what is missing or new already; neither JupyterLab nor an earlier start is needed."""
    for _ in range(2):
        result = lab("--reset", "01", "--lang", "zh")
        assert result.output.startswith("As new: ") and "kept" not in result.output
    folder = tmp_path / "autograd_lab_lessons"
    assert [path.name for path in folder.rglob("*.ipynb")] == ["01_next.ipynb"]
    assert "given away" not in (folder / "zh" / "01_next.ipynb").read_text(encoding="utf-8")


def test_an_unknown_lesson_is_answered_with_the_names(commands) -> None:
    """Nothing is copied and nothing opened."""
    result = lab("--reset", "02")
    assert result.exit_code == 1
    assert result.output == "Error: no lesson '02'; there are 00_tour, 01_next\n"
    assert commands == []


@pytest.mark.parametrize("by", ["option", "environment"])
def test_the_language_can_be_chosen(by: str, commands, tmp_path, monkeypatch) -> None:
    """`--lang` and the environment choose the lessons; the folder may be named."""
    if by == "environment":
        monkeypatch.setenv("AUTOGRAD_LAB_LANG", "zh")
    lab("--dir", "我的 lessons", *(["--lang", "zh"] if by == "option" else []))
    assert "--LabApp.default_url=/lab/tree/zh/00_tour.ipynb" in commands[0]
    assert f"--ServerApp.root_dir={tmp_path / '我的 lessons'}" in commands[0]
    assert (tmp_path / "我的 lessons" / "zh" / "00_tour.ipynb").is_file()


def test_an_unwritable_folder_is_one_line(commands, tmp_path: Path) -> None:
    """A folder that cannot be made is named, with the option that takes another."""
    (tmp_path / "file").touch()
    result = lab("--dir", "file/lessons")
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "file/lessons" in result.output
    assert "--dir" in result.output
    assert commands == []


def test_a_taken_port_is_one_line(commands) -> None:
    """A port that is in use is named before anything starts."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = lab("--port", str(port))
    assert result.exit_code == 1
    assert f"port {port} cannot be used" in result.output
    assert commands == []


def test_a_missing_jupyterlab_names_the_pip_line(commands, monkeypatch) -> None:
    """Without JupyterLab the user reads how to install it."""
    monkeypatch.setattr("autograd_lab.cli.lab.find_spec", lambda name: None)
    result = lab()
    assert result.exit_code == 1
    assert "pip install 'autograd_lab[lab]'" in result.output
    assert commands == []


def test_missing_lessons_are_one_line(commands, monkeypatch, tmp_path: Path) -> None:
    """An installation without lessons says so."""
    monkeypatch.setattr(autograd_lab.resources, "_PACKAGE", tmp_path)
    result = lab()
    assert result.exit_code == 1
    assert "holds no notebooks/en" in result.output


def test_version() -> None:
    """`--version` prints the installed version."""
    result = CliRunner().invoke(main, ["--version"])
    assert re.fullmatch(r"autograd-lab, version \d+\.\d+\.\d+\n", result.output)


@pytest.fixture
def jupyterlab(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`autograd-lab lab --no-browser` as a user starts it, with settings of its own."""
    own = {"HOME": str(tmp_path), "AUTOGRAD_LAB_LANG": "en", "PYTHONDONTWRITEBYTECODE": "1"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON", "XDG"))}
    process = subprocess.Popen(
        [sys.executable, "-c", "from autograd_lab.cli import main; main()", "lab", "--no-browser"],
        cwd=tmp_path,
        env={**kept, **own},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    with process:
        yield process
        process.terminate()


def fetch(url: str, server: subprocess.Popen[str]) -> bytes:
    """Return what a server answers; it names its address a moment before it listens there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url) as answer:
                return answer.read()
        except urllib.error.URLError as refused:
            assert isinstance(refused.reason, ConnectionRefusedError)
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the server ended with status {server.wait(0.05)}")
    raise TimeoutError(url)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_jupyterlab_serves_until_it_is_stopped(jupyterlab, stop, tmp_path: Path) -> None:
    """It prints its address, serves the tour to those with the token, and ends when asked to."""
    said = ""
    while not (address := re.search(r"http://127\.0\.0\.1:\S+\?token=\w+", said)):
        line = jupyterlab.stdout.readline()
        assert line, f"ended with: {said}"
        said += line
    url = address[0]
    name = re.search(r"/lab/tree/(en/[^?]+\.ipynb)", url)[1]
    stored = url.replace("/lab/tree/", "/api/contents/")
    assert json.loads(fetch(stored, jupyterlab))["path"] == name
    jupyterlab.send_signal(stop)
    rest = jupyterlab.stdout.read()
    assert jupyterlab.wait() == 0, rest
    assert "Traceback" not in rest
    port = int(re.search(r":(\d+)/", url)[1])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


UNREADY = "import signal; print('starting', flush=True); signal.pause()"
SERVE = f"""
import os, sys
from autograd_lab.cli.lab import _serve
sys.exit(_serve([sys.executable, "-c", {UNREADY!r}], dict(os.environ)))
"""


def test_ctrl_c_ends_a_server_that_is_not_ready(tmp_path: Path) -> None:
    """A terminal's Ctrl-C, sent to all in the foreground, leaves no traceback and no server."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    with process:
        assert process.stdout.readline() == "starting\n"
        os.killpg(process.pid, signal.SIGINT)
        # Ends with the last process that could write.
        assert process.stdout.read() == ""
    assert process.returncode == 0
