/* Loads a data source for a command. */
#include "target.h"

#include <string.h>

bool target_load(struct target *t, const char *name, struct fault *f)
{
    struct buf string = { .is_secret = true };
    struct span given = span_of(name);
    bool is_string = strchr(name, '=') != NULL, ok;

    *t = (struct target){ .name = name };
    if (is_string) {
        ok = buf_add(&string, given, f);
    } else if (strpbrk(name, ";{}[]") != NULL || given.len == 0) {
        ok = fault_set(f, FAULT_SETTING, "\"%.200s\" is no name of a data source.", name);
    } else {
        ok = buf_add_format(&string, f, "DSN=%s", name);
    }
    struct settings_input in = { .connection_string = buf_span(&string) };
    ok = ok && settings_load(&t->settings, &in, &t->notices, f);
    buf_free(&string);
    return ok;
}

void target_free(struct target *t)
{
    settings_free(&t->settings);
}
