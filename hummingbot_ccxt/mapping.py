"""The typed schema of a mapping: what one exchange does differently from what ccxt's own metadata says.

A mapping module is data: `MAPPING = ExchangeMapping(exchange="okx", ...)`, every field optional, each with the reason
and the source of the quirk beside it. Whatever is wrong in it is refused when it is loaded (`BadMapping`), never at the
first order.
"""

from __future__ import annotations

import copy
import dataclasses
import difflib
import importlib
import importlib.util
import math
import re
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Literal, Self

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.registry import MAPPING_ENTRY_POINTS, mapping_entry_points
from hummingbot_ccxt.user_code import load_file, open_to_all

ENTRY_POINT_GROUP: Final = MAPPING_ENTRY_POINTS
STREAM_KINDS: Final = frozenset({"book", "trades", "orders", "fills", "balance"})
OUTCOMES: Final = ("refused", "gone", "unknown")  # the values of venue.outcomes.Outcome
HUMMINGBOT_LONGEST_ORDER_ID: Final = 255  # its database column

type Charged = Literal["deducted_from_returns", "added_to_cost"]
type FillsFrom = Literal["trades", "order"]
type MarketBuy = Literal["amount", "cost"]
type BookFrom = Literal["deltas", "snapshots", "rest"]
type OutcomeName = Literal["refused", "gone", "unknown"]


class BadMapping(HummingbotCcxtError):
    """A mapping holds a value that cannot be used.

    `module` is where it stands ("" while it is being built outside of `load_mapping`), `field` the field at fault,
    `value` what stands there, `allowed` what may stand there. The text names all four.
    """

    def __init__(self, field: str, value: object, allowed: str, *, module: str = "") -> None:
        self.module = module
        self.field = field
        self.value = value
        self.allowed = allowed
        shown = repr(value)
        shown = shown if len(shown) <= 80 else f"{shown[:80]}..."
        where = f"{module}: " if module else ""
        super().__init__(f"{where}{field} is {shown}; allowed: {allowed}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _bad_mapping, (self.field, self.value, self.allowed, self.module)

    def within(self, module: str) -> BadMapping:
        """The same error, with the module that holds the mapping."""
        return BadMapping(self.field, self.value, self.allowed, module=self.module or module)


def _bad_mapping(field: str, value: object, allowed: str, module: str) -> BadMapping:
    return BadMapping(field, value, allowed, module=module)


class _Strict(ABC):
    """A dataclass base that refuses unknown fields by name, and positional values, as BadMapping."""

    def __new__(cls, *args: object, **fields: object) -> Self:
        if args:
            raise BadMapping(cls.__name__, args[0], "fields by name only")
        known = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
        for name, value in fields.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise BadMapping(f"{cls.__name__}.{name}", value, f"{hint}the fields are {', '.join(known)}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name, check in self._checks().items():
            value = check(f"{type(self).__name__}.{name}", getattr(self, name))
            object.__setattr__(self, name, value)

    @abstractmethod
    def _checks(self) -> dict[str, Callable[[str, Any], Any]]:
        """The check of each field, by the field's name."""


# --- What each kind of field may hold: a check takes the field's name and value, and returns the value to keep. ---


def _fail(field: str, value: object, allowed: str) -> Any:
    raise BadMapping(field, value, allowed)


def _optional(check: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    return lambda field, value: None if value is None else check(field, value)


def _text(field: str, value: Any) -> str:
    return value if isinstance(value, str) and value.strip() else _fail(field, value, "a text that is not empty")


def _flag(field: str, value: Any) -> bool:
    return value if isinstance(value, bool) else _fail(field, value, "True or False")


def _one_of(*allowed: str) -> Callable[[str, Any], str]:
    shown = " or ".join(repr(each) for each in allowed)
    return lambda field, value: value if value in allowed else _fail(field, value, shown)


def _seconds(field: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
    return value if number else _fail(field, value, "a number of seconds above 0")


def _rate(field: str, value: Any) -> Decimal:
    fine = isinstance(value, Decimal) and value.is_finite() and abs(value) < 1
    return (
        value if fine else _fail(field, value, 'a Decimal fraction, negative for a rebate: Decimal("0.001") is 0.1 %')
    )


def _pattern(field: str, value: Any) -> str:
    try:
        re.compile(_text(field, value))
    except re.error as err:
        _fail(field, value, f"a regular expression ({err})")
    return str(value)


def _texts(field: str, value: Any) -> tuple[str, ...]:
    fine = isinstance(value, tuple | list) and all(isinstance(each, str) and each for each in value)
    return tuple(value) if fine else _fail(field, value, 'a tuple of texts, also for one: ("X",)')


def _set_of_texts(field: str, value: Any) -> frozenset[str]:
    fine = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    texts = list(value) if fine else []
    fine = fine and all(isinstance(each, str) and each for each in texts)
    return frozenset(texts) if fine else _fail(field, value, "a set of texts")


def _streams(field: str, value: Any) -> frozenset[str]:
    kinds = _set_of_texts(field, value)
    return kinds if kinds <= STREAM_KINDS else _fail(field, value, f"a set of {', '.join(sorted(STREAM_KINDS))}")


def _order_states(field: str, value: Any) -> dict[str, OrderState]:
    allowed = f"a dict, raw status to OrderState ({', '.join(state.name for state in OrderState)})"
    if not isinstance(value, Mapping):
        _fail(field, value, allowed)
    for raw, state in value.items():
        if not isinstance(raw, str) or not raw or not isinstance(state, OrderState):
            _fail(f"{field}[{raw!r}]", state, allowed)
    return dict(value)


def _dict_of(check: Callable[[str, Any], Any], shape: str) -> Callable[[str, Any], dict[str, Any]]:
    def checked(field: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) and key for key in value):
            _fail(field, value, shape)
        return {key: check(f"{field}[{key!r}]", each) for key, each in value.items()}

    return checked


def _plain(field: str, value: Any) -> Any:
    """A deep copy of what ccxt may be handed: texts, numbers, booleans, None, and lists and dicts of them."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(f"{field}[{at}]", each) for at, each in enumerate(value)]
    if isinstance(value, Mapping):
        return _dict_of(_plain, "texts as keys")(field, value)
    return _fail(field, value, "texts, numbers, True, False, None, and lists and dicts of them")


_plain_dict = _dict_of(_plain, "a dict with texts as keys")


def _false_or_dict(field: str, value: Any) -> Any:
    return False if value is False else _plain_dict(field, value)


def _unified_method(field: str, value: Any) -> dict[str, Any]:
    name = field.rpartition("['")[2].removesuffix("']")
    if not re.fullmatch(r"[a-z]+[A-Z][A-Za-z]*", name):
        _fail(field, name, "ccxt's unified method names in camel case, such as createOrder")
    return _plain_dict(field, value)


def _error_texts(field: str, value: Any) -> tuple[tuple[str, str], ...]:
    allowed = f'a tuple of (text fragment or code, outcome); outcome is {", ".join(OUTCOMES)}: (("-2013", "gone"),)'
    if not isinstance(value, tuple | list):
        _fail(field, value, allowed)
    for entry in value:
        fine = isinstance(entry, tuple | list) and len(entry) == 2 and isinstance(entry[0], str) and entry[0].strip()
        if not fine or entry[1] not in OUTCOMES:
            _fail(field, entry, allowed)
    return tuple((str(text), str(outcome)) for text, outcome in value)


def _split_frames(field: str, value: Any) -> tuple[tuple[str, ...], ...]:
    allowed = 'a tuple of (field, its value, field of the list): (("channel", "executions", "data"),)'
    if not isinstance(value, tuple | list):
        _fail(field, value, allowed)
    for entry in value:
        if not isinstance(entry, tuple | list) or len(entry) != 3 or not all(isinstance(e, str) and e for e in entry):
            _fail(field, entry, allowed)
    return tuple(tuple(entry) for entry in value)


def _depths(field: str, value: Any) -> tuple[int, ...]:
    fine = isinstance(value, tuple | list) and all(type(each) is int and each > 0 for each in value)
    fine = fine and list(value) == sorted(set(value))
    return tuple(value) if fine else _fail(field, value, "a tuple of ascending numbers of levels: (5, 10, 20)")


def _aliases(field: str, value: Any) -> dict[str, str]:
    aliases = _dict_of(_text, "a dict, ccxt's currency code to Hummingbot's token")(field, value)
    for code, token in aliases.items():
        if not is_usable_token(token):
            _fail(f"{field}[{code!r}]", token, "a token without dash, slash, colon or space")
    return aliases


def _id_length(field: str, value: Any) -> int:
    # Hummingbot's own ids need a prefix, a side, two tokens' first letters and 16 hex digits.
    fine = type(value) is int and 8 <= value <= HUMMINGBOT_LONGEST_ORDER_ID
    return value if fine else _fail(field, value, f"a number of characters, 8 to {HUMMINGBOT_LONGEST_ORDER_ID}")


def _instance(kind: type) -> Callable[[str, Any], Any]:
    return lambda field, value: value if isinstance(value, kind) else _fail(field, value, f"{kind.__name__}(...)")


def is_usable_token(token: object) -> bool:
    """Whether `token` can stand in a Hummingbot trading pair, whose separator is the dash."""
    return isinstance(token, str) and bool(re.fullmatch(r"[^\s\-/:]{1,50}", token)) and token.isprintable()


# --- The schema -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Fees(_Strict):
    """Fee defaults, until the account's own are fetched.

    `maker`, `taker`: fractions (0.001 is 0.1 %), negative for a rebate; None: ccxt's figure.
    `charged`: a buyer pays in the bought asset ("deducted_from_returns") or in the quote asset ("added_to_cost").
    `percent_fee_token`: the third asset that all fees are charged in, such as BNB; only with "added_to_cost".
    """

    maker: Decimal | None = None
    taker: Decimal | None = None
    charged: Charged | None = None
    percent_fee_token: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.percent_fee_token is not None and self.charged == "deducted_from_returns":
            # Hummingbot's TradeFeeSchema asserts it, without saying so.
            raise BadMapping("Fees.percent_fee_token", self.percent_fee_token, 'None with "deducted_from_returns"')

    def _checks(self) -> dict[str, Callable[[str, Any], Any]]:
        return {
            "maker": _optional(_rate),
            "taker": _optional(_rate),
            "charged": _optional(_one_of("deducted_from_returns", "added_to_cost")),
            "percent_fee_token": _optional(_text),
        }


@dataclass(frozen=True, kw_only=True)
class SymbolRules(_Strict):
    """How the venue's markets become trading pairs.

    `aliases`: ccxt's currency code -> Hummingbot's token, for names that ccxt does not unify or that cannot stand in a
    trading pair ("A-B" -> "AB"). `excluded`: symbols (BTC/USDT) or market ids that are left out; `excluded_pattern`:
    the same as a regular expression, which must match the whole symbol or id. `closed_if`: field of the venue's own
    market entry -> the value with which no spot order is taken, where ccxt does not read it.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    excluded_pattern: str | None = None
    closed_if: Mapping[str, Any] = field(default_factory=dict)

    def _checks(self) -> dict[str, Callable[[str, Any], Any]]:
        return {
            "aliases": _aliases,
            "excluded": _set_of_texts,
            "excluded_pattern": _optional(_pattern),
            "closed_if": _plain_dict,
        }

    def token(self, code: str) -> str:
        """Hummingbot's token for ccxt's currency code."""
        return self.aliases.get(code, code)

    def excludes(self, name: str) -> bool:
        """Whether the market with this symbol or market id is left out."""
        matches = self.excluded_pattern is not None and re.fullmatch(self.excluded_pattern, name) is not None
        return matches or name in self.excluded

    def closes(self, entry: object) -> bool:
        """Whether the venue's own entry of a market says that no spot orders are taken."""
        return isinstance(entry, Mapping) and any(
            field in entry and entry[field] == value for field, value in self.closed_if.items()
        )


@dataclass(frozen=True, kw_only=True)
class ClientOrderId(_Strict):
    """What the venue accepts as a client order id.

    `max_length`: characters, the prefix included. `pattern`: a regular expression that the whole id must match.
    `prefix`: what every id must begin with.
    `param`: the parameter of ccxt's methods that carries it; None: clientOrderId.
    """

    max_length: int | None = None
    pattern: str | None = None
    prefix: str | None = None
    param: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.prefix is not None and self.max_length is not None and len(self.prefix) > self.max_length - 8:
            raise BadMapping("ClientOrderId.prefix", self.prefix, "8 characters shorter than max_length, or less")

    def _checks(self) -> dict[str, Callable[[str, Any], Any]]:
        return {
            "max_length": _optional(_id_length),
            "pattern": _optional(_pattern),
            "prefix": _optional(_text),
            "param": _optional(_text),
        }


@dataclass(frozen=True, kw_only=True)
class ExchangeMapping(_Strict):
    """What one exchange does differently; every field is optional, and left out means "as ccxt's metadata says".

    Dictionaries are copied when the mapping is built; treat them as read-only.
    """

    exchange: str | None = None
    """ccxt's exchange id."""

    order_states: Mapping[str, OrderState] = field(default_factory=dict)
    """The venue's raw order status -> Hummingbot's state; goes before ccxt's unified status."""
    order_status_field: tuple[str, ...] = ("X", "status", "state", "ordStatus", "orderStatus")
    """Where in an order's `info` the raw status may stand; "a.b" is b inside of a. The first one that is known wins."""
    trade_id_field: tuple[str, ...] = ()
    """Where in a trade's `info` the venue's trade id stands, if ccxt's `id` is wrong there."""
    maker_field: tuple[str, ...] = ()
    """Where in a trade's `info` it says whether we were the maker (true, 1 or "maker"), if ccxt does not read it."""
    ignored_fields: tuple[str, ...] = ()
    """Fields of the venue's messages that ccxt is not shown, wherever they stand, since it misreads them."""
    split_frames: tuple[tuple[str, str, str], ...] = ()
    """(field, its value, list): of a streamed message with that value, ccxt is handed each element of the list in a
    message of its own, since it judges all of them by the first."""

    fees: Fees = Fees()
    symbols: SymbolRules = SymbolRules()
    client_order_id: ClientOrderId = ClientOrderId()

    heartbeat_s: float | None = None
    """Seconds between pings."""
    stale_after_s: float | None = None
    """Seconds of silence after which a stream counts as dead."""
    order_settle_s: float | None = None
    """Seconds after an unanswered create within which the venue may still take the order."""

    market_buy: MarketBuy | None = None
    """What the venue wants a market buy sized in: base "amount", or quote "cost"."""
    strictly_increasing_nonce: bool = False
    """The venue refuses a nonce that is not above the last one, so that signed requests must go one after another."""

    fills_from: FillsFrom | None = None
    """One source of fills: the account's trades, or the order's cumulative figures."""
    trusts_terminal_filled: bool = False
    """A finished order's cumulative filled amount is true as reported; otherwise its trades must confirm it."""
    book_from: BookFrom | None = None
    """Where the book comes from: changed levels, whole books on the stream, or polling."""
    polled: frozenset[str] = frozenset()
    """Streams that ccxt claims but that do not work, so that they are polled: book, trades, orders, fills, balance."""
    verify_book_s: float | None = None
    """Seconds after which a streamed book is compared with one over REST although it moves, again and again; for where
    neither the venue's messages nor ccxt would show that a change got lost."""
    depth_limits: tuple[int, ...] = ()
    """The book depths that the venue accepts, ascending."""

    batch_cancel: bool | None = None
    """Whether one request can cancel several orders by id."""
    has: Mapping[str, bool] = field(default_factory=dict)
    """Corrections of ccxt's `has`: unified method -> whether it works."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """ccxt's `options`, merged deeply over ccxt's own."""
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Extra parameters per unified method: {"createOrder": {...}}."""
    post_only: Mapping[str, Any] | Literal[False] | None = None
    """The parameters that make a limit order post-only, if ccxt's {"postOnly": True} does not; False: nothing does."""
    testnet: bool | None = None
    """False: what ccxt takes for the venue's test network is none."""

    clock_skew: tuple[str, ...] = ()
    """Fragments of error texts that mean: the time stamp of the request is off; where ccxt does not say so."""
    errors: tuple[tuple[str, OutcomeName], ...] = ()
    """(text fragment or code of an error, what it means for the order), where ccxt's error class is too coarse."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.heartbeat_s and self.stale_after_s and self.stale_after_s <= self.heartbeat_s:
            raise BadMapping(
                "ExchangeMapping.stale_after_s", self.stale_after_s, f"more than heartbeat_s ({self.heartbeat_s})"
            )

    def _checks(self) -> dict[str, Callable[[str, Any], Any]]:
        return {
            "exchange": _optional(_exchange_id),
            "order_states": _order_states,
            "order_status_field": _texts,
            "trade_id_field": _texts,
            "maker_field": _texts,
            "ignored_fields": _texts,
            "split_frames": _split_frames,
            "fees": _instance(Fees),
            "symbols": _instance(SymbolRules),
            "client_order_id": _instance(ClientOrderId),
            "heartbeat_s": _optional(_seconds),
            "stale_after_s": _optional(_seconds),
            "order_settle_s": _optional(_seconds),
            "market_buy": _optional(_one_of("amount", "cost")),
            "strictly_increasing_nonce": _flag,
            "fills_from": _optional(_one_of("trades", "order")),
            "trusts_terminal_filled": _flag,
            "book_from": _optional(_one_of("deltas", "snapshots", "rest")),
            "polled": _streams,
            "verify_book_s": _optional(_seconds),
            "depth_limits": _depths,
            "batch_cancel": _optional(_flag),
            "has": _dict_of(_flag, "a dict, unified method to True or False"),
            "options": _plain_dict,
            "params": _dict_of(_unified_method, "a dict, unified method to a dict of parameters"),
            "post_only": _optional(_false_or_dict),
            "testnet": _optional(_flag),
            "clock_skew": _texts,
            "errors": _error_texts,
        }


def _exchange_id(field: str, value: Any) -> str:
    fine = isinstance(value, str) and re.fullmatch(r"[a-z0-9_]+", value)
    return str(value) if fine else _fail(field, value, "a ccxt exchange id: small letters, digits, underscores")


NO_QUIRKS: Final = ExchangeMapping()
"""The mapping of an exchange that behaves as ccxt's metadata says."""


# --- Loading ----------------------------------------------------------------------------------------------------------


def load_mapping(exchange_id: str, folder: Path | None = None) -> ExchangeMapping:
    """The mapping of the exchange with ccxt's id `exchange_id`; an empty one if nobody wrote one.

    Looked for in this order: `<folder>/<exchange_id>.py`, an entry point of that name in the group
    `hummingbot_ccxt.mappings`, our own module `hummingbot_ccxt.mappings.<exchange_id>`. The first one wins as a whole.
    Raises BadMapping, naming the module, for a module that fails, holds no MAPPING, or holds one for another exchange,
    and for a folder or file that every user of the machine may write: it is code that runs with the keys at hand.
    """
    _exchange_id("exchange", exchange_id)
    found = _from_folder(exchange_id, folder) or _from_entry_point(exchange_id) or _from_package(exchange_id)
    if found is None:
        return ExchangeMapping(exchange=exchange_id)
    module, mapping = found
    if not isinstance(mapping, ExchangeMapping):
        raise BadMapping("MAPPING", mapping, "an ExchangeMapping(...)", module=module)
    if mapping.exchange is None:
        return dataclasses.replace(mapping, exchange=exchange_id)
    if mapping.exchange != exchange_id:
        raise BadMapping("ExchangeMapping.exchange", mapping.exchange, repr(exchange_id), module=module)
    return copy.deepcopy(mapping)


type _Found = tuple[str, object]  # the module's name for people, and its MAPPING


def _from_folder(exchange_id: str, folder: Path | None) -> _Found | None:
    path = folder / f"{exchange_id}.py" if folder is not None else None
    if folder is None or path is None or not path.is_file():
        return None
    place = open_to_all(path)
    if place is not None:
        allowed = f"no write permission for others (chmod o-w {place})"
        raise BadMapping("permissions", stat.filemode(place.stat().st_mode), allowed, module=str(place))

    def load() -> ModuleType:
        return load_file(path, f"hummingbot_ccxt_user_mapping_{exchange_id}")

    return str(path), _mapping_of(load, str(path))


def _from_entry_point(exchange_id: str) -> _Found | None:
    point = mapping_entry_points().get(exchange_id)
    return None if point is None else (point.value, _mapping_of(point.load, point.value))


def _from_package(exchange_id: str) -> _Found | None:
    name = f"hummingbot_ccxt.mappings.{exchange_id}"
    try:
        if importlib.util.find_spec(name) is None:
            return None
    except ModuleNotFoundError:  # the package itself is not there: nothing is mapped
        return None
    return name, _mapping_of(lambda: importlib.import_module(name), name)


def _mapping_of(load: Callable[[], Any], module: str) -> object:
    """What the loaded object holds: a module's MAPPING, or the object itself."""
    try:
        loaded = load()
    except BadMapping as err:
        raise err.within(module) from err
    except Exception as err:
        raise BadMapping(
            "the module", f"{type(err).__name__}: {err}", "a module that can be imported", module=module
        ) from err
    return getattr(loaded, "MAPPING", None) if isinstance(loaded, ModuleType) else loaded
