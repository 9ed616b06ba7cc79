"""The same scenario on Hummingbot's native connector and on ours, and what differs."""
