"""The scenarios; importing this package enters them into the book, in the order in which the report shows them."""

from hummingbot_ccxt.compare.scenarios import (  # noqa: F401, I001  (the order is the report's)
    markets,
    books,
    orders,
    cancels,
    refusals,
    failures,
    restarts,
)
