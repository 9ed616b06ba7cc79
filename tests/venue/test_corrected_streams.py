"""What a venue's stream brings is corrected, as its mapping says, before anybody hears of it."""

from unittest.mock import Mock

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import ExchangeMapping
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.venue import Venue


async def test_orders_and_fills_of_the_stream_are_corrected():
    mapping = ExchangeMapping(exchange="bit2c", order_fields={"filled": ("z",)}, trade_fields={"fee.cost": ("-paid",)})
    heard = Mock()
    venue = Venue("bit2c", credentials=Credentials({}), mapping=mapping, settings=ExchangeSettings(), updates=heard)
    venue.order({"id": "1", "filled": 4, "info": {"z": "7"}})
    venue.fill({"id": "2", "fee": {"cost": -1, "currency": "BTC"}, "info": {"paid": "-1"}})
    await venue.close()
    assert heard.on_order.call_args.args[0]["filled"] == "7"
    assert heard.on_fill.call_args.args[0]["fee"] == {"cost": "1", "currency": "BTC"}
