/* Who may change what. Connection strings come from less trusted people than data sources, user
   data sources from less trusted people than the system's; the driver's section of odbcinst.ini
   binds all of them. */
#ifndef CONFIG_GOVERN_H
#define CONFIG_GOVERN_H

#include "config/layer.h"

/* Looks at the sources before they are put together: keys in the wrong place, locked keys,
   RequireSystemDSN. Values of the layers have their normal form. Drops what may be dropped, with a
   notice. A refused try is written to the audit file. */
MUST_USE bool govern_sources(struct layers *layers, struct notices *notices, struct fault *f);
/* Looks at the values that came out: AllowedRoles, AllowedEndpoints, and whose secrets would go to
   an address of a connection string. */
MUST_USE bool govern_values(const struct layers *layers, const struct settings *s, struct fault *f);

#endif
