"""The rows of `mix8`: eight columns of the usual types, 152 bytes a record, one cell in 64 NULL.

Made from the row number alone by whole-number arithmetic, so that other programs can make the same rows.
"""
from __future__ import annotations

from ..format import types as t

BLOCK_ROWS = 1 << 16
WORD = (1 << 64) - 1
ALPHABET = "abcdefghijklmnopqrstuvwxyz012345"
COLUMNS = [("id", t.BIGINT), ("number", t.INTEGER), ("ratio", t.DOUBLE), ("amount", t.decimal(18, 2)),
           ("code", t.varchar(20)), ("note", t.varchar(60)), ("day", t.DATE), ("moment", t.TIMESTAMP3)]


def mix(x):
    """The finaliser of splitmix64."""
    x = x + 0x9E3779B97F4A7C15 & WORD
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & WORD
    x = (x ^ x >> 27) * 0x94D049BB133111EB & WORD
    return x ^ x >> 31


def sign(r):
    return "-" if r >> 7 & 1 else ""


def bigint(r):
    value, digits = mix(r) >> 1, 1 + r % 19
    if digits < 19:
        value %= 10 ** digits
    return f"{sign(r) if value else ''}{value}"


def double(r):
    return f"{sign(r)}{10 ** (1 + r % 3) + r // 3 % 90}.{mix(r) % 10 ** 13:013d}"


def decimal(r):
    whole = min(1 + mix(r) % 10 ** (1 + r % 12), 10 ** 12 - 1)
    return f"{sign(r)}{whole}.{r // 12 % 100:02d}"


def text(r, least, span):
    out, bits = "", r
    length = least + r % span
    while len(out) < length:
        bits = mix(bits)
        out += "".join(ALPHABET[bits >> 5 * i & 31] for i in range(12))
    return out[:length]


def day(r):
    return f"{1980 + r % 60}-{1 + r // 60 % 12:02d}-{1 + r // 720 % 28:02d}"


def moment(r):
    m = mix(r)
    return f"{day(r)} {m % 24:02d}:{m // 24 % 60:02d}:{m // 1440 % 60:02d}.{m // 86400 % 1000:03d}"


MAKERS = (bigint, lambda r: str((mix(r) & 0xFFFFFFFF) - 0x80000000), double, decimal, lambda r: text(r, 5, 16),
          lambda r: text(r, 14, 47), day, moment)


def values(number):
    """The texts of a row; None is NULL."""
    seeds = (mix(number % BLOCK_ROWS * len(MAKERS) + column) for column in range(len(MAKERS)))
    return [make(r) if r >> 58 else None for make, r in zip(MAKERS, seeds)]
