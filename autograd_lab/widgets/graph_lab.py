"""What the labs share whose graph takes clicks: words on the left, the picture beside them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from . import clickable, pictures
from .clickable import Spot
from .lab import Lab


class GraphLab(Lab):
    """Base of the labs in whose graph one clicks; a saved notebook keeps the picture without that."""

    @abstractmethod
    def words(self) -> str:
        """Return what stands beside the graph below the answer, as HTML."""

    @abstractmethod
    def graph(self) -> str:
        """Return the graph at this moment as an SVG."""

    @abstractmethod
    def spots(self, graph: str) -> list[Spot]:
        """Return what can be clicked in this SVG; what stays keeps its key."""

    @abstractmethod
    def click(self, key: str) -> None:
        """Do what a click on a spot asks for; the new state is shown afterwards."""

    @property
    @abstractmethod
    def hint(self) -> str:
        """What to click, in a sentence."""

    def snapshot(self) -> str:
        """Return the answer, and below it the words with the graph beside them."""
        graph = pictures.framed(self.graph(), self.answer)
        return pictures.told(self.answer) + pictures.beside(self.words(), graph)

    def state(self) -> Any:
        """Return the same as widgets, of which the picture takes clicks."""
        import ipywidgets  # type: ignore[import-untyped]

        words = ipywidgets.HTML()
        picture = clickable.picture(lambda key: self.act(lambda: self.click(key)))
        for part in words, picture:
            part.layout = {"flex": "1 1 280px", "min_width": "0"}
        return ipywidgets.HBox([words, picture], layout={"flex_flow": "row wrap"})

    def show(self, state: Any) -> None:
        """Show the present state in both."""
        words, picture = state.children
        words.value = self.trouble + pictures.told(self.answer) + self.words()
        graph = self.graph()
        caption = f"{pictures.directions()}\n{self.hint}"
        picture.drawing = clickable.drawing(graph, self.answer, caption, self.spots(graph))
