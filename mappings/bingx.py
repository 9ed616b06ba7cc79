"""BingX spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, bingx.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bingx",
    has={
        "fetchCurrencies": False,  # a signed request, refused to a key that may only trade; nothing here needs it
        "fetchOrders": False,  # of contracts only (:4606); orders that ended are told by fetchClosedOrders
    },
    # Streamed fills: on spot ccxt reads the order's price and amount (p, q) for those of the fill (L, l), and makes a
    # fill of every order message (:1552-1561, pro/bingx.py :1611-1622). REST trades are right.
    polled=frozenset({"fills"}),
    errors=(  # bingx-api.github.io/docs, spot error codes
        ('"code":100404,', "gone"),  # order not exist; not in ccxt
        ('"code":100503,', "unknown"),  # server busy; ExchangeError to ccxt
        ('"code":500,', "unknown"),
        ('"code":504,', "unknown"),
    ),
)
