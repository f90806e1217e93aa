/* Facts about ini files. */
#include "config_world.h"

#include "config/ini.h"
#include "unit/unit.h"

static void sections_and_cut_lines_are_seen(void)
{
    char path[160];
    struct buf text = { .ceiling = 65536 };
    struct fault f;
    static const size_t lengths[] = { 899, 985, 986, 2500 };

    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_FATAL(buf_add_format(&text, &f, "[s%zu]\r\n; note\n SessionPolicy=", lengths[i]));
        for (size_t k = 0; k < lengths[i]; k++) {
            CU_ASSERT_FATAL(buf_add_byte(&text, 'x', &f));
        }
        CU_ASSERT_FATAL(buf_add(&text, SPAN("\nOther=1\n"), &f));
    }
    world_file("value", text.at);
    snprintf(path, sizeof(path), "%s/value", world_dir);
    CU_ASSERT(ini_look(path, SPAN("S899"), NO_SPAN).has_section);
    CU_ASSERT_FALSE(ini_look(path, SPAN("s9"), NO_SPAN).has_section);
    CU_ASSERT_FALSE(ini_look("/nowhere/odbc.ini", SPAN("s899"), NO_SPAN).has_section);
    CU_ASSERT_FALSE(ini_look(path, SPAN("s899"), SPAN("sessionpolicy")).is_cut);
    CU_ASSERT(
        ini_look(path, SPAN("s985"), SPAN("sessionpolicy")).is_cut); /* a blank in front counts */
    CU_ASSERT(ini_look(path, SPAN("s986"), SPAN("sessionpolicy")).is_cut);
    CU_ASSERT(ini_look(path, SPAN("s2500"), SPAN("sessionpolicy")).is_cut);
    CU_ASSERT_FALSE(ini_look(path, SPAN("s2500"), SPAN("Other")).is_cut);
    buf_free(&text);
}

static const struct unit_test tests[] = {
    { "sections and cut lines are seen", sections_and_cut_lines_are_seen },
};
WORLD_MAIN("config ini", tests, "", "", "")
