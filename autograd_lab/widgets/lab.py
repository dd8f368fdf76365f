"""What all labs share: a widget to play with and, beside it, its last state as plain HTML."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any

from ..i18n import _

_instances = itertools.count(1)


class Lab(ABC):
    """Base of the labs; a cell that ends with one shows it.

    A saved notebook keeps the HTML, which needs no kernel. While the widget lives it hides that
    output, so that nothing is seen twice.
    """

    def __init__(self) -> None:
        """Prepare a lab that is not shown yet."""
        self._marker = f"autograd-lab-snapshot-{next(_instances)}"
        self._outputs: list[Any] = []

    @property
    @abstractmethod
    def answer(self) -> str:
        """What the lab shows at this moment, in one line of text."""

    @abstractmethod
    def snapshot(self) -> str:
        """Return what the lab shows at this moment as HTML that stands alone."""

    @abstractmethod
    def controls(self) -> list[Any]:
        """Return the ipywidgets to play with."""

    @cached_property
    def widget(self) -> Any:
        """The ipywidgets box: the rule that hides the saved HTML, the controls, the state."""
        try:
            import ipywidgets  # type: ignore[import-untyped]
        except ImportError:
            raise ImportError(
                "the labs need ipywidgets; this brings it: pip install 'autograd_lab[lab]'"
            ) from None
        hide = ipywidgets.HTML(f"<style>.{self._marker} {{ display: none }}</style>")
        state = ipywidgets.HTML(self.snapshot())
        return ipywidgets.VBox([hide, ipywidgets.HBox(self.controls()), state])

    def button(self, description: str, action: Callable[[], None]) -> Any:
        """Return a button that does `action` and then shows the new state."""
        import ipywidgets

        def clicked(_button: Any) -> None:
            action()
            self.refresh()

        made = ipywidgets.Button(description=description)
        made.on_click(clicked)
        return made

    def refresh(self) -> None:
        """Show the present state, in the widget and in every output beside it."""
        self.widget.children[-1].value = self.snapshot()
        for output in self._outputs:
            output.update(self._saved(), raw=True)

    def _saved(self) -> dict[str, str]:
        html = f'<div class="{self._marker}">{self.snapshot()}</div>'
        return {"text/html": html, "text/plain": self.answer}

    def _ipython_display_(self) -> None:
        from IPython.display import display

        try:
            widget = self.widget
        except ImportError as error:
            # IPython would show a traceback through this package, and then the lab's address.
            print(error)
            return
        alone = _("{lab}: run this cell in Jupyter to play.").format(lab=type(self).__name__)
        view = {**widget._repr_mimebundle_(), "text/plain": alone}
        display(view, raw=True)  # type: ignore[no-untyped-call]
        self._outputs.append(display(self._saved(), raw=True, display_id=True))  # type: ignore[no-untyped-call]
