/* GetQueryResults as a source. While the application works on one page the next is already asked
   for; two arenas take turns. */
#include <stdlib.h>
#include <string.h>

#include "base/worker.h"
#include "rows/source.h"

enum { PAGE_ROWS = 1000, EMPTY_PAGES_MAX = 100, LOOK_MS = 50 };

/* An answer and the memory it lives in. */
struct page {
    struct arena arena;
    struct results_page results;
    bool is_loaded;
    struct fault fault;
};

struct page_source {
    struct row_source base;
    struct arena arena;      /* the columns */
    struct aws_client *client;
    char query_id[64];
    unsigned rows_max;
    enum result_class class;
    struct line_shape lines;
    struct page pages[2];
    /* of pages: the one the last batch points into, or the next one to be handed out */
    unsigned current;
    bool is_current_new;     /* not handed out yet */
    bool is_first;           /* the header row may be on it */
    /* of the page that is being loaded; lives in the arena of the one before */
    struct span token;
    struct worker worker;
    bool is_loading;
    struct wake stop, done;
    struct wake *outer_cancel;
    int64_t n_rows;
    unsigned n_empty;
};

static struct page *other(struct page_source *s)
{
    return &s->pages[1 - s->current];
}

static void load(struct page_source *s, struct page *page, const struct aws_bounds *bounds)
{
    arena_reset(&page->arena);
    page->results = (struct results_page){ .n_rows = 0 };
    page->is_loaded = athena_get_results(s->client, span_of(s->query_id), s->token, s->rows_max,
                                         bounds, &page->arena, &page->results,
                                         &page->fault);
    if (page->is_loaded) {
        s->rows_max = page->results.rows_max;
    }
}

static void load_other(void *context)
{
    struct page_source *s = context;
    struct aws_bounds bounds = { .cancel = &s->stop };

    load(s, other(s), &bounds);
    wake_raise(&s->done);
}

/* Asks for the page behind the current one, if there is one; without a thread it is loaded on the
   spot. */
static void ask_ahead(struct page_source *s)
{
    struct fault ignored;

    s->token = s->pages[s->current].results.next_token;
    if (span_is_null(s->token) || s->token.len == 0) {
        return;
    }
    wake_lower(&s->done);
    s->is_loading = true;
    s->worker = (struct worker){ .is_running = false };
    if (!worker_start(&s->worker, load_other, s, &ignored)) {
        load_other(s);
    }
}

/* Waits for the page that was asked for and makes it the current one. */
static bool take_next(struct page_source *s, struct fault *f)
{
    while (!wake_wait(&s->done, LOOK_MS)) {
        if (s->outer_cancel != NULL && wake_is_raised(s->outer_cancel)) {
            wake_raise(&s->stop);
        }
    }
    worker_join(&s->worker);
    s->is_loading = false;
    s->current = 1 - s->current;
    s->is_current_new = true;
    if (!s->pages[s->current].is_loaded) {
        *f = s->pages[s->current].fault;
        return false;
    }
    return true;
}

static bool has_header(const struct page_source *s)
{
    return s->class == RESULT_TABLE || s->class == RESULT_PLAN;
}

/* The cells of a page in as many columns as the result has: lines are taken apart, short rows
   filled with NULL. */
static struct span *arrange(struct page_source *s, struct page *page, unsigned from,
                            struct fault *f)
{
    const struct results_page *r = &page->results;
    unsigned n_columns = s->base.columns.n;

    if (s->class != RESULT_TEXT && r->n_columns == n_columns) {
        return r->cells + (size_t)from * r->n_columns;
    }
    struct span *cells = arena_take_array(&page->arena, (size_t)(r->n_rows - from) * n_columns,
                                          sizeof(*cells), f);
    for (unsigned i = from; cells != NULL && i < r->n_rows; i++) {
        const struct span *row = r->cells + (size_t)i * r->n_columns;
        struct span *to = cells + (size_t)(i - from) * n_columns;
        if (s->class == RESULT_TEXT && r->n_in_row[i] == 1) {
            line_split(&s->lines, row[0], to);
            continue;
        }
        unsigned n = r->n_columns < n_columns ? r->n_columns : n_columns;
        memcpy(to, row, n * sizeof(*to));
    }
    return cells;
}

/* Hands out the current page. False: it has no rows. */
static enum row_step hand_out(struct page_source *s, struct batch *rows, struct fault *f)
{
    struct page *page = &s->pages[s->current];
    unsigned from = s->is_first && has_header(s) && page->results.n_rows > 0;

    s->is_current_new = false;
    /* The header is on the first page that has rows. */
    s->is_first = s->is_first && page->results.n_rows == 0;
    if (page->results.n_rows == from || s->base.columns.n == 0) {
        return ROW_END;
    }
    struct span *cells = arrange(s, page, from, f);
    if (cells == NULL) {
        return ROW_FAULT;
    }
    *rows = (struct batch){ page->results.n_rows - from, s->base.columns.n, cells };
    s->n_rows += rows->n_rows;
    return ROW_BATCH;
}

/* An empty page is no end, and a token is no promise: on until there is neither a row nor a token.
   */
static enum row_step page_next(struct row_source *src, struct batch *rows, struct fault *f)
{
    struct page_source *s = (struct page_source *)src;

    for (;;) {
        if (!s->is_current_new) {
            if (!s->is_loading) {
                src->row_count = s->n_rows;
                return ROW_END;
            }
            if (!take_next(s, f)) {
                say_rows_read(f, s->n_rows);
                return ROW_FAULT;
            }
        }
        ask_ahead(s);
        enum row_step step = hand_out(s, rows, f);
        if (step != ROW_END) {
            s->n_empty = 0;
            return step;
        }
        if (++s->n_empty > EMPTY_PAGES_MAX) {
            fault_set(f, FAULT_PROTOCOL, "athena:GetQueryResults sent %d empty pages in a row.",
                      EMPTY_PAGES_MAX);
            return ROW_FAULT;
        }
    }
}

static void page_close(struct row_source *src)
{
    struct page_source *s = (struct page_source *)src;

    wake_raise(&s->stop);
    worker_join(&s->worker);
    arena_free(&s->pages[0].arena);
    arena_free(&s->pages[1].arena);
    arena_free(&s->arena);
    wake_done(&s->stop);
    wake_done(&s->done);
    free(s);
}

static bool page_is_ready(struct row_source *src)
{
    struct page_source *s = (struct page_source *)src;

    return s->is_current_new || !s->is_loading || wake_is_raised(&s->done)
           || (s->outer_cancel != NULL && wake_is_raised(s->outer_cancel));
}

static const struct row_source_ops page_ops = { .next_batch = page_next, .close = page_close,
                                                .is_ready = page_is_ready };

static bool first_page(struct page_source *s, const struct result_request *q, struct fault *f)
{
    struct page *page = &s->pages[0];

    load(s, page, &q->bounds);
    if (!page->is_loaded) {
        *f = page->fault;
        return false;
    }
    return columns_from_athena(&page->results.columns, &s->arena, &s->base.columns, f);
}

bool page_source_new(const struct result_request *q, const struct finished *e,
                     struct row_source **out, struct fault *f)
{
    struct page_source *s = calloc(1, sizeof(*s));

    if (s == NULL) {
        return fault_memory(f);
    }
    wake_init(&s->stop);
    wake_init(&s->done);
    s->base.ops = &page_ops;
    s->base.row_count = -1;
    s->client = q->athena;
    memcpy(s->query_id, e->query_id, sizeof(s->query_id));
    s->rows_max = q->page_rows == 0 || q->page_rows > PAGE_ROWS ? PAGE_ROWS : q->page_rows;
    s->class = e->class;
    s->token = NO_SPAN;
    s->outer_cancel = q->bounds.cancel;
    s->is_first = s->is_current_new = true;
    if (!first_page(s, q, f)) {
        page_close(&s->base);
        return false;
    }
    s->lines = line_shape_of(e->substatement, s->base.columns.n);
    *out = &s->base;
    return true;
}
