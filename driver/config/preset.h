/* Presets: how a kind of program likes types declared. */
#ifndef CONFIG_PRESET_H
#define CONFIG_PRESET_H

#include "config/settings.h"

struct preset {
    const char *name;
    /* characters of a string without a length and of array, map and row; bytes of binary */
    uint32_t string, complex, binary;
    bool is_wide;
};

/* The preset that the settings name; with Preset=auto the one of a program, and process is its
   name (NULL asks the system for this one's). Programs that nobody knows get the first, none. */
const struct preset *preset_chosen(const struct settings *s, const char *process);
/* The i-th program that Preset=auto knows, and its preset; NULL behind the last. */
const char *preset_program(size_t i, const char **preset);

#endif
