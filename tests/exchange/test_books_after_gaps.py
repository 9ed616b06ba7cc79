"""On every wire, a book is the venue's soon after one of its messages was lost, or two changed places."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.rig.bot import Bot, DidNotHappen, running, short_waits
from hummingbot_ccxt.sandbox import Fault, OrderType, Sandbox, Side, StreamFault
from hummingbot_ccxt.sandbox.sandbox import WIRES
from hummingbot_ccxt.sandbox.wires.okx.sockets import PublicSocket
from hummingbot_ccxt.venue import streams

PAIR, SYMBOL = "BTC-USDT", "BTC/USDT"
SOON_S = 6.0
"""A connection is replaced in one to two seconds; on a busy machine it takes longer."""


@pytest_asyncio.fixture(params=sorted(WIRES))
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    async with Sandbox(request.param, book_interval_s=0.02) as sandbox:
        sandbox.engine.create_account("others", {"BTC": Decimal(10**6), "USDT": Decimal(10**9)})
        for number in range(12):
            quote(sandbox, Side.BUY, 59_000 - number)
            quote(sandbox, Side.SELL, 61_000 + number)
        yield sandbox


@pytest_asyncio.fixture
async def bot(venue: Sandbox) -> AsyncIterator[Bot]:
    account = venue.create_account({"USDT": Decimal(200_000)}, name="trader")
    with short_waits():
        async with running("ours", venue, account, [PAIR]) as bot:
            yield bot


def quote(venue: Sandbox, side: Side, price: int) -> None:
    venue.engine.place(
        "others", symbol=SYMBOL, side=side, type=OrderType.LIMIT, price=Decimal(price), amount=Decimal(1)
    )


async def right(bot: Bot, patience_s: float) -> None:
    await bot.until(lambda: bot.book(PAIR) == bot.venue_book(PAIR), "the venue's book", patience_s)


async def one_more(bot: Bot, price: int, patience_s: float = 10) -> None:
    """A change in a message of its own, and the book with it: the stream stands."""
    quote(bot.sandbox, Side.BUY, price)
    await right(bot, patience_s)


@asynccontextmanager
async def trading(venue: Sandbox) -> AsyncIterator[None]:
    """The market goes on: a change now and then, without which no book of KuCoin's begins."""

    async def go_on() -> None:
        while True:
            quote(venue, Side.BUY, 57_000)
            await asyncio.sleep(0.25)

    task = asyncio.ensure_future(go_on())
    try:
        yield
    finally:
        task.cancel()


@pytest.mark.parametrize("fault", [StreamFault.DROP, StreamFault.REORDER], ids=["lost", "swapped"])
async def test_a_book_is_right_soon_after_a_gap(bot: Bot, venue: Sandbox, fault: StreamFault) -> None:
    for number in range(1, 20):
        await one_more(bot, 58_000 - number)
    for price in (59_100, 59_200):
        rule = venue.faults.stream("depth", fault)
        quote(venue, Side.BUY, price)
        quote(venue, Side.BUY, price + 1)
        await rule.fired()
        if fault is StreamFault.REORDER:  # taken as they come they leave 1 at this price, where 2 stand
            quote(venue, Side.BUY, price)
            await bot.until(lambda: not venue.streams._held, "the second message went out")
        else:
            assert bot.book(PAIR) != bot.venue_book(PAIR)
        quote(venue, Side.SELL, 60_900)  # another one shows that something is missing
        began = time.monotonic()
        async with trading(venue):
            await right(bot, 60)
        assert time.monotonic() - began < SOON_S
        await one_more(bot, price - 50)


async def test_a_book_of_which_the_venue_says_nothing_any_more_begins_anew(
    bot: Bot, venue: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection stands, and ccxt takes the subscription for granted: subscribing once more would send nothing."""
    monkeypatch.setattr(constants, "QUIET_BOOK_S", 5.0)
    monkeypatch.setattr(constants, "BOOK_DELAY_S", 0.2)
    await one_more(bot, 58_000)
    for session in venue.streams.sessions:
        if not session.is_private:
            for topic in list(session.envelopes):
                venue.streams.unsubscribe(session, topic)
    price = 57_500

    async def follows() -> bool:
        nonlocal price
        price -= 1
        try:
            await one_more(bot, price, 0.8)
        except DidNotHappen:
            return False
        return True

    quote(venue, Side.BUY, 59_500)
    async with trading(venue), asyncio.timeout(60):
        while not all([await follows() for _ in range(5)]):  # so often so soon: no book that is fetched now and then
            pass


async def test_a_quiet_book_that_is_right_costs_no_connection(
    bot: Bot, venue: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a pair without any change since the start ccxt's own book may be empty (kucoin); Hummingbot's is not."""
    monkeypatch.setattr(constants, "BOOK_DELAY_S", 0.05)
    source = bot.connector._orderbook_ds
    await right(bot, 10)
    connection = source._feeds["book"].connection_of(SYMBOL)
    await source._verify_book(source._feeds["book"], SYMBOL)
    await asyncio.sleep(0.1)
    assert bot.logged() == []
    assert source._feeds["book"].connection_of(SYMBOL) is connection is not None
    await right(bot, 10)


@pytest.mark.parametrize("venue", ["okx"], indirect=True)
async def test_a_book_that_is_left_and_not_confirmed_to_be_left_is_subscribed_anew(
    bot: Bot, venue: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a gap ccxt's class leaves the book first, and waits for the venue's word on that without an end."""
    monkeypatch.setattr(streams, "_LEAVING_S", 0.5)
    unconfirmed = []
    confirm = PublicSocket.confirm

    def confirm_all_but_one(self: PublicSocket, session: Any, operation: str, *rest: Any) -> None:
        if operation == "unsubscribe" and not unconfirmed:
            unconfirmed.append(session)
            return
        confirm(self, session, operation, *rest)

    monkeypatch.setattr(PublicSocket, "confirm", confirm_all_but_one)
    await one_more(bot, 58_000)
    gap = venue.faults.stream("depth", StreamFault.DROP)
    quote(venue, Side.BUY, 59_100)
    await gap.fired()
    quote(venue, Side.BUY, 59_101)
    await bot.until(lambda: unconfirmed, "ccxt leaves the book")
    await right(bot, 10)
    await one_more(bot, 57_999)


@pytest.mark.parametrize("venue", ["binance", "okx", "bybit"], indirect=True)
async def test_a_level_that_came_and_went_while_a_book_was_subscribed_anew_does_not_stay(
    bot: Bot, venue: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fetched book may hold what no change of the stream ever tells of: neither that it came, nor that it went."""
    monkeypatch.setattr(constants, "MISSING_BOOK_S", 0.1)
    await one_more(bot, 58_000)
    passing: list[Any] = []

    def come_and_go(request: Any) -> None:
        passing.append(
            venue.engine.place(
                "others", symbol=SYMBOL, side=Side.BUY, type=OrderType.LIMIT, price=Decimal(58_500), amount=Decimal(1)
            )
        )
        asyncio.get_running_loop().call_soon(lambda: venue.engine.cancel("others", order_id=passing[-1].id))

    fetched = venue.faults.rest("depth", Fault.MEANWHILE, times=None, before=come_and_go)
    bot.connector._orderbook_ds._feeds["book"].resubscribe(SYMBOL, "another book on its connection failed")
    await fetched.fired()
    await asyncio.sleep(0.3)  # whatever was fetched is handed over
    venue.faults.disarm(fetched)
    await one_more(bot, 57_999)


async def test_a_missing_book_is_fetched_until_the_venue_gives_one(
    bot: Bot, venue: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a reconnect in an outage of REST, where the stream brings no whole book either."""
    monkeypatch.setattr(constants, "MISSING_BOOK_S", 0.3)
    await one_more(bot, 58_000)
    source = bot.connector._orderbook_ds
    venue.faults.stream("depth", StreamFault.DROP, times=None)
    venue.faults.rest("depth", Fault.ERROR_BEFORE, times=2, status=503)
    quote(venue, Side.BUY, 59_500)
    source._missing.add(SYMBOL)
    began = asyncio.ensure_future(source._catch_up((SYMBOL,)))
    try:
        best = bot.venue_book(PAIR)[0][0]
        await bot.until(lambda: bot.book(PAIR)[0][:1] == [best], "the best price", SOON_S)
    finally:
        began.cancel()
