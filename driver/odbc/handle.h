/* The four ODBC objects' common head, environments and connections. Locks: env, dbc, stmt, desc, in
   this order; taken by the guard (entry/) only and never held over a request or a wait. */
#ifndef ODBC_HANDLE_H
#define ODBC_HANDLE_H

#include <sql.h>
#include <sqlext.h>

#include "base/latch.h"
#include "base/lock.h"
#include "config/settings.h"
#include "odbc/diag.h"
#include "odbc/text.h"
#include "spoke/spoke.h"
#include "value/value.h"

enum handle_kind {
    HANDLE_ENV = SQL_HANDLE_ENV,
    HANDLE_DBC = SQL_HANDLE_DBC,
    HANDLE_STMT = SQL_HANDLE_STMT,
    HANDLE_DESC = SQL_HANDLE_DESC
};

/* First member of every object. */
struct handle {
    uint32_t magic;            /* HANDLE_MAGIC while alive */
    enum handle_kind kind;
    struct latch latch;
    struct diag diag;
    struct handle *parent;     /* dbc of a stmt or desc, env of a dbc, NULL for an env */
    struct handle *next;       /* in the parent's list, guarded by the parent's lock */
    int pid;                   /* of the process that made it: after fork 08S01 */
    /* the environment's: 1 in the process that made it, 0 in a child after fork; NULL: compare
       pid */
    const volatile int *alive;
};

enum { HANDLE_MAGIC = 0x41744f64 };

/* Whether diag_clear would find nothing to do. The latch is held: it guards the writing of
   records. */
static inline bool handle_is_untold(const struct handle *h)
{
    return h->diag.n == 0 && h->diag.return_code == SQL_SUCCESS && h->diag.row_count == -1;
}

struct env {
    struct handle handle;
    SQLINTEGER odbc_version;   /* 0 until set; SQL_OV_ODBC2, SQL_OV_ODBC3, SQL_OV_ODBC3_80 */
    enum wide_unit wide_unit;  /* found when the environment was made: which manager loaded us */
    /* false: neither manager showed itself; the first wide connection string tells */
    bool is_width_known;
    const void *manager_symbol;
    struct handle *connections;
    SQLUINTEGER pooling, pool_match;
    bool output_nts;
};

/* Numbers of the ODBC 2 statement options: SQL_QUERY_TIMEOUT to SQL_USE_BOOKMARKS. */
enum { OPTIONS = 13 };

enum { DBC_NAME_ROOM = 260, DSN_NAME_ROOM = 256, SERVER_LABEL_ROOM = 160 };

/* Where unqualified names are looked for. */
struct dbc_place {
    char catalog[DBC_NAME_ROOM], schema[DBC_NAME_ROOM];
};

struct dbc {
    struct handle handle;
    struct handle *statements, *descriptors; /* descriptors: explicit ones only */
    bool is_connected;
    /* connecting or disconnecting with the lock given away: every other call is out of sequence */
    bool is_busy;
    bool is_browsing;          /* SQLBrowseConnect returned SQL_NEED_DATA */
    struct buf browsed;        /* what SQLBrowseConnect was given so far; secret */
    struct settings settings;
    struct spoke *spoke;
    struct value_options options;
    struct arena arena;        /* texts of attributes */
    /* Attributes (attribute.def says how they are set). */
    SQLUINTEGER access_mode, autocommit, login_timeout_s, connection_timeout_s, async_enable,
        metadata_id, txn_isolation, packet_size, trace, translate_option, ansi_app, async_dbc,
        odbc_cursors;
    /* Statement options that ODBC 2 applications set on the connection, by number: what new
       statements start with. */
    SQLULEN option_values[OPTIONS];
    bool option_is_set[OPTIONS];
    /* start as Catalog and Schema of the settings; may be set later, while statements read them:
       dbc_place_of. place_lock guards them, held for an instant, behind every other lock. */
    char current_catalog[DBC_NAME_ROOM], current_schema[DBC_NAME_ROOM];
    struct lock place_lock;
    /* For records, which are read beside everything: the data source's name, kept when connecting
       failed or the connection is over, and who pays and where, "444455556666/eu-west-1", empty
       when not connected. Guarded by place_lock. */
    char dsn_label[DSN_NAME_ROOM], server_label[SERVER_LABEL_ROOM];
    SQLPOINTER quiet_mode;
    struct buf completed;      /* the output connection string */
    struct wake connecting;    /* cancels a connect */
};

static inline struct env *dbc_env(const struct dbc *d)
{
    return (struct env *)d->handle.parent;
}
enum wide_unit handle_wide_unit(const struct handle *h);
bool handle_is_odbc2(const struct handle *h);
/* Makes the common head; handle_done wipes the mark that says it lives. */
void handle_init(struct handle *h, enum handle_kind kind, struct handle *parent);
void handle_done(struct handle *h);
/* The object behind an application's handle, or NULL when it is none of that kind
   (SQL_INVALID_HANDLE). */
static inline struct handle *handle_check(SQLHANDLE handle, SQLSMALLINT kind)
{
    struct handle *h = (struct handle *)handle;

    return h != NULL && h->magic == HANDLE_MAGIC && (SQLSMALLINT)h->kind == kind ? h : NULL;
}
/* Into and out of a parent's list; the parent's lock is held by the caller. */
void handle_link(struct handle **list, struct handle *h);
void handle_unlink(struct handle **list, struct handle *h);
/* Whether the handle was made before fork() and this is the child. Costs no system call where the
   system can mark memory. */
bool handle_is_of_parent(const struct handle *h);
static inline bool handle_is_forked(const struct handle *h)
{
    return h->alive != NULL ? *h->alive == 0 : handle_is_of_parent(h);
}
/* The connection a handle belongs to; NULL for an environment. */
struct dbc *handle_dbc(const struct handle *h);

/* Allocation and freeing, as SQLAllocHandle and SQLFreeHandle say. Making holds the parent's lock;
   freeing takes what it needs, so the caller holds none. */
SQLRETURN env_new(const void *caller_address, SQLHANDLE *out);
SQLRETURN env_free(struct env *e);
/* From the first wide text of a connection, if the width is not known yet. */
void env_learn_width(struct env *e, const struct text *t);
SQLRETURN dbc_new(struct env *e, SQLHANDLE *out);
SQLRETURN dbc_free(struct dbc *d);
/* A copy, for those who do not hold the connection's lock. */
void dbc_place_of(struct dbc *d, struct dbc_place *out);

/* connect.c */
SQLRETURN dbc_connect(struct dbc *d, struct text dsn, struct text user, struct text password);
SQLRETURN dbc_driver_connect(struct dbc *d, SQLHWND window, struct text in, struct room out,
                             SQLUSMALLINT completion);
SQLRETURN dbc_browse_connect(struct dbc *d, struct text in, struct room out);
SQLRETURN dbc_disconnect(struct dbc *d);
SQLRETURN dbc_native_sql(struct dbc *d, struct text in, struct room out);
SQLRETURN dbc_end_transaction(struct dbc *d, SQLSMALLINT completion);
/* Cancels a connect that is under way on another thread; no lock is held. */
SQLRETURN dbc_cancel(struct dbc *d);
SQLRETURN env_end_transaction(struct env *e, SQLSMALLINT completion);
/* The labels: written by connecting and disconnecting, read by anybody. */
void dbc_label(struct dbc *d);
void dbc_dsn_name(struct dbc *d, char to[DSN_NAME_ROOM]);
void dbc_server_name(struct dbc *d, char to[SERVER_LABEL_ROOM]);
/* info.c: SQLGetInfo by info.def. */
SQLRETURN dbc_get_info(struct dbc *d, SQLUSMALLINT type, void *value, struct room text);

#endif
