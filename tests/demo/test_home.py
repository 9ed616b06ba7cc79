"""The throw-away home shares Hummingbot's files, and changes none of them."""

import errno
import os
from pathlib import Path

import hummingbot
import pytest
import yaml

from hummingbot_ccxt import configuration
from hummingbot_ccxt.demo import home as homes
from hummingbot_ccxt.plugin import installer, target

INSTALLED = Path(hummingbot.__file__).parent
VENUE = "http://127.0.0.1:4711"


def state(package: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of every file but those that others write: compiled ones, and the installed plug-in."""
    return {
        str(path.relative_to(package)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.parent.name != "ccxt"
    }


def test_the_installed_hummingbot_stays_as_it_is(tmp_path: Path) -> None:
    before = state(INSTALLED)

    homes.make(tmp_path / "home", exchange="binance", base_url=VENUE)

    assert state(INSTALLED) == before


def test_files_are_shared_with_the_installed_package_and_the_plug_in_is_not(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home", exchange="binance", base_url=VENUE)

    copy = home.root / "hummingbot"
    shared = copy / "cli" / "engine.py"
    assert shared.read_bytes() == (INSTALLED / "cli" / "engine.py").read_bytes()
    assert installer.state_of(target.find(home.root)).state is installer.State.CURRENT
    for path in (copy / "connector" / "exchange" / "ccxt").iterdir():
        assert path.stat().st_nlink == 1


def test_where_files_cannot_be_linked_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", refuse)

    home = homes.make(tmp_path / "home", exchange="binance", base_url=VENUE)

    copied, original = home.root / "hummingbot" / "cli" / "engine.py", INSTALLED / "cli" / "engine.py"
    assert copied.read_bytes() == original.read_bytes()
    assert copied.stat().st_ino != original.stat().st_ino
    assert int(copied.stat().st_mtime) == int(original.stat().st_mtime)


def test_the_connector_is_pointed_at_the_venue(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home", exchange="binance", base_url=VENUE)

    settings = configuration.for_exchange("binance", home.root / "conf" / configuration.FILE_NAME)

    assert settings.base_url == VENUE


def test_hummingbot_takes_the_client_settings_as_they_are_meant() -> None:
    from hummingbot.client.config.client_config_map import AnonymizedMetricsDisabledMode, ClientConfigMap

    read = ClientConfigMap(**yaml.safe_load(yaml.safe_dump(homes.CLIENT_SETTINGS)))

    assert isinstance(read.anonymized_metrics_mode, AnonymizedMetricsDisabledMode)
    assert read.send_error_logs is False
    assert read.rate_oracle_source.model_config["title"] == "decibel_perpetual"
    assert read.global_token.global_token_name == "USDT"
    assert read.paper_trade.paper_trade_exchanges == []
    assert read.mqtt_bridge.mqtt_autostart is False


async def test_the_chosen_rate_source_refuses_before_it_asks_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    from hummingbot.core.rate_oracle.rate_oracle import RATE_ORACLE_SOURCES

    source = RATE_ORACLE_SOURCES["decibel_perpetual"]()
    monkeypatch.setattr(source, "_ensure_exchange", lambda: pytest.fail("it would ask"))

    with pytest.raises(ValueError, match="only supports USD"):
        await source.get_prices(quote_token="USDT")


def test_a_new_home_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home", exchange="binance", base_url=VENUE)
    (home.root / "data" / "old.sqlite").write_text("")

    homes.make(tmp_path / "home", exchange="binance", base_url=VENUE)

    assert not (home.root / "data" / "old.sqlite").exists()


def test_keys_do_not_outlive_the_demo(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home", exchange="binance", base_url=VENUE)
    (home.root / "conf" / "connectors" / "ccxt_binance.yml").write_text("encrypted")

    home.forget_keys()

    assert not (home.root / "conf" / "connectors").exists()
