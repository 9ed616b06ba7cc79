"""Samples -> the report of an exchange: medians, spreads, paired ratios, and which goals they reach."""

import statistics
from collections.abc import Sequence
from typing import Any

from hummingbot_ccxt.bench import plan as plans
from hummingbot_ccxt.bench.measure import Samples

GOALS = {
    "book_cpu_ratio": (1.0, 0.5),
    "book_burst_ratio": (1.0, 2.0),
    "book_latency_p99_ratio": (1.0, 0.7),
    "order_latency_p50_ratio": (1.0, 0.7),
    "fill_latency_p50_ratio": (1.0, 0.7),
    "import_extra_seconds": (0.5, 0.2),
    "scan_extra_ms": (100.0, 30.0),
    "rss_extra_mb": (40.0, 15.0),
    "growth_200_pairs": (1.2, 1.0),
}
"""Figure -> what it must reach at least, and the aim."""
MORE_IS_BETTER = frozenset({"book_burst_ratio"})

_RATIOS = {
    "book_cpu_ratio": f"cpu_us/book/{plans.PAIRS}p/{plans.LEVELS}l/{plans.DEPTH}d",
    **{f"book_cpu_ratio_{n}_pairs": f"cpu_us/book/{n}p/{plans.LEVELS}l/{plans.DEPTH}d" for n in plans.OTHER_PAIRS},
    **{f"book_cpu_ratio_{n}_levels": f"cpu_us/book/{plans.PAIRS}p/{n}l/{plans.DEPTH}d" for n in plans.OTHER_LEVELS},
    "book_burst_ratio": "burst_frames_per_s",
    "book_latency_p50_ratio": "book_latency_us/p50",
    "book_latency_p99_ratio": "book_latency_us/p99",
    "trade_cpu_ratio": "cpu_us/trade",
    "order_latency_p50_ratio": "order_latency_us/p50",
    "order_latency_p99_ratio": "order_latency_us/p99",
    "cancel_latency_p50_ratio": "cancel_latency_us/p50",
    "cancel_latency_p99_ratio": "cancel_latency_us/p99",
    "fill_latency_p50_ratio": "fill_latency_us/p50",
    "start_to_ready_ratio": "start_s",
}
_DIFFERENCES = {"import_extra_seconds": "import_s", "rss_extra_mb": "memory_mb"}


def report_of(samples: Samples, scan_extra_ms: float | None) -> dict[str, Any]:
    """What `report.json` says of an exchange.

    Ratios are ours / native: the median of the rounds' own ratios. `samples` at the end has what they were made of.
    """
    report: dict[str, Any] = {key: _rounded(_ratio(samples, name)) for key, name in _RATIOS.items()}
    report |= {key: _rounded(_difference(samples, name)) for key, name in _DIFFERENCES.items()}
    report["scan_extra_ms"] = _rounded(scan_extra_ms)
    report["requests_per_minute"] = {
        state: {kind: _rounded(_median(values)) for kind, values in samples.get(f"requests_{state}", {}).items()}
        for state in ("idle", "trading")
    }
    report["growth"] = {
        "pairs": _growth(samples, {n: f"{n}p/{plans.LEVELS}l/{plans.DEPTH}d" for n in plans.GROWTH_PAIRS}),
        "depth": _growth(samples, {n: f"{plans.PAIRS}p/{plans.LEVELS}l/{n}d" for n in plans.GROWTH_DEPTHS}),
    }
    report["growth_200_pairs"] = report["growth"]["pairs"]["last_to_first"]["ours"]
    report["source_cpu_share"] = _rounded(max((v for each in samples["source_cpu"].values() for v in each), default=0))
    report["unseen"] = round(
        sum(v for k, s in samples.items() if k.startswith("unseen/") for vs in s.values() for v in vs)
    )
    report["spreads"] = {
        key: [_rounded(ours / native) for ours, native in _pairs(samples, name) if native > 0]
        for key, name in _RATIOS.items()
    }
    report["goals"] = {name: verdict(name, report[name]) for name in GOALS}
    report["samples"] = {name: _described(each) for name, each in sorted(samples.items())}
    return report


def verdict(name: str, value: float | None) -> str:
    """`aim`, `reached` or `missed`; `unknown` where there is no figure."""
    if value is None:
        return "unknown"
    at_least, aim = GOALS[name]
    sign = -1 if name in MORE_IS_BETTER else 1
    if sign * value <= sign * aim:
        return "aim"
    return "reached" if sign * value <= sign * at_least else "missed"


def _growth(samples: Samples, names: dict[int, str]) -> dict[str, Any]:
    """CPU in microseconds a frame at each size, and the last one over the first."""
    sizes: dict[str, dict[str, float | None]] = {
        kind: {
            str(size): _rounded(_median(samples.get(f"cpu_us/book/{name}", {}).get(kind, [])))
            for size, name in names.items()
        }
        for kind in plans.KINDS
    }
    ends: dict[str, float | None] = {}
    for kind, values in sizes.items():
        first, *_, last = values.values()
        ends[kind] = _rounded(last / first) if first and last and first > 0 else None
    return {**sizes, "last_to_first": ends}


def _pairs(samples: Samples, name: str) -> list[tuple[float, float]]:
    found = samples.get(name, {})
    return list(zip(found.get("ours", []), found.get("native", []), strict=False))


def _ratio(samples: Samples, name: str) -> float | None:
    return _median([ours / native for ours, native in _pairs(samples, name) if native > 0])


def _difference(samples: Samples, name: str) -> float | None:
    return _median([ours - native for ours, native in _pairs(samples, name)])


def _described(values: dict[plans.Kind, list[float]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        kind: {
            "median": _rounded(_median(each)),
            "spread": [_rounded(min(each)), _rounded(max(each))],
            "rounds": len(each),
        }
        for kind, each in values.items()
        if each
    }
    ratios = [ours / native for ours, native in zip(values["ours"], values["native"], strict=False) if native > 0]
    if ratios:
        described["ratio"] = {
            "median": _rounded(_median(ratios)),
            "spread": [_rounded(min(ratios)), _rounded(max(ratios))],
        }
    return described


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _rounded(value: float | None) -> float | None:
    """Four digits."""
    return None if value is None else float(f"{value:.4g}")
