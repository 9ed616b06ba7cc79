"""The report as one page: figures, charts, the comparison of the three sources; nothing is loaded from anywhere."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any

from hummingbot_ccxt.demo.charts import Bar, Line, Mark, Point, Segment, chart
from hummingbot_ccxt.demo.facts import OrderFact, Sample
from hummingbot_ccxt.demo.report import Run, life_s, money, text

_HALF = 470.0
_BINS = 16

STYLE = """
:root { --ink: #1b2430; --dim: #66727f; --paper: #f5f6f8; --card: #ffffff; --rule: #e3e7ec; --mid: #2b3a55;
  --band: #dfe5ee; --buy: #0b8f6f; --sell: #d0433f; --accent: #3867d6; --hold: #9aa6b4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #93a0ae; --paper: #12161c; --card: #1a2029;
  --rule: #2b333f; --mid: #cfd8e6; --band: #2a3442; --buy: #35c49b; --sell: #f0706b; --accent: #7ea2ff;
  --hold: #667282; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 28px 20px 40px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1040px; margin: 0 auto; display: grid; gap: 16px; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px 20px; }
h1 { font-size: 22px; margin: 0; font-weight: 650; } h2 { font-size: 15px; margin: 0 0 2px; font-weight: 620; }
p { margin: 0; } .dim, figcaption { color: var(--dim); } .small { font-size: 13px; }
.verdict { padding: 5px 14px; border-radius: 999px; font-weight: 600; color: #fff; background: var(--buy); }
.verdict.bad { background: var(--sell); }
section, figure { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 16px 18px;
  margin: 0; min-width: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 14px 18px; }
.tile b { display: block; font-size: 21px; font-weight: 640; font-variant-numeric: tabular-nums; }
.tile span { color: var(--dim); font-size: 13px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 16px; }
figcaption { font-size: 13px; margin-bottom: 8px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.grid { stroke: var(--rule); } .axis { stroke: var(--hold); } .tick { fill: var(--dim); font-size: 11.5px; }
polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
polyline.mid { stroke: var(--mid); stroke-width: 1.5; }
polyline.accent { stroke: var(--accent); } polyline.hold { stroke: var(--hold); stroke-dasharray: 5 4; }
.band { fill: var(--band); } .order { stroke-width: 2; stroke-linecap: round; opacity: .5; }
.order.buy { stroke: var(--buy); } .order.sell { stroke: var(--sell); }
.fill { stroke: var(--card); stroke-width: 1.5; } .fill.buy, i.buy { fill: var(--buy); background: var(--buy); }
.fill.sell, i.sell { fill: var(--sell); background: var(--sell); }
rect.filled, i.filled { fill: var(--accent); background: var(--accent); }
rect.canceled, i.canceled { fill: var(--hold); background: var(--hold); }
i { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin: 0 5px 0 12px; }
i.line { width: 16px; height: 3px; border-radius: 2px; vertical-align: 3px; } i.mid { background: var(--mid); }
i.band { background: var(--band); border-radius: 2px; } i.accent { background: var(--accent); }
i.hold { background: var(--hold); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 6px 10px; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { font-weight: 500; color: var(--dim); } th:first-child, td:first-child { text-align: left; padding-left: 0; }
tr:last-child td { border-bottom: 0; } td.zero { color: var(--buy); font-weight: 600; }
td.off { color: var(--sell); font-weight: 600; } ul { margin: 6px 0 0; padding-left: 20px; }
"""


def html(run: Run, report: dict[str, Any]) -> str:
    """The whole page; `report` is what `report.json` says."""
    origin = run.samples[0].at_ms if run.samples else 0
    title = f"Market making on {run.connector}, {run.pair}"
    body = [
        _header(run, report, title),
        _problems(report),
        _tiles(run, report),
        _price(run, origin),
        f'<div class="pair">{_inventory(run, origin)}{_equity(run, origin)}{_profit(run, origin)}{_lives(run)}</div>',
        _books(report),
        _notes(run, report),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(filter(None, body))
        + "\n</main>\n</body>\n</html>\n"
    )


def _header(run: Run, report: dict[str, Any], title: str) -> str:
    verdict, kind = ("the books agree", "") if report["passed"] else ("the books do not agree", " bad")
    if not report["passed"] and not any(_differences(report)):
        verdict = "not enough happened"
    return (
        f'<header><div><h1>{escape(title)}</h1><p class="dim">Hummingbot\'s own pure_market_making, '
        f"{run.seconds} s on an exchange inside this machine; simulated traders, seed {run.seed}</p></div>"
        f'<span class="verdict{kind}">{verdict}</span></header>'
    )


def _differences(report: dict[str, Any]) -> list[Any]:
    counts = [report[key] for key in ("lost", "duplicated", "different", "open_orders_left", "calls_beyond_loopback")]
    return [*counts, *(value != "0" for value in report["balance_difference"].values())]


def _problems(report: dict[str, Any]) -> str:
    if not report["problems"]:
        return ""
    items = "".join(f"<li>{escape(problem)}</li>" for problem in report["problems"])
    return f"<section><h2>What is wrong</h2><ul>{items}</ul></section>"


def _tiles(run: Run, report: dict[str, Any]) -> str:
    earned = Decimal(report["profit_against_holding"])
    tiles = [
        (report["orders_created"], "orders placed"),
        (report["orders_cancelled"], "orders cancelled"),
        (report["fills"], "fills"),
        (report["fills_in_hummingbot"], "fills in Hummingbot"),
        (report["lost"], "lost"),
        (report["duplicated"], "duplicated"),
        (report["open_orders_left"], "open orders left"),
        (report["errors_logged"], "errors logged"),
        (money(Decimal(report["volume"])), f"{run.quote} traded"),
        (money(earned, signed=True), f"{run.quote} profit against holding"),
    ]
    cells = "".join(f'<div class="tile"><b>{value}</b><span>{escape(label)}</span></div>' for value, label in tiles)
    return f'<section class="tiles">{cells}</section>'


def _price(run: Run, origin: int) -> str:
    samples = run.samples
    last = samples[-1].at_ms if samples else 0
    segments = [
        Segment(
            start=max(0.0, _seconds(order.created_ms, origin)),
            end=_seconds(min(order.ended_ms or last, last), origin),
            y=float(order.price),
            kind=order.side,
            title=f"{order.side} {text(order.amount)} at {text(order.price)}: {_end(order)}",
        )
        for order in run.orders
        if order.created_ms <= last
    ]
    marks = [
        Mark(
            _seconds(fill.time_ms, origin),
            float(fill.price),
            fill.side,
            f"{'bought' if fill.side == 'buy' else 'sold'} {text(fill.amount)} at {text(fill.price)}, "
            f"fee {text(fill.fee)} {fill.fee_asset}",
        )
        for fill in run.fills
        if fill.time_ms <= last
    ]
    drawn = chart(
        title=f"Mid price of {run.pair} with the bot's orders and fills",
        band=(_points(samples, origin, lambda s: s.bid), _points(samples, origin, lambda s: s.ask)),
        lines=[Line(_points(samples, origin, lambda s: s.mid), "mid")],
        segments=segments,
        marks=marks,
    )
    caption = (
        f'{run.quote} per {run.base}. <i class="line mid"></i>mid price <i class="band"></i>bid to ask '
        '<i class="line buy"></i>our buy orders <i class="line sell"></i>our sell orders '
        '<i class="buy"></i>bought <i class="sell"></i>sold'
    )
    return _figure("Price, orders and fills", caption, drawn)


def _inventory(run: Run, origin: int) -> str:
    points = _points(run.samples, origin, lambda s: s.base)
    drawn = chart(
        title=f"{run.base} held over time", width=_HALF, height=220, lines=[Line(points, "accent", steps=True)]
    )
    return _figure("Inventory", f"{run.base} held, locked in orders or not", drawn)


def _equity(run: Run, origin: int) -> str:
    start = run.reconciliation.balances
    base, quote = start[run.base].start, start[run.quote].start
    drawn = chart(
        title=f"What the account is worth over time, in {run.quote}",
        width=_HALF,
        height=220,
        lines=[
            Line(_points(run.samples, origin, lambda s: quote + base * s.mid), "hold"),
            Line(_points(run.samples, origin, lambda s: s.equity), "accent"),
        ],
    )
    caption = (
        f'{run.quote}, at the mid price. <i class="line accent"></i>equity <i class="line hold"></i>had it just held'
    )
    return _figure("Equity", caption, drawn)


def _profit(run: Run, origin: int) -> str:
    start = run.reconciliation.balances
    base, quote = start[run.base].start, start[run.quote].start
    points = _points(run.samples, origin, lambda s: s.equity - quote - base * s.mid)
    drawn = chart(
        title=f"Profit against holding over time, in {run.quote}",
        width=_HALF,
        height=220,
        lines=[Line(points, "accent")],
    )
    return _figure("Profit against holding", f"{run.quote}, fees paid: equity less what it would be untraded", drawn)


def _lives(run: Run) -> str:
    lives = [(life, order.end) for order in run.orders if (life := life_s(order)) is not None]
    longest = max((life for life, _ in lives), default=1.0) or 1.0
    width = longest / _BINS
    counts = [[0, 0] for _ in range(_BINS)]
    for life, end in lives:
        counts[min(_BINS - 1, int(life / width))][end == "filled"] += 1
    bars = [
        Bar(
            index * width,
            (index + 1) * width,
            [(filled, "filled"), (canceled, "canceled")],
            f"{index * width:.1f} to {(index + 1) * width:.1f} s: {filled} filled, {canceled} cancelled",
        )
        for index, (canceled, filled) in enumerate(counts)
    ]
    drawn = chart(
        title="How long the bot's orders lived", width=_HALF, height=220, bars=bars, y_text=lambda y: f"{y:,.0f}"
    )
    caption = 'orders by life time. <i class="filled"></i>filled <i class="canceled"></i>cancelled'
    return _figure("Order life times", caption, drawn)


def _books(report: dict[str, Any]) -> str:
    rows = []
    for asset, row in report["balances"].items():
        difference = report["balance_difference"][asset]
        cells = "".join(f"<td>{row[key]}</td>" for key in ("start", "venue", "hummingbot", "connector"))
        kind = "zero" if difference == "0" else "off"
        rows.append(f'<tr><td>{escape(asset)}</td>{cells}<td class="{kind}">{difference}</td></tr>')
    return (
        "<section><h2>Three sources, one result</h2>"
        '<p class="dim small">Balances to the last digit. Hummingbot: the start, plus every fill in its database, less '
        "the fees. Connector: what it reported to Hummingbot when the market had come to rest.</p>"
        '<div class="scroll"><table><thead><tr><th></th><th>start</th><th>the venue\'s ledger</th>'
        "<th>Hummingbot's database</th><th>the connector</th><th>difference</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _notes(run: Run, report: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    fees = ", ".join(f"{amount} {asset}" for asset, amount in report["fees"].items()) or "none"
    errors = "".join(f"<li>{escape(error)}</li>" for error in report["errors"])
    listed = f"<p>Errors in Hummingbot's log:</p><ul>{errors}</ul>" if errors else ""
    return (
        f'<section class="small"><p class="dim">{escape(versions)}. Fees paid: {escape(fees)}. '
        f"{report['calls_on_loopback']} network calls of Hummingbot's processes, "
        f"{report['calls_beyond_loopback']} of them beyond this machine. "
        f"From the command to the first order: {run.start_up_s:.0f} s.</p>{listed}</section>"
    )


def _figure(title: str, caption: str, drawn: str) -> str:
    return f"<figure><h2>{escape(title)}</h2><figcaption>{caption}</figcaption>{drawn}</figure>"


def _points(samples: Sequence[Sample], origin: int, value: Any) -> list[Point]:
    return [Point(_seconds(sample.at_ms, origin), float(value(sample))) for sample in samples]


def _seconds(at_ms: int, origin: int) -> float:
    return (at_ms - origin) / 1000


def _end(order: OrderFact) -> str:
    life = life_s(order)
    return "open" if life is None else f"{order.end} after {life:.1f} s"
