"""ccxt's unmodified class of an exchange, with one market and nothing to talk to."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.numbers import exact_number

SYMBOL = "ETH/USDT"
MARKET_IDS = {
    "bitfinex": "tETHUST",
    "bithumb": "USDT-ETH",
    "bitvavo": "ETH-USDT",
    "blockchaincom": "ETH-USDT",
    "coinbaseexchange": "ETH-USDT",
    "phemex": "sETHUSDT",
    "upbit": "USDT-ETH",
    "woo": "SPOT_ETH_USDT",
}
"""Where it is not ETH_USDT."""


class Sent(Exception):
    """A request that would have left, instead of leaving."""

    def __init__(self, path: str, method: str, params: dict[str, Any]) -> None:
        super().__init__(path)
        self.path, self.method, self.params = path, method, params


@cache
def offline_client(exchange: str) -> Any:
    """A client whose requests end as Sent, whatever they would have got."""
    keys = {name: f"{name}0" for name in ("apiKey", "secret", "uid", "password")}
    client = exchange_class(exchange)[0](keys)
    client.number = exact_number
    digits = client.precisionMode == 3
    market = {
        "id": MARKET_IDS.get(exchange, "ETH_USDT"),
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
        "precision": {"price": 5, "amount": 8} if digits else {"price": "0.01", "amount": "0.0001"},
        "priceScale": 8,
        "valueScale": 8,
        "ratioScale": 8,
        "info": {},
    }
    client.set_markets([client.safe_market_structure(market)])
    for code in ("ETH", "USDT"):
        client.currencies[code]["valueScale"] = 8

    async def request(
        path: str, api: Any = "public", method: str = "GET", params: Any = None, *_: Any, **__: Any
    ) -> Any:
        raise Sent(path, method, params or {})

    client.request = request
    return client


@pytest.fixture
def client_of() -> Callable[[str], Any]:
    """The offline client of an exchange by its id, built once."""
    return offline_client
