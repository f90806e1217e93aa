"""The sandbox's clock: real time, a fixed start, or real time moved by a test."""
from __future__ import annotations

import datetime
import threading
import time

from .identity.conditions import parse_date


class Clock:
    def __init__(self, start="real"):
        self._lock = threading.Lock()
        self._offset = 0.0
        self._frozen = None
        self._rate = 1.0
        self._rated = 0.0            # real time from which the rate counts
        if start not in (None, "real"):
            self._offset = parse_date(start).timestamp() - time.time()

    def epoch(self):
        with self._lock:
            return self._frozen if self._frozen is not None else self._running()

    def _running(self):
        now = time.time()
        return now + self._offset + ((now - self._rated) * (self._rate - 1) if self._rated else 0)

    def now(self):
        return datetime.datetime.fromtimestamp(self.epoch(), datetime.timezone.utc)

    def move(self, seconds):
        """Moves the clock; sessions expire and requests grow old as if time had passed."""
        with self._lock:
            self._offset += seconds
            if self._frozen is not None:
                self._frozen += seconds

    def set_offset(self, seconds):
        """The clock runs with real time again, this far from it."""
        with self._lock:
            self._offset = float(seconds)
            self._frozen = None
            self._rate, self._rated = 1.0, 0.0

    def set_rate(self, rate):
        """From now on the clock runs this many times as fast as real time."""
        with self._lock:
            now = self._frozen if self._frozen is not None else self._running()
            self._frozen = None
            self._rate, self._rated = float(rate), time.time()
            self._offset = now - self._rated

    def freeze(self):
        now = self.epoch()
        with self._lock:
            self._frozen = now

    def thaw(self):
        with self._lock:
            if self._frozen is not None:
                self._offset = self._frozen - time.time()
                self._frozen = None
                self._rated = time.time()

    def state(self):
        with self._lock:
            offset, frozen, rate = self._offset, self._frozen is not None, self._rate
        return {"now": self.now().isoformat(), "epoch": self.epoch(), "offset": offset,
                "frozen": frozen, "rate": rate}
