"""The wheel: what is in it, what is not, and that it works without the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def git_files() -> list[str]:
    """Return the names of the files that git tracks and that are there."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listing = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
    return [name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def run(*command: str, **options) -> str:
    """Run Python and return what it prints; fail with all it said."""
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, encoding="utf-8", check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which somebody has graded, so that a secret and grades lie in it."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in git_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    for name in ("private/secret", "gradebook.db", "submitted/ann/ps1/ps1.ipynb"):
        (folder / "exercises" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "exercises" / name).write_text("nobody's business", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from that checkout, which the build leaves as it was."""
    target = tmp_path_factory.mktemp("dist")
    before = sorted(checkout.rglob("*"))
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(checkout))
    assert sorted(checkout.rglob("*")) == before
    (built,) = target.iterdir()
    return built


def test_wheel_holds_the_package_lessons_and_exercises(wheel: Path) -> None:
    """All that git tracks of package, lessons and exercises lies inside autograd_lab/."""
    expected = {
        name if name.startswith("autograd_lab/") else f"autograd_lab/{name}"
        for name in git_files()
        if name.startswith(("autograd_lab/", "notebooks/", "exercises/"))
        and not name.startswith(("notebooks/images/", "notebooks/README"))
        and Path(name).name != ".gitignore"
    }
    assert {
        "autograd_lab/py.typed",
        "autograd_lab/locale/zh_CN/LC_MESSAGES/autograd_lab.mo",
        "autograd_lab/views/static/player.js",
        "autograd_lab/views/static/player.css",
        "autograd_lab/notebooks/zh/00_tour.ipynb",
        "autograd_lab/exercises/source/ps1/ps1.ipynb",
    } <= expected
    names = zipfile.ZipFile(wheel).namelist()
    assert {name for name in names if ".dist-info/" not in name} == expected


def test_wheel_installs_nothing_beside_the_package(wheel: Path) -> None:
    """Only the package and its metadata would appear in site-packages."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"autograd_lab", wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"}


def test_wheel_works_alone(wheel: Path, tmp_path: Path) -> None:
    """Installed without the checkout, the package finds its lessons and the engine runs."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    program = (
        "import autograd_lab as torch, autograd_lab.resources as resources\n"
        "x = torch.tensor(3.0, requires_grad=True); (x * x).backward(); print(x.grad)\n"
        "print(resources.folder('notebooks/en'), resources.folder('exercises'), sep='\\n')"
    )
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    said = run("-c", program, cwd=tmp_path, env=environment)
    inside = site / "autograd_lab"
    assert said.splitlines() == [
        "tensor(6.)",
        str(inside / "notebooks" / "en"),
        str(inside / "exercises"),
    ]
