"""Translators are pure: what they may import."""

import ast
from pathlib import Path

import pytest

import hummingbot_ccxt.translate as package

MODULES = sorted(Path(package.__file__).parent.glob("*.py"))
OURS = ("hummingbot_ccxt.translate", "hummingbot_ccxt.mapping", "hummingbot_ccxt.errors")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_translator_imports_no_clock_no_loop_no_log_and_nothing_of_the_other_rooms(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    assert not names & {"asyncio", "time", "logging", "datetime", "random", "os", "ccxt", "aiohttp"}
    assert all(name.startswith(OURS) for name in names if name.startswith("hummingbot_ccxt"))


def test_there_are_translators():
    assert len(MODULES) >= 9
