/* The table of presets, and the programs that Preset=auto knows by their names. */
#include "config/preset.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct preset presets[] = {
#define PRESET(name, string, complex, binary, wide) { #name, string, complex, binary, wide },
#include "config/preset.def"
};

static const struct { const char *process, *preset; } programs[] = {
#define PROGRAM(process, preset) { process, #preset },
#include "config/preset.def"
};
enum { PROGRAMS = sizeof(programs) / sizeof(programs[0]) };

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

const struct preset *preset_chosen(const struct settings *s, const char *process)
{
    struct span name = settings_text(s, SETTING_PRESET);
    char asked[32];

    if (!span_equal_nocase(name, SPAN("auto"))) {
        return find(name);
    }
    if (process == NULL) {
        ask_process(asked, sizeof(asked));
        process = asked;
    }
    for (size_t i = 0; i < PROGRAMS; i++) {
        if (strcmp(process, programs[i].process) == 0) {
            return find(span_of(programs[i].preset));
        }
    }
    return &presets[0];
}

const char *preset_program(size_t i, const char **preset)
{
    *preset = i < PROGRAMS ? programs[i].preset : NULL;
    return i < PROGRAMS ? programs[i].process : NULL;
}
