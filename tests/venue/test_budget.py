"""Who may send when: priorities, pauses, refill, sharing."""

import asyncio
from decimal import Decimal

import pytest
from hummingbot.core.api_throttler.data_types import LinkedLimitWeightPair, RateLimit

from hummingbot_ccxt.venue.budget import BudgetThrottler, Priority, RateBudget, request_priority, shared_budget


@pytest.fixture
def clock():
    """A clock that only the test moves, in seconds."""

    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    return Clock()


async def asked(budget, *requests):
    """The order in which requests (cost, priority) were let go, all of them waiting at the same time."""
    left = []

    async def one(number, cost, priority):
        await budget.acquire(cost, priority)
        left.append(number)

    await asyncio.gather(*(one(number, *request) for number, request in enumerate(requests)))
    return left


async def test_cancels_and_orders_leave_before_look_ups_and_look_ups_before_polls():
    budget = RateBudget(rate=200, capacity=1)
    await budget.acquire(1, Priority.POLL)
    left = await asked(budget, (1, Priority.POLL), (1, Priority.LOOKUP), (1, Priority.ORDER), (1, Priority.ORDER))
    assert left == [2, 3, 1, 0]


async def test_as_many_as_the_capacity_leave_at_once_and_the_next_waits_for_the_refill(clock):
    budget = RateBudget(rate=10, capacity=3, now=clock)
    for _ in range(3):
        await asyncio.wait_for(budget.acquire(1, Priority.POLL), 0.1)
    waiting = asyncio.ensure_future(budget.acquire(1, Priority.POLL))
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.now = 0.1
    await asyncio.wait_for(waiting, 1)


async def test_a_request_dearer_than_the_capacity_leaves_from_a_full_bucket_and_leaves_a_debt(clock):
    budget = RateBudget(rate=1, capacity=2, now=clock)
    await asyncio.wait_for(budget.acquire(10, Priority.POLL), 0.1)
    assert budget._tokens == -8


async def test_what_costs_nothing_waits_neither_for_tokens_nor_for_others(clock):
    budget = RateBudget(rate=1, capacity=1, now=clock)
    await asyncio.wait_for(budget.acquire(6, Priority.POLL), 0.1)
    polling = asyncio.ensure_future(budget.acquire(3, Priority.POLL))
    await asyncio.sleep(0)

    await asyncio.wait_for(budget.acquire(0, Priority.ORDER), 0.1)
    assert not polling.done()
    polling.cancel()


async def test_polls_leave_a_reserve_to_what_is_more_urgent(clock):
    budget = RateBudget(rate=100, capacity=10, reserve=4, now=clock)
    await asyncio.wait_for(budget.acquire(3, Priority.POLL), 0.1)
    await asyncio.wait_for(budget.acquire(3, Priority.POLL), 0.1)
    polling = asyncio.ensure_future(budget.acquire(3, Priority.POLL))
    await asyncio.sleep(0)
    await asyncio.wait_for(budget.acquire(3, Priority.LOOKUP), 0.1)
    assert not polling.done()
    clock.now = 0.06  # a token was left, and 7 are needed
    await asyncio.wait_for(polling, 1)
    assert budget._tokens == pytest.approx(4)


async def test_a_poll_dearer_than_what_the_reserve_leaves_goes_from_a_full_bucket(clock):
    budget = RateBudget(rate=1, capacity=10, reserve=4, now=clock)
    await asyncio.wait_for(budget.acquire(8, Priority.POLL), 0.1)
    assert budget._tokens == 2


async def test_nothing_leaves_during_a_pause_and_a_shorter_one_does_not_end_it(clock):
    budget = RateBudget(rate=1000, capacity=10, now=clock)
    budget.pause(5)
    budget.pause(1)
    assert budget.paused_s == 5
    waiting = asyncio.ensure_future(budget.acquire(1, Priority.ORDER))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    clock.now = 5.0
    budget._serve()
    await asyncio.wait_for(waiting, 1)


async def test_a_waiting_request_that_is_cancelled_gives_its_turn_to_the_next(clock):
    budget = RateBudget(rate=1, capacity=1, now=clock)
    await budget.acquire(1, Priority.POLL)
    first = asyncio.ensure_future(budget.acquire(1, Priority.ORDER))
    second = asyncio.ensure_future(budget.acquire(1, Priority.POLL))
    await asyncio.sleep(0)
    first.cancel()
    clock.now = 1.0
    await asyncio.wait_for(second, 1)
    assert first.cancelled()


async def test_a_permission_that_its_owner_no_longer_wants_is_given_back(clock):
    budget = RateBudget(rate=1, capacity=1, now=clock)
    await budget.acquire(1, Priority.POLL)
    request = asyncio.ensure_future(budget.acquire(1, Priority.POLL))
    await asyncio.sleep(0)
    clock.now = 1.0
    budget._serve()  # granted ...
    request.cancel()  # ... and cancelled before it could run
    await asyncio.gather(request, return_exceptions=True)
    await asyncio.wait_for(budget.acquire(1, Priority.POLL), 0.1)


@pytest.mark.parametrize(("rate", "capacity"), [(0, 1), (1, 0), (-1, 1)])
def test_a_budget_without_rate_or_capacity_is_refused(rate, capacity):
    with pytest.raises(ValueError, match="positive rate and capacity"):
        RateBudget(rate=rate, capacity=capacity)


def test_clients_of_one_venue_and_key_share_a_budget_and_the_smaller_share_wins():
    first = shared_budget("binance", "key-1", rate=20, capacity=20)
    assert shared_budget("binance", "key-1", rate=20, capacity=20) is first
    assert shared_budget("binance", "key-2", rate=20, capacity=20) is not first
    assert shared_budget("kraken", "key-1", rate=20, capacity=20) is not first
    assert shared_budget("binance", "key-1", rate=10, capacity=10) is first
    assert (first.rate, first.capacity) == (10, 10)
    assert shared_budget("binance", "key-1", rate=20, capacity=20).rate == 10


async def test_hummingbots_throttler_draws_on_the_same_budget_by_weight_and_priority(clock):
    budget = RateBudget(rate=1, capacity=10, now=clock)
    limits = [
        RateLimit(limit_id="pool", limit=10, time_interval=1),
        RateLimit("orders", limit=10, time_interval=1, weight=4, linked_limits=[LinkedLimitWeightPair("pool", 4)]),
    ]
    throttler = BudgetThrottler(limits, budget, Decimal(100))
    token = request_priority.set(Priority.ORDER)
    async with throttler.execute_task("orders"):
        assert budget._tokens == 6
    async with throttler.execute_task("nobody knows it"):
        assert budget._tokens == 5
    request_priority.reset(token)
