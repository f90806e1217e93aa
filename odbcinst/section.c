/* Writes sections; finds the ini files. */
#include "section.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/installer.h"

/* Beside the data source's name and key; written anew only when it differs, so that generating
 * twice changes nothing. */
static bool put_aside(const char *dir, struct span name, enum setting_id id, struct span value,
                      char path[4300], struct fault *f)
{
    struct ini_text file;
    char resolved[4097];

    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        return fault_set(f, FAULT_SETTING, "The directory %s for long values cannot be made (%s).",
                         dir, strerror(errno));
    }
    if (realpath(dir, resolved) == NULL) {
        return fault_set(f, FAULT_SETTING, "The directory %s cannot be found (%s).", dir,
                         strerror(errno));
    }
    snprintf(path, 4300, "%s/%.*s.%s", resolved, (int)name.len, name.at, setting_name(id));
    for (char *c = path + strlen(resolved) + 1; *c != 0; c++) {
        *c = *c == '/' || *c == ' ' ? '-' : *c;
    }
    bool ok = ini_text_read(&file, path, f);
    if (ok && !span_equal(span_trim_right(buf_span(&file.text)), value)) {
        buf_clear(&file.text);
        ok = buf_add(&file.text, value, f) && buf_add_byte(&file.text, '\n', f) &&
             ini_text_write(&file, f);
    }
    ini_text_free(&file);
    return ok;
}

bool section_print(const struct inventory_spoke *spoke, const char *values_dir, struct buf *out,
                   struct fault *f)
{
    struct span name = spoke->word[WORD_NAME];
    char path[4300];

    if (!buf_add_format(out, f, "[%.*s]\n", (int)name.len, name.at)) {
        return false;
    }
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        struct span value = spoke->text[i];
        bool is_long = strlen(setting_name(id)) + 25 + value.len > SECTION_LINE_MAX;

        if (span_is_null(value) || id == SETTING_DSN) {
            continue;
        }
        if (is_long && values_dir == NULL) {
            return fault_set(f, FAULT_SETTING,
                             "%s of %.*s has %zu bytes, and the driver manager cuts lines above "
                             "%d: name a directory for long values "
                             "with --values.",
                             setting_name(id), (int)name.len, name.at, value.len, SECTION_LINE_MAX);
        }
        if (is_long && !put_aside(values_dir, name, id, value, path, f)) {
            return false;
        }
        if (!buf_add_format(out, f, "%-22s = %s", setting_name(id), is_long ? "@" : "") ||
            !buf_add(out, is_long ? span_of(path) : value, f) || !buf_add_byte(out, '\n', f)) {
            return false;
        }
    }
    return true;
}

bool section_places_find(struct section_places *p, struct fault *f)
{
    struct installer in;
    bool ok = installer_open(&in, NULL, f);

    *p = (struct section_places){ .user = "" };
    if (ok) {
        span_to_c(span_of(in.user_path), p->user, sizeof(p->user));
        span_to_c(span_of(in.system_path), p->system, sizeof(p->system));
        span_to_c(span_of(in.system_path), p->drivers, sizeof(p->drivers));
        char *slash = strrchr(p->drivers, '/');
        if (slash != NULL) {
            snprintf(slash + 1, sizeof(p->drivers) - (size_t)(slash + 1 - p->drivers),
                     "odbcinst.ini");
        }
    }
    installer_close(&in);
    return ok;
}

const char *section_file(const struct arguments *a, struct section_places *p, struct fault *f)
{
    const char *file = option_value(a, "--file");
    bool is_system = option_is_set(a, "--system");

    if (file != NULL) {
        return file;
    }
    if (!section_places_find(p, f)) {
        return NULL;
    }
    const char *path = is_system ? p->system : p->user;
    if (path[0] == 0) {
        fault_set(f, FAULT_SETTING,
                  "It is not known where the %s's data sources are: name the file with --file.",
                  is_system ? "system" : "user");
        return NULL;
    }
    return path;
}
