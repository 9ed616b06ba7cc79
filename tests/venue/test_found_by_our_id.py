"""An order whose exchange order id is not known: by client order id, unless the venue will not be asked so."""

from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder

from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Sandbox
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError


@pytest.mark.parametrize(("exchange", "asked"), [("kraken", 1), ("binance", 3)])
async def test_a_venue_that_refuses_to_be_asked_by_our_id_is_not_asked_so_again(exchange, asked):
    with short_waits():
        async with Sandbox(exchange) as sandbox:
            account = sandbox.create_account({"USDT": Decimal(100)}, name="trader")
            async with running("ours", sandbox, account, ["BTC-USDT"]) as bot:
                connector: CcxtExchange = bot.connector
                for _ in range(3):
                    with pytest.raises(VenueError) as raised:
                        await connector._find(_unanswered(connector))
                    assert raised.value.outcome is Outcome.GONE
                assert sandbox.request_log.counts["order.status"] == asked


def _unanswered(connector):
    """An order that was sent, and whose answer never came."""

    return InFlightOrder(
        client_order_id="7f2c1a52-11d7-4a35-8f6e-0c9d6a1b2c3d",
        trading_pair="BTC-USDT",
        order_type=OrderType.LIMIT,
        trade_type=TradeType.BUY,
        price=Decimal(10),
        amount=Decimal(1),
        creation_timestamp=connector.now(),
    )
