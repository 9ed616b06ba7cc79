"""Books whose usual messages go the short way hold, and tell, what they would if all went ccxt's way."""

import asyncio
import copy
import json
import logging
import random

import pytest
from aiohttp import WSMessage, WSMsgType
from ccxt.base.errors import NetworkError

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue import usual_books
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.recording import take_changes
from hummingbot_ccxt.venue.venue import Venue

NOW_MS = 1_795_669_000_000
BASES = ("BTC", "ETH")


class Wire:
    """How an exchange writes a change of a book. `fresh` begins one, as its class does after a snapshot."""

    def __init__(self, exchange_id, id_of, hash_of, change, whole=None):
        self.id, self.id_of, self.hash_of, self.change, self.whole = exchange_id, id_of, hash_of, change, whole


def texts(rows, *more):
    return [[f"{price:.2f}", f"{amount:.4f}", *more] for price, amount in rows]


def binance(base, bids, asks, before, last, at):
    first = before + 1
    return {"e": "depthUpdate", "E": at, "s": f"{base}USDT", "U": first, "u": last, "b": texts(bids), "a": texts(asks)}


def okx(base, bids, asks, before, last, at, action="update"):
    data = {"asks": texts(asks, "0", "1"), "bids": texts(bids, "0", "1"), "ts": str(at), "checksum": 1}
    arg = {"channel": "books", "instId": f"{base}-USDT"}
    previous = before if action == "update" else -1
    return {"arg": arg, "action": action, "data": [{**data, "seqId": last, "prevSeqId": previous}]}


def bybit(base, bids, asks, before, last, at, kind="delta"):
    data = {"s": f"{base}USDT", "b": texts(bids), "a": texts(asks), "u": last, "seq": last * 7}
    return {"topic": f"orderbook.50.{base}USDT", "type": kind, "ts": at, "data": data, "cts": at}


def kraken(base, bids, asks, before, last, at, kind="update"):
    named = [[{"price": price, "qty": amount} for price, amount in rows] for rows in (bids, asks)]
    date = f"2026-11-26T05:08:{at // 1000 % 60:02d}.{at % 1000:03d}500Z"
    data = {"symbol": f"{base}/USDT", "bids": named[0], "asks": named[1], "checksum": 469125656, "timestamp": date}
    return {"channel": "book", "type": kind, "data": [data]}


def kucoin(base, bids, asks, before, last, at):
    changes = {"asks": texts(asks, str(last)), "bids": texts(bids, str(last))}
    data = {"changes": changes, "sequenceEnd": last, "sequenceStart": before + 1, "symbol": f"{base}-USDT", "time": at}
    return {"topic": f"/market/level2:{base}-USDT", "type": "message", "subject": "trade.l2update", "data": data}


def gate(base, bids, asks, before, last, at, full=False):
    result = {"t": at, "s": f"ob.{base}_USDT.50", "U": before + 1, "u": last, "b": texts(bids), "a": texts(asks)}
    result = {**result, "full": True} if full else result
    return {"time": at // 1000, "time_ms": at, "channel": "spot.obu", "event": "update", "result": result}


WIRES = [
    Wire("binance", "{}USDT", "orderbook::{}/USDT", binance),
    Wire("okx", "{}-USDT", "books:{}/USDT", okx, lambda *told: okx(*told, action="snapshot")),
    Wire("bybit", "{}USDT", "orderbook:{}/USDT", bybit, lambda *told: bybit(*told, kind="snapshot")),
    Wire("kraken", "{}/USDT", "orderbook@{}/USDT", kraken, lambda *told: kraken(*told, kind="snapshot")),
    Wire("kucoin", "{}-USDT", "orderbook:{}/USDT", kucoin),
    Wire("gate", "{}_USDT", "orderbook:{}/USDT", gate, lambda *told: gate(*told, full=True)),
]


class Heard:
    """Who takes what the venue streams; `books`: the books of one that follows the changes."""

    def __init__(self):
        self.books, self.told = {}, []

    def on_book(self, book):
        changes = take_changes(book)
        if changes is None:
            return
        followed = self.books.setdefault(book["symbol"], ({}, {}))
        for levels, changed in zip(followed, (changes.bids, changes.asks), strict=True):
            if changes.snapshot:
                levels.clear()
            levels.update(changed)
            for price in [price for price, amount in levels.items() if not amount]:
                del levels[price]

    def on_book_gap(self, symbol):
        self.told.append(("gap", symbol))

    def on_bad_message(self, where, error, private):
        self.told.append((where, type(error).__name__))


class Side:
    """A venue with a connection, and what came of the messages."""

    def __init__(self, wire):
        self.wire = wire
        self.heard = Heard()
        self.venue = Venue(
            wire.id,
            credentials=Credentials({"apiKey": "k", "secret": "s", "password": "p"}),
            mapping=load_mapping(wire.id),
            settings=ExchangeSettings(),
            updates=self.heard,
        )
        exchange = self.exchange = self.venue.client
        markets = [
            exchange.safe_market_structure(
                {
                    **{"id": wire.id_of.format(base), "symbol": f"{base}/USDT", "base": base, "quote": "USDT"},
                    **{"baseId": base, "quoteId": "USDT", "type": "spot", "spot": True},
                    **{"precision": {"price": 0.01, "amount": 0.0001}, "info": {"pair_decimals": 2}},
                }
            )
            for base in BASES
        ]
        exchange.set_markets(markets)
        exchange.spawn = lambda *_: None  # no snapshots over REST
        self.connection = exchange.client(
            {"binance": "wss://stream.binance.com:9443/stream", "bybit": "wss://stream.bybit.com/v5/public/spot"}.get(
                wire.id, "wss://venue.example/ws"
            )
        )
        for base in BASES:
            self.connection.subscriptions[wire.hash_of.format(base)] = {"limit": 500}
        self.by_ccxt = 0
        handler = "handle_new_spot_order_book" if wire.id == "gate" else "handle_order_book"
        handle = getattr(exchange, handler)

        def counted(client, message):
            self.by_ccxt += 1
            return handle(client, message)

        setattr(exchange, handler, counted)

    def say(self, message):
        text = message if isinstance(message, str) else json.dumps(message)
        self.connection.handle_message(WSMessage(WSMsgType.TEXT, text, None))

    def begin(self, base, bids, asks, last, at):
        """A whole book, told by the stream, or as `load_order_book` leaves one."""
        if self.wire.whole is not None:
            self.say(self.wire.whole(base, bids, asks, last - 1, last, at))
            return
        symbol = f"{base}/USDT"
        book = self.exchange.order_book({})
        book.reset({"bids": [[*row] for row in bids], "asks": [[*row] for row in asks], "nonce": last})
        book["symbol"], self.exchange.orderbooks[symbol] = symbol, book
        self.connection.resolve(book, self.wire.hash_of.format(base))

    def state(self):
        """Everything that anybody could see of the books."""
        books = {}
        for symbol, book in self.exchange.orderbooks.items():
            books[symbol] = {key: list(value) if key in ("bids", "asks") else value for key, value in book.items()}
        waiting = sorted(self.connection.futures)
        return books, self.heard.books, self.heard.told, self.connection.book_numbers, waiting


@pytest.fixture
def sides(monkeypatch):
    """Makes two of the same venue: one on which all goes ccxt's way, and one with the short way."""
    made = []

    def make(wire):
        with monkeypatch.context() as patched:
            patched.setattr(usual_books, "book_message", lambda exchange_id: None)
            plain = Side(wire)
        made.extend((plain, Side(wire)))
        return made[-2:]

    return make


@pytest.fixture(params=WIRES, ids=lambda wire: wire.id)
def wire(request):
    return request.param


def levels(chance, side, count=None):
    """Rows of a side; some prices come twice, some levels are gone."""
    rows = []
    for _ in range(chance.randrange(6) if count is None else count):
        away = chance.randrange(1, 40) / 100
        amount = chance.choice((0.0, chance.randrange(1, 9) / 4, chance.randrange(1, 10_000) / 10_000))
        rows.append((25_000 - away if side == "bids" else 25_000 + away, amount))
    return rows


async def test_usual_messages_do_not_reach_ccxts_handler(sides, wire):
    plain, short = sides(wire)
    chance = random.Random(wire.id)
    for side in (plain, short):
        side.begin("BTC", [(24_999.0, 1.0)], [(25_001.0, 2.0)], 10, NOW_MS)
    for number in range(10, 60):
        message = wire.change(
            "BTC", levels(chance, "bids"), levels(chance, "asks"), number, number + 1, NOW_MS + number
        )
        for side in (plain, short):
            side.say(message)
        assert short.state() == plain.state()
    assert short.by_ccxt <= 4 < 50 <= plain.by_ccxt


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_comes_nobody_can_tell_the_short_way_from_ccxts(sides, wire, seed, monkeypatch):
    monkeypatch.setattr(usual_books, "_PROVED_FOR", 10)
    chance = random.Random(f"{wire.id} {seed}")
    both = sides(wire)
    numbers = dict.fromkeys(BASES, 0)
    for step in range(400):
        base, at = chance.choice(BASES), NOW_MS + step * 137
        before = numbers[base]
        numbers[base] = last = before + (1 if wire.id == "bybit" else chance.randrange(1, 4))
        changes = levels(chance, "bids"), levels(chance, "asks")
        happens = chance.choices(
            ["change", "whole", "lost", "again", "late", "waiter", "left", "odd", "unsubscribed", "burst", "other"],
            [200, 3, 3, 3, 3, 3, 1, 4, 1, 10, 4],
        )[0]
        if step < len(BASES) or happens == "whole":
            base = BASES[step] if step < len(BASES) else base
            whole = [(24_000.0 - n, 1.0) for n in range(9)], [(26_000.0 + n, 1.0) for n in range(9)]
            for side in both:
                side.begin(base, *whole, last, at)
            continue
        message = wire.change(base, *changes, before, last, at)
        if happens == "lost":
            numbers[base] = last + 1
            message = wire.change(base, *changes, last, last + 1, at)
        elif happens == "late":
            message = wire.change(base, *changes, max(before - 3, 0), max(before - 2, 1), at)
            numbers[base] = before
        elif happens == "odd":
            message = odd(chance, message)
        elif happens == "other":
            message = chance.choice([[], {}, {"data": None}, {"result": 5}, "pong", {"topic": "x", "data": []}])
            numbers[base] = before
        for side in both:
            if happens == "waiter":
                side.connection.future(wire.hash_of.format(base))
            elif happens == "left":
                side.exchange.orderbooks.pop(f"{base}/USDT", None)
            elif happens == "unsubscribed":
                side.connection.subscriptions.pop(wire.hash_of.format(base), None)
            elif happens == "burst":
                side.connection.books.hold()
            side.say(message)
            if happens == "again":
                side.say(message)
            if happens == "burst":
                side.say(wire.change(base, changes[0], [], last, last + 1, at + 1))
                side.connection.books.deliver()
        numbers[base] += happens == "burst"
        assert both[1].state() == both[0].state(), message
    for side in both:  # nobody else retrieves them
        for future in side.connection.futures.values():
            future.cancel()
    await asyncio.sleep(0)


def odd(chance, message):
    """A message with something unusual in it."""
    message = copy.deepcopy(message)

    def places(part, path=()):
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield part, key
            if isinstance(value, dict | list):
                yield from places(value, (*path, key))

    part, key = chance.choice(list(places(message)))
    value = chance.choice([None, "x", "", 1.5, [], {}, "17", True, -1])
    if chance.random() < 0.2:
        del part[key]
    else:
        part[key] = value
    return message


async def test_who_waits_for_a_book_in_ccxt_gets_it(sides, wire):
    _, short = sides(wire)
    short.begin("BTC", [(24_999.0, 1.0)], [(25_001.0, 2.0)], 10, NOW_MS)
    for number in range(10, 20):
        short.say(wire.change("BTC", [(24_998.0, 1.5)], [], number, number + 1, NOW_MS + number))
    awaited = short.connection.future(wire.hash_of.format("BTC"))
    short.say(wire.change("BTC", [(24_997.0, 2.5)], [], 20, 21, NOW_MS + 20))
    assert [24_997.0, 2.5] in [row[:2] for row in (await awaited)["bids"]]


async def test_one_in_so_many_is_compared_again_and_what_ccxt_reads_otherwise_ends_it(sides, wire, monkeypatch, caplog):
    monkeypatch.setattr(usual_books, "_PROVED_FOR", 5)
    _, short = sides(wire)
    short.begin("BTC", [(24_999.0, 1.0)], [(25_001.0, 2.0)], 10, NOW_MS)
    for number in range(10, 30):
        short.say(wire.change("BTC", [(24_998.0, number / 4)], [], number, number + 1, NOW_MS + number))
    compared = short.by_ccxt
    assert 4 <= compared <= 8
    name = usual_books.book_message(wire.id).store
    loop = getattr(short.exchange, name)
    # As if ccxt's class had come to read the rows otherwise.
    setattr(short.exchange, name, lambda side, rows: loop(side, rows[:-1]))
    with caplog.at_level(logging.ERROR):
        for number in range(30, 50):
            short.say(wire.change("BTC", [(24_998.0, number / 4)], [], number, number + 1, NOW_MS + number))
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "BTC/USDT was read otherwise than by ccxt" in caplog.text
    assert short.by_ccxt >= compared + 15


async def test_a_new_connection_is_learnt_anew(sides, wire):
    _, short = sides(wire)
    short.begin("BTC", [(24_999.0, 1.0)], [(25_001.0, 2.0)], 10, NOW_MS)
    for number in range(10, 20):
        short.say(wire.change("BTC", [(24_998.0, 1.5)], [], number, number + 1, NOW_MS + number))
    url = short.connection.url
    short.connection.on_error(NetworkError("gone"))
    short.connection = short.exchange.client(url)
    assert short.connection.usual_books == {}


async def test_a_book_that_begins_anew_on_the_same_connection_is_learnt_anew(sides, wire):
    _, short = sides(wire)
    for start in (10, 50):
        short.exchange.orderbooks.pop("BTC/USDT", None)
        short.begin("BTC", [(24_999.0, 1.0)], [(25_001.0, 2.0)], start, NOW_MS)
        before = short.by_ccxt
        for number in range(start, start + 20):
            short.say(wire.change("BTC", [(24_998.0, 1.5)], [], number, number + 1, NOW_MS + number))
        assert short.by_ccxt - before <= 4
    assert short.exchange.orderbooks["BTC/USDT"]["timestamp"] in (NOW_MS + 69, 1_795_669_720_069)


async def test_every_rule_is_of_a_class_that_has_its_method():
    for wire in WIRES:
        rule = usual_books.book_message(wire.id)
        assert callable(getattr(Side(wire).exchange, rule.store))
    assert usual_books.book_message("binanceus") == usual_books.book_message("binance")
    assert usual_books.book_message("deribit") is None
