"""Compares what the venue, Hummingbot and the connector say. Pure; every difference is named."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from hummingbot_ccxt.demo.facts import ConnectorFacts, FillFact, HummingbotFacts, VenueFacts

LEAST_ORDERS = 20
LEAST_FILLS = 1
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class AssetBalance:
    """One asset in the three sources. `hummingbot` is the start plus every fill in its database, less the fees."""

    start: Decimal
    venue: Decimal
    hummingbot: Decimal
    connector: Decimal

    @property
    def difference(self) -> Decimal:
        """How far Hummingbot or the connector is from the venue, whichever is farther; zero if all agree."""
        with localcontext(prec=60):
            return max(self.hummingbot - self.venue, self.connector - self.venue, key=abs)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The result; the tuples of texts name each case."""

    orders_created: int
    orders_cancelled: int
    orders_filled: int
    fills: int
    fills_in_hummingbot: int
    lost: tuple[str, ...]
    """Orders and fills of the venue that Hummingbot does not have."""
    duplicated: tuple[str, ...]
    """Orders that reached the venue twice, and fills of Hummingbot that the venue does not have, or has once only."""
    different: tuple[str, ...]
    """What both have, with other figures or another end."""
    open_orders_left: tuple[str, ...]
    """Open at the venue, or still tracked by the connector."""
    balances: Mapping[str, AssetBalance]

    @property
    def balance_difference(self) -> dict[str, Decimal]:
        """Asset -> difference; all zero if the books agree."""
        return {asset: balance.difference for asset, balance in self.balances.items()}

    def problems(self) -> list[str]:
        """Why the demo did not succeed, one line each; none if it did."""
        found = []
        if self.orders_created < LEAST_ORDERS:
            found.append(f"{self.orders_created} orders were placed, at least {LEAST_ORDERS} are wanted")
        if self.fills < LEAST_FILLS:
            found.append("no order was filled")
        named = {
            "lost": self.lost, "duplicated": self.duplicated, "different": self.different,
            "still open": self.open_orders_left,
        }  # fmt: skip
        found += [f"{name}: {case}" for name, cases in named.items() for case in cases]
        if self.fills != self.fills_in_hummingbot:
            found.append(f"the venue has {self.fills} fills, Hummingbot {self.fills_in_hummingbot}")
        for asset, difference in self.balance_difference.items():
            if difference:
                balance = self.balances[asset]
                found.append(
                    f"{asset}: the venue has {balance.venue}, Hummingbot's trades make {balance.hummingbot}, "
                    f"the connector says {balance.connector}"
                )
        return found


def reconcile(
    venue: VenueFacts, hummingbot: HummingbotFacts, connector: ConnectorFacts, *, base: str, quote: str
) -> Reconciliation:
    """Compare the three sources on the account that traded `base` against `quote`."""
    lost, duplicated, different = _orders(venue, hummingbot)
    for kind, cases in zip((lost, duplicated, different), _fills(venue.fills, hummingbot.fills), strict=True):
        kind.extend(cases)
    left = [f"order {order.client_order_id} at the venue" for order in venue.orders if order.end == "open"]
    left += [f"order {order_id} in the connector" for order_id in connector.tracked]
    return Reconciliation(
        orders_created=len(venue.orders),
        orders_cancelled=sum(order.end == "canceled" for order in venue.orders),
        orders_filled=sum(order.end == "filled" for order in venue.orders),
        fills=len(venue.fills),
        fills_in_hummingbot=len(hummingbot.fills),
        lost=tuple(lost),
        duplicated=tuple(duplicated),
        different=tuple(different),
        open_orders_left=tuple(left),
        balances=_balances(venue, hummingbot.fills, connector, base=base, quote=quote),
    )


def flows(fills: Iterable[FillFact], *, base: str, quote: str) -> dict[str, Decimal]:
    """Asset -> what the fills changed, fees included; exact."""
    sums = {base: ZERO, quote: ZERO}
    with localcontext(prec=60):
        for fill in fills:
            sign = 1 if fill.side == "buy" else -1
            sums[base] += sign * fill.amount
            sums[quote] -= sign * fill.amount * fill.price
            sums[fill.fee_asset] = sums.get(fill.fee_asset, ZERO) - fill.fee
    return sums


def _orders(venue: VenueFacts, hummingbot: HummingbotFacts) -> tuple[list[str], list[str], list[str]]:
    """Lost, duplicated and different orders."""
    stored = {order.client_order_id: order for order in hummingbot.orders}
    placed = Counter(order.client_order_id for order in venue.orders)
    ends = {order.client_order_id: order.end for order in venue.orders}
    lost = [f"order {order_id} is not in Hummingbot's database" for order_id in placed if order_id not in stored]
    duplicated = [
        f"order {order_id} reached the venue {count} times" for order_id, count in placed.items() if count > 1
    ]
    different = [f"the venue never had order {order_id}" for order_id in stored if order_id not in placed]
    different += [
        f"order {order_id} is {ends[order_id]} at the venue, {order.end} in Hummingbot's database"
        for order_id, order in stored.items()
        if order_id in ends and order.end != ends[order_id]
    ]
    return lost, duplicated, different


def _fills(venue: Iterable[FillFact], hummingbot: Iterable[FillFact]) -> tuple[list[str], list[str], list[str]]:
    """Lost, duplicated and different fills."""
    real = {(fill.client_order_id, fill.trade_id): fill for fill in venue}
    booked: dict[tuple[str, str], FillFact] = {}
    duplicated, different = [], []
    for fill in hummingbot:
        key = (fill.client_order_id, fill.trade_id)
        if key in booked or key not in real:
            duplicated.append(f"fill {fill.trade_id} of order {fill.client_order_id}")
        booked[key] = fill
    for key, fill in real.items():
        if key in booked and _figures(booked[key]) != _figures(fill):
            different.append(
                f"fill {fill.trade_id} of order {fill.client_order_id}: "
                f"{' '.join(map(str, _figures(fill)))} at the venue, {' '.join(map(str, _figures(booked[key])))} booked"
            )
    lost = [f"fill {trade_id} of order {order_id}" for order_id, trade_id in real if (order_id, trade_id) not in booked]
    return lost, duplicated, different


def _figures(fill: FillFact) -> tuple[str, Decimal, Decimal, Decimal, str]:
    return fill.side, fill.amount, fill.price, fill.fee, fill.fee_asset


def _balances(
    venue: VenueFacts, booked: Iterable[FillFact], connector: ConnectorFacts, *, base: str, quote: str
) -> dict[str, AssetBalance]:
    changed = flows(booked, base=base, quote=quote)
    with localcontext(prec=60):
        return {
            asset: AssetBalance(
                start=venue.start.get(asset, ZERO),
                venue=venue.end.get(asset, ZERO),
                hummingbot=venue.start.get(asset, ZERO) + changed.get(asset, ZERO),
                connector=connector.balances.get(asset, ZERO),
            )
            for asset in dict.fromkeys([base, quote, *venue.start, *venue.end, *changed, *connector.balances])
        }
