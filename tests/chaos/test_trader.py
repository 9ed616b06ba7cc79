"""What the storm's trader sees of its connector."""

from types import SimpleNamespace

from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.event.events import OrderBookTradeEvent

from hummingbot_ccxt.chaos.storm import Plan, Storm
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


class _WithoutATrader(Storm):
    module = "hummingbot_ccxt.errors"  # ends at once


async def test_what_the_trader_left_is_kept_when_a_storm_goes_wrong(tmp_path):
    said = []
    plan = Plan("binance", "ours", "7", 1, folder=tmp_path / "storm", kept_in=tmp_path / "kept")
    (tmp_path / "storm").mkdir()
    (tmp_path / "storm" / "log-1.txt").write_text("what went wrong")
    result = await _WithoutATrader(plan, said.append).run()
    assert result.problems()
    assert (tmp_path / "kept" / "binance-ours-7" / "log-1.txt").read_text() == "what went wrong"
    assert str(tmp_path / "kept" / "binance-ours-7") in said[-1]
