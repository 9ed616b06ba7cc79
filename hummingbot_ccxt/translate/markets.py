"""ccxt's market structure -> which markets can be traded, under which pair, by which rules.

Source: ccxt manual, "Market structure" and "Precision and limits"; hummingbot/connector/trading_rule.pyx.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from hummingbot.connector.trading_rule import TradingRule

from hummingbot_ccxt.mapping import NO_QUIRKS, ExchangeMapping, is_usable_token
from hummingbot_ccxt.translate.values import (
    BadVenueData,
    optional_decimal,
    required_decimal,
    required_str,
    required_structure,
)

# ccxt/base/decimal_to_precision.py; not imported, because importing it imports the whole of ccxt.
DECIMAL_PLACES: Final = 2
SIGNIFICANT_DIGITS: Final = 3
TICK_SIZE: Final = 4

_MARKET: Final = "market"
_MOST_DIGITS: Final = 30
# The finest price step of a venue that counts significant digits and states no smallest price. Both of them in ccxt
# 4.5.90 are coarser: bitfinex states 1e-8, bithumb quotes in KRW, whose smallest step is 1e-4.
_FINEST_TICK: Final = Decimal("1e-8")


def is_tradable_spot(market: Mapping[str, Any], mapping: ExchangeMapping = NO_QUIRKS) -> bool:
    """Whether `market` is a spot market on which orders can be placed now: see `is_spot`, and it is not closed.

    ccxt's `active` is None where a venue does not say, which counts as open. Never raises.
    """
    if not is_spot(market, mapping) or (market.get("active") is not None and market["active"] is not True):
        return False
    return not mapping.symbols.closes(market.get("info"))


def is_spot(market: Mapping[str, Any], mapping: ExchangeMapping = NO_QUIRKS) -> bool:
    """Whether `market` is a spot market, be it open or not: it may have orders from before it was halted.

    Markets that the mapping excludes, and those that lack a base, a quote, a symbol or an id, are none. Never raises.
    """
    if not isinstance(market, Mapping) or market.get("spot") is not True:
        return False
    names = [market.get(field) for field in ("base", "quote", "symbol", "id")]
    if not all(isinstance(name, str) and name for name in names):
        return False
    return not (mapping.symbols.excludes(market["symbol"]) or mapping.symbols.excludes(market["id"]))


def trading_pair(market: Mapping[str, Any], mapping: ExchangeMapping = NO_QUIRKS) -> str:
    """Hummingbot's name of the market: base and quote joined by a dash, after the mapping's aliases.

    Raises BadVenueData for a token that cannot stand in it: one with a dash, slash, colon or space, or none at all.
    """
    required_structure(market, _MARKET)
    tokens = []
    for side in ("base", "quote"):
        token = mapping.symbols.token(required_str(market, side, _MARKET))
        if not is_usable_token(token):
            raise BadVenueData(_MARKET, side, token, "cannot stand in a trading pair")
        tokens.append(token)
    if tokens[0] == tokens[1]:
        raise BadVenueData(_MARKET, "quote", tokens[1], "is the base as well")
    return "-".join(tokens)


def trading_rule(
    market: Mapping[str, Any],
    *,
    trading_pair: str,
    precision_mode: int,
    supports_limit_orders: bool = True,
    supports_market_orders: bool = True,
) -> TradingRule:
    """What an order on `market` must obey, for any of ccxt's three precision modes.

    Units: sizes and the amount step in base, ticks and notional in quote. A limit that the venue does not state (None
    or 0) stays at Hummingbot's default, which is no limit. Where the tick depends on the price (SIGNIFICANT_DIGITS)
    the rule holds the finest tick and `max_price_significant_digits`; ask `price_increment` for the tick at a price.
    Raises BadVenueData if there is no usable price tick or amount step, or if a limit is no number.
    """
    required_structure(market, _MARKET)
    smallest, largest = _limits(market, "amount")
    least_cost, _ = _limits(market, "cost")
    stated: dict[str, Decimal] = {}
    if smallest:
        stated["min_order_size"] = smallest
    if largest:
        stated["max_order_size"] = largest
    if least_cost:
        stated["min_notional_size"] = least_cost
    quote_step = _quote_increment(market, precision_mode)
    if quote_step:
        stated["min_quote_amount_increment"] = quote_step
    if precision_mode == SIGNIFICANT_DIGITS:
        stated["max_price_significant_digits"] = Decimal(_digits(market, "price", at_least=1))
    return TradingRule(
        trading_pair=trading_pair,
        min_price_increment=price_increment(market, precision_mode=precision_mode, price=Decimal(0)),
        min_base_amount_increment=amount_increment(market, precision_mode=precision_mode),
        supports_limit_orders=supports_limit_orders,
        supports_market_orders=supports_market_orders,
        **stated,
    )


def price_increment(market: Mapping[str, Any], *, precision_mode: int, price: Decimal) -> Decimal:
    """The step between two neighbouring prices around `price`, in quote per base; always above zero.

    With TICK_SIZE and DECIMAL_PLACES it does not depend on the price. With SIGNIFICANT_DIGITS it is the last of the
    allowed digits of `price`, but never finer than the venue's smallest price; a price of 0 gives the finest step.
    Raises BadVenueData if the market states no usable price precision.
    """
    required_structure(market, _MARKET)
    if precision_mode != SIGNIFICANT_DIGITS:
        return _increment(market, "price", precision_mode)
    digits = _digits(market, "price", at_least=1)
    finest = _limits(market, "price")[0] or _FINEST_TICK
    if not price.is_finite() or price <= 0:
        return finest
    return max(Decimal(1).scaleb(price.adjusted() - digits + 1), finest)


def amount_increment(market: Mapping[str, Any], *, precision_mode: int) -> Decimal:
    """The step between two neighbouring order sizes, in base; always above zero.

    Where prices count significant digits, amounts count decimal places: both such classes of ccxt 4.5.90 override
    `amount_to_precision` to say so (bitfinex.py:596, bithumb.py:414).
    Raises BadVenueData if the market states no usable amount precision.
    """
    required_structure(market, _MARKET)
    return _increment(market, "amount", DECIMAL_PLACES if precision_mode == SIGNIFICANT_DIGITS else precision_mode)


def _increment(market: Mapping[str, Any], which: str, precision_mode: int) -> Decimal:
    if precision_mode == TICK_SIZE:
        return required_decimal(_precision(market), which, "market.precision", positive=True)
    if precision_mode == DECIMAL_PLACES:
        return Decimal(1).scaleb(-_digits(market, which, at_least=-_MOST_DIGITS))
    raise BadVenueData(_MARKET, "precisionMode", precision_mode, "is none of ccxt's three precision modes")


def _quote_increment(market: Mapping[str, Any], precision_mode: int) -> Decimal | None:
    """The step of an amount in quote, from `precision.cost` or `precision.quote`; None if not stated as a tick."""
    if precision_mode != TICK_SIZE:
        return None
    precision = _precision(market)
    for which in ("cost", "quote"):
        step = optional_decimal(precision, which, "market.precision", non_negative=True)
        if step:
            return step
    return None


def _digits(market: Mapping[str, Any], which: str, *, at_least: int) -> int:
    number = required_decimal(_precision(market), which, "market.precision")
    if number != number.to_integral_value() or not at_least <= number <= _MOST_DIGITS:
        raise BadVenueData("market.precision", which, number, "is no number of digits")
    return int(number)


def _precision(market: Mapping[str, Any]) -> Mapping[str, Any]:
    return required_structure(market.get("precision"), "market.precision")


def _limits(market: Mapping[str, Any], which: str) -> tuple[Decimal | None, Decimal | None]:
    """The smallest and the largest value that the venue states for `which`; None where it states none, or 0."""
    limits = market.get("limits")
    bounds = required_structure(limits, "market.limits").get(which) if limits is not None else None
    if bounds is None:
        return None, None
    structure = f"market.limits.{which}"
    required_structure(bounds, structure)
    smallest = optional_decimal(bounds, "min", structure, non_negative=True) or None
    largest = optional_decimal(bounds, "max", structure, non_negative=True) or None
    if smallest is not None and largest is not None and smallest > largest:
        raise BadVenueData(structure, "max", largest, "is below the minimum")
    return smallest, largest
