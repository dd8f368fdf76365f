"""What all labs share: a widget to play with and, beside it, its last state as plain HTML."""

from __future__ import annotations

import html
import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any

from ..i18n import _
from .keys import guard

_instances = itertools.count(1)

STYLE = """\
.jp-OutputArea:has(.{live}) .{saved}, body:not(:has(.jp-OutputArea)) .{saved} {{ display: none }}
.{live} .widget-html-content {{ line-height: 1.4 }}
.{live} table {{ border-collapse: collapse; margin-bottom: 8px }}
.{live} th, .{live} td {{ padding: 2px 8px; text-align: left; vertical-align: top }}
.{live} img {{ max-width: 100%; height: auto }}"""
"""What the living widget brings: it hides the saved HTML of its own cell, where one can tell cells
apart, for a notebook may hold one of an earlier session under the same name; and it gives tables the
space that a notebook gives them outside of widgets."""


class Lab(ABC):
    """Base of the labs; a cell that ends with one shows it.

    A saved notebook keeps the HTML, which needs no kernel. While the widget lives it hides that
    output, so that nothing is seen twice.
    """

    def __init__(self) -> None:
        """Prepare a lab that is not shown yet."""
        number = next(_instances)
        self._marker = f"autograd-lab-snapshot-{number}"
        self._live = f"autograd-lab-live-{number}"
        self._outputs: list[Any] = []
        self.trouble = ""

    @property
    @abstractmethod
    def answer(self) -> str:
        """What the lab shows at this moment, in one line of text."""

    @abstractmethod
    def snapshot(self) -> str:
        """Return what the lab shows at this moment as HTML that stands alone."""

    @abstractmethod
    def controls(self) -> list[Any]:
        """Return the ipywidgets to play with; they stand in a row that wraps where it is narrow."""

    @cached_property
    def widget(self) -> Any:
        """The ipywidgets box: the style it brings, the controls, the state."""
        try:
            import ipywidgets  # type: ignore[import-untyped]

            state, keys = self.state(), guard()
        except ImportError as error:
            raise ImportError(
                f"the labs need {error.name}; this brings it: pip install 'autograd_lab[lab]'"
            ) from None
        style = STYLE.format(live=self._live, saved=self._marker)
        row = ipywidgets.HBox(self.controls(), layout={"flex_flow": "row wrap"})
        box = ipywidgets.VBox([ipywidgets.HTML(f"<style>{style}</style>"), row, keys, state])
        box.add_class(self._live)
        self.show(state)
        return box

    def state(self) -> Any:
        """Return the widget that stands below the controls, still empty."""
        import ipywidgets

        return ipywidgets.HTML()

    def show(self, state: Any) -> None:
        """Let the widget that `state` made show the present state, and an error above it."""
        state.value = self.trouble + self.snapshot()

    def button(self, description: str, action: Callable[[], None]) -> Any:
        """Return a button that does `action` and then shows the new state."""
        import ipywidgets

        made = ipywidgets.Button(description=description, layout={"width": "auto"})
        made.on_click(lambda _button: self.act(action))
        return made

    def follow(self, control: Any, action: Callable[[], None]) -> Any:
        """Do `action` and show the new state whenever the value of `control` changes; return it."""
        control.observe(lambda _change: self.act(action), "value")
        return control

    def refresh(self) -> None:
        """Show the present state, in the widget and in every output beside it."""
        self.show(self.widget.children[-1])
        for output in self._outputs:
            output.update(self._saved(self.snapshot()), raw=True)

    def act(self, action: Callable[[], None]) -> None:
        """Do what a control asks for; an error, of a teacher's function perhaps, is shown."""
        self.trouble = ""
        try:
            action()
        except Exception as error:  # Jupyter would put it into a log that nobody opens
            text = html.escape(f"{type(error).__name__}: {error}")
            self.trouble = f'<p role="alert"><b>{text}</b></p>'
        self.refresh()

    def _saved(self, snapshot: str) -> dict[str, str]:
        content = f'<div class="{self._marker}">{snapshot}</div>'
        return {"text/html": content, "text/plain": self.answer}

    def _ipython_display_(self) -> None:
        from IPython.display import display

        try:
            widget = self.widget
        except ImportError as error:
            # IPython would show a traceback through this package, and then the lab's address.
            print(error)
            return
        self.refresh()  # the lab may have been played with by code since the widget was made
        alone = _("{lab}: run this cell in Jupyter to play.").format(lab=type(self).__name__)
        view = {**widget._repr_mimebundle_(), "text/plain": alone}
        display(view, raw=True)  # type: ignore[no-untyped-call]
        saved = self._saved(self.snapshot())
        self._outputs.append(display(saved, raw=True, display_id=True))  # type: ignore[no-untyped-call]
