"""Fills: from the venue's trades, and derived from an order's cumulative figures."""

import copy
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.trade_fee import (
    AddedToCostTradeFee,
    DeductedFromReturnsTradeFee,
    TokenAmount,
    TradeFeeSchema,
)
from hypothesis import given
from hypothesis import strategies as st

from hummingbot_ccxt.mapping import ExchangeMapping, SymbolRules
from hummingbot_ccxt.translate.fills import derived_trade_update, trade_id, trade_update
from hummingbot_ccxt.translate.values import BadVenueData


def a_trade(**changes):
    """A fill as ccxt parses it from Binance's executionReport, shortened."""
    trade = {
        "info": {"t": 98765432},
        "id": "98765432",
        "order": "12345678",
        "symbol": "ETH/USDT",
        "timestamp": 1709654401000,
        "takerOrMaker": "maker",
        "price": "2500.10",
        "amount": "0.30",
        "fee": {"cost": "0.0003", "currency": "ETH"},
    }
    return {**trade, **changes}


# --- from a trade ---


def test_binances_streamed_fill(binance, private, tracked, schema):
    trade = binance.parse_ws_trade(private("binance", "execution_report_trade"))
    update = trade_update(trade, tracked(), fee_schema=schema)
    assert update._asdict() == {
        "trade_id": "98765432",
        "client_order_id": "x-TD67BGP9-T0000000000000",
        "exchange_order_id": "12345678",
        "trading_pair": "ETH-USDT",
        "fill_timestamp": 1709654401.0,
        "fill_price": Decimal(2500),
        "fill_base_amount": Decimal(1),
        "fill_quote_amount": Decimal(2500),
        "fee": DeductedFromReturnsTradeFee(
            percent_token="ETH", flat_fees=[TokenAmount(token="ETH", amount=Decimal("0.001"))]
        ),
        "is_taker": False,
    }


def test_binances_rest_fill(binance, private, tracked, schema):
    trade = binance.parse_trade(private("binance", "account_trades_response")[0])
    order = tracked(trading_pair="BNB-BTC", exchange_order_id="100234")
    update = trade_update(trade, order, fee_schema=schema)
    assert (update.trade_id, update.exchange_order_id, update.trading_pair) == ("28457", "100234", "BNB-BTC")
    assert (update.fill_price, update.fill_base_amount) == (Decimal("4.000001"), Decimal(12))
    assert update.fill_quote_amount == Decimal("48.000012")
    assert update.fill_timestamp == 1499865549.59
    assert update.fee.flat_fees == [TokenAmount(token="BNB", amount=Decimal("10.1"))]
    assert update.is_taker


def test_hummingbot_books_the_fill_once(tracked, schema):
    order = tracked()
    update = trade_update(a_trade(), order, fee_schema=schema)
    assert order.update_with_trade_update(update)
    assert not order.update_with_trade_update(trade_update(a_trade(), order, fee_schema=schema))
    assert (order.executed_amount_base, order.executed_amount_quote) == (Decimal("0.3"), Decimal("750.03"))
    assert order.cumulative_fee_paid("ETH") == Decimal("0.0003")


def test_a_fill_is_booked_on_the_tracked_orders_pair(tracked, schema):
    update = trade_update(a_trade(symbol="BTC/USDT", order="999"), tracked(), fee_schema=schema)
    assert (update.trading_pair, update.exchange_order_id) == ("ETH-USDT", "12345678")


def test_a_fill_that_comes_before_the_order_is_acknowledged_names_its_order(tracked, schema):
    update = trade_update(a_trade(), tracked(exchange_order_id=None), fee_schema=schema)
    assert update.exchange_order_id == "12345678"


@pytest.mark.parametrize(("role", "is_taker"), [("maker", False), ("taker", True), (None, True)])
def test_the_role_of_a_fill(tracked, schema, role, is_taker):
    assert trade_update(a_trade(takerOrMaker=role), tracked(), fee_schema=schema).is_taker is is_taker


@pytest.mark.parametrize(
    ("told", "role", "is_taker"),
    [
        *((yes, "taker", False) for yes in (True, 1, "1", "true", "True", "maker")),
        *((no, "maker", True) for no in (False, 0, "0", "false", "taker", "", [], 2)),
        (None, "maker", False),  # it does not say: ccxt's word
        (None, "taker", True),
    ],
)
def test_the_role_of_a_fill_where_the_mapping_says_it_stands(tracked, schema, told, role, is_taker):
    trade = a_trade(takerOrMaker=role, info={"isMaker": told})
    mapping = ExchangeMapping(maker_field=("maker", "isMaker"))
    assert trade_update(trade, tracked(), fee_schema=schema, mapping=mapping).is_taker is is_taker
    assert trade_update(trade, tracked(), fee_schema=schema).is_taker is (role == "taker")


@pytest.mark.parametrize(
    ("side", "deducted", "kind", "token"),
    [
        (TradeType.BUY, True, DeductedFromReturnsTradeFee, "ETH"),
        (TradeType.BUY, False, AddedToCostTradeFee, "USDT"),
        (TradeType.SELL, True, DeductedFromReturnsTradeFee, "USDT"),
        (TradeType.SELL, False, DeductedFromReturnsTradeFee, "USDT"),
    ],
)
def test_a_fee_that_names_no_currency_is_in_what_the_schema_charges(tracked, side, deducted, kind, token):
    """coinbase over REST (ccxt_hazards.md, 26)."""
    schema = TradeFeeSchema(buy_percent_fee_deducted_from_returns=deducted)
    nameless = a_trade(fee={"cost": "0.2", "currency": None})
    fee = trade_update(nameless, tracked(trade_type=side), fee_schema=schema).fee
    assert isinstance(fee, kind)
    assert fee.flat_fees == [TokenAmount(token=token, amount=Decimal("0.2"))]


def test_a_fee_that_names_no_currency_is_in_the_schemas_third_token(tracked):
    nameless = a_trade(fee={"cost": "0.2", "currency": None})
    fee = trade_update(nameless, tracked(), fee_schema=TradeFeeSchema(percent_fee_token="BNB")).fee
    assert fee.flat_fees == [TokenAmount(token="BNB", amount=Decimal("0.2"))]


def test_a_fill_that_names_no_fee_costs_the_schemas_percentage(tracked):
    """As native connectors have it; kucoin's stream names none."""
    schema = TradeFeeSchema(maker_percent_fee_decimal=Decimal("0.0008"), taker_percent_fee_decimal=Decimal("0.001"))
    for role, percent in (("maker", Decimal("0.0008")), ("taker", Decimal("0.001"))):
        fee = trade_update(a_trade(fee=None, takerOrMaker=role), tracked(), fee_schema=schema).fee
        assert (fee.flat_fees, fee.percent) == ([], percent)


def test_a_fill_may_cost_nothing(tracked, schema):
    fee = trade_update(a_trade(fee={"cost": "0", "currency": "USDT"}), tracked(), fee_schema=schema).fee
    assert (fee.flat_fees, fee.percent, fee.fee_asset) == ([], 0, None)


def test_a_rebate_is_negative(tracked, schema):
    rebate = a_trade(fee={"cost": "-0.1", "currency": "USDT"})
    assert trade_update(rebate, tracked(), fee_schema=schema).fee.flat_fees[0].amount == Decimal("-0.1")


def test_a_fees_token_has_the_mappings_name(tracked, schema):
    mapping = ExchangeMapping(symbols=SymbolRules(aliases={"XETH": "ETH"}))
    trade = a_trade(fee={"cost": "1", "currency": "XETH"})
    assert trade_update(trade, tracked(), fee_schema=schema, mapping=mapping).fee.fee_asset == "ETH"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None), ("id", ""), ("id", "1.3e+26"), ("id", 1.5),
        ("price", None), ("price", "0"), ("price", "nan"), ("price", True),
        ("amount", None), ("amount", "0"), ("amount", "-1"), ("amount", []),
        ("timestamp", None), ("timestamp", 1709654401), ("order", 1.5),
    ],
)  # fmt: skip
def test_a_fill_without_a_usable_field_is_refused_by_name(tracked, schema, field, value):
    with pytest.raises(BadVenueData) as caught:
        trade_update(a_trade(**{field: value}), tracked(exchange_order_id=None), fee_schema=schema)
    assert (caught.value.structure, caught.value.field) == ("trade", field)


def test_the_id_of_a_fill_may_stand_in_info():
    """htx: `id` was read as a float, info["tradeId"] is right (ccxt_hazards.md, 13)."""
    mapping = ExchangeMapping(trade_id_field=("tradeId", "trade-id"))
    assert trade_id({"id": "1.3e+26", "info": {"tradeId": 102345}}, mapping) == "102345"
    assert trade_id({"id": "1.3e+26", "info": {"trade-id": "7"}}, mapping) == "7"
    assert trade_id({"id": "5", "info": None}, mapping) == "5"


def test_an_id_in_info_that_lost_its_digits_is_refused():
    with pytest.raises(BadVenueData, match=r"trade\.info\.tradeId"):
        trade_id({"id": "5", "info": {"tradeId": 1.3e26}}, ExchangeMapping(trade_id_field=("tradeId",)))


# --- derived from an order ---


def an_order(**changes):
    """An order as ccxt parses it where no trades come with it."""
    order = {
        "info": {},
        "id": "12345678",
        "status": "open",
        "price": "2500",
        "average": "2490",
        "amount": "1",
        "filled": "0.4",
        "remaining": "0.6",
        "cost": "996",
        "lastTradeTimestamp": 1709654401000,
        "lastUpdateTimestamp": 1709654402000,
        "timestamp": 1709654400000,
        "fee": {"cost": "0.0004", "currency": "ETH"},
    }
    return {**order, **changes}


def derived(order, tracked_order, schema, **changes):
    return derived_trade_update(order, tracked_order, fee_schema=schema, now=42.5, **changes)


def test_the_first_fill_is_all_that_is_filled(tracked, schema):
    update = derived(an_order(), tracked(), schema)
    assert update._asdict() == {
        "trade_id": "12345678:0.4",
        "client_order_id": "x-TD67BGP9-T0000000000000",
        "exchange_order_id": "12345678",
        "trading_pair": "ETH-USDT",
        "fill_timestamp": 1709654401.0,
        "fill_price": Decimal(2490),
        "fill_base_amount": Decimal("0.4"),
        "fill_quote_amount": Decimal(996),
        "fee": DeductedFromReturnsTradeFee(
            percent_token="ETH", flat_fees=[TokenAmount(token="ETH", amount=Decimal("0.0004"))]
        ),
        "is_taker": True,
    }


def test_the_next_fill_is_what_came_on_top(tracked, schema):
    order = tracked()
    order.update_with_trade_update(derived(an_order(), order, schema))
    later = an_order(filled="1", cost="2496", average="2496", fee={"cost": "0.001", "currency": "ETH"})
    update = derived(later, order, schema)
    assert (update.trade_id, update.fill_base_amount) == ("12345678:1", Decimal("0.6"))
    assert (update.fill_quote_amount, update.fill_price) == (Decimal(1500), Decimal(2500))
    assert update.fee.flat_fees == [TokenAmount(token="ETH", amount=Decimal("0.0006"))]
    order.update_with_trade_update(update)
    assert (order.executed_amount_base, order.executed_amount_quote) == (Decimal(1), Decimal(2496))
    assert order.cumulative_fee_paid("ETH") == Decimal("0.001")
    assert order.is_filled


@pytest.mark.parametrize("filled", ["0.4", "0.40", 0.4, "0.3", "0"])
def test_the_same_figures_book_nothing_a_second_time(tracked, schema, filled):
    order = tracked()
    order.update_with_trade_update(derived(an_order(), order, schema))
    assert derived(an_order(filled=filled), order, schema) is None


def test_the_id_is_the_same_however_the_number_is_written(tracked, schema):
    ids = {derived(an_order(filled=filled), tracked(), schema).trade_id for filled in ("0.4", "0.40000000", 0.4)}
    assert ids == {"12345678:0.4"}


def test_an_order_that_does_not_say_what_is_filled_gives_no_fill(tracked, schema):
    assert derived(an_order(filled=None, remaining=None), tracked(), schema) is None


@pytest.mark.parametrize(
    ("changes", "price"),
    [
        pytest.param({"cost": "1000"}, "2500", id="what the cost rose by"),
        pytest.param({"cost": None}, "2490", id="the average"),
        pytest.param({"cost": "0"}, "2490", id="a cost of 0 is none"),
        pytest.param({"cost": None, "average": None}, "2500", id="the order's own price"),
        pytest.param({"cost": None, "average": "0", "price": None}, "2510", id="the tracked order's price"),
    ],
)
def test_the_price_of_a_derived_fill(tracked, schema, changes, price):
    update = derived(an_order(**changes), tracked(price=Decimal(2510)), schema)
    assert update.fill_price == Decimal(price)
    assert update.fill_quote_amount == Decimal(price) * Decimal("0.4")


def test_a_cost_below_what_is_booked_gives_no_negative_price(tracked, schema):
    order = tracked()
    order.update_with_trade_update(derived(an_order(), order, schema))
    update = derived(an_order(filled="0.5", cost="900", average=None), order, schema)
    assert update.fill_price == Decimal(2500)


@pytest.mark.parametrize("price", [None, Decimal("NaN"), Decimal(0)])
def test_a_fill_without_any_price_is_refused(tracked, schema, price):
    nameless = an_order(cost=None, average=None, price=None)
    with pytest.raises(BadVenueData, match=r"order\.average"):
        derived(nameless, tracked(order_type=OrderType.MARKET, price=price), schema)


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, 1709654401.0),
        ({"lastTradeTimestamp": None}, 1709654402.0),
        pytest.param({"lastTradeTimestamp": None, "lastUpdateTimestamp": None}, 42.5, id="never the order's creation"),
    ],
)
def test_the_time_of_a_derived_fill(tracked, schema, changes, seconds):
    assert derived(an_order(**changes), tracked(), schema).fill_timestamp == seconds


@pytest.mark.parametrize(
    ("kind", "percent", "is_taker"),
    [(OrderType.LIMIT, "0.002", True), (OrderType.MARKET, "0.002", True), (OrderType.LIMIT_MAKER, "0.001", False)],
)
def test_an_order_that_reports_no_fee_has_the_schemas(tracked, schema, kind, percent, is_taker):
    update = derived(an_order(fee=None), tracked(order_type=kind), schema)
    assert (update.fee.percent, update.fee.flat_fees) == (Decimal(percent), [])
    assert update.is_taker is is_taker


def test_once_a_fee_was_estimated_the_orders_total_is_not_booked_on_top(tracked, schema):
    order = tracked()
    order.update_with_trade_update(derived(an_order(fee=None), order, schema))
    update = derived(an_order(filled="1", cost="2496"), order, schema)
    assert (update.fee.percent, update.fee.flat_fees) == (Decimal("0.002"), [])


def test_the_id_falls_back_to_the_client_order_id(tracked, schema):
    update = derived(an_order(id=None), tracked(exchange_order_id=None), schema)
    assert update.trade_id == "x-TD67BGP9-T0000000000000:0.4"
    assert update.exchange_order_id is None


steps = st.lists(st.decimals(min_value=Decimal("0.001"), max_value=Decimal(100), places=3), min_size=1, max_size=8)


@given(amounts=steps, prices=st.lists(st.integers(1, 10**6), min_size=8, max_size=8), seen=st.sets(st.integers(0, 7)))
def test_derived_fills_add_up_whichever_updates_were_missed(amounts, prices, seen):
    """Whatever updates arrive, the booked amount and cost are those of the last one that did."""
    from hummingbot.core.data_type.in_flight_order import InFlightOrder

    order = InFlightOrder(
        client_order_id="c", exchange_order_id="e", trading_pair="A-B", order_type=OrderType.LIMIT,
        trade_type=TradeType.BUY, amount=sum(amounts), price=Decimal(1), creation_timestamp=0.0,
    )  # fmt: skip
    filled = cost = Decimal(0)
    booked = (Decimal(0), Decimal(0))
    for at, (amount, price) in enumerate(zip(amounts, prices, strict=False)):
        filled, cost = filled + amount, cost + amount * price
        if at in seen:
            report = {
                "id": "e",
                "filled": str(filled),
                "cost": str(cost),
                "fee": {"cost": str(filled), "currency": "A"},
            }
            for _ in range(2):  # and once more, as venues do
                update = derived(report, order, TradeFeeSchema())
                if update is not None:
                    assert update.fill_price > 0
                    order.update_with_trade_update(update)
            booked = (filled, cost)
    assert (order.executed_amount_base, order.executed_amount_quote) == booked
    assert sum(fee.amount for fill in order.order_fills.values() for fee in fill.fee.flat_fees) == booked[0]


def test_the_input_stays_as_it_is(tracked, schema):
    trade, order = a_trade(), an_order()
    before = copy.deepcopy((trade, order))
    trade_update(trade, tracked(), fee_schema=schema)
    derived(order, tracked(), schema)
    assert (trade, order) == before
