/* Whole lists from the services, before anything is filtered. */
#ifndef CATALOG_LISTING_H
#define CATALOG_LISTING_H

#include "catalog/metadata.h"

/* Grows outside the arena and moves in when it is complete; free(at) when it will not. */
struct listing {
    char *at;
    size_t n, room, size; /* size of an item */
    bool is_cut;          /* what it lists vanished between two pages */
};

MUST_USE bool listing_add(struct listing *g, const void *items, size_t n, struct fault *f);
/* Into the arena; the listing's own memory is gone, failed or not. n stays. */
MUST_USE bool listing_settle(struct listing *g, struct arena *arena, void **out, struct fault *f);
/* Whether the other service may be asked instead, or the rest be shown with a notice. */
bool listing_is_forgivable(const struct fault *f);
/* There is no such thing (any more), in either service's words. */
bool listing_is_missing(const struct fault *f);

/* Each asks the catalog's own service, and the other one when that may help
   (MetadataRetrievalMethod=Auto). When both refuse, the fault is the first one's and carries the
   second's words as a note. */
MUST_USE bool listing_databases(const struct metadata *m, const struct metadata_catalog *c,
                                struct listing *g, struct fault *f);
/* One call for an exact name; else all that the pattern's beginning allows. */
MUST_USE bool listing_tables(const struct metadata *m, const struct metadata_catalog *c,
                             struct span database, const struct pattern *wanted, struct listing *g,
                             struct fault *f);
/* The table that a link leads to, from Glue. */
MUST_USE bool listing_target(const struct metadata *m, const struct glue_link *link,
                             struct glue_table *out, struct fault *f);
/* The account's data sources (Athena) or its nested catalogs (Glue), as struct glue_catalog. */
MUST_USE bool listing_data_sources(const struct metadata *m, struct listing *g, struct fault *f);
MUST_USE bool listing_nested(const struct metadata *m, struct listing *g, struct fault *f);

#endif
