"""`hummingbot-ccxt soak`: does it last, and how much does it bear."""

import argparse
import asyncio
import json
import math
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console

from hummingbot_ccxt.rig.connectors import NATIVE
from hummingbot_ccxt.soak.load import load
from hummingbot_ccxt.soak.steady import NOTHING, soak
from hummingbot_ccxt.soak.trend import Verdict

FOLDER = Path("build") / "soak"
_SHOWN = 8


def add_parser(subparsers: Any) -> None:
    """Add `soak` to the command line."""
    parser = subparsers.add_parser(
        "soak",
        help="trade steadily and watch what grows, or load it until it breaks",
        description="Trades steadily on the embedded venue at life's own pace and samples memory, tasks, sockets, file "
        "handles and CPU of the connector's process. The verdict is growth, steady, or inconclusive, where it was too "
        "short or too noisy to tell. Exit status 1 for growth, or if anything got lost. "
        "With --load instead: up to 200 pairs on one connector and 10 connectors in one process; what breaks first.",
    )
    parser.add_argument(
        "--minutes", type=_minutes, default=30.0, metavar="M", help="how long, a third of it to warm up (default: 30)"
    )
    parser.add_argument("--exchange", choices=sorted(NATIVE), default="binance", help="default: binance")
    parser.add_argument("--seed", type=int, default=1, help="of the trading (default: 1)")
    parser.add_argument("--load", action="store_true", help="load it, step by step")
    parser.add_argument(
        "--changes", type=_minutes, default=2.0, metavar="N", help="with --load: book changes a second of each pair (2)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help=f"default: in {FOLDER}")


def run(args: argparse.Namespace) -> int:
    """Soak or load; 1 if something grows or got lost. What breaks under load is a figure, no failure."""
    console = Console()
    console.print(f"seed {args.seed}", highlight=False)

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    report = asyncio.run(_load(args, say) if args.load else _soak(args, say))
    path = args.json or FOLDER / ("load.json" if args.load else "report.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    say(f"written: {path}")
    return 1 if report.get("problems") else 0


async def _soak(args: argparse.Namespace, say: Any) -> dict[str, Any]:
    soaked = await soak(args.exchange, args.minutes, args.seed, say)
    trends = {
        name: {
            "per_hour": round(each.slope, 4),
            "confidence_99": round(each.margin, 4),
            "mean": round(each.level, 3),
            "nothing_per_hour": NOTHING.get(name),
        }
        for name, each in soaked.trends().items()
    }
    verdicts, verdict = soaked.verdicts(), soaked.verdict()
    for name, each in trends.items():
        told = f": {verdicts[name].value}" if name in verdicts else ""
        say(
            f"{name:<12} mean {each['mean']:>12,.2f}, per hour {each['per_hour']:+.2f} +- "
            f"{each['confidence_99']:.2f}{told}"
        )
    grown = {name: round(each.slope, 1) for name, each in list(soaked.grown().items())[:_SHOWN]}
    for name, more in grown.items():
        say(f"  more and more: {name}, {more:+,.0f} an hour")
    problems = soaked.problems()
    for problem in problems:
        say(f"PROBLEM: {problem}")
    say(f"verdict: {verdict.value}")
    needed = soaked.minutes_needed()
    if verdict is Verdict.INCONCLUSIVE and needed is not None:
        say(f"too short, or too noisy, to tell; --minutes {math.ceil(needed)} may")
    return {
        "passed": verdict is Verdict.STEADY and not problems, "verdict": verdict.value,
        "verdicts": {name: each.value for name, each in verdicts.items()},
        "minutes_needed": None if needed is None else math.ceil(needed), "more_per_hour": grown,
        "problems": problems, "exchange": args.exchange, "minutes": args.minutes,
        "seed": args.seed, "warm_up_s": round(soaked.warm_up_s),
        "orders": soaked.result.orders, "fills": soaked.result.fills, "trends": trends,
        "at_s": [round(at, 1) for at in soaked.at_s], "samples": soaked.samples, "versions": _versions(),
    }  # fmt: skip


async def _load(args: argparse.Namespace, say: Any) -> dict[str, Any]:
    steps = []
    async for step in load(args.exchange, args.changes, args.seed):
        told = ", ".join(f"{name} {value:.3g}" for name, value in step.figures.items())
        say(f"{step.connectors} connectors x {step.pairs} pairs, {step.changes:g} changes/s: {told}")
        for each in step.broken:
            say(f"  BROKE: {each}")
        steps.append(
            {
                "pairs": step.pairs, "connectors": step.connectors, "changes_per_second": step.changes,
                **{name: round(value, 4) for name, value in step.figures.items()},
                "wrong_books": step.wrong_books, "broken": step.broken,
            }
        )  # fmt: skip
    return {"exchange": args.exchange, "seed": args.seed, "steps": steps, "versions": _versions()}


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("hummingbot-ccxt", "hummingbot", "ccxt")}


def _minutes(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = 0.0
    if not 0 < number <= 10_000:
        raise argparse.ArgumentTypeError(f"{word!r}: a number above 0")
    return number
