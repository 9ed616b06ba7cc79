"""What one run of a scenario showed, as text: facts to compare, moments to draw. Pure data, and JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["native", "ours"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a strategy or a user can see.

    `key` names it in up to three parts, `fills/the order/price 1`; `value` is its normalised text. `venue`: what the
    venue's own ledger says it should be, None where it has no say.
    """

    key: str
    value: str
    venue: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, for the time line: seconds since the scenario began.

    `kind`: "event" (Hummingbot told it) or "script" (what the scenario did); `subject` the order's label, or "".
    """

    at_s: float
    kind: str
    subject: str
    text: str


@dataclass(slots=True)
class Recording:
    """One scenario with one connector."""

    exchange: str
    scenario: str
    kind: Kind
    facts: list[Fact] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    requests: dict[str, int] = field(default_factory=dict)
    """Kind of endpoint -> how many requests the connector sent, its starts included."""
    of_starts: dict[str, int] = field(default_factory=dict)
    """How many of these it sent until it was ready, each time that it was started."""
    seconds: float = 0.0

    def add(self, key: str, value: str, venue: str | None = None) -> None:
        """Note a fact. Raises ValueError for a key that was noted already: a fact must be comparable by its key."""
        if any(fact.key == key for fact in self.facts):
            raise ValueError(f"{self.scenario}: {key} is noted twice")
        self.facts.append(Fact(key, value, venue))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Recording":
        """What `to_json` made."""
        return cls(
            exchange=data["exchange"],
            scenario=data["scenario"],
            kind=data["kind"],
            facts=[Fact(**each) for each in data["facts"]],
            moments=[Moment(**each) for each in data["moments"]],
            requests=dict(data["requests"]),
            of_starts=dict(data["of_starts"]),
            seconds=data["seconds"],
        )
