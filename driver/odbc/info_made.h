/* The answers of SQLGetInfo that depend on the connection; info.def names them. */
#ifndef ODBC_INFO_MADE_H
#define ODBC_INFO_MADE_H

#include "odbc/handle.h"

struct info_answer {
    uint32_t number;
    SQLPOINTER handle; /* in: what the application's buffer held; out: the answer */
    struct span text;  /* borrowed from the connection, or from room */
    char room[512];
};

void info_data_source_name(struct dbc *d, struct info_answer *out);
void info_driver_hdbc(struct dbc *d, struct info_answer *out);
void info_driver_henv(struct dbc *d, struct info_answer *out);
void info_same_handle(struct dbc *d, struct info_answer *out);
void info_no_handle(struct dbc *d, struct info_answer *out);
void info_driver_version(struct dbc *d, struct info_answer *out);
void info_server_name(struct dbc *d, struct info_answer *out);
void info_database_name(struct dbc *d, struct info_answer *out);
void info_dbms_name(struct dbc *d, struct info_answer *out);
void info_dbms_version(struct dbc *d, struct info_answer *out);
void info_data_source_read_only(struct dbc *d, struct info_answer *out);
void info_user_name(struct dbc *d, struct info_answer *out);
void info_numeric_functions(struct dbc *d, struct info_answer *out);
void info_string_functions(struct dbc *d, struct info_answer *out);
void info_system_functions(struct dbc *d, struct info_answer *out);
void info_timedate_functions(struct dbc *d, struct info_answer *out);
void info_create_schema(struct dbc *d, struct info_answer *out);
void info_create_table(struct dbc *d, struct info_answer *out);
void info_create_view(struct dbc *d, struct info_answer *out);
void info_drop_schema(struct dbc *d, struct info_answer *out);
void info_drop_table(struct dbc *d, struct info_answer *out);
void info_drop_view(struct dbc *d, struct info_answer *out);
void info_insert_statement(struct dbc *d, struct info_answer *out);

#endif
