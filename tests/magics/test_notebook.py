"""`%%autograd` in a real kernel: the same notebook with and without the magic."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode

SETUP = "%load_ext autograd_lab\nimport autograd_lab as torch"
CELLS = [
    "x = torch.ones(2, requires_grad=True)\ny = (x * x).sum()\ny.backward()\nx.grad",
    "import asyncio\nawait asyncio.sleep(0)\nawait asyncio.sleep(0, result='waited')",
    "x.grad;",
    "\n\n\n\n\n\ndef f(v):\n    return 1 / v\n\n\n\nf(0)",
    "x +",
    "\n\n\n\n\n\nraise KeyboardInterrupt",
    "x.grad.zero_()",
]


def execute(cells: list[str], folder: Path) -> list[NotebookNode]:
    """Return the code cells, executed in order by one kernel, errors included."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return notebook.cells


def without_display(cell: NotebookNode) -> list[NotebookNode]:
    """Return a cell's outputs but what the magic displayed."""
    return [output for output in cell.outputs if output.output_type != "display_data"]


def masked(output: NotebookNode) -> str:
    """Return an output as text, without the file name that is a hash of the cell's content."""
    return re.sub(r"\d+\.py", "cell.py", str(output))


@pytest.fixture(scope="module", name="cells")
def _cells(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[NotebookNode, NotebookNode]]:
    """Execute each cell once plain and once under the magic, in two kernels; return the pairs."""
    folder = tmp_path_factory.mktemp("notebook")
    plain = execute([SETUP, *(f"pass\n{cell}" for cell in CELLS)], folder)
    magic = execute([SETUP, *(f"%%autograd\n{cell}" for cell in CELLS)], folder)
    return list(zip(plain, magic, strict=True))[1:]


def test_outputs_are_those_of_the_plain_cells(
    cells: list[tuple[NotebookNode, NotebookNode]],
) -> None:
    """`Out`, `await`, tracebacks, a syntax error and an interrupt: all as without the magic."""
    for plain, magic in cells:
        assert magic.execution_count == plain.execution_count
        assert list(map(masked, without_display(magic))) == list(map(masked, plain.outputs))


def test_what_is_displayed(cells: list[tuple[NotebookNode, NotebookNode]]) -> None:
    """Every cell that ran shows text and HTML after its own output; one that did not, nothing."""
    kinds = [[output.output_type for output in magic.outputs] for _, magic in cells]
    assert kinds == [
        ["execute_result", "display_data"],
        ["execute_result", "display_data"],
        ["display_data"],
        ["error", "display_data"],
        ["error"],
        ["error", "display_data"],
        ["execute_result", "display_data"],
    ]
    shown = cells[0][1].outputs[1].data
    assert set(shown) == {"text/plain", "text/html"}
    assert "x * x" in shown["text/plain"]
