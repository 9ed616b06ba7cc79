"""What the suite must know of one exchange's wire: addresses, payloads, and how to read a request."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.core.data_type.in_flight_order import InFlightOrder

Endpoint = Literal["markets", "ticker", "network", "create", "cancel", "order", "trades", "balance"]
Status = Literal["open", "partly filled", "filled", "canceled"]


@dataclass(frozen=True)
class Rules:
    """A market's rules. Price step in quote per base, amounts in base, notional in quote; as the venue writes them."""

    tick: str
    lot: str
    smallest: str
    largest: str
    notional: str


@dataclass(frozen=True)
class Fill:
    """One trade of an order. `fee` is in `fee_token`."""

    trade_id: str
    price: Decimal
    amount: Decimal
    fee: Decimal
    fee_token: str


@dataclass(frozen=True)
class Sent:
    """A request as it left: the headers, and the parameters of query and body together, with the "path"."""

    headers: Mapping[str, str]
    parameters: Mapping[str, Any]


class Wire(ABC):
    """One exchange's protocol. Payloads have the shape of real ones; see each wire for their source.

    `quote_step`: the step between amounts of quote in `market`, as Hummingbot's TradingRule writes it; `has_notional`:
    whether a market states the smallest value of an order. `endpoints`: the HTTP method and the address of each request
    that the suite answers, without query except for the markets'. `options`: what ccxt's options must hold to parse
    markets that it did not fetch, and to fetch them with that one request. `cancel_tells_state`: whether the answer to
    a cancellation says that the order is canceled, which else has to be confirmed. `fee_in_base`: whether ccxt's class
    takes a buyer's fee to be in base, whatever the venue writes. `has_largest`: whether a market states the largest
    amount of an order. `unusable`: a rule and a value of it with which a market makes no trading rule, and what the
    connector says of it. `streams_fills`: whether fills come by stream, or are fetched when the stream tells of an
    order that has some. `streams_free`: whether the stream of balances says what is free, or only totals. `beside`:
    what ccxt's class asks for by itself to list markets and to subscribe, by its names of the endpoints, with the
    answers.

    An address has "{id}" where the id of the order stands.
    """

    exchange: ClassVar[str]
    credentials: ClassVar[Mapping[str, str]]
    endpoints: ClassVar[Mapping[Endpoint, tuple[str, str]]]
    order_id: ClassVar[Any]
    quote_step: ClassVar[str]
    options: ClassVar[Mapping[str, Any]] = {}
    has_notional: ClassVar[bool] = True
    cancel_tells_state: ClassVar[bool] = True
    fee_in_base: ClassVar[bool] = False
    has_largest: ClassVar[bool] = True
    unusable: ClassVar[tuple[str, str, str]] = (
        "tick",
        "-0.00000100",
        "market.precision.price is not above zero: -1e-06",
    )
    streams_fills: ClassVar[bool] = True
    streams_free: ClassVar[bool] = True
    beside: ClassVar[Mapping[str, Any]] = {}

    # --- public

    @abstractmethod
    def market(self, base: str, quote: str, rules: Rules, *, tradable: bool = True) -> dict[str, Any]:
        """One market in the list of markets; with `tradable` false one that spot orders are not taken for."""

    @abstractmethod
    def markets(self, markets: list[dict[str, Any]]) -> Any:
        """The answer that lists markets."""

    @abstractmethod
    def ticker_query(self, base: str, quote: str) -> str:
        """The query of a request for one ticker, "" where there is none."""

    @abstractmethod
    def ticker(self, base: str, quote: str, last: float) -> Any:
        """The answer with a ticker."""

    @abstractmethod
    def time(self) -> Any:
        """The answer to the request that checks the network."""

    # --- private, REST

    @abstractmethod
    def created(self, base: str, quote: str) -> Any:
        """The answer to an order that the venue takes as `order_id`."""

    @abstractmethod
    def canceled(self, order: InFlightOrder) -> Any:
        """The answer to a cancellation that succeeds."""

    @abstractmethod
    def order(self, order: InFlightOrder, status: Status, filled: Decimal) -> Any:
        """The answer to a question for an order."""

    @abstractmethod
    def trades(self, order: InFlightOrder, fills: list[Fill]) -> Any:
        """The answer to a question for an order's trades."""

    @abstractmethod
    def balances(self, held: Mapping[str, tuple[str, str]]) -> Any:
        """The answer to a question for balances: token -> (free, locked)."""

    @abstractmethod
    def unknown_order(self, endpoint: Literal["cancel", "order"]) -> tuple[int, Any]:
        """HTTP status and answer when the venue does not know the order."""

    # --- private, WebSocket

    @abstractmethod
    def acknowledge(self, frame: Any) -> list[Any]:
        """What the venue answers to a frame of ccxt's: confirmations of log-in and subscription."""

    @abstractmethod
    def order_messages(self, order: InFlightOrder, status: Status, fill: Fill | None = None) -> list[Any]:
        """The messages that say what became of an order, its fill included if there is one."""

    @abstractmethod
    def balance_messages(self, held: Mapping[str, tuple[str, str]]) -> list[Any]:
        """The messages that say balances: token -> (free, locked)."""

    # --- requests

    @abstractmethod
    def is_signed(self, sent: Sent) -> bool:
        """Whether the request carries the key and a signature in the venue's form."""

    @abstractmethod
    def expected_parameters(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder
    ) -> Mapping[str, str | Decimal]:
        """What the request must say of the order: parameter (or "path") -> text, or number."""
