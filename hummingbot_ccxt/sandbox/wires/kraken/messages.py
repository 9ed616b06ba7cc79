"""What Kraken says of orders and fills over REST and over version 1 alike.

Source: docs.kraken.com/api, the page named at each function.
"""

from typing import Any
from zlib import crc32

from ...engine import Fill, Order, OrderStatus, OrderType, Side
from ..notation import given_id, status_words
from .names import Pair, amount, money, transaction_id

#: IOC, FOK and market orders that end unfilled are canceled; "expired" is for orders with an end in time.
STATUS = status_words("open", "open", "closed", "canceled")


def order_id(order: Order) -> str:
    return transaction_id("O", order.id)


def flags(order: Order) -> str:
    """ "Add Order", oflags: fees in quote, post-only, volume in quote."""
    post = ["post"] if order.type is OrderType.LIMIT_MAKER else []
    return ",".join([*post, "fciq", *(["viqc"] if order.quote_amount is not None else [])])


def volume(order: Order) -> str:
    assert order.wanted is not None
    return amount(order.wanted)


def fees_of(order: Order) -> str:
    return money(order.fee)


def reason(order: Order) -> str | None:
    """ "Get Closed Orders", reason."""
    if order.status is OrderStatus.CANCELED:
        return "Post only order" if order.would_have_taken else "User requested"
    return "Insufficient liquidity" if order.status is OrderStatus.EXPIRED else None


def description(order: Order, pair: Pair, name: str) -> dict[str, Any]:
    """The `descr` of an order; `name`: of the pair, in the words of the interface."""
    price = "0" if order.price is None else f"{order.price:.{pair.price_decimals}f}"
    terms = "market" if order.price is None else f"limit {price}"
    return {
        "pair": name,
        "type": order.side.value,
        "ordertype": order.kind,
        "price": price,
        "price2": "0",
        "leverage": "none",
        "order": f"{order.side.value} {volume(order)} {name} @ {terms}",
        "close": "",
    }


def order_message(order: Order, pair: Pair, userref: int | None, *, trades: bool = False) -> dict[str, Any]:
    """ "Get Open Orders", "Get Closed Orders", "Query Orders Info"; times are numbers of seconds.

    With a `cl_ord_id` there is no `userref`, without either it is 0: both as in answers kept in ccxt's source.
    """
    client_order_id = given_id(order) if userref is None else ""
    message: dict[str, Any] = {
        "refid": None,
        "userref": None if client_order_id else userref or 0,
        **({"cl_ord_id": client_order_id} if client_order_id else {}),
        "status": STATUS[order.status],
        **({} if order.is_open else {"reason": reason(order), "closetm": order.updated_ms / 1000}),
        "opentm": order.created_ms / 1000,
        "starttm": 0,
        "expiretm": 0,
        "descr": description(order, pair, pair.altname),
        "vol": volume(order),
        "vol_exec": amount(order.filled),
        "cost": money(order.filled_quote),
        "fee": fees_of(order),
        "price": pair.price(order.average_price or order.filled),
        "stopprice": "0.00000",
        "limitprice": "0.00000",
        "misc": "",
        "oflags": flags(order),
    }
    if trades and order.fills:
        message["trades"] = [fill_id(pair, fill) for fill in order.fills]
    return message


def fill_id(pair: Pair, fill: Fill) -> str:
    """One of each side's own: the trade's number counts within its pair, and both sides share it."""
    return transaction_id("T", (fill.id << 33) + (crc32(pair.id.encode()) << 1) + (fill.side is Side.BUY))


def fill_message(fill: Fill, order: Order, pair: Pair) -> dict[str, Any]:
    """ "Get Trades History", "Query Trades Info"."""
    return {
        "ordertxid": order_id(order),
        "postxid": "TKH2SE-M7IF5-CFI7LT",
        "pair": pair.id,
        "time": fill.time_ms / 1000,
        "type": fill.side.value,
        "ordertype": order.kind,
        "price": pair.price(fill.price),
        "cost": money(fill.quote_amount),
        "fee": money(fill.fee),
        "vol": amount(fill.amount),
        "margin": "0.00000",
        "misc": "",
        "trade_id": fill.id,
        "maker": fill.is_maker,
    }
