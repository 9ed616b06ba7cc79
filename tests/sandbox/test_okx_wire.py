"""OKX's own rules, on the wire: signatures, codes, client order ids, books with sequence and checksum, channels."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt
import pytest

from hummingbot_ccxt.sandbox import Fault, Market, Sandbox, Side, StreamFault

from .clients import OkxClient, closed_with

EXCHANGE = "okx"
PUBLIC, PRIVATE = "ws.okx.com:8443/ws/v5/public", "ws.okx.com:8443/ws/v5/private"
ORDER, BATCH, CANCEL = "/api/v5/trade/order", "/api/v5/trade/batch-orders", "/api/v5/trade/cancel-order"
Connect = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def private(client: OkxClient, connect: Connect) -> Any:
    """A private connection, logged in."""
    socket = await connect(PRIVATE)
    await socket.send(client.log_in())
    assert (await socket.receive())["code"] == "0"
    return socket


async def subscribe(socket: Any, channel: str, **more: str) -> Any:
    """Subscribes; the answer."""
    await socket.send({"op": "subscribe", "args": [{"channel": channel, **more}]})
    return await socket.receive()


def only_row(answer: Any) -> Any:
    (row,) = answer.json["data"]
    return row


# -- REST


@pytest.mark.parametrize(
    ("changes", "code", "error"),
    [
        ({"OK-ACCESS-KEY": "of nobody"}, "50111", ccxt.AuthenticationError),
        ({"OK-ACCESS-PASSPHRASE": "wrong"}, "50105", ccxt.AuthenticationError),
        ({"OK-ACCESS-SIGN": "A" * 44}, "50113", ccxt.AuthenticationError),
        ({"OK-ACCESS-TIMESTAMP": "2020-12-08T09:08:57.715Z"}, "50102", ccxt.InvalidNonce),
        ({"OK-ACCESS-TIMESTAMP": "2100-12-08T09:08:57.715Z"}, "50102", ccxt.InvalidNonce),
        ({"OK-ACCESS-TIMESTAMP": "yesterday"}, "50102", ccxt.InvalidNonce),
    ],
)
async def test_a_request_with_wrong_credentials_is_refused(
    client: OkxClient, changes: dict[str, str], code: str, error: type[Exception]
) -> None:
    answer = await client.signed("GET", "/api/v5/account/balance", changes=changes)

    assert (answer.status, answer.json["code"]) == (401, code)
    assert ccxt.okx().exceptions["exact"][code] is error


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"instId": "BTC-EUR"}, "51001"),
        ({"sz": "0.000001"}, "51121"),
        ({"px": "50000.001"}, "51000"),
        ({"px": None}, "51000"),
        ({"sz": None}, "51000"),
        ({"side": "hold"}, "51000"),
        ({"ordType": "stop"}, "51000"),
        ({"tdMode": "cross"}, "51000"),
        ({"sz": "-1"}, "51000"),
        ({"sz": "0.00001"}, "51020"),
        ({"sz": "9001"}, "51005"),
        ({"sz": "1"}, "51008"),
        ({"clOrdId": "with-dash"}, "51000"),
        ({"clOrdId": "x" * 33}, "51000"),
        ({"ordType": "market", "px": None, "sz": "100"}, "51109"),
    ],
)
async def test_an_order_is_refused_in_a_row_of_its_own(client: OkxClient, changes: dict[str, Any], code: str) -> None:
    answer = await client.order(**changes)

    assert (answer.status, answer.json["code"], answer.json["msg"]) == (200, "1", "All operations failed")
    assert (only_row(answer)["sCode"], only_row(answer)["ordId"]) == (code, "")
    assert code in ccxt.okx().exceptions["exact"]


@pytest.mark.parametrize(("until", "code"), [("1597026383085", "50036"), ("4102444800000", "0"), ("soon", "51000")])
async def test_an_order_is_taken_until_its_deadline(client: OkxClient, until: str, code: str) -> None:
    terms = {"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.01", "px": "50000"}
    answer = await client.signed("POST", "/api/v5/trade/order", changes={"expTime": until}, **terms)

    assert only_row(answer)["sCode"] == code


SMALL = Market("BTC", "USDT", *map(Decimal, ("0.01", "0.0001", "0.001", "9", "5")))  # least: ten lots


@pytest.mark.parametrize("sandbox", [{"markets": [SMALL]}], indirect=True)
async def test_an_order_below_the_least_amount_is_refused(client: OkxClient) -> None:
    answers = [only_row(await client.order(sz=size))["sCode"] for size in ("0.0009", "0.001")]

    assert answers == ["51020", "0"]


async def test_a_market_that_is_closed_refuses_orders(sandbox: Sandbox, client: OkxClient) -> None:
    sandbox.engine.set_open("BTC/USDT", False)

    assert only_row(await client.order())["sCode"] == "51022"
    (market,) = (await client.get("/api/v5/public/instruments", instType="SPOT", instId="BTC-USDT")).json["data"]
    assert market["state"] == "suspend"


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        ("/api/v5/market/books", {"instId": "NO-SUCH"}, 200, "51001"),
        ("/api/v5/market/books", {}, 400, "51000"),
        ("/api/v5/market/candles", {"instId": "BTC-USDT", "bar": "7m"}, 400, "51000"),
        ("/api/v5/nothing", {}, 404, "404"),
    ],
)
async def test_a_bad_public_request_has_its_code_and_status(
    client: OkxClient, path: str, parameters: dict[str, str], status: int, code: str
) -> None:
    answer = await client.get(path, **parameters)

    assert (answer.status, answer.json["code"]) == (status, code)


async def test_a_client_order_id_is_free_again_when_its_order_has_ended(client: OkxClient) -> None:
    first = only_row(await client.order(clOrdId="mine1"))
    twice = only_row(await client.order(clOrdId="mine1"))
    await client.signed("POST", CANCEL, instId="BTC-USDT", clOrdId="mine1")
    second = only_row(await client.order(clOrdId="mine1", px="49000"))
    found = only_row(await client.signed("GET", ORDER, instId="BTC-USDT", clOrdId="mine1"))

    assert (first["sCode"], first["clOrdId"], twice["sCode"], second["sCode"]) == ("0", "mine1", "51016", "0")
    assert (found["ordId"], found["state"]) == (second["ordId"], "live")


@pytest.mark.parametrize(
    ("terms", "filled", "state"),
    [
        ({"side": "buy", "sz": "100"}, "0.002", "filled"),
        ({"side": "buy", "sz": "0.002", "tgtCcy": "base_ccy"}, "0.002", "filled"),
        ({"side": "sell", "sz": "0.002"}, "0.002", "filled"),
        ({"side": "sell", "sz": "98", "tgtCcy": "quote_ccy"}, "0.002", "filled"),
        ({"side": "buy", "sz": "0.15", "tgtCcy": "base_ccy"}, "0.1", "canceled"),
    ],
    ids=["buy by cost", "buy by amount", "sell by amount", "sell by cost", "more than the book has"],
)
async def test_the_size_of_a_market_order(
    client: OkxClient, maker: Any, terms: dict[str, str], filled: str, state: str
) -> None:
    maker.ask("50000", "0.1")
    maker.bid("49000", "0.1")

    placed = only_row(await client.order(ordType="market", px=None, **terms))
    order = only_row(await client.signed("GET", ORDER, instId="BTC-USDT", ordId=placed["ordId"]))

    assert (order["accFillSz"], order["state"], order["ordType"], order["px"]) == (filled, state, "market", "")


@pytest.mark.parametrize(
    ("terms", "filled", "state", "source"),
    [
        ({"ordType": "post_only"}, "0", "canceled", "31"),
        ({"ordType": "ioc"}, "0.004", "canceled", "14"),
        ({"ordType": "fok"}, "0", "canceled", "13"),
        ({"ordType": "fok", "sz": "0.004"}, "0.004", "filled", ""),
        ({"ordType": "limit"}, "0.004", "partially_filled", ""),
        ({"ordType": "post_only", "px": "49999"}, "0", "live", ""),
    ],
)
async def test_what_becomes_of_each_kind_of_order(
    client: OkxClient, maker: Any, terms: dict[str, str], filled: str, state: str, source: str
) -> None:
    maker.ask("50000", "0.004")

    placed = only_row(await client.order(**terms))
    order = only_row(await client.signed("GET", ORDER, instId="BTC-USDT", ordId=placed["ordId"]))

    assert placed["sCode"] == "0"
    assert (order["accFillSz"], order["state"], order["cancelSource"]) == (filled, state, source)


async def test_fees_are_negative_and_in_what_was_received(client: OkxClient, maker: Any) -> None:
    maker.ask("50000", "0.1")
    placed = only_row(await client.order(ordType="ioc"))

    order = only_row(await client.signed("GET", ORDER, instId="BTC-USDT", ordId=placed["ordId"]))
    fill = only_row(await client.signed("GET", "/api/v5/trade/fills", instType="SPOT", ordId=placed["ordId"]))
    rates = only_row(await client.signed("GET", "/api/v5/account/trade-fee", instType="SPOT", instId="BTC-USDT"))

    assert (order["fee"], order["feeCcy"], order["rebate"], order["rebateCcy"]) == ("-0.00001", "BTC", "0", "USDT")
    assert (fill["fee"], fill["feeCcy"], fill["execType"], fill["fillPx"]) == ("-0.00001", "BTC", "T", "50000")
    assert (rates["maker"], rates["taker"]) == ("-0.001", "-0.001")


async def test_order_ids_have_more_digits_than_a_double_holds(client: OkxClient) -> None:
    order_id = only_row(await client.order())["ordId"]

    assert int(float(order_id)) != int(order_id)
    assert only_row(await client.signed("GET", ORDER, instId="BTC-USDT", ordId=order_id))["ordId"] == order_id


@pytest.mark.parametrize(
    ("entries", "code", "rows"),
    [
        ([{}, {"px": "49000"}], "0", ["0", "0"]),
        ([{}, {"sz": "1"}], "2", ["0", "51008"]),
        ([{"sz": "1"}, {"sz": "1"}], "1", ["51008", "51008"]),
    ],
)
async def test_a_batch_says_whether_all_none_or_some_were_taken(
    client: OkxClient, entries: list[dict[str, str]], code: str, rows: list[str]
) -> None:
    terms = {"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.01", "px": "50000"}

    answer = await client.signed("POST", BATCH, *[{**terms, **each} for each in entries])

    assert answer.json["code"] == code
    assert [row["sCode"] for row in answer.json["data"]] == rows


async def test_more_than_twenty_orders_at_once_are_refused(client: OkxClient) -> None:
    answer = await client.signed("POST", BATCH, *[{} for _ in range(21)])

    assert (answer.status, answer.json["code"]) == (400, "51000")


@pytest.mark.parametrize("which", ["ordId", "clOrdId"])
async def test_an_order_is_canceled_once_by_either_id(client: OkxClient, which: str) -> None:
    placed = only_row(await client.order(clOrdId="mine1"))
    terms = {"instId": "BTC-USDT", which: placed[which]}

    first, second = [await client.signed("POST", CANCEL, **terms) for _ in range(2)]
    order = only_row(await client.signed("GET", ORDER, **terms))

    assert (only_row(first)["sCode"], only_row(second)["sCode"], second.json["code"]) == ("0", "51400", "1")
    assert (order["state"], order["cancelSource"]) == ("canceled", "1")


async def test_an_unknown_order(client: OkxClient) -> None:
    asked = await client.signed("GET", ORDER, instId="BTC-USDT", ordId="999999999999")
    canceled = await client.signed("POST", "/api/v5/trade/cancel-batch-orders", {"instId": "BTC-USDT", "ordId": "7"})

    assert (asked.status, asked.json["code"], asked.json["data"]) == (200, "51603", [])
    assert (canceled.json["code"], only_row(canceled)["sCode"]) == ("1", "51400")


async def test_an_order_is_denied_although_it_is_open(sandbox: Sandbox, client: OkxClient) -> None:
    placed = only_row(await client.order())
    terms = {"instId": "BTC-USDT", "ordId": placed["ordId"]}
    sandbox.faults.rest("order.cancel", Fault.UNKNOWN_ORDER)
    sandbox.faults.rest("order.status", Fault.UNKNOWN_ORDER)

    denied, unknown = await client.signed("POST", CANCEL, **terms), await client.signed("GET", ORDER, **terms)
    found = await client.signed("GET", ORDER, **terms)

    assert (only_row(denied)["sCode"], unknown.json["code"]) == ("51400", "51603")
    assert only_row(found)["state"] == "live"


async def test_lists_are_pages_newest_first(client: OkxClient) -> None:
    ids = [only_row(await client.order(px=str(price)))["ordId"] for price in range(40_000, 40_005)]
    await client.signed("POST", CANCEL, instId="BTC-USDT", ordId=ids[0])

    async def listed(path: str, **more: Any) -> list[str]:
        answer = await client.signed("GET", f"/api/v5/trade/{path}", instType="SPOT", **more)
        return [row["ordId"] for row in answer.json["data"]]

    assert await listed("orders-pending") == ids[:0:-1]
    assert await listed("orders-pending", limit=2) == ids[:2:-1]
    assert await listed("orders-pending", after=ids[3]) == ids[2:0:-1]
    assert await listed("orders-pending", before=ids[3]) == ids[4:]
    assert await listed("orders-history") == ids[:1]
    assert await listed("orders-history", state="filled") == []


@pytest.mark.parametrize("sandbox", [{"weight_limit": 3}], indirect=True)
async def test_too_many_requests_are_refused_without_saying_until_when(client: OkxClient) -> None:
    answers = [await client.get("/api/v5/public/time") for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json == {"code": "50011", "msg": "Too Many Requests"}
    assert "Retry-After" not in answers[-1].headers


@pytest.mark.parametrize("sandbox", [{"order_limit": 2}], indirect=True)
async def test_too_many_orders_are_refused_one_by_one(client: OkxClient) -> None:
    assert [only_row(await client.order())["sCode"] for _ in range(3)] == ["0", "0", "50011"]


@pytest.mark.parametrize(
    ("fault", "status", "code", "taken"),
    [
        (Fault.RATE_LIMIT, 429, "50011", 0),
        (Fault.BAN, 429, "50011", 0),
        (Fault.MAINTENANCE, 503, "50001", 0),
        (Fault.ERROR_BEFORE, 503, "50026", 0),
        (Fault.ERROR_AFTER, 503, "50026", 1),
    ],
)
async def test_faults_come_in_the_venues_words(
    sandbox: Sandbox, client: OkxClient, fault: Fault, status: int, code: str, taken: int
) -> None:
    sandbox.faults.rest("order.create", fault)

    answer = await client.order()

    assert (answer.status, answer.json["code"]) == (status, code)
    assert len(sandbox.engine.orders("tester")) == taken


# -- private channels


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"apiKey": "of nobody"}, "60005"),
        ({"passphrase": "wrong"}, "60024"),
        ({"timestamp": "1538054050"}, "60006"),
        ({"sign": "wrong"}, "60007"),
    ],
)
async def test_a_wrong_log_in_ends_the_connection(
    client: OkxClient, connect: Connect, changes: dict[str, str], code: str
) -> None:
    socket = await connect(PRIVATE)
    await socket.send(client.log_in(**changes))

    assert (await socket.receive())["code"] == code
    assert await closed_with(socket) == 4001


async def test_nothing_private_without_a_log_in(client: OkxClient, connect: Connect) -> None:
    socket, public = await connect(PRIVATE), await connect(PUBLIC)
    await public.send(client.log_in())

    assert (await subscribe(socket, "orders", instType="SPOT"))["code"] == "60011"
    assert (await public.receive())["code"] == "60008"
    assert (await subscribe(public, "books-l2-tbt", instId="BTC-USDT"))["code"] == "60011"


async def test_orders_are_told_from_their_acceptance_on(client: OkxClient, private: Any, maker: Any) -> None:
    await subscribe(private, "orders", instType="ANY")
    maker.ask("50000", "0.004")
    placed = only_row(await client.order(clOrdId="mine1"))
    await client.signed("POST", CANCEL, instId="BTC-USDT", clOrdId="mine1")

    told = [await private.receive() for _ in range(3)]

    assert all(m["arg"] == {"channel": "orders", "instType": "ANY", "uid": "tester"} for m in told)
    orders = [m["data"][0] for m in told]
    assert [o["state"] for o in orders] == ["live", "partially_filled", "canceled"]
    assert {o["ordId"] for o in orders} == {placed["ordId"]}
    assert [(o["tradeId"] != "", o["fillSz"], o["fillFee"], o["execType"]) for o in orders] == [
        (False, "0", "0", ""),
        (True, "0.004", "-0.000004", "T"),
        (False, "0", "0", ""),
    ]
    assert [(o["accFillSz"], o["fee"]) for o in orders] == [("0", "0"), ("0.004", "-0.000004"), ("0.004", "-0.000004")]


async def test_orders_of_one_market_are_told_to_those_who_asked_for_them(client: OkxClient, private: Any) -> None:
    await subscribe(private, "orders", instType="SPOT", instId="ETH-USDT")
    await client.order()
    await client.order(instId="ETH-USDT", px="3000")

    assert (await private.receive())["data"][0]["instId"] == "ETH-USDT"


async def test_the_account_is_told_first_whole_then_what_changed(client: OkxClient, private: Any) -> None:
    await subscribe(private, "account")
    await client.order()

    first, then = await private.receive(), await private.receive()

    assert (first["eventType"], then["eventType"]) == ("snapshot", "event_update")
    assert {each["ccy"] for each in first["data"][0]["details"]} == {"USDT", "BTC"}
    (changed,) = then["data"][0]["details"]
    assert (changed["ccy"], changed["availBal"], changed["frozenBal"], changed["eq"]) == (
        "USDT",
        "9500",
        "500",
        "10000",
    )


async def test_a_session_ends_with_a_notice(sandbox: Sandbox, private: Any) -> None:
    assert sandbox.faults.expire_sessions() == 1

    assert (await private.receive())["code"] == "64008"
    assert await closed_with(private) == 1000


# -- public channels


class Replayed:
    """A book rebuilt from the channel's messages alone; fails on a gap or a wrong checksum, as clients should."""

    def __init__(self) -> None:
        self.bids: dict[Decimal, tuple[str, str]] = {}
        self.asks: dict[Decimal, tuple[str, str]] = {}
        self.sequence = -1

    def apply(self, message: Any) -> None:
        (data,) = message["data"]
        if message["action"] == "snapshot":
            self.bids, self.asks, self.sequence = {}, {}, -1
        assert data["prevSeqId"] == self.sequence, "a gap"
        self.sequence = data["seqId"]
        for side, rows in ((self.bids, data["bids"]), (self.asks, data["asks"])):
            for price, amount, *_ in rows:
                side[Decimal(price)] = (price, amount)
                if Decimal(amount) == 0:
                    del side[Decimal(price)]
        assert data["checksum"] == self.checksum(), "a wrong checksum"

    def checksum(self) -> int:
        bids = [self.bids[price] for price in sorted(self.bids, reverse=True)[:25]]
        asks = [self.asks[price] for price in sorted(self.asks)[:25]]
        words = []
        for index in range(25):
            words += [*bids[index : index + 1], *asks[index : index + 1]]
        value = zlib.crc32(":".join(":".join(each) for each in words).encode())
        return value if value < 2**31 else value - 2**32


async def test_a_book_is_a_snapshot_and_changes_without_gaps(sandbox: Sandbox, maker: Any, connect: Connect) -> None:
    for step in range(500):
        maker.bid(str(50_000 - step), "0.1")
        maker.ask(str(50_001 + step), "0.1")
    early, late, book = await connect(PUBLIC), await connect(PUBLIC), Replayed()
    await subscribe(early, "books", instId="BTC-USDT")
    book.apply(await early.receive())
    assert (len(book.bids), len(book.asks)) == (400, 400)

    for step in range(30):
        maker.take(Side.BUY if step % 2 else Side.SELL, "0.15")
        maker.bid(str(48_000 + step), "1")
        book.apply(await early.receive())
    later = Replayed()
    await subscribe(late, "books", instId="BTC-USDT")
    later.apply(await late.receive())
    for _ in range(3):
        maker.ask("49999", "0.5")
        book.apply(await early.receive())
        later.apply(await late.receive())

    engine = sandbox.engine.book("BTC/USDT")
    for each in (book, later):
        assert [(p, Decimal(a)) for p, (_, a) in sorted(each.bids.items(), reverse=True)] == engine.bids.levels(400)
        assert [(p, Decimal(a)) for p, (_, a) in sorted(each.asks.items())] == engine.asks.levels(400)


async def test_faults_break_sequence_and_checksum(sandbox: Sandbox, maker: Any, connect: Connect) -> None:
    socket, book = await connect(PUBLIC), Replayed()
    await subscribe(socket, "books", instId="BTC-USDT")
    book.apply(await socket.receive())
    sandbox.faults.stream("depth", StreamFault.WRONG_CHECKSUM)
    maker.bid("50000", "1")
    with pytest.raises(AssertionError, match="a wrong checksum"):
        book.apply(await socket.receive())

    rule = sandbox.faults.stream("depth", StreamFault.DROP)
    maker.bid("50001", "1")
    await rule.fired()
    maker.bid("50002", "1")
    with pytest.raises(AssertionError, match="a gap"):
        book.apply(await socket.receive())


async def test_who_subscribes_again_gets_a_snapshot_only_after_unsubscribing(maker: Any, connect: Connect) -> None:
    socket = await connect(PUBLIC)
    await subscribe(socket, "books", instId="BTC-USDT")
    assert (await socket.receive())["action"] == "snapshot"

    await subscribe(socket, "books", instId="BTC-USDT")
    maker.bid("50000", "1")
    assert (await socket.receive())["action"] == "update"
    await socket.send({"op": "unsubscribe", "args": [{"channel": "books", "instId": "BTC-USDT"}]})
    assert (await socket.receive())["event"] == "unsubscribe"
    await subscribe(socket, "books", instId="BTC-USDT")
    assert (await socket.receive())["action"] == "snapshot"


async def test_a_quiet_book_is_told_to_be_quiet(maker: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hummingbot_ccxt.sandbox.wires.okx.wire._QUIET_S", 0.05)
    socket = await connect(PUBLIC)
    await subscribe(socket, "books", instId="BTC-USDT")
    (before,) = (await socket.receive())["data"]

    (after,) = (await socket.receive())["data"]

    assert (after["bids"], after["asks"], after["prevSeqId"]) == ([], [], before["seqId"])
    assert after["seqId"] == before["seqId"]


async def test_short_books_are_told_whole(maker: Any, connect: Connect) -> None:
    for step in range(10):
        maker.bid(str(50_000 - step), "0.1")
    socket = await connect(PUBLIC)
    await subscribe(socket, "books5", instId="BTC-USDT")
    first = await socket.receive()
    maker.ask("50001", "1")
    then = await socket.receive()

    assert "action" not in first
    assert [row[0] for row in first["data"][0]["bids"]] == ["50000", "49999", "49998", "49997", "49996"]
    assert [row[:2] for row in then["data"][0]["asks"]] == [["50001", "1"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"op":"subscribe","args":[{"channel":"books","instId":"NO-SUCH"}]}', "60018"),
        ('{"op":"subscribe","args":[{"channel":"news","instId":"BTC-USDT"}]}', "60018"),
        ('{"op":"sing","args":[]}', "60012"),
        ('{"op":"subscribe"}', "60012"),
        ("{no JSON", "60012"),
    ],
)
async def test_a_bad_frame_is_answered_with_its_code(connect: Connect, text: str, code: str) -> None:
    socket = await connect(PUBLIC)
    await socket.raw.send_str(text)

    answer = await socket.receive()

    assert (answer["event"], answer["code"]) == ("error", code)


@pytest.mark.parametrize("sandbox", [{"silence_limit_s": 0.4}], indirect=True)
async def test_a_connection_without_messages_ends_unless_the_client_pings(connect: Connect) -> None:
    silent, pinging = await connect(PUBLIC), await connect(PUBLIC)
    ended = asyncio.ensure_future(closed_with(silent))
    while not ended.done():
        await pinging.raw.send_str("ping")
        assert (await pinging.raw.receive()).data == "pong"
        await asyncio.wait([ended], timeout=0.1)

    assert await ended == 4004


@pytest.mark.parametrize("path", ["ws/v5/other", "v5/public"])
async def test_there_is_nothing_at_another_address(connect: Connect, path: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await connect(f"ws.okx.com:8443/{path}")
