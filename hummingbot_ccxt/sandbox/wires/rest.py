"""REST as most exchanges do it: routes with placeholders, one request's parameters, refusals as a table.

What a wire adds is data (its routes, its codes and texts) and the functions that answer.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any

import orjson

from ..accounts import ApiAccount
from ..engine import Rejection
from ..http import ApiRequest
from ..limits import Limit, Per, Rolling


class Problem(Enum):
    """Why a request is refused before the engine sees it; the engine's own reasons are `Rejection`s."""

    NO_ENDPOINT = "no_endpoint"
    BAD_PARAMETER = "bad_parameter"  # missing, or not of its form
    UNKNOWN_KEY = "unknown_key"
    BAD_PASSPHRASE = "bad_passphrase"
    BAD_SIGNATURE = "bad_signature"
    CLOCK_SKEW = "clock_skew"  # the time stamp is outside of the window
    EXPIRED = "expired"  # the order came later than it was allowed to
    BAD_NONCE = "bad_nonce"  # not above the one before
    BAD_CLIENT_ORDER_ID = "bad_client_order_id"
    RATE_LIMITED = "rate_limited"
    BANNED = "banned"
    TOO_MANY_ORDERS = "too_many_orders"
    MAINTENANCE = "maintenance"
    OVERLOADED = "overloaded"  # 5xx: the outcome is unknown
    UNKNOWN_ORDER_ON_CANCEL = "unknown_order_on_cancel"  # where the words differ from those to a query
    NOT_CANCELABLE = "not_cancelable"  # known, but filled or canceled, to a cancel
    BAD_FRAME = "bad_frame"  # and the following: on a WebSocket
    NO_CHANNEL = "no_channel"
    LOG_IN_FIRST = "log_in_first"
    NO_LOG_IN = "no_log_in"  # here, nobody can


Reason = Problem | Rejection


@dataclass(frozen=True, slots=True)
class Words:
    """How an exchange says no: its code, its text (`{detail}` and `{name}` are filled in), the HTTP status."""

    code: Any
    text: str
    status: int = 200


class Refusal(Exception):
    """A refusal, still to be worded: the wire's table has the exchange's code and text for `reason`."""

    def __init__(self, reason: Reason, detail: str = "", *, name: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(f"{reason.value}: {detail or name}")
        self.reason = reason
        self.detail = detail
        self.name = name  # of the parameter that is wrong
        self.retry_after_s = retry_after_s


class Spoken(Exception):
    """A refusal in words of its own that no table has: the whole answer and its HTTP status."""

    def __init__(self, body: Any, status: int = 200) -> None:
        super().__init__(f"{status} {body}")
        self.body = body
        self.status = status


@dataclass
class Call:
    """One request: `values` are the path's placeholders, the query's texts and a JSON object's members together.

    `body` is the parsed JSON body, whatever it is (a list on batch endpoints). `account` is set on private routes.
    """

    request: ApiRequest
    values: dict[str, Any]
    body: Any = None
    account: ApiAccount | None = None
    headers: dict[str, str] = field(default_factory=dict)  # of the answer

    @classmethod
    def read(cls, request: ApiRequest, placeholders: Mapping[str, str]) -> "Call":
        """Raises Refusal BAD_PARAMETER for a body that begins as JSON and is none."""
        body = None
        if request.body.lstrip().startswith(("{", "[")):
            try:
                body = orjson.loads(request.body)
            except orjson.JSONDecodeError:
                raise Refusal(Problem.BAD_PARAMETER, "the body is no JSON", name="body") from None
        members = body if isinstance(body, dict) else {}
        return cls(request, {**request.parameters, **members, **placeholders}, body)

    def within(self, members: Mapping[str, Any]) -> "Call":
        """The same request for one element of a batch: its members are the parameters."""
        return Call(self.request, dict(members), members, self.account, self.headers)

    @property
    def account_id(self) -> str:
        assert self.account is not None  # the route is private
        return self.account.account_id

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str | None = None) -> str:
        """As text; Refusal BAD_PARAMETER where it is missing and there is no default."""
        value = self.values.get(name)
        if value is None or value == "":
            if default is None:
                raise Refusal(Problem.BAD_PARAMETER, f"{name} is missing", name=name)
            return default
        return str(value)

    def optional(self, name: str) -> str | None:
        return self.text(name) if self.has(name) else None

    def one_of[T](self, name: str, choices: Mapping[str, T], default: str | None = None) -> T:
        """What `choices` has for the parameter's text; Refusal BAD_PARAMETER for any other."""
        value = self.text(name, default)
        if value not in choices:
            raise Refusal(Problem.BAD_PARAMETER, f"{name} is {value}", name=name)
        return choices[value]

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.text(name, None if default is None else str(default))
        if not re.fullmatch(r"-?[0-9]{1,20}", value, re.ASCII):
            raise Refusal(Problem.BAD_PARAMETER, f"{name} is {value}", name=name)
        return int(value)

    def entries(self, name: str, entries: Any, most: int) -> list[dict[str, Any]]:
        """A batch: at least one object, at most `most`. Refusal BAD_PARAMETER for anything else."""
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise Refusal(Problem.BAD_PARAMETER, f"{name} is no list of orders", name=name)
        if not 0 < len(entries) <= most:
            raise Refusal(Problem.BAD_PARAMETER, f"{most} orders at most", name=name)
        return entries

    def limit(self, default: int, most: int, name: str = "limit") -> int:
        """How many entries are wanted: at least one, at most `most`."""
        return max(1, min(self.integer(name, default), most))

    def decimal(self, name: str) -> Decimal | None:
        """None where absent; Refusal BAD_PARAMETER for anything but a plain decimal number."""
        if not self.has(name):
            return None
        value = self.text(name)
        if not re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,20})?", value, re.ASCII):
            raise Refusal(Problem.BAD_PARAMETER, f"{name} is {value}", name=name)
        return Decimal(value)

    def amount(self, name: str) -> Decimal:
        """A decimal number; Refusal BAD_PARAMETER where it is missing too."""
        value = self.decimal(name)
        if value is None:
            raise Refusal(Problem.BAD_PARAMETER, f"{name} is missing", name=name)
        return value


USUAL = Limit(math.inf, 1, Per.ADDRESS, Rolling)
"""Stands for what the wire says of all its public, or private, endpoints."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One REST endpoint: its name (log, fault switches), the function `(wire, call) -> value`, its price, its door.

    `weight`: what a request counts of the rate limit `limit`; None for an endpoint without one.

    Names that every wire uses, since tests and storms arm faults by them: `markets`, `time`, `depth`, `trades`,
    `ticker`, `balances`, `order.create`, `order.cancel`, `order.cancelAll`, `order.status`, `openOrders`, `allOrders`,
    `myTrades`, `fees`, `session` (listen keys and stream tokens).
    """

    name: str
    answer: Callable[[Any, Call], Any]
    weight: int | Callable[[Call], int] = 1
    private: bool = False
    counts_as_order: bool = False
    limit: Limit | None = USUAL

    def weigh(self, call: Call) -> int:
        return self.weight if isinstance(self.weight, int) else self.weight(call)


private = partial(Route, private=True)


def entries(call: Call) -> int:
    """The weight of a batch of which each entry counts."""
    return len(call.body) if isinstance(call.body, list) else 1


def always(value: Any) -> Callable[[Any, Call], Any]:
    """An endpoint that answers everyone the same."""
    return lambda wire, call: value


class Routes:
    """`"GET /api/v1/orders/{orderId}"` -> Route; literal paths go before those with placeholders."""

    def __init__(self, table: Mapping[str, Route]) -> None:
        self._literal: dict[tuple[str, str], Route] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Route]] = []
        for key, route in table.items():
            method, path = key.split(" ", 1)
            if "{" not in path:
                self._literal[method, path] = route
                continue
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
            self._patterns.append((method, re.compile(pattern), route))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and what its placeholders stand for."""
        route = self._literal.get((method, path))
        if route is not None:
            return route, {}
        for wanted, pattern, candidate in self._patterns:
            if wanted == method and (found := pattern.fullmatch(path)):
                return candidate, found.groupdict()
        return None
