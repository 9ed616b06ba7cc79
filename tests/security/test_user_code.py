"""Code of the user's own: from where it is loaded, and from where never."""

import os
import sys
from pathlib import Path

import pytest

from hummingbot_ccxt.configuration import BadConfiguration, for_exchange
from hummingbot_ccxt.mapping import BadMapping, ExchangeMapping, load_mapping
from hummingbot_ccxt.user_code import load_file, open_to_all
from hummingbot_ccxt.venue.loading import BadExchangeClass, exchange_class, own_class

MAPPING = "from hummingbot_ccxt.mapping import ExchangeMapping\nMAPPING = ExchangeMapping(exchange='kraken')\n"
CLASS = """
from ccxt.pro.kraken import kraken as theirs
class kraken(theirs):
    pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a careful user has: nobody else may write into it."""
    folder = tmp_path / "conf" / "mappings"
    folder.mkdir(parents=True)
    (folder / "kraken.py").write_text(MAPPING)
    (folder / "kraken_exchange.py").write_text(CLASS)
    for place in (tmp_path, folder.parent, folder):
        place.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


def assert_refused(folder: Path, place: Path) -> None:
    """Neither is loaded, and both say which place it is and what to do."""
    with pytest.raises(BadMapping, match="chmod o-w") as caught:
        load_mapping("kraken", folder)
    assert str(place) in str(caught.value)
    with pytest.raises(BadExchangeClass, match="chmod o-w") as of_class:
        own_class("kraken", folder)
    assert str(place) in str(of_class.value)


def test_a_folder_that_only_its_user_may_write_is_loaded_from(folder: Path) -> None:
    assert load_mapping("kraken", folder) == ExchangeMapping(exchange="kraken")
    assert own_class("kraken", folder).__module__ == "hummingbot_ccxt_user_exchange_kraken"  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", [0o757, 0o777, 0o1777], ids=["others", "all", "sticky"])
def test_a_folder_that_everybody_may_write_is_refused(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert_refused(folder, folder)


@pytest.mark.parametrize(
    ("mode", "user", "group", "is_told"),
    [
        (0o755, "same", "same", False),
        (0o775, "same", "same", False),  # as is usual where each user has a group of their own
        (0o755, "same", "other", False),
        (0o775, "same", "other", True),
        (0o755, "other", "other", True),
        (0o755, "superuser", "same", False),  # a container's, with folders of whoever started it
    ],
)
def test_a_folder_that_another_user_or_group_may_write_is_warned_of(
    folder: Path,
    mode: int,
    user: str,
    group: str,
    is_told: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No folder of another user can be made here: it is this process that is another's."""
    owner, owners = 4001, 4001
    monkeypatch.setattr(os, "geteuid", lambda: {"same": owner, "other": 4002, "superuser": 0}[user])
    monkeypatch.setattr(os, "getegid", lambda: {"same": owners, "other": 4002}[group])
    stat = Path.stat

    def owned(self: Path, **more: bool) -> os.stat_result:
        values = list(stat(self, **more))
        values[4:6] = (owner, owners)
        return os.stat_result(values)

    folder.chmod(mode)
    monkeypatch.setattr(Path, "stat", owned)
    assert load_mapping("kraken", folder) == ExchangeMapping(exchange="kraken")
    assert (f"another user or group may write {folder}" in caplog.text) is is_told


def test_a_file_that_everybody_may_write_is_refused(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o646)
    assert_refused(folder, folder)


def test_a_folder_above_that_everybody_may_write_is_refused_since_they_may_replace_what_is_in_it(folder: Path) -> None:
    folder.parent.parent.chmod(0o777)
    assert_refused(folder, folder.parent.parent)


def test_a_folder_above_where_everybody_may_replace_only_what_is_theirs_is_no_matter(folder: Path) -> None:
    folder.parent.parent.chmod(0o1777)
    assert load_mapping("kraken", folder) == ExchangeMapping(exchange="kraken")


def test_a_link_that_leads_where_everybody_may_write_is_refused(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("kraken.py", "kraken_exchange.py"):
        (folder / name).rename(elsewhere / name)
        (folder / name).symlink_to(elsewhere / name)
    elsewhere.chmod(0o777)
    assert_refused(folder, elsewhere)
    elsewhere.chmod(0o755)
    assert load_mapping("kraken", folder) == ExchangeMapping(exchange="kraken")
    (elsewhere / "kraken.py").chmod(0o666)
    with pytest.raises(BadMapping, match="chmod o-w"):
        load_mapping("kraken", folder)


def test_a_link_that_everybody_may_replace_is_refused_wherever_it_leads(folder: Path, tmp_path: Path) -> None:
    open_one = tmp_path / "open"
    open_one.mkdir()
    (open_one / "mappings").symlink_to(folder, target_is_directory=True)
    assert load_mapping("kraken", open_one / "mappings") == ExchangeMapping(exchange="kraken")
    open_one.chmod(0o777)
    assert_refused(open_one / "mappings", open_one)


def test_a_link_to_a_link_is_followed_step_by_step(folder: Path, tmp_path: Path) -> None:
    middle = tmp_path / "middle"
    middle.mkdir()
    (middle / "again").symlink_to(folder, target_is_directory=True)
    (tmp_path / "first").symlink_to(Path("middle") / "again", target_is_directory=True)
    assert open_to_all(tmp_path / "first" / "kraken.py") is None
    middle.chmod(0o777)
    assert open_to_all(tmp_path / "first" / "kraken.py") == middle


def test_compiled_code_beside_the_file_is_never_run(folder: Path) -> None:
    """Whoever may write `__pycache__` could otherwise choose what runs, the file itself being untouched."""
    import importlib.util
    import py_compile

    file = folder / "kraken.py"
    forged = folder / "forged.py"
    forged.write_text(MAPPING.replace("'kraken'", "'forged'").ljust(len(MAPPING)))
    assert len(forged.read_bytes()) == len(file.read_bytes())
    os.utime(forged, (file.stat().st_mtime,) * 2)
    cached = Path(importlib.util.cache_from_source(str(file)))
    cached.parent.mkdir()
    py_compile.compile(str(forged), cfile=str(cached), dfile=str(file))
    assert load_file(file, "under_test").MAPPING.exchange == "kraken"
    spec = importlib.util.spec_from_file_location("by_python_itself", file)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    assert module.MAPPING.exchange == "forged"  # the hazard is real


def test_nothing_is_loaded_from_the_working_folder_or_from_beside_the_configuration(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "myvenue.py").write_text("raise SystemExit('run!')")
    (folder / "myvenue_exchange.py").write_text("raise SystemExit('run!')")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    assert load_mapping("myvenue") == ExchangeMapping(exchange="myvenue")
    assert own_class("myvenue", None) is None
    with pytest.raises(Exception, match="no exchange 'myvenue'"):
        exchange_class("myvenue", None)


@pytest.mark.parametrize("name", ["../kraken", "a/../../kraken", "/etc/passwd", "kraken.py", ""])
def test_an_exchange_is_a_name_and_no_path(folder: Path, name: str) -> None:
    (folder / "deeper").mkdir()
    with pytest.raises(Exception, match="exchange") as caught:
        load_mapping(name, folder / "deeper")
    assert not isinstance(caught.value, SystemExit)
    with pytest.raises(Exception, match="exchange"):
        exchange_class(name, folder / "deeper")


@pytest.mark.parametrize("open_place", ["file", "folder"])
def test_a_configuration_that_everybody_may_write_names_no_folder_of_code(folder: Path, open_place: str) -> None:
    settings = folder.parent / "hummingbot_ccxt.yml"
    settings.write_text("exchanges: {kraken: {mapping: mappings}}")
    settings.chmod(0o644)
    assert for_exchange("kraken", settings).folder == folder
    place = settings if open_place == "file" else settings.parent
    place.chmod(0o777)
    with pytest.raises(BadConfiguration, match=rf"chmod o-w {place}$"):
        for_exchange("kraken", settings)
