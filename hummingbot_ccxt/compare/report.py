"""What came of a comparison, as plain data: figures per exchange, every difference, entries that are out of date."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from hummingbot_ccxt.compare.comparison import Comparison, Difference, totals
from hummingbot_ccxt.compare.verdicts import Rule, Verdict

#: What a reader must see first.
WORST_FIRST = (Verdict.NATIVE_BETTER, Verdict.UNCLASSIFIED, Verdict.OURS_BETTER, Verdict.ACCEPTED)


@dataclass(slots=True)
class Result:
    """Everything that a report tells. `natives`: exchange -> the native connector's class."""

    seed: int
    natives: dict[str, str]
    comparisons: list[Comparison] = field(default_factory=list)
    stale: list[Rule] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def exchanges(self) -> list[str]:
        return list(self.natives)

    def of(self, exchange: str) -> list[Comparison]:
        return [each for each in self.comparisons if each.exchange == exchange]

    @property
    def passed(self) -> bool:
        """Whether nothing is better in the native connector, and nothing is left to be judged."""
        counted = totals(self.comparisons)
        return not counted[Verdict.NATIVE_BETTER.value] and not counted[Verdict.UNCLASSIFIED.value]


def in_order(differences: Sequence[Difference]) -> list[Difference]:
    """The worst first, as they came within each verdict."""
    return sorted(differences, key=lambda each: WORST_FIRST.index(each.verdict))


def differing_first(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Scenarios with differences first, by their worst one; then the others."""

    def rank(comparison: Comparison) -> int:
        ranks = [WORST_FIRST.index(each.verdict) for each in comparison.differences]
        return min(ranks, default=len(WORST_FIRST))

    return sorted(comparisons, key=rank)


def reasons(differences: Sequence[Difference]) -> list[tuple[Verdict, str, str, list[Difference]]]:
    """(verdict, reason, evidence, its differences), worst first; a reason is told once, whatever it explains."""
    grouped: dict[tuple[Verdict, str, str], list[Difference]] = {}
    for each in in_order(differences):
        grouped.setdefault((each.verdict, each.reason, each.evidence), []).append(each)
    return [(*key, found) for key, found in grouped.items()]


def figures(result: Result) -> dict[str, Any]:
    """What report.json says."""
    return {
        "passed": result.passed,
        "seed": result.seed,
        "seconds": round(result.seconds, 1),
        "versions": {name: version(name) for name in ("hummingbot-ccxt", "hummingbot", "ccxt")},
        "exchanges": {exchange: _of(result, exchange) for exchange in result.exchanges},
        "stale_verdicts": [str(rule) for rule in result.stale],
    }


def _of(result: Result, exchange: str) -> dict[str, Any]:
    comparisons = result.of(exchange)
    return {
        "native": result.natives[exchange],
        **totals(comparisons),
        "requests": {
            "native": sum(sum(each.native.requests.values()) for each in comparisons),
            "ours": sum(sum(each.ours.requests.values()) for each in comparisons),
        },
        "seconds": {each.scenario: {"native": each.native.seconds, "ours": each.ours.seconds} for each in comparisons},
        "differences": [_difference(each) for comparison in comparisons for each in in_order(comparison.differences)],
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "scenario": found.scenario,
        "fact": found.key,
        "native": found.native,
        "ours": found.ours,
        "venue": found.venue,
        "verdict": found.verdict.value,
        "reason": found.reason,
        "evidence": found.evidence,
    }
