/* A small reader of ini files, for facts only: values are taken from the installer library. */
#include "config/ini.h"

#include <stdio.h>
#include <stdlib.h>

/* One line at a time, however long; the library's growing reader does the work. */
static void look_at(struct ini_look *look, struct span line, struct span section, struct span key,
                    bool *is_inside)
{
    struct span text = span_trim(line);

    if (text.len >= 2 && text.at[0] == '[') {
        struct span name = span_part(text, 1, span_find_byte(text, ']') - 1);

        *is_inside = span_equal_nocase(span_trim(name), section);
        look->has_section = look->has_section || *is_inside;
        return;
    }
    if (!*is_inside || span_is_null(key) || line.len <= INI_LINE_BYTES_MAX) {
        return;
    }
    if (span_equal_nocase(span_trim(span_part(text, 0, span_find_byte(text, '='))), key)) {
        look->is_cut = true;
    }
}

struct ini_look ini_look(const char *path, struct span section, struct span key)
{
    struct ini_look look = { false, false };
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    bool is_inside = false;

    if (file == NULL) {
        return look;
    }
    while ((len = getline(&line, &room, file)) >= 0) {
        struct span s = { line, (size_t)len };

        if (s.len > 0 && s.at[s.len - 1] == '\n') {
            s.len--;
        }
        look_at(&look, s, section, key, &is_inside);
    }
    free(line);
    fclose(file);
    return look;
}
