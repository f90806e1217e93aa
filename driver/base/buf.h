/* Growing bytes with a ceiling. { .ceiling = N } is an empty buffer ready for use; a ceiling of 0
   means BUF_CEILING_DEFAULT. There is always a terminating zero byte behind the content once
   something was added. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/fault.h"
#include "base/must_use.h"
#include "base/span.h"

enum { BUF_CEILING_DEFAULT = 64 * 1024 * 1024 };

struct buf {
    char *at;
    size_t len;
    size_t room;
    size_t ceiling;
    bool is_secret; /* wiped before every move and on free */
};

/* Each fails with FAULT_MEMORY or FAULT_CEILING and then leaves the content as it was. */
MUST_USE bool buf_add(struct buf *b, struct span s, struct fault *f);
MUST_USE bool buf_add_byte(struct buf *b, char byte, struct fault *f);
MUST_USE bool buf_add_format(struct buf *b, struct fault *f, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Makes room for len more bytes and returns where to write them; buf_commit says how many were
   written. NULL on failure. */
MUST_USE char *buf_reserve(struct buf *b, size_t len, struct fault *f);
void buf_commit(struct buf *b, size_t len);
/* Empties it, keeps the memory. */
void buf_clear(struct buf *b);
void buf_free(struct buf *b);

/* Borrowed until the buffer changes. */
static inline struct span buf_span(const struct buf *b)
{
    return (struct span){ b->at ? b->at : "", b->len };
}

#endif
