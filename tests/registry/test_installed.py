"""Another ccxt is installed than the one that this release was built from: the installed one has the last word."""

import json
import subprocess
import sys

import pytest

from hummingbot_ccxt import __version__, metadata, registry
from hummingbot_ccxt.exchange_info import METADATA_PATH
from hummingbot_ccxt.registry import DroppedByCcxt, UnknownExchange

RELEASE = registry.shipped().ccxt_version
NEWER = "99.0.1"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Make the installed ccxt another: `installed(version, modules, wrote={"version": ..., ...})`."""
    places = (tmp_path / "environment" / "metadata.json", tmp_path / "user" / "metadata.json")
    monkeypatch.setattr(registry, "places_of_supplement", lambda: places)

    def install(version, modules=frozenset(), *, wrote=None, by=__version__, place=0):
        monkeypatch.setattr(registry, "installed_ccxt", lambda: version)
        monkeypatch.setattr(registry, "installed_modules", lambda: modules)
        if wrote is not None:
            supplement = {"built_by": by, "ccxt_version": wrote, "exchanges": entries(*modules)}
            metadata.write(metadata.to_text(supplement), places[place])
        registry.current.cache_clear()

    yield install
    registry.current.cache_clear()


def entries(*names):
    """Metadata of exchanges: those of the release, and kraken's under any other name."""
    shipped = json.loads(METADATA_PATH.read_text(encoding="utf-8"))["exchanges"]
    return {name: shipped.get(name, {**shipped["kraken"], "name": name.capitalize()}) for name in sorted(names)}


def test_without_a_ccxt_the_release_speaks_for_itself(installed):
    installed(None, None)
    assert registry.exchanges() == registry.shipped().exchanges
    assert registry.current().describe() == f"87 of ccxt {RELEASE}"


def test_what_was_read_from_the_installed_one_takes_the_place_of_the_release(installed):
    installed(NEWER, {"kraken", "newex"}, wrote=NEWER)
    assert list(registry.exchanges()) == ["kraken", "newex"]
    assert registry.get("newex").connector == "ccxt_newex"
    assert registry.current().source == "built here"
    assert (
        registry.current()
        .describe()
        .startswith(f"2 of ccxt {NEWER}, read from it (this release is of ccxt {RELEASE}); not in it: alpaca, ")
    )


def test_without_it_the_installed_one_still_decides_what_is_gone(installed):
    installed(NEWER, registry.shipped().exchanges.keys() - {"zaif"} | {"newex"})
    assert registry.exchanges().keys() == registry.shipped().exchanges.keys() - {"zaif"}
    assert registry.current().source == "other version"
    assert "to read what it adds: hummingbot-ccxt install" in registry.current().describe()
    with pytest.raises(UnknownExchange, match=f"what ccxt {NEWER} adds is known after `hummingbot-ccxt install`"):
        registry.get("newex")


def test_a_dropped_one_is_refused_with_both_versions(installed):
    installed(NEWER, {"kraken"}, wrote=NEWER)
    with pytest.raises(DroppedByCcxt) as refused:
        registry.get("zaif")
    assert str(refused.value) == (
        f"the installed ccxt {NEWER} cannot trade 'zaif'; ccxt {RELEASE} can; remedy: pip install ccxt=={RELEASE}"
    )


def test_an_upgrade_does_not_lose_what_an_earlier_one_added(installed):
    installed(NEWER, {"kraken", "newex"}, wrote=NEWER)
    installed("99.0.2", {"kraken", "newex", "newer_still"})
    assert list(registry.exchanges()) == ["kraken", "newex"]
    assert registry.current().source == "other version"


def test_after_a_downgrade_the_added_one_is_refused_with_the_version_that_has_it(installed):
    installed(NEWER, {"kraken", "newex"}, wrote=NEWER)
    installed(RELEASE)
    assert registry.exchanges() == registry.shipped().exchanges
    with pytest.raises(DroppedByCcxt, match=f"ccxt {NEWER} can"):
        registry.get("newex")


def test_what_an_older_release_of_ours_wrote_is_written_again(installed):
    installed(NEWER, {"kraken", "newex"}, wrote=NEWER, by="0.0.1")
    assert registry.current().source == "other version"
    assert "newex" in registry.exchanges()


def test_a_file_that_cannot_be_read_is_none(installed):
    installed(NEWER, {"kraken", "newex"}, wrote=NEWER)
    registry.places_of_supplement()[0].write_text('{"built_by": "0.0.1", "ccxt_version": "99.0.1"}')
    registry.current.cache_clear()
    assert list(registry.exchanges()) == ["kraken"]


def test_of_two_files_that_for_the_installed_version_counts(installed):
    installed(NEWER, {"kraken"}, wrote="99.0.0", place=0)
    installed(NEWER, {"kraken", "newex"}, wrote=NEWER, place=1)
    assert registry.current().source == "built here"
    assert "newex" in registry.exchanges()


def test_where_the_environment_cannot_be_written_the_users_folder_is_taken(installed):
    installed(NEWER, {"kraken", "newex"})
    environment, user = registry.places_of_supplement()
    environment.parent.write_text("a file where the folder should be")
    built = {"ccxt_version": NEWER, "exchanges": entries("kraken", "newex")}
    assert metadata.write_supplement(built) == user
    registry.current.cache_clear()
    assert registry.current().source == "built here"
    user.unlink()
    user.parent.rmdir()
    user.parent.write_text("")
    with pytest.raises(metadata.CannotWriteMetadata, match=r"environment/metadata\.json .* nor .*user/metadata\.json"):
        metadata.write_supplement(built)


def test_the_modules_of_the_installed_ccxt_are_seen_without_importing_it():
    code = (
        "import sys; from hummingbot_ccxt import registry; print(registry.installed_ccxt(), "
        "sorted(registry.exchanges().keys() - registry.installed_modules()), 'ccxt' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{RELEASE} [] False\n"
