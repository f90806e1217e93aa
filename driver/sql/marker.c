/* A whole statement: escapes translated, markers found, one statement only, the class told. */
#include "sql/class.h"
#include "sql/escape.h"

#include <string.h>

/* Markers, and where a second statement begins (native.len when there is none). */
struct finding {
    struct buf markers; /* size_t, bytewise */
    struct buf counts;  /* bool, bytewise: whether it counts rows */
    size_t second;
};

/* LIMIT ?, OFFSET ?, FETCH FIRST ?: only as names of columns may these words stand elsewhere, and
   no marker follows a name. */
static bool is_before_count(const struct token *t)
{
    return token_is_word(t, "LIMIT") || token_is_word(t, "OFFSET") || token_is_word(t, "FIRST") ||
           token_is_word(t, "NEXT");
}

static bool note_marker(struct finding *out, size_t at, bool counts, struct fault *f)
{
    return buf_add(&out->markers, (struct span){ (const char *)&at, sizeof(at) }, f) &&
           buf_add(&out->counts, (struct span){ (const char *)&counts, sizeof(counts) }, f);
}

static bool look_through(struct span native, bool has_backslash, struct finding *out,
                         struct fault *f)
{
    struct lexer l = { .text = native, .has_backslash = has_backslash };
    struct token t;
    bool is_ended = false, counts = false;

    out->second = native.len;
    while ((t = lexer_next_word(&l)).kind != TOKEN_END) {
        if (t.kind == TOKEN_MARKER && !note_marker(out, t.from, counts, f)) {
            return false;
        }
        if (is_ended && !token_is_sign(&t, ';') && out->second == native.len) {
            out->second = t.from;
        }
        is_ended = is_ended || token_is_sign(&t, ';');
        counts = is_before_count(&t);
    }
    return true;
}

/* Copies collected records into the arena, where they are aligned. */
static void *keep(const struct buf *records, struct arena *arena, struct fault *f)
{
    void *to = arena_take(arena, records->len + 1, f);

    if (to != NULL && records->len > 0) {
        memcpy(to, records->at, records->len);
    }
    return to;
}

static bool describe(struct sql_text *t, struct arena *arena, struct fault *f)
{
    struct finding found = { .markers = { .ceiling = SQL_BYTES_MAX * sizeof(size_t) },
                             .counts = { .ceiling = SQL_BYTES_MAX } };
    bool ok = false;

    if (!look_through(t->native, t->has_backslash, &found, f)) {
        goto done;
    }
    if (found.second < t->native.len) {
        (void)sql_fault_at(f, FAULT_SYNTAX, t->original, sql_place_offset(t, found.second),
                           "a second statement begins here; Athena runs one statement at a time");
        goto done;
    }
    t->marker_at = keep(&found.markers, arena, f);
    t->marker_counts = keep(&found.counts, arena, f);
    if (t->marker_at == NULL || t->marker_counts == NULL) {
        goto done;
    }
    t->n_markers = (unsigned)(found.markers.len / sizeof(size_t));
    t->class = class_of(t->native);
    t->is_probe = class_is_probe(t->native, t->class);
    t->is_liveness = class_is_liveness(t->native);
    ok = true;
done:
    buf_free(&found.markers);
    buf_free(&found.counts);
    return ok;
}

static bool too_long(size_t bytes, struct fault *f)
{
    return fault_set(f, FAULT_CEILING, "The statement has %zu bytes; Athena takes %d at most",
                     bytes, SQL_BYTES_MAX);
}

/* Fills native and edits. */
static bool rewrite(struct sql_text *t, struct lexer begin, const struct sql_context *context,
                    struct arena *arena, struct fault *f)
{
    struct buf native = { .ceiling = SQL_INPUT_BYTES_MAX };
    struct buf edits = { .ceiling = SQL_INPUT_BYTES_MAX * sizeof(struct sql_edit) };
    bool ok = escape_translate(begin, context, &native, &edits, f) &&
              arena_copy(arena, buf_span(&native), &t->native, f);

    if (ok) {
        t->n_edits = edits.len / sizeof(struct sql_edit);
        t->edits = keep(&edits, arena, f);
        ok = t->edits != NULL;
    }
    buf_free(&native);
    buf_free(&edits);
    return ok;
}

bool sql_translate(struct span text, const struct sql_context *context, struct arena *arena,
                   struct sql_text *out, struct fault *f)
{
    struct sql_text t = { .class = SQL_CLASS_UNKNOWN,
                          .has_backslash = class_is_hive(text, class_of(text)) };

    if (text.len > SQL_INPUT_BYTES_MAX) {
        return too_long(text.len, f);
    }
    if (!arena_copy(arena, span_is_null(text) ? SPAN("") : text, &t.original, f)) {
        return false;
    }
    struct lexer begin = { .text = t.original, .has_backslash = t.has_backslash };

    t.native = t.original;
    if (!context->no_scan && !rewrite(&t, begin, context, arena, f)) {
        return false;
    }
    if (t.native.len > SQL_BYTES_MAX) {
        return too_long(t.native.len, f);
    }
    if (!describe(&t, arena, f)) {
        return false;
    }
    *out = t;
    return true;
}
