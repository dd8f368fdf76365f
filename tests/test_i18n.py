"""The texts in two languages: how one is chosen, and that the Chinese catalogue lacks nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import autograd_lab.i18n as i18n
from autograd_lab.engine.formulas import in_words
from autograd_lab.resources import folder

PACKAGE = Path(i18n.__file__).parent
PO = PACKAGE / "locale/zh_CN/LC_MESSAGES/autograd_lab.po"
KEYWORDS = {"_": None, "ngettext": (1, 2)}
VARIABLES = ("AUTOGRAD_LAB_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
CHINESE = re.compile("[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@pytest.fixture(autouse=True)
def _untouched_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start without any wish for a language, and leave none."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    i18n.set_language(None)
    yield
    i18n.set_language(None)


@pytest.fixture(name="catalogue", scope="module")
def _catalogue() -> Catalog:
    """Read the Chinese catalogue."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN", domain="autograd_lab")


def modules() -> list[Path]:
    """Return the files that mark texts: the package, and the checks of the exercises."""
    return [*sorted(PACKAGE.rglob("*.py")), *sorted(folder("exercises").glob("*/q*_checks.py"))]


def extracted() -> dict[str, tuple[str, ...]]:
    """Return every text that is marked, by its singular."""
    found = [
        entry[1]
        for path in modules()
        for entry in extract_from_file("python", path, keywords=KEYWORDS)
    ]
    found += in_words()
    ids = [text if isinstance(text, tuple) else (text,) for text in found]
    return {forms[0]: forms for forms in ids}


def texts_of(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """Return the translations (one per plural form) by the singular they belong to."""
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: (
            (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
        )
        for entry in catalogue
        if entry.id
    }


# --- choosing -----------------------------------------------------------------------------------


def test_english_by_default() -> None:
    """Nothing asked for means English."""
    assert i18n.language() == "en"
    assert i18n._("none yet") == "none yet"


@pytest.mark.parametrize(
    ("variable", "value", "language"),
    [
        ("AUTOGRAD_LAB_LANG", "zh", "zh"),
        ("AUTOGRAD_LAB_LANG", "zh-Hans", "zh"),
        ("AUTOGRAD_LAB_LANG", "tlh", "en"),
        ("AUTOGRAD_LAB_LANG", "", "en"),
        ("LANG", "zh_CN.UTF-8", "zh"),
        ("LANGUAGE", "zh_CN:en", "zh"),
        ("LC_ALL", "C.UTF-8", "en"),
        ("LANG", "de_DE.UTF-8", "en"),
    ],
)
def test_environment(
    variable: str, value: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package's own variable or the locale chooses; what is not spoken here is English."""
    monkeypatch.setenv(variable, value)
    assert i18n.language() == language


def test_own_variable_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """AUTOGRAD_LAB_LANG is stronger than the locale."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("AUTOGRAD_LAB_LANG", "en")
    assert i18n.language() == "en"


def test_set_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program sets is stronger still, until it is taken back."""
    monkeypatch.setenv("AUTOGRAD_LAB_LANG", "zh")
    i18n.set_language("en")
    assert i18n.language() == "en"
    i18n.set_language(None)
    assert i18n.language() == "zh"


def test_unknown_language() -> None:
    """A language without a catalogue is refused, and the old one stays."""
    i18n.set_language("zh")
    with pytest.raises(ValueError, match="no language 'fr'; there are 'en', 'zh'"):
        i18n.set_language("fr")
    assert i18n.language() == "zh"


def test_translation() -> None:
    """Marked texts come in the chosen language, plural forms too; unknown ones stay as they are."""
    i18n.set_language("zh")
    assert CHINESE.search(i18n._("none yet"))
    many = i18n.ngettext("… and {count} more step", "… and {count} more steps", 2)
    assert CHINESE.search(many)
    assert i18n._("never written anywhere") == "never written anywhere"
    i18n.set_language("en")
    assert i18n.ngettext("{n} part", "{n} parts", 1) == "{n} part"
    assert i18n.ngettext("{n} part", "{n} parts", 0) == "{n} parts"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_empty_text(language: str) -> None:
    """The empty text is empty, not the catalogue's header."""
    i18n.set_language(language)
    assert i18n._("") == ""


def test_missing_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its catalogue, Chinese falls back to English."""
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    i18n._catalogue.cache_clear()
    try:
        i18n.set_language("zh")
        assert i18n._("none yet") == "none yet"
    finally:
        i18n._catalogue.cache_clear()


# --- the Chinese catalogue ----------------------------------------------------------------------


def faults(message: Message | None, forms: tuple[str, ...]) -> str:
    """Return what is wrong with the translation of a marked text, `""` if nothing is."""
    if message is None:
        return "missing"
    if message.fuzzy:
        return "fuzzy"
    texts = [message.string] if isinstance(message.string, str) else list(message.string)
    wanted = set(PLACEHOLDER.findall(forms[-1]))
    for text in texts:
        if not text:
            return "empty"
        if set(PLACEHOLDER.findall(text)) != wanted:
            return f"placeholders differ: {text}"
        # A text of symbols and code alone has nothing to translate.
        if re.search("[A-Za-z]{2}", PLACEHOLDER.sub("", forms[0])) and not CHINESE.search(text):
            return f"not Chinese: {text}"
    return ""


def test_every_text_is_translated(catalogue: Catalog) -> None:
    """Each marked text has a Chinese translation with the same placeholders, none of them fuzzy."""
    texts = extracted()
    assert {"none yet", "it returns nothing yet."} <= set(texts)
    wrong = {
        singular: fault
        for singular, forms in texts.items()
        if (fault := faults(catalogue.get(singular), forms))
    }
    assert wrong == {}


def test_nothing_left_over(catalogue: Catalog) -> None:
    """The catalogue holds no text that the package no longer has."""
    assert set(texts_of(catalogue)) - set(extracted()) == set()
    assert catalogue.obsolete == {}


def test_compiled_catalogue_is_current(catalogue: Catalog) -> None:
    """The compiled file holds exactly the texts of the text file; only its header may be older."""
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert texts_of(compiled) == texts_of(catalogue)
    assert compiled.plural_expr == catalogue.plural_expr == "0"


def test_marked_texts_can_be_extracted() -> None:
    """Every call gives its text as it stands: a variable or an f-string would never be found."""
    hidden = []
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            name = isinstance(call, ast.Call) and getattr(call.func, "id", "")
            if name in KEYWORDS and path.name != "i18n.py":
                texts = call.args[: len(KEYWORDS[name] or (1,))]
                if not all(isinstance(text, ast.Constant) for text in texts):
                    hidden.append(f"{path}:{call.lineno}")
    assert hidden == []


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (None, "missing"),
        (Message("{n} steps", "{n} 步", flags={"fuzzy"}), "fuzzy"),
        (Message("{n} steps", ""), "empty"),
        (Message("{n} steps", "步"), "placeholders differ: 步"),
        (Message("{n} steps", "{n} steps"), "not Chinese: {n} steps"),
        (Message("{n} steps", "{n} 步"), ""),
    ],
)
def test_faults_are_found(message: Message | None, fault: str) -> None:
    """The check itself notices each kind of fault."""
    assert faults(message, ("{n} steps",)) == fault


def test_sentences_follow_one_another_as_their_language_wants() -> None:
    """A space stands after a full stop, none after the full-width one."""
    assert i18n.together(["One.", "", "Two."]) == "One. Two."
    assert i18n.together(["第一句。", "第二句！", "x 是叶子。"]) == "第一句。第二句！x 是叶子。"
