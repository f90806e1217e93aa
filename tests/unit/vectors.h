/* Finds and reads the conformance vectors: the directory named by ATHENA_VECTORS, else
   ../shared/vectors beside the checkout. */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"

/* The directory, or NULL (said once) when there is none. */
static inline const char *vectors_directory(void)
{
    static char found[1024];
    const char *named = getenv("ATHENA_VECTORS");

    if (found[0] != '\0') {
        return found;
    }
    snprintf(found, sizeof(found), "%s", named != NULL ? named : TESTS_DIR "/../../shared/vectors");
    char probe[1100];
    snprintf(probe, sizeof(probe), "%s/README.md", found);
    FILE *file = fopen(probe, "rb");
    if (file == NULL) {
        printf("SKIP: no vectors at %s (set ATHENA_VECTORS)\n", found);
        found[0] = '\0';
        return NULL;
    }
    fclose(file);
    return found;
}

/* The content of DIRECTORY/path; false when it is not there. buf_free it. */
static inline bool vectors_read(const char *path, struct buf *out)
{
    char whole[1400], chunk[4096];
    struct fault f;
    size_t n;
    bool ok = true;

    snprintf(whole, sizeof(whole), "%s/%s", vectors_directory(), path);
    FILE *file = fopen(whole, "rb");
    if (file == NULL) {
        return false;
    }
    while (ok && (n = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        ok = buf_add(out, (struct span){ chunk, n }, &f);
    }
    fclose(file);
    return ok;
}

/* A JSON file. json_free it. NULL when it is not there. */
static inline struct json *vectors_json(const char *path)
{
    struct buf text = { 0 };
    struct json *document = NULL;
    struct fault f;

    if (vectors_read(path, &text) && !json_parse(buf_span(&text), &document, &f)) {
        printf("    %s: %s\n", path, f.text);
    }
    buf_free(&text);
    return document;
}

#endif
