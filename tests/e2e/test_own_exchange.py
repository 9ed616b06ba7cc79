"""A venue that ccxt does not know: a class of the user's own trades on the embedded venue, through the connector."""

from decimal import Decimal

import pytest
from hummingbot.client.settings import AllConnectorSettings
from hummingbot.core.event.events import MarketEvent

CLASS = """
from ccxt.pro.binance import binance


class myvenue(binance):
    def describe(self):
        return self.deep_extend(super().describe(), {"id": "myvenue", "name": "My Venue"})
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The user's folder, with the class in it; Hummingbot has the connector in its list, as after `install`."""
    listed = AllConnectorSettings.get_connector_settings()
    monkeypatch.setitem(listed, "ccxt_myvenue", listed["ccxt_binance"]._replace(name="ccxt_myvenue"))
    (tmp_path / "myvenue_exchange.py").write_text(CLASS)
    return tmp_path


async def test_it_trades_fills_and_cancels(bots, account, market, folder):
    bot = await bots.start(account, domain="myvenue", folder=folder)
    assert (bot.connector.name, bot.client.id) == ("ccxt_myvenue", "myvenue")
    await bot.book_right()
    bought = bot.buy("0.1", "60010")
    await bot.event(MarketEvent.BuyOrderCompleted, of=bought)
    assert bot.fills(of=bought) == [("60010", "0.1")]
    resting = await bot.resting_buy()
    bot.connector.cancel("BTC-USDT", resting)
    await bot.event(MarketEvent.OrderCancelled, of=resting)
    await bot.settled()
    assert bot.balances()["BTC"][0] == bot.ledger()["BTC"][0] > Decimal(2)


async def test_a_mapping_beside_the_class_is_followed(bots, account, market, folder):
    (folder / "myvenue.py").write_text(
        "from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping\n"
        'MAPPING = ExchangeMapping(client_order_id=ClientOrderId(prefix="mine"))\n'
    )
    bot = await bots.start(account, domain="myvenue", folder=folder)
    assert (await bot.resting_buy()).startswith("mine")
