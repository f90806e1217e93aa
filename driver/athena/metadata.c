/* The .metadata companion of a result: protocol buffers without a published schema, so every length
   is doubted and every unknown field skipped. */
#include "athena/columns.h"

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5, VARINT_BYTES_MAX = 10 };
enum { TOP_UPDATE_COUNT = 3, TOP_COLUMN = 4 };
enum { COLUMN_NAME = 4, COLUMN_LABEL = 5, COLUMN_TYPE = 6, COLUMN_PRECISION = 7, COLUMN_SCALE = 8,
       COLUMN_CASE = 10 };

/* One field: number, and a value or bytes. */
struct field {
    uint64_t number;
    unsigned wire;
    uint64_t value;
    struct span bytes;
};

static bool read_varint(struct span *s, uint64_t *out)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < VARINT_BYTES_MAX && i < s->len; i++) {
        unsigned char byte = (unsigned char)s->at[i];
        if (i == VARINT_BYTES_MAX - 1 && byte > 1) {
            return false;
        }
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *s = span_from(*s, i + 1);
            *out = value;
            return true;
        }
    }
    return false;
}

static bool read_bytes(struct span *s, uint64_t len, struct span *out)
{
    if (len > s->len) {
        return false;
    }
    *out = span_part(*s, 0, (size_t)len);
    *s = span_from(*s, (size_t)len);
    return true;
}

static bool read_field(struct span *s, struct field *out)
{
    uint64_t key, len;

    *out = (struct field){ 0 };
    if (!read_varint(s, &key) || key >> 3 == 0) {
        return false;
    }
    out->number = key >> 3;
    out->wire = (unsigned)(key & 7);
    switch (out->wire) {
    case WIRE_VARINT:
        return read_varint(s, &out->value);
    case WIRE_64:
        return read_bytes(s, 8, &out->bytes);
    case WIRE_32:
        return read_bytes(s, 4, &out->bytes);
    case WIRE_BYTES:
        return read_varint(s, &len) && read_bytes(s, len, &out->bytes);
    default:
        return false;
    }
}

static bool take_column_field(const struct field *field, struct arena *a, struct athena_column *out,
                              struct fault *f)
{
    bool is_text = field->wire == WIRE_BYTES;

    switch (field->number) {
    case COLUMN_NAME:
        return !is_text || arena_copy(a, field->bytes, &out->name, f);
    case COLUMN_LABEL:
        return !is_text || arena_copy(a, field->bytes, &out->label, f);
    case COLUMN_TYPE:
        return !is_text || arena_copy(a, field->bytes, &out->type, f);
    case COLUMN_PRECISION:
        out->precision = (uint32_t)field->value;
        return true;
    case COLUMN_SCALE:
        out->scale = (uint32_t)field->value;
        return true;
    case COLUMN_CASE:
        out->is_case_sensitive = field->value != 0;
        return true;
    default:
        return true;
    }
}

static bool unreadable(struct fault *f)
{
    return fault_set(f, FAULT_PROTOCOL, "The metadata object of the result cannot be read.");
}

static bool read_column(struct span bytes, struct arena *a, struct athena_column *out,
                        struct fault *f)
{
    struct span rest = bytes;
    struct field field;

    *out = (struct athena_column){ .name = SPAN(""), .type = SPAN("") };
    while (rest.len > 0) {
        if (!read_field(&rest, &field)) {
            return unreadable(f);
        }
        if (!take_column_field(&field, a, out, f)) {
            return false;
        }
    }
    if (span_is_null(out->label)) {
        out->label = out->name;
    }
    return out->type.len > 0 ? true : unreadable(f);
}

static bool count_columns(struct span bytes, size_t *n)
{
    struct span rest = bytes;
    struct field field;

    *n = 0;
    while (rest.len > 0) {
        if (!read_field(&rest, &field)) {
            return false;
        }
        *n += field.number == TOP_COLUMN && field.wire == WIRE_BYTES;
    }
    return *n <= ATHENA_COLUMNS_MAX;
}

/* The second pass: the first has proved that every field can be read. */
static bool read_top(struct span bytes, struct arena *a, struct result_metadata *out,
                     struct fault *f)
{
    struct span rest = bytes;
    struct field field;

    while (rest.len > 0 && read_field(&rest, &field)) {
        if (field.number == TOP_UPDATE_COUNT && field.wire == WIRE_VARINT) {
            out->has_update_count = true;
            out->update_count = (int64_t)field.value;
        } else if (field.number == TOP_COLUMN && field.wire == WIRE_BYTES) {
            if (!read_column(field.bytes, a, &out->columns.at[out->columns.n++], f)) {
                return false;
            }
        }
    }
    return true;
}

bool athena_read_metadata(struct span bytes, struct arena *arena, struct result_metadata *out,
                          struct fault *f)
{
    struct result_metadata found = { 0 };
    size_t n;

    /* Field 1, the query's id, always comes first: what begins otherwise is encrypted. */
    if (bytes.len == 0 || bytes.at[0] != 0x0a || !count_columns(bytes, &n)) {
        return unreadable(f);
    }
    found.columns.at = arena_take_array(arena, n > 0 ? n : 1, sizeof(*found.columns.at), f);
    if (found.columns.at == NULL || !read_top(bytes, arena, &found, f)) {
        return false;
    }
    *out = found;
    return true;
}
