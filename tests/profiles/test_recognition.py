"""Which order is taken for ours where a venue keeps no client order ids, and which never is."""

from decimal import Decimal

import pytest
from hummingbot.core.data_type.order_book_message import OrderBookMessageType

from hummingbot_ccxt.translate.books import diff_message, snapshot_message
from hummingbot_ccxt.venue.recognition import OrderKey, OrderTerms, ended_by_trades, recognised

NOW_MS = 1_790_000_000_000
TERMS = OrderTerms("buy", Decimal("0.1"), Decimal("59995"))
OURS = {"id": "7", "symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.1, "price": 59995.0}
OURS = {**OURS, "timestamp": NOW_MS, "clientOrderId": None}


def key(**changes):
    given = {"symbol": "BTC/USDT", "client_order_id": "HBOT1", "exchange_order_id": None, "created_ms": NOW_MS}
    return OrderKey(**{**given, "terms": TERMS, **changes})


def test_an_order_of_the_same_terms_is_ours():
    assert recognised(key(), [OURS]) == OURS


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"side": "sell"}, id="other side"),
        pytest.param({"amount": 0.2}, id="other amount"),
        pytest.param({"price": 59994.0}, id="other price"),
        pytest.param({"symbol": "ETH/USDT"}, id="other market"),
        pytest.param({"clientOrderId": "HBOT2"}, id="another client order id"),
        pytest.param({"timestamp": NOW_MS - 61_000}, id="more than a minute older"),
    ],
)
def test_an_order_that_differs_is_not_ours(change):
    assert recognised(key(), [{**OURS, **change}]) is None


def test_an_order_that_is_known_as_another_of_ours_is_not_taken_again():
    assert recognised(key(taken=lambda: {"7"}), [OURS]) is None


def test_a_client_order_id_goes_before_terms_and_an_exchange_order_id_excludes_them():
    named = {**OURS, "id": "8", "clientOrderId": "HBOT1", "price": 1.0}
    assert recognised(key(), [OURS, named]) == named
    assert recognised(key(exchange_order_id="9"), [OURS]) is None


def test_of_several_alike_the_oldest_is_ours():
    later = {**OURS, "id": "8", "timestamp": NOW_MS + 5}
    assert recognised(key(), [later, OURS]) == OURS


def test_a_market_order_sized_by_its_cost_is_recognised_without_amount_and_price():
    sized_by_cost = {**OURS, "type": "market", "amount": None, "price": 60011.3}
    assert recognised(key(terms=OrderTerms("buy", Decimal("0.1"), None)), [sized_by_cost]) == sized_by_cost


def test_trades_of_an_unknown_order_are_ours_only_within_our_terms():
    trade = {"side": "buy", "price": 59990.0, "amount": 0.04}
    assert ended_by_trades(key(), "7", [trade, trade]) == {"id": "7", "status": "open", "filled": "0.08"}
    assert ended_by_trades(key(), "7", [trade, {**trade, "price": 59996.0}]) is None
    assert ended_by_trades(key(), "7", [trade, {**trade, "amount": 0.07}]) is None
    assert ended_by_trades(key(), "7", [{**trade, "side": "sell"}]) is None


def test_a_change_before_a_snapshot_is_not_taken_for_a_later_one():
    rows = {"trading_pair": "BTC-USDT", "bids": [[1.0, 2.0]], "asks": [], "timestamp": 5.0}
    change, snapshot = diff_message(update_id=1, **rows), snapshot_message(update_id=2, **rows)
    assert (change.type, snapshot.type) == (OrderBookMessageType.DIFF, OrderBookMessageType.SNAPSHOT)
    assert (change < snapshot, snapshot < change) == (True, False)
