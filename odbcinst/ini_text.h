/* An ini file as text with known places: sections are found, replaced and removed without touching
 * a byte of anybody else's. */
#ifndef ODBCINST_INI_TEXT_H
#define ODBCINST_INI_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"

enum { INI_FILE_MAX = 16 * 1024 * 1024 };

struct ini_section {
    struct span name; /* in the text */
    size_t from, to;  /* header line up to the next header */
    unsigned line;
};

struct ini_text {
    char path[4096]; /* resolved: a link's target */
    struct buf text; /* secret */
    struct arena arena;
    struct ini_section *sections;
    unsigned n;
    bool is_there;
    unsigned mode, uid;
};

/* A file that is not there is an empty one. ini_text_free it, failed or not. */
MUST_USE bool ini_text_read(struct ini_text *t, const char *path, struct fault *f);
void ini_text_free(struct ini_text *t);
/* The n-th section (from 0) with this name, case apart; NULL when there is none. */
const struct ini_section *ini_text_find(const struct ini_text *t, struct span name, unsigned n);
/* Replaces bytes and looks for sections again. */
MUST_USE bool ini_text_replace(struct ini_text *t, size_t from, size_t to, struct span by,
                               struct fault *f);
/* A new file beside it, made durable, renamed over it; mode kept, 0600 for a new one. */
MUST_USE bool ini_text_write(struct ini_text *t, struct fault *f);
/* Takes the next `key = value` of a section off *rest (begin with the section's bytes); false at
 * the end. */
bool ini_text_pair(struct span *rest, struct span *key, struct span *value);

#endif
