/* Binding and touching. The arrays hold exactly the rows of a rowset, so that a driver that writes
   past them is found out by a sanitizer. */
#include "cells.h"

#include <stdlib.h>
#include <string.h>

#include "mix.h"

static const char *const mode_names[MODES] = { "native", "row", "numeric", "char", "wchar",
                                               "getdata", "getchar" };

bool mode_of(const char *name, enum mode *out)
{
    for (unsigned i = 0; i < MODES; i++) {
        if (strcmp(name, mode_names[i]) == 0) {
            *out = (enum mode)i;
            return true;
        }
    }
    return false;
}

const char *mode_name(enum mode mode)
{
    return mode_names[mode];
}

bool mode_is_bound(enum mode mode)
{
    return mode != MODE_GETDATA && mode != MODE_GETCHAR;
}

static const struct { char kind; SQLSMALLINT c_type; size_t size; } natives[] = {
    { KIND_BIGINT,  SQL_C_SBIGINT,        sizeof(SQLBIGINT) },
    { KIND_INT,     SQL_C_SLONG,          sizeof(SQLINTEGER) },
    { KIND_DOUBLE,  SQL_C_DOUBLE,         sizeof(SQLDOUBLE) },
    { KIND_DECIMAL, SQL_C_CHAR,           TEXT_ROOM },
    { KIND_TEXT,    SQL_C_CHAR,           TEXT_ROOM },
    { KIND_DATE,    SQL_C_TYPE_DATE,      sizeof(SQL_DATE_STRUCT) },
    { KIND_MOMENT,  SQL_C_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT) },
};

static bool choose_type(enum mode mode, struct column *c)
{
    bool is_known = false;

    for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++) {
        if (natives[i].kind == c->kind) {
            c->c_type = natives[i].c_type;
            c->size = natives[i].size;
            is_known = true;
        }
    }
    if (mode == MODE_NUMERIC && c->kind == KIND_DECIMAL) {
        c->c_type = SQL_C_NUMERIC;
        c->size = sizeof(SQL_NUMERIC_STRUCT);
    }
    if (mode == MODE_CHAR || mode == MODE_GETCHAR || mode == MODE_WCHAR) {
        c->c_type = mode == MODE_WCHAR ? SQL_C_WCHAR : SQL_C_CHAR;
        c->size = mode == MODE_WCHAR ? TEXT_ROOM * sizeof(SQLWCHAR) : TEXT_ROOM;
    }
    return is_known;
}

static size_t rounded(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

/* By row: length and value of each column in turn. By column: one array behind the other. */
static void place(struct table *t)
{
    size_t at = 0;

    for (unsigned i = 0; i < t->n; i++) {
        struct column *c = &t->at[i];
        bool by_row = t->mode == MODE_ROW;
        c->length_step = by_row ? t->row_bytes : sizeof(SQLLEN);
        c->data_step = by_row ? t->row_bytes : c->size;
        c->length = t->memory + at;
        at += by_row ? sizeof(SQLLEN) : t->rowset * sizeof(SQLLEN);
        c->data = t->memory + at;
        at += by_row ? rounded(c->size) : rounded(t->rowset * c->size);
    }
}

bool table_init(struct table *t, const char *kinds, enum mode mode, SQLULEN rowset)
{
    *t = (struct table){ .mode = mode, .rowset = rowset };
    if (strlen(kinds) > COLUMNS_MAX)
        return false;
    for (; kinds[t->n] != '\0'; t->n++) {
        struct column *c = &t->at[t->n];
        c->kind = kinds[t->n];
        if (!choose_type(mode, c))
            return false;
        t->row_bytes += sizeof(SQLLEN) + rounded(c->size);
    }
    t->memory = calloc(rowset, t->row_bytes);
    if (t->memory == NULL)
        return false;
    place(t);
    return true;
}

void table_done(struct table *t)
{
    free(t->memory);
}

SQLRETURN table_bind(const struct table *t, SQLHSTMT stmt)
{
    SQLULEN by = t->mode == MODE_ROW ? t->row_bytes : SQL_BIND_BY_COLUMN;
    SQLRETURN rc = SQLSetStmtAttr(stmt, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)(uintptr_t)by, 0);

    if (SQL_SUCCEEDED(rc))
        rc = SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)t->rowset, 0);
    for (unsigned i = 0; i < t->n && SQL_SUCCEEDED(rc); i++) {
        const struct column *c = &t->at[i];
        rc = SQLBindCol(stmt, (SQLUSMALLINT)(i + 1), c->c_type, c->data, (SQLLEN)c->size,
                        (SQLLEN *)(void *)c->length);
    }
    return rc;
}

SQLRETURN table_get(const struct table *t, SQLHSTMT stmt)
{
    SQLRETURN rc = SQL_SUCCESS;

    for (unsigned i = 0; i < t->n && SQL_SUCCEEDED(rc); i++) {
        const struct column *c = &t->at[i];
        rc = SQLGetData(stmt, (SQLUSMALLINT)(i + 1), c->c_type, c->data, (SQLLEN)c->size,
                        (SQLLEN *)(void *)c->length);
    }
    return rc;
}

/* The touch of a text: its length, first and last byte. */
static void touch_texts(const struct column *c, SQLULEN rows, struct touch *sum)
{
    for (SQLULEN row = 0; row < rows; row++) {
        SQLLEN length = cell_length(c, row);
        const unsigned char *data = (const unsigned char *)cell_data(c, row);

        if (length == SQL_NULL_DATA)
            sum->nulls++;
        if (length <= 0)
            continue;
        sum->bytes += (uint64_t)length;
        sum->touched += (uint64_t)length * 31 + data[0] * 7u + data[length - 1];
    }
}

/* The touch of a value: its first bytes. Inlined for each n, so that what is measured is the driver
   and not copies of unknown length. Some drivers leave the length of a fixed type alone: it is the
   size of the type. */
static inline void touch_values(const struct column *c, SQLULEN rows, struct touch *sum, size_t n)
{
    for (SQLULEN row = 0; row < rows; row++) {
        uint64_t first = 0;

        if (cell_length(c, row) == SQL_NULL_DATA) {
            sum->nulls++;
            continue;
        }
        memcpy(&first, cell_data(c, row), n);
        sum->bytes += c->size;
        sum->touched += first;
    }
}

static void touch_column(const struct column *c, SQLULEN rows, struct touch *sum)
{
    if (c->c_type == SQL_C_CHAR || c->c_type == SQL_C_WCHAR)
        touch_texts(c, rows, sum);
    else if (c->size >= sizeof(uint64_t))
        touch_values(c, rows, sum, sizeof(uint64_t));
    else if (c->size == sizeof(SQLINTEGER))
        touch_values(c, rows, sum, sizeof(SQLINTEGER));
    else
        touch_values(c, rows, sum, c->size);
}

void table_touch(const struct table *t, SQLULEN rows, struct touch *sum)
{
    for (unsigned i = 0; i < t->n; i++)
        touch_column(&t->at[i], rows, sum);
    sum->rows += rows;
}
