"""A book's messages are compared as its mapping says; nothing that is well is taken for a gap."""

import asyncio

import pytest

from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue import book_checks
from hummingbot_ccxt.venue.book_checks import checked_books, forget_numbers

KRAKEN = load_mapping("kraken")
ASKS = [
    (45285.2, 0.001), (45286.4, 1.54571953), (45286.6, 1.54571109), (45289.6, 1.54560911), (45290.2, 0.1589066),
    (45291.8, 1.54553491), (45294.7, 0.04454749), (45296.1, 0.3538), (45297.5, 0.09945542), (45299.5, 0.18772827),
]  # fmt: skip
BIDS = [
    (45283.5, 0.1), (45283.4, 1.54582015), (45282.1, 0.1), (45281.0, 0.1), (45280.3, 1.54592586), (45279.0, 0.0799),
    (45277.6, 0.03310103), (45277.5, 0.3), (45277.3, 1.54602737), (45276.6, 0.15445238),
]  # fmt: skip
CHECKSUM = 3310070434
"""Of these levels, as Kraken's documentation has it (guides/spot-ws-book-v2)."""


class Venue:
    """What a ccxt class and a connection of it are to the checks; `handled` is what came through."""

    def __init__(self, mapping):
        self.handled = []
        self.gaps = []
        self.book_numbers = {}
        self.orderbooks = {"BTC/USD": {"asks": [list(row) for row in ASKS], "bids": [list(row) for row in BIDS]}}
        self.markets = {"BTC/USD": {"info": {"pair_decimals": 1}}}
        self.markets_by_id = {
            "BTC_USDT": [{"symbol": "BTC/USDT:USDT", "spot": False}, {"symbol": "BTC/USDT", "spot": True}],
            "BTC-USDT": [{"symbol": "BTC/USDT", "spot": True}],
            "BTCUSDT": [{"symbol": "BTC/USDT", "spot": True}],
        }
        checked_books(self, mapping, self)

    def handle_order_book(self, client, message):
        self.handled.append(message)

    def book_gap(self, symbol):
        self.gaps.append(symbol)

    def take(self, *messages):
        for message in messages:
            self.handle_order_book(self, message)


def bybit(u, kind="delta"):
    return {"topic": "orderbook.50.BTCUSDT", "type": kind, "data": {"s": "BTCUSDT", "b": [], "a": [], "u": u}}


def gate(first, last, **more):
    return {"channel": "spot.obu", "result": {"s": "ob.BTC_USDT.50", "U": first, "u": last, **more}}


def kucoin(first, last):
    return {
        "topic": "/market/level2:BTC-USDT",
        "data": {"symbol": "BTC-USDT", "sequenceStart": first, "sequenceEnd": last},
    }


STREAMS = {
    "bybit": [bybit(7, "snapshot"), bybit(8), bybit(9), bybit(1, "snapshot"), bybit(2), bybit(3)],
    "gate": [gate(None, 7, full=True), gate(8, 8), gate(9, 12), gate(13, 13), gate(None, 40, full=True), gate(41, 41)],
    "kucoin": [kucoin(5, 7), kucoin(8, 8), kucoin(9, 12), kucoin(13, 13), kucoin(13, 14), kucoin(15, 15)],
}


@pytest.mark.parametrize("exchange", STREAMS)
def test_messages_in_their_order_go_through_and_are_no_gap(exchange):
    venue = Venue(load_mapping(exchange))
    venue.take(*STREAMS[exchange])
    assert venue.handled == STREAMS[exchange]
    assert venue.gaps == []


@pytest.mark.parametrize("exchange", STREAMS)
def test_a_message_that_is_missing_is_a_gap_once(exchange):
    venue = Venue(load_mapping(exchange))
    lost = STREAMS[exchange].pop(1)
    try:
        venue.take(*STREAMS[exchange])
    finally:
        STREAMS[exchange].insert(1, lost)
    assert venue.gaps == ["BTC/USDT"]
    assert lost not in venue.handled


@pytest.mark.parametrize("exchange", STREAMS)
def test_of_two_that_changed_places_the_late_one_is_left_out_and_there_is_a_gap(exchange):
    venue = Venue(load_mapping(exchange))
    first, second, third, *_ = STREAMS[exchange]
    venue.take(first, third, second, third)
    assert venue.handled == [first, third]
    assert venue.gaps == ["BTC/USDT"]


def test_books_are_counted_one_by_one_and_anew_on_another_connection():
    venue = Venue(load_mapping("kucoin"))
    other = kucoin(100, 100)
    other["data"]["symbol"] = "ETH-USDT"
    venue.take(kucoin(1, 1), other, kucoin(2, 2))
    venue.book_numbers = {}
    venue.take(kucoin(50, 50))
    assert venue.gaps == []


def test_the_messages_of_a_book_that_is_subscribed_again_count_anew_and_those_of_no_other():
    venue = Venue(load_mapping("kucoin"))
    other = kucoin(100, 100)
    other["data"]["symbol"] = "ETH-USDT"
    venue.markets_by_id["ETH-USDT"] = [{"symbol": "ETH/USDT", "spot": True}]
    venue.take(kucoin(1, 1), other)
    forget_numbers(venue, venue, ("ETH/USDT",))
    assert venue.book_numbers == {"BTC-USDT": 1}


def test_a_message_that_ccxts_class_stumbles_over_is_handed_to_it_once(monkeypatch):
    def stumble(self, client, message):
        self.handled.append(message)
        raise KeyError("symbol")

    monkeypatch.setattr(Venue, "handle_order_book", stumble)
    venue = Venue(load_mapping("kucoin"))
    for message in (kucoin(1, 1), kucoin(2, 2)):
        with pytest.raises(KeyError):
            venue.take(message)
    assert venue.handled == [kucoin(1, 1), kucoin(2, 2)]


def test_a_message_without_numbers_goes_the_classs_way():
    venue = Venue(load_mapping("gate"))
    odd = [{"result": None}, {}, gate(1, "7"), gate(1, None), {"result": [1]}]
    venue.take(gate(1, 1), *odd, gate(2, 2))
    assert venue.handled[1:-1] == odd
    assert venue.gaps == []


@pytest.mark.parametrize("exchange", ["binance", "okx"])
def test_where_ccxts_class_compares_messages_nothing_is_put_in_its_way(exchange):
    assert "handle_order_book" not in vars(Venue(load_mapping(exchange)))


# --- checksums


def told(checksum):
    return {"channel": "book", "data": [{"symbol": "BTC/USD", "checksum": checksum}]}


@pytest.fixture
def kraken(monkeypatch):
    monkeypatch.setattr(book_checks, "_CHECK_S", 0)
    return Venue(KRAKEN)


async def compared(venue, checksum):
    venue.take(told(checksum))
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_checksum_that_was_right_and_is_wrong_is_a_gap(kraken):
    await compared(kraken, CHECKSUM)
    assert kraken.gaps == []
    kraken.orderbooks["BTC/USD"]["bids"][0][1] = 0.2
    await compared(kraken, CHECKSUM)
    assert kraken.gaps == ["BTC/USD"]


async def test_only_the_last_of_several_messages_is_compared(kraken):
    await compared(kraken, CHECKSUM)
    kraken.take(told(1), told(2))
    await compared(kraken, CHECKSUM)
    assert kraken.gaps == []


async def test_a_checksum_that_never_was_right_is_ours_that_is_wrong(kraken):
    for number in range(50):
        await compared(kraken, number)
    await compared(kraken, CHECKSUM)
    await compared(kraken, 1)
    assert kraken.gaps == []


async def test_a_checksum_that_is_wrong_all_the_time_is_given_up(kraken):
    await compared(kraken, CHECKSUM)
    for number in range(50):
        await compared(kraken, number)
    assert kraken.gaps == ["BTC/USD"] * 3


async def test_numbers_that_a_float_cannot_hold_are_not_compared(kraken):
    await compared(kraken, CHECKSUM)
    kraken.orderbooks["BTC/USD"]["bids"][0][1] = 123456789.12345678
    await compared(kraken, 1)
    assert kraken.gaps == []


async def test_a_book_that_was_left_meanwhile_is_not_compared(kraken):
    await compared(kraken, CHECKSUM)
    kraken.take(told(1))
    del kraken.orderbooks["BTC/USD"]
    await asyncio.sleep(0.01)
    assert kraken.gaps == []
