/* Ini files of a private machine for the tests of config: written into a fresh directory, found
   through the environment. One world a program: the installer library remembers paths and
   contents. */
#ifndef TESTS_CONFIG_WORLD_H
#define TESTS_CONFIG_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"

static char world_dir[64];

static inline void world_file(const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", world_dir, name);
    FILE *file = fopen(path, "w");

    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        abort();
    }
}

static inline void world_open(const char *system, const char *user, const char *drivers)
{
    char path[160];

    snprintf(world_dir, sizeof(world_dir), "/tmp/athena-config-XXXXXX");
    if (mkdtemp(world_dir) == NULL) {
        abort();
    }
    world_file("odbc.ini", system);
    world_file("user.ini", user);
    world_file("odbcinst.ini", drivers);
    snprintf(path, sizeof(path), "%s/user.ini", world_dir);
    setenv("ODBCSYSINI", world_dir, 1);
    setenv("ODBCINI", path, 1);
    setenv("ODBCINSTINI", "odbcinst.ini", 1);
}

static inline void world_close(void)
{
    static const char *const names[] = { "odbc.ini",  "user.ini", "odbcinst.ini",
                                         "audit.log", "value",    "link" };
    char path[160];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", world_dir, names[i]);
        unlink(path);
    }
    rmdir(world_dir);
}

/* Loads a connection string; on failure the fault's text is the answer. */
static inline bool world_load(const char *string, struct settings *s, struct notices *notices,
                              struct fault *f)
{
    struct settings_input in = { .connection_string = span_of(string) };

    memset(s, 0, sizeof(*s));
    memset(notices, 0, sizeof(*notices));
    memset(f, 0, sizeof(*f));
    return settings_load(s, &in, notices, f);
}

#define WORLD_MAIN(name, tests, system, user, drivers)                          \
    int main(void)                                                              \
    {                                                                           \
        world_open(system, user, drivers);                                      \
        int result = unit_run(name, tests, sizeof(tests) / sizeof((tests)[0])); \
        world_close();                                                          \
        return result;                                                          \
    }

#endif
