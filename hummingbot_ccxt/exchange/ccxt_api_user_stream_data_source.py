"""Private data: the account's orders, fills and balances, from whichever streams the venue has."""

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from hummingbot.core.data_type.user_stream_tracker_data_source import UserStreamTrackerDataSource

from hummingbot_ccxt.venue.outcomes import is_clock_skew, wants_a_symbol
from hummingbot_ccxt.venue.streams import ACCOUNT, Feed, FeedEvents
from hummingbot_ccxt.venue.venue import Venue

if TYPE_CHECKING:
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange

EventKind = Literal["order", "fill", "balance", "resync"]


@dataclass(frozen=True, slots=True)
class UserEvent:
    """What the user stream's queue carries: ccxt's structure as stored, or "resync" after a gap (no data)."""

    kind: EventKind
    data: dict[str, Any]


class CcxtAPIUserStreamDataSource(UserStreamTrackerDataSource):
    """Every update of the account that ccxt handles, in order, exactly once, on Hummingbot's queue.

    Updates are taken by taps, not by awaiting `watch_*`. What happened while a stream was down is asked for over REST:
    the connector does so on "resync".
    """

    def __init__(self, trading_pairs: list[str], connector: "CcxtExchange", venue: Venue) -> None:
        super().__init__()
        self._trading_pairs = trading_pairs
        self._connector = connector
        self._venue = venue
        self._feeds: list[Feed] = []
        self._output: asyncio.Queue[UserEvent] | None = None
        self._last_answer_s = 0.0
        self._kinds: frozenset[str] = frozenset()

    @property
    def last_recv_time(self) -> float:
        """When the venue last gave a sign of life on a private connection, seconds since the epoch; 0 for never.

        Without a private stream: when it last answered a poll of the account.
        """
        if not self.streamed_kinds():
            return self._last_answer_s
        return max((feed.last_frame_s for feed in self._feeds), default=0.0)

    @property
    def is_whole(self) -> bool:
        """Whether each of the account's streams stands; one of them may be refused while others go on."""
        return all(feed.is_live(key) for feed in self._feeds for key in feed.keys)

    def streamed_kinds(self) -> list[str]:
        """Return which of orders, fills and balance the venue streams."""
        return [kind for kind in ("orders", "fills", "balance") if self._venue.streams_kind(kind)]

    def note_answer(self) -> None:
        """Take note that the venue answered a poll of the account."""
        self._last_answer_s = time.time()

    async def listen_for_user_stream(self, output: asyncio.Queue[UserEvent]) -> None:
        """Keep the account's streams coming into `output` until cancelled."""
        self._output = output
        kinds = self.streamed_kinds()
        self._kinds = frozenset(kinds)
        if not kinds:
            await asyncio.Event().wait()
        await self._connector.ensure_time_is_synchronised()
        running = []
        try:
            for kind in kinds:
                feed = self._venue.feed(kind, FeedEvents())
                feed.events = self._feed_events(kind, feed)
                feed.add(ACCOUNT)
                self._feeds.append(feed)
                running.append(asyncio.ensure_future(feed.run()))
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
            for feed in self._feeds:
                self._venue.streams.discard(feed)
            self._feeds.clear()
            self._output = None

    def _feed_events(self, kind: str, feed: Feed) -> FeedEvents:
        def failed(error: BaseException, authentication: bool) -> None:
            if wants_a_symbol(error) and ACCOUNT in feed.keys:
                self._watch_each_symbol(feed)
                return
            text = self._venue.secrets.hide(error)[:300]
            if authentication:
                self._connector.credentials_refused(text)
                return
            if is_clock_skew(error):
                self._connector.in_background(self._connector.synchronise_time())
            self.logger().warning(
                f"{self._connector.name}: the stream of {kind} was interrupted ({type(error).__name__}: {text}); "
                "subscribing again."
            )

        def live(keys: tuple[str, ...], after_gap: bool) -> None:
            if after_gap:
                self.logger().info(f"{self._connector.name}: the stream of {kind} is back; fetching what was missed.")
            connector = self._connector
            # Restored orders may have changed just before. Balances may have changed since they were fetched, also by
            # orders that are finished by now: the streams come up one after another, some time after the start.
            if after_gap or connector.in_flight_orders or (kind == "balance" and connector.order_tracker.all_orders):
                self._put("resync", {})

        return FeedEvents(live=live, failed=failed)

    def _watch_each_symbol(self, feed: Feed) -> None:
        """Some venues stream orders of one symbol at a time only: ccxt then demands the argument."""
        feed.remove(ACCOUNT)
        for symbol in self._connector.traded_symbols():
            feed.add(symbol)

    def ask_for_resync(self) -> None:
        """Have the connector ask over REST for what the stream failed to tell."""
        self._put("resync", {})

    # --- what the taps bring. A kind that is to be polled may come by the stream of another all the same, and wrongly:
    # KuCoin's order messages make trades without a fee, which would be booked so.

    def on_order(self, order: dict[str, Any]) -> None:
        """Take one order update; fills that it tells of, and no stream does, are asked for ahead of all that waits."""
        if "orders" in self._kinds and self._output is not None:
            if "fills" not in self._kinds:
                self._connector.asks_for_fills(order)
            self._put("order", order)

    def on_fill(self, trade: dict[str, Any]) -> None:
        """Take one own trade: it is booked at once where nothing that came before it is waiting."""
        if "fills" not in self._kinds or self._output is None:
            return
        if not (self._output.empty() and self._connector.books_at_once(trade)):
            self._put("fill", trade)

    def on_balance(self, balance: dict[str, Any]) -> None:
        """Take the account's balances: a copy, ccxt goes on changing its own."""
        if "balance" in self._kinds:
            copied = {asset: dict(entry) if isinstance(entry, dict) else entry for asset, entry in balance.items()}
            self._put("balance", copied)

    def _put(self, kind: EventKind, data: dict[str, Any]) -> None:
        if self._output is not None:
            self._output.put_nowait(UserEvent(kind, data))
