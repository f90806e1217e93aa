/* The files in which the command line tool keeps sign-in tokens: read, and written back with every
   field kept that is not ours. */
#ifndef AWS_TOKEN_CACHE_H
#define AWS_TOKEN_CACHE_H

#include "aws/world.h"

struct token_edit {
    const char *name;
    struct span value; /* a text; NO_SPAN = leave as it is */
    struct span json;  /* or a whole JSON value */
};

/* Reads directory/NAME.json. A missing file is a fault that tells to run fix. */
MUST_USE bool token_cache_read(const struct creds_world *w, const char *path, const char *fix,
                               struct json **out, struct fault *f);
/* The document with some members replaced or added, written over the file. */
MUST_USE bool token_cache_write(const struct creds_world *w, const char *path,
                                const struct json *document, const struct token_edit *edits,
                                size_t n, struct fault *f);

#endif
