"""One round of a storm on one connector: a venue, a crowd, a trader's process, and troubles one after another."""

import asyncio
import dataclasses
import math
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot_ccxt.bench.link import Peer, PeerFailed
from hummingbot_ccxt.chaos.crowd import Crowd
from hummingbot_ccxt.chaos.facts import Believed, Episode, Filled, Result, VenueOrder
from hummingbot_ccxt.chaos.ledger import VenueLedger
from hummingbot_ccxt.chaos.lives import ON_THE_WAY_S, Lives
from hummingbot_ccxt.chaos.pace import venue_settings
from hummingbot_ccxt.chaos.reconcile import compare, flows
from hummingbot_ccxt.chaos.troubles import TROUBLES, Scene, Trouble
from hummingbot_ccxt.sandbox import ApiAccount, Sandbox
from hummingbot_ccxt.sandbox.engine import Fill, Order, OrderType
from hummingbot_ccxt.sandbox.markets import MID_PRICES
from hummingbot_ccxt.sandbox.sandbox import symbol_of

PAIRS = ("BTC-USDT", "ETH-USDT", "ETH-BTC")
FUNDS = {"BTC": Decimal(50), "ETH": Decimal(1_000), "USDT": Decimal(3_000_000)}
_LEVELS = 10
_LOOK_S = 0.05
_STIR_S = 1.5
_PROBE_S = 8.0
_STREAM_S = 0.3
"""How soon a living stream has told what happened at the venue; far sooner than a poll."""
LONG_S = 100.0
"""What takes longer to show, at pace 1, happens once in a round at most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round is to be.

    `rate`: actions of the trader in a second, a good half of them orders. `allowance`: how many times more requests it
    may make than its rate limits allow at that pace. `shortest_s`, `longest_s`: an episode.
    `calm_s`: how long it trades undisturbed after each. `patience_s`: how long to wait for all to be right after one.
    `outage_s`: the longest that the venue is away. `kept_in`: where the trader's logs, events and database go when
    something is wrong.
    """

    exchange: str
    kind: str
    seed: str
    orders: int
    troubles: Sequence[str] = tuple(TROUBLES)
    pace: float = 10.0
    rate: float = 70.0
    allowance: float = 1.0
    shortest_s: float = 1.2
    longest_s: float = 2.6
    calm_s: float = 1.0
    patience_s: float = 30.0
    outage_s: float = 60.0
    most_at_once: int = 3
    measured: float = 0.7
    folder: Path | None = None
    kept_in: Path | None = None


def has_checksums(exchange: str) -> bool:
    """Whether the exchange's wire sends checksums with its books."""
    return exchange in ("kraken", "okx", "bitget")


def applicable(exchange: str, names: Sequence[str]) -> list[Trouble]:
    """The troubles that can happen on an exchange's wire."""
    return [TROUBLES[name] for name in names if has_checksums(exchange) or not TROUBLES[name].needs_checksum]


def cycle(plan: Plan, draw: random.Random, *, first: bool) -> list[list[Trouble]]:
    """Which troubles strike together, in their order: each once, alone or with others; the longest at first only."""
    wanted = applicable(plan.exchange, plan.troubles)
    often = [trouble for trouble in wanted if trouble.lasts_s <= LONG_S]
    order, found = draw.sample(often, len(often)), []
    while order:
        size = draw.randint(1, plan.most_at_once)
        found.append(order[:size])
        order = order[size:]
    if first or not often:
        for trouble in wanted:
            if trouble.lasts_s > LONG_S:
                found.insert(draw.randint(0, len(found)), [trouble])
    return found


class Storm:
    """A round while it runs."""

    module = "hummingbot_ccxt.chaos.trader"
    """What runs in the trader's process."""

    def __init__(self, plan: Plan, say: Callable[[str], None] = lambda text: None) -> None:
        self._plan = plan
        self._say = say
        self._random = random.Random(f"{plan.seed} storm")
        self._began = time.monotonic()
        self.result = Result(plan.exchange, plan.kind, plan.seed)

    async def run(self) -> Result:
        """The round's result; what prevented its end is in `failure`."""
        plan = self._plan
        async with AsyncExitStack() as stack:
            folder = plan.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
            folder.mkdir(parents=True, exist_ok=True)
            self._folder = folder
            sandbox = Sandbox(plan.exchange, seed=_number(plan.seed), **venue_settings(plan.pace))
            self._sandbox = await stack.enter_async_context(sandbox)
            self._account = sandbox.create_account(FUNDS)
            middles = {symbol_of(pair): MID_PRICES[symbol_of(pair)] for pair in PAIRS}
            self._crowd = Crowd(sandbox, middles, f"{plan.seed} crowd")
            self._crowd.prey = self._account.account_id
            self._ledger = VenueLedger(sandbox, self._account.account_id)
            self._lives = await self._new_lives(middles)
            stack.push_async_callback(self._lives.stop)
            self._scene = Scene(
                sandbox, self._crowd, random.Random(f"{plan.seed} troubles"), plan.pace, self._ask, self._kill,
                plan.outage_s,
            )  # fmt: skip
            try:
                await self._lives.begin()
                await self._storm()
                await self._end()
            except PeerFailed as failure:
                self.result.failure = str(failure)
            finally:
                await self._crowd.rest()
                self._count()
            if plan.kept_in is not None and self.result.problems():
                kept = plan.kept_in / f"{plan.exchange}-{plan.kind}-{plan.seed}"
                await asyncio.to_thread(shutil.copytree, folder, kept, dirs_exist_ok=True)
                self._say(f"{plan.exchange} {plan.kind}: what the trader logged is kept in {kept}")
        self.result.seconds = time.monotonic() - self._began
        return self.result

    # --- the trader's process

    async def _new_lives(self, middles: Mapping[str, Decimal]) -> Lives:
        plan = self._plan
        peer = await Peer.start(f"{plan.kind} {plan.exchange}", self.module, plan.exchange)
        terms = {
            "kind": plan.kind, "exchange": plan.exchange, "port": self._sandbox.port, "pace": plan.pace,
            "rate": plan.rate, "allowance": plan.allowance, "credentials": _credentials(self._account),
            "middles": {pair: str(middles[symbol_of(pair)]) for pair in PAIRS},
        }  # fmt: skip
        return Lives(peer, self._folder, plan.seed, terms)

    async def _ask(self, question: str, patience_s: float = 30.0, **more: Any) -> Any:
        return await self._lives.ask(question, patience_s, **more)

    async def _kill(self) -> None:
        await self._lives.kill(dead_s=self._random.uniform(0.0, 1.0))

    def _unsaved(self) -> set[int]:
        """The venue's ids of orders that were on their way at a kill; see `Result.unsaved`."""
        return {
            order.id
            for order in self._ledger.orders.values()
            for kill in self._lives.kills
            if kill.at - ON_THE_WAY_S < self._ledger.taken_at[order.id] < kill.over
            and order.client_order_id not in kill.known
        }

    def _cancel_unsaved(self) -> None:
        for order_id in self._unsaved():
            order = self._ledger.orders[order_id]
            if order.is_open:
                self._ledger.cancel(order)

    # --- the storm

    async def _storm(self) -> None:
        plan, result = self._plan, self.result
        self._began = time.monotonic()
        self._crowd.go()
        await self._ask("go", orders=10**9)
        first = True
        while first or len(self._ledger.orders) < plan.orders:
            for troubles in cycle(plan, self._random, first=first):
                episode = Episode(tuple(t.name for t in troubles), self._now())
                result.episodes.append(episode)
                await self._episode(troubles)
                episode.ended = self._now()
                if self._random.random() < plan.measured:
                    await self._measure(episode, plan.patience_s)
                self._say(self._line(episode))
                await asyncio.sleep(plan.calm_s)
                if not first and len(self._ledger.orders) >= plan.orders:
                    break
            first = False

    async def _episode(self, troubles: list[Trouble]) -> None:
        plan, scene = self._plan, self._scene
        lasts_s = self._random.uniform(plan.shortest_s, plan.longest_s)
        lasts_s = max(lasts_s, *(min(t.lasts_s / plan.pace, plan.outage_s) for t in troubles))
        for trouble in troubles:
            await trouble.begin(scene, trouble.name)
        await asyncio.sleep(lasts_s / 2)
        for trouble in troubles:
            await trouble.again(scene, trouble.name)
        await asyncio.sleep(lasts_s / 2)
        await asyncio.gather(*(trouble.end(scene, trouble.name) for trouble in troubles))
        await self._lives.restarted()

    async def _measure(self, episode: Episode, patience_s: float) -> None:
        """Stand still until all is right; how long that takes from the end of the troubles."""
        began = self._began + episode.ended
        await self._crowd.rest()
        await self._ask("rest")
        missing = await self._until_right(began + patience_s)
        episode.recovery_s = time.monotonic() - began
        episode.recovered, episode.missing = not missing, missing
        self._crowd.go()
        await self._ask("go", orders=10**9)

    async def _until_right(self, until: float) -> str:
        """Wait until all is as at the venue; what is not, if it does not become so."""
        missing, stirred = "no answer", -math.inf
        while time.monotonic() < until:
            if "book" in missing and time.monotonic() - stirred > _STIR_S:
                await self._crowd.stir()
                stirred = time.monotonic()
            self._cancel_unsaved()
            missing = self._missing(await self._ask("look"))
            if not missing:
                break
            await asyncio.sleep(_LOOK_S)
        return missing

    def _missing(self, seen: Mapping[str, Any]) -> str:
        """What is not as at the venue; nothing when all is right."""
        found = []
        for pair in PAIRS:
            book = self._sandbox.engine.book(symbol_of(pair))
            wanted = [[[float(p), float(a)] for p, a in side.levels()[:_LEVELS]] for side in (book.bids, book.asks)]
            if seen["books"].get(pair) != wanted:
                found.append(f"book of {pair}")
        open_orders = self._ledger.open_orders()
        tracked = seen["orders"]
        found += [f"order {order_id} not tracked" for order_id in open_orders.keys() - tracked.keys()]
        found += [
            f"order {order_id} still tracked ({tracked[order_id][0]})"
            for order_id in tracked.keys() - open_orders.keys()
        ]
        found += [
            f"order {order_id}: filled {tracked[order_id][1]}, not {order.filled}"
            for order_id, order in open_orders.items()
            if order_id in tracked and Decimal(tracked[order_id][1]) != order.filled
        ]
        held = {asset: [each.total, each.free] for asset, each in self._ledger.holdings().items()}
        believed = {asset: [Decimal(text) for text in texts] for asset, texts in seen["balances"].items()}
        assets = held.keys() | believed.keys()
        found += [f"balance of {asset}" for asset in assets if held.get(asset) != believed.get(asset)]
        found += [f"order {order_id} lost" for order_id in seen["lost"]]
        return ", ".join(sorted(found)[:8])

    def _line(self, episode: Episode) -> str:
        took = "" if episode.recovery_s is None else f", right after {episode.recovery_s:.2f} s"
        if not episode.recovered:
            took = f", NOT right: {episode.missing}"
        return (
            f"{self._plan.exchange} {self._plan.kind} at {episode.ended:.0f} s, "
            f"{len(self._ledger.orders)} orders: {' + '.join(episode.troubles)}{took}"
        )

    def _now(self) -> float:
        return time.monotonic() - self._began

    # --- the end

    async def _end(self) -> None:
        """The sky is clear: compare while orders are open, try the streams, cancel everything, compare again."""
        result = self.result
        await self._crowd.rest()
        await self._ask("rest")
        for name in list(self._scene.rules):
            self._scene.disarm(name)
        self._sandbox.faults.clear()
        last = Episode(("the end",), self._now(), self._now())
        await self._settle(last)
        first = await self._compared()
        result.dead_streams = tuple(await self._dead_streams())
        for _ in range(3):
            await self._ask("rest")
            await self._ask("cancel_all")
            if not self._ledger.open_orders():
                break
        await self._settle(last)
        await self._ask("rest")
        result.comparison = await self._compared()
        if first.orphaned:  # a connector that does not know an order cannot have cancelled it
            result.comparison = _with_orphans(result.comparison, first.orphaned)
        if not last.recovered:
            result.episodes.append(last)
        result.logged = await self._ask("logged")

    def _count(self) -> None:
        """What the venue saw, also of a round that a connector did not live to see the end of."""
        self._ledger.stop()
        result, struck = self.result, self._scene.struck
        result.orders, result.fills = len(self._ledger.orders), len(self._ledger.fills)
        result.faults = {name: struck[name] for name in self._plan.troubles if struck[name]}

    async def _settle(self, episode: Episode) -> None:
        began = time.monotonic()
        missing = await self._until_right(began + self._plan.patience_s)
        episode.recovery_s, episode.recovered, episode.missing = time.monotonic() - began, not missing, missing

    async def _compared(self) -> Any:
        unsaved = self._unsaved()
        self.result.unsaved = len(unsaved)
        wire = self._sandbox.wire
        assert wire is not None
        left_out = [venue_order(self._ledger.orders[order_id], wire.fill_id) for order_id in unsaved]
        seen = await self._ask("look", books=False)
        return compare(
            [venue_order(o, wire.fill_id) for o in self._ledger.orders.values() if o.id not in unsaved],
            self._lives.told(),
            Believed(
                {order_id: Decimal(executed) for order_id, (_, executed, _) in seen["orders"].items()},
                seen["lost"],
                {asset: (Decimal(total), Decimal(free)) for asset, (total, free) in seen["balances"].items()},
            ),
            start=flows({asset: each.total for asset, each in self._ledger.start.items()}, left_out),
            end={asset: (each.total, each.free) for asset, each in self._ledger.holdings().items()},
        )

    async def _dead_streams(self) -> list[str]:
        """Which streams do not bring what now happens at the venue, although they had time to come back."""
        before = (await self._ask("look"))["trades"]
        middle = MID_PRICES[symbol_of(PAIRS[0])]
        terms: dict[str, Any] = {"pair": PAIRS[0], "amount": str(200 / middle), "price": str(middle * Decimal("0.99"))}
        probes = [await self._ask("probe", **terms)]
        end, next_probe = time.monotonic() + _PROBE_S, time.monotonic() + _PROBE_S / 2
        while True:
            for pair in PAIRS:
                self._crowd.move(symbol_of(pair))
                self._crowd.trade(symbol_of(pair))
            for order_id in probes:
                placed = self._ledger.open_orders().get(order_id)
                if placed is not None:
                    self._crowd.hit(placed, share=1.0)
            await asyncio.sleep(_STREAM_S)
            seen = await self._ask("look")
            dead = [f"trades of {pair}" for pair in PAIRS if seen["trades"].get(pair, 0) <= before.get(pair, 0)]
            dead += [part for part in self._missing(seen).split(", ") if part.startswith("book of")]
            if not any(self._is_filled(order_id) and order_id not in seen["orders"] for order_id in probes):
                dead.append("own orders")
            if not dead or time.monotonic() > end:
                return dead
            if time.monotonic() > next_probe:  # the first one may have waited for a poll
                probes.append(await self._ask("probe", **terms))
                next_probe = end

    def _is_filled(self, client_order_id: str) -> bool:
        orders = (o for o in reversed(self._ledger.orders.values()) if o.client_order_id == client_order_id)
        order = next(orders, None)
        return order is not None and not order.is_open


def venue_order(order: Order, trade_id: Callable[[Fill], str]) -> VenueOrder:
    """The engine's order as the comparison takes it; `trade_id`: how the exchange writes the number of a fill."""
    base, quote = order.symbol.split("/")
    ends = {"open" if order.is_open else "filled" if order.status.value == "filled" else "canceled"}
    if order.quote_amount is not None and not order.is_open:
        ends |= {"filled", "canceled"}  # the rest of its cost buys nothing; the venues call that either
    trades = [
        (trade_id(f), Filled(order.client_order_id, f.price, f.amount, f.fee, f.fee_asset if f.fee else ""))
        for f in order.fills
    ]
    is_limit = order.type is not OrderType.MARKET
    return VenueOrder(
        order.client_order_id, order.side.value, base, quote, frozenset(ends), order.filled, trades,
        order.price if is_limit else None, order.amount if is_limit else None,
    )  # fmt: skip


def _with_orphans(comparison: Any, orphaned: tuple[str, ...]) -> Any:
    return dataclasses.replace(comparison, orphaned=tuple(dict.fromkeys((*comparison.orphaned, *orphaned))))


def _credentials(account: ApiAccount) -> dict[str, str]:
    return {
        "account_id": account.account_id, "api_key": account.api_key, "secret": account.secret,
        "password": account.password,
    }  # fmt: skip


def _number(seed: str) -> int:
    return random.Random(seed).randrange(2**31)
