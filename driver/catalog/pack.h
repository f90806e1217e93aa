/* Lists of databases and tables as bytes, for the process's memory, and back. */
#ifndef CATALOG_PACK_H
#define CATALOG_PACK_H

#include "athena/glue.h"

struct database_list {
    struct glue_database *at;
    size_t n;
};
struct table_list {
    struct glue_table *at;
    size_t n;
};

MUST_USE bool pack_databases(const struct glue_database *at, size_t n, struct buf *out,
                             struct fault *f);
MUST_USE bool pack_tables(const struct glue_table *at, size_t n, struct buf *out, struct fault *f);
/* Everything is copied into the arena. False when the bytes are not what pack_... made, or memory
   is short. */
MUST_USE bool unpack_databases(struct span bytes, struct arena *arena, struct database_list *out,
                               struct fault *f);
MUST_USE bool unpack_tables(struct span bytes, struct arena *arena, struct table_list *out,
                            struct fault *f);

#endif
