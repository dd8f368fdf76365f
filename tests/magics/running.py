"""Running cells in a test's IPython."""

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import CapturedIO, capture_output


def run(shell: InteractiveShell, cell: str) -> CapturedIO:
    """Run a cell as if it were typed, and return all it showed."""
    with capture_output() as shown:
        shell.run_cell(cell, store_history=True)
    return shown
