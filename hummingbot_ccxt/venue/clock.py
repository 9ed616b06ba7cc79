"""The venue's clock: what ccxt's nonces and time stamps follow."""

import time

from hummingbot.connector.time_synchronizer import TimeSynchronizer


class VenueClock:
    """Tells the venue's time in seconds, from Hummingbot's time synchroniser; the machine's time without one.

    The synchroniser works out its offset with numpy at each call (30 us); here it is worked out once per new sample.
    """

    def __init__(self) -> None:
        self._synchronizer: TimeSynchronizer | None = None
        self._samples: tuple[float, ...] = ()
        self._offset_s = 0.0

    def follow(self, synchronizer: TimeSynchronizer) -> None:
        """Tell this synchroniser's time from now on."""
        self._synchronizer = synchronizer

    def time(self) -> float:
        """Return the venue's time in seconds since the epoch."""
        if self._synchronizer is None:
            return time.time()
        samples = tuple(self._synchronizer._time_offset_ms)
        if not samples:
            return time.time()
        if samples != self._samples:
            self._samples = samples
            self._offset_s = self._synchronizer.time_offset_ms / 1000
        return time.perf_counter() + self._offset_s
