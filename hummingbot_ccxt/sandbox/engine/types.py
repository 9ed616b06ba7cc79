"""What the engine's callers hold in their hands: markets, orders, fills, trades, balances.

Units throughout: prices in quote per base, amounts in base, quote amounts and costs in quote, times in milliseconds.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from .exact import EXACT, ZERO


class Side(Enum):
    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(Enum):
    LIMIT = "limit"
    LIMIT_MAKER = "limit_maker"  # post only: refused where it would take
    MARKET = "market"


class TimeInForce(Enum):
    GTC = "gtc"  # rests until filled or canceled
    IOC = "ioc"  # takes what it can, the rest expires
    FOK = "fok"  # takes all of its amount at once, or nothing


class OrderStatus(Enum):
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"  # by its owner
    EXPIRED = "expired"  # by its own terms: IOC, FOK, or a market order that emptied the book


OPEN_STATUSES = frozenset({OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED})


@dataclass(frozen=True, slots=True)
class Market:
    """One spot market and its trading rules.

    `min_notional` (quote) is compared with price x amount; for a market order by amount, at the best price it meets.
    """

    base: str
    quote: str
    tick_size: Decimal
    lot_size: Decimal
    min_amount: Decimal
    max_amount: Decimal
    min_notional: Decimal

    @property
    def symbol(self) -> str:
        """`BTC/USDT`."""
        return f"{self.base}/{self.quote}"


@dataclass(frozen=True, slots=True)
class Fill:
    """One order's side of a trade.

    `id` is the trade's: a sequence per market, the same for the two fills of one trade. `fee` is paid, never negative,
    in the asset received (base for a buy, quote for a sell), or always in quote where the venue does so, and the exact
    product of rate and that amount, not rounded.
    """

    id: int
    order_id: int
    account_id: str
    client_order_id: str
    symbol: str
    side: Side
    price: Decimal
    amount: Decimal
    quote_amount: Decimal
    fee_asset: str
    fee: Decimal
    is_maker: bool
    time_ms: int
    is_best_match: bool = True

    @property
    def role(self) -> str:
        return "maker" if self.is_maker else "taker"


@dataclass(frozen=True, slots=True)
class Trade:
    """A public trade; the buyer is the maker where `taker_side` is SELL."""

    id: int
    symbol: str
    price: Decimal
    amount: Decimal
    buyer_order_id: int
    seller_order_id: int
    taker_side: Side
    time_ms: int


@dataclass(frozen=True, slots=True)
class Balance:
    """One account's holding of one asset; `locked` is what its open orders need."""

    free: Decimal
    locked: Decimal

    @property
    def total(self) -> Decimal:
        return EXACT.add(self.free, self.locked)


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Fractions of what is received: 0.001 is 0.1 %."""

    maker: Decimal
    taker: Decimal


@dataclass(slots=True, eq=False)
class Order:
    """An order as of one moment; what the engine hands out is always a copy.

    `price` is None for market orders. Either `amount` (base) is set, or `quote_amount` (quote) for a market order given
    by its cost. `filled` and `filled_quote` are the sums over `fills`. `fee_reserve` is the rate that a buy holds
    beside its price, for a fee in quote; zero where fees are left out of what is received. `would_have_taken`: a
    LIMIT_MAKER order, canceled on its arrival for that.
    """

    id: int
    account_id: str
    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    price: Decimal | None
    amount: Decimal | None
    quote_amount: Decimal | None
    client_order_id: str
    created_ms: int
    updated_ms: int
    filled: Decimal = ZERO
    filled_quote: Decimal = ZERO
    status: OrderStatus = OrderStatus.NEW
    fills: list[Fill] = field(default_factory=list)
    fee_reserve: Decimal = ZERO
    would_have_taken: bool = False

    @property
    def remaining(self) -> Decimal:
        """Base not filled; zero for an order by cost, which has no amount and never rests."""
        return ZERO if self.amount is None else EXACT.subtract(self.amount, self.filled)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def average_price(self) -> Decimal | None:
        """Filled quote per filled base, None without a fill; the one figure here that is rounded (28 digits)."""
        return self.filled_quote / self.filled if self.filled else None

    @property
    def wanted(self) -> Decimal | None:
        """What was ordered: base, or quote where the order was given by its cost."""
        return self.amount if self.quote_amount is None else self.quote_amount

    @property
    def kind(self) -> str:
        """`market` or `limit`, which a post-only order is too: the one word that every exchange has for it."""
        return "market" if self.type is OrderType.MARKET else "limit"

    @property
    def fee(self) -> Decimal:
        """The sum over `fills`, in their `fee_asset`, which is the same for all of one order's."""
        return sum((fill.fee for fill in self.fills), ZERO)

    @property
    def fee_asset(self) -> str:
        """Empty without a fill."""
        return self.fills[0].fee_asset if self.fills else ""

    def snapshot(self) -> "Order":
        """A copy that no later event changes."""
        return Order(
            id=self.id,
            account_id=self.account_id,
            symbol=self.symbol,
            side=self.side,
            type=self.type,
            time_in_force=self.time_in_force,
            price=self.price,
            amount=self.amount,
            quote_amount=self.quote_amount,
            client_order_id=self.client_order_id,
            created_ms=self.created_ms,
            updated_ms=self.updated_ms,
            filled=self.filled,
            filled_quote=self.filled_quote,
            status=self.status,
            fills=list(self.fills),
            fee_reserve=self.fee_reserve,
            would_have_taken=self.would_have_taken,
        )
