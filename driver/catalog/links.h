/* Resource links: tables and databases that stand here for those of another account. */
#ifndef CATALOG_LINKS_H
#define CATALOG_LINKS_H

#include "catalog/metadata.h"

/* A table as it is addressed here: its names are the link's, its target is whose it is. */
void links_name(const struct metadata *m, const struct metadata_catalog *c, struct span database,
                struct glue_table *t);
/* A link that came without its target's columns: asks for the target, or tells why not. True when t
   has got them. */
bool links_follow(const struct metadata *m, const struct metadata_catalog *c, struct glue_table *t);
/* The database gave no tables (f: why, NULL: an empty list). If it is a link, tells where it leads
   and what may be missing there. True when it is one. */
bool links_tell(const struct metadata *m, const struct metadata_catalog *c,
                const struct glue_database *database, struct fault *f);

#endif
