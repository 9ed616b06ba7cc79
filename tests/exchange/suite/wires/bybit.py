"""Bybit spot, version 5, unified account. Payloads: the examples of bybit-exchange.github.io/docs/v5."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from ..wire import Endpoint, Fill, Rules, Sent, Status, Wire

_REST = "https://api.bybit.com/v5"
_STATUS: Mapping[Status, str] = {
    "open": "New",
    "partly filled": "PartiallyFilled",
    "filled": "Filled",
    "canceled": "Cancelled",
}
_MS = 1640780000000


def _answer(result: Any) -> Any:
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": _MS}


class BybitWire(Wire):
    """REST and streams of version 5."""

    exchange = "bybit"
    credentials: ClassVar[Mapping[str, str]] = {"ccxt_api_key": "testAPIKey", "ccxt_secret": "testSecret"}
    order_id = "1523347543495541248"
    quote_step = "1E-56"  # ccxt does not hand on quotePrecision: Hummingbot's default
    cancel_tells_state = False
    fee_in_base = (
        True  # ccxt reads "feeCoin" (bybit.py :3276), where Bybit writes "feeCurrency", and else goes by the side
    )
    options: ClassVar[Mapping[str, Any]] = {
        "enableUnifiedMargin": False,
        "enableUnifiedAccount": True,
        "unifiedMarginStatus": 6,
    }
    endpoints: ClassVar[Mapping[Endpoint, tuple[str, str]]] = {
        "markets": ("GET", f"{_REST}/market/instruments-info?category=spot"),
        "ticker": ("GET", f"{_REST}/market/tickers"),
        "network": ("GET", f"{_REST}/market/time"),
        "create": ("POST", f"{_REST}/order/create"),
        "cancel": ("POST", f"{_REST}/order/cancel"),
        "order": ("GET", f"{_REST}/order/realtime"),
        "trades": ("GET", f"{_REST}/execution/list"),
        "balance": ("GET", f"{_REST}/account/wallet-balance"),
    }

    # --- public

    def market(self, base: str, quote: str, rules: Rules, *, tradable: bool = True) -> dict[str, Any]:
        return {
            "symbol": f"{base}{quote}",
            "baseCoin": base,
            "quoteCoin": quote,
            "innovation": "0",
            "status": "Trading" if tradable else "PreLaunch",
            "marginTrading": "utaOnly",
            "stTag": "0",
            "lotSizeFilter": {
                "basePrecision": rules.lot,
                "quotePrecision": "0.00000001",
                "minOrderQty": rules.smallest,
                "maxOrderQty": rules.largest,
                "minOrderAmt": rules.notional,
                "maxOrderAmt": "8000000",
            },
            "priceFilter": {"tickSize": rules.tick},
            "riskParameters": {"priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02"},
        }

    def markets(self, markets: list[dict[str, Any]]) -> Any:
        return _answer({"category": "spot", "list": markets})

    def ticker_query(self, base: str, quote: str) -> str:
        return f"symbol={base}{quote}&category=spot"

    def ticker(self, base: str, quote: str, last: float) -> Any:
        entry = {
            "symbol": f"{base}{quote}",
            "bid1Price": "20517.96",
            "bid1Size": "2",
            "ask1Price": "20527.77",
            "ask1Size": "1.862172",
            "lastPrice": str(last),
            "prevPrice24h": "20393.48",
            "price24hPcnt": "0.0068",
            "highPrice24h": "21128.12",
            "lowPrice24h": "20318.89",
            "turnover24h": "243765620.65899866",
            "volume24h": "11801.27771",
            "usdIndexPrice": "20784.12009279",
        }
        return _answer({"category": "spot", "list": [entry]})

    def time(self) -> Any:
        return _answer({"timeSecond": str(_MS // 1000), "timeNano": str(_MS * 1_000_000)})

    # --- private, REST

    def created(self, base: str, quote: str) -> Any:
        return _answer({"orderId": self.order_id, "orderLinkId": "OID1"})

    def canceled(self, order: InFlightOrder) -> Any:
        return _answer({"orderId": order.exchange_order_id, "orderLinkId": order.client_order_id})

    def order(self, order: InFlightOrder, status: Status, filled: Decimal) -> Any:
        return _answer({"list": [self._order(order, status, filled)], "nextPageCursor": "", "category": "spot"})

    def _order(self, order: InFlightOrder, status: Status, filled: Decimal) -> dict[str, Any]:
        return {
            "orderId": order.exchange_order_id,
            "orderLinkId": order.client_order_id,
            "blockTradeId": "",
            "symbol": f"{order.base_asset}{order.quote_asset}",
            "price": str(order.price),
            "qty": str(order.amount),
            "side": order.trade_type.name.capitalize(),
            "isLeverage": "0",
            "positionIdx": 0,
            "orderStatus": _STATUS[status],
            "cancelType": "UNKNOWN",
            "rejectReason": "EC_NoError",
            "avgPrice": str(order.price) if filled else "",
            "leavesQty": str(order.amount - filled) if status in ("open", "partly filled") else "0",
            "cumExecQty": str(filled),
            "cumExecValue": str(filled * order.price),
            "cumExecFee": "0",
            "timeInForce": "GTC",
            "orderType": order.order_type.name.capitalize(),
            "stopOrderType": "",
            "triggerPrice": "0.00",
            "createdTime": "1684738540559",
            "updatedTime": "1684738540561",
            "marketUnit": "",
        }

    def trades(self, order: InFlightOrder, fills: list[Fill]) -> Any:
        return _answer(
            {"nextPageCursor": "", "category": "spot", "list": [self._execution(order, fill) for fill in fills]}
        )

    def _execution(self, order: InFlightOrder, fill: Fill) -> dict[str, Any]:
        return {
            "symbol": f"{order.base_asset}{order.quote_asset}",
            "orderType": order.order_type.name.capitalize(),
            "orderLinkId": order.client_order_id,
            "side": order.trade_type.name.capitalize(),
            "orderId": order.exchange_order_id,
            "stopOrderType": "",
            "leavesQty": "0",
            "execTime": "1672282722429",
            "feeCurrency": fill.fee_token,
            "isMaker": False,
            "execFee": str(fill.fee),
            "feeRate": "0.001",
            "execId": fill.trade_id,
            "blockTradeId": "",
            "markPrice": "",
            "execPrice": str(fill.price),
            "orderQty": str(order.amount),
            "orderPrice": str(order.price),
            "execValue": str(fill.price * fill.amount),
            "execType": "Trade",
            "execQty": str(fill.amount),
            "closedSize": "",
        }

    def balances(self, held: Mapping[str, tuple[str, str]]) -> Any:
        return _answer({"list": [self._wallet(held)]})

    def _wallet(self, held: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
        coins = [
            {
                "coin": token,
                "equity": str(Decimal(free) + Decimal(locked)),
                "walletBalance": str(Decimal(free) + Decimal(locked)),
                "locked": locked,
                "availableToBorrow": "",
                "availableToWithdraw": "",
                "borrowAmount": "0",
                "totalOrderIM": "0",
                "totalPositionIM": "0",
                "totalPositionMM": "0",
            }
            for token, (free, locked) in held.items()
        ]
        return {"accountType": "UNIFIED", "totalEquity": "3.31216591", "coin": coins}

    def unknown_order(self, endpoint: Literal["cancel", "order"]) -> tuple[int, Any]:
        if endpoint == "cancel":
            return 200, {"retCode": 170213, "retMsg": "Order does not exist.", "result": {}, "retExtInfo": {}}
        return 200, _answer({"list": [], "nextPageCursor": "", "category": "spot"})

    # --- private, WebSocket

    def acknowledge(self, frame: Any) -> list[Any]:
        reply = {"success": True, "ret_msg": "", "op": frame["op"], "conn_id": "cejreaspqfh3sjdnldmg-p"}
        return [{**reply, "req_id": str(frame["req_id"])} if "req_id" in frame else reply]

    def _message(self, topic: str, entry: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": "5923240c6880ab-c59f-420b-9adb-3639adc9dd90",
            "topic": topic,
            "creationTime": _MS,
            "data": [entry],
        }

    def order_messages(self, order: InFlightOrder, status: Status, fill: Fill | None = None) -> list[Any]:
        entry = {"category": "spot", **self._order(order, status, fill.amount if fill else Decimal(0))}
        messages = [self._message("order", entry)]
        if fill is not None:
            messages.insert(0, self._message("execution", {"category": "spot", **self._execution(order, fill)}))
        return messages

    def balance_messages(self, held: Mapping[str, tuple[str, str]]) -> list[Any]:
        return [self._message("wallet", self._wallet(held))]

    # --- requests

    def is_signed(self, sent: Sent) -> bool:
        return (
            sent.headers.get("X-BAPI-API-KEY") == self.credentials["ccxt_api_key"]
            and "X-BAPI-TIMESTAMP" in sent.headers
            and len(sent.headers.get("X-BAPI-SIGN", "")) == 64
        )

    def expected_parameters(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder
    ) -> Mapping[str, str | Decimal]:
        market: dict[str, str | Decimal] = {"symbol": f"{order.base_asset}{order.quote_asset}", "category": "spot"}
        if endpoint == "trades":
            return market
        if endpoint != "create":
            return {**market, "orderId": str(order.exchange_order_id)}
        return {
            **market,
            "side": order.trade_type.name.capitalize(),
            "orderType": order.order_type.name.capitalize(),
            "qty": order.amount,
            "price": order.price,
            "orderLinkId": order.client_order_id,
        }
