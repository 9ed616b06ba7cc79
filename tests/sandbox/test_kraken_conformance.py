"""What Kraken's wire emits, key by key and type by type against messages recorded from the real exchange."""

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import orjson
import pytest

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox
from hummingbot_ccxt.sandbox.wires.kraken import KrakenWire

from .clients import KrakenClient
from .conformance import RECORDINGS, differences, private_file, public_record, public_records

PUBLIC = "ws.kraken.com"

MARGIN = "the recorded markets can be traded on margin, those of the venue cannot"
NEWER = "added to the API after this was recorded, in April 2021"
WHOLE = "a fee of zero is an integer there; none is zero here"
LISTED = "the file describes the order as lists of orders do; the documentation's answer has the line `order` only"

#: Recorded message -> outermost path of the difference -> why it is one.
DIFFERENCES: dict[str, dict[str, str]] = {
    "http_add_order_spot": {
        f"result.descr.{name}": LISTED for name in ("leverage", "ordertype", "pair", "price", "price2", "type")
    },
    "http_asset_pairs": {
        f"result.*[].{name}": MARGIN
        for name in ("leverage_buy[]", "leverage_sell[]", "long_position_limit", "short_position_limit")
    },
    "kraken_v1_negative/AssetPairs": {
        **{f"result.*[].{name}": NEWER for name in ("cost_decimals", "costmin", "status", "tick_size")},
        **{f"result.*[].{name}[]": MARGIN for name in ("leverage_buy", "leverage_sell")},
        **{f"result.*[].{name}[][1]": WHOLE for name in ("fees", "fees_maker")},
    },
    "http_closed_orders": {
        "result.closed.*[].reason": "the file has a reason for filled orders too, where the documentation's has null"
    },
    "http_trades_history": {"result.trades.*[].ledgers": "for requests with `ledgers` only, which nobody here makes"},
}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox("kraken", book_interval_s=0.01) as sandbox:
        yield sandbox
        sandbox.engine.audit()


@pytest.fixture
def client(http: aiohttp.ClientSession, sandbox: Sandbox, account: ApiAccount) -> KrakenClient:
    return KrakenClient(http, sandbox, account)


def with_lists(answer: Any) -> Any:
    """With members that are named by asset, pair or id as a list `*`: which ones there are is no matter of shape."""
    if not isinstance(answer, dict):
        return answer
    named = [key for key in answer if key.isupper()]
    others = {key: with_lists(value) for key, value in answer.items() if key not in named}
    return {**others, "*": [with_lists(answer[key]) for key in named]} if named else others


def is_channel(name: str, kind: str) -> Callable[[Any], bool]:
    return lambda m: m.get("channel") == name and m.get("type") == kind


@pytest.fixture
async def emitted(
    sandbox: Sandbox, client: KrakenClient, maker: Any, connect: Callable[[str], Awaitable[Any]]
) -> dict[str, Any]:
    """One of each message that the wire sends, from one short session; named like the recordings."""
    sent: dict[str, Any] = {}
    maker.bid("49000", "1")
    maker.ask("51000", "1")
    sent["http_add_order_spot"] = (await client.order()).json
    (order_id,) = sent["http_add_order_spot"]["result"]["txid"]
    sent["http_open_orders"] = (await client.signed("POST", "/0/private/OpenOrders")).json
    sent["http_cancel_order_spot"] = (await client.signed("POST", "/0/private/CancelOrder", txid=order_id)).json

    second, first = await connect(f"{PUBLIC}/v2"), await connect(PUBLIC)
    sent["v1/systemStatus"] = await first.receive()
    await second.receive()
    await second.send({"method": "ping", "req_id": 42})
    sent["ws_pong"] = await second.receive()
    for channel in ("ticker", "book", "trade"):
        await second.send({"method": "subscribe", "params": {"channel": channel, "symbol": ["BTC/USDT"]}, "req_id": 1})
    sent["ws_subscribe_response"] = await second.receive()
    sent["ws_ticker_snapshot"] = await second.until(is_channel("ticker", "snapshot"))
    sent["ws_book_snapshot"] = await second.until(is_channel("book", "snapshot"))
    for name in ("book", "trade"):
        extra = {"depth": 1000} if name == "book" else {}
        await first.send({"event": "subscribe", "pair": ["XBT/USDT"], "subscription": {"name": name, **extra}})
    sent["v1/subscriptionStatus"] = await first.receive()
    sent["v1/book/snapshot"] = await first.receive()
    sent["v1/heartbeat"] = await first.until(lambda m: m == {"event": "heartbeat"})
    maker.bid("49001", "0.5")
    sent["ws_book_update"] = await second.until(is_channel("book", "update"))
    sent["v1/book/b"] = await first.until(lambda m: isinstance(m, list) and "b" in m[1])
    maker.ask("50999", "0.5")
    sent["v1/book/a"] = await first.until(lambda m: isinstance(m, list) and "a" in m[1])
    await client.order(type="sell", ordertype="market", price=None, volume="0.002")
    sent["ws_trade_update"] = await second.until(is_channel("trade", "update"))

    sent["http_asset_pairs"] = (await client.get("/0/public/AssetPairs", pair="XBTUSDT")).json
    sent["http_order_book"] = (await client.get("/0/public/Depth", pair="XBTUSDT")).json
    sent["http_trades"] = (await client.get("/0/public/Trades", pair="XBTUSDT")).json
    sent["http_spot_balance"] = (await client.signed("POST", "/0/private/Balance")).json
    sent["http_closed_orders"] = (await client.signed("POST", "/0/private/ClosedOrders")).json
    sent["http_trades_history"] = (await client.signed("POST", "/0/private/TradesHistory")).json
    return sent


FILES = [
    "http_add_order_spot", "http_asset_pairs", "http_cancel_order_spot", "http_closed_orders", "http_open_orders",
    "http_order_book", "http_spot_balance", "http_trades", "http_trades_history", "ws_book_snapshot", "ws_book_update",
    "ws_pong", "ws_subscribe_response", "ws_ticker_snapshot", "ws_trade_update",
]  # fmt: skip
ASSET_PAIRS = "kraken_v1_negative/AssetPairs"
V1 = ["v1/systemStatus", "v1/subscriptionStatus", "v1/heartbeat", "v1/book/snapshot", "v1/book/a", "v1/book/b"]


@pytest.mark.parametrize("name", FILES)
async def test_a_message_has_the_shape_of_the_file(emitted: dict[str, Any], name: str) -> None:
    found = differences(with_lists(emitted[name]), with_lists(private_file("kraken", name)))

    assert found == set(DIFFERENCES.get(name, {}))


@pytest.mark.parametrize("name", V1)
async def test_a_message_of_version_1_has_the_recorded_shape(emitted: dict[str, Any], name: str) -> None:
    _, kind, *key = name.split("/")
    members = {"snapshot": {"as", "bs"}, "a": {"a", "c"}, "b": {"b", "c"}}

    def wanted(record: dict[str, Any], body: Any) -> bool:
        if record["dir"] != "recv":
            return False
        body = orjson.loads(body) if isinstance(body, str) else body
        if kind != "book":
            return isinstance(body, dict) and body["event"] == kind
        return isinstance(body, list) and body[2].startswith("book") and set(body[1]) == members[key[0]]

    recorded = public_record("kraken", "kraken_v1_negative", wanted)
    found = differences(emitted[name], orjson.loads(recorded) if isinstance(recorded, str) else recorded)

    assert found == set(DIFFERENCES.get(name, {}))


async def test_the_markets_have_the_shape_recorded_in_2021(emitted: dict[str, Any]) -> None:
    recorded = public_record("kraken", "kraken_v1_negative", lambda record, _: record["url"].endswith("AssetPairs"))
    lit = {name: pair for name, pair in recorded["result"].items() if not name.endswith(".d")}  # no dark pools
    found = differences(with_lists(emitted["http_asset_pairs"]), with_lists({**recorded, "result": lit}))

    assert found == set(DIFFERENCES[ASSET_PAIRS])


def test_the_checksum_is_the_recorded_one() -> None:
    """Every recorded book is followed, change by change, and its checksum computed as the wire computes it."""
    books: dict[str, tuple[dict[Decimal, Decimal], dict[Decimal, Decimal]]] = {}
    compared = 0
    for record, body in public_records("kraken", "kraken_v1_negative"):
        message = orjson.loads(body) if isinstance(body, str) and body.startswith("[") else body
        if record["dir"] != "recv" or not isinstance(message, list) or not message[2].startswith("book"):
            continue
        _, changes, _, pair = message
        if "as" in changes:
            books[pair] = ({}, {})
        for side, rows in changes.items():
            if side == "c":
                continue
            levels = books[pair][side.startswith("a")]
            for price, amount, *_ in rows:
                levels[Decimal(price)] = Decimal(amount)
                if not Decimal(amount):
                    del levels[Decimal(price)]
                decimals = len(price.partition(".")[2])
        if "c" in changes:
            bids, asks = (sorted(levels.items(), reverse=not number) for number, levels in enumerate(books[pair]))
            assert str(KrakenWire.checksum(bids, asks, decimals)) == changes["c"]
            compared += 1

    assert compared == 403


def test_every_difference_is_of_a_message_that_is_compared() -> None:
    assert set(DIFFERENCES) <= {*FILES, *V1, ASSET_PAIRS}
    assert all((RECORDINGS / f"private/kraken/{name}.json").exists() for name in FILES) or not RECORDINGS.exists()
    assert all(reason for reasons in DIFFERENCES.values() for reason in reasons.values())
