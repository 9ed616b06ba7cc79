"""What is remembered of orders that Hummingbot has forgotten."""

_ORDERS_REMEMBERED = 10_000


def keep(known: dict[str, None], order_id: str) -> None:
    """Remember an order's id, and forget the oldest of too many."""
    known[order_id] = None
    if len(known) > _ORDERS_REMEMBERED:
        del known[next(iter(known))]
