"""The fills of orders: from the account's trades, or from an order's cumulative figures where there are no trades."""

from typing import TYPE_CHECKING, Any

from hummingbot.core.data_type.in_flight_order import InFlightOrder, TradeUpdate

from hummingbot_ccxt.exchange.known_fills import KnownFills
from hummingbot_ccxt.exchange.memory import keep
from hummingbot_ccxt.translate.fills import derived_trade_update, is_derived, trade_update
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.orders import Orders
from hummingbot_ccxt.venue.outcomes import VenueError
from hummingbot_ccxt.venue.venue import Venue

if TYPE_CHECKING:
    from decimal import Decimal

    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange


class OrderFills:
    """Makes fills of what the venue tells, and has them booked."""

    def __init__(self, connector: "CcxtExchange", venue: Venue, orders: Orders) -> None:
        self._connector = connector
        self._venue = venue
        self._derived: dict[str, None] = {}
        self.known = KnownFills(lambda text: connector.logger().error(f"{connector.name}: {text}"))
        reports_trades = venue.streams_kind("fills") or orders.can_fetch_trades()
        self.source = venue.mapping.fills_from or ("trades" if reports_trades else "order")
        """The one source of fills: the account's trades, or the cumulative figures of its orders."""
        self.streams_every = venue.streams_kind("fills") and orders.can_fetch_trades()
        """Whether fills come by stream, and those that a gap swallowed can be fetched."""

    def are_derived(self, order: InFlightOrder) -> bool:
        """Whether an order's fills come from its cumulative figures: all orders' do, or its trades never came."""
        return self.source == "order" or order.client_order_id in self._derived

    def restored(self, order: InFlightOrder) -> None:
        """Find out how an order's saved fills were booked: what is in its figures is not booked as trades again."""
        if any(is_derived(fill_id, order.exchange_order_id) for fill_id in order.order_fills):
            keep(self._derived, order.client_order_id)

    def of_trade(self, order: InFlightOrder, trade: dict[str, Any]) -> TradeUpdate | None:
        """Return the fill that a ccxt trade is of an order; None, logged, for one that cannot be booked.

        A fee that cannot be read costs the fee, not the fill. An order whose rest was booked from its cumulative
        figures takes no trades any more: they are in those figures, under other ids.
        """
        what = f"a fill of {order.client_order_id} ({order.trading_pair})"
        if self.are_derived(order):
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

    def derive_from_now_on(self, order: InFlightOrder, data: dict[str, Any]) -> None:
        """Give up an order's trades, and book what ccxt's order `data` has been filled beyond them."""
        keep(self._derived, order.client_order_id)
        self.derive(order, data)

    def derive(self, order: InFlightOrder, data: dict[str, Any]) -> None:
        """Book what ccxt's order `data` has been filled beyond what is booked; broken figures are logged."""
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

    async def fetch(self, order: InFlightOrder, *, filled: "Decimal | None" = None) -> bool:
        """Fetch and book the trades of an order, `filled` in all if that is known; tell whether the venue answered."""
        try:
            for update in await self._connector.trade_updates(order, priority=Priority.LOOKUP, filled=filled):
                self._connector.order_tracker.process_trade_update(update)
        except VenueError as err:
            self._connector.logger().warning(
                f"{self._connector.name}: the trades of order {order.client_order_id} cannot be fetched yet ({err})."
            )
            return False
        return True
