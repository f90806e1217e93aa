/* The rows of sqlstate.def as data. */
#ifndef ODBC_SQLSTATE_H
#define ODBC_SQLSTATE_H

#include "odbc/diag.h"

struct sqlstate {
    char v3[6], v2[6];
    bool is_warning;
    const char *text;
};

/* Lives for ever. */
const struct sqlstate *sqlstate_of(enum state state);
/* is_connecting: the connection is not open yet, so that a refusal is one of the connection and not
   of a statement. */
enum state sqlstate_of_fault(const struct fault *f, bool is_connecting);
/* "ISO 9075" or "ODBC 3.0", as SQLGetDiagField's page lists them; v3 is the ODBC 3 name. */
const char *sqlstate_class_origin(const char *v3);
const char *sqlstate_subclass_origin(const char *v3);

#endif
