"""What Hummingbot's scan of connectors sees. Checklist: section "Utils"."""

import subprocess
import sys
from decimal import Decimal

import pytest
from hummingbot.client.settings import AllConnectorSettings, ConnectorType
from pydantic import SecretStr

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange import ccxt_utils as utils


@pytest.fixture(scope="module")
def settings():
    return AllConnectorSettings.get_connector_settings()


def fields_of(connector):
    """(name, whether secret, prompt) of each field that `connect` asks for."""
    keys = AllConnectorSettings.get_connector_config_keys(connector)
    return [
        (name, field.annotation is SecretStr, field.json_schema_extra["prompt"])
        for name, field in type(keys).model_fields.items()
        if (field.json_schema_extra or {}).get("is_connect_key")
    ]


def test_every_exchange_of_the_registry_is_a_connector(settings):
    ours = {name for name in settings if name.startswith("ccxt_") and not name.endswith("_paper_trade")}
    assert ours == {info.connector for info in registry.exchanges().values()}
    assert len(ours) > 80


def test_a_connector_is_a_domain_of_ours(settings):
    setting = settings["ccxt_kraken"]
    assert (setting.type, setting.parent_name, setting.domain_parameter) == (ConnectorType.Exchange, "ccxt", "kraken")
    assert (setting.centralised, setting.example_pair) == (True, registry.exchanges()["kraken"].example_pair)


def test_a_connector_is_built_from_our_class(settings):
    setting = settings["ccxt_binance"]
    assert (setting.module_path(), setting.class_name()) == (
        "hummingbot.connector.exchange.ccxt.ccxt_exchange",
        "CcxtExchange",
    )


@pytest.mark.parametrize(
    ("connector", "keys"),
    [
        ("ccxt_binance", ["ccxt_binance_api_key", "ccxt_binance_secret"]),
        ("ccxt_okx", ["ccxt_okx_api_key", "ccxt_okx_secret", "ccxt_okx_password"]),
        ("ccxt_hyperliquid", ["ccxt_hyperliquid_private_key", "ccxt_hyperliquid_wallet_address"]),
    ],
)
def test_connecting_asks_for_what_ccxt_requires_and_hides_it(connector, keys):
    fields = fields_of(connector)
    assert sorted(name for name, _, _ in fields) == sorted(keys)
    assert all(secret for _, secret, _ in fields)
    assert all(prompt.startswith("Enter your ") for _, _, prompt in fields)


def test_fees_are_those_that_ccxt_states(settings):
    schema = settings["ccxt_binance"].trade_fee_schema
    assert (schema.maker_percent_fee_decimal, schema.taker_percent_fee_decimal) == (Decimal("0.001"), Decimal("0.001"))
    assert schema.buy_percent_fee_deducted_from_returns is True


def test_fees_that_neither_ccxt_nor_a_mapping_states_are_assumed(settings):
    known = registry.mapped_fees()
    unknown = next(info for info in registry.exchanges().values() if info.taker is None and info.id not in known)
    assert settings[unknown.connector].trade_fee_schema.taker_percent_fee_decimal == utils.ASSUMED_FEE


def test_the_parent_takes_no_keys_and_says_what_to_connect():
    with pytest.raises(ValueError, match="connect ccxt_kraken instead"):
        utils.CcxtConfigMap(domain="kraken")


def test_hummingbot_builds_the_connector_with_the_keys_that_it_stores(settings):
    keys = {"ccxt_okx_api_key": "a", "ccxt_okx_secret": "b", "ccxt_okx_password": "c"}
    arguments = settings["ccxt_okx"].conn_init_parameters(
        trading_pairs=["BTC-USDT"], trading_required=True, api_keys=keys
    )
    assert arguments["domain"] == "okx"
    assert (arguments["ccxt_api_key"], arguments["ccxt_secret"], arguments["ccxt_password"]) == ("a", "b", "c")


def test_the_scan_does_not_import_ccxt():
    code = "import sys; import hummingbot_ccxt.exchange.ccxt_utils; print('ccxt' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
