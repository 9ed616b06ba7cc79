"""The engine's invariants, checked from scratch: what the open orders need, what the book shows, what the ledger says.

Plain operators are used throughout, so the caller (the engine) must have entered the `EXACT` decimal context.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from .book import Book
from .errors import LedgerError
from .exact import ZERO
from .ledger import Ledger
from .orders import OrderStore
from .types import Market, Order, Side


def hold_of(market: Market, order: Order) -> tuple[str, Decimal]:
    """The asset and the amount that a resting order needs: base for a sell; quote for a buy, its fee included."""
    if order.side is Side.SELL:
        return market.base, order.remaining
    if order.price is None:
        raise LedgerError(f"order {order.id} rests without a price")
    return market.quote, order.price * order.remaining * (1 + order.fee_reserve)


def audit(markets: Mapping[str, Market], books: Mapping[str, Book], orders: OrderStore, ledger: Ledger) -> None:
    """Raises LedgerError at the first invariant that does not hold."""
    ledger.audit()
    open_orders = [order for account_id in orders.accounts() for order in orders.open_orders(account_id, None)]
    _audit_holds(markets, open_orders, ledger)
    for symbol, book in books.items():
        _audit_book(symbol, book, {order.id: order for order in open_orders if order.symbol == symbol})


def _audit_holds(markets: Mapping[str, Market], open_orders: Iterable[Order], ledger: Ledger) -> None:
    needed: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for order in open_orders:
        asset, amount = hold_of(markets[order.symbol], order)
        needed[order.account_id, asset] += amount
    for account_id in ledger.accounts():
        for asset, balance in ledger.balances(account_id).items():
            if balance.locked != needed[account_id, asset]:
                raise LedgerError(
                    f"{account_id} has {balance.locked} {asset} locked, its orders need {needed[account_id, asset]}"
                )


def _audit_book(symbol: str, book: Book, open_orders: dict[int, Order]) -> None:
    if book.is_crossed:
        raise LedgerError(f"{symbol} is crossed: bid {book.best_bid}, ask {book.best_ask}")
    for side in (book.bids, book.asks):
        for level in side:
            ids = [order.id for order in level.queue]
            if ids != sorted(ids):
                raise LedgerError(f"{symbol} at {level.price}: {ids} are not in the order of their arrival")
            remaining = sum((order.remaining for order in level.queue), ZERO)
            if level.amount != remaining or remaining <= ZERO:
                raise LedgerError(f"{symbol} at {level.price}: shows {level.amount}, the orders have {remaining}")
            for order in level.queue:
                if open_orders.pop(order.id, None) is not order or order.price != level.price:
                    raise LedgerError(f"{symbol} at {level.price}: order {order.id} is not open, or not at this price")
    if open_orders:
        raise LedgerError(f"{symbol}: open orders {sorted(open_orders)} are not in the book")
