/* Patterns against a slow, plain reading of the same rules; the case file patterns.txt holds the
   promises. */
#include "sql/sql.h"
#include "unit/unit.h"

/* Written as a table over all prefixes, to have a second opinion. ASCII only. */
static bool matches_by_table(const char *pattern, const char *name)
{
    bool row[64] = { true };
    size_t n = strlen(name);

    for (const char *p = pattern; *p != 0; p++) {
        bool is_literal = *p == '\\' && p[1] != 0, next[64] = { false };
        char c = is_literal ? *++p : *p;

        for (size_t i = 0; i <= n; i++) {
            if (!is_literal && c == '%') {
                next[i] = row[i] || (i > 0 && next[i - 1]);
            } else {
                next[i] = i > 0 && row[i - 1] && ((!is_literal && c == '_') || c == name[i - 1]);
            }
        }
        memcpy(row, next, sizeof(row));
    }
    return row[n];
}

static void two_readings_agree_on_many_patterns(void)
{
    static const char letters[] = "ab%_\\";
    uint64_t state = 7;
    char pattern[9], name[9];
    unsigned n_matches = 0;

    for (unsigned i = 0; i < 200000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        unsigned p = (unsigned)(state >> 33) % 8, n = (unsigned)(state >> 40) % 8;

        for (unsigned k = 0; k < 8; k++) {
            pattern[k] = k < p ? letters[(state >> (k * 3)) % 5] : 0;
            name[k] = k < n ? letters[(state >> (k * 2 + 24)) % 4] : 0;
        }
        pattern[8] = name[8] = 0;
        bool want = matches_by_table(pattern, name);

        n_matches += want;
        if (sql_like(span_of(pattern), span_of(name), false) != want) {
            printf("    pattern %s, name %s\n", pattern, name);
            CU_FAIL_FATAL("readings differ");
        }
    }
    CU_ASSERT(n_matches > 1000);
}

static const struct unit_test tests[] = {
    { "two readings agree on many patterns", two_readings_agree_on_many_patterns },
};
UNIT_MAIN("sql like", tests)
