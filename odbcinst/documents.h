/* The IAM documents that belong to a data source: who may assume whom, and what the last role may
 * do. Pure text, nothing is asked. */
#ifndef ODBCINST_DOCUMENTS_H
#define ODBCINST_DOCUMENTS_H

#include "base/json.h"
#include "config/settings.h"

enum { GRANT_LIST_MAX = 64 };

struct grant_list {
    unsigned n;
    struct span at[GRANT_LIST_MAX];
};

/* Borrowed spans. */
struct grant {
    struct span partition, region;
    struct span account;         /* of the consumer role */
    struct span catalog_account; /* whose Glue catalog; NO_SPAN = account */
    struct span workgroup;
    struct span base, run_as, consumer; /* ARNs; NO_SPAN where there is none */
    struct span external_id; /* what stands in the document: the value, or a placeholder */
    struct span results;     /* "s3://bucket/prefix/"; NO_SPAN = storage managed by Athena */
    struct grant_list databases, data; /* "name" or "account:name"; "s3://bucket/prefix" */
    struct grant_list keys;            /* ARNs of KMS keys */
    struct span catalog;               /* browsed through Athena; NO_SPAN = Glue is asked */
    bool may_write, has_lake_formation, has_tags;
    bool has_external; /* catalogs other than the data source's are shown */
};

/* From the settings: ARNs, account, region, workgroup, results, the DSN's database. */
void grant_from_settings(struct grant *g, const struct settings *s);
/* A comma list into a grant's; false when it is longer than GRANT_LIST_MAX or an entry holds a
 * wildcard or blank. */
MUST_USE bool grant_list_take(struct grant_list *l, const char *text, const char *what,
                              struct fault *f);
struct span arn_account(struct span arn);
/* The name behind the last slash; role names for commands of the aws tool. */
struct span arn_role_name(struct span arn);

/* Each writes one whole policy document as a JSON value. */
void document_run_as_trust(struct json_writer *w, const struct grant *g);
void document_run_as_policy(struct json_writer *w, const struct grant *g);
void document_consumer_trust(struct json_writer *w, const struct grant *g);
void document_consumer_policy(struct json_writer *w, const struct grant *g);

/* Statement by statement, for templates. */
void document_open(struct json_writer *w);
void document_close(struct json_writer *w);
/* actions ends with NULL. */
void document_actions(struct json_writer *w, const char *sid, const char *const *actions);

#endif
