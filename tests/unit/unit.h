/* What every unit test needs: CUnit with sentences as names and an exit code. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/span.h"

struct unit_test {
    const char *sentence;
    void (*run)(void);
};

/* Runs the list as one suite; the exit code of main. Ends with a line "UNIT name: N passed, N
   failed" for the runner. */
static inline int unit_run(const char *name, const struct unit_test *tests, size_t n)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 2;
    }
    CU_pSuite suite = CU_add_suite(name, NULL, NULL);
    for (size_t i = 0; i < n; i++) {
        CU_add_test(suite, tests[i].sentence, tests[i].run);
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_tests_failed();
    printf("UNIT %s: %u passed, %u failed\n", name, CU_get_number_of_tests_run() - failed, failed);
    CU_cleanup_registry();
    return failed == 0 ? 0 : 1;
}

#define UNIT_MAIN(name, tests) \
    int main(void) { return unit_run(name, tests, sizeof(tests) / sizeof((tests)[0])); }

/* Compares a span with a C string and says both when they differ. */
static inline void unit_span_is(struct span got, const char *want, int line)
{
    bool ok = want == NULL
                  ? got.at == NULL
                  : got.at != NULL && got.len == strlen(want) && memcmp(got.at, want, got.len) == 0;
    if (!ok) {
        printf("    line %d: got \"%.*s\", want \"%s\"\n", line, got.at ? (int)got.len : 6,
               got.at ? got.at : "(none)", want ? want : "(none)");
    }
    CU_ASSERT(ok);
}

#define SPAN_IS(got, want) unit_span_is((got), (want), __LINE__)

#endif
