"""Orders that were given up and are at the venue after all: no strategy follows them any more, so they are cancelled.

An order whose answer was lost is told as failed once the venue could not take it any more, as far as its settling time
says. A venue that is slower than that has an order with the user's money in it of which Hummingbot knows nothing.
"""

import asyncio
import time
from typing import TYPE_CHECKING

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.venue.orders import Orders
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

if TYPE_CHECKING:
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
    from hummingbot_ccxt.exchange.order_life import OrderLife

_LAST_LOOK_S = 60.0
"""How long after an order was given up the venue is asked for it once more, lest no stream told of it."""


class Strays:
    """Watches the orders that were given up. Only by client order id: one that is alike may be somebody else's."""

    def __init__(self, life: "OrderLife", connector: "CcxtExchange", orders: Orders) -> None:
        self._life = life
        self._connector = connector
        self._orders = orders
        self._unseen: dict[str, tuple[float, InFlightOrder]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._withdrawing: dict[str, asyncio.Task[None]] = {}

    def gave_up(self, order: InFlightOrder) -> None:
        """Watch an order from now on, which is told as failed because the venue does not know it."""
        self._connector.order_tracker.keep_given_up(order)
        self._unseen[order.client_order_id] = (time.monotonic(), order)
        self.start()

    def start(self) -> None:
        """Go on with the last look, if there is one to be had."""
        if self._unseen and self._orders.lists_open() and (self._looking is None or self._looking.done()):
            self._looking = asyncio.ensure_future(self._look_once_more())

    def stop(self) -> None:
        """Ask nothing until the next start."""
        for task in (self._looking, *self._withdrawing.values()):
            if task is not None:
                task.cancel()

    async def _look_once_more(self) -> None:
        while self._unseen:
            since, _ = next(iter(self._unseen.values()))
            await asyncio.sleep(max(0.0, since + _LAST_LOOK_S - time.monotonic()))
            due = [order for at, order in self._unseen.values() if at <= since + _LAST_LOOK_S / 2]
            try:
                for pair in {order.trading_pair for order in due}:
                    await self._look_for([order for order in due if order.trading_pair == pair], pair)
            except VenueError:
                await asyncio.sleep(constants.LONGEST_LOOK_S)  # and again, for those that are left

    async def _look_for(self, orders: list[InFlightOrder], pair: str) -> None:
        """Take those that are open; ask for each of the others: what came late may be filled. Raises VenueError."""
        symbol = await self._connector.exchange_symbol_associated_to_pair(pair)
        listed = {each.get("clientOrderId"): str(each["id"]) for each in await self._orders.open_orders(symbol)}
        others = []
        for order in orders:
            exchange_order_id = listed.get(order.client_order_id)
            if exchange_order_id is not None:
                self.turned_up(order, exchange_order_id)
            elif order.exchange_order_id is None:
                others.append(order)
                continue
            self._unseen.pop(order.client_order_id, None)
        # At the same moment, so that they share the lists that they are looked for in (kraken).
        asked = await asyncio.gather(*(self._ask_for(order, symbol) for order in others), return_exceptions=True)
        for failed in filter(None, asked):
            raise failed

    async def _ask_for(self, order: InFlightOrder, symbol: str) -> None:
        try:
            found = await self._orders.find(self._life.key(order, symbol))
        except VenueError as err:
            if err.outcome is not Outcome.GONE:
                raise
            found = {}
        self._unseen.pop(order.client_order_id, None)
        if found.get("clientOrderId") == order.client_order_id:
            self.turned_up(order, str(found["id"]), is_open=found.get("status") == "open")

    def turned_up(self, order: InFlightOrder, exchange_order_id: str, *, is_open: bool = True) -> None:
        """Cancel an order that was given up and is at the venue, without waiting here; its fills are booked."""
        if order.client_order_id in self._withdrawing:
            return
        self._life.remember(exchange_order_id)
        task = asyncio.ensure_future(self._withdraw(order, exchange_order_id, is_open))
        self._withdrawing[order.client_order_id] = task
        task.add_done_callback(lambda _: self._withdrawing.pop(order.client_order_id, None))

    async def _withdraw(self, order: InFlightOrder, exchange_order_id: str, is_open: bool) -> None:
        what = f"{self._connector.name}: order {order.client_order_id} ({order.trading_pair})"
        told = "is open at the venue after all; cancelling it" if is_open else "had been taken by the venue after all"
        self._connector.logger().error(f"{what} was told as failed, and {told}.")
        if order.exchange_order_id is None:
            order.update_exchange_order_id(exchange_order_id)
        key = self._life.key(order, await self._connector.exchange_symbol_associated_to_pair(order.trading_pair))
        delay = constants.FIRST_LOOK_S
        while is_open:
            try:
                await self._orders.cancel(key)
                break
            except VenueError as err:
                if err.outcome is Outcome.REFUSED:
                    self._connector.logger().error(f"{what} could not be cancelled ({err}): cancel it at the venue.")
                    break
                if err.outcome is Outcome.GONE:
                    break
            await asyncio.sleep(delay)
            delay = min(delay * 2, constants.LONGEST_LOOK_S)
        while not await self._life.fills.fetch(order):
            await asyncio.sleep(delay)
            delay = min(delay * 2, constants.LONGEST_LOOK_S)
