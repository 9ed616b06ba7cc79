"""What OKX's wire emits, key by key and type by type against messages recorded from the real exchange."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from hummingbot_ccxt.sandbox import Sandbox, Side
from hummingbot_ccxt.sandbox.wires.notation import checksum

from .clients import OkxClient
from .conformance import RECORDINGS, differences, private_file, public_record, public_records

EXCHANGE = "okx"
PUBLIC, PRIVATE = "ws.okx.com:8443/ws/v5/public", "ws.okx.com:8443/ws/v5/private"
BUSINESS = "ws.okx.com:8443/ws/v5/business"

TRIMMED = "the file is a trimmed example; the documentation's, and Hummingbot's native connector, have the field"
NEWER = "added to the API after this was recorded"
SWAP = "the file is of a perpetual swap, where the field is set"
MARKET = "the file is of a market order, which has no price"
MADE_UP = "the file has a made-up text where the live API has a number"
ZEROES = "the file has 0 where the live API leaves empty what a fill would set"

_PUSHED = [
    "amendResult", "amendSource", "code", "fillFee", "fillFeeCcy", "fillNotionalUsd", "fillPnl", "lastPx", "msg",
    "notionalUsd", "reqId",
]  # fmt: skip
_ORDER = {"arg.uid": NEWER, **{f"data[].{name}": TRIMMED for name in _PUSHED}}
_ACCOUNT = dict.fromkeys(["arg.uid", "curPage", "eventType", "lastPage"], NEWER)
_DETAILS = ["coinUsdPrice", "colBorrAutoConversion", "collateralRestrict"]
_SEQUENCE = {"data[].prevSeqId": NEWER, "data[].seqId": NEWER}
_SINCE_2024 = {"data[].source": NEWER, "data[].seqId": NEWER}
_SINCE_2023 = dict.fromkeys(
    [f"data[].{name}" for name in ("auctionEndTime", "maxLmtAmt", "maxMktAmt", "ruleType")], NEWER
)

#: Recorded message -> outermost path of the difference -> why it is one.
DIFFERENCES: dict[str, dict[str, str]] = {
    "http_get_account_balance": {"data[].availEq": NEWER, **{f"data[].details[].{n}": NEWER for n in _DETAILS}},
    "http_get_orders_history": {"data[].lever": SWAP, "data[].px": MARKET},
    "http_get_orders_pending": {
        "data[].lever": SWAP,
        **{f"data[].{name}": ZEROES for name in ("avgPx", "fillPx", "fillTime", "tradeId")},
    },
    "http_place_order_response": {"ts": NEWER},
    "http_transaction_detail": {"billId": MADE_UP},
    "http_transaction_detail_empty_fee": {"billId": MADE_UP, "fee": "empty, as the wire never leaves it"},
    "ws_account": _ACCOUNT,
    "ws_account_empty": _ACCOUNT,
    "ws_orders": {**_ORDER, "data[].lever": SWAP, "data[].px": MARKET},
    "ws_orders_fok": _ORDER,
    "ws_orders_ioc": _ORDER,
    "ws_trades": _SINCE_2024,
    **{f"{recording}/subscribe": {"connId": NEWER} for recording in ("okx", "okcoin")},
    **{f"{recording}/books/snapshot": _SEQUENCE for recording in ("okx", "okcoin")},
    "okx/books/update": _SEQUENCE,
    **{f"{recording}/trades": {**_SINCE_2024, "data[].count": NEWER} for recording in ("okx", "okcoin")},
    "okx/instruments": {
        **_SINCE_2023,
        "data[].instFamily": NEWER,
        "data[].lever": "the recorded markets can be traded on margin, those of the venue cannot",
    },
    "okcoin/instruments": _SINCE_2023,
}


def channel(name: str, **more: str) -> Callable[[Any], bool]:
    """Whether a message is one of that channel with such members."""
    return lambda m: "data" in m and m["arg"]["channel"] == name and all(m.get(k) == v for k, v in more.items())


def is_full(message: Any) -> bool:
    """Whether a book's message has levels on both sides, so that their shape shows."""
    return bool(message["data"][0]["asks"] and message["data"][0]["bids"])


def an_order(state: str) -> Callable[[Any], bool]:
    return lambda m: channel("orders")(m) and m["data"][0]["state"] == state


@pytest.fixture
async def emitted(
    http: aiohttp.ClientSession,
    sandbox: Sandbox,
    client: OkxClient,
    maker: Any,
    connect: Callable[[str], Awaitable[Any]],
) -> dict[str, Any]:
    """One of each message that the wire sends, from one short session; named like the recordings."""
    sent: dict[str, Any] = {}
    maker.bid("49000", "1")
    maker.ask("50000", "0.004")
    maker.ask("50001", "1")
    private, public, business = [await connect(address) for address in (PRIVATE, PUBLIC, BUSINESS)]
    await private.send(client.log_in())
    await private.receive()
    account_of_usdt = {"channel": "account"}
    await private.send({"op": "subscribe", "args": [account_of_usdt, {"channel": "orders", "instType": "SPOT"}]})
    sent["ws_account"] = await private.until(channel("account"))
    order = (await client.order(px="48000")).json
    sent["http_place_order_response"] = order["data"][0]
    sent["http_get_orders_pending"] = (await client.signed("GET", "/api/v5/trade/orders-pending")).json
    await client.signed("POST", "/api/v5/trade/cancel-order", instId="BTC-USDT", ordId=order["data"][0]["ordId"])

    args = [{"channel": name, "instId": "BTC-USDT"} for name in ("books", "trades", "tickers", "bbo-tbt")]
    await public.send({"op": "subscribe", "args": args})
    await business.send({"op": "subscribe", "args": [{"channel": "candle1m", "instId": "BTC-USDT"}]})
    sent["subscribe"] = await public.receive()
    sent["books/snapshot"] = await public.until(channel("books", action="snapshot"))
    sent["bbo-tbt"] = await public.until(channel("bbo-tbt"))
    await client.order(ordType="ioc", sz="0.01", px="50000")
    sent["ws_orders_ioc"] = await private.until(an_order("partially_filled"))
    await client.order(ordType="fok", sz="0.01", px="50001")
    sent["ws_orders_fok"] = await private.until(an_order("filled"))
    sent["trades"] = await public.until(channel("trades"))
    sent["candle1m"] = await business.until(channel("candle1m"))
    maker.take(Side.SELL, "0.5")
    maker.ask("50002", "1")
    sent["tickers"] = await public.until(channel("tickers"))
    maker.bid("48999", "0.1")
    maker.ask("50003", "0.1")
    sent["books/update"] = await public.until(lambda m: channel("books", action="update")(m) and is_full(m))

    gets = {
        "http_get_orders_history": "/api/v5/trade/orders-history?state=filled",
        "http_get_account_balance": "/api/v5/account/balance",
        "http_get_trade_fee_response": "/api/v5/account/trade-fee",
        "http_transaction_detail": "/api/v5/trade/fills",
        "http_get_instruments_spot": "/api/v5/public/instruments",
        "http_get_order_book": "/api/v5/market/books?instId=BTC-USDT",
        "http_get_trades": "/api/v5/market/trades?instId=BTC-USDT",
    }
    for name, address in gets.items():
        path, _, query = address.partition("?")
        parameters = dict(part.split("=") for part in query.split("&")) if query else {}
        sent[name] = (await client.signed("GET", path, instType="SPOT", **parameters)).json
    sent["http_transaction_detail"] = sent["http_transaction_detail"]["data"][0]
    sent["http_transaction_detail_empty_fee"] = sent["http_transaction_detail"]
    sent["ws_orders"] = sent["ws_orders_fok"]
    nobody, empty = OkxClient(http, sandbox, sandbox.create_account()), await connect(PRIVATE)
    await empty.send(nobody.log_in())
    await empty.receive()
    await empty.send({"op": "subscribe", "args": [account_of_usdt]})
    sent["ws_account_empty"] = await empty.until(channel("account"))
    return sent


FILES = [
    "http_get_account_balance", "http_get_instruments_spot", "http_get_order_book", "http_get_orders_history",
    "http_get_orders_pending", "http_get_trade_fee_response", "http_get_trades", "http_place_order_response",
    "http_transaction_detail", "http_transaction_detail_empty_fee", "ws_account", "ws_account_empty", "ws_orders",
    "ws_orders_fok", "ws_orders_ioc",
]  # fmt: skip
SAME_AS_PUBLIC = {
    "ws_bbo_tbt": "bbo-tbt",
    "ws_books_snapshot": "books/snapshot",
    "ws_books_update": "books/update",
    "ws_tickers": "tickers",
    "ws_trades": "trades",
}


@pytest.mark.parametrize("name", [*FILES, *SAME_AS_PUBLIC])
async def test_a_message_has_the_shape_of_the_file(emitted: dict[str, Any], name: str) -> None:
    found = differences(emitted[SAME_AS_PUBLIC.get(name, name)], private_file("okx", name))

    assert found == set(DIFFERENCES.get(name, {}))


@pytest.mark.parametrize("recording", ["okx", "okcoin"])
@pytest.mark.parametrize(
    "name", ["subscribe", "books/snapshot", "books/update", "trades", "tickers", "candle1m", "instruments"]
)
async def test_a_message_has_the_recorded_shape(emitted: dict[str, Any], name: str, recording: str) -> None:
    if (recording, name) in {("okx", "candle1m"), ("okcoin", "books/update")}:
        pytest.skip("no such message was recorded there")
    kind, _, action = name.partition("/")

    def wanted(record: dict[str, Any], body: Any) -> bool:
        if kind == "instruments":
            return record["dir"] == "rest" and record["url"].endswith("instType=SPOT")
        if record["dir"] != "recv" or body.get("arg", {}).get("channel") != ("books" if kind == "subscribe" else kind):
            return False
        if kind == "subscribe":
            return body.get("event") == "subscribe"
        is_spot = not any(part.isdigit() or part == "SWAP" for part in body["arg"]["instId"].split("-"))
        return "data" in body and is_spot and (kind != "books" or (body["action"] == action and is_full(body)))

    ours = emitted["http_get_instruments_spot"] if kind == "instruments" else emitted[name]
    found = differences(ours, public_record("okx", recording, wanted))

    assert found == set(DIFFERENCES.get(f"{recording}/{name}", {}))


def test_the_checksum_is_the_recorded_one() -> None:
    """Every recorded book is followed, change by change, and its checksum computed as the wire computes it."""
    books: dict[str, tuple[dict[Decimal, Decimal], dict[Decimal, Decimal]]] = {}
    compared = 0
    for record, body in public_records("okx", "okx"):
        if record["dir"] != "recv" or body["arg"]["channel"] != "books" or "data" not in body:
            continue
        (data,) = body["data"]
        if body["action"] == "snapshot":
            books[body["arg"]["instId"]] = ({}, {})
        bids, asks = books[body["arg"]["instId"]]
        for side, rows in ((bids, data["bids"]), (asks, data["asks"])):
            for price, amount, *_ in rows:
                side[Decimal(price)] = Decimal(amount)
                if not Decimal(amount):
                    del side[Decimal(price)]
        assert checksum(sorted(bids.items(), reverse=True), sorted(asks.items())) == data["checksum"]
        compared += 1

    assert compared == 290


def test_every_difference_is_of_a_message_that_is_compared() -> None:
    files = {name for name in DIFFERENCES if "/" not in name}

    assert files <= {*FILES, *SAME_AS_PUBLIC}
    assert all((RECORDINGS / f"private/okx/{name}.json").exists() for name in files) or not RECORDINGS.exists()
    assert all(reason for reasons in DIFFERENCES.values() for reason in reasons.values())
