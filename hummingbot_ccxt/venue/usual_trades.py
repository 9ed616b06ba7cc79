"""Public and own trades, read out of the usual message without ccxt's detour: it makes a whole structure of each.

What is said of a message (trade_messages.py) is not believed: the first trade of each kind goes to ccxt, and only what
is then read alike counts as known (market, side, currency of the fee, ...). A message with anything unknown or unusual
goes to ccxt as a whole, and one trade that is read otherwise than ccxt reads it ends this for good.
Of own trades ccxt gets every message all the same, a little later, and what it makes of them is compared each time.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from hummingbot_ccxt.translate.values import as_decimal
from hummingbot_ccxt.venue.numbers import ALWAYS_EXACT, exact_number
from hummingbot_ccxt.venue.trade_messages import PUBLIC_FIELDS, TimeUnit, TradeMessage

Trade = dict[str, Any]
Handler = Callable[[Any, Any], None]
_Read = Callable[[Any], Any]

_WORDS = ("symbol", "side", "takerOrMaker", "fee.currency")
"""Fields with the venue's words; what these mean is learnt from ccxt."""
_UNUSUAL = (KeyError, IndexError, TypeError, ValueError, ArithmeticError, AttributeError)
"""Raised while a trade is read that is not as usual, or has a word that is not known yet."""
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_ROUNDED_MS = 1
"""ccxt works out a time from nanoseconds in floats, which may take one off."""


class UsualTrades:
    """Reads the trades of usual messages, ahead of ccxt."""

    def __init__(self, rule: TradeMessage, take: Callable[[Trade], None], *, instead: bool) -> None:
        """`take` gets each trade. `instead`: whether ccxt is not to get a message that could be read."""
        self._take = take
        self._instead = instead
        self._is_meant = [_condition(path, value) for path, value in rule.when.items()]
        self._holder = rule.holder
        self._only = rule.only.items()
        self._zero = rule.zero
        self._time = rule.time
        places = rule.places()
        self._where = {field: _reader(place) for field, place in places.items()}
        self._words: dict[str, dict[Any, Any]] = {field: {} for field in _WORDS if field in places}
        self._fields = [(field, *each) for field, each in self._conversions(places, rule.time)]
        is_plain = tuple(places) == PUBLIC_FIELDS and not rule.zero and all(map(str.isidentifier, places.values()))
        self._read = self._plain_reader(places) if is_plain else self._read_any
        self._made: list[Trade] | None = None
        self._told: dict[str, Trade] = {}
        self._trusted = True

    def take(self, client: Any, message: Any) -> bool:
        """Handle a parsed message instead of ccxt; false where it is for `ahead_of` to say what comes of it.

        Integers beyond 64 bits may have become floats: no id is read from one, and no number as large.
        """
        raws = self._trades_of(message) if self._trusted and self._instead else None
        trades = self._read_all(raws, client) if raws else None
        if trades is None:
            return False
        for trade in trades:
            self._take(trade)
        return True

    def ahead_of(self, go_on: Handler) -> Handler:
        """A handler of parsed messages that comes before ccxt's."""

        def handle(client: Any, message: Any) -> None:
            raws = self._trades_of(message) if self._trusted else None
            if not raws:
                go_on(client, message)
                return
            trades = self._read_all(raws, client)
            if trades is None:
                self._learn(raws, client, lambda: go_on(client, message))
            elif self._instead:
                for trade in trades:
                    self._take(trade)
            else:
                self._tell_first(trades, lambda: go_on(client, message))

        return handle

    def knows(self, trade: Trade) -> bool:
        """Whether a trade that ccxt tells was told already; each of them is to pass here."""
        if self._made is not None:
            self._made.append(trade)
        told = self._told.pop(str(trade.get("id")), None)
        if told is not None and not _are_same(told, trade):
            self._distrust(told, trade)
        return told is not None

    def begin_anew(self, client: Any) -> None:
        """Have ccxt get the next trade of each symbol on a connection: there is one who waits for it."""
        client.usual_trades.clear()

    # --- inside

    def _tell_first(self, trades: list[Trade], go_on: Callable[[], None]) -> None:
        self._told = {trade["id"]: trade for trade in trades}
        try:
            for trade in trades:
                self._take(trade)
            go_on()
            for trade in self._told.values():
                self._distrust(trade, None)
        finally:
            self._told = {}

    def _learn(self, raws: list[Any], client: Any, go_on: Callable[[], None]) -> None:
        """Let ccxt read a message, and see whether we would read it alike, once we knew its words."""
        made: list[Trade] = []
        self._made = made
        try:
            go_on()
        finally:
            self._made = None
        if not made:
            return
        by_id = {str(trade.get("id")): trade for trade in made}
        for raw in raws:
            words_before = {field: dict(words) for field, words in self._words.items()}
            try:
                trade = by_id[_text(self._where["id"](raw))]
                for field, words in self._words.items():
                    words.setdefault(self._where[field](raw), _at(trade, field))
                read = self._read(raw)
            except _UNUSUAL:  # ccxt made nothing of it, or something that is not for us to say
                self._restore(words_before)
                continue
            if _are_same(read, trade):
                if self._instead:
                    client.usual_trades.add(read["symbol"])
            else:
                self._restore(words_before)
                self._distrust(read, trade)

    def _restore(self, words: dict[str, dict[Any, Any]]) -> None:
        for field, before in words.items():
            self._words[field].clear()
            self._words[field].update(before)

    def _distrust(self, read: Trade, made: Trade | None) -> None:
        self._trusted = False
        logging.getLogger(__name__).error(
            f"A trade was read as {_shown(read)}, and by ccxt as {_shown(made or {})}; from now on only ccxt reads "
            "them. Please report this."
        )

    def _trades_of(self, message: Any) -> list[Any] | None:
        """What of a message is a trade; None for a message of another kind."""
        if type(message) is not dict:
            return None
        for is_meant in self._is_meant:
            if not is_meant(message):
                return None
        found = message.get(self._holder) if self._holder else message
        raws = found if type(found) is list else [found]
        if not self._only:
            return raws
        return [raw for raw in raws if type(raw) is dict and all(raw.get(name) == each for name, each in self._only)]

    def _read_all(self, raws: list[Any], client: Any) -> list[Trade] | None:
        try:
            trades = [self._read(raw) for raw in raws]
        except _UNUSUAL:
            return None
        if self._instead:  # who waits for a symbol's trades in ccxt gets the first one on this connection from there
            known = client.usual_trades
            for trade in trades:
                if trade["symbol"] not in known:
                    return None
        return trades

    def _plain_reader(self, places: dict[str, str]) -> Callable[[Any], Trade]:
        """What reads a public trade whose fields all stand at its top: each with one look, 5 calls a trade."""
        get = itemgetter(*(places[field] for field in PUBLIC_FIELDS))
        symbols, sides, time_of = self._words["symbol"], self._words["side"], _TIMES[self._time]

        def read(raw: Any) -> Trade:
            trade_id, symbol, side, price, amount, time = get(raw)
            return {
                "id": trade_id if type(trade_id) is str and trade_id else _text(trade_id),
                "symbol": symbols[symbol],
                "side": sides[side],
                "price": _positive(price),
                "amount": _positive(amount),
                "timestamp": time_of(time),
                "info": raw,
            }

        return read

    def _read_any(self, raw: Any) -> Trade:
        for name in self._zero:
            if as_decimal(raw.get(name)):
                raise ValueError(name)
        trade = {field: convert(read(raw)) for field, read, convert in self._fields}
        trade["info"] = raw
        if "fee.cost" in trade:
            trade["fee"] = {"cost": trade.pop("fee.cost"), "currency": trade.pop("fee.currency")}
        return trade

    def _conversions(self, places: dict[str, str], time: TimeUnit) -> Iterator[tuple[str, tuple[_Read, _Read]]]:
        convert: dict[str, _Read] = {field: words.__getitem__ for field, words in self._words.items()}
        convert |= {"id": _text, "order": _text, "clientOrderId": _text, "timestamp": _TIMES[time]}
        convert |= {"price": _positive, "amount": _positive, "fee.cost": _paid}
        for field, place in places.items():
            turned = field == "fee.cost" and place.startswith("-")
            yield field, (self._where[field], _turned if turned else convert[field])


# --- where a value stands


def _condition(path: str, value: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a message has a value, or a text that begins with it."""
    outer, _, inner = path.partition(".")
    if inner:
        return lambda message: type(found := message.get(outer)) is dict and found.get(inner) == value
    if value.endswith("*"):
        begin = value[:-1]
        return lambda message: type(found := message.get(outer)) is str and found.startswith(begin)
    return lambda message: message.get(outer) == value


def _reader(place: str) -> _Read:
    first, *others = [int(key) if key.isdecimal() else key for key in place.removeprefix("-").split(".")]
    if not others:
        return itemgetter(first)

    def read(raw: Any) -> Any:
        found = raw[first]
        for key in others:
            if type(key) is int and len(found) != 1:  # of several fees the others would be lost
                raise ValueError(place)
            found = found[key]
        return found

    return read


def _at(trade: Mapping[str, Any], field: str) -> Any:
    outer, _, inner = field.partition(".")
    found = trade.get(outer)
    return found[inner] if inner and found is not None else found


# --- what it means: each raises one of _UNUSUAL for what is not as usual


def _text(value: Any) -> str:
    if type(value) is str and value:
        return value
    if type(value) is int:
        return str(value)
    raise ValueError(value)


def _positive(value: Any) -> float | str:
    if type(value) is float:
        if 0 < value < _LARGEST_EXACT:
            return value
    elif type(value) is str and len(value) <= ALWAYS_EXACT:
        short = float(value)
        if 0 < short < _ENDLESS:
            return short
    number = _paid(value)
    if not float(number):
        raise ValueError(value)
    return number


def _paid(value: Any) -> float | str:
    """A finite number, 0 or more: what is paid; a rebate is unusual."""
    if type(value) is str or type(value) is float or type(value) is int:
        number = exact_number(value)
        if isinstance(number, str) or 0 <= number < (_ENDLESS if type(value) is str else _LARGEST_EXACT):
            return number
    raise ValueError(value)


def _turned(value: Any) -> float | str:
    """What is paid, where the venue writes it as a negative number."""
    if type(value) is str and value.startswith("-"):
        return _paid(value[1:])
    raise ValueError(value)


_ENDLESS = float("inf")
_LARGEST_EXACT = 2.0**53


def _milliseconds(value: Any) -> int:
    if type(value) is int:
        return value
    return int(value.partition(".")[0])


def _nanoseconds(value: Any) -> int:
    return int(value) // 1_000_000


def _iso8601(value: Any) -> int:
    return (datetime.fromisoformat(value) - _EPOCH) // _MILLISECOND


_TIMES: dict[str, _Read] = {"ms": _milliseconds, "ns": _nanoseconds, "iso8601": _iso8601}


def _are_same(read: Trade, made: Trade) -> bool:
    """Whether both say the same, as far as it is used."""
    for field in ("id", "symbol", "side", "order", "takerOrMaker"):
        if field in read and read[field] != made.get(field):
            return False
    if abs(read["timestamp"] - (made.get("timestamp") or 0)) > _ROUNDED_MS:
        return False
    numbers = [(read["price"], made.get("price")), (read["amount"], made.get("amount"))]
    if "fee" in read:
        fees = made.get("fees") or [made.get("fee") or {}]
        if len(fees) != 1 or fees[0].get("currency") != read["fee"]["currency"]:
            return False
        numbers.append((read["fee"]["cost"], fees[0].get("cost")))
    return all(as_decimal(ours) == as_decimal(ccxts) for ours, ccxts in numbers)


def _shown(trade: Trade) -> str:
    return str({field: value for field, value in trade.items() if field != "info"})
