/* Type names as Glue and Athena write them: nested, cut, wrong. */
#include "fuzz.h"

#include "value/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t flags = fuzz_byte(&data, &size);
    char *copy = fuzz_copy(data, size);
    struct value_options options = { .string_length = 255,
                                     .complex_length = 65535,
                                     .binary_length = 65535,
                                     .wide_strings = flags & 1,
                                     .odbc2 = flags & 2,
                                     .timestamp_tz_as_text = flags & 4,
                                     .boolean_as_text = flags & 8,
                                     .interval_as_text = flags & 16 };
    struct value_type type, twin;
    struct value_shape shape;

    value_type_parse((struct span){ copy, size }, flags, flags >> 4, &type);
    PROMISE(type.kind < VALUE_KINDS && memchr(type.name, 0, sizeof(type.name)) != NULL);
    value_type_shape(&type, &options, &shape);
    PROMISE(shape.display_size > 0 && shape.octet_length > 0 && shape.type_name != NULL);
    (void)value_type_is_open(&type);
    /* A name that was kept whole is understood again. */
    if (size + 1 < sizeof(type.name) && memchr(copy, 0, size) == NULL) {
        value_type_parse(span_of(type.name), type.precision, type.scale, &twin);
        PROMISE(twin.kind == type.kind);
    }
    free(copy);
    return 0;
}
