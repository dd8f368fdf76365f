"""Every code cell of the source documents runs under `%%autograd` as it runs without."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

DOCUMENTS = json.loads(
    (Path(__file__).parents[1] / "data" / "seed_cells.json").read_text(encoding="utf-8")
)
ADDRESS = re.compile(r"0x[0-9a-f]+")
PLACE = re.compile(r"^(Cell In|File <ipython-input).*\n|^[ \-][ \->]*\d+ .*\n", re.MULTILINE)


@pytest.fixture(name="shells")
def _shells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[InteractiveShell]]:
    """Give two IPythons, one for the plain cells and one for those under the magic."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("AUTOGRAD_LAB_LANG", "en")
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shells = [InteractiveShell(config=config) for _ in range(2)]
    for shell in shells:
        shell.run_cell("%load_ext autograd_lab")
    yield shells
    for shell in shells:
        shell.run_cell("%unload_ext autograd_lab")
        shell.restore_sys_module_state()


def output(shell: InteractiveShell, cell: str) -> str:
    """Run a cell and return what it prints, addresses and the place in the cell aside."""
    with capture_output() as shown:
        shell.run_cell(cell, store_history=False)
    return PLACE.sub("", ADDRESS.sub("0xADDR", shown.stdout))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d["document"])
def test_shows_the_cells_own_output_first(document, shells) -> None:
    """What the plain cell prints comes first, errors too; then the graph, or why there is none."""
    plain, magic = shells
    for cell in document["cells"]:
        code = cell["code"].replace("import torch\n", "import autograd_lab as torch\n")
        own = output(plain, code)
        both = output(magic, f"%%autograd --text\n{code}")
        assert both.startswith(own), cell["label"]
        below = both[len(own) :]
        no_graph = below.startswith(("No graph", "This cell"))
        assert no_graph or "The graph, from the result" in below, cell["label"]
