/* Data sources. The driver links no manager and no installer library: the right one is already in the process, beside the
   manager that loaded us, and is found by the address of one of the manager's symbols. */
#include "config/dsn.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "config/ini.h"

enum { NAMES_ROOM = 65536, VALUE_ROOM = 65536, PATH_ROOM = 4096, SUSPECT_LINE_BYTES = 900 };

typedef int (*profile_reader)(const char *section, const char *entry, const char *otherwise, char *to, int room, const char *file);
/* unixODBC only; the room is FILENAME_MAX + 1 by its contract. */
typedef int (*path_teller)(char *to, int verify);

struct installer {
    void *library;
    profile_reader read;
    char user_path[PATH_ROOM + 1], system_path[PATH_ROOM + 1]; /* the two odbc.ini files, "" when not known */
    char *room; /* VALUE_ROOM bytes, wiped at the end */
};

static bool is_iodbc(const void *symbol)
{
    Dl_info info;
    bool found = false;

    if (symbol != NULL && dladdr(symbol, &info) != 0 && info.dli_fname != NULL) {
        void *manager = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);

        if (manager != NULL) {
            found = dlsym(manager, "iodbc_version") != NULL;
            dlclose(manager);
        }
    }
    return found;
}

/* Where iODBC looks for a user's data sources: a variable, else a hidden file at home. */
static void user_file(char *to)
{
    const char *given = getenv("ODBCINI");
    const char *home = getenv("HOME");
    struct passwd me, *found = NULL;
    char room[PATH_ROOM];

    if (given != NULL) {
        span_to_c(span_of(given), to, PATH_ROOM);
        return;
    }
    if (home == NULL && getpwuid_r(geteuid(), &me, room, sizeof(room), &found) == 0 && found != NULL) {
        home = me.pw_dir;
    }
    if (home != NULL) {
        (void)snprintf(to, PATH_ROOM, "%s/.odbc.ini", home);
    }
}

/* dlsym hands out object pointers; POSIX promises that they convert. */
static void *symbol_of(void *library, const char *name)
{
    return library == NULL ? NULL : dlsym(library, name);
}

static void find_paths(struct installer *in, bool iodbc)
{
    path_teller user, system_ini;

    *(void **)&user = symbol_of(in->library, "_odbcinst_UserINI");
    *(void **)&system_ini = symbol_of(in->library, "_odbcinst_SystemINI");
    if (iodbc || user == NULL || system_ini == NULL) {
        user_file(in->user_path);
        return;
    }
    user(in->user_path, 0);
    system_ini(in->system_path, 0);
}

/* The library stays loaded once it was: it keeps a cache of ini files that would be lost, memory and all, with each unloading. */
static bool installer_open(struct installer *in, const void *manager_symbol, struct fault *f)
{
    bool iodbc = is_iodbc(manager_symbol);
    const char *names[] = { iodbc ? "libiodbcinst.so.2" : "libodbcinst.so.2", iodbc ? "libodbcinst.so.2" : "libiodbcinst.so.2" };

    memset(in, 0, sizeof(*in));
    in->library = dlopen(names[0], RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    if (in->library == NULL) {
        in->library = dlopen(names[1], RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
        iodbc = !iodbc;
    }
    *(void **)&in->read = symbol_of(in->library, "SQLGetPrivateProfileString");
    if (in->read == NULL) {
        return fault_set(f, FAULT_SETTING, "Data sources cannot be read: neither %s nor %s of the driver manager is there.", names[0], names[1]);
    }
    in->room = malloc(VALUE_ROOM);
    if (in->room == NULL) {
        return fault_memory(f);
    }
    find_paths(in, iodbc);
    return true;
}

static void installer_close(struct installer *in)
{
    if (in->room != NULL) {
        secret_wipe(in->room, VALUE_ROOM);
        free(in->room);
    }
    if (in->library != NULL) {
        dlclose(in->library);
    }
}

/* The names of a file's sections (section NULL) or of a section's keys, each ended by a zero byte, copied into the arena. */
static bool read_names(struct installer *in, const char *section, const char *file, struct arena *arena, struct span *out, struct fault *f)
{
    char *names = arena_take(arena, NAMES_ROOM, f);

    if (names == NULL) {
        return false;
    }
    int n = in->read(section, NULL, "", names, NAMES_ROOM - 2, file);

    if (n >= NAMES_ROOM - 4) {
        return fault_ceiling(f, "names in an ini section", NAMES_ROOM);
    }
    size_t len = 0;

    while (len < NAMES_ROOM - 2 && (names[len] != 0 || names[len + 1] != 0)) {
        len++;
    }
    *out = (struct span){ names, names[0] == 0 ? 0 : len };
    return true;
}

static struct span next_name(struct span *rest)
{
    return span_next(rest, '\0');
}

static const char *path_of_dsn(const struct installer *in, enum setting_origin origin)
{
    return origin == ORIGIN_USER_DSN ? in->user_path : in->system_path;
}

/* A value as the manager's reader gives it; refused when the reader cut it. */
static bool read_value(struct installer *in, const char *section, const char *key, const char *file, const char *path, struct arena *arena,
                       struct span *out, struct fault *f)
{
    in->room[0] = 0;
    (void)in->read(section, key, "", in->room, VALUE_ROOM, file);
    struct span value = span_trim(span_of(in->room));
    size_t line = strlen(key) + 1 + value.len;

    if (line >= SUSPECT_LINE_BYTES && line <= INI_LINE_BYTES_MAX && path[0] != 0 &&
        ini_look(path, span_of(section), span_of(key)).is_cut) {
        return fault_set(f, FAULT_SETTING,
                         "%s in section [%s] is longer than a line the driver manager reads (%d bytes): it would be cut. Put the value into a file "
                         "and write %s=@/absolute/file.",
                         key, section, INI_LINE_BYTES_MAX, key);
    }
    if (value.len >= VALUE_ROOM - 2) {
        return fault_ceiling(f, "a value of a data source", VALUE_ROOM);
    }
    return arena_copy(arena, value, out, f);
}

static bool file_is_safe(const struct stat *st, enum setting_id id)
{
    bool is_ours = st->st_uid == geteuid() || st->st_uid == 0;
    mode_t forbidden = (mode_t)(S_IWGRP | S_IWOTH | (setting_is_secret(id) ? S_IROTH : 0));

    return S_ISREG(st->st_mode) && is_ours && (st->st_mode & forbidden) == 0;
}

bool dsn_file_value(enum setting_id id, struct span path, struct arena *arena, struct span *out, struct fault *f)
{
    char name[PATH_ROOM];
    struct stat st;

    span_to_c(path, name, sizeof(name));
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        return fault_set(f, FAULT_SETTING, "%s: the file %s cannot be opened (error %d).", setting_name(id), name, errno);
    }
    if (fstat(fd, &st) != 0 || !file_is_safe(&st, id)) {
        close(fd);
        return fault_set(f, FAULT_SETTING, "%s: %s must be a regular file of yours or of root that nobody else may write%s.", setting_name(id), name,
                         setting_is_secret(id) ? " and others may not read" : "");
    }
    char *text = arena_take(arena, VALUE_ROOM, f);
    size_t len = 0;
    ssize_t got = 1;

    while (text != NULL && got > 0 && len < VALUE_ROOM - 1) {
        got = read(fd, text + len, VALUE_ROOM - 1 - len);
        len += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    if (text == NULL) {
        return false;
    }
    if (got != 0) {
        return fault_set(f, FAULT_SETTING, "%s: %s cannot be read or is longer than %d bytes.", setting_name(id), name, VALUE_ROOM - 1);
    }
    *out = span_trim_right((struct span){ text, len });
    return true;
}

static bool add_value(struct layer *l, struct installer *in, const char *section, struct span key, const char *file, const char *path,
                      struct arena *arena, struct notices *notices, struct fault *f)
{
    struct span value;
    char *name = arena_copy_c(arena, key, f);
    enum setting_id id = keyword_find(key);

    if (name == NULL || !read_value(in, section, name, file, path, arena, &value, f)) {
        return false;
    }
    if (id != SETTINGS_COUNT && !keyword_is(id, KEYWORD_MANAGER) && span_starts(value, SPAN("@/")) &&
        !dsn_file_value(id, span_from(value, 1), arena, &value, f)) {
        return false;
    }
    return layer_add(l, key, value, section, notices, f);
}

static bool read_dsn(struct layers *layers, struct installer *in, struct arena *arena, struct notices *notices, struct fault *f)
{
    const char *section = arena_copy_c(arena, layers->dsn_name, f);
    struct span names;

    if (section == NULL || !read_names(in, section, "odbc.ini", arena, &names, f)) {
        return false;
    }
    if (names.len == 0) {
        return fault_set(f, FAULT_SETTING, "There is no data source named \"%.*s\" in your odbc.ini (%s) or the system's (%s).",
                         (int)(layers->dsn_name.len < 100 ? layers->dsn_name.len : 100), layers->dsn_name.at,
                         in->user_path[0] != 0 ? in->user_path : "not known", in->system_path[0] != 0 ? in->system_path : "not known");
    }
    layers->has_dsn = true;
    layers->dsn.origin = ini_look(in->user_path, layers->dsn_name, NO_SPAN).has_section ? ORIGIN_USER_DSN : ORIGIN_SYSTEM_DSN;
    while (names.len > 0) {
        struct span key = next_name(&names);

        if (key.len > 0 && !add_value(&layers->dsn, in, section, key, "odbc.ini", path_of_dsn(in, layers->dsn.origin), arena, notices, f)) {
            return false;
        }
    }
    return true;
}

/* Only keys that may stand there are read; the rest of the section belongs to the manager. */
static bool read_driver_section(struct layers *layers, struct installer *in, struct span section, struct arena *arena, struct fault *f)
{
    const char *name = arena_copy_c(arena, section, f);
    struct span keys;

    if (layers->n_drivers == DRIVER_SECTIONS_MAX) {
        return fault_ceiling(f, "driver sections for one library", DRIVER_SECTIONS_MAX);
    }
    struct layer *l = &layers->driver[layers->n_drivers];

    *l = (struct layer){ .origin = ORIGIN_DRIVER };
    if (name == NULL || !read_names(in, name, "odbcinst.ini", arena, &keys, f)) {
        return false;
    }
    layers->n_drivers++;
    while (keys.len > 0) {
        struct span key = next_name(&keys);
        enum setting_id id = keyword_find(key);
        unsigned readable =
            KEYWORD_DRIVER_ONLY | KEYWORD_SYSTEM | KEYWORD_IN_DSN | KEYWORD_IN_DRIVER | KEYWORD_LOCKED | KEYWORD_GUARD;

        if (id != SETTINGS_COUNT && (keyword_of(id)->flags & readable) != 0 &&
            !add_value(l, in, name, key, "odbcinst.ini", "", arena, NULL, f)) {
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

static char *own_library(void)
{
    Dl_info info;

    /* A table of ours is as good an address as a function of ours. */
    return dladdr(keyword_of(SETTING_DRIVER), &info) != 0 && info.dli_fname != NULL ? realpath(info.dli_fname, NULL) : NULL;
}

static bool read_drivers(struct layers *layers, struct installer *in, struct arena *arena, struct fault *f)
{
    struct span sections;

    if (!read_names(in, NULL, "odbcinst.ini", arena, &sections, f)) {
        return false;
    }
    struct span rest = sections;

    while (rest.len > 0) {
        struct span section = next_name(&rest);

        if (section.len > 0 && span_equal_nocase(section, layers->driver_name)) {
            return read_driver_section(layers, in, section, arena, f);
        }
    }
    char *own = own_library();
    bool ok = true;

    for (rest = sections; ok && rest.len > 0;) {
        struct span section = next_name(&rest);
        const char *name = section.len > 0 ? arena_copy_c(arena, section, f) : NULL;

        if (name != NULL && is_own_library(in, name, own)) {
            ok = read_driver_section(layers, in, section, arena, f);
        }
    }
    free(own);
    return ok;
}

bool dsn_read(struct layers *layers, const void *manager_symbol, struct arena *arena, struct notices *notices, struct fault *f)
{
    struct installer in;
    bool ok = false;

    if (!installer_open(&in, manager_symbol, f)) {
        goto done;
    }
    if (layers->dsn_name.len > 0 && !read_dsn(layers, &in, arena, notices, f)) {
        goto done;
    }
    if (span_is_null(layers->driver_name)) {
        layers->driver_name = layers->dsn.text[SETTING_DRIVER];
    }
    ok = read_drivers(layers, &in, arena, f);
done:
    installer_close(&in);
    return ok;
}
