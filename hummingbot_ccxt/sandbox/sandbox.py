"""The embedded venue in one object: engine, server, accounts, switches."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .accounts import Accounts, ApiAccount
from .clock import VenueClock
from .engine import Engine, Market
from .faults import Faults
from .markets import DEFAULT_MARKETS, MID_PRICES
from .participants import Participants
from .recording import Recorder, read_recording
from .replay import Replay
from .server import RequestLog, VenueServer
from .streams import Streams
from .wires.base import Settings, Venue, Wire
from .wires.binance import BinanceWire
from .wires.bitget import BitgetWire
from .wires.bybit import BybitWire
from .wires.gate import GateWire
from .wires.kraken import KrakenWire
from .wires.kucoin import KucoinWire
from .wires.okx import OkxWire

WIRES: dict[str, type[Wire]] = {
    wire.name: wire for wire in (BinanceWire, BitgetWire, BybitWire, GateWire, KrakenWire, KucoinWire, OkxWire)
}


class Sandbox:
    """An exchange on 127.0.0.1 that speaks the protocol of `exchange`.

        async with Sandbox("binance", participants=True) as sandbox:
            account = sandbox.create_account({"USDT": Decimal("10000")})
            urls = sandbox.rewrite(ccxt_exchange.urls)

    Everything runs in the caller's event loop; as many sandboxes as wanted fit into one process. `participants` makes
    simulated traders move all markets (True) or those named (an iterable of symbols, or a mapping to mid prices).
    With `replay`, a recording gives the markets and moves them (see `replay`); `await replayed()` waits for its end.
    `record` names a file for every message. `settings` are those of `Settings`, by name: `book_interval_s=0.02` for
    quick tests.
    """

    def __init__(
        self,
        exchange: str = "binance",
        *,
        port: int = 0,
        markets: Iterable[Market] | None = None,
        seed: int = 1,
        participants: bool | Iterable[str] | Mapping[str, Decimal] = False,
        clock_skew_ms: float = 0.0,
        maker_fee: Decimal = Decimal("0.001"),
        taker_fee: Decimal = Decimal("0.001"),
        record: Path | None = None,
        replay: Path | None = None,
        replay_speed: float = 1.0,
        **settings: Any,
    ) -> None:
        """Nothing listens yet.

        Raises ValueError for an exchange without a wire or a file that is no recording of it, OSError for one that
        cannot be read, TypeError for an unknown setting.
        """
        if exchange not in WIRES:
            raise ValueError(f"no sandbox for {exchange!r}; there is one for {', '.join(sorted(WIRES))}")
        recording = None if replay is None else WIRES[exchange].recorded(read_recording(replay))
        if recording is not None:
            markets = recording.markets
        self.exchange = exchange
        self.clock = VenueClock(clock_skew_ms)
        self.engine = Engine(
            DEFAULT_MARKETS if markets is None else markets,
            clock_ms=self.clock,
            maker_fee=maker_fee,
            taker_fee=taker_fee,
            first_order_id=1_000_001,
            first_trade_id=500_001,
            fees_in_quote=WIRES[exchange].fees_in_quote,
        )
        self.faults = Faults(self.clock, seed)
        self.request_log = RequestLog()
        self.settings = Settings(**settings)
        self.port = port
        self._seed = seed
        self._participants = _mid_prices(self.engine, participants)
        self._replay = None if recording is None else Replay(self.engine, recording, speed=replay_speed)
        self._replayed = asyncio.Event()
        self._accounts = Accounts()
        self._names = (f"account-{number}" for number in itertools.count(1))
        self._record = record
        self._recorder: Recorder | None = None
        self._server: VenueServer | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] | None = None
        self.streams: Streams | None = None
        self.wire: Wire | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens; the books are filled if there are participants. OSError where the port is taken."""
        if self._server is not None:
            raise RuntimeError("the sandbox is started already")
        self.streams = Streams(self.faults)
        venue = Venue(self.engine, self.clock, self._accounts, self.streams, self.faults, self.settings)
        wire = self.wire = WIRES[self.exchange](venue)
        if self._record is not None:
            self._recorder = Recorder(self._record, lambda: [*self._accounts.secrets(), *wire.secrets()])
        self._server = VenueServer(wire, self.request_log, self._recorder)
        self.faults.bind(self.streams, wire.expire_sessions, self._server)
        await self._server.start(self.port)
        self.port = self._server.port
        self._unsubscribe = self.engine.subscribe(wire.on_event)
        if self._participants:
            self._tasks.append(asyncio.create_task(self._live(self._hire())))
        if self._replay is not None:
            self._tasks.append(asyncio.create_task(self._play(self._replay)))

    async def stop(self) -> None:
        """Ends all connections and frees the port; engine and request log stay readable. Twice is no error."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()
        if self._server is not None:
            await self._server.stop()
            self._server = None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    # -- addresses
    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, once started."""
        return f"http://127.0.0.1:{self.port}"

    def rewrite(self, urls: Any) -> Any:
        """Addresses of the real exchange as addresses of this venue, in strings, mappings and lists of them.

        The one rule: `https://host/path` becomes `http://127.0.0.1:PORT/host/path`, `wss` becomes `ws`.
        """
        if isinstance(urls, Mapping):
            return {key: self.rewrite(value) for key, value in urls.items()}
        if isinstance(urls, list):
            return [self.rewrite(value) for value in urls]
        if not isinstance(urls, str):
            return urls
        scheme, separator, rest = urls.partition("://")
        if not separator or scheme not in ("https", "wss"):
            return urls
        return f"{'http' if scheme == 'https' else 'ws'}://127.0.0.1:{self.port}/{rest}"

    # -- accounts
    def create_account(
        self,
        balances: Mapping[str, Decimal] | None = None,
        name: str | None = None,
        *,
        maker_fee: Decimal | None = None,
        taker_fee: Decimal | None = None,
    ) -> ApiAccount:
        """A funded account with an API key; ValueError if `name` is taken. Before or after `start`."""
        account_id = name or next(self._names)
        self.engine.create_account(account_id, balances, maker_fee=maker_fee, taker_fee=taker_fee)
        return self._accounts.create(account_id)

    def deposit(self, account: ApiAccount, asset: str, amount: Decimal) -> None:
        """Pays in from outside; the account's streams report it."""
        self.engine.deposit(account.account_id, asset, amount)

    def revoke(self, account: ApiAccount) -> None:
        """The account's key is unknown from now on."""
        self._accounts.revoke(account.api_key)

    # -- a recorded market
    async def replayed(self) -> None:
        """Returns once the whole recording has been played."""
        await self._replayed.wait()

    async def _play(self, replay: Replay) -> None:
        await replay.run()
        self._replayed.set()

    # -- simulated traders
    def _hire(self) -> list[Participants]:
        hired = [
            Participants(self.engine, symbol, seed=self._seed, mid_price=price)
            for symbol, price in self._participants.items()
        ]
        for each in hired:
            each.step(self.clock())
        return hired

    async def _live(self, participants: list[Participants]) -> None:
        """One market after the other, so that no step of all of them blocks the loop for long."""
        pause = Participants.STEP_INTERVAL_MS / 1000 / len(participants)
        while True:
            for each in participants:
                await asyncio.sleep(pause)
                each.step(self.clock())


def symbol_of(name: str) -> str:
    """`BTC-USDT` and `BTC/USDT` both mean the engine's `BTC/USDT`."""
    return name.replace("-", "/")


def _mid_prices(engine: Engine, participants: bool | Iterable[str] | Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Engine symbol -> mid price of the markets that are to live; ValueError where no price is known."""
    if participants is False:
        return {}
    names: Iterable[str] = engine.markets if participants is True else participants
    given = participants if isinstance(participants, Mapping) else {}
    prices: dict[str, Decimal] = {}
    for name in names:
        symbol = symbol_of(name)
        if symbol not in engine.markets:
            raise ValueError(f"no market {name}")
        price = given.get(name, MID_PRICES.get(symbol))
        if price is None:
            raise ValueError(f"no mid price is known for {name}; give one as participants={{{name!r}: Decimal(...)}}")
        prices[symbol] = price
    return prices
