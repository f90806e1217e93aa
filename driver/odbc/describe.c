/* The IRD: filled from the columns of a result, or, for a prepared text nobody has run, from what
   its class fixes or a query without rows. */
#include <stdio.h>

#include "odbc/run.h"
#include "sql/lexer.h"

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

/* Column names of statements that always answer with the same ones. DESCRIBE and SHOW COLUMNS are
   not among them, because a view has others than a table; nor is EXPLAIN with options. */
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
    { "SHOW", "CREATE", "VIEW", { "create view" } },
    { "SHOW", "CREATE", NULL, { "createtab_stmt" } },
    { "SHOW",
      "FUNCTIONS",
      NULL,
      { "Function", "Return Type", "Argument Types", "Function Type", "Deterministic",
        "Description" } },
    { "EXPLAIN", NULL, NULL, { "Query Plan" } },
};

/* NULL when only the answer tells. */
static const struct fixed *find_fixed(struct span text)
{
    struct lexer l = { .text = text };
    struct token words[3];

    for (unsigned i = 0; i < 3; i++)
        words[i] = lexer_next_word(&l);
    if (token_is_word(&words[0], "EXPLAIN") && token_is_sign(&words[1], '('))
        return NULL;
    for (size_t i = 0; i < sizeof(fixed_lists) / sizeof(fixed_lists[0]); i++) {
        const struct fixed *list = &fixed_lists[i];
        if (token_is_word(&words[0], list->first) &&
            (list->second == NULL || token_is_word(&words[1], list->second)) &&
            (list->third == NULL || token_is_word(&words[2], list->third)))
            return list;
    }
    return NULL;
}

static SQLRETURN describe_fixed(struct stmt *s, const struct fixed *list)
{
    struct column at[6] = { { .name = NO_SPAN } };
    struct columns columns = { .at = at };
    struct fault f;

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

/* What an SQL type is called in a CAST; sized: with its length, or its precision and scale. */
static const struct cast {
    SQLSMALLINT type;
    const char *name;
    enum { PLAIN, LENGTH, EXACT } size;
} casts[] = {
    { SQL_BIT, "boolean", PLAIN },
    { SQL_TINYINT, "tinyint", PLAIN },
    { SQL_SMALLINT, "smallint", PLAIN },
    { SQL_INTEGER, "integer", PLAIN },
    { SQL_BIGINT, "bigint", PLAIN },
    { SQL_REAL, "real", PLAIN },
    { SQL_FLOAT, "double", PLAIN },
    { SQL_DOUBLE, "double", PLAIN },
    { SQL_DECIMAL, "decimal", EXACT },
    { SQL_NUMERIC, "decimal", EXACT },
    { SQL_CHAR, "varchar", LENGTH },
    { SQL_VARCHAR, "varchar", LENGTH },
    { SQL_LONGVARCHAR, "varchar", PLAIN },
    { SQL_WCHAR, "varchar", LENGTH },
    { SQL_WVARCHAR, "varchar", LENGTH },
    { SQL_WLONGVARCHAR, "varchar", PLAIN },
    { SQL_BINARY, "varbinary", PLAIN },
    { SQL_VARBINARY, "varbinary", PLAIN },
    { SQL_LONGVARBINARY, "varbinary", PLAIN },
    { SQL_TYPE_DATE, "date", PLAIN },
    { SQL_DATE, "date", PLAIN },
    { SQL_TYPE_TIME, "time", PLAIN },
    { SQL_TIME, "time", PLAIN },
    { SQL_TYPE_TIMESTAMP, "timestamp", PLAIN },
    { SQL_TIMESTAMP, "timestamp", PLAIN },
    { SQL_GUID, "uuid", PLAIN },
    { SQL_INTERVAL_YEAR, "interval year to month", PLAIN },
    { SQL_INTERVAL_MONTH, "interval year to month", PLAIN },
    { SQL_INTERVAL_YEAR_TO_MONTH, "interval year to month", PLAIN },
};

static const struct cast *cast_of(SQLSMALLINT type)
{
    static const struct cast day_time = { SQL_INTERVAL_DAY, "interval day to second", PLAIN };

    for (size_t i = 0; i < sizeof(casts) / sizeof(casts[0]); i++) {
        if (casts[i].type == type)
            return &casts[i];
    }
    return type >= SQL_INTERVAL_DAY && type <= SQL_INTERVAL_MINUTE_TO_SECOND ? &day_time : NULL;
}

/* What stands for a parameter in a query that only asks for types. */
static bool typed_null(const struct stmt *s, unsigned n, struct arena *arena, struct span *out,
                       struct fault *f)
{
    enum { VARCHAR_MAX = 2147483646 };
    const struct desc_record *r = n <= s->ipd.count ? &s->ipd.records[n] : NULL;
    const struct cast *cast = r != NULL ? cast_of(r->concise_type) : NULL;
    SQLULEN size = r != NULL ? parameter_size(r) : 0;
    char text[96];

    if (s->sql.marker_counts[n - 1])
        snprintf(text, sizeof(text), "1");
    else if (cast == NULL)
        snprintf(text, sizeof(text), "NULL");
    else if (cast->size == LENGTH && size > 0 && size <= VARCHAR_MAX)
        snprintf(text, sizeof(text), "CAST(NULL AS %s(%llu))", cast->name,
                 (unsigned long long)size);
    else if (cast->size == EXACT && size > 0 && size <= 38 && r->scale >= 0)
        snprintf(text, sizeof(text), "CAST(NULL AS %s(%llu,%d))", cast->name,
                 (unsigned long long)size, r->scale);
    else
        snprintf(text, sizeof(text), "CAST(NULL AS %s)", cast->name);
    return arena_copy(arena, span_of(text), out, f);
}

/* The edits of the inner text, seen from the whole one: the first of them is the head. */
static void keep_wrapped(struct stmt *s, struct span whole, struct buf *edits,
                         const struct sql_edit *head)
{
    struct sql_edit *e = (struct sql_edit *)(void *)edits->at;

    e[0] = *head;
    for (size_t i = 1; i < edits->len / sizeof(*e); i++)
        e[i].out_from += head->out_len;
    stmt_keep_sent(s, whole, edits);
}

/* The statement with nulls for parameters: its query without rows, or as it is where it reads no
   data. */
static bool describing_text(struct stmt *s, struct buf *out, struct fault *f)
{
    struct arena arena = { .ceiling_bytes = 4 * 1024 * 1024 };
    struct buf inner = { .ceiling = 2 * STATEMENT_BYTES_MAX };
    struct buf edits = { .ceiling = BUF_CEILING_DEFAULT };
    struct sql_edit head = { 0 };
    unsigned n = s->sql.n_markers;
    struct span *nulls = arena_take_array(&arena, n + 1, sizeof(*nulls), f);
    bool ok = nulls != NULL &&
              buf_add(&edits, (struct span){ (const char *)&head, sizeof(head) }, f);

    for (unsigned i = 0; ok && i < n; i++)
        ok = typed_null(s, i + 1, &arena, &nulls[i], f);
    ok = ok && sql_inline(&s->sql, nulls, &inner, &edits, f);
    if (ok && s->sql.class == SQL_CLASS_SELECT)
        ok = sql_without_rows(buf_span(&inner), out, &head, f);
    else
        ok = ok && buf_add(out, buf_span(&inner), f);
    if (ok)
        keep_wrapped(s, buf_span(out), &edits, &head);
    buf_free(&edits);
    buf_free(&inner);
    arena_free(&arena);
    return ok;
}

/* Athena has no way to describe a text; the same text without rows costs no scan, and neither does
   a statement that tells of tables. */
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
    stmt_flight_begin(s);
    if (describing_text(s, &sql, &f) && audit_query_start(s, buf_span(&sql), &f) &&
        (e = query_announce(s, &f)) != NULL) {
        stmt_pause(s);
        ok = query_whole(s, buf_span(&sql), e, &result, &f);
        stmt_resume(s);
        stmt_show_execution(s, NULL);
        audit_query_end(s, e, ok ? NULL : &f);
        execution_drop(e);
    }
    stmt_flight_end(s);
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
    const struct fixed *list = find_fixed(s->sql.native);

    if (list != NULL)
        return describe_fixed(s, list);
    switch (s->sql.class) {
    case SQL_CLASS_SELECT:
    case SQL_CLASS_EXPLAIN:
    case SQL_CLASS_SHOW:
    case SQL_CLASS_DESCRIBE:
        return describe_by_query(s);
    case SQL_CLASS_EXPLAIN_ANALYZE: /* would run what it explains */
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
