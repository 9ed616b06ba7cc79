"""On every wire, no fill is lost that does not fit on one page of the venue's trades, nor one that came meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import Fault, OrderType, Sandbox, Side
from hummingbot_ccxt.sandbox.sandbox import WIRES

PAIR, SYMBOL = "BTC-USDT", "BTC/USDT"
FILLS = 130
"""More than any of these venues puts on a page unless asked for more (okx, gate 100; bybit, kraken 50; kucoin 20)."""
SMALLER = {"binance": {"fetchOrderTrades": {"limit": 50}}, "gate": {"fetchMyTrades": {"limit": 50}}}
"""Where more would be asked for than there are fills here: what a user's configuration can ask for instead."""


@pytest_asyncio.fixture(params=sorted(WIRES))
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    async with Sandbox(request.param, book_interval_s=0.02, weight_limit=10**6) as sandbox:  # see without_rate_limit
        sandbox.engine.create_account("others", {"BTC": Decimal(10**6), "USDT": Decimal(10**9)})
        for side, price in ((Side.BUY, 59_000), (Side.SELL, 61_000)):
            sandbox.engine.place(
                "others", symbol=SYMBOL, side=side, type=OrderType.LIMIT, price=Decimal(price), amount=Decimal(1)
            )
        yield sandbox
        sandbox.engine.audit()


def without_rate_limit(connector: Any) -> None:
    """Kraken's lets one page through in six seconds."""
    connector._venue.budget.rate = connector._venue.budget.capacity = 1000.0


@pytest_asyncio.fixture
async def bot(venue: Sandbox) -> AsyncIterator[Bot]:
    account = venue.create_account({"USDT": Decimal(200_000)}, name="trader")
    with short_waits():
        settings = ExchangeSettings(params=SMALLER.get(venue.exchange, {}))
        async with running("ours", venue, account, [PAIR], settings=settings, prepare=without_rate_limit) as bot:
            await bot.until(lambda: any(s.is_private for s in venue.streams.sessions), "a private stream")
            yield bot


def sell(venue: Sandbox) -> None:
    venue.engine.place("others", symbol=SYMBOL, side=Side.SELL, type=OrderType.MARKET, amount=Decimal("0.01"))


@pytest.mark.parametrize("orders", [1, 13], ids=["one order", "many orders"])
async def test_fills_of_many_pages_that_came_while_streams_were_down_are_all_booked(
    bot: Bot, venue: Sandbox, orders: int
) -> None:
    each = Decimal("0.01") * FILLS / orders
    ids = [bot.buy(PAIR, each, "59990") for _ in range(orders)]
    for order_id in ids:
        await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    venue.faults.refuse_connections = True
    venue.faults.disconnect_streams()
    for _ in range(FILLS):
        sell(venue)
    venue.faults.refuse_connections = False

    for order_id in ids:
        await bot.event(MarketEvent.BuyOrderCompleted, of=order_id, patience_s=25)
    told = bot.events(MarketEvent.OrderFilled)
    assert len({fill.exchange_trade_id for fill in told}) == len(told) == FILLS
    assert {(fill.price, fill.amount) for fill in told} == {(Decimal(59_990), Decimal("0.01"))}
    assert not [text for text in bot.logged() if "add up" in text]


@pytest.mark.parametrize("venue", ["kraken"], indirect=True)
async def test_a_look_up_of_fills_gets_no_answer_that_was_asked_for_before_it(bot: Bot, venue: Sandbox) -> None:
    """Kraken's look-ups of many orders share one list of the account's trades."""
    orders = bot.connector._orders
    order_id = bot.buy(PAIR, "0.5", "59990")
    await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    key = bot.connector._life.key(bot.order(order_id), SYMBOL)
    earlier = venue.request_log.counts["myTrades"]
    late = venue.faults.rest("myTrades", Fault.LATE_AFTER, delay_s=0.5)
    sell(venue)

    first = asyncio.ensure_future(orders.trades(key))
    await late.fired()
    sell(venue)
    others = [asyncio.ensure_future(orders.trades(key)) for _ in range(20)]

    assert len(await first) == 1
    assert [len(found) for found in await asyncio.gather(*others)] == [2] * 20
    assert venue.request_log.counts["myTrades"] - earlier == 2


@pytest.mark.parametrize("venue", ["kraken"], indirect=True)
async def test_no_pages_are_asked_for_beyond_those_that_hold_what_an_order_lacks(
    bot: Bot, venue: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kraken answers such a request in six seconds, and each page is one."""

    async def ask_for_none(orders: list[Any]) -> None:
        return

    monkeypatch.setattr(bot.connector, "_update_orders_fills", ask_for_none)  # polls ask too, when their turn comes
    orders, counts = bot.connector._orders, venue.request_log.counts
    earlier = bot.buy(PAIR, Decimal("0.01") * FILLS, "59990")
    await bot.event(MarketEvent.BuyOrderCreated, of=earlier)
    for _ in range(FILLS):
        sell(venue)
    await bot.event(MarketEvent.BuyOrderCompleted, of=earlier, patience_s=25)
    later = bot.buy(PAIR, "0.5", "59990")
    await bot.event(MarketEvent.BuyOrderCreated, of=later)
    key = bot.connector._life.key(bot.order(later), SYMBOL)
    sell(venue)
    before = counts["myTrades"]
    assert len(await orders.trades(key, filled=Decimal("0.01"))) == 1
    assert counts["myTrades"] - before == 1
    assert len(await orders.trades(key)) == 1
    assert counts["myTrades"] - before == 1 + 3
