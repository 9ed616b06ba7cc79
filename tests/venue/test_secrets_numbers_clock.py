"""Nothing secret in a text, no digit lost in a number, and the venue's time."""

import base64
import io
import json
import logging
import time
from decimal import Decimal
from urllib.parse import quote, quote_plus

import pytest
from hummingbot.connector.time_synchronizer import TimeSynchronizer

from hummingbot_ccxt.venue.budget import RateBudget
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.clock import VenueClock
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.numbers import exact_number
from hummingbot_ccxt.venue.secrets import HidingLogger, Secrets
from hummingbot_ccxt.venue.tap import ClientParts, tapped_class

KEY, SECRET = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv", "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP"


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://api.binance.com/api/v3/account?timestamp=1&signature={'ab' * 32}",
        f"headers {{'X-MBX-APIKEY': '{KEY}'}}",
        f"https://api.example.com/v1?apiKey={KEY}&nonce=1&sign=0123456789abcdef",
        f"{{'KC-API-PASSPHRASE': 'opensesame', 'KC-API-SIGN': '{'cd' * 32}'}}",
        "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc",
        "wss://stream.binance.com:9443/ws/pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        f"something unheard of with {SECRET} in it",
    ],
)
def test_credentials_signatures_and_tokens_are_hidden(text):
    hidden = Secrets([KEY, SECRET]).hide(text)
    assert "***" in hidden
    for secret in (KEY, SECRET, "ab" * 32, "cd" * 32, "sesame", "eyJhbGci", "0123456789abcdef", "pqia91ma"):
        assert secret not in hidden


ODD_SECRET = 'aB3/+9=z"k\\x y&ö0123456789'


@pytest.mark.parametrize("secret", [KEY, SECRET, ODD_SECRET])
@pytest.mark.parametrize(
    "written",
    [
        lambda secret: secret,
        lambda secret: quote(secret, safe=""),
        quote_plus,
        json.dumps,
        repr,
        lambda secret: secret.encode().hex(),
        lambda secret: secret.encode().hex().upper(),
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
        lambda secret: base64.b64encode(f"user:{secret}".encode()).decode(),
        lambda secret: base64.b64encode(f"me:{secret}:you".encode()).decode(),
    ],
)
def test_a_credential_is_hidden_in_each_form_that_programs_write_it_in(secret, written):
    text = written(secret)
    hidden = Secrets([secret]).hide(f"before {text} after")
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")
    shown = next((text[at : at + 16] for at in range(len(text) - 16) if text[at : at + 16] in hidden), None)
    assert shown is None


def test_each_line_of_a_key_in_lines_is_hidden():
    lines = ["-----BEGIN EC PRIVATE KEY-----", "MHcCAQEEIFr8pqXxNqU0", "AwEHoUQDQgAEexample0"]
    hidden = Secrets(["\n".join(lines)]).hide(f"cannot read {lines[1]!r}")
    assert lines[1] not in hidden


@pytest.mark.parametrize(
    "text",
    [
        f"Sign({'ab' * 32})",
        f"0x{'cd' * 65} recovered",
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl sent",
        f"auth [{'Ab1/' * 22}==]",
    ],
)
def test_what_looks_like_a_signature_or_a_token_is_hidden_where_no_name_says_so(text):
    assert "***" in Secrets([]).hide(text)


TOKEN = "EAAGZDZDabcdefghij1234567890abcdef"


@pytest.mark.parametrize(
    "text",
    [
        str({"event": "bts:subscribe", "data": {"channel": "private-my_orders-7", "auth": TOKEN}}),  # bitstamp
        json.dumps({"id": 1, "method": "authorize", "params": [TOKEN, "public"]}),  # whitebit
        json.dumps(json.dumps({"id": 1, "method": "authorize", "params": [TOKEN, "public"]})),
        json.dumps({"id": 1, "method": "authorize", "params": [TOKEN, "public"]}, separators=(",", ":")),
        str({"id": 1, "method": "authorize", "params": [TOKEN, "public"]}),
        str({"sig": "QWxhZGRpbjpvcGVuIHNlc2FtZQAAAAAAAAAAAAAAAAA="}),
        str({"Authorization": f"Foo {TOKEN}"}),
        f"Authorization: Foo {TOKEN}\r\nHost: venue",
        json.dumps({"Authorization": f"Digest key, part={TOKEN}"}),
        str({"subscribe": "orderUpdate", "subscribeKey": "24d87a4abcd1d04b78713f42643abcdf4b6f6378abcde3"}),
    ],
)
def test_a_log_on_over_a_stream_and_a_header_of_any_scheme_are_hidden(text):
    hidden = Secrets([]).hide(text)
    assert "***" in hidden
    assert not any(part in hidden for part in (TOKEN, "QWxh", "AAAA", "24d87a4"))


@pytest.mark.parametrize(
    "answer",
    [
        {"websocket_token": TOKEN},
        {"error": [], "result": {"token": TOKEN, "expires": 900}},
        {"code": "200000", "data": {"token": TOKEN, "instanceServers": [{"endpoint": "wss://x"}]}},
        {"listenKey": TOKEN},
    ],
)
def test_a_token_that_a_venue_handed_out_is_hidden_wherever_it_stands(answer):
    secrets = Secrets([])
    text = f"subscribed with {TOKEN} at wss://x/{TOKEN}?{TOKEN}"
    assert secrets.hide(text) == text
    secrets.remember(answer)
    assert secrets.hide(text) == "subscribed with *** at wss://x/***?***"


async def test_a_client_remembers_the_tokens_that_its_venue_hands_out():
    async def answer(*_):
        return {"listenKey": TOKEN}

    class Nobody:
        def __getattr__(self, name):
            return lambda *_: None

    asks = type("asks", (exchange_class("binance")[0],), {"fetch": answer})
    client = tapped_class(asks)()
    client.install(ClientParts(tap=Nobody(), budget=RateBudget(rate=1, capacity=1), secrets=Secrets([])))
    await client.fetch("https://api.binance.com/api/v3/userDataStream", "POST")
    assert client.parts.secrets.hide(f"at {TOKEN}") == "at ***"


def test_what_a_venue_names_a_token_and_is_a_coin_stays_readable():
    secrets = Secrets([])
    secrets.remember({"token": "WRAPPED", "data": [{"token": TOKEN}]})
    assert secrets.hide(f"WRAPPED {TOKEN}") == f"WRAPPED {TOKEN}"


def test_only_the_last_tokens_are_remembered():
    secrets = Secrets([])
    for number in range(100):
        secrets.remember({"token": f"{TOKEN}{number:03}"})
    assert secrets.hide(f"{TOKEN}099") == "***"
    assert len(secrets._handed_out) < 50


def test_what_has_no_text_is_named_by_its_type():
    class Broken(Exception):
        def __str__(self):
            raise ValueError("no text")

    assert Secrets([KEY]).hide(Broken()) == "<Broken>"


@pytest.mark.parametrize(
    "text",
    [
        "order 7d4e2f00-1111-4c2b-9d3e-0123456789ab filled 0.00012 of 0.5",
        "trade 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b of BTC-USDT",
        "auth: refused, sig: wrong, authorize, params: two; the author is unknown",
        "HBOTBBCUT66121033e7474cd6ae30373d071 is open, design and signal are words, assigned to no one",
    ],
)
def test_ids_and_words_stay_readable(text):
    assert Secrets([KEY, SECRET]).hide(text) == text


def test_what_is_no_secret_stays_readable():
    text = "binance {'code': -2010, 'msg': 'Account has insufficient balance'} clientOrderId=HBOT-1"
    assert Secrets([KEY, None, "12345"]).hide(text) == text


def test_no_repr_shows_a_credential():
    for shown in (repr(Secrets([KEY])), repr(Credentials({"apiKey": KEY, "secret": SECRET})), f"{Credentials({})}"):
        assert KEY not in shown
        assert SECRET not in shown


def test_accounts_have_different_fingerprints_that_reveal_nothing():
    first, second = Credentials({"apiKey": KEY}), Credentials({"apiKey": SECRET})
    assert first.fingerprint() != second.fingerprint()
    assert first.fingerprint() == Credentials({"apiKey": KEY, "uid": ""}).fingerprint()
    assert KEY[:6] not in first.fingerprint()


def test_ccxts_debug_lines_are_dropped_and_its_warnings_masked():
    stream = io.StringIO()
    logger = logging.Logger("ccxt under test", logging.DEBUG)
    logger.addHandler(logging.StreamHandler(stream))
    hiding = HidingLogger(logger, Secrets([SECRET]))
    hiding.debug("headers %s", SECRET)
    hiding.warning("refused %s", SECRET)
    assert stream.getvalue() == "refused ***\n"


@pytest.mark.parametrize(
    "text",
    [
        "0.1",
        "59999.99",
        "0.00000001",
        "123456789.123456789123456789",
        "0.1234567890123456789",
        "1e-8",
        "90071992547409931",
    ],
)
def test_a_number_read_as_text_keeps_its_value_to_the_last_digit(text):
    assert Decimal(str(exact_number(text))) == Decimal(text)


def test_a_number_stays_a_float_wherever_a_float_holds_it():
    assert isinstance(exact_number("0.1"), float)
    assert isinstance(exact_number("60000.12345678"), float)
    assert isinstance(exact_number("0.1234567890123456789"), str)  # float alone loses two digits
    assert Decimal(repr(float("0.1234567890123456789"))) != Decimal("0.1234567890123456789")


@pytest.mark.parametrize("text", ["", "abc", None])
def test_what_is_no_number_is_refused(text):
    with pytest.raises((ValueError, TypeError)):
        exact_number(text)


def test_without_a_synchroniser_the_machines_time_is_told():
    assert abs(VenueClock().time() - time.time()) < 0.1
    clock = VenueClock()
    clock.follow(TimeSynchronizer())  # no sample yet
    assert abs(clock.time() - time.time()) < 0.1


@pytest.mark.parametrize("offset_s", [30, -30])
def test_the_venues_time_is_that_of_hummingbots_synchroniser(offset_s):
    synchronizer, clock = TimeSynchronizer(), VenueClock()
    clock.follow(synchronizer)
    assert clock.time()
    for _ in range(2):  # a second sample must be noticed too
        synchronizer.add_time_offset_ms_sample((time.time() + offset_s - time.perf_counter()) * 1000)
        assert abs(clock.time() - synchronizer.time()) < 0.01
        assert abs(clock.time() - time.time() - offset_s) < 0.1
        offset_s += 1
        synchronizer.clear_time_offset_ms_samples()
