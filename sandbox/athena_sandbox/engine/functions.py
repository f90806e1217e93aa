"""What Trino's functions return, as far as the declared type matters to a reader of the result."""
from __future__ import annotations

from ..format import types as t


def common(a, b):
    """The type that both coerce to; None when unknown."""
    if a is None or b is None:
        return a if b is None else b
    if a == b or b.name == "unknown":
        return a
    if a.name == "unknown":
        return b
    if a.is_number and b.is_number:
        return common_number(a, b)
    if a.is_text and b.is_text:
        length = None if a.length is None or b.length is None else max(a.length, b.length)
        return t.Type("char" if a.name == b.name == "char" else "varchar", length=length)
    names = {a.name, b.name}
    if names == {"date", "timestamp"}:
        return a if a.name == "timestamp" else b
    if a.name == b.name and a.name.startswith("time"):
        return t.Type(a.name, length=max(a.length or 0, b.length or 0), zone=a.zone)
    if "timestamp with time zone" in names and names & {"timestamp", "date"}:
        return a if a.name == "timestamp with time zone" else b
    if a.name == b.name and a.name in ("array", "map", "row") and len(a.args) == len(b.args):
        fields = tuple(x if x == y else None for x, y in zip(a.fields, b.fields))
        args = tuple(common(x, y) for x, y in zip(a.args, b.args))
        return None if None in args else t.Type(a.name, args=args, fields=fields)
    return None


INTEGER_ORDER = ("tinyint", "smallint", "integer", "bigint")
INTEGER_AS_DECIMAL = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}


def as_decimal(kind):
    return t.decimal(INTEGER_AS_DECIMAL[kind.name], 0) if kind.is_integer else kind


def common_number(a, b):
    if a.is_integer and b.is_integer:
        return a if INTEGER_ORDER.index(a.name) >= INTEGER_ORDER.index(b.name) else b
    if "double" in (a.name, b.name):
        return t.DOUBLE
    if "real" in (a.name, b.name):
        return t.REAL
    a, b = as_decimal(a), as_decimal(b)
    scale = max(a.scale, b.scale)
    return t.decimal(max(a.precision - a.scale, b.precision - b.scale) + scale, scale)


def arithmetic(operator, a, b):
    """Result type of + - * / % over numbers."""
    if a is None or b is None or not (a.is_number and b.is_number):
        return None
    if a.name != "decimal" and b.name != "decimal":
        return common_number(a, b)
    if {"double", "real"} & {a.name, b.name}:
        return t.DOUBLE if "double" in (a.name, b.name) else t.REAL
    a, b = as_decimal(a), as_decimal(b)
    scale = max(a.scale, b.scale)
    if operator in "+-":
        return t.decimal(max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale)
    if operator == "*":
        return t.decimal(a.precision + b.precision, a.scale + b.scale)
    if operator == "/":
        return t.decimal(a.precision + b.scale + max(b.scale - a.scale, 0), scale)
    return t.decimal(min(a.precision - a.scale, b.precision - b.scale) + scale, scale)


def first(args):
    return args[0] if args else None


def widest(args):
    out = None
    for kind in args:
        out = common(out, kind)
    return out


def text_of_first(args):
    return args[0] if args and args[0] is not None and args[0].is_text else t.VARCHAR


def array_of_first(args):
    return t.array(args[0]) if args and args[0] is not None else None


def element(args):
    kind = args[0] if args else None
    if kind is None or kind.name not in ("array", "map"):
        return None
    return kind.args[-1]


def rounded(args):
    kind = first(args)
    if kind is not None and kind.name == "decimal" and len(args) == 1:
        return t.decimal(kind.precision - kind.scale + (1 if kind.scale else 0), 0)
    return kind


def truncated(args):
    kind = first(args)
    if kind is not None and kind.name == "decimal" and len(args) == 1:
        return t.decimal(max(1, kind.precision - kind.scale), 0)
    return kind


def flat(args):
    return args[0].args[0] if args and args[0] is not None and args[0].name == "array" else None


def map_keys(args):
    return t.array(args[0].args[0]) if args and args[0] is not None and args[0].name == "map" else None


def map_values(args):
    return t.array(args[0].args[1]) if args and args[0] is not None and args[0].name == "map" else None


def map_entries(args):
    kind = first(args)
    if kind is None or kind.name != "map":
        return None
    return t.array(t.row([(None, kind.args[0]), (None, kind.args[1])]))


def concat(args):
    if args and args[0] is not None and args[0].name in ("array", "varbinary"):
        return widest(args)
    return t.VARCHAR


BIGINTS = """count countif approxdistinct arraysize length strposition datediff timestampdiff
 rownumber rank denserank ntile year month day hour minute second quarter week weekofyear dayofweek
 dayofweekiso dayofmonth dayofyear day_of_month day_of_year yow year_of_week extract levenshtein
 bitwise_and bitwise_or bitwise_xor bitwise_not bitwiseand bitwiseor bitwisexor bitwisenot
 json_array_length json_size strpos position cardinality length millisecond day_of_week
 levenshtein_distance hamming_distance from_base regexp_count regexp_position approx_distinct
 array_position bit_count crc32 count_if""".split()
DOUBLES = """sqrt exp ln log pow power stddev stddevpop stddevsamp variance variancepop variancesamp
 corr covarpop covarsamp cumedist percentrank pi e radians degrees sin cos tan asin acos atan atan2
 cbrt rand random timetounix to_unixtime log2 log10 infinity nan regr_slope regr_intercept skewness
 kurtosis geometric_mean cume_dist percent_rank sinh cosh tanh cosine_similarity var_pop var_samp""".split()
VARCHARS = """replace jsonextractscalar json_format jsonformat jsonextractscalar timetostr
 dateformat date_format format_datetime arraytostring array_join stringtoarray hex to_hex to_base64
 tobase64 urlencode url_encode url_decode url_extract_host url_extract_path url_extract_protocol
 url_extract_query chr format typeof groupconcat listagg regexpreplace unicode to_base
 concatws splitpart translate normalize currentuser current_user currentschema currentcatalog
 json_extract_scalar from_utf8 human_readable_seconds soundex""".split()
BOOLEANS = """eq neq gt gte lt lte and or not is between in exists like ilike regexplike
 arraycontains logicaland logicalor arrayany arrayall any_match all_match none_match contains
 arrays_overlap starts_with startswith isnan is_nan is_finite is_infinite nullsafeeq nullsafeneq
 bool_and bool_or every distinct isinf json_exists is_json_scalar arrayoverlaps contains_sequence""".split()
VARBINARIES = """unhex from_hex frombase64 from_base64 encode to_utf8 md5digest sha1 sha256 sha512 md5
 sha2 sha xxhash64 hmac_sha256 unicode_to_binary""".split()

RETURNS = {name: (lambda args: t.BIGINT) for name in BIGINTS}
RETURNS.update({name: (lambda args: t.DOUBLE) for name in DOUBLES})
RETURNS.update({name: (lambda args: t.VARCHAR) for name in VARCHARS})
RETURNS.update({name: (lambda args: t.BOOLEAN) for name in BOOLEANS})
RETURNS.update({name: (lambda args: t.VARBINARY) for name in VARBINARIES})
RETURNS.update({
    "upper": text_of_first, "lower": text_of_first, "trim": text_of_first, "reverse": first,
    "ltrim": text_of_first, "rtrim": text_of_first,
    "substring": text_of_first, "substr": text_of_first, "left": text_of_first,
    "right": text_of_first, "pad": lambda a: t.VARCHAR, "lpad": lambda a: t.VARCHAR,
    "rpad": lambda a: t.VARCHAR, "regexpextract": text_of_first, "regexp_extract": text_of_first,
    "regexpextractall": array_of_first, "split": array_of_first,
    "dpipe": concat, "concat": concat, "safeconcat": concat,
    "abs": first, "neg": first, "round": rounded, "floor": rounded, "ceil": rounded,
    "truncate": truncated, "trunc": truncated, "sign": first, "mod": None, "greatest": widest,
    "least": widest, "coalesce": widest, "nullif": first, "max": first, "min": first,
    "anyvalue": first, "argmax": first, "argmin": first, "first": first, "last": first,
    "firstvalue": first, "lastvalue": first, "nthvalue": first, "lag": first, "lead": first,
    "approxquantile": first, "arraydistinct": first, "arraysort": first, "sortarray": first,
    "array_distinct": first, "array_sort": first, "shuffle": first, "slice": first,
    "arrayslice": first, "arrayexcept": first, "array_remove": first, "arrayremove": first,
    "array_union": widest, "array_intersect": first, "arrayintersect": first,
    "arrayconcat": widest, "filter_array": first, "arrayfilter": first, "arrayunion": widest,
    "arrayuniqueagg": array_of_first, "array_agg": array_of_first, "arrayagg": array_of_first,
    "arraymax": element, "arraymin": element, "array_max": element, "array_min": element,
    "element_at": element, "flatten": flat, "map_keys": map_keys, "mapkeys": map_keys,
    "map_values": map_values, "mapvalues": map_values, "map_entries": map_entries,
    "parsejson": lambda a: t.JSON, "json_parse": lambda a: t.JSON, "jsonextract": lambda a: t.JSON,
    "json_object": lambda a: t.VARCHAR, "json_query": lambda a: t.VARCHAR,
    "uuid": lambda a: t.UUID, "currentdate": lambda a: t.DATE, "date": lambda a: t.DATE,
    "timestamptrunc": lambda a: first(a), "datetrunc": lambda a: first(a),
    "fromiso8601timestamp": lambda a: t.timestamp_tz(3, "UTC"),
    "from_iso8601_timestamp": lambda a: t.timestamp_tz(3, "UTC"),
    "from_iso8601_date": lambda a: t.DATE, "lastday": lambda a: t.DATE,
    "last_day_of_month": lambda a: t.DATE, "strtotime": lambda a: t.TIMESTAMP3,
    "date_parse": lambda a: t.TIMESTAMP3, "parse_datetime": lambda a: t.timestamp_tz(3, "UTC"),
    "unixtotime": lambda a: t.timestamp_tz(3, "UTC"),
    "from_unixtime": lambda a: t.timestamp_tz(3, "UTC"),
    "currenttimestamp": lambda a: t.timestamp_tz(3, "UTC"),
    "localtimestamp": lambda a: t.TIMESTAMP3, "localtime": lambda a: t.TIME3,
    "currenttime": lambda a: t.Type("time with time zone", 3),
    "grouping": lambda a: t.INTEGER, "width_bucket": lambda a: t.BIGINT,
    "bitwise_left_shift": first, "histogram": lambda a: t.map_of(a[0], t.BIGINT) if a[0] else None,
    "map_agg": lambda a: t.map_of(a[0], a[1]) if a[0] and a[1] else None,
    "sha1digest": lambda a: t.VARBINARY, "sha2digest": lambda a: t.VARBINARY,
    "codepoint": lambda a: t.INTEGER, "map_concat": widest, "repeat": array_of_first,
})
RETURNS.pop("mod")


def result(name, args):
    maker = RETURNS.get(name.lower())
    if maker is None:
        return None
    try:
        return maker(args)
    except (IndexError, TypeError):
        return None
