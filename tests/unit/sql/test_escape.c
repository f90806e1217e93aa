/* The escape translator as a whole: nesting, places, what is refused, what stays as it is. */
#include "sql_help.h"

#include "sql/escape.h"

static const struct {
    const char *given, *expect;
} cases[] = {
    { "SELECT {fn UCASE('a')}", "SELECT upper('a')" },
    { "SELECT {fn UCASE({fn LCASE(name)})} FROM t", "SELECT upper(lower(name)) FROM t" },
    { "SELECT {fn CONCAT({fn LEFT(a,2)},{fn RIGHT(b,{fn LENGTH('x')})})}",
      "SELECT concat(substr(a, 1, 2), reverse(substr(reverse(b), 1, length(regexp_replace('x', ' "
      "+\\z', '')))))" },
    { "SELECT{fn PI()}FROM t", "SELECT pi()FROM t" },
    { "SELECT {fn CURDATE()}FROM t", "SELECT current_date FROM t" },
    { "SELECT {fn CURDATE}", "SELECT current_date" },
    { "{fn PI()}", "pi()" },
    { "SELECT { fn /* why */ ucase ( a ) }", "SELECT upper(a)" },
    { "SELECT {fn UCASE(a -- note\n)}", "SELECT upper(a -- note\n)" },
    { "SELECT {fn UCASE('a,b)}')}", "SELECT upper('a,b)}')" },
    { "SELECT {fn IFNULL(f(a, b)[1], ARRAY[1, 2][1])}",
      "SELECT coalesce(f(a, b)[1], ARRAY[1, 2][1])" },
    { "SELECT {fn NOSUCH(a, {fn LCASE(b)})}", "SELECT NOSUCH(a, lower(b))" },
    { "SELECT {fn my.schema.func(1)}", "SELECT my.schema.func(1)" },
    { "SELECT {fn GREATEST(1,2,3,4,5,6,7,8,9,10,11)}", "SELECT GREATEST(1,2,3,4,5,6,7,8,9,10,11)" },
    { "SELECT * FROM {oj a LEFT OUTER JOIN b ON a.x={fn ABS(b.x)}} WHERE 1=1",
      "SELECT * FROM a LEFT OUTER JOIN b ON a.x=abs(b.x) WHERE 1=1" },
    { "SELECT * FROM {oj a JOIN b ON a.x=b.x}WHERE 1=1",
      "SELECT * FROM a JOIN b ON a.x=b.x WHERE 1=1" },
    { "{oj 1-}-1", "1- -1" },
    { "{oj m MATCH_RECOGNIZE (PATTERN (A{2} {- B -}))} x",
      "m MATCH_RECOGNIZE (PATTERN (A{2} {- B -})) x" },
    { "{call rank(1, 'a')}", "CALL rank(1, 'a')" },
    { "{ call refresh }", "CALL refresh ()" },
    { "{call refresh -- all\n}", "CALL refresh -- all\n()" },
    { "{?=call rank(1)}", NULL },
    { "{ ? = call rank(1)}", NULL },
    { "SELECT {fn UCASE('a')", NULL },
    { "SELECT {fn UCASE('a'}", NULL },
    { "SELECT {fn UCASE('a') || 'b'}", NULL },
    { "SELECT {fn UCASE('a', 'b')}", NULL },
    { "SELECT {fn UCASE()}", NULL },
    { "SELECT {fn }", NULL },
    { "SELECT {fn (1)}", NULL },
    { "SELECT '{fn UCASE(1)}', \"{d x\", `{t`, -- {ts\n /* {fn */ 1",
      "SELECT '{fn UCASE(1)}', \"{d x\", `{t`, -- {ts\n /* {fn */ 1" },
    { "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A{2,3} B? {- C -}))",
      "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A{2,3} B? {- C -}))" },
    { "SELECT {unknown 'x'}", "SELECT {unknown 'x'}" },
    { "SELECT {fn UCASE(?)}", "SELECT upper(?)" },
    { "SELECT {fn LOCATE(?, a)}", "SELECT strpos(a, ?)" },
    { "SELECT {fn LOCATE(?, ?)}", "SELECT position((?) IN (?))" },
    { "SELECT {fn LOCATE('a', ?, 2)}", NULL },
    { "SELECT {fn RAND(?)}", NULL },
    { "SELECT {fn RAND(5)}", "SELECT random()" },
    { "SELECT {fn INSERT('abc', 2, 1, ?)}",
      "SELECT concat(substr('abc', 1, (2) - 1), ?, substr('abc', (2) + (1)))" },
    { "SELECT {fn INSERT(?, 2, 1, 'x')}", NULL },
    { "SELECT {fn INSERT('abc', 2, ?, ?)}", NULL },
    { "SELECT {fn DATABASE()}, {fn USER()}", "SELECT 'AwsDataCatalog', 'o''hara'" },
    { "SELECT x'00'{fn USER()}", "SELECT x'00' 'o''hara'" },
};

static void escapes_become_athenas_words(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CU_ASSERT(translates_to(cases[i].given, cases[i].expect));
    }
}

static void a_refusal_names_the_place(void)
{
    struct translated t;

    translate("SELECT 1,\n  {d '2024-02-30'}", &t);
    CU_ASSERT_FALSE(t.ok);
    CU_ASSERT_EQUAL(t.fault.kind, FAULT_SYNTAX);
    CU_ASSERT_EQUAL(t.fault.line, 2);
    CU_ASSERT_EQUAL(t.fault.column, 3);
    CU_ASSERT_STRING_EQUAL(t.fault.text, "line 2:3: {d '2024-02-30'}: there is no such day");
    translated_free(&t);
    translate("{?=call f()}", &t);
    CU_ASSERT_EQUAL(t.fault.kind, FAULT_UNSUPPORTED);
    translated_free(&t);
}

static void nesting_is_bounded(void)
{
    for (unsigned depth = ESCAPE_DEPTH_MAX; depth <= ESCAPE_DEPTH_MAX + 1; depth++) {
        struct buf b = { .ceiling = 65536 };
        struct fault f = { .kind = FAULT_NONE };
        struct translated t;

        for (unsigned i = 0; i < depth; i++) {
            CU_ASSERT_FATAL(buf_add(&b, SPAN("{fn ABS("), &f));
        }
        CU_ASSERT_FATAL(buf_add(&b, SPAN("1"), &f));
        for (unsigned i = 0; i < depth; i++) {
            CU_ASSERT_FATAL(buf_add(&b, SPAN(")}"), &f));
        }
        translate_span(buf_span(&b), &t);
        CU_ASSERT_EQUAL(t.ok, depth == ESCAPE_DEPTH_MAX);
        CU_ASSERT(t.ok || t.fault.kind == FAULT_CEILING);
        translated_free(&t);
        buf_free(&b);
    }
}

static void repeated_arguments_cannot_blow_the_text_up(void)
{
    struct buf b = { .ceiling = 65536 };
    struct fault f = { .kind = FAULT_NONE };
    struct translated t;

    for (unsigned i = 0; i < 40; i++) {
        CU_ASSERT_FATAL(buf_add(&b, SPAN("{fn LOCATE('a', "), &f));
    }
    CU_ASSERT_FATAL(buf_add(&b, SPAN("x"), &f));
    for (unsigned i = 0; i < 40; i++) {
        CU_ASSERT_FATAL(buf_add(&b, SPAN(", 2)}"), &f));
    }
    translate_span(buf_span(&b), &t);
    CU_ASSERT_FALSE(t.ok);
    CU_ASSERT_EQUAL(t.fault.kind, FAULT_CEILING);
    translated_free(&t);
    buf_free(&b);
}

static void noscan_leaves_escapes_alone(void)
{
    struct sql_context context = { .no_scan = true };
    struct arena arena = { .blocks = NULL };
    struct sql_text sql;
    struct fault f;

    CU_ASSERT_FATAL(sql_translate(SPAN("SELECT {fn UCASE(?)}"), &context, &arena, &sql, &f));
    SPAN_IS(sql.native, "SELECT {fn UCASE(?)}");
    CU_ASSERT_EQUAL(sql.n_markers, 1);
    arena_free(&arena);
}

static uint64_t state = 42;

static unsigned pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

static const char *const pieces[] = {
    "{fn ",
    "{fn UCASE(",
    "{fn LOCATE(",
    "{fn INSERT(",
    "{fn REPEAT(",
    "{fn CONVERT(",
    "{fn TRUNCATE(",
    "{fn TIMESTAMPADD(SQL_TSI_HOUR,",
    "{fn NOSUCH(",
    "{fn PI()}",
    "{fn CURDATE}",
    "{d '2024-02-29'}",
    "{t '1'}",
    "{ts '2024-02-29 00:00:00'}",
    "{interval '1' DAY}",
    "{escape '!'}",
    "{oj ",
    "{call p",
    "{?=call p}",
    "{guid ''}",
    ")}",
    ")}",
    ")}",
    ")",
    "(",
    "}",
    "}",
    "{",
    ",",
    ", ",
    "?",
    "?",
    " ",
    "\n",
    "a",
    "1",
    "2",
    "-",
    "'x'",
    "'{fn '",
    "\"q?\"",
    "-- c ? )}\n",
    "/* ? } */",
    "SQL_VARCHAR",
    "[",
    "]",
    "{2,3}",
    "\xc3\xa9",
    "\xff",
    "'",
    "SELECT ",
};

static unsigned count_markers(struct span text)
{
    struct lexer l = { .text = text };
    struct token t;
    unsigned n = 0;

    while ((t = lexer_next(&l)).kind != TOKEN_END) {
        n += t.kind == TOKEN_MARKER;
    }
    return n;
}

/* Whatever is thrown at it: a refusal says why, and a translation keeps every marker. */
static void markers_are_never_lost_or_repeated(void)
{
    unsigned n_translated = 0;

    for (unsigned i = 0; i < 100000; i++) {
        char text[1024] = "";
        struct translated t;

        for (unsigned k = 1 + pick(14); k > 0; k--) {
            const char *piece = pieces[pick(sizeof(pieces) / sizeof(pieces[0]))];

            memcpy(text + strlen(text), piece, strlen(piece) + 1);
        }
        translate(text, &t);
        if (t.ok && t.sql.n_edits > 0) {
            n_translated++;
            if (t.sql.n_markers != count_markers(t.sql.original)) {
                printf("    %s\n    %.*s\n", text, (int)t.sql.native.len, t.sql.native.at);
                CU_FAIL_FATAL("markers differ");
            }
        }
        CU_ASSERT(t.ok || (t.fault.kind != FAULT_NONE && t.fault.text[0] != 0));
        translated_free(&t);
    }
    CU_ASSERT(n_translated > 5000);
    printf("    %u translated\n", n_translated);
}

static const struct unit_test tests[] = {
    { "escapes become Athena's words", escapes_become_athenas_words },
    { "a refusal names the place", a_refusal_names_the_place },
    { "nesting is bounded", nesting_is_bounded },
    { "repeated arguments cannot blow the text up", repeated_arguments_cannot_blow_the_text_up },
    { "markers are never lost or repeated", markers_are_never_lost_or_repeated },
    { "SQL_ATTR_NOSCAN leaves escapes alone", noscan_leaves_escapes_alone },
};
UNIT_MAIN("sql escape", tests)
