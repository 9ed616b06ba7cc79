"""Small books that agree, for tests that spoil them, and the demo as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import psutil
import pytest

from hummingbot_ccxt.demo.facts import ConnectorFacts, FillFact, HummingbotFacts, OrderFact, StoredOrder, VenueFacts

BOUGHT = FillFact("77", "buy-1", "buy", Decimal("60000.5"), Decimal("0.005"), "BTC", Decimal("0.000005"), 1_000_400)


def order(order_id: str, end: str = "canceled", *, filled: str = "0") -> OrderFact:
    return OrderFact(
        order_id, "buy", Decimal("60000.5"), Decimal("0.005"), Decimal(filled), 1_000_000,
        None if end == "open" else 1_002_000, end,
    )  # fmt: skip


@dataclass
class Books:
    """What the three sources say; 21 orders and one fill, all in agreement."""

    venue: VenueFacts
    hummingbot: HummingbotFacts
    connector: ConnectorFacts


@pytest.fixture
def books() -> Books:
    orders = (order("buy-1", "filled", filled="0.005"), *(order(f"quiet-{number}") for number in range(20)))
    end = {"BTC": Decimal("0.504995"), "USDT": Decimal("29699.9975")}
    return Books(
        VenueFacts(orders, (BOUGHT,), {"BTC": Decimal("0.5"), "USDT": Decimal(30000)}, end),
        HummingbotFacts(tuple(StoredOrder(each.client_order_id, each.end) for each in orders), (BOUGHT,)),
        ConnectorFacts(dict(end)),
    )


class DemoProcess:
    """`hummingbot-ccxt demo` in a folder of its own, which all its processes can be told by."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self._mark = str(folder)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hummingbot_ccxt", "demo", *arguments],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **(environment or {}), "DEMO_OF_TEST": self._mark},
        )  # fmt: skip
        self.lines: list[str] = []

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def read_until(self, words: str) -> None:
        """Returns once the demo has printed `words`; fails if it ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return
        pytest.fail(f"the demo ended without {words!r}:\n{self.output}")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        """The exit status."""
        assert self.process.stdout is not None
        self.lines += self.process.stdout.readlines()
        return self.process.wait()

    def left_over(self) -> list[list[str]]:
        """The command lines of the demo's processes that still run, three seconds from now at the latest."""
        deadline = time.monotonic() + 3
        while (
            found := [each for each in psutil.process_iter() if self._is_ours(each)]
        ) and time.monotonic() < deadline:
            time.sleep(0.1)
        return [each.cmdline() for each in found]

    def kill(self) -> None:
        for each in psutil.process_iter():
            if self._is_ours(each):
                each.kill()

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and process.environ().get("DEMO_OF_TEST") == self._mark
        except psutil.Error:
            return False


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., DemoProcess]]:
    """Starts demos in the test's folder; whatever a failed test leaves is killed."""
    started: list[DemoProcess] = []

    def start(*arguments: str, environment: dict[str, str] | None = None) -> DemoProcess:
        started.append(DemoProcess(tmp_path, *arguments, environment=environment))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.process.wait()
        assert each.process.stdout is not None
        each.process.stdout.close()
