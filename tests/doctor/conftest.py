"""The doctor on the embedded Binance: a venue in this process, the command in a thread of its own."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from hummingbot_ccxt.cli import main
from hummingbot_ccxt.sandbox import ApiAccount, Sandbox


@dataclass
class Visit:
    """One run of the command."""

    status: int
    out: str
    err: str

    @property
    def findings(self) -> dict[str, dict[str, Any]]:
        """By check, of a run with --json."""
        return {each["check"]: each for each in json.loads(self.out)["checks"]}

    @property
    def verdicts(self) -> dict[str, str]:
        return {check: finding["verdict"] for check, finding in self.findings.items()}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """With simulated traders on one market, whose quotes never pause for long."""
    async with Sandbox("binance", participants=["BTC/USDT"], book_interval_s=0.02) as sandbox:
        yield sandbox
        sandbox.engine.audit()


@pytest.fixture
def account(sandbox: Sandbox) -> ApiAccount:
    return sandbox.create_account({"USDT": Decimal(100_000), "BTC": Decimal(2)}, name="patient")


@pytest.fixture
def keys(account: ApiAccount, monkeypatch: pytest.MonkeyPatch) -> ApiAccount:
    """The account's keys are in the environment."""
    monkeypatch.setenv("CCXT_BINANCE_API_KEY", account.api_key)
    monkeypatch.setenv("CCXT_BINANCE_SECRET", account.secret)
    return account


@pytest.fixture
def doctor(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> Callable[..., Awaitable[Visit]]:
    """Runs `hummingbot-ccxt doctor binance` on the sandbox, with further arguments."""

    async def visit(*arguments: str) -> Visit:
        capsys.readouterr()
        status = await asyncio.to_thread(main, ["doctor", "binance", "--base-url", sandbox.url, *arguments])
        return Visit(status, *capsys.readouterr())

    return visit
