"""Spoilt structures through the running connector: each is skipped with a log line, and the next good one arrives.

Trades and books have theirs beside the order book data source; the pure translators are spoilt far more widely in
tests/translate/test_bad_input.py.
"""

import asyncio
import copy
import logging
import re
import time
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import OrderState

SYMBOL, PAIR, CLIENT_ORDER_ID = "BTC/USDT", "BTC-USDT", "HBOT-1"
ABSENT = object()
SPOILT = [ABSENT, None, float("nan"), float("inf"), -1, "text", "", [], {}, True, 10**400, object()]

NOW_MS = int(time.time() * 1000)
ORDER = {
    "id": "7", "clientOrderId": CLIENT_ORDER_ID, "symbol": SYMBOL, "status": "open", "side": "buy", "type": "limit",
    "price": 50000.0, "amount": 2.0, "filled": 0.0, "remaining": 2.0, "cost": 0.0, "average": None,
    "timestamp": NOW_MS, "lastUpdateTimestamp": NOW_MS, "info": {"X": "NEW"},
}  # fmt: skip
FILL = {
    "id": "11", "order": "7", "symbol": SYMBOL, "side": "buy", "price": 50000.0, "amount": 0.5, "cost": 25000.0,
    "timestamp": NOW_MS, "takerOrMaker": "maker", "fee": {"cost": 0.0005, "currency": "BTC"}, "info": {},
}  # fmt: skip
BALANCE = {"BTC": {"free": 1.0, "used": 0.5, "total": 1.5}, "info": {}}


def spoilt(structure):
    """Each field of a good structure, with each value that it must not have."""
    for field in structure:
        for value in SPOILT:
            bad = copy.deepcopy(structure)
            if value is ABSENT:
                del bad[field]
            else:
                bad[field] = value
            yield field, value, bad


def messages(caplog, level):
    return [r.getMessage() for r in caplog.records if r.levelno >= level and r.name.startswith("hummingbot_ccxt")]


@pytest.fixture
async def trading(exchange, running):
    """A connector with one open order whose user stream listener runs."""
    exchange.start_tracking_order(
        CLIENT_ORDER_ID, "7", PAIR, TradeType.BUY, Decimal(50000), Decimal(2), OrderType.LIMIT
    )
    source = exchange._user_stream_tracker.data_source
    source._output = exchange._user_stream_tracker.user_stream
    source._kinds = frozenset(source.streamed_kinds())  # as when it listens
    running(exchange._user_stream_event_listener())
    return exchange


@pytest.fixture
def taken(trading, until):
    """Returns, when awaited, once the listener has taken all that was put on its queue."""

    async def wait():
        await until(trading._user_stream_tracker.user_stream.empty, "an empty queue")
        for _ in range(5):  # the tracker works some turns later
            await asyncio.sleep(0)

    return wait


def assert_each_defect_told_once(caplog, structure):
    """The first of a kind is told, naming exchange, structure and field; the like of it is counted, not told."""
    told = [text for text in messages(caplog, logging.WARNING) if "skipped" in text]
    kinds = [re.search(r": ([a-z_]+(?:\.\w+)+) ", text.split("skipped", 1)[1]).group(1) for text in told]
    assert told
    assert all(text.startswith("ccxt_binance: skipped ") for text in told)
    assert all(kind.startswith(structure) for kind in kinds)
    first_told = [text for text in told if "(seen 1 times)" in text]
    assert len({kind for kind, text in zip(kinds, told, strict=True) if text in first_told}) == len(first_told)


async def test_spoilt_order_updates_leave_the_order_as_it_is_and_the_next_one_arrives(trading, taken, caplog):
    order = trading.in_flight_orders[CLIENT_ORDER_ID]
    for field, _, bad in spoilt({k: v for k, v in ORDER.items() if k in ("filled", "status", "lastUpdateTimestamp")}):
        trading.on_order({**ORDER, field: bad[field]} if field in bad else {k: ORDER[k] for k in ORDER if k != field})
    await taken()
    assert order.executed_amount_base == 0
    assert order.current_state in (OrderState.PENDING_CREATE, OrderState.OPEN)
    trading.on_order({**ORDER, "status": "canceled", "info": {"X": "CANCELED"}})
    await taken()
    assert order.current_state is OrderState.CANCELED
    assert_each_defect_told_once(caplog, "order.")
    assert not messages(caplog, logging.CRITICAL)


async def test_a_status_that_nobody_knows_leaves_the_order_as_it_is_and_is_told_loudly_once(trading, taken, caplog):
    order = trading.in_flight_orders[CLIENT_ORDER_ID]
    for _ in range(3):
        trading.on_order({**ORDER, "status": "vanished", "info": {"X": "VANISHED"}})
    await taken()
    assert order.is_open
    told = [text for text in messages(caplog, logging.ERROR) if "'vanished'" in text]
    assert len(told) == 1
    assert "ccxt_binance" in told[0]
    assert CLIENT_ORDER_ID in told[0]


async def test_spoilt_fills_book_nothing_wrong_and_the_next_one_arrives(trading, taken, caplog):
    order = trading.in_flight_orders[CLIENT_ORDER_ID]
    for field, value, bad in spoilt({k: FILL[k] for k in ("id", "price", "amount", "timestamp")}):
        bad = {**{k: v for k, v in FILL.items() if k != field}, **bad}
        if (field, value) in (("price", True), ("id", -1)):
            continue
        trading.on_fill(bad)
    await taken()
    sound = {(u.fill_price, u.fill_base_amount) for u in order.order_fills.values()}
    assert sound <= {(Decimal("50000.0"), Decimal("0.5"))}  # one whose id is a text of its own is a fill all the same
    booked = len(order.order_fills)
    trading.on_fill({**FILL, "id": "12", "amount": 0.25})
    await taken()
    assert len(order.order_fills) == booked + 1
    assert order.order_fills["12"].fill_base_amount == Decimal("0.25")
    assert_each_defect_told_once(caplog, "trade")


async def test_a_fill_whose_fee_is_unreadable_is_booked_without_it(trading, taken, caplog):
    trading.on_fill({**FILL, "fee": {"cost": "much", "currency": "BTC"}, "fees": []})
    await taken()
    (fill,) = trading.in_flight_orders[CLIENT_ORDER_ID].order_fills.values()
    assert (fill.fill_base_amount, fill.fee.flat_fees) == (Decimal("0.5"), [])
    told = [text for text in messages(caplog, logging.WARNING) if "skipped" in text]
    assert len(told) == 1
    assert told[0].startswith(f"ccxt_binance: skipped the fee of a fill of {CLIENT_ORDER_ID}")


async def test_spoilt_balances_are_asked_for_again_and_the_next_ones_arrive(trading, taken, until, sandbox, caplog):
    for _, _, bad in spoilt(BALANCE["BTC"]):
        trading.on_balance({"BTC": bad, "info": {}})
    for value in SPOILT[1:]:
        trading.on_balance({"BTC": value, "info": {}})
    await taken()
    await until(lambda: sandbox.request_log.of("account"), "a request for what the stream did not tell")
    assert all(amount.is_finite() and amount >= 0 for amount in trading.get_all_balances().values())
    trading.on_balance({"BTC": {"free": 2.25, "used": 0.5, "total": 2.75}, "info": {}})
    await taken()
    assert (trading.get_all_balances()["BTC"], trading._account_available_balances["BTC"]) == (
        Decimal("2.75"),
        Decimal("2.25"),
    )
    assert_each_defect_told_once(caplog, "balance")


async def test_a_spoilt_market_costs_its_own_rule_only_and_is_told_with_its_field(exchange, caplog):
    markets = exchange._venue.client.markets
    good = markets[SYMBOL]
    for field in ("precision", "limits", "base", "quote"):
        for value in (None, "text", [], 5, {"price": float("nan"), "amount": -1}):
            caplog.clear()
            rules = await exchange._format_trading_rules(
                {"ETH/USDT": markets["ETH/USDT"], SYMBOL: {**good, field: value}}
            )
            assert "ETH-USDT" in [rule.trading_pair for rule in rules]
            for rule in rules:
                assert rule.min_price_increment > 0
                assert rule.min_base_amount_increment > 0
                assert rule.min_order_size >= 0
            if len(rules) == 1:
                told = messages(caplog, logging.ERROR)
                assert len(told) <= 1
                assert all("ccxt_binance" in text and "market" in text and field in text for text in told)


@pytest.mark.parametrize("last", [None, "text", float("nan"), -5, [], {}])
async def test_a_spoilt_ticker_gives_no_price(exchange, last, caplog):
    ticker = {"symbol": SYMBOL, "last": last, "close": last, "bid": None, "ask": None}
    assert exchange._orderbook_ds._price(ticker, PAIR) is None
    told = messages(caplog, logging.WARNING)
    assert all(text.startswith("ccxt_binance: skipped the ticker of BTC-USDT: ticker.") for text in told)
    assert len(told) == (0 if last is None else 1)
