"""The quicker loops give what ccxt's own give, for every class that they are recognised in, and touch no other."""

import copy
import random

import pytest
from ccxt.async_support.base.ws.order_book import OrderBook

from hummingbot_ccxt import registry
from hummingbot_ccxt.venue import shortcuts
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.numbers import exact_number, has_long_integer
from hummingbot_ccxt.venue.recording import recording_book

STREAMED = sorted(info.id for info in registry.exchanges().values() if "watchOrderBook" in info.has)
LOOPS = ("handle_deltas", "handle_bid_asks", "custom_handle_deltas")
RECOGNISED = {"binance", "bybit", "gate", "kraken", "kucoin", "okx", "htx", "bitstamp", "whitebit", "toobit"}


def pair_of_classes(exchange_id):
    kind, _ = exchange_class(exchange_id)
    numbers = {"number": staticmethod(exact_number)}
    plain, quick = type("Plain", (kind,), numbers), type("Quick", (kind,), numbers)
    shortcuts.quicken(quick)
    return plain, quick


def rows(chance):
    """A message's levels, now and then one that is none."""
    price = lambda: f"{chance.randrange(90, 110)}.{chance.randrange(10)}"  # noqa: E731
    amount = lambda: chance.choice(["0", "0.0", f"{chance.random():.8f}", "12"])  # noqa: E731
    usual = [
        lambda: [price(), amount()],
        lambda: [price(), amount(), str(chance.randrange(10))],
        lambda: [float(price()), float(amount())],
        lambda: [price(), amount(), "0", "3"],
        lambda: {"price": float(price()), "qty": float(amount())},
        lambda: {"price": price(), "qty": amount()},
        lambda: {"p": price(), "s": amount()},
    ]
    unusual = [lambda: [price()], lambda: ["x", "1"], lambda: [price(), None], lambda: [price(), amount(), "z"], dict]
    make = chance.choice(usual)
    made = [make() for _ in range(chance.randrange(12))]
    if chance.random() < 0.2:
        made.insert(chance.randrange(len(made) + 1), chance.choice(unusual)())
    return made


def stored(exchange, loop, book, message):
    try:
        getattr(exchange, loop)(book["bids"], copy.deepcopy(message))
        getattr(exchange, loop)(book["asks"], copy.deepcopy(message))
        book.limit()
    except Exception as error:
        return type(error)
    return None


@pytest.mark.parametrize("exchange_id", STREAMED)
def test_each_loop_stores_what_the_exchanges_own_would_store(exchange_id):
    plain, quick = pair_of_classes(exchange_id)
    if not any(getattr(quick, loop, None) is not getattr(plain, loop, None) for loop in LOOPS):
        assert exchange_id not in RECOGNISED
        pytest.skip("this class has loops of its own, which stay as they are")
    chance = random.Random(exchange_id)
    own, other = plain(), quick()
    for loop in [loop for loop in LOOPS if getattr(quick, loop, None) is not getattr(plain, loop, None)]:
        books = OrderBook({}, 40), recording_book(OrderBook({}, 40))
        for _ in range(600):
            message = rows(chance)
            assert stored(own, loop, books[0], message) == stored(other, loop, books[1], message)
            assert books[0] == books[1]


def test_a_class_that_spells_its_loop_differently_keeps_it():
    class Own(exchange_class("binance")[0]):
        def handle_delta(self, bookside, delta):
            price = self.safe_float(delta, 1)
            amount = self.safe_float(delta, 0)
            bookside.store(price, amount)

    loop = Own.handle_deltas
    shortcuts.quicken(Own)
    assert Own.handle_deltas is loop


def test_dates_are_ccxts():
    plain, quick = pair_of_classes("binance")
    for value in (
        0,
        1,
        999,
        1000,
        1700000000123,
        253_402_300_799_999,
        10**16,
        -1,
        None,
        1.5,
        "1755432123456",
        "x",
        True,
    ):
        assert quick.iso8601(value) == plain.iso8601(value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"id":1234567890123456789}', True),
        ('{"id": 123456789012345678901234567}', True),
        ("[1,1234567890123456789]", True),
        ('{"id":123456789012345678}', False),
        ('{"id":"1234567890123456789"}', False),
        ('{"p":0.1234567890123456789}', False),
        ('{"a":"\ud800","id":1234567890123456789}', True),
        ("", False),
    ],
)
def test_integers_beyond_18_digits_are_noticed(text, found):
    assert has_long_integer(text) is found


READERS = ("safe_string", "safe_value", "safe_dict")


@pytest.mark.parametrize("name", READERS)
def test_fields_are_read_as_ccxt_reads_them(name):
    plain, quick = (getattr(kind(), name) for kind in pair_of_classes("binance"))
    assert quick.__code__ is not plain.__code__
    values = ["text", "", None, 0, 7, 1.5, float("inf"), True, False, {}, {"a": 1}, [], [1], 10**5000, b"x", object()]
    holders = [{"a": value} for value in values] + [[value] for value in values] + [None, "text", 5, {}, [], ("x",)]
    for holder in holders:
        for key in ("a", 0, -1, 5, None, "b", [], 1.0, True):
            for default in (None, "other", {}, 0, ""):
                found, expected = quick(holder, key, default), plain(holder, key, default)
                assert (found, type(found)) == (expected, type(expected)), (holder, key, default)


def test_a_trade_of_texts_is_made_as_ccxt_makes_it():
    plain, quick = (kind() for kind in pair_of_classes("binance"))
    assert type(quick).safe_trade is not type(plain).safe_trade
    chance = random.Random(5)
    numbers = [
        "60000.00000000", "0.50000000", "0.1", "3", "1e-7", "1E5", "-2.5", "0", "0.0", "00012.500", ".5", "5.", "",
        "x", "+4", " 6", "1_000", "123456789.123456789", "0.000000000000000000000001", "99999999999999999999",
        "1.23456789012345678", "\N{ARABIC-INDIC DIGIT FIVE}", "Infinity", None, 4.5, 7,
    ]  # fmt: skip
    numbers += [f"{chance.randrange(10 ** chance.randrange(1, 12))}.{chance.randrange(10**8):08d}" for _ in range(120)]
    fees = [None, {}, {"cost": "0.1", "currency": "BTC"}, {"cost": None, "currency": None}]
    markets = [None, {"contractSize": None}, {"contractSize": 1.0}, {"contractSize": 0.1, "inverse": True}]

    def made(exchange, trade, market):
        try:
            return exchange.safe_trade(copy.deepcopy(trade), market)
        except Exception as error:
            return type(error), str(error)

    for _ in range(20_000):
        trade = {"price": chance.choice(numbers), "amount": chance.choice(numbers), "info": {}}
        for name, choice in (("cost", [None, None, "5", ""]), ("fee", fees), ("fees", [None, [], [fees[2]]])):
            if chance.random() < 0.5:
                trade[name] = chance.choice(choice)
        market = chance.choice(markets)
        assert repr(made(quick, trade, market)) == repr(made(plain, trade, market)), (trade, market)
