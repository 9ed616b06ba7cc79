"""Blockchain.com Exchange: only what differs from what ccxt's own metadata says.

"docs" is exchange.blockchain.com/api.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="blockchaincom",
    client_order_id=ClientOrderId(max_length=20),  # docs NewOrderSingle, clOrdID
    testnet=False,  # ccxt has another exchange's address there, which would get the keys (4.5.90, blockchaincom.py:86)
)
