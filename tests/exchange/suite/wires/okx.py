"""OKX spot, version 5. Payloads: the examples of okx.com/docs-v5 and of ccxt's class."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from ..wire import Endpoint, Fill, Rules, Sent, Status, Wire

_REST = "https://www.okx.com/api/v5"
_STATUS: Mapping[Status, str] = {
    "open": "live",
    "partly filled": "partially_filled",
    "filled": "filled",
    "canceled": "canceled",
}
_MS = "1640780000000"


def _answer(data: list[Any]) -> Any:
    return {"code": "0", "msg": "", "data": data}


class OkxWire(Wire):
    """REST and channels of version 5."""

    exchange = "okx"
    credentials: ClassVar[Mapping[str, str]] = {
        "ccxt_api_key": "testAPIKey",
        "ccxt_secret": "testSecret",
        "ccxt_password": "testPassphrase",
    }
    order_id = "312269865356374016"
    quote_step = "1E-56"  # OKX states none: Hummingbot's default
    has_notional = False
    cancel_tells_state = False
    options: ClassVar[Mapping[str, Any]] = {"fetchMarkets": {"types": ["spot"]}}
    endpoints: ClassVar[Mapping[Endpoint, tuple[str, str]]] = {
        "markets": ("GET", f"{_REST}/public/instruments?instType=SPOT"),
        "ticker": ("GET", f"{_REST}/market/ticker"),
        "network": ("GET", f"{_REST}/public/time"),
        "create": ("POST", f"{_REST}/trade/batch-orders"),
        "cancel": ("POST", f"{_REST}/trade/cancel-order"),
        "order": ("GET", f"{_REST}/trade/order"),
        "trades": ("GET", f"{_REST}/trade/fills-history"),
        "balance": ("GET", f"{_REST}/account/balance"),
    }

    # --- public

    def market(self, base: str, quote: str, rules: Rules, *, tradable: bool = True) -> dict[str, Any]:
        return {
            "alias": "",
            "baseCcy": base,
            "category": "1",
            "ctMult": "",
            "ctType": "",
            "ctVal": "",
            "ctValCcy": "",
            "expTime": "",
            "instFamily": "",
            "instId": f"{base}-{quote}",
            "instType": "SPOT",
            "lever": "",
            "listTime": "1606468572000",
            "lotSz": rules.lot,
            "maxLmtSz": rules.largest,
            "maxMktSz": "1000000",
            "minSz": rules.smallest,
            "optType": "",
            "quoteCcy": quote,
            "settleCcy": "",
            "state": "live" if tradable else "suspend",
            "stk": "",
            "tickSz": rules.tick,
            "uly": "",
        }

    def markets(self, markets: list[dict[str, Any]]) -> Any:
        return _answer(markets)

    def ticker_query(self, base: str, quote: str) -> str:
        return f"instId={base}-{quote}"

    def ticker(self, base: str, quote: str, last: float) -> Any:
        entry = {
            "instType": "SPOT",
            "instId": f"{base}-{quote}",
            "last": str(last),
            "lastSz": "0.1",
            "askPx": "9999.99",
            "askSz": "11",
            "bidPx": "8888.88",
            "bidSz": "5",
            "open24h": "9000",
            "high24h": "10000",
            "low24h": "8888.88",
            "volCcy24h": "2222",
            "vol24h": "2222",
            "sodUtc0": "2222",
            "sodUtc8": "2222",
            "ts": "1597026383085",
        }
        return _answer([entry])

    def time(self) -> Any:
        return _answer([{"ts": _MS}])

    # --- private, REST

    def created(self, base: str, quote: str) -> Any:
        return _answer([{"clOrdId": "OID1", "ordId": self.order_id, "tag": "", "sCode": "0", "sMsg": ""}])

    def canceled(self, order: InFlightOrder) -> Any:
        row = {"clOrdId": order.client_order_id, "ordId": order.exchange_order_id, "sCode": "0", "sMsg": ""}
        return _answer([row])

    def order(self, order: InFlightOrder, status: Status, filled: Decimal) -> Any:
        return _answer([self._order(order, status, filled)])

    def _order(self, order: InFlightOrder, status: Status, filled: Decimal) -> dict[str, Any]:
        return {
            "instType": "SPOT",
            "instId": f"{order.base_asset}-{order.quote_asset}",
            "ccy": "",
            "ordId": order.exchange_order_id,
            "clOrdId": order.client_order_id,
            "tag": "",
            "px": str(order.price),
            "sz": str(order.amount),
            "pnl": "0",
            "ordType": order.order_type.name.lower(),
            "side": order.trade_type.name.lower(),
            "posSide": "",
            "tdMode": "cash",
            "accFillSz": str(filled),
            "fillPx": "",
            "tradeId": "",
            "fillSz": "0",
            "fillTime": "",
            "state": _STATUS[status],
            "avgPx": str(order.price) if filled else "",
            "lever": "",
            "feeCcy": order.quote_asset,
            "fee": "0",
            "rebateCcy": order.base_asset,
            "rebate": "0",
            "category": "normal",
            "uTime": "1597026383085",
            "cTime": "1597026383085",
        }

    def trades(self, order: InFlightOrder, fills: list[Fill]) -> Any:
        return _answer(
            [
                {
                    "instType": "SPOT",
                    "instId": f"{order.base_asset}-{order.quote_asset}",
                    "tradeId": fill.trade_id,
                    "ordId": order.exchange_order_id,
                    "clOrdId": order.client_order_id,
                    "billId": "1111",
                    "tag": "",
                    "fillPx": str(fill.price),
                    "fillSz": str(fill.amount),
                    "side": order.trade_type.name.lower(),
                    "posSide": "net",
                    "execType": "T",
                    "feeCcy": fill.fee_token,
                    "fee": str(-fill.fee),
                    "ts": "1597026383085",
                }
                for fill in fills
            ]
        )

    def balances(self, held: Mapping[str, tuple[str, str]]) -> Any:
        return _answer([self._account(held)])

    def _account(self, held: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
        details = [
            {
                "availBal": free,
                "availEq": free,
                "cashBal": str(Decimal(free) + Decimal(locked)),
                "ccy": token,
                "disEq": "0",
                "eq": str(Decimal(free) + Decimal(locked)),
                "frozenBal": locked,
                "ordFrozen": locked,
                "uTime": "1617279471503",
            }
            for token, (free, locked) in held.items()
        ]
        return {
            "adjEq": "",
            "details": details,
            "imr": "",
            "isoEq": "0",
            "totalEq": "91884.85",
            "uTime": "1614846244194",
        }

    def unknown_order(self, endpoint: Literal["cancel", "order"]) -> tuple[int, Any]:
        if endpoint == "order":
            return 200, {"code": "51603", "data": [], "msg": "Order does not exist"}
        text = "Order cancellation failed as the order has been filled, canceled or does not exist."
        row = {"clOrdId": "", "ordId": self.order_id, "sCode": "51400", "sMsg": text}
        return 200, {"code": "1", "data": [row], "msg": "All operations failed"}

    # --- private, WebSocket

    def acknowledge(self, frame: Any) -> list[Any]:
        if frame["op"] == "login":
            return [{"event": "login", "code": "0", "msg": "", "connId": "a4d3ae55"}]
        return [{"event": frame["op"], "arg": arg, "connId": "a4d3ae55"} for arg in frame["args"]]

    def order_messages(self, order: InFlightOrder, status: Status, fill: Fill | None = None) -> list[Any]:
        entry = {
            **self._order(order, status, fill.amount if fill else Decimal(0)),
            "execType": "T" if fill else "",
            "fillFee": str(-fill.fee) if fill else "0",
            "fillFeeCcy": fill.fee_token if fill else "",
            "fillPx": str(fill.price) if fill else "",
            "fillSz": str(fill.amount) if fill else "0",
            "fillTime": _MS if fill else "",
            "tradeId": fill.trade_id if fill else "",
            "amendResult": "",
            "code": "0",
            "msg": "",
            "reqId": "",
        }
        return [{"arg": {"channel": "orders", "instType": "ANY", "uid": "77982378738415879"}, "data": [entry]}]

    def balance_messages(self, held: Mapping[str, tuple[str, str]]) -> list[Any]:
        arg = {"channel": "account", "uid": "77982378738415879"}
        return [
            {"arg": arg, "eventType": "event_update", "curPage": 1, "lastPage": True, "data": [self._account(held)]}
        ]

    # --- requests

    def is_signed(self, sent: Sent) -> bool:
        return (
            sent.headers.get("OK-ACCESS-KEY") == self.credentials["ccxt_api_key"]
            and sent.headers.get("OK-ACCESS-PASSPHRASE") == self.credentials["ccxt_password"]
            and "OK-ACCESS-TIMESTAMP" in sent.headers
            and len(sent.headers.get("OK-ACCESS-SIGN", "")) == 44
        )

    def expected_parameters(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder
    ) -> Mapping[str, str | Decimal]:
        market: dict[str, str | Decimal] = {"instId": f"{order.base_asset}-{order.quote_asset}"}
        if endpoint != "create":
            return {**market, "ordId": str(order.exchange_order_id)}
        return {
            **market,
            "tdMode": "cash",
            "side": order.trade_type.name.lower(),
            "ordType": order.order_type.name.lower(),
            "sz": order.amount,
            "px": order.price,
            "clOrdId": order.client_order_id,
        }
