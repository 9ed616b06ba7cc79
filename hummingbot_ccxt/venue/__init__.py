"""The ccxt side: one client, its streams, its requests, and what their failures mean.

Nothing outside of this package imports ccxt at run time; here, `prepare_ccxt` runs before any module does.
"""

from hummingbot_ccxt.venue.loading import prepare_ccxt

prepare_ccxt()
