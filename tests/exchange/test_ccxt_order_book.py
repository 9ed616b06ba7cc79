"""The messages of an order book. Checklist: `snapshot_message_from_exchange` and the like."""

import pytest
from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_message import OrderBookMessageType

from hummingbot_ccxt.exchange.ccxt_order_book import CcxtOrderBook
from hummingbot_ccxt.translate.values import BadVenueData

METADATA = {"trading_pair": "COINALPHA-HBOT", "update_id": 7}


def levels(rows):
    return [(row.price, row.amount, row.update_id) for row in rows]


def test_snapshot_message_from_exchange():
    message = CcxtOrderBook.snapshot_message_from_exchange(
        msg={"bids": [[4.0, 431.0]], "asks": [[4.000002, 12.0]], "nonce": None},
        timestamp=1640000000.0,
        metadata=METADATA,
    )
    assert message.type is OrderBookMessageType.SNAPSHOT
    assert (message.trading_pair, message.update_id, message.timestamp) == ("COINALPHA-HBOT", 7, 1640000000.0)
    assert levels(message.bids) == [(4.0, 431.0, 7)]
    assert levels(message.asks) == [(4.000002, 12.0, 7)]
    assert message.trade_id == -1


def test_diff_message_from_exchange():
    message = CcxtOrderBook.diff_message_from_exchange(
        msg={"bids": [[0.0024, 10.0]], "asks": [[0.0026, 0.0]]}, timestamp=1640000000.0, metadata=METADATA
    )
    assert message.type is OrderBookMessageType.DIFF
    assert (message.trading_pair, message.update_id, message.timestamp) == ("COINALPHA-HBOT", 7, 1640000000.0)
    assert levels(message.bids) == [(0.0024, 10.0, 7)]
    assert levels(message.asks) == [(0.0026, 0.0, 7)]  # gone


def test_trade_message_from_exchange():
    trade = {"id": "12345", "timestamp": 1640000001500, "price": "0.001", "amount": "1", "side": "sell"}
    message = CcxtOrderBook.trade_message_from_exchange(msg=trade, metadata=METADATA)
    assert message.type is OrderBookMessageType.TRADE
    assert (message.trading_pair, message.trade_id, message.timestamp) == ("COINALPHA-HBOT", "12345", 1640000001.5)
    assert message.content["trade_type"] == float(TradeType.SELL.value)
    assert (float(message.content["price"]), float(message.content["amount"])) == (0.001, 1.0)


def test_a_book_takes_its_own_messages():
    book = CcxtOrderBook()
    assert isinstance(book, OrderBook)
    snapshot = CcxtOrderBook.snapshot_message_from_exchange(
        {"bids": [[4.0, 1.0], [3.0, 2.0]], "asks": [[5.0, 3.0]]}, 1.0, {**METADATA, "update_id": 1}
    )
    book.apply_snapshot(snapshot.bids, snapshot.asks, snapshot.update_id)
    change = CcxtOrderBook.diff_message_from_exchange(
        {"bids": [[4.0, 0.0], [3.5, 1.0]], "asks": []}, 2.0, {**METADATA, "update_id": 2}
    )
    book.apply_diffs(change.bids, change.asks, change.update_id)
    assert [(row.price, row.amount) for row in book.bid_entries()] == [(3.5, 1.0), (3.0, 2.0)]
    assert [(row.price, row.amount) for row in book.ask_entries()] == [(5.0, 3.0)]


@pytest.mark.parametrize("row", [[None, 1.0], [1.0], ["x", 1.0], [1.0, float("nan")], [-1.0, 1.0]])
def test_a_level_that_is_none_is_refused(row):
    with pytest.raises(BadVenueData) as caught:
        CcxtOrderBook.snapshot_message_from_exchange({"bids": [row], "asks": []}, 1.0, METADATA)
    assert (caught.value.structure, caught.value.field) == ("book", "bids")
