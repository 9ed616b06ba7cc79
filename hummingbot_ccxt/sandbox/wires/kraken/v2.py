"""Kraken's WebSocket version 2, as ccxt.pro speaks it.

Source: docs.kraken.com/api, "Spot Websockets (v2)", the page named at each function; numbers are JSON numbers.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...engine import Balance, Fill, Order, OrderEvent, OrderEventKind, OrderType, Trade
from ...streams import Session
from ..connection import user_topic
from ..notation import given_id, status_words
from ..views import BookView
from . import candles
from .messages import fill_id, order_id, reason
from .names import Pair, amount_number, plain, stamp, transaction_id
from .sockets import DEPTHS, KrakenSocket

if TYPE_CHECKING:
    from .wire import KrakenWire

_STATUS = status_words("new", "partially_filled", "filled", "canceled")
_SNAPSHOT_TRADES = 50
_PRIVATE = ("executions", "balances")
_DETAILS = {"book": ("depth", 10), "ohlc": ("interval", 1)}  # what tells subscriptions of one symbol apart
_PUBLIC = (*_DETAILS, "trade", "ticker")


class Socket(KrakenSocket):
    """`ws.kraken.com/v2` and `ws-auth.kraken.com/v2`: which channels there are depends on the host."""

    heartbeat = {"channel": "heartbeat"}  # noqa: RUF012 - never changed

    def __init__(self, wire: "KrakenWire", *, is_private: bool) -> None:
        super().__init__(wire)
        self._is_private = is_private
        status = {"version": "2.0.10", "system": "online", "api_version": "v2", "connection_id": self.connection_id}
        self.greeting = {"channel": "status", "type": "update", "data": [status]}

    def handle(self, session: Session, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params")
        if method == "ping":
            self._answer(session, {"method": "pong"}, message)
        elif method not in ("subscribe", "unsubscribe") or not isinstance(params, dict):
            self._refuse(session, message, "Malformed request")
        elif params.get("channel") in (_PRIVATE if self._is_private else _PUBLIC):
            (self._private if self._is_private else self._public)(session, message, method, params)
        else:
            self._refuse(session, message, "Subscription name invalid")

    # -- answers
    def _answer(self, session: Session, answer: dict[str, Any], message: dict[str, Any]) -> None:
        now = stamp(self.wire.clock())
        number = {"req_id": message["req_id"]} if "req_id" in message else {}
        session.send_json({**answer, "time_in": now, "time_out": now, **number})

    def _refuse(self, session: Session, message: dict[str, Any], text: str, **more: Any) -> None:
        method = {"method": message["method"]} if "method" in message else {}
        self._answer(session, {"error": text, **method, "success": False, **more}, message)

    # -- subscriptions
    def _private(self, session: Session, message: dict[str, Any], method: str, params: dict[str, Any]) -> None:
        """ "Executions", "Balances": with a token, and a snapshot first unless not wanted."""
        account_id, channel = self.admit(session, params.get("token")), params["channel"]
        if account_id is None:
            self._refuse(session, message, "ESession:Invalid session")
            return
        topic = user_topic(account_id, f"v2:{channel}")
        if method == "unsubscribe":
            self.wire.streams.unsubscribe(session, topic)
            self._answer(session, {"method": method, "result": {"channel": channel}, "success": True}, message)
            return
        if topic in session.envelopes:
            self._refuse(session, message, "Already subscribed")
            return
        wants_orders, wants_trades = params.get("snap_orders", True), params.get("snap_trades", False)
        extra = {"snap_orders": wants_orders, "snap_trades": wants_trades} if channel == "executions" else {}
        result = {"channel": channel, **extra, "snapshot": True}
        self._answer(session, {"method": method, "result": result, "success": True}, message)
        if channel == "balances":
            data = balance_entries(self.wire.engine.balances(account_id))
        else:
            data = execution_snapshot(self.wire, account_id, orders=wants_orders, trades=wants_trades)
        session.send_json(self.wire.numbered(topic, {"channel": channel, "type": "snapshot", "data": data}, 0))
        self.wire.streams.subscribe(session, topic)

    def _public(self, session: Session, message: dict[str, Any], method: str, params: dict[str, Any]) -> None:
        """ "Book", "Trades", "Ticker", "Candles (OHLC)": each symbol is answered for itself."""
        channel, wire = params["channel"], self.wire
        word, usual = _DETAILS.get(channel, ("", 0))
        detail = params.get(word, usual)
        if channel == "book" and detail not in DEPTHS:
            self._refuse(session, message, "Subscription depth not supported")
            return
        if channel == "ohlc" and (text := candles.complaint(detail)) is not None:
            self._refuse(session, message, text)
            return
        for symbol in params.get("symbol") or []:
            pair = wire.pairs.get(symbol)
            if pair is None:
                self._refuse(session, message, f"Currency pair not supported {symbol}", symbol=symbol)
                continue
            topic = topic_of(channel, symbol, detail)
            if method == "subscribe" and topic in session.envelopes:
                self._refuse(session, message, "Already subscribed", symbol=symbol)
                continue
            wants_snapshot = params.get("snapshot", channel != "trade")
            result = {"channel": channel, **({word: detail} if word else {}), "snapshot": wants_snapshot,
                      "symbol": symbol}  # fmt: skip
            self._answer(session, {"method": method, "result": result, "success": True}, message)
            if method == "unsubscribe":
                wire.streams.unsubscribe(session, topic)
                continue
            if channel == "book":
                view = wire.view(symbol, detail)
                session.send_json(book_message(wire, pair, view, "snapshot", view.bids, view.asks))
            elif channel == "ohlc":
                last = wire.last_candle(symbol, detail) if wants_snapshot else None
                if last is not None:
                    session.send_json(candles.v2_message(pair, last, detail, "snapshot"))
            elif wants_snapshot:
                found = wire.engine.trades(symbol)[-_SNAPSHOT_TRADES:] if channel == "trade" else []
                snapshot = trade_message(pair, found) if channel == "trade" else ticker_message(wire, pair)
                session.send_json({**snapshot, "type": "snapshot"})
            wire.streams.subscribe(session, topic)


def topic_of(channel: str, symbol: str, detail: int = 0) -> str:
    return f"v2:{channel}:{symbol}:{detail}"


# -- public messages
def book_message(
    wire: "KrakenWire", pair: Pair, view: BookView, type: str, bids: Any, asks: Any, *, spoiled: int = 0
) -> dict[str, Any]:
    """ "Book": `checksum` is of the best ten levels after the message; `spoiled` is what it is wrong by."""
    entry = {
        "symbol": pair.market.symbol,
        "bids": [{"price": pair.price_number(p), "qty": amount_number(a)} for p, a in bids],
        "asks": [{"price": pair.price_number(p), "qty": amount_number(a)} for p, a in asks],
        "checksum": wire.checksum(view.bids, view.asks, pair.price_decimals) ^ spoiled,
        "timestamp": stamp(wire.clock()),
    }
    return {"channel": "book", "type": type, "data": [entry]}


def trade_message(pair: Pair, trades: Iterable[Trade]) -> dict[str, Any]:
    """ "Trades": `side` is the taker's."""
    data = [
        {
            "symbol": trade.symbol,
            "side": trade.taker_side.value,
            "price": pair.price_number(trade.price),
            "qty": amount_number(trade.amount),
            "ord_type": "limit",
            "trade_id": trade.id,
            "timestamp": stamp(trade.time_ms),
        }
        for trade in trades
    ]
    return {"channel": "trade", "type": "update", "data": data}


def ticker_message(wire: "KrakenWire", pair: Pair) -> dict[str, Any]:
    """ "Ticker (Level 1)"."""
    market, now = pair.market, wire.clock()
    day = wire.tapes[market.symbol].day(now)
    (bid, bid_amount), (ask, ask_amount) = wire.best(market.symbol)
    prices = {"bid": bid, "ask": ask, "last": day.close, "low": day.low, "high": day.high, "change": day.change}
    entry = {
        "symbol": market.symbol,
        **{name: pair.price_number(value) for name, value in prices.items()},
        "bid_qty": amount_number(bid_amount),
        "ask_qty": amount_number(ask_amount),
        "volume": amount_number(day.volume),
        "vwap": pair.price_number(day.quote_volume / day.volume if day.volume else day.close),
        "change_pct": plain(round(day.ratio * 100, 2)),
        "timestamp": stamp(now),
    }
    return {"channel": "ticker", "type": "update", "data": [entry]}


# -- private messages
def executions(wire: "KrakenWire", event: OrderEvent) -> list[dict[str, Any]]:
    """ "Executions": what one change of an order is told as, one message an entry.

    A new order is `pending_new` with all its terms, then `new`. A trade says `partially_filled` even where it is the
    last one; a message of its own says that the order is `filled`.
    """
    order = event.order
    if event.kind is OrderEventKind.NEW:
        pending = {**_terms(wire, order), "exec_type": "pending_new", "order_status": "pending_new"}
        return [{**pending, **_sums(order)}, {**_label(wire, order), "exec_type": "new", "order_status": "new"}]
    if event.fill is not None:
        traded = [_trade(wire, order, event.fill)]
        return traded if order.is_open else [*traded, _ending(wire, order)]
    return [_ending(wire, order)]


def execution_snapshot(wire: "KrakenWire", account_id: str, *, orders: bool, trades: bool) -> list[dict[str, Any]]:
    """Open orders, and the newest trades, newest first."""
    found = wire.engine.open_orders(account_id) if orders else []
    fills = wire.engine.fills(account_id)[-_SNAPSHOT_TRADES:] if trades else []
    entries = [
        {**_terms(wire, o), "exec_type": "new", "order_status": _STATUS[o.status], **_sums(o), "avg_price": _average(o)}
        for o in found
    ]
    return entries + [_trade(wire, wire.engine.order(account_id, order_id=f.order_id), f) for f in reversed(fills)]


def balance_entries(balances: Mapping[str, Balance]) -> list[dict[str, Any]]:
    """ "Balances", snapshot: totals only, the version 2 names of assets."""
    return [
        {
            "asset": asset,
            "asset_class": "currency",
            "balance": plain(held.total),
            "wallets": [{"type": "spot", "id": "main", "balance": plain(held.total)}],
        }
        for asset, held in balances.items()
    ]


def balance_update(asset: str, total: Decimal, change: Decimal, serial: int, time_ms: int) -> dict[str, Any]:
    """ "Balances", update: one ledger entry. An order that only holds funds changes no total and is not told."""
    return {
        "asset": asset,
        "asset_class": "currency",
        "amount": plain(change),
        "balance": plain(total),
        "fee": plain(Decimal(0)),
        "ledger_id": transaction_id("L", serial),
        "ref_id": transaction_id("T", serial),
        "timestamp": stamp(time_ms),
        "type": "trade",
        "subtype": "tradespot",
        "category": "trade",
        "wallet_type": "spot",
        "wallet_id": "main",
    }


def _label(wire: "KrakenWire", order: Order) -> dict[str, Any]:
    """What every entry has; a `cl_ord_id` where the client gave one."""
    userref = wire.userrefs.get(order.id)
    word = given_id(order) if userref is None else ""
    return {
        "order_id": order_id(order),
        "order_userref": userref or 0,
        **({"cl_ord_id": word} if word else {}),
        "timestamp": stamp(order.updated_ms),
    }


def _terms(wire: "KrakenWire", order: Order) -> dict[str, Any]:
    pair = wire.pairs[order.symbol]
    by_cost = order.quote_amount is not None
    limit = {"limit_price": pair.price_number(order.price), "limit_price_type": "static"} if order.price else {}
    return {
        **_label(wire, order),
        "symbol": order.symbol,
        "side": order.side.value,
        "order_type": order.kind,
        **({"cash_order_qty": plain(order.quote_amount)} if order.quote_amount is not None else {}),
        **({} if by_cost or order.amount is None else {"order_qty": plain(order.amount)}),
        **limit,
        **({"post_only": True} if order.type is OrderType.LIMIT_MAKER else {}),
        "time_in_force": "IOC" if order.type is OrderType.MARKET else order.time_in_force.name,
        "fee_ccy_pref": "fciq",
    }


def _sums(order: Order) -> dict[str, Any]:
    sums = {"cum_qty": order.filled, "cum_cost": order.filled_quote, "fee_usd_equiv": order.fee}
    return {name: plain(value) for name, value in sums.items()}


def _average(order: Order) -> Any:
    return plain(round(order.average_price or Decimal(0), 8))


def _ending(wire: "KrakenWire", order: Order) -> dict[str, Any]:
    status, why = _STATUS[order.status], reason(order)
    entry = {**_label(wire, order), "order_status": status, "exec_type": status, **_sums(order)}
    reasons = {} if why is None else {"cancel_reason": why, "reason": why}
    return {**entry, "avg_price": _average(order), **reasons}


def _trade(wire: "KrakenWire", order: Order, fill: Fill) -> dict[str, Any]:
    pair = wire.pairs[order.symbol]
    return {
        **_label(wire, order),
        "exec_id": fill_id(pair, fill),
        "exec_type": "trade",
        "trade_id": fill.id,
        "symbol": order.symbol,
        "side": order.side.value,
        "last_qty": plain(fill.amount),
        "last_price": pair.price_number(fill.price),
        "liquidity_ind": "m" if fill.is_maker else "t",
        "cost": plain(fill.quote_amount),
        "order_status": "partially_filled",
        "order_type": order.kind,
        "fee_usd_equiv": plain(fill.fee),
        "fees": [{"asset": fill.fee_asset, "qty": plain(fill.fee)}],
        "timestamp": stamp(fill.time_ms),
    }
