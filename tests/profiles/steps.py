"""The steps of a life cycle, in their order; each takes a ready trader, and leaves no order open."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

from hummingbot.core.data_type.common import OrderType

from hummingbot_ccxt.sandbox.engine import Side

from .engine_venue import SYMBOL, TRADER
from .life_cycle import CANCELLED, COMPLETED, CREATED, FAILED, FILLED, PAIR, Trader


class Skipped(Exception):
    """The exchange does not offer what the step is about."""


async def book_and_price(trader: Trader) -> None:
    """The book is the engine's, level by level, and the last price is told."""
    await trader.book_right()
    prices = await trader.connector._orderbook_ds.get_last_traded_prices([PAIR])
    assert prices == {PAIR: 60010.0}


async def partial_fill_and_cancel(trader: Trader) -> None:
    """A limit order rests, is filled in part, and its rest is cancelled."""
    order_id = await trader.resting("0.4", 59995)
    trader.venue.trade(Side.SELL, "0.1")
    fill = await trader.event(order_id, FILLED)
    assert (fill.price, fill.amount) == (Decimal(59995), Decimal("0.1"))
    trader.connector.cancel(PAIR, order_id)
    await trader.event(order_id, CANCELLED)
    assert trader.story(order_id) == ["Created", "Filled", "Cancelled"]
    assert trader.venue_order(order_id).status.value == "canceled"


async def limit_order_filled(trader: Trader) -> None:
    """A limit order rests and is filled in two trades."""
    order_id = trader.sell("0.2", 60005)
    await trader.event(order_id, *CREATED)
    trader.venue.trade(Side.BUY, "0.15")
    trader.venue.trade(Side.BUY, "0.05")
    await trader.event(order_id, *COMPLETED)
    assert trader.filled(order_id) == (Decimal("0.2"), Decimal("0.2") * 60005)


async def limit_maker(trader: Trader) -> None:
    """A post-only order rests where it makes, and is refused where it would take."""
    if OrderType.LIMIT_MAKER not in trader.connector.supported_order_types():
        raise Skipped("no post-only orders")
    order_id = trader.buy("0.1", 59995, OrderType.LIMIT_MAKER)
    await trader.event(order_id, *CREATED)
    assert trader.venue_order(order_id).type.value == "limit_maker"
    trader.connector.cancel(PAIR, order_id)
    await trader.event(order_id, CANCELLED)
    crossing = trader.buy("0.1", 60010, OrderType.LIMIT_MAKER)
    await trader.event(crossing, FAILED)
    assert trader.story(crossing) == ["Failure"]


async def market_orders(trader: Trader) -> None:
    """A market order takes two levels, another sells what it bought."""
    if OrderType.MARKET not in trader.connector.supported_order_types():
        raise Skipped("no market orders")
    await trader.book_right()
    order_id = trader.buy("0.7", None, OrderType.MARKET)
    await trader.event(order_id, *COMPLETED)
    base, quote = trader.filled(order_id)
    taken = trader.venue_order(order_id)
    assert (base, quote) == (taken.filled, taken.filled_quote)
    assert Decimal("0.69998") <= base <= Decimal("0.7")
    order_id = trader.sell("0.3", None, OrderType.MARKET)
    await trader.event(order_id, *COMPLETED)
    assert trader.filled(order_id) == (Decimal("0.3"), Decimal("0.3") * 59990)


async def insufficient_funds(trader: Trader) -> None:
    """An order beyond the account's means fails at once, and leaves nothing behind."""
    before = len(trader.venue.engine.orders(TRADER))
    order_id = trader.buy("10", 59000)
    await trader.event(order_id, FAILED)
    assert trader.story(order_id) == ["Failure"]
    assert len(trader.venue.engine.orders(TRADER)) == before
    assert order_id not in trader.connector.in_flight_orders


async def cancelled_behind_its_back(trader: Trader) -> None:
    """Cancelling an order that is not open any more finds out that it was cancelled."""
    order_id = await trader.resting("0.1", 59000)
    trader.venue.muted = {"orders", "balance"}
    trader.venue.engine.cancel(TRADER, order_id=trader.venue_order(order_id).id)
    trader.venue.muted = set()
    trader.connector.cancel(PAIR, order_id)
    await trader.event(order_id, CANCELLED)
    assert trader.story(order_id) == ["Created", "Cancelled"]


async def order_unknown_to_the_venue(trader: Trader) -> None:
    """An order that the venue denies ever having had is given up after it said so several times."""
    order_id = await trader.resting("0.1", 59000)
    trader.venue.forget(trader.venue_order(order_id).id)

    def given_up() -> bool:
        return bool(trader.told(order_id, FAILED, CANCELLED))

    for _ in range(8):
        if given_up():
            break
        trader.connector.cancel(PAIR, order_id)
        await asyncio.sleep(0.15)
    await trader.until(given_up, "the order's end")
    assert order_id not in trader.connector.in_flight_orders


async def answer_lost(trader: Trader) -> None:
    """An order whose answer timed out is found again, and its fill is booked once."""
    trader.venue.muted = {"orders", "fills"}
    before = len(trader.venue.engine.orders(TRADER))
    trader.venue.lose_answer = 1
    order_id = trader.buy("0.1", 59995)
    if trader.profile.lists_open_orders:
        await trader.event(order_id, *CREATED)
        trader.venue.muted = set()
        trader.venue.trade(Side.SELL, "0.1")
    else:  # an order that rests is nowhere; its trade is
        await trader.until(lambda: len(trader.venue.engine.orders(TRADER)) > before, "the order at the venue")
        trader.venue.trade(Side.SELL, "0.1")
    await trader.event(order_id, *COMPLETED)
    trader.venue.muted = set()
    assert len(trader.venue.engine.orders(TRADER)) == before + 1  # never sent twice
    assert trader.story(order_id) == ["Created", "Filled", "Completed"]


async def request_lost(trader: Trader) -> None:
    """An order that never reached the venue fails, once the venue could not take it any more."""
    if not trader.profile.settles_orders:
        raise Skipped(
            "nothing tells an order that rests, or is finished, from one that never arrived: it is in question"
        )
    before = len(trader.venue.engine.orders(TRADER))
    trader.venue.lose_request = 1
    order_id = trader.buy("0.1", 59000)
    await trader.event(order_id, FAILED)
    assert trader.story(order_id) == ["Failure"]
    assert len(trader.venue.engine.orders(TRADER)) == before


async def filled_during_an_outage(trader: Trader) -> None:
    """What happens to an order while nothing can be reached is told afterwards, once."""
    order_id = await trader.resting("0.2", 59995)
    trader.venue.offline = True
    await trader.venue.disconnect()
    trader.venue.trade(Side.SELL, "0.15")
    trader.venue.quote(Side.BUY, 59970, "0.25")
    await asyncio.sleep(0.3)
    assert trader.story(order_id) == ["Created"]
    trader.venue.offline = False
    await trader.until(lambda: trader.filled(order_id)[0] == Decimal("0.15"), "the fill during the outage")
    await trader.streams_up()
    await trader.book_right()
    trader.connector.cancel(PAIR, order_id)
    await trader.event(order_id, CANCELLED)
    assert trader.filled(order_id)[0] == Decimal("0.15")


async def cancel_all(trader: Trader) -> None:
    """Three orders go in one call."""
    orders = [await trader.resting("0.1", price) for price in (59000, 59100, 59200)]
    results = await trader.connector.cancel_all(5.0)
    assert {(result.order_id, result.success) for result in results} == {(order_id, True) for order_id in orders}
    for order_id in orders:
        await trader.event(order_id, CANCELLED)


async def trades_once(trader: Trader) -> None:
    """Public trades reach Hummingbot, each once, in their order."""
    if not (trader.profile.offers("fetchTrades") or trader.connector._venue.streams_kind("trades")):
        raise Skipped("no public trades")
    trader.public_trades.clear()
    for lots in range(1, 6):
        trader.venue.trade(Side.BUY if lots % 2 else Side.SELL, f"0.000{lots}")
    wanted = [(float(t.price), float(t.amount)) for t in trader.venue.engine.trades(SYMBOL)[-5:]]
    await trader.until(lambda: len(trader.public_trades) >= 5, "five trades")
    await asyncio.sleep(0.25)  # another poll, or none: nothing comes twice
    assert trader.public_trades == wanted


async def everything_adds_up(trader: Trader) -> None:
    """Balances are the ledger's, the book is the engine's, each fill was told once, nothing is open or forgotten."""
    await trader.until(lambda: trader.balances() == trader.ledger(), f"{trader.balances()} = {trader.ledger()}")
    await trader.book_right()
    assert trader.venue.engine.open_orders(TRADER) == []
    assert trader.connector.in_flight_orders == {}
    told = [event for kind, event in trader.events if kind is FILLED]
    fills = trader.venue.engine.fills(TRADER)
    refetchable = trader.connector._orders.can_fetch_trades()
    if trader.connector._life.fills.source == "trades" and refetchable:
        assert sorted((e.exchange_trade_id, e.price, e.amount) for e in told) == sorted(
            (str(fill.id), fill.price, fill.amount) for fill in fills
        )
        paid = [(flat.token, flat.amount) for event in told for flat in event.trade_fee.flat_fees]
        assert sorted(paid) == sorted((fill.fee_asset, fill.fee) for fill in fills)
    assert sum(e.amount for e in told) == sum(fill.amount for fill in fills)
    assert abs(sum(e.amount * e.price for e in told) - sum(fill.quote_amount for fill in fills)) < Decimal("1e-15")


STEPS: tuple[Callable[[Trader], Awaitable[None]], ...] = (
    book_and_price,
    partial_fill_and_cancel,
    limit_order_filled,
    limit_maker,
    market_orders,
    insufficient_funds,
    cancelled_behind_its_back,
    order_unknown_to_the_venue,
    answer_lost,
    request_lost,
    filled_during_an_outage,
    cancel_all,
    trades_once,
    everything_adds_up,
)
