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
        if start not in (None, "real"):
            self._offset = parse_date(start).timestamp() - time.time()

    def epoch(self):
        with self._lock:
            return self._frozen if self._frozen is not None else time.time() + self._offset

    def now(self):
        return datetime.datetime.fromtimestamp(self.epoch(), datetime.timezone.utc)

    def move(self, seconds):
        """Moves the clock; sessions expire and requests grow old as if time had passed."""
        with self._lock:
            self._offset += seconds
            if self._frozen is not None:
                self._frozen += seconds

    def set_offset(self, seconds):
        with self._lock:
            self._offset = float(seconds)
            self._frozen = None

    def freeze(self):
        now = self.epoch()
        with self._lock:
            self._frozen = now

    def thaw(self):
        with self._lock:
            if self._frozen is not None:
                self._offset = self._frozen - time.time()
                self._frozen = None

    def state(self):
        with self._lock:
            offset, frozen = self._offset, self._frozen is not None
        return {"now": self.now().isoformat(), "epoch": self.epoch(), "offset": offset,
                "frozen": frozen}
