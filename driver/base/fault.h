/* Why something failed, in plain words, with everything an administrator needs to mend it. Faults
   are filled in where the cause is known and travel upwards unchanged; only odbc/diag.c turns a
   kind into a SQLSTATE. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "base/must_use.h"
#include "base/span.h"

/* A failed connect shows 512 characters of one record under unixODBC, manager's prefix included. */
enum { FAULT_TEXT_MAX = 480, FAULT_NOTES_MAX = 14 };

enum fault_kind {
    FAULT_NONE,
    FAULT_MEMORY,          /* an allocation failed */
    /* a named limit of ours was reached; the text names the limit and its key */
    FAULT_CEILING,
    FAULT_SETTING,         /* a key or its value is wrong: nothing was sent */
    FAULT_SETTING_WARNING, /* notice: an unknown key or a dropped attribute (01S00) */
    /* notice: a value was replaced by the nearest that is possible (01S02) */
    FAULT_OPTION_CHANGED,
    FAULT_WARNING,         /* notice: anything else worth saying (01000) */
    /* base credentials are missing or unusable before any service was asked */
    FAULT_CREDENTIALS,
    /* a service refused who we are: unknown key, bad signature, expired token */
    FAULT_SIGN_IN,
    FAULT_DENIED,          /* known identity, not allowed */
    FAULT_NOT_FOUND,       /* a named thing does not exist (workgroup, catalog, bucket, object) */
    FAULT_NETWORK,         /* DNS, connect, reset, truncated answer, TLS */
    FAULT_TIMEOUT,         /* a statement's or login's time is over */
    FAULT_CANCELLED,       /* SQLCancel, or the query was cancelled in the service */
    FAULT_THROTTLED,       /* the service's call rate or query quota, after all retries */
    FAULT_SERVICE,         /* the service failed (5xx, internal error), after all retries */
    FAULT_PROTOCOL,        /* an answer that cannot be understood */
    FAULT_SYNTAX,          /* the SQL text is not valid */
    FAULT_NO_TABLE,        /* table, view or database missing */
    FAULT_TABLE_EXISTS,
    FAULT_NO_COLUMN,
    FAULT_DATA,            /* bad cast, overflow, division: the data or a value in the SQL */
    FAULT_DIVISION,        /* division by zero */
    FAULT_UNSUPPORTED,     /* Athena or this driver does not do that */
    FAULT_QUERY,           /* the query failed for another reason */
    FAULT_FORKED,          /* the handle was made before fork() */
    FAULT_KINDS
};

/* Where on the way to the data it happened. */
enum fault_hop { HOP_NONE, HOP_BASE, HOP_RUN_AS, HOP_CONSUMER, HOP_SERVICE };

struct fault {
    enum fault_kind kind;
    enum fault_hop hop;
    /* Athena's own number of the error, when it gave one; else 0 and fault_native tells */
    int native;
    int http_status;       /* 0 when no answer came */
    unsigned line, column; /* place in the SQL text as it was sent; 0 when unknown */
    bool is_expired_token; /* the credentials of this request are to be renewed */
    /* the request, or an attempt before the last, went out and its answer was lost: the service may
       have acted on it */
    bool may_have_arrived;
    char code[64];         /* AWS error code, e.g. AccessDenied */
    char action[96];       /* e.g. sts:AssumeRole */
    char principal[320];
    char resource[512];
    char request_id[128];
    char query_id[64];
    char text[FAULT_TEXT_MAX + 1];                    /* what was tried, on what, what to do */
    unsigned n_notes;
    char notes[FAULT_NOTES_MAX][FAULT_TEXT_MAX + 1];  /* further records, in order */
};

/* Sets kind and text (cut on a character at FAULT_TEXT_MAX) and clears everything else. Returns
   false always, so that a function can end with `return fault_set(f, ...)`. f may be NULL. */
bool fault_set(struct fault *f, enum fault_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);
/* The two faults everybody needs. Return false. */
bool fault_memory(struct fault *f);
bool fault_ceiling(struct fault *f, const char *limit, size_t bytes);
/* Replaces the text, keeps the rest. */
void fault_retext(struct fault *f, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds a further record; silently dropped when FAULT_NOTES_MAX are there (the first causes matter
   most). */
void fault_note(struct fault *f, const char *format, ...) PRINTF_LIKE(2, 3);
void fault_clear(struct fault *f);
const char *fault_kind_name(enum fault_kind kind);
const char *fault_hop_name(enum fault_hop hop);
/* The native error code of SQLGetDiagRec: Athena's own number (1 to 9999) when it gave one, else
   20000 + 1000 x hop + the row of native.def; 0 for what is no failure. */
enum { FAULT_NATIVE_BASE = 20000, FAULT_NATIVE_HOP = 1000 };
int fault_native(const struct fault *f);

/* Things to tell that are not failures, collected on the way and posted by odbc/diag.c as
   warnings. */
enum { NOTICES_MAX = 32 };

struct notice {
    enum fault_kind kind; /* FAULT_SETTING_WARNING, FAULT_OPTION_CHANGED or FAULT_WARNING */
    char text[FAULT_TEXT_MAX + 1];
};

struct notices {
    unsigned n;
    struct notice at[NOTICES_MAX];
};

/* Adds one. When the list is full its last says that there was more. NULL: nobody listens. */
void notice_add(struct notices *list, enum fault_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
