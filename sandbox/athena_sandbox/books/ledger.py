"""Who pays: bytes scanned and their price, booked to the account whose role ran the query."""
from __future__ import annotations

import json
import threading

MEGABYTE = 1024 * 1024
MINIMUM = 10 * MEGABYTE
TERABYTE = 1024 ** 4
PRICE_PER_TERABYTE = 5.0


def billed_bytes(scanned: int) -> int:
    """Rounded up to whole megabytes, ten at least."""
    return max(MINIMUM, -(-scanned // MEGABYTE) * MEGABYTE)


class Ledger:
    """A JSON lines file and its sums. One record for each finished execution, also the free ones."""

    def __init__(self, path=None, clock=None):
        self.path = path
        self.clock = clock
        self.lock = threading.Lock()
        self.records = []
        if path is not None and path.exists():
            with open(path, encoding="utf-8") as source:
                self.records = [json.loads(line) for line in source if line.strip()]

    def bill(self, account, query_id, scanned, *, state="SUCCEEDED", free=None, role=None,
             session=None, workgroup=None, statement=None):
        """Book one execution. `free` names why nothing is charged (ddl, failed, reused), else None."""
        charged = 0 if free else billed_bytes(scanned)
        record = {
            "time": self.clock.epoch() if self.clock else None, "account": account,
            "query_id": query_id, "state": state, "workgroup": workgroup, "role": role,
            "session": session, "statement": statement, "bytes_scanned": scanned,
            "bytes_billed": charged, "usd": round(charged / TERABYTE * PRICE_PER_TERABYTE, 10),
            "free": free,
        }
        with self.lock:
            self.records.append(record)
            if self.path is not None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with open(self.path, "a", encoding="utf-8") as out:
                    out.write(json.dumps(record, sort_keys=True) + "\n")
        return record

    def totals(self):
        """account -> {queries, bytes_scanned, bytes_billed, usd}."""
        sums = {}
        with self.lock:
            for record in self.records:
                entry = sums.setdefault(record["account"], {
                    "queries": 0, "bytes_scanned": 0, "bytes_billed": 0, "usd": 0.0})
                entry["queries"] += 1
                for key in ("bytes_scanned", "bytes_billed", "usd"):
                    entry[key] = round(entry[key] + record[key], 10)
        return sums

    def of(self, query_id):
        return [r for r in self.records if r["query_id"] == query_id]
