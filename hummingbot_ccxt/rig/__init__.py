"""Running connectors, ours and Hummingbot's native ones, on the embedded venue: what compare, chaos, soak and bench share."""
