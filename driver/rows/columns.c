/* Column lists: the service's, and the fixed ones of statements whose companion object is
   unreadable. Also which statement gives what. */
#include <string.h>

#include "rows/source.h"

static bool is(const char *text, const char *word)
{
    return span_equal_nocase(span_of(text), span_of(word));
}

/* DML that counts rows instead of giving them. */
static bool counts_rows(const char *substatement)
{
    static const char *const words[] = { "INSERT", "UPDATE", "DELETE", "MERGE", "UNLOAD",
                                         "CREATE_TABLE_AS_SELECT" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (is(substatement, words[i])) {
            return true;
        }
    }
    return false;
}

enum result_class result_class_of(const char *statement_type, const char *substatement_type,
                                  struct span output_location)
{
    if (counts_rows(substatement_type)) {
        return RESULT_COUNT;
    }
    if (is(statement_type, "DDL") || is(substatement_type, "VACUUM_TABLE")) {
        return RESULT_NOTHING;
    }
    if (is(statement_type, "UTILITY")) {
        return is(substatement_type, "SHOW_FUNCTIONS") ? RESULT_TABLE : RESULT_TEXT;
    }
    if (is(substatement_type, "EXPLAIN")) {
        return RESULT_PLAN;
    }
    /* DML whose substatement is SELECT, new or missing; or no type at all: then the object's name
       tells. */
    if (span_ends(output_location, SPAN(".txt"))) {
        return RESULT_TEXT;
    }
    /* Rows are in an object with an ending; INSERT, CTAS and UNLOAD have bare names. */
    bool has_bare_name = output_location.len > 0 && !span_ends(output_location, SPAN(".csv"));
    return has_bare_name ? RESULT_COUNT : RESULT_TABLE;
}

static bool column_of(const struct athena_column *from, struct arena *a, struct column *out,
                      struct fault *f)
{
    *out = (struct column){ .catalog = SPAN(""), .schema = SPAN(""), .table = SPAN(""),
                            .nullable = SQL_NULLABLE_UNKNOWN };
    value_type_parse(from->type, from->precision, from->scale, &out->type);
    return arena_copy(a, from->name, &out->name, f) && arena_copy(a, span_is_null(from->label)
        ? from->name : from->label, &out->label, f);
}

bool columns_from_athena(const struct athena_columns *from, struct arena *a, struct columns *out,
                         struct fault *f)
{
    struct columns columns = { .n = from->n };

    columns.at = arena_take_array(a, from->n > 0 ? from->n : 1, sizeof(*columns.at), f);
    if (columns.at == NULL) {
        return false;
    }
    for (unsigned i = 0; i < from->n; i++) {
        if (!column_of(&from->at[i], a, &columns.at[i], f)) {
            return false;
        }
    }
    *out = columns;
    return true;
}

enum { TEXT_COLUMNS_MAX = 3 };

static const struct {
    const char *substatement;
    const char *names[TEXT_COLUMNS_MAX];
    const char *type;
} text_columns[] = {
    { "SHOW_TABLES",           { "tab_name" },                           "string" },
    { "SHOW_DATABASES",        { "database_name" },                      "string" },
    { "SHOW_VIEWS",            { "views" },                              "varchar" },
    { "SHOW_PARTITIONS",       { "partition" },                          "string" },
    { "SHOW_TABLE_PROPERTIES", { "prpt_name", "prpt_value" },            "string" },
    { "SHOW_COLUMNS",          { "field" },                              "string" },
    { "SHOW_CREATE_TABLE",     { "createtab_stmt" },                     "string" },
    { "SHOW_CREATE_VIEW",      { "create view" },                        "varchar" },
    { "DESCRIBE_TABLE",        { "col_name", "data_type", "comment" },   "string" },
    { "DESC_VIEW",             { "column", "type" },                     "varchar" },
    { "EXPLAIN",               { "Query Plan" },                         "varchar" },
};

bool columns_of_text(const char *substatement_type, struct arena *a, struct columns *out,
                     struct fault *f)
{
    static const char *const unknown[TEXT_COLUMNS_MAX] = { "result" };
    struct athena_column list[TEXT_COLUMNS_MAX];
    struct athena_columns columns = { 0, list };
    const char *const *names = unknown;
    const char *type = "varchar";

    for (size_t i = 0; i < sizeof(text_columns) / sizeof(text_columns[0]); i++) {
        if (is(substatement_type, text_columns[i].substatement)) {
            names = text_columns[i].names;
            type = text_columns[i].type;
        }
    }
    for (; columns.n < TEXT_COLUMNS_MAX && names[columns.n] != NULL; columns.n++) {
        list[columns.n] = (struct athena_column){ .name = span_of(names[columns.n]),
                                                  .label = span_of(names[columns.n]),
                                                  .type = span_of(type) };
    }
    return columns_from_athena(&columns, a, out, f);
}

struct line_shape line_shape_of(const char *substatement_type, unsigned n_columns)
{
    return (struct line_shape){ n_columns, is(substatement_type, "DESCRIBE_TABLE")
                                || is(substatement_type, "SHOW_COLUMNS") };
}

/* Hive pads with blanks; other white space is the author's. */
static struct span without_padding(struct span s)
{
    while (s.len > 0 && s.at[s.len - 1] == ' ') {
        s.len--;
    }
    return s;
}

void line_split(const struct line_shape *shape, struct span line, struct span *cells)
{
    struct span rest = line;

    for (unsigned i = 0; i < shape->n_columns; i++) {
        struct span cell = rest;
        if (!span_is_null(rest) && i + 1 < shape->n_columns) {
            cell = span_next(&rest, '\t');
        }
        if (!span_is_null(cell) && shape->is_padded) {
            cell = without_padding(cell);
        }
        cells[i] = cell;
    }
}

void say_rows_read(struct fault *f, int64_t n_rows)
{
    fault_note(f,
               "Rows delivered before this: %lld; they are right, the ones behind them "
               "are missing.",
               (long long)n_rows);
}
