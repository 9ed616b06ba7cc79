"""Build connectors for the embedded venue: ours for any exchange, Hummingbot's native ones, a class of one's own."""

import dataclasses
import importlib
import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hummingbot_ccxt.errors import HummingbotCcxtError

if TYPE_CHECKING:  # the benchmark measures what importing a connector costs, so nothing else is imported with it
    from hummingbot_ccxt.configuration import ExchangeSettings
    from hummingbot_ccxt.sandbox import ApiAccount

#: ccxt's id -> module and class of Hummingbot's native connector, for the exchanges that the sandbox speaks.
NATIVE = {
    "binance": "hummingbot.connector.exchange.binance.binance_exchange:BinanceExchange",
    "bybit": "hummingbot.connector.exchange.bybit.bybit_exchange:BybitExchange",
    "gate": "hummingbot.connector.exchange.gate_io.gate_io_exchange:GateIoExchange",
    "kraken": "hummingbot.connector.exchange.kraken.kraken_exchange:KrakenExchange",
    "kucoin": "hummingbot.connector.exchange.kucoin.kucoin_exchange:KucoinExchange",
    "okx": "hummingbot.connector.exchange.okx.okx_exchange:OkxExchange",
    "bitget": "hummingbot.connector.exchange.bitget.bitget_exchange:BitgetExchange",
}

#: Those whose wires have what storms, comparisons and the benchmark ask for, and hold in them: what these play unless
#: told otherwise. The others have what trading takes (README.md, "Add a wire to the sandbox"), and can be named.
FULL_DEPTH = ("binance", "bybit", "gate", "kraken", "kucoin", "okx")


class NoNative(HummingbotCcxtError):
    """There is no such native connector, or it cannot be built here."""


def native_class(place: str) -> type:
    """The class at `MODULE:CLASS`. Raises NoNative with what is wrong."""
    module_name, separator, class_name = place.partition(":")
    if not separator:
        raise NoNative(f"{place!r} names no class; write MODULE:CLASS")
    try:
        found = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise NoNative(f"{place}: {error}") from error
    if not isinstance(found, type):
        raise NoNative(f"{place} is no class")
    return found


def native_of(exchange: str) -> type:
    """Hummingbot's native connector of an exchange, by ccxt's id. Raises NoNative."""
    if exchange not in NATIVE:
        raise NoNative(f"no native connector is known for {exchange!r}; those of {', '.join(NATIVE)} are")
    return native_class(NATIVE[exchange])


def native(kind: type, account: "ApiAccount", pairs: Sequence[str], **more: Any) -> Any:
    """A native connector with the account's credentials, whatever its constructor calls them.

    Keywords that end in `api_key`, `secret` or `secret_key`, `passphrase` or `password` are filled in; `more` are
    keywords of its own. To be made and run within `redirected`. Raises NoNative for a constructor that wants more.
    """
    given: dict[str, Any] = {"trading_pairs": list(pairs), "trading_required": True, **more}
    for name, parameter in inspect.signature(kind).parameters.items():
        if name in given:
            continue
        value = _credential(name, account)
        if value is not None:
            given[name] = value
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            raise NoNative(f"{kind.__name__} asks for {name}, which the sandbox does not have")
    return kind(**given)


def _credential(name: str, account: "ApiAccount") -> str | None:
    if name.endswith(("passphrase", "password")):
        return account.password
    if name.endswith(("secret", "secret_key", "secret_api_key")):
        return account.secret
    return account.api_key if name.endswith(("api_key", "apikey")) else None


def settings_for(base_url: str, settings: "ExchangeSettings | None" = None) -> "ExchangeSettings":
    """The user's settings with everything sent to `base_url`; what `given_settings` takes."""
    from hummingbot_ccxt.configuration import ExchangeSettings

    return dataclasses.replace(settings or ExchangeSettings(), base_url=base_url)


def ours(exchange: str, account: "ApiAccount", pairs: Sequence[str], *, kind: Any = None, **more: Any) -> Any:
    """Our connector for an exchange, with the account's credentials as far as ccxt asks for them.

    `kind`: a subclass of it. To be made and run within `given_settings({exchange: settings_for(sandbox.url)})`.
    """
    from hummingbot_ccxt import registry  # late: the native ones must not pay for it
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
    from hummingbot_ccxt.exchange.ccxt_utils import KEYWORDS

    known = {"apiKey": account.api_key, "secret": account.secret, "password": account.password}
    asked = registry.get(exchange).credentials
    credentials: dict[str, Any] = {f"ccxt_{KEYWORDS[name]}": known[name] for name in asked if name in known}
    more = {"trading_required": True, **more}
    return (kind or CcxtExchange)(trading_pairs=list(pairs), domain=exchange, **credentials, **more)
