"""Every module in `mappings/` is one that a test list of its kind names, so that none goes unexamined."""

import ast
import importlib.util
from pathlib import Path

import hummingbot_ccxt.mappings

from hummingbot_ccxt import registry
from hummingbot_ccxt.venue.loading import mended

FOLDER = Path(hummingbot_ccxt.mappings.__path__[0])
MODULES = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
CLASSES = {name for name in MODULES if name.endswith("_exchange")}
ELSEWHERE = {"binance": "tests/test_mapping_binance.py"}


def names_in(path: Path, variable: str) -> set[str]:
    """The texts of a list that a test module assigns, read without running it: pytest imports by other names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    values = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and [t.id for t in node.targets if isinstance(t, ast.Name)] == [variable]
    )
    return set(ast.literal_eval(next(values)))


def test_every_mapping_module_is_in_a_test_list():
    here = Path(__file__).parent
    native = names_in(here / "native" / "clients.py", "VENUES")
    others = names_in(here / "others" / "test_modules.py", "VENUES")
    assert native & others == set()
    assert native | others | ELSEWHERE.keys() == MODULES - CLASSES
    assert all((here.parents[1] / path).is_file() for path in ELSEWHERE.values())


def test_every_class_of_ours_is_used_and_extends_ccxts():
    for name in CLASSES:
        exchange_id = name.removesuffix("_exchange")
        assert exchange_id in registry.exchanges()
        made = mended(exchange_id)
        assert made is not None
        assert any(cls.__module__.startswith("ccxt.") for cls in made.__mro__[1:])
        assert importlib.util.find_spec(f"hummingbot_ccxt.mappings.{name}") is not None
