/* Runs sql_to_c.txt: each line through value_store, and character and binary targets once more in
   pieces of several sizes. That no pair of types is forgotten is looked at in tests/house. */
#include "case_values.h"

enum { BUFFER = 4096, ROOM_DEFAULT = 512 };

struct counts {
    unsigned passed, failed;
};

/* "text = varchar; char(40); ..." in the case file: a name for all types that are text. */
#define SET_NAME "text"
static char set_types[CASE_LINE_MAX];

/* "varchar(5) {odbc2 zone=60 ucs4}" */
static void read_type(const char *text, struct value_type *type, struct value_options *options,
                      SQLLEN *max_length)
{
    const char *brace = strchr(text, '{');
    struct span name = { text, brace == NULL ? strlen(text) : (size_t)(brace - text) };
    int number = 0;

    *options = (struct value_options){ .string_length = 255, .wide_unit = WIDE_UTF16 };
    *max_length = 0;
    if (brace != NULL) {
        options->odbc2 = strstr(brace, "odbc2") != NULL;
        options->wide_strings = strstr(brace, "wide") != NULL;
        options->boolean_as_text = options->timestamp_tz_as_text = strstr(brace, "text") != NULL;
        options->wide_unit = strstr(brace, "ucs4") != NULL ? WIDE_UCS4 : WIDE_UTF16;
        const char *zone = strstr(brace, "zone=");
        if (zone != NULL) {
            zone += strlen("zone=");
            span_to_c((struct span){ zone, strcspn(zone, " }") }, options->zone,
                      sizeof(options->zone));
        }
        if (strstr(brace, "max=") != NULL && sscanf(strstr(brace, "max="), "max=%d",
                                                    &number) == 1) {
            *max_length = number;
        }
    }
    value_type_parse(name, 0, 0, type);
}

static void print_numeric(const SQL_NUMERIC_STRUCT *n, char *to)
{
    __extension__ unsigned __int128 magnitude = 0;
    char digits[64];
    unsigned count = 0, at = 0;

    memcpy(&magnitude, n->val, sizeof(magnitude));
    do {
        digits[count++] = (char)('0' + (unsigned)(magnitude % 10));
        magnitude /= 10;
    } while (magnitude != 0 || (int)count <= n->scale);
    if (n->sign == 0) {
        to[at++] = '-';
    }
    while (count > 0) {
        if ((int)count == n->scale) {
            to[at++] = '.';
        }
        to[at++] = digits[--count];
    }
    snprintf(to + at, 16, " p%u", n->precision);
}

static void print_interval(const SQL_INTERVAL_STRUCT *s, char *to)
{
    const SQL_DAY_SECOND_STRUCT *d = &s->intval.day_second;
    const char *sign = s->interval_sign == SQL_TRUE ? "-" : "";

    switch (s->interval_type) {
    case SQL_IS_YEAR:  sprintf(to, "%s%uY", sign, s->intval.year_month.year); break;
    case SQL_IS_MONTH: sprintf(to, "%s%uM", sign, s->intval.year_month.month); break;
    case SQL_IS_YEAR_TO_MONTH: sprintf(to, "%s%uY%uM", sign, s->intval.year_month.year,
                                       s->intval.year_month.month); break;
    default:
        sprintf(to, "%s%ud%uh%um%us%uf", sign, d->day, d->hour, d->minute, d->second, d->fraction);
        break;
    }
}

static void print_wide(const void *wide, enum wide_unit unit, char *to)
{
    struct buf b = { .ceiling = BUFFER };

    if (utf8_from_wide(wide, wide_length(wide, unit), unit, &b, NULL, NULL)) {
        span_to_c(buf_span(&b), to, BUFFER);
    }
    buf_free(&b);
}

static void print_double(double number, char *to)
{
    for (int digits = 15; digits <= 17; digits++) {
        sprintf(to, "%.*g", digits, number);
        if (strtod(to, NULL) == number) {
            return;
        }
    }
}

/* What stands in the buffer, as the case file writes it. */
static void print_value(const struct value_plan *p, const void *data, SQLLEN length, SQLLEN room,
                        char *to)
{
    const SQL_TIMESTAMP_STRUCT *t = data;
    const SQL_DATE_STRUCT *d = data;
    const SQL_TIME_STRUCT *h = data;
    const SQLGUID *g = data;

    switch (p->c_type) {
    case SQL_C_CHAR:     snprintf(to, BUFFER, "%s", (const char *)data); break;
    case SQL_C_WCHAR:    print_wide(data, p->wide_unit, to); break;
    case SQL_C_BINARY:   case_hex(data, (size_t)(length < room ? length : room), to); break;
    case SQL_C_BIT:
    case SQL_C_UTINYINT: sprintf(to, "%u", *(const unsigned char *)data); break;
    case SQL_C_STINYINT: sprintf(to, "%d", *(const signed char *)data); break;
    case SQL_C_SSHORT:   sprintf(to, "%d", *(const short *)data); break;
    case SQL_C_USHORT:   sprintf(to, "%u", *(const unsigned short *)data); break;
    case SQL_C_SLONG:    sprintf(to, "%d", *(const int *)data); break;
    case SQL_C_ULONG:    sprintf(to, "%u", *(const unsigned *)data); break;
    case SQL_C_SBIGINT:  sprintf(to, "%lld", (long long)*(const SQLBIGINT *)data); break;
    case SQL_C_UBIGINT:  sprintf(to, "%llu", (unsigned long long)*(const SQLUBIGINT *)data); break;
    case SQL_C_FLOAT:    sprintf(to, "%.7g", (double)*(const float *)data); break;
    case SQL_C_DOUBLE:   print_double(*(const double *)data, to); break;
    case SQL_C_NUMERIC:  print_numeric(data, to); break;
    case SQL_C_TYPE_DATE: sprintf(to, "%d-%u-%u", d->year, d->month, d->day); break;
    case SQL_C_TYPE_TIME: sprintf(to, "%u:%u:%u", h->hour, h->minute, h->second); break;
    case SQL_C_TYPE_TIMESTAMP:
        sprintf(to, "%d-%u-%u %u:%u:%u+%u", t->year, t->month, t->day, t->hour, t->minute,
                t->second, t->fraction);
        break;
    case SQL_C_GUID:
        sprintf(to, "%08x %04x %04x ", g->Data1, g->Data2, g->Data3);
        case_hex(g->Data4, 8, to + strlen(to));
        break;
    default: print_interval(data, to); break;
    }
}

static bool keeps_value(enum value_outcome outcome)
{
    return outcome == VALUE_OK || outcome == VALUE_TRUNCATED || outcome == VALUE_FRACTION_LOST;
}

/* Fetches the cell in pieces of room bytes and puts them together. */
static bool pieces_agree(const struct value_plan *p, struct span cell, SQLLEN room,
                         const char *whole, size_t whole_len)
{
    struct value_piece piece = { .at = 0 };
    char all[BUFFER];
    size_t n = 0;
    size_t terminator = p->c_type == SQL_C_CHAR ? 1 : p->c_type == SQL_C_WCHAR
        ? (size_t)p->wide_unit : 0;

    for (unsigned i = 0; i < BUFFER; i++) {
        char part[BUFFER];
        SQLLEN length = 0, indicator = 0;
        memset(part, 0x55, sizeof(part));
        enum value_outcome outcome = value_store_piece(p, cell, &piece, part, room, &length,
                                                       &indicator);
        if (outcome == VALUE_NO_DATA) {
            return n == whole_len && memcmp(all, whole, n) == 0;
        }
        if (outcome == VALUE_RANGE) {
            return true; /* the standard forbids to cut here */
        }
        if (outcome != VALUE_OK && outcome != VALUE_TRUNCATED) {
            return false;
        }
        if ((size_t)length != whole_len - n) {
            return false;
        }
        size_t got = (size_t)length;
        if (outcome == VALUE_TRUNCATED && p->c_type == SQL_C_CHAR) {
            got = strlen(part);
        } else if (outcome == VALUE_TRUNCATED && p->c_type == SQL_C_WCHAR) {
            got = wide_length(part, p->wide_unit) * (size_t)p->wide_unit;
        } else if (outcome == VALUE_TRUNCATED) {
            got = (size_t)room;
        }
        if (got + terminator > (size_t)room || n + got > sizeof(all)) {
            return false;
        }
        memcpy(all + n, part, got);
        n += got;
    }
    return false;
}

static bool check_pieces(const struct value_plan *p, struct span cell)
{
    static const SQLLEN rooms[] = { 4, 5, 7, 8, 12, 33, 64, 512 };
    char whole[BUFFER];
    SQLLEN length = 0, indicator = 0;
    bool is_long = p->c_type == SQL_C_CHAR || p->c_type == SQL_C_WCHAR || p->c_type == SQL_C_BINARY;

    if (!is_long || span_is_null(cell) || cell.len > 400
        || value_store(p, cell, whole, sizeof(whole), &length, &indicator) != VALUE_OK) {
        return true;
    }
    for (unsigned i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
        /* A terminator and nothing else makes no progress; bytes as digits need two units. */
        bool is_tiny = p->c_type == SQL_C_WCHAR && rooms[i] < (p->type.kind == VALUE_VARBINARY ? 3
            : 2) * (SQLLEN)p->wide_unit;
        if (!is_tiny && memchr(cell.at, 0, cell.len) == NULL
            && !pieces_agree(p, cell, rooms[i], whole, (size_t)length)) {
            printf("    pieces of %d bytes differ\n", (int)rooms[i]);
            return false;
        }
    }
    return true;
}

/* The length that goes with a whole value; a promise of bytes is written as hex. */
static SQLLEN length_of(const struct value_plan *p, const void *data, const char *gives)
{
    switch (p->c_type) {
    case SQL_C_CHAR: return (SQLLEN)strlen(data);
    case SQL_C_WCHAR:
        return (SQLLEN)(wide_length(data, p->wide_unit) * (size_t)p->wide_unit);
    case SQL_C_BINARY: return (SQLLEN)strlen(gives) / 2;
    default: return value_c_size(p->c_type);
    }
}

static bool run_case(const char *type_text, struct span cell, const char *c_text, const char *gives,
                     const char *state)
{
    struct value_type type;
    struct value_options options;
    struct value_plan plan;
    SQLSMALLINT c_type = 0;
    SQLLEN max_length = 0, length = -99, indicator = 0;
    int arguments[2] = { 0, 0 };
    unsigned n_arguments = 0;
    _Alignas(16) char data[BUFFER];
    char got[2 * BUFFER + 64] = "-", before[BUFFER], after[BUFFER];

    case_put_today(gives, "%d-%d-%d", before, BUFFER);
    if (!case_c_type(c_text, &c_type, arguments, &n_arguments)) {
        printf("    no C type \"%s\"\n", c_text);
        return false;
    }
    read_type(type_text, &type, &options, &max_length);
    SQLLEN room = n_arguments > 0 ? arguments[0] : ROOM_DEFAULT;
    memset(data, 0x55, sizeof(data));
    enum value_outcome outcome = value_plan_build(&type, c_type, &options, &plan);
    if (outcome == VALUE_OK) {
        plan.max_length = max_length;
        bool is_sized = plan.c_type == SQL_C_CHAR || plan.c_type == SQL_C_WCHAR
            || plan.c_type == SQL_C_BINARY;
        if (n_arguments > 0 && plan.c_type == SQL_C_NUMERIC) {
            plan.numeric_precision = (SQLSMALLINT)arguments[0];
            plan.numeric_scale = (SQLSMALLINT)arguments[1];
            plan.has_numeric_scale = true;
        } else if (n_arguments > 0 && !is_sized) {
            plan.interval_precision = arguments[0];
            plan.seconds_precision = n_arguments > 1 ? arguments[1] : plan.seconds_precision;
        }
        outcome = value_store(&plan, cell, data, room, &length, &indicator);
        if (keeps_value(outcome)) {
            print_value(&plan, data, length, room, got);
            if (outcome != VALUE_TRUNCATED && length != length_of(&plan, data, gives)) {
                printf("    the length is %d\n", (int)length);
                return false;
            }
            bool is_short = outcome == VALUE_TRUNCATED;
            snprintf(got + strlen(got), 32, is_short ? " (%d)" : "", (int)length);
        } else if (outcome == VALUE_NULL && indicator != SQL_NULL_DATA) {
            printf("    indicator is %d\n", (int)indicator);
            return false;
        }
        bool wrote_past = is_sized && room < BUFFER && data[room] != 0x55;
        if (wrote_past || (keeps_value(outcome) && !check_pieces(&plan, cell))) {
            printf("    %s\n", wrote_past ? "wrote behind the buffer" : "pieces differ");
            return false;
        }
    }
    case_put_today(gives, "%d-%d-%d", after, BUFFER); /* midnight may have passed */
    if (strcmp(case_state(outcome), state) != 0
        || (strcmp(got, before) != 0 && strcmp(got, after) != 0)) {
        printf("    got \"%s\" %s\n", got, case_state(outcome));
        return false;
    }
    return true;
}

/* Runs a line's list of C types for one type. */
static void run_type(const char *type, struct span cell, char *const fields[], unsigned number,
                     struct counts *counts)
{
    char list[CASE_LINE_MAX], *c_types[CASE_LIST_MAX];

    snprintf(list, sizeof(list), "%s", fields[2]);
    unsigned n = case_list(list, ',', c_types);
    for (unsigned i = 0; i < n; i++) {
        if (run_case(type, cell, c_types[i], fields[3], fields[4])) {
            counts->passed++;
        } else {
            printf("line %u: %s | %.*s | %s | %s | %s\n", number, type, (int)cell.len,
                   cell.at != NULL ? cell.at : "NULL", c_types[i], fields[3], fields[4]);
            counts->failed++;
        }
    }
}

static void run_line(char *line, unsigned number, struct counts *counts)
{
    char *fields[CASE_FIELDS_MAX], *types[CASE_LIST_MAX], list[CASE_LINE_MAX];

    if (strncmp(line, SET_NAME " = ", strlen(SET_NAME " = ")) == 0) {
        snprintf(set_types, sizeof(set_types), "%s", line + strlen(SET_NAME " = "));
        return;
    }

    if (case_fields(line, fields) < 5) {
        printf("line %u: too few fields\n", number);
        counts->failed++;
        return;
    }
    bool is_null = strcmp(fields[1], "NULL") == 0;
    size_t len = is_null ? 0 : case_unescape(fields[1]);
    struct span cell = is_null ? NO_SPAN : (struct span){ fields[1], len };
    case_unescape(fields[3]);
    snprintf(list, sizeof(list), "%s", strcmp(fields[0], SET_NAME) == 0 ? set_types : fields[0]);
    unsigned n = case_list(list, ';', types);
    for (unsigned i = 0; i < n; i++) {
        run_type(types[i], cell, fields, number, counts);
    }
}

int main(int argc, char **argv)
{
    char line[CASE_LINE_MAX];
    struct counts counts = { 0, 0 };
    FILE *file = case_open(argc, argv, __FILE__, "sql_to_c.txt");

    if (file == NULL) {
        return 2;
    }
    for (unsigned number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
        if (line[0] != '#' && case_trim(line)[0] != '\0') {
            run_line(line, number, &counts);
        }
    }
    fclose(file);
    printf("CASES sql_to_c: %u passed, %u failed\n", counts.passed, counts.failed);
    return counts.failed == 0 ? 0 : 1;
}
