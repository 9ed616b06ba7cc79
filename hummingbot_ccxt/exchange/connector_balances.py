"""The part of `CcxtExchange` that fetches soon what streams lack: balances, and what a gap swallowed.

Balances come of streams, of polls, and of requests for what they lack.
"""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.balance_keeper import BalanceKeeper
from hummingbot_ccxt.exchange.connector_orders import CcxtTrading
from hummingbot_ccxt.exchange.fetched_soon import FetchedSoon
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError, is_refused_credentials
from hummingbot_ccxt.venue.shared_answers import SharedAnswers

_REFUSED_RETRY_S = 60.0
_FIRST_BALANCES_S, _LATER_BALANCES_S = 0.5, 15.0
"""Between requests for balances while none was answered."""


class CcxtBalances(CcxtTrading):
    """Balances of one account. `CcxtExchange` builds what is declared here."""

    _balances: BalanceKeeper

    def __init__(self, *arguments: Any) -> None:
        """`arguments` are those of Hummingbot's base class."""
        self._balances_soon = FetchedSoon(self._fetch_balances, constants.BALANCES_GATHER_S)
        self._missed_soon = FetchedSoon(self._fetch_what_was_missed, constants.BALANCES_GATHER_S)
        self._second_look = FetchedSoon(self._look_again)
        self._looks_again: asyncio.TimerHandle | None = None
        self._balance_answers = SharedAnswers()
        self._balances_told = self._asking_for_balances = False
        self._balances_missed = False
        """Whether streams may have failed to tell of balances since they were last asked for."""
        self._first_balances: asyncio.Task[None] | None = None
        self._next_balances = 0.0
        """When balances may be asked for again, after the credentials were refused; 0 when they were not."""
        self._refused_because = ""
        super().__init__(*arguments)

    def credentials_refused(self, reason: str) -> None:
        """Tell the user, once until they are accepted, that the credentials are not; ask for balances less often."""
        if self._next_balances == 0.0:
            self.logger().error(
                f"{self.name} refused the credentials ({reason}); check the API key and its rights. "
                "Trying again every minute."
            )
        self._refused_because = reason
        self._next_balances = time.monotonic() + _REFUSED_RETRY_S

    async def _update_all_balances(self) -> None:
        if time.monotonic() < self._next_balances:
            return
        await super()._update_all_balances()
        if not self._balances_told and (self._first_balances is None or self._first_balances.done()):
            self._first_balances = asyncio.ensure_future(self._fetch_first_balances())

    async def _fetch_first_balances(self) -> None:
        """Ask again soon: without them the connector is not ready, and the next poll may be two minutes away."""
        delay = _FIRST_BALANCES_S
        while not self._balances_told:
            await self._sleep(delay)
            delay = min(delay * 2, _LATER_BALANCES_S)
            await self._update_all_balances()

    async def _update_balances(self) -> None:
        # One request for all who ask before it leaves: where the venue allows few, those of streams and polls queue up.
        known = self._next_balances
        await self._balance_answers.get("balances", lambda: self._ask_for_balances(known))

    async def _ask_for_balances(self, known: float) -> None:
        if self._next_balances > known:  # refused while this one waited
            raise VenueError(self._refused_because, outcome=Outcome.REFUSED, kind="AuthenticationError")
        with self._balances.fetching() as fetch:
            self._asking_for_balances = True
            try:
                # The connector is not ready without the first: it must not wait behind polls, nor for their reserve.
                is_urgent = self._balances_missed or not self._account_balances
                priority = Priority.LOOKUP if is_urgent else Priority.POLL
                fetched = await self._venue.call("fetch_balance", priority=priority)
                self._balances_missed = False
            except VenueError as err:
                if is_refused_credentials(err):
                    self.credentials_refused(str(err))
                raise
            finally:
                self._asking_for_balances = False
            self._next_balances = 0.0
            for token, error in fetch.take(fetched).items():
                self.skipped(f"the balance of {token}", error)
            if not self._balances_told and self._balances.lacks_something:
                self._fetch_balances_soon()
            self._balances_told = True
            self._user_stream_tracker.data_source.note_answer()

    def _take_streamed_balance(self, balance: dict[str, Any]) -> None:
        unreadable, incomplete = self._balances.take_streamed(balance)
        for token, error in unreadable.items():
            self.skipped(f"the balance of {token}", error)
        # The first answer, where it is under way, may have it all.
        if incomplete and (self._balances_told or not self._asking_for_balances):
            self._fetch_balances_soon()

    def holds_changed(self) -> None:
        """Take note that an order came or went; where no stream tells what orders hold (kraken), it is asked for."""
        if not self._balances.holds_are_told:
            self._fetch_balances_soon()

    def _fetch_balances_soon(self) -> None:
        """Fetch them once for all messages that came meanwhile, and once more for those that came during the fetch."""
        self._balances_soon.want()

    async def _fetch_balances(self) -> bool:
        return await self._is_unanswered(self._update_all_balances())

    # --- after a gap in the user stream

    def _fetch_what_was_missed_soon(self) -> None:
        """Fetch fills, states and balances over REST; fills and states twice, for what was in flight."""
        self._missed_soon.want()
        self._balances_missed = True
        self._fetch_balances_soon()

    async def _fetch_what_was_missed(self) -> bool:
        unanswered = await self._look_again()
        if self._looks_again is not None:
            self._looks_again.cancel()  # once for all gaps since
        self._looks_again = asyncio.get_running_loop().call_later(constants.SECOND_LOOK_S, self._second_look.want)
        return unanswered

    async def _look_again(self) -> bool:
        with self._status_polls.ahead():
            return await self._is_unanswered(self._update_order_status())

    async def _is_unanswered(self, fetching: Coroutine[Any, Any, None]) -> bool:
        """Whether REST was away meanwhile, told some seconds later: Hummingbot's next poll may be two minutes away."""
        before = self._venue.unanswered
        await fetching
        if self._venue.unanswered == before:
            return False
        await self._sleep(constants.SECOND_LOOK_S)
        return True

    def _fetched_soon(self) -> "tuple[FetchedSoon | asyncio.TimerHandle | asyncio.Task[None] | None, ...]":
        """What is under way, to be cancelled."""
        return self._looks_again, self._missed_soon, self._second_look, self._balances_soon, self._first_balances
