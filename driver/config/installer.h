/* The installer library of the driver manager that loaded us. The driver links neither: the right
   one is found beside the manager, by the address of one of the manager's symbols. */
#ifndef CONFIG_INSTALLER_H
#define CONFIG_INSTALLER_H

#include "base/arena.h"

enum { VALUE_ROOM = 65536, PATH_ROOM = 4096 };

typedef int (*profile_reader)(const char *section, const char *entry, const char *otherwise,
                              char *to, int room, const char *file);

/* The library, and what is being read through it. */
struct installer {
    void *library;
    profile_reader read;
    char user_path[PATH_ROOM + 1];   /* the two odbc.ini files, "" when not known */
    char system_path[PATH_ROOM + 1];
    char *room;                      /* VALUE_ROOM bytes, wiped at the end */
    struct arena *arena;             /* where values go; set by the reader, as the next three */
    struct notices *notices;
    const char *file;                /* as the library names it: odbc.ini or odbcinst.ini */
    const char *path;                /* where that file is, "" when not known */
};

/* manager_symbol may be NULL: then unixODBC's library is tried first. Call installer_close in any
   case. */
MUST_USE bool installer_open(struct installer *in, const void *manager_symbol, struct fault *f);
void installer_close(struct installer *in);
/* The names of the file's sections (section NULL) or of a section's keys, in the arena: take them
   off with installer_next. */
MUST_USE bool installer_names(struct installer *in, const char *section, struct span *out,
                              struct fault *f);
struct span installer_next(struct span *names);
/* The file this code was loaded from, resolved; free it. NULL when it cannot be told. */
char *installer_own_library(void);

#endif
