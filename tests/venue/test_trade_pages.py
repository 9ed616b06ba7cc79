"""All trades of a question are had, whichever way a venue hands out its pages."""

import itertools

import pytest

from hummingbot_ccxt.venue.outcomes import Outcome, VenueError
from hummingbot_ccxt.venue.trade_pages import every_page, pages_backwards, pages_both_ways

FIRST_MS = 1_790_000_000_000
TRADES = [
    {"id": str(n), "timestamp": FIRST_MS + n * 1000, "info": {"tradeId": str(n), "at": f"p{n}"}} for n in range(95)
]


class Pages:
    """A venue's trades, `size` a page; `asked` is what was asked for."""

    def __init__(self, size, trades=TRADES):
        self.size = size
        self.trades = trades
        self.asked = []

    def newest(self, found):
        return found[-self.size :]

    async def before(self, more):
        self.asked.append(more)
        last = int(more.get("before", 10**9))
        return self.newest([t for t in self.trades if int(t["id"]) < last])

    async def skipping(self, more):
        self.asked.append(more)
        skipped = more["ofs"] if "ofs" in more else (more.get("page", 1) - 1) * self.size
        return self.newest(self.trades[: len(self.trades) - skipped])

    async def on_from(self, more):
        self.asked.append(more)
        if "fromId" not in more:
            return self.newest(self.trades)
        return [t for t in self.trades if int(t["id"]) >= more["fromId"]][: self.size]

    async def with_cursor(self, more):
        self.asked.append(more)
        end = int(more.get("cursor", len(self.trades)))
        page = [dict(t, info=dict(t["info"])) for t in self.newest(self.trades[:end])]
        page[0]["info"]["next"] = str(end - len(page)) if end > self.size else ""
        return page


@pytest.mark.parametrize(
    ("way", "before"),
    [
        ("before", {"before": "tradeId"}),
        ("skipping", {"ofs": "#trades"}),
        ("skipping", {"page": "#page"}),
        ("on_from", {"fromId": "+tradeId"}),
        ("with_cursor", {"cursor": "next"}),
    ],
)
@pytest.mark.parametrize("size", [19, 20, 95, 100])
async def test_every_page_is_had_and_each_trade_once(way, before, size):
    pages = Pages(size)
    assert [t["id"] for t in await pages_backwards(getattr(pages, way), before, size)] == [t["id"] for t in TRADES]


@pytest.mark.parametrize("limit", [None, 100])
async def test_a_page_that_is_not_full_takes_one_request(limit):
    pages = Pages(100, TRADES[:9])
    assert await pages_backwards(pages.before, {"before": "tradeId"}, limit) == TRADES[:9]
    assert pages.asked == [{}]


@pytest.mark.parametrize("meanwhile", [3, 10, 25], ids=lambda number: f"{number} come between two pages")
@pytest.mark.parametrize("before", [{"page": "#page"}, {"ofs": "#trades"}], ids=["pages", "offsets"])
async def test_trades_that_come_between_two_pages_lose_none_of_the_others(before, meanwhile):
    """Even where so many come that a page holds nothing new: pages of Kraken's are 50, seconds apart."""
    pages = Pages(10, TRADES[:40])

    async def while_trading(more):
        page = await pages.skipping(more)
        pages.trades = TRADES[: min(len(pages.trades) + meanwhile, 70)]
        return page

    found = await pages_backwards(while_trading, before, 10)
    assert {t["id"] for t in found} >= {str(n) for n in range(40)}


async def test_a_venue_that_repeats_a_page_for_ever_is_left_alone_soon():
    pages = Pages(20)
    assert await pages_backwards(pages.before, {"page": "#page"}, 20) == TRADES[-20:]
    assert len(pages.asked) < 6


async def test_no_more_pages_are_asked_for_than_hold_what_is_wanted():
    pages = Pages(20)
    found = await pages_backwards(pages.before, {"before": "tradeId"}, 20, lambda trades: len(trades) >= 40)
    assert found == TRADES[-40:]


async def test_orders_of_every_page_are_had_however_many_end_meanwhile():
    closed = [{"id": n} for n in range(120)]

    async def ask(offset):
        page = closed[offset : offset + 50]
        closed[:0] = [{"id": 1000 + len(closed) + n} for n in range(60 if len(closed) < 200 else 0)]
        return page

    assert {order["id"] for order in await every_page(ask, 50)} >= set(range(120))


async def test_pages_of_orders_without_an_end_settle_nothing():
    async def ask(offset):
        return [{"id": offset + n} for n in range(50)]

    with pytest.raises(VenueError) as caught:
        await every_page(ask, 50)
    assert caught.value.outcome is Outcome.UNKNOWN


async def test_a_page_that_does_not_say_how_to_go_on_settles_nothing():
    with pytest.raises(VenueError, match=r"does not say how to go on: at is \[.p75.\]") as caught:
        await pages_backwards(Pages(20).before, {"before": "at"}, 20)
    assert caught.value.outcome is Outcome.UNKNOWN


# --- where nothing is known of the pages


class Since(Pages):
    """Pages of the trades since a time: the oldest of them, or the newest."""

    def __init__(self, size, *, oldest, trades=TRADES):
        super().__init__(size, trades)
        self.oldest = oldest

    async def ask(self, since_ms, more):
        self.asked.append((since_ms, more))
        found = [t for t in self.trades if since_ms <= t["timestamp"] <= more.get("until", 10**15)]
        return found[: self.size] if self.oldest else self.newest(found)


@pytest.mark.parametrize("size", [5, 20, 94, 95, 500])
async def test_pages_of_the_oldest_trades_are_gone_through(size):
    assert await pages_both_ways(Since(size, oldest=True).ask, FIRST_MS, until_days=None) == TRADES


@pytest.mark.parametrize("size", [20, 94, 95, 500])
async def test_pages_of_the_newest_trades_are_gone_through_where_the_venue_can_be_told_until_when(size):
    assert await pages_both_ways(Since(size, oldest=False).ask, FIRST_MS - 60_000, until_days=1) == TRADES


async def test_no_longer_time_is_asked_about_than_the_venue_answers_for():
    venue = Since(20, oldest=False)
    week_ms = 7 * 86_400_000
    assert await pages_both_ways(venue.ask, FIRST_MS - week_ms, until_days=1) == TRADES
    told = [(since_ms, more["until"]) for since_ms, more in venue.asked if "until" in more]
    assert told
    assert all(until_ms - since_ms <= 86_400_000 for since_ms, until_ms in told)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
async def test_a_venue_that_refuses_to_be_told_until_when_has_said_all_that_it_does(outcome):
    venue = Since(20, oldest=False)

    async def ask(since_ms, more):
        if "until" in more:
            raise VenueError("no", outcome=outcome, kind="BadRequest")
        return await venue.ask(since_ms, more)

    if outcome is Outcome.REFUSED:
        assert await pages_both_ways(ask, FIRST_MS - 60_000, until_days=1) == TRADES[-20:]
    else:
        with pytest.raises(VenueError):
            await pages_both_ways(ask, FIRST_MS - 60_000, until_days=1)


async def test_trades_without_a_time_or_an_id_end_the_search_and_are_all_kept():
    odd = [{"id": None, "timestamp": None, "info": {"n": n}} for n in range(3)]
    answers = itertools.repeat(odd)

    async def ask(since_ms, more):
        return next(answers)

    assert await pages_both_ways(ask, FIRST_MS, until_days=1) == odd


async def test_both_sides_of_a_trade_with_ourselves_and_one_number_on_two_markets_are_kept():
    page = [
        {"id": "5", "order": "1", "symbol": "BTC/USDT", "timestamp": 1},
        {"id": "5", "order": "2", "symbol": "BTC/USDT", "timestamp": 2},
        {"id": "5", "order": "1", "symbol": "ETH/USDT", "timestamp": 3},
    ]

    async def ask(*_):
        return page

    assert await pages_backwards(ask, {}, None) == page
    assert await pages_both_ways(ask, 0, until_days=None) == page
