"""KuCoin spot, classic account. Payloads: the examples of kucoin.com/docs-new and of ccxt's class."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.core.data_type.in_flight_order import InFlightOrder

from ..wire import Endpoint, Fill, Rules, Sent, Status, Wire

_REST = "https://api.kucoin.com/api"
_ORDERS = "/api/v1/hf/orders"
_TYPE: Mapping[Status, str] = {"open": "open", "partly filled": "match", "filled": "filled", "canceled": "canceled"}
_MS = 1640780000000


def _answer(data: Any) -> Any:
    return {"code": "200000", "data": data}


class KucoinWire(Wire):
    """REST, the high-frequency endpoints, and topics."""

    exchange = "kucoin"
    credentials: ClassVar[Mapping[str, str]] = {
        "ccxt_api_key": "testAPIKey",
        "ccxt_secret": "testSecret",
        "ccxt_password": "testPassphrase",
    }
    order_id = "5bd6e9286d99522a52e458de"
    quote_step = "1E-56"  # ccxt does not hand on quoteIncrement: Hummingbot's default
    cancel_tells_state = False
    streams_fills = False
    options: ClassVar[Mapping[str, Any]] = {
        "hf": True,
        "uta": False,
        "fetchMarkets": {"types": ["spot"], "fetchTickersFees": False},
    }
    beside: ClassVar[Mapping[str, Any]] = {
        "privateGetMarginSymbols": _answer({"timestamp": _MS, "items": []}),
        "privateGetIsolatedSymbols": _answer([]),
        "publicGetCurrencies": _answer([]),
        "privatePostBulletPrivate": _answer(
            {
                "token": "2neAiuYvAU61ZDXANAGAsiL4-iAExhsBXZxftpOeh_55i3Ysy2q2LEsEWU64mdzUOPusi34M_wGoSf7iNyEWJ1UQy47Y",
                "instanceServers": [
                    {
                        "endpoint": "wss://ws-api-spot.kucoin.com/",
                        "encrypt": True,
                        "protocol": "websocket",
                        "pingInterval": 18000,
                        "pingTimeout": 10000,
                    }
                ],
            }
        ),
    }
    endpoints: ClassVar[Mapping[Endpoint, tuple[str, str]]] = {
        "markets": ("GET", f"{_REST}/v2/symbols"),
        "ticker": ("GET", f"{_REST}/v1/market/stats"),
        "network": ("GET", f"{_REST}/v1/timestamp"),
        "create": ("POST", f"{_REST}/v1/hf/orders"),
        "cancel": ("DELETE", f"{_REST}/v1/hf/orders/{{id}}"),
        "order": ("GET", f"{_REST}/v1/hf/orders/{{id}}"),
        "trades": ("GET", f"{_REST}/v1/hf/fills"),
        "balance": ("GET", f"{_REST}/v1/accounts"),
    }

    # --- public

    def market(self, base: str, quote: str, rules: Rules, *, tradable: bool = True) -> dict[str, Any]:
        return {
            "symbol": f"{base}-{quote}",
            "name": f"{base}-{quote}",
            "baseCurrency": base,
            "quoteCurrency": quote,
            "feeCurrency": quote,
            "market": "USDS",
            "baseMinSize": rules.smallest,
            "quoteMinSize": rules.notional,
            "baseMaxSize": rules.largest,
            "quoteMaxSize": "99999999",
            "baseIncrement": rules.lot,
            "quoteIncrement": "0.000001",
            "priceIncrement": rules.tick,
            "priceLimitRate": "0.1",
            "minFunds": rules.notional,
            "isMarginEnabled": False,
            "enableTrading": tradable,
            "feeCategory": 1,
            "makerFeeCoefficient": "1.00",
            "takerFeeCoefficient": "1.00",
            "st": False,
        }

    def markets(self, markets: list[dict[str, Any]]) -> Any:
        return _answer(markets)

    def ticker_query(self, base: str, quote: str) -> str:
        return f"symbol={base}-{quote}"

    def ticker(self, base: str, quote: str, last: float) -> Any:
        return _answer(
            {
                "time": _MS,
                "symbol": f"{base}-{quote}",
                "buy": "9999.8",
                "sell": "10000",
                "changeRate": "-0.0055",
                "changePrice": "-63.6",
                "high": "11610",
                "low": "9200",
                "vol": "2282.70993217",
                "volValue": "25984946.157790431",
                "last": str(last),
                "averagePrice": "10360.66065903",
                "takerFeeRate": "0.001",
                "makerFeeRate": "0.001",
                "takerCoefficient": "1",
                "makerCoefficient": "1",
            }
        )

    def time(self) -> Any:
        return _answer(_MS)

    # --- private, REST

    def created(self, base: str, quote: str) -> Any:
        return _answer({"orderId": self.order_id, "clientOid": "OID1"})

    def canceled(self, order: InFlightOrder) -> Any:
        return _answer({"orderId": order.exchange_order_id})

    def order(self, order: InFlightOrder, status: Status, filled: Decimal) -> Any:
        is_open = status in ("open", "partly filled")
        return _answer(
            {
                "id": order.exchange_order_id,
                "symbol": f"{order.base_asset}-{order.quote_asset}",
                "opType": "DEAL",
                "type": order.order_type.name.lower(),
                "side": order.trade_type.name.lower(),
                "price": str(order.price),
                "size": str(order.amount),
                "funds": str(order.amount * order.price),
                "dealSize": str(filled),
                "dealFunds": str(filled * order.price),
                "fee": "0",
                "feeCurrency": order.quote_asset,
                "stp": None,
                "timeInForce": "GTC",
                "postOnly": False,
                "hidden": False,
                "iceberg": False,
                "visibleSize": "0",
                "cancelAfter": 0,
                "channel": "API",
                "clientOid": order.client_order_id,
                "remark": None,
                "tags": None,
                "cancelExist": status == "canceled",
                "createdAt": _MS,
                "lastUpdatedAt": _MS,
                "tradeType": "TRADE",
                "inOrderBook": is_open,
                "cancelledSize": str(order.amount - filled) if status == "canceled" else "0",
                "cancelledFunds": "0",
                "remainSize": str(order.amount - filled) if is_open else "0",
                "remainFunds": "0",
                "tax": "0",
                "active": is_open,
            }
        )

    def trades(self, order: InFlightOrder, fills: list[Fill]) -> Any:
        items = [
            {
                "id": 19814995255305,
                "orderId": order.exchange_order_id,
                "counterOrderId": "66e5c1a0b5cf7c0007c2ba7a",
                "tradeId": int(fill.trade_id),
                "symbol": f"{order.base_asset}-{order.quote_asset}",
                "side": order.trade_type.name.lower(),
                "liquidity": "taker",
                "type": order.order_type.name.lower(),
                "forceTaker": False,
                "price": str(fill.price),
                "size": str(fill.amount),
                "funds": str(fill.price * fill.amount),
                "fee": str(fill.fee),
                "feeRate": "0.001",
                "feeCurrency": fill.fee_token,
                "stop": "",
                "tradeType": "TRADE",
                "taxRate": "0",
                "tax": "0",
                "createdAt": _MS,
            }
            for fill in fills
        ]
        return _answer({"items": items, "lastId": 19814995255305})

    def balances(self, held: Mapping[str, tuple[str, str]]) -> Any:
        return _answer(
            [
                {
                    "id": "548674591753",
                    "currency": token,
                    "type": "trade_hf",
                    "balance": str(Decimal(free) + Decimal(locked)),
                    "available": free,
                    "holds": locked,
                }
                for token, (free, locked) in held.items()
            ]
        )

    def unknown_order(self, endpoint: Literal["cancel", "order"]) -> tuple[int, Any]:
        text = "order not exist." if endpoint == "order" else "order_not_exist_or_not_allow_to_cancel"
        return 200, {"code": "400100", "msg": text}

    # --- private, WebSocket

    def acknowledge(self, frame: Any) -> list[Any]:
        return [{"id": frame["id"], "type": "ack"}]

    def _message(self, topic: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
        whose = {"userId": "633559791e1cbc0001f319bc", "channelType": "private"}
        return {"topic": topic, "type": "message", "subject": subject, **whose, "data": data}

    def order_messages(self, order: InFlightOrder, status: Status, fill: Fill | None = None) -> list[Any]:
        filled = fill.amount if fill else Decimal(0)
        data = {
            "symbol": f"{order.base_asset}-{order.quote_asset}",
            "orderType": order.order_type.name.lower(),
            "side": order.trade_type.name.lower(),
            "orderId": order.exchange_order_id,
            "type": _TYPE[status],
            "orderTime": _MS,
            "size": str(order.amount),
            "originSize": str(order.amount),
            "filledSize": str(filled),
            "canceledSize": str(order.amount - filled) if status == "canceled" else "0",
            "price": str(order.price),
            "clientOid": order.client_order_id,
            "remainSize": str(order.amount - filled) if status in ("open", "partly filled") else "0",
            "remainFunds": "0",
            "status": "open" if status == "open" else "done",
            "ts": _MS * 1_000_000,
        }
        return [self._message("/spotMarket/tradeOrders", "orderChange", data)]

    def balance_messages(self, held: Mapping[str, tuple[str, str]]) -> list[Any]:
        return [
            self._message(
                "/account/balance",
                "account.balance",
                {
                    "accountId": "548674591753",
                    "currency": token,
                    "total": str(Decimal(free) + Decimal(locked)),
                    "available": free,
                    "hold": locked,
                    "availableChange": free,
                    "holdChange": locked,
                    "relationContext": {"symbol": "BTC-USDT", "orderId": self.order_id},
                    "relationEvent": "trade.hold",
                    "relationEventId": "354689988084000",
                    "time": str(_MS),
                },
            )
            for token, (free, locked) in held.items()
        ]

    # --- requests

    def is_signed(self, sent: Sent) -> bool:
        return (
            sent.headers.get("KC-API-KEY") == self.credentials["ccxt_api_key"]
            and sent.headers.get("KC-API-KEY-VERSION") == "2"
            and len(sent.headers.get("KC-API-PASSPHRASE", "")) == 44
            and "KC-API-TIMESTAMP" in sent.headers
            and len(sent.headers.get("KC-API-SIGN", "")) == 44
        )

    def expected_parameters(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder
    ) -> Mapping[str, str | Decimal]:
        market: dict[str, str | Decimal] = {"symbol": f"{order.base_asset}-{order.quote_asset}"}
        if endpoint == "trades":
            return {**market, "orderId": str(order.exchange_order_id)}
        if endpoint != "create":
            return {**market, "path": f"{_ORDERS}/{order.exchange_order_id}"}
        return {
            **market,
            "side": order.trade_type.name.lower(),
            "type": order.order_type.name.lower(),
            "size": order.amount,
            "price": order.price,
            "clientOid": order.client_order_id,
        }
