"""The unmodified ccxt.pro class trades on the sandbox; nothing but its addresses is changed."""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import Any

import ccxt.pro
import pytest

from hummingbot_ccxt.sandbox import ApiAccount, Fault, Sandbox, Side, StreamFault

PAIR = "BTC/USDT"


async def soon[T](awaitable: Awaitable[T]) -> T:
    return await asyncio.wait_for(awaitable, 5)


async def listening(exchange: Any, *calls: Awaitable[Any]) -> list["asyncio.Task[Any]"]:
    """Starts watching, and returns when the venue has had time to confirm the subscriptions."""
    await exchange.load_markets()
    tasks = [asyncio.ensure_future(call) for call in calls]
    await asyncio.sleep(0.1)
    return tasks


@pytest.fixture
def live_maker(maker: Any) -> Any:
    """A book with something on both sides."""
    for number in range(5):
        maker.bid(str(59_990 - number), "1")
        maker.ask(str(60_010 + number), "1")
    return maker


# -- public REST


async def test_markets_carry_the_venues_rules(ccxt_binance: Any, sandbox: Sandbox) -> None:
    markets = await ccxt_binance.load_markets()

    assert set(markets) == set(sandbox.engine.markets)
    market = markets[PAIR]
    assert (market["id"], market["type"], market["active"]) == ("BTCUSDT", "spot", True)
    assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.00001)
    assert (market["limits"]["amount"]["min"], market["limits"]["cost"]["min"]) == (0.00001, 5)
    assert set(ccxt_binance.currencies) >= {"BTC", "USDT", "DOGE"}


async def test_every_public_call_is_answered(ccxt_binance: Any, live_maker: Any) -> None:
    live_maker.take(Side.BUY, "0.5")
    exchange = ccxt_binance
    await exchange.load_markets()

    assert abs(await exchange.fetch_time() - exchange.milliseconds()) < 1_000
    assert (await exchange.fetch_status())["status"] == "ok"
    book = await exchange.fetch_order_book(PAIR, 5)
    assert (book["bids"][0], book["asks"][0]) == ([59_990, 1], [60_010, 0.5])
    assert book["nonce"] == live_maker._engine.book(PAIR).sequence
    ticker = await exchange.fetch_ticker(PAIR)
    assert (ticker["last"], ticker["bid"], ticker["ask"], ticker["baseVolume"]) == (60_010, 59_990, 60_010, 0.5)
    assert set(await exchange.fetch_tickers()) == set(exchange.symbols)
    assert (await exchange.fetch_bids_asks([PAIR]))[PAIR]["ask"] == 60_010
    assert (await exchange.fetch_last_prices([PAIR]))[PAIR]["price"] == 60_010
    trades = await exchange.fetch_trades(PAIR)
    assert [(each["price"], each["amount"], each["side"]) for each in trades] == [(60_010, 0.5, "buy")]
    candles = await exchange.fetch_ohlcv(PAIR, "1m")
    assert candles[-1][1:] == [60_010, 60_010, 60_010, 60_010, 0.5] or candles[-1][5] == 0  # the minute just ended


# -- private REST


async def test_balances_fees_and_limits_of_the_account(ccxt_binance: Any) -> None:
    balance = await ccxt_binance.fetch_balance()
    fees = await ccxt_binance.fetch_trading_fees()
    fee = await ccxt_binance.fetch_trading_fee(PAIR)

    assert balance["USDT"] == {"free": 10_000, "used": 0, "total": 10_000}
    assert (fees[PAIR]["maker"], fee["taker"]) == (0.001, 0.001)


async def test_a_limit_order_rests_is_found_and_canceled(ccxt_binance: Any) -> None:
    exchange = ccxt_binance
    order = await exchange.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"clientOrderId": "abc"})
    assert (order["status"], order["clientOrderId"], order["timeInForce"]) == ("open", "abc", "GTC")
    assert (await exchange.fetch_order(order["id"], PAIR))["remaining"] == 0.01
    assert [each["id"] for each in await exchange.fetch_open_orders(PAIR)] == [order["id"]]
    assert (await exchange.fetch_balance())["USDT"]["used"] == 500

    canceled = await exchange.cancel_order(order["id"], PAIR)

    assert canceled["status"] == "canceled"
    assert await exchange.fetch_open_orders(PAIR) == []
    assert [each["status"] for each in await exchange.fetch_orders(PAIR)] == ["canceled"]
    assert (await exchange.fetch_balance())["USDT"]["used"] == 0


@pytest.mark.parametrize(
    ("side", "parameters", "filled", "cost"),
    [
        pytest.param("buy", {}, 0.01, 600.1, id="buy by amount"),
        pytest.param("sell", {}, 0.01, 599.9, id="sell by amount"),
        pytest.param("buy", {"cost": 600.1}, 0.01, 600.1, id="buy by cost"),
    ],
)
async def test_a_market_order_fills(
    ccxt_binance: Any, live_maker: Any, side: str, parameters: dict[str, Any], filled: float, cost: float
) -> None:
    order = await ccxt_binance.create_order(PAIR, "market", side, 0.01, None, parameters)

    assert (order["status"], order["filled"], order["cost"]) == ("closed", filled, cost)
    assert len(order["trades"]) == 1
    assert order["fee"]["currency"] == ("BTC" if side == "buy" else "USDT")


async def test_partial_fills_add_up_in_order_and_trades(ccxt_binance: Any, maker: Any) -> None:
    maker.ask("50000", "0.004")
    order = await ccxt_binance.create_order(PAIR, "limit", "buy", 0.01, 50_000)
    assert (order["status"], order["filled"]) == ("open", 0.004)
    maker.take(Side.SELL, "0.006")

    final = await ccxt_binance.fetch_order(order["id"], PAIR)
    trades = await ccxt_binance.fetch_my_trades(PAIR)

    assert (final["status"], final["filled"], final["average"]) == ("closed", 0.01, 50_000)
    assert [(each["order"], each["amount"], each["takerOrMaker"]) for each in trades] == [
        (order["id"], 0.004, "taker"),
        (order["id"], 0.006, "maker"),
    ]
    assert [each["fee"] for each in trades] == [
        {"cost": 0.000004, "currency": "BTC"},
        {"cost": 0.000006, "currency": "BTC"},
    ]


async def test_other_times_in_force_and_post_only(ccxt_binance: Any, maker: Any) -> None:
    maker.ask("50000", "0.004")
    create = ccxt_binance.create_order

    killed = await create(PAIR, "limit", "buy", 0.01, 50_000, {"timeInForce": "FOK"})
    posted = await create(PAIR, "limit", "buy", 0.01, 49_000, {"postOnly": True})
    partly = await create(PAIR, "limit", "buy", 0.01, 50_000, {"timeInForce": "IOC"})

    assert (killed["status"], killed["filled"]) == ("expired", 0)
    assert (await ccxt_binance.fetch_order(posted["id"], PAIR))["postOnly"] is True
    assert (partly["status"], partly["filled"]) == ("expired", 0.004)
    maker.ask("50000", "1")
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        await create(PAIR, "limit", "buy", 0.01, 50_000, {"postOnly": True})


async def test_an_order_is_edited_and_all_are_canceled(ccxt_binance: Any) -> None:
    order = await ccxt_binance.create_order(PAIR, "limit", "buy", 0.01, 50_000)

    edited = await ccxt_binance.edit_order(order["id"], PAIR, "limit", "buy", 0.02, 49_000)

    assert [(each["id"], each["price"]) for each in await ccxt_binance.fetch_open_orders(PAIR)] == [
        (edited["id"], 49_000)
    ]
    await ccxt_binance.cancel_all_orders(PAIR)
    assert await ccxt_binance.fetch_open_orders(PAIR) == []


async def test_a_test_order_is_only_checked(ccxt_binance: Any) -> None:
    await ccxt_binance.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"test": True})

    assert await ccxt_binance.fetch_open_orders(PAIR) == []


# -- refusals, as the classes that ccxt makes of them


@pytest.mark.parametrize(
    ("amount", "price", "parameters", "error"),
    [
        pytest.param(1, 50_000, {}, ccxt.InsufficientFunds, id="funds"),
        pytest.param(0.00002, 50_000, {}, ccxt.BadRequest, id="notional"),
        pytest.param(0.01, 50_000, {"newClientOrderId": "not allowed!"}, ccxt.BadRequest, id="client order id"),
        pytest.param(0.01, 50_000, {"timeInForce": "GTD"}, ccxt.BadRequest, id="time in force"),
        pytest.param(99_999, 50_000, {}, ccxt.InvalidOrder, id="lot size"),
    ],
)
async def test_a_refused_order_raises_its_class(
    ccxt_binance: Any, amount: float, price: float, parameters: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await ccxt_binance.create_order(PAIR, "limit", "buy", amount, price, parameters)


async def test_a_duplicate_client_order_id_is_refused(ccxt_binance: Any) -> None:
    await ccxt_binance.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"clientOrderId": "twice"})
    with pytest.raises(ccxt.InvalidOrder, match="Duplicate order sent"):
        await ccxt_binance.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"clientOrderId": "twice"})


async def test_unknown_orders_are_not_found(ccxt_binance: Any) -> None:
    with pytest.raises(ccxt.OrderNotFound):
        await ccxt_binance.cancel_order("7", PAIR)
    with pytest.raises(ccxt.OrderNotFound):
        await ccxt_binance.fetch_order("7", PAIR)


@pytest.mark.parametrize("wrong", [{"apiKey": "k" * 64}, {"secret": "s" * 64}], ids=["key", "secret"])
async def test_wrong_credentials_fail_to_authenticate(
    ccxt_binance: Any, wrong: dict[str, str], sandbox: Sandbox
) -> None:
    for name, value in wrong.items():
        setattr(ccxt_binance, name, value)
    ccxt_binance.options["fetchCurrencies"] = False
    ccxt_binance.options["fetchMargins"] = False
    with pytest.raises(ccxt.AuthenticationError):
        await ccxt_binance.fetch_balance()
    # The venue answers the subscription with its error; ccxt 4.5.90 trips over its own clean-up on the way out.
    with pytest.raises((ccxt.AuthenticationError, KeyError)):
        await soon(ccxt_binance.watch_balance())


@pytest.mark.parametrize("skew_ms", [30_000, -30_000])
async def test_a_skewed_clock_is_a_bad_nonce_until_ccxt_adjusts(
    ccxt_binance: Any, sandbox: Sandbox, skew_ms: int
) -> None:
    sandbox.faults.set_clock(skew_ms=skew_ms)
    ccxt_binance.options["fetchCurrencies"] = False
    with pytest.raises(ccxt.InvalidNonce):
        await ccxt_binance.fetch_balance()

    ccxt_binance.options["adjustForTimeDifference"] = True
    await ccxt_binance.load_time_difference()

    assert (await ccxt_binance.fetch_balance())["USDT"]["free"] == 10_000
    assert await soon(ccxt_binance.create_order_ws(PAIR, "limit", "buy", 0.01, 50_000))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.TIMEOUT_BEFORE, ccxt.RequestTimeout),
        (Fault.RESET_BEFORE, ccxt.NetworkError),
        pytest.param(Fault.RESET_MIDWAY, ccxt.ExchangeError, id="a half answer is no NetworkError in ccxt 4.5.90"),
        (Fault.ERROR_BEFORE, ccxt.OperationFailed),
        (Fault.HTML_BEFORE, ccxt.ExchangeNotAvailable),
        (Fault.RATE_LIMIT, ccxt.DDoSProtection),
        (Fault.BAN, ccxt.DDoSProtection),
    ],
)
async def test_faults_of_the_venue_reach_ccxts_classes(
    ccxt_binance: Any, sandbox: Sandbox, fault: Fault, error: type[Exception]
) -> None:
    await ccxt_binance.load_markets()
    ccxt_binance.timeout = 200
    sandbox.faults.rest("depth", fault, times=2)  # aiohttp itself repeats a GET whose kept connection was closed

    with pytest.raises(error):
        await ccxt_binance.fetch_order_book(PAIR)


# -- streams


async def test_the_watched_book_is_the_engines(ccxt_binance: Any, live_maker: Any) -> None:
    book = await soon(ccxt_binance.watch_order_book(PAIR))
    final = None
    for number in range(20):
        final = live_maker.ask(str(60_100 + number), "0.5")
        if number % 2:
            live_maker.cancel(final)
        await asyncio.sleep(0.003)
    while book["nonce"] < live_maker._engine.book(PAIR).sequence:
        book = await soon(ccxt_binance.watch_order_book(PAIR))

    engine_book = live_maker._engine.book(PAIR)
    assert [(Decimal(str(price)), Decimal(str(amount))) for price, amount in book["asks"]] == engine_book.asks.levels()
    assert [(Decimal(str(price)), Decimal(str(amount))) for price, amount in book["bids"]] == engine_book.bids.levels()


async def test_trades_tickers_and_candles_are_watched(ccxt_binance: Any, live_maker: Any) -> None:
    exchange = ccxt_binance
    tasks = await listening(
        exchange, exchange.watch_trades(PAIR), exchange.watch_ohlcv(PAIR, "1m"), exchange.watch_bids_asks([PAIR])
    )
    live_maker.take(Side.SELL, "0.25")
    trades, candles, quotes = await soon(asyncio.gather(*tasks))
    ticker = await soon(exchange.watch_ticker(PAIR))
    tickers = await soon(exchange.watch_tickers())

    assert [(each["price"], each["amount"], each["side"]) for each in trades] == [(59_990, 0.25, "sell")]
    assert candles[-1][1:] == [59_990, 59_990, 59_990, 59_990, 0.25]
    assert quotes[PAIR]["bidVolume"] == 0.75
    assert (ticker["last"], ticker["baseVolume"]) == (59_990, 0.25)
    assert PAIR in tickers


async def test_orders_trades_and_balances_are_watched(ccxt_binance: Any, maker: Any) -> None:
    exchange = ccxt_binance
    tasks = await listening(exchange, exchange.watch_orders(), exchange.watch_my_trades(), exchange.watch_balance())
    await soon(exchange.authenticate({"type": "spot"}))
    maker.ask("50000", "0.004")
    placed = await exchange.create_order(PAIR, "limit", "buy", 0.01, 50_000)
    orders, trades, balance = await soon(asyncio.gather(*tasks))

    assert {each["id"] for each in orders} == {placed["id"]}
    assert [(each["order"], each["amount"], each["fee"]) for each in trades] == [
        (placed["id"], 0.004, {"cost": 0.000004, "currency": "BTC"})
    ]
    assert balance["USDT"] == {"free": 9_500, "used": 300, "total": 9_800}

    watching = asyncio.ensure_future(exchange.watch_orders())
    await asyncio.sleep(0)
    await exchange.cancel_order(placed["id"], PAIR)
    canceled = (await soon(watching))[-1]
    assert (canceled["status"], canceled["filled"], canceled["clientOrderId"]) == (
        "canceled", 0.004, placed["clientOrderId"],
    )  # fmt: skip


async def test_orders_are_placed_queried_and_canceled_over_the_websocket_api(ccxt_binance: Any) -> None:
    exchange = ccxt_binance
    order = await soon(exchange.create_order_ws(PAIR, "limit", "buy", 0.01, 50_000))
    assert (await soon(exchange.fetch_order_ws(order["id"], PAIR)))["status"] == "open"
    assert len(await soon(exchange.fetch_open_orders_ws(PAIR))) == 1
    assert (await soon(exchange.cancel_order_ws(order["id"], PAIR)))["status"] == "canceled"


async def test_the_account_is_read_over_the_websocket_api(ccxt_binance: Any, maker: Any) -> None:
    exchange = ccxt_binance
    maker.ask("50000", "1")
    await exchange.create_order(PAIR, "market", "buy", 0.01)

    raw = (await soon(exchange.fetch_balance_ws()))["info"]["balances"]  # ccxt 4.5.90 parses nothing of it for spot
    assert {each["asset"]: each["free"] for each in raw}["BTC"] == "1.00999000"
    assert len(await soon(exchange.fetch_my_trades_ws(PAIR))) == 1
    with pytest.raises(ccxt.InsufficientFunds):
        await soon(exchange.create_order_ws(PAIR, "limit", "buy", 5, 50_000))


async def test_a_dropped_connection_is_made_again_by_the_next_call(
    ccxt_binance: Any, sandbox: Sandbox, live_maker: Any
) -> None:
    await soon(ccxt_binance.watch_order_book(PAIR))
    waiting = asyncio.ensure_future(ccxt_binance.watch_order_book(PAIR))
    await asyncio.sleep(0)
    sandbox.faults.disconnect_streams()
    with pytest.raises(ccxt.NetworkError):
        await soon(waiting)

    book = await soon(ccxt_binance.watch_order_book(PAIR))

    assert book["bids"][0] == [59_990, 1]


async def test_a_gap_in_the_sequence_is_noticed(ccxt_binance: Any, sandbox: Sandbox, live_maker: Any) -> None:
    book = await soon(ccxt_binance.watch_order_book(PAIR))
    live_maker.bid("59000", "1")
    while book["nonce"] < live_maker._engine.book(PAIR).sequence:
        book = await soon(ccxt_binance.watch_order_book(PAIR))
    rule = sandbox.faults.stream("depth", StreamFault.DROP)
    waiting = asyncio.ensure_future(ccxt_binance.watch_order_book(PAIR))
    live_maker.bid("59001", "1")
    await soon(rule.fired())
    live_maker.bid("59002", "1")

    with pytest.raises(ccxt.ChecksumError):
        await soon(waiting)


async def test_two_accounts_trade_with_each_other(ccxt_binance: Any, sandbox: Sandbox, account: ApiAccount) -> None:
    other = sandbox.create_account({"BTC": Decimal(1)})
    seller = ccxt.pro.binance({"apiKey": other.api_key, "secret": other.secret})
    seller.urls = sandbox.rewrite(seller.urls)
    try:
        buy = await ccxt_binance.create_order(PAIR, "limit", "buy", 0.01, 50_000)
        sell = await seller.create_order(PAIR, "limit", "sell", 0.01, 50_000)
        bought = await ccxt_binance.fetch_order(buy["id"], PAIR)
    finally:
        await seller.close()

    assert (sell["status"], bought["status"]) == ("closed", "closed")
    assert sandbox.engine.balances(account.account_id)["BTC"].free == Decimal("1.00999")
