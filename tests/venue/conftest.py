"""A tapped ccxt client without Hummingbot, the plain one beside it, and a venue for both."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest

from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side
from hummingbot_ccxt.venue.budget import RateBudget
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.recording import take_changes
from hummingbot_ccxt.venue.secrets import Secrets
from hummingbot_ccxt.venue.tap import ClientParts, tapped_class

PATIENCE_S = 8.0
OPTIONS = {"fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False, "fetchMargins": False}


class Seen:
    """A tap that keeps everything; books as the changes that they make."""

    def __init__(self) -> None:
        self.orders: list[Any] = []
        self.fills: list[Any] = []
        self.trades: list[Any] = []
        self.changes: list[tuple[str, Any]] = []
        self.bad: list[tuple[str, Exception]] = []
        self.lost_connections: list[Any] = []
        self.rejections: list[tuple[str, BaseException]] = []

    def order(self, order: Any) -> None:
        self.orders.append(order)

    def fill(self, trade: Any) -> None:
        self.fills.append(trade)

    def trade(self, trade: Any) -> None:
        self.trades.append(trade)

    def book(self, book: Any) -> None:
        changes = take_changes(book)
        if changes is not None:
            self.changes.append((book.get("symbol"), changes))

    def subscribed(self, feed: Any, client: Any, message_hashes: list[str]) -> None: ...

    def resolved(self, client: Any, message_hash: str, result: Any) -> None: ...

    def rejected(self, client: Any, message_hash: str, error: BaseException) -> None:
        self.rejections.append((message_hash, error))

    def lost(self, client: Any, error: BaseException) -> None:
        self.lost_connections.append(client)

    def bad_message(self, where: str, error: Exception, client: Any = None) -> None:
        self.bad.append((where, error))

    def followed(self, symbol: str) -> tuple[dict[float, float], dict[float, float]]:
        """The book of someone who applies the changes, and nothing else."""
        bids: dict[float, float] = {}
        asks: dict[float, float] = {}
        for of, change in self.changes:
            if of != symbol:
                continue
            for levels, rows in ((bids, change.bids), (asks, change.asks)):
                if change.snapshot:
                    levels.clear()
                levels.update(rows)
        kept = [{price: amount for price, amount in levels.items() if amount} for levels in (bids, asks)]
        return kept[0], kept[1]


def tapped(exchange: str, seen: Seen, **config: Any) -> Any:
    """A tapped client of an exchange with a budget that never waits."""
    client = tapped_class(exchange_class(exchange)[0])({"newUpdates": True, **config})
    budget = RateBudget(rate=1e9, capacity=1e9)
    client.install(ClientParts(tap=seen, budget=budget, secrets=Secrets([]), venue_time=time.time))
    return client


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def tapped_client(seen: Seen) -> Callable[..., Any]:
    return lambda exchange, **config: tapped(exchange, seen, **config)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox("binance", book_interval_s=0.01) as sandbox:
        sandbox.engine.create_account("maker", {"USDT": Decimal(10**9), "BTC": Decimal(10**6), "ETH": Decimal(10**6)})
        yield sandbox


@pytest.fixture
def place(sandbox: Sandbox) -> Callable[..., Any]:
    """Puts an order of somebody else's on the venue: side, price, amount."""

    def place_order(side: str, price: str, amount: str, symbol: str = "BTC/USDT") -> Any:
        return sandbox.engine.place(
            "maker",
            symbol=symbol,
            side=Side(side),
            type=OrderType.LIMIT,
            price=Decimal(price),
            amount=Decimal(amount),
        )

    return place_order


@pytest.fixture
async def on_sandbox(sandbox: Sandbox, seen: Seen) -> AsyncIterator[Callable[..., Any]]:
    """Clients of binance on the venue: `plain=True` for ccxt's own class."""
    account = sandbox.create_account({"USDT": Decimal(10**6), "BTC": Decimal(100)}, name="trader")
    clients = []

    def make(plain: bool = False) -> Any:
        config = {"apiKey": account.api_key, "secret": account.secret, "newUpdates": True}
        client = exchange_class("binance")[0](config) if plain else tapped("binance", seen, **config)
        client.urls = sandbox.rewrite(client.urls)
        client.options.update(OPTIONS)
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
def until() -> Callable[..., Any]:
    async def wait(true: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
        async with asyncio.timeout(patience_s):
            while not (value := true()):  # noqa: ASYNC110 -- what is waited for has no event of its own
                await asyncio.sleep(0.005)
            return value

    return wait
