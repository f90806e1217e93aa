/* sql_translate as a whole: markers, one statement only, limits, and the promise that nothing
   outside an escape changes. */
#include "sql_help.h"

#include "sql/escape.h"

static void markers_are_found_where_they_stand(void)
{
    struct translated t;

    translate("SELECT ?, {fn UCASE(?)}, '?' FROM t WHERE a = ? -- ?", &t);
    CU_ASSERT_FATAL(t.ok);
    CU_ASSERT_EQUAL_FATAL(t.sql.n_markers, 3);
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(t.sql.native.at[t.sql.marker_at[i]], '?');
    }
    CU_ASSERT_EQUAL(t.sql.marker_at[0], 7);
    CU_ASSERT_EQUAL(t.sql.marker_at[1], 16);
    CU_ASSERT_EQUAL(t.sql.class, SQL_CLASS_SELECT);
    translated_free(&t);
}

static void a_second_statement_is_refused_with_its_place(void)
{
    struct translated t;

    translate("SELECT {fn PI()};\nDROP TABLE t", &t);
    CU_ASSERT_FALSE(t.ok);
    CU_ASSERT_EQUAL(t.fault.kind, FAULT_SYNTAX);
    CU_ASSERT_EQUAL(t.fault.line, 2);
    CU_ASSERT_EQUAL(t.fault.column, 1);
    translated_free(&t);
    translate("SELECT {fn PI()}; DROP TABLE t", &t);
    CU_ASSERT_EQUAL(t.fault.column, 19);
    translated_free(&t);
}

static void a_semicolon_at_the_end_is_no_second_statement(void)
{
    CU_ASSERT(translates_to("SELECT 1;", "SELECT 1;"));
    CU_ASSERT(translates_to("SELECT 1 ; -- done\n ;", "SELECT 1 ; -- done\n ;"));
    CU_ASSERT(translates_to("SELECT ';' || \";\"", "SELECT ';' || \";\""));
    CU_ASSERT(translates_to("CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED FIELDS "
                            "TERMINATED BY '\\';' LOCATION 's3://b/'",
                            "CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED FIELDS "
                            "TERMINATED BY '\\';' LOCATION 's3://b/'"));
}

static void the_service_limit_is_checked_here(void)
{
    struct buf b = { .ceiling = 2 * SQL_INPUT_BYTES_MAX };
    struct fault f = { .kind = FAULT_NONE };

    CU_ASSERT_FATAL(buf_add(&b, SPAN("SELECT '"), &f));
    while (b.len < SQL_BYTES_MAX - 1) {
        CU_ASSERT_FATAL(buf_add_byte(&b, 'x', &f));
    }
    CU_ASSERT_FATAL(buf_add_byte(&b, '\'', &f));
    for (unsigned more = 0; more < 2; more++) {
        struct translated t;

        translate_span(buf_span(&b), &t);
        CU_ASSERT_EQUAL(t.ok, more == 0);
        CU_ASSERT(t.ok || t.fault.kind == FAULT_CEILING);
        CU_ASSERT(t.ok || strstr(t.fault.text, "262145") != NULL);
        translated_free(&t);
        CU_ASSERT_FATAL(buf_add_byte(&b, ' ', &f));
    }
    buf_free(&b);
}

static void an_empty_text_is_a_statement_without_class(void)
{
    struct translated t;

    translate("", &t);
    CU_ASSERT_FATAL(t.ok);
    CU_ASSERT_EQUAL(t.sql.class, SQL_CLASS_UNKNOWN);
    CU_ASSERT_EQUAL(t.sql.n_markers, 0);
    translated_free(&t);
}

/* A small generator with a fixed seed: words, quotes, comments, brackets and odd bytes, no escape
   keyword behind a brace. */
static uint64_t state;

static unsigned pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

static const char *const pieces[] = {
    "SELECT",
    " ",
    "\n",
    "\t",
    "a",
    "b1",
    "FROM",
    "WHERE",
    "'text'",
    "'it''s {fn UCASE(1)}'",
    "\"name\"",
    "\"na\"\"me {d '1'}\"",
    "`back ? tick`",
    "-- {ts 'x'} ? ; line\n",
    "/* {fn ( ? ; */",
    "?",
    ",",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{2,3}",
    "{- A -}",
    "{x 'y'}",
    "1.5e3",
    "0x1F",
    "U&'\\0041'",
    "X'00ff'",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "->",
    "=>",
    "<>",
    "été",
    "日本",
    "😀",
    "\xff\xfe",
    "\x01",
    "$x",
    "@y",
    "#z",
    "_",
    ".",
    ":",
    "::",
    "!",
    "\\",
    "INSERT",
    "CREATE",
    "TABLE",
    "AS",
    "MATCH_RECOGNIZE",
    "PATTERN",
    "ROWS",
    "fn",
    "d",
    "ts",
    "oj",
    "call",
    "CAST(a AS bigint)",
    "'unclosed",
    "/* unclosed",
    "\"unclosed",
};

static bool is_escape_word(const char *piece)
{
    static const char *const words[] = { "fn", "d", "ts", "oj", "call" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], piece) == 0) {
            return true;
        }
    }
    return false;
}

static void generate(char *to, size_t room)
{
    unsigned n = 1 + pick(24);
    bool may_escape = false;

    to[0] = 0;
    for (unsigned i = 0; i < n; i++) {
        unsigned at = pick(sizeof(pieces) / sizeof(pieces[0]) - (i + 1 < n ? 3 : 0));
        const char *piece = pieces[at];

        if (may_escape && is_escape_word(piece)) {
            continue;
        }
        if (strcmp(piece, "{") == 0) {
            may_escape = true;
        } else if (piece[0] != ' ' && piece[0] != '\n' && piece[0] != '\t' &&
                   strncmp(piece, "--", 2) != 0 && strncmp(piece, "/*", 2) != 0) {
            may_escape = false;
        }
        if (strlen(to) + strlen(piece) + 1 < room) {
            memcpy(to + strlen(to), piece, strlen(piece) + 1);
        }
    }
}

static void texts_without_escapes_come_out_byte_identical(void)
{
    struct arena arena = { .blocks = NULL };
    struct sql_context context = { .no_scan = false };
    unsigned n_same = 0;
    char text[1024];

    state = 20261123;
    for (unsigned i = 0; i < 100000; i++) {
        struct sql_text sql;
        struct fault f = { .kind = FAULT_NONE };

        generate(text, sizeof(text));
        arena_reset(&arena);
        if (!sql_translate(span_of(text), &context, &arena, &sql, &f)) {
            printf("    %s\n    %s\n", text, f.text);
        } else if (!span_equal(sql.native, span_of(text)) || sql.n_edits != 0) {
            printf("    %s\n    %.*s\n", text, (int)sql.native.len, sql.native.at);
        } else {
            n_same++;
        }
    }
    CU_ASSERT_EQUAL(n_same, 100000);
    arena_free(&arena);
}

static const struct unit_test tests[] = {
    { "markers are found where they stand", markers_are_found_where_they_stand },
    { "a second statement is refused with its place",
      a_second_statement_is_refused_with_its_place },
    { "a semicolon at the end is no second statement",
      a_semicolon_at_the_end_is_no_second_statement },
    { "the service's limit is checked here", the_service_limit_is_checked_here },
    { "an empty text is a statement without class", an_empty_text_is_a_statement_without_class },
    { "100,000 texts without escapes come out byte-identical",
      texts_without_escapes_come_out_byte_identical },
};
UNIT_MAIN("sql marker", tests)
