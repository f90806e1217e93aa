/* The columns of a measured result: which C type each is taken as, buffers for a rowset, and the
   touch of every cell that a reading application would do. */
#ifndef BENCH_CELLS_H
#define BENCH_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sql.h>
#include <sqlext.h>

/* What a column holds, one letter each on the command line. */
enum { KIND_BIGINT = 'b', KIND_INT = 'i', KIND_DOUBLE = 'd', KIND_DECIMAL = 'n', KIND_TEXT = 't',
       KIND_DATE = 'D', KIND_MOMENT = 'T' };

/* How the cells are asked for. */
enum mode {
    MODE_NATIVE,   /* bound by column, each type as itself, decimals as text */
    MODE_ROW,      /* the same, bound by row */
    MODE_NUMERIC,  /* the same as native, decimals as SQL_C_NUMERIC */
    MODE_CHAR,     /* bound, everything as SQL_C_CHAR */
    MODE_WCHAR,    /* bound, everything as SQL_C_WCHAR */
    MODE_GETDATA,  /* SQLFetch and SQLGetData, native types */
    MODE_GETCHAR,  /* SQLFetch and SQLGetData, everything as SQL_C_CHAR */
    MODES
};
enum { TEXT_ROOM = 64, COLUMNS_MAX = 64 };

struct column {
    char kind;
    SQLSMALLINT c_type;
    size_t size;                     /* of one value's buffer */
    char *data;
    char *length;
    size_t data_step, length_step;   /* from row to row */
};

struct table {
    enum mode mode;
    unsigned n;
    struct column at[COLUMNS_MAX];
    SQLULEN rowset;
    size_t row_bytes;
    char *memory;
};

/* What was read. `touched` depends on mode and driver, but not on the day. */
struct touch { uint64_t rows, bytes, nulls, touched; };

bool mode_of(const char *name, enum mode *out);
const char *mode_name(enum mode mode);
bool mode_is_bound(enum mode mode);

/* kinds: letters. false: an unknown letter, too many, or no memory. */
bool table_init(struct table *t, const char *kinds, enum mode mode, SQLULEN rowset);
void table_done(struct table *t);
SQLRETURN table_bind(const struct table *t, SQLHSTMT stmt);
/* SQLGetData of every column of the row the cursor is on. */
SQLRETURN table_get(const struct table *t, SQLHSTMT stmt);

static inline const char *cell_data(const struct column *c, SQLULEN row)
{
    return c->data + row * c->data_step;
}

static inline SQLLEN cell_length(const struct column *c, SQLULEN row)
{
    return *(const SQLLEN *)(const void *)(c->length + row * c->length_step);
}

/* Every cell of the rows that a fetch delivered. */
void table_touch(const struct table *t, SQLULEN rows, struct touch *sum);

#endif
