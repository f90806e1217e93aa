/* Runs c_to_sql.txt: each line through value_literal. That no pair of types is forgotten is looked
   at in tests/house. */
#include "case_values.h"

enum { BUFFER = 4096 };

struct counts {
    unsigned passed, failed;
};

/* The second name is what SQL_C_DEFAULT means: page "Default C Data Types". */
#define SQL_NAME(name, c_default) { #name, SQL_##name, SQL_C_##c_default }
static const struct {
    const char *name;
    SQLSMALLINT type, c_default;
} sql_types[] = {
    SQL_NAME(CHAR, CHAR),
    SQL_NAME(VARCHAR, CHAR),
    SQL_NAME(LONGVARCHAR, CHAR),
    SQL_NAME(WCHAR, WCHAR),
    SQL_NAME(WVARCHAR, WCHAR),
    SQL_NAME(WLONGVARCHAR, WCHAR),
    SQL_NAME(DECIMAL, CHAR),
    SQL_NAME(NUMERIC, CHAR),
    SQL_NAME(TINYINT, STINYINT),
    SQL_NAME(SMALLINT, SSHORT),
    SQL_NAME(INTEGER, SLONG),
    SQL_NAME(BIGINT, SBIGINT),
    SQL_NAME(REAL, FLOAT),
    SQL_NAME(FLOAT, DOUBLE),
    SQL_NAME(DOUBLE, DOUBLE),
    SQL_NAME(BIT, BIT),
    SQL_NAME(BINARY, BINARY),
    SQL_NAME(VARBINARY, BINARY),
    SQL_NAME(LONGVARBINARY, BINARY),
    SQL_NAME(TYPE_DATE, TYPE_DATE),
    SQL_NAME(TYPE_TIME, TYPE_TIME),
    SQL_NAME(TYPE_TIMESTAMP, TYPE_TIMESTAMP),
    SQL_NAME(DATE, TYPE_DATE),
    SQL_NAME(TIME, TYPE_TIME),
    SQL_NAME(TIMESTAMP, TYPE_TIMESTAMP),
    SQL_NAME(GUID, GUID),
    SQL_NAME(INTERVAL_YEAR, INTERVAL_YEAR),
    SQL_NAME(INTERVAL_MONTH, INTERVAL_MONTH),
    SQL_NAME(INTERVAL_YEAR_TO_MONTH, INTERVAL_YEAR_TO_MONTH),
    SQL_NAME(INTERVAL_DAY, INTERVAL_DAY),
    SQL_NAME(INTERVAL_HOUR, INTERVAL_HOUR),
    SQL_NAME(INTERVAL_MINUTE, INTERVAL_MINUTE),
    SQL_NAME(INTERVAL_SECOND, INTERVAL_SECOND),
    SQL_NAME(INTERVAL_DAY_TO_HOUR, INTERVAL_DAY_TO_HOUR),
    SQL_NAME(INTERVAL_DAY_TO_MINUTE, INTERVAL_DAY_TO_MINUTE),
    SQL_NAME(INTERVAL_DAY_TO_SECOND, INTERVAL_DAY_TO_SECOND),
    SQL_NAME(INTERVAL_HOUR_TO_MINUTE, INTERVAL_HOUR_TO_MINUTE),
    SQL_NAME(INTERVAL_HOUR_TO_SECOND, INTERVAL_HOUR_TO_SECOND),
    SQL_NAME(INTERVAL_MINUTE_TO_SECOND, INTERVAL_MINUTE_TO_SECOND),
};
#undef SQL_NAME
enum { SQL_TYPES = sizeof(sql_types) / sizeof(sql_types[0]) };

/* "DECIMAL(10,2)", "VARCHAR(5)", "TYPE_TIMESTAMP(0,0,+14:00)"; zone has room for 8 bytes. */
static bool read_sql_type(const char *text, struct value_parameter *p, char *zone,
                          unsigned *index)
{
    size_t len = strcspn(text, "(");
    int size = 0, digits = 0;

    for (*index = 0; *index < SQL_TYPES; (*index)++) {
        if (strlen(sql_types[*index].name) == len && strncmp(sql_types[*index].name, text,
            len) == 0) {
            p->sql_type = sql_types[*index].type;
            if (text[len] == '(') {
                sscanf(text + len, "(%d,%d,%7[^)]", &size, &digits, zone);
            }
            p->column_size = (SQLULEN)size;
            p->decimal_digits = (SQLSMALLINT)digits;
            return true;
        }
    }
    return false;
}

static void fill_numeric(const char *text, SQL_NUMERIC_STRUCT *n)
{
    __extension__ unsigned __int128 magnitude = 0;
    const char *point = strchr(text, '.');

    for (const char *at = text; *at != '\0'; at++) {
        magnitude = *at >= '0' && *at <= '9' ? magnitude * 10 + (unsigned)(*at - '0') : magnitude;
    }
    n->sign = text[0] != '-';
    n->precision = 38;
    n->scale = (SQLSCHAR)(point == NULL ? 0 : strlen(point + 1));
    memcpy(n->val, &magnitude, sizeof(magnitude));
}

static void fill_interval(const char *text, SQL_INTERVAL_STRUCT *s)
{
    SQL_DAY_SECOND_STRUCT *d = &s->intval.day_second;

    memset(s, 0, sizeof(*s));
    s->interval_sign = text[0] == '-' ? SQL_TRUE : SQL_FALSE;
    for (const char *at = text; *at != '\0';) {
        char *end = NULL;
        unsigned long number = strtoul(at, &end, 10);
        if (end == at || *at == '-') {
            at++;
            continue;
        }
        switch (*end) {
        case 'Y': s->intval.year_month.year = (SQLUINTEGER)number; break;
        case 'M': s->intval.year_month.month = (SQLUINTEGER)number; break;
        case 'd': d->day = (SQLUINTEGER)number; break;
        case 'h': d->hour = (SQLUINTEGER)number; break;
        case 'm': d->minute = (SQLUINTEGER)number; break;
        case 's': d->second = (SQLUINTEGER)number; break;
        default:  d->fraction = (SQLUINTEGER)number; break;
        }
        at = end;
    }
}

static SQLLEN fill_binary(const char *text, unsigned char *to)
{
    SQLLEN n = 0;
    unsigned byte = 0;

    for (; sscanf(text + 2 * n, "%2x", &byte) == 1; n++) {
        to[n] = (unsigned char)byte;
    }
    return n;
}

/* The C buffer that a line describes. */
static void fill(const char *text, SQLSMALLINT c_type, size_t len, void *data,
                 struct value_parameter *p)
{
    SQL_TIMESTAMP_STRUCT *t = data;
    SQL_DATE_STRUCT *d = data;
    SQL_TIME_STRUCT *h = data;
    SQLGUID *g = data;
    long long number = strtoll(text, NULL, 10);
    unsigned long long positive = strtoull(text, NULL, 10);
    unsigned bytes[10];

    p->length = 0;
    switch (c_type) {
    case SQL_C_CHAR:
        memcpy(data, text, len + 1);
        p->length = (SQLLEN)len;
        break;
    case SQL_C_WCHAR: {
        size_t units = utf8_to_wide((struct span){ text, len }, data, BUFFER / 4, p->wide_unit,
                                    NULL);
        memset((char *)data + units * (size_t)p->wide_unit, 0, (size_t)p->wide_unit);
        p->length = SQL_NTS;
        break;
    }
    case SQL_C_BINARY: p->length = fill_binary(text, data); break;
    case SQL_C_FLOAT: *(float *)data = strtof(text, NULL); break;
    case SQL_C_DOUBLE: *(double *)data = strtod(text, NULL); break;
    case SQL_C_NUMERIC: fill_numeric(text, data); break;
    case SQL_C_TYPE_DATE:
    case SQL_C_DATE: sscanf(text, "%hd-%hu-%hu", &d->year, &d->month, &d->day); break;
    case SQL_C_TYPE_TIME:
    case SQL_C_TIME: sscanf(text, "%hu:%hu:%hu", &h->hour, &h->minute, &h->second); break;
    case SQL_C_TYPE_TIMESTAMP:
    case SQL_C_TIMESTAMP:
        t->fraction = 0;
        sscanf(text, "%hd-%hu-%hu %hu:%hu:%hu+%u", &t->year, &t->month, &t->day, &t->hour,
               &t->minute, &t->second, &t->fraction);
        break;
    case SQL_C_GUID:
        sscanf(text, "%x-%hx-%hx-%2x%2x-%2x%2x%2x%2x%2x%2x", &g->Data1, &g->Data2, &g->Data3, bytes,
               bytes + 1, bytes + 2,
               bytes + 3, bytes + 4, bytes + 5, bytes + 6, bytes + 7);
        for (unsigned i = 0; i < 8; i++) {
            g->Data4[i] = (unsigned char)bytes[i];
        }
        break;
    default:
        if (value_c_size(c_type) == (SQLLEN)sizeof(SQL_INTERVAL_STRUCT)) {
            fill_interval(text, data);
        } else if (number < 0) {
            memcpy(data, &number, sizeof(number));
        } else {
            memcpy(data, &positive, sizeof(positive));
        }
        break;
    }
}

/* Whether the literal is the promised one, now or a moment ago. */
static bool literal_is(struct span got, const char *want)
{
    char promise[BUFFER];

    case_put_today(want, "%d-%02d-%02d", promise, sizeof(promise));
    return span_equal(got, span_of(promise));
}

/* Too long for its type is a warning where data comes and an error where it goes. */
static const char *parameter_state(enum value_outcome outcome)
{
    return outcome == VALUE_TRUNCATED ? "22001" : case_state(outcome);
}

static bool run_case(const char *c_text, const char *value, size_t len, char *sql_text,
                     const char *gives, const char *state)
{
    char zone[8] = "", earlier[BUFFER];
    struct value_parameter p = { .wide_unit = WIDE_UTF16, .zone = zone };
    struct buf out = { .ceiling = BUFFER };
    struct fault f = { .kind = FAULT_NONE };
    enum value_outcome outcome = VALUE_OK;
    _Alignas(16) char data[BUFFER];
    int arguments[2] = { 0, 0 };
    unsigned n_arguments = 0, sql = 0;

    if (!case_c_type(c_text, &p.c_type, arguments, &n_arguments)
        || !read_sql_type(sql_text, &p, zone, &sql)) {
        printf("    no such type \"%s\" or \"%s\"\n", c_text, sql_text);
        return false;
    }
    memset(data, 0, sizeof(data));
    p.data = data;
    fill(value, p.c_type == SQL_C_DEFAULT ? sql_types[sql].c_default : p.c_type, len, data, &p);
    if (strcmp(value, "NULL") == 0) {
        p.length = SQL_NULL_DATA;
    }
    case_put_today(gives, "%d-%02d-%02d", earlier, sizeof(earlier)); /* midnight may pass */
    bool ok = value_literal(&p, &out, &outcome, &f);
    bool has_text = outcome == VALUE_OK || outcome == VALUE_FRACTION_LOST || outcome == VALUE_NULL;
    ok = ok && strcmp(parameter_state(outcome), state) == 0
        && (has_text ? literal_is(buf_span(&out), earlier) || literal_is(buf_span(&out), gives)
            : out.len == 0);
    if (!ok) {
        printf("    got %s %s\n", out.len > 0 ? out.at : "nothing", parameter_state(outcome));
    }
    buf_free(&out);
    return ok;
}

static void run_line(char *line, unsigned number, struct counts *counts)
{
    char *fields[CASE_FIELDS_MAX], *c_types[CASE_LIST_MAX], *targets[CASE_LIST_MAX];

    if (case_fields(line, fields) < 5) {
        printf("line %u: too few fields\n", number);
        counts->failed++;
        return;
    }
    size_t len = case_unescape(fields[1]);
    unsigned n_sources = case_list(fields[0], ',', c_types);
    unsigned n_targets = case_list(fields[2], ',', targets);
    for (unsigned i = 0; i < n_sources * n_targets; i++) {
        char *source = c_types[i / n_targets], *target = targets[i % n_targets];
        if (run_case(source, fields[1], len, target, fields[3], fields[4])) {
            counts->passed++;
        } else {
            printf("line %u: %s | %s | %s | %s | %s\n", number, source, fields[1], target,
                   fields[3], fields[4]);
            counts->failed++;
        }
    }
}

int main(int argc, char **argv)
{
    char line[CASE_LINE_MAX];
    struct counts counts = { 0, 0 };
    FILE *file = case_open(argc, argv, __FILE__, "c_to_sql.txt");

    if (file == NULL) {
        return 2;
    }
    for (unsigned number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
        if (line[0] != '#' && case_trim(line)[0] != '\0') {
            run_line(line, number, &counts);
        }
    }
    fclose(file);
    printf("CASES c_to_sql: %u passed, %u failed\n", counts.passed, counts.failed);
    return counts.failed == 0 ? 0 : 1;
}
