"""The stepper's data and its script."""

import json
import re

from autograd_lab.trace.model import Trace
from autograd_lab.views.player import embed, payload, script, static
from autograd_lab.views.steps import steps


def scenes(trace: Trace) -> list[dict[str, object]]:
    """Return the scenes of a trace as the page receives them."""
    data = json.loads(json.dumps(payload(trace, steps(trace))))
    return data["scenes"]


def test_there_is_one_scene_per_position(example: Trace) -> None:
    """Position 0 is the graph before the backward pass, without any gradient."""
    shown = scenes(example)
    assert [scene["node"] for scene in shown] == [None, 4, 4, 3, 2, 1, 0]
    assert shown[0]["gradients"] == {
        "0": ".grad none yet", "1": "grad none yet", "2": "grad none yet",
        "3": "grad none yet", "4": "grad none yet",
    }  # fmt: skip
    assert shown[4]["edges"] == [1, 2]
    assert shown[6]["gradients"] == {"0": ".grad [[4.5000, 4.5000], [4.5000, 4.5000]]"}


def test_without_a_backward_pass_there_is_one_scene_that_says_so(severed: Trace) -> None:
    """The reader learns why there is nothing to step through."""
    (scene,) = scenes(severed)
    assert "backward() did not run" in str(scene["subtitle"])


def test_constants_get_no_gradient_text(broadcast: Trace) -> None:
    """The page is told nothing about gradients where none can be."""
    assert "1" not in scenes(broadcast)[0]["gradients"]


def test_embedded_data_cannot_end_the_script() -> None:
    """No tag, comment or line separator can begin inside the JSON, and it reads back equal."""
    text = "</script><!-- <script> \u2028\u2029 \"'\\ 梯度"
    safe = embed({"text": text})
    assert not set("<\u2028\u2029") & set(safe)
    assert json.loads(safe) == {"text": text}


def test_the_script_reaches_for_nothing_outside(example: Trace) -> None:
    """All it loads is the blob it made itself."""
    source = script("al-1", payload(example, steps(example)))
    assert re.findall(r"https?://|//cdn", source) == []
    assert re.findall(r"import\((.*?)\)", source) == ["url"]


def test_the_player_is_an_anywidget_module_without_dependencies() -> None:
    """It exports `render` by default, imports nothing, and builds no HTML from strings."""
    source = static("player.js")
    assert "export default { render }" in source
    assert "import " not in source.replace("document.importNode", "")
    assert "innerHTML" not in source and "insertAdjacentHTML" not in source
