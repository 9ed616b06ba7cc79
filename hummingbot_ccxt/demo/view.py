"""What the demo shows while it runs: a live picture in a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hummingbot_ccxt.demo.facts import FillFact, OrderFact
from hummingbot_ccxt.demo.report import money, text

LINE_INTERVAL_S = 5.0
_FILLS_SHOWN = 6
_ORDERS_SHOWN = 8
_GREEN, _RED = "green3", "indian_red1"


@dataclass(frozen=True, slots=True)
class Picture:
    """The demo at one moment."""

    connector: str
    pair: str
    seconds: float
    left_s: float
    best: tuple[Decimal, Decimal] | None
    orders: list[OrderFact]
    fills: list[FillFact]
    balances: dict[str, Decimal]
    profit: Decimal
    now_ms: int

    @property
    def open_orders(self) -> list[OrderFact]:
        """Highest price first, as in an order book."""
        return sorted((o for o in self.orders if o.end == "open"), key=lambda o: o.price, reverse=True)

    @property
    def quote(self) -> str:
        """The asset that profit is counted in."""
        return self.pair.split("-")[1]


class View:
    """Plain lines, for files and pipes."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._began = time.monotonic()
        self._next_line = 0.0

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Tell what is being done, and how long it took."""
        since = time.monotonic()
        self.say(f"{doing} ...")
        yield
        self.say(f"{doing}: done in {time.monotonic() - since:.1f} s")

    @contextmanager
    def live(self) -> Iterator[None]:
        """Around the part with pictures."""
        self._next_line = 0.0
        yield

    def show(self, picture: Picture) -> None:
        """One moment; most are skipped."""
        if time.monotonic() < self._next_line:
            return
        self._next_line = time.monotonic() + LINE_INTERVAL_S
        best = "book empty" if picture.best is None else f"bid {picture.best[0]:f}  ask {picture.best[1]:f}"
        count, profit = len(picture.fills), f"{money(picture.profit, signed=True)} {picture.quote}"
        held = "  ".join(f"{asset} {text(amount)}" for asset, amount in picture.balances.items())
        self.say(
            f"{picture.left_s:3.0f} s left  {best}  orders {len(picture.open_orders)} open, "
            f"{len(picture.orders)} placed  fills {count}  {held}  profit {profit}"
        )

    def say(self, line: str) -> None:
        """One line with the time since the start."""
        self.console.print(
            f"[{time.monotonic() - self._began:5.1f} s] {line}", markup=False, highlight=False, soft_wrap=True
        )


class TerminalView(View):
    """A picture that changes in place."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._live: Live | None = None

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        since = time.monotonic()
        with self.console.status(f"{doing} ..."):
            yield
        self.console.print(f"[green]✔[/green] {doing} [dim]({time.monotonic() - since:.1f} s)[/dim]", highlight=False)

    @contextmanager
    def live(self) -> Iterator[None]:
        with Live(console=self.console, refresh_per_second=4) as self._live:
            yield
        self._live = None

    def show(self, picture: Picture) -> None:
        if self._live is not None:
            self._live.update(drawn(picture))


def view_for(console: Console) -> View:
    """The view that suits where the output goes."""
    return TerminalView(console) if console.is_terminal and not console.is_dumb_terminal else View(console)


def drawn(picture: Picture) -> Panel:
    """The whole picture."""
    gone = picture.seconds - picture.left_s
    head = Table.grid(expand=True)
    head.add_column()
    head.add_column(justify="right")
    head.add_row(_prices(picture), Text(f"{picture.left_s:.0f} s left", style="bold"))
    tables = Table.grid(expand=True, padding=(0, 3))
    tables.add_column(ratio=1)
    tables.add_column(ratio=1)
    tables.add_row(_orders(picture), _fills(picture))
    body = Group(head, ProgressBar(total=picture.seconds, completed=gone), Text(), tables, Text(), _money(picture))
    title = f"hummingbot-ccxt demo · {picture.connector} · {picture.pair}"
    return Panel(body, title=title, border_style="cyan", padding=(1, 2))


def _prices(picture: Picture) -> Text:
    if picture.best is None:
        return Text("the book is empty on one side", style="dim")
    bid, ask = picture.best
    return Text.assemble(
        ("best bid ", "dim"), (f"{bid:f}", f"bold {_GREEN}"), ("   best ask ", "dim"), (f"{ask:f}", f"bold {_RED}")
    )


def _orders(picture: Picture) -> Table:
    orders = picture.open_orders
    table = _table(f"our orders: {len(orders)} open, {len(picture.orders)} placed", "side", "price", "amount", "age")
    for order in orders[:_ORDERS_SHOWN]:
        age = f"{max(0, picture.now_ms - order.created_ms) / 1000:.1f} s"
        table.add_row(_side(order.side), f"{order.price:f}", f"{order.amount:f}", age)
    for _ in range(_ORDERS_SHOWN - len(orders)):
        table.add_row("")
    return table


def _fills(picture: Picture) -> Table:
    table = _table(f"fills: {len(picture.fills)}", "side", "price", "amount", "fee")
    for fill in list(reversed(picture.fills))[:_FILLS_SHOWN]:
        table.add_row(_side(fill.side), f"{fill.price:f}", f"{fill.amount:f}", f"{text(fill.fee)} {fill.fee_asset}")
    for _ in range(_FILLS_SHOWN - len(picture.fills)):
        table.add_row("")
    return table


def _money(picture: Picture) -> Text:
    parts: list[tuple[str, str] | str] = []
    for asset, amount in picture.balances.items():
        parts += [(f"{asset} ", "dim"), (text(amount), "bold"), "   "]
    parts += [
        ("profit against holding ", "dim"),
        (f"{money(picture.profit, signed=True)} {picture.quote}", f"bold {_GREEN if picture.profit >= 0 else _RED}"),
    ]
    return Text.assemble(*parts)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, expand=True, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, header_style="dim", justify="left" if column == "side" else "right", no_wrap=True)
    return table


def _side(side: str) -> Text:
    return Text(side, style=_GREEN if side == "buy" else _RED)


def summary(console: Console, report: dict[str, object], folder: str) -> None:
    """The outcome, for people; every figure is one of `report.json`."""
    balances = report["balances"]
    assert isinstance(balances, dict)
    quote = str(report["pair"]).split("-")[1]
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    for column in ("", "start", "venue's ledger", "Hummingbot's database", "connector", "difference"):
        table.add_column(column, justify="left" if not column else "right")
    differences = report["balance_difference"]
    assert isinstance(differences, dict)
    for asset, row in balances.items():
        table.add_row(asset, *(row[key] for key in ("start", "venue", "hummingbot", "connector")), differences[asset])
    console.print()
    console.print(
        f"{report['connector']} {report['pair']}, {report['seconds']} s: "
        f"{report['orders_created']} orders placed, {report['orders_cancelled']} cancelled, "
        f"{report['orders_filled']} filled; {report['fills']} fills, {report['fills_in_hummingbot']} in Hummingbot",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    console.print(
        f"lost {report['lost']}, duplicated {report['duplicated']}, different {report['different']}, "
        f"open orders left {report['open_orders_left']}, errors logged {report['errors_logged']}, "
        f"calls beyond this machine {report['calls_beyond_loopback']}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    earned = Decimal(str(report["profit_against_holding"]))
    turned = money(Decimal(str(report["volume"])))
    console.print(
        f"profit against holding {money(earned, signed=True)} {quote} on {turned} {quote} traded", highlight=False
    )
    console.print(table)
    problems = report["problems"]
    assert isinstance(problems, list)
    for problem in problems:
        console.print(f"✘ {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    if not problems:
        console.print("✔ the three sources agree to the last digit", style="green", highlight=False)
    console.print(f"report: {folder}/report.html, {folder}/report.json", highlight=False, soft_wrap=True)
