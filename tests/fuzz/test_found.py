"""What fuzzing has found: the inputs, as they were drawn or shortened, and what happens to them now."""

import asyncio
import json
from decimal import Decimal

import pytest
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from hummingbot_ccxt.fuzz import streams
from hummingbot_ccxt.fuzz.mutation import places, replaced, value_at
from hummingbot_ccxt.fuzz.structures import ORDER, TRADE
from hummingbot_ccxt.fuzz.translators import tracked_order
from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side
from hummingbot_ccxt.translate.books import change_rows
from hummingbot_ccxt.translate.fills import derived_trade_update, trade_update
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue import streams as venue_streams

SCHEMA = TradeFeeSchema()


@pytest.mark.parametrize("amount", [10**20, "1e30", 1e25])
def test_an_amount_that_hummingbots_arithmetic_cannot_hold_is_no_fill(amount):
    """`InFlightOrder.check_filled_condition` rounds to 8 decimals in 28 digits: InvalidOperation, from the listener."""
    with pytest.raises(BadVenueData, match=r"trade\.amount is too large"):
        trade_update({**TRADE, "amount": amount}, tracked_order(), fee_schema=SCHEMA)
    with pytest.raises(BadVenueData, match=r"order\.filled is too large"):
        derived_trade_update({**ORDER, "filled": amount}, tracked_order(), fee_schema=SCHEMA, now=1.0)


def test_the_largest_amount_that_is_a_fill_can_be_booked():
    order = tracked_order()
    assert order.update_with_trade_update(trade_update({**TRADE, "amount": "1e19"}, order, fee_schema=SCHEMA))


async def test_a_fill_of_gates_stream_that_is_too_large_is_skipped_and_logged():
    """As it was found; the exception came out of Hummingbot's tracker, in the loop that reads the user stream."""
    async with streams.unplugged("gate") as fed:
        for seed in fed.seeds:
            if seed.message.get("channel") == "spot.usertrades" and seed.message.get("event") == "update":
                large = replaced(seed.message, ("result", 0, "amount"), 10**30)
                assert await fed.feed(seed, json.dumps(seed.message))
                await fed.feed(seed, json.dumps(large))
        assert any("amount" in kind for kind in fed.connector._skips)


@pytest.mark.parametrize(
    ("bids", "asks"),
    [
        pytest.param({100.0: 10**400}, {}, id="an integer that no float can hold"),
        pytest.param({100.0: True, 99.0: 10**5000}, {}, id="the sum of integers, which is less than infinity"),
        pytest.param({10**400: 1.0}, {}, id="such a price"),
        pytest.param({Decimal("NaN"): 1.0}, {}, id="a Decimal that is no number, which cannot be compared"),
        pytest.param({}, {101.0: Decimal("sNaN")}, id="one that raises whatever is done to it"),
    ],
)
def test_changed_levels_that_are_no_floats_are_refused(bids, asks):
    """They raised OverflowError or InvalidOperation, or got through to Hummingbot's book, which raised."""
    with pytest.raises(BadVenueData, match=r"book\.(bids|asks) has a row that is no level"):
        change_rows(bids, asks, 7)


def asks_of(message):
    """Where a frame tells changed asks; None if it tells none."""
    known = (path for path in places(message) if path and path[-1] in ("a", "asks") and value_at(message, path))
    return next((path for path in known if isinstance(value_at(message, path), list)), None)


@pytest.mark.parametrize("exchange", ["bybit", "gate", "kraken", "kucoin", "okx"])
async def test_a_book_begins_anew_when_a_message_about_it_could_not_be_read_to_its_end(exchange, monkeypatch):
    """ccxt had stored the half of it, or nothing, and took the next change as if nothing had happened."""
    monkeypatch.setattr(venue_streams, "_SETTLE_S", 0.1)
    monkeypatch.setattr(venue_streams, "_TICK_S", 0.1)
    spoilt = []
    armed = asyncio.Event()

    def spoil_one(connector):
        client = connector._venue.client
        handle = client.handle_message

        def handle_spoilt(connection, message):
            path = asks_of(message) if armed.is_set() else None
            if path is not None:
                armed.clear()
                spoilt.append(connection)
                message = replaced(message, path, [["x"], None])
            handle(connection, message)

        client.handle_message = handle_spoilt

    async with Sandbox(exchange, book_interval_s=0.02, message_limit_per_s=1000) as sandbox:
        place = streams.other_side(sandbox)
        account = sandbox.create_account({"USDT": Decimal(1000)})
        with short_waits():
            async with running("ours", sandbox, account, [streams.PAIR], prepare=spoil_one) as bot:
                feed = bot.connector._orderbook_ds._feeds["book"]

                def right():
                    return bot.book(streams.PAIR) == bot.venue_book(streams.PAIR)

                await bot.until(lambda: feed.is_live(streams.SYMBOL) and right(), "the first book")
                place(Side.SELL, OrderType.LIMIT, "0.3", "60020")
                await bot.until(right, "the book after a change")
                armed.set()
                place(Side.SELL, OrderType.LIMIT, "0.7", "60030")
                await bot.until(lambda: spoilt, "a change that is spoilt")
                await bot.until(
                    lambda: feed.is_live(streams.SYMBOL) and not feed.lives_on(spoilt[0]), "another connection"
                )
                await bot.until(right, "the book after it began anew")
                assert sum("begins anew" in text for text in bot.logged()) == 1


async def test_books_that_are_none_do_not_end_the_start():
    """The first answer over REST was crossed, or no book at all: the tracker's task ended, and no pair got its book."""
    answers = [{"bids": [[2, 1]], "asks": [[1, 1]]}, {"bids": None}, None, {"bids": [[1, 1]], "asks": [[2, 1]]}]

    async def answer(method, *_, **__):
        return answers.pop(0)

    async with streams.unplugged("okx") as fed:
        source = fed.connector._orderbook_ds
        fed.connector._venue.call = answer
        source._listening = False  # so that it asks over REST
        source._sleep = _no_sleep
        book = await source.get_new_order_book(streams.PAIR)
        assert [(row.price, row.amount) for row in book.bid_entries()] == [(1.0, 1.0)]
    assert answers == []


async def _no_sleep(_):
    return None


async def test_a_fill_whose_fee_is_refused_too_has_one_line_for_the_fill():
    """The fuzzer called that a refusal that nobody told."""
    async with streams.unplugged("binance") as fed:
        fills = [s for s in fed.seeds if (s.message.get("event") or {}).get("x") == "TRADE"]
        assert fills
        for seed in fills:
            spoiled = replaced(replaced(seed.message, ("event", "n"), "inf"), ("event", "T"), None)
            assert not await fed.feed(seed, json.dumps(spoiled))
        assert fed.connector._skips["trade.timestamp"] >= 1
        assert not any(kind.startswith("fee.") for kind in fed.connector._skips)
