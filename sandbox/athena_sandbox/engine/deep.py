"""Room for deep statements: parsing and rewriting recurse once for each level of nesting."""
from __future__ import annotations

import sys
import threading

STACK_BYTES = 256 << 20
FRAMES = 20_000

_lock = threading.Lock()


def deep_thread(target, *args, name=None):
    """A started daemon thread with a large stack."""
    with _lock:
        if sys.getrecursionlimit() < FRAMES:
            sys.setrecursionlimit(FRAMES)
        before = threading.stack_size(STACK_BYTES)
        try:
            thread = threading.Thread(target=target, args=args, name=name, daemon=True)
            thread.start()
        finally:
            threading.stack_size(before)
    return thread


def deeply(function, *args):
    """Call a function in a thread with a large stack; its result, or its error."""
    outcome = {}

    def run():
        try:
            outcome["value"] = function(*args)
        except BaseException as error:                  # handed to the caller below
            outcome["error"] = error

    deep_thread(run).join()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]
