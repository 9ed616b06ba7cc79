"""Binance spot. Payloads: the examples of github.com/binance/binance-spot-api-docs (REST, user data stream)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from ..wire import Endpoint, Fill, Rules, Sent, Status, Wire

_REST = "https://api.binance.com/api/v3"
_STATUS: Mapping[Status, str] = {
    "open": "NEW",
    "partly filled": "PARTIALLY_FILLED",
    "filled": "FILLED",
    "canceled": "CANCELED",
}
_EXECUTION: Mapping[Status, str] = {
    "open": "NEW",
    "partly filled": "TRADE",
    "filled": "TRADE",
    "canceled": "CANCELED",
}
_MS = 1640780000000


class BinanceWire(Wire):
    """REST v3, and the user stream on the WebSocket API."""

    exchange = "binance"
    credentials: ClassVar[Mapping[str, str]] = {"ccxt_api_key": "testAPIKey", "ccxt_secret": "testSecret"}
    order_id = 28
    quote_step = "1E-8"  # quotePrecision 8
    options: ClassVar[Mapping[str, Any]] = {"crossMarginPairsData": [], "isolatedMarginPairsData": []}
    endpoints: ClassVar[Mapping[Endpoint, tuple[str, str]]] = {
        "markets": ("GET", f"{_REST}/exchangeInfo"),
        "ticker": ("GET", f"{_REST}/ticker/24hr"),
        "network": ("GET", f"{_REST}/time"),
        "create": ("POST", f"{_REST}/order"),
        "cancel": ("DELETE", f"{_REST}/order"),
        "order": ("GET", f"{_REST}/order"),
        "trades": ("GET", f"{_REST}/myTrades"),
        "balance": ("GET", f"{_REST}/account"),
    }

    # --- public

    def market(self, base: str, quote: str, rules: Rules, *, tradable: bool = True) -> dict[str, Any]:
        return {
            "symbol": f"{base}{quote}",
            "status": "TRADING",
            "baseAsset": base,
            "baseAssetPrecision": 8,
            "quoteAsset": quote,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "baseCommissionPrecision": 8,
            "quoteCommissionPrecision": 8,
            "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"],
            "icebergAllowed": True,
            "ocoAllowed": True,
            "quoteOrderQtyMarketAllowed": True,
            "allowTrailingStop": False,
            "cancelReplaceAllowed": False,
            "isSpotTradingAllowed": tradable,
            "isMarginTradingAllowed": False,
            "filters": [
                {
                    "filterType": "PRICE_FILTER",
                    "minPrice": rules.tick,
                    "maxPrice": "100000.00000000",
                    "tickSize": rules.tick,
                },
                {
                    "filterType": "LOT_SIZE",
                    "minQty": rules.smallest,
                    "maxQty": rules.largest,
                    "stepSize": rules.lot,
                },
                {
                    "filterType": "NOTIONAL",
                    "minNotional": rules.notional,
                    "applyMinToMarket": True,
                    "maxNotional": "9000000.00000000",
                    "applyMaxToMarket": False,
                    "avgPriceMins": 5,
                },
            ],
            "permissions": [],
            "permissionSets": [["SPOT" if tradable else "MARGIN"]],
            "defaultSelfTradePreventionMode": "NONE",
            "allowedSelfTradePreventionModes": ["NONE"],
        }

    def markets(self, markets: list[dict[str, Any]]) -> Any:
        return {
            "timezone": "UTC",
            "serverTime": 1565246363776,
            "rateLimits": [],
            "exchangeFilters": [],
            "symbols": markets,
        }

    def ticker_query(self, base: str, quote: str) -> str:
        return f"symbol={base}{quote}"

    def ticker(self, base: str, quote: str, last: float) -> Any:
        return {
            "symbol": f"{base}{quote}",
            "priceChange": "-94.99999800",
            "priceChangePercent": "-95.960",
            "weightedAvgPrice": "0.29628482",
            "prevClosePrice": "0.10002000",
            "lastPrice": str(last),
            "lastQty": "200.00000000",
            "bidPrice": "4.00000000",
            "bidQty": "100.00000000",
            "askPrice": "4.00000200",
            "askQty": "100.00000000",
            "openPrice": "99.00000000",
            "highPrice": "100.00000000",
            "lowPrice": "0.10000000",
            "volume": "8913.30000000",
            "quoteVolume": "15.30000000",
            "openTime": 1499783499040,
            "closeTime": 1499869899040,
            "firstId": 28385,
            "lastId": 28460,
            "count": 76,
        }

    def time(self) -> Any:
        return {"serverTime": _MS}

    # --- private, REST

    def created(self, base: str, quote: str) -> Any:
        return {
            "symbol": f"{base}{quote}",
            "orderId": self.order_id,
            "orderListId": -1,
            "clientOrderId": "OID1",
            "transactTime": 1507725176595,
            "price": "10000.00000000",
            "origQty": "100.00000000",
            "executedQty": "0.00000000",
            "origQuoteOrderQty": "0.000000",
            "cummulativeQuoteQty": "0.00000000",
            "status": "NEW",
            "timeInForce": "GTC",
            "type": "LIMIT",
            "side": "BUY",
            "workingTime": 1507725176595,
            "selfTradePreventionMode": "NONE",
            "fills": [],
        }

    def canceled(self, order: InFlightOrder) -> Any:
        return {
            "symbol": f"{order.base_asset}{order.quote_asset}",
            "origClientOrderId": order.client_order_id,
            "orderId": int(order.exchange_order_id),
            "orderListId": -1,
            "clientOrderId": "pXLV6Hz6mprAcVYpVMTGgx",  # of the cancellation: Binance makes one up
            "transactTime": _MS,
            "price": str(order.price),
            "origQty": str(order.amount),
            "executedQty": "0.00000000",
            "origQuoteOrderQty": "0.000000",
            "cummulativeQuoteQty": "0.00000000",
            "status": "CANCELED",
            "timeInForce": "GTC",
            "type": "LIMIT",
            "side": order.trade_type.name,
            "selfTradePreventionMode": "NONE",
        }

    def order(self, order: InFlightOrder, status: Status, filled: Decimal) -> Any:
        return {
            "symbol": f"{order.base_asset}{order.quote_asset}",
            "orderId": int(order.exchange_order_id),
            "orderListId": -1,
            "clientOrderId": order.client_order_id,
            "price": str(order.price),
            "origQty": str(order.amount),
            "executedQty": str(filled),
            "cummulativeQuoteQty": str(filled * order.price),
            "status": _STATUS[status],
            "timeInForce": "GTC",
            "type": "LIMIT",
            "side": order.trade_type.name,
            "stopPrice": "0.0",
            "icebergQty": "0.0",
            "time": 1499827319559,
            "updateTime": 1499827319559,
            "isWorking": True,
            "workingTime": 1499827319559,
            "origQuoteOrderQty": "0.000000",
            "selfTradePreventionMode": "NONE",
        }

    def trades(self, order: InFlightOrder, fills: list[Fill]) -> Any:
        return [
            {
                "symbol": f"{order.base_asset}{order.quote_asset}",
                "id": int(fill.trade_id),
                "orderId": int(order.exchange_order_id),
                "orderListId": -1,
                "price": str(fill.price),
                "qty": str(fill.amount),
                "quoteQty": str(fill.price * fill.amount),
                "commission": str(fill.fee),
                "commissionAsset": fill.fee_token,
                "time": 1499865549590,
                "isBuyer": order.trade_type.name == "BUY",
                "isMaker": False,
                "isBestMatch": True,
            }
            for fill in fills
        ]

    def balances(self, held: Mapping[str, tuple[str, str]]) -> Any:
        return {
            "makerCommission": 15,
            "takerCommission": 15,
            "buyerCommission": 0,
            "sellerCommission": 0,
            "canTrade": True,
            "canWithdraw": True,
            "canDeposit": True,
            "updateTime": 123456789,
            "accountType": "SPOT",
            "balances": [{"asset": token, "free": free, "locked": locked} for token, (free, locked) in held.items()],
            "permissions": ["SPOT"],
            "uid": 354937868,
        }

    def unknown_order(self, endpoint: Literal["cancel", "order"]) -> tuple[int, Any]:
        if endpoint == "cancel":
            return 400, {"code": -2011, "msg": "Unknown order sent."}
        return 400, {"code": -2013, "msg": "Order does not exist."}

    # --- private, WebSocket

    def acknowledge(self, frame: Any) -> list[Any]:
        return [{"id": frame["id"], "status": 200, "result": {"subscriptionId": 0}, "rateLimits": []}]

    def order_messages(self, order: InFlightOrder, status: Status, fill: Fill | None = None) -> list[Any]:
        canceled = status == "canceled"
        report = {
            "e": "executionReport",
            "E": _MS,
            "s": f"{order.base_asset}{order.quote_asset}",
            "c": "pXLV6Hz6mprAcVYpVMTGgx" if canceled else order.client_order_id,
            "S": order.trade_type.name,
            "o": order.order_type.name,
            "f": "GTC",
            "q": str(order.amount),
            "p": str(order.price),
            "P": "0.00000000",
            "F": "0.00000000",
            "g": -1,
            "C": order.client_order_id if canceled else "",
            "x": _EXECUTION[status],
            "X": _STATUS[status],
            "r": "NONE",
            "i": int(order.exchange_order_id),
            "l": str(fill.amount) if fill else "0.00000000",
            "z": str(fill.amount) if fill else "0.00000000",
            "L": str(fill.price) if fill else "0.00000000",
            "n": str(fill.fee) if fill else "0",
            "N": fill.fee_token if fill else None,
            "T": _MS,
            "t": int(fill.trade_id) if fill else -1,
            "I": 8641984,
            "w": status == "open",
            "m": False,
            "M": False,
            "O": _MS,
            "Z": str(fill.amount * fill.price) if fill else "0.00000000",
            "Y": str(fill.amount * fill.price) if fill else "0.00000000",
            "Q": "0.00000000",
            "W": _MS,
            "V": "NONE",
        }
        return [{"subscriptionId": 0, "event": report}]

    def balance_messages(self, held: Mapping[str, tuple[str, str]]) -> list[Any]:
        position = {
            "e": "outboundAccountPosition",
            "E": 1564034571105,
            "u": 1564034571073,
            "B": [{"a": token, "f": free, "l": locked} for token, (free, locked) in held.items()],
        }
        return [{"subscriptionId": 0, "event": position}]

    # --- requests

    def is_signed(self, sent: Sent) -> bool:
        return (
            sent.headers.get("X-MBX-APIKEY") == self.credentials["ccxt_api_key"]
            and "timestamp" in sent.parameters
            and len(str(sent.parameters.get("signature", ""))) == 64
        )

    def expected_parameters(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder
    ) -> Mapping[str, str | Decimal]:
        market: dict[str, str | Decimal] = {"symbol": f"{order.base_asset}{order.quote_asset}"}
        if endpoint != "create":
            return {**market, "orderId": str(order.exchange_order_id)}
        return {
            **market,
            "side": order.trade_type.name,
            "type": order.order_type.name,
            "quantity": order.amount,
            "price": order.price,
            "newClientOrderId": order.client_order_id,
        }
