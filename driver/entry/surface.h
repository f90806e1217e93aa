/* The standard's declarations, marked as what the library shows: everything else is hidden.
   Included before anything that includes the standard's headers by itself. */
#ifndef ENTRY_SURFACE_H
#define ENTRY_SURFACE_H

#pragma GCC visibility push(default)
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>
#pragma GCC visibility pop

#endif
