"""Everything about one exchange as this installation sees it, and where each value comes from."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hummingbot_ccxt import configuration, metadata, registry
from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange_info import ExchangeInfo, exchange_info
from hummingbot_ccxt.list_command import KINDS, has_method, how_it_comes, mapping_origin, order_types
from hummingbot_ccxt.mapping import ExchangeMapping, load_mapping
from hummingbot_ccxt.registry import MappedFees
from hummingbot_ccxt.translate.steps import lacks_steps, with_steps
from hummingbot_ccxt.venue.loading import ExchangeNotInCcxt, exchange_class, mended, origin
from hummingbot_ccxt.venue.orders import option_at
from hummingbot_ccxt.venue.venue import KEEP_ALIVE_S

BROKER_OPTIONS = ("broker", "brokerId", "partner", "partnerId", "affiliateId", "referral", "brokerID")
"""ccxt's names for its own referral id, as `venue.client` sets them."""
FOLLOWING = (*registry.TELLING_OF_ORDERS, "watchOrders", "watchMyTrades")
DEFAULT = "our default"
HUMMINGBOT = "Hummingbot 20260922"


class NotTradable(HummingbotCcxtError):
    """ccxt has the exchange, and cannot trade spot on it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what `show` tells."""

    group: str
    name: str
    value: Any
    source: str
    """Where the value comes from: ccxt and the name it has there, a mapping's module, the user's file, or us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An exchange as this installation sees it."""

    info: ExchangeInfo
    client: Any
    """An instance of ccxt's class, without credentials; never used to talk."""
    mapping: ExchangeMapping
    mapped_by: str
    """The module or file that holds the mapping, "" if there is none."""
    settings: ExchangeSettings
    configured_in: Path

    @property
    def ccxt(self) -> str:
        """The installed ccxt, or the user's own class, as a source."""
        own = origin(type(self.client))
        return f"your {Path(own).name}" if own else f"ccxt {registry.installed_ccxt()}"

    def chosen(self, field: str, otherwise: Any, where: str) -> tuple[Any, str]:
        """The mapping's value of a field with its source, else `otherwise` with `where` it is from."""
        value = getattr(self.mapping, field)
        return (value, self.mapped_by) if is_set(self.mapping, field) else (otherwise, where)


# --- finding it


def look_at(exchange: str) -> Subject:
    """The exchange with this ccxt id or connector's name, as the installed ccxt has it.

    Raises UnknownExchange (DroppedByCcxt), NotTradable; BadExchangeClass, BadMapping and BadConfiguration for what the
    user wrote.
    """
    exchange_id = exchange.strip().lower().removeprefix("ccxt_")
    path = configuration.default_path()
    settings = configuration.read(path).get(exchange_id, ExchangeSettings())
    folder = settings.folder
    try:
        client, pro = ccxt_instance(exchange_id, folder)
    except registry.DroppedByCcxt:
        raise
    except registry.UnknownExchange as err:
        if "did you mean" in str(err):
            raise
        raise registry.UnknownExchange(f"{err}; for a class of your own, name its folder in {path}") from None
    return Subject(
        info=exchange_info(exchange_id, metadata.entry(client, pro=pro)),
        client=client,
        mapping=load_mapping(exchange_id, folder),
        mapped_by=mapping_source(exchange_id, folder),
        settings=settings,
        configured_in=path,
    )


def ccxt_instance(exchange_id: str, folder: Path | None) -> tuple[Any, bool]:
    """An instance of the user's class, else of the installed ccxt's, without credentials, and whether it streams."""
    try:
        found, pro = exchange_class(exchange_id, folder)
    except ExchangeNotInCcxt:
        registry.get(exchange_id)  # raises DroppedByCcxt, or UnknownExchange naming those that come closest
        raise
    client = found()
    if not metadata.can_trade_spot(client.has):
        needed = ("spot", *metadata.REQUIRED_METHODS)
        missing = ", ".join(name for name in needed if not client.has.get(name))
        who = origin(found) or f"ccxt {registry.installed_ccxt()}"
        raise NotTradable(f"{who} cannot trade spot on {exchange_id}: it lacks {missing}")
    return client, pro


def mapping_source(exchange_id: str, folder: Path | None) -> str:
    """The file or module of the mapping that `load_mapping` takes, "" if there is none."""
    return {
        "yours": f"your mapping {folder}/{exchange_id}.py",
        "package": "a mapping of an installed package",
        "ours": f"mapping hummingbot_ccxt.mappings.{exchange_id}",
    }.get(mapping_origin(exchange_id, folder), "")


def is_set(mapping: ExchangeMapping, field: str) -> bool:
    """Whether the mapping says something about a field."""
    return bool(getattr(mapping, field) != getattr(ExchangeMapping(), field))


# --- what there is to tell


def facts(subject: Subject) -> Iterator[Fact]:
    """Everything that is known of the exchange, group by group."""
    yield from about_the_exchange(subject)
    yield from about_its_streams(subject)
    yield from about_orders(subject)
    yield from about_client_order_ids(subject)
    yield from about_fees(subject)
    yield from about_the_connection(subject)
    yield from about_messages(subject)
    yield from about_what_goes_to_ccxt(subject)


def about_the_exchange(subject: Subject) -> Iterator[Fact]:
    info, ccxt = subject.info, subject.ccxt
    group = "exchange"
    yield Fact(group, "connector", info.connector, "its ccxt id")
    yield Fact(group, "name", info.name, f"{ccxt} name")
    yield Fact(group, "credentials", list(info.credentials), f"{ccxt} requiredCredentials")
    yield Fact(group, "countries", list(info.countries), f"{ccxt} countries")
    yield Fact(group, "site", info.www, f"{ccxt} urls")
    yield Fact(group, "API documentation", list(info.docs), f"{ccxt} urls")
    yield Fact(group, "test venue", *subject.chosen("testnet", info.testnet, f"{ccxt} urls"))
    yield Fact(group, "example pair", info.example_pair, DEFAULT)
    yield Fact(group, "native connector", info.native, HUMMINGBOT)
    if mended(info.id) is type(subject.client):
        yield Fact(group, "class", type(subject.client).__module__, "ours, on top of ccxt's")
    yield Fact(group, "mapping", subject.mapped_by or "none, everything is derived", "looked for")


def about_its_streams(subject: Subject) -> Iterator[Fact]:
    info, mapping = subject.info, subject.mapping
    if mapping.topics_per_request is not None:
        yield Fact("streams", "symbols in one subscription", mapping.topics_per_request, subject.mapped_by)
    for name in ("book_sequence", "book_checksum"):
        rule = getattr(mapping, name)
        if rule is not None:
            said = ", ".join(str(value) for value in dataclasses.astuple(rule) if value is not None)
            yield Fact("streams", name.replace("_", " "), said, subject.mapped_by)
    if mapping.verify_book_s is not None:
        yield Fact("streams", "book verified every, s", mapping.verify_book_s, subject.mapped_by)
    for kind, methods in KINDS.items():
        how = how_it_comes(kind, info, mapping)
        by_mapping = kind in mapping.polled or (kind == "fills" and mapping.fills_from is not None)
        named = [name for name in methods if has_method(name, info, mapping)]
        source = f"{subject.ccxt} has {' and '.join(named)}" if named else f"{subject.ccxt} has no {methods[0]}"
        yield Fact("streams", kind, how, subject.mapped_by if by_mapping else source)
    interval_s = subject.settings.poll_interval
    where = DEFAULT if interval_s is None else str(subject.configured_in)
    yield Fact("streams", "poll interval, s", interval_s or constants.POLL_INTERVAL_S, where)
    if subject.settings.depth is None:
        yield Fact("streams", "depth", *subject.chosen("depth", "ccxt's", DEFAULT))
    else:
        wanted, accepted = subject.settings.depth, mapping.depth_limits
        yield Fact("streams", "depth", wanted, str(subject.configured_in))
        if accepted and wanted not in accepted:  # as `Venue.depth_argument` does
            larger = [limit for limit in accepted if limit > wanted]
            source = "the next of those accepted" if larger else "the most that is accepted"
            yield Fact("streams", "depth asked for", larger[0] if larger else accepted[-1], source)
    yield Fact("streams", "depths accepted", *subject.chosen("depth_limits", "any", DEFAULT))


def about_orders(subject: Subject) -> Iterator[Fact]:
    info, mapping, ccxt = subject.info, subject.mapping, subject.ccxt
    group = "orders"
    yield Fact(group, "types", list(order_types(info, mapping)), f"{ccxt} has, features")
    yield Fact(group, "time in force", list(info.time_in_force or ()), f"{ccxt} features")
    yield Fact(group, "post-only by", *subject.chosen("post_only", {"postOnly": True}, DEFAULT))
    needs_price = bool(subject.client.options.get("createMarketBuyOrderRequiresPrice"))
    sized_by = "cost" if needs_price else "amount"
    yield Fact(group, "market buy sized by", *subject.chosen("market_buy", sized_by, f"{ccxt} options"))
    several = has_method("cancelOrders", info, mapping)
    yield Fact(group, "several cancelled at once", *subject.chosen("batch_cancel", several, f"{ccxt} has"))
    yield Fact(
        group, "look-up of one order", has_method("fetchOrder", info, mapping), has_source(subject, "fetchOrder")
    )
    trades = any(has_method(name, info, mapping) for name in ("watchMyTrades", "fetchMyTrades", "fetchOrderTrades"))
    yield Fact(group, "fills from", *subject.chosen("fills_from", "trades" if trades else "order", f"{ccxt} has"))
    trusted = subject.chosen("trusts_terminal_filled", False, DEFAULT)
    yield Fact(group, "final filled amount trusted", *trusted)
    settle = (mapping.settle_s, subject.mapped_by) if mapping.settle_s else (constants.ORDER_SETTLE_S, DEFAULT)
    yield Fact(group, "settled after, s", *settle)
    if mapping.order_deadline is not None:
        yield Fact(group, "not taken later than, s", mapping.order_deadline.after_s, subject.mapped_by)
    for raw, state in mapping.order_states.items():
        yield Fact(group, f"status {raw!r}", state.name, subject.mapped_by)
    for market, steps in mapping.steps.items():
        said = ", ".join(f"{name} {value:f}" for name, value in vars(steps).items() if value is not None)
        yield Fact(group, f"steps of {market}", said or "none known", subject.mapped_by)
    stated = "as its markets state them, else by the digits that its order book shows"
    if lacks_declared_steps(subject):
        yield Fact(group, "steps", "by the digits that its order book shows", f"{ccxt} markets state none")
    elif not mapping.steps:
        yield Fact(group, "steps", stated, DEFAULT)
    for name, term in mapping.cancel_params.items():
        yield Fact(group, f"cancel tells {name}", term, subject.mapped_by)
    for option, what in mapping.needs.items():
        named = option_at({**subject.client.options, **subject.settings.options}, option)
        yield Fact(group, f"needs option {option}", named or f"missing: {what}", subject.mapped_by)
    if not any(has_method(name, info, mapping) for name in FOLLOWING):
        yield Fact(group, "orders placed", "none: nothing tells what becomes of them", f"{ccxt} has")
    for text, outcome in mapping.errors:
        yield Fact(group, f"error {text!r}", outcome, subject.mapped_by)


def lacks_declared_steps(subject: Subject) -> bool:
    """Whether the class brings markets of its own, and neither it nor the mapping states the steps of one."""
    return any(
        lacks_steps(with_steps(market, subject.mapping.steps_of(symbol), precision_mode=subject.client.precisionMode))
        for symbol, market in (subject.client.markets or {}).items()
    )


def has_source(subject: Subject, method: str) -> str:
    """Who says whether the venue has a unified method."""
    return subject.mapped_by if method in subject.mapping.has else f"{subject.ccxt} has"


def about_client_order_ids(subject: Subject) -> Iterator[Fact]:
    rules, mapped_by = subject.mapping.client_order_id, subject.mapped_by
    group = "client order ids"
    yield Fact(group, "taken by", list(subject.info.client_order_id), f"{subject.ccxt}, its methods' text")
    defaults = {"max_length": constants.MAX_ORDER_ID_LEN, "prefix": constants.HBOT_ORDER_ID_PREFIX, "pattern": None}
    for name, default in defaults.items():
        stated = getattr(rules, name)
        shown = default if stated is None else stated
        yield Fact(group, name.replace("_", " "), shown, DEFAULT if stated is None else mapped_by)
    if not rules.sent:
        yield Fact(group, "sent", False, mapped_by)


def about_fees(subject: Subject) -> Iterator[Fact]:
    """The fees of Hummingbot's default schema; once connected, the account's own take their place where they can be
    fetched."""
    from hummingbot_ccxt.exchange.ccxt_utils import fee_schema  # Hummingbot's client: a second

    info, fees = subject.info, subject.mapping.fees
    mapped = MappedFees(fees.maker, fees.taker, fees.charged, fees.percent_fee_token)
    schema = fee_schema(info, mapped)
    figures = {"maker": schema.maker_percent_fee_decimal, "taker": schema.taker_percent_fee_decimal}
    for name, figure in figures.items():
        declared = f"{subject.ccxt} fees" if getattr(info, name) is not None else f"{DEFAULT}: ccxt says nothing"
        yield Fact("fees", name, figure, declared if getattr(fees, name) is None else subject.mapped_by)
    charged = "deducted_from_returns" if schema.buy_percent_fee_deducted_from_returns else "added_to_cost"
    by_mapping = fees.charged or fees.percent_fee_token
    derived = f"{subject.ccxt} feeSide {info.fee_side!r}" if info.fee_side else DEFAULT
    yield Fact("fees", "charged", charged, subject.mapped_by if by_mapping else derived)
    if schema.percent_fee_token:
        yield Fact("fees", "in the asset", schema.percent_fee_token, subject.mapped_by)


def about_the_connection(subject: Subject) -> Iterator[Fact]:
    info, settings, file = subject.info, subject.settings, str(subject.configured_in)
    group = "connection"
    yield Fact(group, "ms between requests", info.rate_limit_ms, f"{subject.ccxt} rateLimit")
    if info.pro:
        yield Fact(group, "s between pings", *pings(subject))
        yield Fact(group, "stale after, s", *subject.chosen("stale_after_s", 3 * pings(subject)[0], DEFAULT))
    increasing = subject.chosen("strictly_increasing_nonce", False, DEFAULT)
    yield Fact(group, "nonce strictly increasing", *increasing)
    for name in ("testnet", "base_url", "proxy"):
        value = getattr(settings, name)
        yield Fact(group, name, value, file if value != getattr(ExchangeSettings(), name) else DEFAULT)


def about_messages(subject: Subject) -> Iterator[Fact]:
    """Where the mapping has the venue's messages read otherwise than ccxt does."""
    for field in ("order_status_field", "trade_id_field", "maker_field", "fee_list", "ignored_fields", "split_frames"):
        if is_set(subject.mapping, field):
            yield Fact("messages", field.replace("_", " "), list(getattr(subject.mapping, field)), subject.mapped_by)
    if subject.mapping.signed_amounts:
        yield Fact("messages", "amounts of own trades", "negative for a sale", subject.mapped_by)
    if subject.mapping.asked_once:
        yield Fact("requests", "asked once", list(subject.mapping.asked_once), subject.mapped_by)
    for kind in ("order", "trade"):
        for field, places in getattr(subject.mapping, f"{kind}_fields").items():
            yield Fact("messages", f"streamed {kind} {field}", list(places), subject.mapped_by)


def pings(subject: Subject) -> tuple[float, str]:
    """Seconds between two pings and who says so, as `Venue` works it out: only the protocol's own can be hastened."""
    own_s = float(subject.client.streaming["keepAlive"]) / 1000
    wanted_s = subject.mapping.heartbeat_s or KEEP_ALIVE_S
    if subject.client.ping is not None or wanted_s >= own_s:
        return own_s, f"{subject.ccxt} streaming"
    return wanted_s, subject.mapped_by if subject.mapping.heartbeat_s else DEFAULT


def about_what_goes_to_ccxt(subject: Subject) -> Iterator[Fact]:
    """Options, parameters and referral ids: ccxt's own, then what changes them."""
    group, settings, file = "handed to ccxt", subject.settings, str(subject.configured_in)
    for name in BROKER_OPTIONS:
        if name in subject.client.options:
            own = subject.client.options[name]
            yield Fact(group, f"referral id ({name})", own, f"{subject.ccxt} options")
    for name, value in (subject.client.headers or {}).items():
        if str(value).lower() == "ccxt":
            yield Fact(group, f"referral id ({name})", value, f"{subject.ccxt} headers")
    if settings.broker_id is not None:
        yield Fact(group, "referral id, instead", settings.broker_id, file)
    for source, holder in ((subject.mapped_by, subject.mapping), (file, settings)):
        for kind in ("options", "params"):
            entries: Mapping[str, Any] = getattr(holder, kind)
            for name, value in entries.items():
                yield Fact(group, f"{kind[:-1]} {name}", value, source)
    for name, works in subject.mapping.has.items():
        yield Fact(group, f"has {name}", works, subject.mapped_by)
    symbols = subject.mapping.symbols
    for field in dataclasses.fields(symbols):
        value = getattr(symbols, field.name)
        if value:
            yield Fact(group, f"symbols {field.name}", value, subject.mapped_by)
