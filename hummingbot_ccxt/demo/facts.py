"""What the three sources say, in one vocabulary: the venue, Hummingbot's trade database, the connector."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Side = Literal["buy", "sell"]
End = Literal["open", "filled", "canceled", "failed"]


@dataclass(frozen=True, slots=True)
class OrderFact:
    """One order. Milliseconds since the epoch; `ended_ms` is None while it is open. `filled` in base."""

    client_order_id: str
    side: Side
    price: Decimal
    amount: Decimal
    filled: Decimal
    created_ms: int
    ended_ms: int | None
    end: End


@dataclass(frozen=True, slots=True)
class FillFact:
    """One fill. Price in quote per base, amount in base; `fee` is what was paid, positive."""

    trade_id: str
    client_order_id: str
    side: Side
    price: Decimal
    amount: Decimal
    fee_asset: str
    fee: Decimal
    time_ms: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The market and the account at one moment; `at_ms` since the epoch, totals include what is locked in orders."""

    at_ms: int
    bid: Decimal
    ask: Decimal
    base: Decimal
    quote: Decimal

    @property
    def mid(self) -> Decimal:
        """Half way between bid and ask."""
        return (self.bid + self.ask) / 2

    @property
    def equity(self) -> Decimal:
        """What the account is worth at the mid price, in quote."""
        return self.quote + self.base * self.mid


@dataclass(frozen=True, slots=True)
class VenueFacts:
    """The venue's own books on the bot's account."""

    orders: tuple[OrderFact, ...]
    fills: tuple[FillFact, ...]
    start: Mapping[str, Decimal]
    end: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order as Hummingbot's database has it; `end` is "open" where no final event was booked."""

    client_order_id: str
    end: End


@dataclass(frozen=True, slots=True)
class HummingbotFacts:
    """What Hummingbot booked."""

    orders: tuple[StoredOrder, ...] = ()
    fills: tuple[FillFact, ...] = ()
    errors: tuple[str, ...] = ()
    """The first line of each error in its log."""


@dataclass(frozen=True, slots=True)
class ConnectorFacts:
    """The connector's last word: its balances when the market had come to rest, and what it tracked at the end."""

    balances: Mapping[str, Decimal] = field(default_factory=dict)
    tracked: tuple[str, ...] = ()
    """Client order ids that it would take up again after a restart as open."""
