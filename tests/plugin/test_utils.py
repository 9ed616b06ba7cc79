"""What Hummingbot's scan finds in ccxt_utils."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest
from hummingbot.client.config.config_data_types import BaseConnectorConfigMap
from hummingbot.client.config.config_helpers import ClientConfigAdapter, ConfigValidationError
from hummingbot.client.settings import AllConnectorSettings, ConnectorSetting, ConnectorType
from pydantic import SecretStr

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange import ccxt_utils


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


def test_where_ccxt_declares_no_fee_the_usual_one_is_assumed_and_never_zero():
    backpack = ccxt_utils.OTHER_DOMAINS_DEFAULT_FEES["ccxt_backpack"]
    assert registry.get("backpack").taker is None
    assert (backpack.maker_percent_fee_decimal, backpack.taker_percent_fee_decimal) == (
        Decimal("0.002"),
        Decimal("0.002"),
    )
    declared = sorted(info.taker for info in registry.exchanges().values() if info.taker is not None)
    assert declared[len(declared) // 2] == ccxt_utils.ASSUMED_FEE


@pytest.mark.parametrize(
    ("answer", "advice"), [("okx", "ccxt_okx"), ("ccxt_luno", "ccxt_luno"), ("yes", "ccxt_kraken")]
)
def test_the_parent_takes_no_keys_and_says_what_to_connect(scanned, answer, advice):
    config = ClientConfigAdapter(ccxt_utils.KEYS.model_copy())
    assert fields_of(ccxt_utils.KEYS) == ["domain"]
    with pytest.raises(ConfigValidationError, match=f"`ccxt` takes no keys: connect {advice} instead"):
        config.domain = answer


def test_the_scan_costs_little_and_does_not_import_ccxt():
    code = """
import json, sys, time
import hummingbot.connector.exchange.okx.okx_utils  # what every connector's utils import
before = time.process_time()
from hummingbot_ccxt.exchange import ccxt_utils
took = time.process_time() - before
print(json.dumps({"took": took, "domains": len(ccxt_utils.OTHER_DOMAINS), "ccxt": "ccxt" in sys.modules}))
"""
    said = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert said["domains"] == len(registry.exchanges())
    assert said["ccxt"] is False
    assert said["took"] < 0.15  # 22 ms measured on an idle machine
