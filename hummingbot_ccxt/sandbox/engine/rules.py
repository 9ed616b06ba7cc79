"""Whether an order's own terms make an order on its market; nothing here knows of books or balances."""

from dataclasses import dataclass
from decimal import Decimal

from .errors import Rejected, Rejection
from .exact import EXACT, ZERO, is_multiple, is_usable
from .types import Market, OrderType, Side, TimeInForce


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What a client asked for; the fields are those of `Engine.place`."""

    account_id: str
    symbol: str
    side: Side
    type: OrderType
    price: Decimal | None
    amount: Decimal | None
    quote_amount: Decimal | None
    time_in_force: TimeInForce
    client_order_id: str | None
    fee_reserve: Decimal = ZERO  # see Order


def check_terms(market: Market, request: OrderRequest) -> None:
    """Raises Rejected if the combination of terms, the price, the amount or the notional is not allowed."""
    _check_combination(request)
    if request.price is not None and not (is_usable(request.price) and is_multiple(request.price, market.tick_size)):
        raise Rejected(Rejection.BAD_PRICE_TICK, f"{request.price} in ticks of {market.tick_size}")
    if request.amount is not None:
        _check_amount(market, request.amount)
    if request.quote_amount is not None and not is_usable(request.quote_amount):
        raise Rejected(Rejection.BAD_PARAMETERS, f"a cost of {request.quote_amount}")
    if request.price is not None and request.amount is not None:
        check_notional(market, EXACT.multiply(request.price, request.amount))
    elif request.quote_amount is not None:
        check_notional(market, request.quote_amount)


def check_notional(market: Market, notional: Decimal) -> None:
    """Raises Rejected if `notional` (quote) is too small."""
    if notional < market.min_notional:
        raise Rejected(Rejection.BELOW_MIN_NOTIONAL, f"{notional} < {market.min_notional} {market.quote}")


def _check_combination(request: OrderRequest) -> None:
    if request.type is OrderType.MARKET:
        if request.price is not None or (request.amount is None) == (request.quote_amount is None):
            raise Rejected(Rejection.BAD_PARAMETERS, "a market order takes an amount or a cost, and no price")
    elif request.price is None or request.amount is None or request.quote_amount is not None:
        raise Rejected(Rejection.BAD_PARAMETERS, "a limit order takes a price and an amount, and no cost")
    if request.type is not OrderType.LIMIT and request.time_in_force is not TimeInForce.GTC:
        raise Rejected(Rejection.BAD_PARAMETERS, f"time in force {request.time_in_force.name} is for limit orders")
    if request.client_order_id == "":
        raise Rejected(Rejection.BAD_PARAMETERS, "an empty client order id")


def _check_amount(market: Market, amount: Decimal) -> None:
    if not (is_usable(amount) and is_multiple(amount, market.lot_size)):
        raise Rejected(Rejection.BAD_LOT, f"{amount} in lots of {market.lot_size}")
    if amount < market.min_amount:
        raise Rejected(Rejection.BELOW_MIN_AMOUNT, f"{amount} < {market.min_amount} {market.base}")
    if amount > market.max_amount:
        raise Rejected(Rejection.ABOVE_MAX_AMOUNT, f"{amount} > {market.max_amount} {market.base}")
