/* Cells into C buffers and C buffers into literals: type, C type and room come from the first
   bytes. Nothing is written beyond the room, pieces add up to the whole, a literal is one token. */
#include "fuzz.h"

#include "sql/lexer.h"
#include "value/value.h"

static const char *const types[] = { "boolean", "tinyint", "integer", "bigint", "double", "real",
                                     "decimal(10,2)", "decimal(38,10)", "varchar", "varchar(5)",
                                     "char(4)", "varbinary", "date", "time(3)", "timestamp(3)",
                                     "timestamp(9)", "timestamp(3) with time zone", "uuid",
                                     "interval year to month", "interval day to second", "json",
                                     "array(integer)" };
static const SQLSMALLINT c_types[] = { SQL_C_CHAR, SQL_C_WCHAR, SQL_C_BINARY, SQL_C_BIT,
                                       SQL_C_STINYINT, SQL_C_SLONG, SQL_C_SBIGINT, SQL_C_UBIGINT,
                                       SQL_C_FLOAT, SQL_C_DOUBLE, SQL_C_NUMERIC, SQL_C_TYPE_DATE,
                                       SQL_C_TYPE_TIME, SQL_C_TYPE_TIMESTAMP, SQL_C_GUID,
                                       SQL_C_INTERVAL_YEAR_TO_MONTH, SQL_C_INTERVAL_DAY_TO_SECOND,
                                       SQL_C_DEFAULT };
static const SQLSMALLINT sql_types[] = { SQL_VARCHAR, SQL_WVARCHAR, SQL_INTEGER, SQL_DECIMAL,
                                         SQL_DOUBLE, SQL_BIT, SQL_VARBINARY, SQL_TYPE_DATE,
                                         SQL_TYPE_TIME, SQL_TYPE_TIMESTAMP, SQL_GUID,
                                         SQL_INTERVAL_DAY_TO_SECOND };

/* Three wide characters: a byte in hexadecimal digits and its end. */
enum { ROOM_MIN = 12 };

#define PICK(list, byte) ((list)[(byte) % (sizeof(list) / sizeof((list)[0]))])

/* A buffer of a fixed-length type has its size, whatever the room says. */
static char *buffer_for(const struct value_plan *plan, size_t *room)
{
    if (value_c_size(plan->c_type) > 0) {
        *room = (size_t)value_c_size(plan->c_type);
    }
    char *data = malloc(*room);

    PROMISE(data != NULL);
    return data;
}

static void store(const struct value_plan *plan, struct span cell, size_t room)
{
    SQLLEN length = 0, indicator = 0;
    char *data = buffer_for(plan, &room);

    PROMISE(value_store(plan, cell, data, (SQLLEN)room, &length, &indicator) < VALUE_OUTCOMES);
    free(data);
}

static void store_pieces(const struct value_plan *plan, struct span cell, size_t room)
{
    struct value_piece piece = { .at = 0 };
    char *data = buffer_for(plan, &room);

    for (size_t i = 0; i < cell.len * 16 + 64; i++) {
        SQLLEN length = 0, indicator = 0;
        enum value_outcome outcome =
            value_store_piece(plan, cell, &piece, data, (SQLLEN)room, &length, &indicator);

        if (outcome != VALUE_TRUNCATED) {
            free(data);
            return;
        }
    }
    PROMISE(!"pieces come to an end");
}

static void literal(struct span text, SQLSMALLINT sql_type)
{
    struct value_parameter p = { .c_type = SQL_C_CHAR,
                                 .sql_type = sql_type,
                                 .column_size = 60,
                                 .decimal_digits = 3,
                                 .data = text.at,
                                 .length = (SQLLEN)text.len };
    struct buf out = { .ceiling = 1 << 22 };
    enum value_outcome outcome = VALUE_OK;
    struct fault f = { .kind = FAULT_NONE };

    if (value_literal(&p, &out, &outcome, &f) &&
        (outcome == VALUE_OK || outcome == VALUE_FRACTION_LOST)) {
        struct lexer l = { .text = buf_span(&out) };
        struct token t;

        PROMISE(out.len > 0);
        while ((t = lexer_next(&l)).kind != TOKEN_END) {
            PROMISE(t.is_closed && t.kind != TOKEN_MARKER && t.kind != TOKEN_LINE_COMMENT &&
                    t.kind != TOKEN_BLOCK_COMMENT && !token_is_sign(&t, ';'));
        }
    }
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t type_byte = fuzz_byte(&data, &size), c_byte = fuzz_byte(&data, &size);
    size_t room = fuzz_byte(&data, &size) % 64 + ROOM_MIN;
    char *copy = fuzz_copy(data, size);
    struct span cell = { copy, size };
    struct value_options options = { .string_length = 255,
                                     .complex_length = 255,
                                     .binary_length = 255,
                                     .wide_unit = c_byte & 128 ? WIDE_UCS4 : WIDE_UTF16 };
    struct value_type type;
    struct value_plan plan;

    value_type_parse(span_of(PICK(types, type_byte)), 0, 0, &type);
    if (value_plan_build(&type, PICK(c_types, c_byte), &options, &plan) == VALUE_OK) {
        store(&plan, cell, room);
        store_pieces(&plan, cell, room);
    }
    literal(cell, PICK(sql_types, type_byte));
    free(copy);
    return 0;
}
