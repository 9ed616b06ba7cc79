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
from urllib.parse import urlsplit

from hummingbot_ccxt.configuration import ExchangeSettings, default_path, for_exchange, is_loopback, named
from hummingbot_ccxt.doctor.findings import Finding, as_json, failed, is_well, lines
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.exchange_info import ExchangeInfo
from hummingbot_ccxt.own_exchanges import info_of

_PUBLIC = {"book": "the order book", "trades": "trades"}
_OF_THE_ACCOUNT = {"keys": "keys", "balances": "balances", "trading": "rights"}
"""Checks that an earlier failure may prevent, and what they look at."""


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
    pair = args.pair.strip().replace("/", "-") if args.pair else None
    order = Order(info.id, settings, credentials, pair, args.place_order)
    if not args.json:
        order.report = lambda finding: print(lines(finding), flush=True)
    try:
        with _quiet():
            findings = asyncio.run(examine(order))
    except NoNetwork as err:
        findings = [
            failed("network", f"{info.name} cannot be reached: {err}", remedy_of_no_network(args, settings, info.id))
        ]
        if not args.json:
            print(f"fail  {findings[0].text}; remedy: {findings[0].remedy}")
            return 1
    left_out = not_examined(findings, keys=args.keys, place_order=args.place_order)
    if args.json:
        print(json.dumps(as_json(info.id, findings, left_out), indent=1))
    else:
        print(closing(findings, left_out))
    return 0 if is_well(findings) else 1


def remedy_of_no_network(args: argparse.Namespace, settings: ExchangeSettings, exchange_id: str) -> str:
    """What to look at where nothing answers: whoever led us to another address than the venue's may have forgotten."""
    if settings.base_url is None:
        return "check the network; `proxy` in the settings"
    source = "--base-url" if args.base_url else f"`base_url` in {args.settings or default_path()}"
    if is_loopback(urlsplit(settings.base_url).hostname):
        return f"does the sandbox run (`hummingbot-ccxt sandbox {exchange_id}`)? {source} leads to {settings.base_url}"
    return f"check the network; {source} leads to {settings.base_url}"


def not_examined(findings: list[Finding], *, keys: bool, place_order: bool) -> list[str]:
    """What was not looked at: what was not asked for, with the option for it, and what an earlier failure prevented."""
    there = {finding.check for finding in findings}
    left_out = [what for check, what in _PUBLIC.items() if check not in there]
    if keys:
        left_out += [what for check, what in _OF_THE_ACCOUNT.items() if check not in there]
    else:
        left_out.append("keys, rights and balances (--keys)")
    if place_order:
        return left_out if "order" in there else [*left_out, "an order's way"]
    return [*left_out, "an order's way (--keys --place-order)"]


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
            otherwise = "type it when asked" if sys.stdin.isatty() else "run this in a terminal"
            raise KeysMissing(f"{info.name} needs its {PROMPTS[name]}; remedy: set {variable}, or {otherwise}")
        given[name] = value
    return given
