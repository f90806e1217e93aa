/* Offsets of zones by number and by name. */
#include "unit.h"
#include "value/waist.h"

static int64_t seconds_of(const char *text)
{
    struct moment m;

    CU_ASSERT_EQUAL(moment_parse(span_of(text), MOMENT_STAMP, NULL, 0, &m), VALUE_OK);
    return moment_days(m.year, m.month, m.day) * 86400 + m.hour * 3600 + m.minute * 60 + m.second;
}

static const struct {
    const char *zone, *local;
    int64_t minutes; /* 9999: refused */
} cases[] = {
    { "UTC", "2024-01-31 12:00:00", 0 },
    { "utc", "2024-01-31 12:00:00", 0 },
    { "Z", "2024-01-31 12:00:00", 0 },
    { "+02:00", "2024-01-31 12:00:00", 120 },
    { "-03:30", "2024-01-31 12:00:00", -210 },
    { "+0530", "2024-01-31 12:00:00", 330 },
    { "+5", "2024-01-31 12:00:00", 300 },
    { "+19:00", "2024-01-31 12:00:00", 9999 },
    { "+02:60", "2024-01-31 12:00:00", 9999 },
    { "+02:0", "2024-01-31 12:00:00", 9999 },
    { "", "2024-01-31 12:00:00", 9999 },
    { "America/Los_Angeles", "2024-01-31 12:00:00", -480 },
    { "America/Los_Angeles", "2024-07-31 12:00:00", -420 },
    { "America/Los_Angeles", "2024-03-10 01:59:59", -480 },
    { "America/Los_Angeles", "2024-03-10 03:00:00", -420 },
    { "America/Los_Angeles", "2024-11-03 01:30:00", -420 }, /* twice: the first */
    { "America/Los_Angeles", "2024-11-03 02:00:00", -480 },
    { "America/Los_Angeles", "2060-07-01 12:00:00", -420 },
    { "America/Los_Angeles", "2060-12-01 12:00:00", -480 },
    { "Europe/Berlin", "2024-07-01 12:00:00", 120 },
    { "Europe/Berlin", "2070-07-01 12:00:00", 120 },
    { "Europe/Berlin", "2070-03-30 02:59:00", 120 },
    { "Australia/Sydney", "2024-01-15 12:00:00", 660 },
    { "Australia/Sydney", "2070-01-15 12:00:00", 660 },
    { "Australia/Sydney", "2070-07-15 12:00:00", 600 },
    { "Asia/Kolkata", "2070-07-15 12:00:00", 330 },
    { "Etc/GMT+5", "2024-07-15 12:00:00", -300 },
    { "Nowhere/Land", "2024-07-15 12:00:00", 9999 },
    { "../zoneinfo/UTC", "2024-07-15 12:00:00", 9999 },
    { "/etc/localtime", "2024-07-15 12:00:00", 9999 },
    { "America", "2024-07-15 12:00:00", 9999 },
};

static void offsets_are_found(void)
{
    struct value_zone_memo memo = { .from = 0 };

    /* Twice, the second time with a memory of the first. */
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            int64_t offset = 0;
            bool ok = zone_offset(span_of(cases[i].zone), seconds_of(cases[i].local), round == 0
                                  ? NULL : &memo, &offset);
            if (ok != (cases[i].minutes != 9999) || (ok && offset != cases[i].minutes * 60)) {
                printf("    %s %s: %d %lld\n", cases[i].zone, cases[i].local, ok,
                       (long long)offset);
                CU_FAIL("wrong offset");
            }
        }
    }
}

static void the_memory_holds_only_where_the_offset_does(void)
{
    struct value_zone_memo memo = { .from = 0 };
    int64_t offset = 0;

    CU_ASSERT_TRUE(zone_offset(SPAN("Europe/Berlin"), seconds_of("2024-07-01 12:00:00"), &memo,
                               &offset));
    CU_ASSERT_EQUAL(offset, 7200);
    CU_ASSERT_STRING_EQUAL(memo.name, "Europe/Berlin");
    CU_ASSERT_TRUE(zone_offset(SPAN("Europe/Berlin"), seconds_of("2024-12-01 12:00:00"), &memo,
                               &offset));
    CU_ASSERT_EQUAL(offset, 3600);
}

static const struct unit_test tests[] = {
    { "offsets are found", offsets_are_found },
    { "the memory holds only where the offset does", the_memory_holds_only_where_the_offset_does },
};

UNIT_MAIN("value/zone", tests)
