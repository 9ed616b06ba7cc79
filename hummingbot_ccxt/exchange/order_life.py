"""What becomes of each order: placed, unknown, found again, finished only when its fills add up."""

import asyncio
import math
import time
from collections import ChainMap, deque
from collections.abc import Container
from typing import TYPE_CHECKING, Any

from hummingbot.core.data_type.common import OrderType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate

from hummingbot_ccxt.exchange.ccxt_api_user_stream_data_source import UserEvent
from hummingbot_ccxt.exchange.memory import keep
from hummingbot_ccxt.exchange.order_fills import OrderFills
from hummingbot_ccxt.exchange.order_lookups import OrderLookups
from hummingbot_ccxt.exchange.settling import FINAL, Awaited, Settling
from hummingbot_ccxt.exchange.strays import Strays
from hummingbot_ccxt.translate.orders import filled_amount, order_state, order_update
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.orders import Orders
from hummingbot_ccxt.venue.recognition import OrderKey, OrderTerms
from hummingbot_ccxt.venue.venue import Venue

if TYPE_CHECKING:
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange

_UNMATCHED_KEPT = 1000
_UNMATCHED_S = 60.0


class OrderLife:
    """Follows the connector's orders, from the venue's answers and streams to Hummingbot's order tracker."""

    def __init__(self, connector: "CcxtExchange", venue: Venue, orders: Orders) -> None:
        self._connector = connector
        self._venue = venue
        self._orders = orders
        self.lookups = OrderLookups(self, connector, venue, orders)
        self.strays = Strays(self, connector, orders)
        self.fills = OrderFills(connector, venue, orders)
        self._settling = Settling(connector, venue, orders, self.fills, self._settled)
        self._unmatched: deque[tuple[float, UserEvent]] = deque(maxlen=_UNMATCHED_KEPT)
        self._unmodelled: set[str] = set()
        self._ours: dict[str, None] = {}
        self._ended: dict[str, None] = {}

    # --- which order is it?

    def key(self, order: InFlightOrder, symbol: str) -> OrderKey:
        """Return how the order is named at the venue."""
        created_s = order.creation_timestamp
        if not math.isfinite(created_s):  # Hummingbot's clock reads NaN before its first tick
            created_s = self._connector.now()
        return OrderKey(
            symbol=symbol,
            client_order_id=order.client_order_id,
            exchange_order_id=order.exchange_order_id,
            created_ms=int(created_s * 1000),
            terms=OrderTerms(
                side=order.trade_type.name.lower(),
                amount=order.amount,
                price=None if order.order_type is OrderType.MARKET else order.price,
            ),
            taken=self._taken,
        )

    def remember(self, exchange_order_id: str) -> None:
        """Take note that this order of the venue is one of ours, and known; Hummingbot forgets finished ones."""
        keep(self._ours, exchange_order_id)

    def _taken(self) -> Container[str]:
        # After an outage a hundred orders are looked for in one turn of the event loop, and each asks more than once:
        # with Hummingbot's dictionary of all orders it stood still for seconds (storm on gate, seed 966946).
        open_ones = self._connector.order_tracker.active_orders.values()
        return ChainMap(self._ours, {o.exchange_order_id: None for o in open_ones if o.exchange_order_id is not None})

    def tracked(self, data: dict[str, Any], *, order_field: str) -> InFlightOrder | None:
        """Return the order that a ccxt order (`order_field` "id") or trade ("order") belongs to.

        By client order id, else by exchange order id, else by a client order id anywhere in the raw message: ccxt
        leaves it out of its trades, the venues mostly do not.
        """
        tracker = self._connector._order_tracker
        client_order_id, order_id = data.get("clientOrderId"), data.get(order_field)
        order = tracker.fillable(client_order_id) if isinstance(client_order_id, str) else None
        if order is None and order_id is not None:
            # Binance numbers the orders of each market by themselves.
            order = tracker.fillable_at_venue(str(order_id), self._connector._symbols.get(data.get("symbol", "")))
        if order is None and isinstance(info := data.get("info"), dict):
            named = (tracker.fillable(value) for value in info.values() if isinstance(value, str))
            order = next((each for each in named if each is not None), None)
        return order

    # --- what the streams and polls bring

    async def take(self, event: UserEvent) -> None:
        """Apply an "order" or "fill" event; one that fits no order yet waits for creates that are under way."""
        if self._apply_event(event):
            if event.kind == "order" and self._unmatched:
                self.retry_unmatched()  # this message may have been the first to name the order by both of its ids
        elif self._creates_under_way():
            self._unmatched.append((time.monotonic(), event))
        await asyncio.sleep(0)  # the tracker works a turn later; events must reach strategies in the venue's order

    def _apply_event(self, event: UserEvent) -> bool:
        if event.kind == "fill":
            order = self.tracked(event.data, order_field="order")
            if order is not None and self.fills.source == "trades":
                self.apply_trade(order, event.data)
            return order is not None
        order = self.tracked(event.data, order_field="id")
        if order is not None:
            self.apply_order(order, event.data)
        return order is not None

    def _creates_under_way(self) -> bool:
        return any(o.exchange_order_id is None for o in self._connector.order_tracker.active_orders.values())

    def retry_unmatched(self) -> None:
        """Apply what came before the answer that names its order."""
        waiting, now = list(self._unmatched), time.monotonic()
        self._unmatched.clear()
        for since, event in waiting:
            try:
                is_applied = self._apply_event(event)
            except Exception:  # must not reach those who just placed an order: it is live, not failed
                self._connector.logger().error(
                    f"{self._connector.name}: a {event.kind} that came early cannot be used.", exc_info=True
                )
                continue
            if not is_applied and now - since < _UNMATCHED_S:
                self._unmatched.append((since, event))

    def apply_trade(self, order: InFlightOrder, trade: dict[str, Any]) -> None:
        """Book one trade of an order, once; a late one of a finished order too. A broken one is logged and skipped."""
        update = self.fills.of_trade(order, trade)
        if update is None:
            return
        if self.fills.known.may_be_booked(order, update):
            self.lookups.ask_for_late_fills(order)
            return
        exchange_order_id = trade.get("order") or order.exchange_order_id
        if order.is_pending_create and exchange_order_id is not None:
            self.announce(order, str(exchange_order_id))  # a fill says that the venue took the order
        self._connector._order_tracker.book(order, update)

    def announce(self, order: InFlightOrder, exchange_order_id: str) -> None:
        """Let Hummingbot's "created" event go out at once, ahead of the fill; the tracker would do it a turn later."""
        self.remember(exchange_order_id)
        update = OrderUpdate(
            trading_pair=order.trading_pair,
            update_timestamp=self._connector.now(),
            new_state=OrderState.OPEN,
            client_order_id=order.client_order_id,
            exchange_order_id=exchange_order_id,
        )
        run_now(self._connector.order_tracker._process_order_update(update))

    def apply_order(self, order: InFlightOrder, data: dict[str, Any]) -> None:
        """Apply the venue's word on an order. A final state waits until the fills that belong to it are booked."""
        try:
            state = order_state(data, self._venue.mapping)
            if state is None:
                self._unmodelled_state(order, data)
                return
            update = order_update(data, order, state=state, now=self._connector.now())
            filled = filled_amount(data)
        except BadVenueData as err:
            self._connector.skipped(f"an update of {order.client_order_id} ({order.trading_pair})", err)
            return
        tracker = self._connector.order_tracker
        tracker._order_not_found_records.pop(order.client_order_id, None)  # the venue knows it
        if update.exchange_order_id:
            self.remember(update.exchange_order_id)
        if order.current_state in FINAL and order.client_order_id not in tracker.lost_orders:
            if order.client_order_id in tracker.given_up and update.exchange_order_id and state not in FINAL:
                self.strays.turned_up(order, update.exchange_order_id)
            return  # what is final stays so: this answer was overtaken
        if order.is_pending_create and update.exchange_order_id:
            self.announce(order, update.exchange_order_id)
        if self.fills.are_derived(order):
            self.fills.derive(order, data)
        elif filled is not None and filled > order.executed_amount_base and not self.fills.streams_every:
            self._settling.settle(order, Awaited(data, update, filled))
            return
        if state in FINAL and not self._settling.adds_up(order, state, filled):
            self._settling.settle(order, Awaited(data, update, filled))
            return
        is_open = state in (OrderState.OPEN, OrderState.PARTIALLY_FILLED)
        if is_open and order.is_pending_cancel_confirmation and self.lookups.is_looking_for(order):
            return  # a cancellation is under way: "open" is old news, or will be said again by the next poll
        self._let_through(order, update)

    def ask_for_fills(self, order: InFlightOrder, data: dict[str, Any]) -> None:
        """Have the fills that an update tells of asked for now, where no stream tells them; it is applied later."""
        if self.fills.are_derived(order) or self.fills.streams_every or order.exchange_order_id is None:
            return
        try:
            filled, state = filled_amount(data), order_state(data, self._venue.mapping)
            if state is None or filled is None or filled <= order.executed_amount_base or order.current_state in FINAL:
                return
            update = order_update(data, order, state=state, now=self._connector.now())
        except BadVenueData:
            return  # said when it is applied
        self._settling.settle(order, Awaited(data, update, filled))

    def _settled(self, order: InFlightOrder, awaited: Awaited) -> None:
        self._let_through(order, awaited.update)
        if awaited.update.new_state in FINAL and not awaited.filled and not self.fills.streams_every:
            self.lookups.ask_for_late_fills(order)

    def _let_through(self, order: InFlightOrder, update: OrderUpdate) -> None:
        # The tracker applies updates a turn later: the stream's word and the answer to the cancel may both be waiting
        # there, and it would tell each; and one from before the end would take the order back to what it was.
        if self.has_ended(order):
            return
        if update.new_state in FINAL:
            keep(self._ended, order.client_order_id)
            self.lookups.end(order)
            self._connector.holds_changed()
        if update.new_state is OrderState.FILLED:
            # A market buy sized by its cost may end below the amount that was asked for; the tracker would wait for
            # the rest. Whether the fills are complete has been checked already.
            order.completely_filled_event.set()
        self._connector.order_tracker.process_order_update(update)

    def _unmodelled_state(self, order: InFlightOrder, data: dict[str, Any]) -> None:
        status = str(data.get("status"))
        if status not in self._unmodelled:
            self._unmodelled.add(status)
            self._connector.logger().error(
                f"{self._connector.name}: order {order.client_order_id} ({order.trading_pair}) has the state "
                f"{status!r}, which neither ccxt nor our mapping knows; it is left as it is. Please report this."
            )

    def has_ended(self, order: InFlightOrder) -> bool:
        """Tell whether an order has reached its end, or will a turn of the event loop later."""
        return order.client_order_id in self._ended

    def is_finding_out(self, order: InFlightOrder) -> bool:
        """Tell whether the venue is being asked for an order, or for the fills of one whose state it told.

        Between a stop and a start too: then it will be asked.
        """
        return self.lookups.stopped or self.lookups.is_looking_for(order) or self.is_finding_out_fills(order)

    def is_finding_out_fills(self, order: InFlightOrder) -> bool:
        """Tell whether the venue is being asked for the fills of an order whose state it told."""
        return self._settling.is_under_way(order)

    def start(self) -> None:
        """Allow look-ups again, see `OrderLookups.start`. How a restored order is booked, its saved fills tell."""
        for order in self._connector.order_tracker.all_updatable_orders.values():
            self.fills.restored(order)
            if order.exchange_order_id is not None:
                self.remember(order.exchange_order_id)
        self.lookups.start()
        self.strays.start()

    def stop(self) -> None:
        """End whatever is being found out; the polls after a start ask anew."""
        self.lookups.stop()
        self.strays.stop()
        self._settling.stop()


def run_now(coroutine: Any) -> None:
    """Run a coroutine that awaits nothing to its end, at once; if it does await, leave the rest to the event loop."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("the coroutine waits for something")
