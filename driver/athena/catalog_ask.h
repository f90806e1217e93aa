/* One metadata question to Glue or Athena: its members, its page, its answer. */
#ifndef ATHENA_CATALOG_ASK_H
#define ATHENA_CATALOG_ASK_H

#include "aws/service.h"

/* ask_begin ... ask_send ... ask_end, the last one in any case. */
struct catalog_ask {
    struct buf body;
    struct json_writer w;
    struct json *answer; /* after ask_send; freed by ask_end */
};

void ask_begin(struct catalog_ask *k, struct fault *f);
/* Missing and empty texts are not sent. */
void ask_add(struct catalog_ask *k, const char *name, struct span text);
/* The part of a list that is wanted: behind the token, so many at most. */
void ask_add_page(struct catalog_ask *k, struct span next_token, unsigned most);
/* Sends the question. Refusals in Athena's words are read as what they mean. */
MUST_USE bool ask_send(struct catalog_ask *k, struct aws_client *c, const char *operation,
                       const struct aws_bounds *b, struct fault *f);
void ask_end(struct catalog_ask *k);

#endif
