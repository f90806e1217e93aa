/* Attributes of environments, connections and statements, by attribute.def. value is the
   pointer-sized argument as the application gave it; text its reading as text. */
#ifndef ODBC_ATTRIBUTE_H
#define ODBC_ATTRIBUTE_H

#include "odbc/stmt.h"

SQLRETURN env_get_attribute(struct env *e, SQLINTEGER attribute, void *value, SQLINTEGER room,
                            SQLINTEGER *length);
SQLRETURN env_set_attribute(struct env *e, SQLINTEGER attribute, void *value, SQLINTEGER length);
SQLRETURN dbc_get_attribute(struct dbc *d, SQLINTEGER attribute, void *value, struct room text);
SQLRETURN dbc_set_attribute(struct dbc *d, SQLINTEGER attribute, void *value, struct text text);
SQLRETURN stmt_get_attribute(struct stmt *s, SQLINTEGER attribute, void *value, struct room text);
SQLRETURN stmt_set_attribute(struct stmt *s, SQLINTEGER attribute, void *value, struct text text);
/* Gives a new statement the options that were set on its connection; the connection's lock is
   held. */
void dbc_apply_options(struct dbc *d, struct stmt *s);

#endif
