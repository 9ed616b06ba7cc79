"""Bitget spot, version 2, classic account. Payloads: the examples of bitget.com/api-doc and of ccxt's class."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from ..wire import Endpoint, Fill, Rules, Sent, Status, Wire

_REST = "https://api.bitget.com/api/v2"
_STATUS: Mapping[Status, str] = {
    "open": "live",
    "partly filled": "partially_filled",
    "filled": "filled",
    "canceled": "cancelled",
}
_MS = 1640780000000


def _answer(data: Any) -> Any:
    return {"code": "00000", "msg": "success", "requestTime": _MS, "data": data}


def _pushed(channel: str, name: Mapping[str, str], entry: dict[str, Any]) -> dict[str, Any]:
    arg = {"instType": "SPOT", "channel": channel, **name}
    return {"action": "snapshot", "arg": arg, "data": [entry], "ts": _MS}


def _decimals(step: str) -> str:
    return str(-Decimal(step).normalize().as_tuple().exponent)


class BitgetWire(Wire):
    """REST and channels of version 2."""

    exchange = "bitget"
    credentials: ClassVar[Mapping[str, str]] = {
        "ccxt_api_key": "testAPIKey",
        "ccxt_secret": "testSecret",
        "ccxt_password": "testPassphrase",
    }
    order_id = "1111499608327360513"
    quote_step = "1E-56"  # ccxt does not hand on quotePrecision: Hummingbot's default
    has_notional = False  # of markets in USDT only (ccxt bitget.py :2361)
    unusable = ("smallest", "-0.001", "market.limits.amount.min is negative: -0.001")  # steps are digits at Bitget
    cancel_tells_state = False
    options: ClassVar[Mapping[str, Any]] = {
        "uta": False,
        "fetchMarkets": {"types": ["spot"]},
        "crossMarginPairsData": [],
        "isolatedMarginPairsData": [],
    }
    endpoints: ClassVar[Mapping[Endpoint, tuple[str, str]]] = {
        "markets": ("GET", f"{_REST}/spot/public/symbols"),
        "ticker": ("GET", f"{_REST}/spot/market/tickers"),
        "network": ("GET", f"{_REST}/public/time"),
        "create": ("POST", f"{_REST}/spot/trade/place-order"),
        "cancel": ("POST", f"{_REST}/spot/trade/cancel-order"),
        "order": ("GET", f"{_REST}/spot/trade/orderInfo"),
        "trades": ("GET", f"{_REST}/spot/trade/fills"),
        "balance": ("GET", f"{_REST}/spot/account/assets"),
    }
    beside: ClassVar[Mapping[str, Any]] = {
        "publicMarginGetV2MarginCurrencies": _answer([]),
        "publicSpotGetV2SpotPublicCoins": _answer([]),
    }

    # --- public

    def market(self, base: str, quote: str, rules: Rules, *, tradable: bool = True) -> dict[str, Any]:
        return {
            "symbol": f"{base}{quote}",
            "baseCoin": base,
            "quoteCoin": quote,
            "minTradeAmount": rules.smallest,
            "maxTradeAmount": rules.largest,
            "takerFeeRate": "0.002",
            "makerFeeRate": "0.002",
            "pricePrecision": _decimals(rules.tick),
            "quantityPrecision": _decimals(rules.lot),
            "quotePrecision": "6",
            "status": "online" if tradable else "halt",
            "minTradeUSDT": rules.notional,
            "buyLimitPriceRatio": "0.05",
            "sellLimitPriceRatio": "0.05",
        }

    def markets(self, markets: list[dict[str, Any]]) -> Any:
        return _answer(markets)

    def ticker_query(self, base: str, quote: str) -> str:
        return f"symbol={base}{quote}"

    def ticker(self, base: str, quote: str, last: float) -> Any:
        entry = {
            "open": "37202.46",
            "symbol": f"{base}{quote}",
            "high24h": "37744.75",
            "low24h": "36666",
            "lastPr": str(last),
            "quoteVolume": "519127705.303",
            "baseVolume": "13907.0386",
            "usdtVolume": "519127705.302908",
            "ts": "1700532903261",
            "bidPr": "37583.68",
            "askPr": "37583.69",
            "bidSz": "0.0007",
            "askSz": "0.0829",
            "openUtc": "37449.4",
            "changeUtc24h": "0.00359",
            "change24h": "0.00321",
        }
        return _answer([entry])

    def time(self) -> Any:
        return _answer({"serverTime": str(_MS)})

    # --- private, REST

    def created(self, base: str, quote: str) -> Any:
        return _answer({"orderId": self.order_id, "clientOid": "OID1"})

    def canceled(self, order: InFlightOrder) -> Any:
        return _answer({"orderId": order.exchange_order_id, "clientOid": order.client_order_id})

    def order(self, order: InFlightOrder, status: Status, filled: Decimal) -> Any:
        fee = {order.quote_asset: {"deduction": False, "feeCoinCode": order.quote_asset, "totalFee": "0"}}
        entry = {
            "userId": "7264631750",
            "symbol": f"{order.base_asset}{order.quote_asset}",
            **self._common(order, status, filled),
            "price": str(order.price),
            "size": str(order.amount),
            "baseVolume": str(filled),
            "quoteVolume": str(filled * order.price),
            "orderSource": "normal",
            "feeDetail": json.dumps(fee) if filled else "",
        }
        return _answer([entry])

    def _common(self, order: InFlightOrder, status: Status, filled: Decimal) -> dict[str, Any]:
        return {
            "orderId": order.exchange_order_id,
            "clientOid": order.client_order_id,
            "orderType": order.order_type.name.lower(),
            "side": order.trade_type.name.lower(),
            "status": _STATUS[status],
            "priceAvg": str(order.price) if filled else "0",
            "enterPointSource": "API",
            "cTime": "1700719050198",
            "uTime": "1700719050198",
        }

    def trades(self, order: InFlightOrder, fills: list[Fill]) -> Any:
        return _answer([{"userId": "7264631750", **self._fill(order, fill)} for fill in fills])

    def _fill(self, order: InFlightOrder, fill: Fill) -> dict[str, Any]:
        fee = {"deduction": "no", "feeCoin": fill.fee_token, "totalDeductionFee": "", "totalFee": str(-fill.fee)}
        return {
            "symbol": f"{order.base_asset}{order.quote_asset}",
            "orderId": order.exchange_order_id,
            "tradeId": fill.trade_id,
            "orderType": order.order_type.name.lower(),
            "side": order.trade_type.name.lower(),
            "priceAvg": str(fill.price),
            "size": str(fill.amount),
            "amount": str(fill.price * fill.amount),
            "feeDetail": fee,
            "tradeScope": "taker",
            "cTime": "1697603539699",
            "uTime": "1697603539754",
        }

    def balances(self, held: Mapping[str, tuple[str, str]]) -> Any:
        return _answer([self._coin(token, *amounts) for token, amounts in held.items()])

    def _coin(self, token: str, free: str, locked: str) -> dict[str, Any]:
        amounts = {"available": free, "limitAvailable": "0", "frozen": locked, "locked": "0"}
        return {"coin": token, **amounts, "uTime": "1699937566000"}

    def unknown_order(self, endpoint: Literal["cancel", "order"]) -> tuple[int, Any]:
        if endpoint == "order":
            return 200, _answer([])
        return 400, {"code": "43001", "msg": "The order does not exist", "requestTime": _MS, "data": None}

    # --- private, WebSocket

    def acknowledge(self, frame: Any) -> list[Any]:
        if frame["op"] == "login":
            return [{"event": "login", "code": 0}]
        return [{"event": frame["op"], "arg": arg} for arg in frame["args"]]

    def order_messages(self, order: InFlightOrder, status: Status, fill: Fill | None = None) -> list[Any]:
        filled = fill.amount if fill else Decimal(0)
        entry = {
            "instId": f"{order.base_asset}{order.quote_asset}",
            **self._common(order, status, filled),
            "force": "gtc",
            "price": str(order.price),
            "newSize": str(order.amount),
            "size": str(order.amount * order.price),
            "notional": str(order.amount * order.price),
            "accBaseVolume": str(filled),
            "feeDetail": [],
        }
        if fill is None:
            return [_pushed("orders", {"instId": "default"}, entry)]
        entry |= {"fillPrice": str(fill.price), "baseVolume": str(fill.amount), "fillTime": str(_MS)}
        entry |= {"fillFee": str(-fill.fee), "fillFeeCoin": fill.fee_token, "tradeId": fill.trade_id, "tradeScope": "T"}
        told = self._fill(order, fill)
        told["feeDetail"] = [told["feeDetail"]]
        return [_pushed("orders", {"instId": "default"}, entry), _pushed("fill", {"instId": "default"}, told)]

    def balance_messages(self, held: Mapping[str, tuple[str, str]]) -> list[Any]:
        return [_pushed("account", {"coin": "default"}, self._coin(token, *amounts)) for token, amounts in held.items()]

    # --- requests

    def is_signed(self, sent: Sent) -> bool:
        return (
            sent.headers.get("ACCESS-KEY") == self.credentials["ccxt_api_key"]
            and sent.headers.get("ACCESS-PASSPHRASE") == self.credentials["ccxt_password"]
            and "ACCESS-TIMESTAMP" in sent.headers
            and len(sent.headers.get("ACCESS-SIGN", "")) == 44
        )

    def expected_parameters(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder
    ) -> Mapping[str, str | Decimal]:
        market: dict[str, str | Decimal] = {"symbol": f"{order.base_asset}{order.quote_asset}"}
        if endpoint == "trades":
            return market
        if endpoint == "order":
            return {"orderId": str(order.exchange_order_id)}
        if endpoint == "cancel":
            return {**market, "orderId": str(order.exchange_order_id)}
        return {
            **market,
            "side": order.trade_type.name.lower(),
            "orderType": order.order_type.name.lower(),
            "size": order.amount,
            "price": order.price,
            "clientOid": order.client_order_id,
        }
