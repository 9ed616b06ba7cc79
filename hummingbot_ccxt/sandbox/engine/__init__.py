"""A spot venue without wires: price-time matching, accounts, holds and fees on exact decimals.

Synchronous and deterministic: the clock is handed in, nothing waits, nothing is random.
"""

from .book import Book, BookSide, Level
from .engine import Engine
from .errors import LedgerError, Rejected, Rejection
from .events import BalanceChanged, BookLevel, Event, OrderEvent, OrderEventKind, Traded
from .ledger import FEE_ACCOUNT
from .types import (
    Balance,
    FeeRates,
    Fill,
    Market,
    Order,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    Trade,
)

__all__ = [
    "FEE_ACCOUNT",
    "Balance",
    "BalanceChanged",
    "Book",
    "BookLevel",
    "BookSide",
    "Engine",
    "Event",
    "FeeRates",
    "Fill",
    "LedgerError",
    "Level",
    "Market",
    "Order",
    "OrderEvent",
    "OrderEventKind",
    "OrderStatus",
    "OrderType",
    "Rejected",
    "Rejection",
    "Side",
    "TimeInForce",
    "Trade",
    "Traded",
]
