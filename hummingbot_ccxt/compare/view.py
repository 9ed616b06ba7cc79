"""What `compare` shows in a terminal: how far it is, a table, and what has to be looked at."""

import time

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hummingbot_ccxt.compare.comparison import Comparison, totals
from hummingbot_ccxt.compare.report import Result, reasons
from hummingbot_ccxt.compare.verdicts import Verdict

_STYLES = {
    "equal": "dim",
    Verdict.OURS_BETTER.value: "green3",
    Verdict.NATIVE_BETTER.value: "indian_red1",
    Verdict.ACCEPTED.value: "default",
    Verdict.UNCLASSIFIED.value: "yellow3",
}
_SHOWN = 90
_EXAMPLES = 3


class Progress:
    """One line per scenario, and in a terminal what is being played right now."""

    def __init__(self, console: Console, count: int) -> None:
        self._console, self._count, self._done = console, count, 0
        self._playing: dict[str, str] = {}
        self._status = console.status("starting")
        self._began = time.monotonic()

    def __enter__(self) -> "Progress":
        self._status.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._status.stop()

    def begun(self, exchange: str, scenario: str) -> None:
        """A scenario is being played."""
        self._playing[scenario + " on " + exchange] = scenario
        self._update()

    def done(self, comparison: Comparison) -> None:
        """A scenario was played and compared."""
        self._done += 1
        self._playing.pop(f"{comparison.scenario} on {comparison.exchange}", None)
        counted = totals([comparison])
        parts = [f"{counted['equal']} equal"]
        parts += [f"{counted[each.value]} {words(each)}" for each in Verdict if counted[each.value]]
        line = Text(f"[{self._done:3}/{self._count}] {comparison.exchange:<8} {comparison.scenario:<28} ")
        line.append(", ".join(parts), style=_STYLES[worst(comparison)])
        self._console.print(line, soft_wrap=True)
        self._update()

    def _update(self) -> None:
        gone = time.monotonic() - self._began
        self._status.update(f"{gone:.0f} s: {', '.join(self._playing)}")


def words(verdict: Verdict) -> str:
    """A verdict as people write it."""
    return verdict.value.replace("_", " ")


def worst(comparison: Comparison) -> str:
    """The verdict that a scenario is coloured by, or "equal"."""
    counted = totals([comparison])
    order = (Verdict.NATIVE_BETTER, Verdict.UNCLASSIFIED, Verdict.OURS_BETTER, Verdict.ACCEPTED)
    return next((each.value for each in order if counted[each.value]), "equal")


def summary(console: Console, result: Result) -> None:
    """The figures, each reason once with examples, and whether it passed."""
    console.print(_table(result))
    for exchange in result.exchanges:
        differences = [each for comparison in result.of(exchange) for each in comparison.differences]
        for verdict, reason, evidence, found in reasons(differences):
            head = Text(f"{exchange}  ", style="bold")
            head.append(f"{words(verdict)} ({len(found)})", style=_STYLES[verdict.value])
            head.append(f"  {reason or 'nobody has judged this yet'}")
            if evidence:
                head.append(f"  [{evidence}]", style="dim")
            console.print(head, soft_wrap=True)
            looked_at = verdict in (Verdict.NATIVE_BETTER, Verdict.UNCLASSIFIED)
            for each in found if looked_at else found[:_EXAMPLES]:
                venue = "" if each.venue is None else f"; the venue: {_cut(each.venue)}"
                console.print(
                    f"    {each.scenario}: {_cut(each.key)}\n"
                    f"        native: {_cut(each.native)}; ours: {_cut(each.ours)}{venue}",
                    markup=False, highlight=False, soft_wrap=True,
                )  # fmt: skip
            if not looked_at and len(found) > _EXAMPLES:
                console.print(f"    ... and {len(found) - _EXAMPLES} more", style="dim", highlight=False)
    for rule in result.stale:
        console.print(f"out of date: {rule} in verdicts.toml describes nothing that was seen", style="yellow3")
    verdict_text, style = (
        ("nothing is better in the native connector, and every difference is judged", "green3")
        if result.passed
        else ("there are differences in the native connector's favour, or that nobody has judged", "indian_red1")
    )
    end = f"{verdict_text} ({result.seconds:.0f} s, seed {result.seed})"
    console.print(end, style=style, highlight=False, soft_wrap=True)


def _table(result: Result) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")  # whole in 80 columns
    table.add_column("exchange")
    names = ("scenarios", "equal", *(verdict.value for verdict in Verdict))
    for name in names:
        table.add_column(name.replace("_", " "), justify="right")
    for exchange in result.exchanges:
        counted = totals(result.of(exchange))
        cells = [
            Text(str(counted[name]), style=_STYLES.get(name, "default") if counted[name] else "dim") for name in names
        ]
        table.add_row(exchange, *cells)
    return table


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
