"""Who watches for secrets: a witness beside the venue, a watch over all that is written, and how one looks for them."""

import base64
import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

from hummingbot_ccxt.sandbox import Sandbox

_SECRET_NAME = re.compile(r"sign|key|token|passphrase|password|secret|authorization", re.IGNORECASE)


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
                self._note(value, secret or bool(_SECRET_NAME.search(str(name))) or (logs_on and name == "args"))
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
    everything = "\n".join(text for _, text in texts)
    found = [form for secret in secrets for form in forms(secret) if form in everything]
    for where, text in texts:
        for form in found:
            at = text.find(form)
            if at >= 0:
                yield f"{where}: ...{text[max(0, at - 200) : at + len(form) + 50]}..."
