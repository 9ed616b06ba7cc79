"""What a failed request means for the order behind it: refused, gone, or unknown (design decision 4).

One table over ccxt's error classes, one function. A venue's own texts and codes, where ccxt's class is too coarse,
come from its mapping (`ExchangeMapping.errors`) and go first.
"""

from collections.abc import Iterable
from enum import Enum

import aiohttp
from ccxt.base import errors as ccxt_errors

from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.venue.encryption import NotEncrypted
from hummingbot_ccxt.venue.permission import NotPermitted


class Outcome(Enum):
    """How a request ended that did not succeed."""

    REFUSED = "refused"
    """The venue said no: nothing was carried out."""
    GONE = "gone"
    """The venue answered that it does not know the order."""
    UNKNOWN = "unknown"
    """No answer, or none that settles it: the request may have been carried out. Never guessed."""


REFUSED, GONE, UNKNOWN = Outcome.REFUSED, Outcome.GONE, Outcome.UNKNOWN

OUTCOMES: dict[type[Exception], Outcome] = {
    # Ours: nothing was sent.
    NotEncrypted: REFUSED,
    NotPermitted: REFUSED,
    ccxt_errors.BaseError: UNKNOWN,
    ccxt_errors.ExchangeError: REFUSED,
    ccxt_errors.AuthenticationError: REFUSED,
    ccxt_errors.PermissionDenied: REFUSED,
    ccxt_errors.AccountNotEnabled: REFUSED,
    ccxt_errors.AccountSuspended: REFUSED,
    ccxt_errors.ArgumentsRequired: REFUSED,
    ccxt_errors.BadRequest: REFUSED,
    ccxt_errors.BadSymbol: REFUSED,
    ccxt_errors.OperationRejected: REFUSED,
    ccxt_errors.NoChange: REFUSED,
    ccxt_errors.MarginModeAlreadySet: REFUSED,
    ccxt_errors.ManualInteractionNeeded: REFUSED,
    ccxt_errors.MarketClosed: REFUSED,
    ccxt_errors.RestrictedLocation: REFUSED,
    ccxt_errors.InsufficientFunds: REFUSED,
    ccxt_errors.InvalidAddress: REFUSED,
    ccxt_errors.AddressPending: REFUSED,
    ccxt_errors.InvalidOrder: REFUSED,
    ccxt_errors.ContractUnavailable: REFUSED,
    ccxt_errors.OrderImmediatelyFillable: REFUSED,
    ccxt_errors.OrderNotFillable: REFUSED,
    # A second order under the same client order id: the first may well be the answer that got lost.
    ccxt_errors.DuplicateOrderId: UNKNOWN,
    ccxt_errors.OrderNotFound: GONE,
    ccxt_errors.OrderNotCached: UNKNOWN,
    ccxt_errors.NotSupported: REFUSED,
    ccxt_errors.InvalidProxySettings: REFUSED,
    # ccxt raises it when the client was closed, perhaps in the middle of a request; it is an ExchangeError.
    ccxt_errors.ExchangeClosedByUser: UNKNOWN,
    ccxt_errors.OperationFailed: UNKNOWN,
    ccxt_errors.BadResponse: UNKNOWN,
    ccxt_errors.NullResponse: UNKNOWN,
    ccxt_errors.CancelPending: UNKNOWN,
    ccxt_errors.NetworkError: UNKNOWN,
    ccxt_errors.DDoSProtection: UNKNOWN,
    ccxt_errors.RateLimitExceeded: UNKNOWN,
    ccxt_errors.ExchangeNotAvailable: UNKNOWN,
    ccxt_errors.OnMaintenance: UNKNOWN,
    ccxt_errors.InvalidNonce: REFUSED,
    # A ChecksumError is an InvalidNonce in ccxt, but it speaks of a book.
    ccxt_errors.ChecksumError: UNKNOWN,
    ccxt_errors.RequestTimeout: UNKNOWN,
    ccxt_errors.UnsubscribeError: UNKNOWN,
}

# ccxt turns an HTTP status without a body that it knows into ExchangeNotAvailable, 400 and 403 included. With one of
# these the venue, or the gateway before it, turned the request down. 408, 409, 418, 425, 429 stay what they are.
_REFUSING_STATUSES = frozenset({400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 451})
_TOO_MANY = frozenset({418, 429})


class VenueError(HummingbotCcxtError):
    """A request to the venue that did not succeed. Its text holds no secret.

    Attributes: `outcome`; `kind`, the name of ccxt's error class; `retry_after_s`, how long the venue wants silence
    (None when it did not say); `clock_skew`, whether the venue complained about the request's time stamp;
    `not_carried_out`, whether nothing came of the request for certain, though it may be made again: its outcome is
    UNKNOWN for whoever asks something, a refusal for an order.
    """

    def __init__(
        self,
        message: str,
        *,
        outcome: Outcome,
        kind: str,
        retry_after_s: float | None = None,
        clock_skew: bool = False,
        not_carried_out: bool = False,
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.clock_skew = clock_skew
        self.not_carried_out = not_carried_out


def outcome_of(error: BaseException, texts: Iterable[tuple[str, str]] = ()) -> Outcome:
    """Return what a failed request means. `texts`: (fragment, outcome) pairs of the venue's mapping, exact case.

    An exception that is not ccxt's own (a parser that stumbled over an answer, a broken connection) is UNKNOWN: the
    request had left.
    """
    text = str(error)
    for fragment, outcome in texts:
        if fragment in text:
            return Outcome(outcome)
    by_class = next((OUTCOMES[c] for c in type(error).__mro__ if c in OUTCOMES), UNKNOWN)
    if by_class is REFUSED and isinstance(error.__cause__, (aiohttp.ClientError, OSError)):
        return UNKNOWN  # ccxt reports an answer that broke off in its middle as a plain ExchangeError
    status = getattr(error, "http_status", None)
    if by_class is UNKNOWN and status in _REFUSING_STATUSES:
        return REFUSED
    if type(error) is ccxt_errors.ExchangeError and isinstance(status, int) and status >= 500:
        return UNKNOWN  # a code that ccxt does not know, from a server that says of itself that it failed
    return by_class


def is_clock_skew(error: BaseException, texts: Iterable[str] = ()) -> bool:
    """Tell whether the venue refused the request's time stamp or nonce. `texts`: fragments of the venue's mapping."""
    if isinstance(error, ccxt_errors.InvalidNonce):
        return not isinstance(error, ccxt_errors.ChecksumError)
    text = str(error)
    return any(fragment in text for fragment in texts)


def was_never_sent(error: BaseException) -> bool:
    """Tell whether a POST did not leave: no name resolved, or no connection came about.

    Not of other methods: aiohttp sends those once more when a kept connection breaks, and the first may have arrived
    (`IDEMPOTENT_METHODS`). ccxt's text begins with exchange, method and address (Exchange.fetch).
    """
    return isinstance(error.__cause__, aiohttp.ClientConnectorError) and str(error).split(" ", 2)[1:2] == ["POST"]


def was_turned_away(error: BaseException) -> bool:
    """Tell whether the venue answered, in so many words, that there were too many requests, this one included.

    By the HTTP status that means this (429; 418 at Binance: docs "LIMITS", HTTP Return Codes), or by a code of the
    venue's own to which ccxt gives the class for it, in a regular answer (Bybit's 10006, Kraken's EAPI:Rate limit). Not
    by ccxt's DDoSProtection alone: that can be any page of a gateway.
    """
    status = getattr(error, "http_status", None)
    own_code = isinstance(error, ccxt_errors.RateLimitExceeded) and isinstance(status, int) and 200 <= status < 300
    return status in _TOO_MANY or own_code


def is_refused_credentials(error: BaseException) -> bool:
    """Tell whether the venue does not accept the account's credentials, or not for this."""
    return isinstance(error, VenueError) and issubclass(
        getattr(ccxt_errors, error.kind, Exception), ccxt_errors.AuthenticationError
    )


def is_refused_for_good(error: VenueError) -> bool:
    """Tell whether the venue refused what was asked, so that it will again; not the account, the time or a gateway."""
    return (
        error.outcome is REFUSED
        and issubclass(getattr(ccxt_errors, error.kind, Exception), ccxt_errors.ExchangeError)
        and not (is_refused_credentials(error) or error.clock_skew)
    )


def is_of_ccxt(error: VenueError) -> bool:
    """Tell whether ccxt raised the error for what it is: not one of Python's, where ccxt's own code stumbled."""
    return isinstance(getattr(ccxt_errors, error.kind, None), type)


def wants_a_symbol(error: BaseException) -> bool:
    """Tell whether ccxt demands an argument that was left out: some venues stream one symbol's orders at a time.

    coinbaseexchange says so with a BadSymbol. Only to be asked where no symbol was given.
    """
    return isinstance(error, (ccxt_errors.ArgumentsRequired, ccxt_errors.BadSymbol))


def is_rate_limit(error: BaseException) -> bool:
    """Tell whether the venue asked for fewer requests: a 429, a ban, or the venue's own code for it."""
    return isinstance(error, (ccxt_errors.RateLimitExceeded, ccxt_errors.DDoSProtection))
