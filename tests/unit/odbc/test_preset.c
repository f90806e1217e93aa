/* Declared sizes: key over preset, preset over nothing. */
#include "odbc/preset.h"
#include "unit.h"

static const struct {
    const char *string, *process;
    uint32_t characters, complex;
    bool is_wide;
} cases[] = {
    { "", "psql", 65535, 65535, false },
    { "Preset=none;", "isql", 65535, 65535, false },
    { "Preset=isql;", "psql", 300, 300, false },
    { "Preset=excel;", "psql", 32767, 32767, true },
    { "Preset=auto;", "isql", 300, 300, false },
    { "Preset=auto;", "soffice.bin", 32767, 65535, false },
    { "Preset=auto;", "unknown", 65535, 65535, false },
    { "Preset=isql;StringColumnLength=1000;", "psql", 1000, 300, false },
    { "ComplexTypeColumnLength=7;", "psql", 65535, 7, false },
    { "Preset=Excel;UseWCharForStringTypes=0;", "psql", 32767, 32767, false },
    { "UseWCharForStringTypes=1;", "psql", 65535, 65535, true },
};

static bool load(struct settings *s, const char *more)
{
    char string[512];
    struct settings_input in = { 0 };
    struct notices notices = { 0 };
    struct fault f = { 0 };

    snprintf(string, sizeof(string),
             "DRIVER=x;AwsRegion=eu-west-1;UID=AKIAEXAMPLE;PWD=secret;AuthenticationType=IAM "
             "Credentials;%s",
             more);
    in.connection_string = span_of(string);
    memset(s, 0, sizeof(*s));
    bool ok = settings_load(s, &in, &notices, &f);
    if (!ok) {
        printf("    %s\n", f.text);
    }
    return ok;
}

static void sizes_and_width_come_from_the_key_else_from_the_preset(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings s;
        struct value_options o = { 0 };
        CU_ASSERT_FATAL(load(&s, cases[i].string));
        preset_options(&s, cases[i].process, &o);
        CU_ASSERT_EQUAL(o.string_length, cases[i].characters);
        CU_ASSERT_EQUAL(o.complex_length, cases[i].complex);
        CU_ASSERT_EQUAL(o.wide_strings, cases[i].is_wide);
        settings_free(&s);
    }
}

static void types_are_shown_as_the_keys_say(void)
{
    static const struct {
        const char *string;
        bool tz, boolean;
        const char *zone;
        bool interval;
    } shown[] = {
        { "", false, false, "UTC" },
        { "TimestampTzAs=text;BooleanAs=text;", true, true, "UTC" },
        { "TimeZone=+05:30;", false, false, "+05:30" },
        { "TimeZone=-03:00;", false, false, "-03:00" },
        { "TimeZone=utc;", false, false, "UTC" },
        { "TimeZone=Europe/Paris;", false, false, "Europe/Paris" },
        { "IntervalAs=text;", false, false, "UTC", true },
        { "IntervalAs=interval;", false, false, "UTC", false },
    };

    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        struct settings s;
        struct value_options o = { .odbc2 = true, .wide_unit = WIDE_UCS4 };
        CU_ASSERT_FATAL(load(&s, shown[i].string));
        preset_options(&s, NULL, &o);
        CU_ASSERT_EQUAL(o.timestamp_tz_as_text, shown[i].tz);
        CU_ASSERT_EQUAL(o.boolean_as_text, shown[i].boolean);
        CU_ASSERT_EQUAL(o.interval_as_text, shown[i].interval);
        CU_ASSERT_STRING_EQUAL(o.zone, shown[i].zone);
        CU_ASSERT(o.odbc2 && o.wide_unit == WIDE_UCS4);
        settings_free(&s);
    }
}

static const struct unit_test tests[] = {
    { "sizes and width come from the key, else from the preset",
      sizes_and_width_come_from_the_key_else_from_the_preset },
    { "types are shown as the keys say", types_are_shown_as_the_keys_say },
};

UNIT_MAIN("odbc/preset", tests)
