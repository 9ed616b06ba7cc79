"""Paymium's orders, which ccxt's class does not read: our class on top of it, against the documented answers."""

import pytest

from hummingbot_ccxt.venue.loading import exchange_class, is_ccxts, origin

ORDER = {  # paymium.github.io/api-documentation, Create order and Order
    "uuid": "4924ee0f-f60e-40b4-b63e-61637ef253ac",
    "type": "LimitOrder",
    "state": "active",
    "currency": "EUR",
    "direction": "buy",
    "price": "300.0",
    "amount": "1.0",
    "traded_btc": "0.25",
    "traded_currency": "75.0",
    "btc_fee": "0.0",
    "currency_fee": "0.375",
    "created_at": "2013-11-21T15:27:04.000Z",
    "updated_at": "2013-11-21T15:28:04.000Z",
    "account_operations": [],
}
DEPOSIT = {**ORDER, "uuid": "968f4580-e26c-4ad8-8bcd-874d23d55296", "type": "BitcoinDeposit", "direction": None}


@pytest.fixture
async def paymium():
    client = exchange_class("paymium")[0]({"apiKey": "k", "secret": "s"})
    client.sent = []

    async def fetch(url, method="GET", headers=None, body=None):
        client.sent.append((method, url.partition("/api/v1/")[2]))
        return dict(ORDER) if "4924ee0f" in url else [dict(ORDER), dict(DEPOSIT)]

    client.fetch = fetch
    client.enableRateLimit = False
    yield client
    await client.close()


async def test_an_order_is_asked_for_and_read(paymium):
    order = await paymium.fetch_order(ORDER["uuid"], "BTC/EUR")
    assert paymium.sent == [("GET", f"user/orders/{ORDER['uuid']}")]
    assert {name: order[name] for name in ("id", "symbol", "type", "side", "status", "timestamp")} == {
        "id": ORDER["uuid"],
        "symbol": "BTC/EUR",
        "type": "limit",
        "side": "buy",
        "status": "open",
        "timestamp": 1385047624000,
    }
    assert (order["price"], order["amount"], order["filled"], order["cost"]) == (300, 1, 0.25, 75)
    assert [(fee["cost"], fee["currency"]) for fee in order["fees"]] == [(0.375, "EUR")]


async def test_open_orders_are_those_that_trade(paymium):
    orders = await paymium.fetch_open_orders("BTC/EUR")
    assert [order["id"] for order in orders] == [ORDER["uuid"]]
    ((method, path),) = paymium.sent
    assert method == "GET"
    assert path.startswith("user/orders?")
    assert "active=true" in path


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("pending_execution", "open"),
        ("active", "open"),
        ("filled", "closed"),
        ("executed", "closed"),
        ("canceled", "canceled"),
        ("something new", "something new"),
    ],
)
def test_a_state_is_ccxts_word_for_it(paymium, state, status):
    assert paymium.parse_order({**ORDER, "state": state})["status"] == status


def test_the_class_is_ccxts_with_more(paymium):
    assert type(paymium).__mro__[1].__module__ == "ccxt.async_support.paymium"
    assert is_ccxts(type(paymium))
    assert origin(type(paymium)) == ""
