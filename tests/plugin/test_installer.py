"""Putting the connector into a Hummingbot, and taking it out."""

import os

import pytest

from hummingbot_ccxt import __version__, cli, registry
from hummingbot_ccxt.plugin import files, installer, target
from hummingbot_ccxt.plugin.installer import CannotWrite, ForeignConnector, State
from hummingbot_ccxt.plugin.target import NoHummingbot

CHECKLIST = {
    "__init__.py",
    "ccxt_api_order_book_data_source.py",
    "ccxt_api_user_stream_data_source.py",
    "ccxt_auth.py",
    "ccxt_constants.py",
    "ccxt_exchange.py",
    "ccxt_order_book.py",
    "ccxt_utils.py",
    "ccxt_web_utils.py",
}
DUMMIES = {"dummy.pxd", "dummy.pyx"}


def folder_of(root):
    return root / "hummingbot" / "connector" / "exchange" / "ccxt"


def names_in(root):
    return {path.name for path in folder_of(root).iterdir()}


def test_an_installed_hummingbot_gets_the_files_of_the_checklist(installed_tree):
    written = installer.install(target.find(installed_tree))
    assert names_in(installed_tree) == CHECKLIST | {files.MARKER}
    assert written == sorted(CHECKLIST | {files.MARKER})


def test_a_checkout_gets_the_cython_dummies_too_so_that_compile_goes_on_working(source_tree):
    installer.install(target.find(source_tree))
    assert names_in(source_tree) == CHECKLIST | DUMMIES | {files.MARKER}
    native = folder_of(source_tree).parent / "okx" / "dummy.pyx"
    assert (folder_of(source_tree) / "dummy.pyx").read_text() == native.read_text()


def test_every_file_is_python_that_only_hands_on(installed_tree):
    installer.install(target.find(installed_tree))
    for path in folder_of(installed_tree).glob("*.py"):
        compile(path.read_text(), path, "exec")
        code = [line for line in path.read_text().splitlines() if line and not line.startswith(("#", " ", ")"))]
        assert all(line.startswith("from hummingbot_ccxt.exchange.ccxt_") for line in code), path


def test_installing_again_changes_nothing(installed_tree):
    hummingbot = target.find(installed_tree)
    installer.install(hummingbot)
    before = {path: path.stat().st_mtime_ns for path in folder_of(installed_tree).iterdir()}
    assert installer.install(hummingbot) == []
    assert {path: path.stat().st_mtime_ns for path in folder_of(installed_tree).iterdir()} == before


@pytest.mark.parametrize("source", [False, True], ids=["installed", "checkout"])
def test_uninstalling_leaves_no_trace(tmp_path, source, tree, content):
    root = tree(tmp_path / "root", source=source)
    before = content(root)
    hummingbot = target.find(root)
    installer.install(hummingbot)
    # what Python and ./compile leave behind
    cache = folder_of(root) / "__pycache__"
    cache.mkdir()
    (cache / "ccxt_utils.cpython-312.pyc").write_bytes(b"")
    (folder_of(root) / "dummy.cpp").write_text("")
    (folder_of(root) / "dummy.cpython-312-x86_64-linux-gnu.so").write_bytes(b"")
    assert installer.uninstall(hummingbot) == []
    assert content(root) == before


def test_uninstalling_keeps_what_somebody_else_put_there(installed_tree):
    hummingbot = target.find(installed_tree)
    installer.install(hummingbot)
    (folder_of(installed_tree) / "notes.txt").write_text("mine")
    assert installer.uninstall(hummingbot) == ["notes.txt"]
    assert names_in(installed_tree) == {"notes.txt"}


def test_uninstalling_where_nothing_is_does_nothing(installed_tree, content):
    before = content(installed_tree)
    assert installer.uninstall(target.find(installed_tree)) == []
    assert content(installed_tree) == before


def test_an_older_version_is_replaced_and_its_dropped_files_go(installed_tree, monkeypatch):
    hummingbot = target.find(installed_tree)
    older = {**files.contents(for_source=False), "ccxt_old.py": "# an old file\n"}
    older["ccxt_utils.py"] = "# an old text\n"
    older[files.MARKER] = f'{{"written_by": "{files.WRITTEN_BY}", "version": "0.0.1", "files": ["ccxt_old.py"]}}'
    folder_of(installed_tree).mkdir()
    for name, text in older.items():
        (folder_of(installed_tree) / name).write_text(text)
    assert installer.state_of(hummingbot).state is State.OTHER_VERSION
    assert installer.install(hummingbot) == ["ccxt_utils.py", files.MARKER]
    assert names_in(installed_tree) == CHECKLIST | {files.MARKER}
    assert installer.state_of(hummingbot) == installer.Found(State.CURRENT, folder_of(installed_tree), __version__)


@pytest.mark.parametrize("harm", ["changed", "missing", "only the marker"])
def test_a_damaged_installation_is_seen_and_repaired(installed_tree, harm, content):
    hummingbot = target.find(installed_tree)
    installer.install(hummingbot)
    whole = content(installed_tree)
    if harm == "changed":
        (folder_of(installed_tree) / "ccxt_auth.py").write_text("broken")
    elif harm == "missing":
        (folder_of(installed_tree) / "ccxt_auth.py").unlink()
    else:  # what an interrupted installation leaves
        for path in folder_of(installed_tree).glob("*.py"):
            path.unlink()
    assert installer.state_of(hummingbot).state is State.INCOMPLETE
    installer.install(hummingbot)
    assert content(installed_tree) == whole


def test_in_a_checkout_a_repair_keeps_what_was_compiled(source_tree):
    hummingbot = target.find(source_tree)
    installer.install(hummingbot)
    compiled = folder_of(source_tree) / "dummy.cpython-312-x86_64-linux-gnu.so"
    compiled.write_bytes(b"compiled")
    (folder_of(source_tree) / "ccxt_auth.py").unlink()
    assert installer.install(hummingbot) == ["ccxt_auth.py"]
    assert compiled.read_bytes() == b"compiled"


@pytest.mark.parametrize("action", [installer.install, installer.uninstall])
def test_a_foreign_connector_is_refused_and_left_alone(installed_tree, action, content):
    folder_of(installed_tree).mkdir()
    (folder_of(installed_tree) / "__init__.py").write_text("")
    (folder_of(installed_tree) / "ccxt_exchange.py").write_text("class CcxtExchange: ...\n")
    before = content(installed_tree)
    with pytest.raises(ForeignConnector, match="hummingbot-ccxt did not write it; nothing was changed"):
        action(target.find(installed_tree))
    assert content(installed_tree) == before


def test_a_marker_of_somebody_else_does_not_make_it_ours(installed_tree):
    folder_of(installed_tree).mkdir()
    (folder_of(installed_tree) / files.MARKER).write_text('{"written_by": "someone", "version": "1"}')
    with pytest.raises(ForeignConnector):
        installer.install(target.find(installed_tree))


def test_a_marker_cannot_name_files_outside_the_folder(installed_tree):
    hummingbot = target.find(installed_tree)
    installer.install(hummingbot)
    precious = installed_tree / "hummingbot" / "VERSION"
    marker = folder_of(installed_tree) / files.MARKER
    marker.write_text(f'{{"written_by": "{files.WRITTEN_BY}", "version": "0.0.1", "files": ["../../../VERSION"]}}')
    installer.install(hummingbot)
    installer.uninstall(hummingbot)
    assert precious.exists()


def test_a_hard_linked_copy_can_be_repaired_without_touching_the_original(tmp_path, tree):
    original = tree(tmp_path / "original", source=False)
    installer.install(target.find(original))
    copy = tree(tmp_path / "copy", source=False)
    folder_of(copy).mkdir()
    for path in folder_of(original).iterdir():
        os.link(path, folder_of(copy) / path.name)
    (folder_of(copy) / "ccxt_auth.py").write_text("broken in both, since it is one file")
    installer.install(target.find(copy))
    assert (folder_of(original) / "ccxt_auth.py").read_text() == "broken in both, since it is one file"
    assert installer.state_of(target.find(copy)).state is State.CURRENT


def test_a_folder_that_cannot_be_written_is_named(installed_tree, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied", str(folder_of(installed_tree) / "x"))

    monkeypatch.setattr(installer.tempfile, "mkstemp", refuse)
    with pytest.raises(CannotWrite, match=r"cannot write .*exchange/ccxt/x: Permission denied"):
        installer.install(target.find(installed_tree))


def test_a_folder_without_hummingbot_is_refused(tmp_path):
    (tmp_path / "hummingbot").mkdir()
    (tmp_path / "hummingbot" / "__init__.py").write_text("")
    with pytest.raises(NoHummingbot, match=r"holds no Hummingbot: hummingbot/client/settings\.py is missing"):
        target.find(tmp_path)
    with pytest.raises(NoHummingbot, match="is not a folder"):
        target.find(tmp_path / "nowhere")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["__init__.py", "hummingbot"]


def test_without_a_root_the_hummingbot_of_this_python_is_meant():
    found = target.find()
    assert found.is_running
    assert (found.root / "hummingbot" / "connector" / "exchange" / "okx").is_dir()
    assert not found.is_source


# --- the commands


def test_install_says_what_it_wrote_and_where(installed_tree, capsys):
    assert cli.main(["install", "--into", str(installed_tree)]) == 0
    said = capsys.readouterr().out
    assert f"installed hummingbot-ccxt {__version__} in {folder_of(installed_tree)}" in said
    assert all(name in said for name in CHECKLIST)
    assert f"exchanges, as ccxt_<exchange>: 87 of ccxt {registry.shipped().ccxt_version}\n" in said
    assert cli.main(["install", "--into", str(installed_tree)]) == 0
    assert capsys.readouterr().out.startswith("already installed")


def test_install_says_so_where_the_python_of_that_hummingbot_is_not_known(installed_tree, capsys):
    cli.main(["install", "--into", str(installed_tree)])
    assert f"cannot tell which Python runs the Hummingbot in {installed_tree}" in capsys.readouterr().out


def test_install_says_so_where_the_python_of_that_hummingbot_cannot_import_the_package(tmp_path, capsys, tree):
    root = tree(tmp_path / "env" / "lib" / "python3.12" / "site-packages", source=False)
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    assert cli.main(["install", "--into", str(root)]) == 0
    said = capsys.readouterr().out
    assert f"{python} cannot import hummingbot_ccxt" in said
    assert f"{python} -m pip install hummingbot-ccxt" in said
    python.write_text("#!/bin/sh\nexit 0\n")
    assert cli.main(["status", "--into", str(root)]) == 0
    assert "warning" not in capsys.readouterr().out


def configured(root, text):
    """The settings of that Hummingbot, with `text` in them."""
    path = root / "conf" / "hummingbot_ccxt.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_install_refuses_settings_that_cannot_be_read_before_it_writes_anything(installed_tree, capsys, content):
    path = configured(installed_tree, "exchanges: {kraken: {depth: many}}\n")
    before = content(installed_tree)
    assert cli.main(["install", "--into", str(installed_tree)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"hummingbot-ccxt: error: {path}: exchanges.kraken.depth is 'many'; allowed: ")
    assert said.err.endswith("; nothing was written\n")
    assert content(installed_tree) == before


def test_status_tells_that_the_settings_are_refused(installed_tree, capsys):
    into = ["--into", str(installed_tree)]
    cli.main(["install", *into])
    path = configured(installed_tree, "exchanges: {kraken: {depth: many}}\n")
    capsys.readouterr()
    assert cli.main(["status", *into]) == 1
    assert f"settings     refused: {path}: exchanges.kraken.depth is 'many'" in capsys.readouterr().out


def test_a_class_of_the_users_that_fails_is_told_once_with_what_to_do_and_all_else_is_installed(installed_tree, capsys):
    configured(installed_tree, "exchanges: {myvenue: {mapping: .}}\n")
    (installed_tree / "conf" / "myvenue_exchange.py").write_text("class other: pass\n")
    assert cli.main(["install", "--into", str(installed_tree)]) == 1
    said = capsys.readouterr().out
    assert "left out your myvenue: " in said
    assert said.count("myvenue:") == 1
    assert "not listed" not in said
    assert said.endswith(
        "all else is installed; mend what was left out, then run "
        f"`hummingbot-ccxt install --into {installed_tree}` again\n"
    )
    assert installer.state_of(target.find(installed_tree)).state is State.CURRENT


def test_a_refusal_is_one_line_on_stderr_and_status_2(tmp_path, capsys):
    assert cli.main(["install", "--into", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("hummingbot-ccxt: error: ")
    assert said.err.count("\n") == 1


def test_status_tells_whether_it_is_there(installed_tree, capsys):
    into = ["--into", str(installed_tree)]
    assert cli.main(["status", *into]) == 1
    assert f"not installed: run `hummingbot-ccxt install --into {installed_tree}`" in capsys.readouterr().out
    cli.main(["install", *into])
    (folder_of(installed_tree) / "ccxt_auth.py").unlink()
    capsys.readouterr()
    assert cli.main(["status", *into]) == 1
    assert f"or changed: run `hummingbot-ccxt install --into {installed_tree}` again" in capsys.readouterr().out


def test_status_tells_where_the_settings_are_read(installed_tree, capsys):
    into = ["--into", str(installed_tree)]
    settings = installed_tree / "conf/hummingbot_ccxt.yml"
    cli.main(["status", *into])
    assert f"settings     {settings} (none, and none needed)\n" in capsys.readouterr().out
    settings.parent.mkdir(exist_ok=True)
    settings.write_text("exchanges:\n")
    cli.main(["status", *into])
    assert f"settings     {settings}\n" in capsys.readouterr().out


def test_uninstall_says_what_it_did(installed_tree, capsys):
    into = ["--into", str(installed_tree)]
    cli.main(["install", *into])
    capsys.readouterr()
    assert cli.main(["uninstall", *into]) == 0
    assert capsys.readouterr().out == f"removed {folder_of(installed_tree)}\n"
    assert cli.main(["uninstall", *into]) == 0
    assert capsys.readouterr().out.startswith("nothing to take out")


def test_uninstall_says_which_keys_are_left_since_hummingbot_cannot_be_unlocked_with_them(installed_tree, capsys):
    keys = installed_tree / "conf" / "connectors"
    keys.mkdir(parents=True)
    (keys / "binance.yml").write_text("")
    cli.main(["install", "--into", str(installed_tree)])
    cli.main(["uninstall", "--into", str(installed_tree)])
    assert "warning" not in capsys.readouterr().out.partition("removed")[2]
    (keys / "ccxt_okx.yml").write_text("")
    cli.main(["install", "--into", str(installed_tree)])
    cli.main(["uninstall", "--into", str(installed_tree)])
    assert f"move ccxt_okx.yml out of {keys}" in capsys.readouterr().out
