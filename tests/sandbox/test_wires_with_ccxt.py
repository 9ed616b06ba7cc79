"""On every wire, the unmodified ccxt.pro class trades; nothing but its addresses is changed.

What one exchange's class answers differently is its own test's matter; here stands what a trader relies on everywhere.
"""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import ccxt.pro
import pytest
import pytest_asyncio

from hummingbot_ccxt.sandbox import ApiAccount, Fault, OrderType, Sandbox, Side
from hummingbot_ccxt.sandbox.sandbox import WIRES

pytestmark = pytest.mark.asyncio(loop_scope="module")

SYMBOL = "BTC/USDT"


@pytest.fixture(scope="module", params=sorted(WIRES))
def wire(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def venue(wire: str) -> AsyncIterator[Sandbox]:
    async with Sandbox(wire, book_interval_s=0.02) as sandbox:
        sandbox.engine.create_account("others", {"USDT": Decimal(10**9), "BTC": Decimal(10**5)})
        for step in range(10):
            place(sandbox, Side.BUY, 59_990 - step)
            place(sandbox, Side.SELL, 60_010 + step)
        yield sandbox
        sandbox.engine.audit()


def place(sandbox: Sandbox, side: Side, price: int, amount: str = "5") -> None:
    terms = {"symbol": SYMBOL, "side": side, "price": Decimal(price), "amount": Decimal(amount)}
    sandbox.engine.place("others", type=OrderType.LIMIT, **terms)


def take(sandbox: Sandbox, side: Side, amount: str) -> None:
    sandbox.engine.place("others", symbol=SYMBOL, side=side, type=OrderType.MARKET, amount=Decimal(amount))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def account(venue: Sandbox) -> ApiAccount:
    return venue.create_account({"USDT": Decimal(100_000), "BTC": Decimal(2)}, name="trader")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(wire: str, venue: Sandbox, account: ApiAccount) -> AsyncIterator[Any]:
    made = client(wire, venue, account)
    await made.load_markets()
    yield made
    await made.close()


def client(wire: str, venue: Sandbox, account: ApiAccount, **changed: str) -> Any:
    credentials = {"apiKey": account.api_key, "secret": account.secret, "password": account.password, **changed}
    made = getattr(ccxt.pro, wire)({**credentials, "enableRateLimit": False, "options": {"defaultType": "spot"}})
    made.urls = venue.rewrite(made.urls)
    made.options["fetchOrder"] = {"acknowledged": True}  # else bybit's class asks us to say that we read its warning
    types = made.options.get("fetchMarkets")
    if isinstance(types, dict) and isinstance(types.get("types"), list):
        types["types"] = ["spot"]
    return made


async def soon(awaitable: Any) -> Any:
    return await asyncio.wait_for(awaitable, 10)


async def price_of(exchange: Any, venue: Sandbox) -> float | None:
    """What a market buy has to be told: ccxt asks some exchanges' orders for a price, to work out the cost.

    The best one, so that nothing of the cost is left: with a rest, Gate calls the order canceled.
    """
    asked = exchange.handle_option("createOrder", "createMarketBuyOrderRequiresPrice")
    if asked is not True and exchange.options.get("createMarketBuyOrderRequiresPrice") is not True:
        return None
    return float(venue.engine.book(SYMBOL).best_ask or 0)


async def ended(exchange: Any, order_id: str) -> Any:
    """The order once it is not open any more; some exchanges answer a moment before they have booked it."""
    for _ in range(50):
        order = await exchange.fetch_order(order_id, SYMBOL)
        if order["status"] != "open":
            return order
        await asyncio.sleep(0.02)
    raise AssertionError(order)


# -- public


async def test_markets_carry_the_venues_rules(exchange: Any, venue: Sandbox) -> None:
    market = exchange.markets[SYMBOL]

    assert set(venue.engine.markets) <= set(exchange.markets)
    assert (market["type"], market["spot"], market["active"]) == ("spot", True, True)
    assert exchange.price_to_precision(SYMBOL, 60_000.014999) == "60000.01"
    assert exchange.amount_to_precision(SYMBOL, 0.0123456) == "0.01234"


async def test_the_book_over_rest_is_the_engines(exchange: Any, venue: Sandbox) -> None:
    book = await exchange.fetch_order_book(SYMBOL)
    engine = venue.engine.book(SYMBOL)

    for side, levels in (("bids", engine.bids), ("asks", engine.asks)):
        assert [row[:2] for row in book[side]] == [[float(p), float(a)] for p, a in levels.levels()]


async def test_the_streamed_book_is_the_engines_after_many_changes(exchange: Any, venue: Sandbox) -> None:
    watching = asyncio.ensure_future(watch_until_right(exchange, venue))
    for number in range(100):
        place(venue, Side.BUY, 59_000 + number, "0.5")
        place(venue, Side.SELL, 61_000 + number, "0.25")
        if number % 7 == 0:
            take(venue, Side.BUY if number % 2 else Side.SELL, "0.9")
            await asyncio.sleep(0.02)
    await soon(watching)


async def watch_until_right(exchange: Any, venue: Sandbox) -> None:
    while True:
        book = await exchange.watch_order_book(SYMBOL)
        engine = venue.engine.book(SYMBOL)
        bids, asks = ([[float(p), float(a)] for p, a in side.levels(10)] for side in (engine.bids, engine.asks))
        done = len(engine.bids) > 100 and len(engine.asks) > 100
        if done and [r[:2] for r in book["bids"][:10]] == bids and [r[:2] for r in book["asks"][:10]] == asks:
            return


async def test_public_trades_are_streamed(exchange: Any, venue: Sandbox) -> None:
    watching = asyncio.ensure_future(exchange.watch_trades(SYMBOL))
    while not watching.done():
        take(venue, Side.BUY, "0.01")
        await asyncio.wait([watching], timeout=0.1)
    trade = (await watching)[-1]

    assert (trade["symbol"], trade["side"], trade["amount"]) == (SYMBOL, "buy", 0.01)


# -- trading


async def test_balances(exchange: Any, venue: Sandbox, account: ApiAccount) -> None:
    balance = await exchange.fetch_balance()

    held = venue.engine.balances(account.account_id)
    for asset in ("USDT", "BTC"):
        assert (balance[asset]["free"], balance[asset]["total"]) == (float(held[asset].free), float(held[asset].total))


async def test_a_limit_order_rests_is_found_and_canceled(exchange: Any) -> None:
    order = await exchange.create_order(SYMBOL, "limit", "buy", 0.01, 50_000)

    found = await exchange.fetch_order(order["id"], SYMBOL)
    assert (found["status"], found["price"], found["amount"], found["filled"]) == ("open", 50_000, 0.01, 0)
    assert [each["id"] for each in await exchange.fetch_open_orders(SYMBOL)] == [order["id"]]
    await exchange.cancel_order(order["id"], SYMBOL)
    assert (await ended(exchange, order["id"]))["status"] == "canceled"
    assert await exchange.fetch_open_orders(SYMBOL) == []


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_a_market_order_fills(exchange: Any, venue: Sandbox, account: ApiAccount, side: str) -> None:
    price = await price_of(exchange, venue) if side == "buy" else None
    order = await exchange.create_order(SYMBOL, "market", side, 0.01, price)

    filled = await ended(exchange, order["id"])
    fill = venue.engine.fills(account.account_id)[-1]
    assert (filled["status"], filled["side"]) == ("closed", side)
    assert filled["filled"] == pytest.approx(0.01, rel=1e-3)
    trades = await exchange.fetch_my_trades(SYMBOL)
    assert (trades[-1]["order"], trades[-1]["price"]) == (order["id"], float(fill.price))
    assert (trades[-1]["fee"]["currency"], trades[-1]["fee"]["cost"]) == (
        fill.fee_asset,
        pytest.approx(float(fill.fee)),
    )


async def test_orders_and_fills_are_streamed(exchange: Any, venue: Sandbox) -> None:
    # Kraken names the symbol in an order's first message only, and ccxt looks for that under the symbol of the later
    # ones (4.5.90, pro/kraken.py:1298): they come to those who watch the orders of all symbols.
    symbol = None if exchange.id == "kraken" else SYMBOL
    orders = asyncio.ensure_future(exchange.watch_orders(symbol))
    await asyncio.wait([orders], timeout=0.5)
    order = await exchange.create_order(SYMBOL, "limit", "sell", 0.02, 60_005)
    seen = await soon(orders)
    while not any(each["id"] == order["id"] for each in seen):
        seen = await soon(exchange.watch_orders(symbol))
    take(venue, Side.BUY, "0.02")
    while not any(each["id"] == order["id"] and each["status"] == "closed" for each in seen):
        seen = await soon(exchange.watch_orders(symbol))

    assert [each["filled"] for each in seen if each["id"] == order["id"]][-1] == 0.02


async def test_refusals_have_ccxts_classes(exchange: Any) -> None:
    with pytest.raises(ccxt.InsufficientFunds):
        await exchange.create_order(SYMBOL, "limit", "sell", 50, 61_000)
    with pytest.raises(ccxt.OrderNotFound):
        await exchange.cancel_order(exchange_id_like(exchange), SYMBOL)


def exchange_id_like(exchange: Any) -> str:
    """An order id of the exchange's own form that no order has."""
    return {"kraken": "OAAAAA-AAAAA-AAAAAA", "kucoin": "0" * 24}.get(exchange.id, "999999999999")


async def test_a_wrong_secret_is_refused(wire: str, venue: Sandbox, account: ApiAccount) -> None:
    stranger = client(wire, venue, account, secret="A" * 64)
    # "EAPI:Invalid signature" is in none of the tables of kraken's class (ccxt 4.5.90, kraken.py:552).
    refusal = ccxt.ExchangeError if wire == "kraken" else ccxt.AuthenticationError
    try:
        with pytest.raises(refusal):
            await stranger.fetch_balance()
    finally:
        await stranger.close()


async def test_a_rate_limit_has_ccxts_class(exchange: Any, venue: Sandbox) -> None:
    venue.faults.rest("*", Fault.RATE_LIMIT)

    with pytest.raises((ccxt.RateLimitExceeded, ccxt.DDoSProtection)):
        await exchange.fetch_open_orders(SYMBOL)
