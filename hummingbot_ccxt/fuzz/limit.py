"""The time that one input may take: what does not come to its end in time is named, and the campaign with it ends."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNAL = signal.SIGUSR1
_LOOKS = 10
"""How often within the limit the time is looked at."""
_PATIENCE = 4
"""After so many limits the process is ended: what hangs cannot be interrupted, or swallows whatever is raised."""


class Hung(BaseException):
    """An input did not come to its end. No Exception, which handlers catch."""


class TimeLimit:
    """Interrupts an input that takes longer than `seconds`, wherever the main thread is, again and again.

    A thread watches, since what hangs is often a loop that never lets the event loop run. `last_words`: called with
    the input's text before the process is ended, where nothing else helps.
    """

    def __init__(self, seconds: float, last_words: Callable[[str], None] = lambda text: print(text, file=sys.stderr)):
        self.seconds = seconds
        self.hung = False
        self._last_words = last_words
        self._began: float | None = None
        self._shown: Callable[[], str] = str
        self._over = threading.Event()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within, `input` is limited."""
        if threading.current_thread() is not threading.main_thread():  # where alone signals arrive
            yield
            return
        before = signal.signal(_SIGNAL, self._interrupt)
        watch = threading.Thread(target=self._watch, name="fuzz limit", daemon=True)
        watch.start()
        try:
            yield
        finally:
            self._over.set()
            watch.join()
            signal.signal(_SIGNAL, before)

    @contextmanager
    def input(self, shown: Callable[[], str]) -> Iterator[None]:
        """Within, one input is at work. Raises Hung where it takes too long, also if its handlers took that away."""
        self._shown, self._began = shown, time.monotonic()
        try:
            yield
        finally:
            self._began = None
        if self.hung:
            raise Hung

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._began is not None:
            self.hung = True
            raise Hung

    def _watch(self) -> None:
        while not self._over.wait(self.seconds / _LOOKS):
            began = self._began
            if began is None or time.monotonic() - began < self.seconds:
                continue
            if time.monotonic() - began > _PATIENCE * self.seconds:
                self._last_words(self._shown())
                os._exit(1)
            signal.pthread_kill(threading.main_thread().ident or 0, _SIGNAL)
