"""The part of `CcxtExchange` that trades: it places, cancels and polls orders."""

import asyncio
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from hummingbot.connector.constants import s_decimal_NaN
from hummingbot.core.data_type.cancellation_result import CancellationResult
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate, TradeUpdate
from hummingbot.core.utils.async_utils import safe_wrapper

from hummingbot_ccxt.exchange.begun import begun
from hummingbot_ccxt.exchange.ccxt_order_tracker import CcxtOrderTracker
from hummingbot_ccxt.exchange.client_order_ids import new_client_order_id
from hummingbot_ccxt.exchange.connector_markets import CcxtMarkets
from hummingbot_ccxt.exchange.order_life import OrderLife
from hummingbot_ccxt.exchange.status_polls import StatusPolls
from hummingbot_ccxt.translate.orders import order_state, order_update
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.orders import NotListed, OrderKind, Orders, OrderToPlace
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

_CREATE_UNDER_WAY_S = 10.0
_BATCH_SAID_S = 0.5
_KINDS: Mapping[OrderType, OrderKind] = {
    OrderType.LIMIT: "limit",
    OrderType.LIMIT_MAKER: "limit_maker",
    OrderType.MARKET: "market",
}


class CcxtTrading(CcxtMarkets):
    """Orders of one account, in Hummingbot's terms. `CcxtExchange` builds what is declared here."""

    poll_interval_s: float
    _orders: Orders
    _life: OrderLife
    _placing: dict[str, asyncio.Event]
    _acting: set["asyncio.Task[Any]"]
    _order_tracker: CcxtOrderTracker

    @abstractmethod
    def now(self) -> float:
        """Return Hummingbot's clock in seconds."""

    def _create_order_tracker(self) -> CcxtOrderTracker:
        return CcxtOrderTracker(connector=self)

    # --- placing

    def buy(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = s_decimal_NaN,
        **kwargs: Any,
    ) -> str:
        """Begin to place a buy order; return its client order id. Amount in base, price in quote per base."""
        return self._begin_order(TradeType.BUY, trading_pair, amount, order_type, price, **kwargs)

    def sell(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = s_decimal_NaN,
        **kwargs: Any,
    ) -> str:
        """Begin to place a sell order; return its client order id. Amount in base, price in quote per base."""
        return self._begin_order(TradeType.SELL, trading_pair, amount, order_type, price, **kwargs)

    def _begin_order(
        self,
        trade_type: TradeType,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType,
        price: Decimal,
        **kwargs: Any,
    ) -> str:
        order_id = new_client_order_id(
            is_buy=trade_type is TradeType.BUY,
            trading_pair=trading_pair,
            prefix=self.client_order_id_prefix,
            max_length=self.client_order_id_max_length,
            pattern=self._mapping.client_order_id.pattern,
        )
        creating = self._create_order(
            trade_type=trade_type,
            order_id=order_id,
            trading_pair=trading_pair,
            amount=amount,
            order_type=order_type,
            price=price,
            **kwargs,
        )
        self._begin(creating)
        return order_id

    def _begin(self, request: Coroutine[Any, Any, Any]) -> None:
        """Run it until its request has left, ahead of all that waits for the event loop, and the rest as a task."""
        task = begun(safe_wrapper(request))
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)

    async def _create_order(
        self,
        trade_type: TradeType,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType,
        price: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        try:
            await super()._create_order(trade_type, order_id, trading_pair, amount, order_type, price, **kwargs)
        except Exception as error:  # no rules, or no book, of this pair: Hummingbot's base class ends without an event
            if order_id not in self.in_flight_orders:
                self.start_tracking_order(order_id, None, trading_pair, trade_type, price, amount, order_type)
            self._update_order_after_failure(order_id, trading_pair, error)

    async def _place_order(
        self,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        trade_type: TradeType,
        order_type: OrderType,
        price: Decimal,
        **kwargs: Any,
    ) -> tuple[str, float]:
        answer = await self._send_order(order_id, trading_pair, amount, trade_type, order_type, price)
        return str(answer["id"]), self.now()

    async def _send_order(
        self,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        trade_type: TradeType,
        order_type: OrderType,
        price: Decimal | None,
    ) -> dict[str, Any]:
        symbol = await self.exchange_symbol_associated_to_pair(trading_pair)
        if order_type is OrderType.MARKET and (price is None or price.is_nan()):
            price = None
            if trade_type is TradeType.BUY and self._orders.market_buy_needs_price():
                price = Decimal(str(self.get_vwap_for_volume(trading_pair, True, amount).result_price))
                if price.is_nan():
                    raise VenueError(
                        f"the venue sizes market buys by their cost, and the book of {trading_pair} does not offer "
                        f"{amount:f}; remedy: a smaller amount, or a price to work out the cost with",
                        outcome=Outcome.REFUSED,
                        kind="NotEnoughOffered",
                    )
        answer = await self._orders.place(
            OrderToPlace(
                symbol=symbol,
                kind=_KINDS[order_type],
                side="buy" if trade_type is TradeType.BUY else "sell",
                amount=amount,
                price=price,
                client_order_id=order_id,
            )
        )
        if not isinstance(answer, dict) or answer.get("id") in (None, ""):
            raise VenueError("create_order: the answer names no order", outcome=Outcome.UNKNOWN, kind="BadResponse")
        return answer

    async def _place_order_and_process_update(self, order: InFlightOrder, **kwargs: Any) -> str:
        """Place an order. Without an answer it stays tracked, and the venue is asked until it tells (decision 4)."""
        done = self._placing[order.client_order_id] = asyncio.Event()
        try:
            answer = await self._send_order(
                order.client_order_id, order.trading_pair, order.amount, order.trade_type, order.order_type, order.price
            )
        except VenueError as err:
            if err.outcome is Outcome.REFUSED or err.not_carried_out:
                raise
            self.logger().warning(
                f"{self.name}: no answer to {order.order_type.name} {order.trade_type.name} order "
                f"{order.client_order_id} ({order.trading_pair}): {err}. It may be live; asking the venue."
            )
            self._life.lookups.look_for(order)
            return ""
        finally:
            del self._placing[order.client_order_id]
            done.set()
        exchange_order_id = str(answer["id"])
        self._life.remember(exchange_order_id)
        if order.is_pending_create:
            self._order_tracker.process_order_update(
                OrderUpdate(
                    client_order_id=order.client_order_id,
                    exchange_order_id=exchange_order_id,
                    trading_pair=order.trading_pair,
                    update_timestamp=self.now(),
                    new_state=OrderState.OPEN,
                )
            )
            await asyncio.sleep(0)
        elif order.exchange_order_id is None:
            order.update_exchange_order_id(exchange_order_id)
        self._life.retry_unmatched()
        if not self._venue.streams_kind("orders"):
            self._life.lookups.look_for(order, after_s=0.5)
        return exchange_order_id

    async def until_placed(self, order: InFlightOrder) -> None:
        """Return when no request that creates this order is under way."""
        under_way = self._placing.get(order.client_order_id)
        if under_way is not None:
            await under_way.wait()

    def _on_order_failure(
        self,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        trade_type: TradeType,
        order_type: OrderType,
        price: Decimal | None,
        exception: Exception,
        **kwargs: Any,
    ) -> None:
        """As the base class does, but telling the user the venue's reason instead of suspecting key and network."""
        self.logger().network(
            f"Error submitting {trade_type.name.lower()} {order_type.name.upper()} order to {self.name_cap} for "
            f"{amount} {trading_pair} {price}.",
            exc_info=None if isinstance(exception, VenueError) else exception,
            app_warning_msg=f"{trade_type.name} {order_type.name} order {order_id} ({trading_pair}) was not placed: "
            f"{self._venue.secrets.hide(exception)}",
        )
        self._update_order_after_failure(order_id=order_id, trading_pair=trading_pair, exception=exception)

    # --- cancelling

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

    # --- status polls

    def _get_poll_interval(self, timestamp: float) -> float:
        streamed = self._user_stream_tracker.data_source.streamed_kinds()
        if not {"orders", "balance"} <= set(streamed):
            return self.poll_interval_s
        return float(super()._get_poll_interval(timestamp))

    async def _request_order_status(self, tracked_order: InFlightOrder) -> OrderUpdate:
        found = await self._find(tracked_order)
        state = order_state(found, self._mapping) or tracked_order.current_state
        return order_update(found, tracked_order, state=state, now=self.now())

    async def _find(self, order: InFlightOrder) -> dict[str, Any]:
        symbol = await self.exchange_symbol_associated_to_pair(order.trading_pair)
        return await self._orders.find(self._life.key(order, symbol))

    async def _update_order_status(self) -> None:
        """As the base class does; but lists tell of most orders, where the mapping says so."""
        await self._status_polls.poll(super()._update_order_status)

    @cached_property
    def _status_polls(self) -> StatusPolls:
        return StatusPolls(self)

    def is_asked_for_anyway(self, order: InFlightOrder) -> bool:
        """Tell whether an order is asked for with more urgency than by a poll; or it was not sent yet."""
        return self._life.lookups.is_looking_for(order) or order.client_order_id in self._placing

    async def _update_orders_with_error_handler(
        self, orders: list[InFlightOrder], error_handler: Callable[[InFlightOrder, Exception], Awaitable[None]]
    ) -> None:
        async def ask(order: InFlightOrder) -> None:
            try:
                self._life.apply_order(order, await self._find(order))
            except Exception as err:
                await error_handler(order, err)

        await self._status_polls.ask_each(orders, ask)

    async def _handle_update_error_for_active_order(self, order: InFlightOrder, error: Exception) -> None:
        """Count an order as not found only when the venue said so: an outage must never lose one."""
        if isinstance(error, NotListed):
            await self._life.lookups.take_absence(order, error)
            return
        self.logger().warning(f"Error fetching status update for the active order {order.client_order_id}: {error}.")
        if not self._is_order_not_found_during_status_update_error(error):
            return
        unanswered = order.is_pending_create and order.exchange_order_id is None
        if unanswered or order.client_order_id in self._placing:
            self._life.lookups.look_for(order)  # it may not have arrived yet: the look-up knows how long to wait
            return
        await self._order_tracker.process_order_not_found(order.client_order_id)

    def _is_request_exception_related_to_time_synchronizer(self, request_exception: Exception) -> bool:
        return isinstance(request_exception, VenueError) and request_exception.clock_skew

    def _is_order_not_found_during_status_update_error(self, status_update_exception: Exception) -> bool:
        return isinstance(status_update_exception, VenueError) and status_update_exception.outcome is Outcome.GONE

    def _is_order_not_found_during_cancelation_error(self, cancelation_exception: Exception) -> bool:
        return isinstance(cancelation_exception, VenueError) and cancelation_exception.outcome is Outcome.GONE

    async def _update_orders_fills(self, orders: list[InFlightOrder]) -> None:
        # Hummingbot asks again for the trades of finished orders, for half a minute; those can have no more.
        unfinished = [o for o in orders if o.executed_amount_base < o.amount and not o.is_cancelled]
        asked = [o for o in unfinished if self._status_polls.is_needed(o)]
        # Where the answer is the same for all, they ask for it at once; one after another, each would make a request.
        groups = [[o] for o in asked] if self._orders.shares_trades() else [asked]
        await asyncio.gather(*(super(CcxtTrading, self)._update_orders_fills(group) for group in groups))

    async def trade_updates(
        self, order: InFlightOrder, *, priority: Priority, filled: Decimal | None = None
    ) -> list[TradeUpdate]:
        """Return every trade of an order, from REST. Raises VenueError; a broken trade is logged and left out.

        `filled`: what they add up to, where that is known.
        """
        if self._life.fills_from != "trades" or not self._orders.can_fetch_trades():
            return []
        symbol = await self.exchange_symbol_associated_to_pair(order.trading_pair)
        trades = await self._orders.trades(self._life.key(order, symbol), filled=filled, priority=priority)
        fills = [self._life.fill(order, trade) for trade in trades]
        return [fill for fill in fills if fill is not None]

    async def _all_trade_updates_for_order(self, order: InFlightOrder) -> list[TradeUpdate]:
        return await self.trade_updates(order, priority=Priority.POLL, filled=self._status_polls.filled(order))
