"""Public market data: books and trades, streamed where the venue streams them, polled where it does not."""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_message import OrderBookMessage

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.books_kept_right import BooksKeptRight, best_levels
from hummingbot_ccxt.translate.books import NO_LEVEL, change_message, change_rows, snapshot_message
from hummingbot_ccxt.translate.prices import last_price
from hummingbot_ccxt.translate.trades import public_trade, trade_event, trade_message
from hummingbot_ccxt.translate.values import BadVenueData, as_decimal, required_structure
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.outcomes import VenueError, is_refused_for_good
from hummingbot_ccxt.venue.recording import BookChanges, take_changes, whole_book
from hummingbot_ccxt.venue.streams import FeedEvents
from hummingbot_ccxt.venue.venue import Venue

if TYPE_CHECKING:
    from ccxt.async_support.base.ws.order_book import OrderBook as CcxtBook

    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
    from hummingbot_ccxt.exchange.ccxt_order_book_tracker import CcxtOrderBookTracker

_TRADES_REMEMBERED = 1000
"""So many at least, and twice as many at most."""
_REPLAYED_S = 5.0
"""A trade this much older than its subscription is history that the venue replays."""
_REPLAYS_S = 60.0
"""For so long after a subscription history is left out; later, the venue's clock may have been set back."""


class CcxtAPIOrderBookDataSource(BooksKeptRight):
    """Books and public trades of the connector's trading pairs.

    Update ids are this source's own, ever increasing: half of the venues send none, and they must be comparable
    between the stream and REST. Levels reach Hummingbot as changes; a whole book goes out only after a (re)start, a gap
    or a poll.
    """

    def __init__(self, trading_pairs: list[str], connector: "CcxtExchange", venue: Venue) -> None:
        super().__init__(trading_pairs, connector, venue)
        self._only_snapshots = venue.mapping.book_from == "snapshots"
        self._update_ids = itertools.count(int(time.time() * 1_000_000))
        self._pollers: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._seen_trades: dict[str, dict[str, None]] = {}
        self._replays: dict[str, tuple[float, float]] = {}
        self._listening = False
        self._catching_up: set[asyncio.Task[None]] = set()
        self.follower: CcxtOrderBookTracker | None = None
        """Who takes books and trades at once; without one they go into Hummingbot's queues."""

    # --- REST

    async def get_last_traded_prices(self, trading_pairs: list[str], domain: str | None = None) -> dict[str, float]:
        """Return the last price of each pair, in quote per base; pairs without one are left out. Raises VenueError."""
        symbols = {await self._symbol(pair): pair for pair in trading_pairs}
        one_by_one = self._venue.client.has.get("fetchTicker") and (
            len(symbols) == 1 or not self._venue.offers("fetchTickers")
        )
        if not one_by_one:
            tickers = await self._venue.call("fetch_tickers", list(symbols))
        else:
            tickers = {symbol: await self._venue.call("fetch_ticker", symbol) for symbol in symbols}
        prices = {pair: self._price(tickers.get(symbol), pair) for symbol, pair in symbols.items()}
        return {pair: float(price) for pair, price in prices.items() if price is not None}

    def _price(self, ticker: Any, trading_pair: str) -> Any:
        try:
            return last_price(ticker) if ticker else None
        except BadVenueData as err:
            self._connector.skipped(f"the ticker of {trading_pair}", err)
            return None

    async def get_new_order_book(self, trading_pair: str) -> OrderBook:
        """Return the book that Hummingbot starts with; every change after it follows, none from before it.

        Hummingbot's tracker applies what arrived earlier without looking at update ids, and replays at most 32 changes
        over a late snapshot. So nothing is sent for a pair until it has its first book, and everything, whole books
        included, goes one way, which keeps the order.
        Raises VenueError when the venue refuses it for good; an outage is waited out, and so are books that are none.
        """
        self._served.discard(trading_pair)  # a tracker that starts again takes its books anew
        await asyncio.sleep(0)  # Hummingbot starts `listen_for_subscriptions` right after this
        await self._until_known([trading_pair])
        delay = 0.5
        while True:
            try:
                message = await self._order_book_snapshot(trading_pair)
                break
            except VenueError as err:
                if is_refused_for_good(err):  # a gateway's 403 and the like pass
                    raise
                self.logger().warning(f"{self._connector.name}: no book of {trading_pair} yet ({err}); retrying.")
            except BadVenueData as err:  # one bad answer must not end the start of all books
                self._connector.skipped(f"the book of {trading_pair}", err)
            await self._sleep(delay)
            delay = min(delay * 2, 30.0)
        order_book = self.order_book_create_function()
        order_book.apply_snapshot(message.bids, message.asks, message.update_id)
        self._served.add(trading_pair)
        return order_book

    async def _order_book_snapshot(self, trading_pair: str) -> OrderBookMessage:
        """Return the book as it is now: the streamed one if it comes in time, else a fresh one over REST.

        Raises VenueError, and BadVenueData for a book that is none.
        """
        symbol = await self._symbol(trading_pair)
        if self._listening and self._venue.streams_kind("book"):
            if symbol not in self._last_change:  # a quiet book may have come before anybody asked for it
                await self._wait_for_first_change(symbol)
            feed = self._feeds.get("book")
            streamed = (self._venue.client.orderbooks or {}).get(symbol)
            if streamed is not None and feed is not None and feed.is_live(symbol) and symbol in self._last_change:
                take_changes(streamed)  # all of them are in the copy that follows
                return self._snapshot_of(whole_book(streamed), trading_pair)
        fetched = await self._fetched_snapshot(trading_pair, symbol, Priority.LOOKUP)
        # Some of ccxt's books are empty until a change comes (kucoin): what a quiet one is verified by is this.
        self._told[symbol] = best_levels(fetched)
        return fetched

    async def _wait_for_first_change(self, symbol: str) -> None:
        """Return when a book has come, or does not seem to; for as long as requests, its own as well, wait in a row."""
        come = self._first_change.setdefault(symbol, asyncio.Event())
        for _ in range(int(constants.LONGEST_QUEUE_S / constants.FIRST_BOOK_S)):
            with suppress(TimeoutError):
                async with asyncio.timeout(constants.FIRST_BOOK_S):
                    await come.wait()
            if come.is_set() or not self._venue.budget.is_backed_up:
                return

    def _snapshot_of(self, book: BookChanges, trading_pair: str) -> OrderBookMessage:
        return snapshot_message(
            trading_pair=trading_pair,
            bids=list(book.bids.items()),
            asks=list(book.asks.items()),
            update_id=next(self._update_ids),
            timestamp=self._seconds(book.timestamp_ms),
        )

    async def _fetched_snapshot(
        self, trading_pair: str, symbol: str, priority: Priority = Priority.POLL
    ) -> OrderBookMessage:
        # The id is drawn before the request: whatever the stream brings meanwhile counts as newer.
        update_id = next(self._update_ids)
        depth = self._venue.depth_argument
        arguments = [symbol] if depth is None else [symbol, depth]
        fetched = await self._venue.call("fetch_order_book", *arguments, priority=priority)
        book: Mapping[str, Any] = {"bids": None, "asks": None, **required_structure(fetched, "book")}
        return snapshot_message(
            trading_pair=trading_pair,
            bids=book["bids"],
            asks=book["asks"],
            update_id=update_id,
            timestamp=self._seconds(book.get("timestamp")),
        )

    # --- streams and polls

    async def listen_for_subscriptions(self) -> None:
        """Keep books and trades of every trading pair coming until cancelled."""
        running: list[asyncio.Task[None]] = []
        self._listening = True
        try:
            await self._until_known(self._trading_pairs)
            # Trades first: who is ready, which the first book makes, is told every trade from then on.
            for kind in ("trades", "book"):
                if self._venue.streams_kind(kind):
                    feed = self._venue.feed(kind, self._feed_events(kind))
                    self._feeds[kind] = feed
                    running.append(asyncio.ensure_future(feed.run()))
            for pair in list(self._trading_pairs):
                try:
                    self._begin(await self._symbol(pair), pair)
                except KeyError:
                    self.logger().error(f"{self._connector.name} has no market {pair}.")
            running += [asyncio.ensure_future(self._verify_books(quiet=quiet)) for quiet in (True, False)]
            await asyncio.gather(*running)
        finally:
            self._listening = False
            for task in (*running, *self._pollers.values(), *self._catching_up):
                task.cancel()
            for feed in self._feeds.values():
                self._venue.streams.discard(feed)
            self._pollers.clear()
            self._feeds.clear()
            self._last_change.clear()
            self._live_since.clear()
            self._gaps.clear()
            self._put_off.clear()
            self._first_change.clear()

    async def _until_known(self, trading_pairs: list[str]) -> None:
        """Wait until the venue has told its markets: without them there is nothing to subscribe to."""
        delay = 0.5
        while trading_pairs and not await self._connector.trading_pair_symbol_map():
            self.logger().warning(f"{self._connector.name}: the venue has not told its markets yet; retrying.")
            await self._sleep(delay)
            delay = min(delay * 2, 30.0)

    def _begin(self, symbol: str, trading_pair: str) -> None:
        self._pair_of[symbol] = trading_pair
        from_ms = self._venue.client.milliseconds() - _REPLAYED_S * 1000
        self._replays[symbol] = (from_ms, time.monotonic() + _REPLAYS_S)
        for kind, poll in (("trades", self._poll_trades), ("book", self._poll_book)):
            if kind in self._feeds:
                if kind == "book":
                    self._missing.add(symbol)
                self._feeds[kind].add(symbol)
            elif kind == "trades" and not self._venue.offers("fetchTrades"):
                continue  # the venue tells of no public trades at all
            elif (kind, symbol) not in self._pollers:
                self._pollers[(kind, symbol)] = asyncio.ensure_future(self._repeat(poll, symbol, trading_pair))

    def _feed_events(self, kind: str) -> FeedEvents:
        def failed(error: BaseException, authentication: bool) -> None:
            text = self._venue.secrets.hide(error)[:300]
            self.logger().warning(
                f"{self._connector.name}: the stream of {kind} was interrupted ({type(error).__name__}: {text}); "
                "subscribing again."
            )

        def live(keys: tuple[str, ...], after_gap: bool) -> None:
            if after_gap:
                self.logger().info(f"{self._connector.name}: the stream of {kind} is back for {len(keys)} symbols.")
            if kind == "book" and self._listening:
                self._live_since.update(dict.fromkeys(keys, time.monotonic()))
                task = asyncio.ensure_future(self._catch_up(keys))
                self._catching_up.add(task)
                task.add_done_callback(self._catching_up.discard)

        def lost(keys: tuple[str, ...]) -> None:
            if kind == "book":
                self._lost_books(keys)

        return FeedEvents(live=live, lost=lost, failed=failed)

    async def _repeat(
        self, poll: Callable[[str, str], Coroutine[Any, Any, None]], symbol: str, trading_pair: str
    ) -> None:
        failing = False
        while True:
            try:
                await poll(symbol, trading_pair)
                failing = False
            except Exception as err:  # whatever an answer was: a poll that ended would leave a frozen book behind
                if not failing:
                    text = f"{type(err).__name__}: {self._venue.secrets.hide(err)}"
                    self.logger().warning(f"{self._connector.name}: polling {trading_pair} failed ({text}); retrying.")
                failing = True
            await self._sleep(self._connector.poll_interval_s)

    async def _poll_book(self, symbol: str, trading_pair: str) -> None:
        self._put(await self._fetched_snapshot(trading_pair, symbol))

    async def _poll_trades(self, symbol: str, trading_pair: str) -> None:
        for trade in await self._venue.call("fetch_trades", symbol):
            self.on_trade(trade)

    def streams_trades_of(self, trading_pair: str) -> bool:
        """Tell whether a trade of this pair would reach us by itself: its stream stands."""
        feed = self._feeds.get("trades")
        symbols = [symbol for symbol, pair in self._pair_of.items() if pair == trading_pair]
        return feed is not None and any(feed.is_live(symbol) for symbol in symbols)

    # --- what the taps bring

    def on_book(self, book: "CcxtBook") -> None:
        """Hand a streamed book's changes to Hummingbot."""
        symbol = book.get("symbol") or self._symbol_of(book)
        trading_pair = self._pair_of.get(symbol or "")
        if trading_pair is None or symbol is None:
            return
        if self._only_snapshots:
            book.replaced = True
        if book.replaced:
            self._missing.discard(symbol)
        if trading_pair not in self._served:
            self._note_change(symbol, book)
            book.replaced = True  # whatever comes first after its first book is the whole of it
            return
        changes = take_changes(book)
        if changes is None:
            return
        self._note_change(symbol, book)
        try:
            if changes.snapshot:
                self._put(self._snapshot_of(changes, trading_pair))
                return
            update_id = next(self._update_ids)
            bids, asks = change_rows(changes.bids, changes.asks, update_id)
        except BadVenueData as err:
            self._connector.skipped(f"an update of {trading_pair}", err)
            book.replaced = True  # the next consistent state goes out whole
            if err.reason == NO_LEVEL:
                self.begin_anew(symbol, "a broken update")  # ccxt's own book holds that row now, and keeps it
            elif "book" in self._feeds:
                self._feeds["book"].resubscribe(symbol, "a broken update")
            return
        if self.follower is not None:
            self.follower.apply_change(trading_pair, bids, asks, update_id)
        else:
            timestamp = self._seconds(changes.timestamp_ms)
            self._put(change_message(trading_pair, bids, asks, update_id=update_id, timestamp=timestamp))

    def known_symbols(self, symbols: list[str] | None) -> list[str]:
        """Return which of these symbols are ours, all of ours for [], none for None."""
        return [symbol for symbol in self._pair_of if symbols == [] or symbol in (symbols or ())]

    def _put(self, message: OrderBookMessage) -> None:
        if message.trading_pair not in self._served:
            return
        if self.follower is not None:
            self.follower.apply_message(message)
        else:
            self._message_queue[self._diff_messages_queue_key].put_nowait(message)

    def _symbol_of(self, book: "CcxtBook") -> str | None:
        return next((s for s, known in self._venue.client.orderbooks.items() if known is book), None)

    def on_trade(self, trade: dict[str, Any]) -> None:
        """Hand a public trade to Hummingbot, once, and not if it was replayed from before the subscription."""
        symbol = trade.get("symbol")
        trading_pair = self._pair_of.get(symbol) if isinstance(symbol, str) else None
        if trading_pair is None or not isinstance(symbol, str):
            return
        try:
            known = public_trade(trade)
        except BadVenueData as err:
            self._connector.skipped(f"a trade of {trading_pair}", err)
            return
        seen = self._seen_trades.setdefault(symbol, {})
        if known.id in seen:
            return
        seen[known.id] = None
        if len(seen) >= 2 * _TRADES_REMEMBERED:  # many at once: a dictionary is slow to find its first key
            self._seen_trades[symbol] = dict.fromkeys(itertools.islice(seen, _TRADES_REMEMBERED, None))
        from_ms, replays_until = self._replays[symbol]
        if known.time_ms < from_ms and time.monotonic() < replays_until:
            return
        waiting = self._message_queue[self._trade_messages_queue_key]
        if self.follower is not None and waiting.empty() and self.follower.takes_trades(trading_pair):
            self.follower.apply_trade(trade_event(known, trading_pair=trading_pair))
        else:
            waiting.put_nowait(trade_message(known, trading_pair=trading_pair))

    # --- Hummingbot's side: messages are translated already

    async def _request_order_book_snapshots(self, output: asyncio.Queue[Any]) -> None:
        """Hummingbot's hourly reset. Streamed books need none: they are watched, and verified when quiet."""

    async def _parse_trade_message(self, raw_message: Any, message_queue: asyncio.Queue[Any]) -> None:
        message_queue.put_nowait(raw_message)

    async def _parse_order_book_diff_message(self, raw_message: Any, message_queue: asyncio.Queue[Any]) -> None:
        message_queue.put_nowait(raw_message)

    async def _parse_order_book_snapshot_message(self, raw_message: Any, message_queue: asyncio.Queue[Any]) -> None:
        message_queue.put_nowait(raw_message)

    async def subscribe_to_trading_pair(self, trading_pair: str) -> bool:
        """Begin to stream (or poll) a pair while the connector runs; False if the venue does not know it."""
        try:
            symbol = await self._symbol(trading_pair)
        except Exception:
            self.logger().exception(f"{self._connector.name} does not know {trading_pair}.")
            return False
        self.add_trading_pair(trading_pair)
        self._begin(symbol, trading_pair)
        return True

    async def unsubscribe_from_trading_pair(self, trading_pair: str) -> bool:
        """Leave a pair while the connector runs."""
        symbol = next((s for s, pair in self._pair_of.items() if pair == trading_pair), None)
        self.remove_trading_pair(trading_pair)
        if symbol is None:
            return False
        del self._pair_of[symbol]
        self._last_change.pop(symbol, None)
        self._live_since.pop(symbol, None)
        self._gaps.pop(symbol, None)
        self._first_change.pop(symbol, None)
        self._missing.discard(symbol)
        self._seen_trades.pop(symbol, None)
        self._served.discard(trading_pair)
        for kind, feed in self._feeds.items():
            feed.remove(symbol)
            self._connector.in_background(self._venue.unwatch(kind, symbol))
        for key in [k for k in self._pollers if k[1] == symbol]:
            self._pollers.pop(key).cancel()
        return True

    async def _symbol(self, trading_pair: str) -> str:
        return str(await self._connector.exchange_symbol_associated_to_pair(trading_pair=trading_pair))

    def _seconds(self, timestamp_ms: Any) -> float:
        number = as_decimal(timestamp_ms)
        return self._time() if number is None else float(number) / 1000
