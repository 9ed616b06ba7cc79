"""Binance spot: only what differs from what ccxt's own metadata says.

"docs" is github.com/binance/binance-spot-api-docs, "ccxt" is ccxt 4.5.90, binance.py. ccxt's broker id needs no entry:
it goes into the ids of orders that come without one only (ccxt :7087), and ours never do.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping, Fees, SymbolRules

MAPPING = ExchangeMapping(
    exchange="binance",
    # The second leg of an order list, accepted but not working yet; ccxt hands on the raw text. docs enums.md
    order_states={"PENDING_NEW": OrderState.OPEN},
    order_status_field=("X", "status"),  # executionReport; REST
    # Commission comes off what is received, unless the account pays in BNB. docs faqs/commission_faq.md
    fees=Fees(charged="deducted_from_returns"),
    # Leveraged tokens: TRADING, but not over this API; ccxt calls them active. docs rest-api.md, exchangeInfo
    symbols=SymbolRules(closed_if={"isSpotTradingAllowed": False}),
    client_order_id=ClientOrderId(max_length=36, pattern="[a-zA-Z0-9_-]+"),  # the range that error -1100 names
    heartbeat_s=20,  # as often as the server pings; ccxt: 180 s. docs web-socket-streams.md
    order_settle_s=11,  # ccxt's recvWindow and the second that a clock may be ahead. docs rest-api.md
    # An order's newest 500 trades unless told otherwise, 1000 at most; or those from one on. docs rest-api.md, myTrades
    params={"fetchOrderTrades": {"limit": 1000}},
    trades_before={"fromId": "+id"},
    trusts_terminal_filled=True,  # "z" and executedQty are cumulative, in one message with the status. docs rest-api.md
    batch_cancel=False,  # ccxt claims cancelOrders, but "contract only" (ccxt :63)
    options={
        "fetchMarkets": {"types": ["spot"]},  # else two more requests, for futures
        "fetchCurrencies": False,  # a signed request that needs more rights than trading does
        "fetchMargins": False,  # two more signed requests, for margin pairs
        # One connection for all market streams, as the native connector has it; it carries 1024 (docs
        # web-socket-streams.md). ccxt opens one per subscription, and unsubscribes on another than it subscribed on.
        "streamLimits": {"spot": 1},
        # No limit: ccxt adds up every combination of symbols ever asked for and takes none off again (pro :252), so
        # pairs that come and go would use up any.
        "subscriptionLimitByStream": {"spot": 10**9},
        "createOrder": {"quoteOrderQty": False},  # else a market order's price sizes it in quote (ccxt :7178)
    },
    errors=(  # docs errors.md, "Messages for -1010, -2010 and -2011"
        ("Unknown order sent.", "gone"),
        ("Order was not canceled due to cancel restrictions.", "refused"),  # also -2011, which is OrderNotFound to ccxt
        ("has been archived.", "gone"),  # -2026, InvalidOrder to ccxt: ended 90 days ago with nothing filled
        ("Duplicate order sent.", "unknown"),  # the id is in use: our own order, whose answer was lost, is there
        # -2015, AuthenticationError to ccxt before a first success and DDoSProtection after it (ccxt :12641)
        ("Invalid API-key, IP, or permissions for action.", "refused"),
        ("Too many new orders", "refused"),  # -1015, before the matching engine
    ),
)
