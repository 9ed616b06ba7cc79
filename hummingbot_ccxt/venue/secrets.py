"""Keep credentials out of every text: ccxt's errors carry signed URLs, its debug log prints headers and keys."""

import logging
import re
from collections.abc import Iterable
from typing import Any

_MASK = "***"
# Parameters that sign or authenticate a request, in a URL, a form, a header or JSON, on any venue.
_NAMED = re.compile(
    r"""(?ix)
    ( (?:[a-z0-9_-]* (?: signature | api[-_]?key | access[-_]?key | listen[-_]?(?:key|token) | passphrase | password
        | secret | token | authorization | privatekey | api[-_]?sign )
      | (?<![a-z0-9]) sign | [a-z-]*-sign )
      ["']? \s* [=:] \s* ["']? )
    (?: bearer \s+ )? [^&\s"',;)}\]]+
    """
)
_LISTEN_KEY_PATH = re.compile(r"(/(?:ws|stream)/)[A-Za-z0-9]{40,}")


class Secrets:
    """The credentials of one client, and how to hide them in a text."""

    def __init__(self, values: Iterable[str | None]) -> None:
        # Short values (a numeric uid) would blank out innocent text.
        self._values = sorted({v for v in values if v and len(v) >= 6}, key=len, reverse=True)

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)} hidden)"

    def hide(self, text: object) -> str:
        """Return the text with each credential, signature, token and listen key in it masked."""
        hidden = str(text)
        for value in self._values:
            hidden = hidden.replace(value, _MASK)
        hidden = _NAMED.sub(rf"\1{_MASK}", hidden)
        return _LISTEN_KEY_PATH.sub(rf"\1{_MASK}", hidden)


class HidingLogger(logging.LoggerAdapter[logging.Logger]):
    """ccxt's logger for one client: warnings with secrets masked; its debug lines, headers and keys in clear, never."""

    def __init__(self, logger: logging.Logger, secrets: Secrets) -> None:
        super().__init__(logger, {})
        self._secrets = secrets

    def log(self, level: int, msg: object, *args: Any, **kwargs: Any) -> None:
        """Log at INFO and above, masked; drop what is below."""
        if level >= logging.INFO and self.isEnabledFor(level):
            text = str(msg) % args if args else str(msg)
            self.logger.log(level, self._secrets.hide(text))
