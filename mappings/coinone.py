"""Coinone: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, coinone.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="coinone",
    cancel_params={"price": "price", "qty": "amount", "is_ask": "is_sell"},  # ccxt cancels nothing without (:1149)
    # Own trades have no id, and ccxt reads neither their side nor their time, in seconds (:754-764, sample). An order
    # has its filled amount, average price and fee (:917-926, sample).
    fills_from="order",
    # Of one order, ccxt takes the won for what is traded (:914, :987), and so a buyer's fee for won.
    ignored_fields=("baseCurrency", "targetCurrency"),
)
