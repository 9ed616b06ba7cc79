"""The report as one page: what is reached, each figure of each exchange, how costs grow; nothing is loaded."""

import math
from collections.abc import Iterable
from html import escape
from typing import Any

from hummingbot_ccxt.bench.figures import GOALS, MORE_IS_BETTER
from hummingbot_ccxt.demo.page import STYLE

FIGURES = (
    "book_cpu_ratio",
    "book_cpu_ratio_1_pairs",
    "book_cpu_ratio_100_pairs",
    "book_cpu_ratio_5_levels",
    "book_cpu_ratio_100_levels",
    "book_burst_ratio",
    "book_latency_p50_ratio",
    "book_latency_p99_ratio",
    "trade_cpu_ratio",
    "order_latency_p50_ratio",
    "order_latency_p99_ratio",
    "cancel_latency_p50_ratio",
    "cancel_latency_p99_ratio",
    "fill_latency_p50_ratio",
    "start_to_ready_ratio",
    "import_extra_seconds",
    "scan_extra_ms",
    "rss_extra_mb",
    "growth_200_pairs",
)
"""Those that are one number, in the order in which they are shown."""
_SAYS = {
    "book_cpu_ratio": "CPU a book frame: 20 pairs, 10 frames/s each, 20 levels",
    "book_cpu_ratio_1_pairs": "the same rate on 1 pair",
    "book_cpu_ratio_100_pairs": "the same rate on 100 pairs",
    "book_cpu_ratio_5_levels": "5 levels a frame",
    "book_cpu_ratio_100_levels": "100 levels a frame",
    "book_burst_ratio": "frames a second in a burst (more is better)",
    "book_latency_p50_ratio": "socket to order book, median",
    "book_latency_p99_ratio": "socket to order book, 99th percentile",
    "trade_cpu_ratio": "CPU a public trade",
    "order_latency_p50_ratio": "buy() to the first byte at the venue, median",
    "order_latency_p99_ratio": "the same, 99th percentile",
    "cancel_latency_p50_ratio": "cancel() to the first byte at the venue, median",
    "cancel_latency_p99_ratio": "the same, 99th percentile",
    "fill_latency_p50_ratio": "the venue's execution message to OrderFilledEvent, median",
    "start_to_ready_ratio": "construction to ready, 5 pairs",
    "import_extra_seconds": "CPU seconds of importing, over native",
    "scan_extra_ms": "CPU ms that the plug-in adds to Hummingbot's scan of connectors",
    "rss_extra_mb": "resident MB over native",
    "growth_200_pairs": "our cost of a frame at 200 pairs / at 1 pair",
}
_WORDS = {"aim": "aim reached", "reached": "as good as it must be", "missed": "not reached", "unknown": "not measured"}
_STYLE = """
td.aim { color: var(--buy); font-weight: 600; } td.missed { color: var(--sell); font-weight: 600; }
td.unknown { color: var(--dim); } td.what { white-space: normal; min-width: 220px; }
.ours { stroke: var(--accent); fill: var(--accent); } .native { stroke: var(--hold); fill: var(--hold); }
polyline.ours, polyline.native { fill: none; stroke-width: 1.8; } i.ours { background: var(--accent); }
i.native { background: var(--hold); } .dot { stroke: var(--card); } .one { stroke: var(--ink); stroke-width: 1; }
.at { stroke: var(--hold); stroke-width: 2; } .dot.aim { fill: var(--buy); } .dot.missed { fill: var(--sell); }
.dot.reached, .dot.unknown, .dot.free { fill: var(--accent); } text.name { fill: var(--ink); font-size: 12.5px; }
"""
_LEFT, _ROW, _WIDTH = 390.0, 22.0, 960.0
_LOW, _HIGH = 1 / 16, 16.0


def html(report: dict[str, Any]) -> str:
    """The whole page; `report` is what `report.json` says."""
    exchanges = report["exchanges"]
    missed = sum(each == "missed" for found in exchanges.values() for each in found["goals"].values())
    verdict = "every figure as good as it must be" if not missed else f"{missed} figures not as good as they must be"
    body = [
        '<header><div><h1>Our connector beside Hummingbot\'s own</h1><p class="dim">Ratios are ours / native: below 1, '
        "ours costs less. Both took the same frames and placed the same orders, in turn, each in a process of its own."
        f'</p></div><span class="verdict{" bad" if missed else ""}">{verdict}</span></header>',
        _figures(exchanges),
        *(_exchange(name, found) for name, found in exchanges.items()),
        _notes(report),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>hummingbot-ccxt bench</title>\n<style>{STYLE}{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def number(value: float | None) -> str:
    """Three digits, a dash for none."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def counted(count: int | str, what: str) -> str:
    """`1 pair`, `2 pairs`."""
    return f"{count} {what}{'' if int(count) == 1 else 's'}"


def _figures(exchanges: dict[str, Any]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in exchanges)
    rows = []
    for name in FIGURES:
        cells = "".join(
            f'<td class="{found["goals"].get(name, "")}">{number(found[name])}</td>' for found in exchanges.values()
        )
        at_least, aim = (f"{value:g}" for value in GOALS[name]) if name in GOALS else ("", "")
        rows.append(f'<tr><td class="what">{_SAYS[name]}</td>{cells}<td>{at_least}</td><td>{aim}</td></tr>')
    for state in ("idle", "trading"):
        cells = "".join(_requests(found["requests_per_minute"][state]) for found in exchanges.values())
        rows.append(
            f'<tr><td class="what">requests a minute, {state}: ours / native</td>{cells}<td></td><td></td></tr>'
        )
    return (
        '<section><h2>Every figure</h2><div class="scroll"><table>'
        f"<thead><tr><th></th>{head}<th>at least</th><th>aim</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _requests(found: dict[str, float | None]) -> str:
    if not found:
        return '<td class="unknown">not measured</td>'
    return f'<td>{number(found.get("ours"))} <span class="dim">/ {number(found.get("native"))}</span></td>'


def _exchange(name: str, found: dict[str, Any]) -> str:
    growth = found["growth"]
    return (
        f"<figure><h2>{escape(name)}</h2><figcaption>Ours / native, each round a tick, their median the dot; left of "
        f"the line ours is better{_burst_note()}.</figcaption>{_ratios(found)}</figure>"
        '<div class="pair">'
        + _growing(f"{name}: CPU a frame by number of pairs", "pair", growth["pairs"])
        + _growing(f"{name}: CPU a frame by depth of the books", "level", growth["depth"])
        + "</div>"
    )


def _burst_note() -> str:
    return ", the burst apart, drawn as native / ours" if MORE_IS_BETTER else ""


def _ratios(found: dict[str, Any]) -> str:
    """A row for each ratio on a logarithmic scale."""
    names = [name for name in FIGURES if name.endswith("_ratio") or "_ratio_" in name]
    height = _ROW * len(names) + 34
    parts = []
    for power in range(-4, 5):
        x = _x(2.0**power)
        kind = "one" if power == 0 else "grid"
        label = f"{2**power}" if power >= 0 else f"1/{2**-power}"
        parts.append(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height - 26:.0f}"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="{height - 8:.0f}" text-anchor="middle">{label}</text>')
    for place, name in enumerate(names):
        y = 4 + _ROW * (place + 0.5)
        parts.append(f'<text class="name" x="0" y="{y + 4:.1f}">{escape(_SAYS[name])}</text>')
        if (value := found[name]) is None:
            continue
        better = (lambda v: 1 / v) if name in MORE_IS_BETTER else (lambda v: v)
        for each in _spread(found, name):
            parts.append(_tick(_x(better(each)), y))
        kind = found["goals"].get(name, "free")
        parts.append(
            f'<circle class="dot {kind}" cx="{_x(better(value)):.1f}" cy="{y:.1f}" r="5">'
            f"<title>{escape(_SAYS[name])}: {number(value)} ({_WORDS.get(kind, 'no goal')})</title></circle>"
        )
    return _svg(_WIDTH, height, "Ratios, ours to native", parts)


def _spread(found: dict[str, Any], name: str) -> Iterable[float]:
    return [each for each in found["spreads"].get(name, ()) if each > 0]


def _tick(x: float, y: float) -> str:
    return f'<line class="at" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 5:.1f}" y2="{y + 5:.1f}"/>'


def _x(ratio: float) -> float:
    low, high = math.log2(_LOW), math.log2(_HIGH)
    share = (math.log2(min(max(ratio, _LOW), _HIGH)) - low) / (high - low)
    return _LEFT + share * (_WIDTH - _LEFT - 20)


def _growing(title: str, unit: str, growth: dict[str, Any]) -> str:
    """Both connectors' cost at each size, sizes evenly apart; a sentence where there are no two to compare."""
    if not any(sum(value is not None for value in growth[kind].values()) > 1 for kind in ("ours", "native")):
        said = "Not measured: a run without --quick tells how the cost grows."
        return f"<figure><h2>{escape(title)}</h2><figcaption>{said}</figcaption></figure>"
    width, height, left, bottom = 470.0, 220.0, 52.0, 28.0
    sizes = list(growth["ours"])
    top = max((v for kind in ("ours", "native") for v in growth[kind].values() if v), default=1.0) * 1.1
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = 10 + (1 - share) * (height - bottom - 10)
        parts.append(f'<line class="grid" x1="{left}" x2="{width - 10}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(
            f'<text class="tick" x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{number(top * share)}</text>'
        )
    at = {size: left + 20 + place / max(1, len(sizes) - 1) * (width - left - 60) for place, size in enumerate(sizes)}
    for size, x in at.items():
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{height - 8}" text-anchor="middle">{counted(size, unit)}</text>'
        )
    for kind in ("native", "ours"):
        points = [
            (at[size], 10 + (1 - max(0.0, value) / top) * (height - bottom - 10))
            for size, value in growth[kind].items()
            if value is not None
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="{kind}" points="{path}"/>')
        parts += [f'<circle class="dot {kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points]
    ends = growth["last_to_first"]
    caption = (
        f'microseconds. <i class="ours"></i>ours, last / first {number(ends["ours"])} '
        f'<i class="native"></i>native, {number(ends["native"])}'
    )
    return (
        f"<figure><h2>{escape(title)}</h2><figcaption>{caption}</figcaption>"
        f"{_svg(width, height, title, parts)}</figure>"
    )


def _svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    label = escape(title)
    return f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _notes(report: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    plan = report["plan"]
    shares = max((found["source_cpu_share"] or 0 for found in report["exchanges"].values()), default=0)
    unseen = sum(found["unseen"] for found in report["exchanges"].values())
    return (
        f'<section class="small"><p class="dim">{escape(versions)}; {escape(report["machine"])}. '
        f"{counted(plan['rounds'], 'round')} of {plan['paced_s']:g} s for each load, "
        f"{plan['wide_rounds']} for other numbers of pairs and depths. "
        "CPU is process time less that of an idle run of the same process. The source of the frames, which are encoded "
        f"beforehand, used at most {shares:.0%} of a processor in a paced run; {unseen} changes never arrived."
        "</p></section>"
    )
