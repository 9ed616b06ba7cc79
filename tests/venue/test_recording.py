"""What is stored is reported: each item of a cache, each changed level of a book; ccxt's own behaviour stays."""

import json
import random

import pytest
from ccxt.async_support.base.ws.cache import ArrayCache, ArrayCacheBySymbolById
from ccxt.async_support.base.ws.order_book import CountedOrderBook, IndexedOrderBook, OrderBook

from hummingbot_ccxt.venue.recording import recording, recording_book, take_changes, whole_book

SNAPSHOT = {"bids": [[100, 1], [99, 2]], "asks": [[101, 3], [102, 4]], "timestamp": 1700000000000}


def test_each_appended_item_is_reported_also_where_the_cache_merges_it():
    seen = []
    cache = recording(ArrayCacheBySymbolById(1000), seen.append)
    cache.append({"id": "1", "symbol": "BTC/USDT", "filled": 0.0})
    cache.append({"id": "1", "symbol": "BTC/USDT", "filled": 0.5})
    assert [item["filled"] for item in seen] == [0.0, 0.5]
    assert len(cache) == 1  # ccxt's own view: the update before is gone


def test_a_reported_item_is_a_copy_that_later_updates_do_not_change():
    seen = []
    cache = recording(ArrayCacheBySymbolById(1000), seen.append)
    cache.append({"id": "1", "symbol": "BTC/USDT", "filled": 0.0})
    cache.append({"id": "1", "symbol": "BTC/USDT", "filled": 0.5})
    assert seen[0]["filled"] == 0.0


def test_what_a_handler_put_into_a_cache_before_storing_it_is_reported_too():
    seen = []
    store = recording({}, seen.append)
    cache = ArrayCache(1000)
    cache.append({"id": "1"})  # as ccxt's binance class does with the first trade of a symbol
    store["BTC/USDT"] = cache
    cache.append({"id": "2"})
    store["BTC/USDT"] = cache  # stored again with each message
    assert [item["id"] for item in seen] == ["1", "2"]


def test_a_cache_that_drops_its_oldest_items_has_reported_them():
    seen = []
    cache = recording(ArrayCache(10), seen.append)
    for number in range(1000):
        cache.append({"id": str(number)})
    assert [item["id"] for item in seen] == [str(number) for number in range(1000)]
    assert len(cache) == 10


def test_ccxts_own_count_of_new_items_is_undisturbed():
    plain, recorder = ArrayCache(100), recording(ArrayCache(100), lambda item: None)
    for cache in (plain, recorder):
        cache.append({"symbol": "BTC/USDT"})
        cache.getLimit("BTC/USDT", None)
        cache.append({"symbol": "BTC/USDT"})
    assert recorder.getLimit("BTC/USDT", None) == plain.getLimit("BTC/USDT", None)


# --- books


def test_the_first_taking_is_the_whole_book_and_the_next_the_changed_levels_only():
    book = recording_book(OrderBook(SNAPSHOT))
    first = take_changes(book)
    assert (first.snapshot, first.bids, first.asks) == (True, {100: 1, 99: 2}, {101: 3, 102: 4})
    assert take_changes(book) is None
    book["bids"].store(100, 0)
    book["asks"].store(101.5, 7)
    second = take_changes(book)
    assert (second.snapshot, second.bids, second.asks) == (False, {100: 0}, {101.5: 7})


def test_changes_are_copies_while_ccxts_own_book_goes_on_changing():
    book = recording_book(OrderBook(SNAPSHOT))
    held = take_changes(book)
    book["bids"].store(100, 55)
    book["bids"].limit()
    assert held.bids == {100: 1, 99: 2}
    assert book["bids"][0] == [100, 55]  # the live row, in the very list that watch_order_book hands out


def test_a_reset_book_is_taken_whole():
    book = recording_book(OrderBook(SNAPSHOT))
    take_changes(book)
    book["bids"].store(98, 1)
    book.reset({"bids": [[97, 1]], "asks": [[103, 1]]})
    change = take_changes(book)
    assert (change.snapshot, change.bids, change.asks) == (True, {97: 1}, {103: 1})


def test_a_side_that_is_replaced_is_taken_whole_and_recorded_further():
    book = recording_book(OrderBook(SNAPSHOT))
    take_changes(book)
    book["bids"] = OrderBook({"bids": [[50, 1]]})["bids"]
    assert take_changes(book).snapshot
    book["bids"].store(51, 2)
    assert take_changes(book).bids == {51: 2}


def test_a_level_that_a_limit_cuts_off_is_told_as_gone():
    book = recording_book(OrderBook(SNAPSHOT, 2))
    take_changes(book)
    book["bids"].store(100.5, 9)
    book["bids"].limit()
    change = take_changes(book)
    assert change.bids == {99: 0, 100.5: 9}


def test_rows_with_a_third_number_become_price_and_amount():
    book = recording_book(CountedOrderBook({"bids": [[100, 1, 5]], "asks": [[101, 2, 7]]}))
    assert take_changes(book).bids == {100: 1}
    book["bids"].storeArray([100, 3, 6])
    assert take_changes(book).bids == {100: 3}


def test_rows_may_keep_anything_behind_price_and_amount():
    """Bitget's class keeps each row as it came there, to work out checksums (ccxt 4.5.90, pro/bitget.py :985)."""
    book = recording_book(CountedOrderBook())
    book["bids"].storeArray([100.0, 1.0, ["100", "1"]])
    book["bids"].storeArray([100.0, 0.0, ["100", "0"]])
    book["asks"].storeArray([101.0, 2.0, ["101", "2"]])

    assert list(book["asks"]) == [[101.0, 2.0, ["101", "2"]]]
    assert book["bids"].taken() == {100.0: 0.0}
    assert book["asks"].taken() == {101.0: 2.0}


def test_orders_of_one_price_in_an_indexed_book_are_summed():
    book = recording_book(IndexedOrderBook({"bids": [[100, 1, "a"], [100, 2, "b"]], "asks": []}))
    assert take_changes(book).bids == {100: 3}
    book["bids"].storeArray([100, 0, "a"])
    assert take_changes(book).bids == {100: 2}


def test_a_book_without_nonce_and_timestamp_is_taken_all_the_same():
    book = recording_book(OrderBook({"bids": [[100, 1]], "asks": [[101, 1]]}))
    change = take_changes(book)
    assert change.timestamp_ms is None
    assert change.bids == {100: 1}


@pytest.mark.parametrize(("kind", "depth"), [(OrderBook, None), (OrderBook, 8), (CountedOrderBook, 5)])
def test_following_the_changes_always_gives_ccxts_own_book(kind, depth):
    chance = random.Random(7)
    book = recording_book(kind({}, depth))
    followed = {"bids": {}, "asks": {}}
    for _ in range(500):
        for _ in range(chance.randrange(1, 6)):
            side, offset = chance.choice((("bids", 0), ("asks", 50)))
            price, amount = offset + chance.randrange(40), chance.choice((0, 0, chance.random()))
            book[side].storeArray([price, amount, 1] if kind is CountedOrderBook else [price, amount])
        book.limit()
        change = take_changes(book)
        for side in ("bids", "asks"):
            if change is None:
                continue
            if change.snapshot:
                followed[side].clear()
            followed[side].update(getattr(change, side))
            followed[side] = {price: amount for price, amount in followed[side].items() if amount}
        whole = whole_book(book)
        assert followed == {"bids": whole.bids, "asks": whole.asks}


@pytest.mark.parametrize(("kind", "third"), [(OrderBook, None), (CountedOrderBook, "count"), (IndexedOrderBook, "id")])
def test_whatever_is_stored_ccxts_classes_read_what_their_own_book_would_hold(kind, third):
    chance = random.Random(11)
    own, recorder = kind({}, 12), recording_book(kind({}, 12))
    for _ in range(3000):
        price, amount = float(chance.randrange(40)), chance.choice((0, 0.0, None, 1.0, chance.random()))
        extra = {"count": [chance.randrange(3)], "id": [chance.choice("abcdefghijklmnop")]}.get(third or "", [])
        for book in (own, recorder):
            side = book["bids" if amount == 1.0 else "asks"]
            if third:
                side.storeArray([price, amount, *extra])
            elif price % 2:
                side.store(price, amount)
            else:
                side.storeArray([price, amount, 7])  # a third number that nobody asked for, as kucoin's
            if price == 3:
                side.limit()
        assert recorder == own
        assert [recorder[name]._index for name in ("bids", "asks")] == [own[name]._index for name in ("bids", "asks")]


def stored_like(chance, side, how, price, amount):
    """Store one level in one of the ways that ccxt's classes do."""
    if how == "store":
        side.store(price, amount)
    elif how == "array":
        side.storeArray([price, amount])
    elif how == "third":
        side.storeArray([price, amount, chance])
    elif hasattr(side, "store_rows"):
        side.store_rows([[str(price), str(amount), str(chance)]], with_third=how == "rows with a third")
    else:
        side.storeArray([price, amount, chance] if how == "rows with a third" else [price, amount])


@pytest.mark.parametrize("seed", range(8))
def test_a_side_that_is_seldom_read_holds_what_ccxts_own_would(seed):
    chance = random.Random(seed)
    own, recorder = OrderBook({}, 60), recording_book(OrderBook({}, 60))
    followed = {"bids": {}, "asks": {}}
    ways = ("store", "array", "rows", "rows with a third", "third") if seed % 2 else ("store", "array", "rows")
    for _ in range(300):
        for _ in range(chance.randrange(40)):
            name, how = chance.choice(("bids", "asks")), chance.choice(ways)
            price, amount = float(chance.randrange(200 if seed % 3 else 40)), chance.choice((0.0, 1.5, chance.random()))
            number = chance.randrange(5)
            for book in (own, recorder):
                stored_like(number, book[name], how, price, amount)
        if chance.random() < 0.1:
            for book in (own, recorder):
                book.limit()
        if chance.random() < 0.05:
            for book in (own, recorder):
                book.reset({"bids": [[7.0, 1.0], [6.0, 2.0]], "asks": [[8.0, 1.0]]})
        if chance.random() < 0.5 and (change := take_changes(recorder)) is not None:
            for name in followed:
                before = {} if change.snapshot else followed[name]
                followed[name] = {p: a for p, a in {**before, **getattr(change, name)}.items() if a}
            assert followed == {name: {row[0]: row[1] for row in own[name]} for name in followed}
        if chance.random() < 0.2:
            assert recorder == own
            assert [recorder[name]._index for name in followed] == [own[name]._index for name in followed]


READS = {
    "len": len,
    "iteration": lambda side: [list(row) for row in side],
    "first": lambda side: side[0],
    "slice": lambda side: side[:3],
    "list": list,
    "tuple": tuple,
    "sorted": sorted,
    "unpacked": lambda side: [*side],
    "added": lambda side: side + [[1.0, 1.0]],  # noqa: RUF005 -- another method than unpacking
    "reversed": lambda side: list(reversed(side)),
    "contains": lambda side: [100.5, 9.0] in side,
    "index": lambda side: side.index([100.5, 9.0]),
    "copy": lambda side: list(side.copy()),
    "equal": lambda side: side == [[100.5, 9.0], [100, 1], [99, 2]],
    "unequal": lambda side: side != [[100.5, 9.0], [100, 1], [99, 2]],
    "text": repr,
    "truth": bool,
    "pop": lambda side: (side.pop(), side._index.pop(), list(side)),
    "delete": lambda side: (side.__delitem__(0), side._index.__delitem__(0), list(side)),
    "keys": lambda side: side._index,
    "json": json.dumps,
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_however_a_side_is_read_it_holds_what_was_stored(read):
    own, recorder = OrderBook(SNAPSHOT), recording_book(OrderBook(SNAPSHOT))
    for book in (own, recorder):
        book["bids"].store(100.5, 9.0)
    assert read(recorder["bids"]) == read(own["bids"])


def test_levels_of_a_cleared_side_are_gone_for_whoever_follows():
    book = recording_book(OrderBook(SNAPSHOT))
    take_changes(book)
    book["bids"].store(98.0, 1.0)
    book["bids"]._index.clear()
    book["bids"].clear()
    book["bids"].store(97.0, 3.0)
    assert take_changes(book).bids == {100: 0, 99: 0, 98.0: 0, 97.0: 3.0}
    assert list(book["bids"]) == [[97.0, 3.0]]
