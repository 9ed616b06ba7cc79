"""Import one exchange's ccxt class without importing the hundred others.

`import ccxt.pro` runs the modules of every exchange (6 to 10 s, 115 MB); one exchange needs three of them. The three
package modules (`ccxt`, `ccxt.async_support`, `ccxt.pro`) are registered unexecuted and resolve a name when it is
asked for: an exchange's class from its own module, an error from `ccxt.base.errors`. Any other name makes the
package run its real `__init__`, after which it is the ordinary module. A process that has imported ccxt already
keeps what it has.
"""

import importlib
import importlib.metadata
import importlib.util
import sys
from types import ModuleType
from typing import Any

from hummingbot_ccxt.errors import HummingbotCcxtError

_PACKAGES = ("ccxt", "ccxt.async_support", "ccxt.pro")
_HOMES = {"Precise": "ccxt.base.precise", "errors": "ccxt.base"}


class ExchangeNotInCcxt(HummingbotCcxtError):
    """The installed ccxt has no such exchange."""


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


def exchange_class(exchange_id: str) -> tuple[type, bool]:
    """Return the ccxt.pro class of an exchange, else its REST class, and whether it streams.

    Source: the module `ccxt/pro/<id>.py`, else `ccxt/async_support/<id>.py`.
    Raises ExchangeNotInCcxt, naming the installed version, when ccxt has neither.
    """
    prepare_ccxt()
    for package, streams in (("ccxt.pro", True), ("ccxt.async_support", False)):
        name = f"{package}.{exchange_id}"
        if exchange_id.isidentifier() and importlib.util.find_spec(name) is not None:
            found = getattr(importlib.import_module(name), exchange_id, None)
            if isinstance(found, type):
                return found, streams
    raise ExchangeNotInCcxt(
        f"ccxt {importlib.metadata.version('ccxt')} has no exchange {exchange_id!r}; "
        "remedy: check the id with `hummingbot-ccxt list`, or install a ccxt that has it"
    )
