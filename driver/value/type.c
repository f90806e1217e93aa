/* Athena's type names, in the spellings of the service, of Hive and of Trino, to struct value_type.
   */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "value/waist.h"

enum { LENGTH_UNBOUNDED = 2147483647, DECIMAL_DEFAULT = 10, TIME_DIGITS_UNKNOWN = 12 };

static const struct kind_row kinds[VALUE_KINDS] = {
#define KIND(id, athena, sql, c, prefix, suffix, search, family) \
    [VALUE_##id] = { athena, sql, c, prefix, suffix, search, FAMILY_##family },
#include "value/kind.def"
#undef KIND
};

const struct kind_row *kind_row(enum value_kind kind)
{
    return &kinds[kind < VALUE_KINDS ? kind : VALUE_UNKNOWN];
}

/* Names that are not in kind.def: Hive's, and the two ways to abbreviate a zone. */
static const struct {
    const char *name;
    enum value_kind kind;
} aliases[] = {
    { "int", VALUE_INTEGER },
    { "real", VALUE_FLOAT },
    { "double precision", VALUE_DOUBLE },
    { "numeric", VALUE_DECIMAL },
    { "dec", VALUE_DECIMAL },
    { "character varying", VALUE_VARCHAR },
    { "character", VALUE_CHAR },
    { "binary", VALUE_VARBINARY },
    { "struct", VALUE_ROW },
    { "timestamptz", VALUE_TIMESTAMP_TZ },
    { "timestamp with local time zone", VALUE_TIMESTAMP_TZ },
    { "timestamp without time zone", VALUE_TIMESTAMP },
    { "time without time zone", VALUE_TIME },
    { "interval_day_time", VALUE_INTERVAL_DAY },
    { "interval_year_month", VALUE_INTERVAL_YEAR },
};

enum { NAME_MAX = 48 };

/* The name without its parenthesis, lower case, blanks folded: "Timestamp (3)  with time zone"
   gives "timestamp with time zone". */
static void bare_name(struct span name, char to[NAME_MAX], struct span *arguments)
{
    size_t n = 0;
    unsigned depth = 0; /* of parentheses */

    *arguments = NO_SPAN;
    for (size_t i = 0; i < name.len && n < NAME_MAX - 1 && name.at[i] != '<'; i++) {
        char c = ascii_lower(name.at[i]);
        if (c == '(') {
            if (depth++ == 0 && span_is_null(*arguments)) {
                size_t end = span_find_byte(span_from(name, i), ')');
                *arguments = span_part(name, i + 1, end > 0 ? end - 1 : 0);
            }
        } else if (c == ')') {
            depth -= depth > 0;
        } else if (depth == 0 && !ascii_is_blank(c)) {
            to[n++] = c;
        } else if (depth == 0 && n > 0 && to[n - 1] != ' ') {
            to[n++] = ' ';
        }
    }
    while (n > 0 && to[n - 1] == ' ') {
        n--;
    }
    to[n] = '\0';
}

static enum value_kind kind_of(const char *bare)
{
    struct span name = span_of(bare);

    for (unsigned i = 0; i < VALUE_KINDS; i++) {
        if (span_equal(name, span_of(kinds[i].name))) {
            return (enum value_kind)i;
        }
    }
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (span_equal(name, span_of(aliases[i].name))) {
            return aliases[i].kind;
        }
    }
    return VALUE_UNKNOWN;
}

static bool argument(struct span *rest, uint32_t *out)
{
    uint64_t value = 0;

    if (span_is_null(*rest) || !number_parse_u64(span_trim(span_next(rest, ',')), &value)
        || value > UINT32_MAX) {
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

static void set_sizes(struct value_type *t, struct span arguments, uint32_t precision,
                      uint32_t scale)
{
    uint32_t first = 0, second = 0;
    bool has_first = argument(&arguments, &first);
    bool has_second = has_first && argument(&arguments, &second);

    switch (t->kind) {
    case VALUE_DECIMAL:
        t->precision = has_first ? first : precision;
        t->scale = has_first ? (has_second ? second : 0) : scale;
        if (t->precision == 0 || t->precision > EXACT_DIGITS) {
            t->precision = t->precision == 0 ? DECIMAL_DEFAULT : EXACT_DIGITS;
        }
        t->scale = t->scale > t->precision ? t->precision : t->scale;
        break;
    case VALUE_VARCHAR:
    case VALUE_CHAR:
        t->precision = has_first ? first : precision;
        t->precision = t->precision >= LENGTH_UNBOUNDED ? 0 : t->precision;
        t->precision = t->kind == VALUE_CHAR && t->precision == 0 ? 1 : t->precision;
        break;
    case VALUE_TIME:
    case VALUE_TIME_TZ:
    case VALUE_TIMESTAMP:
    case VALUE_TIMESTAMP_TZ:
        /* The service reports 3 whatever the values have; only a name that says it counts. */
        t->precision = has_first ? first : TIME_DIGITS_UNKNOWN;
        break;
    default:
        t->precision = precision;
        t->scale = scale;
        break;
    }
}

static void set_name(struct value_type *t, struct span name)
{
    bool is_bare = span_find_byte(name, '(') == name.len;

    if (t->kind == VALUE_DECIMAL && is_bare) {
        snprintf(t->name, sizeof(t->name), "decimal(%u,%u)", t->precision, t->scale);
    } else if ((t->kind == VALUE_VARCHAR || t->kind == VALUE_CHAR) && is_bare && t->precision > 0) {
        snprintf(t->name, sizeof(t->name), "%s(%u)", kinds[t->kind].name, t->precision);
    } else {
        span_to_c(name.len > 0 ? name : SPAN("unknown"), t->name, sizeof(t->name));
    }
}

void value_type_parse(struct span name, uint32_t precision, uint32_t scale, struct value_type *out)
{
    char bare[NAME_MAX];
    struct span arguments;
    struct value_type t = { .kind = VALUE_UNKNOWN };

    name = span_is_null(name) ? SPAN("unknown") : span_trim(name);
    bare_name(name, bare, &arguments);
    t.kind = kind_of(bare);
    set_sizes(&t, arguments, precision, scale);
    set_name(&t, name);
    *out = t;
}

bool value_type_is_open(const struct value_type *type)
{
    enum family family = kind_row(type->kind)->family;

    return family == FAMILY_BINARY || (family == FAMILY_TEXT && type->precision == 0 &&
                                       type->kind != VALUE_IPADDRESS);
}

enum family value_family(const struct value_type *type, const struct value_options *options)
{
    bool is_interval = type->kind == VALUE_INTERVAL_DAY || type->kind == VALUE_INTERVAL_YEAR;

    if ((type->kind == VALUE_BOOLEAN && options->boolean_as_text) || type->kind == VALUE_TIME_TZ
        || (is_interval && options->interval_as_text)
        || (type->kind == VALUE_TIMESTAMP_TZ && options->timestamp_tz_as_text)
        || (type->kind == VALUE_UUID && options->odbc2)) {
        return FAMILY_TEXT;
    }
    return kind_row(type->kind)->family;
}
