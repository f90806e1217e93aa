/* The grammar of a connection string: keyword=value pairs separated by semicolons, values in braces
   when they hold special characters, a closing brace doubled inside them. */
#ifndef CONFIG_PARSE_H
#define CONFIG_PARSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"

enum { CONNECTION_STRING_BYTES_MAX = 262144, KEY_BYTES_MAX = 128 };

struct pair {
    struct span key,
        value; /* borrowed from the string, or from the arena when a brace was doubled */
};

enum pair_step { PAIR_GOT, PAIR_END, PAIR_BROKEN };

/* Reads the next pair and moves *rest behind it. PAIR_BROKEN: f says where; values are never quoted
   in it. */
enum pair_step pair_next(struct span *rest, struct arena *arena, struct pair *out, struct fault *f);
/* Appends `key=value;`, in braces when the value needs them. */
MUST_USE bool pair_print(struct span key, struct span value, struct buf *out, struct fault *f);

#endif
