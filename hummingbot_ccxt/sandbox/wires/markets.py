"""What clients ask of a spot exchange's markets: market ids, trades, candles, best prices, books of limited depth.

The parameters of a request have the names that the wire gives in `names`.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from ..engine import Market, Rejection, Trade
from ..tape import DAY_MS, Candle, Tape
from .base import Venue, Wire
from .notation import sides
from .rest import Call, Refusal
from .views import BookView, Levels

_CANDLES_BACK_MS = 30 * DAY_MS


@dataclass(frozen=True, slots=True)
class Names:
    """What an exchange calls the parameters that most of its endpoints have.

    `start` and `end` are the times that orders and fills are asked for by, in units of `time_unit_ms`; `older_than` is
    the order id or trade id below which a page's are.
    """

    market: str
    order_id: str
    client_order_id: str
    price: str = "price"
    start: str = "startTime"
    end: str = "endTime"
    time_unit_ms: int = 1
    older_than: str | None = None


class SpotMarkets(Wire):
    """See the module's docstring. `names`: of parameters. `intervals`: of streamed candles, by the exchange's words."""

    names: ClassVar[Names]
    intervals: ClassVar[Mapping[str, str]] = {}

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        engine = venue.engine
        self.engine, self.streams, self.clock, self.settings = engine, venue.streams, venue.clock, venue.settings
        self.started_ms = venue.clock()
        self.markets_by_id: dict[str, Market] = {self.market_id(each): each for each in engine.markets.values()}
        self.ids: dict[str, str] = {market.symbol: name for name, market in self.markets_by_id.items()}
        self.tapes: dict[str, Tape] = {symbol: Tape() for symbol in engine.markets}
        for symbol, tape in self.tapes.items():
            for trade in engine.trades(symbol):
                tape.add(trade)
        self._numbers = {symbol: index for index, symbol in enumerate(engine.markets)}
        self._book_views: dict[str, BookView] = {}

    @abstractmethod
    def market_id(self, market: Market) -> str:
        """`BTCUSDT`, `BTC-USDT`, ... Called while the wire is being made."""

    # -- which markets
    def market(self, name: str) -> Market:
        """The market with the exchange's id `name`; raises Refusal UNKNOWN_MARKET."""
        market = self.markets_by_id.get(name)
        if market is None:
            raise Refusal(Rejection.UNKNOWN_MARKET, name, name=name)
        return market

    def market_asked(self, call: Call) -> Market:
        """The market that the request must name; raises Refusal BAD_PARAMETER, UNKNOWN_MARKET."""
        return self.market(call.text(self.names.market))

    def symbol_asked(self, call: Call) -> str | None:
        """The symbol of the market that the request names; None without one. Raises Refusal UNKNOWN_MARKET."""
        return self.market_asked(call).symbol if call.has(self.names.market) else None

    def markets_asked(self, call: Call) -> list[Market]:
        """The market that the request names, or all. Raises Refusal UNKNOWN_MARKET."""
        return [self.market_asked(call)] if call.has(self.names.market) else list(self.engine.markets.values())

    def assets(self) -> list[str]:
        """Every asset of a market, each once, in the markets' order."""
        return list(
            dict.fromkeys(asset for market in self.engine.markets.values() for asset in (market.base, market.quote))
        )

    # -- prices
    def sides(self, symbol: str, depth: int | None, names: tuple[str, str] = ("bids", "asks")) -> dict[str, Any]:
        """The best `depth` levels of the book, or all, by what the exchange calls bids and asks."""
        book = self.engine.book(symbol)
        return sides(book.bids.levels(depth), book.asks.levels(depth), names)

    def best(self, symbol: str) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
        """(price, amount) of the best bid and of the best ask, zeros for an empty side."""
        book = self.engine.book(symbol)
        bid, ask = (next(iter(side.levels(1)), (Decimal(0), Decimal(0))) for side in (book.bids, book.asks))
        return bid, ask

    def last_price(self, symbol: str) -> Decimal | None:
        last = self.tapes[symbol].last
        return None if last is None else last.price

    # -- trades and candles
    def trade_number(self, symbol: str, number: int) -> int:
        """A trade id that no other market has: the engine numbers each market's trades by themselves."""
        return number * len(self._numbers) + self._numbers[symbol]

    def trades_asked(self, call: Call, default: int, most: int) -> list[Trade]:
        """The newest trades of the market that the request names, newest first; `limit` of them, or `default`."""
        found = self.engine.trades(self.market_asked(call).symbol)[-call.limit(default, most) :]
        return found[::-1]

    def candles_asked(
        self,
        call: Call,
        interval: str,
        start: str,
        end: str,
        limit: int,
        *,
        unit_ms: int = 1,
        are_excluded: bool = False,
    ) -> list[Candle]:
        """The newest `limit` candles of the market that the request names, oldest first.

        `start` and `end`: what the parameters are called that say in which times candles open; without them it is the
        last 30 days. `unit_ms`: of those times; `are_excluded`: no candle opens at these very times.
        """
        now_ms = self.clock()
        first = call.integer(start, (now_ms - _CANDLES_BACK_MS) // unit_ms) * unit_ms + are_excluded
        last = (call.integer(end, 0) or now_ms // unit_ms + are_excluded) * unit_ms - are_excluded
        return self.tapes[self.market_asked(call).symbol].candles(interval, first, min(last, now_ms))[-limit:]

    # -- streams of books of limited depth
    def book_view(self, topic: str, symbol: str, depth: int) -> BookView:
        """The book as the topic's subscribers know it; a new view for the first of them."""
        if not self.streams.wants(topic):
            self._book_views[topic] = BookView(self.engine.book(symbol), depth)
        return self._book_views[topic]

    def book_changes(self, topic: str) -> tuple[BookView, Levels, Levels] | None:
        """(view, bids, asks) to tell the topic's subscribers; None without any, or without a change for them."""
        if not self.streams.wants(topic):
            return None
        view = self._book_views[topic]
        bids, asks = view.changes()
        return (view, bids, asks) if bids or asks else None

    # -- streams of candles
    def candles_told(self, trade: Trade, topics: Mapping[str, str]) -> Iterator[tuple[str, str, Candle]]:
        """(word, topic, candle) of each candle that the trade is in and someone subscribes to.

        `topics`: by the exchange's word for an interval, the topic; `intervals` has the interval itself.
        """
        for word, topic in topics.items():
            if self.streams.wants(topic):
                running = self.tapes[trade.symbol].running(self.intervals[word], trade.time_ms)
                assert running is not None  # there is a trade
                yield word, topic, running
