"""One connector on one profile's exchange: everything that a user does with it, and everything that goes wrong."""

import asyncio
import dataclasses
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import MarketEvent, OrderBookEvent

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.exchange import ccxt_exchange
from hummingbot_ccxt.exchange.ccxt_utils import KEYWORDS
from hummingbot_ccxt.sandbox.engine import Side
from hummingbot_ccxt.venue import client as venue_client

from .engine_exchange import engine_exchange
from .engine_venue import SYMBOL, TRADER, EngineVenue
from .profile import Profile

PAIR = "BTC-USDT"
PATIENCE_S = 8.0
SETTLE_S = 0.5
CREATED = (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated)
COMPLETED = (MarketEvent.BuyOrderCompleted, MarketEvent.SellOrderCompleted)
FILLED, CANCELLED, FAILED = MarketEvent.OrderFilled, MarketEvent.OrderCancelled, MarketEvent.OrderFailure


class Trader:
    """A running connector, what it tells, and the venue that it trades on."""

    def __init__(self, profile: Profile, venue: EngineVenue, connector: Any) -> None:
        self.profile = profile
        self.venue = venue
        self.connector = connector
        self.events: list[tuple[MarketEvent, Any]] = []
        self.public_trades: list[tuple[float, float]] = []
        self.errors: list[str] = []
        self._changed = asyncio.Event()
        self._forwarder = SourceInfoEventForwarder(self._hear)
        for kind in (*CREATED, *COMPLETED, FILLED, CANCELLED, FAILED):
            connector.add_listener(kind, self._forwarder)
        self._trade_forwarder = SourceInfoEventForwarder(self._hear_trade)

    def _hear(self, tag: int, source: Any, event: Any) -> None:
        self.events.append((MarketEvent(tag), event))
        self._changed.set()

    def _hear_trade(self, tag: int, source: Any, event: Any) -> None:
        self.public_trades.append((float(event.price), float(event.amount)))
        self._changed.set()

    def listen_to_trades(self) -> None:
        self.connector.get_order_book(PAIR).add_listener(OrderBookEvent.TradeEvent, self._trade_forwarder)

    async def until(self, true: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
        """What `true` gives as soon as it is true."""
        end = time.monotonic() + patience_s
        while not (value := true()):
            if time.monotonic() > end:
                told = [kind.name for kind, _ in self.events]
                raise AssertionError(f"{what} did not come true in {patience_s:g} s; events: {told}")
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), 0.02)
            except TimeoutError:
                pass
        return value

    def told(self, order_id: str, *kinds: MarketEvent) -> list[Any]:
        return [event for kind, event in self.events if kind in kinds and event.order_id == order_id]

    def story(self, order_id: str) -> list[str]:
        """The names of an order's events, without the side."""
        names = [kind.name for kind, event in self.events if event.order_id == order_id]
        return [name.removeprefix("Buy").removeprefix("Sell").removeprefix("Order") for name in names]

    async def event(self, order_id: str, *kinds: MarketEvent) -> Any:
        names = "/".join(kind.name for kind in kinds)
        await self.until(lambda: self.told(order_id, *kinds), f"{names} of {order_id} (so far {self.story(order_id)})")
        return self.told(order_id, *kinds)[0]

    def filled(self, order_id: str) -> tuple[Decimal, Decimal]:
        """Base and quote that the fills of an order come to."""
        fills = self.told(order_id, FILLED)
        return sum((f.amount for f in fills), Decimal(0)), sum((f.amount * f.price for f in fills), Decimal(0))

    def buy(self, amount: str, price: int | None, kind: OrderType = OrderType.LIMIT) -> str:
        return str(self.connector.buy(PAIR, Decimal(amount), kind, _price(price)))

    def sell(self, amount: str, price: int | None, kind: OrderType = OrderType.LIMIT) -> str:
        return str(self.connector.sell(PAIR, Decimal(amount), kind, _price(price)))

    async def resting(self, amount: str, price: int) -> str:
        """A buy order that rests at the venue."""
        order_id = self.buy(amount, price)
        await self.event(order_id, *CREATED)
        return order_id

    def venue_order(self, order_id: str) -> Any:
        """The venue's own record of an order."""
        created = self.told(order_id, *CREATED)
        assert created, f"{order_id} was never created"
        return self.venue.engine.order(TRADER, order_id=int(created[0].exchange_order_id))

    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """(total, available) as Hummingbot has them."""
        total, available = self.connector._account_balances, self.connector._account_available_balances
        return {asset: (total[asset], available[asset]) for asset in total}

    def ledger(self) -> dict[str, tuple[Decimal, Decimal]]:
        """(total, free) as the venue has them."""
        return {asset: (held.total, held.free) for asset, held in self.venue.engine.balances(TRADER).items()}

    def book(self) -> tuple[list[tuple[float, float]], ...]:
        book = self.connector.get_order_book(PAIR)
        return tuple([(row.price, row.amount) for row in side] for side in (book.bid_entries(), book.ask_entries()))

    def venue_book(self) -> tuple[list[tuple[float, float]], ...]:
        book = self.venue.engine.book(SYMBOL)
        return tuple([(float(p), float(a)) for p, a in side.levels()] for side in (book.bids, book.asks))

    async def book_right(self) -> None:
        try:
            await self.until(lambda: self.book() == self.venue_book(), "the engine's book")
        except AssertionError as err:
            raise AssertionError(f"{err}; {self.book()} is not {self.venue_book()}") from None

    async def streams_up(self) -> None:
        """Every stream that the profile has is subscribed."""
        wanted = {k for k in ("book", "trades", "orders", "fills", "balance") if self.connector._venue.streams_kind(k)}
        await self.until(lambda: self.venue.subscriptions() == wanted, f"the streams of {wanted}")


def _price(price: int | None) -> Decimal:
    return Decimal("NaN") if price is None else Decimal(price)


@asynccontextmanager
async def running(profile: Profile) -> AsyncIterator[Trader]:
    """A connector on Hummingbot's clock, built as Hummingbot builds it, on a venue of its own."""
    credentials = {name: f"dummy-{name}" for name in profile.credentials}
    async with EngineVenue(credentials) as venue:
        venue.make_book()
        venue.trade(Side.BUY, "0.1")
        mapping = dataclasses.replace(profile.mapping, order_settle_s=SETTLE_S, order_deadline=None)
        with ExitStack() as patches:
            patches.enter_context(
                patch.object(venue_client, "exchange_class", lambda *_: (engine_exchange(profile, venue), True))
            )
            settings = ExchangeSettings(poll_interval=0.1)
            patches.enter_context(patch.object(ccxt_exchange, "for_exchange", lambda domain: settings))
            patches.enter_context(patch.object(ccxt_exchange, "load_mapping", lambda *_: mapping))
            connector = ccxt_exchange.CcxtExchange(
                trading_pairs=[PAIR],
                domain=profile.id,
                **{f"ccxt_{KEYWORDS[name]}": value for name, value in credentials.items()},
            )
        trader = Trader(profile, venue, connector)
        handler = _Errors(trader.errors)
        logging.getLogger().addHandler(handler)
        clock = Clock(ClockMode.REALTIME, 0.1)
        clock.add_iterator(connector)

        async def tick() -> None:
            with clock as ticking:
                await ticking.run()

        ticking = asyncio.ensure_future(tick())
        try:
            await trader.until(lambda: connector.ready, f"ready ({connector.status_dict})", 15.0)
            await trader.streams_up()
            trader.listen_to_trades()
            yield trader
        finally:
            clock.remove_iterator(connector)
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            await connector.stop_network()
            logging.getLogger().removeHandler(handler)


class _Errors(logging.Handler):
    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("hummingbot", "asyncio")):
            self._errors.append(record.getMessage() + (f" ({record.exc_info[1]!r})" if record.exc_info else ""))
