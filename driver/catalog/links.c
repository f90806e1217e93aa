/* Where links lead, and what is told when they lead nowhere. */
#include "catalog/links.h"

#include "catalog/listing.h"

/* A name in a message: cut, so that the message keeps its end. */
#define SHOWN(s) (int)((s).len < 80 ? (s).len : 80), ((s).at != NULL ? (s).at : "")

/* The catalog that the tables are listed from. */
static bool is_home(const struct metadata *m, const struct metadata_catalog *c, struct span id)
{
    return id.len == 0 || span_equal_nocase(id, c->glue_id) ||
           (c->glue_id.len == 0 && (m->account.len == 0 || span_equal(id, m->account)));
}

void links_name(const struct metadata *m, const struct metadata_catalog *c, struct span database,
                struct glue_table *t)
{
    bool is_renamed = !pattern_is_same_name(t->database, database);

    if ((is_renamed || !is_home(m, c, t->catalog_id)) && span_is_null(t->target.table))
        t->target = (struct glue_link){ .catalog_id = t->catalog_id,
                                        .database = t->database,
                                        .table = t->name };
    if (is_renamed)
        t->database = database;
}

static bool is_far(const struct metadata *m, struct span region)
{
    return region.len > 0 && m->region.len > 0 && !span_equal_nocase(region, m->region);
}

bool links_follow(const struct metadata *m, const struct metadata_catalog *c, struct glue_table *t)
{
    struct glue_table target;
    struct fault f;

    if (t->has_storage || span_is_null(t->target.table) || t->n_columns > 0 || !c->is_glues ||
        m->method == METADATA_ATHENA)
        return false;
    if (is_far(m, t->target.region)) {
        notice_add(m->notices, FAULT_WARNING,
                   "The link %.*s.%.*s leads to region %.*s; links across regions are not followed "
                   "from here.",
                   SHOWN(t->database), SHOWN(t->name), SHOWN(t->target.region));
        return false;
    }
    fault_clear(&f);
    if (listing_target(m, &t->target, &target, &f)) {
        t->columns = target.columns;
        t->n_columns = target.n_columns;
        t->row_count = target.row_count;
        t->total_size = target.total_size;
        t->type = target.type;
        t->has_storage = target.has_storage;
        return true;
    }
    if (m->spoke != NULL)
        spoke_explain(m->spoke, &f);
    notice_add(m->notices, FAULT_WARNING,
               "The columns of the link %.*s.%.*s are not shown, its target %.*s.%.*s of account "
               "%.*s cannot be read: %s",
               SHOWN(t->database), SHOWN(t->name), SHOWN(t->target.database),
               SHOWN(t->target.table), SHOWN(t->target.catalog_id), f.text);
    return false;
}

/* Where a database leads; NO_SPAN members when it is no link, or nobody says. */
static struct glue_link target_of(const struct metadata *m, const struct metadata_catalog *c,
                                  const struct glue_database *database)
{
    struct glue_query q = { .catalog_id = c->glue_id, .database = database->name };
    struct glue_database asked = { 0 };
    struct fault ignored;

    if (!span_is_null(database->target.database) || database->is_listed || !c->is_glues ||
        m->method == METADATA_ATHENA)
        return database->target;
    fault_clear(&ignored);
    if (!m->calls->get_database(m->glue, &q, &m->bounds, m->arena, &asked, &ignored))
        return (struct glue_link){ 0 };
    return asked.target;
}

bool links_tell(const struct metadata *m, const struct metadata_catalog *c,
                const struct glue_database *database, struct fault *f)
{
    struct glue_link to = target_of(m, c, database);

    if (span_is_null(to.database))
        return false;
    if (is_far(m, to.region))
        notice_add(m->notices, FAULT_WARNING,
                   "The database %.*s is a link to %.*s of account %.*s in region %.*s; links "
                   "across regions are not followed from here: connect with AwsRegion=%.*s there.",
                   SHOWN(database->name), SHOWN(to.database), SHOWN(to.catalog_id),
                   SHOWN(to.region), SHOWN(to.region));
    else if (f == NULL)
        notice_add(m->notices, FAULT_WARNING,
                   "The database %.*s is a link to %.*s of account %.*s, which shows no tables: "
                   "nothing is shared, or Lake Formation's DESCRIBE on them is not granted here.",
                   SHOWN(database->name), SHOWN(to.database), SHOWN(to.catalog_id));
    else if (listing_is_missing(f))
        notice_add(m->notices, FAULT_WARNING,
                   "The database %.*s is a link to %.*s of account %.*s, which does not exist or "
                   "is not shared any more.",
                   SHOWN(database->name), SHOWN(to.database), SHOWN(to.catalog_id));
    else
        notice_add(m->notices, FAULT_WARNING,
                   "The database %.*s is a link to %.*s of account %.*s: the owner's catalog "
                   "policy or Lake Formation has to let this role in as well.",
                   SHOWN(database->name), SHOWN(to.database), SHOWN(to.catalog_id));
    return true;
}

#undef SHOWN
