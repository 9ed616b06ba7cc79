"""Takes what a venue streams while the doctor looks on, and tells when something has come."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ccxt.async_support.base.ws.order_book import OrderBook

from hummingbot_ccxt.venue.secrets import Secrets


class Listener:
    """The doctor's end of a venue's streams (see `venue.Updates`)."""

    def __init__(self) -> None:
        self.books = 0
        """Consistent states of the book so far."""
        self.book: tuple[float, float] | None = None
        """Best bid and best ask."""
        self.crossed = 0
        self.backwards = 0
        """Updates whose sequence number or time was below the one before."""
        self.trades: list[dict[str, Any]] = []
        self.orders: list[dict[str, Any]] = []
        self.bad: list[str] = []
        self.secrets = Secrets([])
        self._nonce: float | None = None
        self._changed = asyncio.Event()

    async def until(self, true: Callable[[], Any], patience_s: float) -> bool:
        """Whether it came true in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while not true():
                    self._changed.clear()
                    await self._changed.wait()
        return bool(true())

    def note(self) -> None:
        """Something happened that a waiter may be waiting for."""
        self._changed.set()

    def on_order(self, order: dict[str, Any]) -> None:
        """Take one update of an own order."""
        self.orders.append(order)
        self.note()

    def on_fill(self, trade: dict[str, Any]) -> None:
        """Take one own trade: the doctor trades nothing."""

    def on_balance(self, balance: dict[str, Any]) -> None:
        """Take the account's balances: the doctor fetches them."""

    def on_trade(self, trade: dict[str, Any]) -> None:
        """Take one public trade."""
        self.trades.append(trade)
        self.note()

    def on_book_gap(self, symbol: str) -> None: ...

    def on_book(self, book: OrderBook) -> None:
        """Take note of a consistent book."""
        self.books += 1
        if book["bids"] and book["asks"]:
            self.book = float(book["bids"][0][0]), float(book["asks"][0][0])
            self.crossed += self.book[0] >= self.book[1]
        nonce = book.get("nonce")
        if isinstance(nonce, int | float):
            self.backwards += self._nonce is not None and nonce < self._nonce
            self._nonce = nonce
        self.note()

    def on_bad_message(self, where: str, error: Exception, private: bool) -> None:
        """Take note of a message that could not be handled."""
        self.bad.append(f"{where}: {type(error).__name__}: {self.secrets.hide(error)[:100]}")
        self.note()
