"""The referral id that ccxt writes into requests of its own accord can be seen, set and cleared."""

import base64
from unittest.mock import Mock

import pytest

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.venue import Venue


@pytest.mark.parametrize(
    ("broker_id", "sent"), [(None, "1400"), ("77", "77"), ("", None)], ids=["ccxt's own", "the user's", "none"]
)
async def test_on_backpack_where_ccxt_writes_it_into_each_signed_request(broker_id, sent):
    venue = Venue(
        "backpack",
        credentials=Credentials({"apiKey": "k", "secret": base64.b64encode(bytes(32)).decode()}),
        mapping=load_mapping("backpack"),
        settings=ExchangeSettings(broker_id=broker_id),
        updates=Mock(),
    )
    market = {"id": "BTC_USDC", "symbol": "BTC/USDC", "base": "BTC", "quote": "USDC", "type": "spot", "spot": True}
    venue.client.set_markets([venue.client.safe_market_structure(market)])
    sent_headers = []

    async def fetch(url, method="GET", headers=None, body=None):
        sent_headers.append(headers)
        return [] if "depth" not in url else {"bids": [], "asks": [], "timestamp": "1753102447307501"}

    venue.client.fetch = fetch
    try:
        await venue.call("fetch_open_orders", "BTC/USDC")
        await venue.call("fetch_order_book", "BTC/USDC")
    finally:
        await venue.close()
    headers, public = sent_headers
    assert headers.get("X-Broker-Id") == sent
    assert {"X-API-Key", "X-Signature", "X-Timestamp"} <= headers.keys()
    assert not public
