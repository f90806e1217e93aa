/* What a subcommand is: its words on the command line, its options, its exit code. */
#ifndef ODBCINST_COMMAND_H
#define ODBCINST_COMMAND_H

#include "base/span.h"

/* Exit codes, as the manual page lists them. */
enum {
    STATUS_OK = 0,
    STATUS_FAILED = 1, /* it was tried and did not work, or a check found something */
    STATUS_USAGE = 2,  /* the command line, a file or a setting is wrong: nothing was sent */
    STATUS_SOME = 3    /* of several spokes some failed */
};

enum { ARGUMENTS_MAX = 64 };

struct option {
    const char *name;  /* "--json" */
    const char *value; /* what its value is called in the help; NULL = it takes none */
    const char *help;
};

/* Borrowed from argv. */
struct arguments {
    unsigned n;
    const char *at[ARGUMENTS_MAX]; /* without the command's own words and the options */
    unsigned n_options;
    struct {
        const char *name, *value;
    } option[ARGUMENTS_MAX];
};

struct command {
    const char *name;     /* "whoami", "dsn add" */
    const char *synopsis; /* "DSN" */
    const char *summary;
    unsigned least, most; /* arguments */
    const struct option
        *options; /* ends with a row without a name; NULL = none but --json and --help */
    int (*run)(const struct arguments *a);
};

/* The value of an option, "" when it takes none, NULL when it is not there. */
const char *option_value(const struct arguments *a, const char *name);
bool option_is_set(const struct arguments *a, const char *name);
/* The n-th value (from 0) of an option that may be given several times; NULL behind the last. */
const char *option_at(const struct arguments *a, const char *name, unsigned n);
bool wants_json(const struct arguments *a);
/* Says what is wrong with the command line; returns STATUS_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

extern const struct command command_doctor, command_whoami, command_query, command_policy,
    command_template, command_explain, command_audit, command_dsn_list, command_dsn_show,
    command_dsn_add, command_dsn_remove, command_dsn_generate, command_dsn_check,
    command_dsn_import;

#endif
