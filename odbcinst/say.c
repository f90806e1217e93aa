/* Faults, notices, tables and documents on the way out. */
#include "say.h"

#include <string.h>

#include "base/number.h"
#include "base/utf.h"
#include "command.h"

enum { TABLE_BYTES_MAX = 256 * 1024 * 1024 };

void say_text(FILE *to, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c == '\n') {
            fputs("\\n", to);
        } else if (c == '\t') {
            fputs("\\t", to);
        } else if (c < 0x20 || c == 0x7f) {
            fprintf(to, "\\x%02x", c);
        } else if (c == 0xc2 && i + 1 < text.len && (unsigned char)text.at[i + 1] < 0xa0) {
            fprintf(to, "\\u00%02x",
                    (unsigned char)text.at[++i]); /* C1: terminals take them for commands too */
        } else {
            fputc(c, to);
        }
    }
}

static int status_of(const struct fault *f)
{
    bool is_local = f->kind == FAULT_SETTING && f->http_status == 0;

    return is_local ? STATUS_USAGE : STATUS_FAILED;
}

void say_fault_members(struct json_writer *w, const struct fault *f)
{
    const struct {
        const char *name, *text;
    } members[] = {
        { "kind", fault_kind_name(f->kind) },
        { "hop", fault_hop_name(f->hop) },
        { "code", f->code },
        { "action", f->action },
        { "principal", f->principal },
        { "resource", f->resource },
        { "request_id", f->request_id },
        { "query_id", f->query_id },
        { "text", f->text },
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (members[i].text != NULL && members[i].text[0] != 0) {
            json_string_member(w, members[i].name, span_of(members[i].text));
        }
    }
    json_name(w, "notes");
    json_open(w, '[');
    for (unsigned i = 0; i < f->n_notes; i++) {
        json_string(w, span_of(f->notes[i]));
    }
    json_close(w, ']');
}

int say_fault(const struct fault *f, bool as_json)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    if (as_json) {
        json_open(&w, '{');
        json_name(&w, "error");
        json_open(&w, '{');
        say_fault_members(&w, f);
        json_close(&w, '}');
        json_close(&w, '}');
        (void)say_json(&w, STATUS_FAILED);
        buf_free(&out);
        return status_of(f);
    }
    fputs("athena-odbc: ", stderr);
    say_text(stderr, span_of(f->text));
    fputs("\n", stderr);
    for (unsigned i = 0; i < f->n_notes; i++) {
        fputs("  ", stderr);
        say_text(stderr, span_of(f->notes[i]));
        fputs("\n", stderr);
    }
    return status_of(f);
}

void say_notices(const struct notices *list)
{
    for (unsigned i = 0; i < list->n; i++) {
        fputs("warning: ", stderr);
        say_text(stderr, span_of(list->at[i].text));
        fputs("\n", stderr);
    }
}

static bool new_line(struct buf *out, unsigned depth, struct fault *f)
{
    bool ok = buf_add_byte(out, '\n', f);

    for (unsigned i = 0; ok && i < depth; i++) {
        ok = buf_add(out, SPAN("  "), f);
    }
    return ok;
}

bool say_indent(struct span json, struct buf *out, struct fault *f)
{
    unsigned depth = 0;
    bool in_text = false, ok = true;

    for (size_t i = 0; ok && i < json.len; i++) {
        char c = json.at[i];
        bool is_empty = i + 1 < json.len && (c == '{' || c == '[') &&
                        (json.at[i + 1] == '}' || json.at[i + 1] == ']');

        if (in_text) {
            ok = buf_add_byte(out, c, f);
            if (c == '\\' && i + 1 < json.len) {
                ok = ok && buf_add_byte(out, json.at[++i], f);
            }
            in_text = c != '"';
        } else if (is_empty) {
            ok = buf_add(out, span_part(json, i++, 2), f);
        } else if (c == '{' || c == '[') {
            ok = buf_add_byte(out, c, f) && new_line(out, ++depth, f);
        } else if (c == '}' || c == ']') {
            ok = new_line(out, depth > 0 ? --depth : 0, f) && buf_add_byte(out, c, f);
        } else if (c == ',') {
            ok = buf_add_byte(out, c, f) && new_line(out, depth, f);
        } else {
            in_text = c == '"';
            ok = buf_add_byte(out, c, f) && (c != ':' || buf_add_byte(out, ' ', f));
        }
    }
    return ok;
}

int say_json(struct json_writer *w, int status)
{
    struct buf out = { 0 };
    bool ok =
        json_done(w) && say_indent(buf_span(w->out), &out, NULL) && buf_add_byte(&out, '\n', NULL);

    if (ok) {
        fwrite(out.at, 1, out.len, stdout);
    } else {
        fputs("athena-odbc: no memory for the answer\n", stderr);
    }
    buf_free(&out);
    return ok ? status : STATUS_FAILED;
}

void say_bytes(int64_t bytes, char *to, size_t room)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
    double value = (double)(bytes > 0 ? bytes : 0);
    unsigned unit = 0;

    while (value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        value /= 1024;
        unit++;
    }
    snprintf(to, room, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}

void say_cost(double cost, char *to, size_t room)
{
    snprintf(to, room, "%.6f", cost);
}

void table_begin(struct table *t, const char *const *names)
{
    *t = (struct table){ .arena = { .ceiling_bytes = TABLE_BYTES_MAX },
                         .cells = { .ceiling = TABLE_BYTES_MAX } };
    for (const char *const *name = names; *name != NULL; name++) {
        t->n_columns++;
        table_cell_c(t, *name);
    }
}

void table_cell(struct table *t, struct span text)
{
    struct span kept = SPAN("");

    if (text.len > 0 && !arena_copy(&t->arena, text, &kept, NULL)) {
        t->failed = true;
    }
    if (!buf_add(&t->cells, (struct span){ (const char *)&kept, sizeof(kept) }, NULL)) {
        t->failed = true;
    }
}

void table_cell_c(struct table *t, const char *text)
{
    table_cell(t, span_of(text != NULL ? text : ""));
}

bool table_print(struct table *t, FILE *to)
{
    enum { COLUMNS_MAX = 32 };
    size_t n = t->cells.len / sizeof(struct span), width[COLUMNS_MAX] = { 0 };
    const struct span *cells = (const struct span *)(const void *)t->cells.at;
    bool ok = !t->failed && t->n_columns <= COLUMNS_MAX;

    for (size_t i = 0; ok && i < n; i++) {
        size_t wide = utf8_count(cells[i]);
        size_t column = i % t->n_columns;
        width[column] = wide > width[column] ? wide : width[column];
    }
    for (size_t i = 0; ok && i < n; i++) {
        size_t column = i % t->n_columns, wide = utf8_count(cells[i]);
        bool is_last = column + 1 == t->n_columns;

        say_text(to, cells[i]);
        if (is_last) {
            fputc('\n', to);
        } else {
            fprintf(to, "%*s", (int)(width[column] - wide + 2), "");
        }
    }
    buf_free(&t->cells);
    arena_free(&t->arena);
    return ok;
}
