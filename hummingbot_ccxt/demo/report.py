"""The demo's outcome in figures: what `report.json` holds and the summary says. Pure."""

import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from hummingbot_ccxt.demo.facts import FillFact, OrderFact, Sample
from hummingbot_ccxt.demo.reconcile import Reconciliation, flows

ZERO = Decimal(0)
_ERRORS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that is known about one run of the demo."""

    exchange: str
    pair: str
    seed: int
    seconds: int
    start_up_s: float
    """From the command to the bot's first order."""
    orders: Sequence[OrderFact]
    fills: Sequence[FillFact]
    samples: Sequence[Sample]
    reconciliation: Reconciliation
    errors: Sequence[str]
    calls_inside: int
    calls_outside: Sequence[str]
    stopped_gracefully: bool = True

    @property
    def base(self) -> str:
        """BTC of BTC-USDT."""
        return self.pair.split("-")[0]

    @property
    def quote(self) -> str:
        """USDT of BTC-USDT."""
        return self.pair.split("-")[1]

    @property
    def connector(self) -> str:
        """The connector's name in Hummingbot."""
        return f"ccxt_{self.exchange}"

    def problems(self) -> list[str]:
        """Why the demo failed, one line each; none if it succeeded."""
        found = self.reconciliation.problems()
        found += [f"a call to {host} was held back: the demo stays on this machine" for host in self.calls_outside]
        if not self.stopped_gracefully:
            found.append("Hummingbot did not stop by itself and was ended")
        return found


def profit(fills: Sequence[FillFact], price: Decimal, *, base: str, quote: str) -> Decimal:
    """What trading earned against holding, in quote, fees paid: all that the fills changed, valued at `price`."""
    changed = flows(fills, base=base, quote=quote)
    with localcontext(prec=60):
        return changed[quote] + changed[base] * price


def volume(fills: Sequence[FillFact]) -> Decimal:
    """Quote that changed hands."""
    with localcontext(prec=60):
        return sum((fill.price * fill.amount for fill in fills), ZERO)


def life_s(order: OrderFact) -> float | None:
    """How long an order was open, in seconds; None while it is."""
    return None if order.ended_ms is None else (order.ended_ms - order.created_ms) / 1000


def figures(run: Run) -> dict[str, Any]:
    """The content of `report.json`. Money is text, exact; counts are whole numbers."""
    checked = run.reconciliation
    price = run.samples[-1].mid if run.samples else ZERO
    fees: dict[str, Decimal] = {}
    for fill in run.fills:
        fees[fill.fee_asset] = fees.get(fill.fee_asset, ZERO) + fill.fee
    problems = run.problems()
    return {
        "exchange": run.exchange,
        "connector": run.connector,
        "pair": run.pair,
        "seconds": run.seconds,
        "seed": run.seed,
        "start_up_seconds": round(run.start_up_s, 1),
        "passed": not problems,
        "problems": problems,
        "orders_created": checked.orders_created,
        "orders_cancelled": checked.orders_cancelled,
        "orders_filled": checked.orders_filled,
        "fills": checked.fills,
        "fills_in_hummingbot": checked.fills_in_hummingbot,
        "lost": len(checked.lost),
        "duplicated": len(checked.duplicated),
        "different": len(checked.different),
        "open_orders_left": len(checked.open_orders_left),
        "balance_difference": {asset: text(value) for asset, value in checked.balance_difference.items()},
        "balances": {
            asset: {
                "start": text(balance.start),
                "venue": text(balance.venue),
                "hummingbot": text(balance.hummingbot),
                "connector": text(balance.connector),
            }
            for asset, balance in checked.balances.items()
        },
        "errors_logged": len(run.errors),
        "errors": list(run.errors[:_ERRORS_SHOWN]),
        "volume": text(volume(run.fills)),
        "fees": {asset: text(fee) for asset, fee in fees.items()},
        "profit_against_holding": text(profit(run.fills, price, base=run.base, quote=run.quote)),
        "calls_on_loopback": run.calls_inside,
        "calls_beyond_loopback": len(run.calls_outside),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of what took part."""
    return {name: importlib.metadata.version(name) for name in ("hummingbot-ccxt", "hummingbot", "ccxt")}


def text(number: Decimal) -> str:
    """Every digit, without an exponent and without idle zeros."""
    plain = f"{number.normalize():f}"
    return "0" if plain in ("-0", "0") else plain


def money(number: Decimal, *, signed: bool = False) -> str:
    """For people: two decimals, or two digits of what is smaller than one; with thousands separators."""
    digits = 2 if number == 0 else min(8, max(2, 1 - number.adjusted()))
    return f"{number:{'+' if signed else ''},.{digits}f}"
