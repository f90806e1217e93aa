/* What audit files say, summed up: queries, bytes and cost by spoke, by user, by day. */
#ifndef ODBCINST_AUDIT_H
#define ODBCINST_AUDIT_H

#include <stdio.h>

#include "base/arena.h"
#include "base/fault.h"

enum { AUDIT_GROUPS_MAX = 5000 };

enum audit_by { BY_SPOKE, BY_USER, BY_DAY, AUDIT_BYS };

struct audit_group {
    struct span name;
    int64_t n_queries, n_failed, scanned_bytes;
    double cost_usd;
};

struct audit_sum {
    struct arena arena;
    struct audit_group *groups[AUDIT_BYS];
    unsigned n[AUDIT_BYS];
    unsigned n_bad_lines;
    struct audit_open *open; /* queries whose end was not read yet, by process */
};

/* Adds one file's lines. */
MUST_USE bool audit_read(struct audit_sum *s, const char *path, struct fault *f);
/* Largest first; days in their order. */
void audit_sort(struct audit_sum *s);
void audit_free(struct audit_sum *s);

/* audit_plot.c: three bar charts in one picture. */
MUST_USE bool audit_plot(const struct audit_sum *s, const char *path, struct fault *f);

extern const char *const audit_by_names[AUDIT_BYS];

#endif
