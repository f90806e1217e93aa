/* Reads audit lines and adds them up. */
#include "audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"

enum { LINE_MAX_BYTES = 4 * 1024 * 1024 };

const char *const audit_by_names[AUDIT_BYS] = { "spoke", "user", "day" };

/* Who began a query in a process: the line of its end need not repeat it. */
struct audit_open {
    struct audit_open *next;
    int64_t pid;
    struct span spoke, user;
};

static struct audit_open *open_of(struct audit_sum *s, int64_t pid, struct fault *f)
{
    for (struct audit_open *o = s->open; o != NULL; o = o->next) {
        if (o->pid == pid) {
            return o;
        }
    }
    struct audit_open *fresh = arena_take(&s->arena, sizeof(*fresh), f);
    if (fresh != NULL) {
        *fresh = (struct audit_open){ .next = s->open, .pid = pid };
        s->open = fresh;
    }
    return fresh;
}

static bool spoke_name(struct audit_sum *s, const struct json *line, struct span *out,
                       struct fault *f)
{
    struct span account = json_text_of(line, "account"), dsn = json_text_of(line, "dsn");
    struct buf text = { .ceiling = 4096 };

    if (account.len == 0 && dsn.len == 0) {
        return true;
    }
    bool ok =
        buf_add_format(&text, f, "%.*s%s%.*s", (int)account.len, account.len > 0 ? account.at : "",
                       account.len > 0 && dsn.len > 0 ? " " : "", (int)dsn.len,
                       dsn.len > 0 ? dsn.at : "") &&
        arena_copy(&s->arena, buf_span(&text), out, f);
    buf_free(&text);
    return ok;
}

static struct audit_group *group_of(struct audit_sum *s, enum audit_by by, struct span name,
                                    struct fault *f)
{
    if (s->groups[by] == NULL) {
        s->groups[by] =
            arena_take_array(&s->arena, AUDIT_GROUPS_MAX, sizeof(struct audit_group), f);
    }
    for (unsigned i = 0; s->groups[by] != NULL && i < s->n[by]; i++) {
        if (span_equal(s->groups[by][i].name, name)) {
            return &s->groups[by][i];
        }
    }
    if (s->groups[by] == NULL || s->n[by] == AUDIT_GROUPS_MAX) {
        if (s->groups[by] != NULL) {
            fault_ceiling(f, "groups of an audit summary", AUDIT_GROUPS_MAX);
        }
        return NULL;
    }
    struct audit_group *g = &s->groups[by][s->n[by]];
    if (!arena_copy(&s->arena, name, &g->name, f)) {
        return NULL;
    }
    s->n[by]++;
    return g;
}

static bool add_end(struct audit_sum *s, const struct json *line, const struct audit_open *open,
                    struct fault *f)
{
    struct span spoke = NO_SPAN, user = json_text_of(line, "session"),
                day = span_part(json_text_of(line, "time"), 0, 10);
    double cost = json_double(json_member(line, "cost_estimate_usd"), 0);
    bool is_failed = !span_equal(json_text_of(line, "outcome"), SPAN("succeeded"));

    if (!spoke_name(s, line, &spoke, f)) {
        return false;
    }
    const struct span names[AUDIT_BYS] = {
        [BY_SPOKE] = spoke.len > 0         ? spoke
                     : open->spoke.len > 0 ? open->spoke
                                           : SPAN("(not known)"),
        [BY_USER] = user.len > 0         ? user
                    : open->user.len > 0 ? open->user
                                         : SPAN("(not known)"),
        [BY_DAY] = day.len == 10 ? day : SPAN("(not known)"),
    };
    for (unsigned by = 0; by < AUDIT_BYS; by++) {
        struct audit_group *g = group_of(s, (enum audit_by)by, names[by], f);
        if (g == NULL) {
            return false;
        }
        g->n_queries++;
        g->n_failed += is_failed;
        g->scanned_bytes += json_int(json_member(line, "scanned_bytes"), 0);
        g->cost_usd += cost;
    }
    return true;
}

static bool add_line(struct audit_sum *s, struct span text, struct fault *f)
{
    struct json *line = NULL;
    struct fault why = { 0 };

    if (span_trim(text).len == 0) {
        return true;
    }
    if (!json_parse(text, &line, &why)) {
        s->n_bad_lines++;
        return true;
    }
    struct span event = json_text_of(line, "event");
    struct audit_open *open = open_of(s, json_int(json_member(line, "pid"), 0), f);
    bool ok = open != NULL;
    if (ok && span_equal(event, SPAN("query"))) {
        open->spoke = open->user = NO_SPAN;
        ok = spoke_name(s, line, &open->spoke, f) &&
             arena_copy(&s->arena, json_text_of(line, "session"), &open->user, f);
    } else if (ok && span_equal(event, SPAN("query_end"))) {
        ok = add_end(s, line, open, f);
    }
    json_free(line);
    return ok;
}

bool audit_read(struct audit_sum *s, const char *path, struct fault *f)
{
    FILE *from = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    bool ok = true;

    if (from == NULL) {
        return fault_set(f, FAULT_SETTING, "%s cannot be opened (%s).", path, strerror(errno));
    }
    while (ok && (n = getline(&line, &room, from)) >= 0) {
        ok = n <= LINE_MAX_BYTES ? add_line(s, (struct span){ line, (size_t)n }, f)
                                 : fault_ceiling(f, "a line of an audit file", LINE_MAX_BYTES);
    }
    free(line);
    fclose(from);
    return ok;
}

static int by_cost(const void *a, const void *b)
{
    const struct audit_group *left = a, *right = b;

    if (left->cost_usd != right->cost_usd) {
        return left->cost_usd > right->cost_usd ? -1 : 1;
    }
    return span_compare(left->name, right->name);
}

static int by_name(const void *a, const void *b)
{
    return span_compare(((const struct audit_group *)a)->name,
                        ((const struct audit_group *)b)->name);
}

void audit_sort(struct audit_sum *s)
{
    for (unsigned by = 0; by < AUDIT_BYS; by++) {
        if (s->n[by] > 1) {
            qsort(s->groups[by], s->n[by], sizeof(struct audit_group),
                  by == BY_DAY ? by_name : by_cost);
        }
    }
}

void audit_free(struct audit_sum *s)
{
    arena_free(&s->arena);
}
