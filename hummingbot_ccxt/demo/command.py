"""`hummingbot-ccxt demo`: watch Hummingbot make a market through our connector, and see that the books agree."""

import argparse
import asyncio
import fcntl
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from hummingbot_ccxt.demo import page, session
from hummingbot_ccxt.demo.bot import Bot
from hummingbot_ccxt.demo.market import market_of
from hummingbot_ccxt.demo.report import Run, figures
from hummingbot_ccxt.demo.view import View, summary, view_for
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.sandbox.sandbox import WIRES

FOLDER = Path("build") / "demo"
LEAST_SECONDS = 15
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DemoRunning(HummingbotCcxtError):
    """Another demo uses the folder."""


def add_parser(subparsers: Any) -> None:
    """Add `demo` to the command line."""
    parser = subparsers.add_parser(
        "demo",
        help="watch Hummingbot make a market on a venue of our own",
        description="Hummingbot's own pure_market_making trades through ccxt_EXCHANGE on an exchange that runs on this "
        f"machine; nothing leaves it. Writes {FOLDER}/report.html and {FOLDER}/report.json. Exit status 0 only if the "
        "bot placed at least 20 orders, one was filled, and venue, Hummingbot and connector agree to the last digit.",
    )
    parser.add_argument(
        "--seconds", type=_seconds, default=60, help=f"how long to trade, at least {LEAST_SECONDS} (default: 60)"
    )
    parser.add_argument("--exchange", choices=sorted(WIRES), default="binance", help="default: binance")
    parser.add_argument("--pair", type=str.upper, default="BTC-USDT", help="default: BTC-USDT")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated traders (default: 1)")


def run(args: argparse.Namespace) -> int:
    """Run the demo; 0 if it succeeded, 1 if the books differ, 128 + the signal's number if one ended it."""
    market_of(args.pair)
    options = session.Options(args.seconds, args.exchange, args.pair, args.seed, FOLDER)
    console = Console()
    with _alone(options.folder):
        outcome = asyncio.run(_until_signal(options, view_for(console)))
        if isinstance(outcome, int):
            return outcome
        report = figures(outcome)
        (options.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        (options.folder / "report.html").write_text(page.html(outcome, report), encoding="utf-8")
    summary(console, report, str(options.folder))
    return 0 if report["passed"] else 1


async def _until_signal(options: session.Options, view: View) -> Run | int:
    """The run; the exit status where Ctrl-C, SIGTERM or a closed terminal ended it. A second signal kills the bot."""
    loop = asyncio.get_running_loop()
    bots: list[Bot] = []
    received: list[signal.Signals] = []
    task = asyncio.ensure_future(session.run(options, view, bots))

    def on_signal(number: signal.Signals) -> None:
        received.append(number)
        if len(received) > 1:
            for bot in bots:
                bot.kill()
        else:
            task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not received:
            raise
        view.say("stopped: the bot has ended, its orders are cancelled, the venue is closed")
        return 128 + received[0]
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other demos out of it. Raises DemoRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            raise DemoRunning(f"another demo is running in {folder.resolve()}") from err
        yield


def _seconds(word: str) -> int:
    try:
        seconds = int(word)
    except ValueError:
        seconds = 0
    if not LEAST_SECONDS <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(
            f"{word!r}: a whole number from {LEAST_SECONDS}, in which a bot can place 20 orders, to 86400"
        )
    return seconds
