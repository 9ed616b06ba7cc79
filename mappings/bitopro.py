"""BitoPro spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, bitopro.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitopro",
    # A streamed fill is named by its matchID, and its fee counts hundred-millionths (pro :275); over REST the same one
    # is named by its tradeId, and its fee is a number (:674). Taken from both, it would be booked twice.
    polled=frozenset({"fills"}),
)
