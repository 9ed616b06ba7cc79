"""What the engine tells its listeners, in the order in which it happened.

Events are delivered when the whole operation is done, so a listener that reads the engine may find it a step ahead of
the event in its hand, never behind. Each event carries its own state as of its own moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from .types import Balance, Fill, Order, Side, Trade


class OrderEventKind(Enum):
    NEW = "new"  # accepted, before any matching
    TRADE = "trade"
    CANCELED = "canceled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class BookLevel:
    """A price level now holds `amount` in total (0: it is gone); `sequence` is its book's, without gaps."""

    symbol: str
    side: Side
    price: Decimal
    amount: Decimal
    sequence: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class Traded:
    trade: Trade


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """An order changed; `order` is a copy as of then, `fill` set for TRADE only, `sequence` per engine without gaps."""

    order: Order
    kind: OrderEventKind
    fill: Fill | None
    time_ms: int
    sequence: int


@dataclass(frozen=True, slots=True)
class BalanceChanged:
    """The assets of one account that an operation touched, one event per account and operation, after its orders'."""

    account_id: str
    balances: Mapping[str, Balance]
    time_ms: int


Event = BookLevel | Traded | OrderEvent | BalanceChanged
