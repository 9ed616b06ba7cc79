"""`hummingbot-ccxt mapping new EXCHANGE`: write a mapping's skeleton, to be filled in from the venue's documents."""

import argparse
import ast
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.exchange_facts import BROKER_OPTIONS, Fact, Subject, facts, look_at, pings
from hummingbot_ccxt.list_command import KINDS
from hummingbot_ccxt.mapping import ExchangeMapping, load_mapping
from hummingbot_ccxt.show_command import shown
from hummingbot_ccxt.translate.orders import order_state
from hummingbot_ccxt.venue.loading import is_ccxts_base, origin

STATUS_PARSERS = ("parse_order_status", "parse_ws_order_status", "parse_order_state")
READ = ("create_order", "parse_order", "cancel_order", "fetch_order", "handle_errors", "sign", "watch_order_book")
"""The methods of a ccxt class whose quirks a mapping is for."""
WIDTH = 118


class MappingExists(HummingbotCcxtError):
    """The file is there already; nothing was written."""


def add_parser(subparsers: Any) -> None:
    """Add `mapping` to the command line."""
    parser = subparsers.add_parser(
        "mapping",
        help="begin a mapping of your own",
        description="A mapping says what an exchange does differently from what ccxt's metadata says.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    new = actions.add_parser(
        "new",
        help="write a skeleton",
        description="Writes EXCHANGE.py: what was derived, as comments with their sources, and what has to be looked "
        "up. It changes nothing until a line is filled in.",
    )
    new.add_argument("exchange", metavar="EXCHANGE", help="its ccxt id, or its connector's name")
    new.add_argument("--into", type=Path, default=Path(), metavar="FOLDER", help="default: the current folder")


def run(args: argparse.Namespace) -> int:
    """Write the skeleton, load it, and say how to use it."""
    subject = look_at(args.exchange)
    exchange_id = subject.info.id
    path = write(skeleton(subject), args.into / f"{exchange_id}.py")
    load_mapping(exchange_id, args.into)
    print(f"wrote {path}")
    if subject.settings.folder is None or subject.settings.folder.resolve() != args.into.resolve():
        print(f"use it: in {subject.configured_in},")
        print(f"  exchanges:\n    {exchange_id}:\n      mapping: {args.into.resolve()}")
    print(f"see what it does: hummingbot-ccxt show {exchange_id}")
    if subject.mapped_by:
        print(f"note: it takes the place of the {subject.mapped_by} as a whole; copy what you want to keep")
    return 0


def write(text: str, path: Path) -> Path:
    """Write a new file, its folder too. Raises MappingExists rather than overwrite one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise MappingExists(f"{path} exists already; remedy: another folder (--into), or remove it first") from None
    return path


# --- the text


def skeleton(subject: Subject) -> str:
    """A mapping module that maps nothing yet."""
    exchange_id = subject.info.id
    lines = [
        f'"""{subject.info.name}: only what differs from what ccxt\'s own metadata says.',
        "",
        f"Begun with `hummingbot-ccxt mapping new {exchange_id}` and {subject.ccxt}. Each line that you uncomment",
        "wants its reason and its source beside it; delete those that hold as they are. The fields are explained in",
        "hummingbot_ccxt/mapping_schema.py.",
        '"""',
        "",
        "# from decimal import Decimal",
        "",
        "# from hummingbot.core.data_type.in_flight_order import OrderState",
        "",
        "from hummingbot_ccxt.mapping import ExchangeMapping",
        "",
        "# from hummingbot_ccxt.mapping import BookChecksum, BookSequence, ClientOrderId, Fees, OrderDeadline, Steps",
        "",
        "MAPPING = ExchangeMapping(",
        f'    exchange="{exchange_id}",',
        *comments(f"--- Derived. Told by {subject.ccxt}; right unless the venue says otherwise."),
        *(line for fact in derived(subject) for line in comments(f"{fact.name}: {shown(fact.value)}  ({fact.source})")),
        *comments("--- Not derived: to be looked up.", gap=True),
        *(line for field, hint in to_look_up(subject) for line in (*comments(hint), f"    # {field}")),
        *comments("--- Where to look", gap=True),
        *(line for place in places(subject) for line in comments(place)),
        ")",
    ]
    return "\n".join(lines) + "\n"


def comments(text: str, *, gap: bool = False) -> Iterator[str]:
    """`text` as comment lines inside of the call, after an empty one if `gap`."""
    if gap:
        yield "    #"
    for line in textwrap.wrap(" ".join(text.split()), WIDTH - 6, break_long_words=False, break_on_hyphens=False):
        yield f"    # {line}"


def derived(subject: Subject) -> Iterator[Fact]:
    """What needs no line, since ccxt says it: `show`'s facts without the mapping, and the order states."""
    bare = Subject(
        info=subject.info,
        client=subject.client,
        mapping=ExchangeMapping(exchange=subject.info.id),
        mapped_by="",
        settings=subject.settings,
        configured_in=subject.configured_in,
    )
    told = ("fees", "streams", "orders")
    for fact in facts(bare):
        if fact.group in told and fact.source.startswith(subject.ccxt):
            yield fact
    if subject.info.pro:
        yield Fact("connection", "heartbeat_s", *pings(bare))
    for parser, table in status_tables(subject.client).items():
        states = [f"{raw!r} {state_name(unified)}" for raw, unified in table.items()]
        yield Fact("orders", "order_states", states, f"{subject.ccxt} {parser}")


def state_name(unified: str) -> str:
    """Hummingbot's name of the state that ccxt's unified status means, or that it means none."""
    state = order_state({"status": unified, "info": {}})
    return state.name if state is not None else "- has to be mapped -"


def status_tables(client: Any) -> dict[str, dict[str, str]]:
    """For each status parser of the exchange's class: raw status -> ccxt's unified one, as its table has them."""
    tables = {}
    for name in STATUS_PARSERS:
        owner = next((cls for cls in type(client).__mro__ if name in vars(cls)), None)
        if owner is None or is_ccxts_base(owner):
            continue
        source = textwrap.dedent(inspect.getsource(vars(owner)[name]))
        raw = [
            ast.literal_eval(key)
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Dict)
            for key in node.keys
            if isinstance(key, ast.Constant)
        ]
        tables[name] = {status: str(getattr(client, name)(status)) for status in raw}
    return tables


def to_look_up(subject: Subject) -> Iterator[tuple[str, str]]:
    """(the line to fill in, what to look for): what no metadata tells."""
    info = subject.info
    if info.maker is None or info.taker is None:
        yield 'fees=Fees(maker=Decimal("..."), taker=Decimal("...")),', "Fees: ccxt has none; see the fee schedule."
    yield (
        'client_order_id=ClientOrderId(max_length=..., pattern="..."),',
        "Client order ids: how long, of which characters; does ccxt's create_order send clientOrderId by the venue's "
        "name for it? sent=False, if the venue keeps none.",
    )
    yield (
        'steps={"*/USDT": Steps(price=Decimal("..."), amount=Decimal("..."))},',
        "Steps of prices and amounts, where ccxt's markets state none (`hummingbot-ccxt doctor` says so).",
    )
    yield (
        'order_states={"...": OrderState.CANCELED},',
        "Order statuses that the venue documents and the tables above lack; a cancel not carried out yet is "
        "PENDING_CANCEL.",
    )
    yield (
        'errors=(("...", "gone"), ("...", "refused"), ("...", "unknown")),',
        "Errors: what a cancel of an unknown order gets, a second order under one client id, a time-out inside of the "
        "venue.",
    )
    yield (
        'order_deadline=OrderDeadline(after_s=15, header="..."),',
        "A late order: is a signed request good for more than 15 s, and can an order say until when it may be taken?",
    )
    yield 'cancel_params={"...": "side"},', "A cancellation: does ccxt's cancel_order want more than the order's id?"
    yield 'needs={"createOrder....": "..."},', "Options without which ccxt sends no order."
    yield 'post_only={"...": ...},', "Post-only: does ccxt's create_order translate postOnly, and into what?"
    yield 'market_buy="cost",', "A market buy: is its amount the quote to spend?"
    yield "strictly_increasing_nonce=True,", "The nonce: must each be above the last one?"
    yield (
        "trusts_terminal_filled=True,",
        "A finished order: is its filled amount cumulative, in the message with the status?",
    )
    yield 'trade_id_field=("...",),', "Fills: is the `id` that ccxt gives them the venue's, whole, and no two alike?"
    yield "signed_amounts=True,", "Fills: is the amount of a sale negative?"
    yield 'maker_field=("...",),', "Fills: where does the message say that we were the maker, if ccxt does not read it?"
    yield (
        'fee_list=("...", "...", "..."),',
        "Fills: may there be several fees, and ccxt reads one: the list, asset, amount?",
    )
    yield 'ignored_fields=("...",),', "Fields of the venue's messages that lead ccxt astray."
    if info.pro:
        yield 'order_fields={"filled": ("...",)},', "Streamed orders: is `filled` the whole, or the last fill?"
        yield (
            'trade_fields={"fee.cost": ("-...",)},',
            "Streamed fills: is the fee of the right sign, and in its own token?",
        )
        claimed = [kind for kind, methods in KINDS.items() if any(method in info.has for method in methods)]
        yield (
            f"polled=frozenset({{...}}),  # of {', '.join(claimed)}",
            "Streams that do not hold what ccxt says they do.",
        )
        yield "depth=100,", "Books: does ccxt ask for too few levels by itself?"
        yield "depth_limits=(..., ...),", "Book depths that the venue takes."
        yield "topics_per_request=10,", "Subscriptions: how many symbols may one name?"
        yield 'split_frames=(("...", "...", "..."),),', "Lists in a streamed message that ccxt judges by their first."
        yield (
            'book_sequence=BookSequence(holder="...", of="...", first="...", last="...", whole=("...", ...)),',
            "Books: would ccxt notice a lost change by the messages' numbers? Else say where these stand.",
        )
        yield (
            'book_checksum=BookChecksum(holder="...", of="...", field="...", levels=10, price_decimals="...", '
            "amount_decimals=8),",
            "Books: the same, for a checksum.",
        )
        yield "verify_book_s=60,", "Books: where nothing would show that a change got lost."
        yield "heartbeat_s=...,", "Pings: how often, before the venue hangs up?"
    if any(name in subject.client.options for name in BROKER_OPTIONS):
        yield 'options={"...": ...},', "Options; ccxt adds a referral id of its own, see `hummingbot-ccxt show`."


def places(subject: Subject) -> Iterator[str]:
    """Where the answers are: the venue's documentation and the methods of ccxt's class."""
    yield f"API documentation: {', '.join(subject.info.docs) or subject.info.www}"
    if subject.info.fees_url:
        yield f"fees: {subject.info.fees_url}"
    for cls in type(subject.client).__mro__:
        found = [name for name in READ if name in vars(cls)]
        if not is_ccxts_base(cls) and found:
            lines = ", ".join(f"{name} {vars(cls)[name].__code__.co_firstlineno}" for name in found)
            yield f"{Path(origin(cls)).name if origin(cls) else cls.__module__}, at lines: {lines}"
