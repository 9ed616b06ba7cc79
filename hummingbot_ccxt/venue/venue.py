"""One venue and account: every request to it, classified when it fails, and its streams.

The connector's requests pass here, and only the methods listed in `permission.ALLOWED` do: none withdraws or transfers.
The client itself, and `CcxtAuth`, refuse whatever these methods do not need.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

from ccxt.async_support.base.ws.cache import BaseCache
from ccxt.async_support.base.ws.client import Client
from ccxt.async_support.base.ws.order_book import OrderBook
from ccxt.base.errors import NetworkError

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import ExchangeMapping
from hummingbot_ccxt.translate.corrections import corrected
from hummingbot_ccxt.venue.book_checks import forget_numbers
from hummingbot_ccxt.venue.budget import Priority, RateBudget, request_priority
from hummingbot_ccxt.venue.client import Credentials, build_client
from hummingbot_ccxt.venue.outcomes import (
    Outcome,
    VenueError,
    is_clock_skew,
    is_rate_limit,
    outcome_of,
    was_never_sent,
    was_turned_away,
)
from hummingbot_ccxt.venue.permission import ALLOWED, on_nobodys_behalf
from hummingbot_ccxt.venue.recording import recording
from hummingbot_ccxt.venue.secrets import Secrets
from hummingbot_ccxt.venue.silence import LONGEST_PAUSE_S
from hummingbot_ccxt.venue.streams import PRIVATE, TOPICS_PER_REQUEST, Feed, FeedEvents, Streams
from hummingbot_ccxt.venue.trade_messages import Kind, trade_message
from hummingbot_ccxt.venue.usual_books import quicken_books
from hummingbot_ccxt.venue.usual_trades import UsualTrades

WATCHED = {
    "book": ("watch_order_book", "watch_order_book_for_symbols"),
    "trades": ("watch_trades", "watch_trades_for_symbols"),
    "orders": ("watch_orders", None),
    "fills": ("watch_my_trades", None),
    "balance": ("watch_balance", None),
}
UNWATCHED = {
    "book": ("un_watch_order_book", "un_watch_order_book_for_symbols"),
    "trades": ("un_watch_trades", "un_watch_trades_for_symbols"),
}

_HOLDINGS = frozenset({"free", "used", "total"})
KEEP_ALIVE_S = 10.0
_PAUSE_AFTER_RATE_LIMIT_S = 5.0


class Updates(Protocol):
    """Who takes what the venue streams; each call is synchronous, in the order of the messages, and must be quick."""

    def on_order(self, order: dict[str, Any]) -> None:
        """Take one update of an own order."""

    def on_fill(self, trade: dict[str, Any]) -> None:
        """Take one own trade."""

    def on_balance(self, balance: dict[str, Any]) -> None:
        """Take the account's balances."""

    def on_trade(self, trade: dict[str, Any]) -> None:
        """Take one public trade."""

    def on_book(self, book: OrderBook) -> None:
        """Take note that a streamed book changed and is consistent."""

    def on_book_gap(self, symbol: str) -> None:
        """Take note that a streamed book lacks a change."""

    def on_bad_message(self, where: str, error: Exception, private: bool) -> None:
        """Take note of a message that could not be handled; `private`: it may have been an own order or fill."""


class Venue:
    """One exchange with one account (or none), as ccxt reaches it."""

    def __init__(
        self,
        exchange_id: str,
        *,
        credentials: Credentials,
        mapping: ExchangeMapping,
        settings: ExchangeSettings,
        updates: Updates,
        share_pct: Decimal = Decimal(100),
        venue_time: Callable[[], float] = time.time,
        resynchronise: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.id = exchange_id
        self.mapping = mapping
        self.settings = settings
        self.streams = Streams()
        self.unanswered = 0
        """How many requests ended without an answer that settles them."""
        self._updates = updates
        self._resynchronise = resynchronise
        self.client = build_client(
            exchange_id,
            credentials=credentials,
            mapping=mapping,
            settings=settings,
            tap=self,
            share_pct=share_pct,
            venue_time=venue_time,
        )
        self._public = self._usual_trades("public", self._tell_trade)
        self._own = self._usual_trades("own", self._tell_fill)
        quicken_books(self.client, mapping)
        if self.client.ping is None:  # pings of the protocol itself: cheap, so notice a dead connection early
            keep_alive_s = min(mapping.heartbeat_s or KEEP_ALIVE_S, float(self.client.streaming["keepAlive"]) / 1000)
            self.client.streaming = {**self.client.streaming, "keepAlive": int(keep_alive_s * 1000)}
        elif mapping.heartbeat_s is not None:  # the venue's own ping message, as often as the mapping says
            self.client.streaming = {**self.client.streaming, "keepAlive": int(mapping.heartbeat_s * 1000)}
        keep_alive_s = float(self.client.streaming["keepAlive"]) / 1000
        self.stale_after_s = mapping.stale_after_s or 3 * keep_alive_s

    @property
    def budget(self) -> RateBudget:
        """The rate budget that every request of this client draws on."""
        budget: RateBudget = self.client.parts.budget
        return budget

    @property
    def secrets(self) -> Secrets:
        """How to hide this account's credentials in a text."""
        secrets: Secrets = self.client.parts.secrets
        return secrets

    def _usual_trades(self, kind: Kind, take: Callable[[dict[str, Any]], None]) -> UsualTrades | None:
        rule = trade_message(self.id, kind)
        if rule is None or not hasattr(self.client, "handle_message"):
            return None
        usual = UsualTrades(rule, take, instead=kind == "public")
        if kind == "public":
            self.client.take_usual = usual.take
        self.client.handle_message = usual.ahead_of(self.client.handle_message)
        return usual

    # --- what the venue offers

    def offers(self, method: str) -> bool:
        """Tell whether the venue has a unified method, by ccxt's camel-case name (`fetchOrder`)."""
        return bool(self.client.has.get(method)) and self.client.has.get(method) != "emulated"

    def streams_kind(self, kind: str) -> bool:
        """Tell whether a kind of update ("book", "trades", "orders", "fills", "balance") is streamed, not polled."""
        polled = kind in self.mapping.polled or (kind == "book" and self.mapping.book_from == "rest")
        if polled or self.client.has.get("ws") is False:  # weex's ccxt.pro class streams, and does not say so in "ws"
            return False
        single, several = WATCHED[kind]
        return self.offers(_camel(single)) or (several is not None and self.offers(_camel(several)))

    def params_of(self, method: str) -> dict[str, Any]:
        """The parameters that the mapping and the user add to each call of a unified method (`fetch_order`)."""
        return {**self.mapping.params.get(_camel(method), {}), **self.settings.params.get(_camel(method), {})}

    # --- requests

    async def call(self, method: str, *args: Any, priority: Priority = Priority.POLL, **params: Any) -> Any:
        """Return the answer of a unified ccxt method.

        A request refused for its time stamp is repeated once, after the clock was synchronised: it was not carried
        out. Raises VenueError with the outcome, its text free of secrets; ValueError for a method not in ALLOWED.
        """
        if method not in ALLOWED:
            raise ValueError(f"{method} is not among the ccxt methods that this connector may call")
        if self.client.closed_by_user:
            self.client.open()
        extra = self.params_of(method)
        if extra:
            params = {**params, "params": {**extra, **params.get("params", {})}}
        token = request_priority.set(priority)
        try:
            try:
                return await getattr(self.client, method)(*args, **params)
            except Exception as error:
                if (
                    not is_clock_skew(error, self.mapping.clock_skew)
                    or self._resynchronise is None
                    or method == "fetch_time"
                ):
                    raise
            await self._resynchronise()
            return await getattr(self.client, method)(*args, **params)
        except Exception as error:
            # Without `from error`: ccxt's exceptions hold signed URLs, and Hummingbot logs whole tracebacks.
            raise self._venue_error(method, error) from None
        finally:
            request_priority.reset(token)

    def _venue_error(self, method: str, error: Exception) -> VenueError:
        outcome = outcome_of(error, self.mapping.errors)
        self.unanswered += outcome is Outcome.UNKNOWN
        wait_s: float | None = getattr(error, "retry_after_s", None)
        if is_rate_limit(error) and outcome is Outcome.UNKNOWN:
            wait_s = min(wait_s or _PAUSE_AFTER_RATE_LIMIT_S, LONGEST_PAUSE_S)
            self.budget.pause(wait_s)
        text = self.secrets.hide(error).strip() or "no further text"
        cause = error.__cause__
        if cause is not None:
            text += f" ({type(cause).__name__}: {self.secrets.hide(cause)[:200]})"
        return VenueError(
            f"{method}: {type(error).__name__}: {text[:500]}",
            outcome=outcome,
            kind=type(error).__name__,
            retry_after_s=wait_s,
            clock_skew=is_clock_skew(error, self.mapping.clock_skew),
            not_carried_out=was_never_sent(error) or was_turned_away(error),
        )

    async def markets(self, *, reload: bool = False) -> dict[str, dict[str, Any]]:
        """Return ccxt's market structures by symbol, loaded once, or anew. Raises VenueError."""
        priority = Priority.POLL if self.client.markets else Priority.ORDER  # without any, nothing else can be done
        result: dict[str, dict[str, Any]] = await self.call("load_markets", reload, priority=priority)
        return result

    async def server_time_ms(self) -> float:
        """Return the venue's clock, in milliseconds since the epoch. Raises VenueError."""
        value = await self.call("fetch_time", priority=Priority.LOOKUP)
        if not isinstance(value, (int, float)) or not value > 0:
            raise VenueError(f"fetch_time: got {value!r}", outcome=Outcome.UNKNOWN, kind="BadResponse")
        return float(value)

    async def close(self) -> None:
        """Close every connection; the next request or subscription opens new ones."""
        with suppress(Exception):  # ccxt closes what it can, whatever state a connection is in
            await self.client.close()

    # --- streams

    def feed(self, kind: str, events: FeedEvents) -> Feed:
        """Return a feed for one kind of update; the caller adds keys and runs it. Batched where ccxt can."""
        single, several = WATCHED[kind]
        batch = several is not None and self.offers(_camel(several))
        method = several if batch and several is not None else single

        async def watch(keys: list[str]) -> None:
            if self.client.closed_by_user:
                self.client.open()
            await self.markets()
            arguments: list[Any] = [keys] if batch else [key for key in keys if key]
            if kind == "book" and self.depth_argument is not None:
                arguments.append(self.depth_argument)
            extra = self.params_of(single)
            await getattr(self.client, method)(*arguments, **({"params": extra} if extra else {}))

        events = FeedEvents(
            live=on_nobodys_behalf(events.live),
            lost=on_nobodys_behalf(events.lost),
            failed=on_nobodys_behalf(events.failed),
        )
        together = (self.mapping.topics_per_request or TOPICS_PER_REQUEST) if batch else 1
        return self.streams.add(
            Feed(kind=kind, watch=watch, together=together, stale_after_s=self.stale_after_s, events=events)
        )

    @property
    def depth_argument(self) -> int | None:
        """The number of levels to ask a book for, one that the venue accepts; None for ccxt's default."""
        wanted, accepted = self.settings.depth or self.mapping.depth, self.mapping.depth_limits
        if wanted is None or not accepted:
            return wanted
        return next((limit for limit in accepted if limit >= wanted), accepted[-1])

    async def unwatch(self, kind: str, symbol: str) -> None:
        """Tell the venue to stop streaming a symbol, where ccxt can; otherwise its messages are ignored from now on."""
        single, several = UNWATCHED[kind]
        with suppress(Exception):  # a courtesy: the feed has forgotten the symbol already
            if self.offers(_camel(several)):
                await getattr(self.client, several)([symbol])
            elif self.offers(_camel(single)):
                await getattr(self.client, single)(symbol)

    # --- the taps (see `tap.Tap`)

    # Hummingbot's strategies hear of these at once, but of books (its own raise no event).

    @on_nobodys_behalf
    def order(self, order: dict[str, Any]) -> None:
        """Tap."""
        self._updates.on_order(corrected(order, self.mapping.order_fields) if self.mapping.order_fields else order)
        self.client.ahead.turn_wanted = True

    def fill(self, trade: dict[str, Any]) -> None:
        """Tap."""
        if self.mapping.trade_fields:
            trade = corrected(trade, self.mapping.trade_fields)
        if self._own is None or not self._own.knows(trade):
            self._tell_fill(trade)

    @on_nobodys_behalf
    def _tell_fill(self, trade: dict[str, Any]) -> None:
        self._updates.on_fill(trade)
        self.client.ahead.turn_wanted = True

    def trade(self, trade: dict[str, Any]) -> None:
        """Tap."""
        if self._public is None or not self._public.knows(trade):
            self._tell_trade(trade)

    @on_nobodys_behalf
    def _tell_trade(self, trade: dict[str, Any]) -> None:
        self._updates.on_trade(trade)

    def book(self, book: OrderBook) -> None:
        """Tap."""
        self._updates.on_book(book)

    @on_nobodys_behalf
    def book_gap(self, symbol: str) -> None:
        """Tap."""
        self._updates.on_book_gap(symbol)

    def subscribed(self, feed: Any, client: Client, message_hashes: list[str]) -> None:
        """Tap."""
        if feed.feed.kind == "book":
            forget_numbers(self.client, client, feed.keys)
        elif feed.feed.kind == "trades" and self._public is not None:
            self._public.begin_anew(client)
        self.streams.subscribed(feed, client, message_hashes)
        if feed.feed.kind in PRIVATE:
            self.client.ahead.add(client)

    @on_nobodys_behalf
    def _tell_balance(self, balance: dict[str, Any]) -> None:
        self._updates.on_balance(balance)

    def resolved(self, client: Client, message_hash: str, result: Any) -> None:
        """Tap: what has no cache of its own to record is taken as it is handed out: balances, and the fills of classes
        that put each message's into a new cache and keep none (deribit, phemex, woo)."""
        kinds = self.streams.kinds_of(client, message_hash)
        if "balance" in kinds and _is_balance(result):
            self._tell_balance(result)
        elif "fills" in kinds and isinstance(result, BaseCache):
            recording(result, self.fill)

    def rejected(self, client: Client, message_hash: str, error: BaseException) -> None:
        """Tap."""
        kept_as = next((name for text, name in self.mapping.ended_sessions.items() if text in str(error)), None)
        if kept_as is None:
            self.streams.rejected(client, message_hash, error)
        else:
            self._begin_session_anew(client, kept_as)

    def _begin_session_anew(self, client: Client, kept_as: str) -> None:
        """Have ccxt log on again: it forgets the session that ended, and the connection on which it subscribed so.

        No refused credentials, whatever ccxt's class of the error says: the streams come back at once.
        """
        for connection in self.client.clients.values():
            connection.subscriptions.pop(kept_as, None)
        client.on_error(NetworkError("the session ended"))

    def lost(self, client: Client, error: BaseException) -> None:
        """Tap."""
        self.streams.lost(client, error)

    @on_nobodys_behalf
    def bad_message(self, where: str, error: Exception, client: Client | None = None) -> None:
        """Tap."""
        private = client is not None and bool(self.streams.kinds_on(client) & PRIVATE)
        self._updates.on_bad_message(where, error, private)


def _is_balance(result: Any) -> bool:
    """Tell ccxt's balances from the answer to a log-on, which resolves a hash of the same subscription before them."""
    return isinstance(result, dict) and any(
        isinstance(entry, dict) and not _HOLDINGS.isdisjoint(entry) for entry in result.values()
    )


@cache
def _camel(method: str | None) -> str:
    """Return ccxt's camel-case name of a method: `watch_order_book` -> `watchOrderBook`."""
    head, *rest = (method or "").split("_")
    return head + "".join(part.capitalize() for part in rest)
