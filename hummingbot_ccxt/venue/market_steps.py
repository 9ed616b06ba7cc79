"""The steps of markets where ccxt states none: the mapping's, else those that the venue's order book shows."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from hummingbot_ccxt.mapping import Steps
from hummingbot_ccxt.translate.steps import (
    FEWEST_SHOWN,
    finer,
    lacks_steps,
    shown_steps,
    with_largest_order,
    with_steps,
)
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError
from hummingbot_ccxt.venue.venue import Venue


class MarketSteps:
    """The steps of one venue's markets, as far as ccxt leaves them open. `tell`: told once what was taken."""

    def __init__(self, venue: Venue, tell: Callable[[str], None]) -> None:
        self._venue = venue
        self._tell = tell
        self.shown: dict[str, Steps] = {}
        """By symbol: what the digits of book and trades have shown, the finest that were seen."""

    async def complete(self, market: Mapping[str, Any], *, look: bool) -> Mapping[str, Any]:
        """The market with what the mapping says of steps and limits; where `look`, and a step is still missing, with
        the steps that the venue shows.

        Raises VenueError where there is nothing to be seen now.
        """
        market = with_largest_order(market, self._venue.mapping.symbols)
        if not self._venue.mapping.steps and not lacks_steps(market):
            return market  # as nearly all are
        mode, symbol = self._venue.client.precisionMode, market["symbol"]
        completed = with_steps(market, self._venue.mapping.steps_of(symbol), precision_mode=mode)
        if look and lacks_steps(completed):
            completed = with_steps(completed, await self._look(symbol), precision_mode=mode)
        return completed

    async def _look(self, symbol: str) -> Steps:
        known = self.shown.get(symbol)
        try:
            seen = shown_steps(await self._rows(symbol))
        except VenueError:
            if known is None:
                raise
            return known
        if seen is None and known is None:
            raise VenueError(
                f"market.precision of {symbol} is not stated by ccxt, and the venue shows fewer than {FEWEST_SHOWN} "
                "prices to take it from",
                outcome=Outcome.UNKNOWN,
                kind="NoSteps",
            )
        steps = known if seen is None and known is not None else finer(seen or Steps(), known)
        if steps != known:
            self._tell(
                f"ccxt states no steps of {symbol}. Taken from the digits that the venue shows: prices in steps of "
                f"{steps.price:f}, amounts in steps of {steps.amount:f} (a mapping of your own can state others)"
            )
        self.shown[symbol] = steps
        return steps

    async def _rows(self, symbol: str) -> list[Any]:
        book = await self._venue.call("fetch_order_book", symbol)
        rows = [*book["bids"], *book["asks"]]
        if self._venue.offers("fetchTrades"):
            with suppress(VenueError):  # the book alone will do
                trades = await self._venue.call("fetch_trades", symbol)
                rows += [(trade.get("price"), trade.get("amount")) for trade in trades]
        return rows
