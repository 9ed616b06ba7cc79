"""How the venue says no, and how its books say that they are wrong."""

from enum import Enum


class Rejection(Enum):
    """The reason of a refusal; a wire front-end turns each into its exchange's own code and message."""

    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_MARKET = "unknown_market"
    MARKET_CLOSED = "market_closed"
    BAD_PARAMETERS = "bad_parameters"  # the combination of type, price, amount, cost and time in force makes no order
    BAD_PRICE_TICK = "bad_price_tick"  # not above zero, or no multiple of the tick size
    BAD_LOT = "bad_lot"  # not above zero, or no multiple of the lot size
    BELOW_MIN_AMOUNT = "below_min_amount"
    ABOVE_MAX_AMOUNT = "above_max_amount"
    BELOW_MIN_NOTIONAL = "below_min_notional"
    DUPLICATE_CLIENT_ORDER_ID = "duplicate_client_order_id"  # an *open* order of the account has it
    WOULD_CROSS = "would_cross"  # a LIMIT_MAKER order that would take
    NO_LIQUIDITY = "no_liquidity"  # a market order, and nothing at all on the other side
    INSUFFICIENT_FUNDS = "insufficient_funds"
    UNKNOWN_ORDER = "unknown_order"
    ORDER_NOT_OPEN = "order_not_open"  # known, but filled, canceled or expired


class Rejected(Exception):
    """The venue refused the request and changed nothing."""

    def __init__(self, rejection: Rejection, detail: str = "") -> None:
        super().__init__(f"{rejection.value}: {detail}" if detail else rejection.value)
        self.rejection = rejection
        self.detail = detail


class LedgerError(AssertionError):
    """An invariant of the engine does not hold; the text says which one, where, and by how much."""
