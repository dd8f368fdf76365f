"""Lines and expressions of running code."""

import subprocess
import sys

from autograd_lab.trace.source_text import NOWHERE, Place, SourceText

CELL = "<cell under test>"


def places(text: str, known: str | None = None, filename: str = CELL) -> list[Place]:
    """Run `text`, in which `here()` is called, against the text that the reader knows."""
    found: list[Place] = []
    source = SourceText(text if known is None else known, CELL)
    exec(compile(text, filename, "exec"), {"here": lambda *_: found.append(source.here())})
    return found


def test_innermost_call() -> None:
    """The exact expression that is running, on the line where it begins."""
    assert places("a = [\n  here() or here(1)]") == [(0, 2, "here()", 2), (0, 2, "here(1)", 12)]


def test_columns_are_characters() -> None:
    """Not bytes: an emoji, of which Python says that it takes four, is one."""
    assert places("s = '😀é'; here()") == [(0, 1, "here()", 10)]


def test_line_breaks_are_pythons() -> None:
    """A form feed or a Unicode line separator inside a line does not start a new one."""
    assert places("s = '\x0c\u2028\x85'; here(s)\r\nhere(2)") == [
        (0, 1, "here(s)", 11),
        (0, 2, "here(2)", 0),
    ]


def test_elsewhere() -> None:
    """Code of another file has no place here."""
    assert places("here()", filename="<elsewhere>") == [NOWHERE]
    assert SourceText("", CELL).here() == NOWHERE
    assert SourceText("", CELL).of_traceback(None) == NOWHERE


def test_text_that_is_missing() -> None:
    """Where the text is not known, the line still is."""
    assert places("\nhere()", known="") == [(0, 2, "", None)]


def test_python_without_columns() -> None:
    """Python told to keep no columns gives lines alone."""
    program = (
        "from autograd_lab.trace.source_text import SourceText\n"
        "source = SourceText('here()', 'cell')\n"
        "exec(compile('here()', 'cell', 'exec'), {'here': lambda: print(*source.here())})"
    )
    command = [sys.executable, "-X", "no_debug_ranges", "-c", program]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["0", "1", "None"]
