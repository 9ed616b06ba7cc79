"""What the server asks of an exchange's protocol, and what the protocol finds at the venue."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from ..accounts import Accounts
from ..clock import VenueClock
from ..engine import Engine, Event, Fill
from ..faults import Faults, Rule
from ..http import ApiReply, ApiRequest
from ..recording import Record
from ..replay import Recording
from ..streams import Session, Streams


@dataclass(frozen=True, slots=True)
class Settings:
    """How quickly the venue talks and how much it lets itself be asked.

    Times in seconds. `book_interval_s` is the fastest book stream's; slower streams and tickers are multiples of it.
    The exchange's own rate limits hold, for an account of the level `tier` where it has levels (None: the lowest), and
    what they allow is there again `limits_pace` times as soon. `weight_limit`: in their place, so much a minute and
    address; `order_limit`: so many new orders in ten seconds and account. `silence_limit_s`: how long a connection may
    stay without a message before the venue ends it; None for the exchange's own rule.
    """

    book_interval_s: float = 0.1
    tier: str | None = None
    limits_pace: float = 1.0
    weight_limit: int | None = None
    order_limit: int | None = None
    raw_request_limit: int = 61_000
    connection_limit: int = 300
    message_limit_per_s: int = 5
    stream_limit: int = 1_024
    queue_limit: int = 20_000
    ping_interval_s: float = 20.0
    pong_timeout_s: float = 60.0
    silence_limit_s: float | None = None
    session_lifetime_s: float = 3_600.0
    stamp_window_s: float = 5.0  # how far time stamps may be off, where the exchange says it and not the request
    hold_s: float = 300.0  # how long a request that is never answered stays open


@dataclass(frozen=True, slots=True)
class Venue:
    """Everything that a wire works on."""

    engine: Engine
    clock: VenueClock
    accounts: Accounts
    streams: Streams
    faults: Faults
    settings: Settings


class SocketHandler(Protocol):
    """One WebSocket connection's side of the protocol.

    With `is_limited`, more messages a second than the setting allows end the connection.
    """

    is_limited: ClassVar[bool]

    def opened(self, session: Session) -> None: ...
    def received(self, session: Session, text: str) -> None: ...
    def closed(self, session: Session) -> None: ...


class Wire(ABC):
    """One exchange's protocol.

    Nothing here waits: every method answers at once, and the server adds the delays that a fault asks for.
    `fees_in_quote`: buys too pay their fee in quote, on top of the cost (see `Engine`). `has_passphrase`: whether its
    API keys have one beside the secret.
    """

    name: ClassVar[str]
    fees_in_quote: ClassVar[bool] = False
    has_passphrase: ClassVar[bool] = False

    def __init__(self, venue: Venue) -> None:
        self.venue = venue

    @classmethod
    @abstractmethod
    def recorded(cls, records: Iterable[Record]) -> Recording:
        """What a recording of the exchange's messages says about its markets; ValueError where it says nothing."""

    @abstractmethod
    def endpoint(self, request: ApiRequest) -> str:
        """The request's name in the log and for the fault switches: `order.create`; `unknown` for no such path."""

    @abstractmethod
    def answer(self, request: ApiRequest) -> ApiReply:
        """Carries the request out; refusals come in the exchange's own words and status."""

    @abstractmethod
    def fault_reply(self, rule: Rule, request: ApiRequest) -> ApiReply:
        """How the exchange words the fault of `rule`: an overload, a ban, maintenance, an order it does not know."""

    @abstractmethod
    def accept(self, host: str, path: str, query: str) -> SocketHandler | None:
        """The handler of a WebSocket connection to that address; None where there is nothing."""

    @abstractmethod
    def on_event(self, event: Event) -> None:
        """The engine's events, in order."""

    @abstractmethod
    def expire_sessions(self) -> int:
        """Ends every user stream as if its session had run out; how many."""

    @abstractmethod
    def public_parameters(self, parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Request parameters without signatures and keys, for the log."""

    def fill_id(self, fill: Fill) -> str:
        """What the exchange calls an account's side of a trade."""
        return str(fill.id)

    def secrets(self) -> list[str]:
        """Session keys of the exchange's own making that must not reach a recording."""
        return []

    def stop(self) -> None:
        """Timers off."""
        return
