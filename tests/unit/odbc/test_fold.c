/* Where markers stand. */
#include "odbc/fold.h"
#include "unit.h"

/* Markers by hand: this test is not about the lexer of sql/. */
static struct sql_text text_of(const char *text, size_t *at)
{
    struct sql_text t = { .native = span_of(text), .class = SQL_CLASS_INSERT, .marker_at = at };

    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] == '?')
            at[t.n_markers++] = i;
    }
    return t;
}

static const struct {
    const char *text, *group;
} folds[] = {
    { "INSERT INTO t VALUES (?, ?)", "(?, ?)" },
    { "insert into t (a, b) values(?,upper(?)) ", "(?,upper(?))" },
    { "INSERT INTO t (a, b) VALUES /* (1) */ (?, 'x)') -- end ?)", "(?, 'x)')" },
    { "INSERT INTO t VALUES (?);", "(?)" },
    { "INSERT INTO t VALUES (?), (?)", NULL },
    { "INSERT INTO t SELECT ? FROM u", NULL },
    { "INSERT INTO t SELECT a FROM u WHERE b = ? AND c IN (VALUES (1))", NULL },
    { "INSERT INTO \"values\" (a) SELECT (?)", NULL },
    { "INSERT INTO t VALUES (?) ON CONFLICT DO NOTHING", NULL },
    { "INSERT INTO t VALUES (?", NULL },
    { "INSERT INTO t -- (\rVALUES (?)", "(?)" },
    { "INSERT INTO t VALUES -- (\r(?) /* ) */", "(?)" },
};

static void an_insert_of_one_group_of_values_is_found(void)
{
    for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
        size_t at[8];
        struct fold f = { NO_SPAN, NO_SPAN, 0 };
        struct sql_text t = text_of(folds[i].text, at);
        bool found = fold_find(&t, &f);
        if (found != (folds[i].group != NULL))
            printf("    %s\n", folds[i].text);
        CU_ASSERT_EQUAL(found, folds[i].group != NULL);
        if (found && folds[i].group != NULL)
            SPAN_IS(f.group, folds[i].group);
        t.class = SQL_CLASS_DDL;
        CU_ASSERT_FALSE(fold_find(&t, &f));
    }
}

static const struct {
    const char *text;
    bool sendable;
} places[] = {
    { "SELECT a FROM t WHERE b = ?", true },
    { "SELECT a FROM t JOIN u ON t.x = ? ORDER BY a LIMIT ?", true },
    { "SELECT ? FROM t", false },
    { "SELECT a, (SELECT x FROM u WHERE y = ?) FROM t", true },
    { "SELECT (SELECT x FROM u WHERE y = ?), ? FROM t", false },
    { "SELECT a FROM t WHERE b IN (SELECT ? FROM u)", false },
    { "INSERT INTO t VALUES (?, ?)", true },
    { "INSERT INTO t SELECT ?", false },
    { "SELECT a -- FROM\r, ? FROM t", false },
    { "SELECT a FROM t -- SELECT\rWHERE b = ?", true },
    { "SELECT '?' AS \"?\" FROM t -- ?\nWHERE a > ?", true },
    { "WITH q AS (SELECT a FROM t WHERE b > ?) SELECT a FROM q HAVING count(*) > ?", true },
};

static void markers_in_a_select_list_are_not_sent(void)
{
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct sql_text t = { .native = span_of(places[i].text) };
        if (fold_markers_are_sendable(&t) != places[i].sendable)
            printf("    %s\n", places[i].text);
        CU_ASSERT_EQUAL(fold_markers_are_sendable(&t), places[i].sendable);
    }
}

static void nesting_beyond_the_limit_is_not_sent(void)
{
    char deep[1200];
    size_t n = 0;

    for (; n < 1000; n++)
        deep[n] = '(';
    deep[n] = '\0';
    struct sql_text t = { .native = span_of(deep) };
    CU_ASSERT_FALSE(fold_markers_are_sendable(&t));
}

static const struct unit_test tests[] = {
    { "an INSERT of one group of values is found", an_insert_of_one_group_of_values_is_found },
    { "markers in a select list are not sent", markers_in_a_select_list_are_not_sent },
    { "nesting beyond the limit is not sent", nesting_beyond_the_limit_is_not_sent },
};

UNIT_MAIN("odbc/fold", tests)
