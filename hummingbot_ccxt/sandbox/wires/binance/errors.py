"""Binance's refusals: codes and texts, as in the Spot API documentation, "Errors" (errors.md) and "Filters"."""

from ...engine import Rejected, Rejection


class BinanceError(Exception):
    """A refusal in Binance's words, `{"code": -1121, "msg": "Invalid symbol."}`, and its HTTP status."""

    def __init__(self, code: int, message: str, status: int = 400, retry_after_s: float | None = None) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def body(self) -> dict[str, object]:
        return {"code": self.code, "msg": self.message}


def mandatory(name: str) -> BinanceError:
    return BinanceError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def one_of_two(first: str, second: str) -> BinanceError:
    return BinanceError(-1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!")


def illegal(name: str, legal: str) -> BinanceError:
    return BinanceError(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")


def not_required(name: str) -> BinanceError:
    return BinanceError(-1106, f"Parameter '{name}' sent when not required.")


def not_valid(name: str) -> BinanceError:
    return BinanceError(-1130, f"Data sent for parameter '{name}' is not valid.")


def too_precise(name: str) -> BinanceError:
    return BinanceError(-1111, f"Parameter '{name}' has too much precision.")


def filter_failure(name: str) -> BinanceError:
    return BinanceError(-1013, f"Filter failure: {name}")


def bad_symbol() -> BinanceError:
    return BinanceError(-1121, "Invalid symbol.")


def unknown_order() -> BinanceError:
    """To a cancel."""
    return BinanceError(-2011, "Unknown order sent.")


def no_such_order() -> BinanceError:
    """To a query."""
    return BinanceError(-2013, "Order does not exist.")


def too_much_weight(limit: int, retry_after_s: float) -> BinanceError:
    text = (
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    )
    return BinanceError(-1003, text, 429, retry_after_s)


def banned(until_ms: int, retry_after_s: float) -> BinanceError:
    text = (
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )
    return BinanceError(-1003, text, 418, retry_after_s)


def too_many_orders(limit: int, interval: str, retry_after_s: float) -> BinanceError:
    return BinanceError(
        -1015, f"Too many new orders; current limit is {limit} orders per {interval}.", 429, retry_after_s
    )


#: What the engine refuses, as an answer to a new order ("Errors", messages for -1010, -2010 and -2011).
_REFUSALS: dict[Rejection, tuple[int, str]] = {
    Rejection.UNKNOWN_ACCOUNT: (-2015, "Invalid API-key, IP, or permissions for action."),
    Rejection.UNKNOWN_MARKET: (-1121, "Invalid symbol."),
    Rejection.MARKET_CLOSED: (-2010, "Market is closed."),
    Rejection.BAD_PARAMETERS: (-1128, "Combination of optional parameters invalid."),
    Rejection.BAD_PRICE_TICK: (-1013, "Filter failure: PRICE_FILTER"),
    Rejection.BAD_LOT: (-1013, "Filter failure: LOT_SIZE"),
    Rejection.BELOW_MIN_AMOUNT: (-1013, "Filter failure: LOT_SIZE"),
    Rejection.ABOVE_MAX_AMOUNT: (-1013, "Filter failure: LOT_SIZE"),
    Rejection.BELOW_MIN_NOTIONAL: (-1013, "Filter failure: NOTIONAL"),
    Rejection.DUPLICATE_CLIENT_ORDER_ID: (-2010, "Duplicate order sent."),
    Rejection.WOULD_CROSS: (-2010, "Order would immediately match and take."),
    Rejection.NO_LIQUIDITY: (-1112, "No orders on book for symbol."),
    Rejection.INSUFFICIENT_FUNDS: (-2010, "Account has insufficient balance for requested action."),
    Rejection.UNKNOWN_ORDER: (-2011, "Unknown order sent."),
    Rejection.ORDER_NOT_OPEN: (-2011, "Unknown order sent."),
}


def refusal(rejected: Rejected) -> BinanceError:
    """The engine's refusal in Binance's words."""
    return BinanceError(*_REFUSALS[rejected.rejection])
