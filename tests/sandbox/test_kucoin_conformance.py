"""What KuCoin's wire emits, key by key and type by type against messages recorded from the real exchange."""

from typing import Any

import aiohttp
import pytest

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox

from .clients import KucoinClient
from .conformance import differences, public_record, public_records
from .conftest import Socket

EXCHANGE = "kucoin"
NEWER = "added to the API after this was recorded, in April 2021"
NUMBERED = "trades had ids of hexadecimal digits before the engine of 2022 numbered them"

#: Recorded message -> outermost path of the difference -> why it is one.
DIFFERENCES: dict[str, dict[str, str]] = {
    "symbols": dict.fromkeys(
        [f"data[].{name}" for name in ("feeCategory", "makerFeeCoefficient", "minFunds", "st", "takerFeeCoefficient")],
        NEWER,
    ),
    "level2": {"data.time": NEWER},
    "match": {"data.tradeId": NUMBERED},
}


@pytest.fixture
async def emitted(http: aiohttp.ClientSession, sandbox: Sandbox, account: ApiAccount, maker: Any) -> dict[str, Any]:
    """One of each message that the wire sends and that was recorded."""
    client = KucoinClient(http, sandbox, account)
    socket = Socket(await client.connect(await client.address("public")))
    sent: dict[str, Any] = {"welcome": await socket.receive()}
    for topic in ("match", "ticker", "level2"):
        await socket.send({"id": "1", "type": "subscribe", "topic": f"/market/{topic}:BTC-USDT", "response": True})
        sent["ack"] = await socket.receive()
    maker.bid("49000.5", "1.25")
    sent["level2"] = await socket.until(is_bid)
    maker.ask("50000.5", "0.25")
    await client.order(size="0.1", price="50000.5", timeInForce="IOC")
    sent["match"] = await socket.until(lambda m: m["topic"].startswith("/market/match"))
    sent["ticker"] = await socket.until(lambda m: m["topic"].startswith("/market/ticker") and m["data"]["price"] != "0")
    sent["symbols"] = (await client.get("/api/v2/symbols")).json
    sent["book"] = (await client.signed("GET", "/api/v3/market/orderbook/level2", symbol="BTC-USDT")).json
    return sent


def is_bid(message: Any) -> bool:
    """Whether it is of a change of a bid alone: in the recording each change has a message of its own."""
    changes = message.get("data", {}).get("changes", {"bids": []})
    return bool(changes["bids"] and not changes["asks"])


COMPARED = ["welcome", "ack", "match", "ticker", "level2", "symbols", "book"]


@pytest.mark.parametrize("name", COMPARED)
async def test_a_message_has_the_recorded_shape(emitted: dict[str, Any], name: str) -> None:
    addresses = {"symbols": "/api/v1/symbols", "book": "/orderbook/level2"}

    def wanted(record: dict[str, Any], body: Any) -> bool:
        if name in addresses:
            return record["dir"] == "rest" and record["url"].partition("?")[0].endswith(addresses[name])
        if record["dir"] != "recv":
            return False
        if name == "level2":
            return body.get("subject") == "trade.l2update" and is_bid(body)
        return name in (body["type"], body.get("topic", "").partition(":")[0].removeprefix("/market/"))

    found = differences(emitted[name], public_record("kucoin", "kucoin", wanted))

    assert found == set(DIFFERENCES.get(name, {}))


def test_recorded_increments_follow_on_each_other_as_the_wires_do() -> None:
    """One begins where the one before ended; each row has a sequence number of the message's own."""
    ends: dict[str, int] = {}
    compared = 0
    for record, body in public_records("kucoin", "kucoin"):
        if record["dir"] != "recv" or body.get("subject") != "trade.l2update":
            continue
        data = body["data"]
        start, end = data["sequenceStart"], data["sequenceEnd"]
        assert start == ends.get(data["symbol"], start - 1) + 1
        assert all(start <= int(row[2]) <= end for rows in data["changes"].values() for row in rows)
        ends[data["symbol"]] = end
        compared += 1

    assert compared == 3853


def test_every_difference_is_of_a_message_that_is_compared() -> None:
    assert set(DIFFERENCES) <= set(COMPARED)
