"""Keep ccxt.pro's subscriptions alive: subscribe, notice loss and silence, subscribe again, say that there was a gap.

A `Feed` is one kind of stream (books, trades, orders, fills, balance) for a changing set of keys: symbols, or the one
key ACCOUNT. It calls `watch_*` once per subscription, only to subscribe; what arrives is taken by the taps.
"""

import asyncio
import functools
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ccxt.async_support.base.ws.client import Client
from ccxt.base.errors import (
    AuthenticationError,
    BaseError,
    DDoSProtection,
    InvalidNonce,
    NetworkError,
    RateLimitExceeded,
    RequestTimeout,
)

from hummingbot_ccxt.venue.budget import Priority, request_priority
from hummingbot_ccxt.venue.tap import current_feed

ACCOUNT = ""
"""The key of a stream that belongs to the whole account instead of to one symbol."""

PRIVATE = frozenset({"orders", "fills", "balance"})
"""The kinds of feed that carry an account's own data."""

TOPICS_PER_REQUEST = 100
"""Symbols in one subscription unless a mapping says otherwise; ccxt's Binance class refuses more than 200."""

_FIRST_RETRY_S, _LONGEST_RETRY_S, _RETRY_GROWTH = 0.25, 12.0, 1.3
"""Pauses grow by so much that a venue that comes back is found within a third of the time that it was away. The longest
one keeps two addresses below 150 connections in ten minutes, beyond which kraken's front refuses an address."""
_SOONER, _LATER = (0.5, 0.75), (0.75, 1.0)
_WANTED_FIRST = frozenset({"book", "orders"})
"""What one trades by goes first: ccxt sends one message a second on some connections (kraken)."""
_MOST_GROWN = 100  # times, after which no float is large enough soon: a stream may be refused for days
_AUTHENTICATION_RETRY_S = 60.0
_NOT_THE_WAY = (DDoSProtection, InvalidNonce, RateLimitExceeded)
"""Network errors, to ccxt, of a venue that answers."""
_TICK_S = 1.0
_TOGETHER_S = 0.05
"""Keys that are due within so short a time go out in one subscription. A lost connection fails its keys one by one; if
they were subscribed so, 50 symbols would take half a minute, since venues limit messages."""
_SETTLE_S = 1.0
_LOGGING_ON_S = 60.0
"""For how long a class may prepare a subscription, by a token over REST for example. Some classes keep a future of it
that nobody resolves once the request behind it failed."""
_LEAVING_S = 5.0
"""For how long a class may wait to hear that it has left a stream, before it subscribes to it anew. It waits for one
event, which comes at once or not at all (ccxt 4.5.90, pro/okx.py watchOrderBookForSymbols after a gap)."""


@dataclass(slots=True)
class _Subscription:
    """What the taps need to recognise a connection's messages as those of a feed's keys.

    `began`: when it was asked for. `leaving`: the connection on which the class leaves what it will subscribe to anew,
    and since when (both monotonic).
    """

    feed: "Feed"
    keys: tuple[str, ...]
    began: float = field(default_factory=time.monotonic)
    rejected: BaseException | None = None
    leaving: tuple[Client, float] | None = None
    hashes: list[tuple[Client, str]] = field(default_factory=list)


@dataclass(slots=True)
class _KeyState:
    """`unreachable`: what failed last was the way to the venue."""

    connection: Client | None = None
    due: float | None = 0.0
    failures: int = 0
    missed: bool = False
    unreachable: bool = False
    live_on: Client | None = None


@dataclass
class FeedEvents:
    """What a feed tells its owner. `live(keys, after_gap)`: subscribed, for the first time or again after a failure.

    `lost(keys)`: each time that keys are no longer subscribed. `failed(error, authentication)`: told once per series of
    failures and kind of error.
    """

    live: Callable[[tuple[str, ...], bool], None] = lambda keys, after_gap: None
    lost: Callable[[tuple[str, ...]], None] = lambda keys: None
    failed: Callable[[BaseException, bool], None] = lambda error, authentication: None


@dataclass
class Feed:
    """One kind of stream, kept alive for its keys while `run()` runs.

    `watch(keys)` subscribes: a list of at most `together` symbols. `stale_after_s`: a connection on which nothing at
    all arrived for so long, pongs included, is dropped.
    """

    kind: str
    watch: Callable[[list[str]], Awaitable[Any]]
    together: int
    stale_after_s: float
    events: FeedEvents = field(default_factory=FeedEvents)

    def __post_init__(self) -> None:
        self._states: dict[str, _KeyState] = {}
        self._wake = asyncio.Event()
        self._tasks: dict[asyncio.Task[Any], _Subscription] = {}
        self._complained: set[type] = set()
        self._last_frame_ms = 0
        self._jitter = 1.0

    @property
    def keys(self) -> list[str]:
        """The symbols (or ACCOUNT) that the feed is to keep subscribed."""
        return list(self._states)

    @property
    def last_frame_s(self) -> float:
        """When the venue last sent anything on this feed's connections, in seconds since the epoch; 0 for never."""
        for state in self._states.values():
            if state.connection is not None and state.connection.last_message_at:
                self._last_frame_ms = max(self._last_frame_ms, state.connection.last_message_at)
        return self._last_frame_ms / 1000

    def add(self, key: str) -> None:
        """Subscribe to a key, now or when `run` starts."""
        if key not in self._states:
            self._states[key] = _KeyState()
            self._wake.set()

    def remove(self, key: str) -> None:
        """Forget a key: it is not subscribed again, and nothing more is reported of it."""
        self._states.pop(key, None)

    def is_live(self, key: str) -> bool:
        """Tell whether a key is subscribed on a connection that stands."""
        state = self._states.get(key)
        return state is not None and state.connection is not None and not state.connection.closed()

    def connection_of(self, key: str) -> Client | None:
        """The connection on which a key is subscribed, None while there is none."""
        state = self._states.get(key)
        return None if state is None else state.connection

    def lives_on(self, connection: Client) -> bool:
        """Tell whether any key is subscribed on this connection."""
        return any(state.connection is connection for state in self._states.values())

    def resubscribe(self, key: str, reason: str) -> None:
        """Subscribe to a key anew, although its connection seems well."""
        self._failed((key,), NetworkError(reason))

    async def run(self) -> None:
        """Keep every key subscribed until cancelled."""
        try:
            while True:
                self._subscribe_due()
                try:
                    async with asyncio.timeout(_TICK_S):
                        await self._wake.wait()
                except TimeoutError:
                    self._drop_dead_connections()
                self._wake.clear()
        finally:
            for task in list(self._tasks):
                task.cancel()
            for state in self._states.values():
                state.connection = state.live_on = None
                state.due = 0.0

    # --- told by the taps, through `Streams`

    def subscribed(self, keys: tuple[str, ...], connection: Client) -> None:
        """Note the connection on which the keys live, and report them live once it is open."""
        for key in keys:
            if key in self._states:
                self._states[key].connection = connection

        def when_open(opened: asyncio.Future[Any]) -> None:
            if not opened.cancelled() and opened.exception() is None:
                # ccxt sends the subscription right after the connection opens; give the venue time to act on it.
                asyncio.get_running_loop().call_later(_SETTLE_S, self._report_live, keys, connection)

        connection.connected.add_done_callback(when_open)

    def lost(self, connection: Client, error: BaseException) -> None:
        """Subscribe again whatever lived on a connection that is gone."""
        keys = tuple(key for key, state in self._states.items() if state.connection is connection)
        if keys:
            self._failed(keys, error)

    def rejected(self, keys: Iterable[str], error: BaseException) -> None:
        """Subscribe again the keys whose message hash failed: a gap in a book, a refused subscription."""
        self._failed(tuple(keys), error)

    def reachable(self) -> None:
        """Subscribe at once what waits for nothing but the venue to be there again, now that it is."""
        now = time.monotonic()
        waiting = [state for state in self._states.values() if state.unreachable and state.due is not None]
        for state in waiting:
            state.due = now
            state.unreachable = False
        if waiting:
            self._wake.set()

    # --- inside

    def _report_live(self, keys: tuple[str, ...], connection: Client) -> None:
        states = {k: self._states[k] for k in keys if k in self._states}
        live = tuple(k for k, s in states.items() if s.connection is connection and s.live_on is not connection)
        if not live or connection.closed():
            return
        # Lost or failed since the last report, a connection that broke before it was reported live included.
        again = any(states[key].missed for key in live)
        for key in live:
            states[key].missed = False
            states[key].live_on = connection
            states[key].failures = 0
        self._complained.clear()
        self.events.live(live, again)

    def _subscribe_due(self) -> None:
        now = time.monotonic()
        waiting = {key: state.due for key, state in self._states.items() if state.due is not None}
        if not any(at <= now for at in waiting.values()):
            return
        due = [key for key, at in waiting.items() if at <= now + _TOGETHER_S]
        self._jitter = random.uniform(*(_SOONER if self.kind in _WANTED_FIRST else _LATER))
        for key in due:
            self._states[key].due = None
        for start in range(0, len(due), self.together):
            subscription = _Subscription(self, tuple(due[start : start + self.together]))
            task = asyncio.ensure_future(self._subscribe(subscription))
            self._tasks[task] = subscription
            task.add_done_callback(functools.partial(self._ended, subscription))

    async def _subscribe(self, subscription: _Subscription) -> None:
        current_feed.set(subscription)  # the task's own context: it ends with the task
        if self.kind in PRIVATE:
            # What a log-on asks for over REST, a token, would wait for ever behind look-ups, which it makes needless.
            request_priority.set(Priority.ORDER)
        await self.watch(list(subscription.keys))

    def _ended(self, subscription: _Subscription, task: "asyncio.Task[Any]") -> None:
        self._tasks.pop(task, None)
        if task.cancelled():
            # ccxt cancels every waiter of a connection that it closes; nobody asked this task to end.
            error: BaseException | None = NetworkError("the connection was closed")
            if task.cancelling():
                return
        else:
            error = task.exception()
        if error is None:
            for key in subscription.keys:
                if key in self._states:
                    self._states[key].failures = 0
        else:
            if subscription.rejected is None:
                self._failed(subscription.keys, error)
            if not isinstance(error, BaseError) and subscription.hashes:
                # ccxt's own code stumbled while it subscribed (a KeyError, after binance refused a log-on) and left a
                # future that nobody resolves: whoever subscribes on this connection next would wait for ever.
                connection = subscription.hashes[-1][0]
                connection.on_error(subscription.rejected or NetworkError(f"subscribing failed: {error!r}"))

    def _failed(self, keys: tuple[str, ...], error: BaseException) -> None:
        authentication = isinstance(error, AuthenticationError)
        lost = []
        now = time.monotonic()
        for key in keys:
            state = self._states.get(key)
            if state is None or state.due is not None:
                continue
            state.connection = state.live_on = None
            state.missed = True
            state.unreachable = isinstance(error, NetworkError | OSError) and not isinstance(error, _NOT_THE_WAY)
            state.failures += 1
            delay = min(_FIRST_RETRY_S * _RETRY_GROWTH ** min(state.failures - 1, _MOST_GROWN), _LONGEST_RETRY_S)
            if authentication:
                delay = _AUTHENTICATION_RETRY_S
            state.due = now + delay * self._jitter
            asyncio.get_running_loop().call_later(delay * self._jitter, self._wake.set)
            lost.append(key)
        if lost:
            self.events.lost(tuple(lost))
        # A refused log-on after a lost connection is news: it may be the clock or the key, and needs an answer.
        if lost and type(error) not in self._complained:
            self._complained.add(type(error))
            self.events.failed(error, authentication)

    def _drop_dead_connections(self) -> None:
        now_ms = time.time() * 1000
        gone: dict[Client, NetworkError] = {}
        for state in self._states.values():
            connection = state.connection
            last = None if connection is None else connection.last_message_at or connection.connectionEstablished
            if connection is None or last is None:  # or not open yet
                continue
            if connection.closed():  # its end was not told, or these keys would be on another one
                gone[connection] = NetworkError("the connection is closed")
            elif now_ms - last > self.stale_after_s * 1000:
                gone[connection] = RequestTimeout(f"nothing received for {self.stale_after_s:g} s")
        for connection, error in gone.items():
            connection.on_error(error)
        now = time.monotonic()
        for task, subscription in list(self._tasks.items()):
            if not subscription.hashes and subscription.began < now - _LOGGING_ON_S:
                self._failed(subscription.keys, RequestTimeout(f"not subscribed within {_LOGGING_ON_S:g} s"))
                task.cancel()
            elif subscription.leaving is not None and subscription.leaving[1] < now - _LEAVING_S:
                # Asked again it would not ask the venue again: to ccxt that request is under way, on this connection.
                subscription.leaving[0].on_error(RequestTimeout("the venue does not say that a stream was left"))


class Streams:
    """The feeds of one client: finds the feed that a tap's report belongs to."""

    def __init__(self) -> None:
        self._feeds: list[Feed] = []
        self._owners: dict[tuple[Client, str], list[_Subscription]] = {}

    def add(self, feed: Feed) -> Feed:
        """Take a feed in."""
        self._feeds.append(feed)
        return feed

    def discard(self, feed: Feed) -> None:
        """Let a feed go that does not run any more."""
        if feed in self._feeds:
            self._feeds.remove(feed)
        for owner in list(self._owners):
            self._owners[owner] = [s for s in self._owners[owner] if s.feed is not feed]
            if not self._owners[owner]:
                del self._owners[owner]

    def subscribed(self, subscription: _Subscription, connection: Client, message_hashes: list[str]) -> None:
        """Note under which message hashes a subscription lives. One hash a key, in their order, tells them apart."""
        if all(each.startswith("unsubscribe") for each in message_hashes):
            # The class leaves a book that is wrong: for good, and tells so under the book's own hash (bitget), or to
            # subscribe anew as soon as it has left (okx).
            subscription.leaving = (connection, time.monotonic())
            return
        subscription.leaving = None
        keys = subscription.keys
        # A call that first authenticates waits for another hash before its own: only the last one is the stream's.
        for owner in subscription.hashes:
            self._owners.pop(owner, None)
        subscription.hashes = [(connection, message_hash) for message_hash in message_hashes]
        parts = [_Subscription(subscription.feed, (key,)) for key in keys] if len(message_hashes) == len(keys) else []
        for index, message_hash in enumerate(message_hashes):
            part = parts[index] if len(parts) > 1 else subscription
            owners = self._owners.setdefault((connection, message_hash), [])
            owners[:] = [o for o in owners if o.feed is not part.feed or not set(o.keys) & set(part.keys)]
            owners.append(part)
        if not connection.connected.done():
            connection.connected.add_done_callback(self._opened)
        subscription.feed.subscribed(keys, connection)

    def _opened(self, connected: "asyncio.Future[Any]") -> None:
        if not connected.cancelled() and connected.exception() is None:
            for feed in sorted(self._feeds, key=lambda each: each.kind not in _WANTED_FIRST):
                feed.reachable()

    def kinds_of(self, connection: Client, message_hash: str) -> set[str]:
        """Return the kinds of feed that live under a message hash."""
        return {s.feed.kind for s in self._owners.get((connection, message_hash), ())}

    def kinds_on(self, connection: Client) -> set[str]:
        """Return the kinds of feed that live on a connection."""
        return {feed.kind for feed in self._feeds if feed.lives_on(connection)}

    def rejected(self, connection: Client, message_hash: str, error: BaseException) -> None:
        """Hand a failed message hash to the feeds that live under it.

        One that is nobody's may mean the account's whole stream: a session that expired (binance, `spot`).
        """
        if (connection, message_hash) not in self._owners:
            for feed in self._feeds:
                if feed.kind in PRIVATE:
                    feed.lost(connection, error)
        for subscription in self._owners.pop((connection, message_hash), []):
            subscription.rejected = error
            subscription.feed.rejected(subscription.keys, error)

    def lost(self, connection: Client, error: BaseException) -> None:
        """Hand a lost connection to every feed."""
        for owner in [o for o in self._owners if o[0] is connection]:
            del self._owners[owner]
        for feed in self._feeds:
            feed.lost(connection, error)
