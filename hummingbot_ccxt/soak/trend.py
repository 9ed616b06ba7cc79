"""Whether a series of samples grows, and how sure that is. Pure."""

import dataclasses
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

BLOCKS = 10
_LEAST_HOURS = 0.25
"""Shorter series show no growth, only how caches, allocators and connections settle."""
_LONGEST_HOURS = 24.0
_T_99 = 3.355
"""Student's t for 8 degrees of freedom (ten blocks, a line), two-sided 99 %."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A slope per hour, half the width of its 99 % interval, the mean level.

    `hours`: how long it was looked at. `later`: the slope of the second half alone.
    """

    slope: float
    margin: float
    level: float
    hours: float = 0.0
    later: float = 0.0

    def verdict(self, nothing: float) -> "Verdict":
        """What is sure of it, where up to `nothing` an hour is no growth.

        Growth: surely more than that, and in the second half as well, or it only settles. Steady: surely no more than
        that. Else neither can be said yet.
        """
        if self.hours < _LEAST_HOURS:
            return Verdict.INCONCLUSIVE
        if self.slope - self.margin > nothing and self.later > nothing:
            return Verdict.GROWTH
        return Verdict.STEADY if self.slope + self.margin <= nothing else Verdict.INCONCLUSIVE

    def hours_needed(self, nothing: float) -> float:
        """How long it would have to be looked at, at least, for a verdict, if slope and noise stay as they are.

        The margin of a line's slope shrinks with the length to the power of 1.5.
        """
        distance = abs(self.slope - nothing)
        if self.slope - self.margin > nothing:  # sure of a growth that ends: what settles has settled by then
            return max(_LEAST_HOURS, 2 * self.hours)
        longer = (self.margin / distance) ** (2 / 3) if distance else math.inf
        return min(max(_LEAST_HOURS, self.hours * longer), _LONGEST_HOURS)


class Verdict(Enum):
    """What a trend says."""

    GROWTH = "growth"
    STEADY = "steady"
    INCONCLUSIVE = "inconclusive"


def trend(at_s: Sequence[float], values: Sequence[float]) -> Trend | None:
    """The trend of values sampled at these seconds; None for fewer than ten samples.

    Means of ten blocks, and a straight line through them: neighbouring samples depend on one another, and a line
    through all of them would seem surer than it is.
    """
    whole = _line(at_s, values)
    if whole is None:
        return None
    half = len(values) // 2
    second = _line(at_s[half:], values[half:])
    hours = (at_s[-1] - at_s[0]) / 3600
    return dataclasses.replace(whole, hours=hours, later=whole.slope if second is None else second.slope)


def _line(at_s: Sequence[float], values: Sequence[float]) -> Trend | None:
    if len(values) < BLOCKS:
        return None
    edges = [round(index * len(values) / BLOCKS) for index in range(BLOCKS + 1)]
    parts = [range(a, b) for a, b in itertools.pairwise(edges)]
    x = [sum(at_s[i] for i in part) / len(part) / 3600 for part in parts]
    y = [sum(values[i] for i in part) / len(part) for part in parts]
    x_mean, y_mean = sum(x) / BLOCKS, sum(y) / BLOCKS
    spread = sum((each - x_mean) ** 2 for each in x)
    slope = sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True)) / spread
    left = sum((b - y_mean - slope * (a - x_mean)) ** 2 for a, b in zip(x, y, strict=True))
    return Trend(slope, _T_99 * math.sqrt(left / (BLOCKS - 2) / spread), y_mean)
