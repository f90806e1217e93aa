/* One statement on many spokes. */
#ifndef ODBCINST_HUB_H
#define ODBCINST_HUB_H

#include "query.h"

/* Runs sql on the spokes that --inventory and --spoke name, in parallel; prints the merged rows
   with a leading column "account", and what each spoke did. Returns the exit status. */
int hub_query(const struct arguments *a, struct span sql, enum rows_format format,
              struct wake *stop);

#endif
