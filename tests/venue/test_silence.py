"""How long a venue wants to be left alone, as it says itself."""

from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime

import pytest

from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Fault, Sandbox
from hummingbot_ccxt.venue.outcomes import VenueError
from hummingbot_ccxt.venue.silence import wanted_silence_s

NOW_S = 1_700_000_000.0
DATE = format_datetime(datetime.fromtimestamp(NOW_S + 30, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "own", "wanted"),
    [
        pytest.param({"Retry-After": "7"}, {}, 7.0, id="seconds"),
        pytest.param({"retry-after": " 1.5 "}, {}, 1.5, id="part of a second"),
        pytest.param({"Retry-After": DATE}, {}, 30.0, id="a date"),
        pytest.param({"X": "2500"}, {"x": "ms"}, 2.5, id="milliseconds"),
        pytest.param({"x": str(NOW_S + 4)}, {"X": "at_s"}, 4.0, id="at a second"),
        pytest.param({"X": str(int((NOW_S + 4) * 1000))}, {"X": "at_ms"}, 4.0, id="at a millisecond"),
        pytest.param({"X": "1000", "Retry-After": "3"}, {"X": "ms"}, 3.0, id="the longer of two"),
        pytest.param({"X": str(NOW_S - 4)}, {"X": "at_s"}, None, id="in the past"),
        pytest.param({"X": "soon", "Retry-After": "later"}, {"X": "at_s"}, None, id="no time at all"),
        pytest.param({"X": "nan", "Retry-After": "inf"}, {"X": "s"}, None, id="no number"),
        pytest.param({"Y": "5"}, {}, None, id="another header"),
    ],
)
def test_a_header_tells(headers, own, wanted):
    assert wanted_silence_s(headers, own, NOW_S) == (None if wanted is None else pytest.approx(wanted, abs=0.01))


@pytest.mark.parametrize("exchange", ["bybit", "gate", "kucoin"])
async def test_nothing_leaves_for_as_long_as_the_venues_own_header_says(exchange):
    assert load_mapping(exchange).retry_after
    async with Sandbox(exchange, participants=["BTC/USDT"]) as sandbox:
        account = sandbox.create_account({"USDT": Decimal(1000)}, name="trader")
        with short_waits():
            async with running("ours", sandbox, account, ["BTC-USDT"]) as bot:
                venue = bot.connector._venue
                sandbox.faults.rest("balances", Fault.RATE_LIMIT, times=1, retry_after_s=23)
                with pytest.raises(VenueError) as raised:
                    await venue.call("fetch_balance")
                assert raised.value.retry_after_s == pytest.approx(23, abs=2)
                assert venue.budget.paused_s == pytest.approx(23, abs=3)
                venue.budget._paused_until = 0.0
