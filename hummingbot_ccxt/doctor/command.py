"""`hummingbot-ccxt doctor EXCHANGE`: runs the checklist, prints it, and ends with 0 if nothing failed, else 1."""

import argparse
import asyncio
import dataclasses
import getpass
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hummingbot_ccxt.configuration import for_exchange, named
from hummingbot_ccxt.doctor.findings import Finding, as_json, failed, is_well, lines
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.exchange_info import ExchangeInfo
from hummingbot_ccxt.own_exchanges import info_of


class KeysMissing(HummingbotCcxtError):
    """Keys were asked for and cannot be had."""


def add_parser(subparsers: Any) -> None:
    """Add `doctor` to the command line."""
    parser = subparsers.add_parser(
        "doctor",
        help="check that an exchange can be traded from here",
        description="Check an exchange against the venue itself: each line passes, warns or fails, and says what to "
        "do. Exit status 0 if nothing failed, else 1. Keys come from the environment (CCXT_BINANCE_API_KEY, "
        "CCXT_BINANCE_SECRET, ...) or are asked for; never give them on the command line.",
    )
    parser.add_argument("exchange", help="ccxt's id of the exchange, such as kraken")
    parser.add_argument("--keys", action="store_true", help="check the account too: keys, rights, balances")
    parser.add_argument(
        "--place-order",
        action="store_true",
        help="with --keys: create a small limit order 30 %% away from the market, find it, cancel it",
    )
    parser.add_argument("--pair", metavar="BASE-QUOTE", help="the market to look at (default: the exchange's example)")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="instead of conf/hummingbot_ccxt.yml of Hummingbot"
    )
    parser.add_argument("--base-url", metavar="URL", help="where the venue is instead, such as the sandbox's address")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(args: argparse.Namespace) -> int:
    """Examine the exchange, and print what was found."""
    exchange_id = args.exchange.strip().lower().removeprefix("ccxt_")
    settings = for_exchange(exchange_id, named("--settings", args.settings) if args.settings else None)
    info = info_of(exchange_id, settings.folder)
    if args.place_order and not args.keys:
        raise KeysMissing("--place-order needs an account; remedy: add --keys")
    if args.base_url:
        settings = dataclasses.replace(settings, base_url=args.base_url)
    from hummingbot_ccxt.doctor.examination import Order, examine  # imported late: ccxt takes its time
    from hummingbot_ccxt.doctor.surroundings import NoNetwork
    from hummingbot_ccxt.venue.client import Credentials

    credentials = Credentials(ask_for_keys(info) if args.keys else {})
    order = Order(info.id, settings, credentials, args.pair, args.place_order)
    if not args.json:
        order.report = lambda finding: print(lines(finding), flush=True)
    try:
        with _quiet():
            findings = asyncio.run(examine(order))
    except NoNetwork as err:
        findings = [
            failed("network", f"{info.name} cannot be reached: {err}", "check the network; `proxy` in the settings")
        ]
        if not args.json:
            print(f"fail  {findings[0].text}; remedy: {findings[0].remedy}")
            return 1
    left_out = [] if args.keys else ["keys, rights and balances (--keys)"]
    left_out += [] if args.place_order else ["an order's way (--keys --place-order)"]
    if args.json:
        print(json.dumps(as_json(info.id, findings, left_out), indent=1))
    else:
        print(closing(findings, left_out))
    return 0 if is_well(findings) else 1


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing is logged meanwhile: the findings say it."""
    logger = logging.getLogger("hummingbot_ccxt")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def closing(findings: list[Finding], left_out: list[str]) -> str:
    """The last line: how many checks passed, warned and failed, and what was not examined."""
    counts = ", ".join(
        f"{sum(f.verdict == verdict for f in findings)} {word}"
        for verdict, word in (("pass", "passed"), ("warn", "warned"), ("fail", "failed"))
    )
    return f"{counts}" + (f"; not examined: {'; '.join(left_out)}" if left_out else "")


def ask_for_keys(info: ExchangeInfo) -> dict[str, str]:
    """The credentials that the exchange requires, by ccxt's names: from the environment, else typed in unseen.

    Raises KeysMissing where nobody can be asked.
    """
    from hummingbot_ccxt.exchange.ccxt_utils import KEYWORDS, PROMPTS

    given = {}
    for name in info.credentials:
        variable = f"{info.connector}_{KEYWORDS[name]}".upper()
        value = os.environ.get(variable)
        if not value and sys.stdin.isatty():
            value = getpass.getpass(f"{info.name} {PROMPTS[name]}: ")
        if not value:
            raise KeysMissing(
                f"{info.name} needs its {PROMPTS[name]}; remedy: set {variable}, or run this in a terminal"
            )
        given[name] = value
    return given
