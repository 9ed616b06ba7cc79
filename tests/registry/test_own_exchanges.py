"""ccxt classes of the user's own: in a folder that the configuration names, or in a package."""

import importlib.metadata
import json
import subprocess
import sys

import pytest

from hummingbot_ccxt import configuration, metadata_command, own_exchanges, registry
from hummingbot_ccxt.configuration import BadConfiguration
from hummingbot_ccxt.registry import DroppedByCcxt
from hummingbot_ccxt.venue.loading import BadExchangeClass, ExchangeNotInCcxt, exchange_class

CLASS = """
from ccxt.{package} import {parent}


class {name}({parent}):
    def describe(self):
        return self.deep_extend(super().describe(), {{"id": "{name}", "name": "Its own name"}})
"""


def text_of(name="myvenue", *, package="pro.binance", parent="binance"):
    return CLASS.format(name=name, package=package, parent=parent)


@pytest.fixture
def folder(tmp_path):
    """The user's folder `conf/mine`, with the class myvenue in it."""
    folder = tmp_path / "conf" / "mine"
    folder.mkdir(parents=True)
    (folder / "myvenue_exchange.py").write_text(text_of())
    return folder


@pytest.fixture
def settings(folder, tmp_path, monkeypatch):
    """The configuration that names it; what is written of it goes into the test's folder."""
    places = tuple(tmp_path / name / "metadata.json" for name in ("environment", "user"))
    monkeypatch.setattr(registry, "places_of_supplement", lambda: places)
    path = folder.parent / configuration.FILE_NAME
    path.write_text("exchanges: {myvenue: {mapping: mine}}\n")
    registry.current.cache_clear()
    yield path
    registry.current.cache_clear()


def update(settings):
    """As `install` does; why which were left out."""
    _, left_out = own_exchanges.update(settings)
    registry.current.cache_clear()
    return {name: str(err) for name, err in left_out.items()}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make an installed package name a class: `package(value)`."""

    def install(value, name="theirs"):
        point = importlib.metadata.EntryPoint(name, value, registry.EXCHANGE_ENTRY_POINTS)
        monkeypatch.setattr(registry, "exchange_entry_points", lambda: {name: point})

    modules = tmp_path / "site"
    modules.mkdir()
    (modules / "their_ccxt_class.py").write_text(text_of("theirs"))
    monkeypatch.syspath_prepend(str(modules))
    yield install
    sys.modules.pop("their_ccxt_class", None)


# --- the class


def test_a_class_in_the_folder_is_found_and_loaded_once(folder):
    found, streams = exchange_class("myvenue", folder)
    assert (found().id, streams) == ("myvenue", True)
    assert exchange_class("myvenue", folder)[0] is found
    with pytest.raises(ExchangeNotInCcxt, match="has no exchange 'myvenue'"):
        exchange_class("myvenue")


def test_one_that_extends_a_class_without_streams_has_none(folder):
    (folder / "myvenue_exchange.py").write_text(text_of(package="async_support.zaif", parent="zaif"))
    assert exchange_class("myvenue", folder)[1] is False


def test_it_goes_before_ccxts_own(folder):
    (folder / "kraken_exchange.py").write_text(
        "from ccxt.pro.kraken import kraken as theirs\n\n\nclass kraken(theirs):\n    mine = True\n"
    )
    assert exchange_class("kraken", folder)[0].mine is True
    assert not hasattr(exchange_class("kraken")[0], "mine")


@pytest.mark.parametrize("value", ["their_ccxt_class", "their_ccxt_class:theirs"])
def test_an_entry_point_names_the_class_or_its_module(package, value):
    package(value)
    found, streams = exchange_class("theirs")
    assert (found.__module__, found().id, streams) == ("their_ccxt_class", "theirs", True)


def test_the_folder_goes_before_the_package(package, folder):
    package("their_ccxt_class:theirs", name="myvenue")
    assert exchange_class("myvenue", folder)[0].__name__ == "myvenue"


@pytest.mark.parametrize("place", ["mine", "mine/myvenue_exchange.py"])
def test_what_everybody_may_write_is_refused_before_it_is_run(folder, place):
    (folder / "myvenue_exchange.py").write_text("raise SystemExit('it was run')")
    open_one = folder.parent / place
    open_one.chmod(open_one.stat().st_mode | 0o002)
    with pytest.raises(BadExchangeClass, match=rf"may be written by everybody; remedy: chmod o-w {open_one}$"):
        exchange_class("myvenue", folder)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("import nothing_of_the_kind", "cannot be loaded: ModuleNotFoundError: No module named 'nothing_of_the_kind'"),
        ("raise SystemExit(3)", "cannot be loaded: SystemExit: 3"),
        ("class other: pass", r"has no class 'myvenue'; remedy: `class myvenue\(\.\.\.\)` in it"),
        ("class myvenue: pass", "myvenue is no asynchronous ccxt class; remedy: extend one of ccxt.pro"),
        ("from ccxt.binance import binance as myvenue", "myvenue is no asynchronous ccxt class"),
        (
            "from ccxt.pro.binance import binance\nclass myvenue(binance):\n    def describe(self): return 1 / 0",
            "class myvenue cannot be built: ZeroDivisionError",
        ),
        (
            "from ccxt.pro.binance import binance\nclass myvenue(binance):\n    pass",
            "\"id\" is 'binance'; remedy: let it say 'myvenue'",
        ),
    ],
)
def test_a_class_that_cannot_be_used_is_refused_with_file_and_remedy(folder, text, complaint):
    path = folder / "myvenue_exchange.py"
    path.write_text(text)
    with pytest.raises(BadExchangeClass, match=complaint) as refused:
        exchange_class("myvenue", folder)
    assert str(refused.value).startswith(str(path))
    assert "remedy: " in str(refused.value)


def test_one_that_cannot_trade_says_what_is_missing(folder, settings):
    text = text_of().replace('"name": "Its own name"', '"has": {"spot": True, "fetchBalance": False}')
    (folder / "myvenue_exchange.py").write_text(text)
    assert "has fetchBalance is not True" in update(settings)["myvenue"]


def test_one_that_ccxt_dropped_is_refused_with_both_versions(monkeypatch):
    current = registry.current()
    gone = registry.Current("99.0.1", {}, {"zaif_": registry.Dropped(registry.get("zaif"), "4.0.0")}, "built here")
    monkeypatch.setattr(registry, "current", lambda: gone)
    with pytest.raises(DroppedByCcxt, match=r"the installed ccxt 99\.0\.1 cannot trade 'zaif_'; ccxt 4\.0\.0 can"):
        exchange_class("zaif_")
    assert current.dropped == {}


# --- the list


def test_it_is_listed_after_install(settings, folder, capsys):
    assert own_exchanges.unlisted(settings) == ["myvenue"]
    assert metadata_command.status(settings) == 1
    assert "not listed in Hummingbot yet: myvenue" in capsys.readouterr().out
    assert metadata_command.build_installed(settings) == 0
    assert "87 of ccxt" in (told := capsys.readouterr().out)
    assert "; of classes of your own: myvenue" in told
    info = registry.get("myvenue")
    assert (info.name, info.connector, info.credentials) == ("Its own name", "ccxt_myvenue", ("apiKey", "secret"))
    assert info.client_order_id == registry.get("binance").client_order_id
    assert registry.current().own == {"myvenue": str(folder / "myvenue_exchange.py")}
    assert own_exchanges.update(settings) == (None, {})


def test_a_packages_class_is_listed_too(settings, package):
    package("their_ccxt_class:theirs")
    assert update(settings) == {}
    assert registry.current().own.keys() == {"myvenue", "theirs"}


def test_where_nobody_has_a_class_nothing_is_written(settings):
    settings.write_text("")
    assert own_exchanges.update(settings) == (None, {})
    assert not any(path.exists() for path in registry.places_of_own())


def test_a_class_that_is_gone_stays_listed_while_there_are_keys_and_its_error_says_what_to_do(settings, folder):
    update(settings)
    (folder / "myvenue_exchange.py").unlink()
    stored = settings.parent / "connectors" / "ccxt_myvenue.yml"
    stored.parent.mkdir()
    stored.write_text("")
    update(settings)
    with pytest.raises(ExchangeNotInCcxt, match=r"is not there any more.*remedy: put it back, or run"):
        exchange_class("myvenue", folder)
    stored.unlink()
    update(settings)
    assert registry.current().own == {}


def test_what_another_hummingbot_lists_stays(settings, tmp_path):
    update(settings)
    other = tmp_path / "other" / "conf" / configuration.FILE_NAME
    update(other)
    assert "myvenue" in registry.exchanges()
    update(settings)
    assert "myvenue" in registry.exchanges()


def test_after_uninstall_none_is_listed_and_no_file_is_left(settings, capsys):
    update(settings)
    assert metadata_command.forget(settings) == 0
    assert capsys.readouterr().out == "not listed any more: myvenue, of classes of your own\n"
    registry.current.cache_clear()
    assert "myvenue" not in registry.exchanges()
    assert not any(path.parent.exists() for path in registry.places_of_own())
    assert metadata_command.forget(settings) == 0
    assert capsys.readouterr().out == ""


def test_uninstall_leaves_what_another_hummingbot_lists(settings, tmp_path):
    update(settings)
    assert own_exchanges.forget(tmp_path / "other" / "conf" / configuration.FILE_NAME) == []
    assert "myvenue" in registry.exchanges()


def test_one_of_ccxts_own_names_is_counted_once(settings, folder):
    (folder / "kraken_exchange.py").write_text(
        "from ccxt.pro.kraken import kraken as theirs\n\n\nclass kraken(theirs):\n    pass\n"
    )
    settings.write_text("exchanges: {kraken: {mapping: mine}}\n")
    update(settings)
    assert len(registry.exchanges()) == 87
    assert registry.current().describe().startswith("86 of ccxt ")


def test_the_scan_lists_it_without_importing_ccxt_or_the_class(settings, folder):
    update(settings)
    (folder / "myvenue_exchange.py").write_text("raise SystemExit('it was run')")
    places = [str(path) for path in registry.places_of_supplement()]
    code = f"""
import json, pathlib, sys
from hummingbot_ccxt import registry
registry.places_of_supplement = lambda: tuple(map(pathlib.Path, {places!r}))
from hummingbot_ccxt.exchange import ccxt_utils
print(json.dumps(["ccxt_myvenue" in ccxt_utils.OTHER_DOMAINS, "ccxt" in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, False]


# --- the configuration


def test_a_relative_folder_is_one_beside_the_configuration(settings, folder, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert configuration.for_exchange("myvenue", settings).folder == folder
    assert configuration.read(settings.relative_to(tmp_path))["myvenue"].folder == folder


def test_an_absolute_folder_is_taken_as_it_is(settings, folder):
    settings.write_text(f"exchanges: {{myvenue: {{mapping: {folder.absolute()}}}}}\n")
    assert configuration.for_exchange("myvenue", settings).folder == folder.absolute()


def test_a_folder_that_is_not_there_is_refused_with_file_and_key(settings):
    settings.write_text("exchanges: {myvenue: {mapping: elsewhere}}\n")
    with pytest.raises(BadConfiguration, match=r"hummingbot_ccxt\.yml: exchanges\.myvenue\.mapping is 'elsewhere'"):
        configuration.read(settings)
