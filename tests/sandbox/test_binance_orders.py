"""Binance's trading, account and market data endpoints by hand: what each answers."""

import itertools
import time
from decimal import Decimal
from typing import Any

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox, Side

TERMS = {"symbol": "BTCUSDT", "side": "BUY"}


async def test_a_market_order_answers_with_its_fills(client: Any, maker: Any) -> None:
    maker.ask("50000", "0.004")
    maker.ask("50010", "1")

    order = (await client.signed("POST", "/api/v3/order", **TERMS, type="MARKET", quantity="0.01")).json

    assert (order["status"], order["price"], order["origQty"], order["executedQty"]) == (
        "FILLED", "0.00000000", "0.01000000", "0.01000000",
    )  # fmt: skip
    assert order["cummulativeQuoteQty"] == "500.06000000"
    assert [(fill["price"], fill["qty"], fill["commission"], fill["commissionAsset"]) for fill in order["fills"]] == [
        ("50000.00000000", "0.00400000", "0.00000400", "BTC"),
        ("50010.00000000", "0.00600000", "0.00000600", "BTC"),
    ]


async def test_a_market_order_by_cost_spends_no_more_than_that(client: Any, maker: Any) -> None:
    maker.ask("50000", "1")

    order = (await client.signed("POST", "/api/v3/order", **TERMS, type="MARKET", quoteOrderQty="100.3")).json

    assert (order["status"], order["origQuoteOrderQty"], order["executedQty"], order["cummulativeQuoteQty"]) == (
        "FILLED", "100.30000000", "0.00200000", "100.00000000",
    )  # fmt: skip


async def test_the_answer_to_a_new_order_has_the_length_asked_for(client: Any) -> None:
    limit = {**TERMS, "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "50000"}
    answers = {
        kind: (await client.signed("POST", "/api/v3/order", **limit, newOrderRespType=kind)).json
        for kind in ("ACK", "RESULT", "FULL")
    }
    maker_order = {**TERMS, "type": "LIMIT_MAKER", "quantity": "0.01", "price": "50000"}
    default = (await client.signed("POST", "/api/v3/order", **maker_order)).json

    assert list(answers["ACK"]) == ["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"]
    assert list(default) == list(answers["ACK"])
    assert set(answers["FULL"]) - set(answers["RESULT"]) == {"fills"}
    assert answers["RESULT"]["status"] == "NEW"


async def test_immediate_orders_expire_with_what_they_could_not_take(client: Any, maker: Any) -> None:
    maker.ask("50000", "0.004")
    limit = {**TERMS, "type": "LIMIT", "quantity": "0.01", "price": "50000"}

    killed = (await client.signed("POST", "/api/v3/order", **limit, timeInForce="FOK")).json
    partly = (await client.signed("POST", "/api/v3/order", **limit, timeInForce="IOC")).json

    assert (killed["status"], killed["executedQty"], killed["fills"]) == ("EXPIRED", "0.00000000", [])
    assert (partly["status"], partly["executedQty"]) == ("EXPIRED", "0.00400000")


async def test_orders_are_found_by_either_id_and_listed_open_and_all(client: Any, maker: Any) -> None:
    first = await client.buy(newClientOrderId="first")
    second = await client.buy(price="49000")
    await client.signed("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="first")

    by_name = (await client.signed("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="first")).json
    by_id = (await client.signed("GET", "/api/v3/order", symbol="BTCUSDT", orderId=second["orderId"])).json
    opened = (await client.signed("GET", "/api/v3/openOrders")).json
    everything = (await client.signed("GET", "/api/v3/allOrders", symbol="BTCUSDT")).json
    later = (await client.signed("GET", "/api/v3/allOrders", symbol="BTCUSDT", orderId=second["orderId"])).json

    assert (by_name["orderId"], by_name["status"], by_name["clientOrderId"]) == (first["orderId"], "CANCELED", "first")
    assert (by_id["status"], by_id["price"], by_id["stopPrice"]) == ("NEW", "49000.00000000", "0.00000000")
    assert opened == [by_id]
    assert everything == [by_name, by_id]
    assert later == [by_id]


async def test_a_cancel_answers_with_both_names(client: Any) -> None:
    await client.buy(newClientOrderId="mine")

    canceled = (
        await client.signed(
            "DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="mine", newClientOrderId="the-cancel"
        )
    ).json

    assert (canceled["origClientOrderId"], canceled["clientOrderId"]) == ("mine", "the-cancel")
    assert canceled["status"] == "CANCELED"


async def test_all_orders_of_a_symbol_are_canceled_at_once(client: Any) -> None:
    ids = [(await client.buy(price=price))["orderId"] for price in ("50000", "49000")]

    canceled = (await client.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")).json

    assert [each["orderId"] for each in canceled] == ids
    assert (await client.signed("GET", "/api/v3/openOrders", symbol="BTCUSDT")).json == []


async def test_an_order_is_replaced_or_both_halves_say_why_not(client: Any) -> None:
    old = await client.buy()
    new = {**TERMS, "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "49000"}
    mode = {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": old["orderId"]}
    path = "/api/v3/order/cancelReplace"

    replaced = await client.signed("POST", path, **new, **mode)
    stopped = await client.signed("POST", path, **new, **mode)
    halfway = await client.signed("POST", path, **new, **mode | {"cancelReplaceMode": "ALLOW_FAILURE"})

    assert replaced.json["cancelResult"] == replaced.json["newOrderResult"] == "SUCCESS"
    assert replaced.json["newOrderResponse"]["price"] == "49000.00000000"
    assert (stopped.status, stopped.json["code"]) == (400, -2022)
    assert stopped.json["data"]["newOrderResult"] == "NOT_ATTEMPTED"
    assert (halfway.status, halfway.json["code"]) == (409, -2021)
    assert halfway.json["data"]["cancelResponse"]["code"] == -2011
    assert halfway.json["data"]["newOrderResponse"]["status"] == "NEW"


async def test_trades_of_an_account_are_selected_by_order_id_and_time(client: Any, maker: Any) -> None:
    for price in ("50000", "50001", "50002"):
        maker.ask(price, "0.001")
    first = await client.buy(price="50001", quantity="0.002")
    second = await client.buy(price="50002", quantity="0.001")
    path = "/api/v3/myTrades"

    everything = (await client.signed("GET", path, symbol="BTCUSDT")).json
    of_second = (await client.signed("GET", path, symbol="BTCUSDT", orderId=second["orderId"])).json
    newest = (await client.signed("GET", path, symbol="BTCUSDT", limit=1)).json
    from_id = (await client.signed("GET", path, symbol="BTCUSDT", fromId=everything[1]["id"], limit=1)).json
    from_time = (await client.signed("GET", path, symbol="BTCUSDT", startTime=1000, limit=1)).json
    future = (await client.signed("GET", path, symbol="BTCUSDT", startTime=int(time.time() * 1000) + 9000)).json

    assert [each["orderId"] for each in everything] == [first["orderId"], first["orderId"], second["orderId"]]
    assert everything[0] | {"id": 0, "time": 0, "orderId": 0} == {
        "symbol": "BTCUSDT", "id": 0, "orderId": 0, "orderListId": -1, "price": "50000.00000000", "qty": "0.00100000",
        "quoteQty": "50.00000000", "commission": "0.00000100", "commissionAsset": "BTC", "time": 0, "isBuyer": True,
        "isMaker": False, "isBestMatch": True,
    }  # fmt: skip
    assert of_second == newest == [everything[2]]
    assert from_id == [everything[1]]
    assert from_time == [everything[0]]
    assert future == []


async def test_the_account_shows_every_asset_or_only_what_it_holds(client: Any, account: ApiAccount) -> None:
    await client.buy()

    whole = (await client.signed("GET", "/api/v3/account")).json
    held = (await client.signed("GET", "/api/v3/account", omitZeroBalances="true")).json["balances"]

    assert {"asset": "DOGE", "free": "0.00000000", "locked": "0.00000000"} in whole["balances"]
    assert sorted(held, key=lambda each: each["asset"]) == [
        {"asset": "BTC", "free": "1.00000000", "locked": "0.00000000"},
        {"asset": "USDT", "free": "9500.00000000", "locked": "500.00000000"},
    ]
    assert whole["commissionRates"]["maker"] == "0.00100000"


async def test_commissions_are_the_accounts_own(as_account: Any, sandbox: Sandbox) -> None:
    rates = {"maker_fee": Decimal("0.0002"), "taker_fee": Decimal("0.0005")}
    client = as_account(sandbox.create_account({}, **rates))

    commission = (await client.signed("GET", "/api/v3/account/commission", symbol="BTCUSDT")).json
    fees = (await client.signed("GET", "/sapi/v1/asset/tradeFee", symbol="BTCUSDT")).json

    assert commission["standardCommission"]["taker"] == "0.00050000"
    assert fees == [{"symbol": "BTCUSDT", "makerCommission": "0.0002", "takerCommission": "0.0005"}]


async def test_a_fee_below_eight_decimals_is_written_out(client: Any, maker: Any) -> None:
    """Binance would round it; the venue's ledger does not, and the wire says what the ledger holds."""
    maker.bid("50000.01", "1")

    order = (
        await client.signed("POST", "/api/v3/order", symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.00013")
    ).json
    balances = (await client.signed("GET", "/api/v3/account", omitZeroBalances="true")).json["balances"]

    assert order["fills"][0]["commission"] == "0.0065000013"
    assert {each["asset"]: each["free"] for each in balances}["USDT"] == "10006.4935012987"


async def test_how_many_orders_were_sent_can_be_asked(client: Any) -> None:
    await client.buy()

    limits = (await client.signed("GET", "/api/v3/rateLimit/order")).json

    assert [(each["interval"], each["count"]) for each in limits][1] == ("DAY", 1)


# -- market data


async def test_the_book_is_shown_as_deep_as_asked(client: Any, maker: Any) -> None:
    for number in range(150):
        maker.bid(str(50000 - number), "1")

    whole = (await client.get("/api/v3/depth", symbol="BTCUSDT", limit=1000)).json
    default = (await client.get("/api/v3/depth", symbol="BTCUSDT")).json

    assert (len(whole["bids"]), len(default["bids"]), whole["asks"]) == (150, 100, [])
    assert whole["bids"][0] == ["50000.00000000", "1.00000000"]
    assert whole["lastUpdateId"] == 150


async def test_the_weight_of_the_book_grows_with_its_depth(client: Any) -> None:
    used = [0]
    for limit in (100, 500, 1000, 5000):
        reply = await client.get("/api/v3/depth", symbol="BTCUSDT", limit=limit)
        used.append(int(reply.headers["X-MBX-USED-WEIGHT-1M"]))

    assert [after - before for before, after in itertools.pairwise(used)] == [5, 25, 50, 250]


async def test_trades_are_listed_newest_last(client: Any, maker: Any) -> None:
    maker.ask("50000", "1")
    for _ in range(3):
        maker.take(Side.BUY, "0.1")
    path = "/api/v3/trades"

    two = (await client.get(path, symbol="BTCUSDT", limit=2)).json
    old = (await client.get("/api/v3/historicalTrades", symbol="BTCUSDT", fromId=two[0]["id"] - 1, limit=1)).json
    aggregated = (await client.get("/api/v3/aggTrades", symbol="BTCUSDT", fromId=two[0]["id"])).json

    assert [each["qty"] for each in two] == ["0.10000000"] * 2
    assert old[0]["id"] == two[0]["id"] - 1
    assert [each["f"] for each in aggregated] == [each["id"] for each in two]
    assert two[0]["isBuyerMaker"] is False


async def test_tickers_come_for_one_some_or_all_symbols(client: Any, sandbox: Sandbox, maker: Any) -> None:
    maker.ask("50000", "1")
    maker.take(Side.BUY, "0.1")

    one = (await client.get("/api/v3/ticker/price", symbol="BTCUSDT")).json
    some = (await client.get("/api/v3/ticker/bookTicker", symbols='["BTCUSDT","ETHUSDT"]')).json
    day = (await client.get("/api/v3/ticker/24hr", symbol="BTCUSDT")).json
    mini = (await client.get("/api/v3/ticker/24hr", symbol="BTCUSDT", type="MINI")).json
    everything = (await client.get("/api/v3/ticker/24hr")).json
    average = (await client.get("/api/v3/avgPrice", symbol="BTCUSDT")).json

    assert one == {"symbol": "BTCUSDT", "price": "50000.00000000"}
    assert some[0] == {
        "symbol": "BTCUSDT", "bidPrice": "0.00000000", "bidQty": "0.00000000", "askPrice": "50000.00000000",
        "askQty": "0.90000000",
    }  # fmt: skip
    assert (day["lastPrice"], day["volume"], day["count"]) == ("50000.00000000", "0.10000000", 1)
    assert set(mini) < set(day)
    assert len(everything) == len(sandbox.engine.markets)
    assert average["price"] == "50000.00000000"


async def test_candles_of_the_rest_api_sum_the_trades(client: Any, maker: Any) -> None:
    maker.ask("50000", "1")
    maker.ask("50010", "1")
    maker.take(Side.BUY, "1.5")

    candles = (await client.get("/api/v3/klines", symbol="BTCUSDT", interval="1h")).json

    assert len(candles) == 1
    assert candles[0][1:6] == ["50000.00000000", "50010.00000000", "50000.00000000", "50010.00000000", "1.50000000"]
    assert candles[0][7:9] == ["75005.00000000", 2]
    assert candles[0][6] - candles[0][0] == 3_600_000 - 1


async def test_the_exchange_describes_its_markets_and_limits(client: Any, sandbox: Sandbox) -> None:
    sandbox.engine.set_open("ETH/BTC", False)

    whole = (await client.get("/api/v3/exchangeInfo")).json
    one = (await client.get("/api/v3/exchangeInfo", symbol="ETHBTC")).json["symbols"]

    filters = {each["filterType"]: each for each in whole["symbols"][0]["filters"]}
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"
    assert filters["NOTIONAL"]["minNotional"] == "5.00000000"
    assert {each["limit"] for each in whole["rateLimits"]} == {6_000, 100, 200_000, 61_000}
    assert [(each["symbol"], each["status"]) for each in one] == [("ETHBTC", "BREAK")]


async def test_time_is_the_venues(client: Any, sandbox: Sandbox) -> None:
    sandbox.faults.set_clock(skew_ms=-30_000)

    ahead_ms = int(time.time() * 1000) - (await client.get("/api/v3/time")).json["serverTime"]

    assert 29_000 < ahead_ms < 31_000


async def test_requests_are_logged_by_endpoint_without_key_or_signature(client: Any, sandbox: Sandbox) -> None:
    await client.buy(newClientOrderId="logged")
    await client.get("/api/v3/ping")

    logged = sandbox.request_log.of("order.create")[0]
    assert (logged.method, logged.path, logged.status) == ("POST", "/api/v3/order", 200)
    assert logged.parameters["newClientOrderId"] == "logged"
    assert "signature" not in logged.parameters
    assert sandbox.request_log.counts == {"order.create": 1, "ping": 1}


async def test_credentials_show_in_no_repr(account: ApiAccount) -> None:
    assert repr(account) == "ApiAccount(account_id='tester')"
