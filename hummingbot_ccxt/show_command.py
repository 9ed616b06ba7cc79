"""`hummingbot-ccxt show EXCHANGE`: everything about one exchange, and where each value comes from."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.table import Table

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange_facts import Fact, Subject, facts, look_at
from hummingbot_ccxt.list_command import console_for_people


def add_parser(subparsers: Any) -> None:
    """Add `show` to the command line."""
    parser = subparsers.add_parser(
        "show",
        help="tell everything about one exchange",
        description="Everything about one exchange, and where each value comes from: ccxt, a mapping, your "
        "configuration. Asks the installed ccxt, so an exchange newer than this release is shown as well.",
    )
    parser.add_argument(
        "exchange", metavar="EXCHANGE", help="its ccxt id, or its connector's name: kraken, ccxt_kraken"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def run(args: argparse.Namespace) -> int:
    """Print what is known of the exchange."""
    subject = look_at(args.exchange)
    told = list(facts(subject))
    if args.json:
        print(as_json(subject, told))
    else:
        print_facts(subject, told)
    return 0


def as_json(subject: Subject, told: list[Fact]) -> str:
    """{"exchange": id, "ccxt_version": ..., "facts": [{"group", "name", "value", "source"}, ...]}."""
    content = {
        "exchange": subject.info.id,
        "ccxt_version": registry.installed_ccxt(),
        "shipped_ccxt_version": registry.shipped().ccxt_version,
        "facts": [dataclasses.asdict(fact) for fact in told],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, default=plain)


def plain(value: Any) -> Any:
    """What JSON has no word for: sets as lists, all else as text."""
    return sorted(value) if isinstance(value, frozenset | set) else str(value)


def print_facts(subject: Subject, told: list[Fact]) -> None:
    """Print a table for each group."""
    console = console_for_people()
    console.print(f"[bold]{escape(subject.info.name)}[/bold] as ccxt_{subject.info.id}")
    if not sys.stdout.isatty():
        print_lines(told)
        return
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column("name", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("source", style="dim", overflow="fold")
    for group, members in groupby(told, key=lambda fact: fact.group):
        table.add_row(f"\n[bold]{escape(group)}[/bold]")
        for fact in members:
            table.add_row(f"  {escape(fact.name)}", escape(shown(fact.value)), escape(fact.source))
    console.print(table)


def print_lines(told: list[Fact]) -> None:
    """Print a line for each fact, however long it is, for files and other programs."""
    width = max(len(fact.name) for fact in told)
    for group, members in groupby(told, key=lambda fact: fact.group):
        print(f"\n{group}")
        for fact in members:
            print(f"  {fact.name:<{width}}  {shown(fact.value)}  ({fact.source})")


def shown(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == [] or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset | set | list | tuple):
        return ", ".join(map(str, sorted(value) if isinstance(value, frozenset | set) else value))
    return json.dumps(value, ensure_ascii=False, default=plain) if isinstance(value, Mapping) else str(value)
