"""Bitget spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, bitget.py."""

from decimal import Decimal

from hummingbot_ccxt.mapping import ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="bitget",
    # native bitget_utils.py:14; ccxt has twice as much. A buyer's is in what was bought (ccxt pro/bitget.py :1199).
    fees=Fees(maker=Decimal("0.001"), taker=Decimal("0.001"), charged="deducted_from_returns"),
    # ccxt's are everybody's, out of the list of symbols (:4496); the account's own are asked for one by one (:4407).
    has={"fetchTradingFees": False},
    # Streamed orders: `filled` is the last fill, not the total (pro/bitget.py :1982-1984), which would call an order
    # complete too early. The second name is the unified account's. REST orders have the total.
    order_fields={"filled": ("accBaseVolume", "cumExecQty")},
    trades_before={"idLessThan": "tradeId"},  # the newest 100 come first. docs Get Fills
    # accBaseVolume is cumulative ("total filled quantity"), in one message with the state (docs Order Channel), as is
    # baseVolume over REST (docs Get Order Info).
    trusts_terminal_filled=True,
    # One trade without id and timestamp makes every later watch_trades raise (pro/bitget.py :1065).
    options={"watchTrades": {"ignoreDuplicates": False}},
    errors=(  # bitgetlimited.github.io/apidoc/en/spot, error codes
        ('"40786"', "unknown"),  # duplicate clientOid, not in ccxt: our own order, whose answer was lost
        ('"40015"', "unknown"),  # system is abnormal; ExchangeError to ccxt (:1482)
    ),
)
