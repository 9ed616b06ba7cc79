"""Asking the venue what became of orders: those without an answer, those whose cancellation it took or denied."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.memory import keep
from hummingbot_ccxt.translate.orders import order_update
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.orders import NotListed, Orders
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError
from hummingbot_ccxt.venue.venue import Venue

if TYPE_CHECKING:
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
    from hummingbot_ccxt.exchange.order_life import OrderLife

_WORTH_A_LIST = 3
"""So many orders are looked for by lists, where the mapping says so; fewer one by one."""
_CANCEL_LOOKS_S = (2.0, 4.0, 8.0)
_FOUND_AGAIN_AFTER_CANCEL_S = 0.2
_MOMENTS = 4
"""Of the first delay: how far apart the moments are at which the looks come that settle orders by lists."""
_JUST_AFTER_S = 0.01
_DENIALS_COUNTED_S = 2.0
"""At most so long between two denials of a settled order, of which Hummingbot wants to hear several."""


class OrderLookups:
    """The requests that are under way, at most one for each order; `OrderLife` applies what they find."""

    def __init__(self, life: "OrderLife", connector: "CcxtExchange", venue: Venue, orders: Orders) -> None:
        self._life = life
        self._connector = connector
        self._venue = venue
        self._orders = orders
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._denied: dict[str, None] = {}
        self._missed: dict[str, float] = {}
        """When an order was first found on no list, by client order id."""
        self.stopped = False
        """Between a stop and a start of the network, when nothing may be asked."""

    def look_for(self, order: InFlightOrder, *, after_s: float = 0.0) -> None:
        """Ask the venue, until it answers or the connector stops, what became of an order, without waiting here."""
        self._look(order, lambda: self._look_for(order, after_s))

    def is_looking_for(self, order: InFlightOrder) -> bool:
        """Tell whether the venue is being asked for an order."""
        return order.client_order_id in self._looking

    def _look(self, order: InFlightOrder, look: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self.stopped or order.client_order_id in self._looking:
            return
        task = asyncio.ensure_future(self._looking_at(order, look))
        self._looking[order.client_order_id] = task
        task.add_done_callback(lambda _: self._forget(order, task))

    async def _looking_at(self, order: InFlightOrder, look: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await look()
        finally:  # at once, not a turn later: whoever wants a look meanwhile would get none
            self._forget(order, asyncio.current_task())

    def _forget(self, order: InFlightOrder, task: "asyncio.Task[None] | None") -> None:
        if self._looking.get(order.client_order_id) is task:
            del self._looking[order.client_order_id]

    def end(self, order: InFlightOrder) -> None:
        """What became of an order is known: a request for it that waits for the rate budget would delay others."""
        looking = self._looking.get(order.client_order_id)
        if looking is not None and looking is not asyncio.current_task():
            looking.cancel()

    async def _found_at_venue(self, order: InFlightOrder) -> dict[str, Any]:
        symbol = await self._connector.exchange_symbol_associated_to_pair(order.trading_pair)
        key = self._life.key(order, symbol)
        # One whose exchange order id is not known is looked for on lists anyway, on more pages of them.
        is_named = order.exchange_order_id is not None
        if is_named and self._venue.mapping.lists_first and len(self._looking) >= _WORTH_A_LIST:
            found = await self._orders.on_lists(key, priority=Priority.LOOKUP)
            if found is not None:
                return found
        return await self._orders.find(key, priority=Priority.LOOKUP)

    async def _look_for(self, order: InFlightOrder, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self._connector.until_placed(order)  # a request that waits, for the end of a ban, has yet to leave
        settle_s = self._venue.mapping.settle_s or constants.ORDER_SETTLE_S
        settled_at = time.monotonic() + settle_s
        delay = constants.FIRST_LOOK_S
        while order.client_order_id in self._connector.order_tracker.all_updatable_orders:
            # An answer says what the venue knew when it was asked; an order may have come to it before the answer came.
            is_settled = time.monotonic() > settled_at
            age_s = self._connector.now() - order.creation_timestamp
            try:
                found = await self._found_at_venue(order)
            except NotListed as err:
                if age_s >= settle_s and await self.take_absence(order, err):
                    return
            except VenueError as err:
                if err.outcome is Outcome.GONE:
                    if is_settled or age_s > settle_s:
                        await self._denied_by_the_venue(order)
                    if is_settled:
                        if self._is_gone(order):
                            return
                        delay = min(delay, _DENIALS_COUNTED_S)
            except Exception as err:
                self._failed(order, err)
            else:
                if order.is_pending_create:
                    self._connector.logger().info(
                        f"{self._connector.name}: order {order.client_order_id} was taken after all."
                    )
                self._life.apply_order(order, found)
                self._life.retry_unmatched()
                return
            await asyncio.sleep(self._pause(delay, settled_at))
            delay = min(delay * 2, constants.LONGEST_LOOK_S)

    def _pause(self, delay: float, settled_at: float) -> float:
        """How long to wait for the next look: `delay`, or until the look that settles it, whichever is sooner.

        Where lists are asked for, all orders' looks come at the same moments, so that they share them.
        """
        now = time.monotonic()
        until_settled = settled_at - now
        is_last = 0 < until_settled < delay
        if self._venue.mapping.lists_first:
            step = _MOMENTS * constants.FIRST_LOOK_S if is_last else delay
            earliest = until_settled if is_last else 0.0
            return earliest + step - (now + earliest) % step
        return until_settled + _JUST_AFTER_S if is_last else delay

    async def _denied_by_the_venue(self, order: InFlightOrder) -> None:
        """Count it as the denial in a status poll is, which is left out meanwhile, of an order that was once taken."""
        if not order.is_pending_create:
            await self._connector.order_tracker.process_order_not_found(order.client_order_id)

    async def take_absence(self, order: InFlightOrder, absence: NotListed) -> bool:
        """Conclude what became of an order that the venue took and lists nowhere; tell whether that was possible.

        Its trades say whether it was filled; otherwise it was cancelled, if it is not open, or if the venue accepted
        its cancellation, or said that there is nothing to cancel. A venue may list a new order late: within its
        settling time nothing is concluded. It may list trades late, too: that there is none is believed some seconds
        after the order was missed for the first time.
        """
        settle_s = self._venue.mapping.settle_s or constants.ORDER_SETTLE_S
        is_settled = self._connector.now() - order.creation_timestamp >= settle_s
        if not is_settled or not await self._life.fills.fetch(order, filled=order.amount):
            return False
        filled = order.executed_amount_base >= order.amount
        ended = order.is_pending_cancel_confirmation or order.client_order_id in self._denied
        if not (filled or absence.lists_open or ended):
            return False
        missed_at = self._missed.setdefault(order.client_order_id, time.monotonic())
        if not filled and time.monotonic() - missed_at < constants.TRADES_DELAY_S:
            self.look_for(order, after_s=constants.TRADES_DELAY_S)
            return False
        self._missed.pop(order.client_order_id, None)
        status = "closed" if filled else "canceled"
        self._life.apply_order(order, {"id": order.exchange_order_id, "status": status, "info": {}})
        return True

    def _is_gone(self, order: InFlightOrder) -> bool:
        """The venue answered, late enough, that it never got the order. One that it once had is not ours to end.

        Such a one is asked for until Hummingbot has counted enough denials: left half counted, it stayed open until
        polls had denied it as often, which are two minutes apart where orders are streamed.
        """
        if not order.is_pending_create:
            return order.client_order_id not in self._connector.order_tracker.active_orders
        self._connector.logger().warning(
            f"{self._connector.name}: order {order.client_order_id} ({order.trading_pair}) never reached the venue."
        )
        self._life.strays.gave_up(order)
        self._connector.order_tracker.process_order_update(
            OrderUpdate(
                trading_pair=order.trading_pair,
                update_timestamp=self._connector.now(),
                new_state=OrderState.FAILED,
                client_order_id=order.client_order_id,
                misc_updates={"error_message": "the venue does not know the order", "error_type": "OrderNotFound"},
            )
        )
        return True

    def confirm_cancel(self, order: InFlightOrder) -> None:
        """The venue took a cancellation without saying how it ended: find out, without waiting here."""
        self._look(order, lambda: self._confirm_cancel(order))

    async def _confirm_cancel(self, order: InFlightOrder) -> None:
        """Ask until the order has ended, or is found to be open after the venue had its time; in an outage for longer.

        A poll's "open" is not believed meanwhile.
        """
        for number, delay in enumerate(chain(_CANCEL_LOOKS_S, repeat(constants.LONGEST_LOOK_S)), start=1):
            await asyncio.sleep(delay)
            if not order.is_pending_cancel_confirmation or self._life.has_ended(order):
                return
            is_last = number >= len(_CANCEL_LOOKS_S)
            try:
                found = await self._found_at_venue(order)
                self._life.apply_order(order, found)
            except NotListed as err:
                await self.take_absence(order, err)
            except VenueError as err:
                if is_last and err.outcome is Outcome.GONE:
                    return  # polls count such denials
            except Exception as err:
                self._failed(order, err)
            else:
                if is_last:
                    self._reopen(order, found)
                    return

    def _reopen(self, order: InFlightOrder, found: dict[str, Any]) -> None:
        """Take it as open if it still is so: the cancellation came to nothing, and may be tried again."""
        if order.is_pending_cancel_confirmation and not self._life.is_finding_out_fills(order):
            self._connector.logger().warning(
                f"{self._connector.name}: order {order.client_order_id} is open, although its cancellation was taken."
            )
            update = order_update(found, order, state=OrderState.OPEN, now=self._connector.now())
            self._connector.order_tracker.process_order_update(update)

    def _failed(self, order: InFlightOrder, err: Exception) -> None:
        self._connector.logger().warning(
            f"{self._connector.name}: looking for order {order.client_order_id} failed: "
            f"{self._venue.secrets.hide(err)[:200]}"
        )

    def ask_for_late_fills(self, order: InFlightOrder) -> None:
        """Ask for the trades of an order that ended, without the venue saying how much of it was filled.

        A venue may list trades late; those that come after the end are booked none the less.
        """
        if self._orders.can_fetch_trades():
            self._look(order, lambda: self._ask_for_late_fills(order))

    async def _ask_for_late_fills(self, order: InFlightOrder) -> None:
        for delay in chain((constants.TRADES_DELAY_S,), repeat(constants.LONGEST_LOOK_S)):
            await asyncio.sleep(delay)
            if order.executed_amount_base >= order.amount or await self._life.fills.fetch(order):
                return

    def look_again_after_cancel(self, order: InFlightOrder) -> None:
        """The venue said that it does not know an order we wanted to cancel: find out what it is instead."""
        keep(self._denied, order.client_order_id)
        self.look_for(order, after_s=_FOUND_AGAIN_AFTER_CANCEL_S)

    def start(self) -> None:
        """Allow look-ups again, and look for every order whose creation was never answered.

        Hummingbot stops and starts a connector whenever its network check fails, as in a venue's maintenance. Polls
        alone would ask for these orders one by one, each time from the beginning.
        """
        self.stopped = False
        for order in self._connector.order_tracker.active_orders.values():
            if order.is_pending_create and order.exchange_order_id is None:
                self.look_for(order)

    def stop(self) -> None:
        """End every look-up, and begin none: it would open new connections. The polls after a start ask anew."""
        self.stopped = True
        for task in self._looking.values():
            task.cancel()
