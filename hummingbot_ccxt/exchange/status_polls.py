"""Asking from time to time what became of orders: by lists, where the mapping says so, and one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from hummingbot_ccxt.translate.orders import filled_amount
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.outcomes import VenueError
from hummingbot_ccxt.venue.shared_answers import SharedAnswers

if TYPE_CHECKING:
    from hummingbot_ccxt.exchange.connector_orders import CcxtTrading

_WORTH_A_LIST = 3
"""So many orders are asked for by lists, where the mapping says so; fewer one by one."""


class StatusPolls:
    """The polls of a connector's orders; at most one is under way."""

    def __init__(self, connector: "CcxtTrading") -> None:
        self._connector = connector
        self._polls = SharedAnswers()
        self._told: frozenset[str] = frozenset()
        """Orders for which the poll that is under way need not ask, by client order id."""
        self._lists_unanswered = False
        self._filled: dict[str, Decimal] = {}
        self.priority = Priority.POLL
        """With which orders, and their trades, are asked for."""

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Within, ahead of balances and books: a fill may have been missed, and Kraken allows few requests."""
        self.priority = Priority.LOOKUP
        try:
            yield
        finally:
            self.priority = Priority.POLL

    async def poll(self, ask_one_by_one: Callable[[], Awaitable[None]]) -> None:
        """Ask lists, then let the rest be asked (see `ask_each`); once for all who want it meanwhile.

        The usual poll and the one after a gap in the user stream would else ask for each order twice.
        """
        await self._polls.get("status", lambda: self._poll(ask_one_by_one))

    async def _poll(self, ask_one_by_one: Callable[[], Awaitable[None]]) -> None:
        await self._ask_lists()
        try:
            await ask_one_by_one()
        finally:
            self._told, self._lists_unanswered, self._filled = frozenset(), False, {}

    def is_needed(self, order: InFlightOrder) -> bool:
        """Tell whether an order needs a request of its own in the poll that is under way: no list told of it."""
        return order.client_order_id not in self._told

    def filled(self, order: InFlightOrder) -> Decimal | None:
        """How much of an order is filled, as far as a list told in the poll that is under way."""
        return self._filled.get(order.client_order_id)

    async def ask_each(self, orders: Iterable[InFlightOrder], ask: Callable[[InFlightOrder], Awaitable[None]]) -> None:
        """Ask for those orders that need it, one by one; not for those that ended since the poll began.

        Lists that one lost answer kept from telling are asked again, ever less often if they go on failing: on Kraken
        fifty orders, one by one, took two and a half minutes, in which nothing else was polled (storms).
        """
        asked, lists_again_after = 0, 1
        for order in orders:
            is_ended = order.client_order_id not in self._connector.order_tracker.all_updatable_orders
            if is_ended or self._connector.is_asked_for_anyway(order) or not self.is_needed(order):
                continue
            await ask(order)
            asked += 1
            if self._lists_unanswered and asked >= lists_again_after:
                lists_again_after += 2 * asked
                await self._ask_lists()

    async def _ask_lists(self) -> None:
        """Apply what lists tell of orders, and note which need no request of their own, which are most.

        Nor do those that are asked for with more urgency now: until a long poll comes to them, they are answered.
        """
        left = [order for order in self._connector.in_flight_orders.values() if self.is_needed(order)]
        urgent = {order.client_order_id for order in left if self._connector.is_asked_for_anyway(order)}
        waiting = [o for o in left if o.client_order_id not in urgent and o.exchange_order_id is not None]
        if not self._connector._mapping.lists_first or len(waiting) < _WORTH_A_LIST:
            return
        told = await asyncio.gather(*(self._is_told_by_lists(order) for order in waiting))
        self._told |= urgent | {o.client_order_id for o, is_told in zip(waiting, told, strict=True) if is_told}
        self._lists_unanswered = None in told

    async def _is_told_by_lists(self, order: InFlightOrder) -> bool | None:
        """Apply what lists tell of an order; tell whether that is all there is to know, None without their answer."""
        life = self._connector._life
        try:
            symbol = await self._connector.exchange_symbol_associated_to_pair(order.trading_pair)
            found = await self._connector._orders.on_lists(life.key(order, symbol), priority=self.priority)
            if found is None:
                return False
            life.apply_order(order, found)
            filled = filled_amount(found)
        except VenueError:
            return None
        except (BadVenueData, KeyError):  # KeyError: a pair that the venue does not have
            return False  # asked for by itself, with whatever is to be said about a failure
        if filled is not None:
            self._filled[order.client_order_id] = filled
        return found.get("status") != "open" or (filled is not None and filled <= order.executed_amount_base)
