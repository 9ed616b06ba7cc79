"""What becomes of each order: placed, unknown, found again, finished only when its fills add up."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from hummingbot.core.data_type.common import OrderType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate, TradeUpdate

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.ccxt_api_user_stream_data_source import UserEvent
from hummingbot_ccxt.translate.fills import derived_trade_update, trade_update
from hummingbot_ccxt.translate.orders import filled_amount, order_state, order_update
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.orders import NotListed, Orders
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError
from hummingbot_ccxt.venue.recognition import OrderKey, OrderTerms
from hummingbot_ccxt.venue.venue import Venue

if TYPE_CHECKING:
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange

FINAL: Final = frozenset({OrderState.FILLED, OrderState.CANCELED, OrderState.FAILED})

_UNMATCHED_KEPT = 1000
_UNMATCHED_S = 60.0
_ORDERS_REMEMBERED = 10_000
_FIRST_LOOK_S, _LONGEST_LOOK_S = 0.5, 15.0
_STREAM_GRACE_S = 1.0
_WORTH_A_LIST = 3
"""So many orders are looked for by lists, where the mapping says so; fewer one by one."""
_CANCEL_LOOKS_S = (2.0, 4.0, 8.0)
_FOUND_AGAIN_AFTER_CANCEL_S = 0.2


@dataclass(frozen=True, slots=True)
class _Awaited:
    """A state that waits for its fills: ccxt's order, the update it makes, its cumulative filled amount."""

    data: dict[str, Any]
    update: OrderUpdate
    filled: Decimal | None


class OrderLife:
    """Follows the connector's orders, from the venue's answers and streams to Hummingbot's order tracker."""

    def __init__(self, connector: "CcxtExchange", venue: Venue, orders: Orders) -> None:
        self._connector = connector
        self._venue = venue
        self._orders = orders
        self._settling: dict[str, asyncio.Task[None]] = {}
        self._to_settle: dict[str, _Awaited] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._unmatched: deque[tuple[float, UserEvent]] = deque(maxlen=_UNMATCHED_KEPT)
        self._unmodelled: set[str] = set()
        self._derived: dict[str, None] = {}
        self._ours: dict[str, None] = {}
        self._ended: dict[str, None] = {}
        self._stopped = False
        self._denied: dict[str, None] = {}
        wanted = venue.mapping.fills_from
        reports_trades = venue.streams_kind("fills") or orders.can_fetch_trades()
        self.fills_from = wanted or ("trades" if reports_trades else "order")
        """The one source of fills: the account's trades, or the cumulative figures of its orders."""

    @property
    def _streams_every_fill(self) -> bool:
        """Whether fills come by stream, and those that a gap swallowed can be fetched."""
        return self._venue.streams_kind("fills") and self._orders.can_fetch_trades()

    @property
    def _fills_late_s(self) -> float:
        """How long an order's trades are waited for; not long where nothing but the stream could bring them."""
        return constants.FILLS_LATE_S if self._orders.can_fetch_trades() else constants.FILLS_LOST_S

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
        _keep(self._ours, exchange_order_id)

    def _taken(self) -> set[str]:
        tracked = self._connector.order_tracker.all_orders.values()
        return {*self._ours, *(o.exchange_order_id for o in tracked if o.exchange_order_id is not None)}

    def tracked(self, data: dict[str, Any], *, order_field: str) -> InFlightOrder | None:
        """Return the order that a ccxt order (`order_field` "id") or trade ("order") belongs to.

        By client order id, else by exchange order id, else by a client order id anywhere in the raw message: ccxt
        leaves it out of its trades, the venues mostly do not.
        """
        tracker = self._connector._order_tracker
        client_order_id, order_id = data.get("clientOrderId"), data.get(order_field)
        order = tracker.fillable(client_order_id) if isinstance(client_order_id, str) else None
        if order is None and order_id is not None:
            order = tracker.fillable_at_venue(str(order_id))
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
            if order is not None and self.fills_from == "trades":
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
            if not self._apply_event(event) and now - since < _UNMATCHED_S:
                self._unmatched.append((since, event))

    def apply_trade(self, order: InFlightOrder, trade: dict[str, Any]) -> None:
        """Book one trade of an order, once; a late one of a finished order too. A broken one is logged and skipped."""
        update = self.fill(order, trade)
        if update is None:
            return
        exchange_order_id = trade.get("order") or order.exchange_order_id
        if order.is_pending_create and exchange_order_id is not None:
            self.announce(order, str(exchange_order_id))  # a fill says that the venue took the order
        self._connector.order_tracker.process_trade_update(update)

    def fill(self, order: InFlightOrder, trade: dict[str, Any]) -> TradeUpdate | None:
        """Return the fill that a ccxt trade is of an order; None, logged, for one that cannot be booked.

        A fee that cannot be read costs the fee, not the fill. An order whose rest was booked from its cumulative
        figures takes no trades any more: they are in those figures, under other ids.
        """
        what = f"a fill of {order.client_order_id} ({order.trading_pair})"
        if order.client_order_id in self._derived:
            return None
        schema, mapping = self._connector.trade_fee_schema(), self._venue.mapping
        try:
            try:
                return trade_update(trade, order, fee_schema=schema, mapping=mapping)
            except BadVenueData as err:
                without_fee = {**trade, "fee": None, "fees": []}
                update = trade_update(without_fee, order, fee_schema=schema, mapping=mapping)
                self._connector.skipped(f"the fee of {what}", err)
                return update
        except BadVenueData as err:
            self._connector.skipped(what, err)
            return None

    def announce(self, order: InFlightOrder, exchange_order_id: str) -> None:
        """Let Hummingbot's "created" event go out at once, ahead of the fill; the tracker would do it a turn later."""
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
            return  # what is final stays so: this answer was overtaken
        if order.is_pending_create and update.exchange_order_id:
            self.announce(order, update.exchange_order_id)
        if self.fills_from == "order":
            self._derive_fill(order, data)
        elif filled is not None and filled > order.executed_amount_base and not self._streams_every_fill:
            self._settle_later(order, _Awaited(data, update, filled))
            return
        if state in FINAL and not self._adds_up(order, state, filled):
            self._settle_later(order, _Awaited(data, update, filled))
            return
        if order.is_pending_cancel_confirmation and state in (OrderState.OPEN, OrderState.PARTIALLY_FILLED):
            return  # a cancellation is under way: "open" is old news, or will be said again by the next poll
        self._let_through(order, update)

    def _let_through(self, order: InFlightOrder, update: OrderUpdate) -> None:
        if update.new_state in FINAL:
            # The tracker applies updates a turn later: the stream's word and the answer to the cancel may both be
            # waiting there, and it would tell each.
            if order.client_order_id in self._ended:
                return
            _keep(self._ended, order.client_order_id)
            self._end_look(order)
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

    def _derive_fill(self, order: InFlightOrder, data: dict[str, Any]) -> None:
        try:
            update = derived_trade_update(
                data,
                order,
                fee_schema=self._connector.trade_fee_schema(),
                now=self._connector.now(),
                mapping=self._venue.mapping,
            )
        except BadVenueData as err:
            self._connector.skipped(f"a fill of {order.client_order_id} ({order.trading_pair})", err)
            return
        if update is not None:
            self._connector.order_tracker.process_trade_update(update)

    # --- final states are believed only when the fills add up

    def _adds_up(self, order: InFlightOrder, state: OrderState, filled: Decimal | None) -> bool:
        booked = order.executed_amount_base
        if self.fills_from == "order" or order.completely_filled_event.is_set():
            return True
        if state is OrderState.FILLED:
            return booked >= (filled or order.amount)
        if filled is None or (filled == booked == 0 and not self._venue.mapping.trusts_terminal_filled):
            return False
        return booked >= filled

    def _settle_later(self, order: InFlightOrder, awaited: "_Awaited") -> None:
        known = self._to_settle.get(order.client_order_id)
        if known is None or known.update.new_state not in FINAL:
            self._to_settle[order.client_order_id] = awaited
        if order.client_order_id not in self._settling:
            task = asyncio.ensure_future(self._settle(order))
            self._settling[order.client_order_id] = task
            task.add_done_callback(lambda _: self._settling.pop(order.client_order_id, None))

    async def _settle(self, order: InFlightOrder) -> None:
        """Wait for the fills that a state needs, fetch them, then let the state through; and so on while news come."""
        if self._venue.streams_kind("fills"):
            await self._until_filled(order, _STREAM_GRACE_S)
        lacking_since, delay = math.inf, _FIRST_LOOK_S
        while (awaited := self._to_settle.get(order.client_order_id)) is not None:
            state, filled = awaited.update.new_state, awaited.filled
            if order.exchange_order_id is None and awaited.update.exchange_order_id:
                order.update_exchange_order_id(awaited.update.exchange_order_id)
            done = state in FINAL and self._adds_up(order, state, filled)
            if not done:
                answered = await self.fetch_fills(order)
                done = answered and (filled is None or order.executed_amount_base >= filled)
                if answered:  # in an outage nothing is concluded: the trades, and their fees, are there afterwards
                    lacking_since = min(lacking_since, time.monotonic())
            if not done and time.monotonic() - lacking_since > self._fills_late_s:
                self._connector.logger().error(
                    f"{self._connector.name}: the trades of order {order.client_order_id} ({order.trading_pair}) do "
                    f"not add up to its filled amount {filled}; the rest is booked from its cumulative figures."
                )
                _keep(self._derived, order.client_order_id)
                self._derive_fill(order, awaited.data)
                done = True
            if done and self._to_settle.get(order.client_order_id) is awaited:
                del self._to_settle[order.client_order_id]
                self._let_through(order, awaited.update)
            elif not done:
                await asyncio.sleep(delay)
                delay = min(delay * 2, _LONGEST_LOOK_S)

    async def _until_filled(self, order: InFlightOrder, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await order.wait_until_completely_filled()
        except TimeoutError:
            pass

    async def fetch_fills(self, order: InFlightOrder, *, priority: Priority = Priority.LOOKUP) -> bool:
        """Fetch and book the trades of an order; tell whether the venue answered."""
        try:
            for update in await self._connector.trade_updates(order, priority=priority):
                self._connector.order_tracker.process_trade_update(update)
        except VenueError as err:
            self._connector.logger().warning(
                f"{self._connector.name}: the trades of order {order.client_order_id} cannot be fetched yet ({err})."
            )
            return False
        return True

    # --- orders whose fate is unknown

    def look_for(self, order: InFlightOrder, *, after_s: float = 0.0) -> None:
        """Ask the venue, until it answers or the connector stops, what became of an order, without waiting here."""
        self._look(order, lambda: self._look_for(order, after_s))

    def is_looking_for(self, order: InFlightOrder) -> bool:
        """Tell whether the venue is being asked for an order."""
        return order.client_order_id in self._looking

    def is_finding_out(self, order: InFlightOrder) -> bool:
        """Tell whether the venue is being asked for an order, or for the fills of one whose state it told.

        Between a stop and a start too: then it will be asked.
        """
        return self._stopped or self.is_looking_for(order) or order.client_order_id in self._to_settle

    def _look(self, order: InFlightOrder, look: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self._stopped or order.client_order_id in self._looking:
            return
        task = asyncio.ensure_future(look())
        self._looking[order.client_order_id] = task
        task.add_done_callback(lambda _: self._looking.pop(order.client_order_id, None))

    def _end_look(self, order: InFlightOrder) -> None:
        """What became of an order is known: a request for it that waits for the rate budget would delay others."""
        looking = self._looking.get(order.client_order_id)
        if looking is not None and looking is not asyncio.current_task():
            looking.cancel()

    async def _found_at_venue(self, order: InFlightOrder) -> dict[str, Any]:
        symbol = await self._connector.exchange_symbol_associated_to_pair(order.trading_pair)
        key = self.key(order, symbol)
        if self._venue.mapping.lists_first and len(self._looking) >= _WORTH_A_LIST:
            found = await self._orders.on_lists(key, priority=Priority.LOOKUP)
            if found is not None:
                return found
        return await self._orders.find(key, priority=Priority.LOOKUP)

    async def _look_for(self, order: InFlightOrder, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self._connector.until_placed(order)  # a request that waits, for the end of a ban, has yet to leave
        settle_s = self._venue.mapping.order_settle_s or constants.ORDER_SETTLE_S
        settled_at = time.monotonic() + settle_s
        delay = _FIRST_LOOK_S
        while order.client_order_id in self._connector.order_tracker.all_updatable_orders:
            try:
                found = await self._found_at_venue(order)
            except NotListed as err:
                if await self.take_absence(order, err):
                    return
            except VenueError as err:
                if err.outcome is Outcome.GONE:
                    await self._denied_by_the_venue(order, settle_s)
                    if time.monotonic() > settled_at:
                        self._gone(order)
                        return
            except Exception as err:
                self._connector.logger().warning(
                    f"{self._connector.name}: looking for order {order.client_order_id} failed: "
                    f"{self._venue.secrets.hide(err)[:200]}"
                )
            else:
                if order.is_pending_create:
                    self._connector.logger().info(
                        f"{self._connector.name}: order {order.client_order_id} was taken after all."
                    )
                self.apply_order(order, found)
                self.retry_unmatched()
                return
            await asyncio.sleep(delay)
            delay = min(delay * 2, _LONGEST_LOOK_S)

    async def _denied_by_the_venue(self, order: InFlightOrder, settle_s: float) -> None:
        """Count it as the denial in a status poll is, which is left out meanwhile, of an order that was once taken."""
        if not order.is_pending_create and self._connector.now() - order.creation_timestamp > settle_s:
            await self._connector.order_tracker.process_order_not_found(order.client_order_id)

    async def take_absence(self, order: InFlightOrder, absence: NotListed) -> bool:
        """Conclude what became of an order that the venue took and lists nowhere; tell whether that was possible.

        Its trades say whether it was filled; otherwise it was cancelled, if it is not open, or if the venue accepted
        its cancellation, or said that there is nothing to cancel. A venue may list a new order late: within its
        settling time nothing is concluded.
        """
        settle_s = self._venue.mapping.order_settle_s or constants.ORDER_SETTLE_S
        if self._connector.now() - order.creation_timestamp < settle_s or not await self.fetch_fills(order):
            return False
        filled = order.executed_amount_base >= order.amount
        ended = order.is_pending_cancel_confirmation or order.client_order_id in self._denied
        if not (filled or absence.lists_open or ended):
            return False
        status = "closed" if filled else "canceled"
        self.apply_order(order, {"id": order.exchange_order_id, "status": status, "info": {}})
        return True

    def _gone(self, order: InFlightOrder) -> None:
        """The venue answered, late enough, that it never got the order. One that it once had is not ours to end."""
        if not order.is_pending_create:
            return
        self._connector.logger().warning(
            f"{self._connector.name}: order {order.client_order_id} ({order.trading_pair}) never reached the venue."
        )
        self._connector.order_tracker.process_order_update(
            OrderUpdate(
                trading_pair=order.trading_pair,
                update_timestamp=self._connector.now(),
                new_state=OrderState.FAILED,
                client_order_id=order.client_order_id,
                misc_updates={"error_message": "the venue does not know the order", "error_type": "OrderNotFound"},
            )
        )

    def confirm_cancel(self, order: InFlightOrder) -> None:
        """The venue took a cancellation without saying how it ended: find out, without waiting here."""
        self._look(order, lambda: self._confirm_cancel(order))

    async def _confirm_cancel(self, order: InFlightOrder) -> None:
        for delay in _CANCEL_LOOKS_S:
            await asyncio.sleep(delay)
            if not order.is_pending_cancel_confirmation:
                return
            found = await self._found(order)
            if found is not None:
                self.apply_order(order, found)
        if order.is_pending_cancel_confirmation and found is not None:
            # Still open after the venue had its time: the cancellation came to nothing, and may be tried again.
            self._connector.logger().warning(
                f"{self._connector.name}: order {order.client_order_id} is open, although its cancellation was taken."
            )
            update = order_update(found, order, state=OrderState.OPEN, now=self._connector.now())
            self._connector.order_tracker.process_order_update(update)

    async def _found(self, order: InFlightOrder) -> dict[str, Any] | None:
        try:
            return await self._found_at_venue(order)
        except NotListed as err:
            await self.take_absence(order, err)
        except VenueError:
            pass  # asked again later: by the next look, or by the status poll
        return None

    def look_again_after_cancel(self, order: InFlightOrder) -> None:
        """The venue said that it does not know an order we wanted to cancel: find out what it is instead."""
        _keep(self._denied, order.client_order_id)
        self.look_for(order, after_s=_FOUND_AGAIN_AFTER_CANCEL_S)

    def start(self) -> None:
        """Allow look-ups again, and look for every order whose creation was never answered.

        Hummingbot stops and starts a connector whenever its network check fails, as in a venue's maintenance. Polls
        alone would ask for these orders one by one, each time from the beginning.
        """
        self._stopped = False
        for order in self._connector.order_tracker.active_orders.values():
            if order.is_pending_create and order.exchange_order_id is None:
                self.look_for(order)

    def stop(self) -> None:
        """End every look-up, and begin none: it would open new connections. The polls after a start ask anew."""
        self._stopped = True
        for task in (*self._settling.values(), *self._looking.values()):
            task.cancel()


def _keep(known: dict[str, None], order_id: str) -> None:
    """Remember an order's id, and forget the oldest of too many."""
    known[order_id] = None
    if len(known) > _ORDERS_REMEMBERED:
        del known[next(iter(known))]


def run_now(coroutine: Any) -> None:
    """Run a coroutine that awaits nothing to its end, at once; if it does await, leave the rest to the event loop."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("the coroutine waits for something")
