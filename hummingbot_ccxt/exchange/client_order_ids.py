"""Client order ids that the venue accepts: its length, its alphabet, its prefix.

Made for every order before anything else happens to it, so with little work: Hummingbot's own function asks for the
machine's name, and hashes it, for each id.
"""

import itertools
import os
import re
import time
import uuid
from collections.abc import Callable
from string import ascii_lowercase, digits

from hummingbot.core.utils.tracking_nonce import get_tracking_nonce

from hummingbot_ccxt.mapping import BadMapping

_SIDE_AND_TOKENS = 5
"""Characters of Hummingbot's id between its prefix and its time stamp: side, and two letters of each token."""
_TIMESTAMP = 14
"""Hexadecimal digits of its time stamp in microseconds. With less room for it, Hummingbot's ids repeat."""

_ALPHABET = digits + ascii_lowercase
_serials = itertools.count(int(time.time() * 1000))
_tail = uuid.uuid4().hex
"""Tells this process's ids from those that another one makes in the same microsecond."""


def _begin_anew() -> None:
    global _tail
    _tail = uuid.uuid4().hex


os.register_at_fork(after_in_child=_begin_anew)


def new_client_order_id(*, is_buy: bool, trading_pair: str, prefix: str, max_length: int, pattern: str | None) -> str:
    """Return an id that no order has had yet, at most `max_length` characters, the whole of it matching `pattern`.

    In Hummingbot's own form where the venue takes it whole; else one made of a serial number (milliseconds since the
    epoch at start, then counted) and random bytes, in the first alphabet that matches: small letters and digits, digits
    only, `0x` and hexadecimal digits, or a UUID. Raises BadMapping when none does.
    """
    rule = (prefix, max_length, pattern)
    known = _form_of.get(rule)
    usual = ""
    if known is None and max_length - len(prefix) >= _SIDE_AND_TOKENS + _TIMESTAMP:
        usual = _usual(is_buy, trading_pair, prefix, max_length)
        if pattern is None or re.fullmatch(pattern, usual):
            return usual
    serial = next(_serials)
    noise = os.urandom(32)
    for form in _FORMS if known is None else (known, *_FORMS):
        candidate = form(prefix, serial, noise, max_length)
        if len(candidate) <= max_length and (pattern is None or re.fullmatch(pattern, candidate)):
            _form_of[rule] = form
            return candidate
    raise BadMapping("ClientOrderId.pattern", pattern, f"a pattern that an id such as {usual} can be made to match")


def _usual(is_buy: bool, trading_pair: str, prefix: str, max_length: int) -> str:
    """As `hummingbot.connector.utils.get_new_client_order_id`."""
    base, quote = trading_pair.upper().split("-")
    side = "B" if is_buy else "S"
    text = f"{prefix}{side}{base[0]}{base[-1]}{quote[0]}{quote[-1]}{get_tracking_nonce():x}{_tail}"
    return text.replace("$", "")[:max_length]


def _lettered(serial: int, noise: bytes, room: int) -> str:
    text = ""
    while serial:
        serial, digit = divmod(serial, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    return (text + noise.hex())[:room] if len(text) <= room else text[-room:]


def _numbered(serial: int, noise: bytes, room: int) -> str:
    """Digits that begin with no zero: the serial number, cut to its last ones or filled up."""
    text = str(serial)
    if len(text) < room:
        return (text + str(int.from_bytes(noise)))[:room]
    least = 10 ** (room - 1)
    return str(least + serial % (9 * least))


_Form = Callable[[str, int, bytes, int], str]
_FORMS: tuple[_Form, ...] = (
    lambda prefix, serial, noise, longest: prefix + _lettered(serial, noise, longest - len(prefix)),
    lambda prefix, serial, noise, longest: prefix + _numbered(serial, noise, longest - len(prefix)),
    # below 2**63, for venues that keep it as a number
    lambda prefix, serial, noise, longest: _numbered(serial, noise, min(longest, 18)),
    lambda prefix, serial, noise, longest: "0x" + noise.hex()[:32],
    lambda prefix, serial, noise, longest: str(uuid.UUID(bytes=noise[:16], version=4)),
)
_form_of: dict[tuple[str, int, str | None], _Form] = {}
"""Which of them a venue took, the first to be tried again."""
