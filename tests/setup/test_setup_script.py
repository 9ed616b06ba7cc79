"""Finding the interpreter: what counts is that it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("dirname", "ls", "sort", "cat", "env")


class Machine:
    """A machine with nothing but what a test puts on it: its own PATH, home and pyenv."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.home = folder / "home"
        self.bin.mkdir()
        self.home.mkdir()
        for tool in TOOLS:
            found = next(path for path in map(Path, (f"/usr/bin/{tool}", f"/bin/{tool}")) if path.exists())
            (self.bin / tool).symlink_to(found)

    def add(self, path: Path, text: str) -> Path:
        """A command that does what the shell text says."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def add_python(self, path: Path) -> Path:
        """A Python that runs."""
        return self.add(path, f'exec "{sys.executable}" "$@"')

    def add_python_of(self, path: Path, version: str) -> Path:
        """A Python that runs and is of another version."""
        code = f"import sys; sys.version_info = ({version.replace('.', ', ')}, 0); exec(sys.argv[-1])"
        return self.add(path, f'exec "{sys.executable}" -c "{code}" "$2"')

    def find(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """What the set-up script finds there."""
        return subprocess.run(
            ["/bin/bash", str(ROOT / ".ci" / "setup.sh"), "--find-python"],
            env={"PATH": str(self.bin), "HOME": str(self.home), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_a_python_on_the_path_is_taken(machine):
    python = machine.add_python(machine.bin / "python3.12")
    assert machine.find().stdout == f"{python}\n"


def test_a_python3_of_the_right_version_is_taken(machine):
    python = machine.add_python(machine.bin / "python3")
    assert machine.find().stdout == f"{python}\n"


def test_a_python_of_another_version_is_not(machine):
    machine.add_python_of(machine.bin / "python3", "3.11")
    machine.add_python_of(machine.bin / "python", "3.13")
    assert machine.find().returncode == 2


def test_a_pyenv_shim_that_refuses_to_run_does_not_count_but_pyenvs_own_python_does(machine):
    machine.add(machine.bin / "python3.12", 'echo "pyenv: python3.12: command not found" >&2; exit 127')
    python = machine.add_python(machine.home / ".pyenv" / "versions" / "3.12.4" / "bin" / "python")
    assert machine.find().stdout == f"{python}\n"


def test_the_newest_of_pyenv_comes_first_and_one_that_does_not_run_is_passed_over(machine):
    versions = machine.home / "elsewhere" / "versions"
    machine.add_python(versions / "3.12.9" / "bin" / "python")
    newest = machine.add_python(versions / "3.12.11" / "bin" / "python")
    machine.add(versions / "3.12.12" / "bin" / "python", "exit 1")
    assert machine.find(PYENV_ROOT=str(versions.parent)).stdout == f"{newest}\n"


def test_what_uv_finds_is_the_last_resort(machine):
    python = machine.add_python(machine.home / "uv" / "python")
    machine.add(machine.bin / "uv", f'[ "$1 $2" = "python find" ] && echo "{python}"')
    assert machine.find().stdout == f"{python}\n"


def test_the_python_that_was_named_is_taken(machine):
    machine.add_python(machine.bin / "python3.12")
    named = machine.add_python(machine.home / "mine")
    assert machine.find(PYTHON=str(named)).stdout == f"{named}\n"


def test_a_python_that_was_named_and_does_not_do_is_an_error_even_where_another_would(machine):
    machine.add_python(machine.bin / "python3.12")
    answer = machine.find(PYTHON="python3.99")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert "PYTHON=python3.99 does not run" in answer.stderr


def test_without_any_the_error_says_what_was_looked_for_and_how_to_get_one(machine):
    shim = machine.add(machine.bin / "python3.12", "exit 127")
    answer = machine.find()
    assert answer.returncode == 2
    assert answer.stdout == ""
    for looked_for in (f"python3.12 on PATH ({shim})", f"{machine.home}/.pyenv/versions/3.12.*", "uv python find 3.12"):
        assert looked_for in answer.stderr
    for remedy in ("apt install python3.12-venv", "brew install python@3.12", "PYTHON=/path/to/python3.12"):
        assert remedy in answer.stderr


def test_continuous_integration_runs_the_tests():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
