"""Faults by rule: which call is slowed down, refused, cut or spoilt, and how."""
from __future__ import annotations

import itertools
import random
import threading
import time

from .contract import ServiceError
from .world.schema import FAULT, check

THROTTLES = {"athena": ("ThrottlingException", "Rate exceeded", 400),
             "glue": ("ThrottlingException", "Rate exceeded", 400),
             "sts": ("Throttling", "Rate exceeded", 400),
             "s3": ("SlowDown", "Please reduce your request rate.", 503)}
SERVER_ERRORS = {"athena": ("InternalServerException", "An internal error occurred.", 500),
                 "glue": ("InternalServiceException", "An internal error occurred.", 500),
                 "sts": ("InternalFailure", "The request processing has failed because of an "
                         "unknown error.", 500),
                 "s3": ("InternalError", "We encountered an internal error. Please try again.", 500)}


class Rule:
    """One fault: a match (service, operation, account, nth ...) and an effect."""

    numbers = itertools.count(1)

    def __init__(self, raw):
        self.raw = dict(check(raw, FAULT, "fault"))
        self.id = next(self.numbers)
        self.seen = 0
        self.fired = 0

    def matches(self, service, operation, account, key, rng):
        raw = self.raw
        for name, value in (("service", service), ("operation", operation), ("account", account)):
            if name in raw and str(raw[name]).lower() != str(value).lower():
                return False
        if "key" in raw and raw["key"] not in (key or ""):
            return False
        self.seen += 1
        if "nth" in raw and self.seen != raw["nth"]:
            return False
        if "every" in raw and self.seen % raw["every"]:
            return False
        if self.seen < raw.get("from", 1) or self.seen > raw.get("to", self.seen):
            return False
        if self.fired >= raw.get("times", self.fired + 1):
            return False
        if "probability" in raw and rng.random() >= raw["probability"]:
            return False
        self.fired += 1
        return True

    def state(self):
        return {"id": self.id, **self.raw, "seen": self.seen, "fired": self.fired}


class Effects:
    """The effects that hit one call, put together."""

    def __init__(self, rules):
        self.rules = rules

    def get(self, name, default=None):
        for rule in self.rules:
            if name in rule.raw:
                return rule.raw[name]
        return default

    def error(self, service):
        name = self.get("error")
        if name is None:
            return None
        table = {"throttle": THROTTLES, "5xx": SERVER_ERRORS}.get(name)
        if table:
            code, message, status = table.get(service, ("ThrottlingException", "Rate exceeded", 400))
        else:
            code, message, status = name, "injected fault", 400
        return ServiceError(code, self.get("message", message), self.get("status", status),
                            reason="injected fault", headers=self.get("headers"))


class Faults:
    def __init__(self, rules=(), seed=1):
        self._lock = threading.Lock()
        self._rng = random.Random(seed)
        self.rules = [Rule(rule) for rule in rules]

    def add(self, raw):
        rule = Rule(raw)
        with self._lock:
            self.rules.append(rule)
        return rule

    def remove(self, number):
        with self._lock:
            before = len(self.rules)
            self.rules = [rule for rule in self.rules if rule.id != number]
            return before - len(self.rules)

    def clear(self):
        with self._lock:
            self.rules = []

    def state(self):
        with self._lock:
            return [rule.state() for rule in self.rules]

    def hit(self, service, operation, account, key=None):
        """The Effects on this call; waits out its latency."""
        with self._lock:
            if not self.rules:
                return None
            found = [rule for rule in self.rules
                     if rule.matches(service, operation, account, key, self._rng)]
        if not found:
            return None
        effects = Effects(found)
        if effects.get("latency"):
            time.sleep(float(effects.get("latency")))
        return effects
