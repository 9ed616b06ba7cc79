"""What was found of each exchange: kept in build/coverage, one part per test module, joined into report.json."""

import fcntl
import json
import os
import statistics
from importlib import resources
from pathlib import Path
from typing import Any

from hummingbot_ccxt import registry
from hummingbot_ccxt.mapping import ExchangeMapping, load_mapping

FOLDER = Path(__file__).parents[2] / "build" / "coverage"


def keep(part: str, rows: dict[str, dict[str, Any]]) -> None:
    """Keep one module's findings, and join them with those of the others into report.json and report.md.

    What is kept of exchanges that were not run now stays: a run of one exchange, or of one of pytest's workers, adds to
    the report and takes nothing away.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = FOLDER / f"part-{part}.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        run = {exchange_id: row for exchange_id, row in rows.items() if row}
        kept = {name: {**known.get(name, {}), **run.get(name, {})} for name in sorted({*known, *run})}
        _write(path, json.dumps(kept, indent=1))
        joined = report()
        _write(FOLDER / "report.json", json.dumps(joined, indent=1))
        _write(FOLDER / "report.md", table(joined))


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def report() -> dict[str, Any]:
    """The figures, and what is known of each exchange."""
    exchanges: dict[str, dict[str, Any]] = {exchange_id: {} for exchange_id in registry.exchanges()}
    for path in sorted(FOLDER.glob("part-*.json")):
        for exchange_id, row in json.loads(path.read_text(encoding="utf-8")).items():
            if exchange_id in exchanges:
                exchanges[exchange_id].update(row)
    for exchange_id, row in exchanges.items():
        row["quirks"] = quirks(load_mapping(exchange_id))
        row["mapping_lines"] = mapping_lines(exchange_id)
    lines = [row["mapping_lines"] for row in exchanges.values() if row["mapping_lines"]]
    return {
        "ccxt": registry.shipped().ccxt_version,
        "exchanges": len(exchanges),
        "constructed": sum(row.get("constructed") is True for row in exchanges.values()),
        "life_cycle_passed": sum(row.get("life_cycle") == "passed" for row in exchanges.values()),
        "mapped": len(lines),
        "quirks": sum(row["quirks"] for row in exchanges.values()),
        "lines_per_mapping_median": statistics.median(lines) if lines else 0,
        "per_exchange": exchanges,
    }


def quirks(mapping: ExchangeMapping) -> int:
    """How many values a mapping states: each entry of a table counts, each field that is set counts once."""
    return _stated(mapping, ExchangeMapping(exchange=mapping.exchange))


def _stated(value: Any, default: Any) -> int:
    count = 0
    for name, usual in vars(default).items():
        given = getattr(value, name)
        if given == usual:
            continue
        if hasattr(usual, "__dataclass_fields__"):
            count += _stated(given, usual)
        else:
            count += len(given) if isinstance(given, dict | tuple | frozenset | list) else 1
    return count


def mapping_lines(exchange_id: str) -> int:
    """The length of an exchange's mapping module; 0 where there is none."""
    module = resources.files("hummingbot_ccxt.mappings") / f"{exchange_id}.py"
    return len(module.read_text(encoding="utf-8").splitlines()) if module.is_file() else 0


def table(joined: dict[str, Any]) -> str:
    """The report as a Markdown table."""
    figures = ", ".join(f"{name} {value}" for name, value in joined.items() if name != "per_exchange")
    rows = [
        f"{figures}\n",
        "| exchange | streams | life cycle | left out | markets | quirks |",
        "|---|---|---|---|---|---|",
    ]
    for exchange_id, row in joined["per_exchange"].items():
        left_out = "; ".join(f"{step}: {reason}" for step, reason in row.get("left_out", {}).items()) or "-"
        cells = (
            exchange_id,
            ", ".join(row.get("streams", [])) or "none",
            row.get("life_cycle", "not run"),
            left_out,
            row.get("markets", "not run"),
            str(row["quirks"] or "-"),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"
