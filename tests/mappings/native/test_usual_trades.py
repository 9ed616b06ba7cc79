"""What is said of messages with trades is true on the wires: after the first ones ccxt is not needed."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import MarketEvent, OrderBookEvent

from hummingbot_ccxt.rig.bot import DidNotHappen, running, short_waits
from hummingbot_ccxt.rig.connectors import FULL_DEPTH
from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side
from hummingbot_ccxt.venue.trade_messages import trade_message

PAIR, SYMBOL = "BTC-USDT", "BTC/USDT"
SOLD_BEFORE = Decimal("0.001")
SOLD = [Decimal(amount) for amount in ("0.01", "0.003", "0.0207", "0.0004")]


def sell(venue, amount):
    venue.engine.place("takers", symbol=SYMBOL, side=Side.SELL, type=OrderType.MARKET, amount=amount)


def read_without_ccxt(usual):
    """The amounts of trades that are read without ccxt, from now on."""
    found, take = [], usual._take
    usual._take = lambda trade: (found.append(Decimal(str(trade["amount"]))), take(trade))
    return found


def test_every_wire_is_described():
    assert {exchange for exchange in FULL_DEPTH if trade_message(exchange, "public") is None} == set()
    assert {exchange for exchange in FULL_DEPTH if trade_message(exchange, "own") is None} == {"kucoin"}  # names no fee


@pytest.mark.parametrize("exchange", FULL_DEPTH)
async def test_trades_are_read_without_ccxt_and_are_the_venues(exchange, caplog):
    async with Sandbox(exchange, book_interval_s=0.02) as venue:
        for name in ("others", "takers"):
            venue.engine.create_account(name, {"BTC": Decimal(10), "USDT": Decimal(10**6)})
        for side, price in ((Side.BUY, 58_000), (Side.SELL, 61_000)):
            terms = {"symbol": SYMBOL, "side": side, "type": OrderType.LIMIT, "amount": Decimal(1)}
            venue.engine.place("others", price=Decimal(price), **terms)
        account = venue.create_account({"USDT": Decimal(100_000)})
        with short_waits():
            async with running("ours", venue, account, [PAIR]) as bot:
                heard = []
                forwarder = SourceInfoEventForwarder(lambda tag, book, event: heard.append(event))
                bot.connector.order_books[PAIR].add_listener(OrderBookEvent.TradeEvent, forwarder)
                while not heard:  # the subscription stands once one is heard
                    sell(venue, SOLD_BEFORE)
                    with suppress(DidNotHappen):
                        await bot.until(lambda: heard, "a public trade", 0.2)

                own, public = bot.connector._venue._own, bot.connector._venue._public
                publicly, privately = read_without_ccxt(public), [] if own is None else read_without_ccxt(own)
                order_id = bot.buy(PAIR, "1", "59000")
                await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
                for done, amount in enumerate(SOLD, 1):
                    sell(venue, amount)
                    await bot.until(lambda done=done: publicly[-done:] == SOLD[:done], "the public trade")
                    await bot.until(lambda done=done: len(fills_of(bot, order_id)) == done, "the fill")
                told, fills = fills_of(bot, order_id), venue.engine.fills(account.account_id)

    ours = [event for event in heard if Decimal(str(event.amount)) != SOLD_BEFORE]
    assert [(e.price, e.amount) for e in ours] == [(float(f.price), float(f.amount)) for f in fills]
    assert [e.type.name for e in ours] == ["SELL"] * len(SOLD)
    assert [(e.price, e.amount) for e in told] == [(f.price, f.amount) for f in fills]
    assert [[(fee.token, fee.amount) for fee in e.trade_fee.flat_fees] for e in told] == [
        [(f.fee_asset, f.fee)] for f in fills
    ]
    assert privately == ([] if own is None else SOLD[1:])
    assert "only ccxt reads them" not in caplog.text


def fills_of(bot, order_id):
    return bot.events(MarketEvent.OrderFilled, of=order_id)
