"""Notebooks broken by chance: each ends with a verdict, whatever it has become."""

import copy
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograd_lab.grading.submission import read_submission
from tests.grading.corpus.case import ASSIGNMENT, FUNCTIONS, PREDICTION, named
from tests.grading.corpus.class_of import PARTS, Graded, graded_class

COUNT = int(os.environ.get("AUTOGRAD_LAB_FUZZ", "50"))
VALUES: list[Any] = [
    None,
    True,
    -1,
    1e308,
    10**30,
    "",
    "\0",
    "\ud800",
    "grade",
    [],
    {},
    [[]],
    {"": 0},
]


def mutated(notebook: Any, chance: random.Random) -> bytes:
    """Return the text of a notebook after one to six accidents."""
    tree = json.loads(json.dumps(notebook))
    for _accident in range(chance.randint(1, 5)):
        chance.choice(ACCIDENTS)(tree, chance)
    data = bytearray(json.dumps(tree).encode("ascii"))
    if chance.random() < 0.2:
        chance.choice(DAMAGES)(data, chance)
    return bytes(data)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return every place in a tree of lists and dicts, as the one that holds it and the key."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        found += [(node, key) for key in keys]
        waiting += [node[key] for key in keys if isinstance(node[key], dict | list)]
    return found


def any_place(tree: Any, chance: random.Random) -> tuple[Any, Any]:
    """Return some place; one that is near the root is as likely as one far down."""
    return chance.choice(places(tree) or [({"": 0}, "")])


def replace(tree: Any, chance: random.Random) -> None:
    """Write something else into a place."""
    node, key = any_place(tree, chance)
    node[key] = copy.deepcopy(chance.choice(VALUES))


def remove(tree: Any, chance: random.Random) -> None:
    """Take a place away."""
    node, key = any_place(tree, chance)
    del node[key]


def exchange(tree: Any, chance: random.Random) -> None:
    """Exchange what two places hold; a tree may then hold itself, which is put right again."""
    (node, key), (other, place) = any_place(tree, chance), any_place(tree, chance)
    node[key], other[place] = other[place], node[key]
    try:
        json.dumps(tree)
    except (ValueError, RecursionError):
        node[key], other[place] = other[place], node[key]


def double(tree: Any, chance: random.Random) -> None:
    """Write a part of a list twice."""
    lists = [node for node, _key in places(tree) if isinstance(node, list)]
    if lists:
        node = chance.choice(lists)
        node.insert(chance.randint(0, len(node)), json.loads(json.dumps(chance.choice(node))))


def rename(tree: Any, chance: random.Random) -> None:
    """Call a field something else."""
    node, key = any_place(tree, chance)
    if isinstance(node, dict):
        node[chance.choice([f"{key}s", "grade_id", "cells", "metadata", "nbgrader"])] = node.pop(
            key
        )


def cut(tree: Any, chance: random.Random) -> None:
    """Shorten a text."""
    node, key = any_place(tree, chance)
    if isinstance(node[key], str):
        node[key] = node[key][: chance.randint(0, len(node[key]))]


ACCIDENTS: list[Callable[[Any, random.Random], None]] = [
    replace,
    remove,
    exchange,
    double,
    rename,
    cut,
]


def truncate(data: bytearray, chance: random.Random) -> None:
    """Lose the end of the file."""
    del data[chance.randrange(len(data)) :]


def flip(data: bytearray, chance: random.Random) -> None:
    """Change some bytes."""
    for _byte in range(chance.randint(1, 9)):
        data[chance.randrange(len(data))] = chance.randrange(256)


DAMAGES = [truncate, flip]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Grade a class of accidents."""

    def hand_in(released: Any, submitted: Path) -> None:
        named(released, "q2-prediction").source = PREDICTION
        named(released, "q2-functions").source = FUNCTIONS
        chance = random.Random(20)
        for number in range(COUNT):
            folder = submitted / f"s{number:05}" / ASSIGNMENT
            folder.mkdir(parents=True)
            (folder / f"{ASSIGNMENT}.ipynb").write_bytes(mutated(released, chance))

    with graded_class(tmp_path_factory, hand_in) as graded:
        yield graded


def test_every_accident_ends_with_a_verdict(fuzzed: Graded) -> None:
    """All are in the gradebook with points for each question, and have a notebook to show."""
    assert len(fuzzed.scores) == COUNT
    for student, scores in fuzzed.scores.items():
        assert set(scores) == set(PARTS), student
        assert all(type(points) is float for points in scores.values()), student
        assert all(0 <= scores[part] <= most for part, most in zip(PARTS, (3, 4), strict=True))
        nbformat.validate(fuzzed.notebook(student))


def test_accidents_differ(fuzzed: Graded) -> None:
    """Some cost everything, some nothing: the accidents are neither harmless nor hopeless."""
    totals = {sum(scores.values()) for scores in fuzzed.scores.values()}
    assert {0, 7} <= totals


def test_what_was_read_is_a_notebook(tmp_path: Path, fuzzed: Graded) -> None:
    """A hundred more are read, and none raises: always a notebook, with the reason where it is ours."""
    released = nbformat.read(fuzzed.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4)
    chance = random.Random(21)
    folder = tmp_path / "ann" / ASSIGNMENT
    folder.mkdir(parents=True)
    for _accident in range(100):
        (folder / f"{ASSIGNMENT}.ipynb").write_bytes(mutated(released, chance))
        found = read_submission(folder, ASSIGNMENT, released)
        nbformat.validate(found.notebook)
        assert found.readable or found.notes
