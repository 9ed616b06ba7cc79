"""What the storm's trader sees of its connector."""

from types import SimpleNamespace

from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.event.events import OrderBookTradeEvent

from hummingbot_ccxt.chaos.trader import Trader

TRADE = OrderBookTradeEvent("BTC-USDT", 1.0, TradeType.BUY, 100.0, 1.0, "1")


def test_trades_are_heard_of_the_books_that_hummingbot_makes_when_it_starts_the_network_again():
    books = {"BTC-USDT": OrderBook()}
    trader = Trader()
    trader._bot = SimpleNamespace(connector=SimpleNamespace(order_books=books))
    trader._hear_trades()
    books["BTC-USDT"].apply_trade(TRADE)
    books["BTC-USDT"] = OrderBook()
    trader._hear_trades()
    trader._hear_trades()
    books["BTC-USDT"].apply_trade(TRADE)
    assert trader._trades == {"BTC-USDT": 2}
