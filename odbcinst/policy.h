/* What policy, template and doctor share about documents. */
#ifndef ODBCINST_POLICY_H
#define ODBCINST_POLICY_H

#include "command.h"
#include "documents.h"
#include "target.h"

#define POLICY_OPTIONS \
    { "--database", "A,B", \
      "databases the role may read, ACCOUNT:NAME behind a link; else Schema" }, \
        { "--data", "S3,S3", "where their tables are: s3://bucket/prefix" }, \
        { "--results", "S3", "where results go; else S3OutputLocation or the workgroup's" }, \
        { "--kms", "ARN,ARN", "keys that data and results are encrypted with" }, \
        { "--base", "ARN", \
          "who assumes the first role; else whoever the data source signs in as" }, \
        { "--write", NULL, "rights to write too" }, \
        { "--lake-formation", NULL, "data is registered with Lake Formation" }, \
        { "--with-external-id", NULL, "show the external id instead of a placeholder" }, \
    { \
        "--offline", NULL, "ask AWS nothing" \
    }

struct policy_room {
    char base[400], results[1024];
};

/* The grant that settings, options and (unless --offline) AWS tell of. Spans live in t, a and room.
 */
MUST_USE bool policy_grant(const struct arguments *a, const struct target *t,
                           struct policy_room *room, struct grant *g, struct fault *f);
/* The ARN that a trust policy names: the role of an assumed-role session, not the session. */
void policy_trustable(const char *arn, char *to, size_t room);
/* What the driver attaches to each hop; appended, nothing when there is none. */
MUST_USE bool policy_sessions(const struct settings *s, struct span partition, struct buf *hop1,
                              struct buf *hop2, struct fault *f);

#endif
