"""The estimate of how long a lesson takes."""

import pytest

from autograd_lab.authoring.reading import minutes
from autograd_lab.authoring.source import Cell, Source


def _source(*cells):
    made = (Cell(kind, {"en": en, "zh": zh}, {}) for kind, en, zh in cells)
    return Source("00_lesson", tuple(made))


def test_words_and_characters_have_their_own_pace():
    """200 words or 300 characters are a minute; a name in Chinese prose is a word."""
    source = _source(("markdown", "It is-so x.grad's word.\n" * 50, "导数 `x.grad`，求和\n" * 60))
    assert minutes(source, "en") == pytest.approx(1)
    assert minutes(source, "zh") == pytest.approx(240 / 300 + 60 / 200)


def test_a_guess_a_figure_and_a_lab_take_time():
    """Also two guesses in one line, and the answer of a check; not the dots in a text."""
    code = 'a, b = ..., ...\npredict("a", ...)\n%%autograd\nDetachLab()\nfrom w import DetachLab'
    words = 12  # a b, predict a, autograd, DetachLab, from w import DetachLab, and so
    source = _source(("code", code, code), ("markdown", "and so ...", "等等"))
    assert minutes(source, "en") == pytest.approx(words / 200 + 3 * 0.75 + 0.25 + 1)
