"""Changes of a book, read out of the usual message without ccxt's detour, a third of what a frame costs.

What `usual_books.toml` says of a message is not believed: of each book on each connection ccxt handles the first
messages, and one in a thousand later on, and only where it then holds what we would have stored do the next ones go the
short way. A message that does not follow on the last one, or for which somebody waits in ccxt, or with anything unusual
about it goes ccxt's way as a whole; and one that ccxt reads otherwise than we would ends this for good.
"""

import logging
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ccxt.async_support.base.ws.order_book import OrderBook

from hummingbot_ccxt.mapping_parts import BookSequence
from hummingbot_ccxt.mapping_schema import ExchangeMapping
from hummingbot_ccxt.venue.plain_side import PlainSide

Handler = Callable[[Any, Any], None]
_Read = Callable[[Any], Any]

_UNUSUAL = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""Raised while a message is looked at that is not as usual."""
_PROVED_FOR = 1000
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True)
class BookMessage:
    """A message with changes of a book; the file says what each part means."""

    when: Mapping[str, str]
    name: str
    asks: str
    bids: str
    store: str
    time: str = ""
    date: str = ""
    holder: str = ""
    alone: bool = False
    unless: str = ""
    first: str = ""
    previous: str = ""
    last: str = ""
    bids_first: bool = False
    limited: bool = False


@cache
def _all() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("usual_books.toml").read_text(encoding="utf-8"))


def book_message(exchange_id: str) -> BookMessage | None:
    """The message that tells the changes of a book on an exchange; None if it is not known."""
    told = _all()
    found = told.get(told["alike"].get(exchange_id, exchange_id))
    return None if found is None else BookMessage(**found)


@dataclass(slots=True)
class _Known:
    """One book on one connection: what ccxt resolves after each of its messages."""

    book: OrderBook
    message_hash: str
    is_subscribed: bool
    number_of: Any = None
    """Its name in the count of `book_checks`."""
    has_nonce: bool = False
    left: int = 0
    """So many of its messages may go the short way until one is compared again."""


def quicken_books(exchange: Any, mapping: ExchangeMapping) -> None:
    """Have a client's usual messages of books handled here, where they are known."""
    rule = book_message(exchange.id)
    if rule is not None and hasattr(exchange, "handle_message") and hasattr(exchange, rule.store):
        usual = UsualBooks(exchange, rule, mapping.book_sequence)
        exchange.take_usual = usual.ahead_of_others(exchange.take_usual)
        exchange.handle_message = usual.ahead_of(exchange.handle_message)


class UsualBooks:
    """Handles the usual messages of books, ahead of ccxt."""

    def __init__(self, exchange: Any, rule: BookMessage, sequence: BookSequence | None) -> None:
        self._exchange = exchange
        self._rule = rule
        self._numbered_by = None if sequence is None else sequence.of
        self._name = _reader(rule.name)
        self._when = [(_looked_up(path), value) for path, value in rule.when.items()]
        self._sides = [("asks", _reader(rule.asks)), ("bids", _reader(rule.bids))]
        if rule.bids_first:
            self._sides.reverse()
        self._time = _reader(rule.date or rule.time)
        self._milliseconds: Callable[[Any], int] = _of_date if rule.date else _of_time
        self._store: Callable[[Any, Any], None] = getattr(exchange, rule.store)
        self._trusted = True

    def take(self, client: Any, message: Any) -> bool:
        """Handle a parsed message; false where it is for ccxt to say what comes of it.

        Integers beyond 64 bits may have become floats: of numbers, only integers count here, and those of levels.
        """
        try:
            known = client.usual_books.get(self._name(message))
        except _UNUSUAL:
            return False
        return known is not None and known.left > 0 and self._is_handled(client, message, known)

    def ahead_of_others(self, others: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        """`take`, and where it does not, `others`."""
        take = self.take
        return lambda client, message: take(client, message) or others(client, message)

    def ahead_of(self, go_on: Handler) -> Handler:
        """A handler of the parsed messages that were not taken, which comes before ccxt's: it learns from ccxt."""
        name_of = self._name

        def handle(client: Any, message: Any) -> None:
            try:
                name = name_of(message)
                known = client.usual_books.get(name)
            except _UNUSUAL:
                go_on(client, message)
                return
            if known is None or not known.left:
                self._learn(client, message, name, known, go_on)
            else:
                go_on(client, message)

        return handle

    # --- the short way

    def _is_handled(self, client: Any, message: Any, known: _Known) -> bool:
        """Store what a message says of a known book."""
        rule, book, exchange = self._rule, known.book, self._exchange
        try:
            data = self._data(message)
            if data is None or known.message_hash in client.futures or not self._trusted:
                return False
            is_subscribed = known.message_hash in client.subscriptions
            if exchange.orderbooks.get(book["symbol"]) is not book or is_subscribed is not known.is_subscribed:
                known.left = 0  # to be learnt anew
                return False
            last = data[rule.last] if rule.last else None
            before = data[rule.first] - 1 if rule.first else data[rule.previous] if rule.previous else None
            if known.has_nonce and not (type(last) is int and book["nonce"] == before):
                return False
            if known.number_of is not None and (
                data[self._numbered_by] != known.number_of or client.book_numbers[known.number_of] != before
            ):
                return False
            if book["timestamp"] is None:  # fresh from a snapshot
                return False
            told_at = self._time(message)
            time = self._milliseconds(told_at)
            (one, rows_of), (other, others_of) = self._sides
            rows, others = rows_of(data), others_of(data)
            if type(rows) is not list or type(others) is not list:
                return False
            self._store(book[one], rows)
            self._store(book[other], others)
        except _UNUSUAL:
            return False  # what was stored of it, ccxt stores again
        store = dict.__setitem__
        if known.has_nonce:
            store(book, "nonce", last)
        if known.number_of is not None:
            client.book_numbers[known.number_of] = last
        store(book, "timestamp", time)
        store(book, "datetime", told_at if rule.date else exchange.iso8601(time))
        if rule.limited:
            book.limit()
        checksums = exchange.book_checksums
        if checksums is not None:
            checksums.told(data)
        client.books.changed(book, known.message_hash)
        known.left -= 1
        return True

    def _data(self, message: Any) -> Any:
        """What holds the change; None for another kind of message."""
        rule = self._rule
        for read, value in self._when:
            if read(message) != value:
                return None
        data = message[rule.holder] if rule.holder else message
        if rule.alone:
            if len(data) != 1:
                return None
            data = data[0]
        return None if type(data) is not dict or (rule.unless and data.get(rule.unless)) else data

    # --- whether it leads to the same

    def _learn(self, client: Any, message: Any, name: Any, known: _Known | None, go_on: Handler) -> None:
        try:
            data = self._data(message) if self._trusted else None
        except _UNUSUAL:
            data = None
        if data is None:
            go_on(client, message)
            return
        book = None if known is None else known.book
        before = None if book is None else _changed(book)
        with client.books.listened_to() as told:
            go_on(client, message)
            if len(told) != 1:  # kept until a snapshot comes, late, or refused
                return
            (now, message_hash), *_ = told
            known = client.usual_books[name] = _Known(now, message_hash, message_hash in client.subscriptions)
            if self._numbered_by is not None:
                known.number_of = data.get(self._numbered_by)
            if book is now and before is not None:
                self._compare(client, message, data, known, before)

    def _compare(self, client: Any, message: Any, data: Any, known: _Known, before: "_Changed") -> None:
        """Let the short way be gone if ccxt did with a message what we would have done."""
        book, rule = known.book, self._rule
        after = _changed(book)
        if after is None:
            return
        try:
            expected = {side: dict(levels) for side, levels in before.items()}
            for side, rows_of in self._sides:
                scratch = self._exchange.order_book({})[side]
                self._store(scratch, rows_of(data))
                expected[side].update(scratch.changed)
            last, time = data[rule.last] if rule.last else None, self._milliseconds(self._time(message))
        except _UNUSUAL:
            return
        if rule.last and type(last) is not int:
            return
        nonce = book["nonce"]
        is_same = (
            all(_are_same(levels, after[side], rule.limited) for side, levels in expected.items())
            and nonce in (None, last)
            and book["timestamp"] == time
        )
        if not is_same:
            self._distrust(book)
        else:
            known.has_nonce = nonce is not None
            # Without any number to count by, a lost message would go unnoticed where ccxt may have noticed it.
            if known.has_nonce or known.number_of in client.book_numbers or not rule.last:
                known.left = _PROVED_FOR

    def _distrust(self, book: OrderBook) -> None:
        self._trusted = False
        logging.getLogger(__name__).error(
            f"A change of the book of {book.get('symbol')} was read otherwise than by ccxt; from now on only ccxt "
            "reads them. Please report this."
        )


type _Changed = dict[str, dict[float, Any]]


def _changed(book: OrderBook) -> _Changed | None:
    bids, asks = book["bids"], book["asks"]
    if not (isinstance(bids, PlainSide) and isinstance(asks, PlainSide)):
        return None
    return {"bids": dict(bids.changed), "asks": dict(asks.changed)}


def _are_same(expected: Mapping[float, Any], found: Mapping[float, Any], limited: bool) -> bool:
    """Whether the same levels changed to the same; those that a limit cut off are gone."""
    if not limited:
        return {p: a or 0.0 for p, a in expected.items()} == {p: a or 0.0 for p, a in found.items()}
    return expected.keys() <= found.keys() and all(
        not amount or amount == expected.get(price) for price, amount in found.items()
    )


def _reader(place: str) -> _Read:
    """What reads a value at a place such as "data.0.symbol"."""
    keys = [int(key) if key.isdecimal() else key for key in place.split(".")]
    if len(keys) == 1:
        (only,) = keys
        return lambda found: found[only]
    if len(keys) == 2:
        outer, inner = keys
        return lambda found: found[outer][inner]

    def read(found: Any) -> Any:
        for key in keys:
            found = found[key]
        return found

    return read


def _looked_up(place: str) -> _Read:
    """As `_reader`, and None where a message of another kind has nothing there: an exception costs more than it all."""
    outer, _, inner = place.partition(".")
    if not inner:
        return lambda found: found.get(outer)
    return lambda found: found[outer].get(inner)


def _of_time(value: Any) -> int:
    """Milliseconds of a number or a text of digits."""
    if type(value) is not int and not value.isdecimal():
        raise ValueError(value)
    return int(value)


def _of_date(value: Any) -> int:
    return (datetime.fromisoformat(value) - _EPOCH) // _MILLISECOND
