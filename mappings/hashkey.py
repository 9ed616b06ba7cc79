"""HashKey Global spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, hashkey.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="hashkey",
    has={"fetchCanceledOrders": False},  # claimed (:95), and written nowhere in the class
    # A streamed fill is named by its ticketId ("T") and has no fee (pro :573); over REST the same one has an `id` of
    # its own (:1523). Taken from both, it would be booked twice.
    polled=frozenset({"fills"}),
)
