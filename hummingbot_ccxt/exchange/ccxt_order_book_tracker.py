"""Hummingbot's order book tracker, without its waits: changes reach a book at the moment ccxt's handler stored them."""

import asyncio
import time
from typing import TYPE_CHECKING

from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from hummingbot.core.data_type.order_book_row import OrderBookRow
from hummingbot.core.data_type.order_book_tracker import OrderBookPairMetrics, OrderBookTracker
from hummingbot.core.event.events import OrderBookTradeEvent
from hummingbot.core.utils.async_utils import safe_ensure_future

from hummingbot_ccxt.venue.outcomes import VenueError

if TYPE_CHECKING:
    from hummingbot_ccxt.exchange.ccxt_api_order_book_data_source import CcxtAPIOrderBookDataSource

_TIMED_ONE_IN = 8
"""Hummingbot's statistics of how long a change takes: a sample is as good, and costs less than the change itself."""
_UNTRADED_S = 180.0
_PRICE_S = 5.0
_QUIET_PRICE_S = 300.0
_REFUSED_BOOK_S = 60.0


class CcxtOrderBookTracker(OrderBookTracker):
    """Applies changes and trades as they come, in their order.

    Hummingbot's own hands each message through three queues and as many tasks, half of what a frame costs; and it waits
    a second after each pair's first book: 50 pairs take 50 s to start. Since the data source sends nothing of a pair
    before its first book, and everything after it in order, neither is needed.
    """

    def __init__(
        self, data_source: "CcxtAPIOrderBookDataSource", trading_pairs: list[str], domain: str | None = None
    ) -> None:
        super().__init__(data_source, trading_pairs, domain)
        self._source = data_source

    def start(self) -> None:
        """As Hummingbot's; from now on, the data source delivers here."""
        super().start()
        self._source.follower = self

    def stop(self) -> None:
        """As Hummingbot's."""
        self._source.follower = None
        super().stop()

    async def _init_order_books(self) -> None:
        await asyncio.gather(*(self._init_order_book(pair) for pair in list(self._trading_pairs)))
        self._order_books_initialized.set()

    async def _init_order_book(self, trading_pair: str) -> None:
        self._order_books[trading_pair] = await self._first_book(trading_pair)
        self._tracking_message_queues[trading_pair] = asyncio.Queue()
        self._tracking_tasks[trading_pair] = safe_ensure_future(self._track_single_book(trading_pair))
        self.logger().info(f"Initialized order book for {trading_pair}.")

    async def _first_book(self, trading_pair: str) -> OrderBook:
        """The first book of a pair, however long the venue refuses it: other pairs have theirs meanwhile."""
        while True:
            try:
                return await self._initial_order_book_for_trading_pair(trading_pair)
            except VenueError as err:
                self.logger().error(
                    f"There is no book of {trading_pair} ({err}); trying again in {_REFUSED_BOOK_S:g} s. Remedy: leave "
                    "the pair out, if the venue does not trade it any more."
                )
            await asyncio.sleep(_REFUSED_BOOK_S)

    async def _update_last_trade_prices_loop(self) -> None:
        """Ask for the last price of pairs without a trade for three minutes, as Hummingbot's tracker does every 5 s.

        While their trades are streamed, there was none, and the price stays: every five minutes is enough. And a pair
        that was never traded has no price: Hummingbot's own loop would ask for it without any pause.
        """
        await self._order_books_initialized.wait()
        while True:
            try:
                pairs = [pair for pair, book in self._order_books.items() if self._lacks_price(pair, book)]
                if pairs:
                    prices = await self._source.get_last_traded_prices(pairs, self._domain)
                    for pair in pairs:
                        book = self._order_books.get(pair)
                        if book is not None:
                            book.last_trade_price_rest_updated = time.perf_counter()
                            book.last_trade_price = prices.get(pair, book.last_trade_price)
                await asyncio.sleep(1)
            except Exception:
                self.logger().network("Unexpected error while fetching last trade price.", exc_info=True)
                await asyncio.sleep(30)

    def _lacks_price(self, trading_pair: str, book: OrderBook) -> bool:
        now = time.perf_counter()
        every_s = _QUIET_PRICE_S if self._source.streams_trades_of(trading_pair) else _PRICE_S
        return bool(now - book.last_applied_trade > _UNTRADED_S and now - book.last_trade_price_rest_updated > every_s)

    # --- from the data source

    def apply_change(
        self, trading_pair: str, bids: list[OrderBookRow], asks: list[OrderBookRow], update_id: int
    ) -> None:
        """Take changed levels."""
        began = time.perf_counter()
        self._order_books[trading_pair].apply_diffs(bids, asks, update_id)
        metrics, of_pair = self._metrics, self._metrics_of(trading_pair)
        metrics.total_diffs_processed += 1
        of_pair.diffs_processed += 1
        of_pair.last_diff_timestamp = began
        if of_pair.diffs_processed % _TIMED_ONE_IN == 0:
            took_ms = (time.perf_counter() - began) * 1000
            metrics.diff_processing_latency.record(took_ms)
            of_pair.diff_processing_latency.record(took_ms)

    def apply_message(self, message: OrderBookMessage) -> None:
        """Take a whole book, or changed levels as a message."""
        if message.type is OrderBookMessageType.DIFF:
            self.apply_change(message.trading_pair, message.bids, message.asks, message.update_id)
            return
        began = time.perf_counter()
        self._order_books[message.trading_pair].apply_snapshot(message.bids, message.asks, message.update_id)
        took_ms = (time.perf_counter() - began) * 1000
        metrics, of_pair = self._metrics, self._metrics_of(message.trading_pair)
        metrics.total_snapshots_processed += 1
        metrics.snapshot_processing_latency.record(took_ms)
        of_pair.snapshots_processed += 1
        of_pair.last_snapshot_timestamp = began
        of_pair.snapshot_processing_latency.record(took_ms)

    def takes_trades(self, trading_pair: str) -> bool:
        """Tell whether a trade may be applied now: as Hummingbot's, not before every pair has its first book."""
        return (
            self._order_books_initialized.is_set()
            and trading_pair in self._order_books
            and self._order_book_trade_stream.empty()
        )

    def apply_trade(self, trade: OrderBookTradeEvent) -> None:
        """Take a public trade."""
        began = time.perf_counter()
        self._order_books[trade.trading_pair].apply_trade(trade)
        metrics, of_pair = self._metrics, self._metrics_of(trade.trading_pair)
        metrics.total_trades_processed += 1
        of_pair.trades_processed += 1
        of_pair.last_trade_timestamp = began
        if of_pair.trades_processed % _TIMED_ONE_IN == 0:
            took_ms = (time.perf_counter() - began) * 1000
            metrics.trade_processing_latency.record(took_ms)
            of_pair.trade_processing_latency.record(took_ms)

    def _metrics_of(self, trading_pair: str) -> OrderBookPairMetrics:
        known = self._metrics.per_pair_metrics.get(trading_pair)
        return known or self._metrics.get_or_create_pair_metrics(trading_pair)
