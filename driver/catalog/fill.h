/* One filler per kind of result set. Each writes rows into the builder. */
#ifndef CATALOG_FILL_H
#define CATALOG_FILL_H

#include "catalog/builder.h"
#include "catalog/metadata.h"

MUST_USE bool tables_fill(const struct metadata *m, const struct catalog_request *r,
                          struct builder *b, struct fault *f);
MUST_USE bool columns_fill(const struct metadata *m, const struct catalog_request *r,
                           struct builder *b, struct fault *f);
MUST_USE bool statistics_fill(const struct metadata *m, const struct catalog_request *r,
                              struct builder *b, struct fault *f);
MUST_USE bool type_info_fill(const struct catalog_request *r, struct builder *b, struct fault *f);

#endif
