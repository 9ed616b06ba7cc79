"""One exchange's connector, ready and then unplugged, to whose stream handlers any frame can be handed.

It became ready on the embedded venue, so everything is real: ccxt's class and what it knows of its subscriptions, our
taps and data sources, Hummingbot's trackers and its loops. Frames that came meanwhile are the seeds, each with ccxt's
books at that moment. From then on nothing is asked of the venue, and no connection begins or ends.
"""

import asyncio
import copy
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from decimal import Decimal
from inspect import isfunction
from typing import Any
from unittest.mock import patch

from aiohttp import WSMessage, WSMsgType
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.network_iterator import NetworkStatus

from hummingbot_ccxt.exchange import balance_keeper, ccxt_api_order_book_data_source, order_fills, order_life
from hummingbot_ccxt.fuzz.frames import Frames, Seed, copied, copied_books
from hummingbot_ccxt.fuzz.translators import (
    Broken,
    check_balances,
    check_fill,
    check_rows,
    check_trade,
    is_amount,
    is_positive,
)
from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue import streams
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

PAIR, SYMBOL = "BTC-USDT", "BTC/USDT"
_TURNS = 50
_OPTIONS_EVERY = 200
_CALLERS = (ccxt_api_order_book_data_source, order_life, order_fills, balance_keeper)
"""The modules that hand what the streams bring to translators."""
_ESCAPED = (
    "Unexpected error in user stream",
    "Unhandled error in background task",
    "never retrieved",
    "that came early cannot be used",
)
"""What Hummingbot, asyncio and we log of an exception that nobody expected."""


class Unplugged:
    """A connector that is fed frames by hand, and the watch over what comes of them."""

    def __init__(self, exchange: str, bot: Bot, seeds: list[Seed]) -> None:
        self.exchange = exchange
        self.seeds = seeds
        self.connector = bot.connector
        self._bot = bot
        self._client = bot.connector._venue.client
        self._balances = dict(self.connector._account_balances), dict(self.connector._account_available_balances)
        self._orders = copy.deepcopy(self.connector.tracking_states)
        self._options = copied(self._client.options)
        self._balance = copied(self._client.balance)
        self._loops = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        self._broken: list[str] = []
        self._log = _Log(self._broken)
        self._skipped_before = dict(self.connector._skips)
        self._bad = self._skipped = self._restored = 0
        self._refusals: dict[tuple[str, int], Any] = {}
        self._errors: dict[int, tuple[BadVenueData, tuple[str, int]]] = {}
        self._told: set[tuple[str, int]] = set()
        self.applied = 0
        """How many changes and snapshots of books, trades, fills and order updates went through."""

    # --- feeding

    async def feed(self, seed: Seed, text: str) -> bool:
        """Hand over a frame in the seed's state; tell whether everything in it was taken. Raises Broken."""
        self._bad = self._skipped = 0
        for known in (self._refusals, self._errors, self._told):
            known.clear()
        self.restore(seed)
        try:
            seed.connection.handle_message(WSMessage(WSMsgType.TEXT, text, None))
        except (Exception, asyncio.CancelledError) as error:
            raise Broken(f"{type(error).__name__} escaped from the receive loop's handler: {error}") from error
        queue = self.connector._user_stream_tracker.user_stream
        for turn in range(_TURNS):
            if queue.empty() and turn >= 3:
                break
            await asyncio.sleep(0)
        self._check()
        return not (self._bad or self._refusals)

    def _check(self) -> None:
        if self._broken:
            raise Broken(self._broken.pop())
        # Where the trade itself is refused, as it is told, its fee is none that was forgotten.
        told = self._told | {("fee", message) for structure, message in self._told if structure == "trade"}
        forgotten = self._refusals.keys() - told
        if forgotten or self._skipped < self._bad:
            what = ", ".join(str(error) for error, key in self._errors.values() if key in forgotten) or "by a handler"
            count = len(forgotten) + self._bad
            raise Broken(f"{count} messages were refused and not counted as skipped ({what})")
        check_balances(self.connector._account_balances, self.connector._account_available_balances)
        for book in self.connector.order_books.values():
            price = book.last_trade_price
            if price == price and not is_positive(price):
                raise Broken(f"the last trade's price is {price}")

    def check_books(self) -> None:
        """Raise Broken unless every level of Hummingbot's books is one."""
        for book in self.connector.order_books.values():
            check_rows([(row.price, row.amount) for row in book.bid_entries()], [])
            check_rows([], [(row.price, row.amount) for row in book.ask_entries()])

    def check_loops(self) -> None:
        """Raise Broken if a loop of the connector's has ended."""
        ended = [task for task in self._loops if task.done() and not task.cancelled() and task.exception() is not None]
        # A subscription is no loop: it ends, and one that fails is repeated by its feed, whose loop is among these.
        ended = [task for task in ended if "Feed._subscribe" not in repr(task.get_coro())]
        names = ("_user_stream_event_listener_task", "_user_stream_tracker_task", "_status_polling_task")
        stopped = [name for name in names if getattr(self.connector, name).done()]
        if ended or stopped:
            raise Broken(f"a loop has ended: {[*ended, *stopped]}")

    def check_log(self) -> None:
        """Raise Broken unless each kind of refusal had its line: the first one, and each hundredth after it."""
        lines = 0
        for kind, count in self.connector._skips.items():
            before = self._skipped_before.get(kind, 0)
            lines += count // 100 - before // 100 + (before == 0)
        if self._log.skips != lines:
            raise Broken(f"{self._log.skips} lines tell of skipped messages, it should be {lines}")

    def add_recorded(self, messages: Iterable[tuple[bool, Any]]) -> None:
        """Take messages that the real venue sent as seeds: (whether of the account, parsed message)."""
        with_books = max(self.seeds, key=lambda seed: len(seed.books))
        private = next((s for s in self.seeds if s.connection is not with_books.connection), with_books)
        for is_private, message in messages:
            state = private if is_private else with_books
            self.seeds.append(Seed(state.connection, message, with_books.books, state.subscriptions))

    # --- the state

    def restore(self, seed: Seed) -> None:
        """Put back what ccxt, the connector and Hummingbot knew when the seed came."""
        client, connector = self._client, self.connector
        seed.connection.subscriptions = dict(seed.subscriptions)
        seed.connection.rejections.clear()
        seed.connection.book_numbers.clear()
        client.orderbooks = copied_books(seed.books)
        client.orders = client.myTrades = None
        client.trades = {}
        client.balance = copied(self._balance)
        self._restored += 1
        if self._restored % _OPTIONS_EVERY == 0:  # handlers write next to nothing there, and copying costs
            client.options = copied(self._options)
        source = connector._orderbook_ds
        for seen in source._seen_trades.values():
            seen.clear()
        for held, known in zip(
            (connector._account_balances, connector._account_available_balances), self._balances, strict=True
        ):
            held.clear()
            held.update(known)
        tracker, life = connector.order_tracker, connector._life
        tracker._in_flight_orders.clear()
        tracker._cached_orders.clear()
        tracker._lost_orders.clear()
        connector.restore_tracking_states(self._orders)
        life.stop()
        for known in (
            life._ended,
            life._settling._awaited,
            life._ours,
            life.fills._derived,
            life.fills.known._fetched,
            life.fills.known._suspected,
            life.lookups._missed,
            life.lookups._denied,
            life._unmatched,
        ):
            known.clear()
        self._bot.told.clear()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Within, nothing is asked of the venue, and whatever reaches Hummingbot is looked at."""
        connector, venue = self.connector, self.connector._venue
        tracker, books = connector.order_tracker, connector.order_book_tracker
        with ExitStack() as stack:

            def replace(of: Any, name: str, new: Any) -> None:
                stack.enter_context(patch.object(of, name, new))

            for module in _CALLERS:
                for name, known in list(vars(module).items()):
                    if isfunction(known) and known.__module__.startswith("hummingbot_ccxt.translate."):
                        replace(module, name, self._counting_refusals(known))
            replace(venue, "call", _no_answer)
            for name in ("spawn", "delay"):  # what ccxt asks for by itself: snapshots, log-ons, pongs
                replace(self._client, name, lambda *_: None)
            for name in ("rejected", "lost"):
                replace(venue, name, lambda *_: None)
            replace(venue, "bad_message", self._counting_bad(venue.bad_message))
            replace(connector, "skipped", self._counting_skips(connector.skipped))
            for connection in {id(seed.connection): seed.connection for seed in self.seeds}.values():
                for name in ("on_error", "on_close", "reset"):
                    replace(connection, name, lambda *_: None)
                for name in ("send", "close"):
                    replace(connection, name, _nothing)
            for feed in venue.streams._feeds:
                replace(feed, "resubscribe", lambda *_: None)
            replace(
                books,
                "apply_change",
                self._checked(books.apply_change, lambda _, bids, asks, *__: check_rows(bids, asks)),
            )
            replace(books, "apply_message", self._checked(books.apply_message, lambda m: check_rows(m.bids, m.asks)))
            replace(tracker, "book", self._checked(tracker.book, lambda _, update: check_fill(update)))
            replace(tracker, "process_order_update", self._checked(tracker.process_order_update, _check_order_update))
            for name in ("look_for", "ask_for_late_fills"):
                replace(connector._life.lookups, name, lambda *_, **__: None)
            replace(connector, "_fetch_what_was_missed_soon", lambda: None)
            for name in ("_update_all_balances", "_status_polling_loop_fetch_updates"):
                replace(connector, name, _nothing)
            replace(connector, "check_network", _connected)  # else Hummingbot stops it after ten seconds
            trades = self._queue_of_trades
            replace(books, "apply_trade", self._checked(books.apply_trade, _check_trade_event))
            replace(trades, "put_nowait", self._checked(trades.put_nowait, check_trade))
            replace(logging.getLogger(), "handlers", [self._log])  # and no console: there are thousands of lines
            yield

    @property
    def _queue_of_trades(self) -> Any:
        source = self.connector._orderbook_ds
        return source._message_queue[source._trade_messages_queue_key]

    def _counting_refusals(self, translate: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*arguments: Any, **more: Any) -> Any:
            try:
                return translate(*arguments, **more)
            except BadVenueData as error:
                message = _message_of(next(iter((*arguments, *more.values()))))
                key = error.structure, id(message)
                self._refusals[key] = message
                self._errors[id(error)] = error, key
                raise

        return counting

    def _counting_bad(self, bad_message: Callable[..., None]) -> Callable[..., None]:
        def counting(*arguments: Any) -> None:
            self._bad += 1
            bad_message(*arguments)

        return counting

    def _counting_skips(self, skipped: Callable[..., None]) -> Callable[..., None]:
        def counting(what: str, error: BadVenueData) -> None:
            self._skipped += 1
            _, refused = self._errors.get(id(error), (None, None))
            if refused is not None and refused in self._told:
                self._broken.append("one message was counted as skipped twice")
            elif refused is not None:
                self._told.add(refused)
            before = self._log.skips
            skipped(what, error)
            count = self.connector._skips[f"{error.structure}.{error.field}"]
            lines = int(count == 1 or count % 100 == 0)
            if self._log.skips - before != lines:
                self._broken.append(
                    f"refusal number {count} of its kind has {self._log.skips - before} lines in the log, not {lines}"
                )

        return counting

    def _checked(self, act: Callable[..., Any], check: Callable[..., None]) -> Callable[..., Any]:
        def checking(*arguments: Any, **more: Any) -> Any:
            try:
                check(*arguments, **more)
            except Broken as broken:
                self._broken.append(str(broken))  # its caller may catch whatever it raises
            self.applied += 1
            return act(*arguments, **more)

        return checking


def _message_of(structure: Any) -> Any:
    """What the venue sent, by which a structure is known again when it is tried twice, and corrected or copied."""
    message = structure.get("info") if isinstance(structure, dict) else None
    return message if isinstance(message, dict | list) else structure


class _Log(logging.Handler):
    """Counts the lines of skipped messages, and finds those that tell of an exception that nobody expected."""

    def __init__(self, broken: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.skips = 0
        self._broken = broken

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        self.skips += ": skipped " in text
        if any(part in text for part in _ESCAPED):
            error = record.exc_info[1] if record.exc_info else None
            self._broken.append(f"logged: {text[:200]} ({error!r})")


def _check_trade_event(event: Any) -> None:
    if not (is_positive(float(event.price)) and is_positive(float(event.amount))):
        raise Broken(f"a public trade is {event.amount} at {event.price}")


def _check_order_update(update: Any) -> None:
    if not is_amount(float(update.update_timestamp)):
        raise Broken(f"the order's update is from {update.update_timestamp}")


async def _no_answer(method: str, *_: Any, **__: Any) -> Any:
    raise VenueError(f"{method}: unplugged", outcome=Outcome.UNKNOWN, kind="NetworkError")


async def _connected() -> NetworkStatus:
    return NetworkStatus.CONNECTED


async def _nothing(*_: Any, **__: Any) -> None:
    return None


# --- making one


@asynccontextmanager
async def unplugged(exchange: str) -> AsyncIterator[Unplugged]:
    """A connector of one of the sandbox's exchanges that has traded for a moment, and is fed by hand from now on."""
    frames = Frames()
    with (
        short_waits(),
        patch.object(streams, "_SETTLE_S", 0.1),
        patch.object(streams, "_TICK_S", 0.1),
        patch.object(logging.getLogger(), "handlers", [logging.NullHandler()]),
    ):
        async with Sandbox(exchange, book_interval_s=0.02, ping_interval_s=1e6, message_limit_per_s=1000) as sandbox:
            other = other_side(sandbox)
            account = sandbox.create_account({"USDT": Decimal(100_000), "BTC": Decimal(2)})
            async with running("ours", sandbox, account, [PAIR], prepare=frames.prepare) as bot:
                await _trade(bot, other)
                await bot.until(lambda: frames.quiet_s > 0.4, "the streams are quiet", 20)
                frames.stop()
                fed = Unplugged(exchange, bot, frames.seeds)
                with fed.watched():
                    yield fed


def other_side(sandbox: Sandbox) -> Callable[[Side, OrderType, str, str | None], Any]:
    """Everybody else at the venue, with a book of five levels a side around 60,000."""
    assets = {asset for market in sandbox.engine.markets.values() for asset in (market.base, market.quote)}
    account = sandbox.create_account(dict.fromkeys(assets, Decimal(10**9)), name="other-side")

    def place(side: Side, kind: OrderType, amount: str, price: str | None = None) -> Any:
        return sandbox.engine.place(
            account.account_id,
            symbol=SYMBOL,
            side=side,
            type=kind,
            price=None if price is None else Decimal(price),
            amount=Decimal(amount),
        )

    for step in range(1, 6):
        place(Side.BUY, OrderType.LIMIT, "0.5", str(60_000 - 10 * step))
        place(Side.SELL, OrderType.LIMIT, "0.5", str(60_000 + 10 * step))
    return place


async def _trade(bot: Bot, place: Callable[..., Any]) -> None:
    """Whatever happens to orders, and some public trades; two orders stay open, one of them filled in part."""
    cancelled = bot.buy(PAIR, "0.01", "59000")
    await bot.event(MarketEvent.BuyOrderCreated, of=cancelled)
    bot.connector.cancel(PAIR, cancelled)
    await bot.event(MarketEvent.OrderCancelled, of=cancelled)
    bought = bot.buy(PAIR, "0.01", "60100")
    await bot.event(MarketEvent.OrderFilled, of=bought)
    resting, partial = bot.sell(PAIR, "0.02", "61000"), bot.buy(PAIR, "0.02", "59995")
    for order, created in ((resting, MarketEvent.SellOrderCreated), (partial, MarketEvent.BuyOrderCreated)):
        await bot.event(created, of=order)
    place(Side.SELL, OrderType.MARKET, "0.01")
    await bot.event(MarketEvent.OrderFilled, of=partial)
    for step in range(4):
        place(Side.BUY, OrderType.MARKET, "0.001")
        place(Side.BUY, OrderType.LIMIT, "0.3", str(59_980 - step))
        place(Side.SELL, OrderType.LIMIT, "0.3", str(60_020 + step))
        await asyncio.sleep(0.05)  # ticks of the book's stream: each is a message
