"""Running connectors, ours and native ones, on the embedded venue: what compare, chaos, soak and bench share."""
