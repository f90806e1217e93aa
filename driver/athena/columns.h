/* What the two readers of column lists share. */
#ifndef ATHENA_COLUMNS_H
#define ATHENA_COLUMNS_H

#include "athena/athena.h"

enum { ATHENA_COLUMNS_MAX = 10000 };

#endif
