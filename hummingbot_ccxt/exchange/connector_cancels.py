"""The part of `CcxtExchange` that cancels orders, one by one or several in one request."""

import asyncio
import time
from abc import abstractmethod
from collections.abc import Coroutine
from functools import cached_property
from typing import Any

from hummingbot.core.data_type.cancellation_result import CancellationResult
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate
from hummingbot.core.utils.async_utils import safe_wrapper

from hummingbot_ccxt.exchange.begun import begun
from hummingbot_ccxt.exchange.ccxt_order_tracker import CcxtOrderTracker
from hummingbot_ccxt.exchange.connector_markets import CcxtMarkets
from hummingbot_ccxt.exchange.order_life import OrderLife
from hummingbot_ccxt.translate.orders import order_state
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.orders import Orders
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

_CREATE_UNDER_WAY_S = 10.0
_BATCH_SAID_S = 0.5


class CcxtCancelling(CcxtMarkets):
    """Orders of one account, as far as cancelling them goes. `CcxtExchange` builds what is declared here."""

    _orders: Orders
    _life: OrderLife
    _placing: dict[str, asyncio.Event]
    _acting: set["asyncio.Task[Any]"]
    _order_tracker: CcxtOrderTracker

    @abstractmethod
    def now(self) -> float:
        """Return Hummingbot's clock in seconds."""

    def _begin(self, request: Coroutine[Any, Any, Any]) -> None:
        """Run it until its request has left, ahead of all that waits for the event loop, and the rest as a task."""
        task = begun(safe_wrapper(request))
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)

    async def until_placed(self, order: InFlightOrder) -> None:
        """Return when no request that creates this order is under way."""
        under_way = self._placing.get(order.client_order_id)
        if under_way is not None:
            await under_way.wait()

    async def _find(self, order: InFlightOrder, priority: Priority = Priority.POLL) -> dict[str, Any]:
        symbol = await self.exchange_symbol_associated_to_pair(order.trading_pair)
        return await self._orders.find(self._life.key(order, symbol), priority=priority)

    @cached_property
    def _cancelling(self) -> "dict[str, asyncio.Future[str | None]]":
        """The cancellations that are under way, by client order id."""
        return {}

    def cancel(self, trading_pair: str, client_order_id: str) -> str:
        """Begin to cancel an order; return its client order id."""
        self._begin(self._execute_cancel(trading_pair, client_order_id))
        return client_order_id

    async def _place_cancel(self, order_id: str, tracked_order: InFlightOrder) -> bool:
        await self._cancel_at_venue(tracked_order)
        return True

    async def _cancel_at_venue(self, order: InFlightOrder) -> dict[str, Any]:
        if order.exchange_order_id is None:
            async with asyncio.timeout(_CREATE_UNDER_WAY_S):
                await self.until_placed(order)
        symbol = await self.exchange_symbol_associated_to_pair(order.trading_pair)
        return await self._orders.cancel(self._life.key(order, symbol))

    async def _execute_order_cancel(self, order: InFlightOrder) -> str | None:
        """Cancel an order; the client order id if that worked. What is asked for twice is sent once at a time.

        Strategies ask again while they wait. When the venue was slow, their requests lined up in the rate budget for
        longer than any of them was wanted (storm on bybit, seed 703997-5).
        """
        under_way = self._cancelling.get(order.client_order_id)
        if under_way is not None:
            return await asyncio.shield(under_way)
        answer = self._cancelling[order.client_order_id] = asyncio.get_running_loop().create_future()
        cancelled = None
        try:
            cancelled = await self._cancel_once(order)
        finally:
            del self._cancelling[order.client_order_id]
            answer.set_result(cancelled)
        return cancelled

    async def _cancel_once(self, order: InFlightOrder) -> str | None:
        """Cancel an order. One that the venue does not know is looked up; without an answer, nothing is concluded."""
        try:
            cancelled = await self._execute_order_cancel_and_process_update(order=order)
            return order.client_order_id if cancelled else None
        except VenueError as err:
            if err.outcome is Outcome.GONE:
                self.logger().warning(f"Failed to cancel order {order.client_order_id} (order not found)")
                # Hummingbot gives up an order after four denials. To a cancellation a venue denies a filled order too:
                # it is counted once, and the venue's answers to questions about the order say the rest.
                if not self._life.is_finding_out(order) and not self._order_tracker.is_denied(order):
                    await self._order_tracker.process_order_not_found(order.client_order_id)
                self._life.lookups.look_again_after_cancel(order)
            elif err.outcome is Outcome.UNKNOWN:
                self.logger().warning(f"Failed to cancel order {order.client_order_id}: no answer ({err})")
                if not err.not_carried_out:  # a venue that wants fewer requests is not asked what became of one
                    self._life.lookups.look_for(order)
            else:
                self.logger().error(f"Failed to cancel order {order.client_order_id}: {err}")
        except TimeoutError:
            self.logger().warning(f"Failed to cancel order {order.client_order_id}: it is still being created")
        except Exception as err:
            self.logger().error(
                f"Failed to cancel order {order.client_order_id}: {type(err).__name__}: {self._venue.secrets.hide(err)}"
            )
        return None

    async def _execute_order_cancel_and_process_update(self, order: InFlightOrder) -> bool:
        answer = await self._cancel_at_venue(order)
        self._take_cancel_answer(order, answer)
        return True

    def _take_cancel_answer(self, order: InFlightOrder, answer: dict[str, Any]) -> None:
        try:
            state = order_state(answer, self._mapping)
        except BadVenueData:
            state = None
        if state in (OrderState.CANCELED, OrderState.FILLED):
            self._life.apply_order(order, answer)
            return
        if order.is_done or self._life.has_ended(order):
            return  # the stream was quicker than this answer
        # The venue took the request and does not say how it ended.
        if order.is_pending_create:  # its creation was never answered; Hummingbot must hear of it before of its end
            order_id = answer.get("id") or order.exchange_order_id  # Kraken answers with a count
            if not order_id:
                self._life.lookups.look_for(order)
                return
            self._life.announce(order, str(order_id))
        self._order_tracker.process_order_update(
            OrderUpdate(
                client_order_id=order.client_order_id,
                trading_pair=order.trading_pair,
                update_timestamp=self.now(),
                new_state=OrderState.PENDING_CANCEL,
            )
        )
        self._life.lookups.confirm_cancel(order)

    async def cancel_all(self, timeout_seconds: float) -> list[CancellationResult]:
        """Cancel every open order; several in one request where the venue can."""
        if not self._orders.can_cancel_several():
            return await super().cancel_all(timeout_seconds)
        open_orders = [o for o in self.in_flight_orders.values() if not o.is_done]
        cancelled: set[str] = set()
        try:
            async with asyncio.timeout(timeout_seconds):
                for pair in {o.trading_pair for o in open_orders}:
                    cancelled |= await self._cancel_pair([o for o in open_orders if o.trading_pair == pair])
        except TimeoutError:
            self.logger().warning(f"{self.name}: not every order was cancelled within {timeout_seconds:g} s.")
        results = [CancellationResult(o.client_order_id, o.client_order_id in cancelled) for o in open_orders]
        return sorted(results, key=lambda result: not result.success)

    async def _cancel_pair(self, orders: list[InFlightOrder]) -> set[str]:
        named = {o.exchange_order_id: o for o in orders if o.exchange_order_id}
        cancelled: set[str] = set()
        unsaid: list[InFlightOrder] = []
        if len(named) > 1:
            symbol = await self.exchange_symbol_associated_to_pair(orders[0].trading_pair)
            try:
                for answer in await self._orders.cancel_several(symbol, list(named)):
                    order = named.get(str(answer.get("id")))
                    if order is None or answer.get("status") in ("open", "rejected"):
                        continue
                    self._take_cancel_answer(order, answer)
                    if answer.get("status") is None:
                        unsaid.append(order)
                    else:
                        cancelled.add(order.client_order_id)
            except VenueError as err:
                self.logger().warning(f"{self.name}: cancelling {len(named)} orders at once failed ({err}).")
        ends = await self._ends_of(unsaid)
        cancelled |= {order_id for order_id, state in ends.items() if state is OrderState.CANCELED}
        rest = [o for o in orders if o.client_order_id not in cancelled | ends.keys()]
        done = await asyncio.gather(*(self._execute_order_cancel(o) for o in rest))
        return cancelled | {order_id for order_id in done if order_id is not None}

    async def _ends_of(self, orders: list[InFlightOrder]) -> dict[str, OrderState]:
        """How orders of an answered batch ended, as the stream tells or the venue when asked; open ones are left out.

        An answer that gives no status need not mean anything: Bybit lists every order, and those that could not be
        cancelled once more elsewhere, which ccxt drops (4.5.90, bybit.py cancel_orders: retExtInfo).
        """
        ends = time.monotonic() + _BATCH_SAID_S
        while not all(o.is_done for o in orders) and time.monotonic() < ends:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # Hummingbot has no event for it
        found = {o.client_order_id: o.current_state for o in orders if o.is_done}
        for order in orders:
            if order.client_order_id in found:
                continue
            try:
                answer = await self._find(order)
                state = order_state(answer, self._mapping)
                self._life.apply_order(order, answer)
            except (VenueError, BadVenueData):
                continue  # not known: it is cancelled by itself
            if state in (OrderState.CANCELED, OrderState.FILLED):
                found[order.client_order_id] = state
        return found

    def _is_order_not_found_during_cancelation_error(self, cancelation_exception: Exception) -> bool:
        return isinstance(cancelation_exception, VenueError) and cancelation_exception.outcome is Outcome.GONE
