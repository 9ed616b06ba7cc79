"""Each venue's own rate limits, as documented: what is let through at once, and what is said after that."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from hummingbot_ccxt.sandbox import Sandbox
from hummingbot_ccxt.sandbox.limits import Count, Counts, Cycle, Drain, Limit, Per, Rolling, Verdict, Window

from .clients import CLIENTS


class Clock:
    """The time by which the venue counts, which stands still unless it is told to go on."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Any]:
    """A client of the parameter's exchange, maybe with settings, where time stands still for the limits."""
    exchange, settings = request.param if isinstance(request.param, tuple) else (request.param, {})
    async with Sandbox(exchange, book_interval_s=0.01, **settings) as sandbox, aiohttp.ClientSession() as session:
        sandbox.wire.counts = Counts(now_s=clock, pace=sandbox.settings.limits_pace)  # type: ignore[union-attr]
        account = sandbox.create_account({"USDT": Decimal(10_000_000)})
        if exchange == "kraken":
            sandbox.wire._trading._counts = sandbox.wire.counts  # type: ignore[union-attr]
        yield CLIENTS[exchange](session, sandbox, account)


# -- the four ways to count


@pytest.mark.parametrize(
    ("counted", "at", "sums"),
    [
        pytest.param(Window, (9.0, 9.9, 10.0, 10.1), [4, 8, 4, 8], id="by the clock"),
        pytest.param(Cycle, (9.0, 9.9, 10.0, 19.0), [4, 8, 12, 4], id="from the first request on"),
        pytest.param(Rolling, (9.0, 9.9, 10.0, 19.0), [4, 8, 12, 12], id="the last ten seconds"),
        pytest.param(Drain, (9.0, 9.5, 10.0, 14.0), [4, 7.5, 11, 11], id="drains by one in a second"),
    ],
)
def test_what_was_used_is_summed_up_as_the_exchange_does_it(
    counted: type[Count], at: tuple[float, ...], sums: list[float]
) -> None:
    count = counted(10, 10)
    assert [count.add(4, now) for now in at] == sums


@pytest.mark.parametrize("counted", [Cycle, Rolling, Drain])
def test_what_was_refused_counts_at_kraken_only(counted: type[Count]) -> None:
    count = counted(10, 10)
    sums = [count.take(6, 1.0) for _ in range(3)]
    assert sums == ([6, 12, 18] if counted is Drain else [6, 12, 12])


@pytest.mark.parametrize(("counted", "wait"), [(Window, 6.0), (Cycle, 10.0), (Rolling, 10.0), (Drain, 2.0)])
def test_it_is_told_when_something_is_left_again(counted: type[Count], wait: float) -> None:
    count = counted(10, 10)
    count.add(12, 4.0)
    assert count.resets_in(4.0) == pytest.approx(wait)
    assert count.take(0, 4.0 + wait + 0.01) <= 10


def test_with_a_quicker_pace_everything_is_there_again_sooner() -> None:
    clock = Clock()
    counts, limit = Counts(now_s=clock, pace=10.0), Limit(1, 60, Per.ACCOUNT, Rolling)
    assert counts.take(limit, 1, "me").verdict is Verdict.ALLOWED
    assert counts.take(limit, 1, "me").retry_after_s == 6.0
    assert counts.take(limit, 1, "you").verdict is Verdict.ALLOWED


# -- Kraken


@pytest.mark.parametrize(
    ("client", "calls", "decay"),
    [
        pytest.param("kraken", 15, 0.33, id="starter"),
        pytest.param(("kraken", {"tier": "intermediate"}), 20, 0.5, id="intermediate"),
        pytest.param(("kraken", {"tier": "pro"}), 20, 1.0, id="pro"),
    ],
    indirect=["client"],
)
async def test_krakens_private_calls_drain_as_the_accounts_level_says(
    client: Any, clock: Clock, calls: int, decay: float
) -> None:
    async def errors(most: int) -> list[str]:
        return [
            error for _ in range(most) for error in (await client.signed("POST", "/0/private/Balance")).json["error"]
        ]

    assert await errors(calls) == []
    assert await errors(1) == ["EAPI:Rate limit exceeded"]
    clock.now_s += 3 / decay + 0.001  # the refused one counts as well
    assert await errors(2) == []
    assert await errors(1) == ["EAPI:Rate limit exceeded"]


@pytest.mark.parametrize("client", ["kraken"], indirect=True)
async def test_krakens_orders_are_no_calls_and_trade_history_counts_twice(client: Any) -> None:
    for _ in range(7):
        await client.ask("TradesHistory")
    for _ in range(20):
        await client.ordered()
    await client.ask("Balance")
    assert (await client.signed("POST", "/0/private/Balance")).json["error"] == ["EAPI:Rate limit exceeded"]


@pytest.mark.parametrize("client", ["kraken"], indirect=True)
async def test_krakens_trading_engine_counts_orders_of_each_pair_and_drains_by_one_a_second(
    client: Any, clock: Clock
) -> None:
    ids = [await client.ordered(volume="0.001") for _ in range(52)]
    await client.ask("CancelOrder", txid=ids[0])  # younger than five seconds: 8
    refused = await client.order()
    assert refused.json["error"] == ["EOrder:Rate limit exceeded"]
    assert (await client.order(pair="ETHUSDT", price="1000")).json["error"] == []
    again = await client.signed("POST", "/0/private/CancelOrder", txid=ids[1])
    assert again.json["error"] == ["EOrder:Rate limit exceeded"]
    clock.now_s += 2
    assert (await client.order(volume="0.001")).json["error"] == []


@pytest.mark.parametrize("client", ["kraken"], indirect=True)
async def test_krakens_batches_of_cancellations_are_never_refused_but_count(client: Any) -> None:
    ids = [await client.ordered(volume="0.001") for _ in range(60)]
    assert await client.ask("CancelAll") == {"count": 60}
    assert len(ids) == 60
    assert (await client.order()).json["error"] == ["EOrder:Rate limit exceeded"]


@pytest.mark.parametrize("client", ["kraken"], indirect=True)
async def test_krakens_old_orders_are_canceled_for_nothing(client: Any, clock: Clock) -> None:
    ids = [await client.ordered(volume="0.001") for _ in range(50)]
    sandbox = client.sandbox
    sandbox.clock.set(skew_ms=301_000)
    for order_id in ids:
        await client.ask("CancelOrder", txid=order_id)
        clock.now_s += 0.01
    assert (await client.order()).json["error"] == []


@pytest.mark.parametrize("client", ["kraken"], indirect=True)
async def test_kraken_takes_sixty_open_orders_of_a_pair(client: Any, clock: Clock) -> None:
    for _ in range(60):
        await client.ordered(volume="0.001")
        clock.now_s += 1
    assert (await client.order(volume="0.001")).json["error"] == ["EOrder:Orders limit exceeded"]
    assert (await client.order(pair="ETHUSDT", price="1000")).json["error"] == []


@pytest.mark.parametrize("client", ["kraken"], indirect=True)
async def test_krakens_public_calls_may_come_once_a_second(client: Any, clock: Clock) -> None:
    answers = [(await client.get("/0/public/Time")).json["error"] for _ in range(16)]
    assert answers == [[]] * 15 + [["EAPI:Rate limit exceeded"]]
    clock.now_s += 100
    for _ in range(100):
        assert (await client.get("/0/public/Time")).json["error"] == []
        clock.now_s += 1


# -- the others: endpoint, how many at once, in what time there are as many again, and the words of a refusal

ENDPOINTS = [
    ("okx", "GET", "/api/v5/account/balance", {}, 10, 2, (429, "code", "50011")),
    ("okx", "GET", "/api/v5/account/trade-fee", {"instType": "SPOT"}, 5, 2, (429, "code", "50011")),
    ("okx", "GET", "/api/v5/public/time", {}, 10, 2, (429, "code", "50011")),
    ("bybit", "GET", "/v5/account/fee-rate", {"category": "spot"}, 5, 1, (200, "retCode", 10006)),
    ("bybit", "GET", "/v5/order/realtime", {"category": "spot"}, 50, 1, (200, "retCode", 10006)),
    ("gate", "GET", "/api/v4/spot/accounts", {}, 200, 10, (429, "label", "TOO_MANY_REQUESTS")),
    ("gate", "GET", "/api/v4/spot/time", {}, 200, 10, (429, "label", "TOO_MANY_REQUESTS")),
    ("kucoin", "GET", "/api/v1/market/allTickers", {}, 133, 30, (429, "code", "429000")),
    ("bitget", "GET", "/api/v2/spot/account/assets", {}, 10, 1, (429, "code", "429")),
    ("bitget", "GET", "/api/v2/spot/trade/unfilled-orders", {}, 20, 1, (429, "code", "429")),
    ("bitget", "GET", "/api/v2/public/time", {}, 20, 1, (429, "code", "429")),
]


@pytest.mark.parametrize(
    ("client", "method", "path", "parameters", "most", "seconds", "words"),
    [pytest.param(*row, id=f"{row[0]} {row[2].rpartition('/')[2]}") for row in ENDPOINTS],
    indirect=["client"],
)
async def test_an_endpoint_has_a_limit_of_its_own(
    client: Any, clock: Clock, method: str, path: str, parameters: Any, most: int, seconds: float, words: Any
) -> None:
    status, member, code = words

    async def asked() -> tuple[int, Any]:
        answer = await client.signed(method, path, **parameters)
        return answer.status, answer.json.get(member) if isinstance(answer.json, dict) else None

    answers = [await asked() for _ in range(most + 1)]
    assert (status, code) not in answers[:-1]
    assert answers[-1] == (status, code)
    clock.now_s += seconds
    assert await asked() == answers[0]


ORDERS = [
    pytest.param("okx", 60, 2, id="okx: 60 in two seconds"),
    pytest.param("bybit", 20, 1, id="bybit: 20 a second"),
    pytest.param("gate", 10, 1, id="gate: 10 a second"),
    pytest.param("bitget", 10, 1, id="bitget: 10 a second"),
]


@pytest.mark.parametrize(("client", "most", "seconds"), ORDERS, indirect=["client"])
async def test_orders_have_a_limit_of_their_own(client: Any, clock: Clock, most: int, seconds: float) -> None:
    engine, account_id = client.sandbox.engine, client.account.account_id
    for _ in range(most + 3):
        await client.order()
    assert len(engine.open_orders(account_id)) == most
    clock.now_s += seconds
    await client.order()
    assert len(engine.open_orders(account_id)) == most + 1


@pytest.mark.parametrize("client", ["okx"], indirect=True)
async def test_each_order_of_a_batch_counts_at_okx(client: Any) -> None:
    terms = {"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.001", "px": "50000"}
    answers = [await client.signed("POST", "/api/v5/trade/batch-orders", *[terms] * 20) for _ in range(16)]
    assert [answer.status for answer in answers] == [200] * 15 + [429]
    assert (await client.order()).status == 200  # single ones are counted apart


@pytest.mark.parametrize("client", ["okx", "gate"], indirect=True)
async def test_the_limit_of_orders_is_of_each_market(client: Any) -> None:
    other = {"okx": {"instId": "ETH-USDT", "px": "1000"}, "gate": {"currency_pair": "ETH_USDT", "price": "1000"}}
    for _ in range(61):
        refused = await client.order()
    assert refused.status == 429
    assert (await client.order(**other[client.sandbox.exchange])).status == 200


@pytest.mark.parametrize("client", ["kucoin"], indirect=True)
async def test_kucoins_pools_are_told_in_headers_and_counted_apart(client: Any, clock: Clock) -> None:
    async def told(method: str, path: str) -> tuple[str, ...]:
        headers = (await client.signed(method, path)).headers
        return tuple(headers[f"gw-ratelimit-{name}"] for name in ("limit", "remaining", "reset"))

    assert await told("GET", "/api/v1/timestamp") == ("2000", "1997", "0")
    assert await told("GET", "/api/v1/accounts") == ("2000", "1995", "0")
    assert (await client.order()).headers["gw-ratelimit-remaining"] == "3999"
    assert await told("GET", "/api/v1/fills") == ("4000", "3989", "0")
    clock.now_s += 30
    assert await told("GET", "/api/v1/fills") == ("4000", "3990", "0")


async def test_bybit_shuts_an_address_out_that_asks_too_much_whatever_it_asks() -> None:
    async with Sandbox("bybit", limits_pace=0.001) as sandbox, aiohttp.ClientSession() as session:
        client = CLIENTS["bybit"](session, sandbox, sandbox.create_account())
        answers = await asyncio.gather(*(client.get("/v5/market/time") for _ in range(602)))
    assert [answer.status for answer in answers].count(403) == 2
    assert {answer.json["retCode"] for answer in answers if answer.status == 403} == {10018}


@pytest.mark.parametrize(
    ("client", "header", "expected"),
    [
        pytest.param("gate", "X-Gate-RateLimit-Requests-Remain", ["9", "8", "199", "199"], id="gate"),
        pytest.param("bybit", "X-Bapi-Limit-Status", ["19", "18", "49", None], id="bybit"),
    ],
    indirect=["client"],
)
async def test_headers_tell_what_is_left_of_the_endpoints_limit(client: Any, header: str, expected: Any) -> None:
    private, public = {
        "gate": ("/api/v4/spot/accounts", "/api/v4/spot/time"),
        "bybit": ("/v5/account/wallet-balance", "/v5/market/time"),
    }[client.sandbox.exchange]
    answers = [
        await client.order(),
        await client.order(),
        await client.signed("GET", private),
        await client.get(public),
    ]
    assert [answer.headers.get(header) for answer in answers] == expected
