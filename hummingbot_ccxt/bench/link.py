"""Processes that ask one another: one JSON object a line, a question and its answer, over stdin and stdout."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

from hummingbot_ccxt.errors import HummingbotCcxtError

type Handler = Callable[..., Awaitable[Any]]

_LONGEST_LINE = 64 * 2**20
_SHOWN_LINES = 15


class PeerFailed(HummingbotCcxtError):
    """A process of the benchmark did not do what it was asked; the text holds its own last words."""


class Peer:
    """A child process that answers questions."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Any) -> None:
        self.name = name
        self._process = process
        self._log = log

    @classmethod
    async def start(cls, name: str, module: str, *arguments: str) -> Self:
        """Run `python -m module arguments`; what it prints to stderr is kept for the case that it fails."""
        log = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by `stop`
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=_LONGEST_LINE,
        )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    async def ask(self, question: str, patience_s: float = 120.0, **more: Any) -> Any:
        """The answer. Raises PeerFailed for an error at the other end, or none within the patience."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": question, **more}).encode() + b"\n")
        return await self.word(question, patience_s)

    async def word(self, question: str, patience_s: float = 120.0) -> Any:
        """What it says next, without being asked: to a `question` that stands. Raises PeerFailed as `ask` does."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(patience_s):
                line = await self._process.stdout.readline()
        except (TimeoutError, ConnectionError) as error:
            raise PeerFailed(f"{self.name}: no answer to {question} in {patience_s:g} s\n{self._words()}") from error
        if not line:
            raise PeerFailed(f"{self.name} ended when asked to {question}\n{self._words()}")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerFailed(f"{self.name}: {question}: {answer['error']}\n{self._words()}")
        return answer["answer"]

    async def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process.returncode is None:
            if self._process.stdin is not None:
                self._process.stdin.close()  # a process that it made, and that outlives it, gets no more questions
            self._process.kill()
            await self._process.wait()
        self._log.close()

    def _words(self) -> str:
        self._log.seek(0)
        return "\n".join(self._log.read().decode("utf-8", "replace").splitlines()[-_SHOWN_LINES:])


def own_output() -> int:
    """A descriptor for answers only: whatever else this process prints goes to stderr from now on."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


def read_question() -> dict[str, Any] | None:
    """The next line of stdin, without reading beyond it; None at its end."""
    line = bytearray()
    while (byte := os.read(0, 1)) != b"\n":
        if not byte:
            return None
        line += byte
    question: dict[str, Any] = json.loads(line)
    return question


def answer_with(descriptor: int, answer: Mapping[str, Any]) -> None:
    """Write one line."""
    text = json.dumps(answer).encode() + b"\n"
    while text:
        text = text[os.write(descriptor, text) :]


async def serve(handlers: Mapping[str, Handler], answers: int) -> None:
    """Answer questions from stdin until "end" or the end of it."""
    loop = asyncio.get_running_loop()
    while (question := await loop.run_in_executor(None, read_question)) is not None:
        name = question.pop("do")
        if name == "end":
            answer_with(answers, {"answer": None})
            return
        try:
            answer = {"answer": await handlers[name](**question)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answer_with(answers, answer)
