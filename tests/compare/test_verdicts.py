"""The checked-in verdicts: what an entry may say, what it fits, and when it is out of date."""

import itertools
import re

import pytest

from hummingbot_ccxt.compare import verdicts
from hummingbot_ccxt.compare.comparison import ABSENT, compare
from hummingbot_ccxt.compare.verdicts import BadVerdicts, Rule, Verdict, Verdicts

GOOD = '[[verdict]]\nfield = "log/*"\nverdict = "accepted"\nreason = "why"\n'


def test_the_checked_in_entries_can_be_read():
    loaded = verdicts.load()
    assert loaded.rules
    assert all(rule.evidence for rule in loaded.rules if rule.verdict is Verdict.OURS_BETTER)


def test_the_checked_in_entries_call_nothing_better_in_the_native_connector():
    assert not [rule for rule in verdicts.load().rules if rule.verdict is Verdict.NATIVE_BETTER]


def examples():
    """Of each entry that calls ours better: (entry, exchange, scenario, field, native, ours) for all that it names."""
    for rule in verdicts.load().rules:
        if rule.verdict is Verdict.OURS_BETTER:
            for exchange, scenario, key in itertools.product(*(
                [each.replace("*", "x") for each in pattern.split("|")]
                for pattern in (rule.exchange, rule.scenario, rule.field)
            )):  # fmt: skip
                is_log = key.startswith("log/")
                shown = [
                    (ABSENT if is_log else f"what {side} shows") if value == "*" else re.sub(r"[*?]", "7", value)
                    for side, value in (("native", rule.native), ("ours", rule.ours))
                ]
                yield pytest.param(
                    rule, exchange, scenario, key, *shown, id=f"{rule.number} {exchange} {scenario} {key}"
                )


@pytest.mark.parametrize(("rule", "exchange", "scenario", "key", "native", "ours"), examples())
def test_what_is_a_fault_of_natives_is_one_of_ours_with_the_sides_exchanged(
    recording, rule, exchange, scenario, key, native, ours
):
    def judged(left, right):
        sides = [recording(kind, (key, value, venue)) for kind, value in (("native", left), ("ours", right))]
        for side in sides:
            side.exchange, side.scenario = exchange, scenario
        return [each.verdict for each in compare(*sides, verdicts.load()).differences]

    venue = ours if rule.by_ledger else None
    assert judged(native, ours) == [Verdict.OURS_BETTER]
    exchanged = judged(ours, native)
    assert not {Verdict.OURS_BETTER, Verdict.ACCEPTED}.intersection(exchanged)


@pytest.mark.parametrize(
    ("field", "sides", "refused"),
    [
        ("order/*", "", True),
        ("order/*", 'native = "FAILED"\n', True),
        ("order/*", 'native = "FAILED"\nours = "FILLED"\n', False),
        ("order/*", "by_ledger = true\n", False),
        ("log/*", "", True),
        ("log/*", 'native = "logged"\n', False),
        ("log/*|order/*", 'native = "logged"\n', True),
    ],
)
def test_an_entry_calls_ours_better_by_what_each_side_shows_or_by_the_ledger(tmp_path, field, sides, refused):
    file = tmp_path / "verdicts.toml"
    file.write_text(f'[[verdict]]\nfield = "{field}"\n{sides}verdict = "ours_better"\nreason = "why"\n')
    if not refused:
        assert verdicts.load(file).rules
        return
    with pytest.raises(BadVerdicts, match="has to name what each side shows"):
        verdicts.load(file)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD + 'colour = "red"\n', "unknown field 'colour'"),
        (GOOD.replace('reason = "why"\n', ""), "reason is missing"),
        (GOOD.replace('"why"', '" "'), "reason is missing"),
        (GOOD.replace('"accepted"', '"fine"'), "verdict is 'fine'; allowed: ours_better, native_better, accepted"),
        (GOOD.replace('"accepted"', '"unclassified"'), "allowed: ours_better"),
        (GOOD.replace('"log/*"', "7"), "field is 7; it is a text"),
        (GOOD + 'sometimes = "yes"\n', "sometimes is 'yes'; it is true or false"),
        (GOOD + "more_at_most = 0\n", "more_at_most is 0; it is a whole number above 0"),
        (GOOD + "where_neither_is_right = 1\n", "where_neither_is_right is 1; it is true or false"),
        ("[[verdict", "verdicts.toml: "),
    ],
)
def test_a_wrong_entry_is_refused_by_its_number_and_field(tmp_path, text, complaint):
    path = tmp_path / "verdicts.toml"
    path.write_text(GOOD + text if text.startswith("[[verdict]]") else text)
    with pytest.raises(BadVerdicts, match=re.escape(complaint)):
        verdicts.load(path)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({}, True),
        ({"exchange": "okx|binance"}, True),
        ({"exchange": "okx"}, False),
        ({"scenario": "limit-*"}, True),
        ({"scenario": "market-*"}, False),
        ({"field": "fields/*|log/*"}, True),
        ({"native": "logged"}, False),
        ({"ours": "log[g]ed"}, False),  # square brackets mean themselves
    ],
)
def test_an_entry_fits_by_patterns(rule, fits):
    rule = Rule(Verdict.ACCEPTED, "why", **{"field": "log/*", **rule})
    assert rule.fits("binance", "limit-rests", "log/INFO/[x]", "(absent)", "logged") is fits


def test_the_first_entry_that_fits_decides():
    entries = Verdicts([Rule(Verdict.ACCEPTED, reason, "log/*", number=number) for number, reason in enumerate("ab")])
    found = entries.find("binance", "pairs", "log/x", "", "")
    assert found is not None
    assert found.reason == "a"


def test_an_entry_that_fitted_nothing_is_out_of_date_where_its_exchanges_were_played():
    used, unused, of_two, elsewhere, timing = (
        Rule(Verdict.ACCEPTED, "why", field, exchange, sometimes=sometimes, number=number)
        for number, (field, exchange, sometimes) in enumerate(
            [
                ("log/*", "*", False),
                ("fees/*", "binance", False),
                ("rules/*", "binance|okx", False),
                ("x", "okx", False),
                ("y", "*", True),
            ]
        )
    )
    entries = Verdicts([used, unused, of_two, elsewhere, timing])
    entries.find("binance", "pairs", "log/x", "", "")
    assert entries.stale(["binance"], ["binance", "okx"]) == [unused]
    assert entries.stale(["binance", "okx"], ["binance", "okx"]) == [unused, of_two, elsewhere]


def test_an_entry_for_an_exchange_that_is_played_when_named_only_is_not_out_of_date_where_it_was_not():
    entries = Verdicts([Rule(Verdict.ACCEPTED, "why", "x", "bitget"), Rule(Verdict.ACCEPTED, "why", "x", "bitgte")])
    of_bitget, misspelt = entries.rules
    assert entries.stale(["binance"], ["binance"], ["binance", "bitget"]) == [misspelt]
    assert entries.stale(["binance", "bitget"], ["binance"], ["binance", "bitget"]) == [of_bitget, misspelt]
