"""The shipped metadata is what the installed ccxt and the installed Hummingbot say."""

import dataclasses
import importlib.util
import json
from decimal import Decimal
from pathlib import Path

import pytest

from hummingbot_ccxt import cli, metadata, registry
from hummingbot_ccxt.exchange_info import METADATA_PATH, load
from hummingbot_ccxt.mapping import Fees, load_mapping


@pytest.fixture(scope="module")
def built():
    """The metadata of the installed ccxt, built once: seconds."""
    return metadata.build()


def test_the_shipped_file_is_not_stale(built):
    shipped = json.loads(METADATA_PATH.read_text(encoding="utf-8"))
    assert shipped["ccxt_version"] == built["ccxt_version"]
    assert shipped["exchanges"].keys() == built["exchanges"].keys()
    stale = {name: entry for name, entry in built["exchanges"].items() if shipped["exchanges"][name] != entry}
    assert not stale, "run `hummingbot-ccxt metadata build`"


def test_building_again_gives_the_same_bytes(built, tmp_path):
    metadata.write(metadata.to_text(built), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == METADATA_PATH.read_bytes()


def test_the_shipped_fees_are_those_of_the_mappings():
    stale = registry.MAPPED_FEES_PATH.read_text(encoding="utf-8") != metadata.fees_to_text(metadata.mapped_fees())
    assert not stale, "run `hummingbot-ccxt metadata build`"


def test_every_field_of_a_mappings_fees_is_shipped():
    fields = [field.name for field in dataclasses.fields(Fees)]
    assert [field.name for field in dataclasses.fields(registry.MappedFees)] == fields
    assert all(list(fees) == fields for fees in metadata.mapped_fees().values())


def test_mapped_fees_are_read_as_the_mappings_state_them():
    fees = registry.mapped_fees()
    assert fees["kraken"] == registry.MappedFees(maker=Decimal("0.0025"), taker=Decimal("0.004"))
    assert fees["mexc"] == registry.MappedFees(charged="deducted_from_returns")
    assert "gate" not in fees  # its mapping says nothing of fees
    for exchange, said in fees.items():
        assert dataclasses.asdict(said) == dataclasses.asdict(load_mapping(exchange).fees)


def test_what_is_written_can_be_loaded(built, tmp_path):
    path = tmp_path / "new" / "metadata.json"
    metadata.write(metadata.to_text(built), path)
    assert load(path) == load()


def test_the_tables_speak_of_exchanges_that_exist(built):
    assert metadata.EXAMPLE_PAIRS.keys() <= built["exchanges"].keys()
    assert metadata.NATIVE_CONNECTORS.keys() <= built["exchanges"].keys()
    assert metadata.DEFAULT_EXAMPLE_PAIR not in metadata.EXAMPLE_PAIRS.values()


def test_the_methods_asked_for_are_methods_of_ccxt():
    import ccxt.pro

    known = {name for exchange_id in ccxt.pro.exchanges for name in getattr(ccxt.pro, exchange_id)().has}
    assert known >= metadata.METHODS


def test_every_native_connector_named_is_one_of_hummingbot():
    spec = importlib.util.find_spec("hummingbot")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "connector" / "exchange"
    native = {path.name for path in folder.iterdir() if (path / f"{path.name}_exchange.py").exists()} - {"ccxt"}
    assert native >= set(metadata.NATIVE_CONNECTORS.values())
    # Those without an exchange of ours: ccxt 4.5.90 has no bitmart, and no dexalot, injective, lambdaplex or xrpl; its
    # derive has no order book over REST.
    without = {"bitmart", "derive", "dexalot", "injective_v2", "lambdaplex", "paper_trade", "xrpl"}
    assert native - set(metadata.NATIVE_CONNECTORS.values()) <= without


@pytest.mark.parametrize(
    ("declared", "rate"),
    [
        (0.001, "0.001"),
        (0.00098, "0.00098"),
        (0, "0"),
        (-0.001, "-0.001"),
        ("0.0025", "0.0025"),
        (1e-05, "0.00001"),
        (None, None),
        (0.1, None),
        ([[0, 0.2], [1, 0.18]], None),
    ],
)
def test_a_fee_is_the_decimal_that_ccxt_wrote_or_unknown(declared, rate):
    assert metadata.fee(declared) == rate


@pytest.mark.parametrize(
    ("declared", "in_force", "answer"),
    [
        (True, {"GTC": True, "PO": False}, False),
        (None, {"GTC": True, "PO": True}, True),
        (True, None, True),
        (None, None, None),
    ],
)
def test_post_only_is_what_the_features_of_spot_say_where_there_are_any(declared, in_force, answer):
    assert metadata.post_only(declared, in_force) is answer


@pytest.mark.parametrize(
    ("has", "tradable"),
    [
        ({"spot": True, "createOrder": True, "cancelOrder": True, "fetchBalance": True, "fetchOrderBook": True}, True),
        (
            {"spot": False, "createOrder": True, "cancelOrder": True, "fetchBalance": True, "fetchOrderBook": True},
            False,
        ),
        ({"spot": True, "createOrder": True, "cancelOrder": True, "fetchBalance": True, "fetchOrderBook": None}, False),
    ],
)
def test_what_counts_as_tradable(has, tradable):
    assert metadata.can_trade_spot(has) is tradable


def test_client_order_ids_are_found_where_the_request_is_built(built):
    verbs = {name: built["exchanges"][name]["client_order_id"] for name in ("binance", "kraken", "bybit", "luno")}
    # kraken's create_order hands on to order_request; bybit's fetch_order knows ids of the venue only.
    assert verbs == {
        "binance": ["create", "fetch", "cancel"],
        "kraken": ["create", "fetch", "cancel"],
        "bybit": ["create"],
        "luno": [],
    }


@pytest.mark.parametrize("file", ["metadata.json", "mapped_fees.json"])
def test_check_tells_a_stale_file_from_a_fresh_one(built, tmp_path, monkeypatch, capsys, file):
    monkeypatch.setattr(metadata, "build", lambda: built)
    build = ["metadata", "build", "--output", str(tmp_path / "metadata.json")]
    assert cli.main([*build, "--check"]) == 1
    assert not list(tmp_path.iterdir())
    assert cli.main(build) == 0
    assert cli.main([*build, "--check"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mapped_fees.json", "metadata.json"]
    path = tmp_path / file
    path.write_text(path.read_text().replace("0.001", "0.002"))
    capsys.readouterr()
    assert cli.main([*build, "--check"]) == 1
    assert capsys.readouterr().out.startswith(f"{path} differs from 87 exchanges of ccxt ")


def test_the_metadata_of_the_installed_ccxt_is_not_written_where_the_release_has_it(monkeypatch, capsys):
    monkeypatch.setattr(metadata, "build", lambda: pytest.fail("built for nothing"))
    assert cli.main(["metadata", "build", "--installed"]) == 0
    assert capsys.readouterr().out == f"87 of ccxt {registry.shipped().ccxt_version}\n"
