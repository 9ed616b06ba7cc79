"""The command line, `hummingbot-ccxt`: finds the command, loads only that command's module, and runs it."""

import argparse
import importlib
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import ModuleType

from hummingbot_ccxt import __version__
from hummingbot_ccxt.errors import HummingbotCcxtError

PROGRAM = "hummingbot-ccxt"
DESCRIPTION = "Any exchange that ccxt knows, as a Hummingbot connector named ccxt_<exchange>."
EPILOG = "Each command has its own help, for example: hummingbot-ccxt install --help"


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the table below."""

    help: str
    """What the list of commands says about it."""
    module: str
    """Where it is: a module with `add_parser(subparsers)` and `run(args) -> int`; it may serve several commands."""


COMMANDS = {
    "bench": Command("measure our connector beside Hummingbot's native one", "hummingbot_ccxt.bench.command"),
    "chaos": Command("trade through everything that goes wrong", "hummingbot_ccxt.chaos.command"),
    "compare": Command("compare Hummingbot's native connectors with ours", "hummingbot_ccxt.compare.command"),
    "demo": Command("watch Hummingbot make a market on a venue of our own", "hummingbot_ccxt.demo.command"),
    "doctor": Command("check that an exchange can be traded from here", "hummingbot_ccxt.doctor.command"),
    "fuzz": Command("feed bad input to translators and stream handlers", "hummingbot_ccxt.fuzz.command"),
    "install": Command("put the connector into a Hummingbot", "hummingbot_ccxt.plugin.command"),
    "list": Command("show the exchanges and what each can do", "hummingbot_ccxt.list_command"),
    "mapping": Command("begin a mapping of your own", "hummingbot_ccxt.mapping_command"),
    "metadata": Command("rebuild what is known about the exchanges", "hummingbot_ccxt.metadata_command"),
    "sandbox": Command("run an exchange on this machine", "hummingbot_ccxt.sandbox.command"),
    "show": Command("tell everything about one exchange", "hummingbot_ccxt.show_command"),
    "soak": Command("trade steadily and watch what grows", "hummingbot_ccxt.soak.command"),
    "status": Command("tell whether the connector is in a Hummingbot", "hummingbot_ccxt.plugin.command"),
    "uninstall": Command("take the connector out of a Hummingbot", "hummingbot_ccxt.plugin.command"),
}
"""The modules are imported when their command is given, so that one command's imports cost no other any time."""


class CommandMissing(HummingbotCcxtError):
    """The command is in the table, and its module is not installed."""


FAILED = 2
"""Exit status of a command that could not do what was asked; argparse's for wrong arguments is the same."""
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments` (default: those of this process) and return its exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        args, module = parse(given)
        if module is None:
            return FAILED
        with _terminated_as_interrupted():
            return int(module.run(args))
    except HummingbotCcxtError as err:
        print(f"{PROGRAM}: error: {err}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        sys.stderr.close()
        return 0


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Within, SIGTERM ends a command as Ctrl-C does: it ends the processes that it started, which would go on alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def parse(given: list[str]) -> tuple[argparse.Namespace, ModuleType | None]:
    """The arguments, and the module of the command; None where no command was given (the help has been printed).

    Ends the process, as argparse does, for --help, --version and wrong arguments.
    """
    formatter = partial(argparse.HelpFormatter, max_help_position=30)
    parser = argparse.ArgumentParser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG, formatter_class=formatter)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    wanted = next((word for word in given if not word.startswith("-")), None)
    module = load(wanted) if wanted in COMMANDS else None
    for name, command in COMMANDS.items():
        if module is not None and command.module == module.__name__:
            if name == wanted:
                module.add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=command.help)
    args = parser.parse_args(given)
    if module is None:
        parser.print_help(sys.stderr)
    return args, module


def load(name: str) -> ModuleType:
    """The module of the command `name`. Raises CommandMissing where this installation does not have it."""
    module = COMMANDS[name].module
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as err:
        if err.name is not None and f"{module}.".startswith(f"{err.name}."):
            raise CommandMissing(f"this installation has no command {name!r} ({module} is missing)") from err
        raise
