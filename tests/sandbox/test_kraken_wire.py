"""Kraken's own rules, on the wire: signatures and nonces, texts of errors, ids, both versions of its WebSocket."""

import asyncio
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt
import orjson
import pytest

from hummingbot_ccxt.sandbox import ApiAccount, Fault, Market, Sandbox, Side, StreamFault
from hummingbot_ccxt.sandbox.wires.kraken import sockets

from .clients import KrakenClient, meaning

PUBLIC, PRIVATE = "ws.kraken.com", "ws-auth.kraken.com"
Connect = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    async with Sandbox("kraken", book_interval_s=0.01, **getattr(request, "param", {})) as sandbox:
        yield sandbox
        sandbox.engine.audit()


@pytest.fixture
def client(http: aiohttp.ClientSession, sandbox: Sandbox, account: ApiAccount) -> KrakenClient:
    return KrakenClient(http, sandbox, account)


@pytest.fixture
async def private(connect: Connect) -> Any:
    """A private connection of version 2, greeted."""
    return await greeted(connect, f"{PRIVATE}/v2")


async def greeted(connect: Connect, address: str) -> Any:
    socket = await connect(address)
    await socket.receive()
    return socket


async def subscribe(socket: Any, channel: str, method: str = "subscribe", **params: Any) -> Any:
    """Version 2: the answer."""
    await socket.send({"method": method, "params": {"channel": channel, **params}, "req_id": 7})
    return await socket.until(lambda m: m.get("req_id") == 7)


async def subscribe_v1(socket: Any, name: str, *pairs: str, event: str = "subscribe", **subscription: Any) -> Any:
    """Version 1: the answer."""
    given = {"pair": list(pairs)} if pairs else {}
    await socket.send({"event": event, **given, "subscription": {"name": name, **subscription}, "reqid": 7})
    return await socket.until(lambda m: isinstance(m, dict) and m.get("reqid") == 7)


def of_channel(name: str, *types: str) -> Callable[[Any], bool]:
    return lambda m: m.get("channel") == name and (not types or m["type"] in types)


def of_channel_v1(name: str) -> Callable[[Any], bool]:
    return lambda m: isinstance(m, list) and name in m


# -- REST


@pytest.mark.parametrize(
    ("changes", "parameters", "text", "error"),
    [
        ({"API-Key": "of nobody"}, {}, "EAPI:Invalid key", ccxt.AuthenticationError),
        ({"API-Sign": "A" * 88}, {}, "EAPI:Invalid signature", ccxt.ExchangeError),
        ({}, {"nonce": None}, "EAPI:Invalid nonce", ccxt.InvalidNonce),
        ({}, {"nonce": "yesterday"}, "EAPI:Invalid nonce", ccxt.InvalidNonce),
        ({}, {"nonce": 0}, "EAPI:Invalid nonce", ccxt.InvalidNonce),
    ],
)
async def test_a_request_with_wrong_credentials_is_refused(
    client: KrakenClient, changes: dict[str, str], parameters: dict[str, Any], text: str, error: type[Exception]
) -> None:
    answer = await client.signed("POST", "/0/private/Balance", changes=changes, **parameters)

    assert (answer.status, answer.json) == (200, {"error": [text]})
    assert meaning("kraken", answer) is error


async def test_each_nonce_is_above_the_one_before_and_a_refused_one_does_not_count(client: KrakenClient) -> None:
    async def error_of(nonce: int, **changes: Any) -> list[str]:
        answer = await client.signed("POST", "/0/private/Balance", nonce=nonce, **changes)
        return answer.json["error"]

    assert await error_of(1000) == []
    assert [await error_of(nonce) for nonce in (1000, 999)] == [["EAPI:Invalid nonce"]] * 2
    assert await error_of(9000, changes={"API-Sign": "A" * 88}) == ["EAPI:Invalid signature"]
    assert await error_of(1001) == []


async def test_the_signature_covers_path_and_parameters(client: KrakenClient) -> None:
    for path, body in (("/0/private/Balance", "nonce=5"), ("/0/private/BalanceEx", "nonce=5&asset=XXBT")):
        signature = client.signature(path, "5", body)
        answer = await client.signed("POST", "/0/private/BalanceEx", nonce=5, changes={"API-Sign": signature})
        assert answer.json["error"] == ["EAPI:Invalid signature"]


@pytest.mark.parametrize(
    ("changes", "text", "error"),
    [
        ({"pair": "NOSUCH"}, "EQuery:Unknown asset pair", ccxt.ExchangeError),
        ({"price": "50000.001"}, "EOrder:Invalid price", ccxt.ExchangeError),
        ({"price": None}, "EGeneral:Invalid arguments:price", ccxt.InvalidOrder),
        ({"volume": None}, "EGeneral:Invalid arguments:volume", ccxt.InvalidOrder),
        ({"volume": "0.000015"}, "EGeneral:Invalid arguments:volume", ccxt.InvalidOrder),
        ({"volume": "0.00001"}, "EOrder:Cost minimum not met", ccxt.ExchangeError),
        ({"volume": "9001"}, "EGeneral:Invalid arguments:volume", ccxt.InvalidOrder),
        ({"volume": "1"}, "EOrder:Insufficient funds", ccxt.InsufficientFunds),
        ({"type": "hold"}, "EGeneral:Invalid arguments:type", ccxt.ExchangeError),
        ({"ordertype": "iceberg"}, "EGeneral:Invalid arguments:ordertype", ccxt.ExchangeError),
        ({"timeinforce": "DAY"}, "EGeneral:Invalid arguments:timeinforce", ccxt.ExchangeError),
        ({"cl_ord_id": "nineteen characters"}, "EGeneral:Invalid arguments:cl_ord_id", ccxt.ExchangeError),
        ({"cl_ord_id": "mine", "userref": 5}, "EGeneral:Invalid arguments:cl_ord_id", ccxt.ExchangeError),
        ({"userref": 1 << 31}, "EGeneral:Invalid arguments:userref", ccxt.ExchangeError),
    ],
)
async def test_an_order_is_refused_with_its_text(
    client: KrakenClient, changes: dict[str, Any], text: str, error: type[Exception]
) -> None:
    answer = await client.order(**changes)

    assert (answer.status, answer.json) == (200, {"error": [text]})
    assert meaning("kraken", answer) is error


@pytest.mark.parametrize(
    ("until", "errors"),
    [
        ("2021-04-01T00:18:45Z", ["EService:Deadline elapsed"]),
        ("2100-01-01T00:00:00Z", ["EGeneral:Invalid arguments:deadline"]),  # more than a minute ahead
        ("soon", ["EGeneral:Invalid arguments:deadline"]),
    ],
)
async def test_an_order_is_taken_until_its_deadline(client: KrakenClient, until: str, errors: list[str]) -> None:
    refused = await client.order(deadline=until)
    taken = await client.order(deadline=datetime.fromtimestamp(time.time() + 10, UTC).isoformat())

    assert (refused.json["error"], taken.json["error"]) == (errors, [])


SMALL = Market("BTC", "USDT", *map(Decimal, ("0.01", "0.0001", "0.001", "9", "5")))  # least: ten lots


@pytest.mark.parametrize("sandbox", [{"markets": [SMALL]}], indirect=True)
async def test_an_order_below_the_least_amount_is_refused(client: KrakenClient) -> None:
    errors = [(await client.order(volume=volume)).json["error"] for volume in ("0.0009", "0.001")]

    assert errors == [["EGeneral:Invalid arguments:volume minimum not met"], []]


async def test_a_market_that_is_closed_refuses_orders(sandbox: Sandbox, client: KrakenClient) -> None:
    sandbox.engine.set_open("BTC/USDT", False)

    assert (await client.order()).json["error"] == ["EService:Market in cancel_only mode"]
    answer = await client.get("/0/public/AssetPairs", pair="XBTUSDT")
    assert answer.json["result"]["XBTUSDT"]["status"] == "cancel_only"


@pytest.mark.parametrize(
    ("path", "parameters", "text"),
    [
        ("Depth", {"pair": "NOSUCH"}, "EQuery:Unknown asset pair"),
        ("Depth", {}, "EGeneral:Invalid arguments:pair"),
        ("OHLC", {"pair": "XBTUSDT", "interval": "7"}, "EGeneral:Invalid arguments:interval"),
        ("Nothing", {}, "EGeneral:Unknown method"),
    ],
)
async def test_a_bad_public_request_has_its_text(
    client: KrakenClient, path: str, parameters: dict[str, str], text: str
) -> None:
    answer = await client.get(f"/0/public/{path}", **parameters)

    assert (answer.status, answer.json["error"]) == (200, [text])


@pytest.mark.parametrize("name", ["XBTUSDT", "XBT/USDT"])
async def test_bitcoin_goes_by_xbt(client: KrakenClient, maker: Any, name: str) -> None:
    maker.bid("49000", "0.5")
    book = (await client.get("/0/public/Depth", pair=name)).json["result"]["XBTUSDT"]
    await client.ordered()

    assert [row[:2] for row in book["bids"]] == [["49000.00000", "0.50000000"]]
    assert set(await client.ask("Balance")) == {"USDT", "XXBT"}


async def test_a_client_order_id_is_free_again_when_its_order_has_ended(client: KrakenClient) -> None:
    first, twice = await client.ordered(cl_ord_id="mine"), await client.order(cl_ord_id="mine")
    await client.ask("CancelOrder", cl_ord_id="mine")
    second = await client.ordered(cl_ord_id="mine")

    assert twice.json["error"] == ["EGeneral:Invalid arguments:cl_ord_id"]
    assert set((await client.ask("OpenOrders", cl_ord_id="mine"))["open"]) == {second}
    assert set((await client.ask("ClosedOrders", cl_ord_id="mine"))["closed"]) == {first}


async def test_a_user_reference_may_name_several_orders_which_it_cancels_together(client: KrakenClient) -> None:
    ids = {await client.ordered(userref=5, price=str(price)) for price in (50_000, 49_000)}
    found = (await client.ask("OpenOrders", userref=5))["open"]

    assert set(found) == ids
    assert {order["userref"] for order in found.values()} == {5}
    assert await client.ask("CancelOrder", txid=5) == {"count": 2}
    assert (await client.signed("POST", "/0/private/CancelOrder", txid=5)).json["error"] == ["EOrder:Unknown order"]


@pytest.mark.parametrize(
    ("terms", "executed", "status"),
    [
        ({"type": "buy", "volume": "100", "oflags": "viqc"}, "0.00200000", "closed"),
        ({"type": "buy", "volume": "0.002"}, "0.00200000", "closed"),
        ({"type": "sell", "volume": "0.002"}, "0.00200000", "closed"),
        ({"type": "sell", "volume": "0.15"}, "0.10000000", "canceled"),
    ],
    ids=["buy by cost", "buy by amount", "sell", "more than the book has"],
)
async def test_the_size_of_a_market_order(
    client: KrakenClient, maker: Any, terms: dict[str, str], executed: str, status: str
) -> None:
    maker.ask("50000", "0.1")
    maker.bid("49000", "0.1")

    order = await client.look(await client.ordered(ordertype="market", price=None, **terms))

    assert (order["vol_exec"], order["status"], order["vol"]) == (executed, status, f"{Decimal(terms['volume']):.8f}")


@pytest.mark.parametrize(
    ("terms", "executed", "status", "reason"),
    [
        ({"oflags": "post"}, "0.00000000", "canceled", "Post only order"),
        ({"timeinforce": "IOC"}, "0.00400000", "canceled", "Insufficient liquidity"),
        ({"timeinforce": "FOK"}, "0.00000000", "canceled", "Insufficient liquidity"),
        ({"timeinforce": "FOK", "volume": "0.004"}, "0.00400000", "closed", None),
        ({}, "0.00400000", "open", None),
        ({"oflags": "post", "price": "49999"}, "0.00000000", "open", None),
    ],
)
async def test_what_becomes_of_each_kind_of_order(
    client: KrakenClient, maker: Any, terms: dict[str, str], executed: str, status: str, reason: str | None
) -> None:
    maker.ask("50000", "0.004")

    order = await client.look(await client.ordered(**terms))

    assert (order["vol_exec"], order["status"], order.get("reason")) == (executed, status, reason)


@pytest.mark.parametrize(("side", "left"), [("buy", "9799.8"), ("sell", "10195.804")])
async def test_fees_are_in_quote_on_either_side(client: KrakenClient, maker: Any, side: str, left: str) -> None:
    maker.ask("50000", "0.004")
    maker.bid("49000", "0.004")
    placed = await client.ordered(type=side, ordertype="market", price=None, volume="0.004")

    order = await client.look(placed)
    ((trade_id, trade),) = (await client.ask("TradesHistory"))["trades"].items()
    rates = await client.ask("TradeVolume", pair="XBTUSDT")

    fee = Decimal(trade["fee"])
    assert fee == Decimal(order["fee"]) == Decimal(trade["cost"]) / 1000
    assert (trade["ordertxid"], trade["maker"], order["oflags"]) == (placed, False, "fciq")
    assert Decimal((await client.ask("Balance"))["USDT"]) == Decimal(left)
    assert rates["fees"]["XBTUSDT"]["fee"] == rates["fees_maker"]["XBTUSDT"]["fee"] == "0.1000"
    assert (await client.ask("QueryTrades", txid=trade_id)) == {trade_id: trade}
    of_order = await client.signed("POST", "/0/private/QueryTrades", txid=placed)
    assert of_order.json["error"] == ["EGeneral:Invalid arguments:txid"]  # Hummingbot's native connector asks so


@pytest.mark.parametrize("name", ["txid", "cl_ord_id"])
async def test_an_order_is_canceled_once_by_either_id(client: KrakenClient, name: str) -> None:
    order_id = await client.ordered(cl_ord_id="mine")
    terms = {name: order_id if name == "txid" else "mine"}

    first = await client.ask("CancelOrder", **terms)
    second = await client.signed("POST", "/0/private/CancelOrder", **terms)
    order = await client.look(order_id)

    assert (first, second.json["error"]) == ({"count": 1}, ["EOrder:Unknown order"])
    assert (order["status"], order["reason"], order["cl_ord_id"]) == ("canceled", "User requested", "mine")


async def test_an_unknown_order_is_told_from_a_text_that_is_no_id(client: KrakenClient) -> None:
    errors = [
        (await client.signed("POST", f"/0/private/{path}", txid=txid)).json["error"]
        for path in ("QueryOrders", "CancelOrder")
        for txid in ("OAAAAA-AAAAA-AAAAAA", "no-id")
    ]

    assert errors == [["EOrder:Unknown order"], ["EOrder:Invalid order"]] * 2


async def test_an_order_is_denied_although_it_is_open(sandbox: Sandbox, client: KrakenClient) -> None:
    order_id = await client.ordered()
    sandbox.faults.rest("order.cancel", Fault.UNKNOWN_ORDER)

    denied = await client.signed("POST", "/0/private/CancelOrder", txid=order_id)

    assert denied.json["error"] == ["EOrder:Unknown order"]
    assert (await client.look(order_id))["status"] == "open"


async def test_all_orders_are_canceled_at_once_and_counted(client: KrakenClient) -> None:
    for price in (50_000, 49_000, 48_000):
        await client.ordered(price=str(price))

    assert await client.ask("CancelAll") == {"count": 3}
    assert await client.ask("OpenOrders") == {"open": {}}


async def test_lists_are_newest_first_in_pages_of_fifty(client: KrakenClient) -> None:
    ids = [await client.ordered(price=str(price), volume="0.1") for price in range(100, 160)]
    await client.ask("CancelAll")

    pages = [await client.ask("ClosedOrders", ofs=offset) for offset in (0, 50)]

    assert [page["count"] for page in pages] == [60, 60]
    assert [*pages[0]["closed"], *pages[1]["closed"]] == ids[::-1]
    assert len(pages[0]["closed"]) == 50


@pytest.mark.parametrize("sandbox", [{"weight_limit": 3}], indirect=True)
async def test_too_many_requests_are_refused_without_saying_until_when(client: KrakenClient) -> None:
    answers = [await client.get("/0/public/Time") for _ in range(4)]

    assert [answer.json["error"] for answer in answers] == [[], [], [], ["EAPI:Rate limit exceeded"]]
    assert meaning("kraken", answers[-1]) is ccxt.DDoSProtection
    assert (answers[-1].status, answers[-1].headers.get("Retry-After")) == (200, None)


@pytest.mark.parametrize("sandbox", [{"order_limit": 2}], indirect=True)
async def test_too_many_orders_are_refused(client: KrakenClient) -> None:
    assert [(await client.order()).json["error"] for _ in range(3)] == [[], [], ["EOrder:Rate limit exceeded"]]


@pytest.mark.parametrize(
    ("fault", "status", "text", "taken"),
    [
        (Fault.RATE_LIMIT, 200, "EAPI:Rate limit exceeded", 0),
        (Fault.BAN, 200, "EGeneral:Temporary lockout", 0),
        (Fault.MAINTENANCE, 503, "EService:Unavailable", 0),
        (Fault.ERROR_BEFORE, 503, "EService:Busy", 0),
        (Fault.ERROR_AFTER, 503, "EService:Busy", 1),
    ],
)
async def test_faults_come_in_the_venues_words(
    sandbox: Sandbox, client: KrakenClient, fault: Fault, status: int, text: str, taken: int
) -> None:
    sandbox.faults.rest("order.create", fault)

    answer = await client.order()

    assert (answer.status, answer.json["error"]) == (status, [text])
    assert len(sandbox.engine.orders("tester")) == taken


# -- connections


@pytest.mark.parametrize("host", [PUBLIC, PRIVATE])
async def test_a_connection_is_greeted_with_the_systems_status(connect: Connect, host: str) -> None:
    second, first = await (await connect(f"{host}/v2")).receive(), await (await connect(host)).receive()

    assert (second["channel"], second["data"][0]["system"]) == ("status", "online")
    assert (first["event"], first["status"]) == ("systemStatus", "online")
    assert min(first["connectionID"], second["data"][0]["connection_id"]) > 1 << 63


async def test_there_is_nothing_at_another_address(connect: Connect) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await connect(f"{PUBLIC}/v3")


async def test_pings_are_answered_by_their_number(connect: Connect) -> None:
    second, first = await greeted(connect, f"{PUBLIC}/v2"), await greeted(connect, PUBLIC)
    await second.send({"method": "ping", "req_id": 42})
    await first.send({"event": "ping", "reqid": 42})

    answer = await second.receive()
    assert (answer["method"], answer["req_id"]) == ("pong", 42)
    assert await first.receive() == {"event": "pong", "reqid": 42}


@pytest.mark.parametrize("version", [1, 2])
async def test_a_subscribed_connection_has_heartbeats_while_nothing_else_is_said(
    monkeypatch: pytest.MonkeyPatch, connect: Connect, version: int
) -> None:
    monkeypatch.setattr(sockets, "BEAT_S", 0.02)
    socket, idle = [await greeted(connect, PUBLIC + ("/v2" if version == 2 else "")) for _ in range(2)]
    if version == 2:
        await subscribe(socket, "trade", symbol=["BTC/USDT"])
    else:
        await subscribe_v1(socket, "trade", "XBT/USDT")

    beat = {"channel": "heartbeat"} if version == 2 else {"event": "heartbeat"}
    assert [await socket.receive() for _ in range(2)] == [beat, beat]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(idle.raw.receive(), 0.1)


@pytest.mark.parametrize(
    ("host", "params", "text"),
    [
        (PUBLIC, {"channel": "book", "symbol": ["NO/SUCH"]}, "Currency pair not supported NO/SUCH"),
        (PUBLIC, {"channel": "book", "symbol": ["XBT/USDT"]}, "Currency pair not supported XBT/USDT"),
        (PUBLIC, {"channel": "book", "symbol": ["BTC/USDT"], "depth": 20}, "Subscription depth not supported"),
        (PUBLIC, {"channel": "ohlc", "interval": 2}, "Subscription ohlc interval not supported"),
        (PUBLIC, {"channel": "ohlc", "interval": "1"}, "Subscription ohlc interval must be an integer"),
        (PUBLIC, {"channel": "executions", "token": "any"}, "Subscription name invalid"),
        (PRIVATE, {"channel": "book", "symbol": ["BTC/USDT"]}, "Subscription name invalid"),
        (PRIVATE, {"channel": "executions", "token": "of nobody"}, "ESession:Invalid session"),
        (PRIVATE, {"channel": "executions"}, "ESession:Invalid session"),
    ],
)
async def test_a_subscription_is_refused_with_its_text(
    connect: Connect, host: str, params: dict[str, Any], text: str
) -> None:
    answer = await subscribe(await greeted(connect, f"{host}/v2"), **params)

    assert (answer["method"], answer["success"], answer["error"]) == ("subscribe", False, text)


@pytest.mark.parametrize(
    ("host", "subscription", "pairs", "text"),
    [
        (PUBLIC, {"name": "book"}, ["BTC/USDT"], "Currency pair not supported BTC/USDT"),
        (PUBLIC, {"name": "book", "depth": 20}, ["XBT/USDT"], "Subscription depth not supported"),
        (PUBLIC, {"name": "ohlc", "interval": 2}, ["XBT/USDT"], "Subscription ohlc interval not supported"),
        (PUBLIC, {"name": "openOrders"}, [], "Subscription name invalid"),
        (PRIVATE, {"name": "openOrders", "token": "of nobody"}, [], "ESession:Invalid session"),
    ],
)
async def test_a_subscription_of_version_1_is_refused_with_its_text(
    connect: Connect, host: str, subscription: dict[str, Any], pairs: list[str], text: str
) -> None:
    answer = await subscribe_v1(await greeted(connect, host), subscription.pop("name"), *pairs, **subscription)

    assert (answer["event"], answer["status"], answer["errorMessage"]) == ("subscriptionStatus", "error", text)


@pytest.mark.parametrize("message", [{"method": "dance"}, {"method": "subscribe"}, {"event": "ping"}])
async def test_a_frame_that_is_no_request_is_called_malformed(connect: Connect, message: dict[str, str]) -> None:
    socket = await greeted(connect, f"{PUBLIC}/v2")
    await socket.send(message)

    assert (await socket.receive())["error"] == "Malformed request"


# -- public channels


class Replayed:
    """A book rebuilt from a channel's messages alone and cut to its depth, as the documentation tells clients to."""

    def __init__(self, depth: int, decimals: int) -> None:
        self.bids: dict[Decimal, str] = {}
        self.asks: dict[Decimal, str] = {}
        self._depth, self._price = depth, f"%.{decimals}f"

    def apply(self, side: str, price: Any, amount: str) -> None:
        levels = self.bids if side.startswith("b") else self.asks
        levels[Decimal(price)] = amount
        if not Decimal(amount):
            del levels[Decimal(price)]

    def cut(self) -> None:
        self.bids = dict(sorted(self.bids.items(), reverse=True)[: self._depth])
        self.asks = dict(sorted(self.asks.items())[: self._depth])

    @property
    def checksum(self) -> int:
        rows = [*list(self.asks.items())[:10], *list(self.bids.items())[:10]]
        texts = [text.replace(".", "").lstrip("0") for price, size in rows for text in (self._price % price, size)]
        return zlib.crc32("".join(texts).encode())


def stir(maker: Any) -> None:
    """Levels that come and go, some behind the tenth."""
    orders = [maker.bid(str(49_000 - 10 * n), "0.5") for n in range(15)]
    orders += [maker.ask(str(51_000 + 10 * n), "0.00025") for n in range(15)]
    for number in (0, 3, 16, 20):
        maker.cancel(orders[number])
    maker.take(Side.BUY, "0.0001")
    maker.bid("49500", "1")


async def test_a_book_of_version_2_follows_its_checksums(sandbox: Sandbox, connect: Connect, maker: Any) -> None:
    for number in range(12):
        maker.bid(str(48_000 - number), "1")
    socket, book = await greeted(connect, f"{PUBLIC}/v2"), Replayed(10, 2)
    assert (await subscribe(socket, "book", symbol=["BTC/USDT"], depth=10))["success"] is True
    types = []
    while types != ["snapshot", "update"] or book.bids != best(sandbox, "bids") or book.asks != best(sandbox, "asks"):
        frame = orjson.loads(await asyncio.wait_for(socket.raw.receive_str(), 5))
        if frame.get("channel") != "book":
            continue
        (data,) = frame["data"]
        for side in ("bids", "asks"):
            for level in data[side]:
                book.apply(side, str(level["price"]), f"{level['qty']:.8f}")
        book.cut()
        assert data["checksum"] == book.checksum
        if frame["type"] not in types:
            types.append(frame["type"])
            if frame["type"] == "snapshot":
                stir(maker)


def best(sandbox: Sandbox, side: str) -> dict[Decimal, str]:
    return {price: f"{size:.8f}" for price, size in getattr(sandbox.engine.book("BTC/USDT"), side).levels(10)}


async def test_a_book_of_version_1_follows_its_checksums(sandbox: Sandbox, connect: Connect, maker: Any) -> None:
    for number in range(12):
        maker.bid(str(48_000 - number), "1")
    socket, book = await greeted(connect, PUBLIC), Replayed(10, 5)
    status = await subscribe_v1(socket, "book", "XBT/USDT", depth=10)
    assert (status["status"], status["channelName"], status["pair"]) == ("subscribed", "book-10", "XBT/USDT")
    channel, first, name, pair = await socket.until(of_channel_v1("book-10"))
    assert (channel, name, pair) == (status["channelID"], "book-10", "XBT/USDT")
    for side in ("bs", "as"):
        for price, amount, _ in first[side]:
            book.apply(side, price, amount)
    stir(maker)
    while not (book.bids == best(sandbox, "bids") and book.asks == best(sandbox, "asks")):
        _, changes, *_ = await socket.until(of_channel_v1("book-10"))
        for side in set(changes) & {"b", "a"}:
            for price, amount, _ in changes[side]:
                book.apply(side, price, amount)
        book.cut()
        assert changes["c"] == str(book.checksum)


@pytest.mark.parametrize("version", [1, 2])
async def test_a_wrong_checksum_can_be_sent(sandbox: Sandbox, connect: Connect, maker: Any, version: int) -> None:
    socket, book = (
        await greeted(connect, PUBLIC + ("/v2" if version == 2 else "")),
        Replayed(10, 2 if version == 2 else 5),
    )
    if version == 2:
        await subscribe(socket, "book", symbol=["BTC/USDT"])
    else:
        await subscribe_v1(socket, "book", "XBT/USDT")
    sandbox.faults.stream("depth", StreamFault.WRONG_CHECKSUM, times=1)
    wrong = []
    for price in ("49000", "49001"):
        maker.bid(price, "1")
        book.apply("bids", price, "1.00000000")
        book.cut()
        if version == 2:
            message = await socket.until(of_channel("book", "update"))
            wrong.append(message["data"][0]["checksum"] != book.checksum)
        else:
            message = await socket.until(lambda m: of_channel_v1("book-10")(m) and "c" in m[1])
            wrong.append(message[1]["c"] != str(book.checksum))

    assert wrong == [True, False]


async def test_a_trade_is_told_with_the_takers_side(connect: Connect, maker: Any) -> None:
    second, first = await greeted(connect, f"{PUBLIC}/v2"), await greeted(connect, PUBLIC)
    await subscribe(second, "trade", symbol=["BTC/USDT"])
    await subscribe_v1(first, "trade", "XBT/USDT")
    maker.bid("49000", "1")
    maker.take(Side.SELL, "0.25")

    (trade,) = (await second.until(of_channel("trade", "update")))["data"]
    _, (row,), *_ = await first.until(of_channel_v1("trade"))

    assert (trade["symbol"], trade["side"], trade["price"], trade["qty"]) == ("BTC/USDT", "sell", 49000, 0.25)
    assert [row[0], row[1], row[3]] == ["49000.00000", "0.25000000", "s"]


async def test_the_last_candle_is_told_first_and_then_with_each_trade(connect: Connect, maker: Any) -> None:
    maker.bid("49000", "1")
    maker.take(Side.SELL, "0.25")
    second, first = await greeted(connect, f"{PUBLIC}/v2"), await greeted(connect, PUBLIC)
    await subscribe(second, "ohlc", symbol=["BTC/USDT"], interval=10080)
    status = await subscribe_v1(first, "ohlc", "XBT/USDT", interval=10080)
    shown = [await second.until(of_channel("ohlc", "snapshot")), await first.until(of_channel_v1("ohlc-10080"))]
    maker.take(Side.SELL, "0.5")
    shown += [await second.until(of_channel("ohlc", "update")), await first.until(of_channel_v1("ohlc-10080"))]

    assert (status["channelName"], status["subscription"]) == ("ohlc-10080", {"interval": 10080, "name": "ohlc"})
    for (candle,), volume, trades in ((shown[0]["data"], 0.25, 1), (shown[2]["data"], 0.75, 2)):
        assert [candle[name] for name in ("open", "high", "low", "close", "vwap")] == [49000] * 5
        assert (candle["volume"], candle["trades"], candle["interval"]) == (volume, trades, 10080)
    for (channel, row, *_), volume, trades in ((shown[1], "0.25000000", 1), (shown[3], "0.75000000", 2)):
        assert channel == status["channelID"]
        assert row[2:] == [*["49000.00000"] * 5, volume, trades]
        assert float(row[0]) <= float(row[1])


async def test_after_unsubscribing_nothing_more_is_told(connect: Connect, maker: Any) -> None:
    socket = await greeted(connect, f"{PUBLIC}/v2")
    await subscribe(socket, "trade", symbol=["BTC/USDT"])
    answer = await subscribe(socket, "trade", "unsubscribe", symbol=["BTC/USDT"])
    maker.bid("49000", "1")
    maker.take(Side.SELL, "0.25")
    await socket.send({"method": "ping"})

    assert (answer["method"], answer["success"]) == ("unsubscribe", True)
    assert (await socket.receive())["method"] == "pong"


# -- private channels


@pytest.fixture
async def token(client: KrakenClient) -> str:
    answer = await client.ask("GetWebSocketsToken")
    assert answer["expires"] == 900
    return str(answer["token"])


async def test_orders_are_told_from_pending_to_filled_in_one_sequence(
    client: KrakenClient, private: Any, token: str, maker: Any
) -> None:
    await subscribe(private, "executions", token=token)
    snapshot = await private.receive()
    order_id = await client.ordered(cl_ord_id="mine")
    maker.take(Side.SELL, "0.004")
    maker.take(Side.SELL, "0.006")

    told = [await private.receive() for _ in range(5)]

    (entries) = [m["data"][0] for m in told]
    assert [m["sequence"] - snapshot["sequence"] for m in told] == [1, 2, 3, 4, 5]
    assert [(e["exec_type"], e["order_status"]) for e in entries] == [
        ("pending_new", "pending_new"),
        ("new", "new"),
        ("trade", "partially_filled"),
        ("trade", "partially_filled"),  # also of the last one; the next message says that the order is filled
        ("filled", "filled"),
    ]
    assert {e["order_id"] for e in entries} == {order_id}
    assert {e["cl_ord_id"] for e in entries} == {"mine"}
    assert [("symbol" in e, "order_qty" in e) for e in entries] == [
        (True, True), (False, False), (True, False), (True, False), (False, False),
    ]  # fmt: skip
    assert [e["fees"] for e in entries[2:4]] == [[{"asset": "USDT", "qty": q}] for q in (0.2, 0.3)]
    assert (entries[-1]["cum_qty"], entries[-1]["cum_cost"], entries[-1]["avg_price"]) == (0.01, 500, 50000)


async def test_the_end_of_an_order_has_its_reason(client: KrakenClient, private: Any, token: str, maker: Any) -> None:
    maker.ask("50000", "0.004")
    await subscribe(private, "executions", token=token)
    canceled = await client.ordered(price="49000")
    await client.ask("CancelOrder", txid=canceled)
    for terms in ({"oflags": "post"}, {"timeinforce": "IOC"}):
        await client.ordered(**terms)

    reasons = []
    while len(reasons) < 3:
        (entry,) = (await private.until(of_channel("executions", "update")))["data"]
        if entry["exec_type"] == "canceled":
            reasons.append((entry["cancel_reason"], entry["cum_qty"]))

    assert reasons == [("User requested", 0), ("Post only order", 0), ("Insufficient liquidity", 0.004)]


async def test_who_subscribes_is_told_open_orders_and_if_wanted_the_last_trades(
    client: KrakenClient, connect: Connect, token: str, maker: Any
) -> None:
    maker.ask("50000", "0.004")
    order_id = await client.ordered()
    found = []
    for wanted in ({}, {"snap_trades": True}, {"snap_orders": False}):
        socket = await greeted(connect, f"{PRIVATE}/v2")
        await subscribe(socket, "executions", token=token, **wanted)
        found.append((await socket.until(of_channel("executions", "snapshot")))["data"])

    kinds = [[(each["exec_type"], each["order_status"]) for each in entries] for entries in found]
    assert kinds[0] == [("new", "partially_filled")]
    assert kinds[1] == [("new", "partially_filled"), ("trade", "partially_filled")]
    assert kinds[2] == []
    assert (found[0][0]["order_id"], found[0][0]["cum_qty"]) == (order_id, 0.004)


async def test_balances_are_totals_and_what_is_held_for_orders_changes_none(
    client: KrakenClient, private: Any, token: str, maker: Any
) -> None:
    await subscribe(private, "balances", token=token)
    snapshot = await private.receive()
    await client.ordered()
    maker.take(Side.SELL, "0.01")

    told = [await private.receive() for _ in range(2)]

    assert {each["asset"]: each["balance"] for each in snapshot["data"]} == {"USDT": 10_000, "BTC": 1}
    changes = {m["data"][0]["asset"]: (m["data"][0]["amount"], m["data"][0]["balance"]) for m in told}
    assert changes == {"USDT": (-500.5, 9499.5), "BTC": (0.01, 1.01)}
    assert [m["sequence"] - snapshot["sequence"] for m in told] == [1, 2]
    held = await client.ask("BalanceEx")
    assert held["USDT"] == {"balance": "9499.5000", "hold_trade": "0.0000"}


async def test_version_1_tells_orders_and_trades_in_sequences_of_their_own(
    client: KrakenClient, connect: Connect, token: str, maker: Any
) -> None:
    socket = await greeted(connect, PRIVATE)
    for name in ("openOrders", "ownTrades"):
        assert (await subscribe_v1(socket, name, token=token))["status"] == "subscribed"
    order_id = await client.ordered(userref=5)
    maker.take(Side.SELL, "0.01")

    orders, trades = [], []
    while not trades or "closed" not in [o.get("status") for o in orders]:
        entries, name, numbered = await socket.until(lambda m: isinstance(m, list))
        for entry in entries:
            (trades if name == "ownTrades" else orders).append(*entry.values())
            assert order_id in entry or next(iter(entry.values()))["ordertxid"] == order_id
        assert numbered["sequence"] >= 1

    assert [o["status"] for o in orders if "status" in o] == ["pending", "open", "closed"]
    assert {o["userref"] for o in orders} == {5}
    assert [(t["price"], t["vol"], t["fee"], t["pair"]) for t in trades] == [
        ("50000.00000", "0.01000000", "0.50000", "XBT/USDT")
    ]


@pytest.mark.parametrize("sandbox", [{"session_lifetime_s": 0}], indirect=True)
async def test_a_token_is_good_for_a_while_and_as_long_as_its_connection(
    client: KrakenClient, connect: Connect
) -> None:
    token = (await client.ask("GetWebSocketsToken"))["token"]
    socket = await greeted(connect, f"{PRIVATE}/v2")

    assert (await subscribe(socket, "executions", token=token))["error"] == "ESession:Invalid session"


async def test_expired_sessions_end_their_connections_and_tokens(
    sandbox: Sandbox, connect: Connect, private: Any, token: str
) -> None:
    await subscribe(private, "executions", token=token)

    assert sandbox.faults.expire_sessions() == 1
    other = await greeted(connect, f"{PRIVATE}/v2")
    assert (await subscribe(other, "executions", token=token))["error"] == "ESession:Invalid session"
