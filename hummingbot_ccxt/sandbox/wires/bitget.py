"""Bitget spot, classic account: version 2 of the API, whole in one module.

Source: bitget.com/api-doc, "Common" and "Spot", the page named at each function. No message of it has been recorded
here: members are those of its examples, and of those that ccxt's class (4.5.90) keeps in its comments.
"""

import re
from collections.abc import Container, Mapping
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import unquote

import orjson

from ..accounts import ApiAccount
from ..engine import Balance, BalanceChanged, Fill, Market, Order, OrderEvent, OrderType, Rejection, Trade
from ..feed import BookUpdate
from ..limits import Limit
from ..streams import Session
from ..tape import MONTH
from .access import signer
from .channels import ChannelSocket
from .connection import Bad, user_topic
from .markets import Names
from .notation import checksum, decimals, given_id, number, sides, spoiled, status_words
from .rest import Call, Problem, Reason, Refusal, Route, Routes, Words, always, private
from .spot import SpotWire
from .trading import LIMIT_TERMS, MARKET_TERMS, POST_ONLY, SIDES
from .views import BookView, Levels

_BOOKS = {"books": 10_000, "books1": 1, "books5": 5, "books15": 15}  # levels; the first has all of them
_TERMS = {**LIMIT_TERMS, **{word.upper(): each for word, each in LIMIT_TERMS.items()}, "post_only": POST_ONLY}
_INTERVALS = {
    **{f"{n}min": f"{n}m" for n in (1, 3, 5, 15, 30)},
    **{"1h": "1h", "4h": "4h", "6Hutc": "6h", "12Hutc": "12h", "1Dutc": "1d", "3Dutc": "3d", "1Wutc": "1w"},
    "1Mutc": MONTH,
}
_STATUS = status_words("live", "partially_filled", "filled", "cancelled")
WORDS: Mapping[Reason, Words] = {
    Problem.NO_ENDPOINT: Words("40404", "Request URL NOT FOUND", 404),
    Problem.BAD_PARAMETER: Words("40017", "Parameter verification failed {name}", 400),
    Problem.UNKNOWN_KEY: Words("40037", "Apikey does not exist", 400),
    Problem.BAD_PASSPHRASE: Words("40012", "apikey/password is incorrect", 400),
    Problem.BAD_SIGNATURE: Words("40009", "sign signature error", 400),
    Problem.CLOCK_SKEW: Words("40008", "Request timestamp expired", 400),
    Problem.RATE_LIMITED: Words("429", "Too Many Requests", 429),
    Problem.MAINTENANCE: Words("40200", "Server upgrade, please try again later", 503),
    Problem.OVERLOADED: Words("40015", "System is abnormal, please try again later", 500),
    Rejection.UNKNOWN_ORDER: Words("43001", "The order does not exist", 400),
    Rejection.UNKNOWN_MARKET: Words("40034", "Parameter {name} does not exist", 400),
    Rejection.MARKET_CLOSED: Words("41114", "The current trading pair is under maintenance", 400),
    Rejection.BAD_PRICE_TICK: Words("41103", "param price scale error error", 400),
    Rejection.BAD_LOT: Words("40808", "Parameter verification exception size checkBDScale error {detail}", 400),
    Rejection.BELOW_MIN_AMOUNT: Words("45110", "less than the minimum amount {detail}", 400),
    Rejection.ABOVE_MAX_AMOUNT: Words("45113", "Maximum order value limit triggered", 400),
    Rejection.DUPLICATE_CLIENT_ORDER_ID: Words("40786", "Duplicate clientOid", 400),
    Rejection.INSUFFICIENT_FUNDS: Words("43012", "Insufficient balance", 400),
}


# -- market data
def symbols(wire: "BitgetWire", call: Call) -> Any:
    """ "Get Symbol Info": fees are everybody's; the least value is in USDT, whatever the quote currency is."""
    return [
        {
            **{"symbol": wire.ids[market.symbol], "baseCoin": market.base, "quoteCoin": market.quote},
            **{"minTradeAmount": number(market.min_amount), "maxTradeAmount": number(market.max_amount)},
            **{"minTradeUSDT": number(market.min_notional) if market.quote == "USDT" else "1", "quotePrecision": "8"},
            **{"pricePrecision": str(decimals(market.tick_size)), "quantityPrecision": str(decimals(market.lot_size))},
            **{"takerFeeRate": "0.001", "makerFeeRate": "0.001", "buyLimitPriceRatio": "0.05"},
            **{"sellLimitPriceRatio": "0.05", "status": "online" if wire.engine.is_open(market.symbol) else "halt"},
        }
        for market in wire.markets_asked(call)
    ]


def order_book(wire: "BitgetWire", call: Call) -> Any:
    """ "Get OrderBook Depth": 150 levels at most."""
    return {**wire.sides(wire.market_asked(call).symbol, call.limit(150, 150)), "ts": str(wire.clock())}


def tickers(wire: "BitgetWire", call: Call) -> Any:
    """ "Get Ticker Information"."""
    return [wire.ticker(market, "symbol", "open") for market in wire.markets_asked(call)]


def recent_trades(wire: "BitgetWire", call: Call) -> Any:
    """ "Get Recent Trades", "Get Market Trades": newest first."""
    return [{"symbol": wire.ids[t.symbol], **wire.trade(t)} for t in wire.trades_asked(call, 100, 1000)]


def candles(wire: "BitgetWire", call: Call) -> Any:
    """ "Get Candlestick Data": oldest first; volumes in base, in quote and in USDT, which is the quote."""
    interval, limit = call.one_of("granularity", _INTERVALS), call.limit(100, 1000)
    return [
        [str(c.open_ms), *map(number, (c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.quote_volume))]
        for c in wire.candles_asked(call, interval, "startTime", "endTime", limit)
    ]


# -- the account
def assets(wire: "BitgetWire", call: Call) -> Any:
    """ "Get Account Assets": what is held."""
    return coins(wire.held(call.account_id), wire.clock())


def coins(balances: Mapping[str, Balance], now_ms: int) -> list[dict[str, Any]]:
    """ "Get Account Assets", "Account Channel": orders freeze; `locked` is of other products."""
    unused = {"locked": "0", "limitAvailable": "0", "uTime": str(now_ms)}
    return [
        {"coin": asset, "available": number(each.free), "frozen": number(each.locked), **unused}
        for asset, each in balances.items()
    ]


# -- orders
def create(wire: "BitgetWire", call: Call) -> Any:
    """ "Place Order": `size` of a market purchase is in quote; `force` is without effect on market orders."""
    market, side = wire.market_asked(call), call.one_of("side", SIDES)
    is_market = call.one_of("orderType", {"limit": False, "market": True})
    kind, force = MARKET_TERMS if is_market else call.one_of("force", _TERMS, "gtc")
    if not is_market:
        call.amount("price")
    is_cost = is_market and side is SIDES["buy"]
    return named(wire.place(call, market, side, kind, call.amount("size"), is_cost=is_cost, force=force))


def cancel(wire: "BitgetWire", call: Call) -> Any:
    """ "Cancel Order"."""
    return named(wire.cancel_order(call.account_id, wire.symbol_asked(call), *wire.ids_asked(call)))


def cancel_several(wire: "BitgetWire", call: Call) -> Any:
    """ "Batch Cancel Orders": 50 at most; each has an outcome of its own."""
    done, failed = [], []
    for one, outcome in wire.carried_out(call, call.entries("orderList", call.values.get("orderList"), 50), cancel):
        if isinstance(outcome, Refusal):
            words, ids = wire.words_for(outcome), {name: one.text(name, "") for name in ("orderId", "clientOid")}
            failed.append({**ids, "errorCode": words.code, "errorMsg": words.text})
        else:
            done.append(outcome)
    return {"successList": done, "failureList": failed}


def cancel_all(wire: "BitgetWire", call: Call) -> Any:
    """ "Cancel Order by Symbol"."""
    wire.engine.cancel_all(call.account_id, wire.market_asked(call).symbol)
    return {"symbol": call.text("symbol")}


def order_info(wire: "BitgetWire", call: Call) -> Any:
    """ "Get Order Info": an empty list where there is no such order."""
    wire.ids_asked(call)
    return [wire.order(order) for order in wire.orders_asked(call)[:1]]


def open_orders(wire: "BitgetWire", call: Call) -> Any:
    """ "Get Current Orders": the price is called `priceAvg` here, the average price `basePrice`."""
    found = [wire.order(order) for order in wire.orders_asked(call, is_open=True)[: call.limit(100, 100)]]
    return [{"basePrice": each.pop("priceAvg"), "priceAvg": each.pop("price"), **each} for each in found]


def past_orders(wire: "BitgetWire", call: Call) -> Any:
    """ "Get History Orders": what ended."""
    return [wire.order(order) for order in wire.orders_asked(call, is_open=False)[: call.limit(100, 100)]]


def fills(wire: "BitgetWire", call: Call) -> Any:
    """ "Get Fills": newest first."""
    user = {"userId": str(wire.user_number(call.account_id))}
    return [{**user, **wire.fill(fill)} for fill in wire.fills_asked(call)[: call.limit(100, 100)]]


def named(order: Order) -> dict[str, Any]:
    return {"orderId": str(order.id), "clientOid": given_id(order)}


def common(order: Order) -> dict[str, Any]:
    """What REST and the stream say of an order alike."""
    kind = {"orderType": order.kind, "side": order.side.value, "status": _STATUS[order.status]}
    times = {"cTime": str(order.created_ms), "uTime": str(order.updated_ms)}
    return {**named(order), **kind, "priceAvg": number(order.average_price) or "0", "enterPointSource": "API", **times}


_TWENTY = Limit.of_account(20, 1)
ROUTES = Routes(
    {
        "GET /api/v2/public/time": Route("time", lambda wire, call: {"serverTime": str(wire.clock())}),
        "GET /api/v2/spot/public/symbols": Route("markets", symbols),
        "GET /api/v2/spot/public/coins": Route("currencies", always([])),  # nothing can be paid in or out here
        "GET /api/v2/margin/currencies": Route("marginMarkets", always([])),
        "GET /api/v2/mix/market/contracts": Route("contracts", always([])),
        "GET /api/v2/spot/market/orderbook": Route("depth", order_book),
        "GET /api/v2/spot/market/tickers": Route("ticker", tickers),
        "GET /api/v2/spot/market/fills": Route("trades", recent_trades),
        "GET /api/v2/spot/market/fills-history": Route("trades", recent_trades),
        "GET /api/v2/spot/market/candles": Route("klines", candles),
        "GET /api/v2/spot/account/assets": private("balances", assets),
        "GET /api/v2/common/trade-rate": private("fees", lambda wire, call: wire.fee_rates(call.account_id)),
        "POST /api/v2/spot/trade/place-order": private("order.create", create, counts_as_order=True),
        "POST /api/v2/spot/trade/cancel-order": private("order.cancel", cancel),
        "POST /api/v2/spot/trade/batch-cancel-order": private("order.cancelSeveral", cancel_several),
        "POST /api/v2/spot/trade/cancel-symbol-order": private("order.cancelAll", cancel_all),
        "GET /api/v2/spot/trade/orderInfo": private("order.status", order_info, limit=_TWENTY),
        "GET /api/v2/spot/trade/unfilled-orders": private("openOrders", open_orders, limit=_TWENTY),
        "GET /api/v2/spot/trade/history-orders": private("allOrders", past_orders, limit=_TWENTY),
        "GET /api/v2/spot/trade/fills": private("myTrades", fills),
    }
)


class BitgetSocket(ChannelSocket):
    """ "Websocket API"; codes: "Websocket Error Code"."""

    wire: "BitgetWire"
    patience_s = 120.0  # "Connect": disconnected two minutes after the last ping
    words: ClassVar[Mapping[Problem, Words]] = {
        Problem.BAD_FRAME: Words(30003, "INVALID op"),
        Problem.NO_CHANNEL: Words(30001, "{detail} doesn't exist"),
        Problem.LOG_IN_FIRST: Words(30004, "User needs to log in"),
        Problem.NO_LOG_IN: Words(30002, "Illegal request"),
        Problem.UNKNOWN_KEY: Words(30011, "Invalid ACCESS_KEY"),
        Problem.BAD_PASSPHRASE: Words(30012, "Invalid ACCESS_PASSPHRASE"),
        Problem.CLOCK_SKEW: Words(30014, "Request timestamp expired"),
        Problem.BAD_SIGNATURE: Words(30015, "Invalid sign"),
    }

    def is_channel(self, channel: str, arg: Mapping[str, Any]) -> bool:
        return arg.get("instType") == "SPOT" and super().is_channel(channel, arg)

    def confirm(self, session: Session, operation: str, arg: dict[str, Any], message: dict[str, Any]) -> None:
        session.send_json({"event": operation, **({"code": 0} if operation == "login" else {"arg": arg})})

    def refuse(self, session: Session, message: dict[str, Any], bad: Bad) -> None:
        told = {name: message[name] for name in ("arg", "op") if name in message}
        session.send_json({"event": "error", **told, "code": bad.code, "msg": bad.text})


class PublicSocket(BitgetSocket):
    """`/v2/ws/public`."""

    channels: ClassVar[Container[str]] = (*_BOOKS, "ticker", "trade")

    def begin(self, session: Session, arg: dict[str, Any], topic: str) -> None:
        """Books and tickers begin with what there is now."""
        market = self.wire.markets_by_id[arg["instId"]]
        if arg["channel"] == "ticker":
            session.send_json(self.wire.pushed("snapshot", topic, [self.wire.ticker(market, "instId", "open24h")]))
        elif arg["channel"] in _BOOKS:
            view = self.wire.book_view(topic, market.symbol, _BOOKS[arg["channel"]])
            session.send_json(self.wire.pushed("snapshot", topic, [self.wire.book(view, view.bids, view.asks)]))


class PrivateSocket(BitgetSocket):
    """`/v2/ws/private`: nothing before a log-in."""

    channels: ClassVar[Container[str]] = ("orders", "fill", "account")
    log_in_signs = "GET/user/verify"

    def begin(self, session: Session, arg: dict[str, Any], topic: str) -> None:
        """ "Account Channel": first, all that is held."""
        if arg["channel"] == "account":
            first = coins(self.wire.held(self.account_id), self.wire.clock())
            session.send_json(self.wire.pushed("snapshot", "account:default", first))


class BitgetWire(SpotWire):
    """See the module's docstring."""

    name = "bitget"
    has_passphrase: ClassVar[bool] = True
    public_limit, private_limit = Limit.of_address(20, 1), Limit.of_account(10, 1)  # each endpoint's; some have more
    names: ClassVar[Names] = Names("symbol", "orderId", "clientOid", older_than="idLessThan")
    routes: ClassVar[Routes] = ROUTES
    words: ClassVar[Mapping[Reason, Words]] = WORDS
    sockets: ClassVar[Mapping[str, Any]] = {"/v2/ws/public": PublicSocket, "/v2/ws/private": PrivateSocket}
    tells_retry_after: ClassVar[bool] = False
    #: "Place Order" names no rule for them; Hummingbot's native connector sends more than 40 characters.
    client_order_ids: ClassVar[re.Pattern[str]] = re.compile("[0-9A-Za-z_:#+.-]{1,64}", re.ASCII)
    cancels_crossing: ClassVar[bool] = True

    def market_id(self, market: Market) -> str:
        return market.base + market.quote

    def authenticate(self, call: Call) -> ApiAccount:
        """ "Signature": of time stamp, method, path with the query as it reads, and body."""
        stamp, query = call.request.headers.get("ACCESS-TIMESTAMP", ""), unquote(call.request.query)
        target = f"{call.request.path}?{query}" if query else call.request.path
        return signer(self, call, "ACCESS", int(stamp) if stamp.isdigit() else None, target)

    def wrapped(self, value: Any) -> Any:
        return {"code": "00000", "msg": "success", "requestTime": self.clock(), "data": value}

    def refused(self, code: Any, text: str) -> Any:
        return {"code": code, "msg": text, "requestTime": self.clock(), "data": None}

    # -- what is said of orders, fills and markets
    def order(self, order: Order) -> dict[str, Any]:
        """ "Get Order Info": fees are negative where they are paid."""
        coin = order.fee_asset
        fee = {coin: {"deduction": False, "feeCoinCode": coin, "totalDeductionFee": 0, "totalFee": number(-order.fee)}}
        return {
            **{"userId": str(self.user_number(order.account_id)), "symbol": self.ids[order.symbol], **common(order)},
            **{"price": number(order.price) or "0", "size": number(order.wanted)},
            **{"baseVolume": number(order.filled), "quoteVolume": number(order.filled_quote)},
            **{"orderSource": "normal", "feeDetail": orjson.dumps(fee).decode() if order.fills else ""},
        }

    def streamed_order(self, order: Order, fill: Fill | None) -> dict[str, Any]:
        """ "Order Channel": `newSize` is what was ordered, in base or, by a market purchase, in quote; `baseVolume` is
        this fill's, `accBaseVolume` the sum."""
        force = "post_only" if order.type is OrderType.LIMIT_MAKER else order.time_in_force.value
        cost = order.quote_amount or (order.amount or Decimal(0)) * (order.price or Decimal(0))
        message = {
            **{"instId": self.ids[order.symbol], **common(order), "force": force, "stpMode": "none"},
            **{"newSize": number(order.wanted), "size": number(cost or order.wanted), "notional": number(cost or None)},
            **({} if order.price is None else {"price": number(order.price)}),
            "accBaseVolume": number(order.filled),
            "feeDetail": [{"feeCoin": order.fee_asset, "fee": number(-order.fee)}] if order.fills else [],
        }
        if fill is None:
            return message
        told = {"fillPrice": number(fill.price), "baseVolume": number(fill.amount), "fillTime": str(fill.time_ms)}
        fee = {"fillFee": number(-fill.fee), "fillFeeCoin": fill.fee_asset, "tradeScope": fill.role[0].upper()}
        return {**message, **told, **fee, "tradeId": str(self.trade_number(fill.symbol, fill.id))}

    def fill(self, fill: Fill) -> dict[str, Any]:
        """ "Get Fills", "Fill Channel"."""
        kind = self.engine.order(fill.account_id, order_id=fill.order_id).kind
        fee = {"deduction": "no", "feeCoin": fill.fee_asset, "totalDeductionFee": "0", "totalFee": number(-fill.fee)}
        return {
            **{"symbol": self.ids[fill.symbol], "orderId": str(fill.order_id), "orderType": kind},
            **{"tradeId": str(self.trade_number(fill.symbol, fill.id)), "tradeScope": fill.role},
            **{"side": fill.side.value, "priceAvg": number(fill.price), "size": number(fill.amount)},
            **{"amount": number(fill.quote_amount), "feeDetail": fee},
            **dict.fromkeys(("cTime", "uTime"), str(fill.time_ms)),
        }

    def trade(self, trade: Trade) -> dict[str, Any]:
        what = {"side": trade.taker_side.value, "price": number(trade.price), "size": number(trade.amount)}
        return {**what, "ts": str(trade.time_ms), "tradeId": str(self.trade_number(trade.symbol, trade.id))}

    def ticker(self, market: Market, id_name: str, open_name: str) -> dict[str, Any]:
        """ "Get Ticker Information", "Market Channel": two members are called differently."""
        day, (bid, ask) = self.tapes[market.symbol].day(self.clock()), self.best(market.symbol)
        return {
            **{id_name: self.ids[market.symbol], open_name: number(day.before), "openUtc": number(day.before)},
            **{"lastPr": number(day.close), "high24h": number(day.high), "low24h": number(day.low)},
            **{"bidPr": number(bid[0]), "bidSz": number(bid[1]), "askPr": number(ask[0]), "askSz": number(ask[1])},
            **{"baseVolume": number(day.volume), "quoteVolume": number(day.quote_volume), "ts": str(self.clock())},
            **dict.fromkeys(("change24h", "changeUtc24h"), f"{day.ratio:.5f}"),
        }

    def book(self, view: BookView, bids: Levels, asks: Levels) -> dict[str, Any]:
        """ "Depth Channel"."""
        total = checksum(view.bids, view.asks)
        return {**sides(bids, asks), "checksum": total, "seq": view.sequence, "ts": str(self.clock())}

    # -- streams
    def pushed(self, action: str, topic: str, entries: list[Any]) -> dict[str, Any]:
        """A message of the topic `channel:name`, an account's or everybody's."""
        channel, name = topic.split(":")
        arg = {"instType": "SPOT", "channel": channel, "coin" if channel == "account" else "instId": name}
        return {"action": action, "arg": arg, "data": entries, "ts": self.clock()}

    def on_book(self, update: BookUpdate) -> None:
        """ "Depth Channel": `books` tells changes, the others all that they show."""
        for channel in _BOOKS:
            topic = f"{channel}:{self.ids[update.symbol]}"
            if changes := self.book_changes(topic):
                view, action = changes[0], "update" if channel == "books" else "snapshot"
                told = self.book(*changes) if channel == "books" else self.book(view, view.bids, view.asks)
                wrong = self.pushed(action, topic, [spoiled(told)])
                self.publish(topic, "depth", self.pushed(action, topic, [told]), spoiled=wrong)

    def on_trade(self, trade: Trade) -> None:
        """ "Trading Channel", "Market Channel"."""
        name, market = self.ids[trade.symbol], self.engine.markets[trade.symbol]
        self.publish(f"trade:{name}", "trade", self.pushed("update", f"trade:{name}", [self.trade(trade)]))
        topic = f"ticker:{name}"
        if self.streams.wants(topic):
            self.publish(topic, "ticker", self.pushed("snapshot", topic, [self.ticker(market, "instId", "open24h")]))

    def on_order(self, event: OrderEvent) -> None:
        """ "Order Channel", and "Fill Channel", which tells the fee in a list."""
        order = event.order
        for name in (self.ids[order.symbol], "default"):
            self._tell(order.account_id, "order", f"orders:{name}", [self.streamed_order(order, event.fill)])
            if event.fill is not None:
                fill = self.fill(event.fill)
                self._tell(order.account_id, "order", f"fill:{name}", [{**fill, "feeDetail": [fill["feeDetail"]]}])

    def on_balances(self, event: BalanceChanged) -> None:
        self._tell(event.account_id, "balance", "account:default", coins(event.balances, event.time_ms))

    def _tell(self, account_id: str, channel: str, topic: str, entries: list[Any]) -> None:
        self.publish(user_topic(account_id, topic), channel, self.pushed("snapshot", topic, entries))
