/* Native error codes: one per cause and place, and all of them in the docs. */
#include "base/fault.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/unit.h"

static const struct {
    enum fault_kind kind;
    enum fault_hop hop;
    const char *code;
    int athena, want;
} cases[] = {
    { FAULT_NONE, HOP_NONE, "", 0, 0 },
    { FAULT_WARNING, HOP_NONE, "", 0, 0 },
    { FAULT_SETTING, HOP_NONE, "", 0, 20100 },
    { FAULT_SETTING, HOP_CONSUMER, "ValidationError", 0, 23101 },
    { FAULT_CREDENTIALS, HOP_BASE, "NotConfigured", 0, 21201 },
    { FAULT_SIGN_IN, HOP_BASE, "ExpiredTokenException", 0, 21301 },
    { FAULT_SIGN_IN, HOP_SERVICE, "ExpiredToken", 0, 24301 },
    { FAULT_SIGN_IN, HOP_BASE, "SignatureDoesNotMatch", 0, 21303 },
    { FAULT_SIGN_IN, HOP_BASE, "SomethingNew", 0, 21300 },
    { FAULT_DENIED, HOP_RUN_AS, "AccessDenied", 0, 22400 },
    { FAULT_DENIED, HOP_CONSUMER, "AccessDenied", 0, 23400 },
    { FAULT_NETWORK, HOP_RUN_AS, "CertificateRefused", 0, 22606 },
    { FAULT_NETWORK, HOP_NONE, "", 0, 20604 },
    { FAULT_QUERY, HOP_SERVICE, "", 1006, 1006 },
    { FAULT_QUERY, HOP_SERVICE, "", 0, 24800 },
};

static void a_cause_at_a_place_has_one_number(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fault f = { .kind = cases[i].kind, .hop = cases[i].hop, .native = cases[i].athena };
        span_to_c(span_of(cases[i].code), f.code, sizeof(f.code));
        if (fault_native(&f) != cases[i].want) {
            printf("    %s %s: %d\n", fault_kind_name(f.kind), f.code, fault_native(&f));
        }
        CU_ASSERT_EQUAL(fault_native(&f), cases[i].want);
    }
}

static void every_failure_has_a_number(void)
{
    for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
        struct fault f = { .kind = (enum fault_kind)kind };
        bool is_notice =
            kind == FAULT_SETTING_WARNING || kind == FAULT_OPTION_CHANGED || kind == FAULT_WARNING;
        CU_ASSERT_EQUAL(fault_native(&f) == 0, is_notice);
    }
}

static void every_number_is_in_the_docs(void)
{
    static const struct {
        int number;
        const char *meaning;
    } rows[] = {
#define NATIVE(number, kind, code, meaning) { number, meaning },
#include "base/native.def"
#undef NATIVE
    };
    static char docs[65536];
    FILE *file = fopen(TESTS_DIR "/../docs/native-codes.md", "r");

    CU_ASSERT_FATAL(file != NULL);
    docs[fread(docs, 1, sizeof(docs) - 1, file)] = '\0';
    fclose(file);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char row[200];
        snprintf(row, sizeof(row), "| %d | %s |", rows[i].number, rows[i].meaning);
        if (strstr(docs, row) == NULL) {
            printf("    missing: %s\n", row);
        }
        CU_ASSERT(strstr(docs, row) != NULL);
    }
}

static void a_full_list_of_notices_says_that_there_was_more(void)
{
    struct notices list = { 0 };

    for (int i = 0; i < NOTICES_MAX; i++) {
        notice_add(&list, FAULT_OPTION_CHANGED, "notice %d", i);
    }
    CU_ASSERT_STRING_EQUAL(list.at[NOTICES_MAX - 1].text, "notice 31");
    notice_add(&list, FAULT_OPTION_CHANGED, "one too many");
    CU_ASSERT_EQUAL(list.n, NOTICES_MAX);
    CU_ASSERT_STRING_EQUAL(list.at[NOTICES_MAX - 2].text, "notice 30");
    CU_ASSERT_EQUAL(list.at[NOTICES_MAX - 1].kind, FAULT_WARNING);
    CU_ASSERT_PTR_NOT_NULL(strstr(list.at[NOTICES_MAX - 1].text, "more to tell than the 31"));
    notice_add(NULL, FAULT_WARNING, "nobody listens");
}

static const struct unit_test tests[] = {
    { "a full list of notices says that there was more",
      a_full_list_of_notices_says_that_there_was_more },
    { "a cause at a place has one number", a_cause_at_a_place_has_one_number },
    { "every failure has a number", every_failure_has_a_number },
    { "every number is in the docs", every_number_is_in_the_docs },
};

UNIT_MAIN("base/fault", tests)
