"""Bybit's own rules, on the wire: signatures, codes, client order ids, books that begin anew, topics."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt
import pytest

from hummingbot_ccxt.sandbox import Fault, Market, Sandbox, Side, StreamFault

from .clients import BybitClient, closed_with

EXCHANGE = "bybit"
PUBLIC, PRIVATE = "stream.bybit.com/v5/public/spot", "stream.bybit.com/v5/private"
ORDERS, CANCEL, BATCH = "/v5/order/realtime", "/v5/order/cancel", "/v5/order/cancel-batch"
EXACT = ccxt.bybit().exceptions["exact"]
Connect = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def private(client: BybitClient, connect: Connect) -> Any:
    """A private connection, logged on."""
    socket = await connect(PRIVATE)
    await socket.send(client.log_in())
    assert (await socket.receive())["success"]
    return socket


async def subscribe(socket: Any, *topics: str, op: str = "subscribe") -> Any:
    """Subscribes; the answer."""
    await socket.send({"op": op, "args": list(topics), "req_id": "7"})
    return await socket.until(lambda message: message.get("req_id") == "7")


def listed(answer: Any) -> Any:
    assert answer.json["retCode"] == 0, answer.text
    return answer.json["result"]["list"]


async def placed(client: BybitClient, **terms: Any) -> Any:
    """The answer to a new order, and what the venue has of it: of the same id, whether open or not."""
    result = (await client.order(**terms)).json["result"]
    (order,) = listed(await client.signed("GET", ORDERS, category="spot", symbol="BTCUSDT", orderId=result["orderId"]))
    return order


# -- REST


@pytest.mark.parametrize(
    ("changes", "code", "error"),
    [
        ({"X-BAPI-API-KEY": "of nobody"}, 10003, ccxt.AuthenticationError),
        ({"X-BAPI-SIGN": "a" * 64}, 10004, ccxt.AuthenticationError),
        ({"X-BAPI-TIMESTAMP": "1538054050000"}, 10002, ccxt.InvalidNonce),
        ({"X-BAPI-TIMESTAMP": str(2**42)}, 10002, ccxt.InvalidNonce),
        ({"X-BAPI-TIMESTAMP": "yesterday"}, 10002, ccxt.InvalidNonce),
    ],
)
async def test_a_request_with_wrong_credentials_is_refused(
    client: BybitClient, changes: dict[str, str], code: int, error: type[Exception]
) -> None:
    answer = await client.signed("GET", "/v5/account/wallet-balance", accountType="UNIFIED", changes=changes)

    assert (answer.status, answer.json["retCode"], answer.json["result"]) == (200, code, {})
    assert EXACT[str(code)] is error


@pytest.mark.parametrize(("offset_ms", "code"), [(-4_500, 0), (-5_500, 10002), (500, 0), (1_500, 10002)])
async def test_a_time_stamp_may_be_late_by_the_window_and_early_by_a_second(
    client: BybitClient, offset_ms: int, code: int
) -> None:
    stamp = str(int(time.time() * 1000) + offset_ms)

    answer = await client.signed("GET", "/v5/account/info", changes={"X-BAPI-TIMESTAMP": stamp})

    assert answer.json["retCode"] == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"symbol": "BTCEUR"}, 170121),
        ({"qty": "0.000001"}, 170137),
        ({"price": "50000.001"}, 170134),
        ({"price": None}, 170130),
        ({"qty": None}, 10001),
        ({"qty": "-1"}, 10001),
        ({"category": "linear"}, 10001),
        ({"side": "hold"}, 10001),
        ({"orderType": "Stop"}, 10001),
        ({"timeInForce": "GTD"}, 10001),
        ({"qty": "0.00001"}, 170140),
        ({"qty": "0.00001", "price": "5000000"}, 0),
        ({"qty": "9001"}, 170135),
        ({"qty": "1"}, 170131),
        ({"orderLinkId": "with.dot"}, 10001),
        ({"orderLinkId": "x" * 37}, 10001),
        ({"orderLinkId": "x" * 30 + "-_Z9ab"}, 0),
        ({"orderType": "Market", "price": None, "qty": "100"}, 170198),
    ],
)
async def test_an_order_is_refused_with_its_code(client: BybitClient, changes: dict[str, Any], code: int) -> None:
    answer = await client.order(**changes)

    assert (answer.status, answer.json["retCode"]) == (200, code)
    assert code == 0 or str(code) in EXACT


SMALL = Market("BTC", "USDT", *map(Decimal, ("0.01", "0.0001", "0.001", "9", "5")))  # least: ten lots


@pytest.mark.parametrize("sandbox", [{"markets": [SMALL]}], indirect=True)
async def test_an_order_below_the_least_amount_is_refused(client: BybitClient) -> None:
    answers = [await client.order(qty="0.0009"), await client.order(qty="0.001")]

    assert [each.json["retCode"] for each in answers] == [170136, 0]


async def test_a_market_that_is_closed_refuses_orders(sandbox: Sandbox, client: BybitClient) -> None:
    sandbox.engine.set_open("BTC/USDT", False)

    assert (await client.order()).json["retCode"] == 170151
    (market,) = listed(await client.get("/v5/market/instruments-info", category="spot", symbol="BTCUSDT"))
    assert market["status"] == "Closed"


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        ("/v5/market/orderbook", {"category": "spot", "symbol": "NOSUCH"}, 200, 170121),
        ("/v5/market/orderbook", {"category": "spot"}, 200, 10001),
        ("/v5/market/kline", {"category": "spot", "symbol": "BTCUSDT", "interval": "7"}, 200, 10001),
        ("/v5/nothing", {}, 404, 10017),
    ],
)
async def test_a_bad_public_request_has_its_code_and_status(
    client: BybitClient, path: str, parameters: dict[str, str], status: int, code: int
) -> None:
    answer = await client.get(path, **parameters)

    assert (answer.status, answer.json["retCode"]) == (status, code)


async def test_a_client_order_id_is_never_free_again(client: BybitClient) -> None:
    first = await client.order(orderLinkId="mine-1")
    while_open = await client.order(orderLinkId="mine-1")
    await client.signed("POST", CANCEL, category="spot", symbol="BTCUSDT", orderLinkId="mine-1")
    afterwards = await client.order(orderLinkId="mine-1")
    refused = await client.order(orderLinkId="mine-2", qty="1")
    corrected = await client.order(orderLinkId="mine-2")

    answers = (first, while_open, afterwards, refused, corrected)
    assert [each.json["retCode"] for each in answers] == [0, 170141, 170141, 170131, 0]
    assert first.json["result"]["orderLinkId"] == "mine-1"


@pytest.mark.parametrize(
    ("terms", "filled", "state"),
    [
        ({"side": "Buy", "qty": "100"}, "0.002", "Filled"),
        ({"side": "Buy", "qty": "0.002", "marketUnit": "baseCoin"}, "0.002", "Filled"),
        ({"side": "Sell", "qty": "0.002"}, "0.002", "Filled"),
        ({"side": "Sell", "qty": "98", "marketUnit": "quoteCoin"}, "0.002", "Filled"),
        ({"side": "Buy", "qty": "0.15", "marketUnit": "baseCoin"}, "0.1", "PartiallyFilledCanceled"),
    ],
    ids=["buy by cost", "buy by amount", "sell by amount", "sell by cost", "more than the book has"],
)
async def test_the_size_of_a_market_order(
    client: BybitClient, maker: Any, terms: dict[str, str], filled: str, state: str
) -> None:
    maker.ask("50000", "0.1")
    maker.bid("49000", "0.1")

    order = await placed(client, orderType="Market", price=None, **terms)

    assert (order["cumExecQty"], order["orderStatus"], order["orderType"]) == (filled, state, "Market")
    assert (order["price"], order["timeInForce"], order["qty"]) == ("0", "IOC", terms["qty"])
    default = "quoteCoin" if terms["side"] == "Buy" else "baseCoin"
    assert order["marketUnit"] == terms.get("marketUnit", default)


@pytest.mark.parametrize(
    ("terms", "filled", "state", "reason"),
    [
        ({"timeInForce": "PostOnly"}, "0", "Cancelled", "EC_PostOnlyWillTakeLiquidity"),
        ({"timeInForce": "IOC"}, "0.004", "PartiallyFilledCanceled", "EC_NoError"),
        ({"timeInForce": "FOK"}, "0", "Cancelled", "EC_NoError"),
        ({"timeInForce": "FOK", "qty": "0.004"}, "0.004", "Filled", "EC_NoError"),
        ({"timeInForce": "GTC"}, "0.004", "PartiallyFilled", "EC_NoError"),
        ({"timeInForce": "PostOnly", "price": "49999"}, "0", "New", "EC_NoError"),
    ],
)
async def test_what_becomes_of_each_kind_of_order(
    client: BybitClient, maker: Any, terms: dict[str, str], filled: str, state: str, reason: str
) -> None:
    maker.ask("50000", "0.004")

    order = await placed(client, **terms)

    assert (order["cumExecQty"], order["orderStatus"], order["rejectReason"]) == (filled, state, reason)
    assert order["timeInForce"] == terms["timeInForce"]


async def test_a_fee_is_positive_and_in_what_was_received(client: BybitClient, maker: Any) -> None:
    maker.ask("50000", "0.1")
    order = await placed(client)

    (fill,) = listed(await client.signed("GET", "/v5/execution/list", category="spot", orderId=order["orderId"]))
    (rates,) = listed(await client.signed("GET", "/v5/account/fee-rate", category="spot", symbol="BTCUSDT"))

    assert (order["cumExecFee"], order["cumFeeDetail"]) == ("0.00001", {"BTC": "0.00001"})
    assert (fill["execFee"], fill["feeCurrency"], fill["feeRate"], fill["isMaker"]) == (
        "0.00001",
        "BTC",
        "0.001",
        False,
    )
    assert (rates["makerFeeRate"], rates["takerFeeRate"]) == ("0.001", "0.001")


@pytest.mark.parametrize("which", ["orderId", "orderLinkId"])
async def test_an_order_is_canceled_once_by_either_id(client: BybitClient, which: str) -> None:
    order = await placed(client, orderLinkId="mine-1")
    terms = {"category": "spot", "symbol": "BTCUSDT", which: order[which]}

    first, second = [await client.signed("POST", CANCEL, **terms) for _ in range(2)]
    (canceled,) = listed(await client.signed("GET", ORDERS, **terms))

    assert (first.json["retCode"], second.json["retCode"]) == (0, 170213)
    assert first.json["result"] == {"orderId": order["orderId"], "orderLinkId": "mine-1"}
    assert (canceled["orderStatus"], canceled["cancelType"]) == ("Cancelled", "CancelByUser")


async def test_several_are_canceled_at_once_with_an_outcome_each(client: BybitClient) -> None:
    order = await placed(client)
    mine = {"symbol": "BTCUSDT", "orderId": order["orderId"]}
    named = {"symbol": "BTCUSDT", "orderLinkId": "no-such"}

    answer = await client.signed("POST", BATCH, category="spot", request=[mine, named, {"symbol": "BTCUSDT"}])

    assert answer.json["retCode"] == 0
    outcomes = answer.json["retExtInfo"]["list"]
    assert outcomes[0] == {"code": 0, "msg": "OK"}
    assert [each["code"] for each in outcomes] == [0, 170213, 10001]
    assert [(each["orderId"], each["orderLinkId"]) for each in listed(answer)] == [
        (order["orderId"], ""),
        ("", "no-such"),
        ("", ""),
    ]


@pytest.mark.parametrize("request_", [None, "all", [1], [{"symbol": "BTCUSDT", "orderId": "1"}] * 11])
async def test_a_batch_is_a_list_of_ten_orders_at_most(client: BybitClient, request_: Any) -> None:
    answer = await client.signed("POST", BATCH, category="spot", request=request_)

    assert answer.json["retCode"] == 10001


async def test_all_are_canceled_of_one_market_or_of_every_one(client: BybitClient) -> None:
    bitcoin = await placed(client)
    other = (await client.order(symbol="ETHUSDT", price="3000")).json["result"]

    async def canceled(**terms: str) -> list[str]:
        answer = await client.signed("POST", "/v5/order/cancel-all", category="spot", **terms)
        return [each["orderId"] for each in listed(answer)]

    assert await canceled(symbol="BTCUSDT") == [bitcoin["orderId"]]
    assert await canceled() == [other["orderId"]]
    assert await canceled() == []


async def test_an_unknown_order_is_an_empty_list_to_a_query(client: BybitClient) -> None:
    terms = {"category": "spot", "symbol": "BTCUSDT", "orderId": "999999"}

    assert listed(await client.signed("GET", ORDERS, **terms)) == []
    assert (await client.signed("POST", CANCEL, **terms)).json["retCode"] == 170213


async def test_an_order_is_denied_although_it_is_open(sandbox: Sandbox, client: BybitClient) -> None:
    order = await placed(client)
    terms = {"category": "spot", "symbol": "BTCUSDT", "orderId": order["orderId"]}
    sandbox.faults.rest("order.cancel", Fault.UNKNOWN_ORDER)
    sandbox.faults.rest("order.status", Fault.UNKNOWN_ORDER)

    denied, unknown = await client.signed("POST", CANCEL, **terms), await client.signed("GET", ORDERS, **terms)
    (found,) = listed(await client.signed("GET", ORDERS, **terms))

    assert (denied.json["retCode"], unknown.json["retCode"]) == (170213, 170213)
    assert found["orderStatus"] == "New"


async def test_lists_are_newest_first_and_tell_open_orders_from_ended_ones(client: BybitClient) -> None:
    ids = [(await placed(client, price=str(price)))["orderId"] for price in range(40_000, 40_004)]
    await client.signed("POST", CANCEL, category="spot", symbol="BTCUSDT", orderId=ids[0])

    async def found(path: str, **more: Any) -> list[str]:
        answer = await client.signed("GET", path, category="spot", symbol="BTCUSDT", **more)
        return [each["orderId"] for each in listed(answer)]

    assert await found(ORDERS) == ids[:0:-1]
    assert await found(ORDERS, limit=2) == ids[:1:-1]
    assert await found(ORDERS, openOnly=1) == ids[:1]
    assert await found("/v5/order/history") == ids[:1]
    assert await found("/v5/order/history", orderStatus="Filled") == []


async def test_every_private_answer_tells_what_is_left_of_the_rate_limit(client: BybitClient) -> None:
    answers = [await client.signed("GET", "/v5/account/wallet-balance") for _ in range(2)]

    left = [int(each.headers["X-Bapi-Limit-Status"]) for each in answers]
    assert [each.headers["X-Bapi-Limit"] for each in answers] == ["50"] * 2
    assert left in ([49, 48], [49, 49])  # the second where a second has gone by between them
    assert abs(int(answers[0].headers["X-Bapi-Limit-Reset-Timestamp"]) / 1000 - time.time()) < 2


@pytest.mark.parametrize("sandbox", [{"weight_limit": 3}], indirect=True)
async def test_too_many_requests_are_refused_until_the_time_that_the_headers_tell(client: BybitClient) -> None:
    answers = [await client.get("/v5/market/time") for _ in range(4)]

    assert [(each.status, each.json["retCode"]) for each in answers] == [(200, 0)] * 3 + [(200, 10006)]
    assert answers[-1].headers["X-Bapi-Limit-Status"] == "0"
    assert int(answers[-1].headers["X-Bapi-Limit-Reset-Timestamp"]) > int(answers[0].json["time"])
    assert EXACT["10006"] is ccxt.RateLimitExceeded


@pytest.mark.parametrize("sandbox", [{"weight_limit": 1}], indirect=True)
async def test_who_goes_on_over_the_limit_is_shut_out(client: BybitClient) -> None:
    answers = [await client.get("/v5/market/time") for _ in range(12)]

    assert [each.json["retCode"] for each in answers] == [0, *[10006] * 10, 10018]
    assert answers[-1].status == 403


@pytest.mark.parametrize("sandbox", [{"order_limit": 2}], indirect=True)
async def test_too_many_orders_are_refused_one_by_one(client: BybitClient) -> None:
    answers = [await client.order() for _ in range(3)]

    assert [each.json["retCode"] for each in answers] == [0, 0, 10006]
    assert (answers[-1].headers["X-Bapi-Limit"], answers[-1].headers["X-Bapi-Limit-Status"]) == ("2", "0")


@pytest.mark.parametrize(
    ("fault", "status", "code", "taken"),
    [
        (Fault.RATE_LIMIT, 200, 10006, 0),
        (Fault.BAN, 403, 10018, 0),
        (Fault.MAINTENANCE, 503, 10016, 0),
        (Fault.ERROR_BEFORE, 503, 10016, 0),
        (Fault.ERROR_AFTER, 503, 10016, 1),
    ],
)
async def test_faults_come_in_the_venues_words(
    sandbox: Sandbox, client: BybitClient, fault: Fault, status: int, code: int, taken: int
) -> None:
    sandbox.faults.rest("order.create", fault)

    answer = await client.order()

    assert (answer.status, answer.json["retCode"]) == (status, code)
    assert len(sandbox.engine.orders("tester")) == taken


# -- private topics


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"key": "of nobody"}, "error:USVC1111"),
        ({"sign": "a" * 64}, "error:USVC1111"),
        ({"expires": 1_538_054_050_000}, "Params Error"),
        ({"more": 1}, "error:USVC1111"),
    ],
)
async def test_a_wrong_log_on_is_refused(
    client: BybitClient, connect: Connect, changes: dict[str, Any], text: str
) -> None:
    socket = await connect(PRIVATE)
    await socket.send(client.log_in(**changes))

    answer = await socket.receive()

    assert (answer["op"], answer["success"], answer["ret_msg"]) == ("auth", False, text)
    assert (await subscribe(socket, "order"))["success"] is False


async def test_nothing_private_without_a_log_on(client: BybitClient, connect: Connect) -> None:
    socket, public = await connect(PRIVATE), await connect(PUBLIC)
    await public.send(client.log_in())

    assert (await subscribe(socket, "order", "wallet"))["ret_msg"] == "Request not authorized"
    assert (await public.receive())["ret_msg"] == "error:invalid op"
    assert (await subscribe(public, "order"))["success"] is False


async def test_orders_and_executions_are_told(client: BybitClient, private: Any, maker: Any) -> None:
    assert (await subscribe(private, "order", "execution"))["success"] is True
    maker.ask("50000", "0.004")
    order = await placed(client, orderLinkId="mine-1")
    await client.signed("POST", CANCEL, category="spot", symbol="BTCUSDT", orderLinkId="mine-1")

    told = [await private.receive() for _ in range(4)]

    assert [each["topic"] for each in told] == ["order", "execution", "order", "order"]
    assert {(each["data"][0]["orderId"], each["data"][0]["orderLinkId"]) for each in told} == {
        (order["orderId"], "mine-1")
    }
    orders = [each["data"][0] for each in told if each["topic"] == "order"]
    assert [each["orderStatus"] for each in orders] == ["New", "PartiallyFilled", "PartiallyFilledCanceled"]
    assert [(each["cumExecQty"], each["leavesQty"], each["cumExecFee"]) for each in orders] == [
        ("0", "0.01", "0"),
        ("0.004", "0.006", "0.000004"),
        ("0.004", "0", "0.000004"),
    ]
    (fill,) = told[1]["data"]
    (polled,) = listed(await client.signed("GET", "/v5/execution/list", category="spot", symbol="BTCUSDT"))
    assert (fill["execQty"], fill["execPrice"], fill["execFee"]) == ("0.004", "50000", "0.000004")
    assert fill["execId"] == polled["execId"]


async def test_the_same_trade_has_an_execution_of_its_own_on_each_side(client: BybitClient, sandbox: Sandbox) -> None:
    await client.order()
    await client.order(side="Sell")

    buy, sell = listed(await client.signed("GET", "/v5/execution/list", category="spot", symbol="BTCUSDT"))

    assert {buy["side"], sell["side"]} == {"Buy", "Sell"}
    assert buy["execId"] != sell["execId"]


async def test_the_wallet_tells_the_coins_that_changed(client: BybitClient, private: Any) -> None:
    await subscribe(private, "wallet")
    await client.order()

    (wallet,) = (await private.receive())["data"]

    (coin,) = wallet["coin"]
    assert (wallet["accountType"], coin["coin"], coin["walletBalance"], coin["locked"]) == (
        "UNIFIED",
        "USDT",
        "10000",
        "500",
    )


async def test_private_topics_end_when_unsubscribed(client: BybitClient, private: Any) -> None:
    await subscribe(private, "order", "wallet")
    assert (await subscribe(private, "order", op="unsubscribe"))["success"] is True
    await client.order()

    assert (await private.receive())["topic"] == "wallet"


async def test_an_expired_session_is_closed(sandbox: Sandbox, private: Any) -> None:
    assert sandbox.faults.expire_sessions() == 1

    assert await closed_with(private) == 1000


# -- public topics


class Replayed:
    """A book rebuilt from the topic's messages alone; fails on a gap in `u`, as clients may."""

    def __init__(self) -> None:
        self.bids: dict[Decimal, Decimal] = {}
        self.asks: dict[Decimal, Decimal] = {}
        self.update = 0

    def apply(self, message: Any) -> None:
        data = message["data"]
        if message["type"] == "snapshot":
            self.bids, self.asks, self.update = {}, {}, data["u"] - 1
        assert data["u"] == self.update + 1, "a gap"
        self.update = data["u"]
        for side, rows in ((self.bids, data["b"]), (self.asks, data["a"])):
            for price, amount in rows:
                side[Decimal(price)] = Decimal(amount)
                if Decimal(amount) == 0:
                    del side[Decimal(price)]


async def test_a_book_is_a_snapshot_and_changes_counted_by_u(sandbox: Sandbox, maker: Any, connect: Connect) -> None:
    for step in range(100):
        maker.bid(str(50_000 - step), "0.1")
        maker.ask(str(50_001 + step), "0.1")
    early, late, book = await connect(PUBLIC), await connect(PUBLIC), Replayed()
    await subscribe(early, "orderbook.50.BTCUSDT")
    book.apply(await early.receive())
    assert (len(book.bids), len(book.asks)) == (50, 50)

    for step in range(30):
        maker.bid(str(49_000 + step), "1")  # out of sight, no message by itself
        maker.take(Side.BUY if step % 2 else Side.SELL, "0.15")
        book.apply(await early.receive())
    later = Replayed()
    await subscribe(late, "orderbook.50.BTCUSDT")
    later.apply(await late.receive())
    for _ in range(3):
        maker.ask("49999", "0.5")
        book.apply(await early.receive())
        later.apply(await late.receive())

    engine = sandbox.engine.book("BTC/USDT")
    for each in (book, later):
        assert sorted(each.bids.items(), reverse=True) == engine.bids.levels(50)
        assert sorted(each.asks.items()) == engine.asks.levels(50)


async def test_a_lost_change_shows_in_u(sandbox: Sandbox, maker: Any, connect: Connect) -> None:
    socket, book = await connect(PUBLIC), Replayed()
    await subscribe(socket, "orderbook.50.BTCUSDT")
    book.apply(await socket.receive())
    rule = sandbox.faults.stream("depth", StreamFault.DROP)
    maker.bid("50001", "1")
    await rule.fired()
    maker.bid("50002", "1")

    with pytest.raises(AssertionError, match="a gap"):
        book.apply(await socket.receive())


async def test_who_subscribes_again_gets_a_snapshot_only_after_unsubscribing(connect: Connect) -> None:
    socket, topic = await connect(PUBLIC), "orderbook.1.BTCUSDT"
    await subscribe(socket, topic)
    assert (await socket.receive())["type"] == "snapshot"

    again = await subscribe(socket, topic)
    assert (again["success"], again["ret_msg"]) == (False, f"error:already subscribed,topic:{topic}")
    assert (await subscribe(socket, topic, op="unsubscribe"))["success"] is True
    await subscribe(socket, topic)
    assert (await socket.receive())["type"] == "snapshot"


async def test_a_trade_is_told_with_the_takers_side_and_a_whole_ticker(maker: Any, connect: Connect) -> None:
    socket = await connect(PUBLIC)
    await subscribe(socket, "publicTrade.BTCUSDT", "tickers.BTCUSDT")
    assert (await socket.receive())["topic"] == "tickers.BTCUSDT"
    maker.bid("50000", "0.1")
    maker.take(Side.SELL, "0.1")

    trade, ticker = await socket.receive(), await socket.receive()

    (entry,) = trade["data"]
    assert (entry["S"], entry["p"], entry["v"], entry["s"]) == ("Sell", "50000", "0.1", "BTCUSDT")
    assert (ticker["type"], ticker["data"]["lastPrice"]) == ("snapshot", "50000")


@pytest.mark.parametrize(
    ("topics", "text"),
    [
        (["orderbook.50.NOSUCH"], "error:handler not found,topic:orderbook.50.NOSUCH"),
        (["orderbook.49.BTCUSDT"], "error:handler not found,topic:orderbook.49.BTCUSDT"),
        (["news.BTCUSDT"], "error:handler not found,topic:news.BTCUSDT"),
        (["publicTrade.BTCUSDT"] * 11, "args size >10"),
    ],
)
async def test_one_bad_topic_refuses_the_request_whole(
    sandbox: Sandbox, connect: Connect, topics: list[str], text: str
) -> None:
    socket = await connect(PUBLIC)

    answer = await subscribe(socket, "publicTrade.BTCUSDT", *topics)

    assert (answer["success"], answer["ret_msg"]) == (False, text)
    assert sandbox.streams.topics() == []


@pytest.mark.parametrize("frame", [{"op": "sing", "args": []}, {"op": "subscribe", "args": "all"}, {}])
async def test_an_unknown_operation_is_refused(connect: Connect, frame: dict[str, Any]) -> None:
    socket = await connect(PUBLIC)
    await socket.send(frame)

    assert (await socket.receive())["ret_msg"] == "error:invalid op"


async def test_a_ping_is_answered_by_each_kind_of_connection_in_its_own_way(connect: Connect, private: Any) -> None:
    public = await connect(PUBLIC)
    for socket in (public, private):
        await socket.send({"op": "ping", "req_id": "8"})

    answer, other = await public.receive(), await private.receive()

    assert (answer["op"], answer["ret_msg"], answer["success"], answer["req_id"]) == ("ping", "pong", True, "8")
    assert (other["op"], other["req_id"]) == ("pong", "8")
    assert "success" not in other


@pytest.mark.parametrize("sandbox", [{"silence_limit_s": 0.4}], indirect=True)
async def test_a_connection_without_messages_ends_unless_the_client_pings(connect: Connect) -> None:
    silent, pinging = await connect(PUBLIC), await connect(PUBLIC)
    ended = asyncio.ensure_future(closed_with(silent))
    while not ended.done():
        await pinging.send({"op": "ping"})
        assert (await pinging.receive())["ret_msg"] == "pong"
        await asyncio.wait([ended], timeout=0.1)

    assert await ended == 1000


@pytest.mark.parametrize("path", ["v5/public/linear", "realtime_public"])
async def test_there_is_nothing_at_another_address(connect: Connect, path: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await connect(f"stream.bybit.com/{path}")
