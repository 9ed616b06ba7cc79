"""An unmodified Hummingbot with the connector installed: its own command line, in a folder of its own."""

import json

import pytest

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange import ccxt_utils

KEYS = {"ccxt_okx_api_key": "key-8713", "ccxt_okx_secret": "secret-2954", "ccxt_okx_password": "pass-6041"}


def rows(table: str) -> list[list[str]]:
    """The cells of the table that `hbot` prints."""
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_connect_lists_every_exchange_of_the_registry(home):
    answer = home.hbot("connect", "--all")
    assert answer.returncode == 0, answer.stderr
    listed = {row[0] for row in rows(answer.stdout)}
    assert {info.connector for info in registry.exchanges().values()} <= listed
    assert {"binance", "kraken"} <= listed  # the native ones are still there


def test_connect_asks_for_what_okx_requires(home):
    answer = home.hbot("connect", "ccxt_okx", "--fields")
    assert answer.returncode == 0, answer.stderr
    assert [row[:2] for row in rows(answer.stdout)] == [[field, "yes"] for field in KEYS]


def test_connecting_stores_the_keys_in_hummingbots_own_encrypted_file(home):
    answer = home.hbot("connect", "ccxt_okx", "--keys-stdin", stdin=json.dumps(KEYS))
    assert answer.returncode == 0, answer.stderr
    stored = (home.root / "conf" / "connectors" / "ccxt_okx.yml").read_text()
    assert all(f"{field}: 7b22" in stored for field in KEYS)  # hexadecimal of '{"', an encrypted key file
    assert not any(secret in stored for secret in KEYS.values())
    code = """
import json
from hummingbot.client.config.config_crypt import ETHKeyFileSecretManger
from hummingbot.client.config.security import Security
from hummingbot.client.settings import AllConnectorSettings
assert not Security.login(ETHKeyFileSecretManger("wrong"))
assert Security.login(ETHKeyFileSecretManger("correct horse"))
keys = Security.api_keys("ccxt_okx")
given = AllConnectorSettings.get_connector_settings()["ccxt_okx"].conn_init_parameters(api_keys=keys)
print(json.dumps([keys, {name: value for name, value in given.items() if isinstance(value, str)}]))
"""
    answer = home.python("-c", code)
    assert answer.returncode == 0, answer.stderr
    keys, keywords = json.loads(answer.stdout.splitlines()[-1])
    assert keys == KEYS
    assert keywords == {
        "ccxt_api_key": "key-8713",
        "ccxt_secret": "secret-2954",
        "ccxt_password": "pass-6041",
        "domain": "okx",
    }


@pytest.fixture(scope="module")
def seen(home):
    """What a Hummingbot that has scanned its connectors says of ours."""
    code = """
import asyncio, json, sys
from hummingbot.client.settings import AllConnectorSettings
settings = AllConnectorSettings.get_connector_settings()
said = {"ccxt_imported_by_the_scan": "ccxt" in sys.modules}
said["connectors"] = {
    name: [setting.parent_name, setting.domain_parameter, setting.example_pair]
    for name, setting in settings.items() if name.startswith("ccxt")
}

async def paper():
    from hummingbot.connector.exchange.paper_trade import create_paper_trade_market
    market = create_paper_trade_market("ccxt_binance", ["BTC-USDT"])
    market.set_balance("USDT", 100)
    return [type(market).__name__, market.name, str(market.get_balance("USDT")), sorted(market.order_books)]

AllConnectorSettings.initialize_paper_trade_settings(["ccxt_binance"])
paper_setting = AllConnectorSettings.get_connector_settings()["ccxt_binance_paper_trade"]
said["paper_setting"] = [paper_setting.parent_name, str(paper_setting.trade_fee_schema.taker_percent_fee_decimal)]
said["paper"] = asyncio.run(paper())
said["ccxt_classes"] = sorted(m for m in sys.modules if m.startswith("ccxt.pro.") and m.count(".") == 2)
print(json.dumps(said))
"""
    answer = home.python("-c", code)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


def test_the_scan_imports_no_ccxt(seen):
    assert seen["ccxt_imported_by_the_scan"] is False


def test_each_exchange_is_a_domain_of_the_parent(seen):
    assert seen["connectors"].pop("ccxt") == [None, None, ccxt_utils.EXAMPLE_PAIR]
    assert seen["connectors"] == {
        info.connector: ["ccxt", info.id, info.example_pair] for info in registry.exchanges().values()
    }


def test_paper_trade_works_as_with_native_connectors(seen):
    assert seen["paper_setting"] == ["ccxt_binance", "0.001"]
    assert seen["paper"] == ["PaperTradeExchange", "ccxt_binance", "100", []]
