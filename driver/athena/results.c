/* Pages of GetQueryResults. The answer repeats all data in two members that no model knows
   (ColumnInfos, ResultRows), so it is not parsed as a whole: it is scanned once, cells point into
   the copy that the arena keeps, and the rest is skipped. */
#include <string.h>

#include "athena/columns.h"
#include "athena/failure.h"
#include "athena/page_scan.h"
#include "base/number.h"

enum { ROWS_PER_PAGE_MAX = 1000 };

/* A page while it is read. The columns may come behind the rows, so cells are collected first and
   laid out at the end. */
struct reading {
    struct page_scan scan;
    struct buf cells;                          /* struct span after struct span */
    unsigned n_in_row[ROWS_PER_PAGE_MAX];
    unsigned n_rows, widest;
    struct span metadata;                      /* raw JSON of ResultSetMetadata */
    struct results_page *page;
    struct fault *fault;
    bool has_failed;                           /* fault says why */
};

static bool make_body(struct span query_id, struct span next_token, unsigned rows_max,
                      struct buf *out, struct fault *f)
{
    struct json_writer w = { .out = out, .f = f };

    json_open(&w, '{');
    json_string_member(&w, "QueryExecutionId", query_id);
    if (next_token.len > 0) {
        json_string_member(&w, "NextToken", next_token);
    }
    json_name(&w, "MaxResults");
    json_number(&w, rows_max);
    json_close(&w, '}');
    return json_done(&w);
}

/* Columns: few, so a tree is fine */

static bool read_column(const struct json *info, struct arena *a, struct athena_column *out,
                        struct fault *f)
{
    struct span name = json_text_of(info, "Name"), label = json_text_of(info, "Label");
    struct span type = json_text_of(info, "Type");

    out->precision = (uint32_t)json_int(json_member(info, "Precision"), 0);
    out->scale = (uint32_t)json_int(json_member(info, "Scale"), 0);
    out->is_case_sensitive = json_truth(json_member(info, "CaseSensitive"), false);
    return arena_copy(a, span_is_null(name) ? SPAN("") : name, &out->name, f) &&
           arena_copy(a, span_is_null(label) ? out->name : label, &out->label, f) &&
           arena_copy(a, span_is_null(type) ? SPAN("varchar") : type, &out->type, f);
}

static bool read_column_list(const struct json *infos, struct arena *a, struct athena_columns *out,
                             struct fault *f)
{
    size_t n = json_length(infos);

    if (n > ATHENA_COLUMNS_MAX) {
        return fault_ceiling(f, "columns of a result", ATHENA_COLUMNS_MAX);
    }
    if (n == 0) {
        return true;
    }
    out->at = arena_take_array(a, n, sizeof(*out->at), f);
    if (out->at == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!read_column(json_at(infos, i), a, &out->at[i], f)) {
            return false;
        }
    }
    out->n = (unsigned)n;
    return true;
}

static bool read_columns(struct span metadata, struct arena *a, struct athena_columns *out,
                         struct fault *f)
{
    struct json *document = NULL;

    if (span_is_null(metadata) || metadata.at[0] != '{') { /* absent and null mean the same */
        return true;
    }
    if (!json_parse(metadata, &document, f)) {
        return false;
    }
    bool ok = read_column_list(json_member(document, "ColumnInfo"), a, out, f);
    json_free(document);
    return ok;
}

/* Rows */

static bool fail(struct reading *r, bool never)
{
    r->has_failed = true;
    r->scan.is_bad = true;
    return never;
}

/* {"VarCharValue":"x"}, or {} for NULL. */
static struct span read_datum(struct reading *r)
{
    struct span name, value = NO_SPAN;

    if (!page_scan_open(&r->scan, '{')) {
        return NO_SPAN;
    }
    while (page_scan_member(&r->scan, &name)) {
        if (span_equal(name, SPAN("VarCharValue"))) {
            value = page_scan_text(&r->scan);
        } else {
            page_scan_skip(&r->scan);
        }
    }
    return value;
}

static bool read_data(struct reading *r)
{
    unsigned n = 0;

    if (!page_scan_open(&r->scan, '[')) {
        return false;
    }
    while (page_scan_element(&r->scan)) {
        struct span cell = read_datum(r);
        if (n == ATHENA_COLUMNS_MAX) {
            return fail(r, fault_ceiling(r->fault, "cells of a row", ATHENA_COLUMNS_MAX));
        }
        if (!buf_add(&r->cells, (struct span){ (const char *)&cell, sizeof(cell) }, r->fault)) {
            return fail(r, false);
        }
        n++;
    }
    r->n_in_row[r->n_rows] = n;
    r->widest = n > r->widest ? n : r->widest;
    return true;
}

static void read_row(struct reading *r)
{
    struct span name;
    bool has_data = false;

    r->n_in_row[r->n_rows] = 0;
    if (!page_scan_open(&r->scan, '{')) {
        return;
    }
    while (page_scan_member(&r->scan, &name)) {
        if (span_equal(name, SPAN("Data")) && !has_data) {
            has_data = true;
            (void)read_data(r);
        } else {
            page_scan_skip(&r->scan);
        }
    }
}

static void read_rows(struct reading *r)
{
    if (!page_scan_open(&r->scan, '[')) {
        return;
    }
    while (page_scan_element(&r->scan)) {
        if (r->n_rows == ROWS_PER_PAGE_MAX) {
            fail(r, fault_set(r->fault, FAULT_PROTOCOL,
                              "athena:GetQueryResults sent a page of more than %d rows.",
                              ROWS_PER_PAGE_MAX));
            return;
        }
        read_row(r);
        r->n_rows++;
    }
}

static void read_result_set(struct reading *r)
{
    struct span name;

    if (!page_scan_open(&r->scan, '{')) {
        return;
    }
    while (page_scan_member(&r->scan, &name)) {
        if (span_equal(name, SPAN("Rows"))) {
            read_rows(r);
        } else if (span_equal(name, SPAN("ResultSetMetadata"))) {
            r->metadata = page_scan_skip(&r->scan);
        } else {
            page_scan_skip(&r->scan);
        }
    }
}

static void read_answer(struct reading *r)
{
    struct span name;

    if (!page_scan_open(&r->scan, '{')) {
        r->scan.is_bad = true;
        return;
    }
    while (page_scan_member(&r->scan, &name)) {
        if (span_equal(name, SPAN("ResultSet"))) {
            read_result_set(r);
        } else if (span_equal(name, SPAN("NextToken"))) {
            r->page->next_token = page_scan_text(&r->scan);
        } else if (span_equal(name, SPAN("UpdateCount"))) {
            struct span number = page_scan_skip(&r->scan);
            r->page->has_update_count = number_parse_i64(span_trim(number), &r->page->update_count);
        } else {
            page_scan_skip(&r->scan);
        }
    }
}

/* Row-major, short rows filled up with NO_SPAN. */
static bool lay_out(struct reading *r, struct arena *a, struct fault *f)
{
    struct results_page *page = r->page;
    /* malloc's memory: aligned */
    const struct span *from = (const struct span *)(const void *)r->cells.at;

    page->n_columns = page->columns.n > r->widest ? page->columns.n : r->widest;
    if (r->n_rows == 0 || page->n_columns == 0) {
        return true;
    }
    page->cells = arena_take_array(a, (size_t)r->n_rows * page->n_columns, sizeof(*page->cells), f);
    page->n_in_row = arena_take_array(a, r->n_rows, sizeof(*page->n_in_row), f);
    if (page->cells == NULL || page->n_in_row == NULL) {
        return false;
    }
    memcpy(page->n_in_row, r->n_in_row, r->n_rows * sizeof(*page->n_in_row));
    for (unsigned row = 0; row < r->n_rows; row++) {
        for (unsigned i = 0; i < r->n_in_row[row]; i++) {
            page->cells[(size_t)row * page->n_columns + i] = *from++;
        }
    }
    page->n_rows = r->n_rows;
    return true;
}

static bool read_page(struct span answer, struct arena *a, struct results_page *out,
                      struct fault *f)
{
    struct results_page page = { 0 };
    struct reading r = { .cells = { .ceiling = 2u * 1024 * 1024 * 1024 - 1 }, .page = &page,
                         .fault = f };
    char *copy = arena_take(a, answer.len + 1, f);

    if (copy == NULL) {
        return false;
    }
    memcpy(copy, answer.at, answer.len);
    r.scan = (struct page_scan){ copy, copy + answer.len, false };
    read_answer(&r);
    bool ok = !r.has_failed;
    if (ok && !page_scan_is_over(&r.scan)) {
        ok = fault_set(f, FAULT_PROTOCOL,
                       "athena:GetQueryResults gave an answer that is not the JSON it should be.");
    }
    ok = ok && read_columns(r.metadata, a, &page.columns, f) && lay_out(&r, a, f);
    buf_free(&r.cells);
    if (ok) {
        *out = page;
    }
    return ok;
}

static bool ask_for_page(struct aws_client *c, struct span query_id, struct span next_token,
                         unsigned rows_max, const struct aws_bounds *bounds, struct buf *answer,
                         struct fault *f)
{
    struct buf body = { 0 };
    bool ok = make_body(query_id, next_token, rows_max, &body, f) &&
              aws_json_call_raw(c, "GetQueryResults", buf_span(&body), bounds, answer, f);

    buf_free(&body);
    return ok;
}

/* Too large a page says nothing about its rows: fewer of them may do. */
static bool ask_for_less(struct aws_client *c, struct span query_id, struct span next_token,
                         unsigned *rows_max, const struct aws_bounds *bounds, struct buf *answer,
                         struct fault *f)
{
    struct fault why;

    fault_clear(&why);
    while (!ask_for_page(c, query_id, next_token, *rows_max, bounds, answer, &why)) {
        if (why.kind == FAULT_CEILING && *rows_max == 1) {
            return fault_set(f, FAULT_CEILING,
                             "A page of one row of athena:GetQueryResults is larger than %d MiB: "
                             "no RowsToFetchPerBlock makes it smaller. ResultFetcher=S3 reads the "
                             "result object instead, if the workgroup keeps one.",
                             HTTP_BODY_DEFAULT / (1024 * 1024));
        }
        if (why.kind != FAULT_CEILING) {
            if (f != NULL) {
                *f = why;
            }
            failure_refine(f);
            return false;
        }
        *rows_max /= 2;
    }
    return true;
}

bool athena_get_results(struct aws_client *c, struct span query_id, struct span next_token,
                        unsigned rows_max,
                        const struct aws_bounds *bounds, struct arena *arena,
                        struct results_page *out, struct fault *f)
{
    unsigned n = rows_max == 0 || rows_max > ROWS_PER_PAGE_MAX ? ROWS_PER_PAGE_MAX : rows_max;
    struct buf answer = { 0 };
    bool ok = ask_for_less(c, query_id, next_token, &n, bounds, &answer, f) &&
              read_page(buf_span(&answer), arena, out, f);

    if (ok) {
        out->rows_max = n;
    } else if (f != NULL) {
        span_to_c(query_id, f->query_id, sizeof(f->query_id));
    }
    buf_free(&answer);
    return ok;
}
