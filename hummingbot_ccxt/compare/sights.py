"""What is noted of every scenario at its end: events with their fields, order states, logs, requests."""

import dataclasses
import logging
import time
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.trade_fee import AddedToCostTradeFee, DeductedFromReturnsTradeFee, TradeFeeBase
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.compare.normal import PLAUSIBLE, moment, number
from hummingbot_ccxt.rig.bot import Bot, Told
from hummingbot_ccxt.sandbox import Side
from hummingbot_ccxt.sandbox.engine import Fill, Order, OrderStatus, Rejected

if TYPE_CHECKING:
    from hummingbot_ccxt.compare.scene import Scene

_STATES = {
    OrderStatus.NEW: "OPEN",
    OrderStatus.PARTIALLY_FILLED: "PARTIALLY_FILLED",
    OrderStatus.FILLED: "FILLED",
    OrderStatus.CANCELED: "CANCELED",
    OrderStatus.EXPIRED: "CANCELED",
}
_ENDS = {
    OrderStatus.FILLED: ["OrderCompleted"],
    OrderStatus.CANCELED: ["OrderCancelled"],
    OrderStatus.EXPIRED: ["OrderCancelled"],
}
_TIMES = ("timestamp", "creation_timestamp")


# -- what the ledger says of an order
def venue_order(scene: "Scene", label: str) -> Order | None:
    """The engine's order; None where it has none, or none that can be told to be this one."""
    engine, account_id, client_order_id = scene.sandbox.engine, scene.account.account_id, scene.ids[label]
    try:
        return engine.order(account_id, client_order_id=client_order_id)
    except Rejected:
        pass
    wire: Any = scene.sandbox.wire
    for told in scene.told():
        exchange_order_id = getattr(told.event, "exchange_order_id", None)
        if told.event.order_id == client_order_id and exchange_order_id and hasattr(wire, "engine_order_id"):
            try:
                return engine.order(account_id, order_id=wire.engine_order_id(exchange_order_id))
            except Exception:  # an id that is none of the venue's
                continue
    return None


def expected_story(scene: "Scene", label: str) -> list[str] | None:
    """The events that the ledger makes one expect, in their order; None where it cannot be known."""
    order = venue_order(scene, label)
    if order is None:
        known = [venue_order(scene, other) for other in scene.ids]
        unnamed = len(scene.sandbox.engine.orders(scene.account.account_id)) - sum(each is not None for each in known)
        return None if unnamed else ["OrderFailure"]
    return ["OrderCreated", *["OrderFilled"] * len(order.fills), *_ENDS.get(order.status, [])]


def story(told: Iterable[Told], client_order_id: str) -> list[str]:
    """The names of an order's events, buy and sell alike."""
    return [_name(each.kind) for each in told if each.event.order_id == client_order_id]


def told_all(scene: "Scene") -> bool:
    """Whether the connector has told of each order at least as much as the ledger knows."""
    told = scene.told()
    return all(
        len(story(told, client_order_id)) >= len(expected_story(scene, label) or [])
        for label, client_order_id in scene.ids.items()
    )


def orphans(scene: "Scene") -> int:
    """How many orders are open at the venue that the connector does not follow (any more)."""
    followed = set(scene.connector.in_flight_orders)
    labels = {order.id: label for label in scene.ids if (order := venue_order(scene, label)) is not None}
    open_orders = scene.sandbox.engine.open_orders(scene.account.account_id)
    return sum(scene.ids.get(labels.get(order.id, ""), "") not in followed for order in open_orders)


# -- events and orders
def note_orders(scene: "Scene") -> None:
    """Each order's events in their order, every field of each event, and what the order tracker knows at the end."""
    told = scene.told()
    for label, client_order_id in scene.ids.items():
        events = [each for each in told if each.event.order_id == client_order_id]
        expected = expected_story(scene, label)
        scene.note(
            f"events/{label}", _listed(story(told, client_order_id)), None if expected is None else _listed(expected)
        )
        order = venue_order(scene, label)
        counts: dict[str, int] = {}
        for each in in_ledger_order(events, [] if order is None else order.fills):
            name = _name(each.kind)
            counts[name] = counts.get(name, 0) + 1
            _note_event(scene, f"fields/{label}/{name} {counts[name]}", each, order, counts[name])
        _note_state(scene, label, order)
        scene.note(f"outcome/{label}", _outcome(order))
    strangers = [each for each in told if each.event.order_id not in scene.names.orders]
    scene.note("events/of orders that nobody placed", len(strangers), 0)


def in_ledger_order(events: list[Told], fills: Sequence[Fill]) -> list[Told]:
    """The same events; fills that the venue made in one millisecond, which come in no order of their own, in its.

    Over REST ccxt sorts such trades by their ids, which on Kraken are random.
    """
    told = [each for each in events if each.kind is MarketEvent.OrderFilled]
    left, places = dict(enumerate(fills)), []
    for place, each in enumerate(told):
        at = fills[place].time_ms if place < len(fills) else None
        of = (Decimal(each.event.price), Decimal(each.event.amount))
        same = (index for index, fill in left.items() if fill.time_ms == at and (fill.price, fill.amount) == of)
        places.append(next(same, place))
        left.pop(places[-1], None)
    ordered = iter([told[index] for index in sorted(range(len(told)), key=places.__getitem__)])
    return [next(ordered) if each.kind is MarketEvent.OrderFilled else each for each in events]


def _note_event(scene: "Scene", key: str, told: Told, order: Order | None, count: int) -> None:
    venue = {} if order is None else _ledger_fields(scene, told.kind, order, count)
    for name, value in _fields(told.event).items():
        for item, text in _texts(scene, name, value).items():
            scene.note(f"{key} {item}", text, PLAUSIBLE if name in _TIMES else venue.get(item))
    if told.kind is MarketEvent.OrderFilled:
        scene.note(f"{key} trade_fee paid", _paid(told.event), venue.get("trade_fee paid"))


def _fields(event: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(event):
        return {each.name: getattr(event, each.name) for each in dataclasses.fields(event)}
    return dict(event._asdict())


def _texts(scene: "Scene", name: str, value: Any) -> dict[str, str]:
    if name in _TIMES:
        return {name: moment(value, time.time())}
    if name == "order_id":
        return {name: scene.names.order(value)}
    if name == "exchange_order_id":
        return {name: scene.names.exchange_id(value)}
    if name == "exchange_trade_id":
        return {name: scene.names.trade_id(value)}
    if isinstance(value, TradeFeeBase):
        flat = sorted(f"{number(each.amount)} {each.token}" for each in value.flat_fees)
        return {
            f"{name} kind": type(value).__name__,
            f"{name} percent": number(value.percent),
            f"{name} percent_token": str(value.percent_token),
            f"{name} flat": _listed(flat),
        }
    if name == "error_message":
        return {name: scene.names.in_text(str(value))}
    if isinstance(value, Enum):
        return {name: value.name}
    return {name: number(value) if isinstance(value, Decimal | int | float) else str(value)}


def _ledger_fields(scene: "Scene", kind: MarketEvent, order: Order, count: int) -> dict[str, str]:
    """What the ledger has to say about the fields of an event."""
    pair = order.symbol.replace("/", "-")
    base, quote = pair.split("-")
    if kind is MarketEvent.OrderFilled:
        if count > len(order.fills):
            return {}
        fill = order.fills[count - 1]
        return {
            "trading_pair": pair,
            "price": number(fill.price),
            "amount": number(fill.amount),
            "exchange_order_id": _known_id(scene, order),
            "trade_fee paid": f"{number(fill.fee)} {fill.fee_asset}",
            "trade_fee kind": fee_kind(fill.side, fill.fee_asset == base),
        }
    if _name(kind) == "OrderCreated":
        amount = {} if order.amount is None else {"amount": number(order.amount)}
        price = {} if order.price is None else {"price": number(order.price)}
        return {"trading_pair": pair, "exchange_order_id": _known_id(scene, order), **amount, **price}
    if _name(kind) == "OrderCompleted":
        return {
            "base_asset": base,
            "quote_asset": quote,
            "base_asset_amount": number(order.filled),
            "quote_asset_amount": number(order.filled_quote),
            "exchange_order_id": _known_id(scene, order),
        }
    if kind is MarketEvent.OrderCancelled:
        return {"exchange_order_id": _known_id(scene, order)}
    return {}


def _paid(event: Any) -> str:
    """What a fill cost in fees, of its flat fees or of its percentage."""
    fee: TradeFeeBase = event.trade_fee
    paid = {each.token: each.amount for each in fee.flat_fees}
    if fee.percent:
        base, quote = event.trading_pair.split("-")
        in_base = event.trade_type is TradeType.BUY and isinstance(fee, DeductedFromReturnsTradeFee)
        token, whole = (base, event.amount) if in_base else (quote, event.amount * event.price)
        paid[token] = paid.get(token, Decimal(0)) + whole * fee.percent
    return _listed(sorted(f"{number(amount)} {token}" for token, amount in paid.items()))


def fee_kind(side: Side, in_base: bool) -> str:
    """Hummingbot's class for a fee as the venue takes it: out of what the trade brings in, or on top of its cost."""
    taken_out = side is Side.SELL or in_base
    return DeductedFromReturnsTradeFee.__name__ if taken_out else AddedToCostTradeFee.__name__


def _known_id(scene: "Scene", order: Order) -> str:
    """The normalised name of the venue's id of an order."""
    wire: Any = scene.sandbox.wire
    return scene.names.exchange_id(wire.order_id(order.id) if hasattr(wire, "order_id") else order.id)


def _note_state(scene: "Scene", label: str, order: Order | None) -> None:
    tracked = scene.tracked(label)
    state: str | None = None
    filled: tuple[Decimal | None, Decimal | None] = (None, None)
    if order is not None:
        state, filled = _STATES[order.status], (order.filled, order.filled_quote)
    elif expected_story(scene, label) is not None:  # the venue has none for certain
        state, filled = "FAILED", (Decimal(0), Decimal(0))
    scene.note(f"order/{label}/state", "not known" if tracked is None else tracked.current_state.name, state)
    if tracked is None:
        return
    scene.note(f"tracked/{label}/executed base", tracked.executed_amount_base, filled[0])
    scene.note(f"tracked/{label}/executed quote", tracked.executed_amount_quote, filled[1])
    scene.note(f"tracked/{label}/type", tracked.order_type.name)
    scene.note(f"tracked/{label}/price", number(tracked.price))
    pairs = sorted({fill.trading_pair for fill in tracked.order_fills.values()})
    if pairs:
        scene.note(f"tracked/{label}/trading pair of its fills", _listed(pairs), tracked.trading_pair)


def _outcome(order: Order | None) -> str:
    """What became of an order at the venue."""
    if order is None:
        return "not at the venue"
    return f"{order.status.value}, {number(order.filled)} filled"


def _name(kind: MarketEvent) -> str:
    return kind.name.replace("BuyOrder", "Order").replace("SellOrder", "Order")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "nothing"


# -- logs and requests
def note_logs(scene: "Scene") -> None:
    """Each distinct line from WARNING on, without what differs from run to run; and no secret.

    Lower ones tell the events over again, which are compared themselves, or the steps of a start in each one's words.
    """
    lines: dict[str, None] = {}
    for bot in scene.bots:
        for record in bot.records:
            if record.levelno >= logging.WARNING:
                lines[f"log/{record.levelname}/{_line(scene, bot, record)}"] = None
    for key in lines:
        scene.note(key, "logged")
    scene.note("secrets/in the log", _leaks(scene), 0)


def _line(scene: "Scene", bot: Bot, record: logging.LogRecord) -> str:
    connector = bot.connector
    names = dict.fromkeys((connector.name, connector.name_cap, type(connector).__name__), "<connector>")
    text = scene.names.in_text(record.getMessage(), names)
    raised = record.exc_info[0] if record.exc_info else None
    return text if raised is None or text.endswith("<the error>") else f"{text} [{raised.__name__}]"


def _leaks(scene: "Scene") -> int:
    secrets = [word for word in (scene.account.api_key, scene.account.secret, scene.account.password) if word]
    shown = logging.Formatter()
    return sum(any(word in shown.format(record) for word in secrets) for bot in scene.bots for record in bot.records)


def note_requests(scene: "Scene") -> None:
    """How many requests were sent about orders, by their kind, and in all since it was ready.

    Of what kind the others were is in the recording's tables, and compared where ours sent more.
    """
    counts = scene.sandbox.request_log.counts
    for name, count in counts.items():
        if name.startswith("order."):
            scene.note(f"requests/{name}", count)
    scene.note("requests/since it was ready", sum(counts.values()) - sum(scene.recording.of_starts.values()))
