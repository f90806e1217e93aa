/* SQL text: the lexer covers every byte, a text without escapes comes out as it went in, markers
   are where they are said to be, and a limit or literals keep the statement's class. */
#include "fuzz.h"

#include "sql/class.h"
#include "sql/lexer.h"
#include "sql/sql.h"

static void lexer_covers(struct span text)
{
    struct lexer l = { .text = text };
    struct token t;
    size_t at = 0;

    while ((t = lexer_next(&l)).kind != TOKEN_END) {
        PROMISE(t.from == at && t.text.len > 0 && t.text.at == text.at + at);
        at += t.text.len;
    }
    PROMISE(at == text.len);
}

static void places_exist(const struct sql_text *t)
{
    unsigned line, column;

    for (unsigned i = 1; i < 4; i++) {
        sql_place(t, i, i * 7, &line, &column);
        PROMISE(line >= 1 && column >= 1);
    }
    for (unsigned i = 0; i < t->n_markers; i++) {
        PROMISE(t->marker_at[i] < t->native.len && t->native.at[t->marker_at[i]] == '?');
    }
}

static void literals_fit(const struct sql_text *t, struct arena *arena)
{
    struct fault f = { .kind = FAULT_NONE };
    struct buf out = { .ceiling = 1 << 22 };
    struct span *literals = arena_take_array(arena, t->n_markers + 1, sizeof(*literals), &f);

    PROMISE(literals != NULL);
    for (unsigned i = 0; i < t->n_markers; i++) {
        literals[i] = i % 2 ? SPAN("-1") : t->has_backslash ? SPAN("'a\\'") : SPAN("'a''b'");
    }
    if (sql_inline(t, literals, &out, NULL, &f) && t->n_markers > 0) {
        struct sql_context context = { .no_scan = true };
        struct sql_text again;

        PROMISE(class_of(buf_span(&out)) == t->class);
        PROMISE(sql_translate(buf_span(&out), &context, arena, &again, &f)
                    ? again.n_markers == 0
                    : f.kind == FAULT_CEILING);
    }
    buf_free(&out);
}

static void limit_keeps(const struct sql_text *t)
{
    struct fault f = { .kind = FAULT_NONE };
    struct buf out = { .ceiling = 1 << 22 };
    bool is_limited = false;

    PROMISE(sql_limit(t->native, t->class, 5, &out, &is_limited, &f));
    PROMISE(is_limited == (out.len == t->native.len + strlen(" LIMIT 5")));
    if (is_limited) {
        bool again = true;
        struct buf twice = { .ceiling = 1 << 22 };

        PROMISE(t->class == SQL_CLASS_SELECT && class_of(buf_span(&out)) == SQL_CLASS_SELECT);
        PROMISE(sql_limit(buf_span(&out), t->class, 5, &twice, &again, &f) && !again);
        buf_free(&twice);
    }
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size);
    struct span text = { copy, size };
    struct sql_context context = { .catalog = SPAN("AwsDataCatalog"), .user = SPAN("o'hara") };
    struct arena arena = { .ceiling_bytes = 1 << 26 };
    struct fault f = { .kind = FAULT_NONE };
    struct sql_text t;

    lexer_covers(text);
    if (sql_translate(text, &context, &arena, &t, &f)) {
        PROMISE(memchr(copy, '{', size) != NULL || span_equal(t.native, text));
        places_exist(&t);
        literals_fit(&t, &arena);
        limit_keeps(&t);
    } else {
        PROMISE(f.kind != FAULT_NONE && f.text[0] != 0);
    }
    context.no_scan = true;
    if (sql_translate(text, &context, &arena, &t, &f)) {
        PROMISE(span_equal(t.native, text));
    }
    arena_free(&arena);
    free(copy);
    return 0;
}
