"""Fees: what was paid, and the account's rates."""

import copy
from decimal import Decimal

import pytest
from hummingbot.core.data_type.trade_fee import TokenAmount

from hummingbot_ccxt.mapping import ExchangeMapping, SymbolRules
from hummingbot_ccxt.translate.fees import MakerTaker, paid_fees, trading_fees
from hummingbot_ccxt.translate.values import BadVenueData


@pytest.mark.parametrize(
    ("trade", "paid"),
    [
        pytest.param({}, [], id="no fee at all"),
        pytest.param({"fee": None, "fees": None}, [], id="a fee that is None"),
        pytest.param({"fee": {"cost": None, "currency": None}, "fees": []}, [], id="ccxt's empty fee"),
        pytest.param({"fee": {"cost": "0.1", "currency": "BNB"}}, [("BNB", "0.1")], id="a fee"),
        pytest.param({"fee": {"cost": 0.1, "currency": "BNB"}}, [("BNB", "0.1")], id="a cost that is a float"),
        pytest.param({"fee": {"cost": "0.0", "currency": "BNB"}}, [], id="a cost of 0"),
        pytest.param({"fee": {"cost": None, "currency": "BNB"}}, [], id="a currency alone"),
        pytest.param({"fee": {"cost": "-0.1", "currency": "BNB"}}, [("BNB", "-0.1")], id="a rebate"),
        pytest.param(
            {"fee": {"cost": "1", "currency": "A"}, "fees": [{"cost": "1", "currency": "A"}]},
            [("A", "1")],
            id="fee and fees, which say the same",
        ),
        pytest.param(
            {"fees": [{"cost": "1", "currency": "A"}, {"cost": "2", "currency": "B"}, {"cost": "3", "currency": "A"}]},
            [("A", "4"), ("B", "2")],
            id="several fees, one amount per token",
        ),
        pytest.param(
            {"fees": [{"cost": "1", "currency": "A"}, {"cost": "-1", "currency": "A"}]}, [], id="fees that cancel out"
        ),
        pytest.param({"fees": [None, {"cost": "1", "currency": "A"}]}, [("A", "1")], id="a None among the fees"),
    ],
)
def test_what_was_paid(trade, paid):
    before = copy.deepcopy(trade)
    assert paid_fees(trade) == [TokenAmount(token=token, amount=Decimal(amount)) for token, amount in paid]
    assert trade == before


def test_a_token_has_the_mappings_name():
    mapping = ExchangeMapping(symbols=SymbolRules(aliases={"XBT": "BTC"}))
    assert paid_fees({"fee": {"cost": "1", "currency": "XBT"}}, mapping)[0].token == "BTC"


def test_a_fee_in_no_currency_is_in_the_default_token():
    assert paid_fees({"fee": {"cost": "1", "currency": None}}, default_token="USD")[0].token == "USD"


@pytest.mark.parametrize(
    ("trade", "place"),
    [
        ({"fee": {"cost": "1", "currency": None}}, "fee.currency"),
        ({"fee": {"cost": "1"}}, "fee.currency"),
        ({"fee": {"cost": "1", "currency": 5.5}}, "fee.currency"),
        ({"fee": {"cost": "x", "currency": "A"}}, "fee.cost"),
        ({"fee": {"cost": float("nan"), "currency": "A"}}, "fee.cost"),
        ({"fee": "0.1 BNB"}, "fee."),
        ({"fees": ["0.1 BNB"]}, "fee."),
    ],
)
def test_a_fee_that_is_none_is_refused_by_name(trade, place):
    with pytest.raises(BadVenueData) as caught:
        paid_fees(trade)
    assert f"{caught.value.structure}.{caught.value.field}" == place


def test_the_fee_of_binances_fill(binance, private):
    """REST gives a number, the stream a text (ccxt_hazards.md, 26)."""
    trade = binance.parse_trade(private("binance", "account_trades_response")[0])
    assert paid_fees(trade) == [TokenAmount("BNB", Decimal("10.1"))]
    streamed = binance.parse_ws_trade(private("binance", "execution_report_trade"))
    assert paid_fees(streamed) == [TokenAmount("ETH", Decimal("0.001"))]


def test_the_fee_of_okxs_fill_has_its_sign(okx, private):
    row = private("okx", "http_transaction_detail")
    row = row["data"] if isinstance(row, dict) and "data" in row else row
    trade = okx.parse_trade(row[0] if isinstance(row, list) else row)
    assert trade["info"]["fee"] == "0.042"  # OKX: positive is a rebate
    assert paid_fees(trade) == [TokenAmount("USDT", Decimal("-0.042"))]


PAIRS = {"BTC/USDT": "BTC-USDT", "ETH/USDT": "ETH-USDT"}


def test_the_accounts_rates_by_trading_pair():
    fetched = {
        "BTC/USDT": {"info": {}, "symbol": "BTC/USDT", "maker": "0.00075", "taker": "0.001", "percentage": True},
        "ETH/USDT": {"maker": -0.0001, "taker": 0.0005},
        "XRP/USDT": {"maker": "x", "taker": None},
    }
    before = copy.deepcopy(fetched)
    assert trading_fees(fetched, PAIRS) == {
        "BTC-USDT": MakerTaker(maker=Decimal("0.00075"), taker=Decimal("0.001")),
        "ETH-USDT": MakerTaker(maker=Decimal("-0.0001"), taker=Decimal("0.0005")),
    }
    assert fetched == before


@pytest.mark.parametrize("entry", [None, {}, {"maker": "0.001"}, {"maker": None, "taker": "0.001"}])
def test_an_entry_without_both_rates_is_left_out(entry):
    assert trading_fees({"BTC/USDT": entry}, PAIRS) == {}


@pytest.mark.parametrize(
    ("fetched", "place"),
    [
        ({"BTC/USDT": {"maker": "x", "taker": "0.1"}}, "fees.BTC/USDT.maker"),
        ({"BTC/USDT": {"maker": "0.1", "taker": "1"}}, "fees.BTC/USDT.taker"),
        ({"BTC/USDT": []}, "fees.BTC/USDT."),
        ([], "fees."),
    ],
)
def test_rates_that_are_none_are_refused_by_name(fetched, place):
    with pytest.raises(BadVenueData) as caught:
        trading_fees(fetched, PAIRS)
    assert f"{caught.value.structure}.{caught.value.field}" == place
