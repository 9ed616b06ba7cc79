"""How much is measured: the sessions of a round, and how long each load lasts."""

from dataclasses import dataclass
from typing import Literal

type Kind = Literal["native", "ours"]
KINDS: tuple[Kind, Kind] = ("native", "ours")

PAIRS, LEVELS, DEPTH = 20, 20, 100
"""Of the paced load that all others are compared with."""
FRAMES_PER_S = 200.0
"""Of all pairs together, however many: 20 pairs x 10 frames/s. So sessions differ in nothing but what they name."""
GROWTH_PAIRS = (1, 10, 50, 200)
GROWTH_DEPTHS = (10, 100, 1000)
OTHER_PAIRS = (1, 100)
OTHER_LEVELS = (5, 100)
START_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds, and counts, for each connector and round."""

    rounds: int
    """Of the load with 20 pairs, of orders and of starts."""
    wide_rounds: int
    """Of the other numbers of pairs and depths."""
    idle_s: float
    paced_s: float
    burst_frames: int
    orders: int
    requests_s: float
    """How long requests are counted, idle and then trading; 0: not at all. Polls come seconds apart, so it takes a
    minute to tell how many there are in one."""
    pairs: tuple[int, ...] = tuple(sorted({*GROWTH_PAIRS, *OTHER_PAIRS}))
    depths: tuple[int, ...] = tuple(depth for depth in GROWTH_DEPTHS if depth != DEPTH)
    """Of the sessions beside the main one, which has `PAIRS` and `DEPTH`; without them, growth is unknown."""


FULL = Plan(rounds=5, wide_rounds=3, idle_s=4.0, paced_s=5.0, burst_frames=10_000, orders=40, requests_s=60.0)
QUICK = Plan(
    rounds=1,
    wide_rounds=1,
    idle_s=1.0,
    paced_s=1.5,
    burst_frames=2_500,
    orders=12,
    requests_s=0.0,
    pairs=(),
    depths=(),
)
"""Under a minute an exchange: nearly all sessions of the full plan are there for the growth with pairs and depth."""
LEAST = Plan(
    rounds=1,
    wide_rounds=1,
    idle_s=0.2,
    paced_s=0.25,
    burst_frames=100,
    orders=2,
    requests_s=0.5,
    pairs=(1,),
    depths=(10,),
)
"""To see that everything runs; its figures mean nothing."""
