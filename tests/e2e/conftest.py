"""The connector as Hummingbot runs it, on the embedded venue: real sockets, Hummingbot's clock, ccxt unmodified."""

import asyncio
import dataclasses
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.data_type.order_book_tracker import OrderBookTracker
from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import MarketEvent
from hummingbot.logger import HummingbotLogger

import hummingbot_ccxt.exchange.ccxt_exchange as ccxt_exchange
from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange import ccxt_web_utils as web_utils
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.sandbox import ApiAccount, Sandbox, Side
from hummingbot_ccxt.sandbox import OrderType as VenueOrderType
from hummingbot_ccxt.venue import streams

PATIENCE_S = 10.0
FUNDS = {"USDT": Decimal(100_000), "BTC": Decimal(2)}
ORDER_EVENTS = (
    MarketEvent.BuyOrderCreated,
    MarketEvent.SellOrderCreated,
    MarketEvent.OrderFilled,
    MarketEvent.BuyOrderCompleted,
    MarketEvent.SellOrderCompleted,
    MarketEvent.OrderCancelled,
    MarketEvent.OrderFailure,
)
CREATED = (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated)
COMPLETED = (MarketEvent.BuyOrderCompleted, MarketEvent.SellOrderCompleted)


class Counterparty:
    """Everybody else at the venue: an account with deep pockets that acts in the engine at once."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._engine = sandbox.engine
        assets = {asset for market in sandbox.engine.markets.values() for asset in (market.base, market.quote)}
        self.account = sandbox.create_account(dict.fromkeys(assets, Decimal(10**9)), name="counterparty")

    def bid(self, price: str | int, amount: str, symbol: str = "BTC/USDT") -> int:
        return self._place(Side.BUY, VenueOrderType.LIMIT, amount, symbol, price)

    def ask(self, price: str | int, amount: str, symbol: str = "BTC/USDT") -> int:
        return self._place(Side.SELL, VenueOrderType.LIMIT, amount, symbol, price)

    def market_buy(self, amount: str, symbol: str = "BTC/USDT") -> int:
        return self._place(Side.BUY, VenueOrderType.MARKET, amount, symbol)

    def market_sell(self, amount: str, symbol: str = "BTC/USDT") -> int:
        return self._place(Side.SELL, VenueOrderType.MARKET, amount, symbol)

    def cancel(self, order_id: int) -> None:
        self._engine.cancel(self.account.account_id, order_id=order_id)

    def make_book(self, symbol: str = "BTC/USDT", mid: int = 60_000, levels: int = 20) -> None:
        """Half a coin at each of so many levels a side, ten quote units apart."""
        for step in range(1, levels + 1):
            self.bid(mid - 10 * step, "0.5", symbol)
            self.ask(mid + 10 * step, "0.5", symbol)

    def _place(self, side: Side, kind: VenueOrderType, amount: str, symbol: str, price: str | int | None = None) -> int:
        order = self._engine.place(
            self.account.account_id,
            symbol=symbol,
            side=side,
            type=kind,
            price=None if price is None else Decimal(price),
            amount=Decimal(amount),
        )
        return order.id


class Bot:
    """A running connector, what it told Hummingbot, and what it logged."""

    def __init__(self, sandbox: Sandbox, account: ApiAccount, connector: Any) -> None:
        self.sandbox = sandbox
        self.account = account
        self.connector = connector
        self.log: list[tuple[MarketEvent, Any]] = []
        self.records: list[logging.LogRecord] = []
        self.expected_errors: list[str] = []
        self._heard = asyncio.Event()
        self._forwarder = SourceInfoEventForwarder(self._hear)
        for kind in ORDER_EVENTS:
            connector.add_listener(kind, self._forwarder)

    def _hear(self, tag: int, source: Any, event: Any) -> None:
        self.log.append((MarketEvent(tag), event))
        self._heard.set()

    # --- waiting

    async def until(self, true: Callable[[], Any], what: str = "", patience_s: float = PATIENCE_S) -> Any:
        """Return what `true` gives as soon as it is true; fail with the events so far when it does not come true."""
        end = time.monotonic() + patience_s
        while not (value := true()):
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{what or 'it'} did not come true in {patience_s} s; events: {self.story()}")
            self._heard.clear()
            try:
                await asyncio.wait_for(self._heard.wait(), min(left, 0.02))
            except TimeoutError:
                pass
        return value

    async def event(
        self, *kinds: MarketEvent, of: str | None = None, number: int = 1, patience_s: float = PATIENCE_S
    ) -> Any:
        """Return the event of one of these kinds (of one order), the `number`-th such, when it has come."""
        what = f"event {number} of {[kind.name for kind in kinds]}"
        await self.until(lambda: len(self.events(*kinds, of=of)) >= number, what, patience_s)
        return self.events(*kinds, of=of)[number - 1]

    def events(self, *kinds: MarketEvent, of: str | None = None) -> list[Any]:
        return [
            event for kind, event in self.log if (not kinds or kind in kinds) and (of is None or event.order_id == of)
        ]

    def story(self, of: str | None = None) -> list[str]:
        """The names of the events (of one order), in their order."""
        return [kind.name for kind, event in self.log if of is None or event.order_id == of]

    def fills(self, of: str | None = None) -> list[tuple[str, str]]:
        """(price, amount) of each fill that was told."""
        filled = self.events(MarketEvent.OrderFilled, of=of)
        return [(f"{event.price.normalize():f}", f"{event.amount.normalize():f}") for event in filled]

    # --- acting

    def buy(self, amount: str, price: str | None = None, kind: OrderType = OrderType.LIMIT, pair: str = "BTC-USDT"):
        price_given = Decimal("NaN") if price is None else Decimal(price)
        return self.connector.buy(pair, Decimal(amount), kind, price_given)

    def sell(self, amount: str, price: str | None = None, kind: OrderType = OrderType.LIMIT, pair: str = "BTC-USDT"):
        price_given = Decimal("NaN") if price is None else Decimal(price)
        return self.connector.sell(pair, Decimal(amount), kind, price_given)

    async def resting_buy(self, amount: str = "0.1", price: str = "59000") -> str:
        """The client order id of a limit order that rests at the venue."""
        order_id = self.buy(amount, price)
        await self.event(MarketEvent.BuyOrderCreated, of=order_id)
        return order_id

    # --- looking

    @property
    def client(self) -> Any:
        return self.connector._venue.client

    def order(self, order_id: str) -> Any:
        return self.connector.order_tracker.all_orders[order_id]

    def venue_order(self, order_id: str) -> Any:
        return self.sandbox.engine.order(self.account.account_id, client_order_id=order_id)

    def venue_orders(self) -> list[Any]:
        return self.sandbox.engine.orders(self.account.account_id)

    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """(total, available) as Hummingbot has them, of what is not zero."""
        total, available = self.connector._account_balances, self.connector._account_available_balances
        return {asset: (total[asset], available[asset]) for asset in total if total[asset]}

    def ledger(self) -> dict[str, tuple[Decimal, Decimal]]:
        """(total, free) as the venue has them, of what is not zero."""
        held = self.sandbox.engine.balances(self.account.account_id)
        return {asset: (each.total, each.free) for asset, each in held.items() if each.total}

    async def settled(self) -> None:
        """Balances are the ledger's to the last digit, and each fill of the venue was told exactly once."""
        await self.until(lambda: self.balances() == self.ledger(), f"balances {self.balances()} = {self.ledger()}")
        told = [
            (event.exchange_order_id, event.exchange_trade_id, event.price, event.amount)
            for event in self.events(MarketEvent.OrderFilled)
        ]
        fills = self.sandbox.engine.fills(self.account.account_id)
        assert sorted(told) == sorted((str(f.order_id), str(f.id), f.price, f.amount) for f in fills)

    def book_of(self, pair: str = "BTC-USDT") -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        book = self.connector.get_order_book(pair)
        return [(r.price, r.amount) for r in book.bid_entries()], [(r.price, r.amount) for r in book.ask_entries()]

    def engine_book(self, pair: str = "BTC-USDT") -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        book = self.sandbox.engine.book(pair.replace("-", "/"))
        bids, asks = ([(float(p), float(a)) for p, a in side.levels()] for side in (book.bids, book.asks))
        return bids, asks

    async def book_right(self, pair: str = "BTC-USDT", patience_s: float = PATIENCE_S) -> None:
        """Hummingbot's book is the engine's, level by level."""
        await self.until(lambda: self.book_of(pair) == self.engine_book(pair), f"the book of {pair}", patience_s)

    def logged(self, text: str, level: int = logging.DEBUG) -> list[str]:
        return [r.getMessage() for r in self.records if r.levelno >= level and text in r.getMessage()]

    def requests(self, endpoint: str) -> list[Any]:
        return self.sandbox.request_log.of(endpoint)

    def private_sessions(self) -> list[Any]:
        return [each for each in self.sandbox.streams.sessions if each.is_private]

    async def user_stream_up(self) -> None:
        """Orders, fills and balance live on one private connection."""
        topic = f"user:{self.account.account_id}"
        await self.until(lambda: self.sandbox.streams.subscribers(topic), "the user stream")


class Bots:
    """Starts connectors on one sandbox, and ends them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._running: list[tuple[Bot, Clock, asyncio.Task[None], logging.Handler]] = []

    async def start(
        self,
        account: ApiAccount,
        *,
        pairs: tuple[str, ...] = ("BTC-USDT",),
        secret: str | None = None,
        states: dict[str, Any] | None = None,
        ready: bool = True,
        domain: str = "binance",
        folder: Path | None = None,
        **mapping: Any,
    ) -> Bot:
        """A connector on Hummingbot's clock; `mapping` are changes of the exchange's mapping, `states` those to
        restore, `folder` is the user's own."""
        settings = ExchangeSettings(base_url=self._sandbox.url, mapping=None if folder is None else str(folder))
        changed = dataclasses.replace(load_mapping(domain, folder), **mapping)
        with (
            patch.object(ccxt_exchange, "for_exchange", lambda domain: settings),
            patch.object(web_utils, "for_exchange", lambda domain: settings),
            patch.object(ccxt_exchange, "load_mapping", lambda *_: changed),
        ):
            connector = ccxt_exchange.CcxtExchange(
                trading_pairs=list(pairs),
                domain=domain,
                ccxt_api_key=account.api_key,
                ccxt_secret=secret or account.secret,
            )
        connector._venue.client.timeout = 5000 if ready else 1000  # a start takes longer on a busy machine
        bot = Bot(self._sandbox, account, connector)
        handler = _Keeper(bot.records)
        logging.getLogger().addHandler(handler)
        if states is not None:
            connector.restore_tracking_states(states)
        clock = Clock(ClockMode.REALTIME, 0.1)
        clock.add_iterator(connector)

        async def tick() -> None:
            with clock as ticking:
                await ticking.run()

        self._running.append((bot, clock, asyncio.ensure_future(tick()), handler))
        if ready:
            await bot.until(lambda: connector.ready, "the connector is ready", 30.0)
            await bot.user_stream_up()
            ids = [pair.replace("-", "").lower() for pair in pairs]
            wanted = {f"{name}@{kind}" for name in ids for kind in ("depth@100ms", "trade")}
            await bot.until(lambda: wanted <= set(self._sandbox.streams.topics()), "the public streams")
            connector._venue.client.timeout = 1000
        return bot

    async def stop(self, bot: Bot) -> None:
        """As Hummingbot stops a connector; fails when it logged an error, or skipped a message, unexpectedly."""
        _, clock, ticking, handler = entry = next(each for each in self._running if each[0] is bot)
        self._running.remove(entry)
        clock.remove_iterator(bot.connector)
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
        await bot.connector.stop_network()
        logging.getLogger().removeHandler(handler)
        errors = [r.getMessage() for r in bot.records if r.levelno >= logging.ERROR or "skipped" in r.getMessage()]
        unexpected = [text for text in errors if not any(part in text for part in bot.expected_errors)]
        assert not unexpected, unexpected

    async def stop_all(self) -> None:
        for bot, *_ in list(self._running):
            await self.stop(bot)


class _Keeper(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("hummingbot", "asyncio")) and "sandbox" not in record.name:
            self._records.append(record)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The venue is on this machine: what waits for an ocean crossing need not."""
    monkeypatch.setattr(streams, "_SETTLE_S", 0.1)
    monkeypatch.setattr(streams, "_TICK_S", 0.1)
    monkeypatch.setattr(constants, "SECOND_LOOK_S", 0.5)
    # Else the first failed order imports Hummingbot's whole application, which blocks the event loop for seconds.
    monkeypatch.setattr(HummingbotLogger, "is_testing_mode", staticmethod(lambda: True))
    # Hummingbot's tracker waits a second after each pair's first book.
    monkeypatch.setattr(OrderBookTracker, "_sleep", staticmethod(lambda delay: asyncio.sleep(0)))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox("binance", book_interval_s=0.02) as sandbox:
        yield sandbox
        sandbox.engine.audit()


@pytest.fixture
def market(sandbox: Sandbox) -> Counterparty:
    """The other side, with a book of 20 levels a side around 60,000 on BTC/USDT."""
    market = Counterparty(sandbox)
    market.make_book()
    return market


@pytest.fixture
def account(sandbox: Sandbox) -> ApiAccount:
    return sandbox.create_account(FUNDS, name="trader")


@pytest.fixture
async def bots(sandbox: Sandbox) -> AsyncIterator[Bots]:
    bots = Bots(sandbox)
    yield bots
    await bots.stop_all()


@pytest.fixture
async def bot(bots: Bots, account: ApiAccount, market: Counterparty) -> Bot:
    """A connector that is ready to trade BTC-USDT."""
    return await bots.start(account)


@pytest.fixture
def start(bots: Bots, account: ApiAccount, market: Counterparty) -> Callable[..., Awaitable[Bot]]:
    """Starts a connector with settings of the test's own."""

    async def start_bot(**settings: Any) -> Bot:
        return await bots.start(settings.pop("account", account), **settings)

    return start_bot
