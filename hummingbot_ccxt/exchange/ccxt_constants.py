"""What does not depend on the exchange. Everything that does comes from ccxt's metadata or from a mapping."""

DEFAULT_DOMAIN = ""

HBOT_ORDER_ID_PREFIX = "HBOT"
MAX_ORDER_ID_LEN = 32
"""Shortest limit among the venues that publish one and take letters and digits (OKX); a mapping may say otherwise."""

POLL_INTERVAL_S = 5.0
"""Between two polls of what has no stream; Hummingbot's own short poll interval."""

FIRST_BOOK_S = 10.0
"""How long Hummingbot's first book of a pair waits for the stream before it is fetched over REST."""

MISSING_BOOK_S = 3.0
"""How long after a subscription a book may be missing until it is fetched over REST: ccxt's classes of some venues ask
for theirs only when something changes (kucoin), which on a quiet market can take minutes."""

FEW_MISSING_BOOKS_S = 1.0
"""The same of the first books of a few pairs, which the connector is not ready without."""

LONGEST_QUEUE_S = 180.0
"""For how long at most a missing book is put down to requests that wait for their turn in the rate budget."""

QUIET_BOOK_S = 60.0
"""A streamed book that has not changed for so long is compared with a fresh one over REST."""

BOOK_DELAY_S = 1.0
"""How far a venue's streamed book and the one over REST may lag behind each other."""

FIRST_LOOK_S, LONGEST_LOOK_S = 0.5, 15.0
"""Between two questions about an order; longer from one to the next."""

ORDER_SETTLE_S = 15.0
"""How long after a create without an answer the venue could still take the order, where its mapping does not say."""

FILLS_LATE_S = 120.0
"""After so long without the trades that a finished order needs, its fills are derived from its cumulative figures."""

FILLS_LOST_S = 10.0
"""The same where trades are streamed only: what the stream has not brought by then got lost with a connection."""

TRADES_DELAY_S = 5.0
"""How long after an order left the venue's lists its trades may still be missing from theirs."""

SECOND_LOOK_S = 5.0
"""Between the two REST look-ups after a gap in the user stream: a request may have been in flight at the first."""

BALANCES_GATHER_S = 0.05
"""How long streams are listened to before the balances that they do not tell are fetched: one order makes several
messages, on several streams, and where the venue allows few requests (kraken) each of these counts."""
