"""What every run of the tests says at its beginning and its end."""

import json
import os
import random
import time
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).parents[1] / "build" / "coverage" / "report.json"
LONGEST = (
    "chaos/storms/", "profiles/test_life_cycle", "exchange/suite/test_suite_kraken.py", "bench/test_bench.py", "demo/",
    "exchange/test_books_after_gaps.py", "security/", "plugin/",
)  # fmt: skip
"""Modules that take minutes, by how their path below tests/ begins."""
_began = time.time()
os.environ.setdefault("CHAOS_SEED", str(random.SystemRandom().randrange(10**6)))  # the same in all of xdist's workers


def pytest_report_header() -> str:
    """Print the seed of the storms (tests/chaos/storms)."""
    return f"CHAOS_SEED={os.environ['CHAOS_SEED']}"


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Begin with what takes longest: processes are handed whole modules, and one that begins last is waited for."""
    tests = Path(__file__).parent

    def rank(item: Any) -> int:
        path = item.path.relative_to(tests).as_posix()
        return next((place for place, beginning in enumerate(LONGEST) if path.startswith(beginning)), len(LONGEST))

    items.sort(key=rank)  # a stable sort: everything else stays in its order


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures of the exchanges (tests/profiles/report.py), if this run made any.

    Here and not beside them: of pytest-xdist's processes only the workers know of that folder, and each would print.
    """
    if not FIGURES.is_file() or FIGURES.stat().st_mtime < _began:
        return
    kept = json.loads(FIGURES.read_text(encoding="utf-8"))
    figures = ", ".join(f"{name} {value}" for name, value in kept.items() if name != "per_exchange")
    terminalreporter.section("exchanges")
    terminalreporter.write_line(figures)
    for exchange_id, row in kept["per_exchange"].items():
        if row.get("life_cycle", "passed") != "passed":
            terminalreporter.write_line(f"{exchange_id}: {row['life_cycle']}")
    terminalreporter.write_line(f"by exchange: {FIGURES.with_suffix('.md')}")
