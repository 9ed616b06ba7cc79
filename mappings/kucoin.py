"""KuCoin spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, kucoin.py."""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import BookSequence, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="kucoin",
    # Unified account: cancelled after fills, which to ccxt is "closed" (:6346). kucoin.com/docs-new, Get Order Details
    order_states={"6": OrderState.CANCELED},
    # Streamed "match" messages name no fee (pro/kucoin.py :2336-2357); REST fills do.
    polled=frozenset({"fills"}),
    params={
        # The newest 20 of an order's trades unless told otherwise, 100 at most. docs-new, Get Trade History
        "fetchOrderTrades": {"limit": 100},
        # Else ccxt asks for all tickers and two lists of margin pairs as well (:1651, :1660); nothing here needs them.
        "loadMarkets": {"fetchTickersFees": False, "marginables": False},
    },
    trades_before={"lastId": "id"},
    # filledSize and canceledSize stand in the message that ends an order. docs-new, Order V2
    trusts_terminal_filled=True,
    batch_cancel=False,  # of spot orders on unified accounts only (ccxt :10340)
    # ccxt asks for the balances before it subscribes to them, and waits for ever where that request fails
    # (pro/kucoin.py :2483-2504); each message has a currency's whole balance, so the stream needs none.
    options={"watchBalance": {"fetchBalanceSnapshot": False}},
    # ccxt does not notice what is missing (pro/kucoin.py :1553-1577). docs-new, Orderbook Increment
    book_sequence=BookSequence(holder="data", of="symbol", first="sequenceStart", last="sequenceEnd"),
    depth_limits=(20, 100),  # 5 and 50 are other channels, of whole small books (pro/kucoin.py :1403-1425)
    retry_after={"gw-ratelimit-reset": "ms"},  # docs-new, Rate Limit
    errors=(
        ('"408000"', "unknown"),  # network timeout; BadRequest to ccxt (:771)
        ('"126044"', "unknown"),  # duplicate clientOid, InvalidOrder to ccxt (:737): our own order, its answer lost
    ),
)
