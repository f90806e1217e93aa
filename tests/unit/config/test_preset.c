/* Presets by name and by program. */
#include <string.h>

#include "config/preset.h"
#include "unit.h"

static void the_preset_is_the_one_named_or_the_program_s(void)
{
    static const struct {
        const char *name, *process, *chosen;
    } cases[] = {
        { "none", "isql", "none" },
        { "excel", NULL, "Excel" },
        { "Tableau", "isql", "Tableau" },
        { "auto", "iusql", "isql" },
        { "auto", "R", "R" },
        { "auto", "Rscript", "R" },
        { "auto", "hyperd", "Tableau" },
        { "auto", "unheard", "none" },
        { "auto", "", "none" },
        { "auto", NULL, "none" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings s;
        memset(&s, 0, sizeof(s));
        s.at[SETTING_PRESET].text = span_of(cases[i].name);
        CU_ASSERT_STRING_EQUAL(preset_chosen(&s, cases[i].process)->name, cases[i].chosen);
    }
}

static void programs_are_listed_with_presets_that_exist(void)
{
    const char *preset = NULL, *process;
    size_t n = 0;

    for (; (process = preset_program(n, &preset)) != NULL; n++) {
        struct settings s;
        memset(&s, 0, sizeof(s));
        s.at[SETTING_PRESET].text = SPAN("auto");
        CU_ASSERT_STRING_EQUAL(preset_chosen(&s, process)->name, preset);
        CU_ASSERT(strlen(process) <= 15); /* as long as the system tells names */
    }
    CU_ASSERT(n >= 10);
    CU_ASSERT_PTR_NULL(preset);
}

static const struct unit_test tests[] = {
    { "the preset is the one named or the program's",
      the_preset_is_the_one_named_or_the_program_s },
    { "programs are listed with presets that exist", programs_are_listed_with_presets_that_exist },
};

UNIT_MAIN("config/preset", tests)
