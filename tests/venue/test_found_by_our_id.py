"""An order whose exchange order id is not known: by client order id, unless the venue will not be asked so."""

import asyncio
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder

from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Fault, Sandbox, Side
from hummingbot_ccxt.sandbox import OrderType as VenueOrderType
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

SYMBOL, OUR_ID = "BTC/USDT", "7f2c1a52-11d7-4a35-8f6e-0c9d6a1b2c3d"


@pytest.mark.parametrize(("exchange", "asked"), [("kraken", 0), ("binance", 3)])
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


async def test_a_venue_whose_gateway_refused_once_is_asked_by_our_id_again():
    with short_waits():
        async with Sandbox("binance") as sandbox:
            account = sandbox.create_account({"USDT": Decimal(100)}, name="trader")
            async with running("ours", sandbox, account, ["BTC-USDT"]) as bot:
                sandbox.faults.rest("order.status", Fault.HTML_BEFORE, times=1, status=403)
                for _ in range(2):
                    with pytest.raises(VenueError) as raised:
                        await bot.connector._find(_unanswered(bot.connector))
                    assert raised.value.outcome is Outcome.GONE
                assert sandbox.faults.injected["order.status", "html_before"] == 1
                assert sandbox.request_log.counts["order.status"] == 2


@pytest.mark.parametrize("error", [ValueError, TypeError])
async def test_a_venue_whose_class_takes_our_id_for_a_number_is_asked_for_its_lists(error):
    with short_waits():
        async with Sandbox("binance") as sandbox:
            account = sandbox.create_account({"USDT": Decimal(10_000)}, name="trader")
            async with running("ours", sandbox, account, ["BTC-USDT"]) as bot:

                async def fetch_order(*_, **__):
                    raise error("invalid literal for int()")  # as ccxt's mercado, before anything is sent

                bot.connector._venue.client.fetch_order = fetch_order
                wanted = _unanswered(bot.connector)
                with pytest.raises(VenueError) as raised:
                    await bot.connector._find(wanted)
                assert raised.value.outcome is Outcome.GONE
                sandbox.engine.place(
                    account.account_id,
                    symbol=SYMBOL,
                    side=Side.BUY,
                    type=VenueOrderType.LIMIT,
                    price=Decimal(100),
                    amount=Decimal(1),
                    client_order_id=wanted.client_order_id,
                )
                found = await bot.connector._find(wanted)
                assert found["clientOrderId"] == wanted.client_order_id


class Account:
    """What happens to the account at the venue, unheard by the connector until it asks."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self._engine = sandbox.engine
        self._ours = sandbox.create_account({"USDT": Decimal(10_000)}, name="trader")
        self._other = sandbox.create_account({"BTC": Decimal(200)}, name="other").account_id

    @property
    def keys(self):
        return self._ours

    def buys(self, price, client_order_id=None, symbol=SYMBOL):
        terms = {"side": Side.BUY, "type": VenueOrderType.LIMIT, "price": Decimal(price), "amount": Decimal(1)}
        return self._engine.place(self._ours.account_id, symbol=symbol, client_order_id=client_order_id, **terms)

    def is_sold_to(self):
        self._engine.place(self._other, symbol=SYMBOL, side=Side.SELL, type=VenueOrderType.MARKET, amount=Decimal(1))

    def cancels(self, order):
        self._engine.cancel(self._ours.account_id, order.symbol, order_id=order.id)


@pytest.fixture
async def kraken():
    """(connector, account): Kraken cannot be asked by our id, so that its lists are searched."""
    with short_waits():
        async with Sandbox("kraken") as sandbox:
            account = Account(sandbox)
            async with running("ours", sandbox, account.keys, ["BTC-USDT"]) as bot:
                yield bot.connector, account


async def test_an_order_that_is_not_on_a_full_page_of_open_orders_may_be_on_the_next(kraken):
    connector, account = kraken
    connector._venue.client.features["spot"]["fetchOpenOrders"]["limit"] = 20  # many venues have such a page
    for _ in range(20):
        account.buys("10")
    with pytest.raises(VenueError) as raised:
        await connector._find(_unanswered(connector))
    assert raised.value.outcome is Outcome.UNKNOWN


async def test_an_order_that_is_not_in_a_list_of_all_open_orders_is_gone(kraken):
    connector, account = kraken
    for _ in range(20):
        account.buys("10")
    with pytest.raises(VenueError) as raised:
        await connector._find(_unanswered(connector))
    assert raised.value.outcome is Outcome.GONE


@pytest.mark.parametrize(("ending", "filled"), [("closed", 1), ("canceled", 0)])
async def test_an_order_is_found_however_many_of_whatever_pairs_ended_after_it(kraken, ending, filled):
    """A page holds orders of all pairs: whether it was full, those of one pair do not tell. Such an order was taken for
    one that never reached the venue, fills and all."""
    connector, account = kraken
    wanted = account.buys("100", client_order_id=OUR_ID)
    if ending == "closed":
        account.is_sold_to()
    else:
        account.cancels(wanted)
    for number in range(120):  # a page of Kraken's closed orders holds 50
        account.cancels(account.buys("10", symbol=("BTC/USDT", "ETH/USDT")[number % 2]))
    found = await connector._find(_unanswered(connector))
    assert (found["status"], found["clientOrderId"], found["filled"]) == (ending, OUR_ID, filled)


async def test_many_orders_are_looked_for_on_the_same_pages(kraken):
    connector, account = kraken
    for _ in range(60):
        account.cancels(account.buys("10"))
    counts = account.sandbox.request_log.counts
    counts.clear()
    found = await asyncio.gather(*(connector._find(_unanswered(connector)) for _ in range(10)), return_exceptions=True)
    assert [err.outcome for err in found] == [Outcome.GONE] * 10
    assert (counts["openOrders"], counts["allOrders"], counts["order.status"]) == (1, 2, 0)


async def test_which_orders_are_ours_is_asked_seldom_however_many_orders_the_trades_are_of():
    """Once for each of them, as it was, a look-up for a hundred orders held the event loop up for seconds."""
    with short_waits():
        async with Sandbox("gate") as sandbox:
            account = Account(sandbox)
            async with running("ours", sandbox, account.keys, ["BTC-USDT"]) as bot:
                for _ in range(110):  # more than a page of closed orders, so that trades are looked through
                    account.buys("10")
                    account.is_sold_to()
                asked = _counting(bot.connector._life, "_taken")
                with pytest.raises(VenueError):
                    await bot.connector._find(_unanswered(bot.connector))
                assert sandbox.request_log.counts["myTrades"] > 0
                assert (
                    0 < len(asked) <= 15
                )  # the lists, the trades, and each of the ten unknown orders that are asked for


def _counting(owner, name):
    """What a method of an object answered from now on."""
    answers, method = [], getattr(owner, name)

    def counted(*arguments):
        answers.append(method(*arguments))
        return answers[-1]

    setattr(owner, name, counted)
    return answers


def _unanswered(connector):
    """An order that was sent, and whose answer never came."""

    return InFlightOrder(
        client_order_id=OUR_ID,
        trading_pair="BTC-USDT",
        order_type=OrderType.LIMIT,
        trade_type=TradeType.BUY,
        price=Decimal(10),
        amount=Decimal(1),
        creation_timestamp=connector.now(),
    )
