/* Offsets of zones by number and by name. */
#include "unit.h"
#include "value/waist.h"

static int64_t seconds_of(const char *text)
{
    struct moment m;

    CU_ASSERT_EQUAL(moment_parse(span_of(text), MOMENT_STAMP, NULL, &m), VALUE_OK);
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

/* The same by UTC's clock. */
static const struct {
    const char *zone, *utc;
    int64_t minutes;
} by_utc[] = {
    { "America/Los_Angeles", "2024-03-10 09:59:59", -480 },
    { "America/Los_Angeles", "2024-03-10 10:00:00", -420 },
    { "America/Los_Angeles", "2024-11-03 08:59:59", -420 },
    { "America/Los_Angeles", "2024-11-03 09:00:00", -480 },
    { "Europe/Berlin", "2070-03-30 00:59:59", 60 },
    { "Europe/Berlin", "2070-03-30 01:00:00", 120 },
    { "Europe/Berlin", "2070-10-26 00:59:59", 120 },
    { "Europe/Berlin", "2070-10-26 01:00:00", 60 },
    { "Europe/Berlin", "2070-12-31 23:30:00", 60 },
    { "Australia/Sydney", "2070-04-05 15:59:59", 660 }, /* ends on the first Sunday of April */
    { "Australia/Sydney", "2070-04-05 16:00:00", 600 },
    { "Australia/Sydney", "2070-12-31 13:30:00", 660 },
    { "Asia/Kolkata", "2024-07-15 12:00:00", 330 },
    { "+02:00", "2024-07-15 12:00:00", 120 },
};

static void check(const char *zone, bool is_utc, const char *time, struct value_zones *zones,
                  int64_t minutes)
{
    int64_t offset = 0;
    bool ok = zone_offset(span_of(zone), is_utc, seconds_of(time), zones, &offset);

    if (ok != (minutes != 9999) || (ok && offset != minutes * 60)) {
        printf("    %s %s: %d %lld\n", zone, time, ok, (long long)offset);
        CU_FAIL("wrong offset");
    }
}

static void offsets_are_found(void)
{
    struct value_zones zones = { .next = 0 };

    /* Three times, the second and third with a memory of what came before. */
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            check(cases[i].zone, false, cases[i].local, round == 0 ? NULL : &zones,
                  cases[i].minutes);
        }
        for (unsigned i = 0; i < sizeof(by_utc) / sizeof(by_utc[0]); i++) {
            check(by_utc[i].zone, true, by_utc[i].utc, round == 0 ? NULL : &zones,
                  by_utc[i].minutes);
        }
    }
}

static void what_is_remembered_holds_only_where_the_offset_does(void)
{
    struct value_zones zones = { .next = 0 };

    check("Europe/Berlin", false, "2024-07-01 12:00:00", &zones, 120);
    CU_ASSERT_STRING_EQUAL(zones.seen[0].name, "Europe/Berlin");
    check("Europe/Berlin", false, "2024-12-01 12:00:00", &zones, 60);
    CU_ASSERT_EQUAL(zones.next, 2);
}

/* A place is taken each time that a file is read. */
static void zones_that_take_turns_are_read_once(void)
{
    struct value_zones zones = { .next = 0 };

    for (unsigned round = 0; round < 20; round++) {
        check("Europe/Berlin", false, "2024-07-01 12:00:00", &zones, 120);
        check("America/New_York", false, "2024-07-01 12:00:00", &zones, -240);
        check("Europe/Berlin", false, "2024-12-01 12:00:00", &zones, 60);
        check("Asia/Tokyo", true, "2024-12-01 12:00:00", &zones, 540);
        check("America/New_York", false, "2060-07-01 12:00:00", &zones, -240);
        check("America/New_York", false, "2060-08-01 12:00:00", &zones, -240);
    }
    CU_ASSERT_EQUAL(zones.next, 5);
}

static void a_zone_that_is_not_there_is_named(void)
{
    struct value_zones zones = { .next = 0 };

    check("Nowhere/Land", false, "2024-07-01 12:00:00", &zones, 9999);
    CU_ASSERT_STRING_EQUAL(zones.missing, "Nowhere/Land");
    CU_ASSERT_EQUAL(zones.next, 0);
}

static const struct unit_test tests[] = {
    { "offsets are found", offsets_are_found },
    { "what is remembered holds only where the offset does",
      what_is_remembered_holds_only_where_the_offset_does },
    { "zones that take turns are read once", zones_that_take_turns_are_read_once },
    { "a zone that is not there is named", a_zone_that_is_not_there_is_named },
};

UNIT_MAIN("value/zone", tests)
