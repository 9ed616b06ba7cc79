"""What is noted of events: fills of one millisecond are laid beside the ledger's, whatever order they came in."""

from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.trade_fee import AddedToCostTradeFee
from hummingbot.core.event.events import MarketEvent, OrderFilledEvent

from hummingbot_ccxt.compare.sights import in_ledger_order
from hummingbot_ccxt.rig.bot import Told
from hummingbot_ccxt.sandbox import Side
from hummingbot_ccxt.sandbox.engine import Fill


def fill(price, time_ms):
    amount = Decimal(1)
    return Fill(
        1, 1, "trader", "mine", "BTC/USDT", Side.BUY, Decimal(price), amount, amount * price, "USDT", Decimal(0), False,
        time_ms,
    )  # fmt: skip


def told(price):
    event = OrderFilledEvent(
        1.0, "mine", "BTC-USDT", TradeType.BUY, OrderType.LIMIT, Decimal(price), Decimal(1), AddedToCostTradeFee()
    )
    return Told(MarketEvent.OrderFilled, event, 1.0)


CREATED = Told(MarketEvent.BuyOrderCreated, None, 0.0)
COMPLETED = Told(MarketEvent.BuyOrderCompleted, None, 2.0)


@pytest.mark.parametrize(
    ("came", "noted"),
    [
        pytest.param([10, 11, 12, 20], [10, 11, 12, 20], id="as in the ledger"),
        pytest.param([12, 10, 11, 20], [10, 11, 12, 20], id="of one millisecond, in another order"),
        pytest.param([10, 11, 20, 12], [10, 11, 20, 12], id="of two moments: that is told as it came"),
        pytest.param([10, 13, 12, 20], [10, 13, 12, 20], id="with a wrong price"),
        pytest.param([12, 11], [11, 12], id="not all of them"),
        pytest.param([10, 10, 12, 20, 20], [10, 10, 12, 20, 20], id="one twice"),
    ],
)
def test_fills_of_one_millisecond_are_noted_in_the_ledgers_order(came, noted):
    ledger = [fill(10, 1), fill(11, 1), fill(12, 1), fill(20, 2)]
    events = [CREATED, *(told(price) for price in came), COMPLETED]
    found = in_ledger_order(events, ledger)
    assert [each.event.price for each in found[1:-1]] == noted
    assert (found[0], found[-1]) == (CREATED, COMPLETED)
