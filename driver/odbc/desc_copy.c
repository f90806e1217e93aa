/* SQLCopyDesc: an image is taken under the source's lock and put in place under the target's, never
   both at a time. */
#include <stdlib.h>
#include <string.h>

#include "odbc/desc_field.h"
#include "odbc/stmt.h"

/* Everything that is copied. */
struct image {
    SQLULEN array_size, bind_type;
    SQLUSMALLINT *array_status;
    SQLLEN *bind_offset;
    SQLULEN *rows_processed;
    unsigned count, room;
    struct desc_record *records;
    struct arena arena;
};

static void image_free(struct image *i)
{
    free(i->records);
    arena_free(&i->arena);
}

/* Names of an IRD live in its statement; the copy keeps its own. */
static bool own_texts(struct arena *arena, struct desc_record *r, struct fault *f)
{
    struct span *const texts[] = { &r->name, &r->label, &r->base_column, &r->catalog, &r->schema,
                                   &r->table, &r->base_table, &r->type_name, &r->local_type_name,
                                   &r->literal_prefix, &r->literal_suffix };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!arena_copy(arena, *texts[i], texts[i], f)) {
            return false;
        }
    }
    return true;
}

static bool image_take(struct image *i, struct desc *from, struct fault *f)
{
    *i = (struct image){ .array_size = from->array_size,
                         .bind_type = from->bind_type,
                         .array_status = from->array_status,
                         .bind_offset = from->bind_offset,
                         .rows_processed = from->rows_processed,
                         .count = from->count };
    if (desc_record_at(from, from->count) == NULL) {
        return fault_memory(f);
    }
    i->room = from->room;
    i->records = malloc(((size_t)i->room + 1) * sizeof(*i->records));
    if (i->records == NULL) {
        return fault_memory(f);
    }
    memcpy(i->records, from->records, ((size_t)i->room + 1) * sizeof(*i->records));
    for (unsigned n = 0; n <= i->count; n++) {
        if (!own_texts(&i->arena, &i->records[n], f)) {
            return false;
        }
    }
    return true;
}

/* Moves the image into the target. */
static void image_put(struct image *i, struct desc *to)
{
    free(to->records);
    arena_free(&to->arena);
    to->array_size = i->array_size;
    to->bind_type = i->bind_type;
    to->array_status = i->array_status;
    to->bind_offset = i->bind_offset;
    to->rows_processed = i->rows_processed;
    to->count = i->count;
    to->room = i->room;
    to->records = i->records;
    to->arena = i->arena;
    to->generation++;
    i->records = NULL;
    i->arena = (struct arena){ 0 };
}

static bool is_consistent(const struct image *i, const struct desc *to)
{
    for (unsigned n = 1; n <= i->count; n++) {
        const struct desc_record *r = &i->records[n];

        if (r->data != NULL && !desc_record_is_consistent(r, desc_is_application(to))) {
            return false;
        }
    }
    return true;
}

static void change_lock(struct desc *from, struct desc *to)
{
    if (desc_latch(from) == desc_latch(to)) {
        return;
    }
    latch_give(desc_latch(from));
    latch_take(desc_latch(to));
    if (to->stmt != NULL) {
        stmt_settle(to->stmt);
    }
}

SQLRETURN desc_copy(struct desc *from, struct desc *to)
{
    struct image image = { 0 };
    struct fault f = { 0 };
    SQLRETURN rc;
    bool ok;

    if (to->role == DESC_IRD) {
        return diag_post(&to->handle, STATE_HY016, NULL);
    }
    if (from == to) {
        return SQL_SUCCESS;
    }
    change_lock(to, from);
    rc = desc_ready(from, to);
    ok = rc == SQL_SUCCESS && image_take(&image, from, &f);
    change_lock(from, to);
    if (ok) {
        rc = desc_check_unused(to, &to->handle);
        ok = rc == SQL_SUCCESS;
    }
    if (ok && !is_consistent(&image, to)) {
        rc = diag_post(&to->handle, STATE_HY021, NULL);
    } else if (ok) {
        image_put(&image, to);
    } else if (rc == SQL_SUCCESS) {
        rc = diag_post_fault(&to->handle, &f);
    }
    image_free(&image);
    return rc;
}
