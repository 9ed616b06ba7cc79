"""The whole benchmark, as short as can be: its figures mean nothing here, that it has them all does."""

import asyncio
import json

import pytest

from hummingbot_ccxt import cli
from hummingbot_ccxt.bench import plan
from hummingbot_ccxt.bench.link import Peer, PeerFailed

NUMBERS = {
    "book_cpu_ratio", "book_cpu_ratio_5_levels", "book_cpu_ratio_100_levels", "book_cpu_ratio_1_pairs",
    "book_burst_ratio", "book_latency_p50_ratio", "book_latency_p99_ratio", "trade_cpu_ratio",
    "order_latency_p50_ratio", "order_latency_p99_ratio", "cancel_latency_p50_ratio", "cancel_latency_p99_ratio",
    "fill_latency_p50_ratio", "import_extra_seconds", "start_to_ready_ratio", "scan_extra_ms", "rss_extra_mb",
    "source_cpu_share",
}  # fmt: skip


pytestmark = pytest.mark.timeout(480)  # a dozen processes, one after the other: minutes where others want the cores


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the command writes of one exchange: the report of it, and the page."""
    folder = tmp_path_factory.mktemp("bench")
    files = folder / "report.json", folder / "report.html"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plan, "QUICK", plan.LEAST)
        arguments = ["bench", "--quick", "--exchange", "binance", "--json", str(files[0]), "--html", str(files[1])]
        assert cli.main(arguments) == 0
    return json.loads(files[0].read_text())["exchanges"]["binance"], files[1].read_text()


def test_every_figure_is_a_number(found):
    report, _ = found
    assert {name for name in NUMBERS if isinstance(report[name], (int, float))} == NUMBERS


def test_both_connectors_saw_every_change(found):
    report, _ = found
    assert report["unseen"] == 0


def test_requests_are_counted_for_both_at_rest_and_while_they_trade(found):
    requests = found[0]["requests_per_minute"]
    assert requests.keys() == {"idle", "trading"}
    assert all(requests["trading"][kind] > 0 for kind in ("ours", "native"))


def test_growth_has_every_size_of_pairs_and_depth(found):
    growth = found[0]["growth"]
    assert list(growth["pairs"]["ours"]) == ["1", "10", "50", "200"]
    assert list(growth["depth"]["native"]) == ["10", "100", "1000"]


def test_the_page_is_of_that_exchange(found):
    assert "<h2>binance</h2>" in found[1]


def test_a_process_that_fails_says_why():
    async def ask():
        peer = await Peer.start("a venue", "hummingbot_ccxt.bench.venue")
        try:
            await peer.ask("begin", exchange="binance")
            await peer.ask("execute", client_order_id="unknown")
        finally:
            await peer.stop()

    with pytest.raises(PeerFailed, match="a venue: execute: "):
        asyncio.run(ask())
