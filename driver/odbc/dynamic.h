/* What SQL_DIAG_DYNAMIC_FUNCTION and its code say of a statement. */
#ifndef ODBC_DYNAMIC_H
#define ODBC_DYNAMIC_H

#include <sql.h>
#include <sqlext.h>

#include "sql/sql.h"

struct dynamic {
    SQLINTEGER code;
    const char *name; /* lives for ever; "" with SQL_DIAG_UNKNOWN_STATEMENT */
};

struct dynamic dynamic_of(const struct sql_text *sql);

#endif
