"""The venue's clock, which may be wrong on purpose."""

import time


class VenueClock:
    """Milliseconds since the epoch as the venue sees them: the machine's clock, plus a skew that may drift.

    `skew_ms` positive: the venue is ahead of its clients. `drift_ms_per_s`: how much the skew grows each second from
    the moment it is set. Call the instance to read it; the engine takes it as its `clock_ms`.
    """

    def __init__(self, skew_ms: float = 0.0, drift_ms_per_s: float = 0.0) -> None:
        self.set(skew_ms, drift_ms_per_s)

    def set(self, skew_ms: float = 0.0, drift_ms_per_s: float = 0.0) -> None:
        """From now on the venue is `skew_ms` ahead (negative: behind) and drifts on from there."""
        self._skew_ms = skew_ms
        self._drift_ms_per_s = drift_ms_per_s
        self._set_at = time.monotonic()

    @property
    def skew_ms(self) -> float:
        """The present difference to the machine's clock, drift included."""
        return self._skew_ms + self._drift_ms_per_s * (time.monotonic() - self._set_at)

    def __call__(self) -> int:
        return int(time.time() * 1000 + self.skew_ms)
