/* The IRD: filled from the columns of a result, or, for a prepared text nobody has run, from what
   its class fixes or a query without rows. */
#include "odbc/fold.h"
#include "odbc/run.h"

void ird_clear(struct stmt *s)
{
    desc_set_count(&s->ird, 0);
    s->ird.generation++;
}

static bool copy_texts(struct desc_record *r, const struct column *c,
                       const struct value_shape *shape, struct arena *arena, struct fault *f)
{
    struct span label = span_is_null(c->label) ? c->name : c->label;

    r->type_name = r->local_type_name = span_of(shape->type_name);
    r->literal_prefix = span_of(shape->literal_prefix);
    r->literal_suffix = span_of(shape->literal_suffix);
    return arena_copy(arena, span_is_null(c->name) ? SPAN("") : c->name, &r->name, f) &&
           arena_copy(arena, span_is_null(label) ? SPAN("") : label, &r->label, f) &&
           arena_copy(arena, span_is_null(c->table) ? SPAN("") : c->table, &r->table, f) &&
           arena_copy(arena, span_is_null(c->schema) ? SPAN("") : c->schema, &r->schema, f) &&
           arena_copy(arena, span_is_null(c->catalog) ? SPAN("") : c->catalog, &r->catalog, f);
}

static void copy_numbers(struct desc_record *r, const struct column *c,
                         const struct value_shape *shape)
{
    bool is_datetime = shape->verbose_type == SQL_DATETIME || shape->verbose_type == SQL_INTERVAL;
    SQLSMALLINT digits = shape->decimal_digits < 0 ? 0 : shape->decimal_digits;

    r->type = shape->verbose_type;
    r->concise_type = shape->concise_type;
    r->datetime_interval_code = shape->datetime_code;
    r->datetime_interval_precision = shape->verbose_type == SQL_INTERVAL ? 9 : 0;
    r->length = shape->column_size;
    r->octet_length = shape->octet_length;
    r->display_size = shape->display_size;
    r->precision = is_datetime
                       ? digits
                       : (SQLSMALLINT)(shape->column_size > 32767 ? 32767 : shape->column_size);
    r->scale = digits;
    r->num_prec_radix = shape->num_prec_radix;
    r->nullable = c->nullable;
    r->unnamed = span_is_null(c->name) || c->name.len == 0 ? SQL_UNNAMED : SQL_NAMED;
    r->unsigned_flag = shape->is_unsigned ? SQL_TRUE : SQL_FALSE;
    r->searchable = shape->searchable;
    r->case_sensitive = shape->is_case_sensitive ? SQL_TRUE : SQL_FALSE;
    r->fixed_prec_scale = shape->is_fixed_prec_scale ? SQL_TRUE : SQL_FALSE;
    r->auto_unique = SQL_FALSE;
    r->updatable = SQL_ATTR_READONLY;
    r->rowver = SQL_FALSE;
}

/* A prepared statement that runs a thousand times describes itself once. */
static bool is_same(const struct desc *ird, const struct columns *columns,
                    const struct value_options *options)
{
    if (ird->count != columns->n || columns->n == 0)
        return false;
    for (unsigned i = 0; i < columns->n; i++) {
        const struct desc_record *r = &ird->records[i + 1];
        struct value_shape shape;
        value_type_shape(&columns->at[i].type, options, &shape);
        if (r->concise_type != shape.concise_type || r->length != shape.column_size ||
            r->scale != (shape.decimal_digits < 0 ? 0 : shape.decimal_digits) ||
            !span_equal(r->name, columns->at[i].name))
            return false;
    }
    return true;
}

bool ird_fill(struct stmt *s, const struct columns *columns, struct arena *arena, struct fault *f)
{
    const struct value_options *options = &stmt_dbc(s)->options;

    if (s->is_prepared && s->run->is_described && is_same(&s->ird, columns, options))
        return true;
    ird_clear(s);
    for (unsigned i = 0; i < columns->n; i++) {
        const struct column *c = &columns->at[i];
        struct desc_record *r = desc_record_at(&s->ird, i + 1);
        struct value_shape shape;
        if (r == NULL)
            return fault_memory(f);
        value_type_shape(&c->type, options, &shape);
        copy_numbers(r, c, &shape);
        if (!copy_texts(r, c, &shape, arena, f))
            return false;
        r->base_column = r->name;
        r->base_table = r->table;
    }
    desc_set_count(&s->ird, columns->n);
    return true;
}

/* Column names of statements that always answer with the same ones. */
struct fixed {
    const char *first, *second, *third;
    const char *columns[6];
};

static const struct fixed fixed_lists[] = {
    { "SHOW", "TABLES", NULL, { "tab_name" } },
    { "SHOW", "DATABASES", NULL, { "database_name" } },
    { "SHOW", "SCHEMAS", NULL, { "database_name" } },
    { "SHOW", "VIEWS", NULL, { "views" } },
    { "SHOW", "PARTITIONS", NULL, { "partition" } },
    { "SHOW", "TBLPROPERTIES", NULL, { "prpt_name", "prpt_value" } },
    { "SHOW", "COLUMNS", NULL, { "field" } },
    { "SHOW", "CREATE", "VIEW", { "create view" } },
    { "SHOW", "CREATE", NULL, { "createtab_stmt" } },
    { "SHOW",
      "FUNCTIONS",
      NULL,
      { "Function", "Return Type", "Argument Types", "Function Type", "Deterministic",
        "Description" } },
    { "DESCRIBE", NULL, NULL, { "col_name", "data_type", "comment" } },
    { "DESC", NULL, NULL, { "col_name", "data_type", "comment" } },
    { "EXPLAIN", NULL, NULL, { "Query Plan" } },
};

static bool is_word(const char *want, struct span word)
{
    return want == NULL || (!span_is_null(word) && span_equal_nocase(span_of(want), word));
}

static const struct fixed *find_fixed(struct span text)
{
    struct span words[3] = { NO_SPAN, NO_SPAN, NO_SPAN };

    (void)fold_first_words(text, words, 3);
    for (size_t i = 0; i < sizeof(fixed_lists) / sizeof(fixed_lists[0]); i++) {
        const struct fixed *l = &fixed_lists[i];
        if (is_word(l->first, words[0]) && is_word(l->second, words[1]) &&
            is_word(l->third, words[2]))
            return l;
    }
    return NULL;
}

static SQLRETURN describe_fixed(struct stmt *s)
{
    const struct fixed *list = find_fixed(s->sql.native);
    struct column at[6] = { { .name = NO_SPAN } };
    struct columns columns = { .at = at };
    struct fault f;

    if (list == NULL)
        return diag_post(&s->handle, STATE_HYC00,
                         "the columns of this statement are known only after it has run");
    while (columns.n < 6 && list->columns[columns.n] != NULL) {
        struct column *c = &at[columns.n];
        c->name = c->label = span_of(list->columns[columns.n]);
        c->nullable = SQL_NULLABLE_UNKNOWN;
        value_type_parse(SPAN("string"), 0, 0, &c->type);
        columns.n++;
    }
    fault_clear(&f);
    if (!ird_fill(s, &columns, &s->prepared, &f))
        return diag_post_fault(&s->handle, &f);
    s->run->is_described = true;
    return SQL_SUCCESS;
}

/* What stands for a parameter in a query that only asks for types. */
static struct span typed_null(const struct stmt *s, unsigned n)
{
    if (n > s->ipd.count)
        return SPAN("NULL");
    switch (s->ipd.records[n].concise_type) {
    case SQL_BIT:
        return SPAN("CAST(NULL AS boolean)");
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
        return SPAN("CAST(NULL AS integer)");
    case SQL_BIGINT:
        return SPAN("CAST(NULL AS bigint)");
    case SQL_REAL:
    case SQL_FLOAT:
    case SQL_DOUBLE:
        return SPAN("CAST(NULL AS double)");
    case SQL_TYPE_DATE:
    case SQL_DATE:
        return SPAN("CAST(NULL AS date)");
    case SQL_TYPE_TIMESTAMP:
    case SQL_TIMESTAMP:
        return SPAN("CAST(NULL AS timestamp)");
    default:
        return SPAN("NULL");
    }
}

static const char zero_row_head[] = "SELECT * FROM (\n";

/* The edits of the inner text, seen from the whole one: the head stands before it, its own first
   blanks are gone. */
static void keep_wrapped(struct stmt *s, struct span whole, struct buf *edits, size_t n_blanks)
{
    size_t head = sizeof(zero_row_head) - 1;
    struct sql_edit *e = (struct sql_edit *)(void *)edits->at;

    e[0] = (struct sql_edit){ .out_len = head, .in_from = n_blanks };
    for (size_t i = 1; i < edits->len / sizeof(*e); i++)
        e[i].out_from += head - n_blanks;
    stmt_keep_sent(s, whole, edits);
}

static bool zero_row_text(struct stmt *s, struct buf *out, struct fault *f)
{
    struct arena arena = { .ceiling_bytes = 4 * 1024 * 1024 };
    struct buf inner = { .ceiling = 2 * STATEMENT_BYTES_MAX };
    struct buf edits = { .ceiling = BUF_CEILING_DEFAULT };
    struct sql_edit none = { 0 };
    unsigned n = s->sql.n_markers;
    struct span *nulls = arena_take_array(&arena, n + 1, sizeof(*nulls), f);
    bool ok = nulls != NULL &&
              buf_add(&edits, (struct span){ (const char *)&none, sizeof(none) }, f);

    for (unsigned i = 0; ok && i < n; i++)
        nulls[i] = typed_null(s, i + 1);
    ok = ok && (n == 0 ? buf_add(&inner, s->sql.native, f)
                       : sql_inline(&s->sql, nulls, &inner, &edits, f));
    struct span text = span_trim(buf_span(&inner));
    size_t n_blanks = ok ? (size_t)(text.at - buf_span(&inner).at) : 0;
    while (text.len > 0 && text.at[text.len - 1] == ';')
        text = span_trim(span_part(text, 0, text.len - 1));
    ok = ok && buf_add(out, span_of(zero_row_head), f) && buf_add(out, text, f) &&
         buf_add(out, SPAN("\n) LIMIT 0"), f);
    if (ok)
        keep_wrapped(s, buf_span(out), &edits, n_blanks);
    buf_free(&edits);
    buf_free(&inner);
    arena_free(&arena);
    return ok;
}

/* Athena has no way to describe a text; the same text without rows costs no scan. */
static SQLRETURN describe_by_query(struct stmt *s)
{
    struct buf sql = { .ceiling = 2 * STATEMENT_BYTES_MAX };
    struct result result = { .source = NULL };
    struct execution *e;
    struct fault f;
    bool ok = false;

    fault_clear(&f);
    s->run->deadline = stmt_deadline(s);
    s->notices.n = 0;
    if (zero_row_text(s, &sql, &f) && audit_query_start(s, buf_span(&sql), &f) &&
        (e = query_announce(s, &f)) != NULL) {
        stmt_flight_begin(s);
        stmt_pause(s);
        ok = query_whole(s, buf_span(&sql), e, &result, &f);
        stmt_resume(s);
        stmt_flight_end(s);
        stmt_show_execution(s, NULL);
        audit_query_end(s, e, ok ? NULL : &f);
        execution_drop(e);
    }
    if (ok && result.source != NULL)
        ok = ird_fill(s, &result.source->columns, &s->prepared, &f);
    if (result.source != NULL) {
        stmt_pause(s);
        row_source_close(result.source);
        stmt_resume(s);
    }
    buf_free(&sql);
    if (!ok)
        return stmt_post_fault(s, &f);
    s->run->is_described = true;
    return SQL_SUCCESS;
}

SQLRETURN stmt_describe(struct stmt *s)
{
    if (s->state != STMT_PREPARED || s->run->is_described)
        return SQL_SUCCESS;
    switch (s->sql.class) {
    case SQL_CLASS_SELECT:
        return describe_by_query(s);
    case SQL_CLASS_EXPLAIN:
    case SQL_CLASS_EXPLAIN_ANALYZE:
    case SQL_CLASS_SHOW:
    case SQL_CLASS_DESCRIBE:
        return describe_fixed(s);
    case SQL_CLASS_CALL:
    case SQL_CLASS_EXECUTE:
        return diag_post(&s->handle, STATE_HYC00,
                         "the columns of this statement are known only after it has run");
    default:
        ird_clear(s);
        s->run->is_described = true;
        return SQL_SUCCESS;
    }
}
