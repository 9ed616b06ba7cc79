"""Who watches for secrets: a witness beside the venue, a watch over all that is written, and how one looks for them."""

import base64
import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, quote, quote_plus

import numpy as np

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox

_SECRET_NAME = re.compile(r"sign|key|token|passphrase|password|secret|authorization", re.IGNORECASE)
_KRAKENS_ID = re.compile(r"[0-9A-Z]{6}-[0-9A-Z]{5}-[0-9A-Z]{6}")
"""An order's or a fill's: what is told of one stands under it, and now and then it has KEY or SIGN in it by chance."""
_BEGINNING, _PIECE = 8, 2**20


# --- what must not be seen


class Witness:
    """Stands beside the venue and notes every secret that crosses the wire."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.seen: set[str] = set()
        wire: Any = sandbox.wire
        endpoint, answer, accept = wire.endpoint, wire.answer, wire.accept

        def noting_endpoint(request: Any) -> str:
            self._note(dict(request.headers))
            self._note(dict(request.parameters))
            return str(endpoint(request))

        def noting_answer(request: Any) -> Any:
            reply = answer(request)
            self._note_text(reply.body.decode())
            return reply

        def noting_accept(host: str, path: str, query: str) -> Any:
            self._note(dict(parse_qsl(query)))
            self.seen.update(part for part in path.split("/") if len(part) >= 40)
            handler = accept(host, path, query)
            if handler is not None:
                received = handler.received

                def noting_received(session: Any, text: str) -> None:
                    self._note_text(text)
                    received(session, text)

                with suppress(AttributeError):
                    handler.received = noting_received
            return handler

        wire.endpoint, wire.answer, wire.accept = noting_endpoint, noting_answer, noting_accept

    def _note_text(self, text: str) -> None:
        with suppress(ValueError):
            self._note(json.loads(text))

    def _note(self, data: Any, secret: bool = False) -> None:
        if isinstance(data, Mapping):
            logs_on = data.get("op") in ("auth", "login")
            for name, value in data.items():
                named = _SECRET_NAME.search(str(name)) and not _KRAKENS_ID.fullmatch(str(name))
                self._note(value, secret or bool(named) or (logs_on and name == "args"))
        elif isinstance(data, list):
            for value in data:
                self._note(value, secret)
        elif secret and isinstance(data, str) and len(data) >= 16:
            self.seen.add(data)


def forms(secret: str) -> Iterator[str]:
    """A secret in every writing that is looked for, base64 at each of the three positions that it may begin at."""
    raw = secret.encode()
    yield from (secret, quote(secret, safe=""), quote_plus(secret), raw.hex(), raw.hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for skipped in range(3):
            inner = raw[skipped : skipped + (len(raw) - skipped) // 3 * 3]
            if len(inner) >= 9:
                yield encode(inner).decode()


# --- who could see it


class Watch(logging.Handler):
    """Takes every log record of the process, at every level, and whatever else was written down."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        where = f"log record of {record.name}, {record.levelname}"
        for part in (record.getMessage(), record.msg, record.args, record.__dict__):
            self.texts.append((where, f"{part} {part!r}"))
        if record.exc_info and record.exc_info[1] is not None:
            self.note(f"{where}, its exception", record.exc_info[1])

    def note(self, where: str, error: BaseException) -> None:
        """An exception as anybody prints it: text, repr, attributes, traceback with what it was raised from."""
        traced = "".join(traceback.format_exception(error))
        self.texts.append((where, f"{error} {error!r} {error.args} {vars(error)} {traced}"))


@contextmanager
def watching_all_logs() -> Iterator[Watch]:
    """Every logger at DEBUG, those that were set to less included."""
    watch, root = Watch(), logging.getLogger()
    names = [*logging.root.manager.loggerDict, "ccxt", "ccxt.base.exchange", "aiohttp", "asyncio"]
    loggers = [root, *(logging.getLogger(name) for name in names)]
    before = [(logger, logger.level, logger.disabled) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.disabled = False
    root.addHandler(watch)
    try:
        yield watch
    finally:
        root.removeHandler(watch)
        for logger, level, disabled in before:
            logger.setLevel(level)
            logger.disabled = disabled


# --- where it is looked for


def written(folder: Path) -> list[tuple[str, str]]:
    return [
        (f"file {file.name}", file.read_bytes().decode(errors="replace"))
        for file in folder.rglob("*")
        if file.is_file()
    ]


def found_in(texts: list[tuple[str, str]], secrets: set[str]) -> Iterator[str]:
    """Where any form of a secret stands, with the text around it.

    A storm's venue sees thousands of signatures, each of them in ten forms: all texts are gone through once, for the
    first eight bytes of all forms together.
    """
    beginnings: dict[bytes, set[bytes]] = {}
    for secret in secrets:
        assert len(secret) >= _BEGINNING, "what is so short stands in many a text by chance"
        for form in forms(secret):
            beginnings.setdefault(form.encode()[:_BEGINNING], set()).add(form.encode())
    wanted = np.array(sorted(int.from_bytes(each, "little") for each in beginnings), dtype=np.uint64)
    for where, text in texts:
        raw, told = text.encode(), set[bytes]()
        for at in _positions(raw, wanted):
            for form in beginnings[raw[at : at + _BEGINNING]] - told:
                if raw.startswith(form, at):
                    told.add(form)
                    around = raw[max(0, at - 200) : at + len(form) + 50].decode(errors="replace")
                    yield f"{where}: ...{around}..."


def _positions(raw: bytes, wanted: Any) -> Iterator[int]:
    """At which bytes any of the numbers stands that are `wanted`, sorted, as the eight bytes of a text."""
    for begin in range(0, len(raw), _PIECE):
        piece = np.frombuffer(raw[begin : begin + _PIECE + _BEGINNING - 1], dtype=np.uint8).astype(np.uint64)
        if len(piece) < _BEGINNING or not len(wanted):
            continue
        windows = np.zeros(len(piece) - _BEGINNING + 1, dtype=np.uint64)
        for byte in range(_BEGINNING):
            windows |= piece[byte : byte + len(windows)] << np.uint64(8 * byte)
        nearest = np.minimum(np.searchsorted(wanted, windows), len(wanted) - 1)
        yield from (begin + int(at) for at in np.flatnonzero(wanted[nearest] == windows))


@contextmanager
def watched_venues(*modules: Any) -> Iterator[list[set[str]]]:
    """Within: every credential that a venue made by one of these modules gave out, and what its witness saw."""
    seen: list[set[str]] = []

    class Watched(Sandbox):
        async def __aenter__(self) -> Any:
            entered = await super().__aenter__()
            seen.append(Witness(self).seen)
            return entered

        def create_account(self, *arguments: Any, **more: Any) -> ApiAccount:
            account = super().create_account(*arguments, **more)
            seen.append({word for word in (account.api_key, account.secret, account.password) if word})
            return account

    with ExitStack() as stack:
        for module in modules:
            stack.enter_context(patch.object(module, "Sandbox", Watched))
        yield seen


def looked_for(texts: list[tuple[str, str]], secrets: list[set[str]]) -> list[str]:
    """Where any of the secrets stands that `watched_venues` noted."""
    words = {word for each in secrets for word in each if len(word) >= _BEGINNING}
    assert len(words) > 20, "the witness saw too few signatures: it looks at the wrong place"
    return list(found_in(texts, words))
