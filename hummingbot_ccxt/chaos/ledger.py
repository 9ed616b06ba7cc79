"""What the venue itself booked for one account: every order as it stands, every fill, without a limit of history."""

from dataclasses import dataclass
from decimal import Decimal

from hummingbot_ccxt.sandbox import Sandbox
from hummingbot_ccxt.sandbox.engine import Event, Fill, Order, OrderEvent
from hummingbot_ccxt.sandbox.http import RoundTrip


@dataclass(frozen=True, slots=True)
class Holding:
    """One asset of the account."""

    total: Decimal
    free: Decimal


class VenueLedger:
    """Listens to the engine from the beginning of a storm."""

    def __init__(self, sandbox: Sandbox, account_id: str) -> None:
        self._sandbox = sandbox
        self._account_id = account_id
        self.start = self.holdings()
        self.orders: dict[int, Order] = {}
        self._creations: dict[int, RoundTrip | None] = {}
        self.fills: list[Fill] = []
        self._unsubscribe = sandbox.engine.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, OrderEvent) and event.order.account_id == self._account_id:
            self.orders[event.order.id] = event.order
            self._creations.setdefault(event.order.id, self._sandbox.request_log.under_way)
            if event.fill is not None:
                self.fills.append(event.fill)

    def told_at(self, order_id: int) -> float | None:
        """When the venue had told, in answer to the request for it, what became of an order; None if it has not."""
        creation = self._creations[order_id]
        return None if creation is None else creation.told_at

    def stop(self) -> None:
        """Listen no more."""
        self._unsubscribe()

    def cancel(self, order: Order) -> None:
        """Cancel an order by hand, as its owner would on the venue's web page."""
        self._sandbox.engine.cancel(self._account_id, order_id=order.id)

    def holdings(self) -> dict[str, Holding]:
        """Of what is not zero."""
        held = self._sandbox.engine.balances(self._account_id)
        return {asset: Holding(each.total, each.free) for asset, each in held.items() if each.total}

    def open_orders(self) -> dict[str, Order]:
        """By client order id."""
        return {order.client_order_id: order for order in self.orders.values() if order.is_open}
