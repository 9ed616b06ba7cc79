"""CoinSpot: only what differs from what ccxt's own metadata says. It cannot be traded through ccxt 4.5.90: see `has`.

"docs" is coinspot.com.au/v2/api, "ccxt" is ccxt 4.5.90, coinspot.py.
"""

from decimal import Decimal

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping, Steps, SymbolRules

MAPPING = ExchangeMapping(
    exchange="coinspot",
    # Its answer to a new order names no id (:674), and own trades name neither themselves nor their order (:624, :628),
    # in the venue's second API as well (docs My Order History). So nothing tells what became of an order.
    has={"fetchMyTrades": False},
    cancel_params={"side": "side"},  # (:690)
    client_order_id=ClientOrderId(sent=False),  # none in any of its answers
    # Orders name the coin only, and the venue takes them to its AUD market (:660); A/AUD sends the coin EOS (:231).
    symbols=SymbolRules(excluded=frozenset({"BTC/USDT", "A/AUD"})),
    steps={"*": Steps(price=Decimal("1e-8"), amount=Decimal("1e-8"))},  # "max precision 8 decimal places". docs My Buy
)
