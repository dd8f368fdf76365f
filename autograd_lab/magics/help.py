"""What `%%autograd?` says, in the language of the session."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from ..i18n import _
from .options import parser


def text() -> str:
    """Return the whole help: what the magic is for, its forms, its options, examples."""
    purpose = _(
        "Show the graph a cell builds and the backward passes it makes; explain what went wrong."
    )
    places = _(
        "A notebook shows a figure and a stepper (arrow keys, Home, End, space), a terminal text."
    )
    options = [(_written(option), option.help or "") for option in parser("")._actions]
    parts = (
        *(purpose, _table(_forms())),
        *(_("Options:"), _table(options)),
        *(_("Examples:"), _examples()),
        places,
    )
    return "\n\n".join(parts)


def _forms() -> list[tuple[str, str]]:
    """Return what can be written, and what it does."""
    return [
        ("%%autograd [--…]", _("run the cell as it is, then show what it did")),
        ("%autograd x y", _("the graph behind tensors")),
        ("%autograd", _("the last recording once more")),
        ("%autograd why x", _("why x.grad is None, a sum of several, zero or NaN")),
        ("%autograd on | off", _("record every cell | only those under %%autograd")),
        ("%autograd compare a b", _("two recordings side by side")),
        ("%autograd check q2", _("what is right so far in a question of an exercise")),
        ("%autograd config --…", _("options for all that follows; alone: print them; reset")),
        ("%autograd lang zh", _("the language: en, zh, auto")),
        ("%autograd needs torch", _("where torch is missing, the cells below do nothing")),
    ]


def _written(option: argparse.Action) -> str:
    """Return an option as it is written: `--save FILE`."""
    return " ".join(filter(None, (option.option_strings[0], option.metavar)))  # type: ignore[arg-type]


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"    {written:23}{told}" for written, told in rows)


def _examples() -> str:
    keep = _("the last recording; keep it to compare")
    return f"""\
    %%autograd
    x = torch.ones(2, 2, requires_grad=True)
    out = (3 * (x + 2) ** 2).mean()
    out.backward()

    %autograd why x
    before = _autograd     # {keep}
    %autograd compare before _autograd

    %%autograd --save graph.svg"""


__all__ = ["text"]
