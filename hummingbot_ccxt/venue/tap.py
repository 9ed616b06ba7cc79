"""A ccxt exchange class, unmodified, with taps: what it stores, resolves, rejects and loses reaches us at once.

The subclass made here changes how ccxt's machinery is *observed and protected*, never what an exchange's class does:

- updates are taken where handlers store them (`recording`), so none is lost between two `watch_*` calls;
- a handler that raises costs its message, not the connection (ccxt's receive loop would end for good);
- one symbol's failing book snapshot is retried, instead of closing the socket that it shares with the others;
- what a mapping says of the venue's messages is done to them: fields that mislead ccxt, lists that it does not read;
- ids longer than 18 digits are not rounded to floats;
- nonces and time stamps follow the venue's clock, requests wait for the shared rate budget, orders have deadlines;
- nothing but what trading takes can be asked for (`permission`): no withdrawal, no transfer;
- ccxt's prints and debug logs do not leak credentials; errors carry the HTTP status and the wait asked for.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from contextvars import ContextVar
from functools import cache as remember
from typing import Any, Protocol

from ccxt.async_support.base.ws.client import Client
from ccxt.async_support.base.ws.order_book import OrderBook
from ccxt.base.errors import BadResponse, NetworkError

from hummingbot_ccxt.mapping_schema import NO_QUIRKS, ExchangeMapping
from hummingbot_ccxt.venue.book_checks import checked_books
from hummingbot_ccxt.venue.budget import RateBudget, request_priority
from hummingbot_ccxt.venue.deadlines import has_deadline, signed_in_time
from hummingbot_ccxt.venue.encryption import insist_on_encryption
from hummingbot_ccxt.venue.message_edits import parts_of, without
from hummingbot_ccxt.venue.numbers import exact_number
from hummingbot_ccxt.venue.permission import restrict
from hummingbot_ccxt.venue.protection import protect
from hummingbot_ccxt.venue.receiving import Ahead
from hummingbot_ccxt.venue.recording import recording, recording_book
from hummingbot_ccxt.venue.secrets import HidingLogger, Secrets
from hummingbot_ccxt.venue.shortcuts import quicken
from hummingbot_ccxt.venue.silence import LONGEST_PAUSE_S, wanted_silence_s
from hummingbot_ccxt.venue.turns import Turns

_SNAPSHOT_RETRY_S = (0.5, 30.0)

current_feed: ContextVar[Any] = ContextVar("current_feed", default=None)
"""Set around a call of `watch_*`: whose subscription the connection and its message hashes belong to."""

_permitted: ContextVar[bool] = ContextVar("permitted", default=False)
"""Set where a request has had its turn in the rate budget already."""


class Tap(Protocol):
    """Who receives what a tapped client sees. Every method is called synchronously and must return quickly."""

    def order(self, order: dict[str, Any]) -> None:
        """Take one order update, ccxt's order structure."""

    def fill(self, trade: dict[str, Any]) -> None:
        """Take one of the account's own trades, ccxt's trade structure."""

    def trade(self, trade: dict[str, Any]) -> None:
        """Take one public trade, ccxt's trade structure."""

    def book(self, book: OrderBook) -> None:
        """Take note that a book has reached a consistent state."""

    def book_gap(self, symbol: str) -> None:
        """Take note that a book lacks a change."""

    def subscribed(self, feed: Any, client: Client, message_hashes: list[str]) -> None:
        """Take note on which connection, under which hashes, a feed's subscription lives."""

    def resolved(self, client: Client, message_hash: str, result: Any) -> None:
        """Take what ccxt hands to the waiters of a message hash."""

    def rejected(self, client: Client, message_hash: str, error: BaseException) -> None:
        """Take note that a message hash failed."""

    def lost(self, client: Client, error: BaseException) -> None:
        """Take note that a connection is gone."""

    def bad_message(self, where: str, error: Exception, client: Client | None = None) -> None:
        """Take note that a message could not be handled, and on which connection it came."""


class ClientParts:
    """What a tapped client needs beside ccxt's configuration."""

    def __init__(
        self,
        *,
        tap: Tap,
        budget: RateBudget,
        secrets: Secrets,
        venue_time: Callable[[], float] = time.time,
        mapping: ExchangeMapping = NO_QUIRKS,
    ) -> None:
        self.tap = tap
        self.budget = budget
        self.secrets = secrets
        self.venue_time = venue_time
        self.mapping = mapping
        self.strict_nonce = mapping.strictly_increasing_nonce
        """Each nonce above the last one, signed requests one after another."""
        self.ignored_fields: Collection[str] = mapping.ignored_fields
        self.split_frames: Collection[tuple[str, str, str]] = mapping.split_frames


def _watched(name: str, sink: str) -> property:
    """Return a property in the place of a cache attribute: what is stored there reports to `Tap.<sink>`."""
    slot = f"_tapped_{name}"

    def read(self: Any) -> Any:
        return self.__dict__.get(slot)

    def write(self: Any, value: Any) -> None:
        parts = self.__dict__.get("parts")
        self.__dict__[slot] = value if parts is None else recording(value, getattr(parts.tap, sink))

    return property(read, write)


def _pause_s(client: Client) -> float | None:
    """Return for how long the venue wants no connection, where its answer to the last attempt at one says so."""
    told = getattr(client, "last_retry_after", None)
    wait_s = None if told is None else wanted_silence_s({"Retry-After": told}, {}, 0.0)
    return None if wait_s is None else min(wait_s, LONGEST_PAUSE_S)


@remember
def tapped_class(exchange_class: type) -> type:
    """Return the tapped subclass of a ccxt exchange class (ccxt.pro, or REST only)."""

    class Tapped(exchange_class):
        number = staticmethod(exact_number)
        orders = _watched("orders", "order")
        myTrades = _watched("myTrades", "fill")
        trades = _watched("trades", "trade")

        def install(self, parts: ClientParts) -> None:
            """Begin to report; called once, right after construction."""
            self.parts = parts
            self.ahead = Ahead()
            self.take_usual = lambda client, message: False
            self._last_nonce = 0
            self._by_machine = False
            self._not_before: dict[str, float] = {}
            self._turns = Turns()
            self.logger = HidingLogger(logging.getLogger(__name__), parts.secrets)
            for name in ("orders", "myTrades", "trades"):
                setattr(self, name, getattr(self, name))
            if parts.ignored_fields or parts.split_frames:  # for all others, messages go ccxt's way
                self.handle_message = self._handle_edited_message
            checked_books(self, parts.mapping, parts.tap)

        # --- the venue's clock

        def milliseconds(self) -> int:
            return int(self._venue_time() * 1000)

        def seconds(self) -> int:
            return int(self._venue_time())

        def microseconds(self) -> int:
            return int(self._venue_time() * 1_000_000)

        def _venue_time(self) -> float:
            parts = self.__dict__.get("parts")
            return time.time() if parts is None or self._by_machine else float(parts.venue_time())

        def nonce(self) -> Any:
            value = super().nonce()
            if self.parts.strict_nonce:
                # What is known of the venue's clock differs from start to start (Kraken tells whole seconds): after a
                # quick restart, nonces by it alone could lie below those of the life before.
                self._by_machine = True
                try:
                    value = self._last_nonce = max(value, super().nonce(), self._last_nonce + 1)
                finally:
                    self._by_machine = False
            return value

        # --- requests

        async def load_markets(self, reload: bool = False, params: Any = {}) -> Any:  # noqa: B006 -- ccxt's signature
            # In ccxt's own, orders, cancels and subscriptions wait for a reload that is under way, and fail with it.
            if self.markets and self.markets_by_id and not reload:
                return self.markets
            try:
                return await super().load_markets(reload, params)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # Nobody cancelled who asks: ccxt shares one task among all who load markets, and one's end ends it.
                raise NetworkError("the loading of the markets was interrupted") from None

        async def fetch2(
            self, path: str, api: Any = "public", method: Any = "GET", params: Any = {}, config: Any = {}  # noqa: B006
        ) -> Any:  # fmt: skip
            if not self.parts.strict_nonce or "private" not in str(api):
                return await super().fetch2(path, api, method, params, config)
            # First its turn in the budget: a poll that waits for its own must not hold up an order that need not wait.
            await self.throttle(self.calculate_rate_limiter_cost(api, method, path, params, config))
            # A later nonce that arrives first would void the earlier one.
            async with self._turns.turn(request_priority.get()):
                if self.parts.budget.paused_s:  # the answer to one before it asked for silence
                    await self.parts.budget.acquire(0, request_priority.get())
                permitted = _permitted.set(True)
                try:
                    return await super().fetch2(path, api, method, params, config)
                finally:
                    _permitted.reset(permitted)

        def sign(self, path: str, api: Any, method: str = "GET", params: Any = {}, *rest: Any) -> Any:  # noqa: B006
            signed = super().sign
            if has_deadline(self, method):
                return signed_in_time(self, lambda terms: signed(path, api, method, terms, *rest), params)
            return signed(path, api, method, params, *rest)

        async def fetch(self, url: Any, method: Any = "GET", headers: Any = None, body: Any = None) -> Any:
            answer = await super().fetch(url, method, headers, body)
            self.parts.secrets.remember(answer)
            if isinstance(answer, str) and answer.lstrip()[:1] in ("{", "[", "<"):
                # ccxt hands on what it cannot parse, and reads no balances in it, as if all were gone.
                raise BadResponse(f"{self.id} {method}: the answer is no JSON, or breaks off: {answer[:80]!r}")
            return answer

        def parse_json(self, http_response: Any) -> Any:
            answer = super().parse_json(http_response)
            ignored = self.parts.ignored_fields
            return without(answer, ignored) if ignored else answer

        async def throttle(self, cost: float | None = None) -> None:
            if _permitted.get():
                return
            await self.parts.budget.acquire(1 if cost is None else float(cost), request_priority.get())

        def handle_errors(self, code: Any, reason: Any, url: Any, method: Any, headers: Any, *rest: Any) -> Any:
            self._answer_headers = headers
            try:
                return super().handle_errors(code, reason, url, method, headers, *rest)
            except Exception as error:
                self._annotate(error, code)
                raise

        def handle_http_status_code(self, code: Any, *rest: Any) -> Any:
            try:
                return super().handle_http_status_code(code, *rest)
            except Exception as error:
                self._annotate(error, code)
                raise

        def _annotate(self, error: Any, code: Any) -> None:
            error.http_status = code
            own = self.parts.mapping.retry_after
            error.retry_after_s = wanted_silence_s(self._answer_headers or {}, own, self._venue_time())

        def log(self, *args: Any) -> None:
            self.logger.info(" ".join(str(a) for a in args))

        def __del__(self) -> None:
            # Hummingbot drops connectors without a word (`connect`, `balance`). ccxt would warn, aiohttp would complain
            # of an unclosed session; nobody can await `close()` any more, so its connections are closed right here.
            session = self.__dict__.get("session")
            self.session = None
            if session is not None and session.connector is not None:
                connector = session.connector
                session.detach()
                with suppress(Exception):
                    connector._close_immediately()

        # --- streams

        def order_book(self, snapshot: Any = {}, depth: Any = None) -> OrderBook:  # noqa: B006 -- ccxt's signature
            return recording_book(super().order_book(snapshot, depth))

        def counted_order_book(self, snapshot: Any = {}, depth: Any = None) -> OrderBook:  # noqa: B006
            return recording_book(super().counted_order_book(snapshot, depth))

        def indexed_order_book(self, snapshot: Any = {}, depth: Any = None) -> OrderBook:  # noqa: B006
            return recording_book(super().indexed_order_book(snapshot, depth))

        def client(self, url: str) -> Client:
            known = url in (self.clients or {})
            client = super().client(url)
            if not known:
                protect(client, self.parts.tap, self.ahead, self.take_usual)
            return client

        def watch(self, url: str, message_hash: str, *rest: Any, **more: Any) -> Any:
            future = super().watch(url, message_hash, *rest, **more)
            self._note_subscription(url, [message_hash])
            return future

        def watch_multiple(self, url: str, message_hashes: list[str], *rest: Any, **more: Any) -> Any:
            future = super().watch_multiple(url, message_hashes, *rest, **more)
            self._note_subscription(url, message_hashes)
            return future

        def _note_subscription(self, url: str, message_hashes: list[str]) -> None:
            feed = current_feed.get()
            if feed is not None:
                self.parts.tap.subscribed(feed, self.clients[url], message_hashes)

        def _handle_edited_message(self, client: Client, message: Any) -> None:
            ignored = self.parts.ignored_fields
            for part in parts_of(message, self.parts.split_frames):
                try:
                    super().handle_message(client, without(part, ignored) if ignored else part)
                except Exception as error:
                    self.parts.tap.bad_message("a stream message", error, client)  # the other parts are none the worse

        def on_error(self, client: Client, error: Any) -> None:
            asked_for = _pause_s(client)
            client.last_retry_after = asked_for  # ccxt's own fails on an infinite one
            super().on_error(client, error)
            # Feeds wait before they subscribe again. With ccxt's pause on top, up to 30 s for an address, a venue that
            # is back would be left alone for that long. What the venue itself asks for is kept, by the machine's
            # clock: ccxt keeps it by the venue's, whose correction would make it longer or shorter.
            pauses = getattr(self, "ws_dial_backoff", {}).pop(client.url, None) is not None
            if pauses and asked_for is not None:
                self._not_before[client.url] = time.monotonic() + asked_for
            self.parts.tap.lost(client, error)

        def ws_dial_delay(self, url: str) -> float:
            return max(0.0, self._not_before.get(url, 0.0) - time.monotonic())

        def on_close(self, client: Client, error: Any) -> None:
            super().on_close(client, error)
            self.parts.tap.lost(client, client.error or ConnectionError(f"closed by the venue, code {error}"))

        async def load_order_book(
            self,
            client: Client,
            messageHash: str,
            symbol: str,
            limit: Any = None,
            params: Any = {},  # noqa: B006 -- ccxt's signature
        ) -> None:
            # ccxt's own version closes the socket, and with it every other subscription, when one snapshot fails.
            stored = self.orderbooks.get(symbol)
            delay, longest = _SNAPSHOT_RETRY_S
            while stored is not None and self.orderbooks.get(symbol) is stored and not client.closed():
                try:
                    snapshot = await self.fetch_rest_order_book_safe(symbol, limit, params)
                    index = self.get_cache_index(snapshot, stored.cache)
                    if index >= 0:
                        stored.reset(snapshot)
                        self.handle_book_deltas(stored, stored.cache[index:])
                        stored.cache.clear()
                        client.resolve(stored, messageHash)
                        return
                except Exception as error:
                    self.parts.tap.bad_message(f"book snapshot of {symbol}", error)
                await asyncio.sleep(delay)
                delay = min(delay * 2, longest)

    Tapped.__name__ = exchange_class.__name__
    Tapped.__qualname__ = exchange_class.__qualname__
    quicken(Tapped)
    restrict(Tapped)
    insist_on_encryption(Tapped)
    return Tapped
