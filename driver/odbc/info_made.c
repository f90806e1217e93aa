/* SQLGetInfo: who is connected where, and what depends on settings. All local. */
#include "odbc/info_made.h"

#include <stdio.h>
#include <string.h>

#include "sql/sql.h"

void info_data_source_name(struct dbc *d, struct info_answer *out)
{
    out->text = span_of(d->settings.dsn);
}

void info_driver_hdbc(struct dbc *d, struct info_answer *out)
{
    out->handle = d;
}

void info_driver_henv(struct dbc *d, struct info_answer *out)
{
    out->handle = dbc_env(d);
}

/* The application hands a handle in and gets the driver's back: without a manager in between they
   are the same. */
void info_same_handle(struct dbc *d, struct info_answer *out)
{
    (void)d;
    (void)out;
}

void info_no_handle(struct dbc *d, struct info_answer *out)
{
    (void)d;
    out->handle = NULL;
}

/* The number that starts at text, and where the next one would. */
static unsigned read_number(const char **text)
{
    unsigned number = 0;

    while (ascii_is_digit(**text)) {
        number = number * 10 + (unsigned)(**text - '0');
        (*text)++;
    }
    *text += **text == '.';
    return number % 10000;
}

static void put_version(struct info_answer *out, const char *text)
{
    unsigned major = read_number(&text);
    unsigned minor = read_number(&text);
    unsigned patch = read_number(&text);

    snprintf(out->room, sizeof(out->room), "%02u.%02u.%04u", major, minor, patch);
    out->text = span_of(out->room);
}

void info_driver_version(struct dbc *d, struct info_answer *out)
{
    (void)d;
    put_version(out, ATHENA_VERSION);
}

/* "Athena engine version 3"; a workgroup that may not be asked runs the current one. */
void info_dbms_version(struct dbc *d, struct info_answer *out)
{
    const char *engine = spoke_workgroup(d->spoke)->engine_version;

    engine += strcspn(engine, "0123456789");
    put_version(out, *engine == 0 ? "3" : engine);
}

void info_server_name(struct dbc *d, struct info_answer *out)
{
    dbc_server_name(d, out->room);
    out->text = span_of(out->room);
}

void info_database_name(struct dbc *d, struct info_answer *out)
{
    out->text = span_of(d->current_catalog);
}

void info_dbms_name(struct dbc *d, struct info_answer *out)
{
    struct span name = settings_text(&d->settings, SETTING_DBMS_NAME);

    out->text = name.len > 0 ? name : SPAN("Athena");
}

void info_data_source_read_only(struct dbc *d, struct info_answer *out)
{
    out->text = settings_flag(&d->settings, SETTING_READ_ONLY) ? SPAN("Y") : SPAN("N");
}

/* What stands behind the last slash of the session that asks, else the name of the session to
   be. */
void info_user_name(struct dbc *d, struct info_answer *out)
{
    const struct spoke_identity *who = spoke_identity(d->spoke);
    const char *arn = who->consumer_arn[0] != 0 ? who->consumer_arn
                      : who->run_as_arn[0] != 0 ? who->run_as_arn
                                                : who->base_arn;
    const char *slash = strrchr(arn, '/');

    out->text = span_of(slash != NULL ? slash + 1 : who->session_name);
}

void info_numeric_functions(struct dbc *d, struct info_answer *out)
{
    (void)d;
    out->number = sql_numeric_functions();
}

void info_string_functions(struct dbc *d, struct info_answer *out)
{
    (void)d;
    out->number = sql_string_functions();
}

void info_system_functions(struct dbc *d, struct info_answer *out)
{
    (void)d;
    out->number = sql_system_functions();
}

void info_timedate_functions(struct dbc *d, struct info_answer *out)
{
    (void)d;
    out->number = sql_timedate_functions();
}

/* Programs create tables when they are told they can; in another account nobody wants that
   unasked. */
static uint32_t if_ddl(const struct dbc *d, uint32_t bits)
{
    return settings_flag(&d->settings, SETTING_ALLOW_DDL) &&
                   !settings_flag(&d->settings, SETTING_READ_ONLY)
               ? bits
               : 0;
}

void info_create_schema(struct dbc *d, struct info_answer *out)
{
    out->number = if_ddl(d, SQL_CS_CREATE_SCHEMA);
}

void info_create_table(struct dbc *d, struct info_answer *out)
{
    out->number = if_ddl(d, SQL_CT_CREATE_TABLE);
}

void info_create_view(struct dbc *d, struct info_answer *out)
{
    out->number = if_ddl(d, SQL_CV_CREATE_VIEW);
}

void info_drop_schema(struct dbc *d, struct info_answer *out)
{
    out->number = if_ddl(d, SQL_DS_DROP_SCHEMA | SQL_DS_CASCADE | SQL_DS_RESTRICT);
}

void info_drop_table(struct dbc *d, struct info_answer *out)
{
    out->number = if_ddl(d, SQL_DT_DROP_TABLE);
}

void info_drop_view(struct dbc *d, struct info_answer *out)
{
    out->number = if_ddl(d, SQL_DV_DROP_VIEW);
}

void info_insert_statement(struct dbc *d, struct info_answer *out)
{
    out->number = if_ddl(d, SQL_IS_INSERT_LITERALS | SQL_IS_INSERT_SEARCHED);
}
