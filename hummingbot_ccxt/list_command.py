"""`hummingbot-ccxt list`: every exchange, what it streams, and what its account needs."""

import argparse
import importlib.util
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TextIO, cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hummingbot_ccxt import configuration, registry
from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.exchange_info import ExchangeInfo
from hummingbot_ccxt.mapping import NO_QUIRKS, BadMapping, ExchangeMapping, load_mapping

KINDS = {
    "book": ("watchOrderBook", "watchOrderBookForSymbols"),
    "trades": ("watchTrades", "watchTradesForSymbols"),
    "orders": ("watchOrders",),
    "fills": ("watchMyTrades",),
    "balance": ("watchBalance",),
}
"""What a connector needs to hear of, and the methods of ccxt.pro that stream it."""

ORDER_TYPES = ("limit", "market", "post-only")
CREDENTIALS = {"apiKey": "key", "password": "passphrase", "walletAddress": "wallet", "privateKey": "private key"}
"""Shorter words for ccxt's names."""
SHORT_CREDENTIALS = {**CREDENTIALS, "password": "phrase", "privateKey": "private"}
WIDTH_OF_WORDS = 170
"""Columns that a row of words has room in."""
WIDTH_OF_A_FILE = 10_000
"""Columns where the output is no terminal: nothing is wrapped, so that programs find each row on one line."""
ROOM_FOR_NATIVE = 105
"""Columns from which on the native connector is named."""
SIGNS: Mapping[str, str] = {"stream": "●", "poll": "○", "order": "◐", "none": "-"}

How = Literal["stream", "poll", "order", "none"]
Origin = Literal["yours", "package", "ours", "derived", "broken"]

_COLOURS = {"stream": "green", "poll": "yellow", "order": "yellow", "none": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One exchange as `list` shows it; its fields are the keys of `--json`."""

    id: str
    connector: str
    name: str
    streams: Mapping[str, How]
    """How each of KINDS comes; "order": fills are told from the order's cumulative figures."""
    order_types: tuple[str, ...]
    credentials: tuple[str, ...]
    """In ccxt's names."""
    mapping: Origin
    """Whose mapping it has; "derived": nobody's, all is derived from ccxt's metadata."""
    native: str | None
    """Hummingbot's own connector."""
    countries: tuple[str, ...]
    maker: str | None
    taker: str | None
    testnet: bool
    example_pair: str
    www: str


def add_parser(subparsers: Any) -> None:
    """Add `list` to the command line."""
    parser = subparsers.add_parser(
        "list",
        help="show the exchanges and what each can do",
        description="Every exchange that can be traded, one a line. Filters add up; exit status 1 if none passes.",
        epilog=f"KIND is one of {', '.join(KINDS)}, several of them with commas, or `all`.",
    )
    parser.add_argument(
        "words", nargs="*", metavar="WORD", help="only those that have each WORD in id, name or country code"
    )
    parser.add_argument(
        "--streams",
        nargs="?",
        const=tuple(KINDS),
        type=stream_kinds,
        metavar="KIND",
        help="only those that stream it; everything, without KIND",
    )
    parser.add_argument(
        "--order-type", action="append", choices=ORDER_TYPES, default=[], help="only those that take it; repeatable"
    )
    parser.add_argument("--native", action="store_true", help="only those that Hummingbot has its own connector for")
    parser.add_argument("--mapped", action="store_true", help="only those that have a mapping")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def stream_kinds(text: str) -> tuple[str, ...]:
    """The kinds in a list with commas. Raises argparse's error for any other word."""
    wanted = tuple(KINDS) if text == "all" else tuple(word.strip() for word in text.split(","))
    for word in wanted:
        if word not in KINDS:
            raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(KINDS)}, all")
    return wanted


def run(args: argparse.Namespace) -> int:
    """Print the exchanges that pass the filters; 1 if none does."""
    settings = configuration.read(configuration.default_path())
    infos = registry.exchanges()
    named = [info for info in infos.values() if is_named(info, args)]
    wanted = [row for row in (row_of(info, settings.get(info.id)) for info in named) if passes(row, args)]
    if args.json:
        print(as_json(wanted))
    else:
        print_table(wanted, of=len(infos))
    return 0 if wanted else 1


def row_of(info: ExchangeInfo, settings: ExchangeSettings | None = None) -> Row:
    """One exchange with its mapping applied. A mapping that cannot be loaded counts as none, and is called broken."""
    folder = settings.folder if settings is not None else None
    origin = mapping_origin(info.id, folder)
    try:
        mapping = NO_QUIRKS if origin == "derived" else load_mapping(info.id, folder)
    except BadMapping:
        origin, mapping = "broken", NO_QUIRKS
    return Row(
        id=info.id,
        connector=info.connector,
        name=info.name,
        streams={kind: how_it_comes(kind, info, mapping) for kind in KINDS},
        order_types=order_types(info, mapping),
        credentials=info.credentials,
        mapping=origin,
        native=info.native,
        countries=info.countries,
        maker=None if info.maker is None else str(info.maker),
        taker=None if info.taker is None else str(info.taker),
        testnet=info.testnet if mapping.testnet is None else mapping.testnet,
        example_pair=info.example_pair,
        www=info.www,
    )


def mapping_origin(exchange_id: str, folder: Path | None) -> Origin:
    """Whose mapping `load_mapping` would find, without loading it."""
    if folder is not None and (folder / f"{exchange_id}.py").is_file():
        return "yours"
    if exchange_id in registry.mapping_entry_points():
        return "package"
    return "ours" if importlib.util.find_spec(f"hummingbot_ccxt.mappings.{exchange_id}") is not None else "derived"


def has_method(method: str, info: ExchangeInfo, mapping: ExchangeMapping) -> bool:
    """Whether the venue has a unified method, by the mapping's word, else by ccxt's."""
    return mapping.has.get(method, method in info.has)


def how_it_comes(kind: str, info: ExchangeInfo, mapping: ExchangeMapping) -> How:
    """How the connector hears of `kind` ("book", "trades", "orders", "fills", "balance")."""
    trades = ("fetchMyTrades", "fetchOrderTrades")
    if kind in ("orders", "fills") and not any(has_method(name, info, mapping) for name in registry.TELLING_OF_ORDERS):
        return "stream" if info.pro and any(has_method(name, info, mapping) for name in KINDS[kind]) else "none"
    if kind == "fills" and mapping.fills_from == "order":
        return "order"
    if info.pro and kind not in mapping.polled and any(has_method(name, info, mapping) for name in KINDS[kind]):
        return "stream"
    if kind == "fills" and not any(has_method(name, info, mapping) for name in trades):
        return "order"
    if kind == "trades" and not has_method("fetchTrades", info, mapping):
        return "none"
    return "poll"


def order_types(info: ExchangeInfo, mapping: ExchangeMapping) -> tuple[str, ...]:
    """Of ORDER_TYPES, those that the connector offers."""
    market = "market" in info.order_types and mapping.has.get("createMarketOrder", True)
    post_only = info.post_only or info.supports("createPostOnlyOrder") or mapping.post_only
    offered = {"limit": True, "market": market, "post-only": post_only and mapping.post_only is not False}
    return tuple(kind for kind in ORDER_TYPES if offered[kind])


def is_named(info: ExchangeInfo, args: argparse.Namespace) -> bool:
    """Whether the exchange is among those that the words and `--native` name; asked before its mapping is loaded."""
    text = " ".join((info.id, info.connector, info.name, info.native or "", *info.countries)).lower()
    return all(word.lower() in text for word in args.words) and not (args.native and info.native is None)


def passes(row: Row, args: argparse.Namespace) -> bool:
    """Whether the row passes the filters that its mapping has a say in."""
    return (
        all(row.streams[kind] == "stream" for kind in args.streams or ())
        and set(args.order_type) <= set(row.order_types)
        and not (args.mapped and row.mapping == "derived")
    )


def as_json(rows: list[Row]) -> str:
    """The rows as one JSON object: {"ccxt_version": ..., "dropped": [id, ...], "exchanges": [{...}, ...]}.

    "dropped" names what this release knows and the installed ccxt lacks, whatever the filters.
    """
    current = registry.current()
    content = {
        "ccxt_version": current.ccxt_version,
        "dropped": list(current.dropped),
        "exchanges": [asdict(row) for row in rows],
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def print_table(rows: list[Row], *, of: int) -> None:
    """Print the rows for people: a table as wide as there is room, how many there are, and what the signs mean."""
    console = console_for_people()
    wide = console.width >= WIDTH_OF_WORDS
    if rows:
        console.print(words_table(rows) if wide else signs_table(rows, native=console.width >= ROOM_FOR_NATIVE))
    shown = f"all {of}" if len(rows) == of else f"{len(rows)} of {of}"
    current = registry.current()
    console.print(f"{shown} exchanges of ccxt {current.ccxt_version}; `show EXCHANGE` tells everything of one")
    if wide:
        console.print("fills `order`: told from the order's cumulative figures, since no trades are", style="dim")
    else:
        console.print(legend(), style="dim")
    if current.source == "other version" or current.dropped or current.own:
        console.print(current.describe(), style="yellow")


def words_table(rows: list[Row]) -> Table:
    """The table where there is room for words."""
    table = Table(box=None, header_style="bold", padding=(0, 1))
    for title in ("exchange", *KINDS, "order types", "credentials", "mapping", "native connector"):
        table.add_column(title, no_wrap=True)
    for row in rows:
        streams = [Text(row.streams[kind], style=_COLOURS[row.streams[kind]]) for kind in KINDS]
        needed = ", ".join(CREDENTIALS.get(name, name) for name in row.credentials)
        words = (", ".join(row.order_types), needed, row.mapping, row.native or "")
        table.add_row(Text(row.id), *streams, *map(Text, words))
    return table


def signs_table(rows: list[Row], *, native: bool) -> Table:
    """The same in 80 columns, a line a row: signs for words, a star for the native connector or, `native`, its name."""
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("exchange", no_wrap=True, min_width=max(len(row.id) for row in rows))
    for title in ("book", "trade", "order", "fill", "bal"):
        table.add_column(title, no_wrap=True, justify="center", min_width=len(title))
    for title, least, most in (("types", 5, None), ("credentials", 11, None if native else 17), ("mapping", 7, None)):
        table.add_column(title, no_wrap=True, min_width=least, max_width=most)
    if native:
        table.add_column("native connector", no_wrap=True)
    for row in rows:
        streams = [Text(SIGNS[row.streams[kind]], style=_COLOURS[row.streams[kind]]) for kind in KINDS]
        types = " ".join(kind[0].upper() if kind in row.order_types else "-" for kind in ORDER_TYPES)
        needed = " ".join(SHORT_CREDENTIALS.get(name, name) for name in row.credentials)
        star = " *" if row.native and not native else ""
        words = (types, needed, row.mapping, *([row.native or ""] if native else []))
        table.add_row(Text(f"{row.id}{star}"), *streams, *map(Text, words))
    return table


def legend() -> str:
    """What the signs mean."""
    return (
        f"{SIGNS['stream']} streamed  {SIGNS['poll']} polled  {SIGNS['order']} told from the order's figures  "
        f"{SIGNS['none']} not at all\n"
        "types: Limit, Market, Post-only   * Hummingbot has a connector of its own"
    )


def console_for_people() -> Console:
    """Where to print: as wide as the terminal; where there is none wide enough, and no spaces at the lines' ends."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(file=cast(TextIO, _Trimmed(sys.stdout)), width=WIDTH_OF_A_FILE, highlight=False)


class _Trimmed:
    """A text file that gets no spaces before the end of a line: rich fills each row up to the longest one."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> int:
        return self._file.write(re.sub(r" +$", "", text, flags=re.MULTILINE) if text.endswith("\n") else text)
