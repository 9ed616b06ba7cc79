"""`hummingbot-ccxt mapping new EXCHANGE`."""

import dataclasses
import re

import pytest

from hummingbot_ccxt import mapping_command
from hummingbot_ccxt.mapping import BadMapping, ExchangeMapping, load_mapping


@pytest.mark.parametrize("exchange", ["kraken", "zaif", "hitbtc", "coinbase", "hyperliquid"])
def test_the_skeleton_loads_as_it_is_and_maps_nothing(command, tmp_path, exchange):
    assert command("mapping", "new", exchange, "--into", tmp_path).status == 0
    assert load_mapping(exchange, tmp_path) == ExchangeMapping(exchange=exchange)


def test_it_tells_what_was_derived_and_from_where(command, tmp_path):
    command("mapping", "new", "hitbtc", "--into", tmp_path)
    text = (tmp_path / "hitbtc.py").read_text()
    assert "# maker: 0.0009 (ccxt 4." in text
    assert "# heartbeat_s: 4.0 (ccxt 4." in text
    joined = " ".join(line.strip(" #") for line in text.splitlines())
    assert "'partiallyFilled' OPEN, 'filled' FILLED, 'canceled' CANCELED" in joined
    assert "# book: stream (ccxt 4." in text


def test_it_tells_what_has_to_be_looked_up_and_where(command, tmp_path):
    command("mapping", "new", "hitbtc", "--into", tmp_path)
    text = (tmp_path / "hitbtc.py").read_text()
    assert mapping_command.state_name("a word of its own") == "- has to be mapped -"
    assert '# errors=(("...", "gone"), ("...", "refused"), ("...", "unknown")),' in text
    assert "# API documentation: https://api.hitbtc.com" in text
    assert "ccxt.async_support.hitbtc, at lines: create_order " in text
    assert "# fees=Fees(" not in text


def test_fees_are_asked_for_where_ccxt_has_none(command, tmp_path):
    command("mapping", "new", "bitso", "--into", tmp_path)
    assert '# fees=Fees(maker=Decimal("..."), taker=Decimal("...")),' in (tmp_path / "bitso.py").read_text()


def test_a_mapping_of_ours_is_not_what_it_calls_derived(command, tmp_path):
    command("mapping", "new", "poloniex", "--into", tmp_path)
    text = (tmp_path / "poloniex.py").read_text()
    assert "# book: stream (ccxt 4." in text
    assert "hummingbot_ccxt.mappings" not in text


def loaded(exchange, folder):
    """Load the mapping; why it was refused, if it was."""
    try:
        load_mapping(exchange, folder)
    except BadMapping as err:
        return err
    return None


@pytest.mark.parametrize("exchange", ["kraken", "bitso", "hitbtc"])
def test_every_line_is_python_that_needs_nothing_but_its_gaps_filled(command, tmp_path, exchange):
    """A gap that is left as it is gets refused, and nothing else."""
    command("mapping", "new", exchange, "--into", tmp_path)
    path = tmp_path / f"{exchange}.py"
    text = re.sub(r"^# (?=from )", "", path.read_text(), flags=re.MULTILINE)
    fields = {field.name for field in dataclasses.fields(ExchangeMapping)}
    lines = [
        found[0]
        for found in re.finditer(r"^    # (\w+)(=.*)$", text, flags=re.MULTILINE)
        if found[1] in fields and found[2].partition("  # ")[0].endswith(",")
    ]
    assert len(lines) > 10
    for line in lines:
        filled = line.replace("    # ", "    ", 1).replace('Decimal("...")', 'Decimal("0.1")')
        path.write_text(text.replace(line, filled))
        refused = loaded(exchange, tmp_path)
        assert refused is None or re.search(r"\.\.\.|Ellipsis", repr(refused.value)), (line, str(refused))


def test_a_line_that_is_filled_in_takes_effect(command, configured, tmp_path):
    command("mapping", "new", "kraken", "--into", tmp_path)
    path = tmp_path / "kraken.py"
    path.write_text(path.read_text().replace("# heartbeat_s=...,", "heartbeat_s=7,"))
    assert load_mapping("kraken", tmp_path).heartbeat_s == 7
    configured(f"exchanges: {{kraken: {{mapping: {tmp_path}}}}}\n")
    shown = command("show", "kraken", "--json").json()["facts"]
    assert {fact["source"] for fact in shown if fact["name"] == "mapping"} == {"looked for"}
    assert [fact["value"] for fact in shown if fact["name"] == "mapping"] == [f"your mapping {tmp_path}/kraken.py"]


def test_it_tells_how_to_use_it(command, tmp_path):
    told = command("mapping", "new", "ccxt_upbit", "--into", tmp_path / "new" / "folder")
    assert told.out.splitlines()[0] == f"wrote {tmp_path}/new/folder/upbit.py"
    assert f"      mapping: {tmp_path}/new/folder" in told.out
    assert "takes the place of the mapping hummingbot_ccxt.mappings.upbit as a whole" in told.out


def test_a_folder_that_is_configured_already_needs_no_telling(command, configured, tmp_path):
    configured(f"exchanges: {{upbit: {{mapping: {tmp_path}}}}}\n")
    told = command("mapping", "new", "upbit", "--into", tmp_path)
    assert told.out.splitlines()[0] == f"wrote {tmp_path}/upbit.py"
    assert "use it" not in told.out


def test_nothing_is_overwritten(command, tmp_path):
    (tmp_path / "zaif.py").write_text("mine")
    refused = command("mapping", "new", "zaif", "--into", tmp_path)
    assert (refused.status, refused.out) == (2, "")
    assert f"{tmp_path}/zaif.py exists already" in refused.err
    assert (tmp_path / "zaif.py").read_text() == "mine"


def test_an_unknown_exchange_writes_nothing(command, tmp_path):
    assert command("mapping", "new", "krakn", "--into", tmp_path / "folder").status == 2
    assert not (tmp_path / "folder").exists()


def test_an_action_has_to_be_given(command):
    assert command("mapping").status == 2
