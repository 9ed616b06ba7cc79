"""Whether a series of samples grows, and how sure that is. Pure."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

BLOCKS = 10
_T_99 = 3.355
"""Student's t for 8 degrees of freedom (ten blocks, a line), two-sided 99 %."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A slope per hour, half the width of its 99 % interval, the mean level."""

    slope: float
    margin: float
    level: float

    def grows(self, allowed: float) -> bool:
        """Whether it surely grows by more than `allowed` an hour."""
        return self.slope - self.margin > allowed


def trend(at_s: Sequence[float], values: Sequence[float]) -> Trend | None:
    """The trend of values sampled at these seconds; None for fewer than ten samples.

    Means of ten blocks, and a straight line through them: neighbouring samples depend on one another, and a line
    through all of them would seem surer than it is.
    """
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
