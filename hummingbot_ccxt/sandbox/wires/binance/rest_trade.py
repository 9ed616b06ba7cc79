"""Trading endpoints of `/api/v3` ("Trading endpoints", rest-api.md)."""

from typing import TYPE_CHECKING, Any

from ...accounts import random_word
from ...engine import OrderStatus, OrderType, Rejected, Side, TimeInForce
from . import errors, messages
from .call import Call, market_id
from .endpoint import Endpoint, Endpoints, Security
from .errors import BinanceError

if TYPE_CHECKING:
    from .wire import BinanceWire

_DAY_MS = 86_400_000
_OTHER_TYPES = {
    "STOP_LOSS": "Stop loss orders are not supported for this symbol.",
    "STOP_LOSS_LIMIT": "Stop loss limit orders are not supported for this symbol.",
    "TAKE_PROFIT": "Take profit orders are not supported for this symbol.",
    "TAKE_PROFIT_LIMIT": "Take profit limit orders are not supported for this symbol.",
}


def place(wire: "BinanceWire", call: Call) -> Any:
    terms = _terms(call)
    response_type = _response_type(call, terms["type"])
    terms["client_order_id"] = terms["client_order_id"] or random_word(22)
    try:
        order = wire.venue.engine.place(call.account_id, **terms)
    except Rejected as rejected:
        raise errors.refusal(rejected) from None
    return messages.order_placed(order, market_id(call.market()), response_type)


def check(wire: "BinanceWire", call: Call) -> Any:
    """ "Test new order"."""
    terms = _terms(call)
    _response_type(call, terms["type"])
    try:
        wire.venue.engine.check(call.account_id, **terms)
    except Rejected as rejected:
        raise errors.refusal(rejected) from None
    if not call.flag("computeCommissionRates"):
        return {}
    rates = wire.venue.engine.fee_rates(call.account_id)
    commission = messages.commission(call.market(), rates)
    return {
        "standardCommissionForOrder": {side: commission["standardCommission"][side] for side in ("maker", "taker")},
        "taxCommissionForOrder": {side: commission["taxCommission"][side] for side in ("maker", "taker")},
        "discount": commission["discount"],
    }


def cancel(wire: "BinanceWire", call: Call) -> Any:
    market = call.market()
    order_id, client_order_id = _which(call)
    cancel_id = call.client_order_id("newClientOrderId") or random_word(22)
    restriction = call.parameters.get("cancelRestrictions")
    if restriction not in (None, "ONLY_NEW", "ONLY_PARTIALLY_FILLED"):
        raise BinanceError(-1145, "cancelRestrictions has to be either ONLY_NEW or ONLY_PARTIALLY_FILLED.")
    try:
        if restriction is not None:
            found = wire.venue.engine.order(
                call.account_id, market.symbol, order_id=order_id, client_order_id=client_order_id
            )
            wanted = OrderStatus.NEW if restriction == "ONLY_NEW" else OrderStatus.PARTIALLY_FILLED
            if found.is_open and found.status is not wanted:
                raise BinanceError(-2011, "Order was not canceled due to cancel restrictions.")
        with wire.users.canceling_as(cancel_id):
            order = wire.venue.engine.cancel(
                call.account_id, market.symbol, order_id=order_id, client_order_id=client_order_id
            )
    except Rejected:
        raise errors.unknown_order() from None
    return messages.order_canceled(order, market_id(market), cancel_id)


def cancel_all(wire: "BinanceWire", call: Call) -> Any:
    """ "Cancel All Open Orders on a Symbol"."""
    market = call.market()
    cancel_id = random_word(22)
    with wire.users.canceling_as(cancel_id):
        orders = wire.venue.engine.cancel_all(call.account_id, market.symbol)
    if not orders:
        raise errors.unknown_order()
    return [messages.order_canceled(order, market_id(market), cancel_id) for order in orders]


def cancel_replace(wire: "BinanceWire", call: Call) -> Any:
    """ "Cancel an Existing Order and Send a New Order": -2021 and -2022 carry both halves' outcomes."""
    mode = call.text("cancelReplaceMode")
    if mode not in ("STOP_ON_FAILURE", "ALLOW_FAILURE"):
        raise errors.not_valid("cancelReplaceMode")
    names = {"cancelOrderId": "orderId", "cancelOrigClientOrderId": "origClientOrderId"}
    if not any(call.has(name) for name in names):
        raise errors.one_of_two("cancelOrigClientOrderId", "cancelOrderId")
    parameters = {"symbol": call.text("symbol")}
    parameters |= {names[name]: call.parameters[name] for name in names if call.has(name)}
    if call.has("cancelNewClientOrderId"):
        parameters["newClientOrderId"] = call.parameters["cancelNewClientOrderId"]
    outcomes: dict[str, Any] = {"cancelResult": "SUCCESS", "newOrderResult": "SUCCESS"}
    try:
        outcomes["cancelResponse"] = cancel(wire, wire.call(parameters, call.account))
    except BinanceError as error:
        outcomes |= {"cancelResult": "FAILURE", "cancelResponse": error.body}
    if outcomes["cancelResult"] == "FAILURE" and mode == "STOP_ON_FAILURE":
        outcomes |= {"newOrderResult": "NOT_ATTEMPTED", "newOrderResponse": None}
    else:
        try:
            outcomes["newOrderResponse"] = place(wire, call)
        except BinanceError as error:
            outcomes |= {"newOrderResult": "FAILURE", "newOrderResponse": error.body}
    failures = [outcomes["cancelResult"], outcomes["newOrderResult"]].count("FAILURE")
    if failures == 0:
        return outcomes
    whole = failures == 2 or outcomes["newOrderResult"] == "NOT_ATTEMPTED"
    text = "Order cancel-replace failed." if whole else "Order cancel-replace partially failed."
    raise CancelReplaceError(-2022 if whole else -2021, text, outcomes)


class CancelReplaceError(BinanceError):
    """A refusal that carries the outcomes of its two halves as `data`."""

    def __init__(self, code: int, message: str, data: dict[str, Any]) -> None:
        super().__init__(code, message, 409 if code == -2021 else 400)
        self.data = data

    @property
    def body(self) -> dict[str, object]:
        return {**super().body, "data": self.data}


def status(wire: "BinanceWire", call: Call) -> Any:
    """ "Query order"."""
    market = call.market()
    order_id, client_order_id = _which(call)
    try:
        order = wire.venue.engine.order(
            call.account_id, market.symbol, order_id=order_id, client_order_id=client_order_id
        )
    except Rejected:
        raise errors.no_such_order() from None
    return messages.order_status(order, market_id(market))


def open_orders(wire: "BinanceWire", call: Call) -> Any:
    market = call.optional_market()
    found = wire.venue.engine.open_orders(call.account_id, market.symbol if market else None)
    return [messages.order_status(order, wire.market_id(order.symbol)) for order in found]


def all_orders(wire: "BinanceWire", call: Call) -> Any:
    market, limit, first = call.market(), call.limit(500, 1_000), call.integer("orderId")
    start, end = _period(call)
    found = [
        order
        for order in wire.venue.engine.orders(call.account_id, market.symbol)
        if (start is None or order.created_ms >= start) and (end is None or order.created_ms <= end)
    ]
    if first is not None:
        found = [order for order in found if order.id >= first][:limit]
    chosen = found[-limit:] if start is None and first is None else found[:limit]
    return [messages.order_status(order, market_id(market)) for order in chosen]


def my_trades(wire: "BinanceWire", call: Call) -> Any:
    """ "Account trade list": the newest, or the oldest from `startTime` or `fromId` on."""
    market, limit = call.market(), call.limit(500, 1_000)
    first, order_id = call.integer("fromId"), call.integer("orderId")
    start, end = _period(call)
    if first is not None and (start is not None or end is not None):
        raise BinanceError(-1128, "Combination of optional parameters invalid.")
    found = [
        fill
        for fill in wire.venue.engine.fills(call.account_id, market.symbol)
        if (order_id is None or fill.order_id == order_id)
        and (first is None or fill.id >= first)
        and (start is None or fill.time_ms >= start)
        and (end is None or fill.time_ms <= end)
    ]
    chosen = found[-limit:] if first is None and start is None else found[:limit]
    return [messages.my_trade(fill, market_id(market)) for fill in chosen]


def _period(call: Call) -> tuple[int | None, int | None]:
    start, end = call.integer("startTime"), call.integer("endTime")
    if start is not None and end is not None and end - start > _DAY_MS:
        raise BinanceError(-1127, "More than 24 hours between startTime and endTime.")
    return start, end


def _which(call: Call) -> tuple[int | None, str | None]:
    """The order that a cancel or a query means."""
    order_id, client_order_id = call.integer("orderId"), call.parameters.get("origClientOrderId") or None
    if order_id is None and client_order_id is None:
        raise errors.one_of_two("origClientOrderId", "orderId")
    return order_id, client_order_id


def _terms(call: Call) -> dict[str, Any]:
    """The arguments of `Engine.place`, after Binance's own checks of presence, alphabet and precision."""
    market = call.market()
    side_name, type_name = call.text("side"), call.text("type")
    if side_name not in Side.__members__:
        raise BinanceError(-1117, "Invalid side.")
    if type_name in _OTHER_TYPES:
        raise BinanceError(-2010, _OTHER_TYPES[type_name])
    if type_name not in OrderType.__members__:
        raise BinanceError(-1116, "Invalid orderType.")
    order_type = OrderType[type_name]
    force = call.parameters.get("timeInForce") or None
    if force is not None and force not in TimeInForce.__members__:
        raise BinanceError(-1115, "Invalid timeInForce.")
    amount, price, cost = call.decimal("quantity"), call.decimal("price"), call.decimal("quoteOrderQty")
    if call.has("icebergQty"):
        raise BinanceError(-2010, "Iceberg orders are not supported for this symbol.")
    if order_type is OrderType.MARKET:
        unwanted = {"timeInForce": force, "price": price}
        if amount is None and cost is None:
            raise errors.one_of_two("quantity", "quoteOrderQty")
        if amount is not None and cost is not None:
            raise errors.not_required("quoteOrderQty")
    else:
        unwanted = {"quoteOrderQty": cost}
        if order_type is OrderType.LIMIT and force is None:
            raise errors.mandatory("timeInForce")
        if order_type is OrderType.LIMIT_MAKER:
            unwanted["timeInForce"] = force
        if amount is None:
            raise errors.mandatory("quantity")
        if price is None:
            raise errors.mandatory("price")
    for name, value in {**unwanted, "stopPrice": call.parameters.get("stopPrice")}.items():
        if value is not None:
            raise errors.not_required(name)
    for name, number in (("quantity", amount), ("price", price), ("quoteOrderQty", cost)):
        if number is not None and number == 0:
            raise BinanceError(-1013, "Invalid price." if name == "price" else "Invalid quantity.")
    return {
        "symbol": market.symbol,
        "side": Side[side_name],
        "type": order_type,
        "price": price,
        "amount": amount,
        "quote_amount": cost,
        "time_in_force": TimeInForce[force] if force is not None else TimeInForce.GTC,
        "client_order_id": call.client_order_id("newClientOrderId"),
    }


def _response_type(call: Call, order_type: OrderType) -> str:
    default = "FULL" if messages.responds_in_full(order_type) else "ACK"
    chosen = call.parameters.get("newOrderRespType", default)
    if chosen not in ("ACK", "RESULT", "FULL"):
        raise errors.not_valid("newOrderRespType")
    return chosen


_SIGNED = Security.SIGNED

ENDPOINTS: Endpoints = {
    ("POST", "/api/v3/order"): Endpoint("order.create", place, 1, _SIGNED, counts_as_order=True),
    ("POST", "/api/v3/order/test"): Endpoint("order.test", check, 1, _SIGNED),
    ("POST", "/api/v3/order/cancelReplace"): Endpoint(
        "order.cancelReplace", cancel_replace, 1, _SIGNED, counts_as_order=True
    ),
    ("DELETE", "/api/v3/order"): Endpoint("order.cancel", cancel, 1, _SIGNED),
    ("GET", "/api/v3/order"): Endpoint("order.status", status, 4, _SIGNED),
    ("GET", "/api/v3/openOrders"): Endpoint(
        "openOrders", open_orders, lambda call: 6 if call.has("symbol") else 80, _SIGNED
    ),
    ("DELETE", "/api/v3/openOrders"): Endpoint("order.cancelAll", cancel_all, 1, _SIGNED),
    ("GET", "/api/v3/allOrders"): Endpoint("allOrders", all_orders, 20, _SIGNED),
    ("GET", "/api/v3/myTrades"): Endpoint(
        "myTrades", my_trades, lambda call: 5 if call.has("orderId") else 20, _SIGNED
    ),
}
