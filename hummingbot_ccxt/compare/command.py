"""`hummingbot-ccxt compare EXCHANGE...`: one book of scenarios, a native connector and ours, and what differs."""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from hummingbot_ccxt.compare.book import Scenario, scenarios
from hummingbot_ccxt.compare.comparison import compare
from hummingbot_ccxt.compare.report import Result, figures
from hummingbot_ccxt.compare.verdicts import load
from hummingbot_ccxt.compare.view import Progress, summary
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.rig.connectors import FULL_DEPTH, NATIVE, NoNative, native_class


class CannotWrite(HummingbotCcxtError):
    """A report was asked for where none can be written."""


class NothingToCompare(HummingbotCcxtError):
    """The exchange cannot be compared, or none was named."""


def add_parser(subparsers: Any) -> None:
    """Add `compare` to the command line."""
    parser = subparsers.add_parser(
        "compare",
        help="compare Hummingbot's native connectors with ours",
        description="Play one book of scenarios twice on the same embedded venue, with Hummingbot's native connector "
        "and with ours, and compare what strategies and users can see; the venue's own ledger says who is right. "
        "Exit status 1 if the native connector is better in anything, or a difference is not classified.",
    )
    parser.add_argument(
        "exchanges", nargs="*", metavar="EXCHANGE", help=f"of {', '.join(NATIVE)}; or all: {', '.join(FULL_DEPTH)}"
    )
    parser.add_argument(
        "--scenario", metavar="NAME", action="append", default=[],
        help="only scenarios whose name holds this, or one of several such",
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help="list the scenarios, and end")
    parser.add_argument("--seed", type=int, default=1, help="of what happens at the venue (default: 1)")
    parser.add_argument("--native", metavar="MODULE:CLASS", help="a native connector of your own; one exchange only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every difference as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page to read")
    parser.add_argument("--live", action="store_true", help="compare what both read from the real venue's public side")


def run(args: argparse.Namespace) -> int:
    """Compare; 1 if the native connector is better in anything, or something is not classified."""
    console = Console()
    wanted = scenarios(*args.scenario)
    if args.list:
        _list(console, wanted)
        return 0
    exchanges = _exchanges(args)
    if args.live:
        from hummingbot_ccxt.compare.live import compare_live

        return compare_live(console, exchanges, args.native)
    for path in filter(None, (args.json, args.html)):
        _must_be_writable(path)
    result = Result(args.seed, {each: args.native or NATIVE[each] for each in exchanges})
    asyncio.run(_compare(result, wanted, console, args))
    summary(console, result)
    if args.json:
        _write(args.json, json.dumps(figures(result), indent=2) + "\n")
    if args.html:
        from hummingbot_ccxt.compare.page import html

        _write(args.html, html(result))
    for path in filter(None, (args.json, args.html)):
        console.print(f"written: {path}", highlight=False, markup=False)
    return 0 if result.passed else 1


async def _compare(result: Result, wanted: list[Scenario], console: Console, args: argparse.Namespace) -> None:
    from hummingbot_ccxt.compare import session

    verdicts = load()
    if args.native:  # what is said of Hummingbot's own class need not be so of another: there the ledger judges alone
        verdicts.rules = [rule for rule in verdicts.rules if rule.any_native]
    began = time.monotonic()
    with Progress(console, len(wanted) * len(result.exchanges)) as progress:
        async for message in session.run(result.exchanges, wanted, seed=result.seed, native=args.native):
            if isinstance(message, session.Begun):
                progress.begun(message.exchange, message.scenario)
                continue
            comparison = compare(message.native, message.ours, verdicts)
            result.comparisons.append(comparison)
            progress.done(comparison)
    order = {each.name: place for place, each in enumerate(wanted)}
    result.comparisons.sort(key=lambda each: order[each.scenario])
    if not args.scenario and args.native is None:
        result.stale = verdicts.stale(result.exchanges, FULL_DEPTH, NATIVE)
    result.seconds = time.monotonic() - began


def _exchanges(args: argparse.Namespace) -> list[str]:
    """The exchanges that were named, in the order given, each once. Raises NothingToCompare, NoNative."""
    named = [each.strip().lower().removeprefix("ccxt_") for each in args.exchanges]
    if not named:
        raise NothingToCompare(f"name an exchange: {', '.join(NATIVE)}, or all; --list shows the scenarios")
    exchanges = list(FULL_DEPTH) if named == ["all"] else list(dict.fromkeys(named))
    if args.native and len(exchanges) > 1:
        raise NothingToCompare("--native takes the place of one exchange's connector; name one exchange")
    if args.native:
        from hummingbot.connector.exchange_py_base import ExchangePyBase

        if "" not in sys.path:  # as `python -m` has it, and the processes that play: the folder one works in
            sys.path.insert(0, "")
        try:
            if not issubclass(native_class(args.native), ExchangePyBase):
                raise NoNative(f"{args.native} is no connector: its class does not extend Hummingbot's ExchangePyBase")
        except NoNative as err:
            raise NothingToCompare(f"--native {err}") from err
        except Exception as err:  # whatever a module that is being written raises
            raise NothingToCompare(f"--native {args.native}: {type(err).__name__}: {err}") from err
    for each in exchanges:
        if each not in NATIVE:  # the sandbox speaks for these
            raise NoNative(f"no venue to compare {each!r} on; there are {', '.join(NATIVE)}")
    return exchanges


def _list(console: Console, wanted: list[Scenario]) -> None:
    group = ""
    for each in wanted:
        if each.group != group:
            group = each.group
            console.print(group, style="bold")
        console.print(f"  {each.name:<28} {each.title}", highlight=False, markup=False, soft_wrap=True)


def _must_be_writable(path: Path) -> None:
    """Find out before some minutes of play, not after. Raises CannotWrite."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as err:
        raise CannotWrite(f"{path} cannot be written: {err.strerror or err}") from err


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
