"""The connector and its parts on the embedded venue, without Hummingbot's clock: each test says what happens when."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.sandbox import ApiAccount, OrderType, Sandbox, Side

from .suite import isolated_case

isolated_case.provide()

PATIENCE_S = 10.0


@pytest.fixture(scope="session", autouse=True)
def _plugin() -> None:
    """`CcxtExchange` asks Hummingbot's settings for its fees: the plug-in must be where Hummingbot looks."""
    from hummingbot.client.settings import AllConnectorSettings

    if "ccxt_binance" not in AllConnectorSettings.get_connector_settings():
        pytest.exit("Hummingbot does not see the plug-in; remedy: hummingbot-ccxt install", returncode=2)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The venue is on this machine: a subscription needs no second to arrive, and no TLS connection has to close."""
    from hummingbot_ccxt.venue import streams
    from hummingbot_ccxt.venue.loading import exchange_class

    monkeypatch.setattr(exchange_class("binance")[0], "timeout_on_exit", 0)
    monkeypatch.setattr(streams, "_SETTLE_S", 0.05)
    monkeypatch.setattr(streams, "_TICK_S", 0.05)


class Market:
    """Everybody else at the venue: an account with deep pockets that acts in the engine at once."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._engine = sandbox.engine
        assets = {asset for market in sandbox.engine.markets.values() for asset in (market.base, market.quote)}
        self.account_id = sandbox.create_account(dict.fromkeys(assets, Decimal(10**9)), name="market").account_id

    def bid(self, price: str, amount: str, symbol: str = "BTC/USDT") -> int:
        return self._place(Side.BUY, price, amount, symbol)

    def ask(self, price: str, amount: str, symbol: str = "BTC/USDT") -> int:
        return self._place(Side.SELL, price, amount, symbol)

    def cancel(self, order_id: int) -> None:
        self._engine.cancel(self.account_id, order_id=order_id)

    def _place(self, side: Side, price: str, amount: str, symbol: str) -> int:
        terms = {"type": OrderType.LIMIT, "price": Decimal(price), "amount": Decimal(amount)}
        return self._engine.place(self.account_id, symbol=symbol, side=side, **terms).id


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox("binance", book_interval_s=0.01) as sandbox:
        yield sandbox
        sandbox.engine.audit()


@pytest.fixture
def market(sandbox: Sandbox) -> Market:
    """Two levels a side of BTC/USDT, and a last price of 60,000."""
    market = Market(sandbox)
    market.ask("60000", "0.1")
    market.bid("60000", "0.1")
    for price, amount in (("59990", "0.5"), ("59980", "0.25")):
        market.bid(price, amount)
    for price, amount in (("60010", "0.5"), ("60020", "0.75")):
        market.ask(price, amount)
    return market


@pytest.fixture
def account(sandbox: Sandbox) -> ApiAccount:
    return sandbox.create_account({"USDT": Decimal(100_000), "BTC": Decimal(2)}, name="trader")


@pytest.fixture
async def on_sandbox(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ExchangeSettings]:
    """The user's settings lead every exchange to the sandbox."""
    from hummingbot_ccxt.exchange import ccxt_exchange, ccxt_web_utils

    settings = ExchangeSettings(base_url=sandbox.url)
    for module in (ccxt_exchange, ccxt_web_utils):
        monkeypatch.setattr(module, "for_exchange", lambda domain: settings)
    yield settings
    await ConnectionsFactory().close()  # Hummingbot's session is one for the process, and belongs to this event loop


@pytest.fixture
async def connect(
    sandbox: Sandbox, account: ApiAccount, on_sandbox: ExchangeSettings
) -> AsyncIterator[Callable[..., Any]]:
    """Builds connectors as Hummingbot does; each is stopped in the end. Nothing of them runs by itself."""
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange

    built = []

    def build(**changes: Any) -> CcxtExchange:
        arguments = {"ccxt_api_key": account.api_key, "ccxt_secret": account.secret, "trading_pairs": ["BTC-USDT"]}
        exchange = CcxtExchange(**{**arguments, "domain": "binance", **changes})
        exchange._set_current_timestamp(time.time())
        exchange._venue.client.timeout = 2000
        built.append(exchange)
        return exchange

    yield build
    for exchange in built:
        await exchange.stop_network()


@pytest.fixture
async def exchange(connect: Callable[..., Any]) -> Any:
    """A connector that knows its markets and rules."""
    exchange = connect()
    await exchange._update_trading_rules()
    return exchange


@pytest.fixture
async def running() -> AsyncIterator[Callable[[Any], "asyncio.Task[Any]"]]:
    """Runs coroutines in the background until the test ends."""
    tasks: list[asyncio.Task[Any]] = []

    def run(coroutine: Any) -> asyncio.Task[Any]:
        tasks.append(asyncio.ensure_future(coroutine))
        return tasks[-1]

    yield run
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def until() -> Callable[..., Any]:
    """Waits until something is true of what runs meanwhile; fails when it does not come true."""

    async def wait(true: Callable[[], Any], what: str = "it") -> Any:
        end = time.monotonic() + PATIENCE_S
        while not (value := true()):
            assert time.monotonic() < end, f"{what} did not come true in {PATIENCE_S} s"
            await asyncio.sleep(0.005)
        return value

    return wait
