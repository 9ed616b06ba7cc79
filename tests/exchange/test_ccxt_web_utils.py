"""URLs, rate limits, server time and web assistants. Checklist: section "Web Utils"."""

import asyncio
import time
from decimal import Decimal

import pytest
from hummingbot.connector.time_synchronizer import TimeSynchronizer
from hummingbot.connector.utils import TimeSynchronizerRESTPreProcessor
from hummingbot.core.web_assistant.connections.data_types import RESTMethod
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot_ccxt.exchange import ccxt_web_utils as web_utils
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.loading import exchange_class


def client_of(exchange_id):
    return exchange_class(exchange_id)[0]()


def limits_of(exchange_id):
    return {limit.limit_id: limit for limit in web_utils.rate_limits(client_of(exchange_id))}


# --- URLs


@pytest.mark.parametrize(
    ("exchange", "path", "url"),
    [
        ("binance", "time", "https://api.binance.com/api/v3/time"),
        ("binance", "ticker/24hr", "https://api.binance.com/api/v3/ticker/24hr"),
        ("kraken", "Time", "https://api.kraken.com/0/public/Time"),
        ("okx", "public/time", "https://www.okx.com/api/v5/public/time"),
        ("gate", "tickers", "https://api.gateio.ws/api/v4/spot/tickers"),
        ("coinbase", "brokerage/time", "https://api.coinbase.com/api/v3/brokerage/time"),
        ("kucoin", "timestamp", "https://api.kucoin.com/api/v1/timestamp"),
        ("bybit", "v5/market/time", "https://api.bybit.com/v5/market/time"),
    ],
)
def test_public_rest_url(exchange, path, url):
    assert web_utils.public_rest_url(path_url=path, domain=exchange) == url


@pytest.mark.parametrize(
    ("exchange", "path", "url"),
    [
        pytest.param("binance", "account", "https://api.binance.com/api/v3/account", id="binance, not its futures"),
        pytest.param("binance", "order", "https://api.binance.com/api/v3/order", id="binance"),
        pytest.param("kraken", "Balance", "https://api.kraken.com/0/private/Balance", id="kraken"),
        pytest.param("okx", "account/balance", "https://www.okx.com/api/v5/account/balance", id="okx"),
        pytest.param("gate", "accounts", "https://api.gateio.ws/api/v4/spot/accounts", id="gate, not its margin"),
        pytest.param("gate", "orders/12", "https://api.gateio.ws/api/v4/spot/orders/12", id="placeholder filled in"),
        pytest.param("gate", "orders/{order_id}", "https://api.gateio.ws/api/v4/spot/orders/{order_id}", id="or not"),
        pytest.param("coinbase", "brokerage/orders", "https://api.coinbase.com/api/v3/brokerage/orders", id="coinbase"),
    ],
)
def test_private_rest_url(exchange, path, url):
    assert web_utils.private_rest_url(path_url=path, domain=exchange) == url


@pytest.mark.parametrize("path", ["no/such/path", "3/time", ""])
def test_a_path_that_the_exchange_does_not_have_is_refused_by_name(path):
    with pytest.raises(ValueError, match=f"no public endpoint '{path}' on binance"):
        web_utils.public_rest_url(path, domain="binance")


def test_urls_follow_the_users_test_venue(monkeypatch):
    from hummingbot_ccxt.configuration import ExchangeSettings

    monkeypatch.setattr(web_utils, "for_exchange", lambda domain: ExchangeSettings(testnet=True))
    assert web_utils.public_rest_url("time", domain="binance") == "https://testnet.binance.vision/api/v3/time"


# --- rate limits


@pytest.mark.parametrize("exchange", ["binance", "kraken", "okx", "gate", "coinbase", "kucoin", "bybit"])
def test_the_pool_allows_what_ccxts_rate_limit_allows(exchange):
    interval_ms = client_of(exchange).rateLimit
    pool = limits_of(exchange)[web_utils.pool_id(exchange)]
    assert pool.limit == int(1000 / interval_ms * pool.time_interval)


def test_a_rate_limit_above_a_second_becomes_a_longer_interval():
    client = client_of("binance")
    client.rateLimit = 3000
    pool = web_utils.rate_limits(client)[0]
    assert (pool.limit, pool.time_interval) == (1, 3.0)


@pytest.mark.parametrize(
    ("exchange", "path", "weight"),
    [
        ("binance", "exchangeInfo", 4),
        ("binance", "account", 4),
        pytest.param("binance", "openOrders", 2, id="1.2, rounded up"),
        pytest.param("binance", "time", 1, id="0.2, rounded up"),
        pytest.param("kraken", "Ledgers", 6, id="more than a second allows"),
    ],
)
def test_an_endpoint_weighs_what_ccxt_says_that_it_costs(exchange, path, weight):
    limit = limits_of(exchange)[path]
    assert limit.weight == weight
    (linked,) = limit.linked_limits
    assert (linked.limit_id, linked.weight) == (web_utils.pool_id(exchange), weight)


async def test_a_request_takes_its_weight_from_the_budget_of_the_connector(connect):
    exchange = connect()
    budget = exchange._venue.budget
    await budget.acquire(0, Priority.POLL)
    before = budget._tokens
    async with exchange.throttler.execute_task("account"):
        taken = before - budget._tokens
    assert taken == pytest.approx(4, abs=0.1)


async def test_rate_limits_share_pct_is_honoured(connect):
    whole = connect(ccxt_api_key="one account", ccxt_secret="its secret")._venue.budget
    half = connect(
        ccxt_api_key="another account", ccxt_secret="its secret", rate_limits_share_pct=Decimal(50)
    )._venue.budget
    assert (whole.rate, whole.capacity) == (20, 20)  # ccxt: 50 ms for cost 1
    assert (half.rate, half.capacity) == (10, 10)

    started = time.monotonic()
    for _ in range(12):  # ten leave at once, two after another
        await half.acquire(1, Priority.POLL)
    assert time.monotonic() - started == pytest.approx(0.2, abs=0.15)


async def test_hummingbots_own_throttler_lets_a_request_through_that_costs_more_than_the_pool():
    throttler = web_utils.create_throttler("kraken")  # one request of cost 1 a second
    async with asyncio.timeout(1), throttler.execute_task("Ledgers"):
        pass


# --- server time


async def test_get_current_server_time(sandbox, on_sandbox):
    sandbox.faults.set_clock(skew_ms=30_000)
    told = await web_utils.get_current_server_time(domain="binance")
    assert told == pytest.approx(time.time() * 1000 + 30_000, abs=2000)
    assert sandbox.request_log.counts["time"] == 1


async def test_get_current_server_time_counts_against_the_throttler(sandbox, on_sandbox):
    throttler = web_utils.create_throttler("binance")
    await web_utils.get_current_server_time(throttler=throttler, domain="binance")
    assert [task.rate_limit.limit_id for task in throttler._task_logs] == ["ccxt_binance"]


# --- web assistants


def test_build_api_factory():
    factory = web_utils.build_api_factory(domain="binance", time_synchronizer=TimeSynchronizer())
    assert isinstance(factory, WebAssistantsFactory)
    assert factory._auth is None
    assert [type(each) for each in factory._rest_pre_processors] == [TimeSynchronizerRESTPreProcessor]


def test_build_api_factory_of_a_venue_that_tells_no_time():
    assert not client_of("gemini").has["fetchTime"]
    assert web_utils.build_api_factory(domain="gemini")._rest_pre_processors == []


def test_build_api_factory_without_time_synchronizer_pre_processor():
    throttler = web_utils.create_throttler("binance")
    factory = web_utils.build_api_factory_without_time_synchronizer_pre_processor(throttler)
    assert factory._rest_pre_processors == []
    assert factory.throttler is throttler


async def test_a_web_assistant_asks_for_the_venues_time_before_its_first_request(sandbox, on_sandbox):
    synchronizer = TimeSynchronizer()
    sandbox.faults.set_clock(skew_ms=30_000)
    assistant = await web_utils.build_api_factory(domain="binance", time_synchronizer=synchronizer).get_rest_assistant()
    answer = await assistant.execute_request(
        url=web_utils.public_rest_url("ping", "binance"), throttler_limit_id="ping", method=RESTMethod.GET
    )
    assert answer == {}
    assert [each.endpoint for each in sandbox.request_log.requests] == ["time", "ping"]
    assert synchronizer.time() == pytest.approx(time.time() + 30, abs=2)
