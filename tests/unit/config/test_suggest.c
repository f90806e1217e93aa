/* Misspelt keys: every single slip in a key that matters must lead back to a key that matters. */
#include "config/suggest.h"
#include "unit/unit.h"

static const struct {
    const char *given;
    enum setting_id id;
} cases[] = {
    { "Shema", SETTING_SCHEMA },
    { "work_group", SETTING_WORKGROUP },
    { "RunAsRoel", SETTING_RUN_AS_ROLE },
    { "run_as_role_arn", SETTING_RUN_AS_ROLE },
    { "ConsumerAccountRoleARNs", SETTING_CONSUMER_ACCOUNT_ROLE_ARN },
    { "TheRole", SETTING_RUN_AS_ROLE },
    { "externalidd", SETTING_EXTERNAL_ID },
    { "AllowedRole", SETTING_ALLOWED_ROLES },
    { "AllowedEndpoint", SETTING_ALLOWED_ENDPOINTS },
    { "Colour", SETTINGS_COUNT },
    { "x", SETTINGS_COUNT },
    { "", SETTINGS_COUNT },
    { "idp_host", SETTINGS_COUNT },
};

static void near_keys_are_found(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span spelling = NO_SPAN;
        enum setting_id got = suggest_key(span_of(cases[i].given), &spelling);
        bool is_role = cases[i].id != SETTINGS_COUNT && keyword_is(cases[i].id, KEYWORD_ROLE);

        if (got != cases[i].id &&
            !(is_role && got != SETTINGS_COUNT && keyword_is(got, KEYWORD_ROLE))) {
            printf("    %s: got %s\n", cases[i].given,
                   got == SETTINGS_COUNT ? "nothing" : setting_name(got));
            CU_FAIL("another key");
        }
        CU_ASSERT_EQUAL(span_is_null(spelling), got == SETTINGS_COUNT);
    }
}

static bool leads_to_a_key_that_matters(const char *slip)
{
    struct span spelling;
    enum setting_id got = keyword_find(span_of(slip));

    if (got != SETTINGS_COUNT) {
        return true; /* it is another key's name */
    }
    got = suggest_key(span_of(slip), &spelling);
    if (got == SETTINGS_COUNT || !keyword_is(got, KEYWORD_EXACT)) {
        printf("    %s leads to %s\n", slip, got == SETTINGS_COUNT ? "nothing" : setting_name(got));
        return false;
    }
    return true;
}

/* One letter left out, one replaced, two swapped, at every place of every such key that is not very
   short. */
static void one_slip_never_loses_a_key_that_matters(void)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        const char *name = keyword_of((enum setting_id)i)->name;
        size_t len = strlen(name);
        char slip[64];

        if (!keyword_is((enum setting_id)i, KEYWORD_EXACT) || len < 6) {
            continue;
        }
        for (size_t at = 0; at < len; at++) {
            memcpy(slip, name, at);
            memcpy(slip + at, name + at + 1, len - at);
            CU_ASSERT(leads_to_a_key_that_matters(slip));
            memcpy(slip, name, len + 1);
            slip[at] = 'q';
            CU_ASSERT(leads_to_a_key_that_matters(slip));
            if (at + 1 < len) {
                memcpy(slip, name, len + 1);
                slip[at] = name[at + 1];
                slip[at + 1] = name[at];
                CU_ASSERT(leads_to_a_key_that_matters(slip));
            }
        }
    }
}

static const struct unit_test tests[] = {
    { "near keys are found", near_keys_are_found },
    { "one slip never loses a key that matters", one_slip_never_loses_a_key_that_matters },
};
UNIT_MAIN("config suggest", tests)
