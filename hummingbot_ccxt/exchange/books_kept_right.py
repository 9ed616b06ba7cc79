"""Streamed books that may be missing or wrong: fetched, verified against fresh ones, and begun anew."""

import asyncio
import heapq
import math
import time
from abc import abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING

from ccxt.async_support.base.ws.client import Client
from ccxt.base.errors import NetworkError
from hummingbot.core.data_type.order_book_message import OrderBookMessage
from hummingbot.core.data_type.order_book_tracker_data_source import OrderBookTrackerDataSource

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.outcomes import VenueError
from hummingbot_ccxt.venue.streams import Feed
from hummingbot_ccxt.venue.venue import Venue

if TYPE_CHECKING:
    from ccxt.async_support.base.ws.order_book import OrderBook as CcxtBook

    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange

_ANEW_S = (1.0, 10.0)
"""A book begins anew at once, and again soon; ever more seldom where it keeps being wrong, since each time a connection
is replaced that other books share."""

_ATTEMPTS = 5
_FEW = 5
"""So many missing books are asked for whoever else waits for the venue."""

_SILENT = 10
"""A book that says nothing for so many times as long as usual may have fallen silent."""
_SMOOTHED = 0.1
_ASKED_AGAIN_S = 15.0
"""So long after a book could not be had it is asked for again."""

_COMPARED = 5
"""So many levels a side of a quiet book are compared with a fresh one: best prices may stand while others change."""

type _Top = tuple[float | None, float | None]  # the best bid and the best ask
type _Levels = tuple[list[tuple[float, float]], list[tuple[float, float]]]  # best bids and asks: price, amount


class BooksKeptRight(OrderBookTrackerDataSource):
    """The part of the order book source that notices wrong books. `CcxtAPIOrderBookDataSource` brings the books."""

    def __init__(self, trading_pairs: list[str], connector: "CcxtExchange", venue: Venue) -> None:
        super().__init__(trading_pairs)
        self._connector = connector
        self._venue = venue
        self._pair_of: dict[str, str] = {}
        self._feeds: dict[str, Feed] = {}
        self._first_change: dict[str, asyncio.Event] = {}
        self._last_change: dict[str, float] = {}
        self._live_since: dict[str, float] = {}
        self._gaps: dict[str, float] = {}
        """The usual time between two changes; twice as long after each look at a quiet book that was right."""
        self._put_off: dict[str, float] = {}
        """Until when books are left alone that could not be had for a comparison."""
        self._served: set[str] = set()
        self._missing: set[str] = set()
        """Symbols whose whole book has not come since they were subscribed."""
        self._verified: dict[str, float] = {}
        self._tops: dict[str, list[_Top]] = {}
        """Of the books that are being verified: the best bid and ask of each state since that began."""
        self._told: dict[str, _Levels] = {}
        """The best levels of the last book that was fetched for Hummingbot, while no stream brings a newer one."""
        self._agreed: set[str] = set()
        """Symbols whose quiet book once had the levels that REST shows."""
        self._doubted: set[str] = set()
        """Those whose levels were others. Where they never agree, the venue shows others, and they tell nothing."""
        self._to_begin_anew: dict[str, Client] = {}
        """By symbol, on which connection; once that is gone, a book is another one."""
        self._bridging: set[asyncio.Task[None]] = set()
        self._begun_anew = -math.inf
        self._anew_s = _ANEW_S[0]

    @abstractmethod
    async def _fetched_snapshot(
        self, trading_pair: str, symbol: str, priority: Priority = Priority.POLL
    ) -> OrderBookMessage:
        """A fresh book over REST. Raises VenueError, and BadVenueData for a book that is none.

        `priority`: ahead of polls for a book that seems to be wrong, lest it waits for ever while orders are busy.
        """

    @abstractmethod
    def _put(self, message: OrderBookMessage) -> None:
        """Hand a book to Hummingbot."""

    def _note_change(self, symbol: str, book: "CcxtBook") -> None:
        now = time.monotonic()
        last = self._last_change.get(symbol)
        if last is not None:
            latest = min(now - last, constants.QUIET_BOOK_S / _SILENT)  # more makes no difference
            gap = self._gaps.get(symbol, latest)
            self._gaps[symbol] = gap + (latest - gap) * _SMOOTHED
        self._last_change[symbol] = now
        self._told.pop(symbol, None)
        if symbol in self._tops:
            self._tops[symbol].append(_top(_levels_of(book)))
        if symbol in self._first_change:
            self._first_change[symbol].set()

    def _streamed(self, symbol: str) -> "CcxtBook | None":
        """Ccxt's own book of a symbol, if it has one."""
        return (self._venue.client.orderbooks or {}).get(symbol)

    def _lost_books(self, symbols: tuple[str, ...]) -> None:
        """Take note of books that are to be subscribed anew: the next change hands over the whole, even of one that
        ccxt keeps. Changes alone, on top of a book that was fetched meanwhile, leave a level there for good that came
        and went between two of them (storms on okx, seeds 365915-4 and 683480-3).
        """
        self._missing.update(symbols)
        for symbol in symbols:
            book = self._streamed(symbol)
            if book is not None:
                book.replaced = True

    async def _catch_up(self, symbols: tuple[str, ...]) -> None:
        """Fetch the books that have not come by themselves a while after their subscription.

        Whatever the stream brings meanwhile is newer, and whole. Some of ccxt's books begin with one over REST (gate,
        kucoin, binance), so that both may fail: it is tried some times, then left to `_verify_books`. While requests
        wait for their turn, those of ccxt's own for the books are among them: with 60 pairs on binance, 111 books were
        asked for, each of which counts half a second of the limit. A few are asked for all the same: after an outage it
        is the orders that requests are waiting for, for longer than a book may be missing.
        """
        are_the_first = not self._served and len(self._missing) <= _FEW
        await self._sleep(constants.FEW_MISSING_BOOKS_S if are_the_first else constants.MISSING_BOOK_S)
        for _ in range(int(constants.LONGEST_QUEUE_S / constants.MISSING_BOOK_S)):
            if len(self._missing) <= _FEW or not self._venue.budget.is_backed_up:
                break
            await self._sleep(constants.MISSING_BOOK_S)
        to_verify: list[str] = []
        for attempt in range(_ATTEMPTS):
            if attempt:
                await self._sleep(constants.MISSING_BOOK_S)
            if await self._fetch_missing([each for each in symbols if each not in to_verify], to_verify):
                break
        # A stream whose first message, the whole book, got lost brings nothing at all (okx), and ccxt does not mind.
        if to_verify:
            await self._sleep(constants.MISSING_BOOK_S)
        for symbol in to_verify:
            feed = self._feeds.get("book")
            if symbol in self._missing and symbol in self._pair_of and feed is not None and feed.is_live(symbol):
                await self._verify_book(feed, symbol)

    async def _fetch_missing(self, symbols: list[str], fetched: list[str]) -> bool:
        """Hand over fresh books of those that have not come, and note which; tell whether each could be had."""
        could = True
        for symbol in symbols:
            trading_pair = self._pair_of.get(symbol)
            if symbol not in self._missing or trading_pair is None:
                continue
            if trading_pair not in self._served:  # who waits for its first book need not wait any longer
                self._first_change.setdefault(symbol, asyncio.Event()).set()
                continue
            last_change = self._last_change.get(symbol)
            try:
                book = await self._fetched_snapshot(trading_pair, symbol, Priority.LOOKUP)
            except (VenueError, BadVenueData):
                could = False
                continue
            if symbol in self._missing and self._last_change.get(symbol) == last_change:
                self._put_fetched(symbol, book)
                fetched.append(symbol)
        return could

    async def _verify_books(self, *, quiet: bool) -> None:
        """Compare books with fresh ones: a stream can fall silent without a word.

        Those that have not changed for long; else, where the mapping says that a lost change would go unnoticed, all
        others, which the former do not wait for. One whose stream does not come back is kept fresh at least.
        """
        every_s = self._venue.mapping.verify_book_s or math.inf
        while True:
            await self._sleep(min(constants.QUIET_BOOK_S, every_s, self._venue.stale_after_s) / 4)
            feed = self._feeds.get("book")
            for symbol in list(self._pair_of) if feed is not None else []:
                now = time.monotonic()
                if feed is None or symbol not in self._pair_of or now < self._put_off.get(symbol, 0.0):
                    continue
                if self._pair_of[symbol] not in self._served:
                    continue  # who waits for its first book fetches one
                is_live = feed.is_live(symbol)
                due = quiet or now - self._verified.get(symbol, 0.0) >= every_s
                if self._is_quiet(symbol, is_live=is_live) is not quiet:
                    continue
                if is_live and due:
                    await self._verify_book(feed, symbol)
                elif quiet:
                    await self._refresh(feed, symbol)

    def _is_quiet(self, symbol: str, *, is_live: bool = True) -> bool:
        """Whether a book has said nothing for too long, since it was subscribed.

        Before that does not count: three books fell silent together, and each closed the connection on which the one
        before had just come back (storm on binance, seed 71090-1).
        """
        allowed_s = self._quiet_s(symbol) if is_live else constants.QUIET_BOOK_S
        told = self._last_change.get(symbol, -math.inf)
        if is_live:
            told = max(told, self._live_since.get(symbol, -math.inf))
        return time.monotonic() - told >= allowed_s

    def _quiet_s(self, symbol: str) -> float:
        """How long a book may say nothing while its connection stands, until it is compared with a fresh one.

        One that changes all the time: not for longer than a connection may. So with one that never came since it was
        subscribed: the subscription may have got lost. One that changes seldom: QUIET_BOOK_S.
        """
        gap = self._gaps.get(symbol, 0.0 if symbol in self._missing else math.inf)
        return min(constants.QUIET_BOOK_S, max(self._venue.stale_after_s, _SILENT * gap))

    async def _verify_book(self, feed: Feed, symbol: str) -> None:
        trading_pair = self._pair_of[symbol]
        was_quiet, quiet_s, stood = self._is_quiet(symbol), self._quiet_s(symbol), self._last_change.get(symbol)
        connection = feed.connection_of(symbol)
        try:
            right = await self._fresh_if_wrong(symbol, trading_pair)
        except Exception:  # no comparison this time; an exception from here would end every stream of the source
            self._put_off[symbol] = time.monotonic() + _ASKED_AGAIN_S
            return
        if symbol not in self._pair_of or not feed.is_live(symbol) or feed.connection_of(symbol) is not connection:
            return  # unsubscribed meanwhile, or about to begin anew, or just begun: nothing is known of that book yet
        if right is not None:
            state = "had fallen silent" if was_quiet and self._last_change.get(symbol) == stood else "was wrong"
            self.logger().warning(f"{self._connector.name}: the book of {trading_pair} {state}.")
            self._put_fetched(symbol, right)
            # Subscribed once more it would stay as it is: ccxt takes a subscription that stands for granted.
            self.begin_anew(symbol, f"it {state}")
        elif was_quiet:
            self._gaps[symbol] = max(self._gaps.get(symbol, 0.0), 2 * quiet_s / _SILENT)
        self._last_change[symbol] = self._verified[symbol] = time.monotonic()

    async def _fresh_if_wrong(self, symbol: str, trading_pair: str) -> OrderBookMessage | None:
        """A fresh book that Hummingbot's has not been like lately; None if it has, as it should.

        The one may lag behind the other, and a stream may leave out states: best prices within those of the whole time
        will do, and what does not fit at first may be late. A book that has been quiet, and stays so meanwhile, has the
        same levels besides. Raises VenueError and BadVenueData.
        """
        shown = self._told.get(symbol) or _levels_of(self._streamed(symbol))
        tops = self._tops[symbol] = [_top(shown)]
        stood = self._last_change.get(symbol, math.inf)
        was_quiet = symbol in self._last_change and self._is_quiet(symbol)
        priority = Priority.LOOKUP if was_quiet or symbol in self._missing else Priority.POLL
        again = Priority.LOOKUP
        if was_quiet and self._quiet_s(symbol) < constants.QUIET_BOOK_S:
            # Orders go by it, and it is probably wrong: kraken may allow one of many look-ups in three seconds. There
            # are few such books, since one that is wrong has all of its connection begin anew.
            priority = again = Priority.ORDER

        def fits(fresh: OrderBookMessage) -> bool:
            is_quiet = was_quiet and self._last_change.get(symbol) == stood
            return _fits(fresh, tops) and (not is_quiet or self._has_levels(symbol, shown, fresh))

        try:
            fresh = await self._fetched_snapshot(trading_pair, symbol, priority)
            if fits(fresh):
                return None
            await self._sleep(constants.BOOK_DELAY_S)
            if fits(fresh):
                return None
            fresh = await self._fetched_snapshot(trading_pair, symbol, again)
            if fits(fresh):
                return None
            if _fits(fresh, tops):
                self._doubted.add(symbol)
            return fresh
        finally:
            del self._tops[symbol]

    def _has_levels(self, symbol: str, shown: _Levels, fresh: OrderBookMessage) -> bool:
        """Tell whether a quiet book has the best levels of a fresh one, or whether it never has them anyway."""
        if shown == best_levels(fresh):
            self._agreed.add(symbol)
            return True
        if symbol in self._agreed:
            return False
        # Nothing says yet that they ever agree: it is tried with one book, and with others once one of them does.
        return symbol in self._doubted or (bool(self._doubted) and not self._agreed)

    def begin_anew(self, symbol: str, reason: str) -> None:
        """Have a streamed book begin anew that lacks a change or holds what is no level: soon, and not all the time."""
        feed = self._feeds.get("book")
        connection = None if feed is None else feed.connection_of(symbol)
        # Without a connection it begins anew as it is.
        if connection is None or self._to_begin_anew.get(symbol) is connection:
            return
        self._to_begin_anew[symbol] = connection
        ago_s = time.monotonic() - self._begun_anew
        if ago_s > 2 * self._anew_s:
            self._anew_s = _ANEW_S[0]
        wait_s = max(0.0, self._anew_s - ago_s)
        if wait_s:
            bridging = asyncio.ensure_future(self._bridge(symbol))
            self._bridging.add(bridging)
            bridging.add_done_callback(self._bridging.discard)
        asyncio.get_running_loop().call_later(wait_s, self._begin_anew, symbol, connection, reason)

    async def _bridge(self, symbol: str) -> None:
        """Hand over a fresh book until a wrong one begins anew; changes that come meanwhile are changes of that one."""
        with suppress(VenueError, BadVenueData):
            book = await self._fetched_snapshot(self._pair_of[symbol], symbol, Priority.LOOKUP)
            if symbol in self._to_begin_anew and symbol in self._pair_of:
                self._put_fetched(symbol, book)

    async def _refresh(self, feed: Feed, symbol: str) -> None:
        """Hand over a fresh book of which no stream has told for long, and none does now."""
        with suppress(VenueError, BadVenueData):
            book = await self._fetched_snapshot(self._pair_of[symbol], symbol, Priority.LOOKUP)
            if symbol in self._pair_of and not feed.is_live(symbol):
                self._put_fetched(symbol, book)
        self._last_change[symbol] = time.monotonic()

    def _put_fetched(self, symbol: str, book: OrderBookMessage) -> None:
        self._put(book)
        self._told[symbol] = best_levels(book)

    def _begin_anew(self, symbol: str, connection: Client, reason: str) -> None:
        if self._to_begin_anew.get(symbol) is connection:
            del self._to_begin_anew[symbol]
        if symbol not in self._pair_of or connection.error is not None or connection.closed():
            return  # left meanwhile, or replaced for another book that shares the connection
        self._begun_anew = time.monotonic()
        self._anew_s = min(self._anew_s * 2, _ANEW_S[1])
        self.logger().warning(f"{self._connector.name}: the book of {self._pair_of[symbol]} begins anew: {reason}.")
        connection.on_error(NetworkError(reason))


def _levels_of(book: "CcxtBook | None") -> _Levels:
    bids, asks = (book["bids"], book["asks"]) if book is not None else ((), ())
    return [(row[0], row[1]) for row in bids[:_COMPARED]], [(row[0], row[1]) for row in asks[:_COMPARED]]


def _top(levels: _Levels) -> _Top:
    bids, asks = levels
    return bids[0][0] if bids else None, asks[0][0] if asks else None


def best_levels(book: OrderBookMessage) -> _Levels:
    """The best bids and asks of a message that holds a whole book, each (price, amount), the best first."""
    bids = heapq.nlargest(_COMPARED, ((row.price, row.amount) for row in book.bids))
    asks = heapq.nsmallest(_COMPARED, ((row.price, row.amount) for row in book.asks))
    return bids, asks


def _fits(fresh: OrderBookMessage, tops: list[_Top]) -> bool:
    """Tell whether the best prices of a book lie within those of `tops`, side by side."""
    bid, ask = _top(best_levels(fresh))
    return _lies_within(bid, [top[0] for top in tops]) and _lies_within(ask, [top[1] for top in tops])


def _lies_within(price: float | None, seen: list[float | None]) -> bool:
    known = [each for each in seen if each is not None]
    if price is None:
        return len(known) < len(seen)
    return bool(known) and min(known) <= price <= max(known)
