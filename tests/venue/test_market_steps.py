"""Looking for a market's steps at the venue, through the real client of a class whose markets state none."""

from decimal import Decimal

import pytest

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import ExchangeMapping, Steps
from hummingbot_ccxt.venue import client
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.market_steps import MarketSteps
from hummingbot_ccxt.venue.outcomes import VenueError
from hummingbot_ccxt.venue.venue import Venue

BOOK = {"bids": [[p, 0.25] for p in (99.5, 99, 98, 97, 96)], "asks": [[p, 1] for p in (101, 102, 103)]}


class Looked:
    """A venue of ccxt's class for bit2c, answered from here; what was told, and how often it was asked."""

    def __init__(self, mapping=None):
        self.told, self.asked, self.book = [], [], BOOK
        mapping = mapping or ExchangeMapping(exchange="bit2c")
        settings = ExchangeSettings()
        self.venue = Venue("bit2c", credentials=Credentials({}), mapping=mapping, settings=settings, updates=object())
        self.venue.client.fetch = self._fetch
        self.steps = MarketSteps(self.venue, self.told.append)

    async def _fetch(self, url, method="GET", headers=None, body=None):
        self.asked.append(url.rpartition("/")[2])
        return self.book if url.endswith("orderbook.json") else []

    async def market(self):
        return (await self.venue.markets())["BTC/NIS"]


@pytest.fixture
async def looked(monkeypatch):
    monkeypatch.setattr(client, "requests_per_second", lambda _: 1000.0)  # the pace is tested elsewhere
    made = []

    def make(mapping=None):
        made.append(Looked(mapping))
        return made[-1]

    yield make
    for each in made:
        await each.venue.close()


async def test_steps_are_taken_from_the_book_and_that_is_told_once(looked):
    at = looked()
    for _ in range(2):
        completed = await at.steps.complete(await at.market(), look=True)
        assert completed["precision"] == {**completed["precision"], "price": "0.1", "amount": "0.01"}
    (told,) = at.told
    assert "BTC/NIS" in told
    assert "prices in steps of 0.1, amounts in steps of 0.01" in told


async def test_a_finer_digit_that_appears_later_is_taken_and_told(looked):
    at = looked()
    await at.steps.complete(await at.market(), look=True)
    at.book = {**BOOK, "bids": [[99.25, 0.125], *BOOK["bids"]]}
    completed = await at.steps.complete(await at.market(), look=True)
    assert completed["precision"]["price"] == "0.01"
    at.book = BOOK
    assert (await at.steps.complete(await at.market(), look=True))["precision"]["price"] == "0.01"
    assert len(at.told) == 2


async def test_a_market_that_is_not_ours_is_not_asked_for(looked):
    at = looked()
    completed = await at.steps.complete(await at.market(), look=False)
    assert completed["precision"]["price"] is None
    assert at.asked == []


async def test_the_mappings_steps_need_no_look(looked):
    at = looked(ExchangeMapping(exchange="bit2c", steps={"*": Steps(price=Decimal("0.01"), amount=Decimal("1e-8"))}))
    completed = await at.steps.complete(await at.market(), look=True)
    assert (completed["precision"]["price"], completed["precision"]["amount"]) == ("0.01", "1E-8")
    assert (at.asked, at.told) == ([], [])


async def test_a_book_that_shows_too_little_gives_no_steps_rather_than_a_guess(looked):
    at = looked()
    at.book = {"bids": [[99, 1]], "asks": []}
    with pytest.raises(VenueError, match=r"market\.precision of BTC/NIS .* fewer than 5 prices"):
        await at.steps.complete(await at.market(), look=True)


async def test_what_was_seen_once_outlasts_an_outage(looked):
    at = looked()
    await at.steps.complete(await at.market(), look=True)

    async def fails(*_args, **_kwargs):
        raise TimeoutError

    at.venue.client.fetch = fails
    assert (await at.steps.complete(await at.market(), look=True))["precision"]["price"] == "0.1"
