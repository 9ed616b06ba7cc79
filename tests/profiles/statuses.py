"""The raw order statuses that ccxt's class of an exchange knows, read from its own tables."""

import ast
import inspect
import re
from typing import Any

_PARSERS = re.compile(r"^parse_(ws_|spot_|uta_)*order_?(status|state)(_by_type)?$|^parse_status$")


def raw_statuses(exchange: type) -> dict[str, set[str]]:
    """By the name of the class's parser: the keys of the tables in it."""
    found: dict[str, set[str]] = {}
    for cls in exchange.__mro__:
        if not cls.__module__.startswith("ccxt.") or ".base." in cls.__module__:
            continue
        for name, member in vars(cls).items():
            if inspect.isfunction(member) and _PARSERS.match(name) and name not in found:
                keys = _keys(member)
                if keys:
                    found[name] = keys
    return found


def _keys(function: Any) -> set[str]:
    tree = ast.parse(f"class Parser:\n{inspect.getsource(function)}")  # as it stands: indented
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    pairs = [(k, v) for table in tables for k, v in zip(table.keys, table.values, strict=True)]
    return {
        key.value
        for key, value in pairs
        if isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and isinstance(value, ast.Constant)
        and value.value
    }
