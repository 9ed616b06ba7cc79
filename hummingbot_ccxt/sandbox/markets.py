"""The markets of a sandbox that is not told others: the busiest of the real exchange, with its rules of 2026."""

from decimal import Decimal

from .engine import Market


def _market(symbol: str, tick: str, lot: str, most: str, notional: str = "5") -> Market:
    base, quote = symbol.split("/")
    step = Decimal(lot)
    return Market(
        base=base,
        quote=quote,
        tick_size=Decimal(tick),
        lot_size=step,
        min_amount=step,
        max_amount=Decimal(most),
        min_notional=Decimal(notional),
    )


DEFAULT_MARKETS = [
    _market("BTC/USDT", "0.01", "0.00001", "9000"),
    _market("ETH/USDT", "0.01", "0.0001", "9000"),
    _market("ETH/BTC", "0.00001", "0.0001", "100000", "0.0001"),
    _market("BNB/USDT", "0.01", "0.001", "900000"),
    _market("SOL/USDT", "0.01", "0.001", "900000"),
    _market("XRP/USDT", "0.0001", "0.1", "9000000"),
    _market("ADA/USDT", "0.0001", "0.1", "9000000"),
    _market("DOGE/USDT", "0.00001", "1", "9000000"),
    _market("LTC/USDT", "0.01", "0.001", "900000"),
    _market("SOL/BTC", "0.0000001", "0.001", "900000", "0.0001"),
]

#: Where the simulated price of each starts, in quote.
MID_PRICES = {
    "BTC/USDT": Decimal(60_000),
    "ETH/USDT": Decimal(3_000),
    "ETH/BTC": Decimal("0.05"),
    "BNB/USDT": Decimal(600),
    "SOL/USDT": Decimal(150),
    "XRP/USDT": Decimal("0.6"),
    "ADA/USDT": Decimal("0.45"),
    "DOGE/USDT": Decimal("0.15"),
    "LTC/USDT": Decimal(85),
    "SOL/BTC": Decimal("0.0025"),
}
