"""The user's settings file: what it may hold, and how it says no."""

import re
from pathlib import Path

import pytest
import yaml

from hummingbot_ccxt.cli import main
from hummingbot_ccxt.configuration import BadConfiguration, ExchangeSettings, for_exchange, read
from hummingbot_ccxt.venue.permission import ALLOWED
from hummingbot_ccxt.venue.venue import WATCHED, _camel

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
        (
            "exchanges: {ccxt_binance: {testnet: true}}",
            r"exchanges\.ccxt_binance: no exchange .*did you mean binance\?",
        ),
        ("exchanges: {krakn: {testnet: true}}", r"exchanges\.krakn: no exchange 'krakn' .*; did you mean kraken\?"),
        ("exchanges: {qqqqq: {}}", r"exchanges\.qqqqq: no exchange .*; allowed: ccxt's ids, without ccxt_"),
        ("exchanges: {myvenue: {mapping: .}}", r"and .* has no myvenue_exchange\.py"),
        ("exchanges: {okx: {params: {creatOrder: {a: 1}}}}", r"no method 'creatOrder'; did you mean createOrder\?"),
        ("exchanges:\n  okx: {testnet: true}\n  okx: {depth: 50}", r"'okx' stands twice\n.*line 3"),
        ("exchanges: {okx: {testnet: true, testnet: false}}", r"'testnet' stands twice"),
    ],
)
def test_what_cannot_be_used_is_refused_with_file_key_and_what_is_allowed(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadConfiguration, match=says) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_an_exchange_whose_lines_are_all_commented_out_has_the_defaults(tmp_path: Path) -> None:
    assert read(written(tmp_path, "exchanges:\n  kraken:\n    # testnet: true\n")) == {"kraken": ExchangeSettings()}


def test_a_table_may_be_written_once_and_used_twice(tmp_path: Path) -> None:
    path = written(tmp_path, "exchanges:\n  okx: &all {depth: 50}\n  kraken: {<<: *all, depth: 10}\n  gate: *all\n")
    assert {name: each.depth for name, each in read(path).items()} == {"okx": 50, "kraken": 10, "gate": 50}


def test_a_class_of_the_users_own_is_an_exchange(tmp_path: Path) -> None:
    (tmp_path / "myvenue_exchange.py").write_text("")
    path = written(tmp_path, f"exchanges: {{myvenue: {{mapping: {tmp_path}, testnet: true}}}}")
    assert for_exchange("myvenue", path).testnet


def test_every_method_that_the_connector_calls_may_be_given_parameters(tmp_path: Path) -> None:
    called = {_camel(name) for name in ALLOWED} | {_camel(single) for single, _ in WATCHED.values()}
    params = {name: {"x": 1} for name in called}
    path = written(tmp_path, yaml.safe_dump({"exchanges": {"okx": {"params": params}}}))
    assert for_exchange("okx", path).params == params


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="cannot be read: Is a directory"):
        read(tmp_path)


@pytest.mark.parametrize(
    "command", [["doctor", "kraken"], ["metadata", "status"], ["metadata", "build", "--installed"]]
)
def test_a_file_that_is_named_must_be_there(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--settings", str(tmp_path / "typo.yml")]) == 2
    assert capsys.readouterr().err.endswith(f"error: --settings {tmp_path}/typo.yml: no such file\n")
    assert main([*command, "--settings", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith(f"error: --settings {tmp_path}: a folder, not a file\n")


@pytest.mark.parametrize(
    "url", ["https://proxy.example/x", "http://127.0.0.1:80", "http://localhost:1", "http://[::1]:2"]
)
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    assert ExchangeSettings(base_url=url).base_url == url


def test_a_loopback_look_alike_is_not_this_machine() -> None:
    with pytest.raises(BadConfiguration):
        ExchangeSettings(base_url="http://127.0.0.1.example.com")
