"""A connector that runs on Hummingbot's clock: what it tells and logs, how to wait for it. Ours or a native one."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from unittest.mock import patch

from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.data_type.order_book_tracker import OrderBookTracker
from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory
from hummingbot.logger import HummingbotLogger

from hummingbot_ccxt.configuration import ExchangeSettings, given_settings
from hummingbot_ccxt.rig.connectors import native, native_of, ours, settings_for
from hummingbot_ccxt.rig.redirect import redirected
from hummingbot_ccxt.sandbox import ApiAccount, Sandbox

Kind = Literal["ours", "native"]

ORDER_EVENTS = (
    MarketEvent.BuyOrderCreated,
    MarketEvent.SellOrderCreated,
    MarketEvent.OrderFilled,
    MarketEvent.BuyOrderCompleted,
    MarketEvent.SellOrderCompleted,
    MarketEvent.OrderCancelled,
    MarketEvent.OrderFailure,
)
READY_S = 60.0
TICK_S = 0.1


@dataclass(frozen=True, slots=True)
class Told:
    """One event of Hummingbot's, and when it came (seconds of the machine's monotonic clock)."""

    kind: MarketEvent
    event: Any
    at: float


class DidNotHappen(AssertionError):
    """Something that was waited for did not come true in time; the text says what, and what was told so far."""


class Bot:
    """One running connector on the sandbox, with the account that it trades for.

    `told` is every order event in its order, `records` every log record of Hummingbot's and ours since the start.
    """

    def __init__(self, sandbox: Sandbox, account: ApiAccount, connector: Any, kind: Kind) -> None:
        self.sandbox = sandbox
        self.account = account
        self.connector = connector
        self.kind = kind
        self.told: list[Told] = []
        self.records: list[logging.LogRecord] = []
        self._heard = asyncio.Event()
        self._forwarder = SourceInfoEventForwarder(self._hear)
        for event in ORDER_EVENTS:
            connector.add_listener(event, self._forwarder)

    def _hear(self, tag: int, source: Any, event: Any) -> None:
        self.told.append(Told(MarketEvent(tag), event, time.monotonic()))
        self._heard.set()

    # -- waiting
    async def until(self, true: Callable[[], Any], what: str = "", patience_s: float = 10.0) -> Any:
        """What `true` gives as soon as it is true; raises DidNotHappen when it does not become so in time."""
        end = time.monotonic() + patience_s
        while not (value := true()):
            left = end - time.monotonic()
            if left <= 0:
                raise DidNotHappen(f"{what or 'it'} did not come true in {patience_s} s; events: {self.story()}")
            self._heard.clear()
            try:
                await asyncio.wait_for(self._heard.wait(), min(left, 0.02))
            except TimeoutError:
                pass
        return value

    async def event(self, *kinds: MarketEvent, of: str | None = None, number: int = 1, patience_s: float = 10.0) -> Any:
        """The `number`-th event of these kinds (of one order), when it has come."""
        what = f"event {number} of {[kind.name for kind in kinds]} of {of}"
        await self.until(lambda: len(self.events(*kinds, of=of)) >= number, what, patience_s)
        return self.events(*kinds, of=of)[number - 1]

    # -- what was told
    def events(self, *kinds: MarketEvent, of: str | None = None) -> list[Any]:
        return [
            told.event
            for told in self.told
            if (not kinds or told.kind in kinds) and (of is None or told.event.order_id == of)
        ]

    def story(self, of: str | None = None) -> list[str]:
        """The names of the events (of one order), in their order."""
        return [told.kind.name for told in self.told if of is None or told.event.order_id == of]

    # -- acting
    def buy(
        self, pair: str, amount: str | Decimal, price: str | Decimal | None = None, kind: OrderType = OrderType.LIMIT
    ) -> str:
        """The client order id."""
        return str(self.connector.buy(pair, Decimal(amount), kind, _price(price)))

    def sell(
        self, pair: str, amount: str | Decimal, price: str | Decimal | None = None, kind: OrderType = OrderType.LIMIT
    ) -> str:
        """The client order id."""
        return str(self.connector.sell(pair, Decimal(amount), kind, _price(price)))

    # -- what Hummingbot knows
    def order(self, client_order_id: str) -> Any:
        """Hummingbot's tracked order, finished ones included, None for one it does not know (any more)."""
        return self.connector._order_tracker.all_orders.get(client_order_id)

    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """(total, available) as Hummingbot has them, of what is not zero."""
        total, available = self.connector._account_balances, self.connector._account_available_balances
        return {asset: (total[asset], available.get(asset, Decimal(0))) for asset in total if total[asset]}

    def book(self, pair: str) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        """(bids, asks), best first, as Hummingbot's order book has them."""
        book = self.connector.get_order_book(pair)
        return [(r.price, r.amount) for r in book.bid_entries()], [(r.price, r.amount) for r in book.ask_entries()]

    # -- what the venue knows
    def ledger(self) -> dict[str, tuple[Decimal, Decimal]]:
        """(total, free) as the venue has them, of what is not zero."""
        held = self.sandbox.engine.balances(self.account.account_id)
        return {asset: (each.total, each.free) for asset, each in held.items() if each.total}

    def venue_book(self, pair: str) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        """(bids, asks), best first, as the matching engine has them."""
        book = self.sandbox.engine.book(pair.replace("-", "/"))
        bids, asks = ([(float(p), float(a)) for p, a in side.levels()] for side in (book.bids, book.asks))
        return bids, asks

    def logged(self, level: int = logging.WARNING) -> list[str]:
        return [record.getMessage() for record in self.records if record.levelno >= level]


@asynccontextmanager
async def running(
    kind: Kind,
    sandbox: Sandbox,
    account: ApiAccount,
    pairs: Sequence[str],
    *,
    native_kind: type | None = None,
    ours_kind: type | None = None,
    settings: ExchangeSettings | None = None,
    states: Mapping[str, Any] | None = None,
    prepare: Callable[[Any], None] | None = None,
    ready: bool = True,
    tick_s: float = TICK_S,
    **more: Any,
) -> AsyncIterator[Bot]:
    """A connector of the sandbox's exchange, on Hummingbot's clock, ready unless `ready` is false; stopped at the end.

    `native_kind`: a native class of one's own; `ours_kind`: a subclass of `CcxtExchange`. `states`: tracking states to
    restore (`connector.tracking_states` of an earlier run). `prepare` gets the connector before its clock starts.
    `more`: keywords of the connector's constructor. Raises DidNotHappen if it does not get ready.
    """
    with _led_to(kind, sandbox, settings):
        if kind == "ours":
            connector = ours(sandbox.exchange, account, pairs, kind=ours_kind, **more)
        else:
            connector = native(native_kind or native_of(sandbox.exchange), account, pairs, **more)
        bot = Bot(sandbox, account, connector, kind)
        keeper = _Keeper(bot.records)
        logging.getLogger().addHandler(keeper)
        if states is not None:
            connector.restore_tracking_states(dict(states))
        if prepare is not None:
            prepare(connector)
        clock = Clock(ClockMode.REALTIME, tick_s)
        clock.add_iterator(connector)
        ticking = asyncio.ensure_future(_tick(clock))
        try:
            if ready:
                await bot.until(lambda: connector.ready, f"{connector.name} is ready", READY_S)
            yield bot
        finally:
            clock.remove_iterator(connector)
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            await connector.stop_network()
            await ConnectionsFactory().close()  # one session per process, bound to the event loop that made it
            logging.getLogger().removeHandler(keeper)


@contextmanager
def _led_to(kind: Kind, sandbox: Sandbox, settings: ExchangeSettings | None) -> Iterator[None]:
    if kind == "ours":
        with given_settings({sandbox.exchange: settings_for(sandbox.url, settings)}):
            yield
    else:
        with redirected(sandbox.rewrite):
            yield


@contextmanager
def short_waits() -> Iterator[None]:
    """Within, Hummingbot waits no second after each pair's first book, and a failed order imports no application.

    The same for either kind of connector.
    """
    with (
        patch.object(HummingbotLogger, "is_testing_mode", staticmethod(lambda: True)),
        patch.object(OrderBookTracker, "_sleep", staticmethod(lambda delay: asyncio.sleep(0))),
    ):
        yield


async def _tick(clock: Clock) -> None:
    with clock as ticking:
        await ticking.run()


def _price(price: str | Decimal | None) -> Decimal:
    return Decimal("NaN") if price is None else Decimal(price)


class _Keeper(logging.Handler):
    """Keeps the records of the connector's side; what the embedded venue logs is not its."""

    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("hummingbot", "asyncio")) and ".sandbox" not in record.name:
            self._records.append(record)
