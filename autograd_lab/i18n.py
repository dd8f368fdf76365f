"""What a person reads, in their language: gettext over the catalogues shipped in `locale/`.

Mark every such text with `_("…")` or `ngettext("…", "…", n)`, called when it is shown, not at
import, so that `set_language` holds for everything that follows. A text without a translation stays
English.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DOMAIN = "autograd_lab"
LOCALE = Path(__file__).parent / "locale"
CATALOGUES = {"zh": "zh_CN"}
"""Folder in `locale/` per language; English, which the code is written in, needs none."""

_chosen: str | None = None


def _(message: str) -> str:
    """Return `message` in the chosen language."""
    # gettext answers the empty text with the catalogue's header.
    return _catalogue(language()).gettext(message) if message else message


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form of the text that goes with the number `n`, in the chosen language."""
    return _catalogue(language()).ngettext(singular, plural, n)


def formula_text(formula: str) -> str:
    """Return an operation's formula in the chosen language.

    It stands beside the operation, unmarked; `engine.formulas` collects those in words.
    """
    return _(formula)


def language() -> str:
    """Return `"en"` or `"zh"`: the language set, else the one the environment asks for."""
    return _chosen or _from_environment()


def set_language(name: str | None) -> None:
    """Use `"en"` or `"zh"` from now on (`"zh_CN"`, `"zh-Hans"` mean the same).

    None asks the environment again. Raises ValueError for a language without a catalogue.
    """
    global _chosen
    chosen = None if name is None else _base(name)
    if chosen not in (None, "en", *CATALOGUES):
        known = ", ".join(repr(code) for code in ("en", *CATALOGUES))
        raise ValueError(f"no language {name!r}; there are {known}")
    _chosen = chosen


def together(sentences: Iterable[str]) -> str:
    """Return sentences one after the other; after a full-width sign stands no space."""
    return re.sub(r"(?<=[。！？；：]) ", "", " ".join(filter(None, sentences)))


def _from_environment() -> str:
    """Return the language of AUTOGRAD_LAB_LANG, else of the locale; English for all others."""
    variables = ("AUTOGRAD_LAB_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    wish = next((value for value in map(os.environ.get, variables) if value), "en")
    code = _base(wish)
    return code if code in CATALOGUES else "en"


def _base(name: str) -> str:
    """Return the language of a locale name: `"zh"` of `"zh_CN.UTF-8"`."""
    return name.lower().replace("-", "_").split("_")[0].split(".")[0]


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    """Return the translations for a language; the empty ones for English or a missing catalogue."""
    languages = [CATALOGUES[code]] if code in CATALOGUES else []
    return gettext.translation(DOMAIN, LOCALE, languages, fallback=True)


__all__ = ["_", "formula_text", "language", "ngettext", "set_language", "together"]
