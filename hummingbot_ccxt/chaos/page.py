"""The storm as one page: figures per exchange, what went wrong, each round's time line, nothing loaded."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from hummingbot_ccxt.chaos.report import COUNTED
from hummingbot_ccxt.demo.charts import tick_text, ticks
from hummingbot_ccxt.demo.page import STYLE

_OWN_STYLE = """
rect.fault { fill: var(--accent); opacity: .75; } rect.recovery { fill: var(--hold); } rect.late { fill: var(--sell); }
i.fault { background: var(--accent); } i.recovery { background: var(--hold); } i.late { background: var(--sell); }
text.row { fill: var(--ink); font-size: 12px; } h3 { font-size: 14px; margin: 14px 0 4px; font-weight: 600; }
details { margin-top: 8px; } summary { cursor: pointer; } summary h3 { display: inline; }
main { max-width: 1240px; }
"""
_ROW, _LEFT, _WIDTH, _BOTTOM = 17.0, 150.0, 960.0, 22.0
_COLUMNS = ("orders", "fills", "kinds of fault", "lost", "doubled", "orphaned", "wrong", "balances", "dead streams",
            "not recovered", "recovery p50, p99", "late books", "books p50, p99, max", "pairs of faults")  # fmt: skip
_PROBLEMS_SHOWN = 40


def html(report: Mapping[str, Any]) -> str:
    """The whole page, of what report.json says."""
    verdict, kind = _verdict(report)
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    title = "A storm, and what came through"
    body = [
        f'<header><div><h1>{title}</h1><p class="dim">Seed {report["seed"]}; waits {report["pace"]:g} times shorter '
        f"than in life; {report['seconds']:.0f} s. {escape(versions)}</p></div>"
        f'<span class="verdict{kind}">{verdict}</span></header>',
        _table(report["exchanges"]),
    ]
    for exchange, kinds in report["exchanges"].items():
        body += [_section(exchange, name, found) for name, found in kinds.items()]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}{_OWN_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _verdict(report: Mapping[str, Any]) -> tuple[str, str]:
    """What the page's head says, and its class. Nothing is promised of rounds that were not played."""
    rounds = report["rounds"]
    if report["passed"]:
        return "nothing lost", ""
    if not report["wrong"] and rounds["played"] < rounds["planned"]:
        return f"{rounds['played']} of {rounds['planned']} rounds, nothing lost so far", ""
    return "something is wrong", " bad"


def _table(exchanges: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(exchange)}, {escape(kind)}</td>{_cells(found)}</tr>"
        for exchange, kinds in exchanges.items()
        for kind, found in kinds.items()
    )
    heads = "".join(f"<th>{title}</th>" for title in _COLUMNS)
    return (
        '<section><h2>Venue, Hummingbot and connector compared</h2><p class="dim small">Every order and fill of the '
        "venue's ledger against Hummingbot's events and database and the connector's state. Recovery: seconds from the "
        "end of a fault until books, orders and balances are right, at the pace above. Books: until they alone are; "
        "late after one heartbeat of the connection and the second that a new one takes. Pairs of faults: "
        "that struck together, of those that can.</p>"
        f'<div class="scroll"><table><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        "</section>"
    )


def _cells(found: Mapping[str, Any]) -> str:
    plain = (found["orders"], found["fills"], len(found["faults"]))
    counted = [found[name] for name in COUNTED]
    counted += [len(found["balance_difference"]), found["dead_streams"], found["not_recovered"]]
    recovery = found["recovery_seconds"]
    said = "none measured" if recovery["p50"] is None else f"{recovery['p50']:.2f}, {recovery['p99']:.2f}"
    seconds = [found["book_seconds"][name] for name in ("p50", "p99", "max")]
    books = ", ".join(f"{value:.2f}" for value in seconds if value is not None) or "none measured"
    return (
        "".join(f"<td>{value:,}</td>" for value in plain)
        + "".join(f'<td class="{"off" if value else "zero"}">{value:,}</td>' for value in counted)
        + f"<td>{said}</td>"
        + f'<td class="{"off" if found["late_books"] else "zero"}">{found["late_books"]:,}</td>'
        + f"<td>{books}</td><td>{found['fault_pairs'][0]:,} of {found['fault_pairs'][1]:,}</td>"
    )


def _section(exchange: str, kind: str, found: Mapping[str, Any]) -> str:
    problems = "".join(f"<li>{escape(each)}</li>" for each in found["problems"][:_PROBLEMS_SHOWN])
    parts = [f"<section><h2>{escape(exchange)}, {escape(kind)}</h2>"]
    if problems:
        parts.append(f'<details class="small"><summary>What was wrong</summary><ul>{problems}</ul></details>')
    parts.append(
        '<p class="dim small">One row a kind of fault, seconds since the beginning. <i class="fault"></i>the fault '
        '<i class="recovery"></i>until all was right again <i class="late"></i>not right in time</p>'
    )
    for place, each in enumerate(found["rounds"]):
        title = f"{each['orders']:,} orders, seed {escape(each['seed'])}"
        is_open, drawn = "" if place else " open", time_line(each["episodes"])
        parts.append(f"<details{is_open}><summary><h3>{title}</h3></summary>{drawn}</details>")
    return "".join(parts) + "</section>"


def time_line(episodes: Sequence[Mapping[str, Any]]) -> str:
    """One SVG element: when each kind of fault was at work, and how long it took afterwards."""
    names = list(dict.fromkeys(name for each in episodes for name in each["faults"]))
    height = _ROW * len(names) + _BOTTOM
    last = max((each["ended"] + (each["recovery"] or 0.0) for each in episodes), default=1.0) or 1.0

    def x(seconds: float) -> float:
        return _LEFT + seconds / last * (_WIDTH - _LEFT - 8)

    parts, marks = [], ticks(0.0, last, 8)
    for mark in marks:
        at, text = x(mark), tick_text(mark, marks[1] - marks[0] if len(marks) > 1 else 1.0)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{height - _BOTTOM:.0f}"/>')
        parts.append(f'<text class="tick" x="{at:.1f}" y="{height - 6:.0f}" text-anchor="middle">{text}</text>')
    for row, name in enumerate(names):
        parts.append(f'<text class="row" x="0" y="{row * _ROW + 12:.0f}">{escape(name)}</text>')
    for each in episodes:
        recovery = each["recovery"] or 0.0
        kind = "recovery" if each["recovered"] and each["books_in_time"] else "late"
        what = f"{' + '.join(each['faults'])}, {each['began']:.1f} to {each['ended']:.1f} s"
        if each["recovery"] is not None:
            what += f", right after {recovery:.2f} s" if each["recovered"] else f", not right after {recovery:.0f} s"
        if each["books"] is not None:
            what += f", books after {each['books']:.2f} s" + ("" if each["books_in_time"] else ", which is late")
        for name in each["faults"]:
            top = names.index(name) * _ROW + 3
            for start, end, style in (
                (each["began"], each["ended"], "fault"),
                (each["ended"], each["ended"] + recovery, kind),
            ):
                parts.append(
                    f'<rect class="{style}" x="{x(start):.1f}" y="{top:.0f}" width="{max(0.8, x(end) - x(start)):.1f}" '
                    f'height="11"><title>{escape(what)}</title></rect>'
                )
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {height:g}" role="img" aria-label="Faults over time">'
        f"<title>Faults over time</title>{''.join(parts)}</svg>"
    )
