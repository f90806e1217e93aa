/* Growing bytes with a ceiling. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

enum { BUF_ROOM_FIRST = 256 };

static bool buf_move(struct buf *b, size_t room, struct fault *f)
{
    char *at = NULL;

    if (!b->is_secret) {
        at = realloc(b->at, room);
    } else {
        /* realloc would leave the old copy behind unwiped. */
        at = malloc(room);
        if (at != NULL && b->at != NULL) {
            memcpy(at, b->at, b->len + 1);
            secret_wipe(b->at, b->room);
            free(b->at);
        }
    }
    if (at == NULL) {
        return fault_memory(f);
    }
    b->at = at;
    b->room = room;
    return true;
}

char *buf_reserve(struct buf *b, size_t len, struct fault *f)
{
    size_t ceiling = b->ceiling == 0 ? BUF_CEILING_DEFAULT : b->ceiling;

    if (len > ceiling || b->len > ceiling - len) {
        fault_ceiling(f, "of a buffer", ceiling);
        return NULL;
    }
    size_t need = b->len + len + 1;
    if (need > b->room) {
        size_t room = b->room == 0 ? BUF_ROOM_FIRST : b->room;
        while (room < need) {
            room *= 2;
        }
        if (!buf_move(b, room, f)) {
            return NULL;
        }
    }
    return b->at + b->len;
}

void buf_commit(struct buf *b, size_t len)
{
    b->len += len;
    b->at[b->len] = '\0';
}

bool buf_add(struct buf *b, struct span s, struct fault *f)
{
    char *to = buf_reserve(b, s.len, f);

    if (to == NULL) {
        return false;
    }
    if (s.len > 0) {
        memcpy(to, s.at, s.len);
    }
    buf_commit(b, s.len);
    return true;
}

bool buf_add_byte(struct buf *b, char byte, struct fault *f)
{
    return buf_add(b, (struct span){ &byte, 1 }, f);
}

bool buf_add_format(struct buf *b, struct fault *f, const char *format, ...)
{
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *to = len < 0 ? NULL : buf_reserve(b, (size_t)len, f);
    if (to != NULL) {
        vsnprintf(to, (size_t)len + 1, format, again);
        buf_commit(b, (size_t)len);
    }
    va_end(again);
    return to != NULL;
}

void buf_clear(struct buf *b)
{
    if (b->is_secret) {
        secret_wipe(b->at, b->room);
    }
    b->len = 0;
    if (b->at != NULL) {
        b->at[0] = '\0';
    }
}

void buf_free(struct buf *b)
{
    if (b->is_secret) {
        secret_wipe(b->at, b->room);
    }
    free(b->at);
    *b = (struct buf){ .ceiling = b->ceiling, .is_secret = b->is_secret };
}
