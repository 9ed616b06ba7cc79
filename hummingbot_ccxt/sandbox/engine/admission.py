"""Whether an order can be carried out now, and what it will then trade and need; reads only.

Plain operators are used throughout, so the caller (the engine) must have entered the `EXACT` decimal context.
"""

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from .book import Book
from .errors import Rejected, Rejection
from .ledger import Ledger
from .matching import Plan, plan_amount, plan_cost
from .orders import OrderStore
from .rules import OrderRequest, check_notional, check_terms
from .types import Market, OrderType, Side, Trade

#: Public trades remembered per market.
TRADES_KEPT = 10_000


@dataclass(slots=True)
class MarketState:
    """What changes about a market while the venue runs."""

    market: Market
    next_trade_id: int
    book: Book = field(default_factory=Book)
    trades: deque[Trade] = field(default_factory=lambda: deque(maxlen=TRADES_KEPT))
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Admission:
    """An order that may be carried out: the trades it will make, and what to lock before them."""

    plan: Plan
    hold_asset: str
    hold_amount: Decimal


def admit(state: MarketState, request: OrderRequest, orders: OrderStore, ledger: Ledger) -> Admission:
    """Raises Rejected for anything that keeps the order from being carried out; the account must exist."""
    if not state.is_open:
        raise Rejected(Rejection.MARKET_CLOSED, request.symbol)
    check_terms(state.market, request)
    client_order_id = request.client_order_id
    if client_order_id is not None and orders.has_open_client_id(request.account_id, client_order_id):
        raise Rejected(Rejection.DUPLICATE_CLIENT_ORDER_ID, client_order_id)
    plan = _plan(state, request)
    asset, needed = _funds_needed(state.market, request, plan)
    free = ledger.free(request.account_id, asset)
    if needed > free:
        raise Rejected(Rejection.INSUFFICIENT_FUNDS, f"{needed} {asset} needed, {free} free")
    if request.type is OrderType.MARKET:  # it never rests, so only what it will pay has to be held
        needed = plan.cost * (1 + request.fee_reserve) if request.side is Side.BUY else plan.amount
    return Admission(plan, asset, needed)


def _plan(state: MarketState, request: OrderRequest) -> Plan:
    market, makers = state.market, state.book.side(request.side.opposite)
    if request.type is not OrderType.MARKET:
        assert request.price is not None and request.amount is not None  # noqa: PT018 - check_terms has seen to both
        if request.type is OrderType.LIMIT_MAKER and makers.is_reached_by(request.price):
            raise Rejected(Rejection.WOULD_CROSS, f"{request.price} against {makers.best}")
        return plan_amount(makers, request.side, request.amount, request.price)
    if makers.best is None:
        raise Rejected(Rejection.NO_LIQUIDITY, f"no {request.side.opposite.value} orders on {market.symbol}")
    if request.amount is not None:
        check_notional(market, makers.best * request.amount)
        return plan_amount(makers, request.side, request.amount, None)
    assert request.quote_amount is not None
    plan = plan_cost(makers, request.quote_amount, market.lot_size)
    if plan.is_complete and plan.amount < market.min_amount:
        raise Rejected(Rejection.BELOW_MIN_AMOUNT, f"{request.quote_amount} {market.quote} trades {plan.amount}")
    return plan


def _funds_needed(market: Market, request: OrderRequest, plan: Plan) -> tuple[str, Decimal]:
    """The asset and the amount that must be free.

    Orders with a price and sales by amount are covered in full, whatever the book offers; a market order's other forms
    by what they will really pay, but a purchase by cost must have all of its cost. Fees in quote come on top.
    """
    if request.side is Side.SELL:
        return market.base, plan.amount if request.amount is None else request.amount
    cost = plan.cost if request.quote_amount is None else request.quote_amount
    if request.price is not None and request.amount is not None:
        cost = request.price * request.amount
    return market.quote, cost * (1 + request.fee_reserve)
