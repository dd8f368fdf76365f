# ruff: noqa: D103 (a change is called what it does)
"""Submissions that are odd and honest: they cost nothing, and nothing is flagged."""

import re
from pathlib import Path
from typing import Any

import nbformat

from tests.grading.corpus.case import (
    FUNCTIONS,
    PREDICTION,
    Case,
    Cases,
    begun_with,
    in_place_of,
    named,
    register,
)

ODD: Cases = {}

# Run before the answers.
BEFORE = {
    "a_warning": "import warnings\nwarnings.warn('deprecated')",
    "noise_on_stderr": "import sys, os\nprint('loud', file=sys.stderr)\nos.write(2, b'louder')",
    "a_logger": "import logging\nlogging.basicConfig()\nlogging.error('an error')",
    "a_plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('梯度'); plt.show()",
    "five_megabytes_of_prints": "for i in range(50_000):\n    print('x' * 99)",
    "five_megabytes_at_once": "print('x' * 5_000_000)",
    "an_error_of_its_own": "1 / 0",
    "input_asked": "name = input('your name? ')",
    "exit_typed": "exit()",
    "sys_exit": "import sys\nsys.exit(3)",
    "a_shell_command": "!echo hello",
    "timed": "%timeit -n 3 -r 1 sum(range(10))",
    "awaited": "import asyncio\nawait asyncio.sleep(0)",
    "threads_that_end": (
        "import threading\n"
        "threads = [threading.Thread(target=sum, args=([1, 2],)) for _ in range(8)]\n"
        "for each in threads: each.start()\n"
        "for each in threads: each.join()"
    ),
    "processes_that_end": (
        "import subprocess\nprint(subprocess.run(['ls'], capture_output=True).stdout)"
    ),
    "numbers_seeded": "import random, numpy as np\nrandom.seed(0); np.random.seed(0)",
    "chinese_names": "梯度 = [2.0, 4.0]\ndef 导数(甲):\n    return 2 * 甲\nprint(导数(梯度[0]))",
    "cells_of_magic": "%%writefile helper.py\nANSWER = 42",
    "numpy_silenced": "import numpy as np\nnp.seterr(all='ignore')",
    "strict_about_numpy": "import numpy as np\nnp.seterr(all='raise')",
    "a_class_with_equality": (
        "class Point:\n    def __init__(self, x): self.x = x\n"
        "    def __eq__(self, other): return self.x == other.x"
    ),
    "names_of_builtins": "sum = 3\nlist = [1]\nmax = min = None",
    "working_folder_changed": "import os\nos.chdir('/tmp')",
    "recursion_without_end": "def f(n):\n    return f(n + 1)\nf(0)",
}
ODD |= {name: Case(begun_with(source)) for name, source in BEFORE.items()}
# As on the student's own machine, where a screen is; nothing opens, and the answers count.
ODD["a_window"] = Case(
    begun_with(
        "import matplotlib\nmatplotlib.use('TkAgg')\n"
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    ),
    told="'headless' is currently running",
)

# In place of one of the right answers.
INSTEAD = {
    "numpy_answers": (
        "q2-functions",
        "import numpy as np\n\n"
        + FUNCTIONS.replace("return x.grad.tolist()", "return x.grad.numpy().copy()").replace(
            "append(x.grad.tolist())", "append(np.array(x.grad.tolist()))"
        ),
    ),
    "tensors_as_answers": (
        "q2-functions",
        FUNCTIONS.replace("return x.grad.tolist()", "return x.grad"),
    ),
    "prints_in_functions": (
        "q2-functions",
        FUNCTIONS.replace("    x =", "    print('here' * 1000)\n    x ="),
    ),
    "numpy_predictions": (
        "q2-prediction",
        "import numpy as np\n\n" + re.sub(r"(\[[\d., ]+\])", r"np.array(\1)", PREDICTION),
    ),
    # Its name comes late: nothing that others left may be there.
    "works_where_nothing_is_left": (
        "q2-functions",
        "import os, autograd_lab\n"
        # A checkout of this package may itself lie among the temporary files.
        "own = autograd_lab.__file__.split('/')\n"
        "assert os.listdir() == []\n"
        "assert not [n for n in os.listdir('/tmp') if n[0] != '.' and n not in own]\n"
        "assert 'INFECTED' not in dir(__builtins__)\n" + FUNCTIONS,
    ),
}
ODD |= {name: Case(in_place_of(cell, source)) for name, (cell, source) in INSTEAD.items()}


@register(ODD)
def own_cells(notebook: Any, _folder: Path) -> Any:
    for place in (4, 2, 1):
        notebook.cells.insert(place, nbformat.v4.new_code_cell("def helper(x):\n    return 2 * x"))
        notebook.cells.insert(place, nbformat.v4.new_markdown_cell("我的笔记 <b>bold</b>"))
    return notebook


@register(ODD)
def answers_to_the_front(notebook: Any, _folder: Path) -> Any:
    for name in ("q2-functions", "q2-prediction"):
        cell = named(notebook, name)
        notebook.cells.remove(cell)
        notebook.cells.insert(2, cell)
    return notebook


@register(ODD)
def data_beside(notebook: Any, folder: Path) -> Any:
    (folder / "data").mkdir()
    (folder / "data" / "points.csv").write_text("1,2\n", encoding="utf-8")
    # Without the file there are no functions.
    read = "assert open('data/points.csv').read() == '1,2\\n'\n"
    named(notebook, "q2-functions").source = read + FUNCTIONS
    return notebook


@register(ODD)
def module_beside(notebook: Any, folder: Path) -> Any:
    (folder / "answers.py").write_text(
        "import autograd_lab as torch\n" + FUNCTIONS, encoding="utf-8"
    )
    named(notebook, "q2-functions").source = "from answers import accumulated, each_gradient"
    return notebook


@register(ODD)
def checkpoints_left(notebook: Any, folder: Path) -> Any:
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "ps1-checkpoint.ipynb").write_text("{", encoding="utf-8")
    return notebook
