"""Whether a streamed book lacks a change: the numbers of its messages tell, or a checksum of its best levels.

For venues whose ccxt class compares neither, as the mapping says. On the hot path: a few look-ups for each message, and
checksums only some times a second, since each of them is of all the changes before.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol
from zlib import crc32

from hummingbot_ccxt.mapping_parts import BookChecksum, BookSequence
from hummingbot_ccxt.mapping_schema import ExchangeMapping

_CHECK_S = 0.5
"""So long after a message its checksum is compared, or that of the last one since."""
_DOUBTS = 3
"""How often a checksum that was right before may be wrong in a row before it is taken for ours that is."""
_CHANCES = 20
"""How many messages have a chance to show that we make a book's checksum as the venue does."""
_SAFE_DIGITS = 15
"""Numbers of more digits may not come out of a float as they went in."""

Handler = Callable[[Any, Any], Any]


class GapTap(Protocol):
    """Who is told of a gap."""

    def book_gap(self, symbol: str) -> None:
        """Take note that a streamed book lacks a change."""


def checked_books(exchange: Any, mapping: ExchangeMapping, tap: GapTap) -> None:
    """Have an exchange's book messages compared as its mapping says; without a word in it they go ccxt's way."""
    exchange.book_checksums = None
    if not hasattr(exchange, "handle_order_book"):  # a class without streams
        return
    if mapping.book_sequence is not None:
        exchange.handle_order_book = _numbered(exchange, mapping.book_sequence, tap)
    if mapping.book_checksum is not None:
        exchange.handle_order_book = _checksummed(exchange, mapping.book_checksum, tap)


def _numbered(exchange: Any, rule: BookSequence, tap: GapTap) -> Handler:
    """A handler in the place of ccxt's `handle_order_book` that compares the messages' numbers.

    A message that was had already, or came too late, is left out; at a gap ccxt gets it, and `tap` is told.
    """
    handle: Handler = exchange.handle_order_book
    holder, of, first, last = rule.holder, rule.of, rule.first, rule.last
    mark, whole = rule.whole or (None, None)

    def handle_order_book(client: Any, message: Any) -> None:
        try:
            data, numbers = message[holder], client.book_numbers
            follows = data[first] == numbers[data[of]] + 1
        except (KeyError, TypeError):
            follows = False
        if follows:  # nearly all do
            numbers[data[of]] = data.get(last)
            handle(client, message)
        else:
            unusual(client, message)

    def unusual(client: Any, message: Any) -> None:
        data = message.get(holder)
        number = data.get(last) if type(data) is dict else None
        if type(number) is not int:
            handle(client, message)
            return
        numbers, book = client.book_numbers, data.get(of)
        before = numbers.get(book)
        if before is None or (mark is not None and whole in (data.get(mark), message.get(mark))):
            numbers[book] = number
            handle(client, message)
            return
        if number <= before:
            return
        numbers[book] = number
        handle(client, message)
        if data.get(first, number) > before + 1:
            symbol = _symbol(exchange, book)
            if symbol is not None:
                tap.book_gap(symbol)

    return handle_order_book


def forget_numbers(exchange: Any, client: Any, symbols: Collection[str]) -> None:
    """Count these books' messages on a connection anew: of a book that was left the numbers are old when it is back."""
    for name in [name for name in client.book_numbers if (_symbol(exchange, name) or "") in symbols]:
        del client.book_numbers[name]


def _symbol(exchange: Any, name: Any) -> str | None:
    """The spot symbol of a market id, or of a name that has one between points (ob.BTC_USDT.50)."""
    for part in (str(name), *str(name).split(".")):
        for market in exchange.markets_by_id.get(part) or ():
            if market.get("spot"):
                return str(market["symbol"])
    return None


def _checksummed(exchange: Any, rule: BookChecksum, tap: GapTap) -> Handler:
    """A handler in the place of ccxt's `handle_order_book` that has the last checksum compared, soon after."""
    handle: Handler = exchange.handle_order_book
    checks = exchange.book_checksums = Checksums(exchange, rule, tap)

    def handle_order_book(client: Any, message: Any) -> None:
        handle(client, message)
        for element in message.get(rule.holder) or ():
            checks.told(element)

    return handle_order_book


class Checksums:
    """The last checksum of each book, until it is compared."""

    def __init__(self, exchange: Any, rule: BookChecksum, tap: GapTap) -> None:
        self._exchange = exchange
        self._rule = rule
        self._tap = tap
        self._told: dict[str, Any] = {}
        self._chances: dict[str, int] = {}
        self._doubts: dict[str, int] = {}
        """By symbol whose checksum was right once: how often it was wrong since then, in a row."""

    def told(self, element: Mapping[str, Any]) -> None:
        """Take note of the checksum in what a message says of a book, which was stored before."""
        symbol, checksum = element.get(self._rule.of), element.get(self._rule.field)
        if not isinstance(symbol, str):
            return
        if symbol in self._doubts:
            if symbol not in self._told:
                asyncio.get_running_loop().call_later(_CHECK_S, self._compare, symbol)
            self._told[symbol] = checksum
        elif (left := self._chances.get(symbol, _CHANCES)) > 0:
            self._chances[symbol] = left - 1
            self._told[symbol] = checksum
            self._compare(symbol)

    def _compare(self, symbol: str) -> None:
        told, book = self._told.pop(symbol), self._exchange.orderbooks.get(symbol)
        own = None if book is None else self._own(symbol, book)
        if own is None or type(told) is not int:
            return
        if own == told:
            self._doubts[symbol] = 0
        elif symbol in self._doubts:
            # One that never was right shows that it is made otherwise than we think, as do many in a row.
            self._doubts[symbol] += 1
            if self._doubts[symbol] <= _DOUBTS:
                self._tap.book_gap(symbol)

    def _own(self, symbol: str, book: Any) -> int | None:
        """CRC32 of the best asks, then bids, prices and amounts as digits without point and leading zeros."""
        rule = self._rule
        price_decimals = int(self._exchange.markets[symbol]["info"][rule.price_decimals])
        digits = []
        for side in (book["asks"], book["bids"]):
            for price, amount, *_ in side[: rule.levels]:
                digits.append(_digits(price, price_decimals))
                digits.append(_digits(amount, rule.amount_decimals))
        return None if any(len(each) > _SAFE_DIGITS for each in digits) else crc32("".join(digits).encode())


def _digits(number: float, decimals: int) -> str:
    return f"{number:.{decimals}f}".replace(".", "").lstrip("0")
