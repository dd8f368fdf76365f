"""Reading the corpus."""

import pytest

from .corpus import read

TEXT = """# 2 · Something

## problem · RuntimeError · two cells
```python
import torch
x = torch.ones(2)
```
```python
x.backward()  # <-
```

## right · one cell
```python
from torch.nn import functional as F
import torch.nn as nn
```
"""


def test_reading() -> None:
    """A program has its label, its error, its cells and the place of its cause."""
    problem, right = read(TEXT, 2)
    assert (problem.label, problem.raises, problem.title) == (
        "problem",
        "RuntimeError",
        "two cells",
    )
    assert problem.cells == ("import torch\nx = torch.ones(2)\n", "x.backward()\n")
    assert problem.cause == (1, 1)
    assert (right.label, right.raises, right.cause) == ("right", "", None)


def test_imports_of_the_other_engine() -> None:
    """Each way to import torch becomes the same way to import this package."""
    problem, right = read(TEXT, 2)
    assert problem.cells_for("torch") == list(problem.cells)
    assert problem.cells_for("autograd_lab")[0].startswith("import autograd_lab as torch\n")
    assert right.cells_for("autograd_lab") == [
        "from autograd_lab.nn import functional as F\nimport autograd_lab.nn as nn\n"
    ]


@pytest.mark.parametrize(
    "text", ["## problem · x\n```python\n1\n```", "## right · x\n", "## odd · x\n```python\n1\n```"]
)
def test_what_is_not_a_program(text: str) -> None:
    """A missing mark, a missing cell and an unknown label are refused."""
    with pytest.raises(ValueError, match="x"):
        read(text, 1)
