"""Gate spot, version 4. Payloads: the examples of gate.com/docs/developers/apiv4 and of ccxt's class."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from ..wire import Endpoint, Fill, Rules, Sent, Status, Wire

_REST = "https://api.gateio.ws/api/v4"
_ORDERS = "/api/v4/spot/orders"
_FINISH_AS: Mapping[Status, str] = {
    "open": "open",
    "partly filled": "open",
    "filled": "filled",
    "canceled": "cancelled",
}
_S = 1640780000


def _digits(step: str) -> int:
    return -int(Decimal(step).normalize().as_tuple().exponent)


class GateWire(Wire):
    """REST and channels of version 4."""

    exchange = "gate"
    credentials: ClassVar[Mapping[str, str]] = {"ccxt_api_key": "testAPIKey", "ccxt_secret": "testSecret"}
    order_id = "12332324"
    quote_step = "1E-56"  # Gate states none: Hummingbot's default
    unusable = ("smallest", "-0.001", "market.limits.amount.min is negative: -0.001")  # steps are digits at Gate
    options: ClassVar[Mapping[str, Any]] = {"fetchMarkets": {"types": ["spot"]}, "unifiedAccount": False}
    beside: ClassVar[Mapping[str, Any]] = {"publicMarginGetCurrencyPairs": [], "publicSpotGetCurrencies": []}
    endpoints: ClassVar[Mapping[Endpoint, tuple[str, str]]] = {
        "markets": ("GET", f"{_REST}/spot/currency_pairs"),
        "ticker": ("GET", f"{_REST}/spot/tickers"),
        "network": ("GET", f"{_REST}/spot/time"),
        "create": ("POST", f"{_REST}/spot/orders"),
        "cancel": ("DELETE", f"{_REST}/spot/orders/{{id}}"),
        "order": ("GET", f"{_REST}/spot/orders/{{id}}"),
        "trades": ("GET", f"{_REST}/spot/my_trades"),
        "balance": ("GET", f"{_REST}/spot/accounts"),
    }

    # --- public

    def market(self, base: str, quote: str, rules: Rules, *, tradable: bool = True) -> dict[str, Any]:
        return {
            "id": f"{base}_{quote}",
            "base": base,
            "base_name": base,
            "quote": quote,
            "quote_name": quote,
            "fee": "0.2",
            "min_base_amount": rules.smallest,
            "min_quote_amount": rules.notional,
            "max_base_amount": str(float(rules.largest)),  # as the suite writes it: it is handed on as it stands
            "max_quote_amount": "5000000",
            "amount_precision": _digits(rules.lot),
            "precision": _digits(rules.tick),
            "trade_status": "tradable" if tradable else "untradable",
            "sell_start": 0,
            "buy_start": 0,
            "delisting_time": 0,
            "type": "normal",
            "trade_url": f"https://www.gate.com/trade/{base}_{quote}",
        }

    def markets(self, markets: list[dict[str, Any]]) -> Any:
        return markets

    def ticker_query(self, base: str, quote: str) -> str:
        return f"currency_pair={base}_{quote}"

    def ticker(self, base: str, quote: str, last: float) -> Any:
        return [
            {
                "currency_pair": f"{base}_{quote}",
                "last": str(last),
                "lowest_ask": "10000",
                "lowest_size": "0.2",
                "highest_bid": "9999.8",
                "highest_size": "0.1",
                "change_percentage": "-1.6",
                "base_volume": "36.38",
                "quote_volume": "363800",
                "high_24h": "10100",
                "low_24h": "9900",
            }
        ]

    def time(self) -> Any:
        return {"server_time": _S * 1000}

    # --- private, REST

    def created(self, base: str, quote: str) -> Any:
        return {
            **self._terms("OID1", f"{base}_{quote}", "limit", "buy", Decimal(100), Decimal(10000)),
            **self._rest("open"),
            **self._filled("open", Decimal(100), Decimal(10000), Decimal(0)),
            "id": self.order_id,
        }

    def _terms(self, text: str, pair: str, kind: str, side: str, amount: Decimal, price: Decimal) -> dict[str, Any]:
        return {
            "text": text,
            "amend_text": "-",
            "create_time": str(_S),
            "update_time": str(_S),
            "currency_pair": pair,
            "type": kind,
            "account": "spot",
            "side": side,
            "amount": str(amount),
            "price": str(price),
            "time_in_force": "gtc",
            "point_fee": "0",
            "gt_fee": "0",
            "rebated_fee": "0",
            "stp_id": 0,
            "stp_act": "-",
        }

    def _filled(self, status: Status, amount: Decimal, price: Decimal, filled: Decimal) -> dict[str, Any]:
        return {
            "left": str(amount - filled),
            "filled_amount": str(filled),
            "filled_total": str(filled * price),
            "avg_deal_price": str(price) if filled else "0",
            "fee": "0",
            "finish_as": _FINISH_AS[status],
        }

    def _rest(self, status: Status) -> dict[str, Any]:
        ended = {"filled": "closed", "canceled": "cancelled"}.get(status, "open")
        return {"status": ended, "create_time_ms": _S * 1000, "update_time_ms": _S * 1000, "iceberg": "0"}

    def _order(self, order: InFlightOrder, status: Status, filled: Decimal) -> dict[str, Any]:
        pair, kind = f"{order.base_asset}_{order.quote_asset}", order.order_type.name.lower()
        side = order.trade_type.name.lower()
        return {
            "id": order.exchange_order_id,
            **self._terms(order.client_order_id, pair, kind, side, order.amount, order.price),
            **self._filled(status, order.amount, order.price, filled),
            "fee_currency": order.base_asset if side == "buy" else order.quote_asset,
        }

    def canceled(self, order: InFlightOrder) -> Any:
        return self.order(order, "canceled", Decimal(0))

    def order(self, order: InFlightOrder, status: Status, filled: Decimal) -> Any:
        return {**self._order(order, status, filled), **self._rest(status)}

    def _fill(self, order: InFlightOrder, fill: Fill) -> dict[str, Any]:
        return {
            "order_id": order.exchange_order_id,
            "currency_pair": f"{order.base_asset}_{order.quote_asset}",
            "side": order.trade_type.name.lower(),
            "role": "taker",
            "amount": str(fill.amount),
            "price": str(fill.price),
            "fee": str(fill.fee),
            "fee_currency": fill.fee_token,
            "point_fee": "0",
            "gt_fee": "0",
            "text": order.client_order_id,
        }

    def trades(self, order: InFlightOrder, fills: list[Fill]) -> Any:
        return [
            {
                "id": fill.trade_id,
                "create_time": str(_S),
                "create_time_ms": f"{_S * 1000}.123450",
                **self._fill(order, fill),
                "amend_text": "-",
                "sequence_id": "588018",
            }
            for fill in fills
        ]

    def balances(self, held: Mapping[str, tuple[str, str]]) -> Any:
        return [
            {"currency": token, "available": free, "locked": locked, "update_id": 98}
            for token, (free, locked) in held.items()
        ]

    def unknown_order(self, endpoint: Literal["cancel", "order"]) -> tuple[int, Any]:
        return 404, {"label": "ORDER_NOT_FOUND", "message": "Order not found"}

    # --- private, WebSocket

    def acknowledge(self, frame: Any) -> list[Any]:
        asked = {name: frame[name] for name in ("id", "channel", "event", "payload") if name in frame}
        return [{"time": _S, "time_ms": _S * 1000, **asked, "result": {"status": "success"}}]

    def _message(self, channel: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {"time": _S, "time_ms": _S * 1000, "channel": channel, "event": "update", "result": entries}

    def order_messages(self, order: InFlightOrder, status: Status, fill: Fill | None = None) -> list[Any]:
        event = {"open": "put", "partly filled": "update"}.get(status, "finish")
        entry = {
            **self._order(order, status, fill.amount if fill else Decimal(0)),
            "create_time_ms": str(_S * 1000),
            "update_time_ms": str(_S * 1000),
            "user": 3497082,
            "event": event,
        }
        messages = [self._message("spot.orders", [entry])]
        if fill is not None:
            times = {"create_time": _S, "create_time_ms": f"{_S * 1000}.846", "user_id": 3497082, "id_market": 588018}
            streamed = {"id": int(fill.trade_id), **self._fill(order, fill), **times}
            messages.insert(0, self._message("spot.usertrades", [streamed]))
        return messages

    def balance_messages(self, held: Mapping[str, tuple[str, str]]) -> list[Any]:
        entries = [
            {
                "timestamp": str(_S),
                "timestamp_ms": str(_S * 1000),
                "user": "3497082",
                "currency": token,
                "change": "0",
                "total": str(Decimal(free) + Decimal(locked)),
                "available": free,
                "freeze": locked,
                "freeze_change": locked,
                "change_type": "order-create",
            }
            for token, (free, locked) in held.items()
        ]
        return [self._message("spot.balances", entries)]

    # --- requests

    def is_signed(self, sent: Sent) -> bool:
        return (
            sent.headers.get("KEY") == self.credentials["ccxt_api_key"]
            and "Timestamp" in sent.headers
            and len(sent.headers.get("SIGN", "")) == 128
        )

    def expected_parameters(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder
    ) -> Mapping[str, str | Decimal]:
        market: dict[str, str | Decimal] = {"currency_pair": f"{order.base_asset}_{order.quote_asset}"}
        if endpoint == "trades":
            return {**market, "order_id": str(order.exchange_order_id)}
        if endpoint != "create":
            return {**market, "path": f"{_ORDERS}/{order.exchange_order_id}"}
        return {
            **market,
            "side": order.trade_type.name.lower(),
            "type": order.order_type.name.lower(),
            "amount": order.amount,
            "price": order.price,
            "text": order.client_order_id,
        }
