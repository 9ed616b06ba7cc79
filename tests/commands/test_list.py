"""`hummingbot-ccxt list`."""

import subprocess
import sys

import pytest

from hummingbot_ccxt import list_command, registry
from hummingbot_ccxt.mapping import load_mapping


def ids(ran):
    return [entry["id"] for entry in ran.json()["exchanges"]]


def test_json_has_every_exchange_with_every_field(command):
    listed = command("list", "--json")
    assert listed.status == 0
    assert listed.json()["ccxt_version"] == registry.shipped().ccxt_version
    assert ids(listed) == list(registry.exchanges())
    kraken = next(entry for entry in listed.json()["exchanges"] if entry["id"] == "kraken")
    assert kraken["connector"] == "ccxt_kraken"
    assert kraken["native"] == "kraken"
    assert kraken["credentials"] == ["apiKey", "secret"]
    assert kraken["order_types"] == ["limit", "market", "post-only"]
    assert kraken["streams"].keys() == {"book", "trades", "orders", "fills", "balance"}


def test_how_things_come_is_what_the_connector_will_do(command):
    streams = {entry["id"]: entry["streams"] for entry in command("list", "--json").json()["exchanges"]}
    assert streams["binance"] == dict.fromkeys(("book", "trades", "orders", "fills", "balance"), "stream")
    assert set(streams["bitso"].values()) == {"poll"}  # ccxt.pro has no class of it
    assert streams["poloniex"]["book"] == "poll"  # ccxt.pro has it; the mapping says that it cannot be believed
    assert streams["upbit"]["fills"] == "order"  # by the mapping
    assert streams["cryptomus"]["fills"] == "order"  # since the venue reports no trades
    assert streams["zaif"]["fills"] == "none"  # nothing tells of them


def test_the_table_has_a_line_for_each_exchange(command):
    lines = command("list").out.splitlines()
    binance = next(line for line in lines if line.split()[0] == "binance")
    assert binance.split() == ["binance", *["stream"] * 5, "limit,", "market,", "post-only", "key,", "secret", "ours",
                               "binance"]  # fmt: skip
    assert {line.split()[0] for line in lines if line.strip()} >= registry.exchanges().keys()
    assert lines[-2].startswith(f"all {len(registry.exchanges())} exchanges of ccxt ")


def test_a_file_gets_no_spaces_at_the_lines_ends_and_no_line_is_wrapped(command):
    for arguments in (("list",), ("show", "kraken")):
        lines = command(*arguments).out.splitlines()
        assert [line for line in lines if line != line.rstrip()] == []
    assert len(command("list").out.splitlines()) == len(registry.exchanges()) + 3
    assert any("https://docs.kraken.com/api-reference/  (ccxt " in line for line in lines)


def test_an_exchange_has_to_have_all_the_words_and_the_help_says_so(command):
    assert command("list", "kraken", "binance").status == 1
    assert "each WORD in id, name or country code" in " ".join(command("list", "--help").out.split())


def test_words_are_looked_for_in_id_name_and_country(command):
    assert ids(command("list", "crypto.com", "--json")) == ["cryptocom"]
    assert ids(command("list", "CCXT_KRAKEN", "--json")) == ["kraken"]
    korean = ids(command("list", "kr", "--json"))
    assert {"upbit", "bithumb", "kraken"} <= set(korean)
    assert ids(command("list", "kr", "upbit", "--json")) == ["upbit"]


def test_streams_filter_takes_one_several_or_all(command):
    of_orders = set(ids(command("list", "--json", "--streams", "orders")))
    of_both = set(ids(command("list", "--json", "--streams", "orders,fills")))
    of_all = set(ids(command("list", "--json", "--streams")))
    assert {"binance", "bitfinex"} <= of_orders
    assert "poloniex" not in of_orders
    assert "bitfinex" not in of_both
    assert of_all < of_both < of_orders
    assert set(ids(command("list", "--json", "--streams", "all"))) == of_all


def test_other_filters_add_up(command):
    natives = ids(command("list", "--json", "--native"))
    assert natives == [info.id for info in registry.exchanges().values() if info.native]
    post_only = ids(command("list", "--json", "--order-type", "post-only"))
    assert "binance" in post_only
    assert "zaif" not in post_only
    assert "luno" not in ids(command("list", "--json", "--order-type", "market"))  # by its mapping
    both = ids(command("list", "--json", "--native", "--order-type", "post-only", "--order-type", "market"))
    assert "hyperliquid" not in both
    assert set(both) < set(natives)
    mapped = ids(command("list", "--json", "--mapped"))
    assert {"binance", "upbit"} <= set(mapped)
    assert "latoken" not in mapped


def test_nothing_found_is_said_and_is_exit_status_1(command):
    none = command("list", "no-such-exchange")
    assert none.status == 1
    assert none.out.startswith(f"0 of {len(registry.exchanges())} exchanges")
    assert command("list", "no-such-exchange", "--json").json()["exchanges"] == []


@pytest.mark.parametrize("arguments", [("--streams", "candles"), ("--order-type", "stop")])
def test_a_wrong_filter_names_what_is_allowed(command, arguments):
    refused = command("list", *arguments)
    assert refused.status == 2
    assert "fills" in refused.err or "post-only" in refused.err


def test_a_mapping_of_the_users_is_told_from_ours(command, configured, tmp_path):
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "zaif.py").write_text(
        "from hummingbot_ccxt.mapping import ExchangeMapping\nMAPPING = ExchangeMapping(post_only={'x': 1})\n"
    )
    (tmp_path / "maps" / "bit2c.py").write_text("MAPPING = 1\n")
    configured(f"exchanges:\n  zaif: {{mapping: {tmp_path}/maps}}\n  bit2c: {{mapping: {tmp_path}/maps}}\n")
    by_id = {entry["id"]: entry for entry in command("list", "--json").json()["exchanges"]}
    assert by_id["zaif"]["mapping"] == "yours"
    assert "post-only" in by_id["zaif"]["order_types"]
    assert by_id["bit2c"]["mapping"] == "broken"
    assert by_id["binance"]["mapping"] == "ours"
    assert by_id["latoken"]["mapping"] == "derived"


def test_an_exchange_that_the_installed_ccxt_lacks_is_not_listed_but_named(command, monkeypatch):
    monkeypatch.setattr(registry, "current", without_zaif)
    listed = command("list")
    assert "zaif" not in [line.split()[0] for line in listed.out.splitlines() if line.strip()]
    assert listed.out.rstrip().endswith("not in it: zaif")
    assert command("list", "zaif").status == 1
    told = command("list", "--json").json()
    assert (told["ccxt_version"], told["dropped"]) == ("99.0.1", ["zaif"])
    assert "zaif" not in [entry["id"] for entry in told["exchanges"]]


def without_zaif():
    """What there is when ccxt 99.0.1 is installed, which has no zaif."""
    known = registry.shipped()
    kept = {name: info for name, info in known.exchanges.items() if name != "zaif"}
    dropped = {"zaif": registry.Dropped(known.exchanges["zaif"], known.ccxt_version)}
    return registry.Current("99.0.1", kept, dropped, "built here")


@pytest.mark.parametrize("exchange", ["binance", "poloniex", "bitfinex", "luno", "hitbtc"])
def test_streams_agree_with_the_mapping(exchange):
    row = list_command.row_of(registry.get(exchange))
    assert not {kind for kind in load_mapping(exchange).polled if row.streams[kind] == "stream"}


def test_ccxt_is_not_imported():
    code = (
        "import sys; from hummingbot_ccxt import cli; cli.main(['list', '--json', 'kraken']); "
        "print('ccxt' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"
