"""`hummingbot-ccxt doctor`: whether an exchange can be traded from here, checked against the venue itself."""
