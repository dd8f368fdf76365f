"""The stepper's data and its script."""

import base64
import json
import re
import zlib
from collections.abc import Callable

from autograd_lab.trace.model import Trace
from autograd_lab.views.player import payload, script, static
from autograd_lab.views.prepared import prepare


def data(trace: Trace) -> dict[str, object]:
    """Return the data of a trace as the page receives it."""
    packed = re.findall(r'atob\("(.*?)"\)', script("al-1", payload(prepare(trace))))
    return json.loads(zlib.decompress(base64.b64decode(packed[0])))["data"]


def test_there_is_one_scene_per_position(example: Trace) -> None:
    """Position 0 is the outcome; then come the operations, then the backward pass."""
    shown = data(example)
    assert [scene.get("n") for scene in shown["scenes"]] == [None, 1, 2, 3, 4, 4, 4, 3, 2, 1, 0]
    assert [scene.get("op") for scene in shown["scenes"]] == [None, 1, 1, 1, 1, *[None] * 6]


def test_a_scene_says_where_gradients_flow_and_what_they_are(example: Trace) -> None:
    """At y * y both inputs are y; the last scene leaves the gradient of the leaf."""
    scenes = data(example)["scenes"]
    assert scenes[8]["to"] == [1, 1]
    assert scenes[8]["g"] == {"2": "grad [[0.7500, 0.7500], [0.7500, 0.7500]]"}
    assert scenes[8]["f"] == [2]
    assert scenes[10]["g"] == {"0": ".grad [[4.5000, 4.5000], [4.5000, 4.5000]]"}


def test_a_scene_says_which_expression_runs(example: Trace) -> None:
    """Line (from 0), start and end: `y * y` of `z = y * y * 3`, then `out.backward()`."""
    scenes = data(example)["scenes"]
    assert scenes[2]["at"] == [2, 4, 9]
    assert scenes[5]["at"] == [4, 0, 14]


def test_gradients_from_before_are_told_at_the_start(broadcast: Trace, example: Trace) -> None:
    """Only those that are there: what is missing is none yet, in the player's own words."""
    assert data(broadcast)["start"] == {"3": ".grad [1., 1.]"}
    assert data(example)["start"] == {}
    assert data(example)["words"]["none"] == "grad none yet"


def test_the_first_node_is_told(example: Trace) -> None:
    """Node 0 is a node like any other."""
    assert data(example)["scenes"][-1]["n"] == 0


def test_a_folded_loop_brings_the_picture_of_the_opened_one(
    looped: Callable[[int], Trace],
) -> None:
    """And for each of its nodes that a step is about, the box that it is in."""
    shown = data(looped(5))
    assert list(shown["pictures"]) == ["f0"]
    assert shown["pictures"]["f0"].startswith("<svg ")
    assert shown["homes"] == {str(node): "f0" for node in range(2, 12)}


def test_hostile_text_cannot_end_the_script(hostile: Trace) -> None:
    """Packed, no tag can begin inside it; unpacked, it is what it was."""
    source = script("al-1", payload(prepare(hostile)))
    assert source.count("</script") == 1 and source.count("<script") == 1
    assert "alert" not in source
    assert len(data(hostile)["scenes"]) > 10


def test_the_script_reaches_for_nothing_outside(example: Trace) -> None:
    """All it loads is the blob it made itself."""
    source = script("al-1", payload(prepare(example))) + static("player.js") + static("player.css")
    assert re.findall(r"https?://|//cdn|url\(|fetch\(", source) == []
    assert re.findall(r"import\((.*?)\)", source) == ["url"]


def test_the_player_is_an_anywidget_module_without_dependencies() -> None:
    """It exports `render` by default, imports nothing, and builds no HTML from strings."""
    source = static("player.js")
    assert "export default { render }" in source
    assert "import " not in source.replace("document.importNode", "")
    assert "innerHTML" not in source and "insertAdjacentHTML" not in source


def test_the_same_trace_gives_the_same_script(example: Trace) -> None:
    """A notebook's outputs can be compared."""
    assert script("a", payload(prepare(example))) == script("a", payload(prepare(example)))
