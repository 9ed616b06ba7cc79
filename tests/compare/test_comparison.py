"""Two recordings -> equal facts, and differences with a verdict; the venue's ledger judges where it has a say."""

import pytest

from hummingbot_ccxt.compare.comparison import ABSENT, compare, totals
from hummingbot_ccxt.compare.facts import Recording
from hummingbot_ccxt.compare.verdicts import Rule, Verdict, Verdicts

FACT = "order/the order/state"


@pytest.fixture
def judged(recording):
    """The one difference between two recordings of one fact each."""

    def one(native, ours, *rules):
        verdicts = Verdicts([*rules])
        found = compare(recording("native", native), recording("ours", ours), verdicts).differences
        assert len(found) == 1
        return found[0]

    return one


def test_what_both_show_alike_is_equal(recording):
    facts = [("pairs/traded", "BTC-USDT"), (FACT, "FILLED", "FILLED")]
    result = compare(recording("native", *facts), recording("ours", *facts), Verdicts())
    assert (len(result.equal), result.differences) == (2, [])


def test_what_both_show_alike_and_wrong_is_no_equality(judged):
    found = judged((FACT, "OPEN", "FILLED"), (FACT, "OPEN", "FILLED"))
    assert (found.verdict, found.reason) == (Verdict.UNCLASSIFIED, "the venue's ledger agrees with neither")


@pytest.mark.parametrize(
    ("native", "ours", "verdict"),
    [
        pytest.param("FAILED", "FILLED", Verdict.OURS_BETTER, id="the ledger agrees with ours"),
        pytest.param("FILLED", "FAILED", Verdict.NATIVE_BETTER, id="the ledger agrees with native"),
        pytest.param("FAILED", "OPEN", Verdict.UNCLASSIFIED, id="the ledger agrees with neither"),
    ],
)
def test_the_ledger_judges(judged, native, ours, verdict):
    assert judged((FACT, native, "FILLED"), (FACT, ours, "FILLED")).verdict is verdict


def test_each_is_held_to_the_ledger_of_its_own_run(judged):
    found = judged((FACT, "CANCELED", "CANCELED"), (FACT, "FILLED", "FILLED"))
    assert (found.verdict, found.reason) == (Verdict.UNCLASSIFIED, "each shows what the venue's ledger has in its run")
    assert found.venue == "CANCELED in native's run, FILLED in ours"


def test_a_difference_that_nobody_judged_is_unclassified(judged):
    assert judged(("log/INFO/x", "a"), ("log/INFO/x", "b")).verdict is Verdict.UNCLASSIFIED


def test_a_fact_that_only_one_shows_is_a_difference(recording):
    (found,) = compare(recording("native"), recording("ours", ("log/INFO/x", "logged")), Verdicts()).differences
    assert (found.native, found.ours) == (ABSENT, "logged")


@pytest.mark.parametrize(
    "key", ["fields/the order/OrderFilled 1 price", "level/after/bid 1", "tracked/the order/price"]
)
def test_the_parts_of_something_that_only_one_shows_are_no_differences_of_their_own(recording, key):
    assert compare(recording("native"), recording("ours", (key, "1")), Verdicts()).differences == []


def test_an_entry_gives_verdict_reason_and_evidence(judged):
    rule = Rule(Verdict.ACCEPTED, "in other words", "log/*", evidence="x.py:1")
    found = judged(("log/INFO/x", "a"), ("log/INFO/x", "b"), rule)
    assert (found.verdict, found.reason, found.evidence) == (Verdict.ACCEPTED, "in other words", "x.py:1")


@pytest.mark.parametrize(("native", "verdict"), [("FILLED", Verdict.NATIVE_BETTER), ("OPEN", Verdict.UNCLASSIFIED)])
def test_no_entry_makes_ours_better_against_the_ledger(judged, native, verdict):
    rule = Rule(Verdict.OURS_BETTER, "wishful", "order/*", number=3)
    found = judged((FACT, native, "FILLED"), (FACT, "FAILED", "FILLED"), rule)
    assert found.verdict is verdict
    assert "entry 3" in found.reason


@pytest.mark.parametrize(
    ("native", "ours", "verdict"),
    [
        ("OPEN", "FILLED", Verdict.OURS_BETTER),
        ("FILLED", "OPEN", Verdict.NATIVE_BETTER),
        ("FAILED", "OPEN", Verdict.ACCEPTED),
    ],
)
def test_an_entry_for_where_both_are_late_does_not_hide_where_one_is_right(judged, native, ours, verdict):
    rule = Rule(Verdict.ACCEPTED, "late", "order/*", where_neither_is_right=True)
    assert judged((FACT, native, "FILLED"), (FACT, ours, "FILLED"), rule).verdict is verdict


def test_fewer_requests_are_better_and_more_have_to_be_judged(judged):
    assert judged(("requests/order.status", "3"), ("requests/order.status", "1")).verdict is Verdict.OURS_BETTER
    assert judged(("requests/order.status", "1"), ("requests/order.status", "3")).verdict is Verdict.UNCLASSIFIED


@pytest.mark.parametrize("what", ["order.create", "order.cancel"])
def test_an_order_that_is_not_sent_at_all_is_no_request_saved(judged, what):
    assert judged((f"requests/{what}", "1"), (f"requests/{what}", "0")).verdict is Verdict.UNCLASSIFIED


SINCE = "requests/since it was ready"


def test_fewer_requests_are_not_better_where_ours_does_worse(recording):
    native = recording("native", (SINCE, "9"), (FACT, "FILLED", "FILLED"))
    ours = recording("ours", (SINCE, "3"), (FACT, "FAILED", "FILLED"))
    found = compare(native, ours, Verdicts()).differences
    assert [(each.key, each.verdict) for each in found] == [
        (FACT, Verdict.NATIVE_BETTER),
        (SINCE, Verdict.UNCLASSIFIED),
    ]


@pytest.mark.parametrize(
    ("more_at_most", "of_balances", "of_all"),
    [(2, Verdict.ACCEPTED, Verdict.ACCEPTED), (1, Verdict.UNCLASSIFIED, Verdict.UNCLASSIFIED)],
)
def test_each_kind_of_request_that_ours_sends_more_of_is_judged_and_decides_on_their_sum(
    recording, more_at_most, of_balances, of_all
):
    native, ours = recording("native", (SINCE, "4")), recording("ours", (SINCE, "5"))
    native.requests, native.of_starts = {"balances": 1, "trades": 3, "time": 2}, {"time": 2}
    ours.requests, ours.of_starts = {"balances": 4, "trades": 2, "time": 9}, {"balances": 1, "time": 9}
    rule = Rule(Verdict.ACCEPTED, "asks", "requests/balances", more_at_most=more_at_most)
    found = compare(native, ours, Verdicts([rule])).differences
    assert [(each.key, each.native, each.ours, each.verdict) for each in found] == [
        ("requests/balances", "1", "3", of_balances),
        (SINCE, "4", "5", of_all),
    ]


def test_what_a_start_asks_is_judged_by_the_scenario_about_starts(recording):
    native, ours = (
        recording(kind, ("requests/of the start", count)) for kind, count in (("native", "2"), ("ours", "9"))
    )
    native.requests = native.of_starts = {"time": 2}
    ours.requests = ours.of_starts = {"time": 9}
    found = compare(native, ours, Verdicts()).differences
    assert [each.key for each in found] == ["requests/time", "requests/of the start"]


def test_more_requests_are_accepted_up_to_a_number(judged):
    rule = Rule(Verdict.ACCEPTED, "asks", "requests/*", more_at_most=2)
    assert judged(("requests/balances", "3"), ("requests/balances", "5"), rule).verdict is Verdict.ACCEPTED
    assert judged(("requests/balances", "3"), ("requests/balances", "6"), rule).verdict is Verdict.UNCLASSIFIED


@pytest.mark.parametrize(
    ("native", "ours", "fits"),
    [
        ((FACT, "FAILED", "FILLED"), (FACT, "FILLED", "FILLED"), True),
        ((FACT, "FILLED", "FILLED"), (FACT, "FAILED", "FILLED"), False),
        ((FACT, "OPEN", "OPEN"), (FACT, "FILLED", "FILLED"), False),
        (("outcome/the order", "a"), ("outcome/the order", "b"), False),
    ],
)
def test_an_entry_by_the_ledger_gives_the_cause_of_what_the_ledger_decides(judged, native, ours, fits):
    rule = Rule(Verdict.OURS_BETTER, "native forgets", "*", by_ledger=True)
    found = judged(native, ours, rule)
    assert (found.verdict is Verdict.OURS_BETTER, found.reason == "native forgets") == (fits, fits)


def test_totals_count_scenarios_equal_facts_and_verdicts(recording):
    one = compare(
        recording("native", (FACT, "FAILED", "FILLED"), ("pairs/traded", "a")),
        recording("ours", (FACT, "FILLED", "FILLED"), ("pairs/traded", "a")),
        Verdicts(),
    )
    assert totals([one, one]) == {
        "scenarios": 2, "equal": 2, "ours_better": 2, "native_better": 0, "accepted": 0, "unclassified": 0,
    }  # fmt: skip


def test_a_recording_survives_json(recording):
    made = recording("ours", (FACT, "FILLED", "FILLED"), moments=[(0.1, None, "buy"), (0.2, "the order", "Created")])
    assert Recording.from_json(made.to_json()) == made


def test_a_fact_can_be_noted_once_only(recording):
    with pytest.raises(ValueError, match="is noted twice"):
        recording("ours", (FACT, "FILLED")).add(FACT, "OPEN")
