"""Per-exchange quirks, one module per ccxt exchange id; installed as `hummingbot_ccxt.mappings`."""
