"""Structures of our own in ccxt's unified shape, to begin with where no venue has told any."""

from typing import Any

MARKET: dict[str, Any] = {
    "id": "BTCUSDT", "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "type": "spot", "spot": True, "active": True,
    "precision": {"amount": "0.00001", "price": "0.01", "cost": "0.01"},
    "limits": {
        "leverage": {"min": None, "max": None}, "amount": {"min": "0.00001", "max": "9000"},
        "price": {"min": "0.01", "max": "1000000"}, "cost": {"min": "5", "max": None},
    },
    "info": {"symbol": "BTCUSDT", "status": "TRADING"},
}  # fmt: skip
ORDER: dict[str, Any] = {
    "info": {"X": "PARTIALLY_FILLED", "i": 12345678, "z": "0.4"}, "symbol": "BTC/USDT", "id": "12345678",
    "clientOrderId": "c", "timestamp": 1709654400000, "lastTradeTimestamp": 1709654401000,
    "lastUpdateTimestamp": 1709654401000, "type": "limit", "side": "buy", "price": 2500.0, "amount": 1.0,
    "cost": 996.0, "average": 2490.0, "filled": 0.4, "remaining": 0.6, "status": "open",
    "fee": {"cost": "0.001", "currency": "BTC"}, "fees": [{"cost": "0.001", "currency": "BTC"}], "trades": [],
}  # fmt: skip
TRADE: dict[str, Any] = {
    "info": {"t": 98765432, "m": True}, "timestamp": 1709654401000, "symbol": "BTC/USDT", "id": "98765432",
    "order": "12345678", "type": "limit", "takerOrMaker": "maker", "side": "buy", "price": 2500.0, "amount": 0.1,
    "cost": 250.0, "fee": {"cost": "0.001", "currency": "BTC"}, "fees": [{"cost": "0.001", "currency": "BTC"}],
}  # fmt: skip
BALANCE: dict[str, Any] = {
    "info": {"u": 1}, "timestamp": 1709654400000, "datetime": "2024-03-05T16:00:00.000Z",
    "USDT": {"free": 10000.0, "used": 2500.0, "total": 12500.0}, "BTC": {"free": "5", "used": "0", "total": None},
    "free": {"USDT": 10000.0}, "used": {"USDT": 2500.0}, "total": {"USDT": 12500.0},
}  # fmt: skip
TICKER: dict[str, Any] = {
    "symbol": "BTC/USDT",
    "last": 2500.1,
    "close": 2500.1,
    "bid": 2500.0,
    "ask": 2500.2,
    "info": {},
}
BOOK: dict[str, Any] = {
    "symbol": "BTC/USDT", "nonce": 123457, "timestamp": 1597026383085,
    "bids": [[8476.97, 256.0], [8475.55, 101.0, 5]], "asks": [["8476.98", "415"], [8477.0, 7.0]],
}  # fmt: skip
FEES: dict[str, Any] = {"BTC/USDT": {"symbol": "BTC/USDT", "maker": 0.001, "taker": 0.001, "percentage": True}}
