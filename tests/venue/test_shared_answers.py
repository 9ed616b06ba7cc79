"""Look-ups of many orders ask for one list together, and none gets an older one than it asked for."""

import asyncio

import pytest

from hummingbot_ccxt.venue.shared_answers import SharedAnswers


class Lists:
    """Requests that end when they are told to."""

    def __init__(self):
        self.begun = []

    async def ask(self):
        done = asyncio.get_running_loop().create_future()
        self.begun.append(done)
        return await done


async def turns(number=5):
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture
def lists():
    return Lists()


@pytest.fixture
def shared():
    return SharedAnswers()


async def test_who_asks_while_a_request_is_under_way_shares_the_next_one_with_all_others_who_do(shared, lists):
    first = asyncio.ensure_future(shared.get("open", lists.ask))
    await turns()
    later = [asyncio.ensure_future(shared.get("open", lists.ask)) for _ in range(50)]
    await turns()
    assert len(lists.begun) == 1
    lists.begun[0].set_result("old")
    await turns()
    assert len(lists.begun) == 2
    lists.begun[1].set_result("new")
    assert await first == "old"
    assert await asyncio.gather(*later) == ["new"] * 50


async def test_other_keys_do_not_wait(shared, lists):
    both = [asyncio.ensure_future(shared.get(key, lists.ask)) for key in ("BTC/USDT", "ETH/USDT")]
    await turns()
    assert len(lists.begun) == 2
    for number, each in enumerate(lists.begun):
        each.set_result(number)
    assert await asyncio.gather(*both) == [0, 1]


async def test_an_error_reaches_everyone_who_waited_for_that_request_and_not_the_next(shared, lists):
    first = asyncio.ensure_future(shared.get("open", lists.ask))
    await turns()
    second = asyncio.ensure_future(shared.get("open", lists.ask))
    lists.begun[0].set_exception(OSError("reset"))
    await turns()
    lists.begun[1].set_result("well")
    with pytest.raises(OSError, match="reset"):
        await first
    assert await second == "well"


async def test_one_who_stops_waiting_does_not_take_the_answer_from_the_others(shared, lists):
    impatient, patient = (asyncio.ensure_future(shared.get("open", lists.ask)) for _ in range(2))
    await turns()
    impatient.cancel()
    await turns()
    lists.begun[0].set_result("well")
    assert await patient == "well"


async def test_a_request_that_nobody_waits_for_any_more_is_given_up(shared, lists):
    first = asyncio.ensure_future(shared.get("open", lists.ask))
    await turns()
    second = asyncio.ensure_future(shared.get("open", lists.ask))
    await turns()
    for each in (first, second):
        each.cancel()
    await turns()
    assert lists.begun[0].cancelled()
    assert len(lists.begun) == 1
    third = asyncio.ensure_future(shared.get("open", lists.ask))
    await turns()
    lists.begun[1].set_result("anew")
    assert await third == "anew"
