"""The unmodified native connector of Hummingbot trades on the sandbox; only its three base addresses are changed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.connector.exchange.binance import binance_constants
from hummingbot.connector.exchange.binance.binance_exchange import BinanceExchange
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.event_listener import EventListener
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox, Side, StreamFault

PAIR = "BTC-USDT"
NO_PRICE = Decimal("NaN")


class Events(EventListener):
    """Everything that the connector reports, and a way to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []
        self._arrived = asyncio.Event()

    def __call__(self, event: Any) -> None:
        self.seen.append(event)
        self._arrived.set()

    def named(self, name: str, order_id: str) -> list[Any]:
        return [each for each in self.seen if type(each).__name__ == name and each.order_id == order_id]

    async def wait_for(self, name: str, order_id: str, count: int = 1) -> Any:
        """The `count`-th event of that name about the order."""
        async with asyncio.timeout(10):
            while len(found := self.named(name, order_id)) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return found[count - 1]


async def become(condition: Callable[[], bool]) -> None:
    """Until the connector's own state is as expected; it has nothing to wait for."""
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Native:
    """A connector on the sandbox with its clock running."""

    def __init__(self, connector: BinanceExchange) -> None:
        self.connector = connector
        self.events = Events()
        for event in MarketEvent:
            connector.add_listener(event, self.events)

    def total(self, asset: str) -> Decimal:
        return self.connector.get_balance(asset)


@pytest.fixture
async def native(
    sandbox: Sandbox, account: ApiAccount, maker: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Native]:
    for number in range(5):
        maker.bid(str(59_990 - number), "1")
        maker.ask(str(60_010 + number), "1")
    for name in ("REST_URL", "WSS_URL", "WSS_API_URL"):
        monkeypatch.setattr(binance_constants, name, sandbox.rewrite(getattr(binance_constants, name)))
    connector = BinanceExchange(
        binance_api_key=account.api_key, binance_api_secret=account.secret, trading_pairs=[PAIR]
    )
    clock = Clock(ClockMode.REALTIME, tick_size=0.1)
    clock.add_iterator(connector)

    async def tick() -> None:
        with clock:
            await clock.run()

    ticking = asyncio.create_task(tick())
    try:
        await become(lambda: connector.ready)
        yield Native(connector)
    finally:
        ticking.cancel()
        await connector.stop_network()
        await ConnectionsFactory().close()  # one session per process, and each test has an event loop of its own


async def test_it_becomes_ready_with_rules_balances_and_book(native: Native) -> None:
    connector = native.connector

    assert all(connector.status_dict.values())
    rule = connector.trading_rules[PAIR]
    assert (rule.min_price_increment, rule.min_base_amount_increment, rule.min_notional_size) == (
        Decimal("0.01"), Decimal("0.00001"), Decimal(5),
    )  # fmt: skip
    assert (native.total("USDT"), native.total("BTC")) == (Decimal(10_000), Decimal(1))
    await become(lambda: connector.get_price(PAIR, is_buy=True) == Decimal(60_010))
    assert connector.get_price(PAIR, is_buy=False) == Decimal(59_990)


async def test_its_book_follows_the_venues(native: Native, maker: Any) -> None:
    maker.bid("60000", "0.5")
    order = maker.ask("60005", "0.5")
    await become(lambda: native.connector.get_price(PAIR, is_buy=True) == Decimal(60_005))
    maker.cancel(order)
    await become(lambda: native.connector.get_price(PAIR, is_buy=True) == Decimal(60_010))

    book = native.connector.get_order_book(PAIR)
    assert [(row.price, row.amount) for row in book.bid_entries()][:2] == [(60_000, 0.5), (59_990, 1)]


async def test_a_market_order_is_filled_and_booked_once(native: Native, sandbox: Sandbox) -> None:
    order_id = native.connector.buy(PAIR, Decimal("0.01"), OrderType.MARKET, NO_PRICE)
    fill = await native.events.wait_for("OrderFilledEvent", order_id)
    await native.events.wait_for("BuyOrderCompletedEvent", order_id)

    assert (fill.price, fill.amount) == (Decimal(60_010), Decimal("0.01"))
    assert [(fee.token, fee.amount) for fee in fill.trade_fee.flat_fees] == [("BTC", Decimal("0.00001"))]
    await become(lambda: native.total("BTC") == Decimal("1.00999"))
    assert native.total("USDT") == sandbox.engine.balances("tester")["USDT"].total
    assert len(native.events.named("OrderFilledEvent", order_id)) == 1


async def test_a_limit_order_rests_is_partly_filled_and_canceled(native: Native, maker: Any) -> None:
    connector = native.connector
    order_id = connector.buy(PAIR, Decimal("0.01"), OrderType.LIMIT, Decimal("59995"))
    await native.events.wait_for("BuyOrderCreatedEvent", order_id)
    await become(lambda: connector.get_available_balance("USDT") == Decimal("9400.05"))

    maker.take(Side.SELL, "0.004")
    fill = await native.events.wait_for("OrderFilledEvent", order_id)
    assert (fill.price, fill.amount) == (Decimal(59_995), Decimal("0.004"))

    connector.cancel(PAIR, order_id)
    await native.events.wait_for("OrderCancelledEvent", order_id)
    await become(lambda: connector.get_available_balance("USDT") == Decimal(10_000) - Decimal("239.98"))
    assert connector.in_flight_orders == {}


async def test_a_maker_order_is_filled_by_the_other_side(native: Native, maker: Any) -> None:
    order_id = native.connector.sell(PAIR, Decimal("0.01"), OrderType.LIMIT_MAKER, Decimal("60005"))
    await native.events.wait_for("SellOrderCreatedEvent", order_id)
    maker.take(Side.BUY, "0.01")
    await native.events.wait_for("SellOrderCompletedEvent", order_id)

    fill = native.events.named("OrderFilledEvent", order_id)[0]
    assert [(fee.token, fee.amount) for fee in fill.trade_fee.flat_fees] == [("USDT", Decimal("0.60005"))]


async def test_a_refused_order_fails(native: Native) -> None:
    order_id = native.connector.sell(PAIR, Decimal("5"), OrderType.LIMIT, Decimal("60005"))

    await native.events.wait_for("MarketOrderFailureEvent", order_id)


async def test_a_dropped_connection_is_made_again(native: Native, sandbox: Sandbox, maker: Any) -> None:
    streams, topic = sandbox.streams, "btcusdt@depth@100ms"
    assert streams is not None
    before = streams.subscribers(topic)
    sandbox.faults.disconnect_streams(private=False)
    await become(lambda: streams.subscribers(topic) not in ([], before))
    maker.bid("60000", "0.5")

    await become(lambda: native.connector.get_price(PAIR, is_buy=False) == Decimal(60_000))


async def test_a_fill_that_the_stream_never_reported_is_found_by_polling(native: Native, sandbox: Sandbox) -> None:
    sandbox.faults.stream("order", StreamFault.DROP, times=None)
    order_id = native.connector.buy(PAIR, Decimal("0.01"), OrderType.MARKET, NO_PRICE)
    await native.events.wait_for("BuyOrderCreatedEvent", order_id)
    await native.connector._update_order_fills_from_trades()
    await native.connector._update_order_status()

    fill = await native.events.wait_for("OrderFilledEvent", order_id)
    await native.events.wait_for("BuyOrderCompletedEvent", order_id)
    assert fill.amount == Decimal("0.01")


async def test_a_skewed_venue_clock_is_followed(native: Native, sandbox: Sandbox) -> None:
    sandbox.faults.set_clock(skew_ms=30_000)
    connector = native.connector
    order_id = connector.buy(PAIR, Decimal("0.01"), OrderType.LIMIT, Decimal("59000"))
    await become(lambda: any(each.order_id == order_id for each in native.events.seen))  # refused, or after a new try

    await connector._update_time_synchronizer()
    second = connector.buy(PAIR, Decimal("0.01"), OrderType.LIMIT, Decimal("59000"))

    await native.events.wait_for("BuyOrderCreatedEvent", second)
