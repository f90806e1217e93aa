/* What the credential providers may see of the machine: environment, files, clock, network. Handed
   in, so that a test can make up a whole machine. Nothing in here is a secret. */
#ifndef AWS_WORLD_H
#define AWS_WORLD_H

#include "aws/credentials.h"
#include "aws/service.h"

enum {
    WORLD_TEXT_MAX = 1024,           /* longest environment value that is used */
    WORLD_FILE_MAX = 4 * 1024 * 1024 /* largest configuration, token or cache file that is read */
};

/* Where plain http may go; "any" is for tests. */
enum world_http { WORLD_HTTP_NEVER, WORLD_HTTP_LOOPBACK, WORLD_HTTP_ANY };

/* Filled in by the owner, borrowed by every provider, never changed while a provider lives. */
struct creds_world {
    /* NULL = the process's environment. */
    const char *(*env)(const struct creds_world *w, const char *name);
    const void *context;       /* for env */
    const char *root;          /* put before every path; NULL = none */
    bool has_windows_names;    /* file locations by the rules for Windows */
    struct http *transport;    /* borrowed */
    const struct clock *clock; /* NULL = the machine's */
    /* Of the connection. Empty: AWS_REGION, AWS_DEFAULT_REGION, the profile's. */
    char region[64];
    /* Of the connection. Empty: environment, profile, by region. */
    char endpoint[AWS_SERVICES][512];
    bool use_fips, use_dualstack;
    /* credential_process: the profile was not chosen by a connection string. */
    bool may_run_process;
    enum world_http http;
    unsigned attempts_max;     /* 0 = 3 */
    char user_agent[160];      /* of every request; empty = the transport's */
    char session_name[72];     /* for roles that name none */
    char token_code[16];       /* for profiles with mfa_serial; empty = refused */
};

/* Copies a trimmed variable; false when it is unset, blank, or longer than room (then to is empty
   as well). */
bool world_env(const struct creds_world *w, const char *name, char *to, size_t room);
bool world_env_is_true(const struct creds_world *w, const char *name);

enum world_file { WORLD_FILE_READ, WORLD_FILE_MISSING, WORLD_FILE_FAILED };
/* Appends a file's bytes; out should be marked secret. FAILED sets f (FAULT_CREDENTIALS naming path
   and reason). */
enum world_file world_read(const struct creds_world *w, const char *path, struct buf *out,
                           struct fault *f);
/* Replaces a file by content: new file beside it, mode 0600, renamed over it. */
MUST_USE bool world_replace(const struct creds_world *w, const char *path, struct span content,
                            struct fault *f);
/* The user's home: HOME, else the account's. False when there is none. */
bool world_home(const struct creds_world *w, char *to, size_t room);
/* "~" or "~/x" below the home; anything else unchanged. */
bool world_expand(const struct creds_world *w, struct span path, char *to, size_t room);

const struct clock *world_clock(const struct creds_world *w);

/* Connection, AWS_REGION, AWS_DEFAULT_REGION, then otherwise (the profile's). Empty when nothing
   says. */
void world_region(const struct creds_world *w, struct span otherwise, char *to, size_t room);

/* A wait that ends early on cancel; false with f set on cancel or when the deadline lies before its
   end. */
MUST_USE bool world_wait(const struct creds_world *w, const struct creds_request *q, int64_t ms,
                         struct fault *f);

/* "Nothing is set up here": lets the default chain go on to the next provider, unlike every other
   fault. Returns false. */
bool creds_not_configured(struct fault *f, const char *format, ...) PRINTF_LIKE(2, 3);
bool creds_is_not_configured(const struct fault *f);

/* A set of credentials as texts; token and account may be NO_SPAN, source is for people. */
struct creds_texts {
    struct span key, secret, token, account;
    const char *source;
};
/* Copies; false with FAULT_CREDENTIALS naming what is missing or too long, never what it says. */
MUST_USE bool creds_fill(struct creds *out, const struct creds_texts *texts, struct fault *f);

#endif
