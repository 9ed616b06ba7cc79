"""Keep credentials out of every text: ccxt's errors carry signed URLs, its debug log prints headers and keys."""

import base64
import json
import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

_MASK = "***"
_SHORTEST = 6
"""Shorter values (a numeric uid) would blank out innocent text."""

# Parameters that sign or authenticate a request, in a URL, a form, a header or JSON, on any venue.
_NAMED = re.compile(
    r"""(?ix)
    ( (?:[a-z0-9_-]* (?: signature | api[-_]?key | access[-_]?key | (?:listen|subscribe)[-_]?(?:key|token)
        | passphrase | password | secret | token | authorization | privatekey | private[-_]key | api[-_]?sign )
      | (?<![a-z0-9]) sign | [a-z-]*-sign )
      (?: \\* ["'] )? \s* [=:] \s* (?: \\* ["'] )? )
    (?: (?: bearer | basic | token | digest | hmac ) \s+ )? [^&\s"',;)}\]\\]+
    """
)
_HEADER = re.compile(
    r"""(?ix)
    ( authorization (?: \\* ["'] )? \s* [=:] \s* )
    (?: (?P<quote> \\* ["'] ) (?: (?! (?P=quote) ) . )*  # to the end of the text, whatever the scheme and its parts
        | [^\s"',;)}\]\\&]+ (?: \s+ [^\s"',;)}\]\\&]{12,} )? )
    """
)
_MESSAGE = re.compile(
    r"""(?ix)
    ( (?<![a-z0-9_-]) (?: auth | sig ) (?: \\* ["'] )? \s* [=:] \s* (?: \\* ["'] )?  # not "auth: refused"
      (?= [^\s"',;)}\]\\&]{16} )
      | authorize \\* ["'] \s* , \s* \\* ["'] params \\* ["'] \s* : \s* \[ \s* \\* ["'] )
    [^\s"',;)}\]\\&{\[]+
    """
)
"""A log-on over a stream, of bitstamp, cex and whitebit."""

_HANDED_OUT = frozenset(
    {"token", "websockettoken", "websocketstoken", "listenkey", "sessiontoken", "accesstoken", "jwt"}
)
_SHORTEST_TOKEN = 16
_REMEMBERED = 32
_LISTEN_KEY_PATH = re.compile(r"(/(?:ws|stream)/)[A-Za-z0-9]{40,}")
_UNNAMED = re.compile(
    r"""(?x)
    eyJ[\w-]{8,}\.[\w-]+\.[\w-]*                    # a JSON Web Token
    | (?<![0-9A-Za-z]) (?:0x)? [0-9a-fA-F]{64,} (?![0-9A-Za-z])  # a signature (HMAC-SHA256 and longer) in hexadecimal
    | (?<![\w+/-]) [A-Za-z0-9+/_-]{86,} ={0,2}      # one (HMAC-SHA512, EdDSA) in base64, a listen key, a token
    """
)
_INNER_BYTES = 9
"""The shortest part of a secret, in bytes, by whose base64 it is recognised within a longer one (`key:secret`)."""


class Secrets:
    """The credentials of one client, and how to hide them in a text: as they are, and as programs write them."""

    def __init__(self, values: Iterable[str | None]) -> None:
        given = {value for value in values if value and len(value) >= _SHORTEST}
        lines = {line for value in given for line in value.splitlines() if len(line) >= 16}  # of a PEM key
        self._count = len(given)
        self._values = sorted({form for value in given | lines for form in _forms(value)}, key=len, reverse=True)

        self._handed_out: dict[str, None] = {}

    def remember(self, answer: object, depth: int = 2) -> None:
        """Take note of a token for the account's streams that a venue hands out, at the head of its answer."""
        if not isinstance(answer, dict) or not depth:
            return
        for name, value in answer.items():
            if isinstance(value, dict):
                self.remember(value, depth - 1)
            elif isinstance(value, str) and len(value) >= _SHORTEST_TOKEN and _is_token(name):
                self._handed_out.pop(value, None)
                self._handed_out[value] = None
                if len(self._handed_out) > _REMEMBERED:
                    del self._handed_out[next(iter(self._handed_out))]

    def __repr__(self) -> str:
        return f"Secrets({self._count} hidden)"

    def hide(self, text: object) -> str:
        """Return the text with each credential, signature, token and listen key in it masked.

        A text that cannot be made (`__str__` raises) becomes the name of its type.
        """
        try:
            hidden = str(text)
        except Exception:
            return f"<{type(text).__name__}>"
        for value in self._values:
            hidden = hidden.replace(value, _MASK)
        for token in self._handed_out:
            if token in hidden or quote(token, safe="") in hidden:
                hidden = hidden.replace(token, _MASK).replace(quote(token, safe=""), _MASK)
        hidden = _HEADER.sub(rf"\1\g<quote>{_MASK}", hidden)
        hidden = _MESSAGE.sub(rf"\1{_MASK}", hidden)
        hidden = _NAMED.sub(rf"\1{_MASK}", hidden)
        hidden = _LISTEN_KEY_PATH.sub(rf"\1{_MASK}", hidden)
        return _UNNAMED.sub(_MASK, hidden)


def _is_token(name: object) -> bool:
    return str(name).replace("_", "").replace("-", "").lower() in _HANDED_OUT


def _forms(value: str) -> Iterator[str]:
    """A secret as it is, percent-encoded, escaped in JSON and in a `repr`, in hexadecimal and in base64."""
    raw = value.encode()
    yield value
    yield from (quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], repr(value)[1:-1])
    yield from (raw.hex(), raw.hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")
        # Within a longer text the secret may begin at any of three positions; whole groups of it stay the same.
        for skipped in (1, 2):
            inner = raw[skipped : skipped + (len(raw) - skipped) // 3 * 3]
            if len(inner) >= _INNER_BYTES:
                yield encode(inner).decode()
    if len(raw) >= _INNER_BYTES:
        yield base64.b64encode(raw[: len(raw) // 3 * 3]).decode()


class HidingLogger(logging.LoggerAdapter[logging.Logger]):
    """ccxt's logger for one client: warnings with secrets masked; its debug lines, headers and keys in clear, never."""

    def __init__(self, logger: logging.Logger, secrets: Secrets) -> None:
        super().__init__(logger, {})
        self._secrets = secrets

    def log(self, level: int, msg: object, *args: Any, **kwargs: Any) -> None:
        """Log at INFO and above, masked; drop what is below, and tracebacks, whose exceptions carry signed URLs."""
        if level >= logging.INFO and self.isEnabledFor(level):
            text = str(msg) % args if args else str(msg)
            self.logger.log(level, self._secrets.hide(text))
