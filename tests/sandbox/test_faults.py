"""Each switch of the venue does what it says, seen from the client's side of the sockets."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from hummingbot_ccxt.chaos.ledger import VenueLedger
from hummingbot_ccxt.sandbox import ApiAccount, Fault, Outage, Sandbox, Side, StreamFault

STREAM = "stream.binance.com:9443"
Connect = Callable[[str], Awaitable[Any]]
LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "50000",
}


def taken(sandbox: Sandbox) -> int:
    """How many orders of the tester the venue has taken."""
    return len(sandbox.engine.orders("tester"))


# -- REST


@pytest.mark.parametrize(
    ("fault", "orders"), [(Fault.TIMEOUT_BEFORE, 0), (Fault.TIMEOUT_AFTER, 1)], ids=["not taken", "taken"]
)
async def test_a_request_is_never_answered(sandbox: Sandbox, client: Any, fault: Fault, orders: int) -> None:
    rule = sandbox.faults.rest("order.create", fault)
    request = asyncio.create_task(client.buy())
    await asyncio.wait_for(rule.fired(), 5)
    done, _ = await asyncio.wait([request], timeout=0.05)

    assert not done
    assert taken(sandbox) == orders
    request.cancel()


@pytest.mark.parametrize(
    ("fault", "orders"), [(Fault.LATE_BEFORE, 0), (Fault.LATE_AFTER, 1)], ids=["taken late", "taken at once"]
)
async def test_an_answer_comes_late(sandbox: Sandbox, client: Any, fault: Fault, orders: int) -> None:
    rule = sandbox.faults.rest("order.create", fault, delay_s=0.1)
    request = asyncio.create_task(client.buy())
    await asyncio.wait_for(rule.fired(), 5)
    await asyncio.sleep(0)

    assert taken(sandbox) == orders
    assert (await request)["status"] == "NEW"
    assert taken(sandbox) == 1


@pytest.mark.parametrize(
    ("fault", "orders"),
    [(Fault.RESET_BEFORE, 0), (Fault.RESET_AFTER, 1), (Fault.RESET_MIDWAY, 1)],
    ids=["not taken", "taken", "taken, half an answer"],
)
async def test_the_connection_is_reset(sandbox: Sandbox, client: Any, fault: Fault, orders: int) -> None:
    sandbox.faults.rest("order.create", fault)

    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError)):
        await client.buy()
    assert taken(sandbox) == orders
    assert (await client.buy())["status"] == "NEW"


@pytest.mark.parametrize(
    ("fault", "status", "code", "orders"),
    [
        (Fault.ERROR_BEFORE, 503, -1000, 0),
        (Fault.ERROR_AFTER, 503, -1000, 1),
        (Fault.ERROR_AFTER, 504, -1007, 1),
        (Fault.ERROR_BEFORE, 500, -1001, 0),
        (Fault.MAINTENANCE, 503, -1016, 0),
    ],
)
async def test_the_server_fails(
    sandbox: Sandbox, client: Any, fault: Fault, status: int, code: int, orders: int
) -> None:
    sandbox.faults.rest("order.create", fault, status=status)

    reply = await client.signed("POST", "/api/v3/order", **LIMIT)

    assert (reply.status, reply.json["code"]) == (status, code)
    assert taken(sandbox) == orders


@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        (None, True), (Fault.EVENTS_FIRST, True), (Fault.LATE_AFTER, True), (Fault.TIMEOUT_AFTER, False),
        (Fault.RESET_AFTER, False), (Fault.RESET_MIDWAY, False), (Fault.ERROR_AFTER, False), (Fault.HTML_AFTER, False),
        (Fault.MALFORMED_JSON, False),
    ],
)  # fmt: skip
async def test_the_venue_knows_when_it_told_what_became_of_an_order(
    sandbox: Sandbox, client: Any, fault: Fault | None, answered: bool
) -> None:
    """Of an answer that says nothing, or that never came, it knows that too."""
    ledger, arrived = VenueLedger(sandbox, "tester"), asyncio.Event()
    sandbox.engine.subscribe(lambda event: arrived.set())
    if fault is not None:
        sandbox.faults.rest("order.create", fault, delay_s=0.1)
    asking = asyncio.create_task(client.signed("POST", "/api/v3/order", **LIMIT))
    await asyncio.wait_for(arrived.wait(), 5)
    (order_id,) = ledger.orders
    if fault is Fault.LATE_AFTER:
        assert ledger.told_at(order_id) is None

    await asyncio.wait([asking], timeout=0.3)
    assert (ledger.told_at(order_id) is not None) == answered
    asking.cancel()


async def test_an_overload_has_the_text_that_clients_know(sandbox: Sandbox, client: Any) -> None:
    """Hummingbot's connector compares it literally to tell "unknown" from "refused"."""
    sandbox.faults.rest("order.create", Fault.ERROR_AFTER)

    reply = await client.signed("POST", "/api/v3/order", **LIMIT)

    assert reply.json["msg"] == "Unknown error, please check your request or try again later."


@pytest.mark.parametrize("fault", [Fault.HTML_BEFORE, Fault.HTML_AFTER])
async def test_a_web_page_answers_in_place_of_json(sandbox: Sandbox, client: Any, fault: Fault) -> None:
    sandbox.faults.rest("order.create", fault, status=502)

    reply = await client.signed("POST", "/api/v3/order", **LIMIT)

    assert (reply.status, reply.content_type) == (502, "text/html")
    assert reply.text.startswith("<html>")
    assert taken(sandbox) == (fault is Fault.HTML_AFTER)


async def test_an_answer_breaks_off(sandbox: Sandbox, client: Any) -> None:
    sandbox.faults.rest("depth", Fault.MALFORMED_JSON)

    reply = await client.get("/api/v3/depth", symbol="BTCUSDT")

    assert reply.status == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        reply.json  # noqa: B018 - a property that parses


async def test_a_rate_limit_strikes_once_and_a_ban_stays(sandbox: Sandbox, client: Any) -> None:
    sandbox.faults.rest("ping", Fault.RATE_LIMIT, retry_after_s=7)
    sandbox.faults.rest("ping", Fault.BAN, retry_after_s=9)

    limited, banned, later = [await client.get("/api/v3/ping") for _ in range(3)]

    assert (limited.status, limited.json["code"], limited.headers["Retry-After"]) == (429, -1003, "7")
    assert (banned.status, banned.json["code"], banned.headers["Retry-After"]) == (418, -1003, "9")
    assert later.status == 418


async def test_an_order_is_denied_although_it_is_open(sandbox: Sandbox, client: Any) -> None:
    order = await client.buy()
    sandbox.faults.rest("order.cancel", Fault.UNKNOWN_ORDER)
    sandbox.faults.rest("order.status", Fault.UNKNOWN_ORDER)
    which = {"symbol": "BTCUSDT", "orderId": order["orderId"]}

    cancel = await client.signed("DELETE", "/api/v3/order", **which)
    query = await client.signed("GET", "/api/v3/order", **which)

    assert (cancel.json["code"], query.json["code"]) == (-2011, -2013)
    assert (await client.signed("GET", "/api/v3/order", **which)).json["status"] == "NEW"


async def test_fills_are_reported_before_the_order_is_acknowledged(
    sandbox: Sandbox, client: Any, connect: Connect, maker: Any
) -> None:
    key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
    socket = await connect(f"{STREAM}/ws/{key}")
    maker.ask("50000", "1")
    sandbox.faults.rest("order.create", Fault.EVENTS_FIRST, delay_s=0.1)
    request = asyncio.create_task(client.buy())

    kinds = [(await socket.receive()).get("x") for _ in range(2)]

    assert kinds == ["NEW", "TRADE"]
    assert not request.done()
    assert (await request)["status"] == "FILLED"


async def test_maintenance_closes_the_whole_venue_until_it_is_over(
    sandbox: Sandbox, client: Any, connect: Connect
) -> None:
    sandbox.faults.maintenance = True
    assert (await client.get("/api/v3/ping")).status == 503
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await connect(f"{STREAM}/ws")
    sandbox.faults.clear()
    assert (await client.get("/api/v3/ping")).status == 200


async def test_a_rule_strikes_as_often_as_told_where_told_and_is_counted(sandbox: Sandbox, client: Any) -> None:
    rule = sandbox.faults.rest("ticker.*", Fault.ERROR_BEFORE, times=2, skip=1)
    statuses = [(await client.get("/api/v3/ticker/price")).status for _ in range(4)]
    other = await client.get("/api/v3/time")

    assert statuses == [200, 503, 503, 200]
    assert other.status == 200
    assert rule.injected == 2
    assert sandbox.faults.injected == {("ticker.price", "error_before"): 2}


async def test_a_disarmed_rule_strikes_no_more(sandbox: Sandbox, client: Any) -> None:
    rule = sandbox.faults.rest("*", Fault.ERROR_BEFORE, times=None)
    assert (await client.get("/api/v3/ping")).status == 503
    sandbox.faults.disarm(rule)
    sandbox.faults.disarm(rule)
    assert (await client.get("/api/v3/ping")).status == 200


async def test_chance_is_drawn_from_the_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Sandbox("binance", seed=seed).faults
        faults.rest("*", Fault.ERROR_BEFORE, times=None, probability=0.5)
        return [faults.take_rest("ping") is not None for _ in range(200)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 60 < sum(strikes(1)) < 140


# -- the clock


async def test_a_skewed_clock_refuses_the_clients_timestamps(sandbox: Sandbox, client: Any) -> None:
    sandbox.faults.set_clock(skew_ms=30_000)
    behind = (await client.signed("GET", "/api/v3/account")).json
    sandbox.faults.set_clock(skew_ms=-30_000)
    ahead = (await client.signed("GET", "/api/v3/account")).json

    assert behind == {"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}
    assert ahead == {"code": -1021, "msg": "Timestamp for this request was 1000ms ahead of the server's time."}


async def test_a_clock_drifts(sandbox: Sandbox) -> None:
    sandbox.faults.set_clock(skew_ms=100, drift_ms_per_s=100_000)
    before = sandbox.clock.skew_ms
    await asyncio.sleep(0.02)

    assert before >= 100
    assert sandbox.clock.skew_ms - before > 1_000


# -- streams


async def test_streams_are_disconnected_private_and_public_apart(
    sandbox: Sandbox, client: Any, connect: Connect
) -> None:
    key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
    private, public = await connect(f"{STREAM}/ws/{key}"), await connect(f"{STREAM}/ws/btcusdt@trade")

    assert sandbox.faults.disconnect_streams(public=False) == 1
    ended = await asyncio.wait_for(private.raw.receive(), 5)
    assert ended.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert (await public.ask(method="LIST_SUBSCRIPTIONS", id=1))["result"] == ["btcusdt@trade"]

    assert sandbox.faults.disconnect_streams(code=1012) == 1
    ended = await asyncio.wait_for(public.raw.receive(), 5)
    assert (ended.type, ended.data) == (aiohttp.WSMsgType.CLOSE, 1012)


async def test_new_connections_are_refused(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.refuse_connections = True
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await connect(f"{STREAM}/ws")


async def test_a_stalled_stream_is_silent_until_it_flows_again(sandbox: Sandbox, connect: Connect, maker: Any) -> None:
    socket = await connect(f"{STREAM}/ws/btcusdt@depth@100ms")
    await socket.ask(method="LIST_SUBSCRIPTIONS", id=1)
    assert sandbox.faults.stall_streams() == 1
    maker.bid("59000", "1")
    await socket.raw.ping()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.raw.receive(), 0.1)
    sandbox.faults.resume_streams()

    assert (await socket.receive())["b"] == [["59000.00000000", "1.00000000"]]


async def test_a_dropped_diff_leaves_a_gap_in_the_sequence(sandbox: Sandbox, connect: Connect, maker: Any) -> None:
    socket = await connect(f"{STREAM}/ws/btcusdt@depth@100ms")
    maker.bid("59000", "1")
    first = await socket.receive()
    rule = sandbox.faults.stream("depth", StreamFault.DROP)
    maker.bid("59001", "1")
    await asyncio.wait_for(rule.fired(), 5)
    maker.bid("59002", "1")
    second = await socket.receive()

    assert second["U"] == first["u"] + 2


async def test_messages_are_doubled_reordered_and_delayed(sandbox: Sandbox, connect: Connect, maker: Any) -> None:
    maker.ask("60000", "100")
    socket = await connect(f"{STREAM}/ws/btcusdt@trade")

    sandbox.faults.stream("trade", StreamFault.DUPLICATE)
    maker.take(Side.BUY, "1")
    assert (await socket.receive()) == (await socket.receive())

    sandbox.faults.stream("trade", StreamFault.REORDER)
    maker.take(Side.BUY, "2")
    maker.take(Side.BUY, "3")
    assert [(await socket.receive())["q"] for _ in range(2)] == ["3.00000000", "2.00000000"]

    sandbox.faults.stream("trade", StreamFault.DELAY, delay_s=0.1)
    started = time.monotonic()
    maker.take(Side.BUY, "4")
    maker.take(Side.BUY, "5")
    assert [(await socket.receive())["q"] for _ in range(2)] == ["4.00000000", "5.00000000"]
    assert time.monotonic() - started >= 0.1


async def test_a_reordered_message_without_a_successor_comes_alone(
    sandbox: Sandbox, connect: Connect, maker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sandbox.streams is not None
    monkeypatch.setattr(sandbox.streams, "REORDER_PATIENCE_S", 0.05)
    maker.ask("60000", "100")
    socket = await connect(f"{STREAM}/ws/btcusdt@trade")
    sandbox.faults.stream("trade", StreamFault.REORDER)
    maker.take(Side.BUY, "1")

    assert (await socket.receive())["q"] == "1.00000000"


async def test_balance_updates_are_suppressed(sandbox: Sandbox, client: Any, connect: Connect) -> None:
    key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
    socket = await connect(f"{STREAM}/ws/{key}")
    sandbox.faults.stream("balance", StreamFault.DROP, times=None)
    await client.buy()
    await client.buy()

    assert [(await socket.receive())["e"] for _ in range(2)] == ["executionReport"] * 2


async def test_user_sessions_expire_on_every_kind_of_connection(
    sandbox: Sandbox, client: Any, connect: Connect, account: ApiAccount
) -> None:
    key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
    old = await connect(f"{STREAM}/ws/{key}")
    new = await connect("ws-api.binance.com:443/ws-api/v3")
    parameters = {"apiKey": account.api_key, "timestamp": int(time.time() * 1000)}
    payload = f"apiKey={account.api_key}&timestamp={parameters['timestamp']}"
    await new.ask(
        id=1,
        method="userDataStream.subscribe.signature",
        params={**parameters, "signature": client.signature(payload)},
    )

    assert sandbox.faults.expire_sessions() == 2
    assert (await old.receive())["e"] == "listenKeyExpired"
    ended = await new.receive()
    assert (ended["subscriptionId"], ended["event"]["e"]) == (0, "eventStreamTerminated")
    await client.buy()
    assert (await new.ask(id=2, method="session.status"))["result"]["userDataStream"] is False


async def test_a_client_that_does_not_read_is_disconnected(http: aiohttp.ClientSession) -> None:
    async with Sandbox("binance", queue_limit=10, book_interval_s=0.001) as sandbox:
        sandbox.engine.create_account("maker", {"USDT": Decimal(10**9)})
        socket = await http.ws_connect(sandbox.rewrite(f"wss://{STREAM}/ws/btcusdt@trade"))
        assert sandbox.streams is not None
        session = next(iter(sandbox.streams.sessions))
        session.stall()
        for _ in range(11):
            session.send(b"{}")
        ended = await asyncio.wait_for(socket.receive(), 5)

    assert ended.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


async def test_the_switches_of_streams_want_a_started_venue() -> None:
    faults = Sandbox("binance").faults
    for act in (faults.disconnect_streams, faults.stall_streams, faults.expire_sessions):
        with pytest.raises(RuntimeError, match="not started"):
            act()
    faults.resume_streams()


# -- the venue is away


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Outage.REFUSED, aiohttp.ClientConnectorError),
        (Outage.RESET, (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)),
        (Outage.SILENT, TimeoutError),
    ],
)
async def test_nothing_is_answered_while_the_venue_is_away(
    sandbox: Sandbox, client: Any, connect: Connect, kind: Outage, error: Any
) -> None:
    """Neither on connections that stood before nor on new ones, be they WebSockets; then all is as before."""
    before = await connect(f"{STREAM}/ws/btcusdt@trade")
    await client.buy()
    sandbox.faults.begin_outage(kind)
    for _ in range(2):
        with pytest.raises(error):
            await asyncio.wait_for(client.get("/api/v3/ping"), 0.3)
    with pytest.raises(error):
        await asyncio.wait_for(connect(f"{STREAM}/ws/btcusdt@trade"), 0.3)
    assert taken(sandbox) == 1

    await sandbox.faults.end_outage()
    message = await asyncio.wait_for(before.raw.receive(), 5)
    assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert (await client.get("/api/v3/ping")).status == 200
    assert (await client.buy())["status"] == "NEW"
    await connect(f"{STREAM}/ws/btcusdt@trade")


async def test_maintenance_is_told_politely(sandbox: Sandbox, client: Any, connect: Connect) -> None:
    sandbox.faults.begin_outage(Outage.MAINTENANCE)
    assert (await client.get("/api/v3/ping")).status == 503
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await connect(f"{STREAM}/ws/btcusdt@trade")
    sandbox.faults.clear()
    assert (await client.get("/api/v3/ping")).status == 200


@pytest.mark.parametrize("second", Outage)
@pytest.mark.parametrize("first", Outage)
async def test_one_outage_takes_the_place_of_another(
    sandbox: Sandbox, client: Any, first: Outage, second: Outage
) -> None:
    sandbox.faults.begin_outage(first)
    sandbox.faults.begin_outage(second)
    with pytest.raises((aiohttp.ClientError, TimeoutError, AssertionError)):
        assert (await asyncio.wait_for(client.get("/api/v3/ping"), 0.2)).status == 200
    await sandbox.faults.end_outage()
    assert (await client.get("/api/v3/ping")).status == 200
