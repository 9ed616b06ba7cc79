"""Several rounds of a storm, some of them at once: which, with which seeds, and what came of them together."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hummingbot_ccxt.chaos.facts import Result
from hummingbot_ccxt.chaos.storm import Plan, Storm
from hummingbot_ccxt.chaos.together import LONG_S, Pair, kinds_of, pairs_of, possible_pairs
from hummingbot_ccxt.chaos.troubles import TROUBLES
from hummingbot_ccxt.errors import HummingbotCcxtError

MOST_ORDERS = 1_000
"""In one round: it compares its whole past each time, and a shorter one is played again sooner."""

RATE, _MEASURED = 120.0, 0.4
"""Actions in a second, and the share of episodes after which all stands still until everything is right."""
PATIENCE_S = {"kraken": 120.0}
"""Kraken answers one request about an account in three seconds (docs guides/spot-rest-ratelimits)."""


class UnknownTrouble(HummingbotCcxtError):
    """A fault was named that the storm does not have."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is to be played. `orders`: at least so many on each exchange, with each kind of connector. `kept_in`: where
    what ours logged goes when something is wrong."""

    exchanges: Sequence[str]
    kinds: Sequence[str]
    orders: int
    seed: int
    troubles: Sequence[str] = tuple(TROUBLES)
    pace: float = 10.0
    outage_s: float = 60.0
    at_once: int = 2
    kept_in: Path | None = None

    def plans(self) -> list[Plan]:
        """The rounds: ours and native meet the same weather, exchange by exchange. What lasts longest comes once."""
        rounds = max(1, -(-self.orders // MOST_ORDERS))
        return [
            Plan(
                exchange, kind, f"{self.seed}-{number}", -(-self.orders // rounds), self._troubles_of(number),
                self.pace, outage_s=self.outage_s, rate=RATE, measured=_MEASURED,
                patience_s=PATIENCE_S.get(exchange, 30.0), met=self._met_elsewhere(exchange, number, rounds),
                kept_in=self.kept_in if kind == "ours" else None,
            )
            for exchange in self.exchanges
            for number in range(1, rounds + 1)
            for kind in self.kinds
        ]  # fmt: skip

    def _met_elsewhere(self, exchange: str, number: int, rounds: int) -> list[Pair]:
        """The pairs of troubles that other rounds see to: each is wished for by one, the same with the same seed."""
        pairs = sorted(possible_pairs(exchange, self.troubles), key=sorted)
        random.Random(f"{self.seed} {exchange} pairs").shuffle(pairs)
        return [pair for place, pair in enumerate(pairs) if place % rounds != number - 1]

    def _troubles_of(self, number: int) -> tuple[str, ...]:
        """Those of the round with that number. The longest, with hardly an order meanwhile, are in the first."""
        shorter = tuple(name for name in self.troubles if TROUBLES[name].lasts_s <= LONG_S)
        return tuple(self.troubles) if number == 1 or not shorter else shorter


@dataclass(slots=True)
class Outcome:
    """All rounds of one kind of connector on one exchange."""

    exchange: str
    kind: str
    rounds: list[Result] = field(default_factory=list)

    @property
    def orders(self) -> int:
        """That the venue took."""
        return sum(each.orders for each in self.rounds)

    @property
    def faults(self) -> dict[str, int]:
        """How often each struck."""
        counts: Counter[str] = Counter()
        for each in self.rounds:
            counts.update(each.faults)
        return dict(counts)

    @property
    def fault_pairs(self) -> int:
        """How many different pairs of kinds of fault struck in one episode, both of them."""
        met = {pair for each in self.rounds for e in each.episodes for pair in pairs_of(e.struck)}
        return len(kinds_of(self.exchange, met))

    @property
    def book_seconds(self) -> list[float]:
        """From the end of the faults to the venue's books, sorted."""
        return sorted(seconds for each in self.rounds for seconds in each.book_seconds)

    @property
    def recoveries(self) -> list[float]:
        """In seconds, sorted."""
        return sorted(seconds for each in self.rounds for seconds in each.recoveries)

    def problems(self) -> list[str]:
        """One line each, with the seed that shows it again."""
        return [f"{problem} (seed {each.seed})" for each in self.rounds for problem in each.problems()]


async def run(campaign: Campaign, say: Callable[[str], None]) -> AsyncIterator[Result]:
    """Each round's result, as it ends; as many rounds at once as the campaign says."""
    free = asyncio.Semaphore(campaign.at_once)

    async def play(plan: Plan) -> Result:
        async with free:
            return await Storm(plan, say).run()

    playing = [asyncio.ensure_future(play(plan)) for plan in campaign.plans()]
    try:
        for each in asyncio.as_completed(playing):
            yield await each
    finally:
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)


def outcomes(results: Iterable[Result], exchanges: Sequence[str], kinds: Sequence[str]) -> list[Outcome]:
    """Rounds that belong together, in the order of the exchanges."""
    found = {(exchange, kind): Outcome(exchange, kind) for exchange in exchanges for kind in kinds}
    for result in results:
        found[result.exchange, result.kind].rounds.append(result)
    return list(found.values())


def troubles(words: str | None) -> tuple[str, ...]:
    """The troubles in a list such as "429, killed"; all without one. Raises UnknownTrouble."""
    if not words:
        return tuple(TROUBLES)
    names = [word.strip() for word in words.split(",") if word.strip()]
    for name in names:
        if name not in TROUBLES:
            raise UnknownTrouble(f"no fault is called {name!r}; there are {', '.join(TROUBLES)}")
    return tuple(dict.fromkeys(names))
