"""One minute of market making, for real: Hummingbot, our connector, and a venue of our own on this machine."""
