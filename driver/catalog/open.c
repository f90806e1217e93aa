/* From a question to a source of rows. Keys, procedures and privileges do not exist in Athena:
   their results are empty, in the right shape. */
#include "catalog/fill.h"
#include "spoke/recall.h"

typedef bool filler(const struct metadata *m, const struct catalog_request *r, struct builder *b,
                    struct fault *f);

static filler *const fillers[CATALOG_SHAPES] = {
    [SHAPE_TABLES] = tables_fill,
    [SHAPE_COLUMNS] = columns_fill,
    [SHAPE_STATISTICS] = statistics_fill,
};

static bool fill(struct spoke *spoke, enum catalog_shape shape, const struct catalog_request *r,
                 struct builder *b, struct fault *f)
{
    struct arena arena = { 0 };
    struct metadata m;

    if (shape == SHAPE_TYPE_INFO)
        return type_info_fill(r, b, f);
    if (fillers[shape] == NULL || spoke == NULL)
        return true;
    metadata_of_spoke(spoke, &r->bounds, r->notices, &arena, &m);
    m.is_fresh = r->is_fresh;
    if (!m.is_single && r->current_catalog.len > 0)
        m.catalog = r->current_catalog;
    if (!m.is_single && r->current_schema.len > 0)
        m.schema = r->current_schema;
    bool ok = fillers[shape](&m, r, b, f);
    arena_free(&arena);
    return ok;
}

bool catalog_open(struct spoke *spoke, enum catalog_shape shape,
                  const struct catalog_request *request, struct row_source **out, struct fault *f)
{
    struct builder b;

    builder_init(&b, shape);
    if (!fill(spoke, shape, request, &b, f)) {
        builder_done(&b);
        return false;
    }
    return builder_finish(&b, request->odbc2, out, f);
}

void catalog_forget(struct spoke *spoke)
{
    spoke_forget(spoke);
}
