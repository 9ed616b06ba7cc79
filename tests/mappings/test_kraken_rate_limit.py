"""Kraken's words for too many requests: nothing leaves for a while, not even what already had its turn."""

import asyncio
from decimal import Decimal

from ccxt.base.errors import InvalidOrder, RateLimitExceeded

from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Fault, Sandbox
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError, outcome_of

BALANCE = "balances"
ERRORS = load_mapping("kraken").errors


def test_a_limit_of_orders_is_a_refusal_and_one_of_requests_leaves_the_question_open():
    assert outcome_of(InvalidOrder('{"error":["EOrder:Rate limit exceeded"]}'), ERRORS) is Outcome.REFUSED
    assert outcome_of(RateLimitExceeded('{"error":["EAPI:Rate limit exceeded"]}'), ERRORS) is Outcome.UNKNOWN


async def test_no_request_leaves_during_the_pause_that_an_answer_before_it_asked_for():
    async with Sandbox("kraken") as sandbox:
        account = sandbox.create_account({"USDT": Decimal(100_000)}, name="trader")
        with short_waits():
            async with running("ours", sandbox, account, ["BTC-USDT"]) as bot:
                venue = bot.connector._venue
                sandbox.faults.rest(BALANCE, Fault.RATE_LIMIT, times=1)
                before = len(sandbox.request_log.of(BALANCE))
                asked = [asyncio.ensure_future(venue.call("fetch_balance")) for _ in range(3)]
                await bot.until(lambda: venue.budget.paused_s, "a pause")
                pause = venue.budget.paused_s
                await asyncio.sleep(min(pause / 2, 1.0))
                assert len(sandbox.request_log.of(BALANCE)) == before + 1
                venue.budget._paused_until = 0.0  # enough of it
                answers = await asyncio.gather(*asked, return_exceptions=True)
                assert sum(isinstance(each, VenueError) for each in answers) == 1
