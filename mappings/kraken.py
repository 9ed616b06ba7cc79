"""Kraken spot: only what differs from what ccxt's own metadata says.

"docs" is docs.kraken.com/api, "ccxt" is ccxt 4.5.90, kraken.py. The option watchOrderBook.checksum stays off: ccxt's
check splits numbers as if they were texts (pro/kraken.py :961, :994), so that with it no book comes through at all.
"""

from decimal import Decimal

from hummingbot_ccxt.mapping import BookChecksum, ClientOrderId, ExchangeMapping, Fees, OrderDeadline, OrderPages

MAPPING = ExchangeMapping(
    exchange="kraken",
    fees=Fees(maker=Decimal("0.0025"), taker=Decimal("0.004")),  # ccxt's are older. native kraken_utils.py:17
    client_order_id=ClientOrderId(  # a UUID, or 18 characters at most, too few for chance. docs Add Order, cl_ord_id
        max_length=36, pattern="[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    ),
    strictly_increasing_nonce=True,  # "EAPI:Invalid nonce" to what overtakes another. docs guides/spot-rest-auth
    # A private call adds 1 (here: 3) to a counter that drains by 1 in 3 s and may reach 15; orders are counted apart.
    burst_s=42,  # docs guides/spot-rest-ratelimits; one call is left for what else uses the key
    split_frames=(("channel", "executions", "data"),),  # orders or fills? ccxt asks the first (pro/kraken.py :1564)
    # Later messages lack symbol and order_qty (docs ws v2 executions): ccxt takes cum_qty for the amount (pro :1384)
    order_fields={"filled": ("cum_qty",), "amount": ("order_qty",)},
    fee_list=("fees", "asset", "qty"),  # ccxt reads the first (pro/kraken.py :1217). docs ws v2 executions, fees
    trades_before={"ofs": "#trades"},  # the account's newest 50, of all its pairs. docs Get Trades History, ofs
    trades_of_all_symbols=True,
    # Of all pairs. docs Get Closed Orders. By our id ccxt asks as if it were a userref, which is a number (:2258).
    closed_pages=OrderPages(since="start", offset="ofs", size=50),
    lists_first=True,  # a call for each order takes 3 s. docs guides/spot-rest-ratelimits; Get Open, Get Closed Orders
    trusts_terminal_filled=True,  # cum_qty is cumulative, in one message with the state, as is vol_exec over REST
    # The messages' only sequence; every pair's amounts have 8 decimals (lot_decimals). docs guides/spot-ws-book-v2
    book_checksum=BookChecksum(
        holder="data", of="symbol", field="checksum", levels=10, price_decimals="pair_decimals", amount_decimals=8
    ),
    verify_book_s=60,  # the levels beyond the best ten are in no checksum
    depth=500,  # ccxt asks for 10 (pro/kraken.py :729); REST gives no more than 500. docs Get Order Book, count
    depth_limits=(10, 25, 100, 500, 1000),  # ccxt refuses others (pro/kraken.py :755)
    # Requests have no time, else: an order may be taken whenever it comes. 2 to 60 s. docs Add Order, deadline
    order_deadline=OrderDeadline(after_s=20, param="deadline", iso8601=True),
    clock_skew=("EService:Deadline elapsed", "Invalid arguments:deadline"),  # docs guides/spot-errors; too far ahead
    batch_cancel=False,  # the answer is a count, which does not say what it counts (:2552)
    refused_credentials=("EAPI:Invalid signature",),  # ExchangeError to ccxt (:552). docs guides/spot-errors
    too_many_requests=("EAPI:Rate limit exceeded",),  # docs guides/spot-errors; DDoSProtection to ccxt (:562)
    ended_sessions={"ESession:Invalid session": "authenticated"},  # ccxt keeps it for 15 minutes (pro/kraken.py :1034)
    errors=(  # docs guides/spot-errors; those refused never reach the book, which ccxt leaves open (:566-588)
        ("EOrder:Unknown order", "gone"),  # InvalidOrder to ccxt (:568)
        *((f"EService:Market in {mode} mode", "refused") for mode in ("cancel_only", "post_only")),
        ("EOrder:Rate limit exceeded", "refused"),
    ),
)
