"""Bitvavo spot: only what differs from what ccxt's own metadata says.

"docs" is docs.bitvavo.com, "ccxt" is ccxt 4.5.90, bitvavo.py.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitvavo",
    # A UUID (docs fix-api/execution-report, ClOrdID); ccxt hands it on as it is (ccxt :1440).
    client_order_id=ClientOrderId(
        max_length=36, pattern="[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    ),
    # Without one ccxt sends no order and no cancel (ccxt :1440, :1632). It names the trader or bot within the account
    # (docs fix-api/order-cancel-reject, OperatorID); any integer will do, one's own goes into the configuration.
    options={"operatorId": 1},
    errors=(  # the venue's messages as ccxt quotes them (:347-397)
        ("Unknown error.", "unknown"),  # 101, "may or may not have succeeded", and 400; ExchangeError to ccxt
        ("Please wait 500ms and resubmit your order.", "refused"),  # 107, no order was made; ExchangeNotAvailable
        ("could not process your order in time", "refused"),  # 108, likewise; 109 stays unknown
    ),
)
