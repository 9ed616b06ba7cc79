"""What is known at the end of a storm, from the three sources, and what came of comparing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Filled:
    """One fill: of which order, at what price (quote per base), how much (base), the fee paid and in what."""

    order_id: str
    price: Decimal
    amount: Decimal
    fee: Decimal
    fee_asset: str


def kept(value: Decimal) -> Decimal:
    """What Hummingbot's database keeps of a price or an amount: six decimals (`model/decimal_type_decorator.py`)."""
    return Decimal(int(value * 10**6)) / 10**6


@dataclass(frozen=True, slots=True)
class VenueOrder:
    """An order as the venue has it; `ends`: open, filled or canceled, the words for it that are true.

    `trades`: (the venue's name of it, fill). `price`, `amount`: what was ordered, None where it was another thing.
    """

    client_order_id: str
    side: str
    base: str
    quote: str
    ends: frozenset[str]
    filled: Decimal
    trades: Sequence[tuple[str, Filled]]
    price: Decimal | None = None
    amount: Decimal | None = None

    @property
    def fills(self) -> list[Filled]:
        """Without their names."""
        return [fill for _, fill in self.trades]


@dataclass(slots=True)
class Told:
    """What Hummingbot was told and kept, over all lives of its process."""

    created: list[str] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)
    """(client order id, filled | canceled | failed), each time that it was told."""
    fills: list[tuple[str, Filled]] = field(default_factory=list)
    """(trade id, fill), each time that it was told."""
    stored_fills: dict[tuple[str, str], Filled] = field(default_factory=dict)
    """(client order id, trade id) -> the fill, as `kept` leaves it, in the database."""
    stored_orders: dict[str, str] = field(default_factory=dict)
    """Client order id -> last status in the database."""
    stored_terms: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Client order id -> (price, amount), as `kept` leaves them, in the database."""

    def known(self) -> set[str]:
        """The client order id of every order of which anything was told or kept."""
        return {
            *self.created, *self.stored_orders, *(order_id for order_id, _ in self.ends),
            *(fill.order_id for _, fill in self.fills),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Believed:
    """The connector's state: its tracked orders (executed amount by client order id), balances (total, free)."""

    tracked: Mapping[str, Decimal]
    lost: Sequence[str]
    balances: Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every difference, named; the storm is won where all are empty."""

    lost: tuple[str, ...] = ()
    duplicated: tuple[str, ...] = ()
    orphaned: tuple[str, ...] = ()
    wrong_state: tuple[str, ...] = ()
    balance_difference: Mapping[str, Decimal] = field(default_factory=dict)
    """Asset -> the farthest that Hummingbot or the connector is from the venue; of what differs only."""

    def with_earlier(self, earlier: "Comparison") -> "Comparison":
        """All that either found: what was wrong does not become right by what was done after it."""
        differences = dict(self.balance_difference)
        for asset, value in earlier.balance_difference.items():
            differences[asset] = max(differences.get(asset, Decimal(0)), value, key=abs)
        named = ("lost", "duplicated", "orphaned", "wrong_state")
        both = {name: tuple(dict.fromkeys((*getattr(earlier, name), *getattr(self, name)))) for name in named}
        return Comparison(**both, balance_difference=differences)

    def problems(self) -> list[str]:
        """One line each."""
        named = {"lost": self.lost, "duplicated": self.duplicated, "orphaned": self.orphaned, "wrong": self.wrong_state}
        found = [f"{name}: {case}" for name, cases in named.items() for case in cases]
        return found + [f"balance: {asset} differs by {value}" for asset, value in self.balance_difference.items()]


@dataclass(slots=True)
class Episode:
    """Some troubles at once; times in seconds since the storm began."""

    troubles: tuple[str, ...]
    began: float
    ended: float = 0.0
    recovery_s: float | None = None
    """From the end of the troubles to a correct book, orders and balances; None where it was not waited for."""
    recovered: bool = True
    missing: str = ""
    """What was not right yet when the patience ended."""
    book_s: float | None = None
    """The same for the books alone."""
    book_right: bool = True
    """Whether the books were right within the limit for them, `Result.book_limit_s`."""
    book_missing: str = ""
    struck: tuple[str, ...] = ()
    """Those of the troubles that did something: a rule may find no request to strike."""


@dataclass(slots=True)
class Result:
    """One round of a storm on one connector."""

    exchange: str
    kind: str
    seed: str
    orders: int = 0
    fills: int = 0
    seconds: float = 0.0
    faults: dict[str, int] = field(default_factory=dict)
    comparison: Comparison = field(default_factory=Comparison)
    dead_streams: tuple[str, ...] = ()
    episodes: list[Episode] = field(default_factory=list)
    book_limit_s: float = 0.0
    logged: dict[str, int] = field(default_factory=dict)
    unsaved: dict[str, int] = field(default_factory=dict)
    """Orders that were on their way when the process was killed, by why they count as that (`storm.on_its_way`):
    Hummingbot saves orders when it is told an event, and it was told none between the beginning of the request and the
    kill, so that its saved state holds no word of these, whatever the connector. They are left out of the comparison
    unless a later life knows them, and cancelled by hand where they are open."""
    failure: str = ""
    """Why the round could not be finished, if so."""

    @property
    def recoveries(self) -> list[float]:
        """In seconds, of the episodes after which it was waited for."""
        return [each.recovery_s for each in self.episodes if each.recovery_s is not None]

    @property
    def book_seconds(self) -> list[float]:
        """From the end of the troubles to books that are the venue's, where it was waited for."""
        return [each.book_s for each in self.episodes if each.book_s is not None]

    @property
    def late_books(self) -> list[Episode]:
        """After which a book was not the venue's in time."""
        return [each for each in self.episodes if not each.book_right]

    def problems(self) -> list[str]:
        """One line each; none if all is as it should be."""
        found = self.comparison.problems() + [f"dead stream: {name}" for name in self.dead_streams]
        found += [
            f"not right {e.recovery_s:.0f} s after {', '.join(e.troubles)}: {e.missing}"
            for e in self.episodes
            if not e.recovered and e.recovery_s is not None
        ]
        found += [
            f"late: {e.book_missing or 'books'} not the venue's {self.book_limit_s:.1f} s after {', '.join(e.troubles)}"
            f" (took {e.book_s or 0.0:.1f} s)"
            for e in self.late_books
        ]
        return found + ([self.failure] if self.failure else [])


Json = dict[str, Any]
