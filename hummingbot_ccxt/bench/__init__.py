"""What our connector costs beside Hummingbot's native one, on one venue process and the same frames.

Three kinds of process: the conductor (`measure`), a venue (`venue`, with its pre-encoded `frames`), and one connector
at a time (`client`). They talk JSON lines (`link`). What they found is judged in `figures` and drawn in `page`.
"""
