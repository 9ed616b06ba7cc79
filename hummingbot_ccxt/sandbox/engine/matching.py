"""Which resting orders an incoming order would trade with; a plan, so that a refusal has changed nothing."""

from dataclasses import dataclass
from decimal import Decimal

from .book import BookSide
from .exact import ZERO
from .types import Order, Side


@dataclass(frozen=True, slots=True)
class Match:
    """`amount` (base) against `maker`, at the maker's price."""

    maker: Order
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """The matches in the order of price, then time; `is_complete` if they satisfy all that was asked for."""

    matches: tuple[Match, ...]
    is_complete: bool

    @property
    def amount(self) -> Decimal:
        """Base; needs the EXACT context."""
        return sum((match.amount for match in self.matches), ZERO)

    @property
    def cost(self) -> Decimal:
        """Quote; needs the EXACT context."""
        return sum((match.price * match.amount for match in self.matches), ZERO)


def plan_amount(makers: BookSide, taker_side: Side, amount: Decimal, limit: Decimal | None) -> Plan:
    """Takes `amount` (base) from the other side, not beyond the `limit` price (None: at any price)."""
    matches: list[Match] = []
    for level in makers:
        if limit is not None and (level.price > limit if taker_side is Side.BUY else level.price < limit):
            break
        for maker in level.queue:
            taken = min(amount, maker.remaining)
            matches.append(Match(maker, level.price, taken))
            amount -= taken
            if amount == ZERO:
                return Plan(tuple(matches), is_complete=True)
    return Plan(tuple(matches), is_complete=False)


def plan_cost(makers: BookSide, quote_amount: Decimal, lot_size: Decimal) -> Plan:
    """Takes whole lots for at most `quote_amount`; complete when less than one more lot's worth of it is left."""
    matches: list[Match] = []
    for level in makers:
        lot_cost = level.price * lot_size
        for maker in level.queue:
            affordable = quote_amount // lot_cost * lot_size
            taken = min(affordable, maker.remaining)
            if taken:
                matches.append(Match(maker, level.price, taken))
                quote_amount -= taken * level.price
            if taken == affordable:
                return Plan(tuple(matches), is_complete=True)
    return Plan(tuple(matches), is_complete=False)
