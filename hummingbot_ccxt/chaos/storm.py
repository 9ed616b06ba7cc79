"""One round of a storm on one connector: a venue, a crowd, a trader's process, and troubles one after another."""

import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot_ccxt.bench.link import Peer, PeerFailed
from hummingbot_ccxt.chaos.crowd import Crowd
from hummingbot_ccxt.chaos.facts import Believed, Episode, Filled, Result, VenueOrder
from hummingbot_ccxt.chaos.ledger import VenueLedger
from hummingbot_ccxt.chaos.lives import Lives
from hummingbot_ccxt.chaos.pace import venue_settings
from hummingbot_ccxt.chaos.probes import dead_streams
from hummingbot_ccxt.chaos.reconcile import compare, flows
from hummingbot_ccxt.chaos.rightness import Rightness
from hummingbot_ccxt.chaos.together import LONG_S, Groups, applicable, kind_of
from hummingbot_ccxt.chaos.troubles import TROUBLES, Scene, Trouble
from hummingbot_ccxt.sandbox import ApiAccount, Sandbox
from hummingbot_ccxt.sandbox.engine import Fill, Order, OrderType
from hummingbot_ccxt.sandbox.markets import MID_PRICES
from hummingbot_ccxt.sandbox.sandbox import symbol_of

PAIRS = ("BTC-USDT", "ETH-USDT", "ETH-BTC")
FUNDS = {"BTC": Decimal(50), "ETH": Decimal(1_000), "USDT": Decimal(3_000_000)}
NATIVE_HEARTBEAT_S = 30.0
"""After which Hummingbot's own connections are pinged, at pace 1."""
_TAKEN_IN_S = 3.0
"""How long an answer may lie before a process that has no time."""
RECONNECT_S, MORE_MESSAGES_S = 1.0, {"kraken": 1.0}
"""What a venue may take for a connection, a subscription and a book, whatever the pace. It is added to the heartbeat
in which books are to be right again: what broke a connection may be noticed by its heartbeat only. On Kraken ccxt sends
one message a second, and books are subscribed after the trades."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round is to be.

    `rate`: actions of the trader in a second, a good half of them orders. `allowance`: how many times more requests it
    may make than its rate limits allow at that pace. `shortest_s`, `longest_s`: an episode.
    `met`: pairs of troubles that other rounds let meet, so that here others come first.
    `calm_s`: how long it trades undisturbed after each. `patience_s`: how long to wait for all to be right after one.
    `outage_s`: the longest that the venue is away. `once_s`: troubles that take longer to show happen once only.
    `busy_s`: added to the limit for books where the machine has other work, since no process runs at its pace there.
    `kept_in`: where the trader's logs, events and database go when something is wrong.
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
    busy_s: float = 0.0
    most_at_once: int = 4
    once_s: float = LONG_S
    met: Sequence[frozenset[str]] = ()
    measured: float = 0.7
    folder: Path | None = None
    kept_in: Path | None = None


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
            self._rightness = Rightness(
                sandbox, self._ledger, self._crowd, PAIRS, self._look, by_hand=self._cancel_unsaved
            )
            self._lives = await self._new_lives(middles)
            stack.push_async_callback(self._lives.stop)
            self._scene = Scene(
                sandbox, self._crowd, random.Random(f"{plan.seed} troubles"), plan.pace, self._ask, self._kill,
                plan.outage_s, lambda: len(self._ledger.open_orders()),
            )  # fmt: skip
            try:
                await self._lives.begin()
                heartbeat_s = await self._ask("heartbeat") or NATIVE_HEARTBEAT_S / plan.pace
                reconnect_s = RECONNECT_S + MORE_MESSAGES_S.get(plan.exchange, 0.0)
                self.result.book_limit_s = heartbeat_s + reconnect_s + plan.busy_s
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

    async def _look(self) -> Any:
        return await self._ask("look")

    async def _kill(self) -> None:
        await self._lives.kill(dead_s=self._random.uniform(0.0, 1.0))

    def _unsaved(self) -> dict[int, str]:
        """The venue's id of each order that was on its way at a kill, and why it counts as such."""
        found = {}
        for order in self._ledger.orders.values():
            for kill in self._lives.kills:
                if order.client_order_id in kill.unsaved:
                    reason = on_its_way(self._ledger.told_at(order.id), kill.at)
                    if reason is not None:
                        found[order.id] = reason
        return found

    def _cancel_unsaved(self, tracked: Collection[str]) -> None:
        """Cancel by hand, as its owner would, what no saved state tells of and Hummingbot did not find either."""
        for order_id in self._unsaved():
            order = self._ledger.orders[order_id]
            if order.is_open and order.client_order_id not in tracked:
                self._ledger.cancel(order)

    # --- the storm

    async def _storm(self) -> None:
        plan, result = self._plan, self.result
        self._began = time.monotonic()
        self._crowd.go()
        await self._ask("go", orders=10**9)
        groups = Groups(
            applicable(plan.exchange, plan.troubles), plan.most_at_once, self._random, plan.met, plan.once_s
        )
        first = True
        while first or len(self._ledger.orders) < plan.orders:
            cycle = groups.cycle(first=first)
            for troubles in cycle:
                episode = Episode(tuple(t.name for t in troubles), self._now())
                result.episodes.append(episode)
                before = self._scene.struck.copy()
                await self._episode(troubles)
                episode.ended = self._now()
                episode.struck = tuple(t.name for t in troubles if self._scene.struck[t.name] > before[t.name])
                is_last = len(self._ledger.orders) >= plan.orders and (not first or troubles is cycle[-1])
                await self._measure(episode, only_books=self._random.random() >= plan.measured and not is_last)
                self._say(self._line(episode))
                if is_last:
                    return
                await asyncio.sleep(plan.calm_s)
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

    async def _measure(self, episode: Episode, *, only_books: bool) -> None:
        """Stand still until all is right, or the books; how long that takes from the end of the troubles."""
        began = self._began + episode.ended
        await self._crowd.rest()
        await self._ask("rest")
        patience_s, limit_s = self._plan.patience_s, self.result.book_limit_s
        await self._rightness.wait(episode, began, patience_s, limit_s, only_books=only_books)
        self._crowd.go()
        await self._ask("go", orders=10**9)

    def _line(self, episode: Episode) -> str:
        took = "" if episode.recovery_s is None else f", right after {episode.recovery_s:.2f} s"
        took += "" if episode.book_s is None else f", books after {episode.book_s:.2f} s"
        took += "" if episode.book_right else f", LATE: {episode.book_missing}"
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
        self._clear_sky()
        await self._settle("the end")
        first = await self._compared()
        result.dead_streams = tuple(await self._dead_streams())
        for _ in range(3):
            await self._ask("rest")
            await self._ask("cancel_all")
            if not self._ledger.open_orders():
                break
        await self._settle("all cancelled")
        await self._ask("rest")
        result.comparison = (await self._compared()).with_earlier(first)
        result.logged = await self._ask("logged")

    def _clear_sky(self) -> None:
        for name in list(self._scene.rules):
            self._scene.disarm(name)
        self._sandbox.faults.clear()

    def _count(self) -> None:
        """What the venue saw, also of a round that a connector did not live to see the end of."""
        self._ledger.stop()
        result, struck = self.result, self._scene.struck
        result.orders, result.fills = len(self._ledger.orders), len(self._ledger.fills)
        faults: Counter[str] = Counter()
        for name in self._plan.troubles:
            if struck[name]:
                faults[kind_of(self._plan.exchange, name)] += struck[name]
        result.faults = dict(faults)

    async def _settle(self, moment: str) -> None:
        """Wait until all is right. It is an episode of the result only if it does not become so."""
        episode = Episode((moment,), self._now(), self._now())
        await self._rightness.wait(episode, time.monotonic(), self._plan.patience_s, self.result.book_limit_s)
        if not episode.recovered:
            self.result.episodes.append(episode)

    async def _compared(self) -> Any:
        wire = self._sandbox.wire
        assert wire is not None
        seen = await self._ask("look", books=False)
        told = self._lives.told()
        known = told.known() | set(seen["orders"])  # an order that was found after all is compared like any other
        unsaved = {
            order_id: reason
            for order_id, reason in self._unsaved().items()
            if self._ledger.orders[order_id].client_order_id not in known
        }
        self.result.unsaved = dict(Counter(unsaved.values()))
        left_out = [venue_order(self._ledger.orders[order_id], wire.fill_id) for order_id in unsaved]
        return compare(
            [venue_order(o, wire.fill_id) for o in self._ledger.orders.values() if o.id not in unsaved],
            told,
            Believed(
                {order_id: Decimal(executed) for order_id, (_, executed, _) in seen["orders"].items()},
                seen["lost"],
                {asset: (Decimal(total), Decimal(free)) for asset, (total, free) in seen["balances"].items()},
            ),
            start=flows({asset: each.total for asset, each in self._ledger.start.items()}, left_out),
            end={asset: (each.total, each.free) for asset, each in self._ledger.holdings().items()},
        )

    async def _dead_streams(self) -> list[str]:
        return await dead_streams(self._rightness, self._ask, self._plan.pace)


def on_its_way(told_at: float | None, killed_at: float) -> str | None:
    """Why an order that Hummingbot had no occasion to save is excused; None if it is not.

    `told_at`: when the venue had answered the request for it. An answer that a process does not take in for seconds,
    although nothing else is told either, is the connector's fault.
    """
    if told_at is None or told_at >= killed_at:
        return "no answer yet"
    return "answer not taken in yet" if told_at > killed_at - _TAKEN_IN_S else None


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


def _credentials(account: ApiAccount) -> dict[str, str]:
    return {
        "account_id": account.account_id, "api_key": account.api_key, "secret": account.secret,
        "password": account.password,
    }  # fmt: skip


def _number(seed: str) -> int:
    return random.Random(seed).randrange(2**31)
