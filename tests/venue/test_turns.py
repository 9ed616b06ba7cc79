"""One after another, and who is urgent goes first."""

import asyncio

import pytest

from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.turns import Turns

ORDER, LOOKUP, POLL = Priority.ORDER, Priority.LOOKUP, Priority.POLL


class Visitors:
    """Who waits for a turn, keeps it until told, and who had one."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.had: list[str] = []
        self.inside = 0
        self.leave = asyncio.Semaphore(0)

    def come(self, name: str, priority: Priority) -> asyncio.Task[None]:
        return asyncio.ensure_future(self._come(name, priority))

    async def _come(self, name: str, priority: Priority) -> None:
        async with self.turns.turn(priority):
            self.inside += 1
            assert self.inside == 1
            self.had.append(name)
            try:
                await self.leave.acquire()
            finally:
                self.inside -= 1


@pytest.fixture
def visitors() -> Visitors:
    return Visitors()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_an_order_waits_for_one_request_and_not_for_those_that_wait(visitors: Visitors) -> None:
    all_who = [visitors.come(f"poll {n}", POLL) for n in range(3)]
    await settle()
    all_who += [visitors.come("look-up", LOOKUP), visitors.come("order", ORDER), visitors.come("cancel", ORDER)]
    await settle()
    for _ in all_who:
        visitors.leave.release()
    await asyncio.gather(*all_who)
    assert visitors.had == ["poll 0", "order", "cancel", "look-up", "poll 1", "poll 2"]


async def test_one_who_does_not_wait_any_more_is_passed_over(visitors: Visitors) -> None:
    first, second, third = (visitors.come(name, POLL) for name in ("first", "second", "third"))
    await settle()
    second.cancel()
    visitors.leave.release()
    visitors.leave.release()
    await asyncio.gather(first, third)
    assert visitors.had == ["first", "third"]


async def test_a_turn_that_came_to_one_who_left_at_that_moment_is_given_on(visitors: Visitors) -> None:
    async with visitors.turns.turn(POLL):
        first, second = (visitors.come(name, POLL) for name in ("first", "second"))
        await settle()
    first.cancel()  # its turn has come, and it did not go on yet
    visitors.leave.release()
    await second
    assert visitors.had == ["second"]


async def test_a_failure_ends_a_turn(visitors: Visitors) -> None:
    first, second = visitors.come("first", POLL), visitors.come("second", POLL)
    await settle()
    first.cancel()
    visitors.leave.release()
    await second
    third = visitors.come("third", POLL)
    visitors.leave.release()
    await third
    assert visitors.had == ["first", "second", "third"]
