"""Wires stay small: what several say alike is in the base, and the guide in README.md tells how long each one is."""

import re
from pathlib import Path

import pytest

from hummingbot_ccxt.rig.connectors import FULL_DEPTH, NATIVE
from hummingbot_ccxt.sandbox import wires
from hummingbot_ccxt.sandbox.sandbox import WIRES

BASE = Path(wires.__file__).parent
README = Path(__file__).parents[2] / "README.md"
MOST_LINES = 400


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def modules(exchange: str) -> list[Path]:
    """A wire is one module, or a folder of them."""
    whole = BASE / f"{exchange}.py"
    return [whole] if whole.is_file() else sorted((BASE / exchange).glob("*.py"))


@pytest.mark.parametrize("exchange", sorted(WIRES))
def test_no_module_of_a_wire_has_400_lines(exchange: str) -> None:
    lengths = {path.name: lines(path) for path in modules(exchange)}

    assert lengths
    assert {name: length for name, length in lengths.items() if length >= MOST_LINES} == {}


def test_no_module_of_the_base_has_400_lines() -> None:
    assert {path.name: lines(path) for path in BASE.glob("*.py") if lines(path) >= MOST_LINES} == {}


def test_a_wire_without_the_full_depth_is_one_module() -> None:
    assert [each for each in WIRES if each not in FULL_DEPTH and len(modules(each)) > 1] == []


def test_the_full_depth_is_of_wires_with_a_native_connector() -> None:
    assert set(FULL_DEPTH) <= set(WIRES) & set(NATIVE)


def test_the_guide_tells_how_long_each_wire_is() -> None:
    """To within a twentieth: nobody has to count anew after each repair."""
    told = {name: int(count.replace(",", "")) for name, count in ROW.findall(README.read_text(encoding="utf-8"))}
    is_so = {exchange: sum(lines(path) for path in modules(exchange)) for exchange in WIRES}

    assert told.keys() == is_so.keys()
    assert {name: told[name] for name in told if abs(told[name] - is_so[name]) > is_so[name] / 20} == {}


ROW = re.compile(r"^\| `wires/(\w+)(?:/|\.py)` \| ([0-9,]+) \|", re.MULTILINE)
