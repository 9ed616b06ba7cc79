"""What may be asked of a venue: only what trading takes; never a withdrawal or a transfer, whoever asks.

Two fences around a client, both at the lowest level that every request passes:

- **which endpoints**: those that the allowed unified methods of the exchange's own class ask for, and no other. They
  are found by following the class's code from method to method, so there is no list to keep, and an exchange that a
  newer ccxt adds is fenced in as well;
- **on whose behalf**: a request is signed, a stream subscribed, and a message sent on it, within a call of an allowed
  unified method only. Some venues (hyperliquid, lighter) take orders and withdrawals at one address; there only this
  fence tells them apart.

What ccxt does by itself within such a call (log-on, listen keys, their renewal, a book's snapshot, pings) passes: tasks
and timers inherit the context that they were made in. Whoever is told of what streams carry does not (`Venue`'s taps).
"""

import inspect
from collections.abc import Callable, Coroutine, Mapping
from contextvars import ContextVar
from functools import lru_cache, partial, wraps
from re import IGNORECASE, compile
from types import CodeType
from typing import Any

from ccxt.base.types import Entry

from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.spot_only import borrowing_in

ALLOWED = frozenset(
    {
        "cancel_order",
        "cancel_orders",
        "create_order",
        "fetch_balance",
        "fetch_canceled_and_closed_orders",
        "fetch_canceled_orders",
        "fetch_closed_orders",
        "fetch_my_trades",
        "fetch_open_orders",
        "fetch_order",
        "fetch_order_book",
        "fetch_order_trades",
        "fetch_orders",
        "fetch_status",
        "fetch_ticker",
        "fetch_tickers",
        "fetch_time",
        "fetch_trades",
        "fetch_trading_fee",
        "fetch_trading_fees",
        "load_markets",
    }
)
"""The unified methods that make requests."""

STREAMED = frozenset(
    {
        "watch_balance",
        "watch_my_trades",
        "watch_order_book",
        "watch_order_book_for_symbols",
        "watch_orders",
        "watch_trades",
        "watch_trades_for_symbols",
        "un_watch_order_book",
        "un_watch_order_book_for_symbols",
        "un_watch_trades",
        "un_watch_trades_for_symbols",
    }
)
"""The unified methods that subscribe."""

EndpointKey = tuple[str, str, str]
"""HTTP method, ccxt's section, ccxt's path: `("POST", "sapi", "capital/withdraw/apply")`."""

_MOVES_FUNDS = compile(r"withdraw|transfer|borrow|repay|loan|convert|gift|stak|redeem|payout|vault", IGNORECASE)
_WITHDRAWS = compile(r"withdraw|transfer", IGNORECASE)
_BEYOND_SPOT = compile(
    r"margin|leverag|borrow|collateral|futures?|swap|contract|perp|linear|inverse|delivery|options?/"
    r"|(?<![a-z])[defp]api(?![a-z])|(?<![a-z])[defp]api(?=private|public)",
    IGNORECASE,
)
"""Sections and paths at which orders are on credit, or for what is no spot."""
_BITFINEX_ORDERS = "auth/w/order/submit"
"""Where the type of an order says whether it is on credit: `LIMIT` is, `EXCHANGE LIMIT` is not."""

_PLACEHOLDER = compile(r"\{([^{}]+)\}")
_LEADING_ELSEWHERE = compile(r"[/\\?#%\x00-\x20\x7f]|\.\.")
_within: ContextVar[str | None] = ContextVar("within", default=None)


class NotPermitted(HummingbotCcxtError):
    """A request that this connector never makes; the text names the exchange, what was asked for, and why not."""


@lru_cache(maxsize=64)
def permitted_endpoints(exchange_class: type) -> frozenset[EndpointKey]:
    """Return the endpoints that the allowed methods of a class, and all that these call, can ask for.

    Not those that change anything but on the spot market: ccxt's methods ask for them for other markets only.
    """
    keys = {endpoint_key(entry) for entry in _reached(exchange_class)[0].values()}
    return frozenset(key for key in keys if not _is_beyond_spot(*key))


def _is_beyond_spot(method: str, section: str, path: str) -> bool:
    return method != "GET" and _BEYOND_SPOT.search(f"{section}/{path}") is not None


@lru_cache(maxsize=64)
def shared_endpoints(exchange_class: type) -> frozenset[EndpointKey]:
    """Return those that move funds as well as trade, by what their body says: bullish's `v2/command`, hyperliquid's
    `exchange`. Within an allowed method it says what that method writes; of anybody else's body nothing is known.
    """
    known = _endpoints(exchange_class)
    moving = {
        endpoint_key(known[each])
        for base in exchange_class.__mro__
        for name, method in vars(base).items()
        if _WITHDRAWS.search(name) and not name.startswith("fetch") and inspect.iscoroutinefunction(method)
        for each in _mentioned(inspect.unwrap(method).__code__)[0] & known.keys()
        if known[each].method != "GET"
    }
    return permitted_endpoints(exchange_class) & moving


def endpoint_key(entry: Any) -> EndpointKey:
    """Return what identifies an endpoint: anything with `method`, `api` and `path` as ccxt has them."""
    return entry.method, _section(entry.api), entry.path


def refuse_endpoint(client: Any, method: str, api: Any, path: str, *, body_is_ours: bool) -> None:
    """Raise NotPermitted unless an allowed method of the client's class asks for this endpoint.

    `body_is_ours`: what is sent was written by that method, not by somebody else (see `shared_endpoints`).
    """
    exchange_class: type = type(client)
    key = (method, _section(api), path)
    if not body_is_ours and key in shared_endpoints(exchange_class):
        raise NotPermitted(f"{client.id}: {method} {path} ({_section(api)}) is not permitted: it can move funds, too")
    if key not in permitted_endpoints(exchange_class):
        reason = "it moves funds" if _MOVES_FUNDS.search(path) else "trading spot does not need it"
        raise NotPermitted(
            f"{client.id}: {method} {path} ({_section(api)}) is not permitted: {reason}. This connector asks only for "
            "market data, balances, orders and their trades"
        )


def refuse_outside_of_allowed_calls(client: Any, what: str) -> None:
    """Raise NotPermitted unless it happens within a call of an allowed method."""
    if _within.get() is None:
        raise NotPermitted(
            f"{client.id}: {what} is not permitted outside of a call of one of these: {', '.join(sorted(ALLOWED))}"
        )


def _refuse_borrowing(client: Any, what: str, params: Any) -> None:
    found = borrowing_in(params)
    if found is not None:
        raise NotPermitted(
            f"{client.id}: {what} with {found[0]}={found[1]!r} is not permitted: this connector trades spot, with what "
            "the account holds; remedy: remove it"
        )


def _refuse_contract(client: Any, symbol: str) -> None:
    """Raise NotPermitted for what ccxt knows as a contract, or, before it has loaded the markets, writes like one."""
    market = (client.markets or {}).get(symbol)
    if ":" in symbol if market is None else market.get("contract"):
        raise NotPermitted(f"{client.id}: an order for {symbol} is not permitted: this connector trades spot")


def leads_elsewhere(value: object) -> bool:
    """Tell whether a value, such as an order's id, would make another address of the one in whose path it is put."""
    text = str(value)
    return text == "." or _LEADING_ELSEWHERE.search(text) is not None


def _refuse_other_address(client: Any, method: str, path: str, params: Any) -> None:
    for name in _PLACEHOLDER.findall(path) if isinstance(params, Mapping) else ():
        if name in params and leads_elsewhere(params[name]):
            raise NotPermitted(
                f"{client.id}: {method} {path} is not permitted with this {name}: it would lead to another address"
            )


def _refuse(client: Any, method: str, api: Any, path: str, params: Any) -> None:
    refuse_endpoint(client, method, api, path, body_is_ours=True)
    _refuse_other_address(client, method, path, params)
    refuse_parameters(client, method, path, params)
    refuse_outside_of_allowed_calls(client, f"{method} {path} ({_section(api)})")


def refuse_parameters(client: Any, method: str, path: str, params: Any) -> None:
    """Raise NotPermitted for a request that changes something, and would do so on credit or beyond spot."""
    if method != "GET":
        _refuse_borrowing(client, f"{method} {path}", params)
        if path == _BITFINEX_ORDERS and not str(params.get("type")).upper().startswith("EXCHANGE "):
            raise NotPermitted(f"{client.id}: {method} {path} of type {params.get('type')} is not permitted: on margin")


def on_nobodys_behalf[**P](call: Callable[P, None]) -> Callable[P, None]:
    """Return the function as it runs for others, whoever calls it: from within ccxt's stream handlers, Hummingbot hears
    of fills, and its strategies' handlers are not what the stream was permitted for."""

    @wraps(call)
    def run(*arguments: P.args, **more: P.kwargs) -> None:
        token = _within.set(None)
        try:
            call(*arguments, **more)
        finally:
            _within.reset(token)

    return run


def unfenced_sign(client: Any) -> Callable[..., Any]:
    """Return the exchange's own `sign` of a client, for whoever has asked `refuse_endpoint` what it may sign."""
    fenced = type(client).sign
    return partial(getattr(fenced, "unfenced", fenced), client)


def restrict(tapped: type) -> None:
    """Put both fences around a client's class; called once, on a subclass made for it."""
    fetch2, sign = tapped.fetch2, tapped.sign  # type: ignore[attr-defined]
    watch, watch_multiple = tapped.watch, tapped.watch_multiple  # type: ignore[attr-defined]
    client_of = tapped.client  # type: ignore[attr-defined]

    async def fenced_fetch2(
        self: Any, path: str, api: Any, method: str = "GET", params: Any = {}, *rest: Any, **more: Any  # noqa: B006
    ) -> Any:  # fmt: skip
        _refuse(self, method, api, path, params)  # before it waits for its turn in the rate budget
        return await fetch2(self, path, api, method, params, *rest, **more)

    def fenced_sign(
        self: Any, path: str, api: Any, method: str = "GET", params: Any = {}, *rest: Any, **more: Any  # noqa: B006
    ) -> Any:  # fmt: skip
        _refuse(self, method, api, path, params)
        return sign(self, path, api, method, params, *rest, **more)

    fenced_sign.unfenced = sign  # type: ignore[attr-defined]

    def fenced_watch(self: Any, *arguments: Any, **more: Any) -> Any:
        refuse_outside_of_allowed_calls(self, "a subscription")
        return watch(self, *arguments, **more)

    def fenced_watch_multiple(self: Any, *arguments: Any, **more: Any) -> Any:
        refuse_outside_of_allowed_calls(self, "a subscription")
        return watch_multiple(self, *arguments, **more)

    def fenced_client(self: Any, url: str) -> Any:
        connection = client_of(self, url)
        if "send" not in vars(connection):
            connection.send = partial(_send_fenced, self, connection.send)
        return connection

    fenced: dict[str, Any] = {
        "client": fenced_client,
        "fetch2": fenced_fetch2,
        "sign": fenced_sign,
        "watch": fenced_watch,
        "watch_multiple": fenced_watch_multiple,
    }
    for name in ALLOWED | STREAMED:
        if hasattr(tapped, name):
            fenced[name] = _on_behalf_of(name, getattr(tapped, name))
    used = _reached(tapped)[1]
    for name, method in {name: m for base in reversed(tapped.__mro__) for name, m in vars(base).items()}.items():
        if name not in used and _MOVES_FUNDS.search(name) and inspect.iscoroutinefunction(method):
            fenced[name] = _refused(name, method)
    for name, value in fenced.items():
        setattr(tapped, name, value)  # ccxt makes the camel-case names of these when it builds a client


async def _send_fenced(client: Any, send: Callable[[Any], Coroutine[Any, Any, Any]], message: Any) -> Any:
    refuse_outside_of_allowed_calls(client, "a message on a stream")
    return await send(message)


def _on_behalf_of(name: str, method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    @wraps(method)
    async def allowed(*arguments: Any, **more: Any) -> Any:
        if name == "create_order":  # ccxt makes other parameters of these
            _refuse_borrowing(arguments[0], name, [*arguments[1:], more])
            _refuse_contract(arguments[0], str(more.get("symbol") or "".join(arguments[1:2])))
        token = _within.set(name)
        try:
            return await method(*arguments, **more)
        finally:
            _within.reset(token)

    return allowed


def _refused(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    async def refused(self: Any, *_: Any, **__: Any) -> Any:
        raise NotPermitted(f"{self.id}: {name} is not permitted: it may move funds, and this connector trades only")

    return refused


@lru_cache(maxsize=64)
def _reached(exchange_class: type) -> tuple[dict[str, Entry[Any]], set[str]]:
    """Return the endpoints (by ccxt's attribute name) and the names of all methods that the allowed ones lead to.

    A name that stands in a method's code as an attribute is taken for a call, a text in it that is the name of an
    endpoint as well (`getattr(self, "privateGetX")`): rather one too many than one that trading lacks. Methods named
    after withdrawals and transfers are not followed; not one is needed (tests/security proves it for all exchanges).
    """
    known = _endpoints(exchange_class)
    reached: dict[str, Entry[Any]] = {}
    seen: set[str] = set()
    todo = set(ALLOWED | STREAMED)
    while todo:
        name = todo.pop()
        seen.add(name)
        if name in known:
            reached[name] = known[name]
            continue
        for base in exchange_class.__mro__:
            found = vars(base).get(name)
            code = getattr(getattr(found, "__func__", found), "__code__", None)
            if code is not None:
                names, texts = _mentioned(code)
                todo |= {each for each in names if each in known or not _WITHDRAWS.search(each)} - seen
                todo |= (texts & known.keys()) - seen
    return reached, seen


def _endpoints(exchange_class: type) -> dict[str, Entry[Any]]:
    """Return every endpoint that ccxt knows of an exchange, by ccxt's attribute name."""
    return {n: each for base in exchange_class.__mro__ for n, each in vars(base).items() if isinstance(each, Entry)}


def _mentioned(code: CodeType) -> tuple[set[str], set[str]]:
    """Return the names and the texts in a function's code, in functions within it too."""
    names, texts = set(code.co_names), set()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            more_names, more_texts = _mentioned(constant)
            names |= more_names
            texts |= more_texts
        elif isinstance(constant, str):
            texts.add(constant)
        elif isinstance(constant, tuple):
            texts.update(each for each in constant if isinstance(each, str))
    return names, texts


def _section(api: Any) -> str:
    return "/".join(map(str, api)) if isinstance(api, list | tuple) else str(api)
