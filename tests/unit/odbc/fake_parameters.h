/* What tests of parameters share: a world with a count or one row to give, and how they bind. */
#ifndef TESTS_ODBC_FAKE_PARAMETERS_H
#define TESTS_ODBC_FAKE_PARAMETERS_H

#include "fake_world.h"

static inline void script(int64_t row_count)
{
    fake_reset();
    fake.row_count = row_count;
    fake_connect(SQL_OV_ODBC3);
}

static inline void script_select(void)
{
    static const char *const types[] = { "integer" };
    static const char *const cells[] = { "1" };

    script(-1);
    fake.types = types;
    fake.n_columns = 1;
    fake.cells = cells;
    fake.n_rows = 1;
}

static inline SQLRETURN bind(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type,
                             SQLSMALLINT sql_type, void *data, SQLLEN room, SQLLEN *indicator)
{
    return stmt_bind_parameter(s, n, SQL_PARAM_INPUT, c_type, sql_type, 30, 0, data, room,
                               indicator);
}

#endif
