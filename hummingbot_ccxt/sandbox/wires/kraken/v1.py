"""Kraken's WebSocket version 1, as Hummingbot's native connector speaks it.

Source: docs.kraken.com/api, "Spot Websockets (v1)", the page named at each function; numbers and times are texts.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...engine import Fill, Order, OrderEvent, OrderEventKind, Trade
from ...streams import Session
from ...tape import Candle
from ..connection import user_topic
from ..notation import given_id
from ..views import Levels
from . import candles
from .messages import STATUS, description, fees_of, fill_id, flags, order_id, reason, volume
from .names import Pair, amount, money, seconds
from .sockets import DEPTHS, KrakenSocket

if TYPE_CHECKING:
    from .wire import KrakenWire

_SNAPSHOT_TRADES = 50
_DETAILS = {"book": ("depth", 10), "ohlc": ("interval", 1)}  # what tells subscriptions of one pair apart


class Socket(KrakenSocket):
    """`ws.kraken.com` and `ws-auth.kraken.com`."""

    heartbeat = {"event": "heartbeat"}  # noqa: RUF012 - never changed

    def __init__(self, wire: "KrakenWire", *, is_private: bool) -> None:
        super().__init__(wire)
        self._names = ("openOrders", "ownTrades") if is_private else ("book", "trade", "ohlc")
        self.greeting = {
            "connectionID": self.connection_id,
            "event": "systemStatus",
            "status": "online",
            "version": "1.9.6",
        }

    def handle(self, session: Session, message: dict[str, Any]) -> None:
        event, subscription = message.get("event"), message.get("subscription")
        if event == "ping":
            session.send_json({"event": "pong", **_number(message)})
        elif event not in ("subscribe", "unsubscribe"):
            session.send_json({"errorMessage": "Malformed request", "event": "error", **_number(message)})
        elif not isinstance(subscription, dict):
            self._refuse(session, message, "Subscription field must be an object")
        elif subscription.get("name") not in self._names:
            self._refuse(session, message, "Subscription name invalid")
        elif "token" in subscription or subscription["name"] in ("openOrders", "ownTrades"):
            self._private(session, message, event, subscription)
        else:
            self._public(session, message, event, subscription)

    # -- subscriptions
    def _private(self, session: Session, message: dict[str, Any], event: str, subscription: dict[str, Any]) -> None:
        """ "openOrders", "ownTrades": what there is comes first."""
        wire, name = self.wire, subscription["name"]
        account_id = self.admit(session, subscription.get("token"))
        if account_id is None:
            self._refuse(session, message, "ESession:Invalid session")
            return
        topic = user_topic(account_id, f"v1:{name}")
        extra = {"maxratecount": 60} if name == "openOrders" else {}
        self._confirm(session, message, {"channelName": name, "subscription": {"name": name, **extra}})
        if event == "unsubscribe":
            wire.streams.unsubscribe(session, topic)
        elif topic not in session.envelopes:
            if name == "openOrders":
                found = [order_entry(wire, order) for order in wire.engine.open_orders(account_id)]
            else:
                fills = wire.engine.fills(account_id)[-_SNAPSHOT_TRADES:]
                orders = [wire.engine.order(account_id, order_id=fill.order_id) for fill in fills]
                found = [trade_entry(wire, o, f) for o, f in zip(orders, fills, strict=True)]
            session.send_json(private_message(wire, topic, name, found, 0))
            wire.streams.subscribe(session, topic)

    def _public(self, session: Session, message: dict[str, Any], event: str, subscription: dict[str, Any]) -> None:
        """ "book", "trade", "ohlc": each pair is answered for itself."""
        wire, name = self.wire, subscription["name"]
        word, usual = _DETAILS.get(name, ("", 0))
        detail = subscription.get(word, usual)
        if name == "book" and detail not in DEPTHS:
            self._refuse(session, message, "Subscription depth not supported")
            return
        if name == "ohlc" and (text := candles.complaint(detail)) is not None:
            self._refuse(session, message, text)
            return
        for wsname in message.get("pair") or []:
            pair = wire.pairs_by_wsname.get(wsname)
            if pair is None:
                self._refuse(session, message, f"Currency pair not supported {wsname}", pair=wsname)
                continue
            topic, channel = topic_of(name, pair, detail), channel_name(name, detail)
            told = {"channelID": channel_id(wire, pair, channel), "channelName": channel, "pair": wsname}
            extra = {word: detail} if word else {}
            self._confirm(session, message, {**told, "subscription": {**extra, "name": name}})
            if event == "unsubscribe":
                wire.streams.unsubscribe(session, topic)
            elif topic not in session.envelopes:
                if name == "book":
                    view, now = wire.view(pair.market.symbol, detail), wire.clock()
                    levels = {"as": _rows(pair, view.asks, now), "bs": _rows(pair, view.bids, now)}
                    session.send_json([told["channelID"], levels, channel, wsname])
                if name == "ohlc" and (last := wire.last_candle(pair.market.symbol, detail)) is not None:
                    session.send_json(candle_message(wire, pair, last, detail))
                wire.streams.subscribe(session, topic)

    def _confirm(self, session: Session, message: dict[str, Any], answer: dict[str, Any]) -> None:
        status = f"{message['event']}d"
        session.send_json({**answer, "event": "subscriptionStatus", "status": status, **_number(message)})

    def _refuse(self, session: Session, message: dict[str, Any], text: str, **more: Any) -> None:
        subscription = message.get("subscription")
        name = {"name": subscription["name"]} if isinstance(subscription, dict) and "name" in subscription else {}
        answer = {"errorMessage": text, "event": "subscriptionStatus", **more, "status": "error", "subscription": name}
        session.send_json({**answer, **_number(message)})


def topic_of(name: str, pair: Pair, detail: int = 0) -> str:
    return f"v1:{name}:{pair.market.symbol}:{detail}"


def channel_name(name: str, detail: int) -> str:
    return f"{name}-{detail}" if detail else name


def channel_id(wire: "KrakenWire", pair: Pair, channel: str) -> int:
    name, _, detail = channel.partition("-")
    place = 2 + list(candles.INTERVALS).index(detail) if name == "ohlc" else int(name == "trade")
    return 336 + 16 * list(wire.pairs).index(pair.market.symbol) + place


# -- public messages
def book_message(
    wire: "KrakenWire", pair: Pair, depth: int, side: str, levels: Levels, checksum: int
) -> list[Any]:  # fmt: skip
    """ "book": `side` is `a` or `b`; `c` the checksum of the best ten levels after the message.

    A message may hold both sides, each in an object of its own. Here each side is a message: so were all 403 recorded.
    """
    changes = {side: _rows(pair, levels, wire.clock()), "c": str(checksum)}
    return [channel_id(wire, pair, "book"), changes, channel_name("book", depth), pair.wsname]


def trade_message(wire: "KrakenWire", pair: Pair, trade: Trade) -> list[Any]:
    """ "trade": price, volume, time, the taker's side, limit or market, miscellaneous."""
    row = [pair.price(trade.price), amount(trade.amount), seconds(trade.time_ms), trade.taker_side.value[0], "l", ""]
    return [channel_id(wire, pair, "trade"), [row], "trade", pair.wsname]


def candle_message(wire: "KrakenWire", pair: Pair, candle: Candle, minutes: int) -> list[Any]:
    """ "ohlc"."""
    last, channel = wire.tapes[pair.market.symbol].last, channel_name("ohlc", minutes)
    assert last is not None  # there is a candle
    return [channel_id(wire, pair, channel), candles.v1_row(pair, candle, last), channel, pair.wsname]


def _rows(pair: Pair, levels: Levels, now_ms: int) -> list[list[str]]:
    return [[pair.price(price), amount(size), seconds(now_ms)] for price, size in levels]


# -- private messages
def private_message(wire: "KrakenWire", topic: str, name: str, entries: Iterable[Any], step: int = 1) -> list[Any]:
    return [list(entries), name, wire.numbered(topic, {}, step)]


def order_changes(wire: "KrakenWire", event: OrderEvent) -> list[dict[str, Any]]:
    """ "openOrders": a new order whole and `pending`, then `open`; later only what changed."""
    order = event.order
    name, userref = order_id(order), wire.userrefs.get(order.id) or 0
    if event.kind is OrderEventKind.NEW:
        return [order_entry(wire, order, "pending"), {name: {"status": "open", "userref": userref}}]
    changed: dict[str, Any] = {
        "lastupdated": seconds(order.updated_ms),
        "vol_exec": amount(order.filled),
        "cost": money(order.filled_quote),
        "fee": fees_of(order),
        "avg_price": wire.pairs[order.symbol].price(order.average_price or order.filled),
        "userref": userref,
    }
    entries: list[dict[str, Any]] = [] if event.fill is None else [{name: changed}]
    if not order.is_open:
        why = reason(order)
        ending = {} if why is None else {"cancel_reason": why}
        entries.append({name: {**changed, "status": STATUS[order.status], **ending}})
    return entries


def order_entry(wire: "KrakenWire", order: Order, status: str = "open") -> dict[str, Any]:
    pair, userref = wire.pairs[order.symbol], wire.userrefs.get(order.id)
    word = given_id(order) if userref is None else ""
    return {
        order_id(order): {
            "avg_price": pair.price(order.average_price or order.filled),
            **({"cl_ord_id": word} if word else {}),
            "cost": money(order.filled_quote),
            "descr": description(order, pair, pair.wsname),
            "expiretm": None,
            "fee": fees_of(order),
            "limitprice": "0.00000",
            "misc": "",
            "oflags": flags(order),
            "opentm": seconds(order.created_ms),
            "refid": None,
            "starttm": None,
            "status": status,
            "stopprice": "0.00000",
            "timeinforce": order.time_in_force.name,
            "userref": userref or 0,
            "vol": volume(order),
            "vol_exec": amount(order.filled),
        }
    }


def trade_entry(wire: "KrakenWire", order: Order, fill: Fill) -> dict[str, Any]:
    """ "ownTrades"."""
    pair = wire.pairs[order.symbol]
    return {
        fill_id(pair, fill): {
            "cost": money(fill.quote_amount),
            "fee": money(fill.fee),
            "margin": "0.00000",
            "ordertxid": order_id(order),
            "ordertype": order.kind,
            "pair": pair.wsname,
            "postxid": "TKH2SE-M7IF5-CFI7LT",
            "price": pair.price(fill.price),
            "time": seconds(fill.time_ms),
            "type": fill.side.value,
            "userref": wire.userrefs.get(order.id) or 0,
            "vol": amount(fill.amount),
        }
    }


def _number(message: dict[str, Any]) -> dict[str, Any]:
    return {"reqid": message["reqid"]} if "reqid" in message else {}
