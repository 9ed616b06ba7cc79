"""`hummingbot-ccxt show EXCHANGE`."""

import dataclasses
import re

import pytest

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange import ccxt_utils


def facts_of(ran):
    """(group, name) -> (value, source)."""
    assert ran.status == 0, ran.err
    return {(fact["group"], fact["name"]): (fact["value"], fact["source"]) for fact in ran.json()["facts"]}


def test_each_value_has_the_source_that_it_comes_from(command, configured):
    path = configured("exchanges:\n  poloniex:\n    poll_interval: 2\n    options: {recvWindow: 9000}\n")
    told = facts_of(command("show", "poloniex", "--json"))
    ccxt, mapping = f"ccxt {registry.installed_ccxt()}", "mapping hummingbot_ccxt.mappings.poloniex"
    assert told["exchange", "connector"][0] == "ccxt_poloniex"
    assert told["exchange", "credentials"] == (["apiKey", "secret"], f"{ccxt} requiredCredentials")
    assert told["streams", "book"] == ("poll", mapping)
    assert told["streams", "balance"] == ("stream", f"{ccxt} has watchBalance")
    assert told["streams", "poll interval, s"] == (2, str(path))
    assert told["orders", "status 'FAILED'"] == ("FAILED", mapping)
    assert told["orders", "error 'System Error'"] == ("unknown", mapping)
    assert told["orders", "market buy sized by"] == ("cost", f"{ccxt} options")
    assert told["client order ids", "pattern"] == ("[A-Za-z0-9_-]+", mapping)
    assert told["client order ids", "max length"] == (32, "our default")
    assert told["fees", "charged"] == ("deducted_from_returns", f"{ccxt} feeSide 'get'")
    assert told["handed to ccxt", "option recvWindow"] == (9000, str(path))


def test_without_a_configuration_no_value_comes_from_one(command, configured):
    path = configured("")
    told = facts_of(command("show", "poloniex", "--json"))
    assert told["streams", "poll interval, s"] == (5.0, "our default")
    assert not [source for _, source in told.values() if str(path) in source]


def test_pings_are_as_the_venue_will_send_them(command):
    assert facts_of(command("show", "phemex", "--json"))["connection", "s between pings"] == (
        5,
        "mapping hummingbot_ccxt.mappings.phemex",
    )
    assert facts_of(command("show", "bitfinex", "--json"))["connection", "s between pings"] == (10, "our default")
    own = facts_of(command("show", "whitebit", "--json"))["connection", "s between pings"]
    assert own == (30, f"ccxt {registry.installed_ccxt()} streaming")  # its pings are messages of ccxt's class
    assert ("connection", "s between pings") not in facts_of(command("show", "bitso", "--json"))


def test_the_referral_id_that_ccxt_adds_is_told(command, configured):
    told = facts_of(command("show", "cryptocom", "--json"))
    assert told["handed to ccxt", "referral id (broker)"][0] == "CCXT"
    path = configured('exchanges: {cryptocom: {broker_id: ""}}\n')
    assert facts_of(command("show", "cryptocom", "--json"))["handed to ccxt", "referral id, instead"] == ("", str(path))


def test_people_get_a_table_with_the_same(command):
    shown = command("show", "ccxt_poloniex")
    assert shown.status == 0
    assert shown.out.startswith("Poloniex as ccxt_poloniex\n")
    book = next(line for line in shown.out.splitlines() if line.split()[:1] == ["book"])
    assert book.split() == ["book", "poll", "(mapping", "hummingbot_ccxt.mappings.poloniex)"]


@pytest.mark.parametrize("exchange", ["zaif", "hyperliquid", "coinbase", "deribit"])
def test_every_shape_of_exchange_can_be_shown(command, exchange):
    assert len(facts_of(command("show", exchange, "--json"))) > 30
    assert command("show", exchange).status == 0


def test_an_unknown_one_is_told_with_those_that_come_close(command):
    refused = command("show", "krakn")
    assert (refused.status, refused.out) == (2, "")
    assert "did you mean kraken?" in refused.err
    assert "classes of your own" not in refused.err


def test_a_class_of_ones_own_that_is_not_found_tells_where_it_was_looked_for(command):
    refused = command("show", "myvenue")
    assert refused.status == 2
    assert re.search(r"; for a class of your own, name its folder in \S*conf/hummingbot_ccxt\.yml$", refused.err)
    assert refused.err.count("\n") == 1


def test_one_without_spot_trading_is_told_what_it_lacks(command):
    refused = command("show", "binanceusdm")
    assert refused.status == 2
    assert "cannot trade spot on binanceusdm: it lacks spot" in refused.err


def test_one_that_a_newer_ccxt_adds_is_shown_from_ccxt(command, monkeypatch):
    current = registry.current()
    fewer = {name: info for name, info in current.exchanges.items() if name != "bitso"}
    monkeypatch.setattr(registry, "current", lambda: dataclasses.replace(current, exchanges=fewer))
    assert facts_of(command("show", "bitso", "--json"))["exchange", "name"][0] == "Bitso"


def test_one_that_ccxt_dropped_names_both_versions(command, monkeypatch):
    known = registry.shipped()
    dropped = {"gone": registry.Dropped(dataclasses.replace(known.exchanges["zaif"], id="gone"), known.ccxt_version)}
    current = dataclasses.replace(registry.current(), ccxt_version="99.0.1", dropped=dropped)
    monkeypatch.setattr(registry, "current", lambda: current)
    refused = command("show", "gone")
    assert refused.status == 2
    assert f"the installed ccxt 99.0.1 cannot trade 'gone'; ccxt {known.ccxt_version} can" in refused.err
    assert f"pip install ccxt=={known.ccxt_version}" in refused.err


@pytest.mark.parametrize(
    ("exchange", "told"),
    [
        (
            "kraken",
            {"maker": ("0.0025", "mapping"), "taker": ("0.004", "mapping"), "charged": ("added_to_cost", "our")},
        ),
        ("okx", {"maker": ("0.001", "ccxt"), "taker": ("0.0015", "ccxt")}),
        ("mexc", {"charged": ("deducted_from_returns", "mapping")}),
        ("weex", {"taker": ("0.002", "our default: ccxt says nothing")}),
    ],
)
def test_fees_are_those_of_hummingbots_schema_with_their_source(command, exchange, told):
    shown = facts_of(command("show", exchange, "--json"))
    for name, (value, source) in told.items():
        assert shown["fees", name][0] == value
        assert shown["fees", name][1].startswith(source)
    schema = ccxt_utils.OTHER_DOMAINS_DEFAULT_FEES[f"ccxt_{exchange}"]
    assert shown["fees", "maker"][0] == str(schema.maker_percent_fee_decimal)
    assert shown["fees", "taker"][0] == str(schema.taker_percent_fee_decimal)


def test_a_broken_mapping_of_the_users_is_told_by_file_and_field(command, configured, tmp_path):
    (tmp_path / "zaif.py").write_text(
        "from hummingbot_ccxt.mapping import ExchangeMapping\nMAPPING = ExchangeMapping(heartbeat_s=-1)\n"
    )
    configured(f"exchanges: {{zaif: {{mapping: {tmp_path}}}}}\n")
    refused = command("show", "zaif")
    assert refused.status == 2
    assert f"{tmp_path}/zaif.py, line 2: ExchangeMapping.heartbeat_s is -1" in refused.err


def test_what_a_mapping_does_to_messages_and_books_is_told(command):
    mapping = "mapping hummingbot_ccxt.mappings."
    kraken = facts_of(command("show", "kraken", "--json"))
    assert kraken["streams", "book verified every, s"] == (60, f"{mapping}kraken")
    assert kraken["messages", "split frames"] == ([["channel", "executions", "data"]], f"{mapping}kraken")
    told = facts_of(command("show", "bybit", "--json"))
    assert told["messages", "ignored fields"] == (["availableToWithdraw"], f"{mapping}bybit")
    told = facts_of(command("show", "mexc", "--json"))
    assert told["messages", "maker field"] == (["isMaker"], f"{mapping}mexc")


def test_a_depth_that_the_venue_does_not_take_is_shown_with_the_one_that_is_asked_for(command, configured):
    configured("exchanges: {kraken: {depth: 50}}\n")
    facts = {each["name"]: each for each in command("show", "kraken", "--json").json()["facts"]}
    assert (facts["depth"]["value"], facts["depth asked for"]["value"]) == (50, 100)
    assert facts["depth asked for"]["source"] == "the next of those accepted"
    configured("exchanges: {kraken: {depth: 100}}\n")
    assert '"depth asked for"' not in command("show", "kraken", "--json").out
