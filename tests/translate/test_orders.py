"""Orders: their state, and the update that Hummingbot gets."""

import copy
from decimal import Decimal

import pytest
from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping, load_mapping
from hummingbot_ccxt.translate.orders import filled_amount, order_state, order_update
from hummingbot_ccxt.translate.values import BadVenueData

MMP = ExchangeMapping(order_states={"mmp_canceled": OrderState.CANCELED, "7": OrderState.OPEN})


def an_order(**changes):
    """An order as ccxt parses it from Binance's executionReport, shortened."""
    order = {
        "info": {"X": "NEW"},
        "id": "12345678",
        "clientOrderId": "x-TD67BGP9-T0000000000000",
        "symbol": "ETH/USDT",
        "status": "open",
        "amount": "1.00000000",
        "filled": "0.00000000",
        "remaining": "1.00000000",
        "timestamp": 1709654400000,
        "lastTradeTimestamp": None,
        "lastUpdateTimestamp": None,
    }
    return {**order, **changes}


# --- the state ---


@pytest.mark.parametrize(
    ("recording", "state"),
    [
        ("execution_report_new", OrderState.OPEN),
        ("execution_report_trade", OrderState.FILLED),
        ("execution_report_canceled", OrderState.CANCELED),
        ("execution_report_expired", OrderState.CANCELED),
        ("execution_report_stop_loss", OrderState.OPEN),
    ],
)
def test_the_state_of_binances_execution_reports(binance, private, recording, state):
    order = binance.parse_ws_order(private("binance", recording))
    assert order_state(order, load_mapping("binance")) is state


@pytest.mark.parametrize(
    ("recording", "state"),
    [
        ("order_response", OrderState.OPEN),
        ("new_order_full_response", OrderState.FILLED),
        ("cancel_order_response", OrderState.CANCELED),
    ],
)
def test_the_state_of_binances_rest_answers(binance, private, recording, state):
    order = binance.parse_order(private("binance", recording))
    assert order_state(order, load_mapping("binance")) is state


@pytest.mark.parametrize(
    ("status", "filled", "state"),
    [
        ("open", "0", OrderState.OPEN),
        ("open", None, OrderState.OPEN),
        ("open", "0.4", OrderState.PARTIALLY_FILLED),
        ("closed", "1", OrderState.FILLED),
        ("closed", "0", OrderState.FILLED),
        ("canceled", "0.4", OrderState.CANCELED),
        ("canceling", "0.4", OrderState.PENDING_CANCEL),
        ("expired", "0", OrderState.CANCELED),
        ("expired", "0.4", OrderState.CANCELED),
        ("rejected", "0", OrderState.FAILED),
        pytest.param("rejected", "50", OrderState.CANCELED, id="rejected after fills, as bybit does"),
    ],
)
def test_the_state_of_a_unified_status(status, filled, state):
    assert order_state(an_order(status=status, filled=filled, amount="100", remaining=None)) is state


def test_every_unified_status_of_ccxts_manual_has_a_state():
    for status in ("open", "closed", "canceled", "canceling", "expired", "rejected"):
        assert order_state(an_order(status=status)) is not None


@pytest.mark.parametrize("status", [None, "", "PENDING_NEW", "mmp_canceled", "ok", "Open"])
def test_an_unknown_status_is_no_state(status):
    assert order_state(an_order(status=status)) is None


@pytest.mark.parametrize("status", [1.5, [], {}, True])
def test_a_status_that_is_no_text_is_refused(status):
    with pytest.raises(BadVenueData, match=r"order\.status"):
        order_state(an_order(status=status))


@pytest.mark.parametrize(
    ("info", "state"),
    [
        pytest.param({"state": "mmp_canceled"}, OrderState.CANCELED, id="the venue's own word"),
        pytest.param({"status": 7}, OrderState.OPEN, id="a number as status"),
        pytest.param({"X": "?", "state": "mmp_canceled"}, OrderState.CANCELED, id="the first field that is known"),
    ],
)
def test_the_mappings_raw_status_goes_first(info, state):
    assert order_state(an_order(info=info, status="closed"), MMP) is state


@pytest.mark.parametrize(
    "info", [None, [], "mmp_canceled", {"state": None}, {"state": ["mmp_canceled"]}, {"other": "7"}]
)
def test_an_order_without_a_known_raw_status_has_its_unified_one(info):
    assert order_state(an_order(info=info), MMP) is OrderState.OPEN


def test_a_raw_status_may_lie_deeper():
    mapping = ExchangeMapping(order_states={"live": OrderState.OPEN}, order_status_field=("order.state",))
    assert order_state(an_order(info={"order": {"state": "live"}}, status=None), mapping) is OrderState.OPEN


def test_fills_refine_a_raw_status_too():
    assert order_state(an_order(info={"status": "7"}, filled="0.1"), MMP) is OrderState.PARTIALLY_FILLED


def test_okx_create_order_names_no_state(okx, private):
    answer = private("okx", "http_place_order_response")
    row = answer["data"][0] if isinstance(answer, dict) and "data" in answer else answer
    assert order_state(okx.parse_order(row[0] if isinstance(row, list) else row)) is None


@pytest.mark.parametrize("order", [None, [], "open", 5])
def test_an_order_that_is_no_dictionary_is_refused(order):
    with pytest.raises(BadVenueData, match="order is no dictionary"):
        order_state(order)


# --- the filled amount ---


@pytest.mark.parametrize(
    ("changes", "filled"),
    [
        ({"filled": "0.25"}, "0.25"),
        ({"filled": None}, "0"),
        ({"filled": None, "remaining": "0.25"}, "0.75"),
        ({"filled": None, "remaining": None}, None),
        ({"filled": None, "amount": None}, None),
    ],
)
def test_the_filled_amount(changes, filled):
    assert filled_amount(an_order(**changes)) == (None if filled is None else Decimal(filled))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"filled": "-1"}, "filled"),
        ({"filled": float("nan")}, "filled"),
        ({"filled": None, "remaining": "2"}, "remaining"),
        ({"filled": None, "amount": "x"}, "amount"),
    ],
)
def test_a_filled_amount_that_is_none_is_refused_by_name(changes, field):
    with pytest.raises(BadVenueData) as caught:
        filled_amount(an_order(**changes))
    assert (caught.value.structure, caught.value.field) == ("order", field)


# --- the update ---


def test_binances_execution_report_becomes_an_update(binance, private, tracked):
    order = binance.parse_ws_order(private("binance", "execution_report_trade"))
    update = order_update(order, tracked(), state=OrderState.FILLED, now=1.0)
    assert update.trading_pair == "ETH-USDT"
    assert update.client_order_id == "x-TD67BGP9-T0000000000000"
    assert update.exchange_order_id == "12345678"
    assert update.new_state is OrderState.FILLED
    assert update.update_timestamp == 1709654401.0


def test_hummingbot_takes_the_update(tracked):
    order = tracked(exchange_order_id=None, initial_state=OrderState.PENDING_CREATE)
    update = order_update(an_order(), order, state=OrderState.OPEN, now=1.0)
    assert order.update_with_order_update(update)
    assert (order.exchange_order_id, order.current_state) == ("12345678", OrderState.OPEN)


def test_the_ids_are_the_tracked_orders(tracked):
    foreign = an_order(id="999", clientOrderId="0", symbol="BTC/USDT")
    update = order_update(foreign, tracked(), state=OrderState.OPEN, now=1.0)
    assert (update.exchange_order_id, update.client_order_id) == ("12345678", "x-TD67BGP9-T0000000000000")
    assert update.trading_pair == "ETH-USDT"


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"lastUpdateTimestamp": 1709654403500, "lastTradeTimestamp": 1709654402000}, 1709654403.5),
        ({"lastTradeTimestamp": 1709654402000}, 1709654402.0),
        ({}, 1709654400.0),
        ({"timestamp": None}, 42.5),
        ({"timestamp": 0}, 42.5),
        pytest.param({"timestamp": 1709654400}, 42.5, id="in seconds, as of indodax"),
        pytest.param({"timestamp": 1709654400000000000}, 42.5, id="in nanoseconds, as of kucoin"),
        pytest.param({"lastUpdateTimestamp": 1709654403}, 1709654400.0, id="the next one"),
    ],
)
def test_the_time_of_an_update(tracked, changes, seconds):
    update = order_update(an_order(**changes), tracked(), state=OrderState.OPEN, now=42.5)
    assert update.update_timestamp == seconds


def test_the_input_stays_as_it_is(tracked):
    order = an_order()
    before = copy.deepcopy(order)
    order_state(order, MMP)
    order_update(order, tracked(), state=OrderState.OPEN, now=1.0)
    assert order == before
