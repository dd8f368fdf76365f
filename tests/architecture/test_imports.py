"""Who imports whom: the rooms of the package and the arrows between them, read from the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "autograd_lab"

NBGRADER = {
    f"grading.{name}" for name in ("converter", "feedback", "gradebook", "runner", "submission")
}
FACADES = {"autograd", "cuda", "func", "linalg", "nn", "optim"}
ENGINE = {"engine", *FACADES}
TRACE_AS_DATA = {"trace.model", "trace.fold", "trace.findings"}

# What a room may import of the package besides itself. The longest name that fits decides.
ARROWS: dict[str, set[str]] = {
    "engine": {"numerals"},
    **dict.fromkeys(FACADES, ENGINE),
    "i18n": set(),
    "resources": set(),
    "numerals": set(),
    "trace": {"i18n", "numerals"},
    "trace.model": {"numerals", "trace.json_text", "trace.findings"},
    "trace.sources": {"trace", "i18n"},
    "trace.sources.engine": {*ENGINE, "trace", "i18n"},
    "trace.sources.torch": {"engine", "trace", "i18n"},  # formulas are the engine's
    "views": {*TRACE_AS_DATA, "i18n"},
    "widgets": {*ENGINE, "trace", "views", "i18n"},
    "grading": {*ENGINE, "trace", "views", "i18n", "resources"},
    **{key: {"grading", "i18n", "resources"} for key in NBGRADER},
    "grading.sandbox": {*ENGINE, "grading"},
    "grading.sandbox.bridge": {"grading"},
    "authoring": {"i18n", "resources"},
    "showing": {"engine", "trace", "views", "i18n"},
    "magics": {*ENGINE, "trace", "views", "widgets", "grading", "showing", "i18n", "resources"},
    "cli": {*ENGINE, "trace", "views", "widgets", "grading", "authoring", "i18n", "resources"},
    "": {*ENGINE, "trace", "views", "widgets", "grading", "showing", "magics", "i18n"},
}

# Circles that are meant: a tensor's methods lead to modules that are made of tensors. The import
# waits for the call.
LATE: dict[str, set[str]] = {
    "engine.tensor": {"engine.hooks", "engine.views"},
    "engine.node": {"engine.ops.reduce"},
    "engine.views": {"engine.ops.strided"},
    "engine.ops.shape": {"engine.ops.reduce"},
    "engine.forward": {
        "engine.backward",
        "engine.ops.copying",
        "engine.ops.shape",
        "engine.ops.strided",
        "engine.views",
    },
    "engine.printing": {"engine.forward"},
    "trace.model": {"trace.json_text", "trace.findings"},
}

# What a room may import besides the standard library before anyone calls it.
LIBRARIES: dict[str, set[str]] = {
    **{key: {"numpy"} for key in ENGINE},
    "trace.sources": {"numpy"},
    "widgets": {"numpy"},
    "grading": {"numpy"},
    "grading.sandbox": {"numpy", "IPython", "traitlets"},  # the fork server runs notebooks
    "grading.sandbox.bridge": {
        "nbformat",
        "nbclient",
        "jupyter_client",
    },  # beside a kernel, shut in
    # Only the command that grades a class loads these.
    **{key: {"jinja2", "nbconvert", "nbformat", "nbgrader", "sqlalchemy"} for key in NBGRADER},
    "authoring": {"click"},
    "cli": {"click"},
    "magics": {"IPython"},  # loaded by `%load_ext` alone
}


@dataclass(frozen=True)
class Import:
    """One import statement's one target, named from inside the package where it is part of it."""

    module: str
    target: str
    place: str
    internal: bool
    at_import: bool
    """It runs when the module is imported, not in a function and not for the type checker alone."""
    typing: bool


def modules(package: Path) -> dict[str, Path]:
    """Return the package's modules by their name inside it; the root's name is empty."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(package: Path) -> list[Import]:
    """Return every import in the package."""
    known = modules(package)
    found = []
    for name, path in known.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node, at_import, typing in _statements(tree):
            place = f"{path.relative_to(package)}:{node.lineno}"
            for target, internal in _targets(
                node, name, path.name == "__init__.py", package, known
            ):
                found.append(Import(name, target, place, internal, at_import, typing))
    return found


def _statements(
    tree: ast.AST, at_import: bool = True, typing: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    """Yield the import statements under `tree` with when they run."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, at_import and not typing, typing
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _statements(node, at_import, typing=True)
        else:
            function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _statements(node, at_import and not function, typing)


def _targets(
    node: ast.Import | ast.ImportFrom,
    module: str,
    is_package: bool,
    package: Path,
    known: dict[str, Path],
) -> Iterator[tuple[str, bool]]:
    """Yield what a statement imports, and whether that is part of the package."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first, _, rest = alias.name.partition(".")
            yield (rest, True) if first == package.name else (alias.name, False)
        return
    base = node.module or ""
    if node.level:
        parts = [part for part in module.split(".") if part]
        up = node.level - is_package
        base = ".".join([*parts[: len(parts) - up], *filter(None, [base])])
    elif base.split(".")[0] == package.name:
        base = base.partition(".")[2]
    else:
        yield base, False
        return
    for alias in node.names:
        inner = f"{base}.{alias.name}".lstrip(".")
        yield (inner if inner in known else base), True


def _within(name: str, room: str) -> bool:
    """Tell whether a module lies in a room."""
    return name == room or name.startswith(f"{room}.")


def room(name: str) -> str | None:
    """Return the most exact room that a module lies in; None where the table knows none."""
    return max((key for key in ARROWS if _within(name, key)), key=len, default=None)


def arrow_faults(package: Path) -> list[str]:
    """Return the imports that no arrow allows, and the modules that no room holds."""
    faults = [
        f"{name}: lies in no room of the table" for name in modules(package) if room(name) is None
    ]
    for entry in imports(package):
        own = room(entry.module)
        if own is None or not entry.internal:
            continue
        if not entry.target:
            faults.append(f"{entry.place} imports the package root")
        elif not any(_within(entry.target, allowed) for allowed in {own or "\0", *ARROWS[own]}):
            faults.append(
                f"{entry.place} imports {entry.target}: not an arrow of {own or 'the root'}"
            )
    return faults


def cycle_faults(package: Path) -> list[str]:
    """Return the first circle of imports, if any; those for the type checker may close one."""
    graph: dict[str, set[str]] = {}
    for entry in imports(package):
        meant = not entry.at_import and entry.target in LATE.get(entry.module, ())
        if entry.internal and not entry.typing and not meant:
            graph.setdefault(entry.module, set()).add(entry.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" ← ".join(error.args[1])]
    return []


def library_faults(package: Path) -> list[str]:
    """Return the libraries imported at module level where they should wait for a call."""
    faults = []
    for entry in imports(package):
        library = entry.target.split(".")[0]
        if entry.internal or not entry.at_import or library in sys.stdlib_module_names:
            continue
        if library not in LIBRARIES.get(room(entry.module) or "", set()):
            faults.append(f"{entry.place} imports {library} at module level")
    return faults


@pytest.mark.parametrize("faults", [arrow_faults, cycle_faults, library_faults])
def test_the_package_keeps_the_rules(faults) -> None:
    """No import points back, in a circle, or at a library that may be missing."""
    assert faults(PACKAGE) == []


def test_every_circle_that_is_meant_is_there() -> None:
    """The list of circles holds none that has been undone."""
    late = {(entry.module, entry.target) for entry in imports(PACKAGE) if not entry.at_import}
    assert {(name, target) for name in LATE for target in LATE[name]} <= late


BAD = [
    (arrow_faults, "engine/tensor.py", "from ..trace import model", "engine/tensor.py:1"),
    (arrow_faults, "views/svg.py", "def f():\n    from ..engine import tensor", "views/svg.py:2"),
    (arrow_faults, "views/svg.py", "import autograd_lab.engine.tensor", "views/svg.py:1"),
    (arrow_faults, "trace/fold.py", "from autograd_lab import show", "package root"),
    (arrow_faults, "trace/fold.py", "from .. import show", "package root"),
    (arrow_faults, "trace/model.py", "from . import fold", "imports trace.fold"),
    (arrow_faults, "grading/check.py", "from ..cli import main", "imports cli"),
    (arrow_faults, "helpers.py", "", "helpers: lies in no room"),
    (cycle_faults, "engine/tensor.py", "def f():\n    from . import ops", "engine.ops"),
    (library_faults, "trace/fold.py", "import torch.nn", "imports torch at module level"),
    (library_faults, "views/svg.py", "import numpy as np", "imports numpy at module level"),
    (library_faults, "engine/tensor.py", "try:\n    import dask\nexcept ImportError: ...", "dask"),
]


@pytest.mark.parametrize(("faults", "name", "source", "said"), BAD)
def test_a_wrong_import_is_found(faults, name: str, source: str, said: str, tmp_path: Path) -> None:
    """Each rule names the place where it is broken."""
    package = _small_package(tmp_path)
    (package / name).write_text(source, encoding="utf-8")
    (fault,) = faults(package)
    assert said in fault


def test_right_imports_are_left_alone(tmp_path: Path) -> None:
    """Downward, lazy and type-checking imports break no rule."""
    package = _small_package(tmp_path)
    (package / "engine/tensor.py").write_text(
        "import json\nimport numpy as np\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import torch\n    from .ops import add\n"
        "def f():\n    import matplotlib\n",
        encoding="utf-8",
    )
    assert [*arrow_faults(package), *cycle_faults(package), *library_faults(package)] == []


def _small_package(folder: Path) -> Path:
    """Write a package of a few empty rooms that keeps every rule, and return its path."""
    package = folder / "autograd_lab"
    sources = {
        "__init__.py": "",
        "engine/__init__.py": "",
        "engine/tensor.py": "",
        "engine/ops.py": "from .tensor import Tensor",
        "trace/__init__.py": "",
        "trace/model.py": "",
        "trace/fold.py": "from .model import Trace",
        "views/__init__.py": "",
        "views/svg.py": "from ..trace.model import Trace",
        "grading/__init__.py": "",
        "cli.py": "import click",
    }
    for name, source in sources.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return package


BARE = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        library = name.partition(".")[0]
        if library not in {*sys.stdlib_module_names, "numpy", "autograd_lab"}:
            raise ModuleNotFoundError(f"refused: {name}", name=name)

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    room = importlib.import_module(name)
    print(room.__name__)
    for found in pkgutil.walk_packages(getattr(room, "__path__", ()), f"{name}."):
        print(importlib.import_module(found.name).__name__)
"""


@pytest.mark.parametrize("name", ["engine", "trace", "views", "grading.engines"])
def test_a_room_needs_only_numpy(name: str) -> None:
    """These import where nothing but NumPy is installed; workers start fast when jobs need no more."""
    answer = _import_bare(f"autograd_lab.{name}")
    assert answer.returncode == 0, answer.stderr
    assert f"autograd_lab.{name}" in answer.stdout.splitlines()


def test_a_missing_library_is_noticed() -> None:
    """The import in a bare interpreter fails for a package that needs more."""
    answer = _import_bare("click")
    assert "refused: click" in answer.stderr


def _import_bare(name: str) -> subprocess.CompletedProcess[str]:
    """Import all of a package in an interpreter that knows NumPy and the standard library."""
    command = [sys.executable, "-c", BARE, name]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
