"""Binance's recorded messages as steps of a replay.

Understood are `/api/v3/exchangeInfo` and `/api/v3/depth` answers, `depthUpdate`, `trade` and `aggTrade` events, bare or
in combined streams. Diffs are joined to their snapshot as "How to manage a local order book correctly" says
(web-socket-streams.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ...engine import Market, Side
from ...recording import Record
from ...replay import BookState, Levels, Print, Recording, Step, markets_in_use

_LARGEST = Decimal(10) ** 12


def read(records: Iterable[Record]) -> Recording:
    """Raises ValueError where the recording has no exchange information or no book to start from."""
    reader = _Reader()
    for record in records:
        reader.add(record)
    used = markets_in_use(reader.steps)
    if not used:
        raise ValueError("the recording has no order book with its exchange information")
    return Recording([market for market in reader.markets.values() if market.symbol in used], reader.steps)


@dataclass
class _Book:
    """How far a market's diffs are applied; `waiting` are those before the first snapshot."""

    last: int | None = None
    waiting: list[dict[str, Any]] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.markets: dict[str, Market] = {}
        self.steps: list[Step] = []
        self._books: dict[str, _Book] = {}
        self._trade_kind: dict[str, str] = {}

    def add(self, record: Record) -> None:
        if not isinstance(record.body, dict):
            return
        if record.direction == "rest":
            self._rest(record)
        elif record.direction == "recv":
            event = record.body.get("data", record.body)
            if isinstance(event, dict):
                self._event(record.time_s, event)

    def _rest(self, record: Record) -> None:
        address = urlsplit(record.url)
        if address.path == "/api/v3/exchangeInfo":
            for each in record.body.get("symbols", []):
                self.markets.setdefault(each["symbol"], market(each))
        elif address.path == "/api/v3/depth" and "lastUpdateId" in record.body:
            market_id = parse_qs(address.query).get("symbol", [""])[0]
            if market_id in self.markets:
                self._snapshot(record.time_s, market_id, record.body)

    def _snapshot(self, time_s: float, market_id: str, body: dict[str, Any]) -> None:
        book = self._books.setdefault(market_id, _Book())
        if book.last is not None and body["lastUpdateId"] < book.last:
            return  # older than what the diffs have made of it
        book.last = body["lastUpdateId"]
        symbol = self.markets[market_id].symbol
        self.steps.append((time_s, BookState(symbol, _levels(body["bids"]), _levels(body["asks"]), is_whole=True)))
        waiting, book.waiting = book.waiting, []
        for event in waiting:
            self._diff(time_s, market_id, event)

    def _event(self, time_s: float, event: dict[str, Any]) -> None:
        market_id, kind = event.get("s"), event.get("e")
        if not isinstance(market_id, str):
            return
        if kind == "depthUpdate":
            self._diff(time_s, market_id, event)
        elif kind in ("trade", "aggTrade") and market_id in self.markets:
            self._trade(time_s, market_id, event)

    def _trade(self, time_s: float, market_id: str, event: dict[str, Any]) -> None:
        if self._trade_kind.setdefault(market_id, event["e"]) != event["e"]:
            return  # one of the two kinds, or each trade would come twice
        side = Side.SELL if event["m"] else Side.BUY
        symbol = self.markets[market_id].symbol
        self.steps.append((time_s, Print(symbol, Decimal(event["p"]), Decimal(event["q"]), side)))

    def _diff(self, time_s: float, market_id: str, event: dict[str, Any]) -> None:
        book = self._books.setdefault(market_id, _Book())
        if book.last is None:
            book.waiting.append(event)
        elif event["u"] > book.last and market_id in self.markets:
            book.last = event["u"]
            symbol = self.markets[market_id].symbol
            self.steps.append((time_s, BookState(symbol, _levels(event["b"]), _levels(event["a"]), is_whole=False)))


def _levels(levels: list[list[str]]) -> Levels:
    return [(Decimal(price), Decimal(amount)) for price, amount, *_ in levels]


def market(information: dict[str, Any]) -> Market:
    """From an entry of `symbols`.

    Sizes are only bound to the lot: a recorded level sums many orders, or is the rest of one, and may lie outside the
    limits of a single order, which is what the engine checks.
    """
    filters = {each["filterType"]: each for each in information["filters"]}
    lot = Decimal(filters["LOT_SIZE"]["stepSize"])
    return Market(
        base=information["baseAsset"],
        quote=information["quoteAsset"],
        tick_size=Decimal(filters["PRICE_FILTER"]["tickSize"]),
        lot_size=lot,
        min_amount=lot,
        max_amount=_LARGEST,
        min_notional=Decimal(0),
    )
