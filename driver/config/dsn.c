/* Data sources and the driver's section, read key by key. */
#include "config/dsn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/ini.h"
#include "config/installer.h"
#include "config/parse.h"
#include "config/suggest.h"

enum { SUSPECT_LINE_BYTES = 900 };

/* A value as the manager's reader gives it; refused when the reader cut it. */
static bool read_value(struct installer *in, const char *section, const char *key, struct span *out,
                       struct fault *f)
{
    in->room[0] = 0;
    (void)in->read(section, key, "", in->room, VALUE_ROOM, in->file);
    struct span value = span_trim(span_of(in->room));
    size_t line = strlen(key) + 1 + value.len;

    if (line >= SUSPECT_LINE_BYTES && line <= INI_LINE_BYTES_MAX && in->path[0] != 0 &&
        ini_look(in->path, span_of(section), span_of(key)).is_cut) {
        return fault_set(f, FAULT_SETTING,
                         "%s in section [%s] is longer than a line the driver manager reads (%d "
                         "bytes): it would be cut. Put the value into a file "
                         "and write %s=@/absolute/file.",
                         key, section, INI_LINE_BYTES_MAX, key);
    }
    if (value.len >= VALUE_ROOM - 2) {
        return fault_ceiling(f, "a value of a data source", VALUE_ROOM);
    }
    return arena_copy(in->arena, value, out, f);
}

static bool file_is_safe(const struct stat *st, enum setting_id id)
{
    bool is_ours = st->st_uid == geteuid() || st->st_uid == 0;
    mode_t forbidden = (mode_t)(S_IWGRP | S_IWOTH | (setting_is_secret(id) ? S_IROTH : 0));

    return S_ISREG(st->st_mode) && is_ours && (st->st_mode & forbidden) == 0;
}

/* The whole content; a file longer than VALUE_ROOM is refused by the buffer's ceiling. */
static bool read_file(int fd, struct buf *to)
{
    enum { STEP_BYTES = 4096 };

    for (;;) {
        char *at = buf_reserve(to, STEP_BYTES, NULL);
        ssize_t got = at == NULL ? -1 : read(fd, at, STEP_BYTES);

        if (at == NULL) {
            return false;
        }
        if (got <= 0) {
            return got == 0;
        }
        buf_commit(to, (size_t)got);
    }
}

bool dsn_file_value(enum setting_id id, struct span path, struct arena *arena, struct span *out,
                    struct fault *f)
{
    struct buf content = { .ceiling = VALUE_ROOM, .is_secret = true };
    char name[PATH_ROOM];
    struct stat st;
    bool ok = false;

    span_to_c(path, name, sizeof(name));
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        return fault_set(f, FAULT_SETTING, "%s: the file %s cannot be opened (error %d).",
                         setting_name(id), name, errno);
    }
    if (fstat(fd, &st) != 0 || !file_is_safe(&st, id)) {
        fault_set(f, FAULT_SETTING,
                  "%s: %s must be a regular file of yours or of root that nobody else may write%s.",
                  setting_name(id), name,
                  setting_is_secret(id) ? " and others may not read" : "");
    } else if (!read_file(fd, &content)) {
        fault_set(f, FAULT_SETTING, "%s: %s cannot be read or is longer than %d bytes.",
                  setting_name(id), name, VALUE_ROOM);
    } else {
        ok = arena_copy(arena, span_trim_right(buf_span(&content)), out, f);
    }
    close(fd);
    buf_free(&content);
    return ok;
}

static bool add_value(struct installer *in, struct layer *l, const char *section, struct span key,
                      struct fault *f)
{
    struct pair pair = { .key = key };
    const char *name = arena_copy_c(in->arena, key, f);
    enum setting_id id = keyword_find(key);

    if (name == NULL || !read_value(in, section, name, &pair.value, f)) {
        return false;
    }
    if (id != SETTINGS_COUNT && !keyword_is(id, KEYWORD_MANAGER) &&
        span_starts(pair.value, SPAN("@/")) &&
        !dsn_file_value(id, span_from(pair.value, 1), in->arena, &pair.value, f)) {
        return false;
    }
    return layer_add(l, &pair, section, in->notices, f);
}

static bool no_data_source(const struct installer *in, struct span name, struct fault *f)
{
    return fault_set(
        f, FAULT_SETTING,
        "There is no data source named \"%.*s\" in your odbc.ini (%s) or the system's (%s).",
        (int)(name.len < 100 ? name.len : 100), name.at,
        in->user_path[0] != 0 ? in->user_path : "not known",
        in->system_path[0] != 0 ? in->system_path : "not known");
}

static bool read_dsn(struct layers *layers, struct installer *in, struct fault *f)
{
    const char *section = arena_copy_c(in->arena, layers->dsn_name, f);
    struct span names;

    in->file = "odbc.ini";
    if (section == NULL || !installer_names(in, section, &names, f)) {
        return false;
    }
    if (names.len == 0) {
        return no_data_source(in, layers->dsn_name, f);
    }
    bool is_user = ini_look(in->user_path, layers->dsn_name, NO_SPAN).has_section;

    layers->has_dsn = true;
    layers->dsn.origin = is_user ? ORIGIN_USER_DSN : ORIGIN_SYSTEM_DSN;
    in->path = is_user ? in->user_path : in->system_path;
    while (names.len > 0) {
        struct span key = installer_next(&names);

        if (key.len > 0 && !add_value(in, &layers->dsn, section, key, f)) {
            return false;
        }
    }
    return true;
}

/* Only keys that may stand there are read; the rest of the section belongs to the manager. */
static bool is_read_from_driver(enum setting_id id)
{
    static const unsigned readable = KEYWORD_DRIVER_ONLY | KEYWORD_SYSTEM | KEYWORD_IN_DSN |
                                     KEYWORD_IN_DRIVER | KEYWORD_LOCKED | KEYWORD_GUARD;

    return id != SETTINGS_COUNT && (keyword_of(id)->flags & readable) != 0;
}

/* A rule that is misspelt would be no rule: nobody connects until it is put right. */
static bool misspelt_rule(struct span key, const char *section, struct fault *f)
{
    struct span spelling = NO_SPAN;
    enum setting_id near =
        keyword_find(key) == SETTINGS_COUNT ? suggest_key(key, &spelling) : SETTINGS_COUNT;

    if (near == SETTINGS_COUNT || !keyword_is(near, KEYWORD_GUARD)) {
        return false;
    }
    fault_set(f, FAULT_SETTING,
              "\"%.*s\" in section [%.200s] of odbcinst.ini is no key of this driver. Did you mean "
              "%.*s? Nothing was sent.",
              (int)(key.len < KEY_BYTES_MAX ? key.len : KEY_BYTES_MAX), key.at, section,
              (int)spelling.len, spelling.at);
    return true;
}

static bool read_driver_section(struct layers *layers, struct installer *in, struct span section,
                                struct fault *f)
{
    const char *name = arena_copy_c(in->arena, section, f);
    struct span keys;

    if (layers->n_drivers == DRIVER_SECTIONS_MAX) {
        return fault_ceiling(f, "driver sections for one library", DRIVER_SECTIONS_MAX);
    }
    struct layer *l = &layers->driver[layers->n_drivers];

    *l = (struct layer){ .origin = ORIGIN_DRIVER };
    if (name == NULL || !installer_names(in, name, &keys, f)) {
        return false;
    }
    layers->n_drivers++;
    while (keys.len > 0) {
        struct span key = installer_next(&keys);

        if (misspelt_rule(key, name, f) ||
            (is_read_from_driver(keyword_find(key)) && !add_value(in, l, name, key, f))) {
            return false;
        }
    }
    return true;
}

/* Whether a section of odbcinst.ini stands for the library this code is in. */
static bool is_own_library(struct installer *in, const char *section, const char *own)
{
    static const char *const keys[] = { "Driver", "Driver64" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        in->room[0] = 0;
        (void)in->read(section, keys[i], "", in->room, VALUE_ROOM, "odbcinst.ini");
        char *resolved = in->room[0] == '/' ? realpath(in->room, NULL) : NULL;
        bool same = resolved != NULL && own != NULL && strcmp(resolved, own) == 0;

        free(resolved);
        if (same) {
            return true;
        }
    }
    return false;
}

/* A library that was named by its path is governed by every section that stands for it. */
static bool read_own_sections(struct layers *layers, struct installer *in, struct span sections,
                              struct fault *f)
{
    char *own = installer_own_library();
    bool ok = true;

    while (ok && sections.len > 0) {
        struct span section = installer_next(&sections);
        const char *name = section.len > 0 ? arena_copy_c(in->arena, section, f) : NULL;

        if (name != NULL && is_own_library(in, name, own)) {
            ok = read_driver_section(layers, in, section, f);
        }
    }
    free(own);
    return ok;
}

static bool read_drivers(struct layers *layers, struct installer *in, struct fault *f)
{
    struct span sections;

    in->file = "odbcinst.ini";
    in->path = "";
    if (!installer_names(in, NULL, &sections, f)) {
        return false;
    }
    for (struct span rest = sections; rest.len > 0;) {
        struct span section = installer_next(&rest);

        if (section.len > 0 && span_equal_nocase(section, layers->driver_name)) {
            return read_driver_section(layers, in, section, f);
        }
    }
    return read_own_sections(layers, in, sections, f);
}

bool dsn_read(struct layers *layers, const void *manager_symbol, struct arena *arena,
              struct notices *notices, struct fault *f)
{
    struct installer in;
    bool ok = false;

    if (!installer_open(&in, manager_symbol, f)) {
        goto done;
    }
    in.arena = arena;
    in.notices = notices;
    if (layers->dsn_name.len > 0 && !read_dsn(layers, &in, f)) {
        goto done;
    }
    if (span_is_null(layers->driver_name)) {
        layers->driver_name = layers->dsn.text[SETTING_DRIVER];
    }
    in.notices = NULL; /* what else stands in a driver's section is the manager's business */
    ok = read_drivers(layers, &in, f);
done:
    installer_close(&in);
    return ok;
}
