"""Gate's own rules, on the wire: signatures, labels, texts, books with sequence ids, channels and their signatures."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt
import pytest

from hummingbot_ccxt.sandbox import Fault, Sandbox, Side, StreamFault

from .clients import GateClient, meaning

EXCHANGE = "gate"
STREAM = "api.gateio.ws/ws/v4/"
ORDERS = "/api/v4/spot/orders"
Connect = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def socket(sandbox: Sandbox, connect: Connect) -> Any:
    return await connect(STREAM)


async def subscribe(socket: Any, client: GateClient, channel: str, *payload: str, event: str = "subscribe") -> Any:
    """Subscribes, signed; the answer's result."""
    await socket.send(client.request(channel, *payload, event=event))
    answer = await socket.receive()
    assert (answer["channel"], answer["event"], answer["id"]) == (channel, event, 7)
    return answer["result"]


async def ordered(client: GateClient, **changes: Any) -> str:
    """The id of a new order."""
    return str((await client.order(**changes)).json["id"])


async def look(client: GateClient, order_id: str) -> Any:
    return (await client.signed("GET", f"{ORDERS}/{order_id}", currency_pair="BTC_USDT")).json


# -- REST


@pytest.mark.parametrize(
    ("changes", "status", "label"),
    [
        ({"KEY": "of nobody"}, 401, "INVALID_KEY"),
        ({"SIGN": "a" * 128}, 401, "INVALID_SIGNATURE"),
        ({"SIGN": None}, 400, "MISSING_REQUIRED_HEADER"),
        ({"Timestamp": "1538054050"}, 403, "REQUEST_EXPIRED"),
        ({"Timestamp": "4102444800"}, 403, "REQUEST_EXPIRED"),
        ({"Timestamp": "yesterday"}, 403, "REQUEST_EXPIRED"),
    ],
)
async def test_a_request_with_wrong_credentials_is_refused(
    client: GateClient, changes: dict[str, Any], status: int, label: str
) -> None:
    answer = await client.signed("GET", "/api/v4/spot/accounts", changes=changes)

    assert (answer.status, answer.json["label"]) == (status, label)
    assert meaning("gate", answer) is ccxt.AuthenticationError


async def test_the_signature_covers_query_and_body(client: GateClient) -> None:
    of_another = client.headers("DELETE", ORDERS, "currency_pair=ETH_USDT", "", {})["SIGN"]
    deleted = await client.signed("DELETE", ORDERS, changes={"SIGN": of_another}, currency_pair="BTC_USDT")
    of_another = client.headers("POST", ORDERS, "", '{"amount": "1"}', {})["SIGN"]
    posted = await client.signed("POST", ORDERS, changes={"SIGN": of_another}, amount="2")

    assert (deleted.json["label"], posted.json["label"]) == ("INVALID_SIGNATURE", "INVALID_SIGNATURE")


@pytest.mark.parametrize(
    ("changes", "label", "error"),
    [
        ({"currency_pair": "BTC_EUR"}, "INVALID_CURRENCY_PAIR", ccxt.BadSymbol),
        ({"amount": "0.000001"}, "INVALID_PRECISION", ccxt.InvalidOrder),
        ({"price": "50000.001"}, "INVALID_PRECISION", ccxt.InvalidOrder),
        ({"price": None}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"amount": None}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"amount": "-1"}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"side": "hold"}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"type": "stop"}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"time_in_force": "gtd"}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"type": "market", "price": None, "time_in_force": "gtc"}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"text": "mine"}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"text": "t-" + "x" * 29}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"text": "t-a/b"}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"amount": "0.00001"}, "INVALID_PARAM_VALUE", ccxt.BadRequest),
        ({"amount": "9001"}, "AMOUNT_TOO_MUCH", ccxt.InvalidOrder),
        ({"amount": "1"}, "BALANCE_NOT_ENOUGH", ccxt.InsufficientFunds),
    ],
)
async def test_an_order_is_refused_with_its_label(
    client: GateClient, changes: dict[str, Any], label: str, error: type[Exception]
) -> None:
    answer = await client.order(**changes)

    assert (answer.status, answer.json["label"]) == (400, label)
    assert meaning("gate", answer) is error


@pytest.mark.parametrize(
    ("until", "status", "label"),
    [("1597026383085", 403, "REQUEST_EXPIRED"), ("4102444800000", 200, None), ("soon", 400, "INVALID_PARAM_VALUE")],
)
async def test_an_order_is_taken_until_its_deadline(
    client: GateClient, until: str, status: int, label: str | None
) -> None:
    terms = {"currency_pair": "BTC_USDT", "side": "buy", "type": "limit", "amount": "0.01", "price": "50000"}
    answer = await client.signed("POST", ORDERS, changes={"x-gate-exptime": until}, **terms)

    assert (answer.status, answer.json.get("label")) == (status, label)


async def test_a_market_that_is_closed_refuses_orders(sandbox: Sandbox, client: GateClient) -> None:
    sandbox.engine.set_open("BTC/USDT", False)

    assert (await client.order()).json["label"] == "INVALID_CURRENCY_PAIR"
    listed = {each["id"]: each["trade_status"] for each in (await client.get("/api/v4/spot/currency_pairs")).json}
    assert listed == {name: "untradable" if name == "BTC_USDT" else "tradable" for name in listed}


@pytest.mark.parametrize(
    ("path", "parameters", "status", "label"),
    [
        ("order_book", {"currency_pair": "NO_SUCH"}, 400, "INVALID_CURRENCY_PAIR"),
        ("order_book", {}, 400, "INVALID_PARAM_VALUE"),
        ("trades", {"currency_pair": "BTC_USDT", "limit": "all"}, 400, "INVALID_PARAM_VALUE"),
        ("candlesticks", {"currency_pair": "BTC_USDT", "interval": "7m"}, 400, "INVALID_PARAM_VALUE"),
        ("currencies/NONE", {}, 400, "INVALID_PARAM_VALUE"),
        ("accounts", {}, 400, "MISSING_REQUIRED_HEADER"),
        ("nothing", {}, 404, "NOT_FOUND"),
    ],
)
async def test_a_bad_unsigned_request_has_its_label_and_status(
    client: GateClient, path: str, parameters: dict[str, str], status: int, label: str
) -> None:
    answer = await client.get(f"/api/v4/spot/{path}", **parameters)

    assert (answer.status, answer.json["label"]) == (status, label)


async def test_a_text_is_free_again_when_its_order_has_ended(client: GateClient) -> None:
    longest = "t-" + "x" * 28
    first, twice = await client.order(text=longest), await client.order(text=longest)
    await client.signed("DELETE", f"{ORDERS}/{longest}", currency_pair="BTC_USDT")
    second = await client.order(text=longest, price="49000")
    found = await look(client, longest)

    assert (first.status, first.json["text"]) == (200, longest)
    assert (twice.status, twice.json["label"], second.status) == (400, "REPEATED_CREATION", 200)
    assert (found["id"], found["status"]) == (second.json["id"], "open")


async def test_an_order_without_a_text_has_the_venues(client: GateClient) -> None:
    assert (await client.order()).json["text"] == "apiv4"


@pytest.mark.parametrize(
    ("terms", "filled", "left", "finish_as", "status"),
    [
        ({"side": "buy", "amount": "100"}, "0.002", "0", "filled", "closed"),
        ({"side": "buy", "amount": "100.3"}, "0.002", "0.3", "ioc", "cancelled"),
        ({"side": "sell", "amount": "0.002"}, "0.002", "0", "filled", "closed"),
        ({"side": "sell", "amount": "0.15"}, "0.1", "0.05", "ioc", "cancelled"),
    ],
    ids=["buy by cost", "buy with a rest below a lot", "sell by amount", "more than the book has"],
)
async def test_the_amount_of_a_market_purchase_is_in_quote(
    client: GateClient, maker: Any, terms: dict[str, str], filled: str, left: str, finish_as: str, status: str
) -> None:
    maker.ask("50000", "0.1")
    maker.bid("49000", "0.1")

    order = (await client.order(type="market", price=None, time_in_force="ioc", **terms)).json

    assert (order["filled_amount"], order["left"], order["finish_as"], order["status"]) == (
        filled, left, finish_as, status,
    )  # fmt: skip
    assert (order["amount"], order["price"], order["time_in_force"]) == (terms["amount"], "0", "ioc")


@pytest.mark.parametrize(
    ("terms", "filled", "finish_as", "status"),
    [
        ({"time_in_force": "ioc"}, "0.004", "ioc", "cancelled"),
        ({"time_in_force": "fok"}, "0", "fok", "cancelled"),
        ({"time_in_force": "fok", "amount": "0.004"}, "0.004", "filled", "closed"),
        ({"time_in_force": "gtc"}, "0.004", "open", "open"),
        ({"time_in_force": "poc", "price": "49999"}, "0", "open", "open"),
    ],
)
async def test_what_becomes_of_each_kind_of_order(
    client: GateClient, maker: Any, terms: dict[str, str], filled: str, finish_as: str, status: str
) -> None:
    maker.ask("50000", "0.004")

    order = (await client.order(**terms)).json

    assert (order["filled_amount"], order["finish_as"], order["status"]) == (filled, finish_as, status)
    assert order["time_in_force"] == terms["time_in_force"]


async def test_an_order_that_is_pending_or_cancelled_is_refused_where_it_would_cross(
    sandbox: Sandbox, client: GateClient, maker: Any
) -> None:
    maker.ask("50000", "0.004")

    answer = await client.order(time_in_force="poc")

    assert (answer.status, answer.json["label"]) == (400, "POC_FILL_IMMEDIATELY")
    assert meaning("gate", answer) is ccxt.OrderImmediatelyFillable
    assert not sandbox.engine.orders(client.account.account_id)


@pytest.mark.parametrize(("side", "fee", "currency"), [("buy", "0.00001", "BTC"), ("sell", "0.49", "USDT")])
async def test_fees_are_in_what_was_received(
    client: GateClient, maker: Any, side: str, fee: str, currency: str
) -> None:
    maker.ask("50000", "0.1")
    maker.bid("49000", "0.1")
    order = (await client.order(side=side, time_in_force="ioc", price="50000" if side == "buy" else "49000")).json

    path = "/api/v4/spot/my_trades"
    (fill,) = (await client.signed("GET", path, currency_pair="BTC_USDT", order_id=order["id"])).json

    assert (order["fee"], order["fee_currency"]) == (fee, currency)
    assert (fill["fee"], fill["fee_currency"], fill["role"], fill["amount"]) == (fee, currency, "taker", "0.01")
    assert (await client.signed("GET", path, order_id=order["id"])).json["label"] == "INVALID_PARAM_VALUE"


@pytest.mark.parametrize(
    ("which", "status", "label"), [("id", 400, "ORDER_CANCELLED"), ("text", 404, "ORDER_NOT_FOUND")]
)
async def test_an_order_is_canceled_once_by_either_name(
    client: GateClient, which: str, status: int, label: str
) -> None:
    placed = (await client.order(text="t-mine")).json

    first, second = [
        await client.signed("DELETE", f"{ORDERS}/{placed[which]}", currency_pair="BTC_USDT") for _ in range(2)
    ]

    assert (first.json["status"], first.json["finish_as"], first.json["left"]) == ("cancelled", "cancelled", "0.01")
    assert (second.status, second.json["label"]) == (status, label)


async def test_an_order_goes_by_its_text_only_while_it_is_open(client: GateClient, maker: Any) -> None:
    order_id = await ordered(client, text="t-mine")
    open_by_text = await look(client, "t-mine")
    maker.take(Side.SELL, "0.01")

    assert open_by_text["id"] == order_id
    assert (await look(client, "t-mine"))["label"] == "ORDER_NOT_FOUND"
    assert (await look(client, order_id))["finish_as"] == "filled"


async def test_a_filled_order_is_closed_to_a_cancellation(client: GateClient, maker: Any) -> None:
    maker.ask("50000", "1")
    order_id = await ordered(client)

    answer = await client.signed("DELETE", f"{ORDERS}/{order_id}", currency_pair="BTC_USDT")

    assert (answer.status, answer.json["label"]) == (400, "ORDER_CLOSED")


@pytest.mark.parametrize("name", ["999999999999", "t-nobodys"])
async def test_an_unknown_order(client: GateClient, name: str) -> None:
    answers = [await client.signed(each, f"{ORDERS}/{name}", currency_pair="BTC_USDT") for each in ("GET", "DELETE")]

    assert [(each.status, each.json["label"]) for each in answers] == [(404, "ORDER_NOT_FOUND")] * 2
    assert {meaning("gate", each) for each in answers} == {ccxt.OrderNotFound}


async def test_an_order_is_denied_although_it_is_open(sandbox: Sandbox, client: GateClient) -> None:
    order_id = await ordered(client)
    sandbox.faults.rest("order.cancel", Fault.UNKNOWN_ORDER)
    sandbox.faults.rest("order.status", Fault.UNKNOWN_ORDER)

    denied = await client.signed("DELETE", f"{ORDERS}/{order_id}", currency_pair="BTC_USDT")

    assert (denied.json["label"], (await look(client, order_id))["label"]) == ("ORDER_NOT_FOUND", "ORDER_NOT_FOUND")
    assert (await look(client, order_id))["status"] == "open"


async def test_a_batch_of_cancellations_has_an_outcome_for_each(client: GateClient) -> None:
    order_id = await ordered(client, text="t-mine")
    entries = [{"currency_pair": "BTC_USDT", "id": each} for each in (order_id, "999999999999")]

    done, unknown = (await client.signed("POST", "/api/v4/spot/cancel_batch_orders", *entries)).json

    assert (done["succeeded"], done["id"], done["text"], done["label"]) == (True, order_id, "t-mine", "")
    assert (unknown["succeeded"], unknown["label"]) == (False, "ORDER_NOT_FOUND")


async def test_lists_are_pages_newest_first(client: GateClient) -> None:
    ids = [await ordered(client, price=str(price)) for price in range(40_000, 40_005)]
    other = await ordered(client, currency_pair="ETH_USDT", price="3000")
    await client.signed("DELETE", f"{ORDERS}/{ids[0]}", currency_pair="BTC_USDT")

    async def listed(**parameters: Any) -> list[str]:
        return [row["id"] for row in (await client.signed("GET", ORDERS, **parameters)).json]

    by_pair = (await client.signed("GET", "/api/v4/spot/open_orders")).json
    assert await listed(status="open", currency_pair="BTC_USDT") == ids[:0:-1]
    assert await listed(status="open", currency_pair="BTC_USDT", limit=3, page=2) == [ids[1]]
    assert await listed(status="finished", currency_pair="BTC_USDT") == ids[:1]
    assert await listed(status="finished", **{"from": 4102444800}) == []
    assert {each["currency_pair"]: [row["id"] for row in each["orders"]] for each in by_pair} == {
        "BTC_USDT": ids[:0:-1],
        "ETH_USDT": [other],
    }


async def test_a_book_has_its_id_only_for_who_asks_for_it(sandbox: Sandbox, client: GateClient, maker: Any) -> None:
    for step in range(15):
        maker.bid(str(50_000 - step), "0.1")
    path = "/api/v4/spot/order_book"
    without = (await client.get(path, currency_pair="BTC_USDT")).json
    book = (await client.get(path, currency_pair="BTC_USDT", limit=12, with_id="true")).json

    assert ("id" in without, len(without["bids"])) == (False, 10)
    assert (book["id"], len(book["bids"])) == (sandbox.engine.book("BTC/USDT").sequence, 12)


@pytest.mark.parametrize("sandbox", [{"weight_limit": 3}], indirect=True)
async def test_headers_say_what_is_left_of_the_rate_limit_and_when_to_come_back(
    sandbox: Sandbox, client: GateClient
) -> None:
    answers = [await client.get("/api/v4/spot/time") for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-Gate-RateLimit-Requests-Remain"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["X-Gate-RateLimit-Limit"] for answer in answers} == {"3"}
    now_s = sandbox.clock() / 1000
    assert now_s < int(answers[-1].headers["X-Gate-RateLimit-Reset-Timestamp"]) <= now_s + 61
    assert "Retry-After" not in answers[-1].headers
    assert meaning("gate", answers[-1]) is ccxt.RateLimitExceeded


@pytest.mark.parametrize("sandbox", [{"order_limit": 2}], indirect=True)
async def test_too_many_orders_are_refused(client: GateClient) -> None:
    assert [(await client.order()).status for _ in range(3)] == [200, 200, 429]


# -- the connection


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"KEY": "of nobody"}, "INVALID_KEY"),
        ({"SIGN": "wrong"}, "INVALID_SIGNATURE"),
        ({"method": "password"}, "INVALID_CREDENTIALS"),
        ({"time": 1538054050}, "REQUEST_EXPIRED"),
    ],
)
async def test_each_private_request_is_signed_by_itself(
    client: GateClient, socket: Any, changes: dict[str, Any], label: str
) -> None:
    assert await subscribe(socket, client, "spot.balances") == {"status": "success"}
    await socket.send(client.request("spot.orders", "BTC_USDT", **changes))
    answer = await socket.receive()

    assert (answer["error"]["code"], answer["result"]) == (4, {"status": "fail"})
    assert label in answer["error"]["message"]


async def test_nothing_private_without_a_signature(client: GateClient, socket: Any) -> None:
    await socket.send({"time": 1, "channel": "spot.orders", "event": "subscribe", "payload": ["!all"]})

    assert (await socket.receive())["error"]["code"] == 4


async def test_a_ping_is_answered_on_the_channel_of_pongs(socket: Any) -> None:
    await socket.send({"time": 1, "channel": "spot.ping"})

    pong = await socket.receive()

    assert (pong["channel"], pong["event"], pong["error"], pong["result"]) == ("spot.pong", "", None, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"time":1,"channel":"spot.trades","event":"subscribe","payload":["NO_SUCH"]}', 2),
        ('{"time":1,"channel":"spot.news","event":"subscribe","payload":["BTC_USDT"]}', 2),
        ('{"time":1,"channel":"spot.order_book_update","event":"subscribe","payload":["BTC_USDT"]}', 2),
        ('{"time":1,"channel":"spot.order_book_update","event":"subscribe","payload":["BTC_USDT","7ms"]}', 2),
        ('{"time":1,"channel":"spot.obu","event":"subscribe","payload":["ob.BTC_USDT.51"]}', 2),
        ('{"time":1,"channel":"spot.trades","event":"sing","payload":["BTC_USDT"]}', 1),
        ("{no JSON", 1),
    ],
)
async def test_a_bad_frame_is_answered_with_its_code(socket: Any, text: str, code: int) -> None:
    await socket.raw.send_str(text)

    assert (await socket.receive())["error"]["code"] == code


async def test_there_is_nothing_at_another_address(connect: Connect) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await connect("api.gateio.ws/ws/v3/")


# -- public channels


class Replayed:
    """A book rebuilt as "Order Book V2" and "How to maintain local order book" tell; fails on a gap."""

    def __init__(self) -> None:
        self.bids: dict[Decimal, Decimal] = {}
        self.asks: dict[Decimal, Decimal] = {}
        self.sequence = -1

    def apply(self, result: Any) -> None:
        if result.get("full"):
            self.bids, self.asks = {}, {}
        elif result["u"] <= self.sequence:
            return
        else:
            assert result["U"] <= self.sequence + 1, "a gap"
        self.sequence = result["u"]
        for side, rows in ((self.bids, result["b"]), (self.asks, result["a"])):
            for price, amount in rows:
                side[Decimal(price)] = Decimal(amount)
                if Decimal(amount) == 0:
                    del side[Decimal(price)]

    def equals(self, book: Any, depth: int | None = None) -> bool:
        bids, asks = sorted(self.bids.items(), reverse=True), sorted(self.asks.items())
        return bids == book.bids.levels(depth) and asks == book.asks.levels(depth)


@pytest.mark.parametrize("depth", [50, 400])
async def test_a_limited_book_is_whole_first_and_then_its_changes_without_a_gap(
    sandbox: Sandbox, client: GateClient, maker: Any, connect: Connect, depth: int
) -> None:
    for step in range(420):
        maker.bid(str(50_000 - step), "0.1")
        maker.ask(str(50_001 + step), "0.1")
    early, late, book, later = await connect(STREAM), await connect(STREAM), Replayed(), Replayed()
    await subscribe(early, client, "spot.obu", f"ob.BTC_USDT.{depth}")
    book.apply((await early.receive())["result"])
    assert (len(book.bids), len(book.asks)) == (depth, depth)

    for step in range(20):
        maker.take(Side.BUY if step % 2 else Side.SELL, "0.15")
        maker.bid(str(50_000 - step), "1")
        book.apply((await early.receive())["result"])
    await subscribe(late, client, "spot.obu", f"ob.BTC_USDT.{depth}")
    later.apply((await late.receive())["result"])
    for step in range(3):
        maker.ask(f"49999.{step}", "0.5")
        book.apply((await early.receive())["result"])
        later.apply((await late.receive())["result"])

    assert book.equals(sandbox.engine.book("BTC/USDT"), depth)
    assert later.equals(sandbox.engine.book("BTC/USDT"), depth)


async def test_who_subscribes_twice_to_a_limited_book_is_told_so(client: GateClient, socket: Any) -> None:
    await subscribe(socket, client, "spot.obu", "ob.BTC_USDT.50")
    await socket.receive()
    await socket.send(client.request("spot.obu", "ob.BTC_USDT.50"))

    assert (await socket.receive())["error"] == {"code": 2, "message": "Alert sub ob.BTC_USDT.50"}


async def test_changes_of_all_levels_follow_on_a_book_with_id(
    sandbox: Sandbox, client: GateClient, socket: Any, maker: Any
) -> None:
    for step in range(50):
        maker.bid(str(50_000 - step), "0.1")
        maker.ask(str(50_001 + step), "0.1")
    await subscribe(socket, client, "spot.order_book_update", "BTC_USDT", "100ms")
    maker.bid("49999.5", "1")
    early, book = await socket.receive(), Replayed()
    path = "/api/v4/spot/order_book"
    whole = (await client.get(path, currency_pair="BTC_USDT", limit=1000, with_id="true")).json
    book.apply({"full": True, "u": whole["id"], "b": whole["bids"], "a": whole["asks"]})
    book.apply(early["result"])

    for step in range(30):
        maker.take(Side.BUY if step % 2 else Side.SELL, "0.15")
        maker.bid(str(48_000 + step), "1")
        book.apply((await socket.receive())["result"])
    engine = sandbox.engine.book("BTC/USDT")
    while book.sequence < engine.sequence:
        book.apply((await socket.receive())["result"])

    assert book.equals(engine)


@pytest.mark.parametrize(
    ("channel", "payload"), [("spot.obu", ["ob.BTC_USDT.50"]), ("spot.order_book_update", ["BTC_USDT", "100ms"])]
)
async def test_a_lost_change_is_a_gap(
    sandbox: Sandbox, client: GateClient, socket: Any, maker: Any, channel: str, payload: list[str]
) -> None:
    await subscribe(socket, client, channel, *payload)
    book = Replayed()
    if channel == "spot.obu":
        book.apply((await socket.receive())["result"])
    else:
        maker.bid("50000", "1")
        book.apply({**(await socket.receive())["result"], "full": True})
    rule = sandbox.faults.stream("depth", StreamFault.DROP)
    maker.bid("50001", "1")
    await rule.fired()
    maker.bid("50002", "1")

    with pytest.raises(AssertionError, match="a gap"):
        book.apply((await socket.receive())["result"])


async def test_a_trade_is_told_with_the_takers_side(client: GateClient, socket: Any, maker: Any) -> None:
    await subscribe(socket, client, "spot.trades", "ETH_USDT", "BTC_USDT")
    maker.bid("50000", "0.1")
    maker.take(Side.SELL, "0.02")

    result = (await socket.receive())["result"]

    assert (result["currency_pair"], result["side"], result["price"], result["amount"]) == (
        "BTC_USDT", "sell", "50000", "0.02",
    )  # fmt: skip


# -- private channels


@pytest.mark.parametrize("pair", ["BTC_USDT", "!all"])
async def test_orders_are_told_from_their_acceptance_on(client: GateClient, socket: Any, maker: Any, pair: str) -> None:
    await subscribe(socket, client, "spot.orders", pair)
    maker.ask("50000", "0.004")
    order_id = await ordered(client, text="t-mine")
    await client.signed("DELETE", f"{ORDERS}/t-mine", currency_pair="BTC_USDT")

    told = [order for _ in range(3) for order in (await socket.receive())["result"]]

    assert {(o["id"], o["text"], o["amount"]) for o in told} == {(order_id, "t-mine", "0.01")}
    assert [(o["event"], o["finish_as"], o["left"], o["filled_total"]) for o in told] == [
        ("put", "open", "0.01", "0"),
        ("update", "open", "0.006", "200"),
        ("finish", "cancelled", "0.006", "200"),
    ]


async def test_fills_are_told_on_their_own_channel_to_those_who_asked_for_the_pair(
    client: GateClient, connect: Connect, maker: Any
) -> None:
    asking, other = await connect(STREAM), await connect(STREAM)
    await subscribe(asking, client, "spot.usertrades", "BTC_USDT")
    await subscribe(other, client, "spot.usertrades", "ETH_USDT")
    await subscribe(other, client, "spot.orders", "BTC_USDT")
    maker.ask("50000", "0.004")
    order_id = await ordered(client, text="t-mine")

    (fill,) = (await asking.receive())["result"]

    assert (fill["order_id"], fill["text"], fill["role"], fill["side"]) == (order_id, "t-mine", "taker", "buy")
    assert (fill["price"], fill["amount"], fill["fee"], fill["fee_currency"]) == (
        "50000", "0.004", "0.000004", "BTC",
    )  # fmt: skip
    assert [(await other.receive())["channel"] for _ in range(2)] == ["spot.orders", "spot.orders"]


async def test_a_balance_is_told_with_its_change(client: GateClient, socket: Any) -> None:
    await subscribe(socket, client, "spot.balances")
    await client.order()

    (entry,) = (await socket.receive())["result"]

    assert (entry["currency"], entry["change_type"]) == ("USDT", "order-create")
    assert (entry["total"], entry["available"], entry["freeze"], entry["freeze_change"], entry["change"]) == (
        "10000", "9500", "500", "500", "0",
    )  # fmt: skip


async def test_after_unsubscribing_nothing_more_is_told(client: GateClient, socket: Any) -> None:
    await subscribe(socket, client, "spot.orders", "!all")
    await subscribe(socket, client, "spot.balances")
    await subscribe(socket, client, "spot.orders", "!all", event="unsubscribe")
    await client.order()

    assert (await socket.receive())["channel"] == "spot.balances"
