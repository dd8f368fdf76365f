"""How long a student waits for `%autograd check`: `python -m benchmarks.checks`.

Every answer of every question is checked as in a notebook: judged, noted as an attempt, shown. What
counts is the slowest.
"""

from __future__ import annotations

import io
import os
import time
from contextlib import redirect_stdout
from tempfile import TemporaryDirectory

from autograd_lab.grading import progress
from autograd_lab.grading.notebook import check
from tests.grading.fixtures import QUESTIONS

MOST = 1.0
"""Seconds."""


def waits() -> dict[str, float]:
    """Return the seconds that each answer's check takes, by the name of the answer."""
    found = {}
    for question in QUESTIONS:
        for name, answer in question.answers.items():
            with redirect_stdout(io.StringIO()) as shown:
                names = question.namespace(answer.text)
                began = time.perf_counter()
                check(str(question), names)
                found[f"{question} {name}"] = time.perf_counter() - began
            if not all(f"{part}: " in shown.getvalue() for part in question.checks):
                raise SystemExit(f"{question} {name} was not checked: {shown.getvalue()}")
    return found


def main() -> None:
    """Print the slowest right answer and the slowest of all."""
    with TemporaryDirectory() as folder:
        os.environ[progress.FOLDER] = folder
        found = waits()
    print(f"| `%autograd check`, {len(found)} answers | at most | measured |\n|---|---|---|")
    right = {name: spent for name, spent in found.items() if "right" in name}
    for kind, some in (("right", right), ("any", found)):
        slowest = max(some, key=some.__getitem__)
        text = f"{1000 * some[slowest]:.0f} ms"
        shown = text if some[slowest] <= MOST else f"**{text}**"
        print(f"| {kind}, the slowest: {slowest} | {1000 * MOST:.0f} ms | {shown} |")


if __name__ == "__main__":
    main()
