"""The checked-in judgement of differences, `verdicts.toml`: what is accepted, what is better, and why."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from hummingbot_ccxt.errors import HummingbotCcxtError

PLACE = Path(__file__).with_name("verdicts.toml")
_TEXTS = ("exchange", "scenario", "field", "native", "ours", "verdict", "reason", "evidence")
_FLAGS = ("by_ledger", "sometimes", "where_neither_is_right", "any_native")

type Ledger = tuple[bool | None, bool | None]


class Verdict(Enum):
    """What a difference between the two connectors is."""

    OURS_BETTER = "ours_better"
    NATIVE_BETTER = "native_better"
    ACCEPTED = "accepted"
    UNCLASSIFIED = "unclassified"


class BadVerdicts(HummingbotCcxtError):
    """The file of verdicts is wrong; the text says which entry, which field, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry. Patterns are fnmatch's, `*` by default; `native` and `ours` are patterns of the two values.

    `exchange`, `scenario` and `field` may name several, with `|` between them.

    `by_ledger`: it fits only where the venue's ledger agrees with ours and not with native: it gives the cause, not the
    judgement. An entry that calls ours better is either that, or names both values; of a log line, which is there or
    not, one is enough.
    `more_at_most`: it fits a number of requests of which ours sends more, and so many more at most.
    `sometimes`: what it describes depends on timing, so that matching nothing is no sign of its being out of date.
    `where_neither_is_right`: it fits only where the venue's ledger agrees with neither; else that speaks for itself.
    `any_native`: it is true of any native class: it speaks of ours, of Hummingbot's base class or of the venue.
    """

    verdict: Verdict
    reason: str
    field: str
    exchange: str = "*"
    scenario: str = "*"
    native: str = "*"
    ours: str = "*"
    evidence: str = ""
    more_at_most: int | None = None
    by_ledger: bool = False
    sometimes: bool = False
    any_native: bool = False
    where_neither_is_right: bool = False
    number: int = 0

    def fits(self, exchange: str, scenario: str, key: str, native: str, ours: str) -> bool:
        return (
            any(fnmatchcase(exchange, each) for each in self.exchange.split("|"))
            and any(fnmatchcase(scenario, each) for each in self.scenario.split("|"))
            and any(fnmatchcase(key, _literal(each)) for each in self.field.split("|"))
            and fnmatchcase(native, _literal(self.native))
            and fnmatchcase(ours, _literal(self.ours))
            and (self.more_at_most is None or 0 < _count(ours) - _count(native) <= self.more_at_most)
        )

    def fits_ledger(self, native_is_right: bool | None, ours_is_right: bool | None) -> bool:
        """Tell whether it judges a fact of which the ledger says this; None: nothing."""
        if self.by_ledger:
            return native_is_right is False and ours_is_right is True
        return not self.where_neither_is_right or (native_is_right is False and ours_is_right is False)

    def __str__(self) -> str:
        return f"entry {self.number} ({self.exchange} {self.scenario} {self.field})"


@dataclass(slots=True)
class Verdicts:
    """All entries, the first that fits decides; and which of them were needed so far."""

    rules: list[Rule] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def find(
        self, exchange: str, scenario: str, key: str, native: str, ours: str, *, ledger: Ledger = (None, None)
    ) -> Rule | None:
        """The entry that judges a difference. `ledger`: whether it agrees with native, and with ours; None: silent."""
        for rule in self.rules:
            if rule.fits_ledger(*ledger) and rule.fits(exchange, scenario, key, native, ours):
                self.used.add(rule.number)
                return rule
        return None

    def stale(self, played: Collection[str], usual: Collection[str], others: Collection[str] = ()) -> list[Rule]:
        """Entries that matched nothing, where they should have: each exchange that they name was played.

        Of the exchanges that an entry names, the `usual` ones count; the `others` where it names no usual one.
        """
        return [
            rule
            for rule in self.rules
            if rule.number not in self.used
            and not rule.sometimes
            and all(name in played for name in _named(rule, usual) or _named(rule, others))
        ]


def _named(rule: Rule, exchanges: Collection[str]) -> list[str]:
    return [name for name in exchanges if any(fnmatchcase(name, each) for each in rule.exchange.split("|"))]


def load(path: Path = PLACE) -> Verdicts:
    """The entries of a file. Raises BadVerdicts."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadVerdicts(f"{path.name}: {error}") from error
    return Verdicts([_rule(entry, number, path) for number, entry in enumerate(data.get("verdict", []), start=1)])


def _rule(entry: Mapping[str, Any], number: int, path: Path) -> Rule:
    where = f"{path.name}: entry {number}"
    for name, value in entry.items():
        if name in _FLAGS:
            if not isinstance(value, bool):
                raise BadVerdicts(f"{where}: {name} is {value!r}; it is true or false")
        elif name == "more_at_most":
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise BadVerdicts(f"{where}: {name} is {value!r}; it is a whole number above 0")
        elif name not in _TEXTS:
            raise BadVerdicts(
                f"{where}: unknown field {name!r}; there are {', '.join((*_TEXTS, *_FLAGS, 'more_at_most'))}"
            )
        elif not isinstance(value, str):
            raise BadVerdicts(f"{where}: {name} is {value!r}; it is a text")
    for name in ("field", "verdict", "reason"):
        if not str(entry.get(name, "")).strip():
            raise BadVerdicts(f"{where}: {name} is missing")
    allowed = [each.value for each in Verdict if each is not Verdict.UNCLASSIFIED]
    if entry["verdict"] not in allowed:
        raise BadVerdicts(f"{where}: verdict is {entry['verdict']!r}; allowed: {', '.join(allowed)}")
    if entry["verdict"] == Verdict.OURS_BETTER.value and not entry.get("by_ledger"):
        stated = [entry.get(side, "*") != "*" for side in ("native", "ours")]
        of_logs = all(each.startswith("log/") for each in entry["field"].split("|"))
        if not (any(stated) if of_logs else all(stated)):
            raise BadVerdicts(
                f"{where}: ours_better has to name what each side shows (native, ours; of a log line one of them), or "
                "to leave the judgement to the ledger (by_ledger = true)"
            )
    return Rule(**{**entry, "verdict": Verdict(entry["verdict"]), "number": number})


def _count(value: str) -> int:
    return int(value) if value.isdigit() else 0


def _literal(pattern: str) -> str:
    """Square brackets stand in log texts and lists: here they mean themselves."""
    return pattern.replace("[", "[[]")
