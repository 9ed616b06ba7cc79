"""What the doctor says where ccxt does not tell enough: of steps, and of what becomes of orders."""

import pytest

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.doctor import account_checks, market_checks
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue import client
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.venue import Venue

BOOK = {"bids": [[p, 0.25] for p in (99.5, 99, 98, 97)], "asks": [[p, 1] for p in (101, 102, 103)]}


@pytest.fixture
async def venue_of(monkeypatch):
    monkeypatch.setattr(client, "requests_per_second", lambda _: 1000.0)  # the pace is tested elsewhere
    made = []

    def make(exchange, book):
        keys = Credentials({"apiKey": "k", "secret": "s"})
        venue = Venue(
            exchange,
            credentials=keys,
            mapping=load_mapping(exchange),
            settings=ExchangeSettings(),
            updates=object(),
        )

        async def fetch(url, method="GET", headers=None, body=None):
            return book if url.endswith("orderbook.json") else []

        venue.client.fetch = fetch
        made.append(venue)
        return venue

    yield make
    for venue in made:
        await venue.close()


async def test_steps_that_only_the_book_shows_are_told_with_a_warning(venue_of):
    found, symbol = await market_checks.markets(venue_of("bit2c", BOOK), "BTC-NIS")
    by_check = {finding.check: finding for finding in found}
    assert symbol == "BTC/NIS"
    assert by_check["steps"].verdict == "warn"
    assert "prices in steps of 0.1, amounts in steps of 0.01" in by_check["steps"].text
    assert by_check["steps"].remedy


async def test_a_market_whose_book_shows_too_little_is_no_market(venue_of):
    found, symbol = await market_checks.markets(venue_of("bit2c", {"bids": [], "asks": []}), "BTC-NIS")
    assert symbol is None
    assert found[0].verdict == "fail"
    assert "fewer than 5 prices" in found[0].text


async def test_an_exchange_whose_orders_nothing_tells_of_fails_as_one_to_trade_on(venue_of):
    finding = await account_checks.permission(venue_of("coinspot", BOOK), "BTC/AUD")
    assert finding.verdict == "fail"
    assert finding.text == "ccxt has no method that tells what became of an order on coinspot"
