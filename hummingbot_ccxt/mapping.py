"""Mappings: where they are found, and how they are loaded.

What one may hold stands in `mapping_schema.py` and `mapping_parts.py`; both names and loading are imported from here.
"""

from __future__ import annotations

import copy
import dataclasses
import importlib
import importlib.util
import stat
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from hummingbot_ccxt import mapping_checks as check
from hummingbot_ccxt.mapping_checks import BadMapping, is_usable_token
from hummingbot_ccxt.mapping_parts import (
    BookChecksum,
    BookSequence,
    ClientOrderId,
    Fees,
    OrderDeadline,
    OrderPages,
    Steps,
    SymbolRules,
)
from hummingbot_ccxt.mapping_schema import NO_QUIRKS, ExchangeMapping, OutcomeName
from hummingbot_ccxt.registry import MAPPING_ENTRY_POINTS as ENTRY_POINT_GROUP
from hummingbot_ccxt.registry import mapping_entry_points
from hummingbot_ccxt.user_code import load_file, open_to_all

__all__ = [
    "ENTRY_POINT_GROUP",
    "NO_QUIRKS",
    "BadMapping",
    "BookChecksum",
    "BookSequence",
    "ClientOrderId",
    "ExchangeMapping",
    "Fees",
    "OrderDeadline",
    "OrderPages",
    "OutcomeName",
    "Steps",
    "SymbolRules",
    "is_usable_token",
    "load_mapping",
]


def load_mapping(exchange_id: str, folder: Path | None = None) -> ExchangeMapping:
    """The mapping of the exchange with ccxt's id `exchange_id`; an empty one if nobody wrote one.

    Looked for in this order: `<folder>/<exchange_id>.py`, an entry point of that name in the group
    `hummingbot_ccxt.mappings`, our own module `hummingbot_ccxt.mappings.<exchange_id>`. The first one wins as a whole.
    Raises BadMapping, naming the module, for a module that fails, holds no MAPPING, or holds one for another exchange,
    and for a folder or file that every user of the machine may write: it is code that runs with the keys at hand.
    """
    check.exchange_id("exchange", exchange_id)
    found = _from_folder(exchange_id, folder) or _from_entry_point(exchange_id) or _from_package(exchange_id)
    if found is None:
        return ExchangeMapping(exchange=exchange_id)
    module, mapping = found
    if not isinstance(mapping, ExchangeMapping):
        raise BadMapping("MAPPING", mapping, "an ExchangeMapping(...)", module=module)
    if mapping.exchange is None:
        return dataclasses.replace(mapping, exchange=exchange_id)
    if mapping.exchange != exchange_id:
        raise BadMapping("ExchangeMapping.exchange", mapping.exchange, repr(exchange_id), module=module)
    return copy.deepcopy(mapping)


type _Found = tuple[str, object]  # the module's name for people, and its MAPPING


def _from_folder(exchange_id: str, folder: Path | None) -> _Found | None:
    path = folder / f"{exchange_id}.py" if folder is not None else None
    if folder is None or path is None or not path.is_file():
        return None
    place = open_to_all(path)
    if place is not None:
        allowed = f"no write permission for others (chmod o-w {place})"
        raise BadMapping("permissions", stat.filemode(place.stat().st_mode), allowed, module=str(place))

    def load() -> ModuleType:
        return load_file(path, f"hummingbot_ccxt_user_mapping_{exchange_id}")

    return str(path), _mapping_of(load, str(path))


def _from_entry_point(exchange_id: str) -> _Found | None:
    point = mapping_entry_points().get(exchange_id)
    return None if point is None else (point.value, _mapping_of(point.load, point.value))


def _from_package(exchange_id: str) -> _Found | None:
    name = f"hummingbot_ccxt.mappings.{exchange_id}"
    try:
        if importlib.util.find_spec(name) is None:
            return None
    except ModuleNotFoundError:  # the package itself is not there: nothing is mapped
        return None
    return name, _mapping_of(lambda: importlib.import_module(name), name)


def _mapping_of(load: Callable[[], Any], module: str) -> object:
    """What the loaded object holds: a module's MAPPING, or the object itself."""
    try:
        loaded = load()
    except BadMapping as err:
        raise err.within(module, _line(err, module)) from err
    except (Exception, SystemExit) as err:  # a module that ends Python would end the command without a word
        raise BadMapping(
            "the module",
            f"{type(err).__name__}: {err}",
            "a module that can be imported",
            module=module,
            line=_line(err, module),
        ) from err
    return getattr(loaded, "MAPPING", None) if isinstance(loaded, ModuleType) else loaded


def _line(err: BaseException, module: str) -> int | None:
    """The line of the module (its file or name) that the error came from, None if it cannot be told."""
    if isinstance(err, SyntaxError) and err.filename == module:
        return err.lineno
    name = module.partition(":")[0]  # of an entry point: module:object
    lines = [
        number
        for frame, number in traceback.walk_tb(err.__traceback__)
        if frame.f_code.co_filename == module or frame.f_globals.get("__name__") == name
    ]
    return lines[-1] if lines else None
