"""What each failure means for the order behind it."""

import aiohttp
import pytest
from ccxt.base import errors as ccxt

from hummingbot_ccxt.venue.outcomes import (
    OUTCOMES,
    Outcome,
    is_clock_skew,
    is_rate_limit,
    outcome_of,
    was_never_sent,
    was_turned_away,
)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(ccxt.InsufficientFunds("no USDT"), Outcome.REFUSED, id="the venue said no"),
        pytest.param(ccxt.OrderImmediatelyFillable("post only"), Outcome.REFUSED, id="it would have crossed"),
        pytest.param(ccxt.AuthenticationError("key"), Outcome.REFUSED, id="not let in"),
        pytest.param(ccxt.InvalidNonce("-1021"), Outcome.REFUSED, id="the time stamp was wrong"),
        pytest.param(ccxt.OrderNotFound("no such order"), Outcome.GONE, id="the venue does not know the order"),
        pytest.param(ccxt.RequestTimeout("10 s"), Outcome.UNKNOWN, id="it may have been carried out"),
        pytest.param(ccxt.ExchangeNotAvailable("503"), Outcome.UNKNOWN, id="a gateway answered"),
        pytest.param(ccxt.RateLimitExceeded("429"), Outcome.UNKNOWN, id="too many requests"),
        pytest.param(ccxt.BadResponse("<html>"), Outcome.UNKNOWN, id="a page instead of an answer"),
        pytest.param(ccxt.DuplicateOrderId("in use"), Outcome.UNKNOWN, id="our own order may be there"),
        pytest.param(ccxt.ExchangeClosedByUser("close"), Outcome.UNKNOWN, id="closed in the middle; an ExchangeError"),
        pytest.param(ccxt.ChecksumError("book"), Outcome.UNKNOWN, id="speaks of a book; an InvalidNonce"),
        pytest.param(KeyError("status"), Outcome.UNKNOWN, id="ccxt's parser stumbled over the answer"),
        pytest.param(ConnectionResetError(), Outcome.UNKNOWN, id="a broken connection"),
        pytest.param(TimeoutError(), Outcome.UNKNOWN, id="our own time-out"),
    ],
)
def test_outcome_of_a_failed_request(error, outcome):
    assert outcome_of(error) is outcome


def test_every_error_class_of_the_installed_ccxt_has_an_outcome():
    classes = {c for c in vars(ccxt).values() if isinstance(c, type) and issubclass(c, ccxt.BaseError)}
    assert classes <= OUTCOMES.keys()  # a class that a new ccxt adds fails here, not in production


def test_a_class_unknown_to_the_table_counts_as_its_nearest_known_parent():
    class NewInsufficientFunds(ccxt.InsufficientFunds):
        pass

    assert outcome_of(NewInsufficientFunds("")) is Outcome.REFUSED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(400, Outcome.REFUSED), (403, Outcome.REFUSED), (404, Outcome.REFUSED), (408, Outcome.UNKNOWN)]
    + [(status, Outcome.UNKNOWN) for status in (409, 418, 425, 429, 500, 502, 503, 504)],
)
def test_a_bare_http_status_decides_where_ccxts_class_says_nothing(status, outcome):
    error = ccxt.ExchangeNotAvailable("no body")
    error.http_status = status
    assert outcome_of(error) is outcome


@pytest.mark.parametrize("cause", [aiohttp.ClientPayloadError("half"), ConnectionResetError()])
def test_an_answer_that_broke_off_is_no_refusal_although_ccxt_calls_it_one(cause):
    error = ccxt.ExchangeError("POST https://...")
    error.__cause__ = cause
    assert outcome_of(error) is Outcome.UNKNOWN


def test_a_mappings_text_goes_before_the_class():
    texts = (("Order was not canceled due to cancel restrictions.", "refused"), ("has been archived.", "gone"))
    assert outcome_of(ccxt.OrderNotFound("-2011 Order was not canceled due to cancel restrictions."), texts) is (
        Outcome.REFUSED
    )
    assert outcome_of(ccxt.InvalidOrder("Order has been archived."), texts) is Outcome.GONE
    assert outcome_of(ccxt.InvalidOrder("Order HAS BEEN ARCHIVED."), texts) is Outcome.REFUSED  # exact case


def test_a_failed_checksum_is_no_clock_skew_although_ccxts_class_is():
    assert issubclass(ccxt.ChecksumError, ccxt.InvalidNonce)
    assert is_clock_skew(ccxt.InvalidNonce("-1021"))
    assert not is_clock_skew(ccxt.ChecksumError("book"))


@pytest.mark.parametrize("error", [ccxt.RateLimitExceeded("429"), ccxt.DDoSProtection("418")])
def test_both_of_ccxts_unrelated_classes_are_rate_limits(error):
    assert not issubclass(ccxt.RateLimitExceeded, ccxt.DDoSProtection)
    assert is_rate_limit(error)


def test_an_outage_is_no_rate_limit():
    assert not is_rate_limit(ccxt.ExchangeNotAvailable("503"))


def _failed(text, cause):
    error = ccxt.ExchangeNotAvailable(text)
    error.__cause__ = cause
    return error


NO_NAME = aiohttp.ClientConnectorDNSError(None, OSError(-3, "Temporary failure in name resolution"))


@pytest.mark.parametrize(
    ("error", "never"),
    [
        pytest.param(_failed("binance POST https://api", NO_NAME), True, id="no name resolved"),
        pytest.param(
            _failed("binance POST https://api", aiohttp.ClientConnectorError(None, OSError(111, "refused"))),
            True,
            id="nobody listened",
        ),
        pytest.param(_failed("binance DELETE https://api", NO_NAME), False, id="aiohttp may have sent it before"),
        pytest.param(_failed("binance POST https://api", aiohttp.ClientOSError(104, "reset")), False, id="it broke"),
        pytest.param(_failed("binance POST https://api", aiohttp.ServerDisconnectedError()), False, id="hung up"),
        pytest.param(_failed("binance POST https://api", TimeoutError()), False, id="no answer"),
        pytest.param(ccxt.ExchangeNotAvailable("binance POST 503"), False, id="a gateway answered"),
    ],
)
def test_a_request_was_never_sent_only_if_no_connection_came_about(error, never):
    assert was_never_sent(error) is never


def _answered(error, status):
    error.http_status = status
    return error


@pytest.mark.parametrize(
    ("error", "turned_away"),
    [
        pytest.param(_answered(ccxt.RateLimitExceeded("gate TOO_MANY_REQUESTS"), 429), True, id="429"),
        pytest.param(_answered(ccxt.DDoSProtection("binance -1003"), 418), True, id="418, a ban"),
        pytest.param(_answered(ccxt.RateLimitExceeded("bybit 10006"), 200), True, id="a code of the venue's own"),
        pytest.param(_answered(ccxt.RateLimitExceeded("too many"), 502), False, id="a server that failed"),
        pytest.param(_answered(ccxt.DDoSProtection("checking your browser"), 503), False, id="a gateway's page"),
        pytest.param(_answered(ccxt.RequestTimeout("binance -1007"), 408), False, id="a time-out of the venue's own"),
        pytest.param(ccxt.RateLimitExceeded("no answer at all"), False, id="no answer"),
    ],
)
def test_a_request_was_turned_away_only_if_the_answer_says_that_there_were_too_many(error, turned_away):
    assert was_turned_away(error) is turned_away
