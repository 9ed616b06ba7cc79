"""A request for all who want it: one that is under way is too old for who asks only now."""

import asyncio

import pytest

from hummingbot_ccxt.exchange.fetched_soon import FetchedSoon


class Requests:
    """Each is answered when the test says so."""

    def __init__(self) -> None:
        self.sent = 0
        self.answer = asyncio.Event()
        self.to_be_made_again = 0

    async def __call__(self) -> bool:
        self.sent += 1
        await self.answer.wait()
        self.answer.clear()
        self.to_be_made_again -= 1
        return self.to_be_made_again >= 0


@pytest.fixture
def requests() -> Requests:
    return Requests()


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_who_want_it_before_it_leaves_share_one(requests: Requests) -> None:
    soon = FetchedSoon(requests)
    for _ in range(3):
        soon.want()
    await turns()
    requests.answer.set()
    await turns()
    assert requests.sent == 1


async def test_all_who_want_it_meanwhile_share_the_next(requests: Requests) -> None:
    soon = FetchedSoon(requests)
    soon.want()
    await turns()
    for _ in range(3):
        soon.want()
    assert requests.sent == 1
    for _ in range(3):
        requests.answer.set()
        await turns()
    assert requests.sent == 2


async def test_it_is_made_again_as_long_as_it_says_so(requests: Requests) -> None:
    soon = FetchedSoon(requests)
    requests.to_be_made_again = 2
    soon.want()
    for _ in range(5):
        await turns()
        requests.answer.set()
    assert requests.sent == 3


async def test_one_that_failed_does_not_keep_the_next_from_leaving(requests: Requests) -> None:
    failing = True

    async def fetch() -> bool:
        requests.sent += 1
        if failing:
            raise ConnectionError
        return False

    soon = FetchedSoon(fetch)
    soon.want()
    await turns()
    failing = False
    soon.want()
    await turns()
    assert requests.sent == 2
