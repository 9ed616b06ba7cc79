"""`hummingbot-ccxt fuzz`: bad input for every translator and every stream handler, and what it broke."""

import argparse
import asyncio
import random
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.fuzz.campaign import Plan, Report, fuzz
from hummingbot_ccxt.sandbox.sandbox import WIRES

_SHOWN_CHARACTERS = 600


class NoRecordings(HummingbotCcxtError):
    """The folder that was named is none."""


def add_parser(subparsers: Any) -> None:
    """Add `fuzz` to the command line."""
    parser = subparsers.add_parser(
        "fuzz",
        help="feed bad input to translators and stream handlers",
        description="Spoils real structures and messages, and hands them to every translator, and to the stream "
        "handlers of connectors that became ready on an exchange on this machine. Nothing may escape, no loop may end, "
        "no number that is none may get through, no input may hang, and each refusal must be counted and logged "
        "(the first of its kind and every hundredth, once each). Exit status 1 if one of "
        "these was broken; the input that did it is shown.",
    )
    parser.add_argument("--inputs", type=inputs, default=200_000, help="how many (default: 200000)")
    parser.add_argument("--seed", type=int, help="what they are drawn from (default: a new one, which is told)")
    parser.add_argument("--exchange", choices=sorted(WIRES), action="append", help="whose handlers (default: all)")
    parser.add_argument(
        "--limit", type=_seconds, default=20.0, metavar="S", help="how long one input may take (default: 20)"
    )
    parser.add_argument("--recordings", type=Path, metavar="FOLDER", help="recorded messages to begin with as well")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there")


def inputs(text: str) -> int:
    """How many. Raises argparse's error for none at all, of which everything would be true."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of inputs; allowed: 1 and more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 10_000:
        raise argparse.ArgumentTypeError(f"{text!r}: a number above 0")
    return number


def run(args: argparse.Namespace) -> int:
    """Run it; 0 if every promise was kept, 1 otherwise."""
    if args.recordings is not None and not args.recordings.is_dir():
        raise NoRecordings(f"{args.recordings} is no folder")
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    console = Console()
    console.print(f"seed {seed}")
    exchanges = args.exchange or sorted(WIRES)
    plan = Plan(
        args.inputs, seed, exchanges, args.recordings, progress=_Progress(console, args.inputs), limit_s=args.limit
    )
    report = asyncio.run(fuzz(plan))
    if args.json is not None:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(report.as_json(), encoding="utf-8")
    _show(console, report)
    return 1 if report.violations else 0


class _Progress:
    """A line every few seconds."""

    def __init__(self, console: Console, inputs: int) -> None:
        self._console = console
        self._inputs = inputs
        self._next = time.monotonic() + 5

    def __call__(self, report: Report) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 5
            newest = list(report.targets)[-1]
            broken = f", {len(report.violations)} broken" if report.violations else ""
            self._console.print(f"{report.inputs:>7} of {self._inputs}  {newest}{broken}")


def _show(console: Console, report: Report) -> None:
    table = Table("target", "inputs", "refused", "seeds", "new lines", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, tally in report.targets.items():
        table.add_row(name, str(tally.inputs), str(tally.refused), str(tally.seeds), str(tally.lines))
    console.print(table)
    for violation in report.violations:
        console.print(f"\n{violation.target}: {violation.promise} ({violation.count} times)", style="red", markup=False)
        console.print(violation.input[:_SHOWN_CHARACTERS], markup=False, highlight=False)
    if report.hung:
        console.print("\nended before its time: an input hangs", style="red")
    console.print(
        f"\n{report.inputs} inputs in {report.seconds:.0f} s, {report.refused} refused, "
        f"{sum(each.count for each in report.violations)} broke a promise (seed {report.seed})"
    )
