"""What the wire emits, key by key and type by type against messages recorded from the real exchange.

Every difference is listed with its reason; one that is not listed fails, and so does a listed one that is gone.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox

from .conformance import RECORDINGS, differences, private_file, public_record

PRIVATE = RECORDINGS / "private/binance"
STREAM, API = "stream.binance.com:9443", "ws-api.binance.com:443/ws-api/v3"

TRIMMED = "the file is a trimmed example; the documentation and execution_report_wrapped.json have the field"
NEWER = "added to the API after this was recorded"
NOT_ENFORCED = "a filter that the engine does not have and so does not claim"
RENAMED = "the filter MIN_NOTIONAL became NOTIONAL in 2023"
MOVED = "moved to permissionSets; the list itself is empty today"
EMPTY = "the file is an example without entries here"
NO_SOR = "the venue has no smart order routing"

_REPORT = dict.fromkeys(["F", "I", "M", "Q", "V", "W", "Y", "g"], TRIMMED)
_LIMITS = ["ORDERS", "RAW_REQUESTS", "REQUEST_WEIGHT"]
_FILTERS = ["LOT_SIZE", "MARKET_LOT_SIZE", "NOTIONAL", "PRICE_FILTER"]


def _symbol(names: list[str], reason: str, template: str = "symbols[].{}") -> dict[str, str]:
    return {template.format(name): reason for name in names}


def _filter(names: list[str], reason: str) -> dict[str, str]:
    return _symbol(names, reason, "symbols[].filters[{}]")


_SINCE_2023 = ["amendAllowed", "opoAllowed", "otoAllowed", "pegInstructionsAllowed", "permissionSets"]
_SINCE_2021 = [
    *_SINCE_2023, "allowTrailingStop", "allowedSelfTradePreventionModes", "cancelReplaceAllowed",
    "defaultSelfTradePreventionMode",
]  # fmt: skip
_BOTH = {
    "sors": NEWER,
    "symbols[].permissions[]": MOVED,
    **_filter(["MIN_NOTIONAL", "NOTIONAL"], RENAMED),
    **_filter(["ICEBERG_PARTS", "MAX_NUM_ALGO_ORDERS", "MAX_NUM_ORDERS"], NOT_ENFORCED),
}

#: Recorded message -> outermost path of the difference -> why it is one.
DIFFERENCES: dict[str, dict[str, str]] = {
    "execution_report_new": _REPORT,
    "execution_report_trade": _REPORT,
    "execution_report_canceled": _REPORT,
    "execution_report_expired": _REPORT,
    "exchange_info_response": {
        "sors[]": NO_SOR,
        **{f"rateLimits[{name}]": EMPTY for name in _LIMITS},
        **_filter(_FILTERS, EMPTY),
    },
    "binance/exchangeInfo": {
        **_BOTH,
        **_symbol(_SINCE_2021, NEWER),
        **_filter(["MAX_POSITION", "PERCENT_PRICE"], NOT_ENFORCED),
    },
    "binance_tr/exchangeInfo": {
        **_BOTH,
        **_symbol(_SINCE_2023, NEWER),
        **_filter(["PERCENT_PRICE_BY_SIDE", "TRAILING_DELTA"], NOT_ENFORCED),
    },
}


def recorded_file(name: str) -> Any:
    return private_file("binance", name)


def recorded_frame(name: str, stream_or_path: str) -> Any:
    """The first message of a stream, or the first answer of a REST path, of a recording."""

    def wanted(record: dict[str, Any], body: Any) -> bool:
        if record["dir"] == "rest":
            return stream_or_path in record["url"].partition("?")[0]
        return record["dir"] == "recv" and body["stream"].endswith("@" + stream_or_path) and is_full(body["data"])

    return public_record("binance", name, wanted)


async def until_deposit(socket: Any) -> list[Any]:
    """All messages up to and with the one of the deposit, which is the last that the session causes."""
    messages = [await socket.receive()]
    while messages[-1].get("event", messages[-1])["e"] != "balanceUpdate":
        messages.append(await socket.receive())
    return messages


def only(messages: list[Any], **wanted: Any) -> Any:
    return next(m for m in messages if all(m.get("event", m).get(key) == value for key, value in wanted.items()))


@pytest.fixture
async def emitted(
    sandbox: Sandbox,
    account: ApiAccount,
    client: Any,
    maker: Any,
    connect: Callable[[str], Awaitable[Any]],
) -> dict[str, Any]:
    """One of each message that the wire sends, from one short session; named like the recordings."""
    sent: dict[str, Any] = {}
    public = await connect(f"{STREAM}/stream?streams=" + "/".join(f"btcusdt@{name}" for name in MARKET_STREAMS))
    key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
    bare, wrapped = await connect(f"{STREAM}/ws/{key}"), await connect(API)
    parameters = {"apiKey": account.api_key, "timestamp": int(time.time() * 1000)}
    signature = client.signature("&".join(f"{name}={value}" for name, value in sorted(parameters.items())))
    await wrapped.ask(id=1, method="userDataStream.subscribe.signature", params={**parameters, "signature": signature})

    maker.ask("50000", "0.004")
    maker.ask("50001", "1")
    market = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    sent["new_order_full_response"] = (await client.signed("POST", "/api/v3/order", **market)).json
    maker.bid("49000", "1")
    order = await client.buy(price="48000")
    which = {"symbol": "BTCUSDT", "orderId": order["orderId"]}
    sent["order_response"] = (await client.signed("GET", "/api/v3/order", **which)).json
    sent["open_orders_response"] = (await client.signed("GET", "/api/v3/openOrders")).json
    sent["cancel_order_response"] = (await client.signed("DELETE", "/api/v3/order", **which)).json
    await client.buy(price="48000")
    canceled = await client.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    sent["cancel_open_orders_response"] = canceled.json
    await client.signed("POST", "/api/v3/order", **{**market, "type": "LIMIT", "timeInForce": "IOC", "price": "40000"})
    sandbox.deposit(account, "USDT", sandbox.engine.balances("tester")["USDT"].free)
    sent["all_orders_response"] = (await client.signed("GET", "/api/v3/allOrders", symbol="BTCUSDT")).json
    sent["account_response"] = (await client.signed("GET", "/api/v3/account")).json
    sent["account_trades_response"] = (await client.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT")).json
    sent["exchange_info_response"] = (await client.get("/api/v3/exchangeInfo")).json
    sent["depth_response"] = (await client.get("/api/v3/depth", symbol="BTCUSDT")).json
    sent["trades_response"] = (await client.get("/api/v3/trades", symbol="BTCUSDT")).json

    events, envelopes = await until_deposit(bare), await until_deposit(wrapped)
    for execution in ("NEW", "TRADE", "CANCELED", "EXPIRED"):
        sent[f"execution_report_{execution.lower()}"] = only(events, e="executionReport", x=execution)
    sent["execution_report_wrapped"] = only(envelopes, e="executionReport", x="NEW")
    sent["account_position"] = only(events, e="outboundAccountPosition")
    sent["account_position_wrapped"] = only(envelopes, e="outboundAccountPosition")
    sent["balance_update"] = only(events, e="balanceUpdate")
    sent["balance_update_wrapped"] = only(envelopes, e="balanceUpdate")
    maker.bid("49001", "1")
    maker.ask("50002", "1")
    while not set(MARKET_STREAMS) <= sent.keys():
        message = await public.receive()
        if is_full(message["data"]):
            sent[message["stream"].removeprefix("btcusdt@")] = message
    return sent


MARKET_STREAMS = ["depth@100ms", "bookTicker", "aggTrade", "kline_1m"]


def is_full(data: dict[str, Any]) -> bool:
    """Whether a book event has levels on both sides, so that their shape shows; true of all other events."""
    return data.get("e") != "depthUpdate" or bool(data["a"] and data["b"])


@pytest.mark.parametrize(
    "name",
    [
        "account_position", "account_position_wrapped", "account_response", "account_trades_response",
        "all_orders_response", "balance_update", "balance_update_wrapped", "cancel_order_response", "depth_response",
        "exchange_info_response", "execution_report_canceled", "execution_report_expired", "execution_report_new",
        "execution_report_trade", "execution_report_wrapped", "new_order_full_response", "open_orders_response",
        "order_response", "trades_response",
    ],
)  # fmt: skip
async def test_a_private_or_rest_message_has_the_recorded_shape(emitted: dict[str, Any], name: str) -> None:
    assert differences(emitted[name], recorded_file(name)) == set(DIFFERENCES.get(name, {}))


async def test_the_answer_to_canceling_all_orders_has_the_recorded_shape(emitted: dict[str, Any]) -> None:
    recorded = [each for each in recorded_file("cancel_open_orders_response") if "orderReports" not in each]

    assert differences(emitted["cancel_open_orders_response"], recorded) == set()


@pytest.mark.parametrize("recording", ["binance", "binance_tr"])
@pytest.mark.parametrize("name", MARKET_STREAMS)
async def test_a_market_stream_has_the_recorded_shape(emitted: dict[str, Any], name: str, recording: str) -> None:
    if (recording, name) == ("binance_tr", "aggTrade"):
        pytest.skip("no trade happened while this was recorded")

    assert differences(emitted[name], recorded_frame(recording, name)) == set()


@pytest.mark.parametrize("recording", ["binance", "binance_tr"])
async def test_rest_answers_have_the_recorded_shape(emitted: dict[str, Any], recording: str) -> None:
    information = recorded_frame(recording, "/api/v3/exchangeInfo")
    found = differences(emitted["exchange_info_response"], information)

    assert found == set(DIFFERENCES[f"{recording}/exchangeInfo"])
    assert differences(emitted["depth_response"], recorded_frame(recording, "/api/v3/depth")) == set()


def test_every_difference_is_of_a_message_that_is_compared() -> None:
    tests = {"binance/exchangeInfo", "binance_tr/exchangeInfo"}

    assert all((PRIVATE / f"{name}.json").exists() or name in tests for name in DIFFERENCES) or not PRIVATE.exists()
    assert all(reason for reasons in DIFFERENCES.values() for reason in reasons.values())
