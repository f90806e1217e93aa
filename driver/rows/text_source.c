/* The .txt object of SHOW, DESCRIBE and EXPLAIN: small, read whole; lines parted by \n with none
   behind the last. */
#include <stdlib.h>
#include <string.h>

#include "rows/source.h"

enum { TEXT_BYTES_MAX = 64 * 1024 * 1024, TEXT_BATCH_ROWS = 256 };

struct text_source {
    struct row_source base;
    struct arena arena;
    struct buf text;
    struct span rest;   /* NO_SPAN behind the last line */
    struct line_shape lines;
    struct span *cells;
};

static enum row_step text_next(struct row_source *src, struct batch *rows, struct fault *f)
{
    struct text_source *s = (struct text_source *)src;
    unsigned n = 0;

    (void)f;
    for (; n < TEXT_BATCH_ROWS && !span_is_null(s->rest); n++) {
        line_split(&s->lines, span_next(&s->rest, '\n'), s->cells + (size_t)n * src->columns.n);
    }
    if (n == 0) {
        return ROW_END;
    }
    *rows = (struct batch){ n, src->columns.n, s->cells };
    return ROW_BATCH;
}

static void text_close(struct row_source *src)
{
    struct text_source *s = (struct text_source *)src;

    buf_free(&s->text);
    arena_free(&s->arena);
    free(s);
}

static const struct row_source_ops text_ops = { text_next, text_close };

static bool read_object(struct text_source *s, const struct result_request *q,
                        const struct finished *e, struct fault *f)
{
    struct s3_object object = { .status = 0 };
    struct s3_get get = { .to = UINT64_MAX, .if_match = NO_SPAN,
                          .expected_owner = q->expected_owner,
                          .requester_pays = q->requester_pays, .body_bytes_max = TEXT_BYTES_MAX };

    if (!s3_uri_parse(span_of(e->location), &get.bucket, &get.key, f)
        || !aws_s3_get(q->s3, &get, &q->bounds, &object, f)) {
        return false;
    }
    s->text = object.body;
    s->rest = s->text.len == 0 ? NO_SPAN : buf_span(&s->text);
    return true;
}

static bool open_text(struct text_source *s, const struct result_request *q,
                      const struct finished *e, struct fault *f)
{
    if (!read_object(s, q, e, f) || !columns_of_text(e->substatement, &s->arena, &s->base.columns,
                                                     f)) {
        return false;
    }
    s->lines = line_shape_of(e->substatement, s->base.columns.n);
    if (e->class == RESULT_PLAN && !span_is_null(s->rest)) {
        /* EXPLAIN begins with the column's name, which depends on its TYPE. */
        s->base.columns.at[0].name = s->base.columns.at[0].label = span_next(&s->rest, '\n');
    }
    s->cells = arena_take_array(&s->arena, (size_t)TEXT_BATCH_ROWS * s->base.columns.n,
                                sizeof(*s->cells), f);
    return s->cells != NULL;
}

bool text_source_new(const struct result_request *q, const struct finished *e,
                     struct row_source **out, struct fault *f)
{
    struct text_source *s = calloc(1, sizeof(*s));

    if (s == NULL) {
        return fault_memory(f);
    }
    s->base.ops = &text_ops;
    s->base.row_count = -1;
    if (!open_text(s, q, e, f)) {
        text_close(&s->base);
        return false;
    }
    *out = &s->base;
    return true;
}
