"""A fill of Kraken's may bear several fees; ccxt reads the first of them."""

import json
import logging
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder
from hummingbot.core.data_type.trade_fee import TokenAmount, TradeFeeSchema

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.translate.fills import trade_update
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.venue import Venue

USD, BTC = {"asset": "USD", "qty": 0.3458}, {"asset": "BTC", "qty": 0.00001}
MARKET = {
    **{"id": "BTCUSD", "symbol": "BTC/USD", "base": "BTC", "quote": "USD", "baseId": "XXBT", "quoteId": "ZUSD"},
    **{"type": "spot", "spot": True, "precision": {"price": 0.1, "amount": 1e-8}, "info": {"pair_decimals": 1}},
}


class Heard:
    """Who takes what the venue streams, and keeps its fills."""

    def __init__(self):
        self.fills = []
        self.on_fill = self.fills.append

    def on_bad_message(self, where, error, private):
        raise error


def executed(number, *fees):
    """docs.kraken.com/api, WebSocket version 2, Executions: a trade of an order of ours."""
    entry = {
        **{"order_id": "OK4GJX-KSTLS-7DZZO5", "exec_id": f"T{number}", "exec_type": "trade", "trade_id": number},
        **{"symbol": "BTC/USD", "side": "buy", "last_qty": 0.001, "last_price": 26600.0, "liquidity_ind": "t"},
        **{"cost": 26.6, "order_userref": 0, "cl_ord_id": "ours", "order_status": "partially_filled"},
        **{"order_type": "limit", "fee_usd_equiv": 0.6, "fees": list(fees), "timestamp": "2023-09-22T10:33:05.7Z"},
    }
    return {"channel": "executions", "type": "update", "data": [entry], "sequence": number}


@pytest.fixture
async def told(caplog):
    """The fees that are booked for each message which is handed to a connection as the receive loop does."""
    heard, mapping = Heard(), load_mapping("kraken")
    venue = Venue(
        "kraken",
        credentials=Credentials({"apiKey": "k", "secret": "s"}),
        mapping=mapping,
        settings=ExchangeSettings(),
        updates=heard,
    )
    venue.client.set_markets([venue.client.safe_market_structure(MARKET)])
    connection = venue.client.client("wss://ws-auth.kraken.com/v2")
    order = InFlightOrder(
        "ours", "BTC-USD", OrderType.LIMIT, TradeType.BUY, Decimal(1), 1.0, Decimal(26600), "OK4GJX-KSTLS-7DZZO5"
    )

    def say(*messages):
        for message in messages:
            connection.handle_message(SimpleNamespace(type=1, data=json.dumps(message)))
        updates = [trade_update(each, order, fee_schema=TradeFeeSchema(), mapping=mapping) for each in heard.fills]
        return [(update.trade_id, update.fee.flat_fees) for update in updates]

    yield say
    await venue.close()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_each_fee_of_a_fill_is_booked(told):
    usd, btc = TokenAmount("USD", Decimal("0.3458")), TokenAmount("BTC", Decimal("0.00001"))
    said = told(executed(1, USD), executed(2, USD), executed(3, USD, BTC), executed(4, BTC), executed(5, USD, USD))
    assert said == [
        ("T1", [usd]),
        ("T2", [usd]),
        ("T3", [usd, btc]),
        ("T4", [btc]),
        ("T5", [TokenAmount("USD", 2 * usd.amount)]),
    ]
