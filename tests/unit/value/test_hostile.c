/* Cells are untrusted: whatever stands in one, for each type and each C type, nothing is written
   behind the buffer, lengths make sense, pieces come to an end. */
#include <stdlib.h>

#include "unit.h"
#include "value/value.h"

enum { ROUNDS = 400, CELL_MAX = 80, ROOM_MAX = 96, GUARD = 0x5C };

static uint64_t seed = 20261123;

static unsigned next(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

/* Mostly what such cells are made of, sometimes any byte. */
static size_t make_cell(char *to)
{
    static const char usual[] = "0123456789-+:. ,eEINaftruez'\"{}TZ/_";
    static const char *const whole[] = { "2024-01-31 12:34:56.789",
                                         "2024-02-29",
                                         "23:59:59.999999999",
                                         "-9223372036854775808",
                                         "1.7976931348623157E308",
                                         "true",
                                         "01 02 ff",
                                         "550e8400-e29b-41d4-a716-446655440000",
                                         "-178956970-7",
                                         "106751991167 07:12:55.807",
                                         "2024-01-31 12:34:56 Europe/Berlin",
                                         "\xf0\x9f\x98\x80\xc3\xa9" };
    size_t len = 0;

    if (next(2) == 0) {
        const char *from = whole[next(sizeof(whole) / sizeof(whole[0]))];
        len = strlen(from);
        memcpy(to, from, len);
        for (unsigned i = next(3); i > 0; i--) {
            to[next((unsigned)len)] = usual[next(sizeof(usual) - 1)];
        }
        return next(4) == 0 ? next((unsigned)len + 1) : len;
    }
    len = next(CELL_MAX);
    for (size_t i = 0; i < len; i++) {
        to[i] = next(8) == 0 ? (char)next(256) : usual[next(sizeof(usual) - 1)];
    }
    return len;
}

static const SQLSMALLINT c_types[] = { SQL_C_CHAR,
                                       SQL_C_WCHAR,
                                       SQL_C_BINARY,
                                       SQL_C_BIT,
                                       SQL_C_STINYINT,
                                       SQL_C_UTINYINT,
                                       SQL_C_SSHORT,
                                       SQL_C_USHORT,
                                       SQL_C_SLONG,
                                       SQL_C_ULONG,
                                       SQL_C_SBIGINT,
                                       SQL_C_UBIGINT,
                                       SQL_C_FLOAT,
                                       SQL_C_DOUBLE,
                                       SQL_C_NUMERIC,
                                       SQL_C_TYPE_DATE,
                                       SQL_C_TYPE_TIME,
                                       SQL_C_TYPE_TIMESTAMP,
                                       SQL_C_GUID,
                                       SQL_C_INTERVAL_YEAR_TO_MONTH,
                                       SQL_C_INTERVAL_MONTH,
                                       SQL_C_INTERVAL_DAY_TO_SECOND,
                                       SQL_C_INTERVAL_MINUTE_TO_SECOND,
                                       SQL_C_INTERVAL_HOUR,
                                       SQL_C_INTERVAL_SECOND };

static bool is_sized(SQLSMALLINT c_type)
{
    return c_type == SQL_C_CHAR || c_type == SQL_C_WCHAR || c_type == SQL_C_BINARY;
}

static void check_whole(const struct value_plan *p, struct span cell)
{
    _Alignas(8) unsigned char data[ROOM_MAX + 64];
    SQLLEN room = is_sized(p->c_type) ? (SQLLEN)next(ROOM_MAX) : value_c_size(p->c_type);
    SQLLEN length = -1, indicator = -1;

    memset(data, GUARD, sizeof(data));
    enum value_outcome outcome = value_store(p, cell, data, room, &length, &indicator);
    CU_ASSERT(outcome < VALUE_NO_DATA && outcome != VALUE_NULL);
    CU_ASSERT_EQUAL(data[room], GUARD);
    if (outcome == VALUE_OK || outcome == VALUE_FRACTION_LOST) {
        CU_ASSERT(length >= 0 && length <= room);
    } else if (outcome == VALUE_TRUNCATED) {
        CU_ASSERT(is_sized(p->c_type) && length >= room - (p->c_type == SQL_C_BINARY ? 0 : 3));
    }
}

static void check_pieces(const struct value_plan *p, struct span cell)
{
    _Alignas(8) unsigned char data[ROOM_MAX + 64];
    struct value_piece piece = { .at = 0 };
    SQLLEN room = 4 * (SQLLEN)p->wide_unit + (SQLLEN)next(20);
    SQLLEN before = 1000000;

    for (unsigned i = 0; i < 200; i++) {
        SQLLEN length = -1, indicator = -1;
        memset(data, GUARD, sizeof(data));
        enum value_outcome outcome =
            value_store_piece(p, cell, &piece, data, room, &length, &indicator);
        CU_ASSERT(data[room] == GUARD || !is_sized(p->c_type));
        if (outcome != VALUE_TRUNCATED) {
            CU_ASSERT(outcome != VALUE_NO_DATA);
            return;
        }
        CU_ASSERT(length < before);
        before = length;
    }
    CU_FAIL("the pieces do not come to an end");
}

static void no_cell_does_harm(void)
{
    for (int kind = 0; kind < VALUE_KINDS; kind++) {
        for (unsigned c = 0; c < sizeof(c_types) / sizeof(c_types[0]); c++) {
            struct value_type t = { .kind = (enum value_kind)kind, .precision = 10, .scale = 2 };
            struct value_options options = { .wide_unit = c % 2 == 0 ? WIDE_UTF16 : WIDE_UCS4,
                                             .odbc2 = kind % 3 == 0 };
            struct value_plan p;
            if (value_plan_build(&t, c_types[c], &options, &p) != VALUE_OK) {
                continue;
            }
            for (unsigned round = 0; round < ROUNDS; round++) {
                char text[CELL_MAX];
                size_t len = make_cell(text);
                /* its own memory, so that reading behind it is seen */
                char *cell = malloc(len + 1);
                memcpy(cell, text, len);
                char *exact = realloc(cell, len > 0 ? len : 1);
                check_whole(&p, (struct span){ exact, len });
                check_pieces(&p, (struct span){ exact, len });
                free(exact);
            }
        }
    }
}

static void no_parameter_does_harm(void)
{
    static const SQLSMALLINT sql_types[] = { SQL_VARCHAR,
                                             SQL_WVARCHAR,
                                             SQL_DECIMAL,
                                             SQL_INTEGER,
                                             SQL_BIGINT,
                                             SQL_REAL,
                                             SQL_DOUBLE,
                                             SQL_BIT,
                                             SQL_VARBINARY,
                                             SQL_TYPE_DATE,
                                             SQL_TYPE_TIME,
                                             SQL_TYPE_TIMESTAMP,
                                             SQL_GUID,
                                             SQL_INTERVAL_DAY_TO_SECOND,
                                             SQL_INTERVAL_YEAR_TO_MONTH,
                                             SQL_INTERVAL_SECOND };

    for (unsigned round = 0; round < 200000; round++) {
        _Alignas(8) char data[CELL_MAX + 8];
        size_t len = make_cell(data);
        struct buf out = { .ceiling = 4096 };
        struct fault f;
        enum value_outcome outcome = VALUE_OUTCOMES;
        struct value_parameter p = { .c_type = c_types[next(sizeof(c_types) / sizeof(c_types[0]))],
                                     .sql_type =
                                         sql_types[next(sizeof(sql_types) / sizeof(sql_types[0]))],
                                     .column_size = next(60),
                                     .decimal_digits = (SQLSMALLINT)next(12),
                                     .data = data,
                                     .length = (SQLLEN)len,
                                     .wide_unit = WIDE_UTF16 };
        CU_ASSERT_TRUE(value_literal(&p, &out, &outcome, &f));
        bool is_written = outcome == VALUE_OK || outcome == VALUE_FRACTION_LOST;
        CU_ASSERT_EQUAL(is_written, out.len > 0);
        /* Quotes come in pairs: nothing can break out of a literal. */
        unsigned quotes = 0;
        for (size_t i = 0; i < out.len; i++) {
            quotes += out.at[i] == '\'';
        }
        CU_ASSERT_EQUAL(quotes % 2, 0);
        buf_free(&out);
    }
}

static const struct unit_test tests[] = {
    { "no cell does harm", no_cell_does_harm },
    { "no parameter does harm", no_parameter_does_harm },
};

UNIT_MAIN("value/hostile", tests)
