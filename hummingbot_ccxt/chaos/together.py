"""Which troubles strike together: every pair of them is to meet, so those that have not yet come first. Pure."""

import random
from collections.abc import Iterable, Sequence
from itertools import combinations

from hummingbot_ccxt.chaos.troubles import TROUBLES, Trouble
from hummingbot_ccxt.sandbox.sandbox import WIRES
from hummingbot_ccxt.sandbox.wires.rest import Problem

type Pair = frozenset[str]

_LIMITS = ("429", "418", "ban")
LONG_S = 100.0
"""What takes longer to show, at pace 1, happens once in a round at most, and alone."""
_EXCLUSIVE = (frozenset({"clock skew", "clock drift"}),)
"""The venue has one clock: what sets it last is all that is wrong with it."""


def has_checksums(exchange: str) -> bool:
    """Whether the exchange's wire sends checksums with its books."""
    return exchange in ("kraken", "okx", "bitget")


def applicable(exchange: str, names: Sequence[str]) -> list[Trouble]:
    """The troubles that can happen on an exchange's wire."""
    return [TROUBLES[name] for name in names if has_checksums(exchange) or not TROUBLES[name].needs_checksum]


def kind_of(exchange: str, name: str) -> str:
    """Under which name a trouble counts: those that an exchange answers in the same words are of one kind.

    418 and a ban are told alike everywhere. Where no exchange's words tell of a ban, it is the answer to too many
    requests once more.
    """
    if name not in _LIMITS:
        return name
    words = getattr(WIRES[exchange], "words", None)  # Binance's, which has none to look up, has both answers
    tells_of_bans = words is None or Problem.BANNED in words
    return "/".join(_LIMITS) if not tells_of_bans else name if name == _LIMITS[0] else "/".join(_LIMITS[1:])


def kinds_of(exchange: str, pairs: Iterable[Pair]) -> set[Pair]:
    """The pairs of kinds in pairs of troubles."""
    kinds = {frozenset(kind_of(exchange, name) for name in pair) for pair in pairs}
    return {pair for pair in kinds if len(pair) == 2}


def pairs_of(names: Iterable[str]) -> set[Pair]:
    """Every two of these that can be at work at once."""
    return {frozenset(two) for two in combinations(names, 2)} - set(_EXCLUSIVE)


def possible_pairs(exchange: str, names: Sequence[str]) -> set[Pair]:
    """Every two troubles that a storm on the exchange can let strike together."""
    return pairs_of(each.name for each in applicable(exchange, names) if each.lasts_s <= LONG_S)


class Groups:
    """Troubles in groups, cycle after cycle: each once in a cycle, pairs that were not together yet first."""

    def __init__(
        self,
        troubles: Sequence[Trouble],
        most: int,
        draw: random.Random,
        met: Iterable[Pair] = (),
        once_s: float = LONG_S,
    ) -> None:
        """`most`: in one group. `met`: pairs that others see to. `once_s`: what lasts longer is in the first cycle
        only."""
        self._together = [trouble for trouble in troubles if trouble.lasts_s <= LONG_S]
        self._often = [trouble for trouble in self._together if trouble.lasts_s <= once_s]
        self._long = [trouble for trouble in troubles if trouble.lasts_s > LONG_S]
        self._most = most
        self._draw = draw
        self._met: set[Pair] = set(met)

    def cycle(self, *, first: bool) -> list[list[Trouble]]:
        """The next groups, in their order; the longest troubles, alone, in the first cycle only."""
        among = self._together if first or not self._often else self._often
        left, found = self._draw.sample(among, len(among)), []
        while left:
            # Mostly large, since these let many pairs meet; alone at times, since one fault may hide another's effect.
            size = max(self._draw.randint(1, self._most), self._draw.randint(1, self._most))
            group = [left.pop(0)]
            while left and len(group) < size and (best := self._best(group, left)) is not None:
                left.remove(best)
                group.append(best)
            self._met |= pairs_of(trouble.name for trouble in group)
            found.append(group)
        if first or not self._together:
            for trouble in self._long:
                found.insert(self._draw.randint(0, len(found)), [trouble])
        return found

    def _best(self, group: list[Trouble], left: list[Trouble]) -> Trouble | None:
        """What brings the most new pairs into the group; the first of several, and their order is drawn."""

        def new(trouble: Trouble) -> int:
            return sum(frozenset({trouble.name, each.name}) not in self._met for each in group)

        fitting = [t for t in left if not any(frozenset({t.name, each.name}) in _EXCLUSIVE for each in group)]
        return max(fitting, key=new, default=None)
