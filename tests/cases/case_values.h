/* Reading case files of conversions: one promise a line, fields parted by '|'. Shared by the two
   directions. */
#ifndef CASES_VALUES_H
#define CASES_VALUES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "value/value.h"

enum { CASE_FIELDS_MAX = 7, CASE_LINE_MAX = 8192, CASE_LIST_MAX = 48 };

static const struct {
    enum value_outcome outcome;
    const char *state;
} case_states[] = {
    { VALUE_OK, "-" },                     { VALUE_NULL, "NULL" },
        { VALUE_TRUNCATED, "01004" },
    { VALUE_FRACTION_LOST, "01S07" },      { VALUE_RANGE, "22003" },
        { VALUE_BAD_TEXT, "22018" },
    { VALUE_ZONE_UNKNOWN, "22007" },
    { VALUE_BAD_DATETIME, "22007" },       { VALUE_DATETIME_OVERFLOW, "22008" },
        { VALUE_INTERVAL_OVERFLOW, "22015" },
    { VALUE_NO_INDICATOR, "22002" },       { VALUE_ILLEGAL_PAIR, "07006" },
        { VALUE_NO_DATA, "100" },
};

static inline const char *case_state(enum value_outcome outcome)
{
    for (size_t i = 0; i < sizeof(case_states) / sizeof(case_states[0]); i++) {
        if (case_states[i].outcome == outcome) {
            return case_states[i].state;
        }
    }
    return "?";
}

#define C_NAME(name) { #name, SQL_C_##name }
static const struct {
    const char *name;
    SQLSMALLINT type;
} case_c_types[] = {
    C_NAME(CHAR), C_NAME(WCHAR), C_NAME(BINARY), C_NAME(BIT), C_NAME(STINYINT), C_NAME(UTINYINT),
        C_NAME(TINYINT),
    C_NAME(SSHORT), C_NAME(USHORT), C_NAME(SHORT), C_NAME(SLONG), C_NAME(ULONG), C_NAME(LONG),
    C_NAME(SBIGINT),
    C_NAME(UBIGINT), C_NAME(FLOAT), C_NAME(DOUBLE), C_NAME(NUMERIC), C_NAME(TYPE_DATE),
    C_NAME(TYPE_TIME),
    C_NAME(TYPE_TIMESTAMP), C_NAME(GUID), C_NAME(DATE), C_NAME(TIME), C_NAME(TIMESTAMP),
    C_NAME(DEFAULT),
    C_NAME(INTERVAL_YEAR), C_NAME(INTERVAL_MONTH), C_NAME(INTERVAL_YEAR_TO_MONTH),
    C_NAME(INTERVAL_DAY),
    C_NAME(INTERVAL_HOUR), C_NAME(INTERVAL_MINUTE), C_NAME(INTERVAL_SECOND),
    C_NAME(INTERVAL_DAY_TO_HOUR),
    C_NAME(INTERVAL_DAY_TO_MINUTE), C_NAME(INTERVAL_DAY_TO_SECOND), C_NAME(INTERVAL_HOUR_TO_MINUTE),
    C_NAME(INTERVAL_HOUR_TO_SECOND), C_NAME(INTERVAL_MINUTE_TO_SECOND),
};
#undef C_NAME
enum { CASE_C_TYPES = sizeof(case_c_types) / sizeof(case_c_types[0]) };

/* "CHAR(4)" -> type and the numbers in the parenthesis; false: no such type. */
static inline bool case_c_type(const char *text, SQLSMALLINT *type, int arguments[2],
                               unsigned *n_arguments)
{
    size_t len = strcspn(text, "(");

    *n_arguments = 0;
    for (unsigned i = 0; i < CASE_C_TYPES; i++) {
        if (strlen(case_c_types[i].name) == len && strncmp(case_c_types[i].name, text, len) == 0) {
            *type = case_c_types[i].type;
            if (text[len] == '(') {
                int n = sscanf(text + len, "(%d,%d)", &arguments[0], &arguments[1]);
                *n_arguments = n > 0 ? (unsigned)n : 0;
            }
            return true;
        }
    }
    return false;
}

static inline char *case_trim(char *text)
{
    size_t n = strlen(text);

    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\n')) {
        text[--n] = '\0';
    }
    return text + strspn(text, " ");
}

/* Splits at '|' into trimmed fields. */
static inline unsigned case_fields(char *line, char *fields[CASE_FIELDS_MAX])
{
    unsigned n = 0;

    for (char *at = line; at != NULL && n < CASE_FIELDS_MAX;) {
        char *bar = strchr(at, '|');
        if (bar != NULL) {
            *bar = '\0';
        }
        fields[n++] = case_trim(at);
        at = bar == NULL ? NULL : bar + 1;
    }
    return n;
}

/* A list "A, B(1,2), C" taken apart at commas (or another mark) outside parentheses. */
static inline unsigned case_list(char *text, char mark, char *items[CASE_LIST_MAX])
{
    unsigned n = 0, depth = 0;
    char *from = text;

    for (char *at = text;; at++) {
        depth += *at == '(';
        depth -= *at == ')' && depth > 0;
        if (*at == '\0' || (*at == mark && depth == 0)) {
            bool is_end = *at == '\0';
            *at = '\0';
            items[n++] = case_trim(from);
            if (is_end || n == CASE_LIST_MAX) {
                return n;
            }
            from = at + 1;
        }
    }
}

/* '' is the empty text, \n \t \r \| \\ \xNN mean what they say, \_ is a blank that is not trimmed.
   In place; returns the length. */
static inline size_t case_unescape(char *text)
{
    size_t to = 0;

    if (strcmp(text, "''") == 0) {
        text[0] = '\0';
        return 0;
    }
    for (size_t at = 0; text[at] != '\0'; at++) {
        if (text[at] != '\\') {
            text[to++] = text[at];
            continue;
        }
        at++;
        unsigned byte = 0;
        switch (text[at]) {
        case 'n': text[to++] = '\n'; break;
        case 't': text[to++] = '\t'; break;
        case 'r': text[to++] = '\r'; break;
        case '_': text[to++] = ' '; break;
        case 'x':
            if (sscanf(text + at + 1, "%2x", &byte) == 1) {
                text[to++] = (char)byte;
                at += 2;
            }
            break;
        default: text[to++] = text[at]; break;
        }
    }
    text[to] = '\0';
    return to;
}

static inline void case_hex(const unsigned char *bytes, size_t n, char *to)
{
    for (size_t i = 0; i < n; i++) {
        snprintf(to + 2 * i, 3, "%02x", bytes[i]);
    }
    to[2 * n] = '\0';
}

/* "<today>" and "<today+14>" in a promise: the day of the run in UTC, or in a zone so many hours
   ahead, printed as form says. */
static inline void case_put_today(const char *promise, const char *form, char *to, size_t room)
{
    const char *mark = strstr(promise, "<today"), *end = mark == NULL ? NULL : strchr(mark, '>');
    int hours = 0;
    char day[16];
    struct tm parts;

    if (end == NULL) {
        snprintf(to, room, "%s", promise);
        return;
    }
    sscanf(mark, "<today%d", &hours);
    time_t now = time(NULL) + hours * 3600;
    gmtime_r(&now, &parts);
    snprintf(day, sizeof(day), form, parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
    snprintf(to, room, "%.*s%s%s", (int)(mark - promise), promise, day, end + 1);
}

/* The case file: argv[1] is it, or the directory it is in; without an argument it stands beside the
   source. */
static inline FILE *case_open(int argc, char **argv, const char *source, const char *name)
{
    char path[1024];
    size_t dir = strrchr(source, '/') == NULL ? 0 : (size_t)(strrchr(source, '/') - source) + 1;

    if (argc < 2) {
        snprintf(path, sizeof(path), "%.*s%s", (int)dir, source, name);
    } else if (strstr(argv[1], ".txt") != NULL) {
        snprintf(path, sizeof(path), "%s", argv[1]);
    } else {
        snprintf(path, sizeof(path), "%s/%s", argv[1], name);
    }
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        printf("cannot open %s\n", path);
    }
    return file;
}

#endif
