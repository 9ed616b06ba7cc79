"""Orders that say until when the venue may take them: what arrives later is refused, so that none comes unexpected."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from hummingbot_ccxt.mapping_parts import OrderDeadline

_placing: ContextVar[bool] = ContextVar("placing", default=False)


@contextmanager
def placing_an_order() -> Iterator[None]:
    """What is sent within, other than questions, has the deadline of an order, counted from when it is signed.

    From then on and no earlier: a request may have waited for its turn in the rate budget, or be made once more.
    """
    token = _placing.set(True)
    try:
        yield
    finally:
        _placing.reset(token)


def has_deadline(client: Any, method: str) -> bool:
    """Tell whether what a client is about to sign is an order with a deadline."""
    return _placing.get() and method != "GET" and client.parts.mapping.order_deadline is not None


def signed_in_time(client: Any, sign: Callable[[Any], Any], params: Any) -> Any:
    """Return the signed request of an order, its deadline in it. `sign`: ccxt's, which takes the parameters."""
    deadline: OrderDeadline = client.parts.mapping.order_deadline
    until_ms = client.milliseconds() + int(deadline.after_s * 1000)
    told = client.iso8601(until_ms) if deadline.iso8601 else str(until_ms)
    if deadline.param is not None:
        return sign({**params, deadline.param: told})
    request = sign(params)
    return {**request, "headers": {**(request["headers"] or {}), deadline.header: told}}
