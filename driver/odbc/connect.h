/* What the connecting functions share with each other and with the attributes. */
#ifndef ODBC_CONNECT_H
#define ODBC_CONNECT_H

#include "odbc/handle.h"

/* With the settings loaded: derives the type options, opens the spoke with the connection's lock
   given away, posts notices. On failure posts the records, forgets the settings and returns
   SQL_ERROR. */
SQLRETURN dbc_open(struct dbc *d, struct notices *notices);
/* The standard's defaults of every connection attribute: for a fresh connection and for one that a
   pool hands on. */
void dbc_reset_attributes(struct dbc *d);
/* Current catalog and schema as the settings say. */
void dbc_reset_catalog(struct dbc *d);

enum { LOGIN_TIMEOUT_DEFAULT_S = 60 };

#endif
