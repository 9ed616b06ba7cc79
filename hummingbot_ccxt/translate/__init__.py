"""Pure functions: ccxt's unified structures in, Hummingbot's objects out. No input or output, no clock, no logging."""
