"""`hummingbot-ccxt install`, `uninstall` and `status`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hummingbot_ccxt import __version__
from hummingbot_ccxt.plugin import installer, target
from hummingbot_ccxt.plugin.installer import State

ABOUT_ROOT = "the folder that holds Hummingbot's package `hummingbot`: a source checkout, or a site-packages folder"
DESCRIPTIONS = {
    "install": "Put the connector into a Hummingbot: one folder, hummingbot/connector/exchange/ccxt. No file of "
    "Hummingbot is changed.",
    "uninstall": "Take the connector out of a Hummingbot again, without a trace.",
    "status": "Tell whether the connector is in a Hummingbot, and whether that Hummingbot can load it. Exit status 0 "
    "if both, else 1.",
}
HELP = {
    "install": "put the connector into a Hummingbot",
    "uninstall": "take the connector out of a Hummingbot",
    "status": "tell whether the connector is in a Hummingbot",
}


def add_parser(subparsers: Any) -> None:
    """Add the three commands to the command line."""
    for name, description in DESCRIPTIONS.items():
        parser = subparsers.add_parser(name, help=HELP[name], description=description)
        parser.add_argument(
            "--into",
            dest="root",
            type=Path,
            metavar="ROOT",
            help=f"{ABOUT_ROOT}; default: the Hummingbot of this Python",
        )


def run(args: argparse.Namespace) -> int:
    """Run the command that was given."""
    actions: dict[str, Callable[[target.Target], int]] = {
        "install": install,
        "uninstall": uninstall,
        "status": status,
    }
    return actions[args.command](target.find(args.root))


def install(hummingbot: target.Target) -> int:
    """Install, and say what was written and where; 1 if the settings are refused, or a class of the user's own is."""
    if refused := target.metadata_command(hummingbot, "status").refused:
        print(f"hummingbot-ccxt: error: {refused}; nothing was written", file=sys.stderr)
        return 1
    before = installer.state_of(hummingbot)
    written = installer.install(hummingbot)
    verb = {State.ABSENT: "installed", State.CURRENT: "already installed"}.get(before.state, "repaired")
    if before.state is State.OTHER_VERSION:
        verb = f"replaced {before.version} by"
    print(f"{verb} hummingbot-ccxt {__version__} in {hummingbot.connector_folder}")
    if written:
        print(f"wrote {', '.join(written)}")
    warn_if_not_importable(hummingbot)
    answer = target.metadata_command(hummingbot, "build", "--installed")
    own = [line for line in answer.lines if line.startswith("left out your ")]
    for line in answer.lines:
        as_it_is = line.startswith(("wrote ", "left out ", "not listed "))
        print(line if as_it_is else f"exchanges, as ccxt_<exchange>: {line}")
    if answer.refused:
        print(f"hummingbot-ccxt: error: {answer.refused}", file=sys.stderr)
    if own:
        print(f"all else is installed; mend what was left out, then run `{hummingbot.command('install')}` again")
    return 1 if own or answer.refused else 0


def uninstall(hummingbot: target.Target) -> int:
    """Uninstall, and say what is left: files of somebody's own in the folder, and stored keys of our connectors."""
    if installer.state_of(hummingbot).state is State.ABSENT:
        print(f"nothing to take out: {hummingbot.connector_folder} does not exist")
        _forget(hummingbot)
        return 0
    kept = installer.uninstall(hummingbot)
    if kept:
        print(f"took the connector out of {hummingbot.connector_folder}; left what is not ours: {', '.join(kept)}")
    else:
        print(f"removed {hummingbot.connector_folder}")
    _forget(hummingbot)
    stored = installer.stored_keys(hummingbot)
    if stored:
        print(
            f"warning      move {', '.join(stored)} out of {hummingbot.keys_folder}: Hummingbot cannot be unlocked "
            "while it has keys of a connector that it does not know"
        )
    return 0


def _forget(hummingbot: target.Target) -> None:
    """Take the classes of the user's own off the list, which is not in Hummingbot but in its Python's environment."""
    answer = target.metadata_command(hummingbot, "forget")
    for line in (*answer.lines, answer.refused):
        if line:
            print(line)


def status(hummingbot: target.Target) -> int:
    """Tell the state; 0 only if Hummingbot can use the connector as it is."""
    found = installer.state_of(hummingbot)
    kind = "source checkout" if hummingbot.is_source else "installed package"
    print(f"Hummingbot   {hummingbot.version} ({kind}) in {hummingbot.root}")
    print(f"connector    {found.describe(hummingbot.command('install'))}")
    print(f"settings     {hummingbot.settings}{'' if hummingbot.settings.exists() else ' (none, and none needed)'}")
    if found.state is State.ABSENT:
        return 1
    usable = warn_if_not_importable(hummingbot)
    answer = target.metadata_command(hummingbot, "status")
    for line in answer.lines if usable else ():
        print(f"exchanges    {line}")
    if answer.refused:
        print(f"settings     refused: {answer.refused}")
        usable = False
    return 0 if found.state is State.CURRENT and usable else 1


def warn_if_not_importable(hummingbot: target.Target) -> bool:
    """Say so if Hummingbot's Python lacks hummingbot-ccxt, or if that Python is not known; True if all is well."""
    problem = target.import_problem(hummingbot)
    if problem:
        print(f"warning      {problem}")
    return problem is None
