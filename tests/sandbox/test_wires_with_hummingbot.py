"""On every wire, Hummingbot's unmodified native connector and ours trade alike; the venue's ledger is the judge.

One connector of a kind lives through all tests of its wire, so each test leaves no open order behind.
"""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.rig.connectors import NATIVE
from hummingbot_ccxt.sandbox import OrderType as VenueOrderType
from hummingbot_ccxt.sandbox import Sandbox, Side
from hummingbot_ccxt.sandbox.sandbox import WIRES

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAIR, SYMBOL = "BTC-USDT", "BTC/USDT"
#: Native connectors whose user stream tells no balances; they ask for them every two minutes only.
POLL_BALANCES = {"kraken"}
BIDS = [Decimal(59_990 - 10 * step) for step in range(20)]
ASKS = [Decimal(60_010 + 10 * step) for step in range(20)]


class Others:
    """Everybody else at the venue, with one coin at each of twenty levels a side."""

    account_id = "others"

    def __init__(self, sandbox: Sandbox) -> None:
        self._engine = sandbox.engine
        assets = {asset for market in sandbox.engine.markets.values() for asset in (market.base, market.quote)}
        self._engine.create_account(self.account_id, dict.fromkeys(assets, Decimal(10**9)))
        self.fill_book()

    def fill_book(self) -> None:
        self._engine.cancel_all(self.account_id)
        for side, prices in ((Side.BUY, BIDS), (Side.SELL, ASKS)):
            for price in prices:
                self.place(side, price, "1")

    def place(self, side: Side, price: Decimal | str, amount: str) -> int:
        placed = self._engine.place(
            self.account_id,
            symbol=SYMBOL,
            side=side,
            type=VenueOrderType.LIMIT,
            price=Decimal(price),
            amount=Decimal(amount),
        )
        return placed.id

    def take(self, side: Side, amount: str) -> None:
        self._engine.place(
            self.account_id, symbol=SYMBOL, side=side, type=VenueOrderType.MARKET, amount=Decimal(amount)
        )


@pytest.fixture(
    scope="module", params=[(wire, kind) for wire in sorted(WIRES) for kind in ("native", "ours")], ids="-".join
)
def who(request: pytest.FixtureRequest) -> tuple[str, Any]:
    if request.param[1] == "native" and request.param[0] not in NATIVE:
        pytest.skip("Hummingbot has no native connector of this exchange")
    return request.param


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def venue(who: tuple[str, Any]) -> AsyncIterator[Sandbox]:
    async with Sandbox(who[0], book_interval_s=0.02) as sandbox:
        yield sandbox
        sandbox.engine.audit()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def others(venue: Sandbox) -> Others:
    return Others(venue)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(who: tuple[str, Any], venue: Sandbox, others: Others) -> AsyncIterator[Bot]:
    funds = {"USDT": Decimal(100_000), "BTC": Decimal(2)}
    account = venue.create_account(funds, name="trader", maker_fee=Decimal("0.0006"), taker_fee=Decimal("0.0009"))
    with short_waits():
        async with running(who[1], venue, account, [PAIR]) as bot:
            await bot.until(lambda: any(s.is_private for s in venue.streams.sessions), "a private stream")
            yield bot


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def full_book(others: Others, bot: Bot, venue: Sandbox) -> AsyncIterator[None]:
    """Each test begins with the whole book, and ends without an open order of ours."""
    others.fill_book()
    await bot.until(lambda: top(bot.book(PAIR)) == top(bot.venue_book(PAIR)), "the book")
    yield
    venue.engine.cancel_all(bot.account.account_id)


def top(book: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
    """The best 40 levels a side: some exchanges stream no more than 50."""
    return book[0][:40], book[1][:40]


async def settled(bot: Bot) -> None:
    """Balances are the ledger's to the last digit that the venue writes, and each fill was told once."""
    if bot.kind == "native" and bot.sandbox.exchange in POLL_BALANCES:
        await bot.connector._update_balances()
    await bot.until(lambda: rounded(bot.balances()) == rounded(bot.ledger()), "the balances")
    told = sorted((e.exchange_trade_id, e.price, e.amount) for e in bot.events(MarketEvent.OrderFilled))
    fills = bot.sandbox.engine.fills(bot.account.account_id)
    assert told == sorted((bot.sandbox.wire.fill_id(f), f.price, f.amount) for f in fills)


def rounded(balances: dict[str, tuple[Decimal, Decimal]]) -> dict[str, tuple[Decimal, ...]]:
    """To 8 decimals: some exchanges write no more."""
    return {asset: tuple(round(each, 8) for each in pair) for asset, pair in balances.items()}


async def test_rules_are_the_venues(bot: Bot, venue: Sandbox) -> None:
    rule, market = bot.connector.trading_rules[PAIR], venue.engine.markets[SYMBOL]

    assert (rule.min_price_increment, rule.min_base_amount_increment) == (market.tick_size, market.lot_size)


async def test_the_fees_are_the_accounts_own(bot: Bot) -> None:
    if bot.kind == "native":
        pytest.skip("most native connectors never ask for them")
    asked = ("BTC", "USDT", OrderType.LIMIT, TradeType.SELL, Decimal(1), Decimal(60_000))
    await bot.until(lambda: bot.connector.get_fee(*asked, is_maker=True).percent == Decimal("0.0006"), "the fees")

    assert bot.connector.get_fee(*asked, is_maker=False).percent == Decimal("0.0009")


async def test_the_book_follows_the_venues(bot: Bot, others: Others, venue: Sandbox) -> None:
    for number in range(50):
        others.place(Side.BUY, str(59_000 + number), "0.5")
        others.place(Side.SELL, str(61_000 + number), "0.25")
        if number % 10 == 0:
            others.take(Side.BUY, "1.5")
            await asyncio.sleep(0.02)

    await bot.until(lambda: top(bot.book(PAIR)) == top(bot.venue_book(PAIR)), "the book")


async def test_a_limit_order_rests_is_partly_filled_and_canceled(bot: Bot, others: Others) -> None:
    order_id = bot.buy(PAIR, "0.01", "59995")
    await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    others.take(Side.SELL, "0.004")
    fill = await bot.event(MarketEvent.OrderFilled, of=order_id)
    bot.connector.cancel(PAIR, order_id)
    await bot.event(MarketEvent.OrderCancelled, of=order_id)

    assert (fill.price, fill.amount) == (Decimal(59_995), Decimal("0.004"))
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "OrderCancelled"]
    await settled(bot)


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_a_market_order_is_filled_and_booked_once(bot: Bot, side: str) -> None:
    act = bot.buy if side == "buy" else bot.sell
    order_id = act(PAIR, "0.01", None, OrderType.MARKET)
    completed = MarketEvent.BuyOrderCompleted if side == "buy" else MarketEvent.SellOrderCompleted
    await bot.event(completed, of=order_id)

    fill = bot.events(MarketEvent.OrderFilled, of=order_id)[0]
    assert (fill.price, fill.amount) == (ASKS[0] if side == "buy" else BIDS[0], Decimal("0.01"))
    await settled(bot)


async def test_a_maker_order_is_filled_by_the_other_side(bot: Bot, others: Others) -> None:
    if OrderType.LIMIT_MAKER not in bot.connector.supported_order_types():
        pytest.skip("the connector offers no limit maker orders")
    order_id = bot.sell(PAIR, "0.01", "60005", OrderType.LIMIT_MAKER)
    await bot.event(MarketEvent.SellOrderCreated, of=order_id)
    others.take(Side.BUY, "0.01")
    await bot.event(MarketEvent.SellOrderCompleted, of=order_id)

    await settled(bot)


async def test_an_order_without_funds_fails(bot: Bot, venue: Sandbox) -> None:
    order_id = bot.sell(PAIR, "50", "60500")
    await bot.event(MarketEvent.OrderFailure, of=order_id)

    assert venue.engine.open_orders(bot.account.account_id) == []


async def test_several_orders_are_canceled_at_once(bot: Bot, venue: Sandbox) -> None:
    ids = [bot.buy(PAIR, "0.01", str(59_000 + number)) for number in range(3)]
    for order_id in ids:
        await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    results = await bot.connector.cancel_all(10)

    assert {result.order_id for result in results if result.success} == set(ids)
    for order_id in ids:
        await bot.event(MarketEvent.OrderCancelled, of=order_id)
    assert venue.engine.open_orders(bot.account.account_id) == []
    await settled(bot)


def subscribed(venue: Sandbox) -> list[str]:
    return sorted(topic for session in venue.streams.sessions for topic in session.envelopes)


async def test_dropped_streams_are_made_again(bot: Bot, others: Others, venue: Sandbox) -> None:
    before, topics = set(venue.streams.sessions), subscribed(venue)
    venue.faults.disconnect_streams()
    if bot.kind == "native":
        # Most native connectors ask for no book after a reconnect (order_book_tracker_data_source.py: once an hour), so
        # that what changes meanwhile stays wrong with them; ours is to have it right.
        await bot.until(
            lambda: not before & set(venue.streams.sessions) and subscribed(venue) == topics, "the streams", 60
        )
    others.place(Side.BUY, "59994", "0.5")

    await bot.until(lambda: bot.book(PAIR)[0][0] == (59_994.0, 0.5), "the book is right again", 30)
    await bot.until(lambda: any(s.is_private for s in venue.streams.sessions), "a private stream", 30)
    order_id = bot.buy(PAIR, "0.01", "59995")
    await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    others.take(Side.SELL, "0.01")
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id, patience_s=30)
    await settled(bot)
