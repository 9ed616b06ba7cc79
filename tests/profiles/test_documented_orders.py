"""For each of the 87 exchanges: our translators take what ccxt makes of documented samples of own trades and orders."""

from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from hummingbot_ccxt import registry
from hummingbot_ccxt.mapping import ExchangeMapping
from hummingbot_ccxt.translate.corrections import corrected
from hummingbot_ccxt.translate.fills import derived_trade_update, trade_update
from hummingbot_ccxt.translate.orders import filled_amount, order_state, order_update
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.orders import Orders
from hummingbot_ccxt.venue.venue import Venue

from .documented_orders import Kind, Told, told, venue_of

EXCHANGES = list(registry.exchanges())

KINDS: tuple[tuple[Kind, bool], ...] = (("trade", False), ("trade", True), ("order", False), ("order", True))
"""Of what, and whether by stream."""

NOT_TAKEN = {
    "bigone": {
        "fetch_my_trades": "one trade of two, with oneself, as SELF_TRADING; our side is the order's",
        "bigone.parse_trade 1": "the same",
    },
    "cex": {
        "pro.cex.handle_order_update 1": "an update that names no amounts; fills come by their own stream",
        "pro.cex.handle_order_update 2": "the same",
    },
    "coinbaseexchange": {
        "pro.coinbaseexchange.handle_order 2": "an update that names no amounts; fills come by their own stream",
        "pro.coinbaseexchange.handle_order 4": "the same",
    },
    "coincheck": {"coincheck.parse_order 0": "of the open orders, whose status the list means; see with_status"},
    "coinmate": {"coinmate.parse_order 0": "the answer to a new order"},
    "deepcoin": {"deepcoin.parse_order 1": "a trigger order"},
    "gate": {"fetch_closed_orders": "the sample of another list, grouped by market"},
    "gateeu": {"fetch_closed_orders": "the sample of another list, grouped by market"},
    "hollaex": {"fetch_my_trades": "an older sample than the parser's, without order_id"},
    "indodax": {
        "indodax.parse_order 1": "a sample of another market: amounts stand under its name",
        "indodax.parse_order 2": "the answer to a cancellation",
    },
    "kraken": {
        "pro.kraken.parse_ws_trade 0": "abridged: every execution has a timestamp (docs.kraken.com, ws v2 executions)",
        "pro.kraken.handle_my_trades 0": "the same",
    },
    "kucoin": {"kucoin.parse_spot_or_uta_trade 3": "a sample of 2019 with a price of 0"},
    "onetrading": {
        **{
            f"pro.onetrading.parse_trading_order {number}": "a step of an order that does not say its status"
            for number in (0, 2, 3, 4, 5)
        },
        "pro.onetrading.handle_account_update 0": "the same",
    },
    "phemex": {"pro.phemex.handle_my_trades 1": "an order of a contract that was amended"},
    "revolutx": {"fetch_open_orders": "abridged to the ids"},
    "toobit": {"fetch_my_trades": "a list that is not closed, so that its first trade is read as the list"},
    "xt": {
        f"pro.xt.{name} 1": "an order of a contract, with `state` for its status"
        for name in ("parse_ws_order", "handle_order")
    },
    "zebpay": {"fetch_order": "a sample of contracts; that of the venue: tests/mappings/others/test_documented.py"},
}
"""Samples that our translators do not take, and why that is right."""

NONE_QUOTED: dict[tuple[str, Kind, bool], str] = {
    ("bitbank", "trade", False): "types instead of values",
    ("bitbank", "order", False): "types instead of values",
    ("bitfinex", "trade", False): "the names of its fields only",
    ("bitflyer", "order", False): "none",
    ("bitso", "order", False): "only the id of a cancelled one",
    ("cex", "order", False): "without braces",
    ("coinbaseinternational", "trade", True): "none; they are read as those over REST",
    ("coinbaseinternational", "order", True): "none; they are read as those over REST",
    ("coincheck", "order", False): "only of the open orders, whose status the list means",
    ("cryptocom", "trade", True): "they come with the orders, without a sample of a fill",
    ("independentreserve", "trade", False): "none",
    ("kraken", "trade", True): "only an abridged one, see NOT_TAKEN",
    ("lighter", "trade", False): "behind a signature that takes a key of its form",
    ("lighter", "trade", True): "a message with a key that is no JSON",
    ("lighter", "order", True): "words instead of values",
    ("luno", "order", False): "types instead of values",
    **{(name, "trade", True): "only an order that is not filled" for name in ("myokx", "okx", "okxus")},
    ("paymium", "order", False): "our class's own: tests/mappings/others/test_paymium_orders.py",
    ("zebpay", "order", False): "our class's own: tests/mappings/others/test_documented.py",
}
"""(exchange, kind, streamed) -> what ccxt quotes instead of a sample that could be taken."""


def tracked(side: object) -> InFlightOrder:
    """An order of ours, large enough for any sample."""
    return InFlightOrder(
        client_order_id="ours",
        trading_pair="BTC-USDT",
        order_type=OrderType.LIMIT,
        trade_type=TradeType.SELL if side == "sell" else TradeType.BUY,
        amount=Decimal(10**12),
        price=Decimal(1),
        creation_timestamp=1.0,
    )


def wrong_with_trade(trade: dict[str, Any], mapping: ExchangeMapping) -> str | None:
    """What our translator, or the search for its order, lacks in an own trade; its side may be left to the order's."""
    try:
        trade_update(trade, tracked(trade.get("side")), fee_schema=TradeFeeSchema(), mapping=mapping)
    except BadVenueData as err:
        return str(err)
    if trade.get("order") is None:
        return "does not name its order"
    return None if trade.get("side") in ("buy", "sell", None) else f"side {trade['side']!r}"


def wrong_with_order(order: dict[str, Any], mapping: ExchangeMapping, derives_fills: bool) -> str | None:
    """What our translator, or the search for the order, lacks in an order."""
    ours = tracked(order.get("side"))
    try:
        state = order_state(order, mapping)
        if state is None:
            return f"status {order.get('status')!r}"
        if order.get("id") is None:
            return "has no id"
        order_update(order, ours, state=state, now=1.0)
        if derives_fills and filled_amount(order) is None:
            return "does not say how much was filled"
        derived_trade_update(order, ours, fee_schema=TradeFeeSchema(), now=1.0, mapping=mapping)
    except BadVenueData as err:
        return str(err)
    return None if order.get("amount") is not None or filled_amount(order) is not None else "has no amount"


def verdicts(venue: Venue, found: list[Told], kind: Kind, *, streamed: bool) -> dict[str, str | None]:
    """By the place of each sample: what is wrong with it, None for one that is taken.

    Only what the connector would ask for or subscribe to, and only what is of an order of one's own: what names one.
    Parsers are asked where no request could be answered with a sample.
    """
    mapping, orders = venue.mapping, Orders(venue)
    fields = mapping.trade_fields if kind == "trade" else mapping.order_fields
    reports_trades = venue.streams_kind("fills") or orders.can_fetch_trades()
    derives = mapping.fills_from == "order" or not reports_trades
    made: dict[str, str | None] = {}
    for each in found:
        asked = each.where.startswith("fetch_")
        own = each.structure.get("order" if kind == "trade" else "id") is not None
        if each.kind != kind or each.streamed is not streamed or not (asked or own):
            continue
        structure = corrected(each.structure, fields) if streamed else each.structure
        wrong = (
            wrong_with_trade(structure, mapping) if kind == "trade" else wrong_with_order(structure, mapping, derives)
        )
        made[each.where] = made.get(each.where) or wrong
    by_request = {where: wrong for where, wrong in made.items() if where.startswith("fetch_")}
    return by_request if any(wrong is None for wrong in by_request.values()) else made


def is_used(venue: Venue, kind: Kind, *, streamed: bool) -> bool:
    """Whether the connector takes orders, or fills, by this way."""
    if kind == "order":
        return venue.streams_kind("orders") if streamed else Orders(venue).can_follow()
    if venue.mapping.fills_from == "order":
        return False
    return venue.streams_kind("fills") if streamed else Orders(venue).can_fetch_trades()


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_own_trades_and_orders_are_taken_as_documented(exchange_id: str) -> None:
    venue = venue_of(exchange_id)
    try:
        found = await told(venue)
    finally:
        await venue.close()
    refused: dict[str, str] = {}
    without = set()
    for kind, streamed in KINDS:
        if is_used(venue, kind, streamed=streamed):
            made = verdicts(venue, found, kind, streamed=streamed)
            refused.update({where: wrong for where, wrong in made.items() if wrong is not None})
            if None not in made.values():
                without.add((exchange_id, kind, streamed))
    assert set(refused) == set(NOT_TAKEN.get(exchange_id, {})), refused
    assert without == {key for key in NONE_QUOTED if key[0] == exchange_id}


def test_nearly_all_exchanges_have_samples() -> None:
    assert len({exchange for exchange, kind, streamed in NONE_QUOTED if kind == "order" and not streamed}) < 10
