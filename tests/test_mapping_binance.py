"""Binance's quirks: each against what it claims to differ from."""

import re

import pytest
from ccxt.base import errors as ccxt_errors
from hummingbot.connector.exchange.binance import binance_constants as native
from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.translate.orders import order_state
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.outcomes import Outcome, outcome_of

MAPPING = load_mapping("binance")


@pytest.fixture(scope="module")
def client():
    """ccxt's unmodified class with one market."""
    client = exchange_class("binance")[0]({"apiKey": "k", "secret": "s"})
    client.number = str
    market = {
        "id": "ETHUSDT",
        "symbol": "ETH/USDT",
        "base": "ETH",
        "quote": "USDT",
        "type": "spot",
        "spot": True,
        "contract": False,
        "option": False,
        "precision": {"price": "0.01", "amount": "0.0001"},
        "info": {"orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET"]},
    }
    client.set_markets([client.safe_market_structure(market)])
    return client


# Every raw status of the venue (docs enums.md), and what becomes of it.
STATES = {
    "NEW": OrderState.OPEN,
    "PENDING_NEW": OrderState.OPEN,
    "PARTIALLY_FILLED": OrderState.OPEN,  # PARTIALLY_FILLED as soon as the filled amount says so
    "FILLED": OrderState.FILLED,
    "CANCELED": OrderState.CANCELED,
    "PENDING_CANCEL": OrderState.PENDING_CANCEL,
    "REJECTED": OrderState.FAILED,
    "EXPIRED": OrderState.CANCELED,
    "EXPIRED_IN_MATCH": OrderState.CANCELED,
}


@pytest.mark.parametrize("raw", STATES)
def test_every_raw_status_has_a_state(client, raw):
    order = client.parse_ws_order({"X": raw, "s": "ETHUSDT"})
    assert order_state(order, MAPPING) is STATES[raw]


def test_every_status_of_the_native_connector_is_among_them():
    assert native.ORDER_STATE.keys() - STATES.keys() == {"PENDING"}  # not in the venue's documentation


@pytest.mark.parametrize("raw", MAPPING.order_states)
def test_no_status_is_mapped_that_ccxt_knows(client, raw):
    assert client.parse_order_status(raw) == raw


def test_a_client_order_id_of_ours_is_sent_as_it_is(client):
    request = client.create_order_request("ETH/USDT", "limit", "buy", "1", "2500", {"clientOrderId": "HBOT-1"})
    assert request["newClientOrderId"] == "HBOT-1"


def test_client_order_ids_leave_room_for_the_native_connectors():
    assert MAPPING.client_order_id.max_length >= native.MAX_ORDER_ID_LEN
    assert re.fullmatch(MAPPING.client_order_id.pattern, native.HBOT_ORDER_ID_PREFIX)
    for bad in ("a b", "a.b", "a/b", "ä"):
        assert not re.fullmatch(MAPPING.client_order_id.pattern, bad)


def test_every_option_exists_in_ccxt_and_differs(client):
    for name, value in MAPPING.options.items():
        assert name in client.options
        assert client.options[name] != value


def test_a_market_order_is_sized_in_base_even_with_a_price(client):
    asked = ("ETH/USDT", "market", "buy", "1", "2500", {"clientOrderId": "HBOT-1"})
    assert client.create_order_request(*asked)["quoteOrderQty"] == "2500"  # what ccxt does by itself
    own = client.options["createOrder"]
    client.options["createOrder"] = {**own, **MAPPING.options["createOrder"]}
    try:
        request = client.create_order_request(*asked)
    finally:
        client.options["createOrder"] = own
    assert request["quantity"] == "1"
    assert "quoteOrderQty" not in request


def test_ccxt_cancels_several_orders_of_contracts_only(client):
    assert client.has["cancelOrders"]  # the claim that batch_cancel corrects
    assert MAPPING.batch_cancel is False


def test_the_heartbeat_is_not_ccxts(client):
    assert MAPPING.heartbeat_s * 1000 < client.streaming["keepAlive"]


def test_an_unanswered_order_is_settled_once_ccxts_window_is_over(client):
    assert MAPPING.order_settle_s * 1000 >= client.options["recvWindow"] + 1000


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ('{"code":-2011,"msg":"Unknown order sent."}', Outcome.GONE),
        ('{"code":-1010,"msg":"Unknown order sent."}', Outcome.GONE),
        ('{"code":-2013,"msg":"Order does not exist."}', Outcome.GONE),
        ('{"code":-2026,"msg":"Order was canceled or expired with no executed qty over 90 days ago and has been '
         'archived."}', Outcome.GONE),
        ('{"code":-2011,"msg":"Order was not canceled due to cancel restrictions."}', Outcome.REFUSED),
        ('{"code":-2010,"msg":"Duplicate order sent."}', Outcome.UNKNOWN),
        ('{"code":-2010,"msg":"Account has insufficient balance for requested action."}', Outcome.REFUSED),
        ('{"code":-2010,"msg":"Order would immediately match and take."}', Outcome.REFUSED),
        ('{"code":-1013,"msg":"Filter failure: NOTIONAL"}', Outcome.REFUSED),
        ('{"code":-1015,"msg":"Too many new orders; current limit is 100 orders per TEN_SECONDS."}', Outcome.REFUSED),
        ('{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}', Outcome.REFUSED),
        ('{"code":-1006,"msg":"An unexpected response was received from the message bus. Execution status unknown."}',
         Outcome.UNKNOWN),
        ('{"code":-1007,"msg":"Timeout waiting for response from backend server. Send status unknown; '
         'execution status unknown."}', Outcome.UNKNOWN),
        ('{"code":-1008,"msg":"Server is currently overloaded with other requests. Please try again in a few '
         'minutes."}', Outcome.UNKNOWN),
        ('{"code":-1000,"msg":"An unknown error occurred while processing the request."}', Outcome.UNKNOWN),
    ],
    ids=lambda value: str(value)[8:60],
)  # fmt: skip
def test_what_an_error_of_the_venue_means(client, answer, outcome):
    url = "https://api.binance.com/api/v3/order"
    with pytest.raises(ccxt_errors.BaseError) as caught:
        client.handle_errors(400, "Bad Request", url, "POST", {}, answer, client.parse_json(answer), {}, None)
    assert outcome_of(caught.value, MAPPING.errors) is outcome


@pytest.mark.parametrize(("fragment", "outcome"), MAPPING.errors)
def test_an_error_text_is_there_because_ccxts_class_says_otherwise(client, fragment, outcome):
    codes = {"Unknown order sent.": -1010, "has been archived.": -2026, "Too many new orders": -1015,
             "Duplicate order sent.": -2010, "Order was not canceled due to cancel restrictions.": -2011,
             "Invalid API-key, IP, or permissions for action.": -2015}  # fmt: skip
    client.options["hasAlreadyAuthenticatedSuccessfully"] = True  # what ccxt makes of -2015 depends on it
    answer = f'{{"code":{codes[fragment]},"msg":"{fragment}"}}'
    url = "https://api.binance.com/api/v3/order"
    with pytest.raises(ccxt_errors.BaseError) as caught:
        client.handle_errors(400, "Bad Request", url, "POST", {}, answer, client.parse_json(answer), {}, None)
    assert outcome_of(caught.value) is not Outcome(outcome)
