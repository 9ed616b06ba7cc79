"""A running scenario: venue, other traders, connector; what is done and noted in it."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from decimal import Decimal
from functools import partial
from typing import Any

from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.compare import sights
from hummingbot_ccxt.compare.book import Scenario
from hummingbot_ccxt.compare.facts import Moment, Recording
from hummingbot_ccxt.compare.market import Others
from hummingbot_ccxt.compare.normal import Names, number, rounded
from hummingbot_ccxt.rig.bot import Bot, DidNotHappen, Told, running
from hummingbot_ccxt.sandbox import ApiAccount, Sandbox, StreamFault

PAIR, SYMBOL = "BTC-USDT", "BTC/USDT"
USUAL_SEED = 1
EVENTS = {
    "created": (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated),
    "filled": (MarketEvent.OrderFilled,),
    "completed": (MarketEvent.BuyOrderCompleted, MarketEvent.SellOrderCompleted),
    "canceled": (MarketEvent.OrderCancelled,),
    "failed": (MarketEvent.OrderFailure,),
}
TYPES = {"limit": OrderType.LIMIT, "limit_maker": OrderType.LIMIT_MAKER, "market": OrderType.MARKET}
PATIENCE_S = 5.0
_SETTLE_S = 2.5
_END_S = {"kraken": 15.0}
"""Where balances are asked for, and few calls are allowed: one in three seconds."""
_AFTER_FAILURE_S = 1.0
_READY_S = 20.0
_CALM_S = 0.06
_QUIET_S = 0.2
_RELIED_ON_S = 1.2
"""How old a private stream is when the scenario goes on. In its first second the venue may not have acted on the
subscription: ours asks for the balances once more after an order placed then, which would be told by chance."""


def _poll_only_when_told(connector: Any) -> None:
    """Else whichever connector the wall clock's every second minute falls on would poll once more than the other.

    That is where Hummingbot's base class polls while its stream speaks; it divides the time by this.
    """
    connector.LONG_POLL_INTERVAL = 1e9


class Scene:
    """What a scenario acts on and notes in.

    Orders are named by the scenario ("the order", "first"); their ids never leave the scene. Everything is waited for
    by event, with a patience: what does not come in time is absent from the recording, which is then a difference.
    """

    def __init__(
        self,
        scenario: Scenario,
        sandbox: Sandbox,
        recording: Recording,
        *,
        seed: int,
        native_kind: type | None = None,
        ours_kind: type | None = None,
    ) -> None:
        self.scenario = scenario
        self.sandbox = sandbox
        self.recording = recording
        self.random = random.Random(seed)
        #: What a seed other than the usual one adds to each price of BTC-USDT that the scenario names.
        self._shift = Decimal(random.Random(seed).randint(-250, 250) * 10 if seed != USUAL_SEED else 0)
        self.others = Others(sandbox, {SYMBOL: self._shift})
        self.account: ApiAccount = sandbox.create_account(scenario.funds, name="trader")
        self.names = Names()
        self.bots: list[Bot] = []
        self.ids: dict[str, str] = {}
        """The scenario's name of an order -> its client order id."""
        self._silent = False
        self._noted: set[str] = set()
        self._asked_before: Counter[str] | None = None
        self._finished: dict[str, Any] = {}
        self._stack = AsyncExitStack()
        self._began = time.monotonic()
        self._native_kind, self._ours_kind = native_kind, ours_kind

    # -- running
    @property
    def bot(self) -> Bot:
        """The connector that runs, or ran last."""
        return self.bots[-1]

    @property
    def connector(self) -> Any:
        return self.bot.connector

    async def start(
        self,
        *,
        ready: bool = True,
        streams: bool = True,
        account: ApiAccount | None = None,
        states: dict[str, Any] | None = None,
    ) -> None:
        """Run a connector; unless these are false, until it is ready and its streams are up. Raises DidNotHappen."""
        self._asked_before = Counter(self.sandbox.request_log.counts)
        bot = await self._stack.enter_async_context(
            running(
                self.recording.kind,
                self.sandbox,
                account or self.account,
                list(self.scenario.pairs),
                states=states,
                ready=False,
                native_kind=self._native_kind,
                ours_kind=self._ours_kind,
                prepare=_poll_only_when_told,
            )
        )
        self.bots.append(bot)
        if ready:
            await bot.until(lambda: bot.connector.ready, "the connector is ready", _READY_S)
            if streams:
                await self.streams_up()

    async def stop(self) -> None:
        """Stop the connector, as Hummingbot does."""
        await self._stack.aclose()

    async def restart(self, meanwhile: Callable[[], Any]) -> None:
        """Stop the connector, let something happen at the venue, start another one from the saved state."""
        states = self.connector.tracking_states
        await self.stop()
        self.script("the connector stops")
        meanwhile()
        await self.start(states=states)
        self.script("it is started again, with Hummingbot's saved orders")

    async def streams_up(self, patience_s: float = 15.0) -> None:
        """Until the private stream is subscribed, nothing more is subscribed or asked, and best prices are right."""
        streams = self.sandbox.streams
        assert streams is not None  # it runs
        await self.bot.until(
            lambda: any(topic.startswith("user:") for topic in streams.topics()), "a private stream", patience_s
        )
        known: tuple[list[str], int] = ([], 0)
        while known != (now := (sorted(streams.topics()), sum(self.sandbox.request_log.counts.values()))):
            known = now
            await asyncio.sleep(_QUIET_S)
        relied_on = time.monotonic() - _QUIET_S + _RELIED_ON_S
        for pair in self.scenario.pairs:
            await self.bot.until(partial(self._best_is_right, pair), f"the best prices of {pair}", patience_s)
        await asyncio.sleep(relied_on - time.monotonic())  # less than nothing is nothing
        if self._asked_before is not None:
            asked = Counter(self.sandbox.request_log.counts) - self._asked_before
            self.recording.of_starts = dict(Counter(self.recording.of_starts) + asked)
            self._asked_before = None

    def _best_is_right(self, pair: str) -> bool:
        """Of the best prices only: how deep the book goes is for the scenarios about books to find out."""
        return all(
            seen[:1] == right[:1] for seen, right in zip(self.bot.book(pair), self.bot.venue_book(pair), strict=True)
        )

    # -- noting
    def note(self, key: str, value: Any, venue: Any = None) -> None:
        """A fact; numbers may be given as such."""
        self.recording.add(key, _text(value), None if venue is None else _text(venue))

    def script(self, text: str) -> None:
        """Put what the scenario does onto the time line."""
        self.recording.moments.append(Moment(self._now(), "script", "", text))

    def _now(self) -> float:
        return time.monotonic() - self._began

    # -- acting
    def buy(self, label: str, amount: str, price: str | None = None, kind: str = "limit", pair: str = PAIR) -> None:
        """Begin to place a buy order; from now on it is called `label`."""
        self._place("buy", label, amount, price, kind, pair)

    def sell(self, label: str, amount: str, price: str | None = None, kind: str = "limit", pair: str = PAIR) -> None:
        """Begin to place a sell order; from now on it is called `label`."""
        self._place("sell", label, amount, price, kind, pair)

    def _place(self, side: str, label: str, amount: str, price: str | None, kind: str, pair: str) -> None:
        if price is not None and pair == PAIR:
            price = str(Decimal(price) + self._shift)
        act = self.bot.buy if side == "buy" else self.bot.sell
        self.script(f"{side} {amount} {pair} {kind}{'' if price is None else ' at ' + price}: {label}")
        order_id = act(pair, amount, price, TYPES[kind])
        self.ids[label] = order_id
        self.names.orders[order_id] = label

    def cancel(self, label: str, pair: str = PAIR) -> None:
        """Ask the connector to cancel an order."""
        self.script(f"cancel {label}")
        self.connector.cancel(pair, self.ids[label])

    async def resting(self, label: str, amount: str, price: str, kind: str = "limit") -> None:
        """A buy order that the connector told as created."""
        self.buy(label, amount, price, kind)
        await self.must("created", label)

    def fill(self, amount: str) -> None:
        """The other traders sell into the best bids, which are ours where they are above 59,990."""
        self.script(f"the others sell {amount}")
        self.others.sell(amount)

    async def poll(self) -> None:
        """What Hummingbot's poll of order states and balances does, now."""
        self.script("Hummingbot polls orders and balances")
        await asyncio.gather(self.connector._status_polling_loop_fetch_updates(), return_exceptions=True)

    def stall(self) -> None:
        """The private streams stay open and say nothing, until `resume`."""
        self.script("the private streams fall silent")
        self._silent = True
        self.sandbox.faults.stall_streams(public=False)

    def resume(self) -> None:
        """What waited on the private streams arrives."""
        self.script("the private streams go on")
        self._silent = False
        self.sandbox.faults.resume_streams()

    def spoil_private(self, fault: StreamFault, times: int | None = None) -> None:
        """A fault of the messages about own orders and fills, whatever the exchange calls their channels."""
        self._silent = fault is StreamFault.DROP
        for channel in ("order", "fill", "myTrade", "execution"):
            self.sandbox.faults.stream(channel, fault, times=times)

    def requests(self, pattern: str) -> int:
        """How many requests of an endpoint's kind (`order.cancel`) were answered so far."""
        return sum(count for name, count in self.sandbox.request_log.counts.items() if name.startswith(pattern))

    # -- waiting
    async def event(self, what: str, label: str, count: int = 1, patience_s: float = PATIENCE_S) -> Any:
        """The `count`-th event of an order ("created", "filled", ...), after it the balances; None if it does not come.

        Of an order that was told as failed, not much is waited for any more.
        """
        failed = EVENTS["failed"]

        def come() -> bool:
            return len(self.bot.events(*EVENTS[what], of=self.ids[label])) >= count

        if not await self.until(lambda: come() or self.bot.events(*failed, of=self.ids[label]), patience_s):
            self.script(f"no {what} of {label} within {patience_s:g} s")
        elif not come() and not await self.until(come, _AFTER_FAILURE_S):
            self.script(f"no {what} of {label}: it failed")
        if not come():
            return None
        await self._balances_after(what, label, count)
        return self.bot.events(*EVENTS[what], of=self.ids[label])[count - 1]

    async def must(self, what: str, label: str, count: int = 1, patience_s: float = 2 * PATIENCE_S) -> Any:
        """The same for an event without which the scenario makes no sense; then the balances. Raises DidNotHappen."""
        told = await self.bot.event(*EVENTS[what], of=self.ids[label], number=count, patience_s=patience_s)
        await self._balances_after(what, label, count)
        return told

    async def until(self, true: Callable[[], Any], patience_s: float = PATIENCE_S) -> bool:
        """Whether something came true within the patience."""
        try:
            await self.bot.until(true, "", patience_s)
        except DidNotHappen:
            return False
        return True

    # -- looking
    async def balances(self, step: str, patience_s: float = _SETTLE_S) -> None:
        """Note total and available balances, as strategies see them; the streams have some time to agree."""
        held = self.bot.ledger()
        if not self.connector.ready:
            patience_s = 0.0
        await self.until(lambda: self._seen(held) == _rounded(self.bot.ledger()), patience_s)
        seen, ledger = self._seen(held), _rounded(self.bot.ledger())
        for asset in sorted(ledger):
            for index, which in enumerate(("total", "available")):
                venue = ledger[asset][index] if self.connector.ready else None
                self.note(f"balances/{step}/{asset} {which}", seen[asset][index], venue)

    def tracked(self, label: str) -> Any:
        """Hummingbot's order; None for one that it does not know. A finished one it forgets after half a minute."""
        found = self.bot.order(self.ids[label])
        if found is not None and found.is_done:
            self._finished[label] = found
        return found or self._finished.get(label)

    async def _balances_after(self, what: str, label: str, count: int) -> None:
        """Note the balances after an event, once; not while the venue tells nothing that could change them."""
        self.tracked(label)
        step = f"after {what}{'' if count == 1 else f' {count}'} of {label}"
        if step in self._noted or self._silent or self.sandbox.faults.maintenance:
            return
        self._noted.add(step)
        await self.balances(step)

    def _seen(self, assets: Any) -> dict[str, tuple[str, str]]:
        connector = self.connector
        return {
            asset: (rounded(connector.get_balance(asset)), rounded(connector.get_available_balance(asset)))
            for asset in assets
        }

    def told(self) -> list[Told]:
        """Every order event of every connector that ran."""
        return [told for bot in self.bots for told in bot.told]

    async def finish(self) -> None:
        """Wait until everything said has arrived, stop, and note what every scenario shows."""
        if self.bots:
            await self._calm()
            await self.balances("at the end", _END_S.get(self.recording.exchange, _SETTLE_S))
            orphans = sights.orphans(self)
            await self.stop()
            sights.note_orders(self)
            sights.note_logs(self)
            self.note("venue/open orders that the connector does not follow", orphans, 0)
            sights.note_requests(self)
        self.recording.moments += [
            Moment(told.at - self._began, "event", self.names.order(told.event.order_id), told.kind.name)
            for told in self.told()
        ]
        self.recording.moments.sort(key=lambda moment: moment.at_s)
        self.recording.requests = dict(sorted(Counter(self.sandbox.request_log.counts).items()))

    async def _calm(self) -> None:
        """Until the connector told what the ledger has, or `_SETTLE_S`; then a little more for what is said twice."""
        await self.until(lambda: sights.told_all(self), _SETTLE_S)
        assert self.sandbox.streams is not None  # it runs
        await self.sandbox.streams.flushed()
        await asyncio.sleep(_CALM_S)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, int | float | Decimal) else str(value)


def _rounded(balances: dict[str, tuple[Decimal, Decimal]]) -> dict[str, tuple[str, str]]:
    return {asset: (rounded(total), rounded(free)) for asset, (total, free) in balances.items()}
