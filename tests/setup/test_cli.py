"""The command line as a whole."""

import subprocess
import sys
import types

import pytest

from hummingbot_ccxt import __version__, cli
from hummingbot_ccxt.errors import HummingbotCcxtError


@pytest.fixture
def command(monkeypatch):
    """A function that makes a command `try` which does what the given function does."""

    def make(action):
        module = types.ModuleType("a_module_with_the_command_try")

        def add_parser(subparsers):
            subparsers.add_parser("try").add_argument("--count", type=int, default=0)

        module.add_parser, module.run = add_parser, action  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(cli.COMMANDS, "try", cli.Command("try something", module.__name__))

    return make


def test_a_command_gets_its_arguments_and_gives_the_exit_status(command):
    command(lambda args: args.count)
    assert cli.main(["try", "--count", "3"]) == 3


def test_an_error_of_ours_is_one_line_on_stderr_and_status_2(command, capsys):
    def fail(args):
        raise HummingbotCcxtError("the venue is closed")

    command(fail)
    assert cli.main(["try"]) == 2
    assert capsys.readouterr() == ("", "hummingbot-ccxt: error: the venue is closed\n")


def test_any_other_error_keeps_its_traceback(command):
    def fail(args):
        raise ZeroDivisionError

    command(fail)
    with pytest.raises(ZeroDivisionError):
        cli.main(["try"])


def test_an_interrupted_command_ends_with_130(command):
    def interrupt(args):
        raise KeyboardInterrupt

    command(interrupt)
    assert cli.main(["try"]) == 130


def test_a_command_whose_module_is_not_there_fails_alone(monkeypatch, capsys):
    monkeypatch.setitem(cli.COMMANDS, "later", cli.Command("not written yet", "hummingbot_ccxt.later.command"))
    assert cli.main(["later"]) == 2
    assert "this installation has no command 'later'" in capsys.readouterr().err
    assert cli.main(["metadata", "build", "--check"]) == 0


def test_a_missing_dependency_of_a_command_is_not_taken_for_a_missing_command(command, monkeypatch):
    monkeypatch.setitem(cli.COMMANDS, "try", cli.Command("needs a package", "hummingbot_ccxt.plugin.command"))
    monkeypatch.delitem(sys.modules, "hummingbot_ccxt.plugin.command", raising=False)
    monkeypatch.setitem(sys.modules, "hummingbot_ccxt.plugin.installer", None)
    with pytest.raises(ImportError, match="installer"):
        cli.main(["try"])


def test_without_a_command_the_help_is_shown(capsys):
    assert cli.main([]) == 2
    assert "install" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["install", "uninstall", "status", "metadata"])
def test_each_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: hummingbot-ccxt {name}" in capsys.readouterr().out


def test_help_lists_every_command_and_imports_none():
    code = """
import sys
from hummingbot_ccxt import cli
try:
    cli.main(["--help"])
finally:
    print(*sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    *listed, loaded = said.splitlines()
    words = {line.split()[0] for line in listed if line.startswith("    ") and line[4] != " "}
    assert cli.COMMANDS.keys() <= words
    heavy = {"ccxt", "hummingbot", "aiohttp"} | {command.module for command in cli.COMMANDS.values()}
    assert not heavy & set(loaded.split())


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"hummingbot-ccxt {__version__}\n"
