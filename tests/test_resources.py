"""Where the lessons and exercises are found."""

from pathlib import Path

import pytest

from autograd_lab import resources


@pytest.mark.parametrize("installed", [True, False])
def test_folder_is_inside_a_wheel_and_beside_a_checkout(
    installed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is found in both places, the one inside the package first."""
    package = tmp_path / "autograd_lab"
    expected = (package if installed else tmp_path) / "exercises"
    expected.mkdir(parents=True)
    (tmp_path / "exercises").mkdir(exist_ok=True)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.folder("exercises") == expected


def test_a_strange_neighbour_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of that name beside an installed package belongs to somebody else."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "autograd_lab")
    with pytest.raises(FileNotFoundError, match="holds no notebooks"):
        resources.folder("notebooks")


def test_a_copy_leaves_checkpoints_behind(tmp_path: Path) -> None:
    """What JupyterLab keeps beside a notebook is not a lesson."""
    kept = tmp_path / "source" / "images" / "a.svg"
    hidden = tmp_path / "source" / ".ipynb_checkpoints" / "a.ipynb"
    for path in (kept, hidden):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"")
    copies = resources.working_copy(tmp_path / "source", tmp_path / "target")
    assert copies == [tmp_path / "target" / "images" / "a.svg"]
