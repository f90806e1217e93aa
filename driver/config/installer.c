/* Finds and loads the installer library, and knows where its files are. */
#include "config/installer.h"

#include <dlfcn.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "config/keyword.h"

/* unixODBC only; the room is FILENAME_MAX + 1 by its contract. */
typedef int (*path_teller)(char *to, int verify);

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
    if (home == NULL && getpwuid_r(geteuid(), &me, room, sizeof(room), &found) == 0 &&
        found != NULL) {
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

/* The library stays loaded once it was: it keeps a cache of ini files that would be lost, memory
   and all, with each unloading. */
bool installer_open(struct installer *in, const void *manager_symbol, struct fault *f)
{
    bool iodbc = is_iodbc(manager_symbol);
    const char *names[] = { iodbc ? "libiodbcinst.so.2" : "libodbcinst.so.2",
                            iodbc ? "libodbcinst.so.2" : "libiodbcinst.so.2" };

    memset(in, 0, sizeof(*in));
    in->library = dlopen(names[0], RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    if (in->library == NULL) {
        in->library = dlopen(names[1], RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
        iodbc = !iodbc;
    }
    *(void **)&in->read = symbol_of(in->library, "SQLGetPrivateProfileString");
    if (in->read == NULL) {
        return fault_set(
            f, FAULT_SETTING,
            "Data sources cannot be read: neither %s nor %s of the driver manager is there.",
            names[0], names[1]);
    }
    in->room = malloc(VALUE_ROOM);
    if (in->room == NULL) {
        return fault_memory(f);
    }
    find_paths(in, iodbc);
    return true;
}

void installer_close(struct installer *in)
{
    if (in->room != NULL) {
        secret_wipe(in->room, VALUE_ROOM);
        free(in->room);
    }
    if (in->library != NULL) {
        dlclose(in->library);
    }
}

bool installer_names(struct installer *in, const char *section, struct span *out, struct fault *f)
{
    memset(in->room, 0, VALUE_ROOM);
    int n = in->read(section, NULL, "", in->room, VALUE_ROOM - 2, in->file);
    size_t len = 0;

    if (n >= VALUE_ROOM - 4) {
        return fault_ceiling(f, "names in an ini section", VALUE_ROOM);
    }
    while (len < VALUE_ROOM - 2 && (in->room[len] != 0 || in->room[len + 1] != 0)) {
        len++;
    }
    return arena_copy(in->arena, (struct span){ in->room, len }, out, f);
}

struct span installer_next(struct span *rest)
{
    return span_next(rest, '\0');
}

char *installer_own_library(void)
{
    Dl_info info;

    /* A table of ours is as good an address as a function of ours. */
    return dladdr(keyword_of(SETTING_DRIVER), &info) != 0 && info.dli_fname != NULL
               ? realpath(info.dli_fname, NULL)
               : NULL;
}
