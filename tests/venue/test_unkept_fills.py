"""Own trades reach us although ccxt's class puts each message's into a new cache, which it hands out and forgets."""

from unittest.mock import Mock

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import ExchangeMapping
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.streams import ACCOUNT, FeedEvents, _Subscription
from hummingbot_ccxt.venue.venue import Venue

MARKET = {
    **{"id": "SPOT_BTC_USDT", "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "baseId": "BTC"},
    **{"quoteId": "USDT", "type": "spot", "spot": True, "precision": {"price": 0.01, "amount": 0.0001}, "info": {}},
}


def a_fill(number):
    """ccxt, pro/woo.py, handle_my_trade."""
    return {
        **{"msgType": 0, "symbol": "SPOT_BTC_USDT", "clientOrderId": 0, "orderId": 54774393, "type": "MARKET"},
        **{"side": "BUY", "quantity": 0.0, "price": 0.0, "tradeId": number, "executedPrice": 23534.06, "fee": 2.1e-7},
        **{"executedQuantity": 0.00040791, "feeAsset": "BTC", "status": "FILLED", "timestamp": 1675406261689},
        **{"maker": False, "reduceOnly": False},
    }


async def test_each_fill_is_heard_once():
    heard = Mock()
    venue = Venue(
        "woo",
        credentials=Credentials({"apiKey": "k", "secret": "s", "uid": "u"}),
        mapping=ExchangeMapping(exchange="woo"),
        settings=ExchangeSettings(),
        updates=heard,
    )
    venue.client.set_markets([venue.client.safe_market_structure(MARKET)])
    connection = venue.client.client("wss://127.0.0.1:1/private")
    subscription = _Subscription(venue.feed("fills", FeedEvents()), (ACCOUNT,))
    venue.subscribed(subscription, connection, ["myTrades"])
    try:
        for number in (56201985, 56201986):
            venue.client.handle_my_trade(connection, a_fill(number))
            assert venue.client.myTrades is None  # as of deribit and phemex
    finally:
        await venue.close()
    assert [call.args[0]["id"] for call in heard.on_fill.call_args_list] == ["56201985", "56201986"]
