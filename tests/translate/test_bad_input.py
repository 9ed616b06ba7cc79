"""Malformed structures, made from real ones: nothing but BadVenueData escapes, and nothing broken gets through.

Each structure that we read is taken as ccxt parses it from a real message, and spoilt in a few places at any depth.
"""

import copy
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.trade_fee import TradeFeeSchema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hummingbot_ccxt.mapping import ExchangeMapping
from hummingbot_ccxt.translate.balances import balances
from hummingbot_ccxt.translate.books import diff_message, snapshot_message
from hummingbot_ccxt.translate.fees import paid_fees, trading_fees
from hummingbot_ccxt.translate.fills import derived_trade_update, trade_id, trade_update
from hummingbot_ccxt.translate.markets import (
    DECIMAL_PLACES,
    SIGNIFICANT_DIGITS,
    TICK_SIZE,
    is_tradable_spot,
    price_increment,
    trading_pair,
    trading_rule,
)
from hummingbot_ccxt.translate.orders import filled_amount, order_state, order_update
from hummingbot_ccxt.translate.prices import last_price
from hummingbot_ccxt.translate.trades import trade_message
from hummingbot_ccxt.translate.values import BadVenueData

many = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
SCHEMA = TradeFeeSchema(buy_percent_fee_deducted_from_returns=True)
MAPPING = ExchangeMapping(order_states={"NEW": OrderState.OPEN}, trade_id_field=("t",), maker_field=("m",))
GONE = ...  # the place is removed

junk = st.one_of(
    st.sampled_from([
        GONE, None, "", "abc", "NaN", "-1", "0", "1e999999", "1e-999999", "Infinity", True, False, [], {}, [None],
        {"a": 1}, float("nan"), float("inf"), -1, 0, 10**30, 10**5000, "x" * 10_000, "1.5e+26", b"1", Decimal("NaN"),
        Decimal("sNaN"), object, 1j, "2500", 2500.5,
    ]),
    st.floats(), st.integers(), st.text(max_size=5),
)  # fmt: skip


def _places(value, path=()):
    """Every place in a nested structure, but not inside of `info`, which we only search for named keys."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _places(each, (*path, key))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _places(each, (*path, at))


def _spoilt(structure, changes):
    structure = copy.deepcopy(structure)
    for path, shared in changes:
        value = copy.copy(shared)  # hypothesis hands out the same list again, which a later change would change
        if not path:
            return None if value is GONE else value
        holder = structure
        try:
            for key in path[:-1]:
                holder = holder[key]
            if value is GONE:
                del holder[path[-1]]
            else:
                holder[path[-1]] = value
        except (TypeError, LookupError):  # an earlier change took its place away
            continue
    return structure


def spoilt(structure):
    """`structure` with one to three places changed or removed."""
    change = st.tuples(st.sampled_from(sorted(_places(structure), key=repr)), junk)
    return st.lists(change, min_size=1, max_size=3).map(lambda changes: _spoilt(structure, changes))


def attempt(act, structure, *structures):
    """What `act` returns, or None if it refused `structure` properly; the input must stay as it was."""
    before = _written(structure)
    try:
        return act(structure)
    except BadVenueData as error:
        named = error
    finally:
        assert _written(structure) == before
    assert named.structure.partition(".")[0] in structures, named
    assert isinstance(named.field, str)
    assert len(str(named)) < 400
    return None


def _written(value):
    """A text that differs when the structure does, also for NaN and for integers that Python does not write."""
    if isinstance(value, dict):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_written(each) for each in value]
    return hex(value) if isinstance(value, int) else repr(value)


def a_tracked_order(order_id="12345678"):
    return InFlightOrder(
        client_order_id="c", exchange_order_id=order_id, trading_pair="ETH-USDT", order_type=OrderType.LIMIT,
        trade_type=TradeType.BUY, amount=Decimal(1), price=Decimal(2500), creation_timestamp=1.0,
    )  # fmt: skip


def fine(number):
    return isinstance(number, Decimal) and number.is_finite()


MARKET = {
    "id": "ETHBTC", "symbol": "ETH/BTC", "base": "ETH", "quote": "BTC", "type": "spot", "spot": True, "active": True,
    "precision": {"amount": "0.00010000", "price": "0.00000100", "base": "0.00000001", "quote": "0.00000001"},
    "limits": {
        "leverage": {"min": None, "max": None}, "amount": {"min": "0.00010000", "max": "100000.00000000"},
        "price": {"min": "0.00000100", "max": "922327.00000000"}, "cost": {"min": "0.00010000", "max": None},
    },
    "info": {"symbol": "ETHBTC"},
}  # fmt: skip
DIGITS = {**MARKET, "precision": {"amount": "8", "price": "5"}}
ORDER = {
    "info": {"X": "PARTIALLY_FILLED", "i": 12345678}, "symbol": "ETH/USDT", "id": "12345678", "clientOrderId": "c",
    "timestamp": 1709654400000, "lastTradeTimestamp": 1709654401000, "lastUpdateTimestamp": 1709654401000,
    "type": "limit", "side": "buy", "price": "2500.00000000", "amount": "1.00000000", "cost": "996.00000000",
    "average": "2490", "filled": "0.40000000", "remaining": "0.6", "status": "open",
    "fee": {"cost": "0.00100000", "currency": "ETH"}, "fees": [{"cost": "0.00100000", "currency": "ETH"}], "trades": [],
}  # fmt: skip
TRADE = {
    "info": {"t": 98765432}, "timestamp": 1709654401000, "symbol": "ETH/USDT", "id": "98765432", "order": "12345678",
    "type": "limit", "takerOrMaker": "maker", "side": "buy", "price": "2500.00000000", "amount": "1.00000000",
    "cost": "2500", "fee": {"cost": "0.001", "currency": "ETH"}, "fees": [{"cost": "0.001", "currency": "ETH"}],
}  # fmt: skip
BALANCE = {
    "info": {"u": 1}, "timestamp": 1709654400000, "datetime": "2024-03-05T16:00:00.000Z",
    "USDT": {"free": "10000", "used": "2500", "total": "12500"}, "ETH": {"free": "5", "used": "0", "total": None},
    "free": {"USDT": "10000"}, "used": {"USDT": "2500"}, "total": {"USDT": "12500"},
}  # fmt: skip
TICKER = {"symbol": "ETH/USDT", "last": "2500.1", "close": "2500.1", "bid": "2500", "ask": "2500.2", "info": {}}
BOOK = {
    "symbol": "ETH/USDT", "nonce": 123457, "timestamp": 1597026383085,
    "bids": [["8476.97", "256"], ["8475.55", "101", 5]], "asks": [["8476.98", "415"], [8477.0, 7.0]],
}  # fmt: skip
FEES = {"ETH/USDT": {"symbol": "ETH/USDT", "maker": "0.001", "taker": "0.001", "percentage": True}}


def test_the_samples_are_shaped_as_ccxt_parses_them(binance, private):
    report = private("binance", "execution_report_trade")
    parsed = [
        (MARKET, binance.markets["ETH/BTC"]),
        (ORDER, binance.parse_ws_order(report)),
        (TRADE, binance.parse_ws_trade(report)),
        (TRADE, binance.parse_trade(private("binance", "account_trades_response")[0])),
    ]
    for sample, real in parsed:
        assert sample.keys() <= real.keys()


@many
@given(
    market=st.one_of(spoilt(MARKET), spoilt(DIGITS)),
    mode=st.sampled_from([TICK_SIZE, DECIMAL_PLACES, SIGNIFICANT_DIGITS]),
)
def test_a_malformed_market_makes_no_broken_rule(market, mode):
    assert isinstance(attempt(is_tradable_spot, market), bool)
    pair = attempt(trading_pair, market, "market")
    assert pair is None or (pair.count("-") == 1 and all(pair.split("-")))
    tick = attempt(lambda m: price_increment(m, precision_mode=mode, price=Decimal("1.5")), market, "market")
    assert tick is None or (fine(tick) and tick > 0)
    rule = attempt(lambda m: trading_rule(m, trading_pair="ETH-BTC", precision_mode=mode), market, "market")
    if rule is not None:
        for name in (
            "min_price_increment",
            "min_base_amount_increment",
            "min_quote_amount_increment",
            "max_order_size",
        ):
            assert fine(getattr(rule, name)), name
            assert getattr(rule, name) > 0, name
        for name in ("min_order_size", "min_notional_size", "min_order_value", "max_price_significant_digits"):
            assert fine(getattr(rule, name)), name
            assert getattr(rule, name) >= 0, name


@many
@given(order=spoilt(ORDER), order_id=st.sampled_from(["12345678", None]))
def test_a_malformed_order_makes_no_broken_update(order, order_id):
    tracked = a_tracked_order(order_id)
    state = attempt(lambda o: order_state(o, MAPPING), order, "order")
    assert state is None or isinstance(state, OrderState)
    filled = attempt(filled_amount, order, "order")
    assert filled is None or (fine(filled) and filled >= 0)
    update = attempt(lambda o: order_update(o, tracked, state=OrderState.OPEN, now=1.7e9), order, "order")
    if update is not None:
        assert (update.trading_pair, update.client_order_id) == ("ETH-USDT", "c")
        assert update.exchange_order_id is None or isinstance(update.exchange_order_id, str)
        assert 1.2e9 < update.update_timestamp < 4.2e9
    fill = attempt(
        lambda o: derived_trade_update(o, tracked, fee_schema=SCHEMA, now=1.7e9), order, "order", "fee"
    )  # fmt: skip
    if fill is not None:
        _check_fill(fill)


@many
@given(trade=spoilt(TRADE), order_id=st.sampled_from(["12345678", None]))
def test_a_malformed_trade_makes_no_broken_fill(trade, order_id):
    fill = attempt(
        lambda t: trade_update(t, a_tracked_order(order_id), fee_schema=SCHEMA, mapping=MAPPING), trade, "trade", "fee"
    )
    if fill is not None:
        assert fill.trade_id == attempt(lambda t: trade_id(t, MAPPING), trade, "trade")
        _check_fill(fill)
    for fee in attempt(paid_fees, trade, "trade", "fee") or []:
        assert isinstance(fee.token, str)
        assert fine(fee.amount)


def _check_fill(fill):
    assert isinstance(fill.trade_id, str)
    assert fill.trade_id
    assert (fill.trading_pair, fill.client_order_id) == ("ETH-USDT", "c")
    for number in (fill.fill_price, fill.fill_base_amount, fill.fill_quote_amount):
        assert fine(number)
        assert number > 0
    assert 1.2e9 < fill.fill_timestamp < 4.2e9
    assert all(fine(fee.amount) and isinstance(fee.token, str) for fee in fill.fee.flat_fees)


@many
@given(trade=spoilt(TRADE))
def test_a_malformed_trade_makes_no_broken_message(trade):
    message = attempt(lambda t: trade_message(t, trading_pair="ETH-USDT"), trade, "trade")
    if message is not None:
        assert message.content["trade_type"] in (1.0, 2.0)
        assert isinstance(message.trade_id, str)
        assert message.trade_id
        assert 0 < float(message.content["price"]) < float("inf")
        assert 0 < float(message.content["amount"]) < float("inf")


@many
@given(balance=spoilt(BALANCE))
def test_a_malformed_balance_makes_no_broken_one(balance):
    known = attempt(balances, balance, "balance")
    if known is not None:
        for total, available in known.complete.values():
            assert fine(total)
            assert fine(available)
            assert available >= 0
        assert not known.complete.keys() & known.incomplete
        assert known.unreadable.keys() <= known.incomplete
        assert all(error.structure.startswith("balance.") for error in known.unreadable.values())


@many
@given(ticker=spoilt(TICKER))
def test_a_malformed_ticker_makes_no_broken_price(ticker):
    price = attempt(last_price, ticker, "ticker")
    assert price is None or (fine(price) and price > 0)


@many
@given(book=spoilt(BOOK), build=st.sampled_from([snapshot_message, diff_message]))
def test_a_malformed_book_makes_no_broken_one(book, build):
    if not isinstance(book, dict):
        return  # the caller takes the book apart

    def act(sides):
        return build(
            trading_pair="ETH-USDT",
            bids=sides.get("bids"),
            asks=sides.get("asks"),
            update_id=sides.get("nonce"),
            timestamp=1.0,
        )

    message = attempt(act, book, "book")
    if message is not None:
        taken = OrderBook()
        taken.apply_diffs(message.bids, message.asks, message.update_id)
        assert all(
            0 < row.price < float("inf") and 0 <= row.amount < float("inf") for row in message.bids + message.asks
        )
        best_bid = max((row.price for row in taken.bid_entries()), default=0.0)
        assert best_bid < min((row.price for row in taken.ask_entries()), default=float("inf"))


@many
@given(fetched=spoilt(FEES))
def test_malformed_rates_make_no_broken_ones(fetched):
    rates = attempt(lambda f: trading_fees(f, {"ETH/USDT": "ETH-USDT"}), fetched, "fees")
    for rate in (rates or {}).values():
        assert all(fine(each) and abs(each) < 1 for each in rate)


@pytest.mark.parametrize(
    "structure", [None, [], "text", 5, float("nan"), object()], ids=["None", "list", "text", "number", "NaN", "object"]
)
def test_what_is_no_structure_at_all_is_refused(structure):
    for name, act in {
        "market": lambda s: trading_rule(s, trading_pair="A-B", precision_mode=TICK_SIZE),
        "order": lambda s: order_state(s, MAPPING),
        "trade": lambda s: trade_update(s, a_tracked_order(), fee_schema=SCHEMA),
        "ticker": last_price,
        "balance": balances,
    }.items():
        with pytest.raises(BadVenueData) as caught:
            act(structure)
        assert (caught.value.structure, caught.value.field) == (name, "")
