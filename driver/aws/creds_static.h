/* Credentials that are simply given. */
#ifndef AWS_CREDS_STATIC_H
#define AWS_CREDS_STATIC_H

#include "aws/credentials.h"

/* Copies. */
MUST_USE bool creds_static_new(const struct creds *given, struct creds_source **out,
                               struct fault *f);

#endif
