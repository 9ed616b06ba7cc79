"""What Gate's wire emits, key by key and type by type against messages recorded from the real exchange."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox, Side

from .clients import GateClient
from .conformance import differences, public_record, public_records

EXCHANGE = "gate"
NEWER = "added to the API after this was recorded, in April 2021"

_ANSWER = dict.fromkeys(["conn_id", "payload", "time_ms", "trace_id"], NEWER)
_TIME_MS = {"time_ms": NEWER}
#: Recorded message -> outermost path of the difference -> why it is one.
DIFFERENCES: dict[str, dict[str, str]] = {
    "subscribe": _ANSWER,
    "spot.trades": {**_TIME_MS, "result.id_market": NEWER},
    "spot.tickers": _TIME_MS,
    "spot.candlesticks": {**_TIME_MS, "result.a": NEWER, "result.w": NEWER},
    "spot.order_book_update": _TIME_MS,
    "currency_pairs": dict.fromkeys(
        [
            f"[].{name}"
            for name in (
                "base_name", "delisting_time", "max_base_amount", "max_quote_amount", "quote_name", "trade_url", "type",
            )
        ],
        NEWER,
    ),
    "order_book": {"current": NEWER, "update": NEWER},
}  # fmt: skip


@pytest.fixture
async def emitted(
    http: aiohttp.ClientSession,
    sandbox: Sandbox,
    account: ApiAccount,
    maker: Any,
    connect: Callable[[str], Awaitable[Any]],
) -> dict[str, Any]:
    """One of each message that the wire sends and that was recorded."""
    client, socket, sent = GateClient(http, sandbox, account), await connect("api.gateio.ws/ws/v4/"), {}
    maker.bid("48999", "1")
    maker.ask("50001.5", "1")
    for channel, more in (("spot.trades", []), ("spot.tickers", []), ("spot.order_book_update", ["100ms"])):
        payload = ["BTC_USDT", *more]
        await socket.send({"time": 1619093532, "channel": channel, "event": "subscribe", "payload": payload})
        sent["subscribe"] = await socket.receive()
    payload = ["1m", "BTC_USDT"]
    await socket.send({"time": 1619093532, "channel": "spot.candlesticks", "event": "subscribe", "payload": payload})
    await socket.receive()
    maker.bid("49000.5", "1.25")
    maker.ask("50000.5", "0.25")
    maker.take(Side.BUY, "0.125")
    for channel in ("spot.trades", "spot.tickers", "spot.candlesticks"):
        sent[channel] = await socket.until(of_channel(channel))
    sent["spot.order_book_update"] = await socket.until(
        lambda m: of_channel("spot.order_book_update")(m) and bool(m["result"]["b"] and m["result"]["a"])
    )
    sent["currency_pairs"] = (await client.get("/api/v4/spot/currency_pairs")).json
    path = "/api/v4/spot/order_book"
    sent["order_book"] = (await client.get(path, currency_pair="BTC_USDT", limit=100, with_id="true")).json
    return sent


def of_channel(name: str) -> Callable[[Any], bool]:
    return lambda message: (message["channel"], message["event"]) == (name, "update")


COMPARED = [
    "subscribe", "spot.trades", "spot.tickers", "spot.candlesticks", "spot.order_book_update", "currency_pairs",
    "order_book",
]  # fmt: skip


@pytest.mark.parametrize("name", COMPARED)
async def test_a_message_has_the_recorded_shape(emitted: dict[str, Any], name: str) -> None:
    def wanted(record: dict[str, Any], body: Any) -> bool:
        if name in ("currency_pairs", "order_book"):
            return record["dir"] == "rest" and record["url"].partition("?")[0].endswith(name)
        if record["dir"] != "recv":
            return False
        if name == "subscribe":
            return bool(body["event"] == "subscribe")
        return of_channel(name)(body) and all(body["result"].get(side, True) for side in ("a", "b"))

    found = differences(emitted[name], public_record("gate", "gateio", wanted))

    assert found == set(DIFFERENCES.get(name, {}))


def test_recorded_changes_follow_on_each_other_as_the_wires_do() -> None:
    """One begins where the one before ended."""
    ends: dict[str, int] = {}
    compared = 0
    for record, body in public_records("gate", "gateio"):
        if record["dir"] != "recv" or not of_channel("spot.order_book_update")(body):
            continue
        result = body["result"]
        assert result["U"] == ends.get(result["s"], result["U"] - 1) + 1
        assert result["u"] >= result["U"]
        ends[result["s"]] = result["u"]
        compared += 1

    assert compared == 172


def test_every_difference_is_of_a_message_that_is_compared() -> None:
    assert set(DIFFERENCES) <= set(COMPARED)
