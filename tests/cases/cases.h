/* Reads case files: one promise a line, columns separated by ` | `, comments behind #. */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

enum { CASE_COLUMNS_MAX = 8 };

struct case_line {
    unsigned number;
    unsigned n;
    struct span column[CASE_COLUMNS_MAX];
};

struct case_file {
    const char *name;
    unsigned passed, failed;
};

static inline void case_verdict(struct case_file *c, const struct case_line *l, bool ok,
                                struct span got)
{
    c->passed += ok;
    c->failed += !ok;
    if (!ok) {
        printf("%s.txt:%u: %.*s\n    got  %.*s\n    want %.*s\n", c->name, l->number,
               (int)l->column[0].len, l->column[0].at, (int)got.len, got.at != NULL ? got.at : "",
               (int)l->column[1].len, l->column[1].at);
    }
}

/* Cuts at " | "; blanks around a column do not count. */
static inline void case_cut(struct span line, struct case_line *out)
{
    out->n = 0;
    for (struct span rest = line; !span_is_null(rest) && out->n < CASE_COLUMNS_MAX;) {
        size_t bar = span_find(rest, SPAN(" | "));

        out->column[out->n++] = span_trim(span_part(rest, 0, bar));
        rest = bar < rest.len ? span_from(rest, bar + 3) : NO_SPAN;
    }
    for (unsigned i = out->n; i < CASE_COLUMNS_MAX; i++) {
        out->column[i] = SPAN("");
    }
}

/* Writes \n, \t, \xHH and \\ of a column as bytes; to has room for the column. */
static inline struct span case_bytes(struct span column, char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < column.len; i++) {
        char c = column.at[i], next = i + 1 < column.len ? column.at[i + 1] : 0;

        if (c == '\\' && (next == 'n' || next == 't' || next == '\\')) {
            to[n++] = (char)(next == 'n' ? '\n' : next == 't' ? '\t' : '\\');
            i++;
        } else if (c == '\\' && next == 'x' && i + 3 < column.len) {
            char hex[3] = { column.at[i + 2], column.at[i + 3], 0 };

            to[n++] = (char)strtol(hex, NULL, 16);
            i += 3;
        } else {
            to[n++] = c;
        }
    }
    return (struct span){ to, n };
}

/* Runs every line of <name>.txt; the exit code of main. */
static inline int case_run(const char *name,
                           void (*run)(struct case_file *c, const struct case_line *l))
{
    struct case_file c = { .name = name };
    char path[512];

    snprintf(path, sizeof(path), "%s/cases/%s.txt", TESTS_DIR, name);
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    struct case_line l = { .number = 0 };

    if (file == NULL) {
        printf("cannot open %s\n", path);
        return 2;
    }
    while ((len = getline(&line, &room, file)) >= 0) {
        struct span text = span_trim((struct span){ line, (size_t)len });

        l.number++;
        if (text.len > 0 && text.at[0] != '#') {
            case_cut((struct span){ line, (size_t)len }, &l); /* a first column may be empty */
            run(&c, &l);
        }
    }
    free(line);
    fclose(file);
    printf("CASES %s: %u passed, %u failed\n", name, c.passed, c.failed);
    return c.failed == 0 && c.passed > 0 ? 0 : 1;
}

#endif
