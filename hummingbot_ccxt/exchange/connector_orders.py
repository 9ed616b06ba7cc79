"""The part of `CcxtExchange` that trades: it places orders and polls them; `connector_cancels` cancels them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from hummingbot.connector.constants import s_decimal_NaN
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate, TradeUpdate

from hummingbot_ccxt.exchange.ccxt_order_tracker import CcxtOrderTracker
from hummingbot_ccxt.exchange.client_order_ids import new_client_order_id
from hummingbot_ccxt.exchange.connector_cancels import CcxtCancelling
from hummingbot_ccxt.exchange.status_polls import StatusPolls
from hummingbot_ccxt.translate.orders import order_state, order_update
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.orders import NotListed, OrderKind, OrderToPlace
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

_KINDS: Mapping[OrderType, OrderKind] = {
    OrderType.LIMIT: "limit",
    OrderType.LIMIT_MAKER: "limit_maker",
    OrderType.MARKET: "market",
}


class CcxtTrading(CcxtCancelling):
    """Orders of one account, in Hummingbot's terms."""

    poll_interval_s: float

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
            exchange_order_id = str(answer["id"])
            if order.exchange_order_id is None:  # before a cancellation that waits for this goes out, by this name
                order.update_exchange_order_id(exchange_order_id)
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
        self._life.retry_unmatched()
        if not self._venue.streams_kind("orders"):
            self._life.lookups.look_for(order, after_s=0.5)
        return exchange_order_id

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

    # --- status polls

    def _get_poll_interval(self, timestamp: float) -> float:
        """Seconds between two polls of the account: few while one of its streams is missing, or down."""
        source = self._user_stream_tracker.data_source
        if not {"orders", "balance"} <= set(source.streamed_kinds()):
            return self.poll_interval_s
        if not source.is_whole:
            return float(self.SHORT_POLL_INTERVAL)
        return float(super()._get_poll_interval(timestamp))

    async def _request_order_status(self, tracked_order: InFlightOrder) -> OrderUpdate:
        found = await self._find(tracked_order, self._status_polls.priority)
        state = order_state(found, self._mapping) or tracked_order.current_state
        return order_update(found, tracked_order, state=state, now=self.now())

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
                self._life.apply_order(order, await self._find(order, self._status_polls.priority))
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
        if self._life.fills.source != "trades" or not self._orders.can_fetch_trades():
            return []
        symbol = await self.exchange_symbol_associated_to_pair(order.trading_pair)
        trades = await self._orders.trades(self._life.key(order, symbol), filled=filled, priority=priority)
        fills = [self._life.fills.of_trade(order, trade) for trade in trades]
        return self._life.fills.known.unbooked(order, [fill for fill in fills if fill is not None])

    async def _all_trade_updates_for_order(self, order: InFlightOrder) -> list[TradeUpdate]:
        filled = self._status_polls.filled(order)
        return await self.trade_updates(order, priority=self._status_polls.priority, filled=filled)
