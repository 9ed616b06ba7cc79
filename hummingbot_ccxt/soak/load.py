"""More and more to do for one process, until something breaks: pairs on one connector, then connectors."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hummingbot_ccxt.bench.link import Peer, PeerFailed
from hummingbot_ccxt.chaos.pace import venue_settings
from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side
from hummingbot_ccxt.sandbox.engine import Market, Order

STEPS = ((10, 1), (50, 1), (100, 1), (200, 1), (10, 3), (10, 5), (10, 10))
"""(pairs, connectors) of each step."""
READY_S, LATE_S, ORDER_S, CPU_PERCENT = 60.0, 0.5, 1.0, 95.0
"""What counts as broken: longer to be ready; the event loop later than that at the 99th percentile; an order's creation
slower than that at the 99th percentile; more of one core than that."""
_MIDDLE, _LEVELS, _STEP_S = Decimal(100), 8, 0.02
_MEASURED_S, _CALM_S = 10.0, 3.0
_ORDERS = 20


@dataclass(slots=True)
class Step:
    """What one step showed; `changes`: of order books in a second, over all pairs, that were wanted, `made`: so many
    so far, by a venue that may itself be too slow. `broken` says what gave way."""

    pairs: int
    connectors: int
    changes: float
    figures: dict[str, float] = field(default_factory=dict)
    wrong_books: int = 0
    made: int = 0
    broken: list[str] = field(default_factory=list)


async def load(exchange: str, changes_per_pair: float, seed: int) -> AsyncIterator[Step]:
    """Each step's figures, as it ends."""
    for pairs, connectors in STEPS:
        yield await _step(exchange, pairs, connectors, changes_per_pair, seed)


async def _step(exchange: str, pairs: int, connectors: int, changes_per_pair: float, seed: int) -> Step:
    markets = [_market(f"C{number:03}") for number in range(pairs)]
    step = Step(pairs, connectors, changes_per_pair * pairs)
    settings = venue_settings(1.0) | {"weight_limit": 10**6, "connection_limit": 10**4, "message_limit_per_s": 100}
    async with Sandbox(exchange, markets=markets, seed=seed, **settings) as sandbox:
        accounts = [sandbox.create_account({"USDT": Decimal(10**6)}) for _ in range(connectors)]
        moving = asyncio.ensure_future(_move(sandbox, markets, step, seed))
        peer = await Peer.start(f"{connectors} x {pairs}", "hummingbot_ccxt.soak.loaded")
        try:
            await _measure(step, peer, sandbox, accounts, moving)
        except PeerFailed as failure:
            step.broken.append(str(failure).splitlines()[0])
        finally:
            moving.cancel()
            await asyncio.gather(moving, return_exceptions=True)
            await peer.stop()
    return step


async def _measure(step: Step, peer: Peer, sandbox: Sandbox, accounts: list[Any], moving: asyncio.Task[None]) -> None:
    named = [
        {"account_id": each.account_id, "api_key": each.api_key, "secret": each.secret, "password": each.password}
        for each in accounts
    ]
    symbols = list(sandbox.engine.markets)
    pairs = [symbol.replace("/", "-") for symbol in symbols]
    begun = await peer.ask(
        "begin", patience_s=400.0, exchange=sandbox.exchange, port=sandbox.port, credentials=named, pairs=pairs
    )
    first, made_before = await peer.ask("measure"), step.made
    await asyncio.sleep(_MEASURED_S)
    second, made = await peer.ask("measure"), step.made - made_before
    took = await peer.ask("orders", patience_s=300.0, number=_ORDERS, pair=pairs[0], amount="1", price="90")
    moving.cancel()
    await asyncio.sleep(_CALM_S)
    for books in await peer.ask("books"):
        step.wrong_books += sum(books.get(pair) != _book(sandbox, pair) for pair in pairs)
    figures = step.figures
    figures["ready_s"] = begun["ready_s"]
    figures["made_per_s"] = made / (second["at"] - first["at"])
    figures["cpu_percent"] = 100 * (second["cpu_s"] - first["cpu_s"]) / (second["at"] - first["at"])
    figures["late_p99_s"], figures["late_most_s"] = second["late_p99_s"], second["late_most_s"]
    figures["order_p50_s"], figures["order_p99_s"] = took[len(took) // 2], took[int(0.99 * len(took))]
    figures |= {name: second[name] for name in ("memory_mb", "tasks", "sockets", "handles")}
    step.broken += broken(step)


def broken(step: Step) -> list[str]:
    """What gave way in a step, one line each."""
    limits = {"ready_s": READY_S, "late_p99_s": LATE_S, "order_p99_s": ORDER_S, "cpu_percent": CPU_PERCENT}
    found = [f"{n} is {step.figures[n]:.2f}, over {most:g}" for n, most in limits.items() if step.figures[n] > most]
    return found + ([f"{step.wrong_books} books are wrong"] if step.wrong_books else [])


def _market(base: str) -> Market:
    return Market(
        base=base, quote="USDT", tick_size=Decimal("0.01"), lot_size=Decimal("0.01"), min_amount=Decimal("0.01"),
        max_amount=Decimal(10**6), min_notional=Decimal(1),
    )  # fmt: skip


def _book(sandbox: Sandbox, pair: str) -> list[list[list[float]]]:
    book = sandbox.engine.book(pair.replace("-", "/"))
    return [[[float(p), float(a)] for p, a in side.levels()[:5]] for side in (book.bids, book.asks)]


async def _move(sandbox: Sandbox, markets: list[Market], step: Step, seed: int) -> None:
    """Change levels of all books, as many in a second as the step wants."""
    draw, engine = random.Random(seed), sandbox.engine
    engine.create_account(
        "crowd", dict.fromkeys([m.base for m in markets] + ["USDT"], Decimal(10**12)), history_limit=9
    )
    standing: dict[tuple[str, Side, int], Order] = {}

    def put(symbol: str, side: Side, level: int) -> None:
        old = standing.pop((symbol, side, level), None)
        if old is not None:
            engine.cancel("crowd", order_id=old.id)
        away = Decimal(level) / 10 * (-1 if side is Side.BUY else 1)
        standing[symbol, side, level] = engine.place(
            "crowd", symbol=symbol, side=side, type=OrderType.LIMIT, price=_MIDDLE + away,
            amount=Decimal(draw.randint(100, 9999)) / 100,
        )  # fmt: skip

    symbols = [f"{market.base}/{market.quote}" for market in markets]
    for symbol in symbols:
        for side in Side:
            for level in range(1, _LEVELS + 1):
                put(symbol, side, level)
    owed, loop = 0.0, asyncio.get_running_loop()
    last = loop.time()
    while True:
        await asyncio.sleep(_STEP_S)
        now = loop.time()
        owed, last = min(owed + step.changes * (now - last), step.changes), now
        while owed >= 1:
            owed -= 1
            step.made += 1
            put(draw.choice(symbols), draw.choice(list(Side)), draw.randint(1, _LEVELS))
