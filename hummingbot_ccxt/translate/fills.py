"""ccxt's private trade, or an order's cumulative figures -> one fill of an order that Hummingbot tracks.

Source: ccxt manual, "Trade structure", "Order structure"; hummingbot/core/data_type/in_flight_order.py, TradeUpdate.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, TradeUpdate
from hummingbot.core.data_type.trade_fee import TokenAmount, TradeFeeBase, TradeFeeSchema

from hummingbot_ccxt.mapping import NO_QUIRKS, ExchangeMapping
from hummingbot_ccxt.translate.fees import paid_fees
from hummingbot_ccxt.translate.orders import filled_amount, update_time_s
from hummingbot_ccxt.translate.values import (
    BadVenueData,
    as_decimal,
    optional_decimal,
    optional_str,
    required_decimal,
    required_ms,
    required_str,
    required_structure,
)

_TRADE: Final = "trade"
_ORDER: Final = "order"
# Hummingbot rounds what is left of an order to 8 decimals in a Decimal of 28 digits, and raises where they do not do;
# whatever is that much is no amount (found by fuzzing). The largest supply of a token that is traded is below 1e18.
_LARGEST_FILL: Final = Decimal("1e19")
_INFO: Final = "trade.info"
_CUMULATIVE: Final = ":"


def trade_id(trade: Mapping[str, Any], mapping: ExchangeMapping = NO_QUIRKS) -> str:
    """The venue's id of one fill, from `info` where the mapping says so, else ccxt's `id`.

    Where the venue has none, the mapping may make one of several fields ("timestamp+price+size").
    Raises BadVenueData if there is none, or if it lost its digits: fills are told apart by it.
    """
    info = required_structure(trade, _TRADE).get("info")
    for field in mapping.trade_id_field:
        names = field.split("+")
        if isinstance(info, Mapping) and all(info.get(name) is not None for name in names):
            return ":".join(_told(info, name) for name in names) if names[1:] else required_str(info, field, _INFO)
    return required_str(trade, "id", _TRADE)


def _told(info: Mapping[str, Any], name: str) -> str:
    """A part of an id: a number in one spelling (70 and 70.0 are the same), anything else as it is."""
    number = as_decimal(info[name])
    return required_str(info, name, _INFO) if number is None else f"{number.normalize():f}"


def is_makers(trade: Mapping[str, Any], mapping: ExchangeMapping = NO_QUIRKS) -> bool:
    """Whether we were the maker, from `info` where the mapping says so and it is told, else by `takerOrMaker`."""
    info = trade.get("info")
    for field in mapping.maker_field:
        if isinstance(info, Mapping) and info.get(field) is not None:
            return _is_yes(info[field])
    return bool(trade.get("takerOrMaker") == "maker")


def _is_yes(told: object) -> bool:
    return told.lower() in ("true", "1", "maker") if isinstance(told, str) else isinstance(told, int) and told == 1


def trade_update(
    trade: Mapping[str, Any],
    tracked: InFlightOrder,
    *,
    fee_schema: TradeFeeSchema,
    mapping: ExchangeMapping = NO_QUIRKS,
) -> TradeUpdate:
    """One fill of `tracked`, from one unified ccxt trade, of a stream or of REST.

    Units: price in quote per base, amount in base, time in seconds. Fee: positive is paid, negative is a rebate; one
    without a currency is in the token that `fee_schema` charges. A trade that names none, not even one of 0 (KuCoin's
    stream), books the schema's percentage, as native connectors do: nothing would be wrong.
    Where ccxt names the cost and no price (weex's stream), the price is what a unit of it cost.
    Raises BadVenueData if id, price, amount or timestamp is missing or no number.
    """
    required_structure(trade, _TRADE)
    signed = required_decimal(trade, "amount", _TRADE, positive=not mapping.signed_amounts)
    amount = abs(signed)
    if not amount:
        raise BadVenueData(_TRADE, "amount", trade.get("amount"), "is zero")
    if amount > _LARGEST_FILL:
        raise BadVenueData(_TRADE, "amount", amount, "is too large to be one")
    cost = optional_decimal(trade, "cost", _TRADE) if trade.get("price") is None else None
    price = cost / amount if cost else required_decimal(trade, "price", _TRADE, positive=True)
    if price <= 0:
        raise BadVenueData(_TRADE, "cost", trade.get("cost"), "is not above zero")
    paid = paid_fees(trade, mapping, default_token=_fee_token(tracked, fee_schema))
    is_maker = is_makers(trade, mapping)
    fee = _fee(tracked, fee_schema, paid) if _names_fee(trade) else _usual_fee(tracked, fee_schema, is_maker)
    return TradeUpdate(
        trade_id=trade_id(trade, mapping),
        client_order_id=tracked.client_order_id,
        exchange_order_id=tracked.exchange_order_id or optional_str(trade, "order", _TRADE),
        trading_pair=tracked.trading_pair,  # the order's, never the trade's symbol
        fill_timestamp=required_ms(trade, "timestamp", _TRADE) / 1000,
        fill_price=price,
        fill_base_amount=amount,
        fill_quote_amount=cost or price * amount,
        fee=fee,
        is_taker=not is_maker,
    )


def derived_trade_update(
    order: Mapping[str, Any],
    tracked: InFlightOrder,
    *,
    fee_schema: TradeFeeSchema,
    now: float,
    mapping: ExchangeMapping = NO_QUIRKS,
) -> TradeUpdate | None:
    """What `order` has been filled beyond what is booked on `tracked`, as one fill; None if nothing, or it does not
    say.

    For venues that report no trades. Price: what the order's cumulative cost rose by, else its average price, else its
    own. Id: the order's id and its cumulative filled amount, so that the same message books nothing a second time.
    Fee: what the order's cumulative fees rose by; without any, the schema's percentage (maker for LIMIT_MAKER, else
    taker). Time in seconds: the last trade's, else the last update's, else `now`; never the order's creation.
    Raises BadVenueData for figures that are no numbers, and if no price can be found.
    """
    filled = filled_amount(order)
    if filled is None or filled <= tracked.executed_amount_base:
        return None
    if filled > _LARGEST_FILL:
        raise BadVenueData(_ORDER, "filled", filled, "is too large to be one")
    amount = filled - tracked.executed_amount_base
    quote_amount = _quote_amount(order, tracked, filled, amount)
    exchange_order_id = tracked.exchange_order_id or optional_str(order, "id", _ORDER)
    return TradeUpdate(
        trade_id=f"{exchange_order_id or tracked.client_order_id}{_CUMULATIVE}{filled.normalize():f}",
        client_order_id=tracked.client_order_id,
        exchange_order_id=exchange_order_id,
        trading_pair=tracked.trading_pair,
        fill_timestamp=update_time_s(order, "lastTradeTimestamp", "lastUpdateTimestamp", now=now),
        fill_price=quote_amount / amount,
        fill_base_amount=amount,
        fill_quote_amount=quote_amount,
        fee=_derived_fee(order, tracked, fee_schema, mapping),
        is_taker=tracked.order_type is not OrderType.LIMIT_MAKER,
    )


def is_derived(fill_id: str, exchange_order_id: str | None) -> bool:
    """Whether a fill's id is one that `derived_trade_update` gives to a part of an order."""
    head, sign, filled = fill_id.rpartition(_CUMULATIVE)
    return bool(sign) and head == exchange_order_id and as_decimal(filled) is not None


def _quote_amount(order: Mapping[str, Any], tracked: InFlightOrder, filled: Decimal, amount: Decimal) -> Decimal:
    """What `amount`, the newest part of `filled`, was worth in quote; always above zero."""
    cost = optional_decimal(order, "cost", _ORDER, non_negative=True)
    average = optional_decimal(order, "average", _ORDER, non_negative=True)
    for cumulative in (cost, average and average * filled):
        if cumulative and cumulative > tracked.executed_amount_quote:
            return cumulative - tracked.executed_amount_quote
    price = average or optional_decimal(order, "price", _ORDER, non_negative=True) or tracked.price
    if price is None or not price.is_finite() or price <= 0:
        raise BadVenueData(_ORDER, "average", order.get("average"), "is missing, and so is any other price")
    return price * amount


def _derived_fee(
    order: Mapping[str, Any], tracked: InFlightOrder, fee_schema: TradeFeeSchema, mapping: ExchangeMapping
) -> TradeFeeBase:
    booked: dict[str, Decimal] = {}
    for fill in tracked.order_fills.values():
        for flat in fill.fee.flat_fees:
            booked[flat.token] = booked.get(flat.token, Decimal(0)) + flat.amount
    estimated = any(fill.fee.percent for fill in tracked.order_fills.values())
    reported = paid_fees(order, mapping, default_token=_fee_token(tracked, fee_schema))
    if reported and not estimated:  # once a part was estimated, the order's total would count that part twice
        paid = [TokenAmount(token=fee.token, amount=fee.amount - booked.get(fee.token, Decimal(0))) for fee in reported]
        return _fee(tracked, fee_schema, [fee for fee in paid if fee.amount])
    return _usual_fee(tracked, fee_schema, tracked.order_type is OrderType.LIMIT_MAKER)


def _names_fee(trade: Mapping[str, Any]) -> bool:
    entries = trade.get("fees") or [trade.get("fee")]
    for entry in entries if isinstance(entries, (list, tuple)) else [entries]:
        if isinstance(entry, Mapping) and entry.get("cost") is not None:
            return True
    return False


def _usual_fee(tracked: InFlightOrder, fee_schema: TradeFeeSchema, is_maker: bool) -> TradeFeeBase:
    """The schema's percentage."""
    return TradeFeeBase.new_spot_fee(
        fee_schema=fee_schema,
        trade_type=tracked.trade_type,
        percent=fee_schema.maker_percent_fee_decimal if is_maker else fee_schema.taker_percent_fee_decimal,
        percent_token=fee_schema.percent_fee_token,
    )


def _fee(tracked: InFlightOrder, fee_schema: TradeFeeSchema, paid: list[TokenAmount]) -> TradeFeeBase:
    return TradeFeeBase.new_spot_fee(
        fee_schema=fee_schema,
        trade_type=tracked.trade_type,
        percent_token=paid[0].token if paid else None,  # as native connectors have it
        flat_fees=paid,
    )


def _fee_token(tracked: InFlightOrder, fee_schema: TradeFeeSchema) -> str:
    """The token of a fee that names none: the schema's third token, or the side of the trade that it charges."""
    if fee_schema.percent_fee_token is not None:
        return fee_schema.percent_fee_token
    in_base = tracked.trade_type is TradeType.BUY and fee_schema.buy_percent_fee_deducted_from_returns
    return tracked.base_asset if in_base else tracked.quote_asset
