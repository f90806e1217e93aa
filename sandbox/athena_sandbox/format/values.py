"""The text form of every Athena value. The engine's own printing is never used."""
from __future__ import annotations

import datetime as dt
import ipaddress
import struct
from decimal import ROUND_HALF_UP, Context, Decimal
from zoneinfo import ZoneInfo

from .types import Type

EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
DECIMAL_CONTEXT = Context(prec=80, rounding=ROUND_HALF_UP)


def java_text(value: float, digits: str) -> str:
    """Java's Double.toString layout over the shortest digits, given as Python's repr."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    sign = "-" if digits.startswith("-") else ""
    mantissa, _, exponent = digits.lstrip("-").lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    every = (whole + fraction).rstrip("0")
    stripped = every.lstrip("0")
    if not stripped:
        return sign + "0.0"
    point -= len(every) - len(stripped)
    if 1e-3 <= abs(value) < 1e7:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{stripped}"
        padded = stripped.ljust(point, "0")
        return f"{sign}{padded[:point]}.{padded[point:] or '0'}"
    return f"{sign}{stripped[0]}.{stripped[1:] or '0'}E{point - 1}"


def two_digits(value: float, digits: str, reads_back) -> str:
    """Java wants two digits at least and then takes the pair nearest to the value (4.9E-324)."""
    if len(digits.lstrip("-").lower().split("e")[0].replace(".", "").strip("0")) == 1:
        pair = f"{value:.1e}"
        if reads_back(pair):
            return pair
    return digits


def double_text(value: float) -> str:
    value = float(value)
    if value != value or value in (float("inf"), float("-inf")):
        return java_text(value, "")
    return java_text(value, two_digits(value, repr(value), lambda t: float(t) == value))


def real_text(value: float) -> str:
    """Shortest digits that read back as the same 32-bit value."""
    if value != value or value in (float("inf"), float("-inf")):
        return java_text(value, "")
    bits = struct.pack("<f", value)

    def reads_back(text):
        try:
            return struct.pack("<f", float(text)) == bits
        except OverflowError:
            return False

    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if reads_back(text):
            return java_text(value, two_digits(value, text, reads_back))
    return java_text(value, f"{value:.9g}")


def decimal_text(value, scale: int) -> str:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return format(number.quantize(Decimal(1).scaleb(-scale), context=DECIMAL_CONTEXT), "f")


def binary_text(value: bytes) -> str:
    return " ".join(f"{b:02x}" for b in bytes(value))


def civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day count since 1970-01-01, in the proleptic Gregorian calendar."""
    days += 719468
    era, in_era = divmod(days, 146097)
    year_of_era = (in_era - in_era // 1460 + in_era // 36524 - in_era // 146096) // 365
    day_of_year = in_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day


def days_text(days: int) -> str:
    year, month, day = civil(days)
    if 0 <= year <= 9999:
        return f"{year:04d}-{month:02d}-{day:02d}"
    sign = "-" if year < 0 else "+"
    return f"{sign}{abs(year):04d}-{month:02d}-{day:02d}"


def date_text(value) -> str:
    if isinstance(value, int):
        return days_text(value)
    if isinstance(value, dt.datetime):
        value = value.date()
    return days_text(value.toordinal() - EPOCH_DAY)


def fraction_text(nanos: int, digits: int) -> str:
    """A fraction of a second of `nanos` billionths, cut to `digits` digits."""
    if digits <= 0:
        return ""
    return "." + f"{nanos:09d}".ljust(12, "0")[:digits]


def nanos_of_day(value) -> int:
    if isinstance(value, int):
        return value * 1000
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 10**9 + value.microsecond * 1000


def clock_text(nanos: int, digits: int) -> str:
    seconds, rest = divmod(nanos, 10**9)
    hours, seconds = divmod(seconds, 3600)
    return f"{hours:02d}:{seconds // 60:02d}:{seconds % 60:02d}{fraction_text(rest, digits)}"


def epoch_nanos(value) -> int:
    """Nanoseconds since 1970. A bare integer counts microseconds."""
    if isinstance(value, int):
        return value * 1000
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(dt.timezone.utc).replace(tzinfo=None)
        delta = value - dt.datetime(1970, 1, 1)
        return (delta.days * 86400 + delta.seconds) * 10**9 + delta.microseconds * 1000
    return (value.toordinal() - EPOCH_DAY) * 86400 * 10**9


def round_nanos(nanos: int, digits: int) -> int:
    """Round half up to the digits that are shown, as a cast to that precision does."""
    unit = 10 ** (9 - min(9, digits))
    return (nanos + unit // 2) // unit * unit


def timestamp_text(value, digits: int) -> str:
    nanos = value if isinstance(value, Nanos) else epoch_nanos(value)
    days, rest = divmod(round_nanos(int(nanos), digits), 86400 * 10**9)
    return f"{days_text(days)} {clock_text(rest, digits)}"


class Nanos(int):
    """An epoch count of nanoseconds; a bare int stands for microseconds."""


def zone_offset(zone: str, nanos: int) -> int:
    """Seconds east of UTC of a zone at an instant."""
    if zone in ("UTC", "Z", "GMT"):
        return 0
    if zone[0] in "+-":
        hours, _, minutes = zone[1:].partition(":")
        seconds = int(hours) * 3600 + int(minutes or 0) * 60
        return -seconds if zone[0] == "-" else seconds
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(seconds=nanos // 10**9)
    return int(moment.astimezone(ZoneInfo(zone)).utcoffset().total_seconds())


def timestamp_tz_text(value, digits: int, zone: str | None) -> str:
    zone = zone or "UTC"
    nanos = int(value if isinstance(value, Nanos) else epoch_nanos(value))
    shifted = Nanos(nanos + zone_offset(zone, nanos) * 10**9)
    return f"{timestamp_text(shifted, digits)} {zone}"


def time_tz_text(value, digits: int) -> str:
    offset = value.utcoffset() if isinstance(value, dt.time) else None
    seconds = int(offset.total_seconds()) if offset is not None else 0
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    text = clock_text(nanos_of_day(value), digits)
    return f"{text}{sign}{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def day_interval_text(value) -> str:
    """`2 00:00:00.000`, sign in front; the value counts microseconds or is a timedelta."""
    if isinstance(value, dt.timedelta):
        value = (value.days * 86400 + value.seconds) * 1000000 + value.microseconds
    sign, millis = ("-", -value // 1000) if value < 0 else ("", value // 1000)
    seconds, millis = divmod(int(millis), 1000)
    days, seconds = divmod(seconds, 86400)
    return f"{sign}{days} {seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}.{millis:03d}"


def month_interval_text(months) -> str:
    if isinstance(months, dt.timedelta):
        months = months.days // 30
    sign, months = ("-", -months) if months < 0 else ("", months)
    return f"{sign}{months // 12}-{months % 12}"


def text(value, kind: Type) -> str | None:
    """The text of one value of one declared type; None for NULL."""
    if value is None:
        return None
    name = kind.name
    maker = FORMATTERS.get(name)
    return maker(value, kind) if maker else str(value)


def inner_text(value, kind: Type) -> str:
    if value is None:
        return "null"
    if kind.name == "varbinary":
        return f"[B@{hash(bytes(value)) & 0xffffffff:x}"
    return text(value, kind)


def array_text(value, kind):
    element = kind.args[0]
    return "[" + ", ".join(inner_text(v, element) for v in value) + "]"


def sort_key(item):
    key = item[0]
    return (key is None, key if not isinstance(key, (dict, list)) else str(key))


def map_text(value, kind):
    if isinstance(value, dict) and set(value) == {"key", "value"} and isinstance(value["key"], list):
        pairs = list(zip(value["key"], value["value"]))
    else:
        pairs = list(value.items() if isinstance(value, dict) else value)
    try:
        pairs.sort(key=sort_key)
    except TypeError:
        pairs.sort(key=lambda item: str(item[0]))
    key, element = kind.args
    return "{" + ", ".join(f"{inner_text(k, key)}={inner_text(v, element)}" for k, v in pairs) + "}"


def row_text(value, kind):
    values = list(value.values()) if isinstance(value, dict) else list(value)
    parts = []
    for name, field_type, item in zip(kind.fields, kind.args, values):
        shown = inner_text(item, field_type)
        parts.append(f"{name}={shown}" if name else shown)
    return "{" + ", ".join(parts) + "}"


def ip_text(value, _):
    address = ipaddress.ip_address(str(value))
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


FORMATTERS = {
    "boolean": lambda v, k: "true" if v else "false",
    "tinyint": lambda v, k: str(int(v)), "smallint": lambda v, k: str(int(v)),
    "integer": lambda v, k: str(int(v)), "bigint": lambda v, k: str(int(v)),
    "real": lambda v, k: real_text(float(v)), "double": lambda v, k: double_text(float(v)),
    "decimal": lambda v, k: decimal_text(v, k.scale),
    "char": lambda v, k: str(v).ljust(k.length or 1),
    "varbinary": lambda v, k: binary_text(v),
    "date": lambda v, k: date_text(v),
    "time": lambda v, k: clock_text(nanos_of_day(v), 3 if k.length is None else k.length),
    "time with time zone": lambda v, k: time_tz_text(v, 3 if k.length is None else k.length),
    "timestamp": lambda v, k: timestamp_text(v, 3 if k.length is None else k.length),
    "timestamp with time zone":
        lambda v, k: timestamp_tz_text(v, 3 if k.length is None else k.length, k.zone),
    "interval day to second": lambda v, k: day_interval_text(v),
    "interval year to month": lambda v, k: month_interval_text(v),
    "array": array_text, "map": map_text, "row": row_text,
    "uuid": lambda v, k: str(v).lower(), "ipaddress": ip_text,
}
