"""The sandbox's control API, as tests use it."""
import json
import os
import urllib.request


def control(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{os.environ['ATHENA_SANDBOX_ENDPOINT']}/_sandbox/{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def counters():
    """{"service:Operation": calls} since the sandbox started or the last reset."""
    return control("GET", "counters")


class Calls:
    """with Calls() as calls: ...; calls.made is {"glue:GetTables": 2, ...} afterwards."""

    def __enter__(self):
        self.before = counters()
        return self

    def __exit__(self, *unused):
        after = counters()
        self.made = {name: count - self.before.get(name, 0) for name, count in after.items() if count != self.before.get(name, 0)}

    def __getitem__(self, name):
        return self.made.get(name, 0)
