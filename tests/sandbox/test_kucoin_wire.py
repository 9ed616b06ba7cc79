"""KuCoin's own rules, on the wire: signatures and passphrases, codes, client order ids, tokens, books, topics."""

import asyncio
from decimal import Decimal
from typing import Any

import ccxt
import pytest

from hummingbot_ccxt.sandbox import Fault, Sandbox, Side, StreamFault

from .clients import KucoinClient, closed_with, meaning
from .conftest import Socket

EXCHANGE = "kucoin"
ORDERS, OLD_ORDERS = "/api/v1/hf/orders", "/api/v1/orders"
BOOK = "/api/v3/market/orderbook/level2"
NOBODYS = "0" * 24


async def opened(client: KucoinClient, kind: str) -> Socket:
    """A connection with a new token, welcomed."""
    socket = Socket(await client.connect(await client.address(kind)))
    assert await socket.receive() == {"id": "mine", "type": "welcome"}
    return socket


@pytest.fixture
async def private(client: KucoinClient) -> Socket:
    return await opened(client, "private")


@pytest.fixture
async def public(client: KucoinClient) -> Socket:
    return await opened(client, "public")


async def subscribe(socket: Socket, topic: str, kind: str = "subscribe") -> Any:
    """Subscribes; the answer."""
    await socket.send({"id": 5, "type": kind, "topic": topic, "privateChannel": False, "response": True})
    return await socket.receive()


async def ordered(client: KucoinClient, **changes: Any) -> str:
    """The id of a new order."""
    return str((await client.order(**changes)).json["data"]["orderId"])


async def look(client: KucoinClient, order_id: str) -> Any:
    return (await client.signed("GET", f"{ORDERS}/{order_id}", symbol="BTC-USDT")).json["data"]


# -- REST


@pytest.mark.parametrize(
    ("changes", "status", "code", "error"),
    [
        ({"KC-API-KEY": "of nobody"}, 401, "400003", ccxt.AuthenticationError),
        ({"KC-API-SIGN": "A" * 44}, 401, "400005", ccxt.AuthenticationError),
        ({"KC-API-PASSPHRASE": "wrong"}, 401, "400004", ccxt.AuthenticationError),
        ({"KC-API-PASSPHRASE": None}, 401, "400001", ccxt.AuthenticationError),
        ({"KC-API-TIMESTAMP": "1538054050000"}, 400, "400002", ccxt.InvalidNonce),
        ({"KC-API-TIMESTAMP": "4102444800000"}, 400, "400002", ccxt.InvalidNonce),
        ({"KC-API-TIMESTAMP": "yesterday"}, 400, "400002", ccxt.InvalidNonce),
    ],
)
async def test_a_request_with_wrong_credentials_is_refused(
    client: KucoinClient, changes: dict[str, Any], status: int, code: str, error: type[Exception]
) -> None:
    answer = await client.signed("GET", "/api/v1/accounts", changes=changes)

    assert (answer.status, answer.json["code"]) == (status, code)
    assert meaning("kucoin", answer) is error


async def test_the_signature_covers_query_and_body(client: KucoinClient) -> None:
    of_another = client.headers("DELETE", ORDERS, "symbol=ETH-USDT", "", {})["KC-API-SIGN"]
    deleted = await client.signed("DELETE", ORDERS, changes={"KC-API-SIGN": of_another}, symbol="BTC-USDT")
    of_another = client.headers("POST", ORDERS, "", '{"size": "1"}', {})["KC-API-SIGN"]
    posted = await client.signed("POST", ORDERS, changes={"KC-API-SIGN": of_another}, size="2")

    assert (deleted.json["code"], posted.json["code"]) == ("400005", "400005")


@pytest.mark.parametrize(
    ("version", "is_signed", "code"),
    [("1", False, "200000"), (None, False, "200000"), ("2", True, "200000"), ("3", True, "200000"),
     ("1", True, "400004"), ("2", False, "400004")],
)  # fmt: skip
async def test_the_passphrase_is_signed_from_version_two_of_a_key_on(
    client: KucoinClient, version: str | None, is_signed: bool, code: str
) -> None:
    word = client.account.password
    changes = {"KC-API-KEY-VERSION": version, "KC-API-PASSPHRASE": client.signature(word) if is_signed else word}

    assert (await client.signed("GET", "/api/v1/accounts", changes=changes)).json["code"] == code


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"symbol": "BTC-EUR"}, "400100", "Unsupported trading pair."),
        ({"size": "0.000001"}, "600100", "Order size increment invalid."),
        ({"price": "50000.001"}, "600100", "Price increment invalid."),
        ({"price": None}, "400100", None),
        ({"size": None}, "400100", None),
        ({"size": "-1"}, "400100", None),
        ({"side": "hold"}, "400100", None),
        ({"timeInForce": "GTT"}, "400100", None),
        ({"clientOid": None}, "400100", None),
        ({"clientOid": "x" * 41}, "400100", None),
        ({"clientOid": "with.dot"}, "400100", None),
        ({"size": "0.00001"}, "600101", "The order funds should more then 5 USDT."),
        ({"size": "9001"}, "400100", "Order size above the maximum requirement."),
        ({"size": "1"}, "200004", "Balance insufficient!"),
        ({"type": "market", "price": None}, "300000", "No liquidity in the order book."),
    ],
)
async def test_an_order_is_refused_with_its_code(
    client: KucoinClient, changes: dict[str, Any], code: str, text: str | None
) -> None:
    answer = await client.order(**changes)

    assert answer.json["code"] == code
    assert text in (None, answer.json["msg"])
    assert "data" not in answer.json
    assert meaning("kucoin", answer) is not None


async def test_a_market_that_is_closed_refuses_orders(sandbox: Sandbox, client: KucoinClient) -> None:
    sandbox.engine.set_open("BTC/USDT", False)

    assert (await client.order()).json["code"] == "400200"
    listed = {each["symbol"]: each["enableTrading"] for each in (await client.get("/api/v2/symbols")).json["data"]}
    assert listed == {name: name != "BTC-USDT" for name in listed}


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        ("/api/v1/market/orderbook/level2_20", {"symbol": "NO-SUCH"}, 200, "400100"),
        ("/api/v1/market/orderbook/level2_50", {"symbol": "BTC-USDT"}, 400, "400100"),
        ("/api/v1/market/histories", {}, 400, "400100"),
        ("/api/v1/market/candles", {"symbol": "BTC-USDT", "type": "7min"}, 400, "400100"),
        (BOOK, {"symbol": "BTC-USDT"}, 401, "400001"),
        ("/api/v1/nothing", {}, 404, "404"),
    ],
)
async def test_a_bad_public_request_has_its_code_and_status(
    client: KucoinClient, path: str, parameters: dict[str, str], status: int, code: str
) -> None:
    answer = await client.get(path, **parameters)

    assert (answer.status, answer.json["code"]) == (status, code)


async def test_a_client_order_id_serves_once_in_a_lifetime(client: KucoinClient) -> None:
    refused = await client.order(clientOid="mine", size="1")
    first = await client.order(clientOid="mine")
    twice = await client.order(clientOid="mine")
    await client.signed("DELETE", f"{ORDERS}/client-order/mine", symbol="BTC-USDT")
    after_its_end = await client.order(clientOid="mine")

    assert [each.json["code"] for each in (refused, first, twice, after_its_end)] == [
        "200004", "200000", "126044", "126044",
    ]  # fmt: skip
    assert meaning("kucoin", twice) is ccxt.InvalidOrder
    assert first.json["data"]["clientOid"] == "mine"
    assert (await client.order(clientOid="x" * 40)).json["code"] == "200000"


@pytest.mark.parametrize(
    ("terms", "filled", "was_canceled"),
    [
        ({"side": "buy", "size": None, "funds": "100"}, "0.002", False),
        ({"side": "buy", "size": "0.002"}, "0.002", False),
        ({"side": "sell", "size": "0.002"}, "0.002", False),
        ({"side": "buy", "size": "0.15"}, "0.1", True),
    ],
    ids=["buy by cost", "buy by amount", "sell by amount", "more than the book has"],
)
async def test_the_size_of_a_market_order(
    client: KucoinClient, maker: Any, terms: dict[str, Any], filled: str, was_canceled: bool
) -> None:
    maker.ask("50000", "0.1")
    maker.bid("49000", "0.1")

    order = await look(client, await ordered(client, type="market", price=None, **terms))

    assert (order["dealSize"], order["active"], order["cancelExist"]) == (filled, False, was_canceled)
    assert (order["type"], order["price"]) == ("market", "0")


@pytest.mark.parametrize(
    ("terms", "filled", "active", "was_canceled"),
    [
        ({"postOnly": True}, "0", False, True),
        ({"postOnly": True, "timeInForce": "IOC"}, "0.004", False, True),
        ({"timeInForce": "IOC"}, "0.004", False, True),
        ({"timeInForce": "FOK"}, "0", False, True),
        ({"timeInForce": "FOK", "size": "0.004"}, "0.004", False, False),
        ({}, "0.004", True, False),
        ({"postOnly": True, "price": "49999"}, "0", True, False),
    ],
)
async def test_what_becomes_of_each_kind_of_order(
    client: KucoinClient, maker: Any, terms: dict[str, Any], filled: str, active: bool, was_canceled: bool
) -> None:
    maker.ask("50000", "0.004")

    placed = await client.order(**terms)
    order = await look(client, placed.json["data"]["orderId"])

    assert placed.json["code"] == "200000"
    assert (order["dealSize"], order["active"], order["cancelExist"]) == (filled, active, was_canceled)


@pytest.mark.parametrize(("side", "fee"), [("buy", "0.5"), ("sell", "0.49")])
async def test_fees_are_in_quote_whichever_side(client: KucoinClient, maker: Any, side: str, fee: str) -> None:
    maker.ask("50000", "0.1")
    maker.bid("49000", "0.1")
    order_id = await ordered(client, side=side, type="market", price=None)

    order = await look(client, order_id)
    fills = await client.signed("GET", "/api/v1/hf/fills", symbol="BTC-USDT", orderId=order_id)
    (fill,) = fills.json["data"]["items"]

    assert (order["fee"], order["feeCurrency"]) == (fee, "USDT")
    assert (fill["fee"], fill["feeCurrency"], fill["feeRate"], fill["liquidity"]) == (fee, "USDT", "0.001", "taker")


async def test_fees_are_told_of_ten_markets_at_once_and_not_more(client: KucoinClient) -> None:
    names = [each["symbol"] for each in (await client.get("/api/v2/symbols")).json["data"]]
    answer = await client.signed("GET", "/api/v1/trade-fees", symbols=",".join(names[:10]))
    too_many = await client.signed("GET", "/api/v1/trade-fees", symbols=",".join((names * 11)[:11]))

    assert answer.json["data"] == [
        {"symbol": name, "takerFeeRate": "0.001", "makerFeeRate": "0.001"} for name in names[:10]
    ]
    assert too_many.json["code"] == "400100"


@pytest.mark.parametrize(
    ("path", "is_by_client_id", "fields"),
    [
        (f"{ORDERS}/{{orderId}}", False, {"orderId"}),
        (f"{ORDERS}/client-order/mine", True, {"clientOid"}),
        (f"{OLD_ORDERS}/{{orderId}}", False, {"cancelledOrderIds"}),
        ("/api/v1/order/client-order/mine", True, {"cancelledOrderId", "clientOid", "cancelledOcoOrderIds"}),
    ],
)
async def test_an_order_is_canceled_once_by_either_id_in_both_generations(
    client: KucoinClient, path: str, is_by_client_id: bool, fields: set[str]
) -> None:
    order_id = await ordered(client, clientOid="mine")
    address = path.format(orderId=order_id)

    found = await client.signed("GET", address, symbol="BTC-USDT")
    first, second = [await client.signed("DELETE", address, symbol="BTC-USDT") for _ in range(2)]
    order = await look(client, order_id)

    assert (found.json["data"]["id"], found.json["data"]["clientOid"]) == (order_id, "mine")
    assert set(first.json["data"]) == fields
    assert (second.json["code"], second.json["msg"]) == ("400100", "order_not_exist_or_not_allow_to_cancel")
    assert (order["active"], order["cancelExist"], order["cancelledSize"]) == (False, True, "0.01")


@pytest.mark.parametrize("order_id", [NOBODYS, "12", "Z" * 24])
async def test_an_unknown_order(client: KucoinClient, order_id: str) -> None:
    asked = await client.signed("GET", f"{ORDERS}/{order_id}", symbol="BTC-USDT")
    canceled = await client.signed("DELETE", f"{ORDERS}/{order_id}", symbol="BTC-USDT")

    assert (asked.json["code"], asked.json["msg"]) == ("400100", "order not exist.")
    assert (canceled.json["code"], canceled.json["msg"]) == ("400100", "order_not_exist_or_not_allow_to_cancel")
    assert (meaning("kucoin", asked), meaning("kucoin", canceled)) == (ccxt.OrderNotFound, ccxt.OrderNotFound)


async def test_an_order_is_denied_although_it_is_open(sandbox: Sandbox, client: KucoinClient) -> None:
    order_id = await ordered(client)
    sandbox.faults.rest("order.cancel", Fault.UNKNOWN_ORDER)
    sandbox.faults.rest("order.status", Fault.UNKNOWN_ORDER)

    denied, unknown = [
        await client.signed(method, f"{ORDERS}/{order_id}", symbol="BTC-USDT") for method in ("DELETE", "GET")
    ]

    assert (denied.json["code"], unknown.json["code"]) == ("400100", "400100")
    assert (await look(client, order_id))["active"] is True


async def test_lists_are_newest_first(client: KucoinClient) -> None:
    ids = [await ordered(client, price=str(price)) for price in range(40_000, 40_005)]
    await client.signed("DELETE", f"{ORDERS}/{ids[0]}", symbol="BTC-USDT")
    await client.signed("DELETE", f"{ORDERS}/{ids[1]}", symbol="BTC-USDT")

    async def listed(path: str, **parameters: Any) -> list[str]:
        data = (await client.signed("GET", path, symbol="BTC-USDT", **parameters)).json["data"]
        return [row["id"] for row in (data if isinstance(data, list) else data["items"])]

    assert await listed(f"{ORDERS}/active") == ids[:1:-1]
    assert await listed(f"{ORDERS}/done") == [ids[1], ids[0]]
    assert await listed(f"{ORDERS}/done", limit=1) == [ids[1]]
    assert await listed(OLD_ORDERS, status="active") == ids[:1:-1]
    assert await listed(OLD_ORDERS, status="active", pageSize=2, currentPage=2) == [ids[2]]
    assert await listed(OLD_ORDERS, status="done", startAt=4102444800000) == []


async def test_fills_are_pages_newest_first_each_before_the_last_one_seen(client: KucoinClient, maker: Any) -> None:
    for step in range(25):
        maker.ask(str(50_000 + step), "0.001")
    order_id = await ordered(client, size="0.025", price="50100")

    async def page(**parameters: Any) -> tuple[list[str], int]:
        path = "/api/v1/hf/fills"
        data = (await client.signed("GET", path, symbol="BTC-USDT", orderId=order_id, **parameters)).json["data"]
        return [fill["price"] for fill in data["items"]], data["lastId"]

    newest, last = await page()
    older, _ = await page(lastId=last)

    assert newest == [str(50_024 - step) for step in range(20)]
    assert older == [str(50_004 - step) for step in range(5)]
    assert len((await page(limit=200))[0]) == 25


async def test_all_orders_of_a_market_or_of_all_are_canceled(sandbox: Sandbox, client: KucoinClient) -> None:
    for _ in range(2):
        await client.order()
        await client.order(symbol="ETH-USDT", price="3000")
    one = await client.signed("DELETE", ORDERS, symbol="BTC-USDT")
    rest = await client.signed("DELETE", f"{ORDERS}/cancelAll")

    assert (one.json["data"], rest.json["data"]) == (
        "success",
        {"succeedSymbols": ["ETH-USDT"], "failedSymbols": []},
    )
    assert not sandbox.engine.open_orders(client.account.account_id)


@pytest.mark.parametrize("sandbox", [{"weight_limit": 3}], indirect=True)
async def test_headers_say_what_is_left_of_the_rate_limit_and_when_it_is_whole_again(client: KucoinClient) -> None:
    answers = [await client.get("/api/v1/timestamp") for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["gw-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["gw-ratelimit-limit"] for answer in answers} == {"3"}
    assert 0 < int(answers[-1].headers["gw-ratelimit-reset"]) <= 60_000
    assert "Retry-After" not in answers[-1].headers
    assert meaning("kucoin", answers[-1]) is ccxt.RateLimitExceeded


@pytest.mark.parametrize("sandbox", [{"order_limit": 2}], indirect=True)
async def test_too_many_orders_are_refused(client: KucoinClient) -> None:
    assert [(await client.order()).json["code"] for _ in range(3)] == ["200000", "200000", "429000"]


# -- tokens and heartbeats


async def test_a_token_leads_to_this_venue_and_says_how_often_to_ping(client: KucoinClient, sandbox: Sandbox) -> None:
    data = (await client.signed("POST", "/api/v1/bullet-private")).json["data"]
    (server,) = data["instanceServers"]

    assert server["endpoint"].startswith(sandbox.url.replace("http", "ws"))
    assert (server["protocol"], server["pingInterval"], server["pingTimeout"]) == ("websocket", 20_000, 60_000)


async def test_a_private_token_needs_a_signature(client: KucoinClient) -> None:
    answer = await client.signed("POST", "/api/v1/bullet-private", changes={"KC-API-SIGN": "wrong"})

    assert answer.json["code"] == "400005"


@pytest.mark.parametrize("query", ["", "?token=of-nobody"])
async def test_a_connection_without_a_good_token_ends(client: KucoinClient, sandbox: Sandbox, query: str) -> None:
    socket = Socket(await client.connect(sandbox.rewrite(f"wss://ws-api-spot.kucoin.com/{query}")))

    assert await socket.receive() == {"id": "", "type": "error", "code": 401, "data": "token is expired"}
    assert await closed_with(socket) == 1000


async def test_private_tokens_expire_with_their_connections(client: KucoinClient, sandbox: Sandbox) -> None:
    addresses = {kind: await client.address(kind) for kind in ("public", "private")}
    sockets = {kind: Socket(await client.connect(address)) for kind, address in addresses.items()}
    for socket in sockets.values():
        assert (await socket.receive())["type"] == "welcome"

    assert sandbox.faults.expire_sessions() == 1

    assert (await sockets["private"].receive())["code"] == 401
    assert await closed_with(sockets["private"]) == 1000
    assert (await Socket(await client.connect(addresses["private"])).receive())["type"] == "error"
    assert (await Socket(await client.connect(addresses["public"])).receive())["type"] == "welcome"
    assert (await subscribe(sockets["public"], "/market/match:BTC-USDT"))["type"] == "ack"


async def test_nothing_private_with_a_public_token(public: Socket) -> None:
    answer = await subscribe(public, "/spotMarket/tradeOrdersV2")

    assert (answer["type"], answer["code"], answer["id"]) == ("error", 403, 5)


@pytest.mark.parametrize("sandbox", [{"ping_interval_s": 0.2, "pong_timeout_s": 0.2}], indirect=True)
async def test_who_neither_pings_nor_says_anything_is_disconnected(client: KucoinClient) -> None:
    silent, pinging = await opened(client, "public"), await opened(client, "public")
    ended = asyncio.ensure_future(closed_with(silent))
    while not ended.done():
        await pinging.send({"id": "8", "type": "ping"})
        pong = await pinging.receive()
        assert (pong["id"], pong["type"]) == ("8", "pong")
        await asyncio.wait([ended], timeout=0.1)

    assert await ended == 1000


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "subscribe", "topic": "/market/level2:NO-SUCH"}, 404),
        ({"type": "subscribe", "topic": "/market/news:BTC-USDT"}, 404),
        ({"type": "subscribe", "topic": "/market/level2:" + ",".join(["BTC-USDT"] * 101)}, 400),
        ({"type": "subscribe"}, 404),
        ({"type": "sing"}, 415),
    ],
)
async def test_a_bad_frame_is_answered_with_its_code(public: Socket, frame: dict[str, str], code: int) -> None:
    await public.send({"id": 6, **frame})

    answer = await public.receive()

    assert (answer["id"], answer["type"], answer["code"]) == (6, "error", code)


async def test_only_who_asks_for_it_gets_an_acknowledgement(public: Socket) -> None:
    await public.send({"id": 1, "type": "subscribe", "topic": "/market/match:BTC-USDT"})
    await public.send({"id": 2, "type": "subscribe", "topic": "/market/match:ETH-USDT", "response": True})

    assert await public.receive() == {"id": 2, "type": "ack"}


# -- public topics


class Replayed:
    """A book rebuilt as "Orderbook - Increment" tells: from a snapshot and what came after it; fails on a gap."""

    def __init__(self, snapshot: Any) -> None:
        self.sequence = int(snapshot["sequence"])
        self.bids, self.asks = ({Decimal(p): Decimal(a) for p, a in snapshot[side]} for side in ("bids", "asks"))

    def apply(self, message: Any) -> None:
        data = message["data"]
        if data["sequenceEnd"] <= self.sequence:
            return
        assert data["sequenceStart"] <= self.sequence + 1, "a gap"
        for side, rows in ((self.bids, data["changes"]["bids"]), (self.asks, data["changes"]["asks"])):
            for price, amount, sequence in rows:
                assert data["sequenceStart"] <= int(sequence) <= data["sequenceEnd"]
                if int(sequence) > self.sequence:
                    side[Decimal(price)] = Decimal(amount)
                    if Decimal(amount) == 0:
                        del side[Decimal(price)]
        self.sequence = data["sequenceEnd"]


async def test_increments_follow_on_a_snapshot_without_a_gap(
    sandbox: Sandbox, client: KucoinClient, public: Socket, maker: Any
) -> None:
    for step in range(50):
        maker.bid(str(50_000 - step), "0.1")
        maker.ask(str(50_001 + step), "0.1")
    await subscribe(public, "/market/level2:BTC-USDT")
    maker.bid("49999.5", "1")
    early = await public.receive()
    book = Replayed((await client.signed("GET", BOOK, symbol="BTC-USDT")).json["data"])
    book.apply(early)

    for step in range(30):
        maker.take(Side.BUY if step % 2 else Side.SELL, "0.15")
        maker.bid(str(48_000 + step), "1")
        book.apply(await public.receive())
    engine = sandbox.engine.book("BTC/USDT")
    while book.sequence < engine.sequence:
        book.apply(await public.receive())

    assert sorted(book.bids.items(), reverse=True) == engine.bids.levels()
    assert sorted(book.asks.items()) == engine.asks.levels()


async def test_a_lost_increment_is_a_gap(sandbox: Sandbox, client: KucoinClient, public: Socket, maker: Any) -> None:
    await subscribe(public, "/market/level2:BTC-USDT")
    book = Replayed((await client.signed("GET", BOOK, symbol="BTC-USDT")).json["data"])
    rule = sandbox.faults.stream("depth", StreamFault.DROP)
    maker.bid("50001", "1")
    await rule.fired()
    maker.bid("50002", "1")

    with pytest.raises(AssertionError, match="a gap"):
        book.apply(await public.receive())


async def test_short_books_are_told_whole(public: Socket, maker: Any) -> None:
    for step in range(10):
        maker.bid(str(50_000 - step), "0.1")
    await subscribe(public, "/spotMarket/level2Depth5:BTC-USDT")
    maker.ask("50001", "1")
    message = await public.receive()

    assert message["subject"] == "level2"
    assert [row[0] for row in message["data"]["bids"]] == ["50000", "49999", "49998", "49997", "49996"]
    assert message["data"]["asks"] == [["50001", "1"]]


async def test_a_trade_names_both_orders_and_the_takers_side(client: KucoinClient, public: Socket, maker: Any) -> None:
    await subscribe(public, "/market/match:ETH-USDT,BTC-USDT")
    made = maker.ask("50000", "0.1")
    taken = await ordered(client)
    message = await public.receive()

    data = message["data"]
    assert (message["topic"], message["subject"]) == ("/market/match:BTC-USDT", "trade.l3match")
    assert (data["side"], data["price"], data["size"]) == ("buy", "50000", "0.01")
    assert (data["makerOrderId"], data["takerOrderId"]) == (f"{made:024x}", taken)
    assert len(data["time"]) == 19


# -- private topics


@pytest.mark.parametrize(
    ("topic", "kinds"),
    [
        ("/spotMarket/tradeOrders", ["match", "open", "canceled"]),
        ("/spotMarket/tradeOrdersV2", ["received", "match", "open", "canceled"]),
    ],
)
async def test_orders_are_told_from_their_acceptance_on(
    client: KucoinClient, private: Socket, maker: Any, topic: str, kinds: list[str]
) -> None:
    await subscribe(private, topic)
    maker.ask("50000", "0.004")
    order_id = await ordered(client, clientOid="mine")
    await client.signed("DELETE", f"{ORDERS}/client-order/mine", symbol="BTC-USDT")

    told = [await private.receive() for _ in kinds]

    assert {(m["topic"], m["subject"], m["channelType"]) for m in told} == {(topic, "orderChange", "private")}
    orders = [m["data"] for m in told]
    assert [o["type"] for o in orders] == kinds
    assert {(o["orderId"], o["clientOid"]) for o in orders} == {(order_id, "mine")}
    (match,) = [o for o in orders if o["type"] == "match"]
    assert (match["matchPrice"], match["matchSize"], match["liquidity"], match["status"]) == (
        "50000", "0.004", "taker", "match",
    )  # fmt: skip
    last = orders[-1]
    assert (last["filledSize"], last["canceledSize"], last["remainSize"], last["status"]) == (
        "0.004", "0.006", "0", "done",
    )  # fmt: skip


async def test_an_order_that_fills_is_told_to_be_filled_after_its_last_match(
    client: KucoinClient, private: Socket, maker: Any
) -> None:
    await subscribe(private, "/spotMarket/tradeOrdersV2")
    await client.order()
    maker.take(Side.SELL, "0.01")

    told = [(await private.receive())["data"] for _ in range(4)]

    assert [(o["type"], o["status"]) for o in told] == [
        ("received", "new"), ("open", "open"), ("match", "open"), ("filled", "done"),
    ]  # fmt: skip
    assert (told[2]["liquidity"], told[2]["feeType"]) == ("maker", "makerFee")


async def test_a_balance_is_told_with_its_change(client: KucoinClient, private: Socket) -> None:
    await subscribe(private, "/account/balance")
    await client.order()

    message = await private.receive()

    data = message["data"]
    assert (message["subject"], data["currency"], data["relationEvent"]) == ("account.balance", "USDT", "trade.hold")
    assert (data["total"], data["available"], data["hold"]) == ("10000", "9499.5", "500.5")
    assert (data["availableChange"], data["holdChange"]) == ("-500.5", "500.5")


async def test_after_unsubscribing_nothing_more_is_told(client: KucoinClient, private: Socket) -> None:
    await subscribe(private, "/spotMarket/tradeOrdersV2")
    await subscribe(private, "/account/balance")
    assert (await subscribe(private, "/spotMarket/tradeOrdersV2", "unsubscribe"))["type"] == "ack"
    await client.order()

    assert (await private.receive())["topic"] == "/account/balance"
