"""What each kind of field of a mapping may hold, and how a wrong value is refused.

A check takes the field's name and value, and returns the value to keep. It raises BadMapping.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Self

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.errors import HummingbotCcxtError

STREAM_KINDS: Final = frozenset({"book", "trades", "orders", "fills", "balance"})
OUTCOMES: Final = ("refused", "gone", "unknown")  # the values of venue.outcomes.Outcome
HUMMINGBOT_LONGEST_ORDER_ID: Final = 255  # its database column

_FEW: Final = 12
_LISTED: Final = "python -m pydoc hummingbot_ccxt.mapping_schema lists them"

type Check = Callable[[str, Any], Any]


class BadMapping(HummingbotCcxtError):
    """A mapping holds a value that cannot be used.

    `module` is where it stands ("" while it is being built outside of `load_mapping`), `field` the field at fault,
    `value` what stands there, `allowed` what may stand there, `line` where in the module, if that is known. The text
    names them all.
    """

    def __init__(self, field: str, value: object, allowed: str, *, module: str = "", line: int | None = None) -> None:
        self.module = module
        self.line = line
        self.field = field
        self.value = value
        self.allowed = allowed
        shown = repr(value)
        shown = shown if len(shown) <= 80 else f"{shown[:80]}..."
        at = "" if line is None else f", line {line}"
        where = f"{module}{at}: " if module else ""
        super().__init__(f"{where}{field} is {shown}; allowed: {allowed}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _bad_mapping, (self.field, self.value, self.allowed, self.module, self.line)

    def within(self, module: str, line: int | None = None) -> BadMapping:
        """The same error, with the module that holds the mapping, and the line in it."""
        return BadMapping(self.field, self.value, self.allowed, module=self.module or module, line=self.line or line)


def _bad_mapping(field: str, value: object, allowed: str, module: str, line: int | None) -> BadMapping:
    return BadMapping(field, value, allowed, module=module, line=line)


class Strict(ABC):
    """A dataclass base that refuses unknown fields by name, and positional values, as BadMapping."""

    def __new__(cls, *args: object, **fields: object) -> Self:
        if args:
            raise BadMapping(cls.__name__, args[0], "fields by name only")
        known = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
        for name, value in fields.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                listed = f"are {', '.join(known)}" if len(known) <= _FEW else f"stand in {cls.__module__} ({_LISTED})"
                raise BadMapping(f"{cls.__name__}.{name}", value, f"{hint}the fields {listed}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name, check in self._checks().items():
            value = check(f"{type(self).__name__}.{name}", getattr(self, name))
            object.__setattr__(self, name, value)

    @abstractmethod
    def _checks(self) -> dict[str, Check]:
        """The check of each field, by the field's name."""


# --- What each kind of field may hold: a check takes the field's name and value, and returns the value to keep. ---


def fail(field: str, value: object, allowed: str) -> Any:
    raise BadMapping(field, value, allowed)


def optional(check: Check) -> Check:
    return lambda field, value: None if value is None else check(field, value)


def text(field: str, value: Any) -> str:
    return value if isinstance(value, str) and value.strip() else fail(field, value, "a text that is not empty")


def flag(field: str, value: Any) -> bool:
    return value if isinstance(value, bool) else fail(field, value, "True or False")


def one_of(*allowed: str) -> Callable[[str, Any], str]:
    shown = " or ".join(repr(each) for each in allowed)
    return lambda field, value: value if value in allowed else fail(field, value, shown)


def seconds(field: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
    return value if number else fail(field, value, "a number of seconds above 0")


def rate(field: str, value: Any) -> Decimal:
    fine = isinstance(value, Decimal) and value.is_finite() and abs(value) < 1
    return value if fine else fail(field, value, 'a Decimal fraction, negative for a rebate: Decimal("0.001") is 0.1 %')


def positive(field: str, value: Any) -> Decimal:
    fine = isinstance(value, Decimal) and value.is_finite() and value > 0
    return value if fine else fail(field, value, 'a Decimal above 0: Decimal("0.01")')


def pattern(field: str, value: Any) -> str:
    try:
        re.compile(text(field, value))
    except re.error as err:
        fail(field, value, f"a regular expression ({err})")
    return str(value)


def texts(field: str, value: Any) -> tuple[str, ...]:
    fine = isinstance(value, tuple | list) and all(isinstance(each, str) and each for each in value)
    return tuple(value) if fine else fail(field, value, 'a tuple of texts, also for one: ("X",)')


def three_texts(field: str, value: Any) -> tuple[str, ...]:
    fine = isinstance(value, tuple | list) and len(value) in (0, 3)
    return texts(field, value) if fine else fail(field, value, "a tuple of three texts")


def set_of_texts(field: str, value: Any) -> frozenset[str]:
    fine = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    texts = list(value) if fine else []
    fine = fine and all(isinstance(each, str) and each for each in texts)
    return frozenset(texts) if fine else fail(field, value, "a set of texts")


def streams(field: str, value: Any) -> frozenset[str]:
    kinds = set_of_texts(field, value)
    return kinds if kinds <= STREAM_KINDS else fail(field, value, f"a set of {', '.join(sorted(STREAM_KINDS))}")


def order_states(field: str, value: Any) -> dict[str, OrderState]:
    allowed = f"a dict, raw status to OrderState ({', '.join(state.name for state in OrderState)})"
    if not isinstance(value, Mapping):
        fail(field, value, allowed)
    for raw, state in value.items():
        if not isinstance(raw, str) or not raw or not isinstance(state, OrderState):
            fail(f"{field}[{raw!r}]", state, allowed)
    return dict(value)


def dict_of(check: Check, shape: str) -> Callable[[str, Any], dict[str, Any]]:
    def checked(field: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) and key for key in value):
            fail(field, value, shape)
        return {key: check(f"{field}[{key!r}]", each) for key, each in value.items()}

    return checked


def plain(field: str, value: Any) -> Any:
    """A deep copy of what ccxt may be handed: texts, numbers, booleans, None, and lists and dicts of them."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(f"{field}[{at}]", each) for at, each in enumerate(value)]
    if isinstance(value, Mapping):
        return dict_of(plain, "texts as keys")(field, value)
    return fail(field, value, "texts, numbers, True, False, None, and lists and dicts of them")


plain_dict = dict_of(plain, "a dict with texts as keys")


def false_or_dict(field: str, value: Any) -> Any:
    return False if value is False else plain_dict(field, value)


def unified_method(field: str, value: Any) -> dict[str, Any]:
    name = field.rpartition("['")[2].removesuffix("']")
    if not re.fullmatch(r"[a-z]+[A-Z][A-Za-z]*", name):
        fail(field, name, "ccxt's unified method names in camel case, such as createOrder")
    return plain_dict(field, value)


def error_texts(field: str, value: Any) -> tuple[tuple[str, str], ...]:
    allowed = f'a tuple of (text fragment or code, outcome); outcome is {", ".join(OUTCOMES)}: (("-2013", "gone"),)'
    if not isinstance(value, tuple | list):
        fail(field, value, allowed)
    for entry in value:
        fine = isinstance(entry, tuple | list) and len(entry) == 2 and isinstance(entry[0], str) and entry[0].strip()
        if not fine or entry[1] not in OUTCOMES:
            fail(field, entry, allowed)
    return tuple((str(text), str(outcome)) for text, outcome in value)


def split_frames(field: str, value: Any) -> tuple[tuple[str, ...], ...]:
    allowed = 'a tuple of (field, its value, field of the list): (("channel", "executions", "data"),)'
    if not isinstance(value, tuple | list):
        fail(field, value, allowed)
    for entry in value:
        if not isinstance(entry, tuple | list) or len(entry) != 3 or not all(isinstance(e, str) and e for e in entry):
            fail(field, entry, allowed)
    return tuple(tuple(entry) for entry in value)


def field_and_value(field: str, value: Any) -> tuple[str, Any]:
    fine = isinstance(value, tuple | list) and len(value) == 2 and isinstance(value[0], str) and value[0]
    return tuple(value) if fine else fail(field, value, 'a tuple of field and value: ("type", "snapshot")')


def count(field: str, value: Any) -> int:
    return value if type(value) is int and value > 0 else fail(field, value, "a whole number, 1 or more")


def levels(field: str, value: Any) -> int:
    return value if type(value) is int and value > 0 else fail(field, value, "a number of levels, 1 or more")


def depths(field: str, value: Any) -> tuple[int, ...]:
    fine = isinstance(value, tuple | list) and all(type(each) is int and each > 0 for each in value)
    fine = fine and list(value) == sorted(set(value))
    return tuple(value) if fine else fail(field, value, "a tuple of ascending numbers of levels: (5, 10, 20)")


def aliases(field: str, value: Any) -> dict[str, str]:
    aliases = dict_of(text, "a dict, ccxt's currency code to Hummingbot's token")(field, value)
    for code, token in aliases.items():
        if not is_usable_token(token):
            fail(f"{field}[{code!r}]", token, "a token without dash, slash, colon or space")
    return aliases


def steps(kind: type) -> Check:
    """Symbols, quotes or all markets, each with an instance of `kind`."""

    def checked(field: str, value: Any) -> dict[str, Any]:
        found = dict_of(instance(kind), f"a dict, market to {kind.__name__}(...)")(field, value)
        for name in found:
            if not re.fullmatch(r"\*|[^\s/*]+/[^\s/*]+|\*/[^\s/*]+", name):
                fail(field, name, 'a symbol ("BTC/JPY"), a quote ("*/JPY") or all markets ("*")')
        return found

    return checked


def where_in_info(*unified: str) -> Check:
    """ccxt's unified fields, each with where in `info` its true value stands."""
    shape = f'a dict, of {", ".join(unified)} to a tuple of fields of info: {{"{unified[0]}": ("cumQty",)}}'

    def checked(field: str, value: Any) -> dict[str, tuple[str, ...]]:
        found = dict_of(texts, shape)(field, value)
        for name, places in found.items():
            if name not in unified or not places:
                fail(f"{field}[{name!r}]", places, shape)
        return found

    return checked


def id_length(field: str, value: Any) -> int:
    # Hummingbot's own ids need a prefix, a side, two tokens' first letters and 16 hex digits.
    fine = type(value) is int and 8 <= value <= HUMMINGBOT_LONGEST_ORDER_ID
    return value if fine else fail(field, value, f"a number of characters, 8 to {HUMMINGBOT_LONGEST_ORDER_ID}")


def instance(kind: type) -> Check:
    return lambda field, value: value if isinstance(value, kind) else fail(field, value, f"{kind.__name__}(...)")


def is_usable_token(token: object) -> bool:
    """Whether `token` can stand in a Hummingbot trading pair, whose separator is the dash."""
    return isinstance(token, str) and bool(re.fullmatch(r"[^\s\-/:]{1,50}", token)) and token.isprintable()


def exchange_id(field: str, value: Any) -> str:
    fine = isinstance(value, str) and re.fullmatch(r"[a-z0-9_]+", value)
    return str(value) if fine else fail(field, value, "a ccxt exchange id: small letters, digits, underscores")
