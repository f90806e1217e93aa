/* Whole lists from the services, before anything is filtered. */
#ifndef CATALOG_LISTING_H
#define CATALOG_LISTING_H

#include "catalog/metadata.h"

/* Grows outside the arena and moves in when it is complete; free(at) when it will not. */
struct listing {
    char *at;
    size_t n, room, size; /* size of an item */
};

MUST_USE bool listing_add(struct listing *g, const void *items, size_t n, struct fault *f);
/* Into the arena; the listing's own memory is gone, failed or not. n stays. */
MUST_USE bool listing_settle(struct listing *g, struct arena *arena, void **out, struct fault *f);
/* Whether the other service may be asked instead, or the rest be shown with a notice. */
bool listing_is_forgivable(const struct fault *f);

/* Each asks the catalog's own service, and the other one when that may help
   (MetadataRetrievalMethod=Auto). */
MUST_USE bool listing_databases(const struct metadata *m, struct span catalog, struct listing *g,
                                struct fault *f);
/* One call for an exact name in Glue; else all that the pattern's beginning allows. */
MUST_USE bool listing_tables(const struct metadata *m, struct span catalog, struct span database,
                             const struct pattern *wanted, struct listing *g, struct fault *f);
MUST_USE bool listing_catalogs(const struct metadata *m, struct listing *g, struct fault *f);

#endif
