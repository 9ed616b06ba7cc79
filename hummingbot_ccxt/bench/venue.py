"""The venue process: the sandbox with a frame source, and a clock at each request's first byte."""

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from hummingbot_ccxt.bench.frames import MID, FrameSource, market
from hummingbot_ccxt.bench.link import Handler, answer_with, own_output, read_question, serve
from hummingbot_ccxt.sandbox import ApiAccount, OrderType, Sandbox, Side, TimeInForce
from hummingbot_ccxt.sandbox import sandbox as sandbox_module
from hummingbot_ccxt.sandbox.http import ApiRequest
from hummingbot_ccxt.sandbox.markets import DEFAULT_MARKETS
from hummingbot_ccxt.sandbox.server import VenueServer
from hummingbot_ccxt.sandbox.streams import Session

TRADED = "BTC/USDT"
"""The market for orders: ordinary ones of ordinary accounts."""
MARKETS = 200
_NO_LIMITS: dict[str, Any] = {
    "book_interval_s": 0.0,
    "weight_limit": 10**9,
    "order_limit": 10**9,
    "message_limit_per_s": 10**6,
    "queue_limit": 10**6,
}


class _Clocked(VenueServer):
    """Notes when the first byte of each request came, on the machine's monotonic clock."""

    arrivals: "list[tuple[str, int]]"
    firsts: "dict[Any, int]"

    async def _rest(self, request: web.BaseRequest, asked: ApiRequest) -> web.StreamResponse:
        first = self.firsts.pop(request.protocol, None)
        if first is not None:
            self.arrivals.append((self._wire.endpoint(asked), first))
        return await super()._rest(request, asked)


class BenchVenue:
    """Answers the conductor's questions; one connector at a time is connected."""

    def __init__(self, sandbox: Sandbox, arrivals: list[tuple[str, int]]) -> None:
        self._sandbox = sandbox
        self._arrivals = arrivals
        self._symbols = [market(number).symbol for number in range(MARKETS)]
        self._source = FrameSource(sandbox, self._symbols)
        self._names = (f"client-{number}" for number in itertools.count(1))
        self._account: ApiAccount | None = None
        bases = ["BTC", *(market(number).base for number in range(MARKETS))]
        plenty = {"USDT": Decimal(10**11), **dict.fromkeys(bases, Decimal(10**6))}
        self._others = sandbox.create_account(plenty, "others").account_id
        for symbol in self._symbols:  # of a pair that was never traded, native connectors ask the price without a pause
            for side in (Side.SELL, Side.BUY):
                self._place(side, MID, Decimal(1), symbol)
        for level in range(1, 31):
            for side, away in ((Side.BUY, -level), (Side.SELL, level)):
                self._place(side, Decimal(60_000 + 10 * away), Decimal(1))

    def handlers(self) -> dict[str, Handler]:
        """What the conductor may ask."""
        return {
            "admit": self.admit,
            "keep_books": self.keep_books,
            "keep_trades": self.keep_trades,
            "play": self._source.play,
            "arrivals": self.arrivals,
            "execute": self.execute,
            "requests": self.requests,
        }

    async def admit(self, depth: int) -> dict[str, Any]:
        """Make books of that depth, and an account for the next connector; gives port and account."""
        for session in list(self._sandbox.streams.sessions if self._sandbox.streams else ()):
            session.abort()  # of the connector before, should it linger
        for crowd in self._source.crowds.values():
            crowd.fill(depth)
        self._account = self._sandbox.create_account({"BTC": Decimal(1_000), "USDT": Decimal(10**8)}, next(self._names))
        self._sandbox.request_log.clear()
        return {"port": self._sandbox.port, "account": asdict(self._account)}

    async def keep_books(self, pairs: int, steps: int, levels: int) -> list[int]:
        """As `FrameSource.keep_books`, for the first `pairs` markets of the crowd."""
        return await self._source.keep_books(self._symbols[:pairs], steps, levels)

    async def keep_trades(self, pairs: int, steps: int) -> list[int]:
        """As `FrameSource.keep_trades`."""
        return await self._source.keep_trades(self._symbols[:pairs], steps)

    async def arrivals(self, endpoint: str) -> list[int]:
        """When requests of that endpoint began to arrive since the last question, in nanoseconds."""
        found = [at for name, at in self._arrivals if name == endpoint]
        self._arrivals.clear()
        return found

    async def execute(self, client_order_id: str) -> int:
        """Fill a resting order of the client's; when the message that tells it of that was written."""
        assert self._account is not None
        order = self._sandbox.engine.order(self._account.account_id, None, client_order_id=client_order_id)
        assert self._sandbox.wire is not None
        ids = {client_order_id.encode(), str(order.id).encode()}
        order_id = getattr(self._sandbox.wire, "order_id", str)(order.id)
        ids.add(order_id.encode())
        written: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        write = Session._write

        async def clocked(session: Session, item: Any) -> bool:
            if session.is_private and not written.done() and isinstance(item, bytes) and any(i in item for i in ids):
                written.set_result(time.monotonic_ns())
            return await write(session, item)

        with patch.object(Session, "_write", clocked):
            assert order.price is not None
            self._place(order.side.opposite, order.price, order.remaining)
            return await asyncio.wait_for(written, 10)

    async def requests(self) -> dict[str, int]:
        """How many requests there were of each endpoint since the last question."""
        counts = Counter(self._sandbox.request_log.counts)
        self._sandbox.request_log.clear()
        return dict(counts)

    def _place(self, side: Side, price: Decimal, amount: Decimal, symbol: str = TRADED) -> None:
        self._sandbox.engine.place(
            self._others,
            symbol=symbol,
            side=side,
            type=OrderType.LIMIT,
            price=price,
            amount=amount,
            time_in_force=TimeInForce.GTC,
        )


async def _run(exchange: str, answers: int) -> None:
    markets = [market(number) for number in range(MARKETS)]
    markets += [each for each in DEFAULT_MARKETS if each.symbol == TRADED]
    arrivals = _Clocked.arrivals = []
    firsts = _Clocked.firsts = {}
    received = RequestHandler.data_received

    def data_received(self: RequestHandler, data: bytes) -> None:
        firsts.setdefault(self, time.monotonic_ns())
        received(self, data)

    with (
        patch.object(RequestHandler, "data_received", data_received),
        patch.object(sandbox_module, "VenueServer", _Clocked),
    ):
        async with Sandbox(exchange, markets=markets, **_NO_LIMITS) as sandbox:
            venue = BenchVenue(sandbox, arrivals)
            await serve(venue.handlers(), answers)


def main() -> None:
    """Wait for the one question that tells the exchange, then serve."""
    answers = own_output()
    question = read_question()
    if question is not None:
        answer_with(answers, {"answer": float(MID)})
        asyncio.run(_run(question["exchange"], answers))


if __name__ == "__main__":
    main()
