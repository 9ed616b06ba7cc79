"""The scenario book: which scenarios there are, by name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hummingbot_ccxt.errors import HummingbotCcxtError

if TYPE_CHECKING:
    from hummingbot_ccxt.compare.scene import Scene

Play = Callable[["Scene"], Awaitable[None]]


class NoScenario(HummingbotCcxtError):
    """There is no scenario of that name."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. `play` acts and notes facts; what is seen of every scenario is noted at its end by the scene."""

    name: str
    title: str
    group: str
    play: Play
    pairs: tuple[str, ...] = ("BTC-USDT",)
    starts: bool = True
    """Whether the connector is ready when `play` begins; if not, `play` starts it."""
    funds: Mapping[str, Decimal] = field(default_factory=lambda: {"USDT": Decimal(2_000_000), "BTC": Decimal(2)})
    venue: Mapping[str, Any] = field(default_factory=dict)
    """Keywords of the sandbox."""


SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str, title: str, **more: Any) -> Callable[[Play], Play]:
    """Enter a function into the book; its module's name is the group."""

    def enter(play: Play) -> Play:
        if name in SCENARIOS:
            raise ValueError(f"two scenarios are called {name!r}")
        SCENARIOS[name] = Scenario(name, title, play.__module__.rpartition(".")[2], play, **more)
        return play

    return enter


def scenarios(*wanted: str) -> list[Scenario]:
    """All, or those whose name holds one of `wanted`. Raises NoScenario for one that no name holds."""
    import hummingbot_ccxt.compare.scenarios  # noqa: F401  (importing enters them)

    for word in wanted:
        if not any(word in name for name in SCENARIOS):
            raise NoScenario(f"no scenario is called {word!r}; `hummingbot-ccxt compare --list` shows all")
    return [each for each in SCENARIOS.values() if not wanted or any(word in each.name for word in wanted)]
