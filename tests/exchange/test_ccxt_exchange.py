"""The connector itself. Checklist: section "Exchange"; what Hummingbot's own suite tests is in `suite/`.

Orders run their whole lives in tests/e2e; here each request and each answer is looked at by itself.
"""

import asyncio
import dataclasses
import logging
import re
import time
from decimal import Decimal
from unittest.mock import patch

import aiohttp
import pytest
from hummingbot.client.config.config_helpers import get_connector_class
from hummingbot.connector.exchange.binance.binance_exchange import BinanceExchange
from hummingbot.connector.exchange.paper_trade import create_paper_trade_market
from hummingbot.connector.trading_rule import TradingRule
from hummingbot.core.data_type.cancellation_result import CancellationResult
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import OrderState
from hummingbot.core.data_type.order_book_tracker import OrderBookTracker
from hummingbot.core.data_type.trade_fee import DeductedFromReturnsTradeFee
from hummingbot.core.event.event_logger import EventLogger
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.network_iterator import NetworkStatus

from hummingbot_ccxt.exchange import ccxt_exchange
from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.sandbox import Fault
from hummingbot_ccxt.translate.fees import MakerTaker
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

PAIR = "BTC-USDT"


def heard(exchange, event):
    """The events of one kind from now on."""
    logger = EventLogger()
    exchange.add_listener(event, logger)
    return logger


def messages(caplog, level):
    return [r.getMessage() for r in caplog.records if r.levelno == level and r.name.startswith("hummingbot")]


async def placed(exchange, until, amount="0.1", price="50000", order_type=OrderType.LIMIT, side="buy"):
    """A limit order that the venue has taken."""
    order_id = getattr(exchange, side)(PAIR, Decimal(amount), order_type, Decimal(price))
    await until(lambda: order_id in exchange.in_flight_orders and exchange.in_flight_orders[order_id].is_open, "placed")
    await until(lambda: exchange.in_flight_orders[order_id].exchange_order_id, "the venue's answer")
    return exchange.in_flight_orders[order_id]


@pytest.fixture
def started(running, until, monkeypatch):
    """Starts a connector's tasks, and ticks for it as Hummingbot's clock does, until it is ready and further on."""
    monkeypatch.setattr(OrderBookTracker, "_sleep", staticmethod(lambda delay: asyncio.sleep(0)))

    async def start(exchange):
        async def tick():
            while True:
                exchange._set_current_timestamp(time.time())
                exchange.tick(time.time())
                await asyncio.sleep(0.05)

        await exchange.start_network()
        running(tick())
        await until(lambda: exchange.ready, "ready")

    return start


# --- order types


@pytest.mark.parametrize(
    ("exchange_id", "types"),
    [
        ("binance", [OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET]),
        ("okx", [OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET]),
        pytest.param("bit2c", [OrderType.LIMIT, OrderType.MARKET], id="no post-only"),
        pytest.param("gemini", [OrderType.LIMIT, OrderType.LIMIT_MAKER], id="no market orders"),
    ],
)
async def test_supported_order_types(exchange_id, types):
    assert CcxtExchange(domain=exchange_id).supported_order_types() == types


# --- network


async def test_check_network_success(exchange, sandbox):
    assert await exchange.check_network() is NetworkStatus.CONNECTED
    assert sandbox.request_log.counts["time"] >= 1


async def test_check_network_failure(exchange, sandbox):
    sandbox.faults.maintenance = True
    assert await exchange.check_network() is NetworkStatus.NOT_CONNECTED


async def test_while_the_venue_is_away_the_network_is_checked_more_often(exchange, sandbox):
    usual = exchange.check_network_interval
    sandbox.faults.maintenance = True
    for _ in range(2):
        await exchange.check_network()
        assert exchange.check_network_interval == usual / 5
    sandbox.faults.maintenance = False
    for _ in range(2):
        await exchange.check_network()
        assert exchange.check_network_interval == usual


async def test_check_network_raises_cancel_exception(exchange, sandbox, running):
    unanswered = sandbox.faults.rest("time", Fault.TIMEOUT_BEFORE)
    task = running(exchange.check_network())
    await unanswered.fired()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# --- trading rules


async def test_update_trading_rules(exchange):
    rule = exchange.trading_rules[PAIR]
    assert rule.min_price_increment == Decimal("0.01")
    assert rule.min_base_amount_increment == Decimal("0.00001")
    assert (rule.min_order_size, rule.max_order_size) == (Decimal("0.00001"), Decimal(9000))
    assert rule.min_notional_size == Decimal(5)


_RULE = TradingRule("A-B")
FIELDS = [name for name in dir(_RULE) if not name.startswith("_") and not callable(getattr(_RULE, name))]
STATED_BY_US_ALONE = {"max_order_size", "min_quote_amount_increment"}
"""Binance's LOT_SIZE.maxQty and quotePrecision: the native connector does not read them."""


async def test_trading_rules_equal_those_of_the_native_connector(exchange, sandbox):
    async with aiohttp.ClientSession() as session:
        info = await (await session.get(f"{sandbox.url}/api.binance.com/api/v3/exchangeInfo")).json()
    native = BinanceExchange(binance_api_key="", binance_api_secret="", trading_pairs=[])
    native._initialize_trading_pair_symbols_from_exchange_info(info)
    theirs = {rule.trading_pair: rule for rule in await native._format_trading_rules(info)}
    ours = exchange.trading_rules
    assert set(ours) == set(theirs)
    different = {
        (name, pair)
        for pair, rule in ours.items()
        for name in FIELDS
        if getattr(rule, name) != getattr(theirs[pair], name)
    }
    assert {name for name, _ in different} == STATED_BY_US_ALONE


async def test_rules_are_replaced_in_one_step(exchange):
    """Whoever looks while they are fetched anew finds the old ones, and after a failure too."""
    before = exchange.trading_rules
    update = asyncio.ensure_future(exchange._update_trading_rules())
    while not update.done():
        assert exchange._trading_rules is before or exchange._trading_rules.keys() == before.keys()
        await asyncio.sleep(0)
    await update


async def test_rules_survive_an_outage(exchange, sandbox, monkeypatch):
    monkeypatch.setattr(exchange, "_sleep", lambda delay: asyncio.sleep(0))
    exchange._markets_loaded_at = float("-inf")
    sandbox.faults.maintenance = True
    with pytest.raises(VenueError):
        await exchange._update_trading_rules()
    assert PAIR in exchange.trading_rules


async def test_a_market_that_cannot_be_read_costs_only_itself(exchange, caplog):
    markets = dict(exchange._venue.client.markets)
    markets["BTC/USDT"] = {**markets["BTC/USDT"], "precision": {"price": None, "amount": 8}}
    rules = await exchange._format_trading_rules(markets)
    assert PAIR not in [rule.trading_pair for rule in rules]
    assert len(rules) == len(markets) - 1
    (told,) = messages(caplog, logging.ERROR)
    assert told.startswith(
        "ccxt_binance: error parsing the trading pair rule BTC/USDT. Skipping: market.precision of BTC/USDT is not "
        "stated by ccxt"
    )


async def test_the_price_step_depends_on_the_price_where_digits_count(exchange):
    client = exchange._venue.client
    client.precisionMode = 3  # ccxt: SIGNIFICANT_DIGITS
    client.markets["BTC/USDT"]["precision"] = {"price": 5, "amount": 8}
    client.markets["BTC/USDT"]["limits"]["price"] = {"min": None, "max": None}
    steps = {price: exchange.get_order_price_quantum(PAIR, Decimal(price)) for price in ("60000", "1.5", "0.001")}
    assert steps == {"60000": Decimal(1), "1.5": Decimal("0.0001"), "0.001": Decimal("1E-7")}
    assert exchange.quantize_order_price(PAIR, Decimal("60123.7")) == Decimal(60123)


async def test_quantize_order_amount(exchange):
    assert exchange.quantize_order_amount(PAIR, Decimal("0.123456789")) == Decimal("0.12345")
    assert exchange.quantize_order_amount(PAIR, Decimal("0.000009")) == 0


async def test_get_order_size_quantum(exchange):
    assert exchange.get_order_size_quantum(PAIR, Decimal(1)) == Decimal("0.00001")


# --- prices


async def test_get_last_traded_prices(exchange, market):
    assert await exchange.get_last_traded_prices([PAIR]) == {PAIR: 60000.0}


async def test_get_all_pairs_prices(exchange, market, sandbox):
    market.ask("3000", "1", "ETH/USDT")
    market.bid("3000", "1", "ETH/USDT")
    prices = await exchange.get_all_pairs_prices()
    told = {each["symbol"]: Decimal(each["price"]) for each in prices}
    assert told == {PAIR: Decimal(60000), "ETH-USDT": Decimal(3000)}  # markets that have not traded have no price


# --- status


async def test_initial_status_dict(connect):
    exchange = connect()
    assert exchange.status_dict == {
        "symbols_mapping_initialized": False,
        "order_books_initialized": False,
        "account_balance": False,
        "trading_rule_initialized": False,
        "user_stream_initialized": False,
    }
    assert exchange.ready is False


async def test_status_dict_of_a_connector_that_runs(exchange, market, started):
    await started(exchange)
    assert set(exchange.status_dict.values()) == {True}


# --- client order ids


@patch("hummingbot.connector.utils.get_tracking_nonce", return_value=7)
async def test_client_order_id_on_order(nonce, exchange):
    bought = exchange.buy(PAIR, Decimal("0.1"), OrderType.LIMIT, Decimal(50000))
    sold = exchange.sell(PAIR, Decimal("0.1"), OrderType.LIMIT, Decimal(70000))
    assert bought.startswith("HBOTB")
    assert sold.startswith("HBOTS")
    assert bought != sold


async def test_client_order_ids_keep_to_the_venues_length_and_alphabet(exchange):
    ids = [exchange.buy(PAIR, Decimal("0.1"), OrderType.LIMIT, Decimal(50000)) for _ in range(50)]
    assert len(set(ids)) == 50
    assert all(len(each) <= 36 and re.fullmatch("[a-zA-Z0-9_-]+", each) for each in ids)


async def test_a_client_order_id_of_another_alphabet(connect, monkeypatch):
    """A venue that takes up to 18 digits gets digits, each id another one."""
    mapping = load_mapping("binance")
    rules = dataclasses.replace(mapping.client_order_id, max_length=18, pattern="[0-9]+")
    changed = dataclasses.replace(mapping, client_order_id=rules)
    monkeypatch.setattr(ccxt_exchange, "load_mapping", lambda *_: changed)
    exchange = connect()
    ids = [exchange.sell(PAIR, Decimal("0.1"), OrderType.LIMIT, Decimal(50000)) for _ in range(20)]
    assert len(set(ids)) == 20
    assert all(re.fullmatch("[0-9]{1,18}", each) for each in ids)


# --- placing orders


async def test_create_limit_order_successfully(exchange, sandbox, account, until):
    created = heard(exchange, MarketEvent.BuyOrderCreated)
    order = await placed(exchange, until)
    (sent,) = sandbox.request_log.of("order.create")
    terms = {name: sent.parameters[name] for name in ("symbol", "side", "type", "timeInForce", "quantity", "price")}
    assert terms == {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "0.1",
        "price": "50000",
    }
    assert sent.parameters["newClientOrderId"] == order.client_order_id
    (event,) = created.event_log
    assert (event.order_id, event.exchange_order_id) == (order.client_order_id, order.exchange_order_id)
    assert (event.amount, event.price) == (Decimal("0.1"), Decimal(50000))


async def test_create_limit_maker_order_successfully(exchange, sandbox, market, until):
    await placed(exchange, until, order_type=OrderType.LIMIT_MAKER)
    (sent,) = sandbox.request_log.of("order.create")
    assert (sent.parameters["type"], sent.status) == ("LIMIT_MAKER", 200)


async def test_create_limit_maker_order_that_would_cross_fails(exchange, market, until):
    failed = heard(exchange, MarketEvent.OrderFailure)
    order_id = exchange.buy(PAIR, Decimal("0.1"), OrderType.LIMIT_MAKER, Decimal(61000))
    await until(lambda: failed.event_log, "the failure")
    assert (failed.event_log[0].order_id, failed.event_log[0].order_type) == (order_id, OrderType.LIMIT_MAKER)
    assert "would immediately match" in failed.event_log[0].error_message


async def test_create_market_order_successfully(exchange, sandbox, market, started, until):
    await started(exchange)
    order_id = exchange.sell(PAIR, Decimal("0.2"), OrderType.MARKET, Decimal("nan"))
    filled = heard(exchange, MarketEvent.OrderFilled)
    await until(lambda: filled.event_log, "the fill")
    (sent,) = sandbox.request_log.of("order.create")
    assert (sent.parameters["type"], sent.parameters["quantity"]) == ("MARKET", "0.2")
    assert "price" not in sent.parameters
    (event,) = filled.event_log
    assert (event.order_id, event.price, event.amount) == (order_id, Decimal(59990), Decimal("0.2"))


async def test_create_order_fails(exchange, until):
    failed = heard(exchange, MarketEvent.OrderFailure)
    order_id = exchange.buy(PAIR, Decimal(1000), OrderType.LIMIT, Decimal(50000))
    await until(lambda: failed.event_log, "the failure")
    assert failed.event_log[0].order_id == order_id
    assert "insufficient balance" in failed.event_log[0].error_message
    assert order_id not in exchange.in_flight_orders


async def test_an_order_without_an_answer_stays_tracked(exchange, sandbox, account, until):
    failed = heard(exchange, MarketEvent.OrderFailure)
    sandbox.faults.rest("order.create", Fault.ERROR_AFTER)
    order = await placed(exchange, until)  # found by its client order id
    (at_venue,) = sandbox.engine.orders(account.account_id)
    assert order.exchange_order_id == str(at_venue.id)
    assert failed.event_log == []


# --- cancelling orders


async def test_cancel_order_successfully(exchange, sandbox, account, until):
    cancelled = heard(exchange, MarketEvent.OrderCancelled)
    order = await placed(exchange, until)
    exchange.cancel(PAIR, order.client_order_id)
    await until(lambda: cancelled.event_log, "the event")
    assert cancelled.event_log[0].order_id == order.client_order_id
    assert order.is_cancelled
    assert sandbox.engine.open_orders(account.account_id) == []


async def test_cancel_order_raises_failure_event_when_request_fails(exchange, sandbox, until, caplog):
    """No event in truth, as the suite's test of that name says: the order stays, and the log tells."""
    order = await placed(exchange, until)
    sandbox.faults.rest("order.cancel", Fault.ERROR_BEFORE)
    exchange.cancel(PAIR, order.client_order_id)
    await until(lambda: messages(caplog, logging.WARNING), "the line")
    assert messages(caplog, logging.WARNING)[0].startswith(f"Failed to cancel order {order.client_order_id}: no answer")
    assert order.is_open
    assert order.client_order_id in exchange.in_flight_orders


async def test_cancel_order_without_exchange_order_id_goes_by_the_client_order_id(exchange, sandbox, account, until):
    """The checklist's native connector gives such an order up after a few tries; the venue knows it by our id."""
    order = await placed(exchange, until)
    order.exchange_order_id = None
    assert await exchange._execute_order_cancel(order) == order.client_order_id
    assert sandbox.request_log.of("order.cancel")[0].parameters["origClientOrderId"] == order.client_order_id
    assert sandbox.engine.open_orders(account.account_id) == []


async def test_cancel_all_without_a_batch_request_cancels_one_by_one(exchange, sandbox, until):
    orders = [await placed(exchange, until, price=price) for price in ("50000", "50001")]
    sandbox.faults.rest("order.cancel", Fault.ERROR_BEFORE, skip=1)
    results = await exchange.cancel_all(5)
    assert sandbox.request_log.counts["order.cancel"] == 2
    assert results == [
        CancellationResult(orders[0].client_order_id, True),
        CancellationResult(orders[1].client_order_id, False),
    ]


class BatchVenue:
    """ccxt's `cancel_orders`, which its binance has for futures only: cancels all but one on the sandbox's engine."""

    def __init__(self, sandbox, account, refused):
        self.asked = []
        self._sandbox, self._account, self._refused = sandbox, account, refused

    async def __call__(self, ids, symbol):
        self.asked.append((tuple(ids), symbol))
        answers = []
        for order_id in ids:
            if order_id == self._refused:
                answers.append({"id": order_id, "status": "rejected", "info": {}})
                continue
            self._sandbox.engine.cancel(self._account.account_id, order_id=int(order_id))
            answers.append({"id": order_id, "status": "canceled", "filled": 0.0, "amount": 0.1, "info": {}})
        return answers


async def test_cancel_all_with_a_batch_request(exchange, sandbox, account, until, monkeypatch):
    """What the batch does not confirm is cancelled by itself."""
    orders = [await placed(exchange, until, price=price) for price in ("50000", "50001", "50002")]
    batch = BatchVenue(sandbox, account, refused=orders[1].exchange_order_id)
    monkeypatch.setattr(exchange._venue.client, "cancel_orders", batch)
    monkeypatch.setattr(exchange._orders, "can_cancel_several", lambda: True)
    results = await exchange.cancel_all(5)
    assert batch.asked == [(tuple(order.exchange_order_id for order in orders), "BTC/USDT")]
    assert {(each.order_id, each.success) for each in results} == {(order.client_order_id, True) for order in orders}
    assert [each.parameters["orderId"] for each in sandbox.request_log.of("order.cancel")] == [
        orders[1].exchange_order_id
    ]
    assert sandbox.engine.open_orders(account.account_id) == []
    await until(lambda: all(order.is_cancelled for order in orders), "Hummingbot knows")


async def test_cancel_two_orders_with_cancel_all_and_one_fails(exchange, sandbox, account, until, monkeypatch):
    orders = [await placed(exchange, until, price=price) for price in ("50000", "50001")]
    batch = BatchVenue(sandbox, account, refused=orders[0].exchange_order_id)
    monkeypatch.setattr(exchange._venue.client, "cancel_orders", batch)
    monkeypatch.setattr(exchange._orders, "can_cancel_several", lambda: True)
    sandbox.faults.rest("order.cancel", Fault.ERROR_BEFORE)
    assert await exchange.cancel_all(5) == [
        CancellationResult(orders[1].client_order_id, True),
        CancellationResult(orders[0].client_order_id, False),
    ]


async def test_an_answer_that_does_not_say_what_became_of_an_order_is_no_success(
    exchange, sandbox, account, until, monkeypatch
):
    """As Bybit's: each order of the batch is listed by its id, also one that could not be cancelled."""
    orders = [await placed(exchange, until, price=price) for price in ("50000", "50001")]
    batch = BatchVenue(sandbox, account, refused=orders[1].exchange_order_id)

    async def only_ids(ids, symbol):
        return [{"id": answer["id"], "status": None, "info": {}} for answer in await batch(ids, symbol)]

    monkeypatch.setattr(exchange._venue.client, "cancel_orders", only_ids)
    monkeypatch.setattr(exchange._orders, "can_cancel_several", lambda: True)
    results = {each.order_id: each.success for each in await exchange.cancel_all(5)}
    # Nothing is streamed here, so the venue is asked for each; the one that is open is cancelled by itself.
    assert [results[order.client_order_id] for order in orders] == [True, True]
    assert [each.parameters["orderId"] for each in sandbox.request_log.of("order.cancel")] == [
        orders[1].exchange_order_id
    ]
    assert sandbox.engine.open_orders(account.account_id) == []


async def test_an_order_from_before_the_clocks_first_tick_can_be_cancelled(exchange, sandbox, account, until):
    exchange._set_current_timestamp(float("nan"))
    order = await placed(exchange, until)
    assert await exchange._execute_order_cancel(order) == order.client_order_id
    assert sandbox.engine.open_orders(account.account_id) == []


# --- order status


async def test_update_order_status_when_filled(exchange, sandbox, account, market, until):
    completed, filled = heard(exchange, MarketEvent.BuyOrderCompleted), heard(exchange, MarketEvent.OrderFilled)
    order = await placed(exchange, until, price="60010")
    await exchange._update_order_status()
    await until(lambda: completed.event_log, "completed")
    assert [(e.price, e.amount) for e in filled.event_log] == [(Decimal(60010), Decimal("0.1"))]
    (at_venue,) = sandbox.engine.fills(account.account_id)
    assert filled.event_log[0].exchange_trade_id == str(at_venue.id)
    assert filled.event_log[0].trade_fee.flat_fees[0].token == "BTC"
    assert filled.event_log[0].trade_fee.flat_fees[0].amount == Decimal("0.0001")
    assert (order.current_state, completed.event_log[0].base_asset_amount) == (OrderState.FILLED, Decimal("0.1"))


async def test_update_order_status_when_canceled(exchange, sandbox, account, until):
    cancelled = heard(exchange, MarketEvent.OrderCancelled)
    order = await placed(exchange, until)
    sandbox.engine.cancel(account.account_id, order_id=int(order.exchange_order_id))
    await exchange._update_order_status()
    await until(lambda: cancelled.event_log, "the event")
    assert order.is_cancelled


async def test_an_outage_of_any_length_is_not_counted_as_order_not_found(exchange, sandbox, until):
    order = await placed(exchange, until)
    sandbox.faults.maintenance = True
    for _ in range(exchange.order_tracker._lost_order_count_limit + 3):
        await exchange._update_order_status()
    assert order.client_order_id in exchange.in_flight_orders
    assert exchange.order_tracker._order_not_found_records.get(order.client_order_id, 0) == 0


async def test_an_order_that_the_venue_does_not_know_is_counted(exchange, sandbox, until):
    order = await placed(exchange, until)
    sandbox.faults.rest("order.status", Fault.UNKNOWN_ORDER)
    await exchange._update_order_status()
    assert exchange.order_tracker._order_not_found_records[order.client_order_id] == 1
    await exchange._update_order_status()  # the venue knows it after all
    assert exchange.order_tracker._order_not_found_records.get(order.client_order_id, 0) == 0


@pytest.mark.parametrize(
    ("outcome", "skew", "gone", "clock"),
    [
        pytest.param(Outcome.GONE, False, True, False, id="gone"),
        pytest.param(Outcome.REFUSED, False, False, False, id="refused"),
        pytest.param(Outcome.UNKNOWN, False, False, False, id="unknown"),
        pytest.param(Outcome.REFUSED, True, False, True, id="refused for its time stamp"),
    ],
)
async def test_what_hummingbot_makes_of_a_failure(connect, outcome, skew, gone, clock):
    exchange, error = connect(), VenueError("told", outcome=outcome, kind="X", clock_skew=skew)
    assert exchange._is_order_not_found_during_status_update_error(error) is gone
    assert exchange._is_order_not_found_during_cancelation_error(error) is gone
    assert exchange._is_request_exception_related_to_time_synchronizer(error) is clock


# --- the venue's clock


async def test_update_time_synchronizer_successfully(exchange, sandbox):
    sandbox.faults.set_clock(skew_ms=-30_000)
    exchange._time_synchronizer.clear_time_offset_ms_samples()
    await exchange._update_time_synchronizer()
    assert exchange._time_synchronizer.time() == pytest.approx(time.time() - 30, abs=2)
    assert exchange._venue.client.milliseconds() == pytest.approx((time.time() - 30) * 1000, abs=2000)


async def test_update_time_synchronizer_failure_is_logged(exchange, sandbox, caplog):
    caplog.set_level(1)
    sandbox.faults.rest("time", Fault.ERROR_BEFORE)
    await exchange._update_time_synchronizer()
    assert [r.levelname for r in caplog.records if r.getMessage() == "Error getting server time."] == ["NETWORK"]


async def test_update_time_synchronizer_raises_cancelled_error(exchange, sandbox, running):
    unanswered = sandbox.faults.rest("time", Fault.TIMEOUT_BEFORE)
    task = running(exchange._update_time_synchronizer())
    await unanswered.fired()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_venue_that_tells_no_time_is_not_asked(connect, sandbox):
    exchange = connect()
    exchange._venue.client.has["fetchTime"] = False
    await exchange._update_time_synchronizer()
    assert sandbox.request_log.counts["time"] == 0


@pytest.mark.parametrize("skew_s", [30, -30])
async def test_a_clock_that_jumps_costs_no_order(exchange, sandbox, until, skew_s):
    await exchange._update_time_synchronizer()
    sandbox.faults.set_clock(skew_ms=skew_s * 1000)
    order = await placed(exchange, until)
    assert order.is_open


# --- balances


async def test_update_balances(exchange, sandbox, account):
    await exchange._update_balances()
    assert {token: total for token, total in exchange.get_all_balances().items() if total} == {
        "USDT": Decimal(100_000),
        "BTC": Decimal(2),
    }
    assert exchange.get_available_balance("USDT") == Decimal(100_000)


async def test_balances_that_many_ask_for_are_fetched_once_for_those_who_wait(exchange, sandbox):
    await exchange._update_trading_rules()
    before = sandbox.request_log.counts["account"]
    await asyncio.gather(*(exchange._update_balances() for _ in range(5)))
    assert sandbox.request_log.counts["account"] - before == 1
    first = asyncio.ensure_future(exchange._update_balances())
    await asyncio.sleep(0)  # it is on its way
    await asyncio.gather(first, *(exchange._update_balances() for _ in range(5)))
    assert sandbox.request_log.counts["account"] - before == 3


async def test_who_waits_for_balances_while_the_key_is_refused_does_not_ask_again(connect, sandbox):
    exchange = connect(ccxt_secret="not the account's secret")
    await exchange._update_trading_rules()
    first = asyncio.ensure_future(exchange._update_balances())
    await asyncio.sleep(0)  # it is on its way
    ends = await asyncio.gather(first, exchange._update_balances(), return_exceptions=True)
    assert [end.kind for end in ends] == ["AuthenticationError"] * 2
    assert sandbox.request_log.counts["account"] == 1
    with pytest.raises(VenueError):
        await exchange._update_balances()  # as Hummingbot's `connect` does
    assert sandbox.request_log.counts["account"] == 2


async def test_a_balance_on_hold_is_not_available(exchange, until):
    await placed(exchange, until)
    await exchange._update_balances()
    assert (exchange.get_balance("USDT"), exchange.available_balances["USDT"]) == (Decimal(100_000), Decimal(95_000))


async def test_balances_are_updated_in_real_time_only_with_a_stream_of_them():
    assert CcxtExchange(domain="binance").real_time_balance_update is True
    assert CcxtExchange(domain="independentreserve").real_time_balance_update is False


# --- fees


async def test_get_fee_before_the_accounts_own_are_known(exchange):
    fee = exchange.get_fee("BTC", "USDT", OrderType.LIMIT, TradeType.BUY, Decimal(1), Decimal(60000))
    assert fee == DeductedFromReturnsTradeFee(percent=Decimal("0.001"))


@pytest.mark.parametrize(
    ("order_type", "is_maker", "percent"),
    [
        (OrderType.LIMIT_MAKER, None, "0.0002"),
        (OrderType.LIMIT, None, "0.0007"),
        (OrderType.LIMIT, True, "0.0002"),
        (OrderType.MARKET, False, "0.0007"),
    ],
)
async def test_get_fee_of_the_account(connect, sandbox, order_type, is_maker, percent):
    special = sandbox.create_account({}, maker_fee=Decimal("0.0002"), taker_fee=Decimal("0.0007"))
    exchange = connect(ccxt_api_key=special.api_key, ccxt_secret=special.secret)
    await exchange._update_trading_rules()
    exchange._trading_fees = {PAIR: MakerTaker(maker=Decimal("0.0002"), taker=Decimal("0.0007"))}
    sold = exchange.get_fee("BTC", "USDT", order_type, TradeType.SELL, Decimal(1), Decimal(60000), is_maker)
    assert sold == DeductedFromReturnsTradeFee(percent=Decimal(percent))
    other = exchange.get_fee("ETH", "USDT", order_type, TradeType.SELL, Decimal(1), Decimal(3000), is_maker)
    assert other.percent == Decimal("0.001")


async def test_update_trading_fees(connect, sandbox):
    special = sandbox.create_account({}, maker_fee=Decimal("0.0002"), taker_fee=Decimal("0.0007"))
    exchange = connect(ccxt_api_key=special.api_key, ccxt_secret=special.secret)
    await exchange._update_trading_rules()
    await exchange._update_trading_fees()
    assert exchange._trading_fees[PAIR] == MakerTaker(maker=Decimal("0.0002"), taker=Decimal("0.0007"))


# --- what Hummingbot builds


async def test_paper_trade(sandbox, on_sandbox, market, until):
    paper = create_paper_trade_market("ccxt_binance", [PAIR])
    try:
        assert paper.name == "ccxt_binance"
        paper.order_book_tracker.start()
        await until(lambda: paper.order_book_tracker.ready, "the books")
        assert paper.order_book_tracker.order_books[PAIR].get_price(True) == 60010.0
        assert sandbox.request_log.counts["account"] == 0
    finally:
        paper.order_book_tracker.stop()
        await paper.order_book_tracker.data_source._connector.stop_network()


def test_hummingbot_finds_the_class_of_a_domain():
    assert get_connector_class("ccxt_kraken") is CcxtExchange


async def test_the_parent_domain_cannot_be_built():
    with pytest.raises(ValueError, match="choose one of them"):
        CcxtExchange(domain="")


async def test_an_unknown_credential_is_named():
    with pytest.raises(TypeError, match="'ccxt_passphrase'"):
        CcxtExchange(domain="okx", ccxt_passphrase="x")


async def test_throttler_property_exposes_internal_throttler(connect):
    exchange = connect()
    assert exchange.throttler is exchange._throttler
