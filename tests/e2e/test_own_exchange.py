"""A venue that ccxt does not know: a class of the user's own trades on the embedded venue, through the connector."""

from decimal import Decimal

import pytest
from hummingbot.client.settings import AllConnectorSettings
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt import configuration
from hummingbot_ccxt.exchange import ccxt_web_utils as web_utils
from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange

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
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "myvenue_exchange.py").write_text(CLASS)
    return folder


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


async def test_the_configuration_leads_the_connector_to_class_and_mapping(folder, tmp_path, monkeypatch):
    (folder / "myvenue.py").write_text(
        "from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping\n"
        'MAPPING = ExchangeMapping(client_order_id=ClientOrderId(prefix="mine"))\n'
    )
    path = tmp_path / "hummingbot_ccxt.yml"
    path.write_text(f"exchanges: {{myvenue: {{mapping: {folder.name}, base_url: 'http://127.0.0.1:1'}}}}\n")
    monkeypatch.setattr(configuration, "default_path", lambda: path)
    connector = CcxtExchange(trading_pairs=["BTC-USDT"], domain="myvenue", ccxt_api_key="k", ccxt_secret="s")
    try:
        assert (connector._venue.client.id, connector.client_order_id_prefix) == ("myvenue", "mine")
        assert "/api/v3/ping" in web_utils.public_rest_url("ping", "myvenue")
    finally:
        await connector._venue.close()
