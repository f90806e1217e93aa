/* Tolerant reading of catalog entries. */
#include "athena/catalog_reader.h"

static bool is_sound_list(const struct json *list, size_t max, const char *what, struct fault *f)
{
    return json_length(list) <= max ? true : fault_ceiling(f, what, max);
}

/* Room for the items of a page, and its token. */
static void *begin_page(const struct json *answer, const struct json *list, size_t size,
                        struct arena *a, struct span *next_token, struct fault *f)
{
    size_t n = json_length(list);

    if (!is_sound_list(list, CATALOG_PAGE_MAX, "items in a page of a catalog", f) ||
        !arena_copy(a, json_text_of(answer, "NextToken"), next_token, f)) {
        return NULL;
    }
    return arena_take_array(a, n > 0 ? n : 1, size, f);
}

/* "111122223333:s3tablescatalog/bucket" is addressed by what follows the account; the account's own
   catalog, a number alone, has nothing there. */
static struct span nested_name(struct span id)
{
    size_t colon = span_find_byte(id, ':');

    if (colon < id.len) {
        return colon + 1 < id.len ? span_from(id, colon + 1) : NO_SPAN;
    }
    for (size_t i = 0; i < id.len; i++) {
        if (!ascii_is_digit(id.at[i])) {
            return id;
        }
    }
    return NO_SPAN;
}

bool read_glue_catalogs(const struct json *answer, struct arena *a, struct glue_catalogs *out,
                        struct fault *f)
{
    const struct json *list = json_member(answer, "CatalogList");
    struct glue_catalogs page = { 0 };

    page.at = begin_page(answer, list, sizeof(*page.at), a, &page.next_token, f);
    if (page.at == NULL) {
        return false;
    }
    for (size_t i = 0; i < json_length(list); i++) {
        struct span id = json_text_of(json_at(list, i), "CatalogId");
        struct glue_catalog *c = &page.at[page.n];
        if (span_is_null(nested_name(id))) {
            continue;
        }
        if (!arena_copy(a, id, &c->id, f)) {
            return false;
        }
        c->name = nested_name(c->id);
        c->type = SPAN("GLUE");
        page.n++;
    }
    *out = page;
    return true;
}

bool read_data_catalogs(const struct json *answer, struct arena *a, struct glue_catalogs *out,
                        struct fault *f)
{
    const struct json *list = json_member(answer, "DataCatalogsSummary");
    struct glue_catalogs page = { 0 };

    page.at = begin_page(answer, list, sizeof(*page.at), a, &page.next_token, f);
    if (page.at == NULL) {
        return false;
    }
    for (size_t i = 0; i < json_length(list); i++) {
        const struct json *one = json_at(list, i);
        struct span name = json_text_of(one, "CatalogName");
        struct glue_catalog *c = &page.at[page.n];
        if (span_is_null(name)) {
            continue;
        }
        if (!arena_copy(a, name, &c->name, f) ||
            !arena_copy(a, json_text_of(one, "Type"), &c->type, f)) {
            return false;
        }
        page.n++;
    }
    *out = page;
    return true;
}

bool read_data_catalog(const struct json *catalog, struct arena *a, struct glue_catalog *out,
                       struct fault *f)
{
    const struct json *parameters = json_member(catalog, "Parameters");

    return arena_copy(a, json_text_of(catalog, "Name"), &out->name, f) &&
           arena_copy(a, json_text_of(catalog, "Type"), &out->type, f) &&
           arena_copy(a, json_text_of(parameters, "catalog-id"), &out->id, f);
}

static bool read_link(const struct json *target, const char *name_member, bool is_table,
                      struct arena *a, struct glue_link *out, struct fault *f)
{
    if (target == NULL) {
        return true;
    }
    return arena_copy(a, json_text_of(target, "CatalogId"), &out->catalog_id, f) &&
           arena_copy(a, json_text_of(target, "DatabaseName"), &out->database, f) &&
           arena_copy(a, json_text_of(target, "Region"), &out->region, f) &&
           (!is_table || arena_copy(a, json_text_of(target, name_member), &out->table, f));
}

bool read_database(const struct json *database, struct arena *a, struct glue_database *out,
                   struct fault *f)
{
    struct glue_database d = { .is_listed = true };
    struct span name = json_text_of(database, "Name");

    if (span_is_null(name)) {
        return fault_set(f, FAULT_PROTOCOL, "The catalog sent a database without a name.");
    }
    if (!arena_copy(a, name, &d.name, f) || !arena_copy(a, json_text_of(database, "Description"),
                                                        &d.description, f) ||
        !arena_copy(a, json_text_of(database, "CatalogId"), &d.catalog_id, f) ||
        !read_link(json_member(database, "TargetDatabase"), "", false, a, &d.target, f)) {
        return false;
    }
    *out = d;
    return true;
}

bool read_databases(const struct json *answer, struct arena *a, struct glue_databases *out,
                    struct fault *f)
{
    const struct json *list = json_member(answer, "DatabaseList");
    struct glue_databases page = { 0 };

    page.at = begin_page(answer, list, sizeof(*page.at), a, &page.next_token, f);
    if (page.at == NULL) {
        return false;
    }
    for (size_t i = 0; i < json_length(list); i++) {
        if (!read_database(json_at(list, i), a, &page.at[page.n++], f)) {
            return false;
        }
    }
    *out = page;
    return true;
}

/* Iceberg leaves columns behind that were dropped, and marks them. */
static bool is_current(const struct json *column)
{
    struct json *mark = json_member(json_member(column, "Parameters"), "iceberg.field.current");
    return !span_equal(json_text(mark), SPAN("false"));
}

static bool add_columns(const struct json *list, bool is_partition, struct arena *a,
                        struct glue_table *t, struct fault *f)
{
    for (size_t i = 0; i < json_length(list); i++) {
        const struct json *column = json_at(list, i);
        struct span name = json_text_of(column, "Name"), type = json_text_of(column, "Type");
        struct glue_column *to = &t->columns[t->n_columns];
        if (span_is_null(name) || !is_current(column)) {
            continue;
        }
        to->is_partition_key = is_partition;
        if (!arena_copy(a, name, &to->name, f) ||
            !arena_copy(a, span_is_null(type) ? SPAN("string") : type, &to->type, f) ||
            !arena_copy(a, json_text_of(column, "Comment"), &to->comment, f)) {
            return false;
        }
        t->n_columns++;
    }
    return true;
}

static bool read_columns(const struct json *table, const struct json *storage, struct arena *a,
                         struct glue_table *t, struct fault *f)
{
    const struct json *own = json_member(storage != NULL ? storage : table, "Columns");
    const struct json *keys = json_member(table, "PartitionKeys");
    size_t n = json_length(own) + json_length(keys);

    if (!is_sound_list(own, CATALOG_COLUMNS_MAX, "columns of a table", f) ||
        !is_sound_list(keys, CATALOG_COLUMNS_MAX, "partition keys of a table", f)) {
        return false;
    }
    t->columns = arena_take_array(a, n > 0 ? n : 1, sizeof(*t->columns), f);
    return t->columns != NULL && add_columns(own, false, a, t, f) &&
           add_columns(keys, true, a, t, f);
}

/* Writers of statistics and crawlers have words of their own for the same count. */
static struct span count_of(const struct json *parameters, const char *name, const char *other)
{
    struct span count = json_text_of(parameters, name);

    return span_is_null(count) || span_starts(count, SPAN("-")) ? json_text_of(parameters, other)
                                                                : count;
}

static bool read_texts(const struct json *table, const struct json *storage, struct span database,
                       struct arena *a, struct glue_table *t, struct fault *f)
{
    const struct json *parameters = json_member(table, "Parameters");
    struct span own_database = json_text_of(table, "DatabaseName");
    struct span comment = json_text_of(table, "Description");

    if (span_is_null(comment)) {
        comment = json_text_of(parameters, "comment");
    }
    return arena_copy(a, json_text_of(table, "Name"), &t->name, f) &&
           arena_copy(a, span_is_null(own_database) ? database : own_database, &t->database, f) &&
           arena_copy(a, json_text_of(table, "TableType"), &t->type, f) &&
           arena_copy(a, comment, &t->description, f) &&
           arena_copy(a, json_text_of(table, "CatalogId"), &t->catalog_id, f) &&
           arena_copy(a, json_text_of(storage, "Location"), &t->location, f) &&
           arena_copy(a, count_of(parameters, "numRows", "recordCount"), &t->row_count, f) &&
           arena_copy(a, count_of(parameters, "totalSize", "sizeKey"), &t->total_size, f);
}

bool read_table(const struct json *table, struct span database, struct arena *a,
                struct glue_table *out, struct fault *f)
{
    const struct json *storage = json_member(table, "StorageDescriptor");
    struct glue_table t = { .has_storage = storage != NULL ||
                            json_member(table, "Columns") != NULL };

    if (span_is_null(json_text_of(table, "Name"))) {
        return fault_set(f, FAULT_PROTOCOL, "The catalog sent a table without a name.");
    }
    if (!read_texts(table, storage, database, a, &t, f) ||
        !read_link(json_member(table, "TargetTable"), "Name", true, a, &t.target, f) ||
        !read_columns(table, storage, a, &t, f)) {
        return false;
    }
    *out = t;
    return true;
}

bool read_tables(const struct json *answer, const char *member, struct span database,
                 struct arena *a, struct glue_tables *out, struct fault *f)
{
    const struct json *list = json_member(answer, member);
    struct glue_tables page = { 0 };

    page.at = begin_page(answer, list, sizeof(*page.at), a, &page.next_token, f);
    if (page.at == NULL) {
        return false;
    }
    for (size_t i = 0; i < json_length(list); i++) {
        if (!read_table(json_at(list, i), database, a, &page.at[page.n++], f)) {
            return false;
        }
    }
    *out = page;
    return true;
}
