"""Judges what the sandbox counted for one process: connect, one small query, read it, disconnect.
Prints the counts; status 1 when they are not those of one query read from its result object."""
import json
import sys

LIMITS = {"StartQueryExecution": (1, 1), "GetQueryExecution": (1, 4), "GetObject": (1, 2), "GetQueryResults": (0, 0), "HeadObject": (0, 0),
          "ListObjectsV2": (0, 0), "AssumeRole": (2, 2), "StopQueryExecution": (0, 0)}


def flatten(found):
    """Operation name -> count, whatever the nesting."""
    out = {}
    for name, value in found.items():
        if isinstance(value, dict):
            for inner, count in flatten(value).items():
                out[inner] = out.get(inner, 0) + count
        elif isinstance(value, int):
            name = name.rpartition(":")[2].rpartition(".")[2]
            out[name] = out.get(name, 0) + value
    return out


counts = flatten(json.loads(sys.argv[1]))
print(", ".join(f"{counts.get(name, 0)} {name}" for name in LIMITS if counts.get(name, 0) or LIMITS[name][0]))
wrong = [name for name, (least, most) in LIMITS.items() if not least <= counts.get(name, 0) <= most]
if wrong:
    print("outside their limits: " + ", ".join(f"{name} {counts.get(name, 0)}, expected {LIMITS[name]}" for name in wrong))
sys.exit(bool(wrong))
