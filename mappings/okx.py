"""OKX spot: only what differs from what ccxt's own metadata says.

"docs" is okx.com/docs-v5, "ccxt" is ccxt 4.5.90, okx.py. Its table holds every order state of the venue, the rarer ones
too (:3974), and post-only, client order ids and market buys in base work as they are asked for. Of books it compares no
checksum, but the sequence (prevSeqId, pro/okx.py :1343), so that a lost change is noticed.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping, Fees, OrderDeadline

MAPPING = ExchangeMapping(
    exchange="okx",
    # A buyer pays in what is bought: feeCcy ETH for a purchase of ETH-USDT (ccxt :2485, an answer of the venue's).
    fees=Fees(charged="deducted_from_returns"),
    client_order_id=ClientOrderId(pattern="[A-Za-z0-9]+"),  # and at most 32, as is our default. docs #place-order
    # The newest 100 of an order's trades, which is the most. docs #get-transaction-details-last-3-months, after
    params={"fetchOrderTrades": {"limit": 100}},
    trades_before={"after": "billId"},
    trusts_terminal_filled=True,  # accFillSz is cumulative, in one message with the state. docs #order-channel
    # Streamed fills carry fillFee as it is (pro/okx.py :1664), negative for a fee that was paid (docs #order-channel),
    # which to ccxt is a rebate. Its REST trades turn the sign (:2515).
    trade_fields={"fee.cost": ("-fillFee",), "fee.currency": ("fillFeeCcy",)},
    has={"fetchCurrencies": False},  # a signed request, refused to a key that may only trade; nothing here needs it
    depth_limits=(1, 5),  # 50 and 400 are channels for VIP accounts (pro/okx.py :1190); none asked for: 400 levels
    # Else an order is taken for 30 s after it was signed. docs #overview-rest-authentication; #place-order, expTime
    order_deadline=OrderDeadline(after_s=15, header="expTime"),
    clock_skew=('"50036"',),  # the expTime has passed; a plain ExchangeError to ccxt. docs #error-code-rest-api
    errors=(  # docs #error-code-rest-api; sCode of the single order, as ccxt reads it (:9017)
        ('"51016"', "unknown"),  # duplicated clOrdId, InvalidOrder to ccxt: our own order, whose answer was lost
        ('"51405"', "gone"),  # no pending orders to cancel; ccxt knows no class for it
    ),
)
