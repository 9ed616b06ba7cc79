"""The user's settings file: what it may hold, and how it says no."""

import re
from pathlib import Path

import pytest
import yaml

from hummingbot_ccxt.configuration import BadConfiguration, ExchangeSettings, for_exchange, read

TEMPLATE = Path(__file__).parents[2] / "conf" / "hummingbot_ccxt.yml"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "hummingbot_ccxt.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_every_exchange_has_the_defaults(tmp_path: Path) -> None:
    assert for_exchange("kraken", tmp_path / "none.yml") == ExchangeSettings()


def test_the_template_as_shipped_sets_nothing() -> None:
    assert read(TEMPLATE) == {}


def test_every_key_of_the_template_can_be_uncommented(tmp_path: Path) -> None:
    text = re.sub(r"^( *)#(?! \S)", r"\1", TEMPLATE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (tmp_path / "mappings").mkdir()
    settings = read(written(tmp_path, text))["kraken"]
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.params == {"createOrder": {"selfTradePrevention": "EXPIRE_MAKER"}}
    assert settings.broker_id == ""
    assert set(yaml.safe_load(text)["exchanges"]["kraken"]) == {
        "testnet",
        "base_url",
        "proxy",
        "poll_interval",
        "depth",
        "options",
        "params",
        "mapping",
        "broker_id",
    }


def test_values_reach_the_exchange_that_they_were_written_for(tmp_path: Path) -> None:
    path = written(tmp_path, "exchanges: {okx: {testnet: true}, kraken: {depth: 50}}")
    assert for_exchange("okx", path).testnet is True
    assert for_exchange("kraken", path).depth == 50
    assert for_exchange("gate", path) == ExchangeSettings()


@pytest.mark.parametrize("key", ["apiKey", "api_key", "secret", "password", "privateKey", "walletAddress", "token"])
def test_credentials_are_refused_and_sent_to_the_encrypted_store(tmp_path: Path, key: str) -> None:
    path = written(tmp_path, f"exchanges: {{okx: {{{key}: do-not-print-me}}}}")
    with pytest.raises(BadConfiguration, match=r"connect ccxt_okx") as caught:
        read(path)
    assert "do-not-print-me" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("options: {apiKey: k}", "options.apiKey"),
        ("options: {createOrder: {secret: s}}", "options.createOrder.secret"),
        ("params: {createOrder: {privateKey: p}}", "params.createOrder.privateKey"),
    ],
)
def test_credentials_are_refused_inside_of_options_and_parameters_too(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "hummingbot_ccxt.yml"
    path.write_text(f"exchanges:\n  okx:\n    {text}\n")
    with pytest.raises(BadConfiguration, match=rf"exchanges\.okx\.{where}: credentials do not belong") as caught:
        read(path)
    assert ": k" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("exchanges: {okx: {testnett: true}}", r"okx: unknown key 'testnett'; allowed: testnet, base_url"),
        ("exchanges: {okx: {testnet: 1}}", r"okx\.testnet is 1; allowed: true or false"),
        ("exchanges: {okx: {base_url: 'http://example.com'}}", r"okx\.base_url is .*allowed: an https address"),
        ("exchanges: {okx: {base_url: 5}}", r"okx\.base_url is 5"),
        ("exchanges: {okx: {proxy: 'ftp://x'}}", r"okx\.proxy is 'ftp://x'; allowed: .*socks5"),
        ("exchanges: {okx: {poll_interval: 0}}", r"okx\.poll_interval is 0; allowed: seconds"),
        ("exchanges: {okx: {poll_interval: true}}", r"okx\.poll_interval is True"),
        ("exchanges: {okx: {depth: 2.5}}", r"okx\.depth is 2.5; allowed: a whole number"),
        ("exchanges: {okx: {options: [1]}}", r"okx\.options is \[1\]; allowed: a table"),
        ("exchanges: {okx: {params: {createOrder: 3}}}", r"okx\.params is .*; allowed: a table of unified methods"),
        ("exchanges: {okx: 7}", r"okx is 7; allowed: a table of settings"),
        ("exchange: {}", r"unknown key 'exchange'; allowed: exchanges"),
        ("- a list", r"expected a table `exchanges:`"),
        ("exchanges: {okx: ", r"not readable as YAML"),
    ],
)
def test_what_cannot_be_used_is_refused_with_file_key_and_what_is_allowed(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadConfiguration, match=says) as caught:
        read(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://proxy.example/x", "http://127.0.0.1:80", "http://localhost:1", "http://[::1]:2"]
)
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    assert ExchangeSettings(base_url=url).base_url == url


def test_a_loopback_look_alike_is_not_this_machine() -> None:
    with pytest.raises(BadConfiguration):
        ExchangeSettings(base_url="http://127.0.0.1.example.com")
