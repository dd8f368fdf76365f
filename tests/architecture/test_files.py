"""House rules that a reader of the files can check: size, encodings, words, libraries in tests."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES = 500
# Put together here, so that this file may hold them.
FORBIDDEN = tuple(
    "/".join(parts)
    for parts in [("", "work", ""), ("shared", ""), ("", "home", ""), ("", "root", "")]
) + tuple(".".join(parts) for parts in [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org")])


def tracked(root: Path) -> list[Path]:
    """Return the files that git tracks and that are still there."""
    command = ["git", "-C", str(root), "ls-files", "-z"]
    listing = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
    return [root / name for name in listing.split("\0") if name and (root / name).is_file()]


def word_faults(files: list[Path], root: Path) -> list[str]:
    """Return where a text file holds a path of some machine or the address of a registry."""
    faults = []
    for path in files:
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
            words = [word for word in FORBIDDEN if word in line]
            faults += [f"{path.relative_to(root)}:{number} holds {word}" for word in words]
    return faults


def long_modules(files: list[Path], root: Path) -> list[str]:
    """Return the modules of the package that have grown past the limit."""
    return [
        f"{path.relative_to(root)} has {count} lines"
        for path in files
        if path.suffix == ".py" and path.is_relative_to(root / "autograd_lab")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    ]


def encoding_faults(files: list[Path], root: Path) -> list[str]:
    """Return the calls that open a text file in whatever encoding the machine happens to have."""
    return [
        f"{path.relative_to(root)}:{call.lineno} {ast.unparse(call.func)} without encoding"
        for path in files
        if path.suffix == ".py"
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _opens_text(call) and not _names_encoding(call)
    ]


def _opens_text(call: ast.Call) -> bool:
    """Tell whether a call opens a file as text."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in {"read_text", "write_text"}:
        return True
    if name != "open" or ast.unparse(call.func).split(".")[0] in {"webbrowser", "os"}:
        return False
    modes = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant)]
    return not any(isinstance(text, str) and "b" in text and len(text) < 4 for text in texts)


def _names_encoding(call: ast.Call) -> bool:
    """Tell whether a call says which encoding it means."""
    return any(word.arg in {"encoding", None} for word in call.keywords)


def torch_faults(files: list[Path], root: Path) -> list[str]:
    """Return the test modules that cannot even be collected without PyTorch."""
    return [
        f"{path.relative_to(root)}:{node.lineno} imports torch at module level"
        for path in files
        if path.suffix == ".py" and path.is_relative_to(root / "tests")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        for name in _imported(node)
        if name.split(".")[0] == "torch"
    ]


def _imported(node: ast.stmt) -> Iterator[str]:
    """Yield the names of the modules that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield node.module or ""


RULES = [word_faults, long_modules, encoding_faults, torch_faults]


@pytest.mark.parametrize("faults", RULES)
def test_the_files_keep_the_rules(faults) -> None:
    """Every tracked file keeps every rule."""
    assert faults(tracked(ROOT), ROOT) == []


BAD = [
    (word_faults, "README.md", f"see {FORBIDDEN[0]}main", "README.md:1 holds"),
    (long_modules, "autograd_lab/a.py", "\n" * (MOST_LINES + 1), "501 lines"),
    (encoding_faults, "a.py", "open('a')", "a.py:1 open"),
    (encoding_faults, "a.py", "\npath.open('w')", "a.py:2 path.open"),
    (encoding_faults, "a.py", "path.read_text()", "path.read_text"),
    (torch_faults, "tests/test_a.py", "import torch.nn as nn", "imports torch"),
    (torch_faults, "tests/test_a.py", "from torch import nn", "imports torch"),
]


@pytest.mark.parametrize(("faults", "name", "content", "said"), BAD)
def test_a_broken_rule_is_found(faults, name: str, content: str, said: str, tmp_path: Path) -> None:
    """Each rule names the file that breaks it."""
    (fault,) = faults([_written(tmp_path / name, content)], tmp_path)
    assert said in fault


GOOD = [
    (word_faults, "picture.png", "\0" + FORBIDDEN[0]),
    (long_modules, "autograd_lab/a.py", "\n" * MOST_LINES),
    (encoding_faults, "a.py", "open('a', 'rb'), path.open(mode='wb'), open('a', encoding='utf-8')"),
    (torch_faults, "tests/test_a.py", "import autograd_lab as torch\ndef f():\n    import torch"),
]


@pytest.mark.parametrize(("faults", "name", "content"), GOOD)
def test_a_kept_rule_is_not_reported(faults, name: str, content: str, tmp_path: Path) -> None:
    """No rule complains about what is allowed."""
    assert faults([_written(tmp_path / name, content)], tmp_path) == []


def _written(path: Path, content: str) -> Path:
    """Write a file with its folders and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


SKIPPING = """
import pytest

def test_inside():
    pytest.skip("asked for inside")

@pytest.mark.skip(reason="asked for outside")
def test_outside():
    pass

@pytest.mark.xfail(reason="known", strict=True)
def test_known_to_fail():
    raise ValueError
"""


@pytest.mark.parametrize(("strict", "counts"), [("", "2 skipped"), ("1", "1 failed")])
def test_a_skip_fails_where_all_is_installed(strict: str, counts: str, tmp_path: Path) -> None:
    """With AUTOGRAD_LAB_CI set no test is skipped in silence; an expected failure stays one."""
    conftest = Path(__file__).parents[1] / "conftest.py"
    _written(tmp_path / "conftest.py", conftest.read_text(encoding="utf-8"))
    _written(tmp_path / "pytest.ini", "[pytest]")
    _written(tmp_path / "test_skips.py", SKIPPING)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={"AUTOGRAD_LAB_CI": strict, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    closing = run.stdout.splitlines()[-1]
    assert counts in closing
    assert "1 xfailed" in closing
    assert bool(run.returncode) == bool(strict)
