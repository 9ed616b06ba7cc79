"""Public trades."""

import copy
import itertools
from types import MappingProxyType

import pytest
from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.order_book_message import OrderBookMessageType

from hummingbot_ccxt.translate.trades import public_trade, trade_event, trade_message
from hummingbot_ccxt.translate.values import BadVenueData


def a_trade(**changes):
    """A public trade as ccxt parses it."""
    trade = {
        "info": {},
        "id": "28457",
        "timestamp": 1499865549590,
        "symbol": "BNB/BTC",
        "side": "sell",
        "price": "4.00000100",
        "amount": "12.00000000",
    }
    return {**trade, **changes}


def test_binances_trade_becomes_a_message(binance, private):
    trade = binance.parse_trade(private("binance", "trades_response")[0])
    message = trade_message(trade, trading_pair="BNB-BTC")
    assert message.type is OrderBookMessageType.TRADE
    assert message.timestamp == 1499865549.59
    assert message.trade_id == message.content["trade_id"] == "28457"
    assert message.trading_pair == "BNB-BTC"
    assert message.content["trade_type"] == float(TradeType.SELL.value)
    assert message.content["update_id"] == 1499865549590
    assert (float(message.content["price"]), float(message.content["amount"])) == (4.000001, 12.0)


def test_okxs_trades_become_messages(okx, private):
    rows = private("okx", "http_get_trades")
    rows = rows["data"] if isinstance(rows, dict) else rows
    messages = [trade_message(okx.parse_trade(row), trading_pair="BTC-USDT") for row in rows]
    assert [(m.trade_id, m.content["trade_type"], m.content["price"], m.content["amount"]) for m in messages] == [
        ("734864333", float(TradeType.SELL.value), "102537.9", "0.00013669"),
        ("734864332", float(TradeType.BUY.value), "102537.9", "0.0000125"),
    ]


@pytest.mark.parametrize(("side", "kind"), [("buy", TradeType.BUY), ("sell", TradeType.SELL)])
def test_the_type_is_the_takers_side_as_a_float(side, kind):
    assert trade_message(a_trade(side=side), trading_pair="BNB-BTC").content["trade_type"] == float(kind.value)


@pytest.mark.parametrize(
    "identity",
    [
        pytest.param(None, id="phemex, which has none"),
        pytest.param("1.3e+26", id="htx, whose id was read as a float"),
        pytest.param("", id="an empty one"),
        pytest.param(1.5, id="a float"),
    ],
)
def test_a_trade_without_a_usable_id_gets_one_of_its_content(identity):
    message = trade_message(a_trade(id=identity), trading_pair="BNB-BTC")
    assert message.trade_id == "1499865549590:sell:4.000001:12"


@pytest.mark.parametrize(
    "changes", [{"timestamp": 1499865549591}, {"side": "buy"}, {"price": "4.1"}, {"amount": "12.1"}], ids=str
)
def test_another_trade_gets_another_id(changes):
    one, other = a_trade(id=None), a_trade(id=None, **changes)
    assert trade_message(one, trading_pair="A-B").trade_id != trade_message(other, trading_pair="A-B").trade_id


def test_the_same_trade_gets_the_same_id_however_its_numbers_are_written():
    texts, floats = a_trade(id=None), a_trade(id=None, price=4.000001, amount=12.0)
    assert trade_message(texts, trading_pair="A-B").trade_id == trade_message(floats, trading_pair="A-B").trade_id


def test_a_tiny_price_is_written_without_an_exponent():
    assert trade_message(a_trade(price="1.6E-7"), trading_pair="A-B").content["price"] == "0.00000016"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", None), ("price", "0"), ("price", "-1"), ("price", float("nan")), ("price", True),
        ("amount", None), ("amount", "0"), ("amount", "x"), ("amount", float("inf")),
        ("side", None), ("side", ""), ("side", "Buy"), ("side", "unknown"), ("side", 1.0), ("side", []),
        ("timestamp", None), ("timestamp", 0), ("timestamp", 1499865549), ("timestamp", "x"),
    ],
)  # fmt: skip
def test_a_trade_without_a_usable_field_is_refused_by_name(field, value):
    with pytest.raises(BadVenueData) as caught:
        trade_message(a_trade(**{field: value}), trading_pair="BNB-BTC")
    assert (caught.value.structure, caught.value.field) == ("trade", field)


def test_an_unrecognised_frame_of_bybit_makes_no_trade():
    """pro/bybit.py:1162 makes a trade of anything; its price, amount and id are None."""
    with pytest.raises(BadVenueData):
        trade_message({"id": None, "price": None, "amount": None, "side": None, "timestamp": None}, trading_pair="A-B")


def test_the_input_stays_as_it_is():
    trade = a_trade(id=None)
    before = copy.deepcopy(trade)
    trade_message(trade, trading_pair="BNB-BTC")
    assert trade == before


NUMBERS = [
    4.000001, 1e-8, 123456789.12345679, 1e39, 1e40, 1e-41, 0.0, -1.0, float("nan"), float("inf"), 7, True, "4.00000100",
    "0.123456789012345678", None,
]  # fmt: skip
IDS = ["28457", "a-b", "0x1f", "1.3e+26", "1e+5", "nan", "INF", "12", "x", "", None, 5, 1.5, "a+b"]
TIMES = [1499865549590, 1499865549, 1499865549590.0, "1499865549590", None, 10**15, True]
SIDES = ["buy", "sell", "Buy", None, []]


def outcome(trade):
    """What comes of a trade, or why none does."""
    try:
        known = public_trade(trade)
    except BadVenueData as error:
        return str(error)
    return trade_event(known, trading_pair="A-B"), trade_message(known, trading_pair="A-B").content


def test_a_usual_trade_is_read_the_short_way_with_the_same_result():
    """Only a dictionary may go the short way: in other clothes, each of these goes the long one."""
    fields = ("price", "amount", "id", "timestamp", "side")
    usual = (4.5, 12.0, "28457", 1499865549590, "sell")
    for values in itertools.chain(
        *([(*usual[:at], value, *usual[at + 1 :]) for value in odd]
          for at, odd in enumerate((NUMBERS, NUMBERS, IDS, TIMES, SIDES))),
        itertools.product(NUMBERS[:5], NUMBERS[:5], IDS[:4], TIMES[:2], SIDES[:3]),
    ):  # fmt: skip
        trade = a_trade(**dict(zip(fields, values, strict=True)))
        assert outcome(trade) == outcome(MappingProxyType(trade)), values
