"""Hummingbots to install into: small trees that look like one, and a real one in a folder of its own."""

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from hummingbot_ccxt.plugin import installer, target


def make_tree(root: Path, *, source: bool) -> Path:
    """A tree with the files by which a Hummingbot is known, and one native connector."""
    native = root / "hummingbot" / "connector" / "exchange" / "okx"
    native.mkdir(parents=True)
    for name in ("__init__.py", "client/settings.py", "connector/exchange/__init__.py"):
        path = root / "hummingbot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (root / "hummingbot" / "VERSION").write_text("20260922\n")
    (native / "okx_utils.py").write_text("KEYS = None\n")
    if source:
        (root / "hummingbot" / "connector" / "connector_base.pyx").write_text("")
        (native / "dummy.pyx").write_text("cdef class dummy():\n    pass\n")
    return root


def snapshot(root: Path) -> dict[str, bytes | None]:
    """Everything below `root`: files with their bytes, folders with None."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in sorted(root.rglob("*"))
    }


@pytest.fixture
def tree():
    """A function that makes a tree like Hummingbot's: `tree(root, source=bool)`."""
    return make_tree


@pytest.fixture
def content():
    """A function that returns everything below a folder, to compare before with after."""
    return snapshot


@pytest.fixture
def installed_tree(tmp_path):
    """What a pip-installed Hummingbot looks like."""
    return make_tree(tmp_path / "lib", source=False)


@pytest.fixture
def source_tree(tmp_path):
    """What a checkout of Hummingbot looks like."""
    return make_tree(tmp_path / "checkout", source=True)


@dataclass(frozen=True)
class Home:
    """A real Hummingbot in a folder of its own, with its own configuration."""

    root: Path

    def python(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run this Python with the home's Hummingbot in place of the environment's."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.root),
            "HBOT_PASSWORD": "correct horse",
            "COLUMNS": "200",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    def hbot(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run Hummingbot's own command line."""
        return self.python("-m", "hummingbot.cli.main", *arguments, stdin=stdin)


def link_or_copy(source: str, destination: str) -> None:
    try:
        os.link(source, destination)
    except OSError:  # another file system
        shutil.copy2(source, destination)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The installed, unmodified Hummingbot, hard-linked into a folder of its own, with the connector put into it."""
    spec = importlib.util.find_spec("hummingbot")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    root = tmp_path_factory.mktemp("home")
    shutil.copytree(
        package,
        root / "hummingbot",
        copy_function=link_or_copy,
        ignore=lambda folder, names: {"ccxt", "__pycache__"} & set(names) if folder.endswith("exchange") else (),
    )
    for folder in ("strategies", "connectors", "scripts", "controllers"):
        (root / "conf" / folder).mkdir(parents=True)
    for folder in ("scripts", "controllers", "data", "logs"):
        (root / folder).mkdir()
    installer.install(target.find(root))
    return Home(root)
