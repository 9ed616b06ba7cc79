"""Compares the venue's ledger, what Hummingbot was told and stored, and the connector's state. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, localcontext

from hummingbot_ccxt.chaos.facts import Believed, Comparison, Filled, Told, VenueOrder, kept

ZERO = Decimal(0)
_STORED_ENDS = {
    "BuyOrderCompleted": "filled",
    "SellOrderCompleted": "filled",
    "OrderCancelled": "canceled",
    "OrderFailure": "failed",
}


def compare(
    orders: Iterable[VenueOrder],
    told: Told,
    believed: Believed,
    *,
    start: Mapping[str, Decimal],
    end: Mapping[str, tuple[Decimal, Decimal]],
) -> Comparison:
    """Every difference between the three. `start`: the account's totals before; `end`: (total, free) at the venue."""
    known = list(orders)
    lost, duplicated, orphaned, wrong = _orders(known, told, believed)
    fills = Counter(fill for order in known for fill in order.fills)
    booked = Counter(fill for _, fill in told.fills)
    lost += [f"fill {_text(fill)} x{count}" for fill, count in (fills - booked).items()]
    duplicated += [f"fill {_text(fill)} x{count} too often" for fill, count in (booked - fills).items()]
    lost += [
        f"fill {trade_id} of order {fill.order_id} is not in the database"
        for trade_id, fill in told.fills
        if (fill.order_id, trade_id) not in told.stored_fills
    ]
    wrong += _names(known, told) + _stored_orders(known, told)
    invented, differing = _stored_fills(known, told)
    return Comparison(
        lost=tuple(lost),
        duplicated=tuple(duplicated + invented),
        orphaned=tuple(orphaned),
        wrong_state=tuple(wrong + differing),
        balance_difference=_balances(known, told, believed, start, end),
    )


def _orders(
    orders: list[VenueOrder], told: Told, believed: Believed
) -> tuple[list[str], list[str], list[str], list[str]]:
    created, ends = Counter(told.created), Counter(told.ends)
    finals: dict[str, set[str]] = {}
    for order_id, end in told.ends:
        finals.setdefault(order_id, set()).add(end)
    placed = Counter(order.client_order_id for order in orders)
    lost, orphaned, wrong = [], [], []
    duplicated = [
        f"order {order_id} reached the venue {count} times" for order_id, count in placed.items() if count > 1
    ]
    duplicated += [f"order {order_id} was told created {n} times" for order_id, n in created.items() if n > 1]
    duplicated += [f"order {order_id} was told {end} {n} times" for (order_id, end), n in ends.items() if n > 1]
    for order in orders:
        order_id = order.client_order_id
        said = finals.get(order_id, set())
        stored = told.stored_orders.get(order_id)
        end = " or ".join(sorted(order.ends))
        if order_id not in created or stored is None:
            lost.append(f"order {order_id} ({end}) is not known to Hummingbot")
        if "open" in order.ends:
            if order_id not in believed.tracked:
                orphaned.append(f"order {order_id} is open at the venue, and Hummingbot does not track it")
            elif believed.tracked[order_id] != order.filled:
                wrong.append(f"order {order_id}: {order.filled} filled, {believed.tracked[order_id]} to the connector")
            if said:
                wrong.append(f"order {order_id} is open, and was told {', '.join(sorted(said))}")
            continue
        if len(said) != 1 or not said <= order.ends:
            wrong.append(f"order {order_id} is {end}, and was told {', '.join(sorted(said)) or 'nothing'}")
        elif stored is not None and _STORED_ENDS.get(stored) not in order.ends:
            wrong.append(f"order {order_id} is {end}, and {stored} in the database")
        if order_id in believed.tracked or order_id in believed.lost:
            wrong.append(f"order {order_id} is {end}, and the connector still tracks it")
    for order_id in sorted({*created, *finals, *believed.tracked} - set(placed)):
        if order_id in created:
            wrong.append(f"order {order_id} was told created, and the venue never had it")
        if order_id in believed.tracked:
            wrong.append(f"order {order_id} is tracked, and the venue never had it")
        elif finals.get(order_id, set()) - {"failed", "canceled"}:
            wrong.append(f"order {order_id} was told filled, and the venue never had it")
    return lost, duplicated, orphaned, wrong


def _names(orders: list[VenueOrder], told: Told) -> list[str]:
    """Fills that are the venue's, but were told under another trade id: Hummingbot would take them twice."""
    names: dict[Filled, Counter[str]] = {}
    for order in orders:
        for trade_id, fill in order.trades:
            names.setdefault(fill, Counter())[trade_id] += 1
    said: dict[Filled, Counter[str]] = {}
    for trade_id, fill in told.fills:
        if fill in names:
            said.setdefault(fill, Counter())[trade_id] += 1
    return [
        f"fill {trade_id} {_text(fill)}: the venue calls it {' or '.join(names[fill])}"
        for fill, found in said.items()
        for trade_id in found
        if trade_id not in names[fill]
    ]


def _stored_orders(orders: list[VenueOrder], told: Told) -> list[str]:
    """Orders in the database that the venue never had, or that it has with another price or amount."""
    placed = {order.client_order_id: order for order in orders}
    wrong = [
        f"order {each} is in the database, and the venue never had it"
        for each in told.stored_orders
        if each not in placed
    ]
    for order_id, (price, amount) in told.stored_terms.items():
        order = placed.get(order_id)
        if order is None:
            continue
        for what, ordered, stored in (("price", order.price, price), ("amount", order.amount, amount)):
            if ordered is not None and kept(ordered) != stored:
                wrong.append(f"order {order_id}: its {what} is {ordered}, and {stored} in the database")
    return wrong


def _stored_fills(orders: list[VenueOrder], told: Told) -> tuple[list[str], list[str]]:
    """Fills in the database that the venue does not have, and those with another price, amount or fee."""
    fills = {(order.client_order_id, trade_id): fill for order in orders for trade_id, fill in order.trades}
    invented, differing = [], []
    for (order_id, trade_id), stored in told.stored_fills.items():
        fill = fills.get((order_id, trade_id))
        if fill is None:
            invented.append(f"fill {trade_id} {_text(stored)} is in the database, and not at the venue")
        elif stored != replace(fill, price=kept(fill.price), amount=kept(fill.amount)):
            differing.append(f"fill {trade_id} {_text(fill)} is {_text(stored)} in the database")
    return invented, differing


def _balances(
    orders: list[VenueOrder],
    told: Told,
    believed: Believed,
    start: Mapping[str, Decimal],
    end: Mapping[str, tuple[Decimal, Decimal]],
) -> dict[str, Decimal]:
    terms = {order.client_order_id: order for order in orders}
    with localcontext(prec=60):
        booked = dict(start)
        for _, fill in told.fills:
            order = terms.get(fill.order_id)
            if order is not None:
                _flow(booked, order, fill)
        differences = {}
        for asset in sorted({*booked, *end, *believed.balances}):
            total, free = end.get(asset, (ZERO, ZERO))
            held, available = believed.balances.get(asset, (ZERO, ZERO))
            worst = max(booked.get(asset, ZERO) - total, held - total, available - free, key=abs)
            if worst:
                differences[asset] = worst
    return differences


def flows(start: Mapping[str, Decimal], orders: Iterable[VenueOrder]) -> dict[str, Decimal]:
    """What `start` became by the fills of these orders, by asset."""
    with localcontext(prec=60):
        held = dict(start)
        for order in orders:
            for fill in order.fills:
                _flow(held, order, fill)
    return held


def _flow(held: dict[str, Decimal], order: VenueOrder, fill: Filled) -> None:
    sign = 1 if order.side == "buy" else -1
    held[order.base] = held.get(order.base, ZERO) + sign * fill.amount
    held[order.quote] = held.get(order.quote, ZERO) - sign * fill.amount * fill.price
    held[fill.fee_asset] = held.get(fill.fee_asset, ZERO) - fill.fee


def _text(fill: Filled) -> str:
    return f"of order {fill.order_id}: {fill.amount} at {fill.price}, fee {fill.fee} {fill.fee_asset}"
