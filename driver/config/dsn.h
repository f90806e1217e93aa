/* Reads data sources and the driver's section through the installer library of the driver manager
   that loaded us. */
#ifndef CONFIG_DSN_H
#define CONFIG_DSN_H

#include "config/layer.h"

/* Fills layers->dsn from the data source layers->dsn_name (when there is one) and layers->driver
   from odbcinst.ini. Values live in the arena. Long values may stand in a file:
   Key=@/absolute/file. */
MUST_USE bool dsn_read(struct layers *layers, const void *manager_symbol, struct arena *arena,
                       struct notices *notices, struct fault *f);

/* The content of a file named by a value, without the last line break. Owner must be root or
   ourselves, nobody else may write it, and a secret may not be readable by everybody. */
MUST_USE bool dsn_file_value(enum setting_id id, struct span path, struct arena *arena,
                             struct span *out, struct fault *f);

#endif
