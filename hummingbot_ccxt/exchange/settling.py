"""A state of an order is believed only when the fills that belong to it are booked."""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hummingbot.core.data_type.common import OrderType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.begun import begun
from hummingbot_ccxt.exchange.order_fills import OrderFills
from hummingbot_ccxt.venue.orders import Orders
from hummingbot_ccxt.venue.venue import Venue

if TYPE_CHECKING:
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange

FINAL = frozenset({OrderState.FILLED, OrderState.CANCELED, OrderState.FAILED})

_STREAM_GRACE_S = 1.0


@dataclass(frozen=True, slots=True)
class Awaited:
    """A state that waits for its fills: ccxt's order, the update it makes, its cumulative filled amount."""

    data: dict[str, Any]
    update: OrderUpdate
    filled: Decimal | None


class Settling:
    """The states that wait for their fills, the newest of each order, a final one rather than others.

    `let_through` takes each of them when its fills are booked.
    """

    def __init__(
        self,
        connector: "CcxtExchange",
        venue: Venue,
        orders: Orders,
        fills: OrderFills,
        let_through: Callable[[InFlightOrder, Awaited], None],
    ) -> None:
        self._connector = connector
        self._venue = venue
        self._orders = orders
        self._fills = fills
        self._let_through = let_through
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._awaited: dict[str, Awaited] = {}

    def adds_up(self, order: InFlightOrder, state: OrderState, filled: Decimal | None) -> bool:
        """Tell whether the fills that belong to a final state are booked; `filled` in all, as far as the venue says."""
        booked = order.executed_amount_base
        if self._fills.are_derived(order) or order.completely_filled_event.is_set():
            return True
        if state is OrderState.FILLED:
            return booked >= (filled or order.amount)
        if filled is None or (filled == booked == 0 and not self._venue.mapping.trusts_terminal_filled):
            return False
        return booked >= filled

    def is_under_way(self, order: InFlightOrder) -> bool:
        """Tell whether the fills of an order are waited for."""
        return order.client_order_id in self._awaited

    def settle(self, order: InFlightOrder, awaited: Awaited) -> None:
        """Let a state through once its fills are booked, without waiting here."""
        known = self._awaited.get(order.client_order_id)
        if known is None or known.update.new_state not in FINAL:
            self._awaited[order.client_order_id] = awaited
        if order.client_order_id not in self._tasks:
            task = begun(self._settle_all(order))
            if not task.done():
                self._tasks[order.client_order_id] = task

    def stop(self) -> None:
        """End all waiting; polls ask anew after a start."""
        for task in self._tasks.values():
            task.cancel()

    async def _settle_all(self, order: InFlightOrder) -> None:
        try:
            await self._settle(order)
        finally:  # at once: what comes in the turn after the last look would find it at work, and be left lying
            self._tasks.pop(order.client_order_id, None)

    async def _settle(self, order: InFlightOrder) -> None:
        """Wait for the fills that a state needs, fetch them, then let the state through; and so on while news come."""
        if self._venue.streams_kind("fills"):
            await self._until_filled(order, _STREAM_GRACE_S)
        lacking_since, delay = math.inf, constants.FIRST_LOOK_S
        while (awaited := self._awaited.get(order.client_order_id)) is not None:
            state, filled = awaited.update.new_state, awaited.filled
            if order.exchange_order_id is None and awaited.update.exchange_order_id:
                order.update_exchange_order_id(awaited.update.exchange_order_id)
            done = self.adds_up(order, state, filled)
            if not done:
                booked = order.executed_amount_base
                needed = self._needed(order, state, filled)
                answered = await self._fills.fetch(order, filled=needed)
                done = answered and (needed is None or order.executed_amount_base >= needed)
                if answered:  # in an outage nothing is concluded: the trades, and their fees, are there afterwards
                    lacking_since = min(lacking_since, time.monotonic())
                if order.executed_amount_base > booked:  # they come, if late
                    lacking_since, delay = math.inf, constants.FIRST_LOOK_S
            if not done and time.monotonic() - lacking_since > self._late_s:
                self._connector.logger().error(
                    f"{self._connector.name}: the trades of order {order.client_order_id} ({order.trading_pair}) do "
                    f"not add up to its filled amount {needed}; the rest is booked from its cumulative figures."
                )
                self._fills.derive_from_now_on(order, awaited.data)
                done = True
            if done and self._awaited.get(order.client_order_id) is awaited:
                del self._awaited[order.client_order_id]
                self._let_through(order, awaited)
            elif not done:
                await asyncio.sleep(delay)
                delay = min(delay * 2, constants.LONGEST_LOOK_S)

    @property
    def _late_s(self) -> float:
        """How long an order's trades are waited for; not long where nothing but the stream could bring them."""
        return constants.FILLS_LATE_S if self._orders.can_fetch_trades() else constants.FILLS_LOST_S

    def _needed(self, order: InFlightOrder, state: OrderState, filled: Decimal | None) -> Decimal | None:
        """How much must be booked for a state to be believed; None if the venue does not say, nor the state.

        A market buy that is sized by its cost may end below the amount that was asked for.
        """
        if filled or state is not OrderState.FILLED:
            return filled
        by_cost = order.order_type is OrderType.MARKET and self._orders.market_buy_needs_price()
        return None if by_cost and order.executed_amount_base else order.amount

    async def _until_filled(self, order: InFlightOrder, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await order.wait_until_completely_filled()
        except TimeoutError:
            pass
