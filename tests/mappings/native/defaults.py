"""What a mapping would say anyway: its fields that repeat a default of the schema, of ccxt or of the registry."""

import copy
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.mapping import NO_QUIRKS, ExchangeMapping
from hummingbot_ccxt.venue.client import _merge, _spot_options
from hummingbot_ccxt.venue.venue import WATCHED


def repeated_defaults(mapping: ExchangeMapping, client: Any) -> list[str]:
    """The names of what `mapping` repeats, each with its default; empty for a module of quirks only.

    `client`: an instance of ccxt's unmodified class of the exchange. A mapping that says nothing is reported as well.
    """
    fields = [field.name for field in dataclasses.fields(mapping) if field.name != "exchange"]
    if all(getattr(mapping, name) == getattr(NO_QUIRKS, name) for name in fields):
        return ["says nothing"]
    own = copy.deepcopy(dict(client.options))
    _merge(own, _spot_options(own))  # what every exchange gets
    found = [*_of_options(mapping.options, own, "options")]
    found += [f"has.{m} = {v}" for m, v in mapping.has.items() if bool(client.has.get(m)) is v]
    found += [f"polled: {kind}" for kind in mapping.polled if not _claims(client, kind)]
    found += [*_of_client_order_id(mapping), *_of_fees(mapping), *_of_orders(mapping, client)]
    if mapping.heartbeat_s is not None and mapping.heartbeat_s * 1000 == client.streaming["keepAlive"]:
        found.append(f"heartbeat_s = {mapping.heartbeat_s}")
    return found


def _of_options(options: Mapping[str, Any], own: Mapping[str, Any], where: str) -> Iterator[str]:
    for name, value in options.items():
        if isinstance(value, Mapping) and isinstance(own.get(name), Mapping):
            yield from _of_options(value, own[name], f"{where}.{name}")
        elif own.get(name) == value:
            yield f"{where}.{name} = {value}"


def _claims(client: Any, kind: str) -> bool:
    names = [name for name in WATCHED[kind] if name is not None]
    camel = [name.split("_")[0] + "".join(part.capitalize() for part in name.split("_")[1:]) for name in names]
    return any(client.has.get(name) for name in camel)


def _of_client_order_id(mapping: ExchangeMapping) -> Iterator[str]:
    if mapping.client_order_id.max_length == constants.MAX_ORDER_ID_LEN:
        yield f"client_order_id.max_length = {constants.MAX_ORDER_ID_LEN}"
    if mapping.client_order_id.prefix == constants.HBOT_ORDER_ID_PREFIX:
        yield f"client_order_id.prefix = {constants.HBOT_ORDER_ID_PREFIX}"


def _of_fees(mapping: ExchangeMapping) -> Iterator[str]:
    info = registry.exchanges().get(mapping.exchange or "")
    if info is None:
        return
    for name in ("maker", "taker"):
        figure = getattr(mapping.fees, name)
        if figure is not None and figure == getattr(info, name):
            yield f"fees.{name} = {figure}"
    derived = "deducted_from_returns" if info.fee_side == "get" else "added_to_cost"
    if mapping.fees.charged == derived:
        yield f"fees.charged = {derived}"


def _of_orders(mapping: ExchangeMapping, client: Any) -> Iterator[str]:
    features = (client.features or {}).get("spot") or {}
    in_force = (features.get("createOrder") or {}).get("timeInForce") or {}
    if mapping.post_only == {"postOnly": True} and in_force.get("PO"):
        yield "post_only"
    reports_trades = any(client.has.get(m) for m in ("watchMyTrades", "fetchMyTrades", "fetchOrderTrades"))
    if mapping.fills_from is not None and (mapping.fills_from == "trades") is reports_trades:
        yield f"fills_from = {mapping.fills_from}"
    if mapping.batch_cancel is not None and mapping.batch_cancel is bool(client.has.get("cancelOrders")):
        yield f"batch_cancel = {mapping.batch_cancel}"
