"""The whole checklist on one exchange, from installed versions to a cancelled order."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.doctor import account_checks, market_checks, surroundings
from hummingbot_ccxt.doctor.findings import Finding, failed
from hummingbot_ccxt.doctor.listener import Listener
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.own_exchanges import info_of
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.outcomes import VenueError
from hummingbot_ccxt.venue.venue import Venue


@dataclass
class Order:
    """What the examination shall cover. `folder`: the user's own mappings, from the settings."""

    exchange_id: str
    settings: ExchangeSettings
    credentials: Credentials
    pair: str | None = None
    place_order: bool = False
    report: Callable[[Finding], None] = field(default=lambda finding: None)


async def examine(order: Order) -> list[Finding]:
    """Go through the checklist; each finding is reported as soon as it is there. Stops where nothing more can be told.

    Raises NoNetwork when the venue cannot be reached at all, and HummingbotCcxtError for what is no exchange.
    """
    examination = _Examination(order)
    try:
        await examination.run()
    finally:
        await examination.close()
    return examination.findings


class _Examination:
    def __init__(self, order: Order) -> None:
        self.findings: list[Finding] = []
        self._order = order
        self._listener = Listener()
        self._ahead_s = 0.0
        settings = order.settings
        self._venue = Venue(
            order.exchange_id,
            credentials=order.credentials,
            mapping=load_mapping(order.exchange_id, settings.folder),
            settings=settings,
            updates=self._listener,
            venue_time=lambda: time.time() + self._ahead_s,
        )
        self._listener.secrets = self._venue.secrets

    async def close(self) -> None:
        await self._venue.close()

    def _add(self, *findings: Finding) -> None:
        for finding in findings:
            self.findings.append(finding)
            self._order.report(finding)

    async def run(self) -> None:
        venue, listener = self._venue, self._listener
        before = surroundings.versions(), *await surroundings.network(venue.client)
        self._add(*before)
        clock, self._ahead_s = await market_checks.clock(venue)
        self._add(clock)
        pair = self._order.pair or info_of(venue.id, venue.settings.folder).example_pair
        found, symbol = await market_checks.markets(venue, pair)
        self._add(*found)
        if symbol is None:
            return
        self._add(*await market_checks.book(venue, listener, symbol))
        self._add(await market_checks.trades(venue, listener, symbol))
        if self._order.credentials:
            await self._account(symbol)

    async def _account(self, symbol: str) -> None:
        venue = self._venue
        found, held = await account_checks.keys_and_balances(venue)
        self._add(*found)
        if held is None:
            return
        self._add(await account_checks.permission(venue, symbol))
        if not self._order.place_order:
            return
        try:
            fetched = await venue.call("fetch_order_book", symbol)
        except VenueError as err:
            self._add(failed("order", f"not tried, there is no book to stay away from: {err}", "try again"))
            return
        pair = market_checks.pair_of(venue, symbol)
        if not (fetched["bids"] and fetched["asks"]):
            self._add(failed("order", f"not tried, a side of the book of {pair} is empty", "--pair of a busier market"))
            return
        best = float(fetched["bids"][0][0]), float(fetched["asks"][0][0])
        self._add(*await account_checks.one_order(venue, self._listener, symbol, held, best))
