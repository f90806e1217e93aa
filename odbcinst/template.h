/* The two templates that `athena-odbc template` prints. */
#ifndef ODBCINST_TEMPLATE_H
#define ODBCINST_TEMPLATE_H

#include "documents.h"
#include "inventory.h"

/* g: consumer and results must be set. with_id puts g's external id in as the parameter's default.
 */
void template_consumer(struct json_writer *w, const struct grant *g, bool with_id);
/* All roles of the inventory under one RunAsRole. base may be NULL (a parameter without default);
   organisation NULL lists the roles in as many managed policies as needed, refused beyond what can
   be attached. */
MUST_USE bool template_central(struct json_writer *w, const struct inventory *inv, const char *base,
                               const char *organisation, struct fault *f);

#endif
