"""A ccxt.pro exchange class made for one capability profile, whose unified methods reach the embedded engine.

Its REST methods call the engine and fail as ccxt's do. Its streams go through ccxt's real machinery: `watch` over a
socket, `handle_message`, caches, book sides, `client.resolve`. What the profile's `has` does not claim does not exist.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ccxt.async_support.base.exchange import Exchange
from ccxt.async_support.base.ws.cache import ArrayCache, ArrayCacheBySymbolById
from ccxt.base.decimal_to_precision import DECIMAL_PLACES, SIGNIFICANT_DIGITS, TRUNCATE
from ccxt.base.errors import (
    ArgumentsRequired,
    AuthenticationError,
    BadSymbol,
    DuplicateOrderId,
    ExchangeError,
    InsufficientFunds,
    InvalidOrder,
    NetworkError,
    NotSupported,
    OrderNotFound,
    RequestTimeout,
)

from hummingbot_ccxt.sandbox.engine import Engine, Order, OrderType, Rejected, Rejection, Side

from .engine_venue import MARKET, SYMBOL, TRADER, EngineVenue, fill_fields, order_fields, public_trade
from .profile import Profile

_ERRORS: dict[Rejection, type[Exception]] = {
    Rejection.UNKNOWN_MARKET: BadSymbol,
    Rejection.DUPLICATE_CLIENT_ORDER_ID: DuplicateOrderId,
    Rejection.INSUFFICIENT_FUNDS: InsufficientFunds,
    Rejection.UNKNOWN_ORDER: OrderNotFound,
    Rejection.ORDER_NOT_OPEN: OrderNotFound,
}
_STATUSES = {
    "new": "open",
    "partially_filled": "open",
    "filled": "closed",
    "canceled": "canceled",
    "expired": "expired",
}
_PRIVATE = frozenset({"orders", "fills", "balance"})
_PAGE = 5


def engine_exchange(profile: Profile, venue: EngineVenue) -> type[Exchange]:
    """The class of an exchange that offers what `profile` says, at `venue`."""
    return type(profile.id, (EngineExchange,), {"profile": profile, "venue": venue})


def misread(structure: dict[str, Any], fields: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """What ccxt's class makes of a streamed message where a mapping corrects it: the truth is in `info` only."""
    for field, (place, *_) in fields.items():
        outer, _, inner = field.partition(".")
        holder = structure[outer] if inner else structure
        truth = holder[inner or outer]
        structure["info"][place.removeprefix("-")] = str(-Decimal(str(truth)) if place.startswith("-") else truth)
        holder[inner or outer] = "WRONG" if inner == "currency" else -float(truth) if inner else 0.0
        structure.pop("fees" if inner else "remaining", None)
    return structure


class EngineExchange(Exchange):
    """ccxt's side of the engine; `profile` and `venue` are set by `engine_exchange`."""

    profile: Profile
    venue: EngineVenue

    def describe(self) -> dict[str, Any]:
        real = self.profile.description
        kept = {k: real[k] for k in ("id", "name", "has", "features", "options", "requiredCredentials") if k in real}
        precision_mode = {"precisionMode": real["precisionMode"]} if "precisionMode" in real else {}
        # The pace is tested elsewhere (tests/venue); here a life cycle at 3 s a request would take minutes.
        limits = {"rateLimit": min(real["rateLimit"], 2), "streaming": real.get("streaming", {})}
        urls = {"urls": {"api": {"ws": self.venue.url}}}
        for path in self.profile.mapping.needs:  # what the user's configuration would name
            outer, _, inner = path.partition(".")
            kept = self.deep_extend(kept, {"options": {outer: {inner: "named"}}})
        return self.deep_extend(super().describe(), kept, precision_mode, limits, urls)

    @property
    def engine(self) -> Engine:
        return self.venue.engine

    # --- requests

    async def _request(self, method: str, *, private: bool = False) -> None:
        """What every request goes through before it reaches the venue."""
        if not self.has.get(method):
            raise NotSupported(f"{self.id} {method}() is not supported yet")
        if private:
            self.check_required_credentials()
        await self.throttle(1)
        self.venue.requests[method] += 1
        await asyncio.sleep(0)
        if self.venue.offline:
            raise NetworkError(f"{self.id} does not answer")
        if private and not self._has_right_keys():
            raise AuthenticationError(f"{self.id} invalid credentials")

    def _keys(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.profile.credentials}

    def _has_right_keys(self) -> bool:
        return self._keys() == self.venue.credentials

    async def fetch_markets(self, params: Any = {}) -> list[dict[str, Any]]:  # noqa: B006 -- ccxt's signature, here and below
        if self.venue.offline:
            raise NetworkError(f"{self.id} does not answer")
        decimals = self.precisionMode in (DECIMAL_PLACES, SIGNIFICANT_DIGITS)
        price = 5 if self.precisionMode == SIGNIFICANT_DIGITS else 2 if decimals else 0.01
        amount = 5 if decimals else 0.00001
        market = {
            "id": "BTCUSDT",
            "symbol": SYMBOL,
            "base": MARKET.base,
            "quote": MARKET.quote,
            "baseId": MARKET.base,
            "quoteId": MARKET.quote,
            "type": "spot",
            "spot": True,
            "active": True,
            "precision": {"price": price, "amount": amount},
            "limits": {
                "amount": {"min": float(MARKET.min_amount), "max": float(MARKET.max_amount)},
                "cost": {"min": float(MARKET.min_notional), "max": None},
                "price": {"min": 0.01, "max": None},
            },
            "info": {},
        }
        return [self.safe_market_structure(market)]

    async def fetch_currencies(self, params: Any = {}) -> dict[str, Any]:  # noqa: B006
        return {}

    def amount_to_precision(self, symbol: str, amount: Any) -> str:
        if self.precisionMode != SIGNIFICANT_DIGITS:
            return super().amount_to_precision(symbol, amount)
        # As bitfinex and bithumb do: prices count significant digits, amounts decimal places.
        digits = self.market(symbol)["precision"]["amount"]
        return self.decimal_to_precision(amount, TRUNCATE, digits, DECIMAL_PLACES)

    async def fetch_time(self, params: Any = {}) -> int:  # noqa: B006
        await self._request("fetchTime")
        return int(self.engine._clock_ms())

    async def fetch_status(self, params: Any = {}) -> dict[str, Any]:  # noqa: B006
        await self._request("fetchStatus")
        return {"status": "ok", "updated": None, "eta": None, "url": None, "info": {}}

    async def fetch_order_book(self, symbol: str, limit: Any = None, params: Any = {}) -> Any:  # noqa: B006
        await self._request("fetchOrderBook")
        message = self.venue.book_message()
        parsed = self.parse_order_book(message, symbol, message["time"])
        parsed["nonce"] = message["sequence"]
        return parsed

    def _ticker(self) -> dict[str, Any]:
        trades = self.engine.trades(SYMBOL)
        last = str(trades[-1].price) if trades else None
        return self.safe_ticker({"symbol": SYMBOL, "last": last, "close": last, "info": {}})

    async def fetch_ticker(self, symbol: str, params: Any = {}) -> Any:  # noqa: B006
        await self._request("fetchTicker")
        return self._ticker()

    async def fetch_tickers(self, symbols: Any = None, params: Any = {}) -> Any:  # noqa: B006
        await self._request("fetchTickers")
        return {SYMBOL: self._ticker()}

    async def fetch_trades(self, symbol: str, since: Any = None, limit: Any = None, params: Any = {}) -> Any:  # noqa: B006
        await self._request("fetchTrades")
        return [self._public_trade(public_trade(trade)) for trade in self.engine.trades(symbol)[-20:]]

    async def fetch_balance(self, params: Any = {}) -> Any:  # noqa: B006
        await self._request("fetchBalance", private=True)
        return self._balances(self.venue.balance_message())

    async def fetch_trading_fees(self, params: Any = {}) -> Any:  # noqa: B006
        await self._request("fetchTradingFees", private=True)
        rates = self.engine.fee_rates(TRADER)
        return {SYMBOL: {"symbol": SYMBOL, "maker": float(rates.maker), "taker": float(rates.taker), "info": {}}}

    # --- orders

    async def create_order(
        self,
        symbol: str,
        type: str,
        side: str,
        amount: Any,
        price: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        await self._request("createOrder", private=True)
        venue = self.venue
        if venue.lose_request:
            venue.lose_request -= 1
            raise RequestTimeout(f"{self.id} no answer")
        kind, terms = self._terms(symbol, type, side, amount, price, params)
        own_id = self._own_id(params)
        order = self._ask(self.engine.place, side=Side(side), type=kind, client_order_id=own_id, symbol=symbol, **terms)
        if venue.lose_answer:
            venue.lose_answer -= 1
            raise RequestTimeout(f"{self.id} no answer")
        # As most classes do, name the order and tell no more of it.
        return self.safe_order({"id": str(order.id), "symbol": symbol, "info": {"orderId": str(order.id)}})

    def _terms(
        self, symbol: str, type: str, side: str, amount: Any, price: Any, params: dict[str, Any]
    ) -> tuple[OrderType, dict[str, Decimal]]:
        exact_amount = Decimal(self.amount_to_precision(symbol, amount))
        if type == "limit":
            terms = {"amount": exact_amount, "price": Decimal(self.price_to_precision(symbol, price))}
            return (OrderType.LIMIT_MAKER if self._is_post_only(params) else OrderType.LIMIT), terms
        if not self.has.get("createMarketOrder"):
            raise NotSupported(f"{self.id} createMarketOrder() is not supported yet")
        if side == "buy" and self._buys_by_cost():
            if price is None:
                raise InvalidOrder(f"{self.id} createOrder() requires the price argument for market buy orders")
            cost = Decimal(str(price)) * exact_amount
            return OrderType.MARKET, {"quote_amount": cost.quantize(Decimal("0.00000001"))}
        return OrderType.MARKET, {"amount": exact_amount}

    def _buys_by_cost(self) -> bool:
        wanted = self.profile.mapping.market_buy
        if wanted is not None:
            return wanted == "cost"
        nested = self.options.get("createOrder")
        return bool(
            self.options.get("createMarketBuyOrderRequiresPrice")
            or (isinstance(nested, dict) and nested.get("createMarketBuyOrderRequiresPrice"))
        )

    def _is_post_only(self, params: dict[str, Any]) -> bool:
        spelling = self.profile.mapping.post_only
        wanted = {"postOnly": True} if spelling is None else spelling
        return bool(wanted) and all(params.get(name) == value for name, value in wanted.items())

    def _own_id(self, params: dict[str, Any]) -> str | None:
        """The client order id that the venue takes; None where it takes none. Refuses one against its rules."""
        if "create" not in self.profile.client_order_ids:
            return None
        own_id, rules = params.get("clientOrderId"), self.profile.mapping.client_order_id
        if own_id is not None and (
            len(own_id) > (rules.max_length or 32)
            or (rules.pattern is not None and re.fullmatch(rules.pattern, own_id) is None)
            or not own_id.startswith(rules.prefix or "")
        ):
            raise InvalidOrder(f"{self.id} bad client order id {own_id}")
        return own_id

    async def cancel_order(self, id: Any, symbol: Any = None, params: Any = {}) -> Any:  # noqa: B006
        await self._request("cancelOrder", private=True)
        found = self._order(id, params, "cancel")
        self._ask(self.engine.cancel, order_id=found.id)
        return self.safe_order({"id": str(found.id), "symbol": symbol, "info": {"orderId": str(found.id)}})

    async def cancel_orders(self, ids: list[str], symbol: Any = None, params: Any = {}) -> Any:  # noqa: B006
        await self._request("cancelOrders", private=True)
        found = [self._order(each, {}, "cancel") for each in ids]
        return [self._parsed(self._ask(self.engine.cancel, order_id=each.id)) for each in found]

    async def fetch_order(self, id: Any, symbol: Any = None, params: Any = {}) -> Any:  # noqa: B006
        await self._request("fetchOrder", private=True)
        return self._parsed(self._order(id, params, "fetch"))

    def _order(self, id: Any, params: dict[str, Any], verb: str) -> Order:
        own_id = params.get("clientOrderId")
        if own_id is not None and {"create", verb} <= self.profile.client_order_ids:
            order = self._ask(self.engine.order, client_order_id=own_id)
        elif id is None:
            raise ArgumentsRequired(f"{self.id} {verb}Order() requires an id argument")
        elif not str(id).isdigit():  # a client order id, taken for an exchange order id
            raise OrderNotFound(f"{self.id} no order {id}")
        else:
            order = self._ask(self.engine.order, order_id=int(id))
        if order.id in self.venue.forgotten:
            raise OrderNotFound(f"{self.id} no order {id}")
        return order

    def _ask(self, method: Callable[..., Any], **terms: Any) -> Any:
        try:
            return method(TRADER, **terms)
        except Rejected as refusal:
            error = _ERRORS.get(refusal.rejection, InvalidOrder)
            raise error(f"{self.id} {refusal}") from None

    def _orders(self, since: Any, keep: Callable[[Order], bool]) -> list[Any]:
        known = [order for order in self.engine.orders(TRADER) if order.id not in self.venue.forgotten]
        return [self._parsed(o) for o in known if keep(o) and o.created_ms >= (since or 0)]

    async def fetch_open_orders(
        self,
        symbol: Any = None,
        since: Any = None,
        limit: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        await self._request("fetchOpenOrders", private=True)
        return self._orders(since, lambda order: order.is_open)

    async def fetch_orders(
        self,
        symbol: Any = None,
        since: Any = None,
        limit: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        await self._request("fetchOrders", private=True)
        return self._orders(since, lambda order: True)

    async def fetch_closed_orders(
        self,
        symbol: Any = None,
        since: Any = None,
        limit: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        await self._request("fetchClosedOrders", private=True)
        return self._orders(since, lambda order: _STATUSES[order.status.value] in ("closed", "expired"))

    async def fetch_canceled_orders(
        self,
        symbol: Any = None,
        since: Any = None,
        limit: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        await self._request("fetchCanceledOrders", private=True)
        return self._orders(since, lambda order: _STATUSES[order.status.value] == "canceled")

    async def fetch_canceled_and_closed_orders(
        self,
        symbol: Any = None,
        since: Any = None,
        limit: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        await self._request("fetchCanceledAndClosedOrders", private=True)
        return self._orders(since, lambda order: not order.is_open)

    async def fetch_my_trades(
        self,
        symbol: Any = None,
        since: Any = None,
        limit: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        await self._request("fetchMyTrades", private=True)
        mapping = self.profile.mapping
        wanted = params.get(mapping.trades_of_order)
        fills = [
            fill
            for fill in self.engine.fills(TRADER)
            if fill.time_ms >= (since or 0) and wanted in (None, str(fill.order_id))
        ]
        if mapping.trades_before:  # the newest ones, as a page; before them, as the mapping says how to ask for
            size, ((name, what),) = params.get("limit", 50), mapping.trades_before.items()
            if not what.startswith("#"):  # a number of the trades themselves: those with a smaller one
                fills = [f for f in fills if name not in params or int(fill_fields(f)[what]) < int(params[name])]
            skipped = {"#trades": params.get(name, 0), "#page": (params.get(name, 1) - 1) * size}.get(what, 0)
            page = fills[: len(fills) - skipped][-size:]
        else:
            page = fills[:_PAGE]  # the oldest ones
        return [self._own_trade(fill_fields(fill)) for fill in page]

    async def fetch_order_trades(
        self,
        id: str,
        symbol: Any = None,
        since: Any = None,
        limit: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        await self._request("fetchOrderTrades", private=True)
        return [self._own_trade(fill_fields(f)) for f in self.engine.fills(TRADER) if str(f.order_id) == id]

    # --- reading what the venue writes

    def _parsed(self, order: Order) -> dict[str, Any]:
        return self._unified_order(order_fields(order))

    def _unified_order(self, fields: dict[str, Any]) -> dict[str, Any]:
        if "create" not in self.profile.client_order_ids:
            fields = {name: value for name, value in fields.items() if name != "ownId"}
        parsed: dict[str, Any] = self.safe_order(
            {
                "id": fields["orderId"],
                "clientOrderId": fields.get("ownId"),
                "symbol": fields["symbol"],
                "side": fields["side"],
                "type": "market" if fields["kind"] == "market" else "limit",
                "price": fields["price"],
                "amount": fields["amount"],
                "filled": fields["filled"],
                "cost": fields["cost"],
                "status": _STATUSES[fields["engineStatus"]],
                "timestamp": int(fields["created"]),
                "lastUpdateTimestamp": int(fields["updated"]),
                "info": fields,
            }
        )
        return parsed

    def _own_trade(self, fields: dict[str, Any]) -> dict[str, Any]:
        parsed: dict[str, Any] = self.safe_trade(
            {
                "id": fields["tradeId"],
                "order": fields["orderId"],
                "symbol": fields["symbol"],
                "side": fields["side"],
                "price": fields["price"],
                "amount": fields["amount"],
                "takerOrMaker": fields["role"],
                "timestamp": int(fields["time"]),
                "fee": {"cost": fields["fee"], "currency": fields["feeAsset"]},
                "info": fields,
            }
        )
        return parsed

    def _public_trade(self, fields: dict[str, Any]) -> dict[str, Any]:
        parsed: dict[str, Any] = self.safe_trade(
            {
                "id": fields["tradeId"],
                "symbol": fields["symbol"],
                "side": fields["side"],
                "price": fields["price"],
                "amount": fields["amount"],
                "timestamp": int(fields["time"]),
                "info": fields,
            }
        )
        return parsed

    def _balances(self, message: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {"info": message}
        for asset, held in message["balances"].items():
            result[asset] = {"free": held["free"], "used": held["locked"]}
        parsed: dict[str, Any] = self.safe_balance(result)
        return parsed

    # --- streams

    def _stream(self, method: str, channel: str, symbol: str | None = None) -> dict[str, Any]:
        """The subscription of a channel. Raises where the profile has no such stream, or wants a symbol for it."""
        if self.has.get("ws") is False or not self.has.get(method):
            raise NotSupported(f"{self.id} {method}() is not supported yet")
        if symbol is None and self.un_camel_case(method) in self.profile.demands_symbol:
            raise ArgumentsRequired(f"{self.id} {method}() requires a symbol argument")
        request = {"op": "subscribe", "channel": channel, "symbol": symbol or SYMBOL}
        if channel == "book":
            request["style"] = self.profile.book_style
        if channel in _PRIVATE:
            self.check_required_credentials()
            request["keys"] = self._keys()
        return request

    async def _watch(self, method: str, channel: str, symbol: str | None = None) -> Any:
        await self.load_markets()
        request = self._stream(method, channel, symbol)
        message_hash = channel if symbol is None else f"{channel}:{symbol}"
        return await self.watch(self.venue.url, message_hash, request, message_hash)

    async def _watch_several(self, method: str, channel: str, symbols: list[str]) -> Any:
        await self.load_markets()
        request = self._stream(method, channel, symbols[0])
        hashes = [f"{channel}:{symbol}" for symbol in symbols]
        return await self.watch_multiple(self.venue.url, hashes, request, hashes)

    async def watch_order_book(self, symbol: str, limit: Any = None, params: Any = {}) -> Any:  # noqa: B006
        return (await self._watch("watchOrderBook", "book", symbol)).limit()

    async def watch_order_book_for_symbols(self, symbols: list[str], limit: Any = None, params: Any = {}) -> Any:  # noqa: B006
        return (await self._watch_several("watchOrderBookForSymbols", "book", symbols)).limit()

    async def watch_trades(self, symbol: str, since: Any = None, limit: Any = None, params: Any = {}) -> Any:  # noqa: B006
        return await self._watch("watchTrades", "trades", symbol)

    async def watch_trades_for_symbols(
        self,
        symbols: list[str],
        since: Any = None,
        limit: Any = None,
        params: Any = {},  # noqa: B006
    ) -> Any:
        return await self._watch_several("watchTradesForSymbols", "trades", symbols)

    async def watch_orders(self, symbol: Any = None, since: Any = None, limit: Any = None, params: Any = {}) -> Any:  # noqa: B006
        return await self._watch("watchOrders", "orders", symbol)

    async def watch_my_trades(self, symbol: Any = None, since: Any = None, limit: Any = None, params: Any = {}) -> Any:  # noqa: B006
        return await self._watch("watchMyTrades", "fills", symbol)

    async def watch_balance(self, params: Any = {}) -> Any:  # noqa: B006
        return await self._watch("watchBalance", "balance")

    def handle_message(self, client: Any, message: Any) -> None:
        handlers = {
            "book": self._handle_book,
            "trades": self._handle_trade,
            "orders": self._handle_order,
            "fills": self._handle_fill,
            "balance": self._handle_balance,
            "subscribed": self._handle_subscribed,
            "error": self._handle_error,
        }
        handlers[message["channel"]](client, message)

    def _handle_error(self, client: Any, message: Any) -> None:
        for message_hash in list(client.futures):
            if message_hash.partition(":")[0] in _PRIVATE:
                client.subscriptions.pop(message_hash, None)
                client.reject(AuthenticationError(f"{self.id} {message['text']}"), message_hash)

    def _handle_subscribed(self, client: Any, message: Any) -> None:
        if message["to"] == "book" and self.profile.book_style == "snapshot over REST":
            symbol = message["symbol"]
            self.orderbooks[symbol] = self.order_book({})
            self.spawn(self.load_order_book, client, f"book:{symbol}", symbol, None, {})

    def _handle_book(self, client: Any, message: Any) -> None:
        symbol = message["symbol"]
        message_hash = f"book:{symbol}"
        if self.profile.book_style == "snapshot over REST":
            book = self.orderbooks[symbol]
            if book["nonce"] is None:
                book.cache.append(message)
                return
        elif message["snapshot"]:
            if symbol not in self.orderbooks:
                self.orderbooks[symbol] = self.order_book({})
            snapshot = self.parse_order_book(message, symbol, message["time"])
            snapshot["nonce"] = message["sequence"]
            self.orderbooks[symbol].reset(snapshot)
            client.resolve(self.orderbooks[symbol], message_hash)
            return
        book = self.orderbooks[symbol]
        self.handle_book_delta(book, message)
        client.resolve(book, message_hash)

    def get_cache_index(self, orderbook: Any, deltas: Any) -> int:
        if deltas and deltas[0]["sequence"] > orderbook["nonce"] + 1:
            return -1
        for index, delta in enumerate(deltas):
            if delta["sequence"] > orderbook["nonce"]:
                return index
        return len(deltas)

    def handle_book_delta(self, orderbook: Any, delta: Any) -> None:
        if delta["sequence"] <= orderbook["nonce"]:
            return
        if delta["sequence"] != orderbook["nonce"] + 1:
            raise ExchangeError(f"{self.id} a gap in the book")
        for side in ("bids", "asks"):
            for price, amount in delta[side]:
                orderbook[side].storeArray([float(price), float(amount)])
        orderbook["nonce"] = delta["sequence"]
        orderbook["timestamp"] = delta["time"]

    def _handle_trade(self, client: Any, message: Any) -> None:
        trade = self._public_trade(message["trade"])
        if trade["symbol"] not in self.trades:
            self.trades[trade["symbol"]] = ArrayCache(1000)
        self.trades[trade["symbol"]].append(trade)
        client.resolve(self.trades[trade["symbol"]], f"trades:{trade['symbol']}")

    def _handle_order(self, client: Any, message: Any) -> None:
        if self.orders is None:
            self.orders = ArrayCacheBySymbolById(1000)
        order = misread(self._unified_order(message["order"]), self.profile.mapping.order_fields)
        self.orders.append(order)
        for message_hash in ("orders", f"orders:{order['symbol']}"):
            client.resolve(self.orders, message_hash)

    def _handle_fill(self, client: Any, message: Any) -> None:
        if self.myTrades is None:
            self.myTrades = ArrayCacheBySymbolById(1000)
        trade = misread(self._own_trade(message["fill"]), self.profile.mapping.trade_fields)
        self.myTrades.append(trade)
        for message_hash in ("fills", f"fills:{trade['symbol']}"):
            client.resolve(self.myTrades, message_hash)

    def _handle_balance(self, client: Any, message: Any) -> None:
        self.balance = self._balances(message)
        client.resolve(self.balance, "balance")
