# mypy: disable-error-code="no-untyped-call"
"""The options of `%autograd` and `%%autograd`: read from a line, on top of the defaults of the session."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic_arguments import MagicArgumentParser

from ..i18n import _
from ..trace.model import Trace
from ..views.display import Display

DEFAULTS: dict[str, Any] = {
    "text": False,
    "static": False,
    "quiet": False,
    "max_nodes": 150,
    "save": None,
}
ENDINGS = (".svg", ".html", ".json")


def parser(called: str, positional: str = "") -> MagicArgumentParser:
    """Return what reads the options; an option that is not given is left out of the result."""
    made = MagicArgumentParser(called, argument_default=argparse.SUPPRESS)
    # `read` says what is wrong, for argparse would say it in English.
    made.exit_on_error = made.allow_abbrev = False
    texts = {
        "--text": _("show text, also where a figure could be shown"),
        "--static": _("show the figure and its tables without a stepper"),
        "--quiet": _("record, but show nothing"),
    }
    for name, told in texts.items():
        made.add_argument(name, action=argparse.BooleanOptionalAction, help=told)
    boxes, file = _("draw at most N boxes (150)"), _("write FILE.svg, .html or .json as well")
    made.add_argument("--max-nodes", type=_count, metavar="N", help=boxes)
    made.add_argument("--save", type=_file, metavar="FILE", help=file)
    if positional:
        made.add_argument(positional, nargs="*", default=[])
    return made


def read(made: MagicArgumentParser, line: str, defaults: dict[str, Any]) -> argparse.Namespace:
    """Return the options in `line` on top of `defaults`; UsageError if they cannot be read."""
    try:
        words = shlex.split(line)
    except ValueError:
        reason = _("the line ends inside quotation marks, or with a backslash")
        raise UsageError(f"{made.prog}: {reason}") from None
    try:
        options, unknown = made.parse_known_args(words, argparse.Namespace(**defaults))
    except argparse.ArgumentError as error:
        raise UsageError(f"{error.argument_name}: {_reason(error.message)}") from None
    if unknown:
        raise UsageError(
            _("{magic} does not know {words}; %%autograd? tells all options").format(
                magic=made.prog, words=" ".join(unknown)
            )
        )
    return options


def _reason(message: str) -> str:
    """Return what is wrong with the value of an option: argparse's own two sentences, or one of ours."""
    if message.startswith("expected"):
        return _("a value is missing")
    return _("takes no value") if message.startswith("ignored") else message


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            _("{text} is not a number of boxes, from 1 on").format(text=text)
        )
    return int(text)


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if path.suffix not in ENDINGS:
        raise argparse.ArgumentTypeError(
            _("{text} must end in {endings}").format(text=text, endings=", ".join(ENDINGS))
        )
    return path


def display_of(trace: Trace, options: argparse.Namespace) -> Display:
    """Return what shows a trace, with what was found in it."""
    return Display(trace, trace.findings(), static=options.static, max_nodes=options.max_nodes)


def present(shown: Any, options: argparse.Namespace) -> None:
    """Show, figure and text, or text alone, or nothing; then write the file that was asked for.

    UsageError if it cannot be written.
    """
    from IPython.display import display

    if options.text and not options.quiet:
        print(shown)
    elif not options.quiet:
        display(shown)
    if options.save is None:
        return
    try:
        shown.save(options.save)
    except OSError as error:
        raise UsageError(
            _("cannot write {name}: {reason}").format(
                name=options.save, reason=error.strerror or error
            )
        ) from None
