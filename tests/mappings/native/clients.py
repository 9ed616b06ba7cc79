"""ccxt's unmodified classes of the venues in this group, each with one market and nothing to talk to."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ccxt.base import errors as ccxt_errors

from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.numbers import exact_number

VENUES = [
    "okx",
    "okxus",
    "myokx",
    "bybit",
    "bybiteu",
    "kraken",
    "kucoin",
    "gate",
    "gateeu",
    "bitget",
    "mexc",
    "htx",
    "bingx",
    "bitrue",
    "bitstamp",
    "btcmarkets",
    "coinbase",
    "foxbit",
    "gemini",
    "hyperliquid",
    "backpack",
    "derive",
    "lighter",
    "ndax",
    "binanceus",
    "tokocrypto",
]
SIBLINGS = {"okxus": "okx", "myokx": "okx", "bybiteu": "bybit", "gateeu": "gate", "binanceus": "binance"}
RECORDINGS = Path(__file__).parents[4] / "shared" / "recordings"

SYMBOL = "ETH/USDT"
_MARKET_IDS = {
    **dict.fromkeys(("okx", "okxus", "myokx", "kucoin", "bingx", "btcmarkets", "coinbase", "derive"), "ETH-USDT"),
    **dict.fromkeys(("gate", "gateeu", "backpack", "tokocrypto"), "ETH_USDT"),
    **dict.fromkeys(("htx", "bitstamp", "foxbit", "gemini"), "ethusdt"),
    "ndax": "7",
    "lighter": "2048",
    "hyperliquid": "@1",
}
_STATUS_PARSERS = ("parse_order_status", "parse_ws_order_status")


class Sent(Exception):
    """A request that would have left, instead of leaving."""

    def __init__(self, path: str, params: dict[str, Any]) -> None:
        super().__init__(path)
        self.path, self.params = path, params


def recorded(*parts: str) -> Path:
    """A recorded file; skips the test, with the reason, where there are no recordings."""
    path = RECORDINGS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no recordings: {path.name} is not at hand")
    return path


def fresh_client(exchange: str) -> Any:
    """A client of its own, for a test that changes it."""
    client = exchange_class(exchange)[0]({"apiKey": "k", "secret": "s", "uid": "1", "password": "p"})
    client.number = exact_number
    market_id = _MARKET_IDS.get(exchange, "ETHUSDT")
    market = {
        "id": market_id,
        "lowercaseId": market_id.lower(),
        "symbol": SYMBOL,
        "base": "ETH",
        "quote": "USDT",
        "baseId": "ETH",
        "quoteId": "USDT",
        "type": "spot",
        "spot": True,
        "swap": False,
        "future": False,
        "contract": False,
        "option": False,
        "linear": False,
        "inverse": False,
        "precision": {"price": "0.01", "amount": "0.0001", "cost": "0.01"},
        "info": {},
    }
    client.set_markets([client.safe_market_structure(market)])

    async def request(path: str, *arguments: Any, **named: Any) -> Any:
        raise Sent(path, arguments[2] if len(arguments) > 2 else named.get("params", {}))

    client.request = request
    return client


@cache
def offline_client(exchange: str) -> Any:
    """A client whose requests end as Sent, shared by tests that leave it as it is."""
    return fresh_client(exchange)


def error_of(exchange: str, answer: str, *, status: int = 400) -> BaseException:
    """What ccxt's class makes of an answer of the venue; the test fails if it sees no error in it."""
    client = offline_client(exchange)
    with pytest.raises(ccxt_errors.BaseError) as caught:
        client.handle_errors(status, "", "https://venue/order", "POST", {}, answer, client.parse_json(answer), {}, None)
    return caught.value


def raw_statuses(exchange: str) -> Iterator[tuple[str, str | None]]:
    """(raw status, what ccxt makes of it) for each one in the tables of the class, of REST and of the streams."""
    client = offline_client(exchange)
    for name in _STATUS_PARSERS:
        owner = next((cls for cls in type(client).__mro__ if name in vars(cls)), None)
        if owner is None or ".base." in owner.__module__:
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(vars(owner)[name])))
        for table in (node for node in ast.walk(tree) if isinstance(node, ast.Dict)):
            for key in table.keys:
                raw = ast.literal_eval(key) if key is not None else None
                if raw is not None:
                    yield raw, getattr(client, name)(raw)
