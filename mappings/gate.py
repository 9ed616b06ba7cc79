"""Gate spot: only what differs from what ccxt's own metadata says.

"docs" is gate.com/docs/developers/apiv4, "ccxt" is ccxt 4.5.90, gate.py.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import BookSequence, ClientOrderId, ExchangeMapping, OrderDeadline, SymbolRules

MAPPING = ExchangeMapping(
    exchange="gate",
    # How an order ended, where ccxt hands on the raw text (:5018). docs #create-an-order, finish_as
    order_states=dict.fromkeys(
        (
            "liquidate_cancelled",
            "small",
            "depth_not_enough",
            "trader_not_enough",
            "poc",
            "fok",
            "stp",
            "price_protect_cancelled",
        ),
        OrderState.CANCELED,
    ),
    order_status_field=("finish_as",),
    # None, where the entry has none: no limit (:1511 has None for all). docs #query-all-supported-currency-pairs
    symbols=SymbolRules(max_amount="max_base_amount"),
    # "text" must begin with t-, which ccxt puts before other ids: the venue's answers would name another id than ours.
    # ccxt takes 28 characters altogether (:4551-4555). docs #create-an-order, text
    client_order_id=ClientOrderId(max_length=28, prefix="t-HBOT", pattern="t-[0-9A-Za-z_.-]+"),
    # ccxt's fetchOrderTrades hands on nothing but the order (:3846). 100 a page unless told otherwise, 1000 at most;
    # with `from` alone, seven days from then on. docs #query-personal-trading-records
    trades_of_order="order_id",
    trades_before={"page": "#page"},
    params={"fetchMyTrades": {"limit": 1000}},
    depth=100,  # else a book that is fetched has 10 levels. docs #market-depth; a streamed one has 50 (pro/gate.py)
    trusts_terminal_filled=True,  # "left" stands in the same message as finish_as. docs ws/en #orders-channel
    # ccxt leaves out what is old, and does not notice what is missing (pro/gate.py :570). docs ws/en #order-book-v2-api
    book_sequence=BookSequence(holder="result", of="s", first="U", last="u", whole=("full", True)),
    # Else an order is taken for 60 s after it was signed. docs #create-an-order, x-gate-exptime
    order_deadline=OrderDeadline(after_s=15, header="x-gate-exptime"),
    retry_after={"X-Gate-RateLimit-Reset-Timestamp": "at_s"},  # docs #frequency-limit-rule
    clock_skew=("REQUEST_EXPIRED",),  # AuthenticationError to ccxt (:1158)
    errors=(  # docs #label-list; ccxt's classes say "refused" (:1182-1211)
        *((f'"ORDER_{end}"', "gone") for end in ("CLOSED", "CANCELLED", "FINISHED")),
        ('"REPEATED_CREATION"', "unknown"),
    ),
)
