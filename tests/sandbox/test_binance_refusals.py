"""What Binance says no to, with the code, the text and the status that it uses."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox

LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "50000",
}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


def now_ms() -> int:
    return int(time.time() * 1000)


@pytest.mark.parametrize(
    ("terms", "code", "text"),
    [
        pytest.param({"symbol": None}, -1102, "Mandatory parameter 'symbol' was not sent", id="no symbol"),
        pytest.param({"symbol": "NOPE"}, -1121, "Invalid symbol.", id="unknown symbol"),
        pytest.param(
            {"symbol": "btcusdt"}, -1100, "Illegal characters found in parameter 'symbol'", id="small letters"
        ),
        pytest.param({"side": "LONG"}, -1117, "Invalid side.", id="side"),
        pytest.param({"type": "LIMITED"}, -1116, "Invalid orderType.", id="type"),
        pytest.param({"type": "STOP_LOSS_LIMIT"}, -2010, "Stop loss limit orders are not supported", id="stop order"),
        pytest.param({"timeInForce": None}, -1102, "Mandatory parameter 'timeInForce'", id="no time in force"),
        pytest.param({"timeInForce": "GTX"}, -1115, "Invalid timeInForce.", id="time in force"),
        pytest.param({"price": None}, -1102, "Mandatory parameter 'price'", id="no price"),
        pytest.param({"quantity": None}, -1102, "Mandatory parameter 'quantity'", id="no quantity"),
        pytest.param({"quantity": "1e-3"}, -1100, "Illegal characters found in parameter 'quantity'", id="exponent"),
        pytest.param({"quantity": "-1"}, -1100, "legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.", id="sign"),
        pytest.param({"quantity": "0.0000000001"}, -1111, "Parameter 'quantity' has too much precision.", id="digits"),
        pytest.param({"quantity": "0"}, -1013, "Invalid quantity.", id="nothing"),
        pytest.param({"price": "0.00"}, -1013, "Invalid price.", id="no price at all"),
        pytest.param({"price": "50000.001"}, -1013, "Filter failure: PRICE_FILTER", id="off the tick"),
        pytest.param({"quantity": "0.010001"}, -1013, "Filter failure: LOT_SIZE", id="off the lot"),
        pytest.param({"quantity": "100000"}, -1013, "Filter failure: LOT_SIZE", id="too large"),
        pytest.param({"quantity": "0.00001"}, -1013, "Filter failure: NOTIONAL", id="too little"),
        pytest.param({"quantity": "1"}, -2010, "Account has insufficient balance for requested action.", id="funds"),
        pytest.param({"newClientOrderId": "a" * 37}, -1100, "parameter 'newClientOrderId'", id="id too long"),
        pytest.param({"newClientOrderId": "a b"}, -1100, r"'^[\.A-Z\:/a-z0-9_-]{1,36}$'.", id="id with a space"),
        pytest.param({"newOrderRespType": "ALL"}, -1130, "parameter 'newOrderRespType' is not valid", id="answer type"),
        pytest.param({"quoteOrderQty": "10"}, -1106, "Parameter 'quoteOrderQty' sent when not", id="cost of a limit"),
        pytest.param({"stopPrice": "1"}, -1106, "Parameter 'stopPrice' sent when not required.", id="stop price"),
        pytest.param({"icebergQty": "1"}, -2010, "Iceberg orders are not supported", id="iceberg"),
    ],
)
async def test_a_limit_order_is_refused(client: Any, terms: dict[str, Any], code: int, text: str) -> None:
    reply = await client.signed("POST", "/api/v3/order", **{**LIMIT, **terms})

    assert reply.status == 400
    assert reply.json["code"] == code
    assert text in reply.json["msg"]


@pytest.mark.parametrize(
    ("terms", "code", "text"),
    [
        pytest.param({"price": "50000"}, -1106, "Parameter 'price' sent when not required.", id="price"),
        pytest.param({"timeInForce": "GTC"}, -1106, "Parameter 'timeInForce' sent", id="time in force"),
        pytest.param({"quantity": None}, -1102, "Param 'quantity' or 'quoteOrderQty' must be sent", id="no size"),
        pytest.param({"quoteOrderQty": "10"}, -1106, "Parameter 'quoteOrderQty' sent", id="two sizes"),
        pytest.param({}, -1112, "No orders on book for symbol.", id="empty book"),
    ],
)
async def test_a_market_order_is_refused(client: Any, terms: dict[str, Any], code: int, text: str) -> None:
    reply = await client.signed("POST", "/api/v3/order", **{**MARKET, **terms})

    assert (reply.status, reply.json["code"]) == (400, code)
    assert text in reply.json["msg"]


async def test_a_test_order_is_refused_like_a_real_one_and_otherwise_changes_nothing(client: Any) -> None:
    refused = await client.signed("POST", "/api/v3/order/test", **{**LIMIT, "quantity": "1"})
    accepted = await client.signed("POST", "/api/v3/order/test", **LIMIT)

    assert refused.json == {"code": -2010, "msg": "Account has insufficient balance for requested action."}
    assert (accepted.status, accepted.json) == (200, {})
    assert (await client.signed("GET", "/api/v3/openOrders")).json == []


async def test_a_maker_order_that_would_take_is_refused(client: Any, maker: Any) -> None:
    maker.ask("60000", "1")

    reply = await client.signed(
        "POST", "/api/v3/order", symbol="BTCUSDT", side="BUY", type="LIMIT_MAKER", quantity="0.01", price="60000"
    )

    assert reply.json == {"code": -2010, "msg": "Order would immediately match and take."}


async def test_a_client_order_id_that_is_in_use_is_refused(client: Any) -> None:
    await client.buy(newClientOrderId="mine")

    reply = await client.signed("POST", "/api/v3/order", **LIMIT, newClientOrderId="mine")

    assert reply.json == {"code": -2010, "msg": "Duplicate order sent."}


async def test_a_closed_market_takes_no_order(client: Any, sandbox: Sandbox) -> None:
    sandbox.engine.set_open("BTC/USDT", False)

    reply = await client.signed("POST", "/api/v3/order", **LIMIT)

    assert reply.json == {"code": -2010, "msg": "Market is closed."}


async def test_cancels_and_queries_of_unknown_orders_are_refused_each_in_its_own_words(client: Any) -> None:
    gone = await client.buy()
    await client.signed("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=gone["orderId"])

    for which in ({"orderId": gone["orderId"]}, {"orderId": 7}, {"origClientOrderId": "never"}):
        cancel = await client.signed("DELETE", "/api/v3/order", symbol="BTCUSDT", **which)
        assert cancel.json == {"code": -2011, "msg": "Unknown order sent."}
    query = await client.signed("GET", "/api/v3/order", symbol="BTCUSDT", orderId=7)
    assert query.json == {"code": -2013, "msg": "Order does not exist."}
    nothing = await client.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert nothing.json == {"code": -2011, "msg": "Unknown order sent."}
    neither = await client.signed("GET", "/api/v3/order", symbol="BTCUSDT")
    assert neither.json["code"] == -1102
    assert neither.json["msg"] == "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"


async def test_a_partly_filled_order_is_not_canceled_by_a_cancel_of_new_ones_only(client: Any, maker: Any) -> None:
    maker.ask("50000", "0.004")
    order = await client.buy()
    which = {"symbol": "BTCUSDT", "orderId": order["orderId"]}

    kept = await client.signed("DELETE", "/api/v3/order", **which, cancelRestrictions="ONLY_NEW")
    gone = await client.signed("DELETE", "/api/v3/order", **which, cancelRestrictions="ONLY_PARTIALLY_FILLED")

    assert kept.json == {"code": -2011, "msg": "Order was not canceled due to cancel restrictions."}
    assert (gone.json["status"], gone.json["executedQty"]) == ("CANCELED", "0.00400000")


@pytest.mark.parametrize(
    ("query", "code", "text"),
    [
        pytest.param("", -1102, "Mandatory parameter 'timestamp' was not sent", id="no timestamp"),
        pytest.param("timestamp=soon", -1100, "Illegal characters found in parameter 'timestamp'", id="no number"),
        pytest.param(f"timestamp={now_ms()}", -1102, "Mandatory parameter 'signature'", id="no signature"),
        pytest.param(f"timestamp={now_ms()}&signature=00", -1022, "Signature for this request is not valid.", id="bad"),
    ],
)
async def test_a_signed_endpoint_wants_timestamp_and_signature(client: Any, query: str, code: int, text: str) -> None:
    reply = await client.send("GET", "/api/v3/account", query)

    assert (reply.status, reply.json["code"]) == (400, code)
    assert text in reply.json["msg"]


async def test_the_signature_covers_query_and_body_joined(client: Any, sandbox: Sandbox, http: Any) -> None:
    query, body = (
        f"symbol=BTCUSDT&side=BUY&type=LIMIT&timestamp={now_ms()}",
        "timeInForce=GTC&quantity=0.01&price=50000",
    )
    signature = client.signature(query + body)
    reply = await http.post(
        f"{sandbox.url}/api.binance.com/api/v3/order?{query}",
        data=f"{body}&signature={signature}",
        headers={"X-MBX-APIKEY": client._account.api_key, "Content-Type": "application/x-www-form-urlencoded"},
    )

    assert reply.status == 200
    assert (await reply.json())["status"] == "NEW"


@pytest.mark.parametrize(
    ("key", "code", "text"),
    [
        pytest.param("", -2014, "API-key format invalid.", id="none"),
        pytest.param("short", -2014, "API-key format invalid.", id="no key at all"),
        pytest.param("k" * 64, -2015, "Invalid API-key, IP, or permissions for action.", id="unknown"),
    ],
)
async def test_a_wrong_key_is_refused(client: Any, key: str, code: int, text: str) -> None:
    query = f"timestamp={now_ms()}"
    reply = await client.send(
        "GET", "/api/v3/account", f"{query}&signature={client.signature(query)}", {"X-MBX-APIKEY": key}
    )

    assert (reply.status, reply.json) == (401, {"code": code, "msg": text})


async def test_a_revoked_key_is_refused(client: Any, sandbox: Sandbox, account: ApiAccount) -> None:
    sandbox.revoke(account)

    assert (await client.signed("GET", "/api/v3/account")).json["code"] == -2015


@pytest.mark.parametrize(
    ("age_ms", "more", "text"),
    [
        pytest.param(-3_000, {}, "Timestamp for this request was 1000ms ahead of the server's time.", id="ahead"),
        pytest.param(6_000, {}, "Timestamp for this request is outside of the recvWindow.", id="old"),
        pytest.param(600, {"recvWindow": 100}, "Timestamp for this request is outside of the recvWindow.", id="window"),
    ],
)
async def test_a_wrong_time_is_refused(client: Any, age_ms: int, more: dict[str, Any], text: str) -> None:
    reply = await client.signed("GET", "/api/v3/account", timestamp=now_ms() - age_ms, **more)

    assert reply.json == {"code": -1021, "msg": text}


async def test_a_wide_receive_window_forgives_an_old_timestamp_but_has_a_limit(client: Any) -> None:
    old = now_ms() - 30_000

    assert (await client.signed("GET", "/api/v3/account", timestamp=old, recvWindow=60_000)).status == 200
    refused = await client.signed("GET", "/api/v3/account", timestamp=old, recvWindow=60_001)
    assert refused.json == {"code": -1131, "msg": "recvWindow must be less than 60000"}


async def test_market_data_is_refused_for_bad_parameters(client: Any) -> None:
    replies = {
        "symbol": await client.get("/api/v3/depth"),
        "unknown": await client.get("/api/v3/trades", symbol="NOPE"),
        "interval": await client.get("/api/v3/klines", symbol="BTCUSDT", interval="7m"),
        "limit": await client.get("/api/v3/depth", symbol="BTCUSDT", limit="many"),
        "both": await client.get("/api/v3/ticker/price", symbol="BTCUSDT", symbols='["ETHUSDT"]'),
        "list": await client.get("/api/v3/ticker/price", symbols="BTCUSDT"),
        "period": await client.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT", startTime=0, endTime=10**9),
    }

    assert {name: reply.json["code"] for name, reply in replies.items()} == {
        "symbol": -1102,
        "unknown": -1121,
        "interval": -1120,
        "limit": -1100,
        "both": -1128,
        "list": -1100,
        "period": -1127,
    }


async def test_an_unknown_path_is_a_404(client: Any, sandbox: Sandbox) -> None:
    assert (await client.get("/api/v3/nonsense")).status == 404
    assert sandbox.request_log.counts["unknown"] == 1


async def test_used_weight_is_told_and_too_much_of_it_refused_and_then_banned(as_account: Callable[..., Any]) -> None:
    async with Sandbox("binance", weight_limit=100) as sandbox:
        client = as_account(sandbox.create_account())
        client._sandbox = sandbox
        first = await client.get("/api/v3/depth", symbol="BTCUSDT", limit=1000)
        second = await client.get("/api/v3/depth", symbol="BTCUSDT", limit=1000)
        limited = await client.get("/api/v3/ping")
        later = [await client.get("/api/v3/ping") for _ in range(10)]

    assert [each.headers["X-MBX-USED-WEIGHT-1M"] for each in (first, second, limited)] == ["50", "100", "101"]
    assert limited.status == 429
    assert limited.json["code"] == -1003
    assert limited.json["msg"].startswith("Too much request weight used; current limit is 100 request weight per 1 MIN")
    assert 1 <= int(limited.headers["Retry-After"]) <= 60
    assert later[-1].status == 418
    assert later[-1].json["msg"].startswith("Way too much request weight used; IP banned until ")
    assert later[-1].headers["Retry-After"] == "120"


async def test_too_many_orders_in_ten_seconds_are_refused(as_account: Callable[..., Any]) -> None:
    async with Sandbox("binance", order_limit=2) as sandbox:
        client = as_account(sandbox.create_account({"USDT": Decimal(10_000)}))
        client._sandbox = sandbox
        replies = [await client.signed("POST", "/api/v3/order", **LIMIT) for _ in range(3)]
        if len({each.headers["X-MBX-ORDER-COUNT-10S"] for each in replies}) != 3:
            pytest.skip("the ten seconds ended between the orders")

    assert [each.status for each in replies] == [200, 200, 429]
    assert replies[2].json == {"code": -1015, "msg": "Too many new orders; current limit is 2 orders per 10 SECOND."}
