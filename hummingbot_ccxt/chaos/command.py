"""`hummingbot-ccxt chaos`: everything goes wrong at the venue, and nothing may get lost."""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hummingbot_ccxt.chaos.campaign import Campaign, Outcome, outcomes, troubles
from hummingbot_ccxt.chaos.campaign import run as play
from hummingbot_ccxt.chaos.facts import Result
from hummingbot_ccxt.chaos.report import COUNTED, OURS, figures, passed, quantile
from hummingbot_ccxt.chaos.together import kinds_of, possible_pairs
from hummingbot_ccxt.chaos.troubles import TROUBLES
from hummingbot_ccxt.rig.connectors import FULL_DEPTH, NATIVE, NoNative

FOLDER = Path("build") / "chaos"
_PROBLEMS_SHOWN = 12
_BALANCES = "balance_difference"


def add_parser(subparsers: Any) -> None:
    """Add `chaos` to the command line."""
    parser = subparsers.add_parser(
        "chaos",
        help="trade through everything that goes wrong, and count what got lost",
        description="Our connector trades on the embedded venue while it injects faults, one after another and "
        "several at once; then its ledger, Hummingbot's events and database, and the connector are compared. Exit "
        "status 1 if anything of ours was lost, doubled, wrong, or not right again.",
    )
    parser.add_argument(
        "--exchange", action="append", metavar="ID", help=f"of {', '.join(NATIVE)} (default: {', '.join(FULL_DEPTH)})"
    )
    parser.add_argument("--orders", type=_count, default=500, help="at least so many on each exchange (default: 500)")
    parser.add_argument("--faults", metavar="LIST", help="only these, separated by commas (--list shows all)")
    parser.add_argument("--seed", type=int, help="of everything that happens (default: a fresh one, which is printed)")
    parser.add_argument(
        "--native", action="store_true", help="the same over Hummingbot's native connectors; never fails"
    )
    parser.add_argument("--pace", type=_positive, default=10.0, help="waits are so many times shorter (default: 10)")
    parser.add_argument(
        "--outage", type=_positive, default=60.0, metavar="S", help="the longest outage in seconds (default: 60)"
    )
    parser.add_argument("--at-once", type=_count, default=2, metavar="N", help="rounds at a time (default: 2)")
    parser.add_argument(
        "--json", type=Path, default=FOLDER / "report.json", metavar="FILE", help="default: %(default)s"
    )
    parser.add_argument(
        "--html", type=Path, default=FOLDER / "report.html", metavar="FILE", help="default: %(default)s"
    )
    parser.add_argument("--list", action="store_true", help="list the faults, and end")


def run(args: argparse.Namespace) -> int:
    """Let it storm; 1 if anything of ours is not as it should be."""
    console = Console()
    if args.list:
        for each in TROUBLES.values():
            console.print(f"  {each.name:<20} {each.what}", highlight=False, markup=False, soft_wrap=True)
        return 0
    campaign = Campaign(
        exchanges=_exchanges(args.exchange),
        kinds=(OURS, "native") if args.native else (OURS,),
        orders=args.orders,
        seed=random.SystemRandom().randrange(10**6) if args.seed is None else args.seed,
        troubles=troubles(args.faults),
        pace=args.pace,
        outage_s=args.outage,
        at_once=args.at_once,
        kept_in=args.json.parent / "logs",
    )
    console.print(f"seed {campaign.seed}", highlight=False)
    began = time.monotonic()
    results: list[Result] = []

    def write() -> None:
        found = outcomes(results, campaign.exchanges, campaign.kinds)
        _write(args, figures(campaign, found, time.monotonic() - began))

    try:
        asyncio.run(_play(campaign, console, results, write))
    finally:
        found = outcomes(results, campaign.exchanges, campaign.kinds)
        _summary(console, found, campaign.troubles)
        if len(results) < len(campaign.plans()):
            console.print(f"stopped after {len(results)} of {len(campaign.plans())} rounds", highlight=False)
        if results:
            console.print(f"written: {args.json}\nwritten: {args.html}", highlight=False, markup=False)
    return 0 if passed(found) else 1


async def _play(campaign: Campaign, console: Console, results: list[Result], after_each: Callable[[], None]) -> None:
    """Play the rounds. The report is written after each: a large storm takes hours, and stopping it wastes none."""

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    async for result in play(campaign, say):
        results.append(result)
        after_each()


def _write(args: argparse.Namespace, report: dict[str, Any]) -> None:
    from hummingbot_ccxt.chaos.page import html

    for path, text in ((args.json, json.dumps(report, indent=2) + "\n"), (args.html, html(report))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _summary(console: Console, found: list[Outcome], names: Sequence[str]) -> None:
    wrong, times = (Table(box=None, padding=(0, 1, 0, 0)) for _ in range(2))  # whole in 80 columns
    titles = ("", "orders", "faults", "lost", "doubled", "orphaned", "wrong", "balances", "dead", "late")
    for title in titles:
        wrong.add_column(title, justify="right" if title else "left")
    for title in ("", "books right after s: p50, p99, max", "limit", "late", "pairs of faults"):
        times.add_column(title, justify="right" if title else "left")
    for outcome in found:
        rounds, name = outcome.rounds, f"{outcome.exchange} {outcome.kind}"
        counts = [sum(len(getattr(each.comparison, field)) for each in rounds) for field in (*COUNTED, _BALANCES)]
        dead = sum(len(each.dead_streams) for each in rounds)
        late = sum(not episode.recovered for each in rounds for episode in each.episodes)
        wrong.add_row(name, *map(str, (outcome.orders, len(outcome.faults), *counts, dead, late)))
        seconds = [quantile(outcome.book_seconds, share) for share in (0.5, 0.99, 1.0)]
        late_books = sum(len(each.late_books) for each in rounds)
        limit_s = max((each.book_limit_s for each in rounds), default=0.0)
        said = ", ".join(f"{value:.2f}" for value in seconds if value is not None)
        possible = kinds_of(outcome.exchange, possible_pairs(outcome.exchange, names))
        pairs = f"{outcome.fault_pairs} of {len(possible)}"
        times.add_row(name, said, f"{limit_s:.1f}", str(late_books), pairs)
    console.print(wrong)
    console.print(times)
    for outcome in found:
        for problem in outcome.problems()[:_PROBLEMS_SHOWN] if outcome.kind == OURS else ():
            console.print(f"{outcome.exchange}: {problem}", highlight=False, markup=False, soft_wrap=True)


def _exchanges(named: list[str] | None) -> list[str]:
    """The exchanges that were named, each once. Raises NoNative for one that the embedded venue does not speak."""
    found = list(dict.fromkeys(name.strip().lower().removeprefix("ccxt_") for name in named or FULL_DEPTH))
    for each in found:
        if each not in NATIVE:  # the sandbox speaks for these
            raise NoNative(f"no venue to storm on for {each!r}; there are {', '.join(NATIVE)}")
    return found


def _count(word: str) -> int:
    number = int(word) if word.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{word!r}: a whole number from 1")
    return number


def _positive(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = 0.0
    if not 0 < number < 10_000:
        raise argparse.ArgumentTypeError(f"{word!r}: a number above 0")
    return number
