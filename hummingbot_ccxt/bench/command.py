"""`hummingbot-ccxt bench`: what our connector costs beside Hummingbot's native one."""

import argparse
import asyncio
import compileall
import dataclasses
import importlib.util
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hummingbot_ccxt.bench import page, plan
from hummingbot_ccxt.bench.figures import GOALS, report_of
from hummingbot_ccxt.bench.measure import measure
from hummingbot_ccxt.bench.scan import scan_extra_ms
from hummingbot_ccxt.rig.connectors import FULL_DEPTH

FOLDER = Path("build") / "bench"
_STYLES = {"aim": "green", "reached": "", "missed": "bold red", "unknown": "dim"}


def add_parser(subparsers: Any) -> None:
    """Add `bench` to the command line."""
    parser = subparsers.add_parser(
        "bench",
        help="measure our connector beside Hummingbot's native one",
        description="Both connectors take the same frames and place the same orders, in turn and each in a process of "
        "its own, on an exchange that runs on this machine. Ratios are ours / native; below 1, ours is cheaper. The "
        "exit status is 0 whatever the figures are; they mean most on a machine that does nothing else.",
    )
    parser.add_argument(
        "--exchange", nargs="+", choices=FULL_DEPTH, default=FULL_DEPTH, metavar="ID", help=", ".join(FULL_DEPTH)
    )
    parser.add_argument("--rounds", type=_count, help=f"how often each load is repeated (default: {plan.FULL.rounds})")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="short loads, one round, no growth, no requests counted: a minute an exchange",
    )
    parser.add_argument(
        "--json", type=Path, default=FOLDER / "report.json", metavar="FILE", help="default: %(default)s"
    )
    parser.add_argument(
        "--html", type=Path, default=FOLDER / "report.html", metavar="FILE", help="default: %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    """Measure, write both reports, print the figures; 0. Raises PeerFailed."""
    chosen = plan.QUICK if args.quick else plan.FULL
    if args.rounds:
        chosen = dataclasses.replace(chosen, rounds=args.rounds, wide_rounds=args.rounds)
    console = Console()
    _compile()
    report = asyncio.run(_report(args, chosen, console))
    console.print(_table(report))
    console.print("least: what must be reached; aim: what is aimed at (both are goals of our own)", style="dim")
    console.print(f"{args.html}, {args.json}")
    return 0


def _compile() -> None:
    """Have what the imports read compiled, as it is from the second start of an installation on.

    Where PYTHONDONTWRITEBYTECODE is set it never is: an import of ccxt's base alone then takes 0.2 s, and the noise of
    that is what was measured. Folders that cannot be written are left as they are.
    """
    for name in ("ccxt", "hummingbot", "hummingbot_ccxt", "hummingbot_ccxt.mappings"):
        spec = importlib.util.find_spec(name)
        for folder in spec.submodule_search_locations or () if spec is not None else ():
            compileall.compile_dir(folder, quiet=2, workers=0)


async def _report(args: argparse.Namespace, chosen: plan.Plan, console: Console) -> dict[str, Any]:
    """Measure one exchange after another, and write both reports after each: all of them take hours."""
    report: dict[str, Any] = {
        "versions": {name: version(name) for name in ("hummingbot", "ccxt", "aiohttp")},
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "plan": dataclasses.asdict(chosen),
        "exchanges": {},
    }
    with console.status("the scan of connectors") as status:
        scan_ms = await scan_extra_ms()
        for number, exchange in enumerate(args.exchange, start=1):
            samples = await measure(exchange, chosen, status.update)
            report["exchanges"][exchange] = report_of(samples, scan_ms)
            for path, text in ((args.json, json.dumps(report, indent=2) + "\n"), (args.html, page.html(report))):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            console.print(f"{exchange} is measured, {number} of {len(args.exchange)}", style="dim")
    return report


def _table(report: dict[str, Any]) -> Table:
    """Narrow enough for a terminal of 80 columns; without what was not measured."""
    table = Table(title="ours / native; extra: ours - native", title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for exchange in report["exchanges"]:
        table.add_column(exchange, justify="right")
    table.add_column("least", justify="right", style="dim")
    table.add_column("aim", justify="right", style="dim")
    for name in page.FIGURES:
        if all(each[name] is None for each in report["exchanges"].values()):
            continue
        cells = []
        for each in report["exchanges"].values():
            style = _STYLES[each["goals"].get(name, "reached")]
            cells.append(f"[{style}]{page.number(each[name])}[/]" if style else page.number(each[name]))
        goal = GOALS.get(name)
        table.add_row(name, *cells, *(f"{value:g}" for value in goal) if goal else ("", ""))
    return table


def _count(word: str) -> int:
    if not word.isdigit() or not 1 <= int(word) <= 1000:
        raise argparse.ArgumentTypeError(f"{word!r}: a whole number from 1 to 1000")
    return int(word)
