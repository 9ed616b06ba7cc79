"""Books: what becomes a snapshot or a diff, and what never reaches a book."""

import copy
from decimal import Decimal

import pytest
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from hummingbot.core.data_type.order_book_row import OrderBookRow
from hypothesis import given
from hypothesis import strategies as st

from hummingbot_ccxt.translate.books import diff_message, snapshot_message
from hummingbot_ccxt.translate.values import BadVenueData


class KeepsDigits(float):
    """A subclass of float."""


def message(build=snapshot_message, bids=(("100", "1"),), asks=(("101", "2"),), update_id=7):
    return build(trading_pair="BTC-USDT", bids=list(bids), asks=list(asks), update_id=update_id, timestamp=1700000000.5)


def test_a_snapshot_is_a_message_that_hummingbot_reads():
    snapshot = message()
    assert isinstance(snapshot, OrderBookMessage)
    assert snapshot.type is OrderBookMessageType.SNAPSHOT
    assert (snapshot.trading_pair, snapshot.update_id, snapshot.timestamp) == ("BTC-USDT", 7, 1700000000.5)
    assert snapshot.bids == [OrderBookRow(100.0, 1.0, 7)]
    assert snapshot.asks == [OrderBookRow(101.0, 2.0, 7)]


def test_a_diff_is_a_message_that_hummingbot_reads():
    diff = message(diff_message, bids=[("100", "0")], asks=[])
    assert diff.type is OrderBookMessageType.DIFF
    assert (diff.update_id, diff.first_update_id, diff.trade_id) == (7, 7, -1)
    assert (diff.bids, diff.asks) == ([OrderBookRow(100.0, 0.0, 7)], [])


@pytest.mark.parametrize("build", [snapshot_message, diff_message])
def test_hummingbots_own_reading_of_the_content_gives_the_same_rows(build):
    ours = message(build, bids=[("100", "1"), ("99.5", "3")])
    plain = OrderBookMessage(ours.type, ours.content, ours.timestamp)
    assert (plain.bids, plain.asks) == (ours.bids, ours.asks)


def test_hummingbots_book_takes_both():
    book = OrderBook()
    snapshot = message(bids=[("100", "1"), ("99", "5")], asks=[("101", "2"), ("102", "6")])
    book.apply_snapshot(snapshot.bids, snapshot.asks, snapshot.update_id)
    diff = message(diff_message, bids=[("100", "0")], asks=[("100.5", "4")], update_id=8)
    book.apply_diffs(diff.bids, diff.asks, diff.update_id)
    assert [(row.price, row.amount) for row in book.bid_entries()] == [(99.0, 5.0)]
    assert [(row.price, row.amount) for row in book.ask_entries()] == [(100.5, 4.0), (101.0, 2.0), (102.0, 6.0)]
    assert (book.snapshot_uid, book.last_diff_uid) == (7, 8)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["100", "1"], id="texts"),
        pytest.param([100.0, 1.0], id="floats"),
        pytest.param([100, 1], id="integers"),
        pytest.param((100, "1"), id="a tuple"),
        pytest.param([Decimal(100), Decimal(1)], id="Decimals"),
        pytest.param([KeepsDigits(100), KeepsDigits(1)], id="floats that keep their digits"),
        pytest.param([100.0, 1.0, 1762820233], id="a third number (kraken, kucoin, okx)"),
        pytest.param(["100", "1", ["x", None]], id="a third element that is a list (bitget)"),
    ],
)
def test_a_row_is_price_amount_and_whatever_else(row):
    assert message(bids=[row]).bids == [OrderBookRow(100.0, 1.0, 7)]


@pytest.mark.parametrize(
    "row",
    [
        [None, "1"], ["100", None], ["nan", "1"], ["100", "nan"], [float("nan"), 1], [float("inf"), 1],
        [100, float("inf")], ["-1", "1"], ["0", "1"], ["0", "0"], ["100", "-1"], [], ["100"], None, "12", 5, {},
        {0: 1, 1: 2}, [[], 1], [True, 1], [100, True], ["x", "1"], [10**400, 1], [1j, 1],
    ],
    ids=lambda row: repr(row)[:20],
)  # fmt: skip
@pytest.mark.parametrize("build", [snapshot_message, diff_message])
@pytest.mark.parametrize("side", ["bids", "asks"])
def test_a_row_that_is_no_level_refuses_the_whole_message(build, side, row):
    with pytest.raises(BadVenueData) as caught:
        message(build, **{side: [["100.5", "1"], row]})
    assert (caught.value.structure, caught.value.field) == ("book", side)


@pytest.mark.parametrize("rows", [None, 5, "12", {"100": "1"}, {("100", "1")}, iter([["100", "1"]])])
def test_a_side_that_is_no_list_is_refused(rows):
    with pytest.raises(BadVenueData, match=r"book\.asks"):
        snapshot_message(trading_pair="BTC-USDT", bids=[], asks=rows, update_id=1, timestamp=1.0)


def test_a_snapshot_leaves_out_rows_without_an_amount():
    assert message(bids=[("100", "0"), ("99", "1")]).bids == [OrderBookRow(99.0, 1.0, 7)]


def test_an_empty_book_is_a_book():
    empty = message(bids=[], asks=[])
    assert (empty.bids, empty.asks) == ([], [])


@pytest.mark.parametrize("build", [snapshot_message, diff_message])
@pytest.mark.parametrize("ask", ["100", "99"], ids=["locked", "crossed"])
def test_a_book_that_crosses_is_refused(build, ask):
    with pytest.raises(BadVenueData, match=r"book\.bids crosses the asks"):
        message(build, bids=[("98", "1"), ("100", "1")], asks=[("103", "1"), (ask, "1")])


def test_levels_that_go_away_do_not_cross():
    diff = message(diff_message, bids=[("101", "0"), ("99", "1")], asks=[("100", "1"), ("98", "0")])
    assert diff.bids == [OrderBookRow(101.0, 0.0, 7), OrderBookRow(99.0, 1.0, 7)]


def test_of_the_rows_of_one_price_the_last_one_counts():
    diff = message(diff_message, bids=[("101", "5"), ("101", "0")], asks=[("100", "1")])
    assert [row.amount for row in diff.bids] == [5.0, 0.0]


@pytest.mark.parametrize("update_id", [None, "7", 7.0, True, -1, 2**63])
def test_an_update_id_that_hummingbot_cannot_hold_is_refused(update_id):
    with pytest.raises(BadVenueData, match=r"book\.nonce"):
        message(update_id=update_id)


def test_the_input_stays_as_it_is():
    bids, asks = [["100", "1"], ["99", "0"]], [["101", "2", "x"]]
    before = copy.deepcopy((bids, asks))
    snapshot_message(trading_pair="BTC-USDT", bids=bids, asks=asks, update_id=1, timestamp=1.0)
    assert (bids, asks) == before


def test_a_message_does_not_change_with_the_live_book_it_came_from():
    bids = [["100", "1"]]
    snapshot = snapshot_message(trading_pair="BTC-USDT", bids=bids, asks=[], update_id=1, timestamp=1.0)
    bids[0][1] = "9"
    bids.append(["1", "1"])
    assert snapshot.bids == [OrderBookRow(100.0, 1.0, 1)]


def test_every_recorded_diff_of_binance_passes(frames):
    """265 frames of four markets: the checks refuse nothing that a real venue sends."""
    passed = 0
    for frame in frames("binance/binance"):
        body = frame["body"]
        body = body.get("data", body) if isinstance(body, dict) else {}
        if body.get("e") == "depthUpdate":
            diff = diff_message(
                trading_pair="A-B", bids=body["b"], asks=body["a"], update_id=body["u"], timestamp=frame["t"]
            )
            assert len(diff.bids) == len(body["b"])
            assert [str(row.price) for row in diff.asks] == [str(float(row[0])) for row in body["a"]]
            passed += 1
        elif "lastUpdateId" in body:
            snapshot = snapshot_message(
                trading_pair="A-B",
                bids=body["bids"],
                asks=body["asks"],
                update_id=body["lastUpdateId"],
                timestamp=frame["t"],
            )
            assert snapshot.bids[0].price < snapshot.asks[0].price
            passed += 1
    assert passed > 100


numbers = st.one_of(st.floats(), st.integers(-5, 5), st.text(max_size=3), st.none(), st.booleans(), st.just("1"))
rows = st.lists(
    st.one_of(st.lists(numbers, max_size=4), st.tuples(st.integers(1, 9), st.integers(0, 9)), numbers), max_size=6
)


@given(bids=rows, asks=rows, build=st.sampled_from([snapshot_message, diff_message]))
def test_no_broken_or_crossed_level_ever_reaches_a_book(bids, asks, build):
    before = copy.deepcopy((bids, asks))
    refused = made = None
    try:
        made = build(trading_pair="BTC-USDT", bids=bids, asks=asks, update_id=1, timestamp=1.0)
    except BadVenueData as error:
        refused = error
    if made is None:
        assert (refused.structure, refused.field) in {("book", "bids"), ("book", "asks")}
    else:
        book = OrderBook()
        book.apply_diffs(made.bids, made.asks, 1)
        best_bid = max((row.price for row in book.bid_entries()), default=0.0)
        best_ask = min((row.price for row in book.ask_entries()), default=float("inf"))
        assert best_bid < best_ask
        for row in [*made.bids, *made.asks]:
            assert 0 < row.price < float("inf")
            assert 0 <= row.amount < float("inf")
    assert repr((bids, asks)) == repr(before)
