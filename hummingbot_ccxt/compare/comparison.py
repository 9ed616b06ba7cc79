"""Two recordings of one scenario -> what is equal, and each difference with its verdict. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hummingbot_ccxt.compare.facts import Fact, Recording
from hummingbot_ccxt.compare.verdicts import Rule, Verdict, Verdicts

ABSENT = "(absent)"
#: What the ledger has at a moment, and that need not be the same one in both runs: both are right, or not.
_OF_A_MOMENT = "balances/after "
#: Parts of something whose being there is a fact of its own: an event's fields are compared if both told the event.
_ONLY_SHARED = ("fields/", "level/", "tracked/", _OF_A_MOMENT)
_COUNTS = "requests/"
_OF_THE_START = "requests/of the start"
_SUMS = (_OF_THE_START, "requests/since it was ready")
_FINE = (Verdict.OURS_BETTER, Verdict.ACCEPTED)
#: What the scenario asks for: as many as that, no fewer.
_WANTED = frozenset({"requests/order.create", "requests/order.cancel"})


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

    The venue's ledger judges where it has a say: a connector that shows what the ledger of its run has is right. An
    entry of `verdicts` that calls ours better against the ledger does not count. Where both are right, they differ
    because their runs do: that is accepted if what became of the orders ("outcome/") differs, and was judged.
    """
    result = Comparison(native, ours)
    counted: list[tuple[Fact, Fact]] = []
    consequences: list[tuple[Fact, Fact]] = []
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
        if _is_equal(left, right):
            result.equal.append(right)
        elif key.startswith(_COUNTS):
            counted.append((left, right))
        elif _is_right(right) and _is_right(left) is not False:
            consequences.append((left, right))
        else:
            result.differences.append(_judged(native, left, right, verdicts))
    of_orders = [each.verdict for each in result.differences if each.key.startswith("outcome/")]
    explained = bool(of_orders) and all(verdict in _FINE for verdict in of_orders)
    result.differences += [_judged(native, left, right, verdicts, explained=explained) for left, right in consequences]
    # Fewer requests are worth nothing to those who do not get what the others get.
    as_good = all(each.verdict in _FINE for each in result.differences)
    sums = [pair for pair in counted if pair[0].key in _SUMS]
    counted = [pair for pair in counted if pair not in sums] + _more_of_a_kind(native, ours)
    judged = [_judged(native, left, right, verdicts, as_good=as_good) for left, right in counted]
    fine = all(each.verdict in _FINE for each in judged)
    result.differences += judged + [_sum(native, left, right, as_good=as_good, fine=fine) for left, right in sums]
    return result


def _more_of_a_kind(native: Recording, ours: Recording) -> list[tuple[Fact, Fact]]:
    """The kinds of requests that ours sends more of, but for those about orders, which are facts of their own.

    The scenario about starts is judged by what they ask, all others by what is asked besides.
    """
    of_starts = any(fact.key == _OF_THE_START for fact in ours.facts)
    theirs, own = (run.of_starts if of_starts else _besides(run) for run in (native, ours))
    return [
        (Fact(_COUNTS + kind, str(theirs.get(kind, 0))), Fact(_COUNTS + kind, str(own[kind])))
        for kind in sorted(own)
        if own[kind] > theirs.get(kind, 0) and not kind.startswith("order.")
    ]


def _besides(run: Recording) -> dict[str, int]:
    return {kind: count - run.of_starts.get(kind, 0) for kind, count in run.requests.items()}


def _sum(run: Recording, native: Fact, ours: Fact, *, as_good: bool, fine: bool) -> Difference:
    """Requests in all: fewer are better where ours does as well; of more, each kind that grew is judged."""
    saves = _count(ours.value) < _count(native.value)
    if saves and as_good:
        verdict, reason = Verdict.OURS_BETTER, "fewer requests for the same scenario"
    elif saves:
        verdict, reason = Verdict.UNCLASSIFIED, "fewer requests, but ours does not do as well"
    else:
        verdict = Verdict.ACCEPTED if fine else Verdict.UNCLASSIFIED
        reason = "the sum of the kinds of requests, each of which is judged by itself"
    return Difference(run.exchange, run.scenario, ours.key, native.value, ours.value, None, verdict, reason)


def _is_equal(left: Fact, right: Fact) -> bool:
    if left.key.startswith(_OF_A_MOMENT) and _is_right(left) and _is_right(right):
        return True
    return left.value == right.value and _is_right(left) is not False and _is_right(right) is not False


def _is_right(fact: Fact) -> bool | None:
    """Whether the ledger agrees; None where it has no say."""
    return None if fact.venue is None else fact.value == fact.venue


def _judged(
    run: Recording, native: Fact, ours: Fact, verdicts: Verdicts, *, as_good: bool = False, explained: bool = False
) -> Difference:
    """One difference. `as_good`: ours does otherwise as well. `explained`: what became of the orders was judged."""
    venue = ours.venue if native.venue == ours.venue else f"{native.venue} in native's run, {ours.venue} in ours"
    ledger = _is_right(native), _is_right(ours)
    rule = verdicts.find(run.exchange, run.scenario, ours.key, native.value, ours.value, ledger=ledger)
    saves = ours.key not in _WANTED and _count(ours.value) < _count(native.value)
    if ours.key.startswith(_COUNTS) and saves and as_good:
        verdict, reason, evidence = Verdict.OURS_BETTER, "fewer requests for the same scenario", ""
    elif rule is None and explained:
        verdict, reason, evidence = Verdict.ACCEPTED, "what became of the orders differs, which is judged by itself", ""
    else:
        verdict, reason, evidence = _verdict(rule, native, ours)
    return Difference(
        run.exchange, run.scenario, ours.key, native.value, ours.value, venue, verdict, reason, evidence
    )  # fmt: skip


def _verdict(rule: Rule | None, native: Fact, ours: Fact) -> tuple[Verdict, str, str]:
    """(verdict, reason, evidence)."""
    theirs, own = _is_right(native), _is_right(ours)
    ledger = {
        (True, False): "the venue's ledger agrees with the native connector",
        (False, True): "the venue's ledger agrees with ours",
        (False, False): "the venue's ledger agrees with neither",
        (True, True): "each shows what the venue's ledger has in its run",
    }.get((bool(theirs), bool(own)), "") if None not in (theirs, own) else ""  # fmt: skip
    if rule is not None:
        if rule.verdict is Verdict.OURS_BETTER and own is False:
            against = Verdict.NATIVE_BETTER if theirs else Verdict.UNCLASSIFIED
            return against, f"{rule} says that ours is better, but {ledger or 'the ledger has something else'}", ""
        return rule.verdict, rule.reason, rule.evidence
    if theirs is False and own:
        return Verdict.OURS_BETTER, ledger, ""
    if theirs and own is False:
        return Verdict.NATIVE_BETTER, ledger, ""
    return Verdict.UNCLASSIFIED, ledger, ""


def _count(value: str) -> int:
    return int(value) if value.isdigit() else 0


def totals(comparisons: Iterable[Comparison]) -> dict[str, int]:
    """How many scenarios, equal facts, and differences of each verdict."""
    done = list(comparisons)
    counted = {verdict.value: sum(each.count(verdict) for each in done) for verdict in Verdict}
    return {"scenarios": len(done), "equal": sum(len(each.equal) for each in done), **counted}
