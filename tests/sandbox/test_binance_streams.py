"""Binance's WebSocket hosts by hand: market streams, listen keys, the WebSocket API."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox, Side

STREAM, API = "stream.binance.com:9443", "ws-api.binance.com:443/ws-api/v3"
Connect = Callable[[str], Awaitable[Any]]


def signed(account: ApiAccount, **parameters: Any) -> dict[str, Any]:
    """Parameters as the WebSocket API wants them signed: sorted by name, key included."""
    given = {"apiKey": account.api_key, "timestamp": int(time.time() * 1000), **parameters}
    payload = "&".join(f"{name}={value}" for name, value in sorted(given.items()))
    return {**given, "signature": hmac.new(account.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()}


# -- market streams


async def test_diffs_are_contiguous_and_make_the_snapshots_book(connect: Connect, client: Any, maker: Any) -> None:
    maker.bid("59000", "1")
    socket = await connect(f"{STREAM}/ws/btcusdt@depth@100ms")
    snapshot = (await client.get("/api/v3/depth", symbol="BTCUSDT", limit=1000)).json
    bids, last, is_first = dict(snapshot["bids"]), snapshot["lastUpdateId"], True
    for number in range(30):
        order = maker.bid(str(59001 + number), "0.5")
        if number % 3 == 0:
            maker.cancel(order)
        await asyncio.sleep(0.002)
    while last < maker._engine.book("BTC/USDT").sequence:
        event = await socket.receive()
        assert event["e"] == "depthUpdate"
        if event["u"] <= last:
            continue
        assert event["U"] == last + 1 or (is_first and event["U"] <= last)
        last, is_first = event["u"], False
        for price, amount in event["b"]:
            bids[price] = amount

    final = (await client.get("/api/v3/depth", symbol="BTCUSDT", limit=1000)).json
    assert {price: amount for price, amount in bids.items() if Decimal(amount)} == dict(final["bids"])


async def test_changes_within_one_interval_come_as_one_event(connect: Connect, maker: Any) -> None:
    socket = await connect(f"{STREAM}/ws/btcusdt@depth@100ms")
    first, second = maker.bid("59000", "1"), maker.bid("59001", "1")
    maker.cancel(first)
    maker.bid("59001", "0.5")

    event = await socket.receive()

    assert second
    assert event["u"] - event["U"] == 3
    assert event["b"] == [["59000.00000000", "0.00000000"], ["59001.00000000", "1.50000000"]]
    assert event["a"] == []


async def test_one_connection_subscribes_lists_and_unsubscribes(connect: Connect, maker: Any) -> None:
    socket = await connect(f"{STREAM}/ws")
    assert await socket.ask(method="SUBSCRIBE", params=["btcusdt@trade", "btcusdt@depth"], id=1) == {
        "result": None,
        "id": 1,
    }
    listed = await socket.ask(method="LIST_SUBSCRIPTIONS", id="two")
    assert listed == {"result": ["btcusdt@trade", "btcusdt@depth"], "id": "two"}
    maker.ask("60000", "1")
    maker.take(Side.BUY, "0.25")
    trade = await socket.until(lambda message: message.get("e") == "trade")
    assert (trade["s"], trade["p"], trade["q"], trade["m"]) == ("BTCUSDT", "60000.00000000", "0.25000000", False)

    await socket.ask(method="UNSUBSCRIBE", params=["btcusdt@trade"], id=3)
    maker.take(Side.BUY, "0.25")
    assert (await socket.receive())["e"] == "depthUpdate"


async def test_combined_streams_name_the_stream_of_each_message(connect: Connect, maker: Any) -> None:
    socket = await connect(f"{STREAM}/stream?streams=btcusdt@depth@100ms/ethusdt@trade")
    maker.bid("59000", "1")

    message = await socket.receive()

    assert message["stream"] == "btcusdt@depth@100ms"
    assert message["data"]["b"] == [["59000.00000000", "1.00000000"]]


async def test_a_connection_can_be_made_combined_and_back(connect: Connect, maker: Any) -> None:
    socket = await connect(f"{STREAM}/ws/btcusdt@depth@100ms")
    assert (await socket.ask(method="GET_PROPERTY", params=["combined"], id=1))["result"] is False
    await socket.ask(method="SET_PROPERTY", params=["combined", True], id=2)
    maker.bid("59000", "1")
    assert (await socket.receive())["stream"] == "btcusdt@depth@100ms"
    await socket.ask(method="SET_PROPERTY", params=["combined", False], id=3)
    maker.bid("59001", "1")
    assert (await socket.receive())["e"] == "depthUpdate"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("nonsense", 3, id="no JSON"),
        pytest.param("[]", 2, id="no object"),
        pytest.param('{"method":"LISTEN","id":1}', 2, id="unknown method"),
        pytest.param('{"method":"SUBSCRIBE","params":"btcusdt@trade","id":1}', 2, id="no list"),
        pytest.param('{"method":"SUBSCRIBE","params":[],"id":1.5}', 2, id="id"),
        pytest.param('{"method":"GET_PROPERTY","params":["colour"],"id":1}', 0, id="unknown property"),
        pytest.param('{"method":"SET_PROPERTY","params":["combined","yes"],"id":1}', 1, id="no boolean"),
    ],
)
async def test_bad_requests_are_answered_with_an_error_and_the_stream_lives_on(
    connect: Connect, text: str, code: int
) -> None:
    socket = await connect(f"{STREAM}/ws")
    await socket.raw.send_str(text)

    assert (await socket.receive())["error"]["code"] == code
    assert (await socket.ask(method="LIST_SUBSCRIPTIONS", id=9))["result"] == []


async def test_an_unknown_stream_is_accepted_and_stays_silent(connect: Connect, maker: Any) -> None:
    socket = await connect(f"{STREAM}/ws")
    await socket.ask(method="SUBSCRIBE", params=["nopeusdt@trade", "BTCUSDT@depth", "btcusdt@depth@100ms"], id=1)
    maker.bid("59000", "1")

    assert (await socket.receive())["s"] == "BTCUSDT"


async def test_partial_books_tickers_and_candles_follow_the_market(connect: Connect, maker: Any) -> None:
    names = ["depth5@100ms", "bookTicker", "ticker", "miniTicker", "aggTrade", "kline_1m", "kline_1M"]
    socket = await connect(f"{STREAM}/stream?streams=" + "/".join(f"btcusdt@{name}" for name in names))
    for number in range(7):
        maker.ask(str(60000 + number), "1")
    maker.bid("59000", "2")
    maker.take(Side.BUY, "0.5")
    maker.take(Side.SELL, "0.5")
    seen: dict[str, Any] = {}
    while len(seen) < len(names) or seen["ticker"]["n"] < 2 or seen["kline_1m"]["k"]["n"] < 2:
        message = await socket.receive()
        seen[message["stream"].removeprefix("btcusdt@")] = message["data"]

    assert [level[0] for level in seen["depth5@100ms"]["asks"]] == [f"{60000 + n}.00000000" for n in range(5)]
    assert seen["bookTicker"] | {"u": 0} == {
        "u": 0, "s": "BTCUSDT", "b": "59000.00000000", "B": "1.50000000", "a": "60000.00000000", "A": "0.50000000",
    }  # fmt: skip
    ticker = seen["ticker"]
    assert (ticker["o"], ticker["c"], ticker["h"], ticker["l"], ticker["v"], ticker["n"]) == (
        "60000.00000000", "59000.00000000", "60000.00000000", "59000.00000000", "1.00000000", 2,
    )  # fmt: skip
    assert (ticker["p"], ticker["P"], ticker["w"]) == ("-1000.00000000", "-1.667", "59500.00000000")
    assert seen["miniTicker"]["q"] == "59500.00000000"
    assert seen["aggTrade"]["m"] is True
    candle = seen["kline_1m"]["k"]
    assert (candle["o"], candle["c"], candle["v"], candle["V"], candle["x"]) == (
        "60000.00000000", "59000.00000000", "1.00000000", "0.50000000", False,
    )  # fmt: skip
    assert candle["T"] - candle["t"] == 59_999
    assert seen["kline_1M"]["k"]["t"] <= candle["t"]


async def test_a_candle_ends_with_a_message_that_says_so(connect: Connect, maker: Any) -> None:
    socket = await connect(f"{STREAM}/ws/btcusdt@kline_1s")
    maker.ask("60000", "1")
    maker.take(Side.BUY, "0.5")

    closed = (await socket.until(lambda message: message["k"]["x"] and message["k"]["n"]))["k"]  # one may end before
    following = (await socket.until(lambda message: message["k"]["x"]))["k"]

    assert (closed["n"], closed["v"]) == (1, "0.50000000")
    assert (following["t"], following["n"], following["c"]) == (closed["t"] + 1000, 0, "60000.00000000")


async def test_a_candle_whose_only_trade_comes_just_before_its_end_ends_as_well(connect: Connect, maker: Any) -> None:
    maker.ask("60000", "1")
    await asyncio.sleep((0.97 - time.time()) % 1.0)
    socket = await connect(f"{STREAM}/ws/btcusdt@kline_1s")
    maker.take(Side.BUY, "0.5")

    closed = (await socket.until(lambda message: message["k"]["x"]))["k"]

    assert (closed["n"], closed["v"]) == (1, "0.50000000")


async def test_the_array_of_all_tickers_has_every_market_once(connect: Connect, sandbox: Sandbox) -> None:
    socket = await connect(f"{STREAM}/ws/!miniTicker@arr")

    tickers = await socket.receive()

    assert {each["s"] for each in tickers} == {symbol.replace("/", "") for symbol in sandbox.engine.markets}
    assert {each["e"] for each in tickers} == {"24hrMiniTicker"}


async def test_more_messages_a_second_than_allowed_end_the_connection(connect: Connect) -> None:
    socket = await connect(f"{STREAM}/ws")
    for number in range(7):
        await socket.send({"method": "LIST_SUBSCRIPTIONS", "id": number})
    last = None
    while last is None or last.type is aiohttp.WSMsgType.TEXT:
        last = await asyncio.wait_for(socket.raw.receive(), 5)

    assert last.type is aiohttp.WSMsgType.CLOSE
    assert socket.raw.close_code == 1008


async def test_too_many_streams_on_one_connection_are_refused(connect: Connect) -> None:
    socket = await connect(f"{STREAM}/ws")

    answer = await socket.ask(method="SUBSCRIBE", params=[f"s{n}@trade" for n in range(1025)], id=1)

    assert answer["error"]["code"] == 2


async def test_the_server_pings_and_drops_who_does_not_answer(http: aiohttp.ClientSession) -> None:
    async with Sandbox("binance", ping_interval_s=0.02, pong_timeout_s=0.1) as sandbox:
        deaf = await http.ws_connect(sandbox.rewrite(f"wss://{STREAM}/ws"), autoping=False)
        polite = await http.ws_connect(sandbox.rewrite(f"wss://{STREAM}/ws"))
        listening = asyncio.create_task(polite.receive())
        assert (await asyncio.wait_for(deaf.receive(), 5)).type is aiohttp.WSMsgType.PING
        while not deaf.closed:
            await asyncio.wait_for(deaf.receive(), 5)
        assert not polite.closed
        listening.cancel()


@pytest.mark.parametrize("address", [f"{STREAM}/nothing", "ws-api.binance.com/ws-api/v9", "example.com/ws"])
async def test_addresses_without_a_stream_refuse_the_connection(connect: Connect, address: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect(address)
    assert refused.value.status == 404


# -- user streams

LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}


async def api_stream(connect: Connect, account: ApiAccount) -> Any:
    socket = await connect(API)
    answer = await socket.ask(id="s", method="userDataStream.subscribe.signature", params=signed(account))
    assert (answer["status"], answer["result"]) == (200, {"subscriptionId": 0})
    return socket


async def test_a_signed_subscription_reports_an_orders_whole_life(
    connect: Connect, account: ApiAccount, client: Any, maker: Any
) -> None:
    socket = await api_stream(connect, account)
    placed = await client.buy(newClientOrderId="life")
    maker.bid("50000", "1")
    maker.take(Side.SELL, "0.004")
    await client.signed("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"], newClientOrderId="end")
    messages = [await socket.receive() for _ in range(6)]

    assert {message["subscriptionId"] for message in messages} == {0}
    events = [message["event"] for message in messages]
    assert [event["e"] for event in events] == ["executionReport", "outboundAccountPosition"] * 3
    new, trade, canceled = events[::2]
    assert (new["x"], new["X"], new["c"], new["C"], new["w"], new["N"]) == ("NEW", "NEW", "life", "", True, None)
    assert (trade["x"], trade["X"], trade["l"], trade["L"], trade["n"], trade["N"], trade["m"]) == (
        "TRADE", "PARTIALLY_FILLED", "0.00400000", "50000.00000000", "0.00000400", "BTC", True,
    )  # fmt: skip
    assert (canceled["x"], canceled["X"], canceled["c"], canceled["C"]) == ("CANCELED", "CANCELED", "end", "life")
    assert (canceled["z"], canceled["Z"]) == ("0.00400000", "200.00000000")
    assert events[1]["B"] == [{"a": "USDT", "f": "9500.00000000", "l": "500.00000000"}]
    assert {each["a"]: (each["f"], each["l"]) for each in events[3]["B"]} == {
        "BTC": ("1.00399600", "0.00000000"),
        "USDT": ("9500.00000000", "300.00000000"),
    }
    assert events[5]["B"] == [{"a": "USDT", "f": "9800.00000000", "l": "0.00000000"}]


async def test_an_order_that_takes_reports_its_acceptance_first_then_each_fill(
    connect: Connect, account: ApiAccount, client: Any, maker: Any
) -> None:
    maker.ask("50000", "0.004")
    maker.ask("50001", "0.004")
    socket = await api_stream(connect, account)
    reply = await client.signed(
        "POST", "/api/v3/order", **{**LIMIT, "timeInForce": "IOC"}, quantity="0.01", price="50001"
    )

    events = [(await socket.receive())["event"] for _ in range(5)]

    assert [event.get("x") for event in events] == ["NEW", "TRADE", "TRADE", "EXPIRED", None]
    assert [event["t"] for event in events[1:3]] == [fill["tradeId"] for fill in reply.json["fills"]]
    assert (reply.json["status"], reply.json["executedQty"]) == ("EXPIRED", "0.00800000")
    assert events[4]["e"] == "outboundAccountPosition"


async def test_a_deposit_is_reported_as_a_change_and_as_a_position(
    connect: Connect, account: ApiAccount, sandbox: Sandbox
) -> None:
    socket = await api_stream(connect, account)
    sandbox.deposit(account, "USDT", Decimal("12.5"))

    events = [(await socket.receive())["event"] for _ in range(2)]

    assert [event["e"] for event in events] == ["balanceUpdate", "outboundAccountPosition"]
    assert (events[0]["a"], events[0]["d"]) == ("USDT", "12.50000000")
    assert events[1]["B"] == [{"a": "USDT", "f": "10012.50000000", "l": "0.00000000"}]


async def test_a_stream_carries_only_its_own_accounts_events(
    connect: Connect, account: ApiAccount, as_account: Any, sandbox: Sandbox, client: Any
) -> None:
    other = sandbox.create_account({"USDT": Decimal(10_000)})
    socket = await api_stream(connect, account)
    await as_account(other).buy()
    mine = await client.buy()

    assert (await socket.receive())["event"]["i"] == mine["orderId"]


async def test_a_listen_key_carries_the_same_events_bare(connect: Connect, client: Any) -> None:
    key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
    assert (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"] == key
    socket = await connect(f"{STREAM}/ws/{key}")
    await client.buy()

    assert [(await socket.receive())["e"] for _ in range(2)] == ["executionReport", "outboundAccountPosition"]
    assert (await client.send("PUT", "/api/v3/userDataStream", f"listenKey={key}")).json == {}
    assert (await client.send("DELETE", "/api/v3/userDataStream", f"listenKey={key}")).json == {}
    gone = await client.send("PUT", "/api/v3/userDataStream", f"listenKey={key}")
    assert gone.json == {"code": -1125, "msg": "This listenKey does not exist."}


async def test_a_listen_key_rides_on_a_combined_connection_beside_market_streams(
    connect: Connect, client: Any, maker: Any
) -> None:
    key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
    socket = await connect(f"{STREAM}/stream?streams={key}/btcusdt@depth@100ms")
    assert (await socket.ask(method="LIST_SUBSCRIPTIONS", id=1))["result"] == ["btcusdt@depth@100ms"]
    await client.buy()

    assert {(await socket.receive())["stream"] for _ in range(3)} == {key, "btcusdt@depth@100ms"}


async def test_a_listen_key_that_nobody_keeps_alive_expires(http: aiohttp.ClientSession, as_account: Any) -> None:
    async with Sandbox("binance", session_lifetime_s=0.05) as sandbox:
        client = as_account(sandbox.create_account())
        client._sandbox = sandbox
        key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
        socket = await http.ws_connect(sandbox.rewrite(f"wss://{STREAM}/ws/{key}"))
        event = await asyncio.wait_for(socket.receive_json(), 5)

    assert (event["e"], event["listenKey"]) == ("listenKeyExpired", key)


async def test_a_logged_on_session_needs_no_more_signatures(connect: Connect, account: ApiAccount, maker: Any) -> None:
    socket = await connect(API)
    refused = await socket.ask(id=1, method="userDataStream.subscribe")
    assert (refused["status"], refused["error"]["code"]) == (401, -1099)
    logged_on = await socket.ask(id=2, method="session.logon", params=signed(account))
    assert logged_on["result"]["apiKey"] == account.api_key
    assert (await socket.ask(id=3, method="userDataStream.subscribe"))["result"] == {"subscriptionId": 0}

    terms = {**LIMIT, "quantity": "0.01", "price": "50000", "timestamp": int(time.time() * 1000)}
    placed = await socket.ask(id=4, method="order.place", params=terms)

    assert placed["result"]["status"] == "NEW"


async def test_the_websocket_api_has_the_rest_endpoints_as_methods(
    connect: Connect, account: ApiAccount, maker: Any
) -> None:
    maker.ask("50000", "0.004")
    socket = await connect(API)
    assert (await socket.ask(id=None, method="ping"))["result"] == {}
    book = await socket.ask(id="a", method="depth", params={"symbol": "BTCUSDT", "limit": 5})
    assert book["result"]["asks"] == [["50000.00000000", "0.00400000"]]
    assert book["rateLimits"][0]["rateLimitType"] == "REQUEST_WEIGHT"
    placed = await socket.ask(
        id="b", method="order.place", params=signed(account, **LIMIT, quantity="0.01", price="50000.00")
    )
    assert placed["result"]["status"] == "PARTIALLY_FILLED"
    which = {"symbol": "BTCUSDT", "orderId": placed["result"]["orderId"]}
    canceled = await socket.ask(id="c", method="order.cancel", params=signed(account, **which))
    assert canceled["result"]["status"] == "CANCELED"
    status = await socket.ask(id="d", method="order.status", params=signed(account, **which, returnRateLimits="false"))
    assert (status["result"]["executedQty"], "rateLimits" in status) == ("0.00400000", False)
    balances = await socket.ask(id="e", method="account.status", params=signed(account, omitZeroBalances="true"))
    assert {each["asset"] for each in balances["result"]["balances"]} == {"BTC", "USDT"}


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        pytest.param({"method": "no.such"}, 400, -1000, id="method"),
        pytest.param({"method": "userDataStream.subscribe.signature"}, 400, -1102, id="no key"),
        pytest.param({"method": "order.place", "params": {"symbol": "BTCUSDT"}}, 400, -1102, id="unsigned order"),
        pytest.param({"method": "depth", "params": []}, 400, -1000, id="params"),
        pytest.param({"method": "depth", "params": {"symbol": "NOPE"}}, 400, -1121, id="symbol"),
    ],
)
async def test_the_websocket_api_refuses_with_status_and_code(
    connect: Connect, request_: dict[str, Any], status: int, code: int
) -> None:
    socket = await connect(API)

    answer = await socket.ask(id=1, **request_)

    assert (answer["status"], answer["error"]["code"]) == (status, code)


async def test_a_wrong_signature_gets_no_user_stream(connect: Connect, account: ApiAccount) -> None:
    socket = await connect(API)
    parameters = {**signed(account), "signature": "0" * 64}

    answer = await socket.ask(id=1, method="userDataStream.subscribe.signature", params=parameters)

    assert answer["error"] == {"code": -1022, "msg": "Signature for this request is not valid."}


async def test_subscriptions_of_the_websocket_api_are_listed_ended_and_not_doubled(
    connect: Connect, account: ApiAccount, client: Any
) -> None:
    socket = await api_stream(connect, account)
    again = await socket.ask(id=1, method="userDataStream.subscribe.signature", params=signed(account))
    assert again["error"]["code"] == -2035
    assert (await socket.ask(id=2, method="session.subscriptions"))["result"] == [{"subscriptionId": 0}]
    assert (await socket.ask(id=3, method="userDataStream.unsubscribe"))["result"] == {}
    await client.buy()
    assert (await socket.ask(id=4, method="ping"))["id"] == 4  # and no event before it


async def test_ten_subscribers_get_the_same_frame(connect: Connect, maker: Any) -> None:
    sockets = [await connect(f"{STREAM}/ws/btcusdt@depth@100ms") for _ in range(10)]
    maker.bid("59000", "1")

    events = [await socket.receive() for socket in sockets]

    assert all(event == events[0] for event in events)
