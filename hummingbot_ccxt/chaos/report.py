"""What `report.json` of a storm says. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from hummingbot_ccxt.chaos.campaign import Campaign, Outcome
from hummingbot_ccxt.chaos.facts import Result
from hummingbot_ccxt.chaos.together import kinds_of, possible_pairs

OURS = "ours"
_SHOWN = 200
COUNTED = ("lost", "duplicated", "orphaned", "wrong_state")


def passed(outcomes: Sequence[Outcome]) -> bool:
    """Whether nothing is wrong with our connector; a native one's figures are only told."""
    return not any(outcome.problems() for outcome in outcomes if outcome.kind == OURS)


def figures(campaign: Campaign, outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """The content of report.json: by exchange, and by kind of connector (ours, native). Money is text, exact."""
    exchanges: dict[str, dict[str, Any]] = {exchange: {} for exchange in campaign.exchanges}
    for outcome in outcomes:
        exchanges[outcome.exchange][outcome.kind] = _of(outcome, campaign)
    played, planned = sum(len(outcome.rounds) for outcome in outcomes), len(campaign.plans())
    return {
        "passed": passed(outcomes) and played == planned,
        "wrong": not passed(outcomes),
        "rounds": {"played": played, "planned": planned},
        "seed": campaign.seed,
        "pace": campaign.pace,
        "seconds": round(seconds, 1),
        "versions": {name: version(name) for name in ("hummingbot-ccxt", "hummingbot", "ccxt")},
        "exchanges": exchanges,
    }


def _of(outcome: Outcome, campaign: Campaign) -> dict[str, Any]:
    differences: dict[str, Decimal] = {}
    for each in outcome.rounds:
        for asset, value in each.comparison.balance_difference.items():
            differences[asset] = max(differences.get(asset, Decimal(0)), value, key=abs)
    problems = outcome.problems()
    possible = len(kinds_of(outcome.exchange, possible_pairs(outcome.exchange, campaign.troubles)))
    return {
        "orders": outcome.orders,
        "fills": sum(each.fills for each in outcome.rounds),
        "faults": outcome.faults,
        **{name: sum(len(getattr(each.comparison, name)) for each in outcome.rounds) for name in COUNTED},
        "balance_difference": {asset: f"{value:f}" for asset, value in differences.items()},
        "dead_streams": sum(len(each.dead_streams) for each in outcome.rounds),
        "not_recovered": sum(not episode.recovered for each in outcome.rounds for episode in each.episodes),
        "late_books": sum(len(each.late_books) for each in outcome.rounds),
        "book_seconds": {
            "p50": quantile(outcome.book_seconds, 0.5), "p99": quantile(outcome.book_seconds, 0.99),
            "max": quantile(outcome.book_seconds, 1.0), "measured": len(outcome.book_seconds),
            "limit": max((round(each.book_limit_s, 3) for each in outcome.rounds), default=None),
        },
        "fault_pairs": [outcome.fault_pairs, possible],
        "unsaved_at_kill": _summed(each.unsaved for each in outcome.rounds),
        "unfinished": sum(bool(each.failure) for each in outcome.rounds),
        "recovery_seconds": {
            "p50": quantile(outcome.recoveries, 0.5), "p99": quantile(outcome.recoveries, 0.99),
            "measured": len(outcome.recoveries),
        },
        "problems": problems[:_SHOWN],
        "rounds": [_round(each) for each in outcome.rounds],
    }  # fmt: skip


def _round(result: Result) -> dict[str, Any]:
    return {
        "seed": result.seed,
        "orders": result.orders,
        "seconds": round(result.seconds, 1),
        "episodes": [
            {
                "faults": list(each.troubles),
                "began": round(each.began, 2),
                "ended": round(each.ended, 2),
                "recovery": None if each.recovery_s is None else round(each.recovery_s, 2),
                "recovered": each.recovered,
                "books": None if each.book_s is None else round(each.book_s, 2),
                "books_in_time": each.book_right,
            }
            for each in result.episodes
        ],
        "logged": most(result.logged),
    }


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for each in counts:
        found.update(each)
    return dict(found)


def most(logged: Mapping[str, int], number: int = 20) -> dict[str, int]:
    """What was logged most often."""
    return dict(sorted(logged.items(), key=lambda item: -item[1])[:number])


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which `share` of the values are; None of none."""
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3) if ordered else None
