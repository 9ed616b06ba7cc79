"""The checks that take keys: valid, allowed to trade, balances readable; if asked for, one order that must not fill."""

import dataclasses
import time
from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any

from hummingbot.connector.trading_rule import TradingRule

from hummingbot_ccxt.doctor.findings import Finding, doubtful, failed, remedy_of, well
from hummingbot_ccxt.doctor.listener import Listener
from hummingbot_ccxt.doctor.market_checks import pair_of, watching
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.client_order_ids import new_client_order_id
from hummingbot_ccxt.own_exchanges import info_of
from hummingbot_ccxt.translate.balances import balances
from hummingbot_ccxt.translate.markets import price_increment, trading_pair, trading_rule
from hummingbot_ccxt.translate.orders import order_state
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.market_steps import MarketSteps
from hummingbot_ccxt.venue.orders import Orders, OrderToPlace
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError, is_refused_credentials
from hummingbot_ccxt.venue.recognition import OrderKey, OrderTerms
from hummingbot_ccxt.venue.streams import ACCOUNT
from hummingbot_ccxt.venue.venue import Venue

FAR = Decimal("0.7")
"""A buy order's price as a share of the best bid: far enough not to fill, near enough for the venues' price bands."""
_SEEN_S = 10.0
_SUBSCRIBED_S = 2.0
"""A subscription takes its time, and an account without orders sends nothing that would tell."""
_SIZES = (1, 10, 10)
"""Times the amount before, where no least value of an order is stated: OKX has one, and states an amount only."""
_NO_ORDER = "999999999999999999"

type Holdings = Mapping[str, tuple[Decimal, Decimal]]


async def keys_and_balances(venue: Venue) -> tuple[list[Finding], Holdings | None]:
    """Whether the keys are accepted and the balances can be read; and these."""
    try:
        fetched = await venue.call("fetch_balance")
    except VenueError as err:
        return [failed("keys", f"not accepted: {err}", remedy_of(err, venue.id, venue.settings.base_url))], None
    said = balances(fetched, venue.mapping)
    found = [well("keys", "accepted")]
    held = sum(1 for total, _ in said.complete.values() if total)
    text = f"{held} assets held, {len(said.complete)} named"
    if said.unreadable:
        example, error = next(iter(said.unreadable.items()))
        unreadable = f"{text}; {len(said.unreadable)} unreadable, such as {example} ({error})"
        return [*found, doubtful("balances", unreadable, "a mapping may be needed; please report")], said.complete
    return [*found, well("balances", text)], said.complete


async def permission(venue: Venue, symbol: str) -> Finding:
    """Whether the key may trade, found out by cancelling an order that does not exist."""
    by_own_id = "cancel" in info_of(venue.id, venue.settings.folder).client_order_id
    own_id = _own_id(venue, symbol)
    refused = Orders(venue).why_not()
    if refused is not None:
        return failed("trading", refused, "none but this; the connector places no order here until then")
    key = OrderKey(
        symbol=symbol,
        client_order_id=own_id,
        exchange_order_id=None if by_own_id else _NO_ORDER,
        created_ms=0,
        terms=OrderTerms("buy", Decimal(1), Decimal(1)),
    )
    try:
        await Orders(venue).cancel(key)
    except VenueError as err:
        if is_refused_credentials(err):
            return failed(
                "trading", f"the key may not trade: {err}", "give the key the right to trade spot, and no other"
            )
        if err.outcome is Outcome.GONE:
            return well("trading", "allowed: the venue looked for an order of ours that does not exist")
        return doubtful("trading", f"cannot be told from the venue's answer: {err}", "--place-order tries it")
    return doubtful("trading", "the venue cancelled an order that does not exist", "--place-order tries it")


def _own_id(venue: Venue, symbol: str) -> str:
    rules = venue.mapping.client_order_id
    return new_client_order_id(
        is_buy=True,
        trading_pair=symbol.replace("/", "-"),
        prefix=rules.prefix or constants.HBOT_ORDER_ID_PREFIX,
        max_length=rules.max_length or constants.MAX_ORDER_ID_LEN,
        pattern=rules.pattern,
    )


def far_order(
    market: Mapping[str, Any], rule: TradingRule, tick: Decimal, best: tuple[float, float], held: Holdings
) -> tuple[str, Decimal, Decimal] | None:
    """(side, amount, price) of the smallest order far from the market that the account can pay; None if it cannot."""
    low = _to_step(Decimal(str(best[0])) * FAR, tick, ROUND_DOWN)
    high = _to_step(Decimal(str(best[1])) / FAR, tick, ROUND_UP)
    free = {token: available for token, (_, available) in held.items()}
    for side, price, asset in (("buy", low, market["quote"]), ("sell", high, market["base"])):
        notional = max(rule.min_notional_size, rule.min_order_value) * Decimal("1.1")
        amount = max(rule.min_order_size, notional / price, rule.min_base_amount_increment)
        amount = _to_step(amount, rule.min_base_amount_increment, ROUND_UP)
        if free.get(asset, Decimal(0)) >= (amount * price if side == "buy" else amount):
            return side, amount, price
    return None


def _to_step(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (value / step).to_integral_value(rounding=rounding) * step


async def one_order(
    venue: Venue, listener: Listener, symbol: str, held: Holdings, best: tuple[float, float]
) -> list[Finding]:
    """Create a far limit order, see it on the stream, find it, cancel it, whatever else happens."""
    try:
        steps = MarketSteps(venue, lambda said: None)  # told by the checks of the markets
        market = await steps.complete((await venue.markets())[symbol], look=True)
    except VenueError as err:
        return [failed("order", f"not tried: {err}", remedy_of(err, venue.id, venue.settings.base_url))]
    pair, mode = trading_pair(market, venue.mapping), venue.client.precisionMode
    rule = trading_rule(market, trading_pair=pair, precision_mode=mode)
    tick = price_increment(market, precision_mode=mode, price=Decimal(str(best[0])) * FAR)
    terms = far_order(market, rule, tick, best, held)
    if terms is None:
        need = f"{market['quote']} or {market['base']}"
        return [
            failed(
                "order", f"the account has too little {need} for the smallest order", f"pay in some {need}, or --pair"
            )
        ]
    side, amount, price = terms
    own_id = _own_id(venue, symbol)
    order = OrderToPlace(symbol, "limit", "buy" if side == "buy" else "sell", amount, price, own_id)
    created_ms = int(venue.client.milliseconds())
    sizes = (1,) if rule.min_notional_size or rule.min_order_value else _SIZES
    if not venue.streams_kind("orders"):
        return await _placed(venue, listener, order, created_ms, sizes, streamed=False)
    for key in (ACCOUNT, symbol):
        failures: list[str] = []
        async with watching(venue, "orders", key, failures):
            await listener.until(lambda: failures, _SUBSCRIBED_S)  # noqa: B023 -- awaited right here
            if key == ACCOUNT and failures and failures[0].startswith("ArgumentsRequired"):
                continue  # some venues stream one symbol's orders at a time only
            found = await _placed(venue, listener, order, created_ms, sizes, streamed=True)
        if failures:
            found.append(doubtful("stream", f"the stream of orders was interrupted: {failures[0]}", "see above"))
        return found
    return []


async def _placed(
    venue: Venue, listener: Listener, order: OrderToPlace, created_ms: int, sizes: tuple[int, ...], *, streamed: bool
) -> list[Finding]:
    """`sizes`: how many times the order's amount to try, one after another while the venue takes no exception but to
    the order itself."""
    orders, found = Orders(venue), []
    order, larger = dataclasses.replace(order, amount=order.amount * sizes[0]), sizes[1:]
    named = OrderTerms(order.side, order.amount, order.price)
    key = OrderKey(order.symbol, order.client_order_id, None, created_ms, named)
    what = f"{order.side} {order.amount:f} {pair_of(venue, order.symbol)} at {order.price:f}"
    try:
        answer = await orders.place(order)
    except VenueError as err:
        if err.kind == "InvalidOrder" and err.outcome is Outcome.REFUSED and larger:
            return await _placed(venue, listener, order, created_ms, larger, streamed=streamed)
        if err.outcome is Outcome.REFUSED:
            return [failed("order", f"{what} was refused: {err}", "the venue's reason tells; a mapping may be needed")]
        found.append(
            failed("order", f"no answer to {what}: {err}", f"look for order {order.client_order_id} at the venue")
        )
        answer = {}
    else:
        found.append(well("order", f"created: {what}"))
    order_id = str(answer["id"]) if answer.get("id") else None
    try:
        if order_id is not None and streamed:
            found.append(await _seen(listener, order, order_id))
        found.append(await _found(orders, key))
    finally:  # an order of ours never stays, even if the user interrupts
        found.append(await _cancelled(venue, orders, dataclasses.replace(key, exchange_order_id=order_id)))
    return found


async def _seen(listener: Listener, order: OrderToPlace, order_id: str) -> Finding:
    began = time.monotonic()

    def there() -> bool:
        return any(
            str(o.get("id")) == order_id or o.get("clientOrderId") == order.client_order_id for o in listener.orders
        )

    if await listener.until(there, _SEEN_S):
        return well("stream", f"the order came on the stream after {time.monotonic() - began:.1f} s")
    remedy = "a mapping can poll them instead (polled={'orders'})"
    return failed("stream", f"the order did not come on the stream within {_SEEN_S:g} s", remedy)


async def _found(orders: Orders, key: OrderKey) -> Finding:
    try:
        found = await orders.find(key, priority=Priority.LOOKUP)
    except VenueError as err:
        remedy = "after a lost answer the connector could not tell what became of an order: trade with care"
        return failed("lookup", f"not found without its exchange order id: {err}", remedy)
    by = "client order id" if found.get("clientOrderId") == key.client_order_id else "its terms, as one of ours"
    return well("lookup", f"found by {by}")


async def _cancelled(venue: Venue, orders: Orders, key: OrderKey) -> Finding:
    remedy = f"cancel order {key.exchange_order_id or key.client_order_id} on {venue.id} by hand, now"
    try:
        answer = await orders.cancel(key)
        state = order_state(answer, venue.mapping) if answer.get("status") else None
        if state is None:
            state = order_state(await orders.find(key, priority=Priority.LOOKUP), venue.mapping)
    except VenueError as err:
        if err.kind == "NotListed" or err.outcome is Outcome.GONE:
            return well("cancel", "cancelled: the venue lists it no more")
        return failed("cancel", f"not cancelled: {err}", remedy)
    name = "unknown" if state is None else state.name.lower()
    return well("cancel", "cancelled") if name == "canceled" else failed("cancel", f"the order is {name}", remedy)
