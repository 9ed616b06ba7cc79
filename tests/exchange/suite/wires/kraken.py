"""Kraken spot: REST and WebSocket version 2. Payloads: the examples of docs.kraken.com/api and of ccxt's class."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from ..wire import Endpoint, Fill, Rules, Sent, Status, Wire

_REST = "https://api.kraken.com/0"
_STATUS: Mapping[Status, str] = {
    "open": "open",
    "partly filled": "open",
    "filled": "closed",
    "canceled": "canceled",
}
_STREAMED: Mapping[Status, str] = {
    "open": "new",
    "partly filled": "partially_filled",
    "filled": "filled",
    "canceled": "canceled",
}
_STAMP = "2021-12-29T11:46:40.000000Z"
_S = 1640780000.123
_TRADED_S = (
    1640779940.0  # as early as is asked for: later ones make the connector ask on, which the suite does not answer
)


def _answer(result: Any) -> Any:
    return {"error": [], "result": result}


def _digits(step: str) -> int:
    return -int(Decimal(step).normalize().as_tuple().exponent)


class KrakenWire(Wire):
    """REST, and the channels executions and balances."""

    exchange = "kraken"
    credentials: ClassVar[Mapping[str, str]] = {"ccxt_api_key": "testAPIKey", "ccxt_secret": "dGVzdFNlY3JldA=="}
    order_id = "OUF4EM-FRGI2-MQMWZD"
    quote_step = "1E-56"  # Kraken states none: Hummingbot's default
    has_largest = False  # Kraken states none
    unusable = ("smallest", "-0.001", "market.limits.amount.min is negative: -0.001")  # steps are digits at Kraken
    cancel_tells_state = False
    streams_free = False
    beside: ClassVar[Mapping[str, Any]] = {
        "publicGetAssets": _answer({}),
        "privatePostGetWebSocketsToken": _answer(
            {"token": "xeAQ/RCChBYNVh53sTv1yZ5H4wIbwDF20PiHtTF+4UI", "expires": 900}
        ),
    }
    endpoints: ClassVar[Mapping[Endpoint, tuple[str, str]]] = {
        "markets": ("GET", f"{_REST}/public/AssetPairs"),
        "ticker": ("GET", f"{_REST}/public/Ticker"),
        "network": ("GET", f"{_REST}/public/Time"),
        "create": ("POST", f"{_REST}/private/AddOrder"),
        "cancel": ("POST", f"{_REST}/private/CancelOrder"),
        "order": ("POST", f"{_REST}/private/QueryOrders"),
        "trades": ("POST", f"{_REST}/private/TradesHistory"),
        "balance": ("POST", f"{_REST}/private/BalanceEx"),
    }

    # --- public

    def market(self, base: str, quote: str, rules: Rules, *, tradable: bool = True) -> dict[str, Any]:
        return {
            "altname": f"{base}{quote}",
            "wsname": f"{base}/{quote}",
            "aclass_base": "currency",
            "base": base,
            "aclass_quote": "currency",
            "quote": quote,
            "lot": "unit",
            "cost_decimals": 5,
            "pair_decimals": _digits(rules.tick),
            "lot_decimals": _digits(rules.lot),
            "lot_multiplier": 1,
            "leverage_buy": [],
            "leverage_sell": [],
            "fees": [[0, 0.4], [10000, 0.35]],
            "fees_maker": [[0, 0.25], [10000, 0.2]],
            "fee_volume_currency": "ZUSD",
            "margin_call": 80,
            "margin_stop": 40,
            "ordermin": rules.smallest,
            "costmin": rules.notional,
            "tick_size": rules.tick,
            "status": "online" if tradable else "cancel_only",
        }

    def markets(self, markets: list[dict[str, Any]]) -> Any:
        return _answer({market["altname"]: market for market in markets})

    def ticker_query(self, base: str, quote: str) -> str:
        return f"pair={base}{quote}"

    def ticker(self, base: str, quote: str, last: float) -> Any:
        entry = {
            "a": ["30300.10000", "1", "1.000"],
            "b": ["30300.00000", "1", "1.000"],
            "c": [str(last), "0.00067643"],
            "v": ["4083.67001100", "4412.73601799"],
            "p": ["30706.77771", "30689.13205"],
            "t": [34619, 38907],
            "l": ["29868.30000", "29868.30000"],
            "h": ["31631.00000", "31631.00000"],
            "o": "30502.80000",
        }
        return _answer({f"{base}{quote}": entry})

    def time(self) -> Any:
        return _answer({"unixtime": int(_S), "rfc1123": "Wed, 29 Dec 21 12:13:20 +0000"})

    # --- private, REST

    def created(self, base: str, quote: str) -> Any:
        described = {"order": f"buy 100.00000000 {base}{quote} @ limit 10000.0000"}
        return _answer({"descr": described, "txid": [self.order_id]})

    def canceled(self, order: InFlightOrder) -> Any:
        return _answer({"count": 1})

    def order(self, order: InFlightOrder, status: Status, filled: Decimal) -> Any:
        side, kind = order.trade_type.name.lower(), order.order_type.name.lower()
        pair = f"{order.base_asset}{order.quote_asset}"
        terms = f"{side} {order.amount} {pair} @ {kind} {order.price}"
        entry = {
            "refid": None,
            "userref": None,
            "cl_ord_id": order.client_order_id,
            "status": _STATUS[status],
            **({} if _STATUS[status] == "open" else {"reason": None, "closetm": _S}),
            "opentm": _S,
            "starttm": 0,
            "expiretm": 0,
            "descr": {
                "pair": pair,
                "type": side,
                "ordertype": kind,
                "price": str(order.price),
                "price2": "0",
                "leverage": "none",
                "order": terms,
                "close": "",
            },
            "vol": str(order.amount),
            "vol_exec": str(filled),
            "cost": str(filled * order.price),
            "fee": "0.00000",
            "price": str(order.price) if filled else "0.00000",
            "stopprice": "0.00000",
            "limitprice": "0.00000",
            "misc": "",
            "oflags": "fciq",
        }
        return _answer({str(order.exchange_order_id): entry})

    def trades(self, order: InFlightOrder, fills: list[Fill]) -> Any:
        entries = {
            fill.trade_id: {
                "ordertxid": order.exchange_order_id,
                "postxid": "TKH2SE-M7IF5-CFI7LT",
                "pair": f"{order.base_asset}{order.quote_asset}",
                "time": _TRADED_S,
                "type": order.trade_type.name.lower(),
                "ordertype": order.order_type.name.lower(),
                "price": str(fill.price),
                "cost": str(fill.price * fill.amount),
                "fee": str(fill.fee),
                "vol": str(fill.amount),
                "margin": "0.00000",
                "misc": "",
                "trade_id": 40274859,
                "maker": False,
            }
            for fill in fills
        }
        return _answer({"trades": entries, "count": len(entries)})

    def balances(self, held: Mapping[str, tuple[str, str]]) -> Any:
        return _answer(
            {
                token: {"balance": str(Decimal(free) + Decimal(locked)), "hold_trade": locked}
                for token, (free, locked) in held.items()
            }
        )

    def unknown_order(self, endpoint: Literal["cancel", "order"]) -> tuple[int, Any]:
        return 200, {"error": ["EOrder:Unknown order"]}

    # --- private, WebSocket

    def acknowledge(self, frame: Any) -> list[Any]:
        if frame["method"] == "ping":
            return [{"method": "pong", "time_in": _STAMP, "time_out": _STAMP}]
        channel = frame["params"]["channel"]
        result = {"channel": channel, "snapshot": True}
        answer = {"method": frame["method"], "result": result, "success": True, "time_in": _STAMP, "time_out": _STAMP}
        return [
            {**answer, "req_id": frame["req_id"]},
            {"channel": channel, "type": "snapshot", "data": [], "sequence": 1},
        ]

    def order_messages(self, order: InFlightOrder, status: Status, fill: Fill | None = None) -> list[Any]:
        state, filled = _STREAMED[status], fill.amount if fill else Decimal(0)
        label = {"order_id": order.exchange_order_id, "order_userref": 0, "cl_ord_id": order.client_order_id}
        entry: dict[str, Any] = {**label, "timestamp": _STAMP, "exec_type": state, "order_status": state}
        if status != "open":  # only the first message of an order has its terms
            cost = float(filled * order.price)
            entry |= {"cum_qty": float(filled), "cum_cost": cost, "avg_price": cost / float(filled or 1)}
        entries = [entry]
        if fill is not None:
            traded = {
                **label,
                "exec_id": fill.trade_id,
                "exec_type": "trade",
                "trade_id": 40274859,
                "symbol": f"{order.base_asset}/{order.quote_asset}",
                "side": order.trade_type.name.lower(),
                "last_qty": float(fill.amount),
                "last_price": float(fill.price),
                "liquidity_ind": "t",
                "cost": float(fill.amount * fill.price),
                "order_status": "partially_filled",
                "order_type": order.order_type.name.lower(),
                "fee_usd_equiv": float(fill.fee),
                "fees": [{"asset": fill.fee_token, "qty": float(fill.fee)}],
                "timestamp": _STAMP,
            }
            entries.insert(0, traded)
        return [{"channel": "executions", "type": "update", "data": [each], "sequence": 8} for each in entries]

    def balance_messages(self, held: Mapping[str, tuple[str, str]]) -> list[Any]:
        return [
            {
                "channel": "balances",
                "type": "update",
                "data": [
                    {
                        "asset": token,
                        "asset_class": "currency",
                        "amount": 0.5,
                        "balance": float(Decimal(free) + Decimal(locked)),
                        "fee": 0.0,
                        "ledger_id": "LYWLKB-PLWVM-ZTQVFM",
                        "ref_id": "QGBTTRJ-IYKP6S-EHCYGX",
                        "timestamp": _STAMP,
                        "type": "trade",
                        "subtype": "tradespot",
                        "category": "trade",
                        "wallet_type": "spot",
                        "wallet_id": "main",
                    }
                ],
                "sequence": 2,
            }
            for token, (free, locked) in held.items()
        ]

    # --- requests

    def is_signed(self, sent: Sent) -> bool:
        return (
            sent.headers.get("API-Key") == self.credentials["ccxt_api_key"]
            and str(sent.parameters["nonce"]).isdigit()
            and len(sent.headers.get("API-Sign", "")) == 88
        )

    def expected_parameters(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder
    ) -> Mapping[str, str | Decimal]:
        if endpoint == "trades":
            return {"path": "/0/private/TradesHistory"}
        if endpoint != "create":
            return {"txid": str(order.exchange_order_id)}
        return {
            "pair": f"{order.base_asset}{order.quote_asset}",
            "type": order.trade_type.name.lower(),
            "ordertype": order.order_type.name.lower(),
            "volume": order.amount,
            "price": order.price,
            "cl_ord_id": order.client_order_id,
        }
