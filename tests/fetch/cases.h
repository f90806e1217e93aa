/* Cases of tests/fetch/cases.txt: a statement, and the rows it must give as text.

     @ name [flags]       flags: pages (only pages have it), object (only the object has it), fails
     STATE ? statement          on one line
     = cell|cell|...      one row; ~ is NULL, \n \r \t \p (a bar) \\ \e (empty last cell) \xHH;
     #COUNT:text repeats text */
#ifndef TESTS_FETCH_CASES_H
#define TESTS_FETCH_CASES_H

#include "api.h"

enum { CASES_MAX = 96, CASE_ROWS = 64, CASE_COLUMNS = 32 };

struct cell {
    char *at;      /* NULL = SQL NULL; terminated */
    size_t len;
};

struct fetch_case {
    char name[64], sql[4096], state[6];
    bool is_object, is_pages;
    unsigned n_rows, n_columns;
    struct cell rows[CASE_ROWS][CASE_COLUMNS];
};

static struct fetch_case cases[CASES_MAX];
static unsigned n_cases;

static struct cell cell_new(const char *from, size_t len)
{
    struct cell c = { malloc(len + 1), 0 };
    unsigned long count = 1;
    const char *colon;

    if (len == 1 && *from == '~') {
        free(c.at);
        return (struct cell){ NULL, 0 };
    }
    if (*from == '#' && (colon = memchr(from, ':', len)) != NULL) {
        count = strtoul(from + 1, NULL, 10);
        len -= (size_t)(colon + 1 - from);
        from = colon + 1;
    }
    for (size_t i = 0; i < len; i++) {
        char next = i + 1 < len ? from[i + 1] : '\0';
        if (from[i] != '\\') {
            c.at[c.len++] = from[i];
            continue;
        }
        i++;
        if (next == 'x') {
            char hex[3] = { from[i + 1], from[i + 2], '\0' };
            c.at[c.len++] = (char)strtoul(hex, NULL, 16);
            i += 2;
        } else if (next != 'e') {
            c.at[c.len++] = next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t'
                          : next == 'p' ? '|' : next;
        }
    }
    size_t once = c.len;
    c.at = realloc(c.at, once * count + 1);
    for (unsigned long k = 1; k < count; k++)
        memcpy(c.at + k * once, c.at, once);
    c.len = once * count;
    c.at[c.len] = '\0';
    return c;
}

static void case_row(struct fetch_case *c, const char *line)
{
    unsigned n = 0;

    for (;;) {
        size_t len = strcspn(line, "|");
        c->rows[c->n_rows][n++] = cell_new(line, len);
        if (line[len] == '\0')
            break;
        line += len + 1;
    }
    c->n_columns = n;
    c->n_rows++;
}

static bool cases_read(const char *path)
{
    static char line[65536];
    FILE *file = fopen(path, "r");
    struct fetch_case *c = NULL;

    if (file == NULL)
        return false;
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '@' && n_cases < CASES_MAX) {
            c = &cases[n_cases++];
            memset(c, 0, sizeof(*c));
            char *flags = strchr(line + 2, '[');
            c->is_object = flags != NULL && strstr(flags, "object") != NULL;
            c->is_pages = flags != NULL && strstr(flags, "pages") != NULL;
            if (flags != NULL && strstr(flags, "fails ") != NULL)
                snprintf(c->state, sizeof(c->state), "%.5s", strstr(flags, "fails ") + 6);
            if (flags != NULL)
                flags[-1] = '\0';
            snprintf(c->name, sizeof(c->name), "%.63s", line + 2);
        } else if (line[0] == '?' && c != NULL) {
            snprintf(c->sql, sizeof(c->sql), "%.4095s", line + 2);
        } else if (line[0] == '=' && c != NULL && c->n_rows < CASE_ROWS) {
            case_row(c, line[1] == ' ' ? line + 2 : line + 1);
        }
    }
    fclose(file);
    return n_cases > 0;
}

static void cases_free(void)
{
    for (unsigned i = 0; i < n_cases; i++) {
        for (unsigned r = 0; r < cases[i].n_rows; r++) {
            for (unsigned k = 0; k < cases[i].n_columns; k++)
                free(cases[i].rows[r][k].at);
        }
    }
}

#endif
