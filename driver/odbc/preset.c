/* Declared sizes: the key if it is set, else the preset's row. */
#include "odbc/preset.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct preset {
    const char *name;
    uint32_t string, complex, binary;
    bool is_wide;
};

static const struct preset presets[] = {
#define PRESET(name, string, complex, binary, wide) { #name, string, complex, binary, wide },
#include "odbc/preset.def"
};

static const struct { const char *process, *preset; } programs[] = {
#define PROGRAM(process, preset) { process, #preset },
#include "odbc/preset.def"
};

static const struct preset *find(struct span name)
{
    for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++) {
        if (span_equal_nocase(name, span_of(presets[i].name))) {
            return &presets[i];
        }
    }
    return &presets[0];
}

/* The system's name of this process, at most 15 bytes. */
static void ask_process(char *to, size_t room)
{
    int file = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? 0 : read(file, to, room - 1);

    if (file >= 0) {
        close(file);
    }
    to[n > 0 ? n : 0] = 0;
    to[strcspn(to, "\n")] = 0;
}

static const struct preset *find_by_process(const char *process)
{
    char asked[32];

    if (process == NULL) {
        ask_process(asked, sizeof(asked));
        process = asked;
    }
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        if (strcmp(process, programs[i].process) == 0) {
            return find(span_of(programs[i].preset));
        }
    }
    return &presets[0];
}

/* "UTC" or "+01:00"; validated when the settings were loaded, so anything else is UTC. */
static int zone_minutes(struct span zone)
{
    int hours, minutes;

    if (zone.len != 6 || (zone.at[0] != '+' && zone.at[0] != '-') || zone.at[3] != ':') {
        return 0;
    }
    hours = (zone.at[1] - '0') * 10 + zone.at[2] - '0';
    minutes = (zone.at[4] - '0') * 10 + zone.at[5] - '0';
    return (zone.at[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

void preset_options(const struct settings *s, const char *process, struct value_options *out)
{
    struct span name = settings_text(s, SETTING_PRESET);
    const struct preset *p =
        span_equal_nocase(name, SPAN("auto")) ? find_by_process(process) : find(name);
    bool is_wide_set = !span_is_null(settings_text(s, SETTING_USE_WCHAR_FOR_STRING_TYPES));

    out->string_length = (uint32_t)settings_int(s, SETTING_STRING_COLUMN_LENGTH, p->string);
    out->complex_length = (uint32_t)settings_int(s, SETTING_COMPLEX_TYPE_COLUMN_LENGTH, p->complex);
    out->binary_length = (uint32_t)settings_int(s, SETTING_BINARY_COLUMN_LENGTH, p->binary);
    out->wide_strings =
        is_wide_set ? settings_flag(s, SETTING_USE_WCHAR_FOR_STRING_TYPES) : p->is_wide;
    out->timestamp_tz_as_text = span_equal_nocase(settings_text(s, SETTING_TIMESTAMP_TZ_AS),
                                                  SPAN("text"));
    out->boolean_as_text = span_equal_nocase(settings_text(s, SETTING_BOOLEAN_AS), SPAN("text"));
    out->interval_as_text = span_equal_nocase(settings_text(s, SETTING_INTERVAL_AS), SPAN("text"));
    out->zone_offset_minutes = zone_minutes(settings_text(s, SETTING_TIME_ZONE));
}
