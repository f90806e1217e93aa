/* athena-odbc dsn generate: an inventory as sections of odbc.ini. The sections stand between two
   marker lines; what is around them is not touched, and generating twice gives the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "section.h"

#define MARK_BEGIN "# >>> athena-odbc inventory "
#define MARK_END "# <<< athena-odbc inventory "

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool make_block(const struct inventory *inv, const char *values_dir, struct buf *out,
                       struct fault *f)
{
    const char *name = base_name(inv->path);
    bool ok = buf_add_format(
        out, f, MARK_BEGIN "%s (made by athena-odbc dsn generate; change the inventory instead)\n",
        name);

    for (unsigned i = 0; ok && i < inv->n; i++) {
        ok = section_print(&inv->at[i], values_dir, out, f) && buf_add_byte(out, '\n', f);
    }
    return ok && buf_add_format(out, f, MARK_END "%s\n", name);
}

/* Bytes [from, to) of an earlier block, both at the end when there is none. */
static bool find_block(const struct ini_text *t, const char *name, size_t *from, size_t *to,
                       struct fault *f)
{
    struct span text = buf_span(&t->text), rest = text;
    char begin[512], end[512];
    bool is_open = false;

    snprintf(begin, sizeof(begin), MARK_BEGIN "%.400s (", name);
    snprintf(end, sizeof(end), MARK_END "%.400s", name);
    *from = *to = text.len;
    while (rest.len > 0) {
        struct span line = span_next(&rest, '\n');
        if (span_starts(line, span_of(begin))) {
            *from = (size_t)(line.at - text.at);
            is_open = true;
        } else if (is_open && span_equal(span_trim(line), span_of(end))) {
            *to = (size_t)(line.at - text.at) + line.len;
            *to += *to < text.len;
            return true;
        }
    }
    return !is_open ||
           fault_set(
               f, FAULT_SETTING,
               "%s: the line \"%s\" is missing: put it back behind the last generated section.",
               t->path, end);
}

/* A section of the same name outside the block is somebody else's: it is not touched, and two of
 * one name would not be told apart. */
static bool check_foreign(const struct ini_text *t, const struct inventory *inv, size_t from,
                          size_t to, struct fault *f)
{
    for (unsigned i = 0; i < inv->n; i++) {
        struct span name = inv->at[i].word[WORD_NAME];
        const struct ini_section *s;
        for (unsigned n = 0; (s = ini_text_find(t, name, n)) != NULL; n++) {
            if (s->from < from || s->from >= to) {
                return fault_set(f, FAULT_SETTING,
                                 "%s:%u already has a section [%.*s] that was not generated from "
                                 "this inventory. Remove or rename it; "
                                 "nothing was written.",
                                 t->path, s->line, (int)name.len, name.at);
            }
        }
    }
    return true;
}

static bool write_into(const struct inventory *inv, const char *path, struct span block,
                       bool *is_changed, struct fault *f)
{
    struct ini_text t;
    size_t from, to;
    struct buf fresh = { .ceiling = INI_FILE_MAX, .is_secret = true };
    bool ok = ini_text_read(&t, path, f) && find_block(&t, base_name(inv->path), &from, &to, f) &&
              check_foreign(&t, inv, from, to, f);

    if (ok) {
        bool needs_line = from > 0 && from == t.text.len && t.text.at[from - 1] != '\n';
        bool needs_blank = from > 0 && from == t.text.len;
        ok = (!needs_line || buf_add_byte(&fresh, '\n', f)) &&
             (!needs_blank || buf_add_byte(&fresh, '\n', f)) && buf_add(&fresh, block, f);
        *is_changed = ok && !span_equal(span_part(buf_span(&t.text), from, to - from), block);
        ok = ok && (!*is_changed ||
                    (ini_text_replace(&t, from, to, buf_span(&fresh), f) && ini_text_write(&t, f)));
    }
    buf_free(&fresh);
    ini_text_free(&t);
    return ok;
}

static int report(const struct arguments *a, const struct inventory *inv, const char *path,
                  bool is_changed)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    if (!wants_json(a)) {
        printf("%s: %u data source%s, %s\n", path, inv->n, inv->n == 1 ? "" : "s",
               is_changed ? "written" : "already as the inventory says");
        return STATUS_OK;
    }
    json_open(&w, '{');
    json_string_member(&w, "file", span_of(path));
    json_name(&w, "changed");
    json_flag(&w, is_changed);
    json_name(&w, "data_sources");
    json_open(&w, '[');
    for (unsigned i = 0; i < inv->n; i++) {
        json_string(&w, inv->at[i].word[WORD_NAME]);
    }
    json_close(&w, ']');
    json_close(&w, '}');
    int status = say_json(&w, STATUS_OK);
    buf_free(&out);
    return status;
}

static int run(const struct arguments *a)
{
    struct inventory inv;
    struct fault f = { 0 };
    struct buf block = { .ceiling = INI_FILE_MAX, .is_secret = true };
    const char *into = option_value(a, "--into"), *values = option_value(a, "--values");
    char beside[4300];
    bool is_changed = false;

    if (into != NULL && values == NULL) {
        snprintf(beside, sizeof(beside), "%s.values", into);
        values = beside;
    }
    bool ok = inventory_load(&inv, a->at[0], &f) && make_block(&inv, values, &block, &f) &&
              (into == NULL || write_into(&inv, into, buf_span(&block), &is_changed, &f));
    int status;
    if (!ok) {
        status = say_fault(&f, wants_json(a));
    } else if (into != NULL) {
        status = report(a, &inv, into, is_changed);
    } else {
        status = fwrite(block.at, 1, block.len, stdout) == block.len && fflush(stdout) == 0
                     ? STATUS_OK
                     : STATUS_FAILED;
    }
    buf_free(&block);
    inventory_free(&inv);
    return status;
}

static const struct option options[] = {
    { "--into", "FILE", "write between marker lines of this odbc.ini instead of to the output" },
    { "--values", "DIR", "where values of more than 900 bytes go; else FILE.values" },
    { NULL, NULL, NULL },
};

const struct command command_dsn_generate = {
    "dsn generate", "INVENTORY", "Makes data sources from a list of spokes", 1, 1, options, run
};
