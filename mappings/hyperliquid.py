"""Hyperliquid spot: only what differs from what ccxt's own metadata says.

"docs" is hyperliquid.gitbook.io/hyperliquid-docs, "ccxt" is ccxt 4.5.90, hyperliquid.py.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="hyperliquid",
    order_states={"scheduledCancel": OrderState.CANCELED},  # not in ccxt (:3346). docs info-endpoint, orderStatus
    order_status_field=("status",),
    fees=Fees(charged="deducted_from_returns"),  # native hyperliquid_utils.py:13
    # cloid: 128 bits as hex digits. docs exchange-endpoint
    client_order_id=ClientOrderId(max_length=34, prefix="0x", pattern="0x[0-9a-f]{32}"),
    trade_fields={"fee.currency": ("feeToken",)},  # streamed: ccxt calls every fee USDC (pro/hyperliquid.py :905)
    has={"createMarketOrder": False},  # ccxt wants a price for both sides (:2191); a market sell of ours has none
    # ccxt enters itself as the account's referrer (:1783); its fee of 0.01 % an order is off for every exchange.
    options={"refSet": True},
)
