"""Two recordings of one scenario -> what is equal, and each difference with its verdict. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hummingbot_ccxt.compare.facts import Fact, Recording
from hummingbot_ccxt.compare.verdicts import Rule, Verdict, Verdicts

ABSENT = "(absent)"
#: Parts of something whose being there is a fact of its own: an event's fields are compared if both told the event.
_ONLY_SHARED = ("fields/", "level/", "tracked/")
_COUNTS = "requests/"


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that the two connectors show differently, or alike but not as the venue's ledger has it."""

    exchange: str
    scenario: str
    key: str
    native: str
    ours: str
    venue: str | None
    verdict: Verdict
    reason: str
    evidence: str = ""


@dataclass(slots=True)
class Comparison:
    """One scenario, both recordings, and what came of comparing them."""

    native: Recording
    ours: Recording
    equal: list[Fact] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def exchange(self) -> str:
        return self.ours.exchange

    @property
    def scenario(self) -> str:
        return self.ours.scenario

    def count(self, verdict: Verdict) -> int:
        return sum(each.verdict is verdict for each in self.differences)


def compare(native: Recording, ours: Recording, verdicts: Verdicts) -> Comparison:
    """Every fact of either recording ends as equal, or as a difference with a verdict.

    The venue's ledger judges where it has a say: a connector that shows what the ledger has is right. An entry of
    `verdicts` that calls ours better against the ledger does not count.
    """
    result = Comparison(native, ours)
    theirs, own = ({fact.key: fact for fact in recording.facts} for recording in (native, ours))
    for key in dict.fromkeys([*theirs, *own]):
        left, right = theirs.get(key), own.get(key)
        if left is None or right is None:
            if key.startswith(_ONLY_SHARED):
                continue
            one = left or right
            assert one is not None  # the key is of one of the two
            absent = Fact(key, "0" if key.startswith(_COUNTS) else ABSENT, one.venue)
            left, right = left or absent, right or absent
        venue = left.venue if left.venue == right.venue else None
        if left.value == right.value and (venue is None or right.value == venue):
            result.equal.append(right)
        elif None not in (left.venue, right.venue) and (left.value, right.value) == (left.venue, right.venue):
            result.differences.append(_consequence(native, left.value, right))
        else:
            result.differences.append(_judged(native, left.value, right, venue, verdicts))
    return result


def _consequence(run: Recording, native: str, ours: Fact) -> Difference:
    """Each connector shows what happened at its venue; that different things happened is a difference of its own."""
    return Difference(
        run.exchange, run.scenario, ours.key, native, ours.value, None, Verdict.ACCEPTED,
        "each shows what the venue's ledger has in its run: a consequence of what became of the orders",
    )  # fmt: skip


def _judged(run: Recording, native: str, ours: Fact, venue: str | None, verdicts: Verdicts) -> Difference:
    rule = verdicts.find(run.exchange, run.scenario, ours.key, native, ours.value)
    verdict, reason, evidence = _verdict(rule, ours.key, native, ours.value, venue)
    return Difference(run.exchange, run.scenario, ours.key, native, ours.value, venue, verdict, reason, evidence)


def _verdict(rule: Rule | None, key: str, native: str, ours: str, venue: str | None) -> tuple[Verdict, str, str]:
    """(verdict, reason, evidence)."""
    ledger = _ledger(native, ours, venue)
    if rule is not None:
        if rule.verdict is Verdict.OURS_BETTER and venue is not None and ours != venue:
            return Verdict.NATIVE_BETTER if native == venue else Verdict.UNCLASSIFIED, f"{rule}: {ledger}", ledger
        return rule.verdict, rule.reason, "; ".join(filter(None, (rule.evidence, ledger)))
    if venue is not None and native != ours and ours == venue:
        return Verdict.OURS_BETTER, "the venue's ledger agrees with ours", ledger
    if venue is not None and native != ours and native == venue:
        return Verdict.NATIVE_BETTER, "the venue's ledger agrees with the native connector", ledger
    if key.startswith(_COUNTS) and _count(ours) < _count(native):
        return Verdict.OURS_BETTER, "fewer requests for the same scenario", ""
    return Verdict.UNCLASSIFIED, "", ledger


def _ledger(native: str, ours: str, venue: str | None) -> str:
    if venue is None:
        return ""
    sides = [name for name, value in (("native", native), ("ours", ours)) if value == venue]
    return f"the venue's ledger: {venue} (as {sides[0]})" if sides else f"the venue's ledger: {venue} (as neither)"


def _count(value: str) -> int:
    return int(value) if value.isdigit() else 0


def totals(comparisons: Iterable[Comparison]) -> dict[str, int]:
    """How many scenarios, equal facts, and differences of each verdict."""
    done = list(comparisons)
    counted = {verdict.value: sum(each.count(verdict) for each in done) for verdict in Verdict}
    return {"scenarios": len(done), "equal": sum(len(each.equal) for each in done), **counted}
