/* Prints rows. */
#include "rows_out.h"

#include <string.h>

#include "base/utf.h"
#include "say.h"

enum {
    LOOK_ROWS = 1000,
    WIDTH_MAX = 80,
    FLUSH_BYTES = 64 * 1024,
    HELD_BYTES_MAX = 256 * 1024 * 1024
};

static bool is_number_type(struct span name)
{
    static const char *const names[] = { "tinyint", "smallint", "int",    "integer", "bigint",
                                         "real",    "float",    "double", "decimal" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (span_equal_nocase(span_part(name, 0, span_find_byte(name, '(')), span_of(names[i]))) {
            return true;
        }
    }
    return false;
}

/* What every JSON reader takes for the same value. bigint and decimal are not among them. */
static bool is_plain_type(struct span name)
{
    static const char *const names[] = { "tinyint", "smallint", "int",    "integer",
                                         "real",    "float",    "double", "boolean" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (span_equal_nocase(name, span_of(names[i]))) {
            return true;
        }
    }
    return false;
}

/* NaN and Infinity are no JSON; anything that is not clearly a number or a truth is a string. */
static bool is_plain_text(struct span s)
{
    size_t i = s.len > 0 && s.at[0] == '-' ? 1 : 0;

    if (span_equal(s, SPAN("true")) || span_equal(s, SPAN("false"))) {
        return true;
    }
    if (i >= s.len || !ascii_is_digit(s.at[i]) ||
        (s.at[i] == '0' && i + 1 < s.len && ascii_is_digit(s.at[i + 1]))) {
        return false;
    }
    for (; i < s.len; i++) {
        bool is_digit = ascii_is_digit(s.at[i]), is_last = i + 1 == s.len;
        bool is_mark = !is_last && (s.at[i] == '.' || s.at[i] == 'E' || s.at[i] == 'e' ||
                                    s.at[i] == '-' || s.at[i] == '+');

        if (!is_digit && !is_mark) {
            return false;
        }
    }
    return true;
}

static struct span shown(struct span cell)
{
    return span_is_null(cell) ? SPAN("NULL") : cell;
}

static void print_table_row(struct rows_out *o, const struct span *cells)
{
    for (unsigned i = 0; i < o->n_columns; i++) {
        struct span cell = shown(cells[i]);
        size_t wide = utf8_count(cell), most = o->width[i];
        int blanks = wide < most ? (int)(most - wide) : 0;
        bool is_last = i + 1 == o->n_columns;

        if (o->is_number[i]) {
            fprintf(o->to, "%*s", blanks, "");
            blanks = 0;
        }
        say_text(o->to, cell);
        fprintf(o->to, "%*s%s", is_last ? 0 : blanks, "", is_last ? "\n" : "  ");
    }
}

static void print_held(struct rows_out *o)
{
    for (unsigned row = 0; row < o->n_held; row++) {
        for (unsigned i = 0; i < o->n_columns; i++) {
            size_t wide = utf8_count(shown(o->cells[(size_t)row * o->n_columns + i]));
            wide = wide > WIDTH_MAX ? WIDTH_MAX : wide;
            o->width[i] = wide > o->width[i] ? (unsigned)wide : o->width[i];
        }
    }
    for (unsigned row = 0; row < o->n_held; row++) {
        print_table_row(o, o->cells + (size_t)row * o->n_columns);
        for (unsigned i = 0; row == 0 && i < o->n_columns; i++) {
            for (unsigned n = 0; n < o->width[i]; n++) {
                fputc('-', o->to);
            }
            fputs(i + 1 == o->n_columns ? "\n" : "  ", o->to);
        }
    }
    o->n_held = 0;
    o->are_widths_known = true;
}

static bool hold(struct rows_out *o, const struct span *cells, struct fault *f)
{
    struct span *row = o->cells + (size_t)o->n_held * o->n_columns;

    for (unsigned i = 0; i < o->n_columns; i++) {
        if (!arena_copy(&o->held, cells[i], &row[i], f)) {
            return false;
        }
    }
    if (++o->n_held == LOOK_ROWS) {
        print_held(o);
    }
    return true;
}

static void print_csv(struct rows_out *o, const struct span *cells)
{
    for (unsigned i = 0; i < o->n_columns; i++) {
        struct span cell = cells[i];
        bool needs_quotes = !span_is_null(cell) && cell.len == 0;

        for (size_t k = 0; k < cell.len && !needs_quotes; k++) {
            needs_quotes = strchr(",\"\r\n", cell.at[k]) != NULL && cell.at[k] != 0;
        }
        fputs(i > 0 ? "," : "", o->to);
        fputs(needs_quotes ? "\"" : "", o->to);
        for (size_t k = 0; k < cell.len; k++) {
            if (cell.at[k] == '"') {
                fputc('"', o->to);
            }
            fputc(cell.at[k], o->to);
        }
        fputs(needs_quotes ? "\"" : "", o->to);
    }
    fputc('\n', o->to);
}

static void flush_json(struct rows_out *o, bool is_end)
{
    if (o->text.len >= FLUSH_BYTES || is_end) {
        fwrite(o->text.at, 1, o->text.len, o->to);
        buf_clear(&o->text);
    }
}

/* A number or a truth, as it stands; the writer has no call for foreign digits. */
static bool json_plain(struct json_writer *w, struct span text)
{
    bool ok = (!w->needs_comma || buf_add_byte(w->out, ',', w->f)) && buf_add(w->out, text, w->f);

    w->needs_comma = true;
    w->failed = w->failed || !ok;
    return ok;
}

static bool write_json_row(struct rows_out *o, const struct span *cells, struct fault *f)
{
    o->json.f = f;
    bool ok =
        buf_add_byte(&o->text, o->n_rows > 0 ? ',' : ' ', f) && buf_add_byte(&o->text, '\n', f);
    o->json.needs_comma = false;
    json_open(&o->json, '[');
    for (unsigned i = 0; ok && i < o->n_columns; i++) {
        if (span_is_null(cells[i])) {
            ok = json_plain(&o->json, SPAN("null"));
        } else if (o->is_plain[i] && is_plain_text(cells[i])) {
            ok = json_plain(&o->json, cells[i]);
        } else {
            json_string(&o->json, cells[i]);
        }
    }
    json_close(&o->json, ']');
    flush_json(o, false);
    return ok && json_done(&o->json);
}

static bool put(struct rows_out *o, const struct span *cells, struct fault *f)
{
    switch (o->format) {
    case ROWS_CSV:
        print_csv(o, cells);
        return true;
    case ROWS_JSON:
        return write_json_row(o, cells, f);
    default:
        if (!o->are_widths_known) {
            return hold(o, cells, f);
        }
        print_table_row(o, cells);
        return true;
    }
}

static void json_columns(struct rows_out *o, const struct columns *columns)
{
    json_name(&o->json, "columns");
    json_open(&o->json, '[');
    for (unsigned i = 0; i < o->n_columns; i++) {
        bool is_leading = o->leading != NULL && i == 0;
        const struct column *c = is_leading ? NULL : &columns->at[i - (o->leading != NULL)];

        json_open(&o->json, '{');
        json_string_member(&o->json, "name",
                           is_leading         ? span_of(o->leading)
                           : c->label.len > 0 ? c->label
                                              : c->name);
        json_string_member(&o->json, "type", is_leading ? SPAN("varchar") : span_of(c->type.name));
        json_close(&o->json, '}');
    }
    json_close(&o->json, ']');
    json_name(&o->json, "rows");
    json_open(&o->json, '[');
}

static bool make_room(struct rows_out *o, struct fault *f)
{
    o->held.ceiling_bytes = HELD_BYTES_MAX;
    unsigned n = o->n_columns > 0 ? o->n_columns : 1;
    o->width = arena_take_array(&o->held, n, sizeof(*o->width), f);
    o->is_number = arena_take_array(&o->held, n, sizeof(*o->is_number), f);
    o->is_plain = arena_take_array(&o->held, n, sizeof(*o->is_plain), f);
    o->cells = o->format == ROWS_TABLE
                   ? arena_take_array(&o->held, (size_t)n * LOOK_ROWS, sizeof(*o->cells), f)
                   : NULL;
    return o->width != NULL && o->is_number != NULL && o->is_plain != NULL &&
           (o->format != ROWS_TABLE || o->cells != NULL);
}

bool rows_out_begin(struct rows_out *o, enum rows_format format, FILE *to, const char *leading,
                    const struct columns *columns, struct fault *f)
{
    unsigned first = leading != NULL;
    struct arena scratch = { 0 };

    *o = (struct rows_out){
        .format = format, .to = to, .leading = leading, .n_columns = columns->n + first
    };
    o->json = (struct json_writer){ .out = &o->text, .f = f };
    struct span *names =
        arena_take_array(&scratch, o->n_columns > 0 ? o->n_columns : 1, sizeof(*names), f);
    bool ok = names != NULL && make_room(o, f);
    for (unsigned i = 0; ok && i < columns->n; i++) {
        struct span type = span_of(columns->at[i].type.name);
        names[i + first] =
            columns->at[i].label.len > 0 ? columns->at[i].label : columns->at[i].name;
        o->is_number[i + first] = is_number_type(type);
        o->is_plain[i + first] = is_plain_type(type);
    }
    if (ok && leading != NULL) {
        names[0] = span_of(leading);
    }
    if (ok && format == ROWS_JSON) {
        json_open(&o->json, '{');
        json_columns(o, columns);
    } else if (ok && o->n_columns > 0) {
        ok = put(o, names, f);
    }
    arena_free(&scratch);
    return ok;
}

bool rows_out_row(struct rows_out *o, struct span lead, const struct span *cells, struct fault *f)
{
    struct arena scratch = { 0 };
    const struct span *row = cells;

    if (o->leading != NULL) {
        struct span *both = arena_take_array(&scratch, o->n_columns, sizeof(*both), f);
        if (both == NULL) {
            return false;
        }
        both[0] = lead;
        memcpy(both + 1, cells, (o->n_columns - 1) * sizeof(*both));
        row = both;
    }
    bool ok = put(o, row, f);
    arena_free(&scratch);
    o->n_rows++;
    return ok;
}

bool rows_out_end(struct rows_out *o, struct fault *f)
{
    if (o->format == ROWS_TABLE && !o->are_widths_known && o->n_columns > 0) {
        print_held(o);
    }
    if (o->format == ROWS_JSON) {
        o->json.f = f;
        json_close(&o->json, ']');
        o->json.needs_comma = true;
    }
    return o->format != ROWS_JSON || json_done(&o->json);
}

bool rows_out_finish(struct rows_out *o, struct fault *f)
{
    if (o->format != ROWS_JSON) {
        return fflush(o->to) == 0 ||
               fault_set(f, FAULT_WARNING, "The output could not be written.");
    }
    o->json.f = f;
    json_close(&o->json, '}');
    bool ok = json_done(&o->json) && buf_add_byte(&o->text, '\n', f);
    flush_json(o, true);
    return ok &&
           (fflush(o->to) == 0 || fault_set(f, FAULT_WARNING, "The output could not be written."));
}

void rows_out_free(struct rows_out *o)
{
    arena_free(&o->held);
    buf_free(&o->text);
}
