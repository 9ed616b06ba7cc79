"""Markets: which are tradable, under which name, and the rules of an order on them."""

import asyncio
import copy
from decimal import ROUND_DOWN, Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot_ccxt.mapping import ExchangeMapping, SymbolRules
from hummingbot_ccxt.translate import markets
from hummingbot_ccxt.translate.markets import (
    DECIMAL_PLACES,
    SIGNIFICANT_DIGITS,
    TICK_SIZE,
    amount_increment,
    is_tradable_spot,
    price_increment,
    trading_pair,
    trading_rule,
)
from hummingbot_ccxt.translate.values import BadVenueData


def a_market(**changes):
    """ETH/BTC as ccxt parses it from Binance's exchangeInfo, shortened."""
    market = {
        "id": "ETHBTC",
        "symbol": "ETH/BTC",
        "base": "ETH",
        "quote": "BTC",
        "spot": True,
        "active": True,
        "precision": {"amount": "0.00010000", "price": "0.00000100", "base": "0.00000001", "quote": "0.00000001"},
        "limits": {
            "amount": {"min": "0.00010000", "max": "100000.00000000"},
            "price": {"min": "0.00000100", "max": "922327.00000000"},
            "cost": {"min": "0.00010000", "max": None},
        },
        "info": {},
    }
    return {**market, **changes}


def a_rule(market, mode=TICK_SIZE, pair="ETH-BTC"):
    return trading_rule(market, trading_pair=pair, precision_mode=mode)


# --- which are tradable ---


@pytest.mark.parametrize(
    ("changes", "tradable"),
    [
        pytest.param({}, True, id="an active spot market"),
        pytest.param({"active": None}, True, id="a venue that does not say whether it is active"),
        pytest.param({"active": False}, False, id="a halted market"),
        pytest.param({"spot": False}, False, id="a swap"),
        pytest.param({"spot": None}, False, id="a market of unknown type"),
        pytest.param({"spot": "true"}, False, id="a type that is a text"),
        pytest.param({"base": None}, False, id="no base"),
        pytest.param({"quote": ""}, False, id="no quote"),
        pytest.param({"symbol": None}, False, id="no symbol"),
        pytest.param({"id": None}, False, id="no market id"),
    ],
)
def test_tradable(changes, tradable):
    assert is_tradable_spot(a_market(**changes)) is tradable


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(SymbolRules(excluded=frozenset({"ETH/BTC"})), id="by symbol"),
        pytest.param(SymbolRules(excluded=frozenset({"ETHBTC"})), id="by market id"),
        pytest.param(SymbolRules(excluded_pattern=r"ETH/.*"), id="by pattern"),
    ],
)
def test_a_market_that_the_mapping_excludes_is_not_tradable(rules):
    assert not is_tradable_spot(a_market(), ExchangeMapping(symbols=rules))


def test_an_exclusion_pattern_must_match_the_whole_symbol():
    assert is_tradable_spot(a_market(), ExchangeMapping(symbols=SymbolRules(excluded_pattern="ETH")))


def test_a_market_that_its_venue_closes_to_spot_orders_is_not_tradable():
    mapping = ExchangeMapping(symbols=SymbolRules(closed_if={"isSpotTradingAllowed": False}))
    assert not is_tradable_spot({**a_market(), "info": {"isSpotTradingAllowed": False}}, mapping)
    assert is_tradable_spot({**a_market(), "info": {"isSpotTradingAllowed": True}}, mapping)
    assert is_tradable_spot({**a_market(), "info": {}}, mapping)


# --- under which name ---


def test_a_trading_pair_is_base_dash_quote():
    assert trading_pair(a_market()) == "ETH-BTC"


def test_a_trading_pair_uses_the_mappings_aliases():
    mapping = ExchangeMapping(symbols=SymbolRules(aliases={"XBT": "BTC", "A-B": "AB"}))
    assert trading_pair(a_market(base="A-B", quote="XBT"), mapping) == "AB-BTC"


def test_a_token_in_other_letters_than_latin_is_a_token():
    assert trading_pair(a_market(base="币安人生")) == "币安人生-BTC"


@pytest.mark.parametrize("token", ["A-B", "A/B", "A:B", "A B", "A\n", "", None, 5.5, [], "\x00", "X" * 51])
@pytest.mark.parametrize("side", ["base", "quote"])
def test_a_token_that_cannot_stand_in_a_trading_pair_is_refused(side, token):
    with pytest.raises(BadVenueData) as caught:
        trading_pair(a_market(**{side: token}))
    assert (caught.value.structure, caught.value.field) == ("market", side)


def test_a_market_of_an_asset_against_itself_is_refused():
    with pytest.raises(BadVenueData, match=r"market\.quote is the base as well"):
        trading_pair(a_market(quote="ETH"))


# --- rules, from Binance's real markets ---


async def _native_rules(exchange_info):
    from hummingbot.connector.exchange.binance.binance_exchange import BinanceExchange

    async def pair_of(symbol):
        return f"{symbol}-"  # by market id: ccxt names some assets otherwise (YOYO is YOYOW)

    connector = SimpleNamespace(trading_pair_associated_to_exchange_symbol=pair_of, logger=lambda: None)
    rules = await BinanceExchange._format_trading_rules(connector, exchange_info)
    return {rule.trading_pair: rule for rule in rules}


def test_binances_rules_equal_the_native_connectors(binance, exchange_info):
    exchange_info = copy.deepcopy(exchange_info)
    for each in exchange_info["symbols"]:
        each["permissionSets"] = [["SPOT"]]  # what the native connector asks for; the recording is older than it
    native = asyncio.run(_native_rules(exchange_info))
    compared = 0
    for market in binance.markets.values():
        if not is_tradable_spot(market):
            continue
        ours, theirs = a_rule(market, binance.precisionMode, trading_pair(market)), native[f"{market['id']}-"]
        for name in ("min_order_size", "min_price_increment", "min_base_amount_increment", "min_notional_size"):
            assert getattr(ours, name) == getattr(theirs, name), (market["id"], name)
        assert (ours.supports_limit_orders, ours.supports_market_orders) == (True, True)
        compared += 1
    assert compared > 1000


def test_a_rule_holds_what_binance_states(binance):
    rule = a_rule(binance.markets["ETH/BTC"], binance.precisionMode)
    assert rule.trading_pair == "ETH-BTC"
    assert rule.min_order_size == Decimal("0.0001")
    assert rule.max_order_size == Decimal("100000")
    assert rule.min_price_increment == Decimal("0.000001")
    assert rule.min_base_amount_increment == Decimal("0.0001")
    assert rule.min_quote_amount_increment == Decimal("0.00000001")
    assert rule.min_notional_size == Decimal("0.0001")
    assert (rule.buy_order_collateral_token, rule.sell_order_collateral_token) == ("BTC", "BTC")


def test_the_precision_modes_are_ccxts():
    from ccxt.base import decimal_to_precision as ccxt

    ours = (markets.DECIMAL_PLACES, markets.SIGNIFICANT_DIGITS, markets.TICK_SIZE)
    assert ours == (ccxt.DECIMAL_PLACES, ccxt.SIGNIFICANT_DIGITS, ccxt.TICK_SIZE)


# --- rules, in the other precision modes ---


def test_decimal_places_make_ticks():
    rule = a_rule(a_market(precision={"price": 2, "amount": "0"}), DECIMAL_PLACES)
    assert (rule.min_price_increment, rule.min_base_amount_increment) == (Decimal("0.01"), Decimal(1))


def test_negative_decimal_places_make_whole_ticks():
    assert price_increment(
        a_market(precision={"price": -2, "amount": 0}), precision_mode=DECIMAL_PLACES, price=Decimal(1)
    ) == Decimal(100)


@pytest.mark.parametrize(
    ("price", "tick"),
    [
        ("12345.6", "1"),
        ("99999", "1"),
        ("100000", "10"),
        ("1", "0.0001"),
        ("0.00012345", "1e-8"),
        ("0.00000012345", "1e-8"),
        ("0", "1e-8"),
    ],
)
def test_significant_digits_make_a_tick_that_depends_on_the_price(price, tick):
    """bitfinex: 5 significant digits, smallest price 1e-8."""
    market = a_market(precision={"price": 5, "amount": 8}, limits={"price": {"min": "1e-8"}})
    assert price_increment(market, precision_mode=SIGNIFICANT_DIGITS, price=Decimal(price)) == Decimal(tick)


def test_a_rule_with_significant_digits_holds_the_finest_tick():
    rule = a_rule(a_market(precision={"price": 5, "amount": 8}, limits={"price": {"min": "1e-8"}}), SIGNIFICANT_DIGITS)
    assert rule.min_price_increment == Decimal("1e-8")
    assert rule.max_price_significant_digits == 5


def test_amounts_count_decimal_places_where_prices_count_significant_digits():
    market = a_market(precision={"price": 5, "amount": 8})
    assert amount_increment(market, precision_mode=SIGNIFICANT_DIGITS) == Decimal("1e-8")


@pytest.mark.parametrize("exchange_id", ["bitfinex", "bithumb"])
def test_ccxt_too_counts_decimal_places_of_amounts_there(exchange_id):
    from hummingbot_ccxt.venue.loading import exchange_class

    client = exchange_class(exchange_id)[0]({})
    client.number = str
    market = client.safe_market_structure(a_market(precision={"price": 5, "amount": 3}))
    client.set_markets([market])
    assert client.precisionMode == SIGNIFICANT_DIGITS
    step = amount_increment(market, precision_mode=client.precisionMode)
    amount = Decimal("12345.6789")
    assert Decimal(client.amount_to_precision("ETH/BTC", str(amount))) == amount // step * step


@pytest.mark.parametrize("limits", [None, {}, {"amount": None, "cost": None}, {"amount": {"min": None, "max": "0"}}])
def test_a_limit_that_is_not_stated_is_no_limit(limits):
    rule = a_rule(a_market(limits=limits))
    assert (rule.min_order_size, rule.max_order_size, rule.min_notional_size) == (0, Decimal("1e56"), 0)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        pytest.param({"precision": None}, "market.precision", id="no precision"),
        pytest.param({"precision": {"amount": "0.1"}}, "market.precision.price", id="no price precision"),
        pytest.param({"precision": {"price": "0.1"}}, "market.precision.amount", id="no amount precision"),
        pytest.param({"precision": {"price": "0.0", "amount": "1"}}, "market.precision.price", id="a tick of 0"),
        pytest.param({"precision": {"price": "-1", "amount": "1"}}, "market.precision.price", id="a negative tick"),
        pytest.param(
            {"precision": {"price": "1", "amount": "nan"}}, "market.precision.amount", id="a step that is NaN"
        ),
        pytest.param({"limits": {"amount": {"min": -1}}}, "market.limits.amount.min", id="a negative minimum"),
        pytest.param({"limits": {"cost": {"min": "x"}}}, "market.limits.cost.min", id="a notional that is text"),
        pytest.param({"limits": {"amount": {"min": 2, "max": 1}}}, "market.limits.amount.max", id="limits crossed"),
        pytest.param({"limits": []}, "market.limits", id="limits that are a list"),
    ],
)
def test_a_market_without_usable_rules_is_refused_by_name(changes, place):
    with pytest.raises(BadVenueData) as caught:
        a_rule(a_market(**changes))
    error = caught.value
    assert f"{error.structure}.{error.field}".rstrip(".") == place


@pytest.mark.parametrize("digits", ["2.5", "31", "-31", None, "x"])
def test_digits_that_are_no_number_of_digits_are_refused(digits):
    with pytest.raises(BadVenueData, match=r"market\.precision\.price"):
        a_rule(a_market(precision={"price": digits, "amount": 8}), DECIMAL_PLACES)


@pytest.mark.parametrize("digits", [0, -1])
def test_a_price_of_no_significant_digits_is_refused(digits):
    with pytest.raises(BadVenueData, match=r"market\.precision\.price"):
        a_rule(a_market(precision={"price": digits, "amount": 8}), SIGNIFICANT_DIGITS)


@pytest.mark.parametrize("mode", [None, 0, 1, 5, "4"])
def test_an_unknown_precision_mode_is_refused(mode):
    with pytest.raises(BadVenueData, match="precisionMode"):
        a_rule(a_market(), mode)


# --- properties ---

prices = st.decimals(min_value=Decimal("1e-12"), max_value=Decimal("1e9"), allow_nan=False, places=12).filter(bool)


def _quantised(price, tick):
    return (price / tick).to_integral_value(ROUND_DOWN) * tick


@given(price=prices, digits=st.integers(1, 10))
def test_quantising_by_significant_digits_never_gains_digits(price, digits):
    market = a_market(precision={"price": digits, "amount": 8}, limits={"price": {"min": "1e-12"}})
    tick = price_increment(market, precision_mode=SIGNIFICANT_DIGITS, price=price)
    quantised = _quantised(price, tick)
    assert len(quantised.normalize().as_tuple().digits) <= digits
    assert price - tick < quantised <= price


@given(price=prices, places=st.integers(-3, 12))
def test_quantising_by_decimal_places_never_gains_digits(price, places):
    market = a_market(precision={"price": places, "amount": 8})
    tick = price_increment(market, precision_mode=DECIMAL_PLACES, price=price)
    assert -_quantised(price, tick).normalize().as_tuple().exponent <= max(places, 0) or _quantised(price, tick) == 0


@given(price=prices, tick=st.decimals(min_value=Decimal("1e-12"), max_value=Decimal(100), places=12).filter(bool))
def test_quantising_by_ticks_gives_whole_ticks(price, tick):
    market = a_market(precision={"price": str(tick), "amount": "1"})
    found = price_increment(market, precision_mode=TICK_SIZE, price=price)
    assert found == tick
    assert _quantised(price, found) % found == 0


@given(price=st.one_of(prices, st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal(-1), Decimal(0)])))
def test_a_tick_is_above_zero_at_any_price(price):
    market = a_market(precision={"price": 5, "amount": 8})
    assert price_increment(market, precision_mode=SIGNIFICANT_DIGITS, price=price) > 0
