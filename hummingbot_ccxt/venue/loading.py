"""Import one exchange's ccxt class without importing the hundred others.

`import ccxt.pro` runs the modules of every exchange (6 to 10 s, 115 MB); one exchange needs three of them. The three
package modules (`ccxt`, `ccxt.async_support`, `ccxt.pro`) are registered unexecuted and resolve a name when it is
asked for: an exchange's class from its own module, an error from `ccxt.base.errors`. Any other name makes the
package run its real `__init__`, after which it is the ordinary module. A process that has imported ccxt already
keeps what it has.

A class of the user's goes before ccxt's: `<id>_exchange.py` in the folder that the configuration names, else an entry
point of a package. Where ccxt's class lacks what no mapping can say, a module of that name in `mappings/` extends it.
"""

import importlib
import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from hummingbot_ccxt import registry
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.user_code import load_file, open_to_all

_PACKAGES = ("ccxt", "ccxt.async_support", "ccxt.pro")
_MENDED = "hummingbot_ccxt.mappings"
_HOMES = {"Precise": "ccxt.base.precise", "errors": "ccxt.base"}


class ExchangeNotInCcxt(HummingbotCcxtError):
    """The installed ccxt has no such exchange."""


class BadExchangeClass(HummingbotCcxtError):
    """A class of the user's own that cannot be used; the text names file, class and remedy."""


class _LazyPackage(ModuleType):
    """A ccxt package whose `__init__` has not run: it finds single names, and runs in full when it must."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        value = None if name == "__version__" else self._single(name)
        if value is None:
            self.__class__ = ModuleType  # type: ignore[assignment]
            assert self.__spec__ is not None
            assert self.__spec__.loader is not None
            self.__spec__.loader.exec_module(self)
            return getattr(self, name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system binds a finished submodule to its parent. ccxt's packages bind an exchange's *class*
        # there (`import ccxt.async_support.binanceus as binanceusRest; binanceusRest()` relies on it).
        if isinstance(value, ModuleType) and isinstance(value.__dict__.get(name), type):
            value = value.__dict__[name]
        super().__setattr__(name, value)

    def _single(self, name: str) -> Any:
        if name == "Exchange":
            base = "ccxt.base.exchange" if self.__name__ == "ccxt" else "ccxt.async_support.base.exchange"
            return importlib.import_module(base).Exchange
        errors = importlib.import_module("ccxt.base.errors")
        if hasattr(errors, name):
            return getattr(errors, name)
        if name in _HOMES:
            return getattr(importlib.import_module(_HOMES[name]), name)
        if importlib.util.find_spec(f"{self.__name__}.{name}") is None:
            return None
        module = importlib.import_module(f"{self.__name__}.{name}")
        return module.__dict__.get(name, module)


def prepare_ccxt() -> None:
    """Make `import ccxt` cheap in this process, unless ccxt is imported already."""
    if "ccxt" in sys.modules:
        return
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None:
            raise ExchangeNotInCcxt("ccxt is not installed; remedy: pip install ccxt")
        module = importlib.util.module_from_spec(spec)
        module.__class__ = _LazyPackage
        sys.modules[package] = module
        parent, _, child = package.rpartition(".")
        if parent:
            sys.modules[parent].__dict__[child] = module


def exchange_class(exchange_id: str, folder: Path | None = None) -> tuple[type, bool]:
    """Return the class of an exchange, and whether it streams: the user's own, else ccxt.pro's, else ccxt's for REST.

    Source: `<folder>/<id>_exchange.py`, an entry point of that name in the group `hummingbot_ccxt.exchanges`, our
    `mappings/<id>_exchange.py` on top of ccxt's, the modules `ccxt/pro/<id>.py` and `ccxt/async_support/<id>.py`.
    Raises BadExchangeClass for one of the user's that cannot be used, DroppedByCcxt, naming both versions, for an
    exchange that another ccxt has, and ExchangeNotInCcxt, naming the installed version, when nobody has it.
    """
    prepare_ccxt()
    own = own_class(exchange_id, folder)
    if own is not None:
        return own, _streams(own)
    for package, streams in (("ccxt.pro", True), ("ccxt.async_support", False)):
        name = f"{package}.{exchange_id}"
        if exchange_id.isidentifier() and importlib.util.find_spec(name) is not None:
            found = getattr(importlib.import_module(name), exchange_id, None)
            if isinstance(found, type):
                return mended(exchange_id) or found, streams
    current = registry.current()
    if exchange_id in current.own:
        raise ExchangeNotInCcxt(
            f"the class of your own for {exchange_id!r}, {current.own[exchange_id]}, is not there any more, or the "
            "configuration does not name its folder; remedy: put it back, or run `hummingbot-ccxt install`, which "
            "takes it off the list"
        )
    if exchange_id in current.dropped:
        registry.get(exchange_id)
    raise ExchangeNotInCcxt(
        f"ccxt {importlib.metadata.version('ccxt')} has no exchange {exchange_id!r}; "
        "remedy: check the id with `hummingbot-ccxt list`, or install a ccxt that has it"
    )


def mended(exchange_id: str) -> type | None:
    """Return our class on top of ccxt's, None if there is none."""
    name = f"{_MENDED}.{exchange_id}_exchange"
    if importlib.util.find_spec(_MENDED) is None or importlib.util.find_spec(name) is None:
        return None
    found: type = getattr(importlib.import_module(name), exchange_id)
    return found


# --- classes of the user's own


def own_class(exchange_id: str, folder: Path | None) -> type | None:
    """Return the user's own class of an exchange, None if there is none. Raises BadExchangeClass."""
    prepare_ccxt()
    path = registry.own_class_file(exchange_id, folder)
    if path is not None:
        place = open_to_all(path)
        if place is not None:
            raise BadExchangeClass(f"{path}: {place} may be written by everybody; remedy: chmod o-w {place}")
        return _from_file(exchange_id, path, path.stat().st_mtime_ns)
    point = registry.exchange_entry_points().get(exchange_id)
    return None if point is None else _checked(exchange_id, point.load, f"entry point {point.value}")


@lru_cache(maxsize=64)
def _from_file(exchange_id: str, path: Path, modified_ns: int) -> type:
    """Return the class in a file, loaded once for each state of the file."""
    return _checked(exchange_id, lambda: load_file(path, f"hummingbot_ccxt_user_exchange_{exchange_id}"), str(path))


def _checked(exchange_id: str, load: Callable[[], Any], where: str) -> type:
    """Return the class that `load` gives, or that the module has which it gives; one that can be built, of this id."""
    from ccxt.async_support.base.exchange import Exchange

    try:
        loaded = load()
    except (Exception, SystemExit) as err:
        raise BadExchangeClass(
            f"{where} cannot be loaded: {type(err).__name__}: {err}; remedy: correct it there"
        ) from err
    found = getattr(loaded, exchange_id, None) if isinstance(loaded, ModuleType) else loaded
    if found is None:
        raise BadExchangeClass(f"{where} has no class {exchange_id!r}; remedy: `class {exchange_id}(...)` in it")
    if not (isinstance(found, type) and issubclass(found, Exchange)):
        raise BadExchangeClass(
            f"{where}: {exchange_id} is no asynchronous ccxt class; remedy: extend one of ccxt.pro, such as "
            "`from ccxt.pro.binance import binance`, or ccxt.async_support.base.exchange.Exchange"
        )
    try:
        said = found().id
    except (Exception, SystemExit) as err:
        raise BadExchangeClass(
            f"{where}: class {exchange_id} cannot be built: {type(err).__name__}: {err}; remedy: correct its describe()"
        ) from err
    if said != exchange_id:
        raise BadExchangeClass(
            f'{where}: describe() of class {exchange_id} says "id" is {said!r}; remedy: let it say {exchange_id!r}'
        )
    return found


def is_ccxts(cls: type) -> bool:
    """Tell whether a class is part of ccxt, or ours on top of it, and not of the user's own."""
    return cls.__module__.partition(".")[0] == "ccxt" or cls.__module__.startswith(f"{_MENDED}.")


def is_ccxts_base(cls: type) -> bool:
    """Tell whether a class is what all of ccxt's exchanges have in common, or Python's."""
    return cls is object or re.match(r"ccxt\.(async_support\.)?base\.", cls.__module__) is not None


def origin(cls: type) -> str:
    """Return where a class of the user's own is from, a file or module; "" for ccxt's."""
    if is_ccxts(cls):
        return ""
    return str(getattr(sys.modules.get(cls.__module__), "__file__", None) or cls.__module__)


def _streams(cls: type) -> bool:
    """Tell whether a class, or one that it extends, has streams of its own."""
    return any(name.startswith("watch_") for each in cls.__mro__ if not is_ccxts_base(each) for name in vars(each))
