/* A made-up machine: its environment is a JSON object. */
#ifndef VECTORS_MACHINE_H
#define VECTORS_MACHINE_H

#include "aws/world.h"

struct machine {
    const struct json *env;
};

/* For creds_world.env with context = the machine. */
const char *machine_env(const struct creds_world *w, const char *name);
/* Sections "[prefix NAME]" with the properties of a JSON object of objects, appended. */
bool machine_profiles(const struct json *profiles, const char *prefix, struct buf *out);

#endif
