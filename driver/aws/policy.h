/* The session policies that the driver writes itself, and a look at those that users write. */
#ifndef AWS_POLICY_H
#define AWS_POLICY_H

#include "base/buf.h"

enum {
    POLICY_PLAIN_MAX = 2048 /* characters of inline and managed policies together, as documented */
};

/* Lets a session do nothing but assume exactly this role: with TagSession and SetSourceIdentity,
   because inherited tags and source identities cannot be seen from here, unless is_strict. The ARN
   must have been checked: a wildcard in it would be one in the policy. */
MUST_USE bool policy_scope_down(struct span consumer_arn, bool is_strict, struct buf *out,
                                struct fault *f);

/* Everything but writing: denies Glue writes, S3 deletes, and S3 puts outside the results
   ("s3://bucket/prefix/", may be empty: then puts stay allowed). partition from the role's ARN.
   given (may be empty) is the user's own policy: its statements stay, the denials are added. */
MUST_USE bool policy_read_only(struct span partition, struct span results, struct span given,
                               struct buf *out, struct fault *f);

/* Appends to missing, separated by ", ", what Athena needs during a query and this policy does not
   seem to allow. An empty answer is good news, not a proof. False only on a fault: text that is no
   policy. */
MUST_USE bool policy_lint(struct span policy, struct buf *missing, struct fault *f);

/* "aws", "aws-cn" ... of an ARN; "aws" when it has none. */
struct span policy_partition(struct span arn);

#endif
