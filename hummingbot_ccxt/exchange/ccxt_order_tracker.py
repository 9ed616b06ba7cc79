"""Hummingbot's order tracker, which finds one order without making a dictionary of all of them."""

from typing import Any

from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.data_type.in_flight_order import InFlightOrder, TradeUpdate

_GIVEN_UP_KEPT = 1000


class CcxtOrderTracker(ClientOrderTracker):
    """As Hummingbot's, but for what is on the way of a fill.

    Its own copies the up to 1,000 orders of its cache at each look, through the cache's lock and clock: half of what a
    fill costs once a hundred orders were finished within 30 s. And it remembers for longer than these 30 s which orders
    were given up: they may be at the venue after all.
    """

    def __init__(self, connector: Any, lost_order_count_limit: int = 3) -> None:
        super().__init__(connector=connector, lost_order_count_limit=lost_order_count_limit)
        self.given_up: dict[str, InFlightOrder] = {}

    def is_denied(self, order: InFlightOrder) -> bool:
        """Whether the venue said that it does not know an order, once at least since it last told of it."""
        return order.client_order_id in self._order_not_found_records

    def keep_given_up(self, order: InFlightOrder) -> None:
        """Remember an order that is told as failed because the venue does not know it; the oldest of many go."""
        self.given_up[order.client_order_id] = order
        if len(self.given_up) > _GIVEN_UP_KEPT:
            del self.given_up[next(iter(self.given_up))]

    def process_trade_update(self, trade_update: TradeUpdate) -> None:
        """As Hummingbot's."""
        order = self.fillable(trade_update.client_order_id)
        if order is not None:
            self.book(order, trade_update)

    def book(self, order: InFlightOrder, trade_update: TradeUpdate) -> None:
        """Book a fill of an order that is tracked, once."""
        booked_before = order.executed_amount_base
        if order.update_with_trade_update(trade_update):
            self._trigger_order_fills(
                tracked_order=order,
                prev_executed_amount_base=booked_before,
                fill_amount=trade_update.fill_base_amount,
                fill_price=trade_update.fill_price,
                fill_fee=trade_update.fee,
                trade_id=trade_update.trade_id,
                exchange_order_id=trade_update.exchange_order_id,
            )

    def fillable(self, client_order_id: str) -> InFlightOrder | None:
        """What `all_fillable_orders` has under this id, else the one that was given up."""
        order = self._lost_orders.get(client_order_id)
        if order is None:
            order = self._cached_orders.get(client_order_id)
        if order is None:
            order = self._in_flight_orders.get(client_order_id)
        return self.given_up.get(client_order_id) if order is None else order

    def fillable_at_venue(self, exchange_order_id: str, trading_pair: str | None = None) -> InFlightOrder | None:
        """The one of `all_fillable_orders` that the venue calls so, of any pair if none is given.

        Those that are open are looked at first.
        """
        for orders in (self._in_flight_orders, self._lost_orders, self.given_up):
            for order in orders.values():
                if order.exchange_order_id == exchange_order_id and trading_pair in (None, order.trading_pair):
                    return order
        cached = self.cached_orders.values()
        alike = (o for o in cached if o.exchange_order_id == exchange_order_id)
        return next((o for o in alike if trading_pair in (None, o.trading_pair)), None)
