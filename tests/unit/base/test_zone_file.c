/* Zone files by name: those that are there, and names that must not leave the directory. */
#include <unistd.h>

#include "base/zone_file.h"
#include "unit.h"

static void files_are_opened_by_the_names_of_zones_only(void)
{
    static const struct {
        const char *name;
        bool is_there;
    } names[] = {
        { "Europe/Berlin", true },    { "Etc/GMT+5", true },
        { "America/New_York", true }, { "UTC", true },
        { "Europe", false },          { "", false },
        { "/Europe/Berlin", false },  { "../zoneinfo/UTC", false },
        { "Europe/./Berlin", false }, { "Nowhere/Land", false },
        { "Europe/Berlin\n", false }, { "Europe/Berlin Europe/Berlin Europe/Berlin Europe", false },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int fd = zone_file_open(span_of(names[i].name));
        if ((fd >= 0) != names[i].is_there) {
            printf("    \"%s\": %d\n", names[i].name, fd);
            CU_FAIL("wrong");
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    CU_ASSERT_EQUAL(zone_file_open(NO_SPAN), -1);
}

static const struct unit_test tests[] = {
    { "files are opened by the names of zones only", files_are_opened_by_the_names_of_zones_only },
};

UNIT_MAIN("base/zone_file", tests)
