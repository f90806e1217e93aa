"""Athena's types: one value class, its spellings (Trino, Hive) and what ColumnInfo says of it."""
from __future__ import annotations

from dataclasses import dataclass

VARCHAR_UNBOUNDED = 2147483647
VARBINARY_PRECISION = 1073741824


@dataclass(frozen=True)
class Type:
    """A type as Athena declares it.

    `name` is Trino's base name (`real` is `float` on the wire). `length` is the length of
    varchar/char (None: unbounded) or the fraction digits of time/timestamp. `zone` is the zone name a
    timestamp with time zone is shown in, when the statement fixes it.
    """

    name: str
    length: int | None = None
    precision: int = 0
    scale: int = 0
    args: tuple = ()
    fields: tuple = ()
    zone: str | None = None

    def __str__(self):
        return trino_name(self)

    @property
    def is_integer(self):
        return self.name in INTEGER_DIGITS

    @property
    def is_text(self):
        return self.name in ("varchar", "char")

    @property
    def is_number(self):
        return self.is_integer or self.name in ("real", "double", "decimal")


INTEGER_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}

BOOLEAN = Type("boolean")
TINYINT = Type("tinyint")
SMALLINT = Type("smallint")
INTEGER = Type("integer")
BIGINT = Type("bigint")
REAL = Type("real")
DOUBLE = Type("double")
VARCHAR = Type("varchar")
VARBINARY = Type("varbinary")
DATE = Type("date")
TIME3 = Type("time", length=3)
TIMESTAMP3 = Type("timestamp", length=3)
TIMESTAMP6 = Type("timestamp", length=6)
TIMESTAMP_TZ3 = Type("timestamp with time zone", length=3)
JSON = Type("json")
UUID = Type("uuid")
IPADDRESS = Type("ipaddress")
DAY_TO_SECOND = Type("interval day to second")
YEAR_TO_MONTH = Type("interval year to month")
UNKNOWN = Type("unknown")
STRING = Type("string")


def varchar(length):
    return Type("varchar", length=length)


def char(length):
    return Type("char", length=length)


def decimal(precision, scale):
    return Type("decimal", precision=min(38, precision), scale=min(scale, 38))


def array(element):
    return Type("array", args=(element,))


def map_of(key, value):
    return Type("map", args=(key, value))


def row(fields):
    """`fields`: pairs of (name or None, type)."""
    return Type("row", args=tuple(t for _, t in fields), fields=tuple(n for n, _ in fields))


def timestamp(digits):
    return Type("timestamp", length=digits)


def timestamp_tz(digits, zone=None):
    return Type("timestamp with time zone", length=digits, zone=zone)


# ---- spellings -------------------------------------------------------------------------------

def trino_name(kind: Type) -> str:
    name = kind.name
    if name == "varchar":
        return "varchar" if kind.length is None else f"varchar({kind.length})"
    if name == "char":
        return f"char({kind.length or 1})"
    if name == "decimal":
        return f"decimal({kind.precision},{kind.scale})"
    if name in ("time", "timestamp"):
        return f"{name}({kind.length if kind.length is not None else 3})"
    if name in ("time with time zone", "timestamp with time zone"):
        digits = kind.length if kind.length is not None else 3
        return f"{name.split()[0]}({digits}) with time zone"
    if name in ("array", "map"):
        return f"{name}({', '.join(trino_name(t) for t in kind.args)})"
    if name == "row":
        parts = [(f"{f} " if f else "") + trino_name(t) for f, t in zip(kind.fields, kind.args)]
        return f"row({', '.join(parts)})"
    return name


HIVE_NAMES = {"integer": "int", "real": "float", "varchar": "string", "varbinary": "binary",
              "json": "string", "uuid": "string", "ipaddress": "string"}


def hive_name(kind: Type, blanks: bool = False) -> str:
    """Hive's spelling; `blanks` gives the Iceberg DESCRIBE form with a blank after commas."""
    comma = ", " if blanks else ","
    name = kind.name
    if name == "varchar" and kind.length is not None:
        return f"varchar({kind.length})"
    if name == "char":
        return f"char({kind.length or 1})"
    if name == "decimal":
        return f"decimal({kind.precision}{comma}{kind.scale})"
    if name == "array":
        return f"array<{hive_name(kind.args[0], blanks)}>"
    if name == "map":
        return f"map<{comma.join(hive_name(t, blanks) for t in kind.args)}>"
    if name == "row":
        colon = ": " if blanks else ":"
        parts = [f"{f or f'field{i}'}{colon}{hive_name(t, blanks)}"
                 for i, (f, t) in enumerate(zip(kind.fields, kind.args))]
        return f"struct<{comma.join(parts)}>"
    if name.startswith("timestamp"):
        return "timestamp"
    return HIVE_NAMES.get(name, name)


SIMPLE = {
    "boolean": BOOLEAN, "tinyint": TINYINT, "smallint": SMALLINT, "int": INTEGER,
    "integer": INTEGER, "bigint": BIGINT, "float": REAL, "real": REAL, "double": DOUBLE,
    "double precision": DOUBLE, "string": VARCHAR, "varchar": VARCHAR, "binary": VARBINARY,
    "varbinary": VARBINARY, "date": DATE, "timestamp": TIMESTAMP3, "time": TIME3, "json": JSON,
    "uuid": UUID, "ipaddress": IPADDRESS, "unknown": UNKNOWN, "void": UNKNOWN,
    "timestamptz": timestamp_tz(6), "timestamp with local time zone": TIMESTAMP_TZ3,
    "timestamp with time zone": TIMESTAMP_TZ3, "time with time zone": Type("time with time zone", 3),
    "interval day to second": DAY_TO_SECOND, "interval year to month": YEAR_TO_MONTH,
    "char": char(1), "decimal": decimal(38, 0),
}


def split_top(text: str, separator: str = ",") -> list[str]:
    """Split at separators that stand outside every bracket and quote."""
    parts, depth, start, quoted = [], 0, 0, None
    for at, c in enumerate(text):
        if quoted:
            quoted = None if c == quoted else quoted
        elif c in "\"`":
            quoted = c
        elif c in "<([":
            depth += 1
        elif c in ">)]":
            depth -= 1
        elif c == separator and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [p.strip() for p in parts]


def parse_type(text: str, hive_decimal: bool = False) -> Type:
    """Read a Hive or Trino type string; anything unknown is an unbounded varchar."""
    text = " ".join(text.strip().split())
    lowered = text.lower()
    if lowered in SIMPLE:
        return decimal(10, 0) if hive_decimal and lowered == "decimal" else SIMPLE[lowered]
    cut = min((i for i in (lowered.find("<"), lowered.find("(")) if i >= 0), default=-1)
    if cut < 0:
        return VARCHAR
    base, close = lowered[:cut].strip(), text.rfind(">" if text[cut] == "<" else ")")
    if base in ("timestamp", "time"):
        close = text.find(")")
    inner, tail = text[cut + 1:close], lowered[close + 1:].strip()
    if base in ("varchar", "char"):
        return Type(base, length=int(inner))
    if base == "decimal":
        digits = [int(d) for d in inner.split(",")]
        return decimal(digits[0], digits[1] if len(digits) > 1 else 0)
    if base in ("timestamp", "time"):
        return Type(f"{base} {tail}" if tail else base, length=int(inner))
    if base == "array":
        return array(parse_type(inner, hive_decimal))
    if base == "map":
        key, value = split_top(inner)
        return map_of(parse_type(key, hive_decimal), parse_type(value, hive_decimal))
    if base == "struct":
        pairs = [split_top(p, ":") for p in split_top(inner)]
        return row([(p[0].strip("`"), parse_type(":".join(p[1:]), hive_decimal)) for p in pairs])
    if base == "row":
        return row([_row_field(p) for p in split_top(inner)])
    return VARCHAR


def _row_field(text):
    if text.lower() in SIMPLE:
        return None, parse_type(text)
    if text.startswith('"'):
        end = text.index('"', 1)
        return text[1:end], parse_type(text[end + 1:])
    name, blank, rest = text.partition(" ")
    if not blank or "(" in name:
        return None, parse_type(text)
    return name, parse_type(rest)


# ---- what GetQueryResults says ----------------------------------------------------------------

def wire_name(kind: Type) -> str:
    return "float" if kind.name == "real" else kind.name


def wire_precision(kind: Type) -> int:
    name = kind.name
    if name in INTEGER_DIGITS:
        return INTEGER_DIGITS[name]
    if name in ("real", "double"):
        return 17
    if name == "decimal":
        return kind.precision
    if name in ("varchar", "char"):
        return VARCHAR_UNBOUNDED if kind.length is None else kind.length
    if name == "varbinary":
        return VARBINARY_PRECISION
    if name.startswith(("timestamp", "time")):
        return 3
    return 0


def column_info(name: str, kind: Type) -> dict:
    return {
        "CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": name, "Label": name,
        "Type": wire_name(kind), "Precision": wire_precision(kind),
        "Scale": kind.scale if kind.name == "decimal" else 0, "Nullable": "UNKNOWN",
        "CaseSensitive": kind.is_text,
    }
