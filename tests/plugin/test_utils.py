"""What Hummingbot's scan finds in ccxt_utils."""

import dataclasses
import importlib.metadata
import json
import subprocess
import sys
import types
from decimal import Decimal

import pytest
from hummingbot.client.config.config_data_types import BaseConnectorConfigMap
from hummingbot.client.config.config_helpers import ClientConfigAdapter, ConfigValidationError
from hummingbot.client.settings import AllConnectorSettings, ConnectorSetting, ConnectorType
from hummingbot.core.data_type.trade_fee import TradeFeeSchema
from pydantic import SecretStr

from hummingbot_ccxt import configuration, registry
from hummingbot_ccxt.exchange import ccxt_utils
from hummingbot_ccxt.mapping import ExchangeMapping, Fees, load_mapping
from hummingbot_ccxt.registry import MappedFees


@pytest.fixture
def scanned(monkeypatch):
    """Hummingbot's table of connectors as its scan of our module makes it, with no other connector in it."""
    settings: dict[str, ConnectorSetting] = {}

    def add(name: str, keys: BaseConnectorConfigMap, domain: str | None) -> None:
        settings[name] = ConnectorSetting(
            name=name,
            type=ConnectorType.Exchange,
            example_pair=ccxt_utils.EXAMPLE_PAIR,
            centralised=ccxt_utils.CENTRALIZED,
            use_ethereum_wallet=False,
            trade_fee_schema=ccxt_utils.DEFAULT_FEES,
            config_keys=keys,
            is_sub_domain=domain is not None,
            parent_name=None if domain is None else "ccxt",
            domain_parameter=domain,
            use_eth_gas_lookup=False,
        )

    add("ccxt", ccxt_utils.KEYS, None)
    for domain in ccxt_utils.OTHER_DOMAINS:
        add(domain, ccxt_utils.OTHER_DOMAINS_KEYS[domain], ccxt_utils.OTHER_DOMAINS_PARAMETER[domain])
    monkeypatch.setattr(AllConnectorSettings, "all_connector_settings", settings)
    return settings


def fields_of(keys: BaseConnectorConfigMap) -> list[str]:
    """What Hummingbot's `connect` asks for."""
    return [
        item.attr for item in ClientConfigAdapter(keys).traverse(secure=False) if item.client_field_data.is_connect_key
    ]


def test_every_exchange_of_the_registry_is_a_domain():
    names = [info.connector for info in registry.exchanges().values()]
    assert names == ccxt_utils.OTHER_DOMAINS
    for table in (
        ccxt_utils.OTHER_DOMAINS_PARAMETER,
        ccxt_utils.OTHER_DOMAINS_EXAMPLE_PAIR,
        ccxt_utils.OTHER_DOMAINS_DEFAULT_FEES,
        ccxt_utils.OTHER_DOMAINS_KEYS,
    ):
        assert list(table) == names
    assert ccxt_utils.OTHER_DOMAINS_PARAMETER["ccxt_kraken"] == "kraken"
    assert ccxt_utils.OTHER_DOMAINS_EXAMPLE_PAIR["ccxt_kraken"] == "BTC-USD"


@pytest.mark.parametrize(
    ("exchange", "fields"),
    [
        ("okx", ["api_key", "secret", "password"]),
        ("binance", ["api_key", "secret"]),
        ("hyperliquid", ["wallet_address", "private_key"]),
        ("coinsph", ["api_key", "secret"]),
    ],
)
def test_connect_asks_for_what_the_exchange_requires(exchange, fields):
    keys = ccxt_utils.OTHER_DOMAINS_KEYS[f"ccxt_{exchange}"]
    assert sorted(fields_of(keys)) == sorted(f"ccxt_{exchange}_{field}" for field in fields)


def test_connect_asks_for_exactly_the_required_credentials_of_all():
    for info in registry.exchanges().values():
        expected = [f"{info.connector}_{ccxt_utils.KEYWORDS[credential]}" for credential in info.credentials]
        assert fields_of(ccxt_utils.OTHER_DOMAINS_KEYS[info.connector]) == expected


def test_every_credential_that_ccxt_knows_has_a_name_and_a_prompt():
    import ccxt

    assert ccxt_utils.KEYWORDS.keys() == ccxt_utils.PROMPTS.keys() == ccxt.Exchange().requiredCredentials.keys()
    assert len(set(ccxt_utils.KEYWORDS.values())) == len(ccxt_utils.KEYWORDS)


def test_keys_are_secret_when_asked_for_and_when_shown(scanned):
    config = ClientConfigAdapter(ccxt_utils.OTHER_DOMAINS_KEYS["ccxt_okx"].model_copy())
    config.ccxt_okx_secret = "hush"
    assert isinstance(config.ccxt_okx_secret, SecretStr)
    assert "hush" not in repr(config)
    for item in config.traverse():
        if item.client_field_data.is_connect_key:
            assert item.client_field_data.is_secure, item.attr
            assert item.client_field_data.prompt == {
                "ccxt_okx_api_key": "Enter your OKX API key",
                "ccxt_okx_secret": "Enter your OKX API secret",
                "ccxt_okx_password": "Enter your OKX API password (passphrase)",
            }.get(item.attr)


def test_a_stored_configuration_is_accepted_again_and_a_strange_one_refused(scanned):
    keys = ccxt_utils.OTHER_DOMAINS_KEYS["ccxt_binance"]
    stored = {"connector": "ccxt_binance", "ccxt_binance_api_key": "k", "ccxt_binance_secret": "s"}
    assert keys.model_validate(stored).ccxt_binance_secret.get_secret_value() == "s"  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="ccxt_binance_secret"):
        keys.model_validate({key: value for key, value in stored.items() if not key.endswith("secret")})
    with pytest.raises(ValueError, match="Extra inputs"):
        keys.model_validate({**stored, "ccxt_binance_uid": "1"})


def test_hummingbot_calls_the_connector_with_these_keywords(scanned):
    setting = scanned["ccxt_okx"]
    given = {"ccxt_okx_api_key": "k", "ccxt_okx_secret": "s", "ccxt_okx_password": "p"}
    assert setting.conn_init_parameters(trading_pairs=["BTC-USDT"], trading_required=True, api_keys=given) == {
        "ccxt_api_key": "k",
        "ccxt_secret": "s",
        "ccxt_password": "p",
        "domain": "okx",
        "rate_limits_share_pct": Decimal("100"),
        "trading_pairs": ["BTC-USDT"],
        "trading_required": True,
        "balance_asset_limit": None,
    }
    assert (setting.module_path(), setting.class_name()) == (
        "hummingbot.connector.exchange.ccxt.ccxt_exchange",
        "CcxtExchange",
    )


def test_fees_are_those_that_ccxt_declares():
    binance = ccxt_utils.OTHER_DOMAINS_DEFAULT_FEES["ccxt_binance"]
    assert binance.maker_percent_fee_decimal == Decimal("0.001")
    assert binance.taker_percent_fee_decimal == Decimal("0.001")
    assert binance.buy_percent_fee_deducted_from_returns  # ccxt: feeSide "get"; native Binance says the same
    coinbase = ccxt_utils.OTHER_DOMAINS_DEFAULT_FEES["ccxt_coinbase"]
    assert (coinbase.maker_percent_fee_decimal, coinbase.taker_percent_fee_decimal) == (
        Decimal("0.006"),
        Decimal("0.012"),
    )
    assert not coinbase.buy_percent_fee_deducted_from_returns


def test_where_nobody_states_a_fee_the_usual_one_is_assumed_and_never_zero():
    weex = ccxt_utils.OTHER_DOMAINS_DEFAULT_FEES["ccxt_weex"]
    assert registry.get("weex").taker is None
    assert "weex" not in registry.mapped_fees()
    assert weex.taker_percent_fee_decimal == Decimal("0.002")
    declared = sorted(info.taker for info in registry.exchanges().values() if info.taker is not None)
    assert declared[len(declared) // 2] == ccxt_utils.ASSUMED_FEE


@pytest.mark.parametrize(
    ("mapped", "maker", "taker", "deducted", "token"),
    [
        pytest.param(None, "0.001", "0.001", True, None, id="no mapping"),
        pytest.param(MappedFees(taker=Decimal("0.003")), "0.001", "0.003", True, None, id="one figure"),
        pytest.param(MappedFees(maker=Decimal(0), taker=Decimal(0)), "0", "0", True, None, id="zero is a figure"),
        pytest.param(MappedFees(maker=Decimal("-0.0001")), "-0.0001", "0.001", True, None, id="a rebate"),
        pytest.param(MappedFees(charged="added_to_cost"), "0.001", "0.001", False, None, id="how it is charged"),
        pytest.param(MappedFees(percent_fee_token="BNB"), "0.001", "0.001", False, "BNB", id="in a third asset"),
    ],
)
def test_what_a_mapping_says_of_fees_goes_before_what_ccxt_says(mapped, maker, taker, deducted, token):
    binance = registry.get("binance")
    assert (binance.maker, binance.taker, binance.fee_side) == (Decimal("0.001"), Decimal("0.001"), "get")
    assert ccxt_utils.fee_schema(binance, mapped) == TradeFeeSchema(
        maker_percent_fee_decimal=Decimal(maker),
        taker_percent_fee_decimal=Decimal(taker),
        buy_percent_fee_deducted_from_returns=deducted,
        percent_fee_token=token,
    )


@pytest.mark.parametrize("exchange", ["kraken", "bybit", "mexc", "lighter"])
def test_the_fees_of_our_mappings_arrive_in_hummingbots_table(exchange):
    mapped = load_mapping(exchange).fees
    schema = AllConnectorSettings.get_connector_settings()[f"ccxt_{exchange}"].trade_fee_schema
    for name in ("maker", "taker"):
        if getattr(mapped, name) is not None:
            assert getattr(schema, f"{name}_percent_fee_decimal") == getattr(mapped, name)
    if mapped.charged is not None:
        assert schema.buy_percent_fee_deducted_from_returns is (mapped.charged == "deducted_from_returns")


HEAD = "from decimal import Decimal\nfrom hummingbot_ccxt.mapping import ExchangeMapping, Fees\n"


@pytest.fixture
def conf(tmp_path, monkeypatch):
    """The configuration folder of a Hummingbot of the test's own."""
    monkeypatch.setattr(ccxt_utils, "conf_folder", lambda: tmp_path)
    monkeypatch.setattr(configuration, "default_path", lambda: tmp_path / configuration.FILE_NAME)
    return tmp_path


def test_the_fees_of_a_users_mapping_go_before_those_of_ours(conf):
    (conf / "kraken.py").write_text(HEAD + 'MAPPING = ExchangeMapping(fees=Fees(taker=Decimal("0.009")))\n')
    (conf / "bybit.py").write_text(HEAD + "MAPPING = ExchangeMapping(heartbeat_s=5)\n")
    (conf / configuration.FILE_NAME).write_text(
        f"exchanges: {{kraken: {{mapping: {conf}}}, bybit: {{mapping: {conf}}}, mexc: {{mapping: {conf}}}}}\n"
    )
    fees = ccxt_utils.mapped_fees()
    assert fees["kraken"] == MappedFees(taker=Decimal("0.009"))  # a mapping takes the place of ours as a whole
    assert fees["bybit"] == MappedFees()
    assert fees["mexc"] == registry.mapped_fees()["mexc"]  # there is none of the user's in the folder


def test_the_fees_of_a_packages_mapping_go_before_those_of_ours(conf, monkeypatch):
    package = types.ModuleType("their_package")
    package.MAPPING = ExchangeMapping(fees=Fees(maker=Decimal("0.007")))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "their_package", package)
    point = importlib.metadata.EntryPoint("kraken", "their_package", registry.MAPPING_ENTRY_POINTS)
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda *, group: [point])
    registry.mapping_entry_points.cache_clear()
    try:
        assert ccxt_utils.mapped_fees()["kraken"] == MappedFees(maker=Decimal("0.007"))
    finally:
        registry.mapping_entry_points.cache_clear()


@pytest.mark.parametrize(
    ("mapping", "settings"),
    [("MAPPING = 1", "exchanges: {{kraken: {{mapping: {conf}}}}}"), ("", "exchanges: ["), ("", "nonsense: 1")],
)
def test_a_broken_mapping_or_configuration_does_not_take_our_connectors_from_hummingbot(conf, mapping, settings):
    (conf / "kraken.py").write_text(mapping)
    (conf / configuration.FILE_NAME).write_text(settings.format(conf=conf))
    assert ccxt_utils.mapped_fees() == registry.mapped_fees()


def test_a_dropped_exchange_stays_in_the_list_only_while_its_keys_are_stored(conf, monkeypatch):
    current = registry.current()
    dropped = {name: registry.Dropped(registry.get(name), current.ccxt_version) for name in ("zaif", "luno")}
    monkeypatch.setattr(registry, "current", lambda: dataclasses.replace(current, dropped=dropped))
    assert ccxt_utils.dropped_with_keys() == []
    (conf / "connectors").mkdir()
    (conf / "connectors" / "ccxt_zaif.yml").write_text("")
    assert ccxt_utils.dropped_with_keys() == [dropped["zaif"].info]


@pytest.mark.parametrize(
    ("answer", "advice"), [("okx", "ccxt_okx"), ("ccxt_luno", "ccxt_luno"), ("yes", "ccxt_kraken")]
)
def test_the_parent_takes_no_keys_and_says_what_to_connect(scanned, answer, advice):
    config = ClientConfigAdapter(ccxt_utils.KEYS.model_copy())
    assert fields_of(ccxt_utils.KEYS) == ["domain"]
    with pytest.raises(ConfigValidationError, match=f"`ccxt` takes no keys: connect {advice} instead"):
        config.domain = answer


def test_the_scan_costs_little_and_imports_neither_ccxt_nor_our_mappings():
    code = """
import json, sys, time
import hummingbot.connector.exchange.okx.okx_utils  # what every connector's utils import
before = time.process_time()
from hummingbot_ccxt.exchange import ccxt_utils
took = time.process_time() - before
loaded = sorted(name for name in sys.modules if name == "ccxt" or name.startswith("hummingbot_ccxt.mapping"))
print(json.dumps({"took": took, "domains": len(ccxt_utils.OTHER_DOMAINS), "loaded": loaded}))
"""
    said = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert said["domains"] == len(registry.exchanges())
    assert said["loaded"] == []
    assert said["took"] < 0.15  # 32 ms measured on an idle machine
