"""The exchanges' own protocols over the engine, one package each; what they share is in `base`."""
