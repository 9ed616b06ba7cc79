"""The package as it is built and installed."""

import configparser
import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import hummingbot_ccxt

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def config():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser


def packages_in_tree() -> set[str]:
    """Dotted names of all packages of the tree, `mappings/` under its installed name."""
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for folder in ("hummingbot_ccxt", "mappings")
        for path in (ROOT / folder).rglob("__init__.py")
    }
    return {f"hummingbot_ccxt.{name}" if name.split(".")[0] == "mappings" else name for name in found}


def test_every_package_of_the_tree_is_listed(config):
    assert set(config["options"]["packages"].split()) == packages_in_tree()


def test_the_metadata_is_that_of_the_project(config):
    assert config["metadata"]["name"] == "hummingbot-ccxt"
    assert config["metadata"]["license"] == "Apache-2.0"
    requirements = config["options"]["install_requires"].split("\n")
    assert {line.split()[0] for line in requirements if line} == {"hummingbot", "ccxt", "aiohttp", "cachetools", "rich"}


@pytest.fixture(scope="module")
def empty_environment(tmp_path_factory):
    """An environment with nothing but the built wheel in it, no dependency either; built and installed offline."""
    work = tmp_path_factory.mktemp("wheel")
    source = work / "source"
    source.mkdir()
    for name in ("hummingbot_ccxt", "mappings"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = ["--no-index", "--no-deps"]
    subprocess.run(
        [*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", str(work), str(source)], cwd=work, check=True
    )
    (wheel,) = work.glob("*.whl")
    assert wheel.name == f"hummingbot_ccxt-{hummingbot_ccxt.__version__}-py3-none-any.whl"
    venv.create(work / "environment", with_pip=False)
    python = work / "environment" / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", *offline, str(wheel)], cwd=work, check=True)
    return python.parent


def test_a_wheel_holds_package_and_mappings(empty_environment):
    code = (
        "import json, hummingbot_ccxt, hummingbot_ccxt.mappings as mappings;"
        "from hummingbot_ccxt import registry;"
        "print(json.dumps([hummingbot_ccxt.__file__, mappings.__file__, len(registry.exchanges())]))"
    )
    answer = subprocess.run(
        [empty_environment / "python", "-c", code], cwd="/", capture_output=True, text=True, check=True
    )
    package, mappings, exchanges = json.loads(answer.stdout)
    assert Path(package).parent == Path(mappings).parents[1]
    assert Path(package).is_relative_to(empty_environment.parent)
    assert exchanges == 87
    installed = {path.name for path in Path(mappings).parent.glob("*.py")}
    assert installed == {path.name for path in (ROOT / "mappings").glob("*.py")}
    assert (Path(package).parent / "py.typed").exists()


def test_a_wheel_brings_the_command(empty_environment):
    command = empty_environment / "hummingbot-ccxt"
    answer = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert answer.stdout == f"hummingbot-ccxt {hummingbot_ccxt.__version__}\n"
    refused = subprocess.run([command, "install"], cwd="/", capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "has no Hummingbot" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_the_editable_installation_holds_both_too():
    code = "import hummingbot_ccxt, hummingbot_ccxt.mappings as m; print(hummingbot_ccxt.__file__); print(m.__file__)"
    answer = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=True)
    assert answer.stdout.split() == [str(ROOT / "hummingbot_ccxt/__init__.py"), str(ROOT / "mappings/__init__.py")]
