"""Client order ids that the venue accepts: its length, its alphabet, its prefix."""

import hashlib
import itertools
import re
import time
import uuid
from collections.abc import Callable
from string import ascii_lowercase, digits

from hummingbot.connector.utils import get_new_client_order_id

from hummingbot_ccxt.mapping import BadMapping

_SIDE_AND_TOKENS = 5
"""Characters of Hummingbot's id between its prefix and its time stamp: side, and two letters of each token."""
_TIMESTAMP = 14
"""Hexadecimal digits of its time stamp in microseconds. With less room for it, Hummingbot's ids repeat."""

_ALPHABET = digits + ascii_lowercase
_serials = itertools.count(int(time.time() * 1000))


def new_client_order_id(*, is_buy: bool, trading_pair: str, prefix: str, max_length: int, pattern: str | None) -> str:
    """Return an id that no order has had yet, at most `max_length` characters, the whole of it matching `pattern`.

    Hummingbot's own id where the venue takes it whole; else one made of a serial number (milliseconds since the epoch
    at start, then counted) and a hash, in the first alphabet that matches: small letters and digits, digits only, `0x`
    and hexadecimal digits, or a UUID. Raises BadMapping when none does.
    """
    usual = get_new_client_order_id(
        is_buy=is_buy, trading_pair=trading_pair, hbot_order_id_prefix=prefix, max_id_len=max_length
    )
    whole = max_length - len(prefix) >= _SIDE_AND_TOKENS + _TIMESTAMP
    if whole and (pattern is None or re.fullmatch(pattern, usual)):
        return usual
    serial = next(_serials)
    digest = hashlib.sha256(f"{usual}{serial}".encode()).digest()
    rule = (prefix, max_length, pattern)
    known = _form_of.get(rule)
    for form in _FORMS if known is None else (known, *_FORMS):
        candidate = form(prefix, serial, digest, max_length)
        if len(candidate) <= max_length and (pattern is None or re.fullmatch(pattern, candidate)):
            _form_of[rule] = form
            return candidate
    raise BadMapping("ClientOrderId.pattern", pattern, f"a pattern that an id such as {usual} can be made to match")


def _lettered(serial: int, digest: bytes, room: int) -> str:
    text = ""
    while serial:
        serial, digit = divmod(serial, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    return (text + digest.hex())[:room] if len(text) <= room else text[-room:]


def _numbered(serial: int, digest: bytes, room: int) -> str:
    """Digits that begin with no zero: the serial number, cut to its last ones or filled up."""
    text = str(serial)
    if len(text) < room:
        return (text + str(int.from_bytes(digest)))[:room]
    least = 10 ** (room - 1)
    return str(least + serial % (9 * least))


_Form = Callable[[str, int, bytes, int], str]
_FORMS: tuple[_Form, ...] = (
    lambda prefix, serial, digest, longest: prefix + _lettered(serial, digest, longest - len(prefix)),
    lambda prefix, serial, digest, longest: prefix + _numbered(serial, digest, longest - len(prefix)),
    # below 2**63, for venues that keep it as a number
    lambda prefix, serial, digest, longest: _numbered(serial, digest, min(longest, 18)),
    lambda prefix, serial, digest, longest: "0x" + digest.hex()[:32],
    lambda prefix, serial, digest, longest: str(uuid.UUID(bytes=digest[:16], version=4)),
)
_form_of: dict[tuple[str, int, str | None], _Form] = {}
"""Which of them a venue took, the first to be tried again."""
