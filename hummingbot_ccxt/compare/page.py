"""The report as one page: figures, the reasons of all differences, each scenario; nothing is loaded from anywhere."""

from collections.abc import Sequence
from html import escape
from importlib.metadata import version

from hummingbot_ccxt.compare.book import SCENARIOS
from hummingbot_ccxt.compare.comparison import Comparison, Difference, totals
from hummingbot_ccxt.compare.facts import Recording
from hummingbot_ccxt.compare.report import Result, differing_first, reasons
from hummingbot_ccxt.compare.style import STYLE
from hummingbot_ccxt.compare.timeline import drawn
from hummingbot_ccxt.compare.verdicts import Verdict
from hummingbot_ccxt.compare.view import words, worst

_KEPT = 160
_TITLE = "Hummingbot's native connectors and ours"


def html(result: Result) -> str:
    """The whole page."""
    body = [
        _header(result),
        _tiles(result),
        _overview(result),
        _stale(result),
        *(_exchange(result, exchange) for exchange in result.exchanges),
        _notes(result),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(_TITLE)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(filter(None, body))
        + "\n</main>\n</body>\n</html>\n"
    )


def _header(result: Result) -> str:
    verdict, kind = ("nothing is better in the native one", "") if result.passed else ("to be looked at", " bad")
    return (
        f'<header><div><h1>{escape(_TITLE)}</h1><p class="dim">The same scenarios, twice on the same embedded '
        f"exchange, seed {result.seed}; the exchange's own ledger says who is right</p></div>"
        f'<span class="verdict{kind}">{verdict}</span></header>'
    )


def _tiles(result: Result) -> str:
    counted = totals(result.comparisons)
    tiles = [
        (len(result.exchanges), "exchanges", ""),
        (counted["scenarios"], "scenarios played by both", ""),
        (counted["equal"], "facts equal", ""),
        *((counted[each.value], words(each), each.value if counted[each.value] else "") for each in Verdict),
    ]
    cells = "".join(
        f'<div class="tile"><b class="{kind}">{value:,}</b><span>{escape(label)}</span></div>'
        for value, label, kind in tiles
    )
    return f'<section class="tiles">{cells}</section>'


def _overview(result: Result) -> str:
    names = ("scenarios", "equal", *(each.value for each in Verdict))
    rows = []
    for exchange in result.exchanges:
        comparisons = result.of(exchange)
        counted = totals(comparisons)
        cells = "".join(f"<td>{_count(name, counted[name])}</td>" for name in names)
        sent = [sum(sum(run.requests.values()) for run in runs) for runs in _runs(comparisons)]
        native = result.natives[exchange].rpartition(":")[2]
        rows.append(
            f'<tr><td><a href="#{exchange}">{exchange}</a></td><td>{escape(native)}</td>{cells}'
            f"<td>{sent[0]:,}</td><td>{sent[1]:,}</td></tr>"
        )
    heads = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in names)
    return (
        '<section><h2>Exchange by exchange</h2><div class="scroll"><table><thead><tr><th>exchange</th>'
        f"<th>native connector</th>{heads}<th>requests, native</th><th>ours</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _runs(comparisons: Sequence[Comparison]) -> tuple[list[Recording], list[Recording]]:
    return [each.native for each in comparisons], [each.ours for each in comparisons]


def _count(name: str, value: int) -> str:
    judged = name in {each.value for each in Verdict}
    return f'<span class="badge {name if value else ""}">{value}</span>' if judged else f"{value:,}"


def _stale(result: Result) -> str:
    items = "".join(f"<li>{escape(str(rule))}: {escape(rule.reason)}</li>" for rule in result.stale)
    return f"<section><h2>Verdicts that are out of date</h2><ul>{items}</ul></section>" if items else ""


def _exchange(result: Result, exchange: str) -> str:
    comparisons = result.of(exchange)
    differences = [each for comparison in comparisons for each in comparison.differences]
    parts = "".join(_scenario(each) for each in differing_first(comparisons))
    return (
        f'<section id="{exchange}"><h2>{exchange}</h2>'
        f'<p class="dim small">Every difference by its reason, the scenarios below.</p>'
        f"{''.join(_reason(*each) for each in reasons(differences))}"
        f'<h2 style="margin-top:22px">{exchange}, scenario by scenario</h2>{parts}</section>'
    )


def _reason(verdict: Verdict, reason: str, evidence: str, found: Sequence[Difference]) -> str:
    scenarios = list(dict.fromkeys(each.scenario for each in found))
    links = ", ".join(f'<a href="#{each.exchange}-{each.scenario}">{each.scenario}</a>' for each in _firsts(found))
    facts = "1 fact" if len(found) == 1 else f"{len(found)} facts"
    cited = f" Evidence: {escape(evidence)}." if evidence else ""
    where = f"{facts} in {len(scenarios)} scenario{'s' if len(scenarios) > 1 else ''}: {links}.{cited}"
    return (
        f'<div class="reason"><span><span class="badge {verdict.value}">{words(verdict)}</span></span>'
        f'<p>{escape(reason or "nobody has judged this yet")}</p><p class="where">{where}</p></div>'
    )


def _firsts(found: Sequence[Difference]) -> list[Difference]:
    return list({each.scenario: each for each in reversed(found)}.values())[::-1]


def _scenario(comparison: Comparison) -> str:
    counted = totals([comparison])
    badges = "".join(
        f'<span class="badge {each.value}">{counted[each.value]} {words(each)}</span>'
        for each in Verdict
        if counted[each.value]
    )
    title = SCENARIOS[comparison.scenario].title if comparison.scenario in SCENARIOS else ""
    is_open = " open" if worst(comparison) in (Verdict.NATIVE_BETTER.value, Verdict.UNCLASSIFIED.value) else ""
    return (
        f'<details class="scenario" id="{comparison.exchange}-{comparison.scenario}"{is_open}>'
        f'<summary><span class="name">{comparison.scenario}</span><span>{escape(title)}</span>'
        f'<span class="marks">{badges}<span class="badge">{counted["equal"]} equal</span></span></summary>'
        f"{_differences(comparison)}{drawn(comparison.native, comparison.ours)}"
        f"{_requests(comparison)}{_equal(comparison)}"
        "</details>"
    )


def _differences(comparison: Comparison) -> str:
    if not comparison.differences:
        return ""
    # A reason is told once for all that it explains, beside them.
    rows = "".join(
        f'<tr><td><span class="badge {each.verdict.value}">{words(each.verdict)}</span></td><td>{_short(each.key)}</td>'
        f'<td class="value {_right(each.native, each.venue)}">{_short(each.native)}</td>'
        f'<td class="value {_right(each.ours, each.venue)}">{_short(each.ours)}</td>'
        f'<td class="value">{"" if each.venue is None else _short(each.venue)}</td>'
        + (f'<td rowspan="{len(found)}">{escape(reason)}</td></tr>' if each is found[0] else "</tr>")
        for _, reason, _, found in reasons(comparison.differences)
        for each in found
    )
    return (
        '<div class="scroll"><table class="facts"><thead><tr><th></th><th>what</th><th>native</th><th>ours</th>'
        f"<th>the venue's ledger</th><th>why</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _right(value: str, venue: str | None) -> str:
    """A class of the style: green for what the ledger agrees with."""
    if venue is None or " in native's run" in venue:
        return ""
    return "right" if value == venue else "wrong"


def _requests(comparison: Comparison) -> str:
    names = sorted({*comparison.native.requests, *comparison.ours.requests})
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{comparison.native.requests.get(name, 0)}</td>"
        f"<td>{comparison.ours.requests.get(name, 0)}</td></tr>"
        for name in names
    )
    sent = [sum(run.requests.values()) for run in (comparison.native, comparison.ours)]
    return (
        f'<details class="small"><summary class="dim">Requests: native {sent[0]}, ours {sent[1]}; seconds: native '
        f"{comparison.native.seconds:.1f}, ours {comparison.ours.seconds:.1f}</summary>"
        f'<table class="facts"><thead><tr><th>request</th><th>native</th><th>ours</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def _equal(comparison: Comparison) -> str:
    shown = [fact for fact in comparison.equal if not fact.key.startswith("level/")]
    levels = len(comparison.equal) - len(shown)
    rows = "".join(f"<tr><td>{_short(fact.key)}</td><td>{_short(fact.value)}</td></tr>" for fact in shown)
    more = f"<p>and {levels} levels of books</p>" if levels else ""
    return (
        f'<details class="small"><summary class="dim">{len(comparison.equal)} facts are equal</summary>'
        f'<table class="facts"><tbody>{rows}</tbody></table>{more}</details>'
    )


def _short(text: str) -> str:
    return escape(text if len(text) <= _KEPT else text[:_KEPT] + "…")


def _notes(result: Result) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("hummingbot-ccxt", "hummingbot", "ccxt"))
    return (
        f'<section class="small"><p class="dim">{escape(versions)}. {result.seconds:.0f} s. Each scenario ran on an '
        "exchange of its own inside this machine, which speaks the venue's protocol; both connectors are unmodified "
        "but for where their requests go. Reasons come from hummingbot_ccxt/compare/verdicts.toml.</p></section>"
    )
