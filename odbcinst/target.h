/* The data source a command works on, its settings loaded as the driver would load them. */
#ifndef ODBCINST_TARGET_H
#define ODBCINST_TARGET_H

#include "config/settings.h"

struct target {
    const char *name; /* borrowed: the data source's name, or a connection string */
    struct settings settings;
    struct notices notices;
};

/* name is a data source's name, or a connection string when it holds `=`. target_free it when true.
 */
MUST_USE bool target_load(struct target *t, const char *name, struct fault *f);
void target_free(struct target *t);

#endif
