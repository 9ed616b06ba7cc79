"""Usual trades reach us without ccxt's detour, each once, and say what ccxt would say; all others go its way."""

import dataclasses
import json
import logging
import time
from types import SimpleNamespace

import pytest
from aiohttp import WSMessage, WSMsgType

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.streams import FeedEvents, _Subscription
from hummingbot_ccxt.venue.trade_messages import trade_message
from hummingbot_ccxt.venue.venue import Venue

NOW_MS = int(time.time() * 1000)
USED = ("id", "symbol", "side", "price", "amount", "timestamp")
WAYS = {"ccxt": lambda trade: "datetime" in trade, "direct": lambda trade: "datetime" not in trade}


def market(base):
    return {
        **{"id": f"{base}USDT", "symbol": f"{base}/USDT", "base": base, "quote": "USDT", "baseId": base},
        **{"quoteId": "USDT", "type": "spot", "spot": True, "precision": {"price": 0.01, "amount": 0.0001}, "info": {}},
    }


def public(number, symbol="BTCUSDT", **changes):
    """Binance's documentation, web-socket-streams.md, trade."""
    message = {
        "e": "trade",
        "E": NOW_MS,
        "s": symbol,
        "t": number,
        "p": "25000.10",
        "q": "0.0100",
        "T": NOW_MS + number,
    }
    return {**message, "m": True, "M": True, **changes}


def own(number, **changes):
    """Binance's documentation, user-data-stream.md, executionReport of an order that was filled in part."""
    event = {
        **{"e": "executionReport", "E": NOW_MS, "s": "BTCUSDT", "c": "HBOT-1", "S": "BUY", "o": "LIMIT", "f": "GTC"},
        **{"q": "1.00000000", "p": "25000.10000000", "P": "0.00000000", "F": "0.00000000", "g": -1, "C": ""},
        **{"x": "TRADE", "X": "PARTIALLY_FILLED", "r": "NONE", "i": 77, "l": "0.01000000", "z": "0.0100000"},
        **{"L": "25000.10000000", "n": "0.00001000", "N": "BTC", "T": NOW_MS + number, "t": number, "w": True},
        **{"m": True, "M": True, "O": NOW_MS, "Z": "250.00100000", "Y": "250.00100000", "Q": "0.00000000"},
    }
    return {"subscriptionId": 0, "event": {**event, **changes}}


class Heard:
    """Who takes what the venue streams, and keeps it."""

    def __init__(self):
        self.trades, self.fills, self.orders, self.bad = [], [], [], []
        self.on_trade, self.on_fill, self.on_order = self.trades.append, self.fills.append, self.orders.append

    def on_bad_message(self, where, error, private):
        self.bad.append(error)


@pytest.fixture
async def listening(monkeypatch):
    """Builds a venue with a connection; `say` hands it a message, as the receive loop does."""
    built = []

    def build(**changes):
        if changes:
            rule = dataclasses.replace(trade_message("binance", "public"), **changes)
            monkeypatch.setattr("hummingbot_ccxt.venue.venue.trade_message", lambda exchange, kind: rule)
        heard = Heard()
        venue = Venue(
            "binance",
            credentials=Credentials({"apiKey": "k", "secret": "s"}),
            mapping=load_mapping("binance"),
            settings=ExchangeSettings(),
            updates=heard,
        )
        venue.client.set_markets([venue.client.safe_market_structure(market(base)) for base in ("BTC", "ETH")])
        built.append(venue)

        def connect(url="wss://stream.binance.com:9443/ws/0"):
            connection = venue.client.client(url)

            def say(message):
                connection.handle_message(SimpleNamespace(type=1, data=json.dumps(message)))

            return connection, say

        return SimpleNamespace(venue=venue, heard=heard, connect=connect, say=connect()[1])

    yield build
    for venue in built:
        await venue.close()


def ways(trades):
    return [next(way for way, is_so in WAYS.items() if is_so(trade)) for trade in trades]


async def test_after_the_first_trade_of_its_kind_ccxt_is_not_asked(listening):
    at = listening()
    for number in (1, 2, 3):
        at.say(public(number))
    assert ways(at.heard.trades) == ["ccxt", "direct", "direct"]
    assert len(at.venue.client.trades["BTC/USDT"]) == 1
    first, second, third = ({name: trade[name] for name in USED} for trade in at.heard.trades)
    assert first | {"id": "2", "timestamp": NOW_MS + 2} == second
    assert first | {"id": "3", "timestamp": NOW_MS + 3} == third


async def test_the_usual_trade_of_a_frame_passes_none_of_ccxts_functions(listening, monkeypatch):
    at = listening()
    connection, _ = at.connect()
    handled = []
    handle = connection.on_message_callback
    monkeypatch.setattr(connection, "on_message_callback", lambda *each: (handled.append(each), handle(*each)))
    huge = 123_456_789_012_345_678_901  # read from a float it would be another id
    for number in (1, 2, huge, 4):
        text = json.dumps(public(number, T=NOW_MS))
        connection.handle_message(WSMessage(WSMsgType.TEXT, text, None))
    assert [message["t"] for _, message in handled] == [1, huge]
    assert [trade["id"] for trade in at.heard.trades] == ["1", "2", str(huge), "4"]
    assert at.heard.bad == []


async def test_what_is_not_known_yet_is_learnt_from_ccxt(listening):
    at = listening()
    for message in (public(1), public(2, "ETHUSDT"), public(3), public(4, m=False), public(5, "ETHUSDT", m=False)):
        at.say(message)
    assert ways(at.heard.trades) == ["ccxt", "ccxt", "direct", "ccxt", "direct"]
    assert [trade["symbol"] for trade in at.heard.trades] == [
        f"{base}/USDT" for base in ("BTC", "ETH", "BTC", "BTC", "ETH")
    ]
    assert [trade["side"] for trade in at.heard.trades] == ["sell", "sell", "sell", "buy", "buy"]


@pytest.mark.parametrize(
    "changes",
    [
        {"p": "0.00"}, {"p": "-1"}, {"p": None}, {"p": "1e999"}, {"p": "nan"}, {"q": ""}, {"q": []}, {"q": "text"},
        {"T": None}, {"T": 1.5}, {"t": None}, {"t": True}, {"t": ""}, {"s": "NONE"}, {"s": []}, {"m": None}, {"m": {}},
    ],
)  # fmt: skip
async def test_an_unusual_trade_goes_ccxts_way_and_harms_no_later_one(listening, caplog, changes):
    at = listening()
    at.say(public(1))
    at.say(public(2, **changes))
    at.say(public(3))
    assert "direct" not in ways(at.heard.trades[1:-1])
    assert ways(at.heard.trades)[-1] == "direct"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_who_waits_for_trades_in_ccxt_gets_one_from_each_connection_and_subscription(listening):
    at = listening()
    at.say(public(1))
    connection, say = at.connect("wss://stream.binance.com:9443/ws/1")
    say(public(2))
    say(public(3))
    subscription = _Subscription(at.venue.feed("trades", FeedEvents()), ("BTC/USDT",))
    at.venue.subscribed(subscription, connection, ["trade::BTC/USDT"])
    waiting = connection.future("trade::BTC/USDT")
    say(public(4))
    assert waiting.done()
    assert ways(at.heard.trades) == ["ccxt", "ccxt", "direct", "ccxt"]


async def test_digits_that_a_float_would_lose_are_kept(listening):
    at = listening()
    for number in (1, 2):
        at.say(public(number, p="25000.123456789012345678"))
    assert ways(at.heard.trades) == ["ccxt", "direct"]
    assert {trade["price"] for trade in at.heard.trades} == {"25000.123456789012345678"}


async def test_a_rule_that_reads_otherwise_than_ccxt_is_not_followed(listening, caplog):
    at = listening(fields="t s m q p T")
    for number in (1, 2, 3):
        at.say(public(number))
    assert ways(at.heard.trades) == ["ccxt"] * 3
    assert len([record for record in caplog.records if "only ccxt reads them" in record.getMessage()]) == 1


async def test_own_trades_are_told_before_ccxt_reads_them_and_once(listening):
    at = listening()
    at.say(own(1))
    order = []
    at.venue._own._take = lambda trade: order.append("fill") or at.heard.on_fill(trade)
    at.heard.on_order = lambda told: order.append("order")
    at.say(own(2, c="HBOT-2"))
    assert order == ["fill", "order"]
    assert ways(at.heard.fills) == ["ccxt", "direct"]
    read = at.heard.fills[1]
    assert {name: read[name] for name in USED} == {
        **{"id": "2", "symbol": "BTC/USDT", "side": "buy", "price": 25000.1, "amount": 0.01, "timestamp": NOW_MS + 2},
    }
    assert (read["order"], read["clientOrderId"], read["takerOrMaker"]) == ("77", "HBOT-2", "maker")
    assert read["fee"] == {"cost": 0.00001, "currency": "BTC"}
    assert len(at.venue.client.myTrades) == 2


@pytest.mark.parametrize("changes", [{"n": "-0.00001"}, {"n": None}, {"N": None}, {"m": None}, {"x": "NEW"}])
async def test_an_own_trade_that_is_not_as_usual_is_left_to_ccxt(listening, caplog, changes):
    at = listening()
    at.say(own(1))
    at.say(own(2, **changes))
    at.say(own(3))
    assert [trade["id"] for trade in at.heard.fills] == (["1", "3"] if "x" in changes else ["1", "2", "3"])
    assert ways(at.heard.fills)[-1] == "direct"
    assert "direct" not in ways(at.heard.fills)[:-1]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_own_trade_of_another_currency_or_liquidity_is_learnt_first(listening):
    at = listening()
    for number, changes in enumerate([{}, {"N": "BNB"}, {"N": "BNB"}, {"m": False}, {"m": False, "N": "BNB"}], 1):
        at.say(own(number, i=number, **changes))
    assert not at.heard.bad
    assert ways(at.heard.fills) == ["ccxt", "ccxt", "direct", "ccxt", "direct"]
    assert [trade["fee"]["currency"] for trade in at.heard.fills] == ["BTC", "BNB", "BNB", "BTC", "BNB"]
    assert [trade["takerOrMaker"] for trade in at.heard.fills] == ["maker"] * 3 + ["taker"] * 2


async def test_once_ccxt_reads_an_own_trade_otherwise_only_ccxt_is_believed(listening, caplog):
    at = listening()
    at.say(own(1))
    read = at.venue.client.parse_ws_trade
    at.venue.client.parse_ws_trade = lambda message: {**read(message), "amount": 0.02}
    at.say(own(2))
    at.venue.client.parse_ws_trade = read
    at.say(own(3))
    assert ways(at.heard.fills) == ["ccxt", "direct", "ccxt"]
    assert [record for record in caplog.records if "only ccxt reads them" in record.getMessage()]


async def test_an_own_trade_that_ccxt_cannot_read_is_told_and_the_account_is_asked(listening):
    """As after each private message that ccxt stumbles over: what else it said is lost."""
    at = listening()
    at.say(own(1))

    def fail(message):
        raise KeyError("x")

    at.venue.client.parse_ws_order = fail
    at.say(own(2))
    assert [trade["id"] for trade in at.heard.fills] == ["1", "2"]
    assert len(at.heard.bad) == 1
    del at.venue.client.parse_ws_order
    at.say(own(3))
    assert ways(at.heard.fills) == ["ccxt", "direct", "direct"]


async def test_a_field_that_is_not_zero_as_it_usually_is_leaves_the_trade_to_ccxt(listening):
    at = listening(zero=("gt_fee",))
    for number, changes in enumerate([{}, {"gt_fee": "0.00"}, {"gt_fee": "0.01"}, {"gt_fee": 0}, {}], 1):
        at.say(public(number, **changes))
    assert ways(at.heard.trades) == ["ccxt", "direct", "ccxt", "direct", "direct"]


async def test_an_unusual_trade_teaches_nothing(listening):
    at = listening()
    for number, changes in enumerate([{}, {"N": "BNB", "n": "-0.1"}, {"N": "BNB"}, {"N": "BNB"}], 1):
        at.say(own(number, **{"i": number, **changes}))  # of orders of their own: ccxt adds up fees of one
    assert ways(at.heard.fills) == ["ccxt", "ccxt", "ccxt", "direct"]


async def test_once_ccxt_knows_nothing_of_an_own_trade_only_ccxt_is_believed(listening, caplog):
    at = listening()
    at.say(own(1))
    handle = at.venue.client.handle_my_trade
    at.venue.client.handle_my_trade = lambda connection, message: None
    at.say(own(2))
    at.venue.client.handle_my_trade = handle
    at.say(own(3))
    assert ways(at.heard.fills) == ["ccxt", "direct", "ccxt"]
    assert [record for record in caplog.records if "only ccxt reads them" in record.getMessage()]


async def test_an_order_or_a_fill_asks_for_a_turn_of_the_event_loop_and_a_public_trade_does_not(listening):
    at = listening()
    asked = []
    for message in (public(1), public(2), own(1), own(2), own(3, x="NEW")):
        at.venue.client.ahead.turn_wanted = False
        at.say(message)
        asked.append(at.venue.client.ahead.turn_wanted)
    assert asked == [False, False, True, True, True]
