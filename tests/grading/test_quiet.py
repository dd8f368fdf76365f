import logging
import os
import sys

import pytest

from autograd_lab.grading.quiet import quiet

LOUD = [
    "print('loud')",
    "import sys; print('loud', file=sys.stderr)",
    "import sys; sys.stdout = sys.__stderr__; print('loud')",
    "import os; os.write(1, b'loud'); os.write(2, b'loud')",
    "import warnings; warnings.warn('loud')",
    "import logging; logging.warning('loud')",
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(7)'])",
    "import sys; sys.displayhook(7)",
]


@pytest.mark.filterwarnings("ignore:loud")
@pytest.mark.parametrize("source", LOUD)
def test_nothing_is_heard_inside_and_all_is_after(
    source: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Output of every kind is discarded, and works again afterwards."""
    before = sys.stdout, sys.stderr
    with quiet():
        exec(source, {})
    assert (sys.stdout, sys.stderr) == before
    assert not caplog.records
    print("heard")
    print("heard too", file=sys.stderr)
    os.write(2, b"at last")
    logging.warning("and logged")
    assert capfd.readouterr() == ("heard\n", "heard too\nat last")
    assert caplog.messages == ["and logged"]


def test_an_error_passes_through(capfd: pytest.CaptureFixture[str]) -> None:
    """An exception leaves the silence and restores the streams."""
    with pytest.raises(ZeroDivisionError), quiet():
        1 / 0  # noqa: B018
    print("heard")
    assert capfd.readouterr().out == "heard\n"
