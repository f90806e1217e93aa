/* What an execution costs. */
#include "unit/athena/bench.h"

static void a_scan_costs_whole_mebibytes_ten_at_least(void)
{
    static const double mib = 5.0 / 1024 / 1024;
    static const struct {
        int64_t bytes;
        bool reused;
        enum query_state state;
        double mebibytes;
    } cases[] = {
        { 0, false, QUERY_SUCCEEDED, 0 },
        { 1024, false, QUERY_SUCCEEDED, 10 },
        { 10 * 1024 * 1024, false, QUERY_SUCCEEDED, 10 },
        { 10 * 1024 * 1024 + 1, false, QUERY_SUCCEEDED, 11 },
        { 1000 * 1000 * 1000, false, QUERY_SUCCEEDED, 954 },
        { 1024 * 1024 * 1024, false, QUERY_SUCCEEDED, 1024 },
        { 1099511627776, false, QUERY_SUCCEEDED, 1024 * 1024 },
        { 1024 * 1024 * 1024, true, QUERY_SUCCEEDED, 0 },
        { 1024 * 1024 * 1024, false, QUERY_FAILED, 0 },
        /* what was scanned so far is billed */
        { 1024 * 1024 * 1024, false, QUERY_CANCELLED, 1024 },
    };
    struct execution *e = NULL;
    struct fault f;

    CU_ASSERT_FATAL(execution_new(&e, &f));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        e->scanned_bytes = cases[i].bytes;
        e->reused = cases[i].reused;
        e->state = cases[i].state;
        CU_ASSERT_DOUBLE_EQUAL(execution_cost(e, 5), cases[i].mebibytes * mib, 1e-12);
    }
    execution_drop(e);
}

static const struct unit_test tests[] = {
    { "a scan costs whole mebibytes, ten at least", a_scan_costs_whole_mebibytes_ten_at_least },
};

UNIT_MAIN("athena/execution", tests)
