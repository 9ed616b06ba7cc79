"""hummingbot-ccxt: any exchange that ccxt knows, as a Hummingbot connector."""

__version__ = "0.1.0"
