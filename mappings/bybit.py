"""Bybit spot: only what differs from what ccxt's own metadata says.

"docs" is bybit-exchange.github.io/docs/v5, "ccxt" is ccxt 4.5.90, bybit.py. Market buys go out in base coins
(marketUnit, :4267), on a unified account; ids of ours go into orderLinkId.
"""

from decimal import Decimal

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import BookSequence, ClientOrderId, ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="bybit",
    # Filled in part, the rest cancelled: "closed" to ccxt (:3748, :3754), which is to have been filled altogether.
    order_states=dict.fromkeys(("PartiallyFilledCanceled", "PARTIALLY_FILLED_CANCELLED"), OrderState.CANCELED),
    fees=Fees(maker=Decimal("0.001"), taker=Decimal("0.001")),  # spot; ccxt's are the contracts'. native bybit_utils.py
    client_order_id=ClientOrderId(max_length=36, pattern="[A-Za-z0-9_-]+"),  # orderLinkId. docs order/create-order
    # ccxt takes what can be withdrawn for what is free, and all else for used (:3549, pro/bybit.py :2197). Without it,
    # used is what orders and positions lock, and free the rest (:3553). docs account/wallet-balance
    ignored_fields=("availableToWithdraw",),
    # 50 trades a page unless told otherwise, 100 at most; its first one has the cursor (:1488). docs order/execution
    params={"fetchOrderTrades": {"limit": 100}},
    trades_before={"cursor": "nextPageCursor"},
    asked_once=("is_unified_enabled",),  # two requests of whatever wants to know before they are answered (:1492)
    trusts_terminal_filled=True,  # cumExecQty is cumulative, in one message with the status. docs private/order
    # "Generally consecutive", ccxt reads none. docs (zh-TW) of v3 and of v5 spread, orderbook, u; v5 spot: not seen
    book_sequence=BookSequence(holder="data", of="s", first="u", last="u", whole=("type", "snapshot")),
    depth_limits=(1, 50, 200, 1000),  # ccxt refuses others (pro/bybit.py :883)
    has={"fetchCurrencies": False},  # a signed request
    topics_per_request=10,  # of spot; "args size >10" to more. docs ws/connect
    options={"fetchOrder": {"acknowledged": True}},  # else fetchOrder raises: it sees the last 500 orders only (:5035)
    retry_after={"X-Bapi-Limit-Reset-Timestamp": "at_ms"},  # docs rate-limit
    errors=(  # docs error; ccxt's classes for them say "refused"
        ('"retCode":5004,', "unknown"),  # server timeout
        ('"retCode":10014,', "unknown"),  # request is duplicate
        ('"retCode":10016,', "unknown"),  # system error
        # duplicate client order id: our own order, whose answer was lost
        *((f'"retCode":{code},', "unknown") for code in (12141, 110072, 170141)),
        ('"retCode":170001,', "unknown"),  # internal error
        ('"retCode":170032,', "unknown"),  # network error
        ('"retCode":170035,', "unknown"),  # submitted to the system for processing
        *((f'"retCode":{code},', "unknown") for code in (170146, 170147)),  # order creation, cancellation timeout
        ('"retCode":170234,', "unknown"),  # system error
        # finished or cancelled already
        *((f'"retCode":{code},', "gone") for code in (110008, 110010, 170142, 170190)),
        ('"retCode":170143,', "gone"),  # cannot be found on order book
    ),
)
