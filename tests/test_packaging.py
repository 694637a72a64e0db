"""What a user gets from the wheel: every file of the package, types included, working away from the checkout.

The folders on disk are the oracle: `pyproject.toml` lists packages by hand, so the built wheel is compared with them.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
FOLDERS = ("model", "checks", "traces")
LOCKS = (".ci/requirements.lock", ".ci/requirements-dev.lock")


def shipped_files() -> Iterator[str]:
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*"):
            hidden = any(part.startswith(".") for part in file.relative_to(ROOT).parts)
            if file.is_file() and not hidden and "__pycache__" not in file.parts:
                yield "fencepost/" + file.relative_to(ROOT).as_posix()


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def pip(*arguments: str | Path, cwd: Path) -> None:
    run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: setuptools leaves a build folder beside the sources, and takes up what an old one holds."""
    source = tmp_path_factory.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for file in ROOT.glob("*"):
        if file.is_file():
            shutil.copy(file, source)
    pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", "dist", ".", cwd=source)
    [built] = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel; its dependencies are those of the running environment.

    A `.pth` file puts them last on the path and, being a path only, leaves out the hook of an editable install there.
    """
    folder = tmp_path_factory.mktemp("user") / "venv"
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip("--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    (site_packages(folder) / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python


def site_packages(environment: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))


def test_the_wheel_holds_every_file_of_the_three_folders_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name for name in names if ".dist-info/" not in name} == set(shipped_files())


def test_the_installed_packages_import_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    script = "import fencepost.model as m, fencepost.checks as c, fencepost.traces as t; " + (
        "print(*(package.__file__ for package in (m, c, t)), sep='\\n')"
    )
    files = run(installed, "-c", script, cwd=tmp_path).splitlines()
    package = site_packages(installed.parents[1]) / "fencepost"
    assert [Path(file) for file in files] == [package / name / "__init__.py" for name in FOLDERS]


@pytest.mark.parametrize("command", [("python", "-m", "fencepost.checks"), ("fencepost",)])
def test_the_installed_command_line_verifies_a_model(command: tuple[str, ...], installed: Path, tmp_path: Path) -> None:
    program, *arguments = command
    output = run(installed.with_name(program), *arguments, "check", "two-phase-commit", cwd=tmp_path)
    assert any("holds" in line for line in output.splitlines()), output


def test_the_users_mypy_sees_types(installed: Path, tmp_path: Path) -> None:
    """Without py.typed, mypy reports an installed package as untyped."""
    (tmp_path / "use.py").write_text("import fencepost.checks\nimport fencepost.model\nimport fencepost.traces\n")
    run(sys.executable, "-m", "mypy", "--strict", "--python-executable", installed, "use.py", cwd=tmp_path)


def requirements() -> dict[str, list[str]]:
    """What each lock file must pin."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = table["project"]["dependencies"] + table["dependency-groups"]["build"]
    extras = table["project"]["optional-dependencies"]
    dev = [Requirement(one) for one in extras["dev"]]
    [ours] = [one for one in dev if one.name == "fencepost"]
    assert ours.extras == extras.keys() - {"dev"}, "what the extras need is installed for development, too"
    every = [str(one) for one in dev if one is not ours] + [one for name in sorted(ours.extras) for one in extras[name]]
    return dict(zip(LOCKS, (runtime, runtime + every), strict=True))


def pins(lock: str) -> set[tuple[str, str]]:
    """Names and versions; a name has several where platforms differ."""
    return set(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / lock).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_pins_what_the_project_requires(lock: str) -> None:
    for requirement in map(Requirement, requirements()[lock]):
        versions = [version for name, version in pins(lock) if name == requirement.name]
        assert versions and all(version in requirement.specifier for version in versions), (
            f"{requirement}, but {lock} has {versions}: run `make lock`"
        )


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_network_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


def test_both_lock_files_agree() -> None:
    assert pins(LOCKS[0]) <= pins(LOCKS[1])
