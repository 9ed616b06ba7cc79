"""What a mapping is put together of: fees, symbols, steps, ids, and where the venue's messages say what ccxt misses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from hummingbot_ccxt import mapping_checks as check

type Charged = Literal["deducted_from_returns", "added_to_cost"]


@dataclass(frozen=True, kw_only=True)
class Fees(check.Strict):
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
            raise check.BadMapping(
                "Fees.percent_fee_token", self.percent_fee_token, 'None with "deducted_from_returns"'
            )

    def _checks(self) -> dict[str, check.Check]:
        return {
            "maker": check.optional(check.rate),
            "taker": check.optional(check.rate),
            "charged": check.optional(check.one_of("deducted_from_returns", "added_to_cost")),
            "percent_fee_token": check.optional(check.text),
        }


@dataclass(frozen=True, kw_only=True)
class SymbolRules(check.Strict):
    """How the venue's markets become trading pairs.

    `aliases`: ccxt's currency code -> Hummingbot's token, for names that ccxt does not unify or that cannot stand in a
    trading pair ("A-B" -> "AB"). `excluded`: symbols (BTC/USDT) or market ids that are left out; `excluded_pattern`:
    the same as a regular expression, which must match the whole symbol or id. `closed_if`: field of the venue's own
    market entry -> the value with which no spot order is taken, where ccxt does not read it. `max_amount`: the field of
    that entry with the size of the largest order, in base, where ccxt does not read it.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    excluded_pattern: str | None = None
    closed_if: Mapping[str, Any] = field(default_factory=dict)
    max_amount: str | None = None

    def _checks(self) -> dict[str, check.Check]:
        return {
            "aliases": check.aliases,
            "excluded": check.set_of_texts,
            "excluded_pattern": check.optional(check.pattern),
            "closed_if": check.plain_dict,
            "max_amount": check.optional(check.text),
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
class Steps(check.Strict):
    """What orders of a market must obey, for where ccxt does not say; what ccxt states goes first.

    `price`: the step between two prices, in quote per base; `amount`: between two sizes, in base; `min_amount`, in
    base, and `min_cost`, in quote: the smallest order.
    """

    price: Decimal | None = None
    amount: Decimal | None = None
    min_amount: Decimal | None = None
    min_cost: Decimal | None = None

    def _checks(self) -> dict[str, check.Check]:
        return dict.fromkeys(("price", "amount", "min_amount", "min_cost"), check.optional(check.positive))


@dataclass(frozen=True, kw_only=True)
class ClientOrderId(check.Strict):
    """What the venue accepts as a client order id.

    `max_length`: characters, the prefix included. `pattern`: a regular expression that the whole id must match.
    `prefix`: what every id must begin with.
    `param`: the parameter of ccxt's methods that carries it; None: clientOrderId.
    `sent`: False where the venue keeps none and ccxt would hand on what it does not know.
    """

    max_length: int | None = None
    pattern: str | None = None
    prefix: str | None = None
    param: str | None = None
    sent: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.prefix is not None and self.max_length is not None and len(self.prefix) > self.max_length - 8:
            raise check.BadMapping("ClientOrderId.prefix", self.prefix, "8 characters shorter than max_length, or less")

    def _checks(self) -> dict[str, check.Check]:
        return {
            "max_length": check.optional(check.id_length),
            "pattern": check.optional(check.pattern),
            "prefix": check.optional(check.text),
            "param": check.optional(check.text),
            "sent": check.flag,
        }


@dataclass(frozen=True, kw_only=True)
class BookSequence(check.Strict):
    """Where the messages of a streamed book say that none is missing, for where ccxt's class does not compare them.

    `holder`: the field of a message that holds the rest. `of`: whose book it is, a market id, maybe between points.
    `first`, `last`: the numbers of its first and last change; one follows on the other's last. `whole`: field and value
    of a message, or of what it holds, that is a whole book and counts anew.
    """

    holder: str
    of: str
    first: str
    last: str
    whole: tuple[str, Any] | None = None

    def _checks(self) -> dict[str, check.Check]:
        texts = dict.fromkeys(("holder", "of", "first", "last"), check.text)
        return {**texts, "whole": check.optional(check.field_and_value)}


@dataclass(frozen=True, kw_only=True)
class BookChecksum(check.Strict):
    """Where the messages of a streamed book have a CRC32 of its best levels, for where ccxt's class compares none.

    Of asks, then bids, each price and amount as its digits without point and leading zeros. `holder`: the list of books
    in a message; `of`, `field`: symbol and checksum of one. `price_decimals`: where the venue's own entry of a market
    has the number of a price's decimals.
    """

    holder: str
    of: str
    field: str
    levels: int
    price_decimals: str
    amount_decimals: int

    def _checks(self) -> dict[str, check.Check]:
        texts = dict.fromkeys(("holder", "of", "field", "price_decimals"), check.text)
        return {**texts, "levels": check.count, "amount_decimals": check.count}


@dataclass(frozen=True, kw_only=True)
class OrderPages(check.Strict):
    """How all pages of the account's closed orders are asked for.

    `since`: the parameter that says from when on, in seconds since the epoch; `offset`: how many of the newest to leave
    out; `size`: how many a full page holds.
    """

    since: str
    offset: str
    size: int

    def _checks(self) -> dict[str, check.Check]:
        return {"since": check.text, "offset": check.text, "size": check.count}


@dataclass(frozen=True, kw_only=True)
class OrderDeadline(check.Strict):
    """How an order tells the venue until when it may be taken: one that arrives later is refused, and never lost.

    `after_s`: so long after it was sent. `header` or `param`: the header, or the parameter, of the request that says
    it, in milliseconds since the epoch; `iso8601`: as a text such as 2026-01-31T12:00:00.000Z.
    """

    after_s: float
    header: str | None = None
    param: str | None = None
    iso8601: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.header is None) == (self.param is None):
            raise check.BadMapping("OrderDeadline.header", self.header, "a header, or a parameter in `param`, not both")

    def _checks(self) -> dict[str, check.Check]:
        names = dict.fromkeys(("header", "param"), check.optional(check.text))
        return {**names, "after_s": check.seconds, "iso8601": check.flag}
