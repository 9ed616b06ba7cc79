"""Bitget's own rules, on the wire: signatures, codes, costs of purchases, lists, books with checksums, channels."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt.pro
import pytest

from hummingbot_ccxt.sandbox import Fault, Sandbox, Side, StreamFault

from .clients import BitgetClient, closed_with, meaning

EXCHANGE = "bitget"
PUBLIC, PRIVATE = "ws.bitget.com/v2/ws/public", "ws.bitget.com/v2/ws/private"
SPOT = "/api/v2/spot"
Connect = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def private(client: BitgetClient, connect: Connect) -> Any:
    """A private connection, logged in."""
    socket = await connect(PRIVATE)
    await socket.send(client.log_in())
    assert await socket.receive() == {"event": "login", "code": 0}
    return socket


async def subscribe(socket: Any, channel: str, **name: str) -> Any:
    """Subscribes; the answer."""
    await socket.send({"op": "subscribe", "args": [{"instType": "SPOT", "channel": channel, **name}]})
    return await socket.receive()


async def book(connect: Connect, channel: str) -> tuple[Any, Any]:
    """A connection with the book of BTC/USDT, and the first message."""
    socket = await connect(PUBLIC)
    assert (await subscribe(socket, channel, instId="BTCUSDT"))["event"] == "subscribe"
    return socket, await socket.receive()


# -- REST


@pytest.mark.parametrize(
    ("changes", "code", "error"),
    [
        ({"ACCESS-KEY": "of nobody"}, "40037", ccxt.AuthenticationError),
        ({"ACCESS-PASSPHRASE": "wrong"}, "40012", ccxt.AuthenticationError),
        ({"ACCESS-SIGN": "A" * 44}, "40009", ccxt.AuthenticationError),
        ({"ACCESS-TIMESTAMP": "1600000000000"}, "40008", ccxt.InvalidNonce),
        ({"ACCESS-TIMESTAMP": "4100000000000"}, "40008", ccxt.InvalidNonce),
        ({"ACCESS-TIMESTAMP": "now"}, "40008", ccxt.InvalidNonce),
    ],
)
async def test_a_request_with_wrong_credentials_is_refused(
    client: BitgetClient, changes: dict[str, str], code: str, error: type[Exception]
) -> None:
    answer = await client.signed("GET", f"{SPOT}/account/assets", changes=changes)

    assert (answer.status, answer.json["code"], answer.json["data"]) == (400, code, None)
    assert meaning("bitget", answer) is error


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"symbol": "BTCEUR"}, "40034"),
        ({"side": "hold"}, "40017"),
        ({"orderType": "stop"}, "40017"),
        ({"force": "gtx"}, "40017"),
        ({"price": None}, "40017"),
        ({"size": None}, "40017"),
        ({"clientOid": "with space"}, "40017"),
        ({"price": "50000.001"}, "41103"),
        ({"size": "0.000001"}, "40808"),
        ({"size": "0.00001"}, "45110"),
        ({"size": "9001"}, "45113"),
        ({"size": "1"}, "43012"),
    ],
)
async def test_an_order_is_refused_with_its_code(client: BitgetClient, changes: dict[str, Any], code: str) -> None:
    answer = await client.order(**changes)

    assert (answer.status, answer.json["code"]) == (400, code)


async def test_a_client_order_id_is_free_again_when_its_order_has_ended(client: BitgetClient) -> None:
    assert (await client.order(clientOid="mine")).json["code"] == "00000"
    assert (await client.order(clientOid="mine")).json["code"] == "40786"
    await client.signed("POST", f"{SPOT}/trade/cancel-order", symbol="BTCUSDT", clientOid="mine")

    assert (await client.order(clientOid="mine")).json["data"]["clientOid"] == "mine"


@pytest.mark.parametrize(("side", "size", "filled"), [("buy", "600.1", "0.01"), ("sell", "0.02", "0.02")])
async def test_a_market_purchase_is_given_by_its_cost(
    client: BitgetClient, maker: Any, side: str, size: str, filled: str
) -> None:
    maker.ask("60010", "1")
    maker.bid("59990", "1")
    placed = (await client.order(side=side, orderType="market", size=size, price=None)).json["data"]
    (order,) = (await client.signed("GET", f"{SPOT}/trade/orderInfo", orderId=placed["orderId"])).json["data"]

    assert (order["status"], order["size"], order["baseVolume"], order["price"]) == ("filled", size, filled, "0")
    (fill,) = (await client.signed("GET", f"{SPOT}/trade/fills", symbol="BTCUSDT")).json["data"]
    assert (fill["orderId"], fill["size"], fill["tradeScope"]) == (placed["orderId"], filled, "taker")
    assert fill["feeDetail"]["totalFee"].startswith("-")  # paid
    assert fill["feeDetail"]["feeCoin"] == ("BTC" if side == "buy" else "USDT")


@pytest.mark.parametrize(
    ("force", "status"), [("post_only", "cancelled"), ("ioc", "cancelled"), ("FOK", "cancelled"), ("gtc", "live")]
)
async def test_what_becomes_of_each_kind_of_order(client: BitgetClient, maker: Any, force: str, status: str) -> None:
    if force == "post_only":
        maker.ask("50000", "1")
    placed = (await client.order(force=force)).json["data"]

    (order,) = (await client.signed("GET", f"{SPOT}/trade/orderInfo", orderId=placed["orderId"])).json["data"]
    assert (order["status"], order["baseVolume"]) == (status, "0")


async def test_an_unknown_order_is_an_empty_list_to_a_question_and_refused_to_a_cancel(client: BitgetClient) -> None:
    asked = await client.signed("GET", f"{SPOT}/trade/orderInfo", orderId="999999999999")
    canceled = await client.signed("POST", f"{SPOT}/trade/cancel-order", symbol="BTCUSDT", orderId="999999999999")

    assert (asked.status, asked.json["code"], asked.json["data"]) == (200, "00000", [])
    assert (canceled.status, canceled.json["code"]) == (400, "43001")
    assert meaning("bitget", canceled) is ccxt.OrderNotFound


async def test_a_batch_of_cancels_tells_what_became_of_each(client: BitgetClient) -> None:
    placed = (await client.order()).json["data"]
    batch = {"orderList": [placed, {"orderId": "999999999999"}], "symbol": "BTCUSDT"}
    data = (await client.signed("POST", f"{SPOT}/trade/batch-cancel-order", **batch)).json["data"]

    assert data["successList"] == [placed]
    assert [(each["orderId"], each["errorCode"]) for each in data["failureList"]] == [("999999999999", "43001")]


async def test_lists_are_pages_newest_first(client: BitgetClient) -> None:
    ids = [(await client.order()).json["data"]["orderId"] for _ in range(3)]
    path = f"{SPOT}/trade/unfilled-orders"
    first = (await client.signed("GET", path, limit="2")).json["data"]
    second = (await client.signed("GET", path, limit="2", idLessThan=first[-1]["orderId"])).json["data"]

    assert [each["orderId"] for each in [*first, *second]] == ids[::-1]
    assert ("price" in first[0], first[0]["priceAvg"], first[0]["basePrice"]) == (False, "50000", "0")


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        (Fault.RATE_LIMIT, 429, ccxt.DDoSProtection),
        (Fault.MAINTENANCE, 503, ccxt.OnMaintenance),
        (Fault.ERROR_BEFORE, 503, ccxt.ExchangeError),
        (Fault.UNKNOWN_ORDER, 400, ccxt.OrderNotFound),
    ],
)
async def test_faults_come_in_the_venues_words(
    sandbox: Sandbox, client: BitgetClient, fault: Fault, status: int, error: type[Exception]
) -> None:
    sandbox.faults.rest("order.cancel", fault)
    answer = await client.signed("POST", f"{SPOT}/trade/cancel-order", symbol="BTCUSDT", orderId="1")

    assert (answer.status, meaning("bitget", answer)) == (status, error)


# -- streams


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"apiKey": "of nobody"}, 30011),
        ({"passphrase": "wrong"}, 30012),
        ({"timestamp": "1600000000"}, 30014),
        ({"sign": "A" * 44}, 30015),
    ],
)
async def test_a_wrong_log_in_ends_the_connection(
    client: BitgetClient, connect: Connect, changes: dict[str, str], code: int
) -> None:
    socket = await connect(PRIVATE)
    await socket.send(client.log_in(**changes))

    answer = await socket.receive()
    assert (answer["event"], answer["code"], "arg" in answer) == ("error", code, False)
    assert str(code) in ccxt.pro.bitget().exceptions["ws"]["exact"]
    await closed_with(socket)


async def test_nothing_private_without_a_log_in(connect: Connect) -> None:
    assert (await subscribe(await connect(PRIVATE), "orders", instId="default"))["code"] == 30004


@pytest.mark.parametrize(
    "arg",
    [
        {"instType": "SPOT", "channel": "nonsense", "instId": "BTCUSDT"},
        {"instType": "SPOT", "channel": "books", "instId": "BTCEUR"},
        {"instType": "USDT-FUTURES", "channel": "books", "instId": "BTCUSDT"},
        {"instType": "SPOT", "channel": "books", "instId": "default"},
    ],
)
async def test_a_channel_that_is_not_there_is_told_with_its_name(connect: Connect, arg: dict[str, str]) -> None:
    socket = await connect(PUBLIC)
    await socket.send({"op": "subscribe", "args": [arg]})

    told = ",".join(f"{name}:{value}" for name, value in arg.items())
    error = {"event": "error", "arg": arg, "op": "subscribe", "code": 30001, "msg": f"{told} doesn't exist"}
    assert await socket.receive() == error


async def test_an_order_is_told_from_its_acceptance_to_its_end(client: BitgetClient, private: Any, maker: Any) -> None:
    await subscribe(private, "orders", instId="BTCUSDT")
    await subscribe(private, "fill", instId="default")
    await client.order(clientOid="mine")
    maker.take(Side.SELL, "0.004")
    await client.signed("POST", f"{SPOT}/trade/cancel-order", symbol="BTCUSDT", clientOid="mine")

    told = [await private.receive() for _ in range(4)]
    assert [each["arg"]["channel"] for each in told] == ["orders", "orders", "fill", "orders"]
    orders = [each["data"][0] for each in told if each["arg"]["channel"] == "orders"]
    assert [(each["status"], each["accBaseVolume"]) for each in orders] == [
        ("live", "0"),
        ("partially_filled", "0.004"),
        ("cancelled", "0.004"),
    ]
    fill = told[2]["data"][0]
    assert (fill["tradeId"], fill["size"]) == (orders[1]["tradeId"], orders[1]["baseVolume"])
    assert fill["feeDetail"][0]["totalFee"] == orders[1]["fillFee"] == "-0.000004"


async def test_the_account_is_told_first_whole_then_what_changed(client: BitgetClient, private: Any) -> None:
    await subscribe(private, "account", coin="default")
    first = (await private.receive())["data"]
    await client.order()
    (changed,) = (await private.receive())["data"]

    assert {each["coin"]: each["available"] for each in first} == {"USDT": "10000", "BTC": "1"}
    assert (changed["coin"], changed["available"], changed["frozen"]) == ("USDT", "9500", "500")


def crc(bids: dict[str, str], asks: dict[str, str]) -> int:
    """Worked out here from what a client holds: bid, ask, bid, ... of the best 25, as a signed CRC-32."""
    sides = sorted(bids.items(), key=lambda row: -Decimal(row[0])), sorted(asks.items(), key=lambda r: Decimal(r[0]))
    words = [":".join(side[index]) for index in range(25) for side in sides if index < len(side)]
    value = zlib.crc32(":".join(words).encode())
    return value - (1 << 32) if value >= 1 << 31 else value


async def test_a_book_is_a_snapshot_and_changes_with_checksums(maker: Any, connect: Connect) -> None:
    maker.bid("59990", "1")
    maker.ask("60010", "2")
    socket, message = await book(connect, "books")
    held: dict[str, dict[str, str]] = {"bids": {}, "asks": {}}
    for step in range(4):
        (entry,) = message["data"]
        for side, levels in held.items():
            levels.update(map(tuple, entry[side]))
            for price in [price for price, amount in levels.items() if amount == "0"]:
                del levels[price]
        assert entry["checksum"] == crc(held["bids"], held["asks"])
        assert message["action"] == ("snapshot" if step == 0 else "update")
        if step < 3:
            (maker.bid, maker.ask, lambda *_: maker.take(Side.BUY, "2"))[step](("59980", "60020", "")[step], "0.5")
            message = await socket.receive()
    assert held["asks"] == {"60020": "0.5"}


async def test_short_books_are_told_whole(maker: Any, connect: Connect) -> None:
    for step in range(7):
        maker.bid(str(59_990 - step), "1")
    socket, first = await book(connect, "books5")
    maker.bid("60000", "3")
    second = await socket.receive()

    assert [row[0] for row in first["data"][0]["bids"]] == [str(59_990 - step) for step in range(5)]
    assert second["action"] == "snapshot"
    assert [row[0] for row in second["data"][0]["bids"]] == ["60000", *(str(59_990 - step) for step in range(4))]


async def test_a_wrong_checksum_strikes_books(sandbox: Sandbox, maker: Any, connect: Connect) -> None:
    socket, _ = await book(connect, "books")
    sandbox.faults.stream("depth", StreamFault.WRONG_CHECKSUM)
    maker.bid("59990", "1")
    (entry,) = (await socket.receive())["data"]

    assert entry["checksum"] == crc({"59990": "1"}, {}) ^ 1


async def test_a_bad_frame_is_refused(connect: Connect) -> None:
    socket = await connect(PUBLIC)
    for text in ("hello", '{"op":"nonsense","args":[]}', '{"op":"subscribe","args":"books"}'):
        await socket.raw.send_str(text)
        assert (await socket.receive())["code"] == 30003


@pytest.mark.parametrize("sandbox", [{"silence_limit_s": 0.3}], indirect=True)
async def test_a_connection_whose_client_is_silent_ends(connect: Connect, maker: Any) -> None:
    silent, alive = await connect(PUBLIC), await connect(PUBLIC)
    ended = asyncio.ensure_future(closed_with(silent))
    while not ended.done():
        await alive.raw.send_str("ping")
        assert (await alive.raw.receive()).data == "pong"
        await asyncio.wait([ended], timeout=0.05)
    await alive.raw.send_str("ping")

    assert (await alive.raw.receive()).data == "pong"


async def test_there_is_nothing_at_another_address(connect: Connect) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await connect("ws.bitget.com/v3/ws/public")
