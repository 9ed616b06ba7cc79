"""Finding an account's orders: by id, by client order id, the open ones, and a bounded past."""

from collections import deque
from dataclasses import dataclass, field

from .errors import Rejected, Rejection
from .types import Fill, Order


@dataclass(slots=True)
class _Account:
    history_limit: int
    fills: deque[Fill]
    orders: dict[int, Order] = field(default_factory=dict)  # oldest first
    open: dict[int, Order] = field(default_factory=dict)  # oldest first
    latest: dict[tuple[str | None, str], Order] = field(default_factory=dict)  # by (symbol or None, client order id)
    open_client_ids: set[str] = field(default_factory=set)
    closed: deque[int] = field(default_factory=deque)


class OrderStore:
    """The orders and fills of every account; of closed orders and of fills the newest `history_limit` each."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}

    def __contains__(self, account_id: str) -> bool:
        return account_id in self._accounts

    def accounts(self) -> list[str]:
        return list(self._accounts)

    def open_account(self, account_id: str, history_limit: int) -> None:
        self._accounts[account_id] = _Account(history_limit, fills=deque(maxlen=history_limit))

    def has_open_client_id(self, account_id: str, client_order_id: str) -> bool:
        return client_order_id in self._account(account_id).open_client_ids

    def add(self, order: Order) -> None:
        account = self._account(order.account_id)
        account.orders[order.id] = order
        account.open[order.id] = order
        account.latest[order.symbol, order.client_order_id] = order
        account.latest[None, order.client_order_id] = order
        account.open_client_ids.add(order.client_order_id)

    def add_fill(self, fill: Fill) -> None:
        self._account(fill.account_id).fills.append(fill)

    def close(self, order: Order) -> None:
        """Moves the order from the open ones to the past, and forgets the oldest of that if there is too much."""
        account = self._account(order.account_id)
        del account.open[order.id]
        account.open_client_ids.discard(order.client_order_id)
        account.closed.append(order.id)
        if len(account.closed) > account.history_limit:
            oldest = account.orders.pop(account.closed.popleft())
            for key in ((oldest.symbol, oldest.client_order_id), (None, oldest.client_order_id)):
                if account.latest.get(key) is oldest:
                    del account.latest[key]

    def find(self, account_id: str, symbol: str | None, order_id: int | None, client_order_id: str | None) -> Order:
        """The one order that has all of the given properties; a client order id used again means its latest order.

        Raises Rejected UNKNOWN_ORDER, or BAD_PARAMETERS if neither id is given.
        """
        account = self._account(account_id)
        found: Order | None
        if order_id is not None:
            found = account.orders.get(order_id)
        elif client_order_id is None:
            raise Rejected(Rejection.BAD_PARAMETERS, "neither an order id nor a client order id")
        else:
            found = account.latest.get((symbol, client_order_id))
        if found is None or symbol not in (None, found.symbol) or client_order_id not in (None, found.client_order_id):
            raise Rejected(Rejection.UNKNOWN_ORDER, f"symbol {symbol}, id {order_id}, client id {client_order_id}")
        return found

    def orders(self, account_id: str, symbol: str | None) -> list[Order]:
        return [order for order in self._account(account_id).orders.values() if symbol in (None, order.symbol)]

    def open_orders(self, account_id: str, symbol: str | None) -> list[Order]:
        return [order for order in self._account(account_id).open.values() if symbol in (None, order.symbol)]

    def fills(self, account_id: str, symbol: str | None) -> list[Fill]:
        return [fill for fill in self._account(account_id).fills if symbol in (None, fill.symbol)]

    def _account(self, account_id: str) -> _Account:
        try:
            return self._accounts[account_id]
        except KeyError:
            raise Rejected(Rejection.UNKNOWN_ACCOUNT, account_id) from None
