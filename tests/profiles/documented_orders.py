"""Own trades and orders from the samples of venues' answers and messages that ccxt quotes in its own classes.

Three ways from a sample to ccxt's structure, all through the class itself: a unified method whose requests are answered
with the comments behind them; a parser, given the sample above it; a stream's handler, given its message.
"""

import asyncio
import copy
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from unittest.mock import Mock

from ccxt.async_support.base.ws.cache import BaseCache

from hummingbot_ccxt import registry
from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.orders import with_status
from hummingbot_ccxt.venue.venue import Venue

from .documented import answers, comment_blocks, samples

Kind = Literal["trade", "order"]

SYMBOL = "BTC/USDT"
ASKED: tuple[tuple[str, str, Kind, tuple[str, ...]], ...] = (
    ("fetchMyTrades", "fetch_my_trades", "trade", (SYMBOL,)),
    ("fetchOrderTrades", "fetch_order_trades", "trade", ("1", SYMBOL)),
    ("fetchOrder", "fetch_order", "order", ("1", SYMBOL)),
    ("fetchOpenOrders", "fetch_open_orders", "order", (SYMBOL,)),
    ("fetchOrders", "fetch_orders", "order", (SYMBOL,)),
    ("fetchClosedOrders", "fetch_closed_orders", "order", (SYMBOL,)),
    ("fetchCanceledOrders", "fetch_canceled_orders", "order", (SYMBOL,)),
    ("fetchCanceledAndClosedOrders", "fetch_canceled_and_closed_orders", "order", (SYMBOL,)),
)
CURRENCIES = {
    "bitbns": ("btc", "inr"),
    "bitstamp": ("eth", "usdt"),
    "coincheck": ("btc", "jpy"),
    "indodax": ("ltc", "rp"),
}
"""The venue's names of base and quote in its samples, for classes that look figures up by them."""
_ABOUT_ORDERS = re.compile(r"trade|order|fill|execution|account|user|private", re.IGNORECASE)
_PARSERS: dict[Kind, re.Pattern[str]] = {
    "trade": re.compile(r"^parse_.*trade$"),
    "order": re.compile(r"^parse_.*order$"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What ccxt made of a sample: `where` it stands, which `kind` it is, whether it is `streamed`."""

    where: str
    kind: Kind
    streamed: bool
    structure: dict[str, Any]


class _AnyMarket(dict[str, list[dict[str, Any]]]):
    """`markets_by_id` in which every id is that of the one market: samples name all sorts."""

    def __init__(self, market: dict[str, Any]) -> None:
        super().__init__({market["id"]: [market]})
        self._market = market

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)

    def __getitem__(self, key: str) -> list[dict[str, Any]]:
        return [self._market]

    def get(self, key: object, default: Any = None) -> Any:
        return [self._market]


class _Connection:
    """A stream's connection, to which handlers answer, and what they hand to those who wait."""

    url = "wss://venue"

    def __init__(self) -> None:
        self.subscriptions: dict[str, Any] = {}
        self.futures: dict[str, Any] = {}
        self.handed_out: list[Any] = []

    def resolve(self, result: Any, message_hash: Any = None) -> Any:
        """Keep what is handed out."""
        self.handed_out.append(result)
        return result

    def __getattr__(self, name: str) -> Any:
        return Mock()


def venue_of(exchange_id: str) -> Venue:
    """The venue with its real class and mapping, one market, and requests that are answered with nothing."""
    keys = dict.fromkeys(registry.get(exchange_id).credentials, "k")
    venue = Venue(
        exchange_id,
        credentials=Credentials(keys),
        mapping=load_mapping(exchange_id),
        settings=ExchangeSettings(),
        updates=Mock(),
    )
    client = venue.client
    base, quote = CURRENCIES.get(exchange_id, ("BTC", "USDT"))
    steps = {"price": "0.01", "amount": "0.00000001"} if client.precisionMode == 4 else {"price": 2, "amount": 8}
    market = client.safe_market_structure(
        {
            **{"id": "BTCUSDT", "lowercaseId": "btcusdt", "uppercaseId": "BTCUSDT", "numericId": 1},
            **{"symbol": SYMBOL, "base": "BTC", "quote": "USDT", "baseId": base, "quoteId": quote},
            **dict.fromkeys(("swap", "future", "option", "margin", "contract"), False),
            **{"type": "spot", "spot": True, "active": True, "precision": steps, "info": {}},
        }
    )
    client.set_markets([market])
    client.markets_by_id = _AnyMarket(client.markets[SYMBOL])

    async def nothing(*_: Any, **__: Any) -> Any:
        return {}

    client.fetch2 = nothing
    return venue


async def told(venue: Venue) -> list[Told]:
    """All that ccxt makes of the class's samples of own trades and orders, over REST first."""
    found = [*_by_parsers(venue), *[each async for each in _by_handlers(venue)]]
    return [*[each async for each in _by_requests(venue)], *found]


def _answer(client: Any, found: dict[str, Any]) -> None:
    """Have the client's requests answered: implicit method of its class -> what it answers."""
    for name, value in found.items():

        async def answer(*_: Any, value: Any = value, **__: Any) -> Any:
            return copy.deepcopy(value)

        setattr(client, name, answer)


async def _by_requests(venue: Venue) -> Any:
    elsewhere = answers(type(venue.client), _ABOUT_ORDERS)  # a method may leave the request to another one
    for capability, method, kind, arguments in ASKED:
        if not venue.offers(capability):
            continue
        _answer(venue.client, {**elsewhere, **answers(type(venue.client), re.compile(f"^{method}$"))})
        try:
            got = await asyncio.wait_for(getattr(venue.client, method)(*arguments), 5)
        except Exception:
            continue  # a sample that is not whole, or one of something else
        for each in got if isinstance(got, list) else [got]:
            if isinstance(each, dict) and isinstance(each.get("info"), dict | list) and each["info"]:
                found = with_status(each, method, not_open=True) if kind == "order" else each
                yield Told(method, kind, False, found)


def _by_parsers(venue: Venue) -> Iterator[Told]:
    client = venue.client
    for module, name, function in _methods(type(client)):
        kinds: list[Kind] = [kind for kind, pattern in _PARSERS.items() if pattern.match(name)]
        for number, sample in enumerate(_samples(function)) if kinds else ():
            entries = sample if isinstance(sample, list) and isinstance(sample[0], dict | list) else [sample]
            for entry in entries:
                made = _parsed(getattr(client, name), entry, client.markets[SYMBOL])
                if made is not None:
                    yield Told(f"{module}.{name} {number}", kinds[0], module.startswith("pro."), made)


def _parsed(parser: Any, sample: Any, market: Any) -> dict[str, Any] | None:
    for arguments in ((market,), ()):
        try:
            made = parser(copy.deepcopy(sample), *arguments)
        except Exception:
            continue
        return made if isinstance(made, dict) else None
    return None


async def _by_handlers(venue: Venue) -> Any:
    client = venue.client
    for module, name, function in _methods(type(client)):
        if not (module.startswith("pro.") and name.startswith("handle_")):
            continue
        if list(inspect.signature(getattr(client, name)).parameters)[:2] != ["client", "message"]:
            continue
        for number, sample in enumerate(_samples(function)):
            client.orders = client.myTrades = client.triggerOrders = None
            connection = _Connection()
            try:
                inner = sample.get("result") if isinstance(sample, dict) else None  # cryptocom
                message = inner if isinstance(inner, dict) else sample
                handled = getattr(client, name)(connection, copy.deepcopy(message))
                if inspect.isawaitable(handled):
                    await asyncio.wait_for(handled, 3)
            except Exception:
                continue
            unkept = next((each for each in connection.handed_out if isinstance(each, BaseCache)), None)
            fills = client.myTrades or (unkept if "trade" in name else None)
            kept: tuple[tuple[Kind, Any], ...] = (("order", client.orders), ("trade", fills))
            for kind, cache in kept:
                for made in list(cache or ()):
                    if isinstance(made, dict):
                        yield Told(f"{module}.{name} {number}", kind, True, dict(made))


def _methods(exchange: type) -> Iterator[tuple[str, str, Any]]:
    """(module below ccxt or ours, name, function) of the class's own methods that deal with trades and orders."""
    for cls in exchange.__mro__:
        ours = cls.__module__.startswith("hummingbot_ccxt.mappings.")
        if (cls.__module__.startswith("ccxt.") and ".base." not in cls.__module__) or ours:
            module = cls.__module__.removeprefix("ccxt.").removeprefix("async_support.")
            for name, member in vars(cls).items():
                if inspect.isfunction(member) and _ABOUT_ORDERS.search(name):
                    yield module, name, member


def _samples(function: Any) -> list[Any]:
    return [sample for _, text in comment_blocks(inspect.getsource(function)) for sample in samples(text)]
